"""What is typed at a step: the forms of the decisions, of what is said and given, and of a proposal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from workflow.forms import (
    DATE_EXAMPLE,
    DayField,
    LineField,
    PickField,
    PlainForm,
    ProseField,
    TwoWayField,
    UploadField,
    lower,
)

# --- decisions ---


class NoForm(PlainForm):
    """A decision that needs nothing typed."""


class NoteForm(PlainForm):
    """A decision with words of its own, if any."""

    note = ProseField(label="Ý kiến", rows=3, required=False)


class ReasonForm(PlainForm):
    """A decision that must say why, or what."""

    reason = ProseField(label="Lý do", rows=4)

    def call(self, label: str, hint: str) -> None:
        """Say what the text is at this decision."""
        field = self.fields["reason"]
        field.label, field.help_text = label, hint
        field.error_messages["required"] = f"Hãy ghi {lower(label)}."


class ChecksForm(PlainForm):
    """The three separate checks of a report (số lượng, nội dung, thời gian)."""

    quantity_ok = TwoWayField(label="Số lượng", yes="Đủ", no="Chưa đủ")
    content_ok = TwoWayField(label="Nội dung", yes="Đạt", no="Chưa đạt")
    time_ok = TwoWayField(label="Thời gian", yes="Đúng hạn", no="Chậm")
    note = ProseField(label="Ý kiến kiểm tra", rows=3, required=False)


class ReturnedChecksForm(ChecksForm):
    """The same checks with a reason that must be given."""

    note = ProseField(
        label="Lý do trả lại",
        rows=4,
        help_text="Nói rõ chỗ nào cần bổ sung, sửa lại. Đơn vị đọc nguyên văn ý kiến này.",
    )


class DirectionForm(PlainForm):
    """UBND tỉnh's direction."""

    number = LineField(label="Số, ký hiệu văn bản chỉ đạo", help_text="Ví dụ: 9012/UBND-KT.", max_length=60, short=True)
    issued_on = DayField(label="Ngày văn bản")
    content = ProseField(label="Nội dung chỉ đạo", rows=4)
    new_due = DayField(
        label="Hạn mới",
        required=False,
        help_text=f"Nếu UBND tỉnh giao hạn mới; mở một vòng đôn đốc mới. {DATE_EXAMPLE}",
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

    new_due = DayField(label="Hạn được duyệt")
    reason = ProseField(label="Ý kiến", rows=3, required=False)


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

    text = ProseField(
        label="Ý kiến trao đổi", rows=3, help_text="Không phải là quyết định; người tham gia hồ sơ đều đọc được."
    )


class EncloseForm(PlainForm):
    """One file."""

    content = UploadField(label="Tệp kèm theo")


# --- a proposal, a person ---


class ProposalForm(PlainForm):
    """What a unit proposes."""

    unit = PickField(label="Đơn vị đề xuất")
    subject = LineField(label="Đề xuất", max_length=255, help_text="Ví dụ: Thay hai máy in của phòng.")
    content = ProseField(
        label="Nội dung, lý do", rows=8, help_text="Cần gì, để làm việc gì, số lượng, dự kiến kinh phí nếu có."
    )

    def offer(self, units: Iterable[tuple[int, str]], *, own: int | None) -> None:
        """Set the units in whose name the person may propose; one alone is not asked for."""
        pairs = list(units)
        field = self.fields["unit"]
        assert isinstance(field, PickField)  # noqa: S101 -- declared above
        field.offer(pairs, none="")
        field.initial = str(own if own in dict(pairs) else next(iter(dict(pairs)), ""))
        if len(pairs) == 1:
            field.widget = forms.HiddenInput()


class ReassignForm(PlainForm):
    """Who is to handle a step."""

    person = PickField(label="Người xử lý")

    def offer(self, people: Iterable[tuple[int, str]], *, given: bool) -> None:
        """Set who can be chosen; a step that was given to a person can be given back to all who hold its right."""
        field = self.fields["person"]
        assert isinstance(field, PickField)  # noqa: S101 -- declared above
        field.required = not given
        field.offer(people, none="Mọi người có quyền ở bước này" if given else "– Chọn –")
