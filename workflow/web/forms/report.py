"""Reports, checks, notes."""

from __future__ import annotations

from typing import Any

from django import forms

from workflow.forms import ProseField, TwoWayField, UploadField
from workflow.queries.taskpage import TaskFacts
from workflow.web.forms.fields import ActForm


class DraftForm(ActForm):
    """A report as it is written."""

    content = ProseField(
        label="Nội dung báo cáo",
        rows=10,
        required=False,
        help_text="Đã làm gì, kết quả thế nào, còn vướng gì. Bắt buộc, trừ khi báo cáo “không có”.",
    )
    nothing_to_report = forms.BooleanField(
        label="Không có nội dung phát sinh trong kỳ (báo cáo “không có”)", required=False
    )
    evidence = ProseField(
        label="Kết quả, sản phẩm, văn bản chứng minh",
        rows=3,
        required=False,
        help_text="Ghi số, ngày văn bản hoặc tên sản phẩm mà cột Kết quả/Sản phẩm yêu cầu.",
    )

    def prepare(self, facts: TaskFacts) -> None:
        """Begin from the draft, or from the version that was returned; tell which product the row names."""
        start = facts.draft or next(iter(facts.reports), None)
        if start is not None:
            self.initial = {
                "content": start.content,
                "nothing_to_report": start.nothing_to_report,
                "evidence": start.evidence,
                **self.initial,
            }
        if facts.is_consultation:
            self._ask_an_opinion()
        elif facts.task.product:
            self.fields[
                "evidence"
            ].help_text = f"Bắt buộc ghi hoặc đính kèm tệp. Kế hoạch yêu cầu: {facts.task.product}"

    def _ask_an_opinion(self) -> None:
        """Say it in the words of a body that is asked for its opinion, not of a unit that reports."""
        content, evidence = self.fields["content"], self.fields["evidence"]
        content.label, content.help_text = "Nội dung trả lời", "Bắt buộc, trừ khi thống nhất và không có ý kiến khác."
        self.fields["nothing_to_report"].label = "Thống nhất, không có ý kiến khác"
        evidence.label, evidence.help_text = "Văn bản kèm theo", "Ghi số, ngày văn bản trả lời, nếu có."

    def clean(self) -> dict[str, Any]:
        """Ask for a text unless there is nothing to report."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("content", "").strip() and not cleaned.get("nothing_to_report") and not self.errors:
            text, tick = self.fields["content"].label, self.fields["nothing_to_report"].label
            self.add_error("content", f"Hãy ghi {str(text).lower()}, hoặc đánh dấu “{tick}”.")
        return cleaned


class AttachForm(ActForm):
    """One file."""

    content = UploadField(label="Tệp đính kèm")


class NoteForm(ActForm):
    """Progress, at any time."""

    text = ProseField(label="Tiến độ", rows=4, help_text="Việc đã làm đến hôm nay. Không cần ai duyệt.")


class ConfirmForm(ActForm):
    """The monthly confirmation of standing work."""

    has_work = TwoWayField(label="Trong tháng có phát sinh việc này không?", yes="Có phát sinh", no="Không phát sinh")
    text = ProseField(label="Nội dung", rows=4, required=False, help_text="Bắt buộc khi có phát sinh.")

    def clean(self) -> dict[str, Any]:
        """Ask for a text when there was work."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("has_work") and not cleaned.get("text", "").strip():
            self.add_error("text", "Có phát sinh thì hãy ghi nội dung đã làm.")
        return cleaned


class ReasonForm(ActForm):
    """A reason and nothing else."""

    reason = ProseField(label="Lý do", rows=3)
