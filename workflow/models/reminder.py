"""Written reminders (văn bản đôn đốc): at most two a round, each counted only when issued with số and ngày."""

from __future__ import annotations

from django.db import models

from workflow.choices import ReminderStatus
from workflow.models.document import Document
from workflow.models.policy import Rule
from workflow.models.task import Task


class Reminder(models.Model):
    """One written reminder of one round. `decision` keeps the rule, its version, the policies and the inputs used."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="reminders")
    round = models.PositiveSmallIntegerField("vòng")
    ordinal = models.PositiveSmallIntegerField("lần")
    status = models.CharField("trạng thái", max_length=12, choices=ReminderStatus, default=ReminderStatus.DRAFT)
    document = models.ForeignKey(Document, models.PROTECT, related_name="reminders")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="+")
    decision = models.JSONField("quyết định", default=dict)
    drafted_at = models.DateTimeField("soạn lúc")
    issued_at = models.DateTimeField("phát hành lúc", null=True, blank=True)
    withdrawn_at = models.DateTimeField("rút lúc", null=True, blank=True)
    withdrawn_reason = models.TextField("lý do rút", blank=True)

    class Meta:
        verbose_name = "văn bản đôn đốc"
        ordering = ("task", "round", "ordinal", "id")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                name="reminder_once", fields=("task", "round", "ordinal"), condition=~models.Q(status="withdrawn")
            ),
            models.CheckConstraint(
                name="reminder_ordinal_one_or_two", condition=models.Q(ordinal__gte=1, ordinal__lte=2)
            ),
        )

    def __str__(self) -> str:
        return f"Đôn đốc lần {self.ordinal} {self.task}"
