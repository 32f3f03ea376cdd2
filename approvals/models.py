"""An approval on its way, its steps, and what is said and given at them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, NoReturn, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import ProtectedError, Q
from viewflow.workflow.managers import ProcessQuerySet, TaskQuerySet
from viewflow.workflow.models import AbstractProcess, AbstractTask
from viewflow.workflow.status import PROCESS, STATUS

from workflow.choices import FlowKind
from workflow.models import Task, Unit

M = TypeVar("M", bound=models.Model)


def _refuse_deleting(*rows: models.Model) -> NoReturn:
    """Keep what was decided, said and given (domain.md section 7.6).

    :raises ProtectedError: always.
    """
    raise ProtectedError("Hồ sơ phê duyệt và những gì thuộc hồ sơ được lưu giữ, không xóa được.", set(rows))


class KeptApprovals(ProcessQuerySet):
    """Approvals are closed, never deleted."""

    def delete(self) -> NoReturn:
        """Delete nothing.

        :raises ProtectedError: always.
        """
        _refuse_deleting()


class KeptSteps(TaskQuerySet):
    """Steps are decided or closed, never deleted."""

    def delete(self) -> NoReturn:
        """Delete nothing.

        :raises ProtectedError: always.
        """
        _refuse_deleting()


class KeptWords(models.QuerySet[M]):
    """What was said and given stays."""

    def delete(self) -> NoReturn:
        """Delete nothing.

        :raises ProtectedError: always.
        """
        _refuse_deleting()


class Result(models.TextChoices):
    """How an approval ended."""

    APPROVED = "approved", "Đã duyệt"
    REFUSED = "refused", "Không đồng ý"
    CLOSED = "closed", "Đã đóng, không còn cần"


class Approval(AbstractProcess):
    """One flow on its way. `target_id` is the key of the task, document, duty or request of its kind.

    `subject` is the task that it is of; None for what stands by itself. `unit` is the unit that asks. `version` is the
    version that stands to be decided; `outcome` the last decision, which the gateways read.
    """

    kind = models.CharField("loại", max_length=12, choices=FlowKind)
    target_id = models.PositiveBigIntegerField()
    subject = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    title = models.TextField("nội dung")
    opened_at = models.DateTimeField("mở lúc")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField("bản chờ quyết định", null=True, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    by_head = models.BooleanField("người trình là trưởng đơn vị", default=False)
    result = models.CharField("kết quả", max_length=12, choices=Result, blank=True)
    closed_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    closed_reason = models.TextField("lý do đóng", blank=True)

    objects: ClassVar[models.Manager[Approval]] = KeptApprovals.as_manager()
    moment: datetime
    """The moment of the act that moves the flow; set by the actions, not stored."""

    class Meta:
        verbose_name = "hồ sơ phê duyệt"
        ordering = ("-opened_at", "-id")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                name="approval_one_open", fields=("kind", "target_id"), condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="approval_status_known", condition=Q(status__in=[value for value, _label in PROCESS.choices])
            ),
        )
        indexes = (models.Index(name="approval_subject", fields=("subject", "kind", "closed_at")),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"

    def delete(self, using: str | None = None, keep_parents: bool = False) -> NoReturn:
        """Delete nothing.

        :raises ProtectedError: always.
        """
        _refuse_deleting(self)


class Step(AbstractTask):
    """One step of an approval. A step of people names the right and the unit on which it is asked.

    `due_on` is the step's own last day (working days by policy `step_days`); `nudged_on` and `raised_on` are the days
    on which its holders and then the next level were told that it is late. Text copies of who decided stand in the row.
    """

    process = models.ForeignKey(Approval, models.PROTECT, related_name="task_set", verbose_name="hồ sơ")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người xử lý"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    codename = models.CharField("quyền cần có", max_length=40, blank=True)
    other_codename = models.CharField("hoặc quyền", max_length=40, blank=True)
    opened_at = models.DateTimeField("đến lúc", null=True, blank=True)
    due_on = models.DateField("phải chậm nhất hết ngày", null=True, blank=True)
    nudged_on = models.DateField(null=True, blank=True)
    raised_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    decided_name = models.CharField("người quyết định", max_length=120, blank=True)
    decided_position = models.CharField("chức vụ", max_length=160, blank=True)
    capacity = models.CharField("tư cách", max_length=12, blank=True)
    principal = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField("kết quả", max_length=24, blank=True)
    version = models.PositiveIntegerField("bản đã xem", null=True, blank=True)
    note = models.TextField("ý kiến", blank=True)

    objects: ClassVar[models.Manager[Step]] = KeptSteps.as_manager()

    class Meta:
        verbose_name = "bước phê duyệt"
        ordering = ("id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                name="step_status_known", condition=Q(status__in=[value for value, _label in STATUS.choices])
            ),
            models.UniqueConstraint(
                name="step_one_waiting",
                fields=("process",),
                condition=Q(decided_at__isnull=True, codename__gt="", finished__isnull=True),
            ),
        )
        indexes = (
            models.Index(
                name="step_inbox",
                fields=("unit", "codename", "due_on", "id"),
                condition=Q(decided_at__isnull=True, finished__isnull=True),
            ),
            models.Index(
                name="step_other_inbox",
                fields=("unit", "other_codename", "due_on", "id"),
                condition=Q(decided_at__isnull=True, finished__isnull=True, other_codename__gt=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.process}: {self.title}"

    def delete(self, using: str | None = None, keep_parents: bool = False) -> NoReturn:
        """Delete nothing.

        :raises ProtectedError: always.
        """
        _refuse_deleting(self)


class Comment(models.Model):
    """What a participant says at a step, without deciding."""

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="comments")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_name = models.CharField("người viết", max_length=120)
    said_at = models.DateTimeField("lúc")
    text = models.TextField("nội dung")

    objects = KeptWords.as_manager()

    class Meta:
        verbose_name = "trao đổi"
        ordering = ("id",)
        default_permissions = ()

    def __str__(self) -> str:
        return self.text

    def delete(self, using: str | None = None, keep_parents: bool = False) -> NoReturn:
        """Delete nothing.

        :raises ProtectedError: always.
        """
        _refuse_deleting(self)


class Enclosure(models.Model):
    """A file given at a step; its type was told from its content."""

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="enclosures")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="enclosures")
    name = models.CharField("tên tệp", max_length=200)
    media_type = models.CharField("kiểu", max_length=100)
    size = models.PositiveIntegerField("cỡ, byte")
    sha256 = models.CharField("SHA-256", max_length=64)
    stored_as = models.CharField(max_length=255, unique=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_name = models.CharField("người gửi", max_length=120)
    given_at = models.DateTimeField("lúc")

    objects = KeptWords.as_manager()

    class Meta:
        verbose_name = "tệp kèm theo"
        ordering = ("id",)
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    def delete(self, using: str | None = None, keep_parents: bool = False) -> NoReturn:
        """Delete nothing.

        :raises ProtectedError: always.
        """
        _refuse_deleting(self)
