"""What waits for one person now: groups in the order in which to do them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone

from workflow.choices import (
    CLOCK_STATES,
    EscalationStatus,
    ReminderStatus,
    ReportStatus,
    RequestStatus,
    TaskKind,
    TaskState,
)
from workflow.models import Escalation, Extension, Obstacle, Reminder, Report, Task
from workflow.permissions import ANSWER, CHECK, DECIDE, DO, REGISTER, SIGN, SUBMIT, URGE, Actor
from workflow.queries.report import may_answer_here

MOST = 50
"""Lines that one group shows; a plus in its count says that there are more."""

COMING = 8
"""Lines that the group of coming work shows."""

READ = 4 * MOST
"""Own tasks that are read, those asked for a monthly confirmation before all others."""

LATER = {"cho-ghi": 1, "cho-chi-dao": 1, "sap-toi": 2}
"""Groups that only wait for a paper to come, and then what is due after this week, stand after what is to be done."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do: the task, what to do, why it is here, the act's address ("" = open the task)."""

    task: Task
    what: str
    why: str
    act: str = ""


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

    At most ten queries, whatever the number of rows; a query whose right the person lacks is not asked.
    """
    own = [*_own_groups(actor, today), _late_bodies(actor, today)]
    groups = [*own, *office_groups(actor), *escalated_groups(actor)]
    groups.sort(key=lambda group: LATER.get(group.key, 0))
    return [group for group in groups if group.lines]


def office_groups(actor: Actor) -> list[Group]:
    """Return what waits for a check, a decision, an issue or a record by this person (at most five queries)."""
    return _made(actor, (_to_check, _to_issue, _extensions, _obstacles, _answers_to_record))


def escalated_groups(actor: Actor) -> list[Group]:
    """Return what is to be sent to UBND tỉnh and what waits for its answer (at most two queries)."""
    return _made(actor, (_to_send, _directions))


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
    drafted = set(
        Report.objects.filter(task__in=[task.pk for task in tasks], status=ReportStatus.DRAFT).values_list(
            "task_id", flat=True
        )
    )
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
        last.lines.append(_own_line(actor, task, has_draft=task.pk in drafted))
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


def _own_line(actor: Actor, task: Task, *, has_draft: bool) -> Line:
    if not may_answer_here(task):
        return Line(task, "Ghi văn bản trả lời", _why(task), "ghi-tra-loi")
    if task.kind == TaskKind.CONSULTATION:
        if has_draft and (actor.may(SUBMIT, task.unit_id) or actor.may(ANSWER, task.unit_id)):
            return Line(task, "Gửi ý kiến trả lời", _why(task), "nop-bao-cao")
        return Line(task, "Viết ý kiến trả lời", _why(task), "soan-bao-cao")
    if has_draft and actor.may(SUBMIT, task.unit_id):
        return Line(task, "Xem và nộp báo cáo", f"Đã có bản thảo. {_why(task)}", "nop-bao-cao")
    if has_draft:
        return Line(task, "Sửa bản thảo", f"Bản thảo chờ trưởng đơn vị nộp. {_why(task)}", "soan-bao-cao")
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


def _to_check(actor: Actor) -> Group | None:
    checks, handles = sorted(actor.units(CHECK)), sorted(actor.units(DO))
    if not checks and not handles:
        return None
    waits = Q(task__unit_id__in=checks) & ~Q(task__kind=TaskKind.CONSULTATION)
    waits |= Q(task__host_unit_id__in=handles, task__kind=TaskKind.CONSULTATION)
    persons = [person for person in (actor.person_id, actor.principal_id) if person is not None]
    rows = (
        Report.objects.filter(waits, status=ReportStatus.SUBMITTED, task__state=TaskState.REPORTED)
        .exclude(author_id__in=persons)
        .exclude(submitted_by_id__in=persons)
        .select_related("task", "task__unit", "task__host_unit")
        .order_by("submitted_at", "id")
    )
    group = Group("cho-kiem-tra", "Chờ tôi kiểm tra", "wait", "◇")
    return _filled(group, (_check_line(row) for row in rows[: MOST + 1]))


def _check_line(row: Report) -> Line:
    why = f"{row.submitted_name} gửi lúc {_at(row.submitted_at)}."
    if row.task.kind == TaskKind.CONSULTATION:
        return Line(row.task, "Xem ý kiến trả lời", why)
    return Line(row.task, f"Kiểm tra báo cáo bản {row.version}", why)


def _to_issue(actor: Actor) -> Group | None:
    units = sorted(actor.units(REGISTER) | actor.units(SIGN) | actor.units(DECIDE))
    if not units:
        return None
    rows = (
        Reminder.objects.filter(
            Q(task__unit_id__in=units) | Q(task__host_unit_id__in=units),
            status=ReminderStatus.DRAFT,
            task__state__in=CLOCK_STATES,
        )
        .select_related("task", "task__unit", "task__host_unit")
        .order_by("drafted_at", "id")
    )
    group = Group("cho-phat-hanh", "Đôn đốc chờ phát hành", "wait", "◇")
    return _filled(
        group,
        (
            Line(
                row.task,
                f"Phát hành đôn đốc lần {row.ordinal}",
                f"Gửi {row.task.unit}; dự thảo lập lúc {_at(row.drafted_at)}.",
                "phat-hanh-don-doc",
            )
            for row in rows[: MOST + 1]
        ),
    )


def _escalations(units: list[int], status: EscalationStatus) -> QuerySet[Escalation]:
    return (
        Escalation.objects.filter(
            Q(task__unit_id__in=units) | Q(task__host_unit_id__in=units),
            status=status,
            task__state=TaskState.ESCALATED,
        )
        .select_related("task", "task__unit", "task__host_unit", "document", "rule")
        .order_by("raised_at", "id")
    )


def _to_send(actor: Actor) -> Group | None:
    units = sorted(actor.units(REGISTER) | actor.units(DECIDE))
    if not units:
        return None
    rows = _escalations(units, EscalationStatus.DUTY)[: MOST + 1]
    group = Group("cho-gui-ubnd", "Báo cáo UBND tỉnh chờ phát hành", "province", "⬟")
    return _filled(
        group,
        (
            Line(
                row.task,
                "Phát hành báo cáo UBND tỉnh",
                f"{row.rule.title}; phát sinh lúc {_at(row.raised_at)}.",
                "gui-bao-cao-ubnd",
            )
            for row in rows
        ),
    )


def _directions(actor: Actor) -> Group | None:
    units = sorted(actor.units(URGE) | actor.units(REGISTER))
    if not units:
        return None
    rows = _escalations(units, EscalationStatus.SENT)[: MOST + 1]
    group = Group("cho-chi-dao", "Chờ ý kiến chỉ đạo của UBND tỉnh", "province", "⬟")
    return _filled(
        group,
        (
            Line(
                row.task,
                "Ghi ý kiến chỉ đạo",
                _sent_words(row),
                "ghi-chi-dao",
            )
            for row in rows
        ),
    )


def _sent_words(row: Escalation) -> str:
    number = row.document.full_number if row.document is not None else ""
    return f"Đã gửi {number} lúc {_at(row.sent_at)}." if number else f"Đã gửi lúc {_at(row.sent_at)}."


def _extensions(actor: Actor) -> Group | None:
    units = sorted(actor.units(DECIDE))
    if not units:
        return None
    rows = (
        Extension.objects.filter(task__unit_id__in=units, status=RequestStatus.PENDING)
        .select_related("task", "task__unit", "task__host_unit")
        .order_by("asked_at", "id")[: MOST + 1]
    )
    group = Group("gia-han", "Đề nghị gia hạn chờ quyết định", "wait", "◇")
    return _filled(
        group,
        (
            Line(
                row.task,
                "Quyết định gia hạn",
                f"{row.asked_name} xin dời đến {row.wanted_due:%d/%m/%Y}: {row.reason}",
                "quyet-gia-han",
            )
            for row in rows
        ),
    )


def _obstacles(actor: Actor) -> Group | None:
    decides, advises = actor.units(DECIDE), actor.units(URGE)
    units = sorted(decides | advises)
    if not units:
        return None
    rows = Obstacle.objects.filter(
        Q(task__unit_id__in=units) | Q(task__host_unit_id__in=units), status=RequestStatus.PENDING
    )
    if not decides:
        rows = rows.filter(advice="")
    found = rows.select_related("task", "task__unit", "task__host_unit").order_by("raised_at", "id")[: MOST + 1]
    act, what = ("giai-quyet", "Kết luận về vướng mắc") if decides else ("tham-muu", "Tham mưu về vướng mắc")
    group = Group("vuong-mac", "Vướng mắc chờ giải quyết", "wait", "◇")
    return _filled(group, (Line(row.task, what, f"{row.raised_name}: {row.text}", act) for row in found))


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
