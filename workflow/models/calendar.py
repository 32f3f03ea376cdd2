"""The calendar of days off and make-up days, as a table that a person can edit."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import CalendarKind, Certainty


class CalendarDay(models.Model):
    """One day that is not what its weekday says: a day off, or a Saturday worked in exchange."""

    day = models.DateField("ngày", unique=True)
    kind = models.CharField("loại", max_length=10, choices=CalendarKind)
    name = models.CharField("tên", max_length=160)
    source = models.CharField("căn cứ", max_length=255)
    certainty = models.CharField("mức chắc chắn", max_length=12, choices=Certainty, default=Certainty.PROVISIONAL)

    class Meta:
        verbose_name = "ngày trong lịch"
        ordering = ("day",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                name="calendar_kind_known", condition=models.Q(kind__in=[kind.value for kind in CalendarKind])
            ),
        )

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"


class DemonstrationClock(models.Model):
    """The demonstration's clock: at `real_at` by the machine it is `shown_at` in the demonstration. One row at most."""

    real_at = models.DateTimeField()
    shown_at = models.DateTimeField()

    class Meta:
        verbose_name = "đồng hồ trình diễn"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.shown_at:%d/%m/%Y %H:%M}"


class CalendarFeed(models.Model):
    """A person's own address of his deadlines for another calendar program; only its hash is kept, one open a person.

    Who has the address reads what the person may see at that moment, until it is revoked.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feeds")
    token_sha256 = models.CharField("SHA-256 của địa chỉ", max_length=64, db_index=True)
    made_at = models.DateTimeField("tạo lúc")
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)

    class Meta:
        verbose_name = "địa chỉ lịch riêng"
        ordering = ("-made_at",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                name="calendar_feed_one_open", fields=("person",), condition=models.Q(revoked_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"địa chỉ lịch riêng từ {self.made_at:%d/%m/%Y}"
