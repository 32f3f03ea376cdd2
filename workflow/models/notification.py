"""What a person is told in the application and by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import NotificationKind
from workflow.models.task import Task


class Notification(models.Model):
    """One message to one person. `key` makes it once only, whatever runs twice."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    key = models.CharField(max_length=160)
    kind = models.CharField("loại", max_length=16, choices=NotificationKind)
    text = models.TextField("nội dung")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="notifications")
    created_at = models.DateTimeField("lúc")
    read_at = models.DateTimeField("đọc lúc", null=True, blank=True)
    emailed_at = models.DateTimeField("gửi thư lúc", null=True, blank=True)

    class Meta:
        verbose_name = "thông báo"
        ordering = ("-created_at", "-id")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="notification_once", fields=("person", "key")),)
        indexes = (
            models.Index(name="notification_list", fields=("person", "-created_at")),
            models.Index(name="notification_unmailed", fields=("person",), condition=models.Q(emailed_at__isnull=True)),
        )

    def __str__(self) -> str:
        return self.text
