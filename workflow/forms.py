"""What every form of the site is made of: fields that speak plainly, and the form that tells its errors itself.

Dates are typed as dd/mm/yyyy, texts must not be empty unless said, choices are made by words. Django forms only: what
is typed is judged by the actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from workflow.core.errors import Invalid

DATE_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
DATE_ERROR = "Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 18/11/2022."
DATE_EXAMPLE = "Ví dụ: 18/11/2022."
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST = 20000

SAME = {"reason": "note", "note": "reason", "advice": "reason", "decision": "reason"}
"""What an action may call the text that a form calls otherwise."""


def lower(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    return label[:1].lower() + label[1:]


class DayField(forms.DateField):
    """A day typed as 18/11/2022 (18-11-2022, 18.11.2022 and 2022-11-18 are understood too)."""

    def __init__(self, *, label: str, help_text: str = DATE_EXAMPLE, required: bool = True) -> None:
        """Set the Vietnamese words and the plain text widget."""
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            input_formats=DATE_FORMATS,
            widget=forms.DateInput(
                format="%d/%m/%Y",
                attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off", "maxlength": "10"},
            ),
            error_messages={"required": f"Hãy ghi {lower(label)}.", "invalid": DATE_ERROR},
        )

    def clean(self, value: object) -> date | None:
        """Return the day.

        :raises ValidationError: when it is no day, or of no plausible year.
        """
        day: date | None = super().clean(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"Năm phải trong khoảng {FIRST_YEAR}–{LAST_YEAR}.", code="year")
        return day


def _words_of_text(label: str, max_length: int, advice: str) -> dict[str, str]:
    return {
        "required": f"Hãy ghi {lower(label)}.",
        "max_length": f"{label} dài quá {max_length} ký tự. {advice}",
    }


class LineField(forms.CharField):
    """One line of text."""

    def __init__(
        self, *, label: str, help_text: str = "", required: bool = True, max_length: int = 60, short: bool = False
    ) -> None:
        """Set the Vietnamese words."""
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            max_length=max_length,
            widget=forms.TextInput(attrs={"autocomplete": "off", **({"class": "short"} if short else {})}),
            error_messages=_words_of_text(label, max_length, "Hãy viết ngắn lại."),
        )


class ProseField(forms.CharField):
    """Several lines of text."""

    def __init__(
        self, *, label: str, help_text: str = "", required: bool = True, rows: int = 4, max_length: int = LONGEST
    ) -> None:
        """Set the Vietnamese words."""
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            max_length=max_length,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages=_words_of_text(label, max_length, "Hãy viết ngắn lại hoặc đính kèm tệp."),
        )


class PickField(forms.TypedChoiceField):
    """One of a list by its id; the choices are given when the form is made."""

    def __init__(self, *, label: str, help_text: str = "", required: bool = True) -> None:
        """Set the Vietnamese words."""
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            coerce=int,
            empty_value=None,
            error_messages={
                "required": f"Hãy chọn {lower(label)}.",
                "invalid_choice": "Lựa chọn này không có trong danh sách. Hãy chọn lại.",
            },
        )

    def offer(self, pairs: Iterable[tuple[int, str]], *, none: str = "– Chọn –") -> None:
        """Set what can be chosen; without `none` something always is."""
        empty = [("", none)] if none else []
        self.choices = [*empty, *((str(pk), words) for pk, words in pairs)]


class PickManyField(forms.TypedMultipleChoiceField):
    """Several of a list by their ids, as ticks."""

    def __init__(self, *, label: str, help_text: str = "") -> None:
        """Set the Vietnamese words."""
        super().__init__(
            label=label,
            help_text=help_text,
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": f"Hãy chọn ít nhất một {lower(label)}.",
                "invalid_choice": "Có lựa chọn không còn trong danh sách. Hãy chọn lại.",
            },
        )

    def offer(self, pairs: Iterable[tuple[int, str]]) -> None:
        """Set what can be chosen."""
        self.choices = [(str(pk), words) for pk, words in pairs]


class TwoWayField(forms.TypedChoiceField):
    """A yes/no question that must be answered, as two radio buttons; neither is chosen beforehand."""

    def __init__(self, *, label: str, yes: str, no: str, help_text: str = "") -> None:
        """Set the question and the two answers' words."""
        super().__init__(
            label=label,
            help_text=help_text,
            choices=[("yes", yes), ("no", no)],
            coerce=lambda word: word == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            error_messages={
                "required": f"Hãy chọn một câu trả lời cho “{lower(label)}”.",
                "invalid_choice": "Hãy chọn lại một trong hai.",
            },
        )


class UploadField(forms.FileField):
    """One file, no larger than the site takes; the limit in force when the form is made stands in the help."""

    def __init__(self, *, label: str) -> None:
        """Set the Vietnamese words."""
        super().__init__(
            label=label,
            error_messages={
                "required": "Hãy chọn một tệp.",
                "empty": "Tệp rỗng. Hãy chọn tệp khác.",
                "missing": "Hãy chọn một tệp.",
                "invalid": "Không nhận được tệp. Hãy chọn lại.",
            },
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> UploadField:
        """Copy the field into a form, with the limit of now."""
        copied: UploadField = super().__deepcopy__(memo)
        copied.help_text = f"Tối đa {_megabytes()} MB. Tệp được giữ nguyên, có mã băm để đối chiếu."
        return copied

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse what is too big before it is read.

        :raises ValidationError: when the file passes the limit.
        """
        file = super().clean(data, initial)
        if file.size > settings.ATTACHMENT_MAX_BYTES:
            raise forms.ValidationError(f"Tệp lớn quá {_megabytes()} MB. Hãy nén hoặc chia nhỏ.")
        return file


def _megabytes() -> int:
    return int(settings.ATTACHMENT_MAX_BYTES) // 1024 // 1024


class PlainForm(forms.Form):
    """A form of the site: no marks that only scripts need, errors told by the server."""

    use_required_attribute = False

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Leave the colon after labels out."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def field_called(self, name: str) -> str:
        """Return the field in which stands what an action calls so, "" when the form has none."""
        return name if name in self.fields else ""

    def wrong_fields(self) -> list[tuple[str, str]]:
        """Return (the field's element id, message) for the error summary, in the order of the page."""
        wrong = [("", str(message)) for message in self.non_field_errors()]
        for bound in self:
            many = isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
            target = f"{bound.auto_id}_0" if many else bound.auto_id
            wrong += [(str(target), str(message)) for message in bound.errors]
        return wrong


def run_into_form(form: PlainForm, run: Callable[[], object]) -> bool:
    """Run an action; what it finds wrong goes to the form's fields. Tells whether it was done."""
    try:
        run()
    except Invalid as error:
        rest = []
        for name, words in error.fields.items():
            field = form.field_called(name) or form.field_called(SAME.get(name, ""))
            if field:
                form.add_error(field, words)
            else:
                rest.append(words)
        if rest or not error.fields:
            form.add_error(None, " ".join(rest) or str(error))
        return False
    return True
