"""The trail: append-only events in hash chains, and checkpoints over the chains' heads.

Triggers (migration 0002) raise on UPDATE, DELETE and, on PostgreSQL, TRUNCATE of these tables.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AuditChain(models.Model):
    """The head of one chain that is not a task's (a task carries its own head in its row)."""

    key = models.CharField(max_length=80, unique=True)
    seq = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    checkpointed_seq = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "chuỗi nhật ký"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key} #{self.seq}"


class AuditEvent(models.Model):
    """One event. `body` is the canonical JSON text that was hashed: hash = SHA-256(previous hash + body).

    The other columns repeat parts of `body` for search; verification compares them.
    """

    chain = models.CharField(max_length=80)
    seq = models.PositiveIntegerField()
    occurred_at = models.DateTimeField()
    action_id = models.UUIDField()
    name = models.CharField(max_length=60)
    task_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    body = models.TextField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "nhật ký"
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="audit_event_once", fields=("chain", "seq")),)
        indexes = (
            models.Index(name="audit_event_task", fields=("task_id", "seq")),
            models.Index(name="audit_event_action", fields=("action_id",)),
            models.Index(name="audit_event_time", fields=("occurred_at", "id")),
        )

    def __str__(self) -> str:
        return f"{self.chain} #{self.seq} {self.name}"


class AuditCheckpoint(models.Model):
    """A dated, chained record of every chain head that moved since the checkpoint before."""

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField()
    body = models.TextField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "điểm chốt nhật ký"
        ordering = ("number",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"Điểm chốt {self.number}"
