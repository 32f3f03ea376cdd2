"""Units, persons, memberships and delegations: dated, closed but never deleted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models

from workflow.choices import INTERNAL_KINDS, SET_KINDS, Capacity, Role, UnitKind
from workflow.permissions import UNIT_PERMISSIONS


class Unit(models.Model):
    """A body that owes, chases, supports or is consulted; or a named set of such bodies."""

    code = models.CharField("mã", max_length=40, unique=True)
    name = models.CharField("tên", max_length=255)
    abbreviation = models.CharField("chữ viết tắt", max_length=30, blank=True)
    kind = models.CharField("loại", max_length=20, choices=UnitKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    parent_inferred = models.BooleanField("đơn vị cha là suy đoán", default=False)
    aliases = models.JSONField("cách gọi khác", default=list)
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    valid_from = models.DateField("có từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    demonstration = models.BooleanField("dữ liệu trình diễn", default=False)
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        verbose_name = "đơn vị"
        ordering = ("code",)
        default_permissions = ()
        permissions = UNIT_PERMISSIONS
        constraints = (
            models.CheckConstraint(
                name="unit_kind_known", condition=models.Q(kind__in=[kind.value for kind in UnitKind])
            ),
            models.CheckConstraint(
                name="unit_dates_in_order",
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_internal(self) -> bool:
        """Whether the unit belongs to the department and may lead a task."""
        return self.kind in INTERNAL_KINDS

    @property
    def is_set(self) -> bool:
        """Whether the unit stands for others and is resolved on activation."""
        return self.kind in SET_KINDS

    def is_open_on(self, day: date) -> bool:
        """Whether the unit exists on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class UnitSetMember(models.Model):
    """One unit of a named set, as the department (or the demonstration) resolved it."""

    unit_set = models.ForeignKey(Unit, models.PROTECT, related_name="set_members")
    member = models.ForeignKey(Unit, models.PROTECT, related_name="set_memberships")
    basis = models.CharField("căn cứ", max_length=255, blank=True)

    class Meta:
        verbose_name = "thành viên tập hợp"
        ordering = ("unit_set", "member")
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="unit_set_member_once", fields=("unit_set", "member")),)

    def __str__(self) -> str:
        return f"{self.unit_set} ∋ {self.member}"


class Person(AbstractUser):
    """A person with an account. Closed (`closed_on`), never deleted: the trail and the flows name him."""

    first_name: Any = None
    last_name: Any = None
    full_name = models.CharField("họ và tên", max_length=120)
    closed_on = models.DateField("nghỉ từ ngày", null=True, blank=True)
    demonstration = models.BooleanField("dữ liệu trình diễn", default=False)
    must_change_password = models.BooleanField("phải đổi mật khẩu khi đăng nhập", default=False)
    failed_entries = models.PositiveSmallIntegerField("số lần đăng nhập sai", default=0)
    failed_since = models.DateTimeField("sai từ lúc", null=True, blank=True)
    locked_until = models.DateTimeField("khóa đăng nhập đến", null=True, blank=True)
    digest_by_mail = models.BooleanField("nhận thư tổng hợp", default=True)
    urgent_by_mail = models.BooleanField("nhận ngay thư về việc gấp", default=True)

    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "người dùng"
        ordering = ("full_name",)
        default_permissions = ()

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        """Return the name as printed."""
        return self.full_name

    def get_short_name(self) -> str:
        """Return the given name, the last word of a Vietnamese name."""
        return self.full_name.split(" ")[-1]


class Membership(models.Model):
    """One person in one unit in one role, from a day to a day (both included)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    role = models.CharField("vai trò", max_length=20, choices=Role)
    position = models.CharField("chức vụ", max_length=120)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "vị trí công tác"
        ordering = ("unit", "person", "valid_from")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                name="membership_role_known", condition=models.Q(role__in=[role.value for role in Role])
            ),
            models.CheckConstraint(
                name="membership_dates_in_order",
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
            ),
            models.UniqueConstraint(name="membership_once", fields=("person", "unit", "role", "valid_from")),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.position}, {self.unit}"


class Delegation(models.Model):
    """A dated power to act in another's place, one hop only (NĐ 30/2020/NĐ-CP Điều 13)."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(Person, models.PROTECT, related_name="delegations_received")
    capacity = models.CharField("tư cách", max_length=4, choices=[c for c in Capacity.choices if c[0]])
    document_number = models.CharField("số văn bản ủy quyền", max_length=60)
    document_date = models.DateField("ngày văn bản ủy quyền")
    scope = models.TextField("nội dung ủy quyền")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày")
    revoked_on = models.DateField("thu hồi từ ngày", null=True, blank=True)

    class Meta:
        verbose_name = "ủy quyền"
        ordering = ("-valid_from",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                name="delegation_dates_in_order", condition=models.Q(valid_to__gte=models.F("valid_from"))
            ),
            models.CheckConstraint(
                name="delegation_capacity_known", condition=models.Q(capacity__in=["KT.", "TL.", "TUQ."])
            ),
        )

    def __str__(self) -> str:
        return f"{self.capacity} {self.membership.person}: {self.delegate}"

    def is_in_force_on(self, day: date) -> bool:
        """Whether the power holds on the day."""
        return self.valid_from <= day <= self.valid_to and (self.revoked_on is None or day < self.revoked_on)
