"""What a person is told in the application and by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import LetterKind, NotificationKind
from workflow.models.task import Task


class Letter(models.Model):
    """One e-mail to one person: at most one digest a day, and what is urgent as it comes.

    Made before anything is sent, so that two sweeps, a killed worker or a mail server that is down neither double nor
    lose it. `done_at` with no `lines` means that nothing was left to send, or that `error` says why it was given up.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="letters")
    kind = models.CharField("loại", max_length=8, choices=LetterKind)
    day = models.DateField("ngày")
    ordinal = models.PositiveSmallIntegerField("thứ", default=1)
    asked_at = models.DateTimeField("yêu cầu gửi lúc")
    done_at = models.DateTimeField("gửi xong lúc", null=True, blank=True)
    lines = models.PositiveSmallIntegerField("số nội dung", default=0)
    error = models.TextField("lỗi", blank=True)

    class Meta:
        verbose_name = "thư thông báo"
        ordering = ("-day", "-id")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(name="letter_once", fields=("person", "kind", "day", "ordinal")),
            models.CheckConstraint(
                name="letter_kind_known", condition=models.Q(kind__in=[kind.value for kind in LetterKind])
            ),
            models.CheckConstraint(
                name="letter_one_digest", condition=~models.Q(kind=LetterKind.DIGEST) | models.Q(ordinal=1)
            ),
        )
        indexes = (models.Index(name="letter_unsent", fields=("day",), condition=models.Q(done_at__isnull=True)),)

    def __str__(self) -> str:
        return f"{LetterKind(self.kind).label} ngày {self.day:%d/%m/%Y}"


class Notification(models.Model):
    """One message to one person. `key` makes it once only, whatever runs twice."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    key = models.CharField(max_length=160)
    kind = models.CharField("loại", max_length=16, choices=NotificationKind)
    text = models.TextField("nội dung")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="notifications")
    created_at = models.DateTimeField("lúc")
    read_at = models.DateTimeField("đọc lúc", null=True, blank=True)
    urgent = models.BooleanField("gấp", default=False)
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, blank=True, related_name="notifications")
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
