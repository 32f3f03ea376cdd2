"""Sessions, former passwords, and the second factor."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


class SignInSession(AbstractBaseSession):
    """One session in one browser. Times are the machine's: a demonstration's clock neither ends nor lengthens one."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="sign_in_sessions"
    )
    began_at = models.DateTimeField("bắt đầu lúc")
    seen_at = models.DateTimeField("thao tác gần nhất")
    address = models.CharField("địa chỉ máy", max_length=64, blank=True)
    device = models.CharField("trình duyệt", max_length=300, blank=True)

    class Meta:
        verbose_name = "phiên đăng nhập"
        ordering = ("-seen_at",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"phiên từ {timezone.localtime(self.began_at):%d/%m/%Y %H:%M}"


class PasswordRecord(models.Model):
    """A password that a person has or had, as a hash, so that the last ones are not taken again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="password_records")
    encoded = models.CharField("mật khẩu đã băm", max_length=128)
    set_at = models.DateTimeField("đặt lúc")

    class Meta:
        verbose_name = "mật khẩu đã dùng"
        ordering = ("-id",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"mật khẩu đặt {self.set_at:%d/%m/%Y}"


class SecondFactor(models.Model):
    """A person's TOTP secret (RFC 6238), sealed. `last_step` is the newest step accepted: no code counts twice."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="second_factor")
    sealed = models.TextField("khóa đã niêm phong")
    confirmed_at = models.DateTimeField("xác nhận lúc")
    last_step = models.BigIntegerField("bước gần nhất", default=0)

    class Meta:
        verbose_name = "xác thực hai bước"
        default_permissions = ()

    def __str__(self) -> str:
        return f"xác thực hai bước từ {self.confirmed_at:%d/%m/%Y}"


class RecoveryCode(models.Model):
    """A code that lets a person in once without his telephone, as a keyed hash."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recovery_codes")
    digest = models.CharField("mã đã băm", max_length=64)
    used_at = models.DateTimeField("dùng lúc", null=True, blank=True)

    class Meta:
        verbose_name = "mã dự phòng"
        ordering = ("id",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(name="recovery_code_once", fields=("person", "digest")),)

    def __str__(self) -> str:
        return "mã dự phòng đã dùng" if self.used_at else "mã dự phòng"
