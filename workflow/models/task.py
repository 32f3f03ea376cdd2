"""The task and its state machine: the declared transitions and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import models
from django_fsm import GET_STATE, FSMField, FSMModelMixin, transition

from workflow.choices import (
    CLOCK_STATES,
    OPEN_STATES,
    HandedBy,
    Ladder,
    TaskKind,
    TaskOrigin,
    TaskState,
)
from workflow.models.plan import Plan, PlanItem
from workflow.models.unit import Unit
from workflow.permissions import ANSWER, CHECK, DECIDE, DO, REGISTER, SUBMIT, URGE, Actor, either, on_host, on_unit

S = TaskState


def asked_of(test: Callable[[Any, Actor], bool]) -> Callable[[models.Model, Any], bool]:
    """Name a permission that asks an `Actor`, which the FSM library types as a user account."""
    return test


def may_report(task: Any, actor: Actor) -> bool:
    """The owing unit's head reports; a consulted body answers itself, or văn thư records its answer."""
    if task.kind == TaskKind.CONSULTATION:
        return actor.may(ANSWER, task.unit_id) or actor.may(SUBMIT, task.unit_id) or actor.may(REGISTER, task.unit_id)
    return actor.may(SUBMIT, task.unit_id)


def may_check(task: Any, actor: Actor) -> bool:
    """Văn phòng checks a unit's report (a leader Văn phòng's own); the handling unit accepts a consulted body's answer.

    Separation of duties stands on top of this in `actions.report`.
    """
    if task.kind == TaskKind.CONSULTATION:
        return actor.may(DO, task.host_unit_id)
    return actor.may(CHECK, task.unit_id)


def may_judge(task: Any, actor: Actor) -> bool:
    """Who checks a report may decide it, and so may a leader, at the step of the flow that asks for one."""
    return may_check(task, actor) or (task.kind != TaskKind.CONSULTATION and actor.may(DECIDE, task.unit_id))


def may_escalate(task: Any, actor: Actor) -> bool:
    """Văn phòng or, for a consultation, the unit that handles the parent may report to UBND tỉnh by hand."""
    return actor.may(URGE, task.unit_id) or (task.kind == TaskKind.CONSULTATION and actor.may(DO, task.host_unit_id))


def may_suspend(task: Any, actor: Actor) -> bool:
    """The handling officer or Văn phòng may suspend and resume on a legal ground; a consulted body never its own."""
    if task.kind == TaskKind.CONSULTATION:
        return actor.may(DO, task.host_unit_id) or actor.may(URGE, task.unit_id)
    return actor.may(DO, task.unit_id) or actor.may(URGE, task.unit_id)


def has_lead(task: Any) -> bool:
    """The task has a unit that owes it."""
    return task.unit_id is not None


def has_event(task: Any) -> bool:
    """The awaited event is recorded with its document's number and date."""
    return bool(task.event_number) and task.event_on is not None


def has_submitted_report(task: Any) -> bool:
    """A report version stands submitted."""
    return task.submitted_version is not None


class Task(FSMModelMixin, models.Model):
    """Something one unit owes by a date.

    Dates are local dates of Asia/Ho_Chi_Minh. `last_day` is the last day by the words, `due_on` the day the engine
    counts to (rolled by policy), `due_first` the first `due_on`, never changed. `processing_until` is the last day of
    the parent's processing time (ladder B). `next_due` is the stored moment at which the sweep must look again.
    `chain_seq`/`chain_head` are the head of this task's chain in the trail. `suspended_from`, `submitted_version`,
    `reminders_issued`, `last_reminder_at`, `reminder_drafted`, `nudged_days` repeat facts that the sweep needs in
    the row; the actions keep them and `verify_audit` compares them with the trail. `last_reminder_at` is the moment
    from which the wait after the last reminder counts: its issue, or later after a resume, a return or a reopening.
    """

    code = models.CharField("mã", max_length=120, unique=True)
    title = models.TextField("việc phải làm")
    search = models.TextField("chữ để tìm", blank=True)
    kind = models.CharField("loại", max_length=16, choices=TaskKind)
    origin = models.CharField("nguồn giao", max_length=16, choices=TaskOrigin, default=TaskOrigin.PLAN)
    ladder = models.CharField("thang", max_length=1, choices=Ladder)
    rule_year = models.PositiveSmallIntegerField("năm của quy tắc")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="tasks")
    item = models.ForeignKey(PlanItem, models.PROTECT, null=True, blank=True, related_name="tasks")
    bullet_ordinal = models.PositiveSmallIntegerField("gạch đầu dòng thứ", null=True, blank=True)
    clause = models.CharField("điều khoản", max_length=120, blank=True)
    product = models.TextField("kết quả, sản phẩm phải có", blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    sequence = models.PositiveSmallIntegerField("thứ tự trong việc cha", default=0)

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="tasks")
    host_unit = models.ForeignKey(Unit, models.PROTECT, related_name="chased_tasks")
    handed_by = models.PositiveSmallIntegerField("giao theo", choices=HandedBy, default=HandedBy.PLAN)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    by_paper = models.BooleanField("cơ quan không có tài khoản", default=False)

    state = FSMField("trạng thái", choices=TaskState, default=TaskState.ASSIGNED, protected=True)
    suspended_from = models.CharField(max_length=16, blank=True)
    round = models.PositiveSmallIntegerField("vòng", default=1)

    timeline_text = models.CharField("thời hạn, nguyên văn", max_length=255, blank=True)
    due_basis = models.CharField("cách đọc thời hạn", max_length=255, blank=True)
    start_on = models.DateField("bắt đầu", null=True, blank=True)
    last_day = models.DateField("ngày cuối theo câu chữ", null=True, blank=True)
    due_first = models.DateField("hạn đầu", null=True, blank=True)
    due_on = models.DateField("hạn hiện tại", null=True, blank=True)
    processing_until = models.DateField("hết thời gian xử lý", null=True, blank=True)
    period_start = models.DateField("kỳ từ ngày", null=True, blank=True)
    confirm_monthly = models.BooleanField("xác nhận hằng tháng", default=False)
    confirm_asked = models.DateField("tháng đã hỏi xác nhận", null=True, blank=True)
    confirmed_month = models.DateField("tháng đã xác nhận", null=True, blank=True)
    event_text = models.CharField("sự kiện phải chờ", max_length=255, blank=True)
    event_number = models.CharField("số văn bản của sự kiện", max_length=60, blank=True)
    event_on = models.DateField("ngày văn bản của sự kiện", null=True, blank=True)

    submitted_version = models.PositiveSmallIntegerField("bản đang chờ duyệt", null=True, blank=True)
    reported_at = models.DateTimeField("báo cáo lúc", null=True, blank=True)
    closed_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    reminders_issued = models.PositiveSmallIntegerField("số lần đôn đốc đã phát hành trong vòng", default=0)
    last_reminder_at = models.DateTimeField(null=True, blank=True)
    reminder_drafted = models.BooleanField(default=False)
    nudged_days = models.PositiveSmallIntegerField("đã nhắc trước hạn (ngày làm việc)", default=0)
    ladder_done = models.BooleanField("thang của vòng này đã đi hết", default=False)
    obstacle_open = models.BooleanField("đang có vướng mắc", default=False)
    extended_count = models.PositiveSmallIntegerField("số lần gia hạn", default=0)

    next_due = models.DateTimeField("lúc bộ máy phải xem lại", null=True, blank=True)
    quarantined_at = models.DateTimeField("bị tách riêng lúc", null=True, blank=True)
    quarantine_error = models.TextField("lý do tách riêng", blank=True)
    created_at = models.DateTimeField("tạo lúc")
    chain_seq = models.PositiveIntegerField(default=0)
    chain_head = models.CharField(max_length=64, blank=True)
    checkpointed_seq = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "nhiệm vụ"
        default_permissions = ()
        indexes = (
            models.Index(name="task_unit_list", fields=("unit", "state", "due_on", "id")),
            models.Index(name="task_host_list", fields=("host_unit", "state", "due_on", "id")),
            models.Index(name="task_next_due", fields=("next_due", "id"), condition=models.Q(next_due__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(
                name="task_state_known", condition=models.Q(state__in=[state.value for state in TaskState])
            ),
            models.CheckConstraint(name="task_two_reminders_a_round", condition=models.Q(reminders_issued__lte=2)),
            models.CheckConstraint(
                name="task_not_its_own_parent",
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
            ),
        )

    def __str__(self) -> str:
        return self.code

    @transition(
        state,
        source=S.ASSIGNED,
        target=S.IN_PROGRESS,
        conditions=[has_lead],
        permission=asked_of(on_unit(DO, ANSWER)),
        custom={"label": "Bắt đầu thực hiện"},
    )
    def start(self) -> None:
        """The unit takes the work up."""

    @transition(
        state,
        source=S.WAITING_EVENT,
        target=S.ASSIGNED,
        conditions=[has_event],
        permission=asked_of(on_host(URGE)),
        custom={"label": "Ghi nhận sự kiện", "engine": True, "form": True},
    )
    def arm(self) -> None:
        """The awaited event is recorded; the clock starts."""

    @transition(
        state,
        source=[S.ASSIGNED, S.IN_PROGRESS, S.ESCALATED],
        target=S.REPORTED,
        conditions=[has_lead, has_submitted_report],
        permission=asked_of(may_report),
        custom={"label": "Nộp báo cáo", "flow": True},
    )
    def report(self) -> None:
        """A version of the report stands submitted, or the consulted body's answer has arrived."""

    @transition(
        state,
        source=S.REPORTED,
        target=S.IN_PROGRESS,
        permission=asked_of(either(may_judge, may_report)),
        custom={"label": "Trả lại báo cáo", "flow": True},
    )
    def return_report(self) -> None:
        """The report goes back with a reason, or its submitter withdraws it before a decision."""

    @transition(
        state,
        source=S.REPORTED,
        target=S.REVIEWED,
        conditions=[has_submitted_report],
        permission=asked_of(may_judge),
        custom={"label": "Duyệt báo cáo", "flow": True},
    )
    def review(self) -> None:
        """The report is accepted."""

    @transition(
        state,
        source=list(CLOCK_STATES),
        target=S.ESCALATED,
        conditions=[has_lead],
        permission=asked_of(may_escalate),
        custom={"label": "Báo cáo UBND tỉnh", "engine": True, "form": True},
    )
    def escalate(self) -> None:
        """A rule's duty to report to UBND tỉnh has arisen, or a person reports early where policy allows."""

    @transition(
        state,
        source=S.ESCALATED,
        target=S.IN_PROGRESS,
        permission=asked_of(either(on_unit(URGE, REGISTER), on_host(URGE, REGISTER))),
        custom={"label": "Ghi ý kiến chỉ đạo", "form": True},
    )
    def direct(self) -> None:
        """UBND tỉnh's direction is recorded; a new deadline opens a new round."""

    @transition(
        state,
        source=S.ESCALATED,
        target=S.CANCELLED,
        permission=asked_of(either(on_unit(URGE, REGISTER), on_host(URGE, REGISTER))),
        custom={"label": "Kết thúc theo ý kiến chỉ đạo", "form": True},
    )
    def direct_close(self) -> None:
        """UBND tỉnh's direction closes the task."""

    @transition(
        state,
        source=S.ESCALATED,
        target=S.IN_PROGRESS,
        permission=asked_of(either(on_unit(DECIDE), on_host(DECIDE))),
        custom={"label": "Rút báo cáo UBND tỉnh", "form": True},
    )
    def withdraw_escalation(self) -> None:
        """A leader withdraws the escalation with a reason."""

    @transition(
        state,
        source=list(CLOCK_STATES),
        target=S.SUSPENDED,
        permission=asked_of(either(may_suspend, on_host(URGE, DO))),
        custom={"label": "Tạm dừng", "form": True},
    )
    def suspend(self) -> None:
        """The clock stops on a legal ground."""

    @transition(
        state,
        source=S.SUSPENDED,
        target=GET_STATE(lambda self, **_kwargs: self.suspended_from, states=[S.ASSIGNED, S.IN_PROGRESS]),
        permission=asked_of(either(may_suspend, on_host(URGE, DO))),
        custom={"label": "Tiếp tục", "form": True},
    )
    def resume(self) -> None:
        """The clock runs again; the deadline has moved by the suspended working days."""

    @transition(
        state,
        source=list(OPEN_STATES),
        target=S.CANCELLED,
        permission=asked_of(either(on_unit(DECIDE), on_host(DECIDE))),
        custom={"label": "Hủy nhiệm vụ", "form": True},
    )
    def cancel(self) -> None:
        """A leader cancels with a reason or a document."""

    @transition(
        state,
        source=S.REVIEWED,
        target=S.IN_PROGRESS,
        permission=asked_of(either(on_unit(DECIDE), on_host(DECIDE))),
        custom={"label": "Mở lại", "form": True},
    )
    def reopen(self) -> None:
        """A leader reopens with a reason."""
