"""Metadata of an outgoing document: the fields and lengths of NĐ 30/2020 Phụ lục VI.

OrganId is 13 letters long there; it is read here with the 35 of QĐ 20/2020/QĐ-TTg, which came later. A value is never
cut: what does not fit is reported, what is not known is listed as missing and never made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

STATE_BODY = re.compile(r"[A-Y]\d{2}(\.[A-Z0-9]+)*")
"""An identifier of a state body (QĐ 20/2020/QĐ-TTg Điều 4): its first group is one letter and two digits."""

LONGEST_ORGAN_ID = 35
VIETNAMESE = "Tiếng Việt"
MOST_NAMED = 20

Value = str | int | date | None


class Sort(StrEnum):
    """How a field's length is counted: letters of a text, digits of a number, the ten letters of a date."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field of Phụ lục VI: its name there, what a person calls it, how long it may be.

    `absent` says why a value may be missing here; a field without it may be empty and nobody need be told.
    """

    name: str
    label: str
    sort: Sort
    length: int
    absent: str = ""


_NO_FILE = "hệ thống này không lập hồ sơ lưu trữ"
_NOT_RECORDED = "chưa được ghi"

RULES: tuple[FieldRule, ...] = (
    FieldRule("OrganId", "Mã định danh cơ quan ban hành", Sort.TEXT, LONGEST_ORGAN_ID, "chưa được cấu hình"),
    FieldRule("FileCatalog", "Năm của hồ sơ", Sort.NUMBER, 4, _NO_FILE),
    FieldRule("FileNotation", "Số, ký hiệu hồ sơ", Sort.TEXT, 20, _NO_FILE),
    FieldRule("DocOrdinal", "Số thứ tự trong hồ sơ", Sort.NUMBER, 3, _NO_FILE),
    FieldRule("TypeName", "Tên loại văn bản", Sort.TEXT, 100, _NOT_RECORDED),
    FieldRule("CodeNumber", "Số của văn bản", Sort.TEXT, 11, _NOT_RECORDED),
    FieldRule("CodeNotation", "Ký hiệu của văn bản", Sort.TEXT, 30, _NOT_RECORDED),
    FieldRule("IssuedDate", "Ngày của văn bản", Sort.DATE, 10, _NOT_RECORDED),
    FieldRule("OrganName", "Tên cơ quan ban hành", Sort.TEXT, 200, _NOT_RECORDED),
    FieldRule("Subject", "Trích yếu", Sort.TEXT, 500, _NOT_RECORDED),
    FieldRule("Language", "Ngôn ngữ", Sort.TEXT, 30, _NOT_RECORDED),
    FieldRule("PageAmount", "Số trang", Sort.NUMBER, 3, "chưa có bản PDF, hoặc PDF lập từ khi hệ thống chưa đếm trang"),
    FieldRule("Description", "Ghi chú", Sort.TEXT, 500),
    FieldRule("SignerInfo.Position", "Chức vụ người ký", Sort.TEXT, 100, _NOT_RECORDED),
    FieldRule("SignerInfo.FullName", "Họ và tên người ký", Sort.TEXT, 50, _NOT_RECORDED),
    FieldRule("Priority", "Độ khẩn", Sort.NUMBER, 1, _NOT_RECORDED),
    FieldRule("IssuedAmount", "Số lượng bản", Sort.NUMBER, 3, _NOT_RECORDED),
    FieldRule("DueDate", "Hạn trả lời", Sort.DATE, 10),
)
"""Every field but the receivers, in the order of Phụ lục VI."""

RECEIVER_ID = FieldRule("To.OrganId", "Mã định danh nơi nhận", Sort.TEXT, LONGEST_ORGAN_ID, "chưa được cấu hình")
RECEIVER_NAME = FieldRule("To.OrganName", "Tên nơi nhận", Sort.TEXT, 200, _NOT_RECORDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A body that sends or receives; `organ_id` is "" while nobody told the system what it is.

    A unit `inside` the issuing body has no identifier of its own and needs none.
    """

    name: str
    organ_id: str = ""
    inside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What Phụ lục VI wants to be kept of one issued document. `priority` is the value of `choices.Urgency`."""

    organ_id: str
    type_name: str
    code_number: str
    code_notation: str
    issued_on: date | None
    organ_name: str
    subject: str
    signer_position: str
    signer_name: str
    recipients: tuple[Party, ...]
    priority: int
    issued_amount: int
    pages: int | None = None
    due_on: date | None = None
    description: str = ""
    language: str = VIETNAMESE

    def values(self) -> Iterator[tuple[FieldRule, Value]]:
        """Return each field but the receivers with its value, in the order of Phụ lục VI."""
        found: dict[str, Value] = {
            "OrganId": self.organ_id,
            "TypeName": self.type_name,
            "CodeNumber": self.code_number,
            "CodeNotation": self.code_notation,
            "IssuedDate": self.issued_on,
            "OrganName": self.organ_name,
            "Subject": self.subject,
            "Language": self.language,
            "PageAmount": self.pages,
            "Description": self.description,
            "SignerInfo.Position": self.signer_position,
            "SignerInfo.FullName": self.signer_name,
            "Priority": self.priority,
            "IssuedAmount": self.issued_amount,
            "DueDate": self.due_on,
        }
        return ((rule, found.get(rule.name)) for rule in RULES)

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not known, a sentence each: which field, and why."""
        lines = [f"{rule.label} ({rule.name}): {rule.absent}." for rule, value in self.values() if _lacks(rule, value)]
        if not self.recipients:
            lines.append(f"{RECEIVER_NAME.label} (To): văn bản không ghi nơi nhận.")
        unknown = [party.name for party in self.recipients if not (party.organ_id or party.inside)]
        if unknown:
            lines.append(f"{RECEIVER_ID.label} ({RECEIVER_ID.name}): {RECEIVER_ID.absent} cho {listed(unknown)}.")
        return tuple(lines)

    @property
    def problems(self) -> tuple[str, ...]:
        """What does not fit its field, a sentence each; the value is kept whole all the same."""
        found = [too_long(rule, value) for rule, value in self.values()]
        found.append(wrong_id(self.organ_id, self.organ_name))
        for party in self.recipients:
            found += [too_long(RECEIVER_NAME, party.name), wrong_id(party.organ_id, party.name)]
        return tuple(line for line in found if line)

    def as_data(self) -> dict[str, object]:
        """Return the metadata as plain data under the names of Phụ lục VI, without what is not known; dates as ISO."""
        data: dict[str, object] = {}
        for rule, value in self.values():
            if value is None or value == "":
                continue
            group, _dot, name = rule.name.rpartition(".")
            place = data.setdefault(group, {}) if group else data
            if isinstance(place, dict):
                place[name] = text_of(value) if isinstance(value, date) else value
        data["To"] = [
            {"OrganId": party.organ_id, "OrganName": party.name} if party.organ_id else {"OrganName": party.name}
            for party in self.recipients
        ]
        return data


def listed(names: Sequence[str]) -> str:
    """Return names as one line; of very many the first, and how many more."""
    more = len(names) - MOST_NAMED
    said = "; ".join(names[:MOST_NAMED])
    return f"{said} và {more} nơi khác" if more > 0 else said


def text_of(value: Value) -> str:
    """Return a value as it is written: a date as 2022-10-17, ten letters."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def too_long(rule: FieldRule, value: Value) -> str:
    """Return the sentence that a value is longer than its field, "" when it fits."""
    length = len(text_of(value))
    if length <= rule.length:
        return ""
    unit = "chữ số" if rule.sort == Sort.NUMBER else "ký tự"
    what = f"{rule.label} ({rule.name}) dài {length} {unit}, quá {rule.length} {unit} của Phụ lục VI"
    return f"{what}; vẫn giữ nguyên văn, không cắt."


def wrong_id(organ_id: str, name: str) -> str:
    """Return the sentence that an identifier is not of the form of QĐ 20/2020/QĐ-TTg, "" when it is or is not known."""
    if not organ_id or (len(organ_id) <= LONGEST_ORGAN_ID and STATE_BODY.fullmatch(organ_id)):
        return ""
    wanted = "một chữ A–Y và hai chữ số ở đầu, các nhóm cách nhau bằng dấu chấm"
    return f"Mã định danh “{organ_id}” của {name} không đúng dạng mã cơ quan nhà nước ({wanted}); hãy kiểm tra lại."


def _lacks(rule: FieldRule, value: Value) -> bool:
    return bool(rule.absent) and (value is None or value == "")
