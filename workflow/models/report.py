"""What a unit submits: report versions, monthly notes, attachments."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import ReportStatus
from workflow.models.task import Task


class Report(models.Model):
    """One version of a task's report. An approval is pinned to one version.

    `revision` counts every writing of the thread, over all its versions: what a person looked at is told by it alone.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField("bản")
    revision = models.PositiveIntegerField("lần ghi", default=1)
    round = models.PositiveSmallIntegerField("vòng")
    status = models.CharField("trạng thái", max_length=12, choices=ReportStatus, default=ReportStatus.DRAFT)
    content = models.TextField("nội dung báo cáo")
    nothing_to_report = models.BooleanField("không có", default=False)
    evidence = models.TextField("kết quả, sản phẩm, văn bản chứng minh", blank=True)
    answer_number = models.CharField("số văn bản trả lời", max_length=60, blank=True)
    answer_on = models.DateField("ngày văn bản trả lời", null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_name = models.CharField("người soạn", max_length=120)
    created_at = models.DateTimeField("soạn lúc")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_name = models.CharField("người nộp", max_length=120, blank=True)
    submitted_at = models.DateTimeField("nộp lúc", null=True)
    quantity_ok = models.BooleanField("đủ số lượng", null=True)
    content_ok = models.BooleanField("đúng nội dung", null=True)
    time_ok = models.BooleanField("đúng thời gian", null=True)
    check_note = models.TextField("ý kiến kiểm tra", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField("người duyệt", max_length=120, blank=True)
    decided_at = models.DateTimeField("duyệt lúc", null=True)

    class Meta:
        verbose_name = "báo cáo kết quả"
        ordering = ("task", "version")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(name="report_version_once", fields=("task", "version")),
            models.UniqueConstraint(
                name="report_one_submitted", fields=("task",), condition=models.Q(status="submitted")
            ),
            models.UniqueConstraint(name="report_one_draft", fields=("task",), condition=models.Q(status="draft")),
        )

    def __str__(self) -> str:
        return f"{self.task} bản {self.version}"


class ProgressNote(models.Model):
    """Monthly progress; asks for no approval. `month` (its first day) is set on a monthly confirmation."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="notes")
    month = models.DateField("tháng", null=True, blank=True)
    has_work = models.BooleanField("có phát sinh", default=True)
    text = models.TextField("nội dung", blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_name = models.CharField("người ghi", max_length=120)
    created_at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "cập nhật tiến độ"
        ordering = ("-created_at",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                name="note_one_a_month", fields=("task", "month"), condition=models.Q(month__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.task} {self.created_at:%d/%m/%Y}"


class ReportRevision(models.Model):
    """What a draft said before it was written over, so that it can be shown what changed since somebody looked."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="revisions")
    revision = models.PositiveIntegerField("lần ghi")
    content = models.TextField("nội dung báo cáo")
    nothing_to_report = models.BooleanField("không có", default=False)
    evidence = models.TextField("kết quả, sản phẩm, văn bản chứng minh", blank=True)

    class Meta:
        verbose_name = "nội dung trước khi sửa"
        ordering = ("revision",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="report_revision_once", fields=("report", "revision")),)

    def __str__(self) -> str:
        return f"{self.report} ({self.revision})"


class Attachment(models.Model):
    """A file given with a report or an answer; served only through permission."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="attachments")
    report = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="attachments")
    name = models.CharField("tên tệp", max_length=255)
    stored_as = models.CharField(max_length=255, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField("cỡ (byte)")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("tải lên lúc")

    class Meta:
        verbose_name = "tệp kèm"
        ordering = ("id",)
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
