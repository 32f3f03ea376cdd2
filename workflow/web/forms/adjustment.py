"""What bends a deadline: extension, suspension, obstacle."""

from __future__ import annotations

from typing import Any

from workflow.queries.taskpage import TaskFacts
from workflow.web.forms.fields import ActForm, DayField, LineField, ProseField, TwoWayField


class AskExtensionForm(ActForm):
    """A request for more time."""

    reason = ProseField(label="Lý do xin gia hạn", rows=3)
    wanted_due = DayField(label="Hạn đề nghị")


class DecideExtensionForm(ActForm):
    """A leader's decision on it."""

    approve = TwoWayField(label="Quyết định", yes="Đồng ý gia hạn", no="Không đồng ý")
    new_due = DayField(label="Hạn được duyệt", required=False, help_text="Bắt buộc khi đồng ý. Ví dụ: 18/11/2022.")
    reason = ProseField(label="Lý do quyết định", rows=3, required=False, help_text="Bắt buộc khi không đồng ý.")

    def prepare(self, facts: TaskFacts) -> None:
        """Begin from the day that was asked for."""
        if facts.pending_extension is not None:
            self.initial.setdefault("new_due", facts.pending_extension.wanted_due)

    def clean(self) -> dict[str, Any]:
        """Ask for the day when it is approved and for the reason when it is not."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("approve") is True and not cleaned.get("new_due") and "new_due" not in self.errors:
            self.add_error("new_due", "Đồng ý gia hạn thì hãy ghi hạn được duyệt.")
        if cleaned.get("approve") is False and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Không đồng ý thì hãy ghi lý do.")
        return cleaned


class SuspendForm(ActForm):
    """The legal ground of a suspension."""

    ground = ProseField(label="Căn cứ tạm dừng", rows=3, help_text="Quy định hoặc nội dung văn bản cho phép tạm dừng.")
    ground_number = LineField(label="Số, ký hiệu văn bản căn cứ", short=True)
    ground_on = DayField(label="Ngày văn bản căn cứ")


class ObstacleForm(ActForm):
    """A difficulty."""

    text = ProseField(label="Khó khăn, vướng mắc", rows=4, help_text="Vướng gì, do đâu, đề nghị ai giải quyết thế nào.")


class AdviceForm(ActForm):
    """Văn phòng's advice on it."""

    advice = ProseField(label="Ý kiến tham mưu của Văn phòng", rows=4)


class DecideObstacleForm(ActForm):
    """A leader's decision on it."""

    approve = TwoWayField(label="Kết luận", yes="Đồng ý với kiến nghị", no="Không đồng ý")
    decision = ProseField(label="Ý kiến giải quyết", rows=4)
