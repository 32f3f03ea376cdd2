"""Văn phòng's board: what is late, unanswered, unissued, undecided; in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Min, Q, QuerySet

from workflow.choices import CLOCK_STATES, OPEN_STATES, TaskKind, TaskState
from workflow.core.workday import WorkCalendar
from workflow.models import Task
from workflow.permissions import Actor
from workflow.queries.inbox import Group, Line, office_groups
from workflow.queries.task import visible_tasks
from workflow.queries.tasklist import due_soon_on, late_on

MOST = 50


@dataclass(frozen=True, slots=True)
class UnitRow:
    """How one unit stands: open, late, due soon, waiting for a check, escalated; the oldest lateness."""

    unit_id: int
    name: str
    open: int
    late: int
    soon: int
    reported: int
    escalated: int
    oldest: date | None


@dataclass(slots=True)
class Board:
    """The board: a table by unit and the groups of what somebody must do."""

    units: list[UnitRow]
    groups: list[Group] = field(default_factory=list)


def load_board(actor: Actor, *, today: date, calendar: WorkCalendar) -> Board:
    """Return the board for who coordinates; at most seven queries, whatever the number of rows.

    What waits in an approval flow stands in the page's other part (`approvals.queries.inbox`).
    """
    rows = visible_tasks(actor)
    groups = [
        *office_groups(actor),
        _without_lead(rows),
        _awaiting_event(rows),
        _unconfirmed(rows),
        _quarantined(rows),
    ]
    return Board(_by_unit(rows, today, calendar), [group for group in groups if group.lines])


def _by_unit(rows: QuerySet[Task], today: date, calendar: WorkCalendar) -> list[UnitRow]:
    found = (
        rows.filter(state__in=OPEN_STATES, unit__isnull=False)
        .order_by()
        .values("unit_id", "unit__name")
        .annotate(
            open=Count("id"),
            late=Count("id", filter=late_on(today)),
            soon=Count("id", filter=due_soon_on(today, calendar)),
            reported=Count("id", filter=Q(state=TaskState.REPORTED)),
            escalated=Count("id", filter=Q(state=TaskState.ESCALATED)),
            oldest=Min("due_on", filter=late_on(today)),
        )
    )
    units = [
        UnitRow(
            row["unit_id"],
            row["unit__name"],
            row["open"],
            row["late"],
            row["soon"],
            row["reported"],
            row["escalated"],
            row["oldest"],
        )
        for row in found
    ]
    return sorted(units, key=lambda unit: (-unit.late, -unit.escalated, -unit.open, unit.name))


def _listed(rows: QuerySet[Task]) -> list[Task]:
    rows = rows.select_related("unit", "host_unit").order_by(F("due_on").asc(nulls_last=True), "id")
    return list(rows[: MOST + 1])


def _group(group: Group, lines: list[Line]) -> Group:
    group.lines, group.more = lines[:MOST], len(lines) > MOST
    return group


def _without_lead(rows: QuerySet[Task]) -> Group:
    found = _listed(rows.filter(unit__isnull=True, state__in=OPEN_STATES))
    why = "Dòng kế hoạch không ghi đơn vị chủ trì; chưa giao thì chưa ai phải làm."
    lines = [Line(task, "Giao đơn vị chủ trì", why, "giao-chu-tri") for task in found]
    return _group(Group("thieu-chu-tri", "Thiếu đơn vị chủ trì", "late", "▲"), lines)


def _awaiting_event(rows: QuerySet[Task]) -> Group:
    found = _listed(rows.filter(state=TaskState.WAITING_EVENT).exclude(kind=TaskKind.HANDOFF))
    lines = [
        Line(task, "Ghi nhận sự kiện", f"Chờ: {task.event_text or task.timeline_text}.", "ghi-su-kien")
        for task in found
    ]
    return _group(Group("cho-su-kien", "Chờ sự kiện", "still", "○"), lines)


def _unconfirmed(rows: QuerySet[Task]) -> Group:
    asked = Q(confirm_asked__isnull=False) & (
        Q(confirmed_month__isnull=True) | Q(confirmed_month__lt=F("confirm_asked"))
    )
    found = _listed(rows.filter(asked, confirm_monthly=True, state__in=CLOCK_STATES))
    lines = [
        Line(task, "Xem nhiệm vụ", f"{task.unit} chưa trả lời tháng {task.confirm_asked:%m/%Y}.") for task in found
    ]
    return _group(Group("chua-xac-nhan", "Chưa xác nhận tháng", "soon", "◐"), lines)


def _quarantined(rows: QuerySet[Task]) -> Group:
    found = _listed(rows.filter(quarantined_at__isnull=False))
    lines = [Line(task, "Xem nhiệm vụ", f"Bộ máy không xét được: {task.quarantine_error}") for task in found]
    return _group(Group("tach-rieng", "Bị tách riêng vì lỗi", "late", "▲"), lines)
