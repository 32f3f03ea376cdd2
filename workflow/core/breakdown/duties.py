"""The report tasks of the duties to report, and of those that an earlier plan set for every year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from workflow.core.breakdown.bullets import LONGEST_TITLE, Workshop
from workflow.core.breakdown.model import REPORT, DutyReading, TaskDraft, UnitRef
from workflow.core.breakdown.periods import Period, months, periods_of, shorten
from workflow.core.planfile.model import ParsedDuty, ParsedPlan

EVERY_YEAR = re.compile(r"\bh[àằ]ng năm\b")
MONTHLY = "monthly"


def draft_duties(shop: Workshop) -> Iterator[TaskDraft]:
    """Yield the report tasks of the plan's own duties; a term that ended before the plan was issued makes none.

    :raises UnknownPhrase: when a duty's date can't be read.
    """
    stated = {duty.code: duty for duty in shop.plan.duties}
    for reading in shop.readings.duties:
        duty = stated.get(reading.code)
        if duty is None:
            continue
        clause = _clause(reading, [duty, *(stated[code] for code in reading.same_as if code in stated)])
        item_code = reading.bullet.partition("/")[0]
        if item_code not in {item.code for item in shop.plan.items}:
            item_code = ""
        yield from _draft_reports(shop, duty, reading, clause=clause, item_code=item_code)


def draft_standing(shop: Workshop, former: ParsedPlan | None) -> Iterator[TaskDraft]:
    """Yield the report tasks that an earlier plan set "hàng năm" and this plan does not name, where policy keeps them.

    :raises UnknownPhrase: when a duty's date can't be read.
    """
    if former is None or not shop.terms.keep_standing:
        return
    stated = {duty.code for duty in shop.plan.duties}
    for reading in shop.readings.duties:
        duty = next((duty for duty in former.duties if duty.code == reading.code), None)
        kept = reading.code in shop.readings.standing and reading.code not in stated
        if duty is None or not kept or not EVERY_YEAR.search(duty.text):
            continue
        own = _clause(reading, [duty])
        clause = f"{own}, Kế hoạch {former.number} (“hàng năm”)"
        basis = shop.readings.standing_basis
        place = f"KH{former.year}.{duty.clause}"
        for draft in _draft_reports(shop, duty, reading, clause=clause, item_code=""):
            code = draft.code.replace(f"/{duty.clause}/", f"/{place}/", 1)
            joined = shorten(f"{basis}. {draft.due_basis}", 255)
            yield replace(draft, code=code, due_basis=joined, bullet_ordinal=None)


def _clause(reading: DutyReading, duties: list[ParsedDuty]) -> str:
    """Cite each duty's clause once, with the bullet where the reading names it."""
    item_code, _slash, ordinal = reading.bullet.partition("/")
    cited = [f"{duty.clause}, gạch {ordinal}" if duty.clause == item_code else duty.clause for duty in duties]
    return "; ".join(dict.fromkeys(cited))


def _draft_reports(
    shop: Workshop, duty: ParsedDuty, reading: DutyReading, *, clause: str, item_code: str
) -> Iterator[TaskDraft]:
    """Yield one task a unit and period; a unit that receives the report does not send it to itself."""
    receivers = shop.resolve_all(duty.to_codes)
    units = [unit for unit in shop.resolve_all(duty.from_codes) if unit not in receivers]
    ordinal = reading.bullet.partition("/")[2]
    phrase = _phrase(duty)
    for period in _periods(shop, duty, reading, phrase):
        if period.due_on is not None and period.due_on < shop.plan.issued_on:
            continue
        for unit in units:
            yield TaskDraft(
                code=_code(shop.plan.year, item_code or duty.clause, reading, period, unit),
                title=shorten(f"{reading.title}, {period.label or f'năm {shop.plan.year}'}", LONGEST_TITLE),
                kind=REPORT,
                item_code=item_code,
                bullet_ordinal=int(ordinal) if ordinal and item_code else None,
                clause=clause,
                product=duty.text,
                unit=unit,
                host=shop.host,
                timeline_text=phrase,
                due_basis=period.basis,
                start_on=period.start,
                last_day=period.last_day,
                due_on=period.due_on,
                period_start=period.start or date(shop.plan.year, 1, 1),
            )


def _code(year: int, place: str, reading: DutyReading, period: Period, unit: UnitRef) -> str:
    term = period.suffix if reading.period == MONTHLY else reading.period
    return f"{year}/{place}/{term}/{unit.code}"


def _phrase(duty: ParsedDuty) -> str:
    """Return the duty's date in the words in which the plans print dates."""
    kind = duty.due.get("kind")
    if kind == "before_date":
        bound = date.fromisoformat(str(duty.due["date"]))
        word = "trước ngày" if duty.due.get("exclusive") else "chậm nhất ngày"
        return f"{word} {bound.day}/{bound.month}"
    if kind == "in_month":
        return f"Tháng {duty.due['month']}"
    return str(duty.due.get("meeting") or "")


def _periods(shop: Workshop, duty: ParsedDuty, reading: DutyReading, phrase: str) -> tuple[Period, ...]:
    if reading.period == MONTHLY:
        first = duty.due.get("first_month")
        return months(shop.plan.year, first if isinstance(first, int) else 1, shop.terms)
    return tuple(replace(period, label="") for period in periods_of(phrase, shop.plan.year, shop.terms))
