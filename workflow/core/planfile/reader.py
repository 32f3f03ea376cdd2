"""Reading one mapping of a plan file field by field: every error is kept, none stops the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from workflow.core.fold import is_nfc, nfc
from workflow.core.planfile.model import PlanError

LONGEST_CODE = 40
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]*")
KINDS: dict[type, str] = {
    str: "một chuỗi chữ",
    int: "một số nguyên",
    list: "một danh sách",
    dict: "một mục có tên trường",
    bool: "true hoặc false",
}


class Findings:
    """Everything found so far: errors by place, and the places whose text is not in NFC."""

    def __init__(self) -> None:
        """Start with nothing found."""
        self.errors: list[PlanError] = []
        self.not_nfc: list[str] = []

    def error(self, place: str, message: str, remedy: str) -> None:
        """Keep one error."""
        self.errors.append(PlanError(place, message, remedy))

    def clean(self, text: str, place: str) -> str:
        """Return the text in NFC without outer blanks, noting where it was not in NFC."""
        if not is_nfc(text):
            self.not_nfc.append(place)
        return nfc(text).strip()


def type_name(value: object) -> str:
    """Say in Vietnamese what a value of the file is."""
    if value is None:
        return "để trống"
    return KINDS.get(type(value), f"{value!r}")


class Fields:
    """One mapping of the file. Each reading method returns a usable value even where it kept an error."""

    def __init__(self, value: object, place: str, found: Findings) -> None:
        """Take the mapping; anything else is an error and reads as empty."""
        self.place = place
        self.found = found
        self._read: set[str] = set()
        self.data: Mapping[object, object] = {}
        self.usable = isinstance(value, Mapping)
        if isinstance(value, Mapping):
            self.data = value
        else:
            found.error(place, f"phải là một mục có tên trường, đang {type_name(value)}.", "Viết lại đúng cấu trúc.")

    def at(self, key: str) -> str:
        """Return the place of a field."""
        return f"{self.place}/{key}" if self.place else key

    def has(self, key: str) -> bool:
        """Whether the field is there and not empty; either way it counts as known."""
        self._read.add(key)
        return self.data.get(key) is not None

    def _take(self, key: str, kind: type, *, required: bool) -> object:
        self._read.add(key)
        value = self.data.get(key)
        if value is None:
            if required and self.usable:
                self.found.error(self.at(key), "thiếu.", f"Bổ sung {KINDS[kind]}.")
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.found.error(self.at(key), f"phải là {KINDS[kind]}, đang là {type_name(value)}.", "Sửa lại.")
            return None
        return value

    def text(self, key: str, *, required: bool = True, longest: int | None = None) -> str:
        """Return a text field in NFC, "" when absent."""
        value = self._take(key, str, required=required)
        if not isinstance(value, str):
            return ""
        text = self.found.clean(value, self.at(key))
        if required and not text:
            self.found.error(self.at(key), "để trống.", "Ghi nội dung theo văn bản.")
        if longest is not None and len(text) > longest:
            self.found.error(
                self.at(key), f"dài {len(text)} ký tự, quá {longest}.", "Rút gọn hoặc chuyển sang ghi chú."
            )
        return text

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a field that is one text or a list of texts."""
        self._read.add(key)
        value = self.data.get(key)
        if isinstance(value, str):
            return (self.text(key, required=required),)
        rows = self._take(key, list, required=required)
        parts = rows if isinstance(rows, list) else []
        texts = []
        for number, part in enumerate(parts, start=1):
            place = f"{self.at(key)}/{number}"
            if isinstance(part, str) and part.strip():
                texts.append(self.found.clean(part, place))
            else:
                self.found.error(
                    place, f"phải là một đoạn chữ, đang là {type_name(part)}.", "Ghi nội dung hoặc bỏ đoạn."
                )
        return tuple(texts)

    def code(self, key: str, *, longest: int = LONGEST_CODE) -> str:
        """Return a code: capitals, digits, dots, dashes."""
        text = self.text(key, longest=longest)
        if text and not CODE.fullmatch(text):
            self.found.error(self.at(key), f"mã “{text}” sai dạng.", "Chỉ dùng chữ in hoa không dấu, số, dấu . và -.")
        return text

    def codes(self, key: str, known: frozenset[str], noun: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a list of codes that must all be known; `noun` names what they stand for."""
        rows = self._take(key, list, required=required)
        codes: list[str] = []
        for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
            place = f"{self.at(key)}/{number}"
            if not isinstance(row, str):
                self.found.error(place, f"phải là mã {noun}, đang là {type_name(row)}.", "Ghi mã.")
            elif row not in known:
                self.found.error(place, f"không có {noun} mang mã “{row}”.", f"Sửa mã, hoặc thêm {noun} này trước.")
            elif row in codes:
                self.found.error(place, f"mã “{row}” ghi hai lần.", "Bỏ một.")
            else:
                codes.append(row)
        return tuple(codes)

    def number(self, key: str, *, required: bool = True) -> int | None:
        """Return a whole number."""
        value = self._take(key, int, required=required)
        return value if isinstance(value, int) else None

    def decimal(self, key: str) -> Decimal:
        """Return a figure that fits the tables: at most seven digits before the point and two after it."""
        self._read.add(key)
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.found.error(
                self.at(key), f"phải là một con số, đang là {type_name(value)}.", "Ghi con số của văn bản."
            )
            return Decimal(0)
        figure = Decimal(str(value))
        if not figure.is_finite() or abs(figure) >= 10**7 or figure != round(figure, 2):
            self.found.error(
                self.at(key), f"con số {value} không dùng được.", "Tối đa hai chữ số thập phân, dưới 10 triệu."
            )
            return Decimal(0)
        return figure

    def flag(self, key: str) -> bool:
        """Return a yes/no field, False when absent."""
        return self._take(key, bool, required=False) is True

    def day(self, key: str, *, required: bool = True) -> date | None:
        """Return a date written 2022-12-31, quoted or not."""
        self._read.add(key)
        value = self.data.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is None:
            if required and self.usable:
                self.found.error(self.at(key), "thiếu.", "Ghi ngày dạng 2022-12-31.")
            return None
        try:
            return date.fromisoformat(value if isinstance(value, str) and ISO_DAY.fullmatch(value) else "")
        except ValueError:
            self.found.error(self.at(key), f"“{value}” không phải một ngày có thật.", "Ghi ngày dạng 2022-12-31.")
            return None

    def mapping(self, key: str, *, required: bool = True) -> Fields | None:
        """Return a nested mapping to read, None when absent."""
        value = self._take(key, dict, required=required)
        return None if value is None else Fields(value, self.at(key), self.found)

    def rows(self, key: str, *, required: bool = True, named_by: str = "") -> Iterator[Fields]:
        """Yield each mapping of a list; a row's place is its number, or its own code where `named_by` says."""
        value = self._take(key, list, required=required)
        for number, row in enumerate(value if isinstance(value, list) else [], start=1):
            own = row.get(named_by) if named_by and isinstance(row, Mapping) else None
            name = own if isinstance(own, str) and own else str(number)
            yield Fields(row, f"{self.at(key)}/{name}", self.found)

    def plain(self, key: str, *, required: bool = False) -> dict[str, object]:
        """Return a nested mapping as it is, its texts in NFC, to be stored and shown but not acted on."""
        value = self._take(key, dict, required=required)
        return plain_mapping(value, self.at(key), self.found) if isinstance(value, dict) else {}

    def finish(self) -> None:
        """Keep an error for each field that nobody asked for."""
        for key in self.data:
            if key not in self._read:
                self.found.error(self.at(str(key)), "không có trường này trong mẫu.", "Sửa tên trường hoặc bỏ đi.")


def plain_mapping(value: Mapping[object, object], place: str, found: Findings) -> dict[str, object]:
    """Return a mapping with text keys, NFC texts and ISO dates, down to its leaves."""
    return {str(key): plain_value(inner, f"{place}/{key}", found) for key, inner in value.items()}


def plain_value(value: object, place: str, found: Findings) -> object:
    """Return one value ready for a JSON column, noting text that is not in NFC."""
    if isinstance(value, str):
        return found.clean(value, place)
    if isinstance(value, Mapping):
        return plain_mapping(value, place, found)
    if isinstance(value, list):
        return [plain_value(inner, f"{place}/{number}", found) for number, inner in enumerate(value, start=1)]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(value)
    return value
