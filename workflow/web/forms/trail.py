"""What an inspector looks for."""

from __future__ import annotations

from django import forms

from workflow.core.eventname import EVENT_LABELS
from workflow.forms import DayField, LineField, PlainForm


class TrailForm(PlainForm):
    """Filters of the trail; all may stay empty. Names are the address's."""

    nhiem_vu = LineField(label="Mã nhiệm vụ", required=False, max_length=120)
    nguoi = LineField(label="Người", required=False, max_length=120)
    su_kien = forms.ChoiceField(
        label="Sự kiện",
        required=False,
        choices=[("", "Tất cả"), *EVENT_LABELS.items()],
        error_messages={
            "invalid_choice": "Sự kiện này không có trong danh sách.",
        },
    )
    tu_ngay = DayField(label="Từ ngày", required=False, help_text="")
    den_ngay = DayField(label="Đến hết ngày", required=False, help_text="")
