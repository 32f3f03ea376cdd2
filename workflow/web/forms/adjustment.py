"""What bends a deadline: extension, suspension, obstacle."""

from __future__ import annotations

from workflow.forms import DayField, LineField, ProseField
from workflow.web.forms.fields import ActForm


class AskExtensionForm(ActForm):
    """A request for more time."""

    reason = ProseField(label="Lý do xin gia hạn", rows=3)
    wanted_due = DayField(label="Hạn đề nghị")


class SuspendForm(ActForm):
    """The legal ground of a suspension."""

    ground = ProseField(label="Căn cứ tạm dừng", rows=3, help_text="Quy định hoặc nội dung văn bản cho phép tạm dừng.")
    ground_number = LineField(label="Số, ký hiệu văn bản căn cứ", short=True)
    ground_on = DayField(label="Ngày văn bản căn cứ")


class ObstacleForm(ActForm):
    """A difficulty."""

    text = ProseField(label="Khó khăn, vướng mắc", rows=4, help_text="Vướng gì, do đâu, đề nghị ai giải quyết thế nào.")
