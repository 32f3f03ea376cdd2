"""Fields that speak plainly: dates as dd/mm/yyyy, texts that must not be empty, choices by words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django import forms

if TYPE_CHECKING:
    from workflow.queries.taskpage import TaskFacts

DATE_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
DATE_ERROR = "Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 18/11/2022."
FIRST_YEAR, LAST_YEAR = 2000, 2100


class DayField(forms.DateField):
    """A day typed as 18/11/2022 (18-11-2022, 18.11.2022 and 2022-11-18 are understood too)."""

    def __init__(self, *, label: str, help_text: str = "Ví dụ: 18/11/2022.", required: bool = True) -> None:
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
            error_messages={"required": f"Hãy ghi {_lower(label)}.", "invalid": DATE_ERROR},
        )

    def clean(self, value: object) -> date | None:
        """Return the day.

        :raises ValidationError: when it is no day, or of no plausible year.
        """
        day: date | None = super().clean(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"Năm phải trong khoảng {FIRST_YEAR}–{LAST_YEAR}.", code="year")
        return day


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


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
            error_messages={
                "required": f"Hãy ghi {_lower(label)}.",
                "max_length": f"{label} dài quá {max_length} ký tự. Hãy viết ngắn lại.",
            },
        )


class ProseField(forms.CharField):
    """Several lines of text."""

    def __init__(
        self, *, label: str, help_text: str = "", required: bool = True, rows: int = 4, max_length: int = 20000
    ) -> None:
        """Set the Vietnamese words."""
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            max_length=max_length,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages={
                "required": f"Hãy ghi {_lower(label)}.",
                "max_length": f"{label} dài quá {max_length} ký tự. Hãy viết ngắn lại hoặc đính kèm tệp.",
            },
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
                "required": f"Hãy chọn {_lower(label)}.",
                "invalid_choice": "Lựa chọn này không có trong danh sách. Hãy chọn lại.",
            },
        )

    def offer(self, pairs: Iterable[tuple[int, str]], *, none: str = "– Chọn –") -> None:
        """Set what can be chosen."""
        self.choices = [("", none), *((str(pk), words) for pk, words in pairs)]


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
                "required": f"Hãy chọn ít nhất một {_lower(label)}.",
                "invalid_choice": "Có lựa chọn không còn trong danh sách. Hãy chọn lại.",
            },
        )

    def offer(self, pairs: Iterable[tuple[int, str]]) -> None:
        """Set what can be chosen."""
        self.choices = [(str(pk), words) for pk, words in pairs]


class TwoWayField(forms.TypedChoiceField):
    """A yes/no question that must be answered, as two radio buttons."""

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
                "required": f"Hãy chọn một câu trả lời cho “{_lower(label)}”.",
                "invalid_choice": "Hãy chọn lại một trong hai.",
            },
        )


class PlainForm(forms.Form):
    """A form of the site: no marks that only scripts need, errors told by the server."""

    use_required_attribute = False

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Leave the colon after labels out."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def wrong_fields(self) -> list[tuple[str, str]]:
        """Return (the field's element id, message) for the error summary, in the order of the page."""
        wrong = [("", str(message)) for message in self.non_field_errors()]
        for bound in self:
            target = bound.auto_id if not isinstance(bound.field.widget, forms.RadioSelect) else f"{bound.auto_id}_0"
            if isinstance(bound.field.widget, forms.CheckboxSelectMultiple):
                target = f"{bound.auto_id}_0"
            wrong += [(str(target), str(message)) for message in bound.errors]
        return wrong


class ActForm(PlainForm):
    """A form of one act on a task; `facts` gives what its choices need."""

    legend: ClassVar[str] = ""

    def __init__(self, *args: object, facts: TaskFacts | None = None, **kwargs: object) -> None:
        """Keep the facts and let the form set its choices."""
        super().__init__(*args, **kwargs)
        self.facts = facts
        if facts is not None:
            self.prepare(facts)

    def prepare(self, facts: TaskFacts) -> None:
        """Set choices and first values from the task; most forms need none."""


class NoForm(ActForm):
    """An act that needs nothing typed."""
