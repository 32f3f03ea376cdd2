"""What the background needs beside django-tasks-db's own table: who is alive, and what was scheduled already."""

from __future__ import annotations

from django.db import models


class WorkerLease(models.Model):
    """One worker process that says it is alive. A job whose worker's lease is over is put back in the queue."""

    worker_id = models.CharField("mã tiến trình", max_length=64, unique=True)
    host = models.CharField("máy", max_length=255)
    pid = models.PositiveIntegerField("số tiến trình")
    started_at = models.DateTimeField("chạy từ lúc")
    seen_at = models.DateTimeField("còn thấy lúc", db_index=True)

    class Meta:
        verbose_name = "tiến trình nền"
        ordering = ("started_at", "id")
        default_permissions = ()

    def __str__(self) -> str:
        return self.worker_id


class ScheduledRun(models.Model):
    """One slot of one schedule that was taken: whoever inserts the row enqueues the job, nobody else does.

    `slot` is a moment of the site's clock (in a demonstration, of the demonstration's), `enqueued_at` of the machine's.
    """

    name = models.CharField("lịch", max_length=40)
    slot = models.DateTimeField("kỳ")
    enqueued_at = models.DateTimeField("xếp hàng lúc")

    class Meta:
        verbose_name = "lượt chạy theo lịch"
        ordering = ("name", "slot")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="scheduled_run_once", fields=("name", "slot")),)
        indexes = (models.Index(name="scheduled_run_slot", fields=("slot",)),)

    def __str__(self) -> str:
        return f"{self.name} {self.slot:%d/%m/%Y %H:%M}"
