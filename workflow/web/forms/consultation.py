"""Asking other bodies, and what they answer."""

from __future__ import annotations

from workflow.forms import DayField, LineField, PickManyField, ProseField
from workflow.queries.candidates import consultable_units
from workflow.queries.taskpage import TaskFacts
from workflow.web.forms.fields import ActForm


class ConsultForm(ActForm):
    """Whom to ask what until when."""

    unit_ids = PickManyField(label="Cơ quan, đơn vị được lấy ý kiến", help_text="Mỗi nơi có một thời hạn riêng.")
    question = ProseField(label="Nội dung lấy ý kiến", rows=4)
    due_on = DayField(label="Hạn trả lời")

    def prepare(self, facts: TaskFacts) -> None:
        """Offer the bodies that are not asked yet and are not the asking unit."""
        asked = {child.unit_id for child in facts.consultations}
        pairs = consultable_units(facts.today, besides=facts.task.unit_id)
        self.fields["unit_ids"].offer(pair for pair in pairs if pair[0] not in asked)  # type: ignore[attr-defined]
        until = facts.task.processing_until
        if until is not None:
            self.fields["due_on"].help_text = f"Ví dụ: 18/11/2022. Thời gian xử lý hồ sơ hết ngày {until:%d/%m/%Y}."


class AnswerForm(ActForm):
    """A paper answer, as văn thư records it."""

    number = LineField(label="Số, ký hiệu văn bản trả lời", short=True, help_text="Ví dụ: 215/STC-ĐT.")
    answered_on = DayField(label="Ngày văn bản trả lời")
    content = ProseField(label="Nội dung trả lời (tóm tắt)", rows=4)
