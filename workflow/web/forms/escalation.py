"""Reporting to UBND tỉnh and what it answers."""

from __future__ import annotations

from typing import Any

from django import forms

from workflow.web.forms.fields import ActForm, DayField, LineField, ProseField


class DirectionForm(ActForm):
    """UBND tỉnh's direction."""

    number = LineField(label="Số, ký hiệu văn bản chỉ đạo", short=True, help_text="Ví dụ: 9012/UBND-KT.")
    issued_on = DayField(label="Ngày văn bản")
    content = ProseField(label="Nội dung chỉ đạo", rows=4)
    new_due = DayField(
        label="Hạn mới",
        required=False,
        help_text="Nếu UBND tỉnh giao hạn mới; mở một vòng đôn đốc mới. Ví dụ: 18/11/2022.",
    )
    closes = forms.BooleanField(label="Văn bản chỉ đạo kết thúc nhiệm vụ này", required=False)

    def clean(self) -> dict[str, Any]:
        """A direction sets a new day or closes, not both."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("closes") and cleaned.get("new_due"):
            self.add_error("new_due", "Đã chọn kết thúc nhiệm vụ thì không ghi hạn mới.")
        return cleaned
