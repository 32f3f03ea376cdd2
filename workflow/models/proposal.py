"""What a unit proposes (2022 I.2.2): its head agrees, Văn phòng advises, a leader approves or refuses."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflow.choices import RequestStatus
from workflow.models.unit import Unit


class Proposal(models.Model):
    """One proposal of a unit, for equipment and the like."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="proposals")
    subject = models.CharField("đề xuất", max_length=255)
    content = models.TextField("nội dung, lý do")
    clause = models.CharField("điều khoản", max_length=120, blank=True)
    status = models.CharField("trạng thái", max_length=12, choices=RequestStatus, default=RequestStatus.PENDING)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_name = models.CharField("người đề xuất", max_length=120)
    proposed_at = models.DateTimeField("đề xuất lúc")
    decision = models.TextField("ý kiến quyết định", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField("người quyết định", max_length=120, blank=True)
    decided_at = models.DateTimeField("quyết định lúc", null=True)

    class Meta:
        verbose_name = "đề xuất"
        ordering = ("-id",)
        default_permissions = ()

    def __str__(self) -> str:
        return self.subject
