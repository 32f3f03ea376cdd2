"""An edXML message as plain data: what is said of an issued document when it is sent to another body's system.

The structure is that of QCVN 102:2016/BTTTT as programs that talk to the national axis use it; the official schema was
not at hand. Nothing here knows XML: `adapters.edxml` writes it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum

from workflow.core.metadata import listed

TYPE_CODES: dict[str, int] = {"TB": 7, "KH": 10, "BC": 14, "TTr": 16, "CV": 18}
"""Codes of administrative documents (list B of Sửa đổi 1:2022 QCVN 102) by our kinds; the internal forms have none."""

INFERRED_CODES = frozenset({"KH", "BC", "TTr"})
"""Kinds whose code was not read but follows from the list's sequence (10 to 17)."""

_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\ufffd"
"""Stands where a character stood that no XML file may hold."""


class Business(IntEnum):
    """What a message asks of its receiver (BussinessDocType)."""

    NEW = 0
    RECALL = 1
    UPDATE = 2
    REPLACE = 3


BUSINESS_LABELS: dict[Business, str] = {
    Business.NEW: "văn bản mới",
    Business.RECALL: "thu hồi văn bản",
    Business.UPDATE: "đính chính văn bản",
    Business.REPLACE: "thay thế văn bản",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """A body as a message names it; what is not known is "" and left out."""

    name: str
    organ_id: str = ""
    in_charge: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """How a message names a document, its own or another: by body, number, symbol and date."""

    organ_id: str
    number: str
    notation: str
    issued_on: date

    @property
    def document_id(self) -> str:
        """The identifier "OrganId,yyyy/MM/dd,số/ký hiệu"; its first part is empty while the body has no identifier."""
        return f"{self.organ_id},{self.issued_on:%Y/%m/%d},{self.number}/{self.notation}"

    @classmethod
    def of(cls, full_number: str, issued_on: date, organ_id: str) -> Pointer:
        """Make it from a number as printed: "05/SKHĐT-VP"."""
        number, _slash, notation = full_number.partition("/")
        return cls(organ_id=organ_id, number=number, notation=notation, issued_on=issued_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A document that the message's document replaces, and the identifiers of the bodies that had received it."""

    document: Pointer
    organ_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EdocFile:
    """One file that goes with the message."""

    name: str
    content: bytes
    content_type: str = "application/pdf"
    description: str = ""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def content_id(self) -> str:
        """The name under which the message refers to the file: the same for the same file."""
        return f"{self.sha256[:32]}@dondoc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edoc:
    """Everything that one message says. `at` is the local moment of the issue, or of the recall."""

    sender: Organ
    document: Pointer
    kind: str
    kind_label: str
    place: str
    subject: str
    signer_competence: str
    signer_position: str
    signer_name: str
    at: datetime
    receivers: tuple[Organ, ...] = ()
    to_places: tuple[str, ...] = ()
    due_on: date | None = None
    priority: int = 0
    copies: int = 0
    pages: int | None = None
    appendices: tuple[str, ...] = ()
    answers: tuple[Pointer, ...] = ()
    business: Business = Business.NEW
    concerns: Pointer | None = None
    reason: str = ""
    replaced: tuple[Replaced, ...] = ()
    department: str = ""
    files: tuple[EdocFile, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def type_code(self) -> int | None:
        """The code of the document's kind; None when list B has none for it."""
        return TYPE_CODES.get(self.kind)

    @property
    def missing_ids(self) -> tuple[str, ...]:
        """The names of the sender and receivers whose identifier is not known, each once."""
        bodies = (self.sender, *self.receivers)
        return tuple(dict.fromkeys(body.name for body in bodies if not body.organ_id))

    @property
    def without_id(self) -> bool:
        """Whether somebody in the message has no identifier, so that the axis could not deliver it."""
        return bool(self.missing_ids)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person must know of the message before it is used, a sentence each."""
        lines = [*self.notes]
        if self.missing_ids:
            lines.append(f"Chưa có mã định danh của: {listed(self.missing_ids)}. Gói để trống các mã này.")
        if self.kind in INFERRED_CODES:
            lines.append(
                f"Mã loại {self.type_code} của “{self.kind_label}” suy theo thứ tự danh mục, chưa đọc được bản gốc."
            )
        spoilt = unreadable(self.texts())
        if spoilt:
            was = "ký tự mà tệp XML không được phép chứa"
            lines.append(f"Có {spoilt} {was}; gói thay bằng dấu “{REPLACEMENT}”, bản PDF giữ nguyên.")
        return tuple(lines)

    def texts(self) -> tuple[str, ...]:
        """Return every text that a person wrote and the message repeats."""
        bodies = (self.sender, *self.receivers)
        named = [text for body in bodies for text in (body.name, body.in_charge, body.address)]
        signer = (self.signer_competence, self.signer_position, self.signer_name)
        return (
            self.subject,
            self.place,
            self.reason,
            self.department,
            *signer,
            *named,
            *self.to_places,
            *self.appendices,
        )


def xml_text(text: str) -> str:
    """Return the text with each character that XML forbids replaced by U+FFFD, so that the loss can be seen."""
    return _NOT_XML.sub(REPLACEMENT, text)


def unreadable(texts: Iterable[str]) -> int:
    """Return how many characters of the texts XML forbids."""
    return sum(len(_NOT_XML.findall(text)) for text in texts)
