"""Issued documents and the gapless register."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import DocumentKind, DocumentStatus, LinkKind, SignatureRole, Urgency
from workflow.models.task import Task
from workflow.models.unit import Unit


class Letterhead(models.Model):
    """How a body names itself on its documents, from a day on; a document keeps the names of its own day.

    A body without a row prints its own and its parent's name as the list of units has them.
    """

    body = models.ForeignKey(Unit, models.PROTECT, related_name="letterheads")
    parent_name = models.CharField("cơ quan chủ quản", max_length=200)
    name = models.CharField("tên cơ quan trên văn bản", max_length=200)
    abbreviation = models.CharField("chữ viết tắt", max_length=30)
    place = models.CharField("địa danh", max_length=100)
    head_title = models.CharField("chức vụ người đứng đầu", max_length=100, default="GIÁM ĐỐC")
    organ_id = models.CharField("mã định danh", max_length=35, blank=True)
    contact = models.CharField("địa chỉ, điện thoại, thư điện tử", max_length=255, blank=True)
    valid_from = models.DateField("từ ngày")
    basis = models.CharField("căn cứ", max_length=255, blank=True)

    class Meta:
        verbose_name = "tên in trên văn bản"
        ordering = ("body", "valid_from")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="letterhead_once_a_day", fields=("body", "valid_from")),)

    def __str__(self) -> str:
        return f"{self.name} từ {self.valid_from:%d/%m/%Y}"


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
    recipients = models.JSONField("kính gửi", default=list)
    copies = models.JSONField("nơi nhận", default=list)
    grounds = models.JSONField("căn cứ", default=list)
    keeper = models.CharField("đơn vị, người giữ bản lưu", max_length=60, blank=True)
    urgency = models.PositiveSmallIntegerField("độ khẩn", choices=Urgency, default=Urgency.NORMAL)
    facts = models.JSONField("dữ liệu của mẫu", default=dict)
    signer_name = models.CharField("người ký", max_length=120, blank=True)
    signer_title = models.CharField("quyền hạn, chức vụ người ký", max_length=160, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField("ký lúc", null=True, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField("soạn lúc")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issuer = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField("năm của số", null=True, blank=True)
    head = models.JSONField("tên cơ quan lúc phát hành", default=dict)
    text_sha256 = models.CharField("SHA-256 của nội dung đã phát hành", max_length=64, blank=True)
    pdf_name = models.CharField("tệp PDF", max_length=255, blank=True)
    pdf_sha256 = models.CharField("SHA-256 của PDF", max_length=64, blank=True, db_index=True)
    pdf_pages = models.PositiveIntegerField("số trang", null=True, blank=True)
    pdf_error = models.TextField("lỗi khi lập PDF", blank=True)

    class Meta:
        verbose_name = "văn bản"
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                name="document_number_once", fields=("book", "number"), condition=models.Q(number__isnull=False)
            ),
            models.UniqueConstraint(
                name="document_full_number_once",
                fields=("issuer", "year", "number", "symbol"),
                condition=models.Q(number__isnull=False),
            ),
            models.CheckConstraint(
                name="document_issued_has_number",
                condition=~models.Q(status="issued")
                | models.Q(number__isnull=False, issued_on__isnull=False, book__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                name="document_without_pdf", fields=("issued_at",), condition=models.Q(status="issued", pdf_name="")
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
    recipients = models.JSONField("kính gửi", default=list)
    said = models.JSONField("phần khác của dự thảo", default=dict)

    class Meta:
        verbose_name = "dự thảo trước khi sửa"
        ordering = ("revision",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="document_revision_once", fields=("document", "revision")),)

    def __str__(self) -> str:
        return f"{self.document} ({self.revision})"


class Appendix(models.Model):
    """One appendix (phụ lục) of a document, frozen with it: text, a table, or both (Phụ lục I Mục III.1).

    `columns` is a list of {"title", "width"} (width: a share, any unit); `rows` of lists of texts, as many as columns;
    a row of one text alone spans the table as a heading of a group.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="appendices")
    ordinal = models.PositiveSmallIntegerField("thứ tự")
    title = models.TextField("tên phụ lục")
    body = models.TextField("nội dung", blank=True)
    columns = models.JSONField("cột của bảng", default=list)
    rows = models.JSONField("dòng của bảng", default=list)
    landscape = models.BooleanField("in khổ ngang", default=False)

    class Meta:
        verbose_name = "phụ lục"
        ordering = ("document", "ordinal")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="appendix_once", fields=("document", "ordinal")),)

    def __str__(self) -> str:
        return f"Phụ lục {self.ordinal}: {self.title}"


class DocumentLink(models.Model):
    """What a document does to an earlier one: replaces, corrects, or reminds of it."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="links")
    target = models.ForeignKey(Document, models.PROTECT, related_name="linked_by")
    kind = models.CharField("quan hệ", max_length=12, choices=LinkKind)
    made_at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "quan hệ văn bản"
        ordering = ("id",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(name="document_link_once", fields=("document", "target", "kind")),
            models.CheckConstraint(name="document_link_not_itself", condition=~models.Q(document=models.F("target"))),
        )

    def __str__(self) -> str:
        return f"{self.document} → {self.target}: {self.get_kind_display()}"


class Recall(models.Model):
    """That an issued document was called back (NĐ 30/2020 Điều 18); the document itself stays as it was issued."""

    document = models.OneToOneField(Document, models.PROTECT, related_name="recall")
    reason = models.TextField("lý do thu hồi")
    recalled_at = models.DateTimeField("thu hồi lúc")
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "thu hồi văn bản"
        ordering = ("id",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"Thu hồi {self.document}"


class DocumentSignature(models.Model):
    """One digital signature on an issued document's PDF: the file after it, its hash, and whose certificate.

    The frozen PDF of the document stays as it is; each signature adds to the file of the one before.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="signatures")
    ordinal = models.PositiveSmallIntegerField("thứ tự")
    role = models.CharField("chữ ký của", max_length=12, choices=SignatureRole)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    certificate_subject = models.CharField("chủ thể chứng thư", max_length=255)
    certificate_issuer = models.CharField("nơi cấp chứng thư", max_length=255)
    certificate_serial = models.CharField("số chứng thư", max_length=80)
    certificate_sha256 = models.CharField("SHA-256 của chứng thư", max_length=64)
    signed_at = models.DateTimeField("ký lúc")
    timestamped = models.BooleanField("có dấu thời gian", default=False)
    file_name = models.CharField("tệp đã ký", max_length=255)
    sha256 = models.CharField("SHA-256 của tệp đã ký", max_length=64, db_index=True)

    class Meta:
        verbose_name = "chữ ký số"
        ordering = ("document", "ordinal")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(name="signature_ordinal_once", fields=("document", "ordinal")),
            models.UniqueConstraint(name="signature_role_once", fields=("document", "role")),
        )

    def __str__(self) -> str:
        return f"{self.document}: chữ ký số của {self.certificate_subject}"


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
