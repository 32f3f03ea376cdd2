"""The list of tasks: filters, counts and keyset pages, with the permission inside the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, DateField, F, Q, QuerySet, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from workflow.choices import CLOCK_STATES, CLOSED_STATES, OPEN_STATES, TaskKind, TaskState
from workflow.core.fold import fold
from workflow.core.workday import WorkCalendar, Workdays
from workflow.models import Plan, Task, Unit
from workflow.permissions import SEE, Actor
from workflow.queries.task import visible_tasks

PAGE = 30
SOON = Workdays(5)
"""A task counts as due soon from this many working days before its day."""

MAX_WORDS = 8

DUE_CHOICES: tuple[tuple[str, str], ...] = (
    ("late", "Quá hạn"),
    ("today", "Hạn hôm nay"),
    ("soon", "Sắp đến hạn (5 ngày làm việc)"),
    ("none", "Không có hạn"),
)

RESULT_CHOICES: tuple[tuple[str, str], ...] = (
    ("ontime", "Hoàn thành đúng hạn"),
    ("late_done", "Hoàn thành quá hạn"),
    ("running", "Đang thực hiện, trong hạn"),
    ("overdue", "Đang thực hiện, quá hạn"),
    ("extended", "Đã gia hạn"),
    ("first_missed", "Quá hạn đầu"),
)
"""How a task with a day turned out, against its present deadline; the last two against the first one."""

STATE_CHOICES: tuple[tuple[str, str], ...] = (
    ("open", "Chưa xong"),
    ("all", "Tất cả"),
    *((state.value, str(state.label)) for state in TaskState),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a task stands today: a colour's name, a shape and a word, so that no one needs the colour."""

    kind: str
    shape: str
    word: str


_BY_STATE: Mapping[str, Standing] = {
    TaskState.REPORTED: Standing("wait", "◇", "Chờ kiểm tra"),
    TaskState.ESCALATED: Standing("province", "⬟", "Đã chuyển UBND tỉnh"),
    TaskState.SUSPENDED: Standing("still", "❚❚", "Tạm dừng"),
    TaskState.CANCELLED: Standing("still", "✕", "Đã hủy"),
    TaskState.WAITING_EVENT: Standing("still", "○", "Chờ sự kiện"),
}


def soon_until(today: date, calendar: WorkCalendar) -> date:
    """Return the last day that still counts as due soon."""
    return calendar.add(today, SOON)


def standing_of(task: Task, today: date, calendar: WorkCalendar) -> Standing:
    """Return how the task stands on the day, from its state and its dates alone (nothing is stored)."""
    if task.state == TaskState.REVIEWED:
        return Standing("done", "✓", "Hoàn thành")
    if task.state == TaskState.REPORTED and task.kind == TaskKind.CONSULTATION:
        return Standing("wait", "◇", "Đã có trả lời")
    if task.state in _BY_STATE:
        return _BY_STATE[task.state]
    if task.due_on is None:
        return Standing("ontime", "●", "Đang theo dõi")
    if task.due_on < today:
        return Standing("late", "▲", "Quá hạn")
    if task.due_on <= soon_until(today, calendar):
        return Standing("soon", "◐", "Sắp đến hạn")
    return Standing("ontime", "●", "Trong hạn")


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What the list is narrowed to. `state`: "open", "all" or one state; `due`: a key of DUE_CHOICES or "".

    `result` is a key of RESULT_CHOICES or "", `year` that of the first deadline, `day` the one day on which what is
    listed is due.
    """

    text: str = ""
    unit_id: int | None = None
    state: str = "open"
    due: str = ""
    result: str = ""
    year: int | None = None
    day: date | None = None
    plan_id: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page: rows, the key of the next page ("" at the end), counts over the whole filter without its due part."""

    rows: list[Task]
    after: str
    total: int
    counts: dict[str, int] = field(default_factory=dict)


def late_on(today: date) -> Q:
    """The condition of being late on the day: the unit's clock runs and the due day has passed."""
    return Q(state__in=CLOCK_STATES, due_on__lt=today)


def due_soon_on(today: date, calendar: WorkCalendar) -> Q:
    """The condition of being due soon on the day."""
    return Q(state__in=CLOCK_STATES, due_on__gte=today, due_on__lte=soon_until(today, calendar))


def with_done_day(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Add `done_on`: the local day on which the unit handed in what it owed, None while it owes."""
    handed_in = TruncDate(Coalesce("reported_at", "closed_at"), tzinfo=timezone.get_default_timezone())
    done = Q(state__in=(TaskState.REPORTED, TaskState.REVIEWED))
    return rows.annotate(done_on=Case(When(done, then=handed_in), default=None, output_field=DateField()))


def results_on(today: date) -> dict[str, Q]:
    """Return the condition of each key of RESULT_CHOICES on the day, over rows `with_done_day`; none holds cancelled.

    What UBND tỉnh has on its desk is still owed by the unit; a suspended task's clock stands, so it is in time.
    """
    dated = Q(due_on__isnull=False) & ~Q(state=TaskState.CANCELLED)
    owed = dated & Q(done_on__isnull=True)
    passed = Q(due_on__lt=today) & ~Q(state=TaskState.SUSPENDED)
    return {
        "ontime": dated & Q(done_on__lte=F("due_on")),
        "late_done": dated & Q(done_on__gt=F("due_on")),
        "running": owed & ~passed,
        "overdue": owed & passed,
        "extended": dated & Q(extended_count__gt=0),
        "first_missed": dated & (Q(done_on__gt=F("due_first")) | Q(done_on__isnull=True, due_first__lt=today)),
    }


def list_tasks(actor: Actor, wanted: TaskFilter, *, today: date, calendar: WorkCalendar, after: str = "") -> TaskPage:
    """Return one page of the tasks that the person may see, the earliest due first, those without a day last.

    Two queries whatever the number of rows. `after` is the `after` of the page before; a wrong one starts anew.
    """
    rows = _narrow(visible_tasks(actor), wanted)
    if wanted.result:
        rows = with_done_day(rows).filter(results_on(today)[wanted.result])
    conditions = {
        "late": late_on(today),
        "today": Q(state__in=CLOCK_STATES, due_on=today),
        "soon": due_soon_on(today, calendar),
        "none": Q(due_on__isnull=True),
    }
    counts = rows.aggregate(
        all=Count("id"),
        late=Count("id", filter=conditions["late"]),
        today=Count("id", filter=conditions["today"]),
        soon=Count("id", filter=conditions["soon"]),
        none=Count("id", filter=conditions["none"]),
        reported=Count("id", filter=Q(state=TaskState.REPORTED)),
        escalated=Count("id", filter=Q(state=TaskState.ESCALATED)),
    )
    if wanted.due in conditions:
        rows = rows.filter(conditions[wanted.due])
    rows = rows.filter(_later_than(after)).select_related("unit", "host_unit", "assignee", "plan")
    found = list(rows.order_by(F("due_on").asc(nulls_last=True), "id")[: PAGE + 1])
    total = counts.get(wanted.due or "all", 0)
    return TaskPage(found[:PAGE], key_of(found[PAGE - 1]) if len(found) > PAGE else "", total, counts)


def key_of(task: Task) -> str:
    """Return the key after which the next page begins."""
    return f"{task.due_on.isoformat() if task.due_on else '-'},{task.pk}"


def _later_than(after: str) -> Q:
    due, _comma, number = after.partition(",")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return Q()
    if due == "-":
        return Q(due_on__isnull=True, id__gt=int(number))
    try:
        day = date.fromisoformat(due)
    except ValueError:
        return Q()
    return Q(due_on__gt=day) | Q(due_on=day, id__gt=int(number)) | Q(due_on__isnull=True)


def _narrow(rows: QuerySet[Task], wanted: TaskFilter) -> QuerySet[Task]:
    if wanted.unit_id is not None:
        rows = rows.filter(unit_id=wanted.unit_id)
    if wanted.plan_id is not None:
        rows = rows.filter(plan_id=wanted.plan_id)
    if wanted.day is not None:
        rows = rows.filter(due_on=wanted.day)
    if wanted.year is not None:
        rows = rows.filter(due_first__year=wanted.year)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state == "open":
        rows = rows.filter(state__in=OPEN_STATES)
    elif wanted.state == "closed":
        rows = rows.filter(state__in=CLOSED_STATES)
    elif wanted.state != "all":
        rows = rows.filter(state=wanted.state)
    for word in fold(wanted.text).split()[:MAX_WORDS]:
        rows = rows.filter(Q(search__contains=word) | Q(code__icontains=word) | Q(unit__abbreviation__icontains=word))
    return rows


def filter_choices(actor: Actor) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return the units (that owe something the person may see, or that he may see) and the plans to choose from.

    Two queries.
    """
    owing = visible_tasks(actor).order_by().values("unit_id")
    units = Unit.objects.filter(Q(pk__in=owing) | Q(pk__in=sorted(actor.units(SEE)), tasks__isnull=False)).distinct()
    plans = Plan.objects.filter(pk__in=visible_tasks(actor).order_by().values("plan_id"))
    return (
        sorted(((unit.pk, unit.name) for unit in units), key=lambda pair: fold(pair[1])),
        [(plan.pk, f"{plan.number} ({plan.year})") for plan in plans],
    )
