"""Digital signatures as plain data: keys that sign, certificates, and what was found in a signed file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum

from workflow.core.errors import Invalid
from workflow.core.fold import fold

DEMONSTRATION_MARK = "TRÌNH DIỄN"
"""What stands in the names of every demonstration certificate, so that nobody takes it for a real one."""


class Unreadable(Invalid):
    """The file is no PDF that can be looked at: not one at all, broken, encrypted, or made to wear the reader out."""


@dataclass(frozen=True, slots=True)
class Pkcs12Key:
    """A key in a PKCS#12 file, with the passphrase as the person gave it; neither is ever stored."""

    content: bytes = field(repr=False)
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key in a PKCS#11 token: the module's path, the token's and the key's label, and the PIN, which is never stored.

    `certificate` is the certificate's label where it differs from the key's.
    """

    module: str
    token: str
    key: str
    pin: str = field(repr=False)
    certificate: str = ""


SigningKey = Pkcs12Key | TokenKey


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A place on a page, in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """How wide it is, in points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high it is, in points."""
        return self.top - self.bottom

    def holding(self, width: float, height: float) -> Rectangle:
        """Return the rectangle of this size in the middle of this one, shrunk in proportion where it does not fit."""
        scale = min(1.0, self.width / width, self.height / height)
        across, up = width * scale, height * scale
        left, bottom = (self.left + self.right - across) / 2, (self.bottom + self.top - up) / 2
        return Rectangle(left, bottom, left + across, bottom + up)


def seal_beside(signature: Rectangle, width: float, height: float) -> Rectangle:
    """Return where a seal of this size stands: over the left third of the signature (NĐ 30/2020 Phụ lục I Mục II.8).

    It is never moved off the page to the left.
    """
    right = signature.left + signature.width / 3
    left = max(0.0, right - width)
    middle = (signature.bottom + signature.top) / 2
    bottom = max(0.0, middle - height / 2)
    return Rectangle(left, bottom, left + width, bottom + height)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature shows: the page, from 0, and the room that is left for it there."""

    page: int
    box: Rectangle


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whose certificate, from whom, and when it holds. `name` is the holder's own name (CN), `sha256` of the DER."""

    name: str
    subject: str
    issuer: str
    serial: str
    sha256: str
    valid_from: datetime
    valid_until: datetime
    may_sign: bool
    demonstration: bool

    def holds_at(self, moment: datetime) -> bool:
        """Tell whether the moment lies within the certificate's time."""
        return self.valid_from <= moment <= self.valid_until

    def names(self, wanted: str) -> bool:
        """Tell whether the holder's name contains the wanted one, without case and accents; an empty one never does."""
        sought = " ".join(fold(wanted).split())
        return bool(sought) and f" {sought} " in f" {' '.join(fold(self.name).split())} "


class Trust(StrEnum):
    """How far a certificate can be traced to one that this place trusts."""

    TRUSTED = "trusted"
    DEMONSTRATION = "demonstration"
    UNKNOWN = "unknown"
    OUT_OF_TIME = "out_of_time"
    UNFIT = "unfit"

    @property
    def label(self) -> str:
        """What it means, in words."""
        return TRUST_WORDS[self]


TRUST_WORDS = {
    Trust.TRUSTED: "do nơi cấp mà hệ thống này tin cậy cấp, còn hiệu lực lúc ký",
    Trust.DEMONSTRATION: "chứng thư TRÌNH DIỄN, không có giá trị pháp lý",
    Trust.UNKNOWN: "chưa xác định được nơi cấp có tin cậy không: không có chứng thư của nơi cấp trong danh mục tin cậy",
    Trust.OUT_OF_TIME: "chứng thư đã hết hạn hoặc chưa có hiệu lực lúc ký",
    Trust.UNFIT: "chứng thư không dùng được để ký hoặc chuỗi chứng thư sai",
}


class Integrity(StrEnum):
    """Whether what was signed is still what stands in the file."""

    VALID = "valid"
    BROKEN = "broken"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSignature:
    """One signature that stands in a file.

    `covers_file` says that nothing was added after it; where it does not, `later_harmless` says that only a further
    signature was. `claimed_at` is the time that the signer's own machine wrote; `stamped_at` that of a time-stamping
    authority, None without one. `only_stamp` marks a time stamp over the file that is nobody's signature.
    """

    field_name: str
    integrity: Integrity
    certificate: Certificate | None = None
    covers_file: bool = False
    later_harmless: bool = False
    trust: Trust = Trust.UNKNOWN
    claimed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamped_by: str = ""
    stamp_trusted: bool = False
    stamp_broken: bool = False
    only_stamp: bool = False

    @property
    def whole(self) -> bool:
        """Whether the signature is valid and nothing was changed since, but for further signatures."""
        return self.integrity == Integrity.VALID and (self.covers_file or self.later_harmless)

    @property
    def said(self) -> str:
        """What there is to say of its integrity, in words."""
        if self.integrity == Integrity.UNREADABLE:
            return "không đọc được chữ ký này"
        if self.integrity == Integrity.BROKEN:
            return "KHÔNG hợp lệ: nội dung đã bị sửa sau khi ký, hoặc chữ ký bị sửa"
        if self.covers_file:
            return "hợp lệ, bao trùm toàn bộ tệp"
        if self.later_harmless:
            return "hợp lệ; sau chữ ký này tệp chỉ được ký thêm"
        return "hợp lệ cho phần đã ký, nhưng sau đó tệp đã bị sửa thêm"

    def as_data(self) -> dict[str, object]:
        """Return plain data for `--json`."""
        return {**asdict(self), "whole": self.whole, "trust_words": self.trust.label}


def claimed_order(found: Iterable[FoundSignature]) -> tuple[FoundSignature, ...]:
    """Return the signatures of people and bodies, without mere time stamps, in the order of the file."""
    return tuple(each for each in found if not each.only_stamp)


@dataclass(frozen=True, slots=True)
class Signed:
    """A newly signed file, with the certificate that signed it; `timestamped` by an authority."""

    content: bytes = field(repr=False)
    certificate: Certificate
    timestamped: bool


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """A demonstration's keys: the authority's certificate (PEM) and the two PKCS#12 files that it certified."""

    authority: bytes
    leader: bytes = field(repr=False)
    organisation: bytes = field(repr=False)
