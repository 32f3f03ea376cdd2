"""What documents are compiled from: figures of a month and of a period, a plan's own words, one task's results.

Everything is read in a fixed number of queries, whatever the number of tasks, and only of what the person may see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from workflow.choices import (
    CLOSED_STATES,
    DocumentKind,
    EscalationStatus,
    ReminderStatus,
    ReportStatus,
    TaskKind,
    TaskState,
)
from workflow.core.errors import NotFound, NotPermitted
from workflow.core.rulebook import ZONE
from workflow.core.wording import Cited
from workflow.core.wording.briefing import DossierFigures, LateTask, MonthFigures, UnitFigures
from workflow.core.wording.period import PeriodFigures, PeriodRow, Share
from workflow.core.wording.planpaper import PlanLine, PlanWords
from workflow.models import Escalation, Plan, PlanBullet, PlanItem, Reminder, Report, Task, Unit
from workflow.permissions import DECIDE, URGE, Actor
from workflow.queries.document import head_of_body, province
from workflow.queries.task import visible_tasks

HEAD_OF_HALF = 6
STANDING_STILL = frozenset({TaskState.WAITING_EVENT, TaskState.SUSPENDED})
OUTSIDE_WORK = frozenset({TaskKind.DOSSIER, TaskKind.CONSULTATION})
"""Kinds that the second part of the giao ban's report counts; all others stand in the first, by unit."""

LED_KINDS = (TaskKind.PLAN, TaskKind.REPORT)
INTERIOR_MINISTRY_CODE = "SNV"
"""Sở Nội vụ, through which the yearly report goes to UBND tỉnh (2022 III.2)."""

STANDING_WORDS = {
    TaskState.REPORTED: "Đã báo cáo, chờ duyệt",
    TaskState.CANCELLED: "Không thực hiện (đã hủy)",
    TaskState.SUSPENDED: "Tạm dừng",
    TaskState.WAITING_EVENT: "Chờ sự kiện",
    TaskState.ESCALATED: "Đã báo cáo UBND tỉnh",
}


def may_consolidate(actor: Actor) -> bool:
    """Tell whether the person may compile what goes over all units: Văn phòng and the leaders."""
    return actor.holds(URGE) or actor.holds(DECIDE)


def require_consolidating(actor: Actor) -> None:
    """Let pass Văn phòng and the leaders.

    :raises NotPermitted: when the person is neither.
    """
    if not may_consolidate(actor):
        raise NotPermitted("Chỉ Văn phòng Sở hoặc Lãnh đạo Sở được lập văn bản tổng hợp từ số liệu của các đơn vị.")


def midnight(day: date) -> datetime:
    """Return the local moment at which a day begins."""
    return datetime.combine(day, time.min, ZONE)


def month_after(month: date) -> date:
    """Return the first day of the month after the one that the day is in."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


@dataclass(slots=True)
class _Tally:
    """What a unit's figures are counted in."""

    owed: int = 0
    done: int = 0
    late: int = 0
    coming: int = 0


@dataclass(slots=True)
class _Month:
    """The bounds of a month, and the day on which things stand: its last, or today while it runs."""

    first: date
    after: date
    as_of: date

    @classmethod
    def of(cls, month: date, today: date) -> _Month:
        first = month.replace(day=1)
        after = month_after(first)
        return cls(first, after, min(today, after - timedelta(days=1)))

    def holds(self, moment: datetime | None) -> bool:
        """Tell whether the moment lies in the part of the month that has passed."""
        return moment is not None and self.first <= timezone.localdate(moment) <= self.as_of

    def was_open(self, task: Task) -> bool:
        """Tell whether the task was owed at the end of that day."""
        closed = task.closed_at is not None and timezone.localdate(task.closed_at) <= self.as_of
        return not closed and (task.state not in CLOSED_STATES or task.closed_at is not None)

    def handed_in(self, task: Task) -> bool:
        """Tell whether its result had been handed in by that day."""
        return task.reported_at is not None and timezone.localdate(task.reported_at) <= self.as_of

    def was_late(self, task: Task, today: date) -> bool:
        """Tell whether it was overdue on that day: the last day of its term had passed and nothing was handed in."""
        ended = min(today, self.as_of + timedelta(days=1))
        return task.due_on is not None and task.due_on < ended and self._waits(task)

    def comes_due(self, task: Task) -> bool:
        """Tell whether its term ends in the month after."""
        return task.due_on is not None and self.after <= task.due_on < month_after(self.after) and self._waits(task)

    def _waits(self, task: Task) -> bool:
        return self.was_open(task) and not self.handed_in(task) and task.state not in STANDING_STILL


def month_figures(month: date, *, actor: Actor, today: date) -> MonthFigures:
    """Return the figures of the month for the giao ban (three queries). A month that runs is counted until today.

    :raises NotPermitted: unless Văn phòng or a leader asks.
    """
    require_consolidating(actor)
    bounds = _Month.of(month, today)
    since, until = midnight(bounds.first), midnight(bounds.as_of + timedelta(days=1))
    seen = visible_tasks(actor).filter(unit__isnull=False, created_at__lt=until)
    listed = seen.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=since)).select_related("unit")
    tasks = sorted(listed, key=_by_term)
    inside = [task for task in tasks if task.kind not in OUTSIDE_WORK]
    reminders = Reminder.objects.filter(status=ReminderStatus.ISSUED, issued_at__gte=since, issued_at__lt=until)
    sent = Escalation.objects.exclude(status=EscalationStatus.WITHDRAWN).filter(sent_at__gte=since, sent_at__lt=until)
    return MonthFigures(
        month=bounds.first,
        as_of=bounds.as_of,
        units=_by_unit(inside, bounds, today),
        late=tuple(_late(task) for task in inside if bounds.was_late(task, today)),
        dossiers=_dossiers(tasks, bounds, today),
        reminders=reminders.filter(task__in=visible_tasks(actor)).count(),
        escalations=sent.filter(task__in=visible_tasks(actor)).count(),
    )


def _by_term(task: Task) -> tuple[date, int]:
    """Order tasks by their term, those without one last; databases do not agree where an empty date stands."""
    return task.due_on or date.max, task.pk


def _by_unit(tasks: Sequence[Task], bounds: _Month, today: date) -> tuple[UnitFigures, ...]:
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for task in tasks:
        tally = tallies[_unit_name(task)]
        tally.owed += bounds.was_open(task)
        tally.done += task.state == TaskState.REVIEWED and bounds.holds(task.closed_at)
        tally.late += bounds.was_late(task, today)
        tally.coming += bounds.comes_due(task)
    return tuple(
        UnitFigures(name, row.owed, row.done, row.late, row.coming)
        for name, row in sorted(tallies.items())
        if row.owed or row.done
    )


def _unit_name(task: Task) -> str:
    return task.unit.name if task.unit is not None else ""


def _late(task: Task) -> LateTask:
    return LateTask(task.title, _unit_name(task), task.due_on or date.min, task.reminders_issued)


def _dossiers(tasks: Sequence[Task], bounds: _Month, today: date) -> DossierFigures:
    dossiers = [task for task in tasks if task.kind == TaskKind.DOSSIER]
    opinions = [task for task in tasks if task.kind == TaskKind.CONSULTATION]
    done = [task for task in dossiers if task.state == TaskState.REVIEWED and bounds.holds(task.closed_at)]
    in_time = sum(_ended_in_time(task) for task in done)
    return DossierFigures(
        received=sum(bounds.holds(task.created_at) for task in dossiers),
        done_in_time=in_time,
        done_late=len(done) - in_time,
        under_way=sum(bounds.was_open(task) for task in dossiers),
        late=sum(bounds.was_late(task, today) for task in dossiers),
        opinions_awaited=sum(bounds.was_open(task) and not bounds.handed_in(task) for task in opinions),
        opinions_late=sum(bounds.was_late(task, today) for task in opinions),
    )


def _ended_in_time(task: Task) -> bool:
    ended = task.reported_at or task.closed_at
    return task.due_on is None or ended is None or timezone.localdate(ended) <= task.due_on


# --- half a year, a year ---------------------------------------------------------------------------------------------


def find_plan(plan_id: int) -> Plan:
    """Return a plan with its issuer.

    :raises NotFound: when there is no such plan.
    """
    plan = Plan.objects.select_related("issuer").filter(pk=plan_id).first()
    if plan is None:
        raise NotFound("Không có kế hoạch này; hãy chọn lại.")
    return plan


def find_plan_of(year: int) -> Plan:
    """Return the newest plan of a year.

    :raises NotFound: when there is none.
    """
    plan = Plan.objects.filter(year=year).order_by("-issued_on", "-pk").first()
    if plan is None:
        raise NotFound(f"Chưa nhập kế hoạch năm {year} vào hệ thống.")
    return plan


def begun_plans(today: date) -> list[Plan]:
    """Return the plans whose year has begun, newest first (one query)."""
    return list(Plan.objects.filter(year__lte=today.year).order_by("-year"))


@dataclass(slots=True)
class _Deed:
    """What one unit did for one row: its tasks, and the newest result that was accepted."""

    tasks: list[Task] = field(default_factory=list)
    result: str = ""


def period_figures(plan_id: int, *, half: bool, actor: Actor, today: date) -> PeriodFigures:
    """Return what the report of a plan's half year or year says (five queries).

    :raises NotPermitted: unless Văn phòng or a leader asks.
    :raises NotFound: when there is no such plan.
    :raises WrongState: when there is no UBND tỉnh on the day.
    """
    require_consolidating(actor)
    plan = find_plan(plan_id)
    until = date(plan.year, HEAD_OF_HALF, 30) if half else date(plan.year, 12, 31)
    as_of = min(today, until)
    seen = visible_tasks(actor).filter(plan=plan, kind__in=LED_KINDS, unit__isnull=False)
    listed = seen.filter(created_at__lt=midnight(as_of + timedelta(days=1))).select_related("unit")
    tasks = sorted((task for task in listed if task.state != TaskState.CANCELLED), key=_by_term)
    results = _accepted_results(seen, as_of)
    bounds = _Month(date(plan.year, 1, 1), until + timedelta(days=1), as_of)
    rows, under = [], ""
    for item in plan.items.order_by("order"):
        heading = f"{item.section}: {item.group}" if item.group else item.section
        own = [task for task in tasks if task.item_id == item.pk]
        shares = _shares(own, results, bounds, today)
        rows.append(_period_row(item, shares, heading if heading != under else ""))
        under = heading
    late = [task for task in tasks if bounds.was_late(task, today)]
    return PeriodFigures(
        plan=_cited(plan, province(today).name),
        year=plan.year,
        half=half,
        until=until,
        as_of=as_of,
        rows=tuple(rows),
        owed=len(tasks),
        done=sum(task.state == TaskState.REVIEWED and bounds.holds(task.closed_at) for task in tasks),
        late=len(late),
        silent=_counted(late),
    )


def _cited(plan: Plan, province_name: str) -> Cited:
    issuer = head_of_body(plan.issuer, province_name, None).name
    return Cited(str(DocumentKind.PLAN.label), plan.number, plan.issued_on, issuer, plan.title)


def _accepted_results(tasks: QuerySet[Task], as_of: date) -> dict[int, str]:
    """Return the newest accepted result of each task by the day; "không có" is a result too."""
    accepted = Report.objects.filter(status=ReportStatus.ACCEPTED, decided_at__lt=midnight(as_of + timedelta(days=1)))
    rows = accepted.filter(task__in=tasks).order_by("task_id", "version")
    found = rows.values_list("task_id", "content", "nothing_to_report")
    return {task_id: "Không phát sinh" if nothing else content for task_id, content, nothing in found}


def _shares(tasks: Sequence[Task], results: Mapping[int, str], bounds: _Month, today: date) -> tuple[Share, ...]:
    """Return what each unit did for a row, the units by name; of several tasks of a unit the newest result is told."""
    deeds: dict[str, _Deed] = defaultdict(_Deed)
    for task in tasks:
        deed = deeds[_unit_name(task)]
        deed.tasks.append(task)
        deed.result = results.get(task.pk, deed.result)
    return tuple(Share(name, deed.result, _standing(deed.tasks, bounds, today)) for name, deed in sorted(deeds.items()))


def _standing(tasks: Sequence[Task], bounds: _Month, today: date) -> str:
    done = sum(task.state == TaskState.REVIEWED and bounds.holds(task.closed_at) for task in tasks)
    late = sum(bounds.was_late(task, today) for task in tasks)
    if len(tasks) == 1:
        return _standing_of(tasks[0], bounds, done=bool(done), late=bool(late))
    overdue = f"; quá hạn {late}" if late else ""
    return f"Đã hoàn thành {done}/{len(tasks)}{overdue}"


def _standing_of(task: Task, bounds: _Month, *, done: bool, late: bool) -> str:
    if done:
        return "Đã hoàn thành" if _ended_in_time(task) else "Đã hoàn thành, chậm so với thời hạn"
    said = STANDING_WORDS.get(TaskState(task.state), "")
    if said:
        return said
    if late:
        return "Quá hạn, chưa báo cáo"
    last = bounds.after - timedelta(days=1)
    return f"Ước thực hiện đến {last:%d/%m/%Y}" if bounds.as_of < last else "Đang thực hiện"


def _period_row(item: PlanItem, shares: tuple[Share, ...], heading: str) -> PeriodRow:
    return PeriodRow(
        stt=item.printed_stt,
        content="\n".join(item.content),
        product="\n".join(item.product),
        timeline=item.timeline_text,
        shares=shares,
        heading=heading,
    )


def _counted(late: Sequence[Task]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = defaultdict(int)
    for task in late:
        counts[_unit_name(task)] += 1
    return tuple(sorted(counts.items()))


def through_interior(today: date) -> str:
    """Return " (thông qua Sở Nội vụ)" as the plans say where the report goes, "" when no such body is in the list."""
    unit = next((row for row in Unit.objects.filter(code=INTERIOR_MINISTRY_CODE) if row.is_open_on(today)), None)
    return f" (thông qua {unit.name})" if unit is not None else ""


# --- the plan itself, one task ---------------------------------------------------------------------------------------


def plan_words(plan: Plan) -> PlanWords:
    """Return a stored plan's own words, as far as its source had them (two queries)."""
    methods: dict[int, list[str]] = defaultdict(list)
    for bullet in PlanBullet.objects.filter(item__plan=plan).order_by("item_id", "ordinal"):
        methods[bullet.item_id].append(f"- {bullet.text}")
    header = plan.header
    return PlanWords(
        title=plan.title,
        basis=str(header.get("legal_basis_text") or ""),
        opening=str(header.get("opening") or ""),
        purpose=tuple(header.get("purpose") or ()),
        requirements=tuple(header.get("requirements") or ()),
        tasks=str(header.get("part_ii_text") or ""),
        organisation=tuple(row["text"] for row in header.get("organisation") or ()),
        copies=tuple(line for line in header.get("recipients") or () if not line.startswith("Lưu")),
        lines=tuple(
            PlanLine(
                item.printed_stt,
                item.section,
                item.group,
                "\n".join(item.content),
                "\n".join(item.product),
                item.timeline_text,
                "\n".join(methods[item.pk]),
            )
            for item in plan.items.order_by("order")
        ),
    )


def keeper_on(plan: Plan) -> str:
    """Return who keeps the plan's copy, as its own "Lưu: VT, VP (Truong)" says; "" where it says nothing."""
    kept = [str(line) for line in plan.header.get("recipients") or () if str(line).startswith("Lưu")]
    return kept[0].partition(",")[2].strip() if kept else ""


def results_of(task: Task) -> list[str]:
    """Return the results accepted for a task so far, in order."""
    accepted = Report.objects.filter(task=task, status=ReportStatus.ACCEPTED).order_by("version")
    return ["Không phát sinh" if row.nothing_to_report else row.content for row in accepted]


def supporting_units(task: Task) -> list[str]:
    """Return the names of the units that owe the task and those that support it, each once."""
    names = [task.unit.name] if task.unit is not None else []
    below = Task.objects.filter(parent=task, kind=TaskKind.SUPPORT, unit__isnull=False).select_related("unit")
    names += [_unit_name(row) for row in below.order_by("pk")]
    return list(dict.fromkeys(names))
