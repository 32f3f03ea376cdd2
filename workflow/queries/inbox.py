"""What waits for one person now: groups in the order in which to do them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone

from workflow.choices import (
    CLOCK_STATES,
    ReportStatus,
    TaskKind,
    TaskState,
)
from workflow.models import Report, Task
from workflow.permissions import ANSWER, DO, REGISTER, SUBMIT, Actor
from workflow.queries.report import may_answer_here

MOST = 50
"""Lines that one group shows; a plus in its count says that there are more."""

COMING = 8
"""Lines that the group of coming work shows."""

READ = 4 * MOST
"""Own tasks that are read, those asked for a monthly confirmation before all others."""

LATER = {"cho-ghi": 1, "sap-toi": 2}
"""Groups that only wait for a paper to come, and then what is due after this week, stand after what is to be done."""


THIS_WEEK = frozenset({"qua-han", "hom-nay", "tuan-nay"})
"""Groups of own tasks that are late, due today or this week."""

BY_DAY = THIS_WEEK | {"sap-toi"}
"""Groups of own tasks by their day: each of their lines asks for the task's report."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do: the task, what to do, why it is here, the act's name ("" = open the task).

    `address` leads to a page that this part does not know, in place of the act; `second` is what else may be done.
    `drafted` is the writing (`Report.revision`) of the report's draft, None where none stands.
    """

    task: Task
    what: str
    why: str
    act: str = ""
    drafted: int | None = None
    address: str = ""
    second: Line | None = None


@dataclass(slots=True)
class Group:
    """Lines of one sort. `kind` and `shape` mark it; `more` says that there are more than are shown."""

    key: str
    title: str
    kind: str
    shape: str
    lines: list[Line] = field(default_factory=list)
    more: bool = False

    @property
    def count(self) -> str:
        """How many, with a plus when not all are shown."""
        return f"{len(self.lines)}+" if self.more else str(len(self.lines))


def load_inbox(actor: Actor, *, today: date) -> list[Group]:
    """Return the groups that have something in them, the most urgent first.

    At most five queries, whatever the number of rows; a query whose right the person lacks is not asked. What waits in
    an approval flow stands in the page's other part (`approvals.queries.inbox`).
    """
    groups = [*_own_groups(actor, today), _late_bodies(actor, today), *office_groups(actor)]
    groups.sort(key=lambda group: LATER.get(group.key, 0))
    return [group for group in groups if group.lines]


def office_groups(actor: Actor) -> list[Group]:
    """Return the answers that wait to be accepted or recorded by this person (at most two queries)."""
    return _made(actor, (_to_accept, _answers_to_record))


def _made(actor: Actor, makers: Iterable[Callable[[Actor], Group | None]]) -> list[Group]:
    return [group for make in makers if (group := make(actor)) is not None]


def _filled(group: Group, lines: Iterable[Line]) -> Group:
    found = list(lines)
    group.lines, group.more = found[:MOST], len(found) > MOST
    return group


def _own_tasks(actor: Actor) -> QuerySet[Task]:
    """Open work of the person's unit: all of it for its head, else what is his or nobody's yet."""
    heads = sorted(actor.units(SUBMIT) | actor.units(ANSWER))
    does = sorted(actor.units(DO))
    mine = Q(unit_id__in=heads) | Q(unit_id__in=does, assignee__isnull=True)
    mine |= Q(unit_id__in=does, assignee_id=actor.principal_id or actor.person_id)
    unanswered = Q(confirmed_month__isnull=True) | Q(confirmed_month__lt=F("confirm_asked"))
    asked = Case(When(unanswered, confirm_monthly=True, confirm_asked__isnull=False, then=0), default=1)
    rows = Task.objects.filter(mine, state__in=CLOCK_STATES).select_related("unit", "host_unit", "assignee")
    return rows.order_by(asked, F("due_on").asc(nulls_last=True), "id")


def _own_groups(actor: Actor, today: date) -> list[Group]:
    if not (actor.holds(DO) or actor.holds(ANSWER)):
        return []
    found = list(_own_tasks(actor)[: READ + 1])
    tasks = sorted(found[:READ], key=lambda task: (task.due_on is None, task.due_on or today, task.pk))
    drafts = Report.objects.filter(task__in=[task.pk for task in tasks], status=ReportStatus.DRAFT)
    drafted = dict(drafts.values_list("task_id", "revision"))
    groups = [
        Group("qua-han", "Quá hạn", "late", "▲"),
        Group("hom-nay", "Hạn hôm nay", "soon", "◐"),
        Group("tuan-nay", "Tuần này", "soon", "◐"),
        Group("xac-nhan", "Chờ xác nhận tháng", "wait", "◇"),
        Group("sap-toi", "Sắp tới", "ontime", "●"),
    ]
    late, now, week, confirm, later = groups
    week_end = today + timedelta(days=6 - today.weekday())
    last = None
    for task in tasks:
        if _asks_month(task):
            confirm.lines.append(_month_line(task))
        if task.due_on is None:
            continue
        if task.due_on < today:
            last = late
        elif task.due_on == today:
            last = now
        else:
            last = week if task.due_on <= week_end else later
        last.lines.append(_own_line(actor, task, drafted=drafted.get(task.pk)))
    for group in groups:
        most = COMING if group is later else MOST
        group.more = len(group.lines) > most or (group is last and len(found) > READ)
        group.lines = group.lines[:most]
    return groups


def _month_line(task: Task) -> Line:
    why = "Việc thường xuyên, mỗi tháng trả lời một lần có hay không phát sinh."
    return Line(task, f"Xác nhận tháng {task.confirm_asked:%m/%Y}", why, "xac-nhan-thang")


def _late_bodies(actor: Actor, today: date) -> Group:
    """Bodies that the person's unit consulted and that have not answered in time."""
    group = Group("tra-loi-cham", "Cơ quan được lấy ý kiến trả lời chậm", "late", "▲")
    units = sorted(actor.units(DO))
    if not units:
        return group
    rows = Task.objects.filter(
        kind=TaskKind.CONSULTATION, host_unit_id__in=units, state__in=CLOCK_STATES, due_on__lt=today
    ).select_related("unit", "host_unit")
    found = rows.order_by("due_on", "id")[: MOST + 1]
    return _filled(group, (Line(row, "Xem và đôn đốc", _late_words(row)) for row in found))


def _late_words(task: Task) -> str:
    said = f"Đã đôn đốc {task.reminders_issued} lần." if task.reminders_issued else "Chưa đôn đốc lần nào."
    return f"Đang có dự thảo đôn đốc chờ phát hành. {said}" if task.reminder_drafted else said


def _asks_month(task: Task) -> bool:
    asked, given = task.confirm_asked, task.confirmed_month
    return task.confirm_monthly and asked is not None and (given is None or given < asked)


def _own_line(actor: Actor, task: Task, *, drafted: int | None) -> Line:
    if not may_answer_here(task):
        return Line(task, "Ghi văn bản trả lời", _why(task), "ghi-tra-loi")
    if task.kind == TaskKind.CONSULTATION:
        if drafted and (actor.may(SUBMIT, task.unit_id) or actor.may(ANSWER, task.unit_id)):
            return Line(task, "Gửi ý kiến trả lời", _why(task), "gui-tra-loi")
        return Line(task, "Viết ý kiến trả lời", _why(task), "soan-bao-cao")
    if drafted and actor.may(SUBMIT, task.unit_id):
        return Line(task, "Xem và nộp báo cáo", f"Đã có bản thảo. {_why(task)}", drafted=drafted)
    if drafted:
        return Line(task, "Sửa bản thảo", f"Đã có bản thảo, chưa nộp. {_why(task)}", "soan-bao-cao", drafted=drafted)
    return Line(task, "Viết báo cáo", _why(task), "soan-bao-cao")


def _why(task: Task) -> str:
    parts = []
    if task.reminders_issued:
        parts.append(f"đã đôn đốc {task.reminders_issued} lần")
    if task.obstacle_open:
        parts.append("đang có vướng mắc")
    if task.assignee is not None:
        parts.append(f"giao cho {task.assignee.full_name}")
    else:
        parts.append("chưa phân công ai")
    text = ", ".join(parts)
    return text[:1].upper() + text[1:] + "."


def _at(moment: object) -> str:
    return f"{timezone.localtime(moment):%H:%M %d/%m/%Y}" if moment else ""  # type: ignore[arg-type]


def _to_accept(actor: Actor) -> Group | None:
    """Answers to what the person's unit asked; nobody accepts what he wrote or sent himself."""
    handles = sorted(actor.units(DO))
    if not handles:
        return None
    persons = [person for person in (actor.person_id, actor.principal_id) if person is not None]
    rows = (
        Report.objects.filter(
            task__host_unit_id__in=handles,
            task__kind=TaskKind.CONSULTATION,
            task__state=TaskState.REPORTED,
            status=ReportStatus.SUBMITTED,
        )
        .exclude(author_id__in=persons)
        .exclude(submitted_by_id__in=persons)
        .select_related("task", "task__unit", "task__host_unit")
        .order_by("submitted_at", "id")
    )
    group = Group("cho-kiem-tra", "Ý kiến trả lời chờ tôi xem", "wait", "◇")
    lines = (
        Line(row.task, "Xem ý kiến trả lời", f"{row.submitted_name} gửi lúc {_at(row.submitted_at)}.")
        for row in rows[: MOST + 1]
    )
    return _filled(group, lines)


def _answers_to_record(actor: Actor) -> Group | None:
    units = sorted(actor.units(REGISTER))
    if not units:
        return None
    rows = (
        Task.objects.filter(
            Q(unit_id__in=units) | Q(host_unit_id__in=units),
            kind=TaskKind.CONSULTATION,
            by_paper=True,
            state__in=(*CLOCK_STATES, TaskState.ESCALATED),
        )
        .select_related("unit", "host_unit")
        .order_by(F("due_on").asc(nulls_last=True), "id")[: MOST + 1]
    )
    group = Group("cho-ghi", "Chờ ghi văn bản trả lời", "still", "○")
    return _filled(
        group,
        (
            Line(
                row,
                "Ghi văn bản trả lời",
                f"{row.unit} trả lời bằng văn bản giấy; khi văn bản đến thì ghi số, ngày.",
                "ghi-tra-loi",
            )
            for row in rows
        ),
    )
