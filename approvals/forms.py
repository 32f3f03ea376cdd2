"""What is typed at a step: the forms of the decisions, of what is said and given, of a draft and of a proposal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from workflow.actions.document import NO_RECIPIENT, ONLY_LETTERS_BY_ORDER
from workflow.choices import DocumentKind

DATE_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
DATE_EXAMPLE = "Ví dụ: 18/11/2022."
YEARS = range(2000, 2101)
LONGEST = 20000
LEADER_SIGNS, SIGNS_BY_ORDER = "leader", "order"


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def prose(label: str, *, hint: str = "", required: bool = True, rows: int = 3) -> forms.CharField:
    """Return a field of several lines."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": f"Hãy ghi {_lower(label)}.",
            "max_length": f"{label} dài quá {LONGEST} ký tự. Hãy viết ngắn lại hoặc đính kèm tệp.",
        },
    )


def line(label: str, *, hint: str = "", limit: int = 255, short: bool = False) -> forms.CharField:
    """Return a field of one line that must be filled."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=limit,
        widget=forms.TextInput(attrs={"autocomplete": "off", **({"class": "short"} if short else {})}),
        error_messages={
            "required": f"Hãy ghi {_lower(label)}.",
            "max_length": f"{label} dài quá {limit} ký tự. Hãy viết ngắn lại.",
        },
    )


def two_way(label: str, *, yes: str, no: str) -> forms.TypedChoiceField:
    """Return a question that must be answered, as two radio buttons; neither is chosen beforehand."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda word: word == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": f"Hãy chọn một câu trả lời cho “{_lower(label)}”.",
            "invalid_choice": "Hãy chọn lại một trong hai.",
        },
    )


def one_of(label: str, *, hint: str = "") -> forms.TypedChoiceField:
    """Return a choice by id; what can be chosen is given when the form is made."""
    return forms.TypedChoiceField(
        label=label,
        help_text=hint,
        coerce=int,
        empty_value=None,
        error_messages={
            "required": f"Hãy chọn {_lower(label)}.",
            "invalid_choice": "Lựa chọn này không có trong danh sách. Hãy chọn lại.",
        },
    )


class DayField(forms.DateField):
    """A day typed as 18/11/2022 (18-11-2022, 18.11.2022 and 2022-11-18 are understood too)."""

    def __init__(self, label: str, *, hint: str = DATE_EXAMPLE, required: bool = True) -> None:
        """Set the Vietnamese words and the plain text widget."""
        super().__init__(
            label=label,
            help_text=hint,
            required=required,
            input_formats=DATE_FORMATS,
            widget=forms.DateInput(
                format="%d/%m/%Y",
                attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off", "maxlength": "10"},
            ),
            error_messages={
                "required": f"Hãy ghi {_lower(label)}.",
                "invalid": "Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 18/11/2022.",
            },
        )

    def clean(self, value: object) -> date | None:
        """Return the day.

        :raises ValidationError: when it is no day, or of no plausible year.
        """
        day: date | None = super().clean(value)
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError(f"Năm phải trong khoảng {YEARS[0]}–{YEARS[-1]}.", code="year")
        return day


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
            target = f"{bound.auto_id}_0" if isinstance(bound.field.widget, forms.RadioSelect) else bound.auto_id
            wrong += [(str(target), str(message)) for message in bound.errors]
        return wrong


# --- decisions ---


class NoForm(PlainForm):
    """A decision that needs nothing typed."""


class NoteForm(PlainForm):
    """A decision with words of its own, if any."""

    note = prose("Ý kiến", required=False)


class ReasonForm(PlainForm):
    """A decision that must say why, or what."""

    reason = prose("Lý do", rows=4)

    def call(self, label: str, hint: str) -> None:
        """Say what the text is at this decision."""
        field = self.fields["reason"]
        field.label, field.help_text = label, hint
        field.error_messages["required"] = f"Hãy ghi {_lower(label)}."


class ChecksForm(PlainForm):
    """The three separate checks of a report (số lượng, nội dung, thời gian)."""

    quantity_ok = two_way("Số lượng", yes="Đủ", no="Chưa đủ")
    content_ok = two_way("Nội dung", yes="Đạt", no="Chưa đạt")
    time_ok = two_way("Thời gian", yes="Đúng hạn", no="Chậm")
    note = prose("Ý kiến kiểm tra", required=False)


class ReturnedChecksForm(ChecksForm):
    """The same checks with a reason that must be given."""

    note = prose("Lý do trả lại", rows=4, hint="Nói rõ chỗ nào cần bổ sung, sửa lại. Đơn vị đọc nguyên văn ý kiến này.")


class DirectionForm(PlainForm):
    """UBND tỉnh's direction."""

    number = line("Số, ký hiệu văn bản chỉ đạo", hint="Ví dụ: 9012/UBND-KT.", limit=60, short=True)
    issued_on = DayField("Ngày văn bản")
    content = prose("Nội dung chỉ đạo", rows=4)
    new_due = DayField(
        "Hạn mới",
        required=False,
        hint=f"Nếu UBND tỉnh giao hạn mới; mở một vòng đôn đốc mới. {DATE_EXAMPLE}",
    )
    closes = forms.BooleanField(label="Văn bản chỉ đạo kết thúc nhiệm vụ này", required=False)

    def clean(self) -> dict[str, Any]:
        """A direction sets a new day or closes, not both."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("closes") and cleaned.get("new_due"):
            self.add_error("new_due", "Đã chọn kết thúc nhiệm vụ thì không ghi hạn mới.")
        return cleaned


class ExtensionForm(PlainForm):
    """The day that a leader grants; the page begins with the day that was asked for."""

    new_due = DayField("Hạn được duyệt")
    reason = prose("Ý kiến", required=False)


FORMS: dict[str, type[PlainForm]] = {
    "none": NoForm,
    "note": NoteForm,
    "reason": ReasonForm,
    "checks": ChecksForm,
    "returned_checks": ReturnedChecksForm,
    "direction": DirectionForm,
    "extension": ExtensionForm,
}
"""The forms by the names that `screens.Choice.form` uses."""

REASONS: dict[str, tuple[str, str]] = {
    "advise": ("Ý kiến tham mưu của Văn phòng", "Lãnh đạo Sở đọc nguyên văn ý kiến này khi quyết định."),
    "approve": ("Ý kiến giải quyết", "Đơn vị thực hiện theo ý kiến này."),
    "refuse": ("Lý do không đồng ý", "Người đề nghị đọc nguyên văn ý kiến này."),
    "return": ("Lý do trả lại", "Nói rõ chỗ nào cần bổ sung, sửa lại. Đơn vị đọc nguyên văn ý kiến này."),
    "send_back": ("Lý do trả lại", "Nói rõ chỗ nào cần bổ sung, sửa lại. Người nhận lại đọc nguyên văn ý kiến này."),
}
"""What the text of a ReasonForm is, and its help, by the decision's outcome."""


def decision_form(name: str, outcome: str, *args: object, **kwargs: object) -> PlainForm:
    """Return the form of that name, in the words of the decision."""
    form = FORMS[name](*args, **kwargs)
    if isinstance(form, ReasonForm) and outcome in REASONS:
        form.call(*REASONS[outcome])
    return form


# --- what is said and given ---


class CommentForm(PlainForm):
    """What a participant says without deciding."""

    text = prose("Ý kiến trao đổi", hint="Không phải là quyết định; người tham gia hồ sơ đều đọc được.")


class EncloseForm(PlainForm):
    """One file."""

    content = forms.FileField(
        label="Tệp kèm theo",
        error_messages={
            "required": "Hãy chọn một tệp.",
            "empty": "Tệp rỗng. Hãy chọn tệp khác.",
            "missing": "Hãy chọn một tệp.",
            "invalid": "Không nhận được tệp. Hãy chọn lại.",
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Tell the limit."""
        super().__init__(*args, **kwargs)
        limit = settings.ATTACHMENT_MAX_BYTES // 1024 // 1024
        self.fields["content"].help_text = f"Tối đa {limit} MB. Tệp được giữ nguyên, có mã băm để đối chiếu."

    def clean_content(self) -> Any:
        """Refuse what is too big before it is read.

        :raises ValidationError: when the file passes the limit.
        """
        file = self.cleaned_data["content"]
        if file.size > settings.ATTACHMENT_MAX_BYTES:
            limit = settings.ATTACHMENT_MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(f"Tệp lớn quá {limit} MB. Hãy nén hoặc chia nhỏ.")
        return file


# --- a draft, a proposal, a person ---


class ReviseForm(PlainForm):
    """A document's draft as it is written anew."""

    recipients = prose("Kính gửi", hint="Mỗi nơi một dòng.")
    subject = line("Trích yếu", limit=500)
    body = prose("Nội dung văn bản", rows=14)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Say of the recipients what no verb goes with."""
        super().__init__(*args, **kwargs)
        self.fields["recipients"].error_messages["required"] = NO_RECIPIENT

    def clean_recipients(self) -> list[str]:
        """Return the lines that name somebody.

        :raises ValidationError: when none does.
        """
        named = [name.strip() for name in self.cleaned_data["recipients"].splitlines() if name.strip()]
        if not named:
            raise forms.ValidationError(NO_RECIPIENT)
        return named


class DraftForm(ReviseForm):
    """An outgoing document as it is drafted by hand."""

    kind = forms.TypedChoiceField(
        label="Loại văn bản",
        help_text="Ký hiệu đặt theo loại và đơn vị soạn; văn thư cho số khi phát hành.",
        choices=[("", "– Chọn –"), *DocumentKind.choices],
        coerce=DocumentKind,
        empty_value=None,
        error_messages={
            "required": "Hãy chọn loại văn bản.",
            "invalid_choice": "Không có loại văn bản này. Hãy chọn lại.",
        },
    )
    unit = one_of("Đơn vị soạn")
    signer = forms.ChoiceField(
        label="Người ký",
        help_text="Chánh Văn phòng chỉ ký thừa lệnh công văn.",
        choices=[(LEADER_SIGNS, "Lãnh đạo Sở"), (SIGNS_BY_ORDER, "Chánh Văn phòng ký thừa lệnh (TL.)")],
        initial=LEADER_SIGNS,
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn người ký.", "invalid_choice": "Hãy chọn lại người ký."},
    )
    field_order = ("kind", "unit", "recipients", "subject", "body", "signer")

    def offer(self, units: Sequence[tuple[int, str]], *, own: int | None) -> None:
        """Set the units in whose name the person may draft; one alone is not asked for."""
        if len(units) == 1:
            del self.fields["unit"]
            return
        field = self.fields["unit"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 -- declared above
        field.choices = [("", "– Chọn –"), *((str(pk), name) for pk, name in units)]
        field.initial = str(own) if own in dict(units) else ""

    def clean(self) -> dict[str, Any]:
        """Let Chánh Văn phòng sign by order what he may."""
        cleaned: dict[str, Any] = super().clean() or {}
        kind = cleaned.get("kind")
        if cleaned.get("signer") == SIGNS_BY_ORDER and kind is not None and kind != DocumentKind.LETTER:
            self.add_error("signer", ONLY_LETTERS_BY_ORDER)
        return cleaned


class ProposalForm(PlainForm):
    """What a unit proposes."""

    unit = one_of("Đơn vị đề xuất")
    subject = line("Đề xuất", hint="Ví dụ: Thay hai máy in của phòng.")
    content = prose("Nội dung, lý do", rows=8, hint="Cần gì, để làm việc gì, số lượng, dự kiến kinh phí nếu có.")

    def offer(self, units: Iterable[tuple[int, str]], *, own: int | None) -> None:
        """Set the units in whose name the person may propose; one alone is not asked for."""
        pairs = list(units)
        field = self.fields["unit"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 -- declared above
        field.choices = [(str(pk), name) for pk, name in pairs]
        field.initial = str(own if own in dict(pairs) else next(iter(dict(pairs)), ""))
        if len(pairs) == 1:
            field.widget = forms.HiddenInput()


class ReassignForm(PlainForm):
    """Who is to handle a step."""

    person = one_of("Người xử lý")

    def offer(self, people: Iterable[tuple[int, str]], *, given: bool) -> None:
        """Set who can be chosen; a step that was given to a person can be given back to all who hold its right."""
        field = self.fields["person"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 -- declared above
        nobody = "Mọi người có quyền ở bước này" if given else "– Chọn –"
        field.required = not given
        field.choices = [("", nobody), *((str(pk), name) for pk, name in people)]
