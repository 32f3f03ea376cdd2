"""What an administrator types: units, people, places, delegations, calendar days, policies."""

from __future__ import annotations

from typing import Any

from django import forms

from workflow.choices import CalendarKind, Capacity, Certainty, Role, UnitKind
from workflow.core.hashchain import Plain
from workflow.core.password import strength_rule
from workflow.core.policyvalue import CHOICE, DAYS, FLAG, NUMBER, PolicyKind
from workflow.forms import DayField, LineField, PickField, PlainForm, ProseField


class WordField(forms.ChoiceField):
    """One of the stored words."""

    def __init__(self, *, label: str, pairs: list[tuple[str, str]], help_text: str = "") -> None:
        """Set the Vietnamese words."""
        super().__init__(
            label=label,
            help_text=help_text,
            choices=[("", "– Chọn –"), *pairs],
            error_messages={
                "required": f"Hãy chọn {label[:1].lower()}{label[1:]}.",
                "invalid_choice": "Lựa chọn này không có trong danh sách. Hãy chọn lại.",
            },
        )


class UnitForm(PlainForm):
    """A new unit."""

    code = LineField(label="Mã", short=True, max_length=40, help_text="Ngắn, không dấu, ví dụ: P-DKKD. Không đổi được.")
    name = LineField(label="Tên đầy đủ", max_length=255)
    abbreviation = LineField(label="Chữ viết tắt trong ký hiệu văn bản", required=False, max_length=30, short=True)
    kind = WordField(label="Loại đơn vị", pairs=list(UnitKind.choices))
    parent_code = forms.ChoiceField(label="Thuộc đơn vị", required=False)
    valid_from = DayField(label="Có từ ngày")
    note = ProseField(label="Ghi chú", rows=2, required=False)


class CloseUnitForm(PlainForm):
    """The end of a unit."""

    closed_on = DayField(label="Ngày hoạt động cuối cùng")
    successor_id = PickField(
        label="Đơn vị kế thừa",
        required=False,
        help_text="Nhận các nhiệm vụ còn mở. Không chọn thì các nhiệm vụ ấy thiếu đơn vị chủ trì.",
    )


class LetterheadForm(PlainForm):
    """How a body names itself on its documents from a day on."""

    parent_name = LineField(
        label="Cơ quan chủ quản", max_length=200, help_text="Ví dụ: UBND tỉnh Khánh Hòa. Khi in tự đổi sang chữ in hoa."
    )
    name = LineField(label="Tên cơ quan trên văn bản", max_length=200, help_text="Ví dụ: Sở Kế hoạch và Đầu tư.")
    abbreviation = LineField(
        label="Chữ viết tắt trong ký hiệu", short=True, max_length=30, help_text="Ví dụ: SKHĐT, như trong 05/SKHĐT-VP."
    )
    place = LineField(label="Địa danh", short=True, max_length=100, help_text="In trước ngày tháng của văn bản.")
    head_title = LineField(label="Chức vụ người đứng đầu", short=True, max_length=100)
    organ_id = LineField(
        label="Mã định danh của cơ quan", required=False, short=True, max_length=35, help_text="Chưa biết thì để trống."
    )
    contact = LineField(label="Địa chỉ, điện thoại, thư điện tử", required=False, max_length=255)
    valid_from = DayField(
        label="Dùng từ ngày", help_text="Văn bản đã phát hành giữ tên lúc phát hành. Ví dụ: 01/03/2025."
    )
    basis = LineField(
        label="Căn cứ", required=False, max_length=255, help_text="Số, ngày văn bản đổi tên hoặc sắp xếp tổ chức."
    )


class PersonForm(PlainForm):
    """A new account."""

    username = LineField(label="Tên đăng nhập", short=True, max_length=150, help_text="Không dấu, không cách.")
    full_name = LineField(label="Họ và tên", max_length=120)
    email = forms.EmailField(
        label="Thư điện tử",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        error_messages={"invalid": "Địa chỉ thư điện tử chưa đúng, ví dụ: ten@khanhhoa.gov.vn."},
    )
    password = forms.CharField(
        label="Mật khẩu ban đầu",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=f"{strength_rule(second_factor=False)} Người dùng phải đổi ở lần đăng nhập đầu tiên.",
        error_messages={"required": "Hãy đặt mật khẩu ban đầu."},
    )


class FirstPasswordForm(PlainForm):
    """A new first password for a person who lost his own."""

    password = forms.CharField(
        label="Mật khẩu tạm",
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=f"{strength_rule(second_factor=False)} Người dùng phải đổi ở lần đăng nhập tới.",
        error_messages={"required": "Hãy đặt mật khẩu tạm.", "max_length": "Mật khẩu quá dài."},
    )


class ReasonForm(PlainForm):
    """Why something that guards an account is taken away."""

    reason = ProseField(label="Lý do", rows=2, max_length=2000)


class ClosePersonForm(PlainForm):
    """The end of an account."""

    closed_on = DayField(label="Nghỉ từ ngày", help_text="Hôm nay hoặc ngày đã qua; từ ngày này không đăng nhập được.")


class AppointForm(PlainForm):
    """A place for a person."""

    unit_id = PickField(label="Đơn vị")
    role = WordField(label="Vai trò", pairs=list(Role.choices))
    position = LineField(label="Chức vụ", max_length=120, help_text="Như in trên văn bản, ví dụ: Trưởng phòng.")
    valid_from = DayField(label="Từ ngày")
    valid_to = DayField(label="Đến hết ngày", required=False, help_text="Để trống khi chưa định ngày kết thúc.")


class EndForm(PlainForm):
    """The last day of a place."""

    ended_on = DayField(label="Ngày cuối cùng giữ vị trí")


class DelegateForm(PlainForm):
    """A power to act in another's place."""

    membership_id = PickField(label="Người ủy quyền, với vị trí")
    delegate_id = PickField(label="Người được ủy quyền")
    capacity = WordField(
        label="Tư cách", pairs=[(value, f"{value} ({label})") for value, label in Capacity.choices if value]
    )
    document_number = LineField(label="Số văn bản ủy quyền", short=True)
    document_date = DayField(label="Ngày văn bản ủy quyền")
    scope = ProseField(label="Nội dung ủy quyền", rows=3)
    valid_from = DayField(label="Từ ngày")
    valid_to = DayField(label="Đến hết ngày")


class RevokeForm(PlainForm):
    """The end of a delegation."""

    revoked_on = DayField(label="Thu hồi từ ngày")


class CalendarDayForm(PlainForm):
    """A day off or a make-up day."""

    day = DayField(label="Ngày")
    kind = WordField(label="Loại", pairs=list(CalendarKind.choices))
    name = LineField(label="Tên ngày", max_length=160, help_text="Ví dụ: Nghỉ bù Quốc khánh.")
    source = LineField(label="Căn cứ", max_length=255, help_text="Số, ngày văn bản công bố.")
    certainty = WordField(label="Mức chắc chắn", pairs=list(Certainty.choices))


class RemoveDayForm(PlainForm):
    """Why a day leaves the calendar."""

    reason = ProseField(label="Lý do", rows=2)


class PolicyForm(PlainForm):
    """A policy's new value; the field for it depends on the kind of value."""

    valid_from = DayField(label="Có hiệu lực từ ngày", help_text="Từ hôm nay trở đi. Ví dụ: 18/11/2022.")
    reason = ProseField(label="Lý do", rows=3)
    field_order = ("value", "begins", "ends", "valid_from", "reason")

    def __init__(self, kind: PolicyKind, value: Plain, *args: object, **kwargs: object) -> None:
        """Make the value's field, beginning from the value in force."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name, field in _value_fields(kind).items():
            self.fields[name] = field
        self.initial.update(_initial(kind, value))
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Make the stored value of what was typed and check it by its kind."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        cleaned["value"] = value = _value_of(self.kind, cleaned)
        fault = self.kind.fault(value)
        if fault:
            self.add_error("value" if "value" in self.fields else "begins", fault)
        return cleaned


def _value_fields(kind: PolicyKind) -> dict[str, forms.Field]:
    if kind.kind == CHOICE:
        return {"value": WordField(label="Giá trị mới", pairs=list(kind.allowed.items()))}
    if kind.kind == FLAG:
        return {"value": WordField(label="Giá trị mới", pairs=[("yes", "Có"), ("no", "Không")])}
    if kind.kind == NUMBER:
        hint = f"Số nguyên từ {kind.least} đến {kind.largest} ({kind.unit})."
        return {"value": LineField(label="Giá trị mới", help_text=hint, short=True, max_length=6)}
    if kind.kind == DAYS:
        hint = f"Các số cách nhau bằng dấu phẩy, từ {kind.least} đến {kind.largest} ({kind.unit}). Ví dụ: 5, 1."
        return {"value": LineField(label="Giá trị mới", help_text=hint, short=True, required=False)}
    return {
        "begins": LineField(label="Từ giờ", help_text="Ví dụ: 08:00.", short=True, max_length=5),
        "ends": LineField(label="Đến giờ", help_text="Ví dụ: 17:00.", short=True, max_length=5),
    }


def _initial(kind: PolicyKind, value: Plain) -> dict[str, object]:
    if isinstance(value, dict):
        return {"begins": value.get("from"), "ends": value.get("to")}
    if isinstance(value, list):
        return {"value": ", ".join(str(item) for item in value)}
    if kind.kind == FLAG:
        return {"value": "yes" if value is True else "no"}
    return {"value": value}


def _value_of(kind: PolicyKind, cleaned: dict[str, Any]) -> Plain:
    if kind.kind == CHOICE:
        return str(cleaned["value"])
    if kind.kind == FLAG:
        return bool(cleaned["value"] == "yes")
    if kind.kind == NUMBER:
        return _number(cleaned["value"])
    if kind.kind == DAYS:
        return [_number(part) for part in cleaned["value"].replace(";", ",").split(",") if part.strip()]
    return {"from": cleaned["begins"].strip(), "to": cleaned["ends"].strip()}


def _number(text: str) -> Plain:
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() else stripped
