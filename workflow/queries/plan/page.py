"""The plan as the paper prints it, with the live tasks of each row beside it; a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from workflow.choices import CLOSED_STATES, OPEN_STATES, SET_KINDS, TaskKind, TaskState
from workflow.core.errors import NotFound
from workflow.models import BulletUnit, Plan, PlanBullet, PlanDefect, PlanItem, PlanTarget, ReportingDuty, Task
from workflow.permissions import Actor
from workflow.queries.task import visible_tasks

COLUMNS = (
    "id",
    "code",
    "title",
    "kind",
    "state",
    "item_id",
    "bullet_ordinal",
    "unit_id",
    "unit__code",
    "unit__name",
    "due_on",
    "due_first",
    "reported_at",
    "closed_at",
    "parent_id",
    "clause",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """How a group of tasks stands on a day; the figures of a roll-up row."""

    total: int = 0
    reviewed: int = 0
    reported: int = 0
    open: int = 0
    overdue: int = 0
    escalated: int = 0
    cancelled: int = 0

    @property
    def percent(self) -> int:
        """Return the share that is reviewed among what was not cancelled, in whole percent, rounded down."""
        owed = self.total - self.cancelled
        return 100 * self.reviewed // owed if owed else 0


@dataclass(frozen=True, slots=True)
class BulletView:
    """One bullet with its visible tasks."""

    bullet: PlanBullet
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """One row as printed, with its bullets, its visible tasks' figures, and those over which a roll-up is computed."""

    item: PlanItem
    bullets: tuple[BulletView, ...]
    figures: Figures
    lacks_lead: bool


@dataclass(frozen=True, slots=True)
class PlanPage:
    """All that the plan's page shows. `duty_tasks` are the report tasks that stand on no row of the appendix."""

    plan: Plan
    rows: tuple[RowView, ...]
    figures: Figures
    duty_tasks: tuple[Task, ...]
    defects: tuple[PlanDefect, ...]
    targets: tuple[PlanTarget, ...]
    duties: tuple[ReportingDuty, ...]


def figures_of(tasks: Iterable[Task], today: date) -> Figures:
    """Count how tasks stand on the day; overdue is computed from the dates, never stored (domain.md section 2)."""
    listed = list(tasks)
    return Figures(
        total=len(listed),
        reviewed=sum(task.state == TaskState.REVIEWED for task in listed),
        reported=sum(task.state == TaskState.REPORTED for task in listed),
        open=sum(task.state not in CLOSED_STATES for task in listed),
        overdue=sum(is_overdue(task, today) for task in listed),
        escalated=sum(task.state == TaskState.ESCALATED for task in listed),
        cancelled=sum(task.state == TaskState.CANCELLED for task in listed),
    )


def is_overdue(task: Task, today: date) -> bool:
    """Whether the due date has passed and nothing was handed in for it."""
    owed = task.state not in {*CLOSED_STATES, TaskState.REPORTED, TaskState.WAITING_EVENT, TaskState.SUSPENDED}
    return owed and task.due_on is not None and task.due_on < today


def read_plan_page(plan_id: int, *, actor: Actor, today: date) -> PlanPage:
    """Return the plan with every row, whatever the person may see, and only those tasks that he may see.

    Eight queries whatever the number of rows and tasks.

    :raises NotFound: when there is no such plan.
    """
    plan = Plan.objects.select_related("issuer").filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    tasks = list(_plan_tasks(plan_id, actor))
    bullets: dict[int, list[PlanBullet]] = defaultdict(list)
    for bullet in PlanBullet.objects.filter(item__plan=plan).order_by("item_id", "ordinal"):
        bullets[bullet.item_id].append(bullet)
    by_item: dict[int | None, list[Task]] = defaultdict(list)
    for task in tasks:
        by_item[task.item_id].append(task)
    led_by = _set_leads(plan_id)
    rows = tuple(
        _row(item, bullets[item.pk], by_item[item.pk], _rollup_tasks(item, tasks, led_by), today)
        for item in plan.items.order_by("order")
    )
    return PlanPage(
        plan=plan,
        rows=rows,
        figures=figures_of(tasks, today),
        duty_tasks=tuple(by_item[None]),
        defects=tuple(plan.defects.all()),
        targets=tuple(plan.targets.all()),
        duties=tuple(plan.duties.all()),
    )


def _plan_tasks(plan_id: int, actor: Actor) -> QuerySet[Task]:
    listed = visible_tasks(actor).filter(plan_id=plan_id).select_related("unit")
    return listed.only(*COLUMNS).order_by("bullet_ordinal", "parent_id", "due_on", "id")


def _set_leads(plan_id: int) -> dict[int, set[int]]:
    """Return, for each row that a set leads, the units to which the set was resolved when the plan was activated."""
    led: dict[int, set[int]] = defaultdict(set)
    found = BulletUnit.objects.filter(bullet__item__plan_id=plan_id, leads=True, stands_for__kind__in=SET_KINDS)
    for item_id, unit_id in found.values_list("bullet__item_id", "unit_id"):
        led[item_id].add(unit_id)
    return led


def _rollup_tasks(item: PlanItem, tasks: Sequence[Task], led_by: Mapping[int, set[int]]) -> list[Task] | None:
    """Return the tasks over which a roll-up row is computed, None for a row that is none.

    A roll-up that a set leads (II.2.4) counts the tasks that its units lead; another (II.1.1) all of the plan's.
    """
    if not item.rollup:
        return None
    led = [task for task in tasks if task.kind in {TaskKind.PLAN, TaskKind.REPORT}]
    units = led_by.get(item.pk)
    return led if units is None else [task for task in led if task.unit_id in units]


def _row(
    item: PlanItem, bullets: Sequence[PlanBullet], own: Sequence[Task], rolled: Sequence[Task] | None, today: date
) -> RowView:
    return RowView(
        item=item,
        bullets=tuple(
            BulletView(bullet, tuple(task for task in own if task.bullet_ordinal == bullet.ordinal))
            for bullet in bullets
        ),
        figures=figures_of(own if rolled is None else rolled, today),
        lacks_lead=not item.rollup and not any(bullet.lead_codes for bullet in bullets),
    )


def rows_without_lead(actor: Actor) -> QuerySet[Task]:
    """Return the open tasks that no unit owes, for Văn phòng to find one ("thiếu đơn vị chủ trì"), by plan."""
    return (
        visible_tasks(actor)
        .filter(unit__isnull=True, state__in=OPEN_STATES)
        .select_related("item", "plan", "host_unit")
        .order_by("rule_year", "code")
    )
