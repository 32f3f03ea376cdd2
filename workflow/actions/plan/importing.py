"""A checked plan into the tables, in one transaction, once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from workflow.actions.audit import action, record_event
from workflow.core.errors import Invalid, NotPermitted
from workflow.core.planfile import ParsedPlan
from workflow.models import Plan, PlanBullet, PlanDefect, PlanItem, PlanTarget, ReportingDuty, Unit
from workflow.permissions import URGE, Actor


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did: the plan, whether it was new, how many rows of each sort, and a sentence for the reader."""

    plan_id: int
    created: bool
    counts: dict[str, int]
    message: str


def require_planner(by: Actor | None) -> None:
    """Let the engine and Văn phòng pass: who may urge units may bring in the plan that they are urged by.

    :raises NotPermitted: for anybody else.
    """
    if by is not None and not by.holds(URGE):
        raise NotPermitted("Chỉ Văn phòng Sở được nhập và kích hoạt kế hoạch.")


@action
def import_plan(
    parsed: ParsedPlan, *, source_name: str, source_sha256: str, by: Actor | None, now: datetime
) -> ImportOutcome:
    """Write the plan with its rows, bullets, figures, duties and defects; the same file again changes nothing.

    :raises NotPermitted: when the person is not of Văn phòng.
    :raises Invalid: when a plan of this number was imported from a file with other content, or at this very moment.
    """
    require_planner(by)
    former = Plan.objects.select_for_update().filter(number=parsed.number).first()
    if former is not None:
        return _again(former, source_name, source_sha256)
    plan = Plan(
        number=parsed.number,
        issued_on=parsed.issued_on,
        year=parsed.year,
        title=parsed.title,
        issuer=Unit.objects.get(code=parsed.issuer_code),
        signer_name=parsed.signer_name,
        signer_capacity=parsed.signer_capacity,
        header=dict(parsed.header),
        source_name=source_name[:255],
        source_sha256=source_sha256,
        imported_at=now,
    )
    _insert(plan)
    _write_rows(plan, parsed)
    _write_figures(plan, parsed)
    counts = {
        "items": len(parsed.items),
        "bullets": sum(len(item.bullets) for item in parsed.items),
        "targets": len(parsed.targets),
        "duties": len(parsed.duties),
        "defects": len(parsed.defects),
    }
    record_event(
        "plan.import",
        subject=f"plan:{plan.number}",
        by=by,
        now=now,
        after={"number": plan.number, "issued_on": plan.issued_on, "year": plan.year, "title": plan.title},
        details={
            "file": source_name,
            "sha256": source_sha256,
            "counts": counts,
            "defects": dict(Counter(defect.kind for defect in parsed.defects)),
        },
    )
    message = (
        f"Đã nhập Kế hoạch số {plan.number}: {counts['items']} dòng, {counts['bullets']} gạch đầu dòng, "
        f"{counts['targets']} chỉ tiêu, {counts['duties']} nghĩa vụ báo cáo, "
        f"{counts['defects']} khiếm khuyết của nguồn."
    )
    return ImportOutcome(plan.pk, created=True, counts=counts, message=message)


def _insert(plan: Plan) -> None:
    """Insert the plan's row; another import of the same number at this very moment is told in plain words."""
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        if not Plan.objects.filter(number=plan.number).exists():
            raise
        said = f"Kế hoạch số {plan.number} vừa được nhập ở nơi khác; hãy chạy lại để đối chiếu với bản đã nhập."
        raise Invalid.of(file=said) from None


def _again(plan: Plan, source_name: str, source_sha256: str) -> ImportOutcome:
    if plan.source_sha256 != source_sha256:
        raise Invalid.of(
            file=f"Kế hoạch số {plan.number} đã nhập từ tệp {plan.source_name} có nội dung khác (SHA-256 "
            f"{plan.source_sha256[:12]}…, tệp này {source_sha256[:12]}…). Không ghi đè; nếu văn bản được thay thế thì "
            "nhập văn bản mới theo số mới."
        )
    said = f"Kế hoạch số {plan.number} đã nhập từ trước với đúng tệp này ({source_name}); không làm gì thêm."
    return ImportOutcome(plan.pk, created=False, counts={}, message=said)


def _write_rows(plan: Plan, parsed: ParsedPlan) -> None:
    items = PlanItem.objects.bulk_create(
        PlanItem(
            plan=plan,
            order=item.order,
            code=item.code,
            printed_stt=item.printed_stt,
            section=item.section,
            group=item.group,
            content=list(item.content),
            product=list(item.product),
            timeline_text=item.timeline_text,
            schedule=dict(item.schedule),
            rule_codes=list(item.rule_codes),
            quantitative=[dict(figure) for figure in item.quantitative],
            truncated=item.truncated,
            missing=item.missing,
            inferred=dict(item.inferred),
            rollup=item.rollup,
            done_at_issue=item.done_at_issue,
            counterpart_code=item.counterpart_code,
            counterpart_year=item.counterpart_year,
            change=item.change,
            change_detail=item.change_detail,
            note=item.note,
        )
        for item in parsed.items
    )
    PlanBullet.objects.bulk_create(
        PlanBullet(
            item=row,
            ordinal=bullet.ordinal,
            text=bullet.text,
            lead_codes=list(bullet.lead),
            support_codes=list(bullet.support),
            addressee_codes=list(bullet.addressee),
            handoff=bullet.handoff,
            fragment=bullet.fragment,
            note=bullet.note,
        )
        for row, item in zip(items, parsed.items, strict=True)
        for bullet in item.bullets
    )


def _write_figures(plan: Plan, parsed: ParsedPlan) -> None:
    PlanTarget.objects.bulk_create(
        PlanTarget(
            plan=plan,
            code=target.code,
            name=target.name,
            comparator=target.comparator,
            value=target.value,
            measure=target.measure,
            clause=target.clause,
            text=target.text,
            implied=target.implied,
            alternative_to=target.alternative_to,
            note=target.note,
        )
        for target in parsed.targets
    )
    ReportingDuty.objects.bulk_create(
        ReportingDuty(
            plan=plan,
            code=duty.code,
            from_codes=list(duty.from_codes),
            to_codes=list(duty.to_codes),
            via_codes=list(duty.via_codes),
            frequency=duty.frequency,
            due=dict(duty.due),
            clause=duty.clause,
            text=duty.text,
            note=duty.note,
        )
        for duty in parsed.duties
    )
    PlanDefect.objects.bulk_create(
        PlanDefect(
            plan=plan,
            kind=defect.kind,
            place=defect.place[:120],
            printed=defect.printed,
            reading=defect.reading,
            explanation=defect.explanation,
        )
        for defect in parsed.defects
    )
