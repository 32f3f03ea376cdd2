"""Assigning, arming, opening."""

from __future__ import annotations

from workflow.forms import DayField, LineField, PickField, PlainForm, ProseField
from workflow.queries.candidates import members_of, owing_units
from workflow.queries.taskpage import TaskFacts
from workflow.web.forms.fields import ActForm


class AssignPersonForm(ActForm):
    """Who in the unit handles the task."""

    person_id = PickField(label="Người xử lý")

    def prepare(self, facts: TaskFacts) -> None:
        """Offer the unit's people."""
        self.fields["person_id"].offer(members_of(facts.task, facts.today))  # type: ignore[attr-defined]
        self.initial.setdefault("person_id", facts.task.assignee_id)


class AssignLeadForm(ActForm):
    """Which unit leads the task."""

    unit_id = PickField(label="Đơn vị chủ trì")

    def prepare(self, facts: TaskFacts) -> None:
        """Offer the units that may lead."""
        self.fields["unit_id"].offer(owing_units(facts.today))  # type: ignore[attr-defined]
        self.initial.setdefault("unit_id", facts.task.unit_id)


class ArmForm(ActForm):
    """The document of the awaited event."""

    event_number = LineField(label="Số, ký hiệu văn bản của sự kiện", short=True, help_text="Ví dụ: 1186/QĐ-UBND.")
    event_on = DayField(label="Ngày văn bản")


class ProvinceTaskForm(PlainForm):
    """A task that UBND tỉnh assigned."""

    title = ProseField(label="Việc phải làm", rows=3, help_text="Ghi theo văn bản giao việc.")
    unit_id = PickField(label="Đơn vị chủ trì")
    number = LineField(label="Số, ký hiệu văn bản của UBND tỉnh", short=True)
    issued_on = DayField(label="Ngày văn bản")
    due_on = DayField(label="Hạn UBND tỉnh giao")


class DossierForm(PlainForm):
    """A dossier of an administrative procedure."""

    code = LineField(label="Mã hồ sơ", short=True, max_length=100, help_text="Theo phiếu tiếp nhận.")
    title = ProseField(label="Tên thủ tục, nội dung hồ sơ", rows=2)
    unit_id = PickField(label="Đơn vị thụ lý")
    processing_until = DayField(label="Ngày hết thời gian xử lý", help_text="Theo phiếu tiếp nhận. Ví dụ: 18/11/2022.")
