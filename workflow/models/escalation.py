"""The duty to report to UBND tỉnh, its document, and what UBND answers."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import EscalationStatus
from workflow.models.document import Document
from workflow.models.policy import Rule
from workflow.models.task import Task


class Escalation(models.Model):
    """One duty to report to UBND tỉnh: one a task and round, whatever fires."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="escalations")
    round = models.PositiveSmallIntegerField("vòng")
    status = models.CharField("trạng thái", max_length=12, choices=EscalationStatus, default=EscalationStatus.DUTY)
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="+")
    decision = models.JSONField("quyết định", default=dict)
    reason = models.TextField("lý do (khi báo cáo sớm)", blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="escalations")
    raised_at = models.DateTimeField("phát sinh lúc")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    closed_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    closed_reason = models.TextField("lý do kết thúc", blank=True)

    class Meta:
        verbose_name = "báo cáo UBND tỉnh"
        ordering = ("-raised_at",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="escalation_once_a_round", fields=("task", "round")),)
        indexes = (models.Index(name="escalation_status", fields=("status", "raised_at")),)

    def __str__(self) -> str:
        return f"Báo cáo UBND tỉnh {self.task}"


class Direction(models.Model):
    """UBND tỉnh's answer: number, date, content; a new deadline, or closing."""

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="directions")
    number = models.CharField("số, ký hiệu", max_length=60)
    issued_on = models.DateField("ngày văn bản")
    content = models.TextField("nội dung chỉ đạo")
    new_due = models.DateField("hạn mới", null=True, blank=True)
    closes = models.BooleanField("kết thúc nhiệm vụ", default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_name = models.CharField("người ghi", max_length=120)
    recorded_at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "ý kiến chỉ đạo"
        ordering = ("recorded_at",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} ngày {self.issued_on:%d/%m/%Y}"
