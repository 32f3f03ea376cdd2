"""Policies and rules: dated rows, signed by who set them; never code."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import Ladder, RuleEffect, TaskKind, TaskOrigin


class Policy(models.Model):
    """One value of one policy key, in force from a day until a later row of the same key takes over."""

    key = models.CharField("mã", max_length=60)
    value = models.JSONField("giá trị")
    valid_from = models.DateField("hiệu lực từ ngày")
    reason = models.TextField("lý do")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_by_name = models.CharField("người đặt", max_length=120)
    recorded_at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "chính sách"
        ordering = ("key", "valid_from", "recorded_at")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="policy_once", fields=("key", "valid_from", "recorded_at")),)

    def __str__(self) -> str:
        return f"{self.key} từ {self.valid_from:%d/%m/%Y}"


class Rule(models.Model):
    """One rule of a ladder as a row: its clause word for word, when it holds, what it makes happen.

    `conditions` is a list of {"fact": name, "op": one of "is", ">=", "<=", "==", "value": literal or
    {"policy": key}} that must all hold; `core.escalation` knows the facts. `inferred` marks a clause that is read
    from the former year's plan because a page is missing ("suy đoán"). `basis` says what the rule stands on when no
    clause of the plans does. `kinds` and `origins` are the values of `TaskKind` and `TaskOrigin` to which the rule
    applies; empty means all.
    """

    code = models.CharField("mã", max_length=40)
    plan_year = models.PositiveSmallIntegerField("năm kế hoạch")
    effect = models.CharField("tác dụng", max_length=16, choices=RuleEffect)
    version = models.PositiveSmallIntegerField("phiên bản", default=1)
    title = models.CharField("tên", max_length=255)
    ladder = models.CharField("thang", max_length=1, choices=Ladder, blank=True)
    kinds = models.JSONField("loại việc", default=list)
    origins = models.JSONField("nguồn giao", default=list)
    plan_number = models.CharField("số kế hoạch", max_length=40, blank=True)
    item_code = models.CharField("dòng", max_length=40, blank=True)
    clause = models.TextField("điều khoản, nguyên văn", blank=True)
    basis = models.CharField("căn cứ", max_length=255)
    inferred = models.BooleanField("suy đoán", default=False)
    conditions = models.JSONField("điều kiện", default=list)
    parameters = models.JSONField("tham số", default=dict)
    priority = models.PositiveSmallIntegerField("thứ tự xét", default=100)
    valid_from = models.DateField("hiệu lực từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "quy tắc"
        ordering = ("plan_year", "priority", "code")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(name="rule_once", fields=("code", "plan_year", "effect", "version")),
            models.CheckConstraint(
                name="rule_effect_known", condition=models.Q(effect__in=[effect.value for effect in RuleEffect])
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} ({self.plan_year})"

    @property
    def applies_to(self) -> str:
        """The kinds and origins of tasks to which the rule applies, as a person reads them; "" when to all."""
        kinds = ", ".join(str(TaskKind(kind).label) for kind in self.kinds)
        origins = ", ".join(str(TaskOrigin(origin).label) for origin in self.origins)
        return "; nguồn: ".join(words for words in (kinds, origins) if words)
