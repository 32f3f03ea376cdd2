"""Issued documents and the gapless register."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import DocumentKind, DocumentStatus
from workflow.models.task import Task
from workflow.models.unit import Unit


class RegisterBook(models.Model):
    """One series of numbers of one body in one year (NĐ 30/2020 Điều 15). `last_number` is the last one given."""

    body = models.ForeignKey(Unit, models.PROTECT, related_name="register_books")
    year = models.PositiveSmallIntegerField("năm")
    series = models.CharField("sổ", max_length=20)
    first_number = models.PositiveIntegerField("số đầu", default=1)
    last_number = models.PositiveIntegerField("số đã cho", default=0)

    class Meta:
        verbose_name = "sổ đăng ký văn bản đi"
        ordering = ("year", "series")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="register_book_once", fields=("body", "year", "series")),)

    def __str__(self) -> str:
        return f"Sổ {self.series} năm {self.year}"


class Document(models.Model):
    """An outgoing document. Once issued its number, text and hash are frozen; the PDF is rendered once, by a job."""

    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="documents")
    kind = models.CharField("loại văn bản", max_length=5, choices=DocumentKind)
    status = models.CharField("trạng thái", max_length=12, choices=DocumentStatus, default=DocumentStatus.DRAFT)
    book = models.ForeignKey(RegisterBook, models.PROTECT, null=True, blank=True, related_name="documents")
    number = models.PositiveIntegerField("số", null=True, blank=True)
    symbol = models.CharField("ký hiệu", max_length=40)
    issued_on = models.DateField("ngày văn bản", null=True, blank=True)
    issued_at = models.DateTimeField("phát hành lúc", null=True, blank=True)
    revision = models.PositiveIntegerField("lần ghi", default=1)
    subject = models.TextField("trích yếu")
    body = models.TextField("nội dung")
    recipients = models.JSONField("nơi nhận", default=list)
    signer_name = models.CharField("người ký", max_length=120, blank=True)
    signer_title = models.CharField("quyền hạn, chức vụ người ký", max_length=160, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField("ký lúc", null=True, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField("soạn lúc")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text_sha256 = models.CharField("SHA-256 của nội dung đã phát hành", max_length=64, blank=True)
    pdf_name = models.CharField("tệp PDF", max_length=255, blank=True)
    pdf_sha256 = models.CharField("SHA-256 của PDF", max_length=64, blank=True)

    class Meta:
        verbose_name = "văn bản"
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                name="document_number_once", fields=("book", "number"), condition=models.Q(number__isnull=False)
            ),
            models.CheckConstraint(
                name="document_issued_has_number",
                condition=~models.Q(status="issued")
                | models.Q(number__isnull=False, issued_on__isnull=False, book__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.full_number or self.subject

    @property
    def full_number(self) -> str:
        """The number and symbol in full, a number below ten with a leading zero: 05/SKHĐT-VP."""
        return f"{self.number:02d}/{self.symbol}" if self.number is not None else ""


class DocumentRevision(models.Model):
    """What a draft said before it was written over."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="revisions")
    revision = models.PositiveIntegerField("lần ghi")
    subject = models.TextField("trích yếu")
    body = models.TextField("nội dung")
    recipients = models.JSONField("nơi nhận", default=list)

    class Meta:
        verbose_name = "dự thảo trước khi sửa"
        ordering = ("revision",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="document_revision_once", fields=("document", "revision")),)

    def __str__(self) -> str:
        return f"{self.document} ({self.revision})"


class Delivery(models.Model):
    """One way that an issued document took: to whom, and through which body; "gửi … (thông qua …)" makes two."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="deliveries")
    recipient = models.CharField("gửi đến", max_length=255)
    through = models.CharField("thông qua", max_length=255, blank=True)
    sent_at = models.DateTimeField("gửi lúc")

    class Meta:
        verbose_name = "lần gửi"
        ordering = ("id",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.document} → {self.recipient}"
