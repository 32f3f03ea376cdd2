"""Plans as printed: rows, bullets, figures, duties, and the defects of the source."""

from __future__ import annotations

from django.db import models

from workflow.choices import RowChange
from workflow.models.unit import Unit


class Plan(models.Model):
    """One issued yearly plan with its provenance."""

    number = models.CharField("số, ký hiệu", max_length=40, unique=True)
    issued_on = models.DateField("ngày ban hành")
    year = models.PositiveSmallIntegerField("năm")
    title = models.TextField("trích yếu")
    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="plans")
    signer_name = models.CharField("người ký", max_length=120)
    signer_capacity = models.CharField("tư cách ký", max_length=120)
    header = models.JSONField("phần đầu và phần tổ chức thực hiện", default=dict)
    source_name = models.CharField("tệp nguồn", max_length=255)
    source_sha256 = models.CharField("SHA-256 của tệp nguồn", max_length=64)
    imported_at = models.DateTimeField("nhập lúc")
    activated_at = models.DateTimeField("kích hoạt lúc", null=True, blank=True)

    class Meta:
        verbose_name = "kế hoạch"
        ordering = ("year",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} ({self.year})"


class PlanItem(models.Model):
    """One row of a plan's appendix, identified by (plan, our code), never by the printed Stt."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="items")
    order = models.PositiveSmallIntegerField("thứ tự")
    code = models.CharField("mã của ta", max_length=20)
    printed_stt = models.CharField("Stt in trên giấy", max_length=20, blank=True)
    section = models.CharField("mục", max_length=255)
    group = models.CharField("nhóm", max_length=255)
    content = models.JSONField("Nội dung/Nhiệm vụ (từng đoạn)", default=list)
    product = models.JSONField("Kết quả/Sản phẩm (từng đoạn)", default=list)
    timeline_text = models.CharField("Tiến độ", max_length=255, blank=True)
    schedule = models.JSONField("lịch đọc từ Tiến độ", default=dict)
    rule_codes = models.JSONField("quy tắc mà dòng nêu", default=list)
    quantitative = models.JSONField("con số", default=list)
    truncated = models.BooleanField("mất chữ", default=False)
    missing = models.TextField("phần mất", blank=True)
    inferred = models.JSONField("suy từ năm trước (không phải chứng cứ)", default=dict)
    rollup = models.BooleanField("dòng tổng hợp, tính từ các dòng khác", default=False)
    done_at_issue = models.BooleanField("đã xong khi ban hành", default=False)
    counterpart_code = models.CharField("dòng tương ứng năm khác", max_length=20, blank=True)
    counterpart_year = models.PositiveSmallIntegerField(null=True, blank=True)
    change = models.CharField("so với năm khác", max_length=20, choices=RowChange, blank=True)
    change_detail = models.TextField("khác ở chỗ", blank=True)
    note = models.TextField("ghi chú khi trích", blank=True)

    class Meta:
        verbose_name = "dòng phụ lục"
        ordering = ("plan", "order")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="plan_item_once", fields=("plan", "code")),)

    def __str__(self) -> str:
        return f"{self.code} {self.plan.number}"


class PlanBullet(models.Model):
    """One bullet of the Cách thức column, word for word, with the codes of who leads and who supports."""

    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="bullets")
    ordinal = models.PositiveSmallIntegerField("gạch đầu dòng thứ")
    text = models.TextField("nguyên văn")
    lead_codes = models.JSONField("chủ trì", default=list)
    support_codes = models.JSONField("phối hợp", default=list)
    addressee_codes = models.JSONField("nơi nhận", default=list)
    handoff = models.BooleanField("đơn vị phối hợp là bước tiếp theo", default=False)
    fragment = models.BooleanField("câu bị cắt", default=False)
    note = models.TextField("ghi chú khi trích", blank=True)

    class Meta:
        verbose_name = "gạch đầu dòng"
        ordering = ("item", "ordinal")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="plan_bullet_once", fields=("item", "ordinal")),)

    def __str__(self) -> str:
        return f"{self.item.code} gạch {self.ordinal}"


class BulletUnit(models.Model):
    """The concrete unit that a lead or support code was resolved to when the plan was activated."""

    bullet = models.ForeignKey(PlanBullet, models.PROTECT, related_name="resolved_units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    stands_for = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    leads = models.BooleanField("chủ trì")

    class Meta:
        verbose_name = "đơn vị đã xác định"
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(name="bullet_unit_once", fields=("bullet", "unit", "stands_for", "leads")),
        )

    def __str__(self) -> str:
        return f"{self.bullet}: {self.unit}"


class PlanDefect(models.Model):
    """A defect of the source, listed at import and never mended in silence (domain.md section 8)."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="defects")
    kind = models.CharField("loại", max_length=40)
    place = models.CharField("chỗ", max_length=120)
    printed = models.TextField("in là", blank=True)
    reading = models.TextField("đọc là", blank=True)
    explanation = models.TextField("giải thích", blank=True)

    class Meta:
        verbose_name = "khiếm khuyết của nguồn"
        ordering = ("plan", "id")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.place}"


class PlanTarget(models.Model):
    """A figure that a plan sets, with its clause."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="targets")
    code = models.CharField("mã", max_length=40)
    name = models.TextField("tên")
    comparator = models.CharField("so sánh", max_length=2)
    value = models.DecimalField("giá trị", max_digits=9, decimal_places=2)
    measure = models.CharField("đơn vị tính", max_length=40)
    clause = models.CharField("điều khoản", max_length=120)
    text = models.TextField("nguyên văn")
    implied = models.BooleanField("suy ra từ câu chữ", default=False)
    alternative_to = models.CharField("hoặc", max_length=40, blank=True)
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        verbose_name = "chỉ tiêu"
        ordering = ("plan", "id")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="plan_target_once", fields=("plan", "code")),)

    def __str__(self) -> str:
        return f"{self.code} {self.plan.year}"


class ReportingDuty(models.Model):
    """A duty to report that a plan states, word for word."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="duties")
    code = models.CharField("mã", max_length=40)
    from_codes = models.JSONField("ai báo cáo", default=list)
    to_codes = models.JSONField("báo cáo ai", default=list)
    via_codes = models.JSONField("thông qua", default=list)
    frequency = models.CharField("kỳ", max_length=40)
    due = models.JSONField("hạn", default=dict)
    clause = models.CharField("điều khoản", max_length=40)
    text = models.TextField("nguyên văn")
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        verbose_name = "nghĩa vụ báo cáo"
        ordering = ("plan", "id")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="reporting_duty_once", fields=("plan", "code")),)

    def __str__(self) -> str:
        return f"{self.code} {self.plan.year}"
