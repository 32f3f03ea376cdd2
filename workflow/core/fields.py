"""Reading what a person typed: every wrong field is collected, then refused at once with what to do."""

from __future__ import annotations

import unicodedata
from datetime import date

from workflow.core.errors import Invalid
from workflow.core.fold import nfc

_ALLOWED_CONTROLS = frozenset("\n\r\t")


class Fields:
    """The fields of one form: each reader returns the cleaned value; `stop_if_wrong` refuses all wrong ones at once."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self.wrong: dict[str, str] = {}

    def refuse(self, name: str, message: str) -> None:
        """Note what is wrong with a field and what to do; the first complaint about a field stands."""
        self.wrong.setdefault(name, message)

    def text(self, name: str, value: str, label: str, *, limit: int | None = None, needed: bool = True) -> str:
        """Return the text in NFC without blanks around it; a needed one may not be blank, nor longer than `limit`."""
        cleaned = nfc(value).strip()
        if any(unicodedata.category(letter) == "Cc" and letter not in _ALLOWED_CONTROLS for letter in cleaned):
            self.refuse(name, f"{label} có ký tự điều khiển không đọc được; hãy gõ lại phần này.")
        elif needed and not cleaned:
            self.refuse(name, f"Chưa nhập {label.lower()}; hãy nhập rồi gửi lại.")
        elif limit is not None and len(cleaned) > limit:
            self.refuse(name, f"{label} dài {len(cleaned)} ký tự; hãy rút xuống còn nhiều nhất {limit} ký tự.")
        return cleaned

    def past_day(self, name: str, value: date | None, label: str, *, today: date) -> date:
        """Return the day of something that has happened: given, and not later than today."""
        if value is None:
            self.refuse(name, f"Chưa nhập {label.lower()}; hãy nhập ngày ghi trên văn bản.")
            return today
        if value > today:
            self.refuse(name, f"{label} {value:%d/%m/%Y} ở tương lai; hãy nhập ngày không sau {today:%d/%m/%Y}.")
        return value

    def coming_day(self, name: str, value: date | None, label: str, *, today: date) -> date:
        """Return the day of something that is to come: given, and not before today."""
        if value is None:
            self.refuse(name, f"Chưa nhập {label.lower()}; hãy chọn một ngày.")
            return today
        if value < today:
            self.refuse(name, f"{label} {value:%d/%m/%Y} đã qua; hãy chọn từ ngày {today:%d/%m/%Y}.")
        return value

    def stop_if_wrong(self) -> None:
        """Refuse everything that was noted.

        :raises Invalid: with one message a field.
        """
        if self.wrong:
            raise Invalid.of(**self.wrong)
