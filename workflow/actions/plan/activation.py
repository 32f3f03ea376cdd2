"""A stored plan's rows become tasks: sets resolved and kept, every task with its creation event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.plan.importing import require_planner
from workflow.actions.task import create_tasks
from workflow.adapters.seeds import load_readings
from workflow.choices import Ladder, TaskOrigin, UnitKind
from workflow.core.breakdown import Breakdown, TaskDraft, Terms, UnitRef, break_down, outline
from workflow.core.deadline import Roll
from workflow.core.errors import Invalid, NotFound
from workflow.core.fold import fold
from workflow.core.planfile import ParsedPlan
from workflow.models import BulletUnit, Plan, PlanBullet, Task
from workflow.permissions import Actor
from workflow.queries.plan.stored import former_plan, parsed_from_store
from workflow.queries.rulebook import load_rulebook
from workflow.queries.unit import UnitResolver, unit_resolver


@dataclass(frozen=True, slots=True)
class ActivationOutcome:
    """What activation made."""

    plan_id: int
    activated: bool
    tasks: int
    message: str


def _break_down(parsed: ParsedPlan, now: datetime, resolver: UnitResolver) -> Breakdown:
    """Break a plan down with the units, the calendar and the policies of the day. Reads only."""
    today = timezone.localdate(now)
    rulebook = load_rulebook()
    former = former_plan(parsed.year)
    terms = Terms(
        calendar=rulebook.calendar,
        bound_excluded=rulebook.policy("bound_excluded", today) is True,
        roll=Roll(str(rulebook.policy("roll_printed_date", today))),
        keep_standing=rulebook.policy("standing_reports", today) is True,
    )
    return break_down(
        parsed,
        resolve=resolver.resolve,
        host=_office(resolver, now),
        terms=terms,
        readings=load_readings(),
        former=parsed_from_store(former) if former is not None else None,
    )


def _office(resolver: UnitResolver, now: datetime) -> UnitRef:
    today = timezone.localdate(now)
    offices = [
        node.ref for node in resolver.tree.nodes.values() if node.kind == UnitKind.OFFICE and node.is_open_on(today)
    ]
    if len(offices) != 1:
        raise Invalid.of(unit=f"Phải có đúng một Văn phòng đang hoạt động, đang có {len(offices)}; xem lại đơn vị.")
    return offices[0]


def dry_run_outline(parsed: ParsedPlan, *, now: datetime) -> list[str]:
    """Return what importing and activating the plan would make, as Vietnamese lines. Writes nothing.

    :raises Invalid: when there is not exactly one Văn phòng.
    """
    resolver = unit_resolver(timezone.localdate(now))
    return outline(parsed, _break_down(parsed, now, resolver))


@action
def activate_plan(plan_id: int, *, by: Actor | None, now: datetime) -> ActivationOutcome:
    """Make the plan's tasks, once: resolve its sets to units and keep what was resolved (docs/decisions/0010, 0011).

    Each task gets its own "task.create" event; the plan gets "plan.activate" with what made no task and why.

    :raises NotPermitted: when the person is not of Văn phòng.
    :raises NotFound: when there is no such plan.
    :raises Invalid: when there is not exactly one Văn phòng, or no unit could be found for any lead.
    """
    require_planner(by)
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    if plan.activated_at is not None:
        said = f"Kế hoạch số {plan.number} đã kích hoạt từ trước; không làm gì thêm."
        return ActivationOutcome(plan.pk, activated=False, tasks=0, message=said)
    resolver = unit_resolver(timezone.localdate(now))
    made = _break_down(parsed_from_store(plan), now, resolver)
    _keep_resolutions(plan, made, {code: node.pk for code, node in resolver.tree.by_code.items()})
    tasks = _write_tasks(plan, made, by=by, now=now)
    plan.activated_at = now
    plan.save(update_fields=["activated_at"])
    record_event(
        "plan.activate",
        subject=f"plan:{plan.number}",
        by=by,
        now=now,
        after={"activated_at": now},
        details={"tasks": tasks, "without_tasks": [f"{place}: {why}" for place, why in made.silent]},
    )
    said = f"Đã kích hoạt Kế hoạch số {plan.number}: {tasks} nhiệm vụ."
    return ActivationOutcome(plan.pk, activated=True, tasks=tasks, message=said)


def _keep_resolutions(plan: Plan, made: Breakdown, unit_ids: Mapping[str, int]) -> None:
    bullets = {
        (code, ordinal): pk
        for pk, code, ordinal in PlanBullet.objects.filter(item__plan=plan).values_list("id", "item__code", "ordinal")
    }
    BulletUnit.objects.bulk_create(
        BulletUnit(
            bullet_id=bullets[found.item_code, found.ordinal],
            unit_id=found.unit.pk,
            stands_for_id=unit_ids[found.stands_for],
            leads=found.leads,
        )
        for found in made.resolutions
    )


def _write_tasks(plan: Plan, made: Breakdown, *, by: Actor | None, now: datetime) -> int:
    """Insert the drafts; those that were fulfilled before the plan carry their evidence in their creation event."""
    items = dict(plan.items.values_list("code", "id"))
    tasks: dict[str, Task] = {}
    for draft in made.tasks:
        task = _task(plan, draft, items)
        task.parent = tasks[draft.parent_code] if draft.parent_code else None
        tasks[draft.code] = task
    fulfilled = {draft.code: draft.fulfilled for draft in made.tasks if draft.fulfilled is not None}
    details = {"plan": plan.number}
    create_tasks([task for code, task in tasks.items() if code not in fulfilled], by=by, now=now, details=details)
    for code, evidence in fulfilled.items():
        said = {"number": evidence.number, "issued_on": evidence.issued_on, "text": evidence.reason}
        create_tasks([tasks[code]], by=by, now=now, details={**details, "fulfilled_before_issue": said})
    return len(tasks)


def _task(plan: Plan, draft: TaskDraft, items: Mapping[str, int]) -> Task:
    done = draft.fulfilled
    done_at = None if done is None else timezone.make_aware(datetime.combine(done.issued_on, time(12)))
    unit_name = draft.unit.name if draft.unit is not None else "thiếu đơn vị chủ trì"
    return Task(
        code=draft.code,
        title=draft.title,
        search=fold(f"{draft.code} {draft.title} {unit_name} {plan.number}"),
        kind=draft.kind,
        origin=TaskOrigin.PLAN,
        ladder=Ladder.A,
        rule_year=plan.year,
        plan=plan,
        item_id=items[draft.item_code] if draft.item_code else None,
        bullet_ordinal=draft.bullet_ordinal,
        clause=draft.clause,
        product=draft.product,
        sequence=draft.sequence,
        unit_id=draft.unit.pk if draft.unit is not None else None,
        host_unit_id=draft.host.pk,
        state=draft.state,
        timeline_text=draft.timeline_text,
        due_basis=draft.due_basis,
        start_on=draft.start_on,
        last_day=draft.last_day,
        due_first=draft.due_on,
        due_on=draft.due_on,
        period_start=draft.period_start,
        confirm_monthly=draft.confirm_monthly,
        event_text=draft.event_text,
        event_number=done.number if done is not None else "",
        event_on=done.issued_on if done is not None else None,
        reported_at=done_at,
        closed_at=done_at,
    )
