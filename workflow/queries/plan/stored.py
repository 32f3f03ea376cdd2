"""A stored plan as the plain value that it was imported from."""

from __future__ import annotations

from workflow.core.planfile import ParsedBullet, ParsedDuty, ParsedItem, ParsedPlan
from workflow.models import Plan, PlanBullet, PlanItem


def parsed_from_store(plan: Plan) -> ParsedPlan:
    """Return the stored plan's rows, bullets and duties as plain values, without targets and defects (3 queries)."""
    bullets: dict[int, list[PlanBullet]] = {}
    for bullet in PlanBullet.objects.filter(item__plan=plan).order_by("item", "ordinal"):
        bullets.setdefault(bullet.item_id, []).append(bullet)
    items = tuple(_item(item, bullets.get(item.pk, [])) for item in plan.items.order_by("order"))
    return ParsedPlan(
        number=plan.number,
        issued_on=plan.issued_on,
        year=plan.year,
        title=plan.title,
        issuer_code="",
        signer_name=plan.signer_name,
        signer_capacity=plan.signer_capacity,
        header=plan.header,
        items=items,
        targets=(),
        duties=tuple(
            ParsedDuty(
                code=duty.code,
                from_codes=tuple(duty.from_codes),
                to_codes=tuple(duty.to_codes),
                via_codes=tuple(duty.via_codes),
                frequency=duty.frequency,
                due=duty.due,
                clause=duty.clause,
                text=duty.text,
                note=duty.note,
            )
            for duty in plan.duties.order_by("id")
        ),
        defects=(),
    )


def former_plan(year: int) -> Plan | None:
    """Return the latest imported plan of an earlier year, whose yearly duties may still stand."""
    return Plan.objects.filter(year__lt=year).order_by("-year", "-issued_on").first()


def _item(item: PlanItem, bullets: list[PlanBullet]) -> ParsedItem:
    return ParsedItem(
        order=item.order,
        code=item.code,
        printed_stt=item.printed_stt,
        section=item.section,
        group=item.group,
        content=tuple(item.content),
        product=tuple(item.product),
        timeline_text=item.timeline_text,
        schedule=item.schedule,
        rule_codes=tuple(item.rule_codes),
        quantitative=tuple(item.quantitative),
        bullets=tuple(
            ParsedBullet(
                ordinal=bullet.ordinal,
                text=bullet.text,
                lead=tuple(bullet.lead_codes),
                support=tuple(bullet.support_codes),
                addressee=tuple(bullet.addressee_codes),
                handoff=bullet.handoff,
                fragment=bullet.fragment,
                note=bullet.note,
            )
            for bullet in bullets
        ),
        truncated=item.truncated,
        missing=item.missing,
        inferred=item.inferred,
        rollup=item.rollup,
        done_at_issue=item.done_at_issue,
        counterpart_code=item.counterpart_code,
        counterpart_year=item.counterpart_year,
        change=item.change,
        change_detail=item.change_detail,
        note=item.note,
    )
