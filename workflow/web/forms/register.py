"""Which series, days and numbers of the register of outgoing documents are meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from workflow.core.numbering import LARGEST_NUMBER
from workflow.core.register import RegisterScope
from workflow.forms import DayField, PickField, PlainForm


class NumberField(forms.IntegerField):
    """A document's number; may stay empty."""

    def __init__(self, *, label: str, largest: int = LARGEST_NUMBER, required: bool = False) -> None:
        """Set the Vietnamese words."""
        wrong = f"{label} phải là một số từ 1 đến {largest}."
        super().__init__(
            label=label,
            required=required,
            min_value=1,
            max_value=largest,
            widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "invalid": wrong,
                "min_value": wrong,
                "max_value": wrong,
                "required": f"Hãy ghi {label[:1].lower()}{label[1:]}.",
            },
        )


class RegisterForm(PlainForm):
    """The picker of the register; names are the address's. Every bound may stay empty."""

    so = PickField(label="Sổ", required=False)
    tu_ngay = DayField(label="Từ ngày", required=False, help_text="")
    den_ngay = DayField(label="Đến hết ngày", required=False, help_text="")
    tu_so = NumberField(label="Từ số")
    den_so = NumberField(label="Đến số")

    def __init__(self, *args: object, books: Iterable[tuple[int, str]] = (), **kwargs: object) -> None:
        """Offer the series that the person may read, the first one when none is picked."""
        super().__init__(*args, **kwargs)
        offered = list(books)
        field = self.fields["so"]
        if isinstance(field, PickField):
            field.choices = [(str(pk), words) for pk, words in offered]
        self._first = offered[0][0] if offered else None

    def clean(self) -> dict[str, Any]:
        """Refuse bounds that end before they begin."""
        data = super().clean() or {}
        pairs = (
            ("tu_ngay", "den_ngay", "Ngày cuối phải không trước ngày đầu."),
            ("tu_so", "den_so", "Số cuối phải không nhỏ hơn số đầu."),
        )
        for first, last, message in pairs:
            begin, end = data.get(first), data.get(last)
            if begin is not None and end is not None and end < begin:
                self.add_error(last, message)
        return data

    def scope(self) -> RegisterScope | None:
        """Return what is asked for; None when there is no series. For a form that was found valid, or was not sent."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        book_id = data.get("so") or self._first
        if book_id is None:
            return None
        return RegisterScope(book_id, data.get("tu_ngay"), data.get("den_ngay"), data.get("tu_so"), data.get("den_so"))


class PrintForm(RegisterForm):
    """The same with the number of the volume (quyển) that is bound."""

    quyen = NumberField(label="Quyển số", largest=99, required=True)
