"""What bends a deadline or a duty, each with its reason: extension, suspension, obstacle."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import RequestStatus
from workflow.models.task import Task


class Extension(models.Model):
    """A request to extend a deadline. The first deadline stands; an approved one counts as a negative result."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="extensions")
    reason = models.TextField("lý do")
    old_due = models.DateField("hạn hiện tại")
    wanted_due = models.DateField("hạn đề nghị")
    status = models.CharField("trạng thái", max_length=12, choices=RequestStatus, default=RequestStatus.PENDING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_name = models.CharField("người xin", max_length=120)
    asked_at = models.DateTimeField("xin lúc")
    new_due = models.DateField("hạn được duyệt", null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField("người quyết định", max_length=120, blank=True)
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    decision_reason = models.TextField("lý do quyết định", blank=True)

    class Meta:
        verbose_name = "gia hạn"
        ordering = ("asked_at",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                name="extension_one_pending", fields=("task",), condition=models.Q(status="pending")
            ),
        )

    def __str__(self) -> str:
        return f"Gia hạn {self.task}"


class Suspension(models.Model):
    """A stop of the clock on a legal ground; on resume the deadline moves by the working days suspended."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="suspensions")
    ground = models.TextField("căn cứ tạm dừng")
    ground_number = models.CharField("số văn bản căn cứ", max_length=60)
    ground_on = models.DateField("ngày văn bản căn cứ")
    started_on = models.DateField("tạm dừng từ ngày")
    started_name = models.CharField("người tạm dừng", max_length=120)
    resumed_on = models.DateField("tiếp tục từ ngày", null=True, blank=True)
    resumed_name = models.CharField("người cho tiếp tục", max_length=120, blank=True)
    days_moved = models.PositiveSmallIntegerField("số ngày làm việc dời hạn", default=0)

    class Meta:
        verbose_name = "tạm dừng"
        ordering = ("started_on",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                name="suspension_one_open", fields=("task",), condition=models.Q(resumed_on__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"Tạm dừng {self.task}"


class Obstacle(models.Model):
    """A difficulty that a unit reports: Văn phòng advises, a leader decides (III, đoạn cuối)."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="obstacles")
    text = models.TextField("vướng mắc")
    status = models.CharField("trạng thái", max_length=12, choices=RequestStatus, default=RequestStatus.PENDING)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_name = models.CharField("người phản ánh", max_length=120)
    raised_at = models.DateTimeField("phản ánh lúc")
    advice = models.TextField("ý kiến tham mưu của Văn phòng", blank=True)
    advised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    advised_name = models.CharField("người tham mưu", max_length=120, blank=True)
    decision = models.TextField("ý kiến giải quyết", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField("người giải quyết", max_length=120, blank=True)
    decided_at = models.DateTimeField("giải quyết lúc", null=True)

    class Meta:
        verbose_name = "vướng mắc"
        ordering = ("raised_at",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(name="obstacle_one_open", fields=("task",), condition=models.Q(status="pending")),
        )

    def __str__(self) -> str:
        return f"Vướng mắc {self.task}"
