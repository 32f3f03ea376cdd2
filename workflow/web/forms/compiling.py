"""What is asked before a document is compiled from data: a month, a plan, or the few words that no table knows."""

from __future__ import annotations

from datetime import date

from workflow.forms import DayField, LineField, PickField, PlainForm, ProseField

MONTHS_OFFERED = 12
HALF, YEAR = 6, 12
REMARKS_HELP = "Để trống thì dự thảo ghi rõ phần này do Văn phòng Sở bổ sung; sửa được trước khi trình."


def month_of(number: int) -> date:
    """Return the first day of the month that a form names as 202210."""
    year, month = divmod(number, 100)
    return date(year, month, 1)


class BriefingForm(PlainForm):
    """The month of the giao ban."""

    month = PickField(label="Tháng", help_text="Tháng đang chạy thì số liệu tính đến hôm nay.")
    remarks = ProseField(
        label="Nhận xét, nguyên nhân, phương án giải quyết", help_text=REMARKS_HELP, required=False, rows=4
    )

    def offer_months(self, today: date) -> None:
        """Offer this month and the eleven before it."""
        first = today.replace(day=1)
        pairs = []
        for _number in range(MONTHS_OFFERED):
            pairs.append((first.year * 100 + first.month, f"Tháng {first.month:02d}/{first.year}"))
            first = date(first.year - 1, 12, 1) if first.month == 1 else first.replace(month=first.month - 1)
        self.fields["month"].offer(pairs, none="")  # type: ignore[attr-defined]


class PeriodForm(PlainForm):
    """The plan, and whether half its year or all of it."""

    plan = PickField(label="Kế hoạch")
    period = PickField(label="Kỳ báo cáo")
    remarks = ProseField(label="Nhận xét, khó khăn, kiến nghị", help_text=REMARKS_HELP, required=False, rows=4)

    def offer_plans(self, pairs: list[tuple[int, str]]) -> None:
        """Offer the plans and the two periods."""
        self.fields["plan"].offer(pairs, none="")  # type: ignore[attr-defined]
        self.fields["period"].offer([(HALF, "6 tháng đầu năm"), (YEAR, "Cả năm")], none="")  # type: ignore[attr-defined]


class PlanForm(PlainForm):
    """The plan that is to become a document."""

    plan = PickField(label="Kế hoạch")

    def offer_plans(self, pairs: list[tuple[int, str]]) -> None:
        """Offer the plans."""
        self.fields["plan"].offer(pairs, none="")  # type: ignore[attr-defined]


class SubmissionForm(PlainForm):
    """What a tờ trình proposes."""

    proposal = ProseField(label="Nội dung đề nghị", help_text="Ghi cụ thể điều đề nghị xem xét, quyết định.")


class NoticeForm(PlainForm):
    """What a thông báo tells."""

    conclusions = ProseField(label="Nội dung kết luận", help_text="Mỗi dòng một ý; số thứ tự được đánh khi lập.")


class RoutingForm(PlainForm):
    """The drafter's part of a phiếu trình."""

    summary = ProseField(label="Tóm tắt nội dung, lý do trình", rows=4)
    proposal = LineField(label="Đề xuất", max_length=500)


class MissingPapersForm(PlainForm):
    """Which papers are missing from a dossier."""

    applicant = LineField(label="Tên người nộp hồ sơ", max_length=200)
    received_on = DayField(
        label="Ngày tiếp nhận", help_text="Để trống thì lấy ngày mở hồ sơ trên hệ thống.", required=False
    )
    missing = ProseField(label="Giấy tờ còn thiếu, cần bổ sung", help_text="Mỗi dòng một loại giấy tờ.", rows=5)
    reason = ProseField(label="Lý do", required=False, rows=3)
    return_by = DayField(label="Nộp lại trước hoặc trong ngày", required=False)


class ApologyForm(PlainForm):
    """The reason of a delay and the new date."""

    applicant = LineField(label="Tên người nộp hồ sơ", max_length=200)
    received_on = DayField(
        label="Ngày tiếp nhận", help_text="Để trống thì lấy ngày mở hồ sơ trên hệ thống.", required=False
    )
    reason = ProseField(label="Lý do chậm", rows=3)
    new_date = DayField(label="Ngày hẹn trả lại", help_text="Một ngày làm việc sau ngày đã hẹn. Ví dụ: 18/11/2022.")
