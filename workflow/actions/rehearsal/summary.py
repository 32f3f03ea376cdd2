"""What happened in a rehearsed year, by rule and by approval flow, counted in the database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count
from django.utils.timezone import localdate

from workflow.actions.flow import flows
from workflow.choices import (
    CLOCK_STATES,
    DocumentStatus,
    FlowKind,
    ReminderStatus,
    ReportStatus,
    RequestStatus,
    RuleEffect,
    TaskKind,
    TaskState,
)
from workflow.core.rulebook import RuleRow
from workflow.models import (
    AuditEvent,
    Direction,
    Document,
    Escalation,
    Extension,
    Obstacle,
    Reminder,
    Report,
    Suspension,
    Task,
)
from workflow.queries.rulebook import load_rulebook

COUNTED_EVENTS = ("task.nudge", "task.ask_confirmation")


@dataclass(slots=True)
class RuleFigures:
    """What one rule did."""

    code: str
    year: int
    citation: str
    nudges: int = 0
    confirmations: int = 0
    first: int = 0
    second: int = 0
    withdrawn: int = 0
    escalations: int = 0

    def says(self) -> str:
        """Return the figures as words, only those that are not zero."""
        words = (
            (self.nudges, "nhắc nhở trước hạn"),
            (self.confirmations, "hỏi xác nhận tháng"),
            (self.first, "đôn đốc lần 1"),
            (self.second, "đôn đốc lần 2"),
            (self.withdrawn, "dự thảo đôn đốc rút lại"),
            (self.escalations, "báo cáo UBND tỉnh"),
        )
        return "; ".join(f"{number} {word}" for number, word in words if number)


@dataclass(frozen=True, slots=True)
class FlowFigures:
    """What passed through one approval flow."""

    kind: FlowKind
    figures: Mapping[str, int]

    def says(self) -> str:
        """Return the figures as words, only those that are not zero."""
        words = (
            ("approved", "đã duyệt"),
            ("refused", "không đồng ý"),
            ("closed", "đóng, không còn cần"),
            ("return", "lần trả lại sau khi nộp"),
            ("send_back", "lần trả lại trước khi nộp hoặc phát hành"),
            ("withdraw", "lần rút"),
            ("open", "đang chờ"),
        )
        return "; ".join(f"{self.figures[key]} {word}" for key, word in words if self.figures.get(key))


@dataclass(slots=True)
class Summary:
    """The year's figures."""

    rules: list[RuleFigures] = field(default_factory=list)
    flows: list[FlowFigures] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    reports: Counter[str] = field(default_factory=Counter)
    extensions: Counter[str] = field(default_factory=Counter)
    obstacles: int = 0
    suspensions: int = 0
    directions: int = 0
    documents: int = 0
    delegated: int = 0
    late: int = 0
    events: int = 0

    @property
    def tasks(self) -> int:
        """Return how many tasks there are."""
        return sum(self.states.values())

    def lines(self) -> list[str]:
        """Return the summary as a person reads it."""
        states = "; ".join(f"{TaskState(state).label} {count}" for state, count in self.states.items())
        asked = sum(self.extensions.values())
        lines = ["Theo quy tắc:"]
        lines += [f"  {rule.code} ({rule.year}), {rule.citation}: {rule.says()}" for rule in self.rules]
        lines += ["Theo luồng phê duyệt:", *(f"  {flow.kind.label}: {flow.says()}" for flow in self.flows)]
        lines += [
            f"Nhiệm vụ: {self.tasks} ({states}); đang quá hạn {self.late}",
            (
                f"Báo cáo và góp ý đã nhận: đúng hạn {self.reports['on_time']}, sau hạn {self.reports['late']}, "
                f"không có hạn {self.reports['no_due']}; trả lại {self.reports['returned']}; "
                f"đang chờ duyệt {self.reports['waiting']}"
            ),
            (
                f"Gia hạn: xin {asked}, đồng ý {self.extensions[RequestStatus.APPROVED]}, "
                f"không đồng ý {self.extensions[RequestStatus.REFUSED]}, "
                f"chờ quyết định {self.extensions[RequestStatus.PENDING]}"
            ),
            (
                f"Vướng mắc: {self.obstacles}; tạm dừng: {self.suspensions}; ý kiến chỉ đạo của UBND tỉnh: "
                f"{self.directions}; văn bản đã phát hành: {self.documents}"
            ),
            f"Nhật ký: {self.events} bản ghi, trong đó {self.delegated} việc làm theo ủy quyền",
        ]
        return lines


def summarise(on: date) -> Summary:
    """Count what happened in the whole database, and what is open or late on the day. Reads only."""
    states = dict(Task.objects.order_by().values_list("state").annotate(Count("pk")))
    return Summary(
        rules=_by_rule(),
        flows=[FlowFigures(kind, counted) for kind, counted in flows().figures().items() if counted],
        states={state: states[state] for state in TaskState.values if state in states},
        reports=_reports(),
        extensions=Counter(Extension.objects.values_list("status", flat=True)),
        obstacles=Obstacle.objects.count(),
        suspensions=Suspension.objects.count(),
        directions=Direction.objects.count(),
        documents=Document.objects.filter(status=DocumentStatus.ISSUED).count(),
        delegated=AuditEvent.objects.filter(body__contains='"in_place_of":').count(),
        late=Task.objects.filter(state__in=CLOCK_STATES, due_on__lt=on).count(),
        events=AuditEvent.objects.count(),
    )


def _by_rule() -> list[RuleFigures]:
    found: dict[tuple[str, int], RuleFigures] = {}
    rules = {rule.pk: rule for rule in load_rulebook().all_rules()}
    by_name = {(rule.code, rule.plan_year, rule.version, rule.effect): rule for rule in rules.values()}

    def figures(rule: RuleRow) -> RuleFigures:
        return found.setdefault((rule.code, rule.plan_year), RuleFigures(rule.code, rule.plan_year, rule.citation))

    for name, body in _bodies(COUNTED_EVENTS):
        decision = body["details"]["decision"]
        effect = RuleEffect.NUDGE if name == "task.nudge" else RuleEffect.CONFIRM
        key = (str(decision["rule"]), int(decision["plan_year"]), int(decision["version"]), effect.value)
        row = figures(by_name[key])
        row.nudges += effect == RuleEffect.NUDGE
        row.confirmations += effect == RuleEffect.CONFIRM
    for rule_id, status, ordinal in Reminder.objects.order_by("pk").values_list("rule_id", "status", "ordinal"):
        row = figures(rules[rule_id])
        row.first += status == ReminderStatus.ISSUED and ordinal == 1
        row.second += status == ReminderStatus.ISSUED and ordinal == 2
        row.withdrawn += status == ReminderStatus.WITHDRAWN
    for rule_id in Escalation.objects.order_by("pk").values_list("rule_id", flat=True):
        figures(rules[rule_id]).escalations += 1
    return sorted((row for row in found.values() if row.says()), key=lambda row: (row.year, row.code))


def _bodies(names: tuple[str, ...]) -> Iterable[tuple[str, dict[str, dict[str, dict[str, str | int]]]]]:
    for name, body in AuditEvent.objects.filter(name__in=names).values_list("name", "body").iterator():
        yield name, json.loads(body)


def _reports() -> Counter[str]:
    counted: Counter[str] = Counter()
    rows = Report.objects.exclude(status__in=(ReportStatus.DRAFT, ReportStatus.WITHDRAWN)).select_related("task")
    for report in rows.iterator():
        if report.status == ReportStatus.RETURNED:
            counted["returned"] += 1
        elif report.status == ReportStatus.SUBMITTED:
            counted["waiting"] += 1
        elif report.task.due_on is None or report.submitted_at is None:
            counted["no_due"] += 1
        else:
            arrived = report.answer_on if report.task.kind == TaskKind.CONSULTATION else None
            day = arrived or localdate(report.submitted_at)
            counted["on_time" if day <= report.task.due_on else "late"] += 1
    return counted
