"""The tasks of the appendix's bullets: one a lead unit, with the tasks of those who support or come next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflow.core.breakdown.model import (
    ASSIGNED,
    HANDOFF,
    PLAN,
    REVIEWED,
    SUPPORT,
    WAITING_EVENT,
    Fulfilled,
    Readings,
    Resolution,
    Resolver,
    TaskDraft,
    Terms,
    UnitRef,
)
from workflow.core.breakdown.periods import Period, periods_of, shorten
from workflow.core.planfile.model import ParsedBullet, ParsedItem, ParsedPlan

LONGEST_TITLE = 300
NO_UNIT = "CHUA-GIAO"


@dataclass(frozen=True, slots=True)
class Workshop:
    """All that the making of drafts needs of the plan and of the house."""

    plan: ParsedPlan
    resolve: Resolver
    host: UnitRef
    terms: Terms
    readings: Readings

    def resolve_all(self, codes: Iterable[str]) -> tuple[UnitRef, ...]:
        """Return the concrete units of all the codes, each once, in the order of their codes' listing."""
        return tuple(dict.fromkeys(unit for code in codes for unit in self.resolve(code)))

    def bullet_is_duty(self, item: ParsedItem, bullet: ParsedBullet) -> str:
        """Return the codes of the duties whose report tasks are this bullet's tasks, "" when there are none."""
        stated = {duty.code for duty in self.plan.duties}
        place = f"{item.code}/{bullet.ordinal}"
        return ", ".join(duty.code for duty in self.readings.duties if duty.bullet == place and duty.code in stated)


def resolutions_of(shop: Workshop, item: ParsedItem) -> Iterator[Resolution]:
    """Yield what each lead and support code of the row's bullets was resolved to."""
    for bullet in item.bullets:
        for codes, leads in ((bullet.lead, True), (bullet.support, False)):
            for code in codes:
                for unit in shop.resolve(code):
                    yield Resolution(item.code, bullet.ordinal, code, unit, leads)


def draft_item(shop: Workshop, item: ParsedItem) -> Iterator[TaskDraft]:
    """Yield the tasks of a row that is not a roll-up: none is ever dropped, a bullet without a lead has no unit.

    :raises UnknownPhrase: when the row's timeline is in no form understood.
    """
    for bullet in item.bullets:
        if shop.bullet_is_duty(item, bullet):
            continue
        periods = periods_of(item.timeline_text, shop.plan.year, shop.terms)
        in_time = [period for period in periods if len(periods) == 1 or _is_ahead(period, shop.plan)]
        for period in in_time:
            for unit in shop.resolve_all(bullet.lead) or (None,):
                lead = _draft_lead(shop, item, bullet, period, unit)
                yield lead
                if unit is not None and not item.done_at_issue:
                    yield from _draft_children(shop, bullet, lead, unit)


def _is_ahead(period: Period, plan: ParsedPlan) -> bool:
    """Whether a term of several still lay ahead when the plan was issued: no task is born late."""
    return period.due_on is None or period.due_on >= plan.issued_on


def _draft_lead(
    shop: Workshop, item: ParsedItem, bullet: ParsedBullet, period: Period, unit: UnitRef | None
) -> TaskDraft:
    parts = [str(shop.plan.year), item.code, str(bullet.ordinal), period.suffix, unit.code if unit else NO_UNIT]
    fulfilled = _fulfilled(shop, item, period) if item.done_at_issue else None
    state = WAITING_EVENT if period.event else ASSIGNED
    text = bullet.text if not period.label else f"{bullet.text} ({period.label})"
    return TaskDraft(
        code="/".join(part for part in parts if part),
        title=shorten(text, LONGEST_TITLE),
        kind=PLAN,
        state=REVIEWED if fulfilled else state,
        item_code=item.code,
        bullet_ordinal=bullet.ordinal,
        clause=f"{item.code}, gạch {bullet.ordinal}",
        product="\n".join(item.product),
        unit=unit,
        host=shop.host,
        timeline_text=item.timeline_text,
        due_basis=period.basis,
        start_on=period.start,
        last_day=period.last_day,
        due_on=period.due_on,
        confirm_monthly=period.confirm_monthly,
        event_text=period.event,
        fulfilled=fulfilled,
    )


def _fulfilled(shop: Workshop, item: ParsedItem, period: Period) -> Fulfilled:
    """Return the evidence of a row that was done when the plan was issued; without a noted document, its own words."""
    noted = shop.readings.fulfilled.get((shop.plan.number, item.code))
    if noted is not None:
        return noted
    day = min(period.due_on or shop.plan.issued_on, shop.plan.issued_on)
    return Fulfilled("", day, "Kế hoạch ghi việc đã xong khi ban hành; không nêu văn bản.")


def _draft_children(shop: Workshop, bullet: ParsedBullet, lead: TaskDraft, unit: UnitRef) -> Iterator[TaskDraft]:
    """Yield the tasks of those who support the lead, or take the work over after it, in order."""
    others = [other for other in shop.resolve_all(bullet.support) if other != unit]
    for number, other in enumerate(others, start=1):
        marker = f"B{number + 1}" if bullet.handoff else "PH"
        said = f"Bước tiếp theo sau {unit.name}" if bullet.handoff else f"Phối hợp với {unit.name}"
        waits = f"Sau khi {unit.name} gửi" if bullet.handoff else lead.event_text
        yield TaskDraft(
            code=f"{lead.code}/{marker}-{other.code}",
            title=shorten(f"{said}: {bullet.text}", LONGEST_TITLE),
            kind=HANDOFF if bullet.handoff else SUPPORT,
            state=WAITING_EVENT if waits else lead.state,
            item_code=lead.item_code,
            bullet_ordinal=lead.bullet_ordinal,
            clause=lead.clause,
            product=lead.product,
            parent_code=lead.code,
            sequence=number if bullet.handoff else 0,
            unit=other,
            host=unit,
            timeline_text=lead.timeline_text,
            due_basis=lead.due_basis,
            start_on=lead.start_on,
            last_day=lead.last_day,
            due_on=lead.due_on,
            confirm_monthly=lead.confirm_monthly,
            event_text=shorten(waits, 255),
        )
