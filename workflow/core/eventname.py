"""The Vietnamese name of every event of the trail, of the details that a timeline shows, and how dates are said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

EVENT_LABELS: dict[str, str] = {
    "task.create": "Giao nhiệm vụ",
    "task.start": "Bắt đầu thực hiện",
    "task.arm": "Ghi nhận sự kiện, bắt đầu tính hạn",
    "task.report": "Nộp báo cáo",
    "task.return_report": "Trả lại báo cáo",
    "task.review": "Duyệt báo cáo",
    "task.escalate": "Chuyển UBND tỉnh",
    "task.direct": "Ghi ý kiến chỉ đạo",
    "task.direct_close": "Kết thúc theo ý kiến chỉ đạo",
    "task.withdraw_escalation": "Rút báo cáo UBND tỉnh",
    "task.suspend": "Tạm dừng",
    "task.resume": "Tiếp tục",
    "task.cancel": "Hủy nhiệm vụ",
    "task.reopen": "Mở lại nhiệm vụ",
    "task.assign_lead": "Xác định đơn vị chủ trì",
    "task.assign_person": "Phân công người thực hiện",
    "task.note": "Cập nhật tiến độ",
    "task.nudge": "Nhắc nhở trước hạn",
    "task.ask_confirmation": "Hỏi xác nhận hằng tháng",
    "task.quarantine": "Tách riêng vì lỗi khi xét",
    "task.release": "Đưa trở lại bộ máy",
    "task.extend": "Gia hạn",
    "task.move_processing_end": "Đổi ngày hết thời gian xử lý",
    "task.pass_on": "Chuyển cho đơn vị kế thừa",
    "task.recalendar": "Tính lại hạn theo lịch làm việc",
    "report.draft": "Soạn báo cáo",
    "report.check": "Kiểm tra báo cáo, trình Lãnh đạo Sở",
    "report.attach": "Đính kèm tệp",
    "reminder.draft": "Soạn văn bản đôn đốc",
    "reminder.issue": "Phát hành văn bản đôn đốc",
    "reminder.withdraw": "Rút dự thảo đôn đốc",
    "escalation.answered": "Có trả lời trước khi gửi báo cáo UBND tỉnh",
    "escalation.send": "Gửi báo cáo UBND tỉnh",
    "escalation.direction": "Ghi thêm ý kiến chỉ đạo",
    "extension.ask": "Xin gia hạn",
    "extension.refuse": "Không đồng ý gia hạn",
    "obstacle.raise": "Phản ánh vướng mắc",
    "obstacle.advise": "Văn phòng tham mưu về vướng mắc",
    "obstacle.decide": "Giải quyết vướng mắc",
    "document.draft": "Soạn văn bản",
    "document.revise": "Sửa dự thảo văn bản",
    "document.sign": "Ký văn bản",
    "document.sign_digitally": "Ký số văn bản",
    "document.pass_up": "Chuyển văn bản lên Lãnh đạo Sở ký",
    "document.issue": "Phát hành văn bản",
    "document.cancel": "Bỏ dự thảo văn bản",
    "document.restore": "Khôi phục dự thảo văn bản",
    "document.start_replacement": "Soạn văn bản thay thế",
    "document.start_correction": "Soạn công văn đính chính",
    "document.recall": "Thu hồi văn bản",
    "document.ask_pdf": "Yêu cầu lập lại bản PDF",
    "document.export": "Xuất gói edXML của văn bản",
    "proposal.make": "Đề xuất",
    "proposal.decide": "Quyết định đề xuất",
    "proposal.pass_on": "Chuyển đề xuất cho đơn vị kế thừa",
    "approval.decide": "Qua một bước phê duyệt",
    "approval.adopt": "Đưa việc đang dở vào quy trình phê duyệt",
    "approval.comment": "Trao đổi tại bước phê duyệt",
    "approval.enclose": "Kèm tệp tại bước phê duyệt",
    "approval.close": "Đóng hồ sơ phê duyệt, không còn cần",
    "approval.reassign": "Giao bước phê duyệt cho người khác",
    "approval.nudge": "Nhắc bước phê duyệt quá hạn",
    "register.open": "Mở sổ đăng ký văn bản đi",
    "register.print": "Lập bản in sổ đăng ký văn bản đi",
    "letterhead.set": "Đặt tên cơ quan in trên văn bản",
    "plan.import": "Nhập kế hoạch",
    "plan.activate": "Kích hoạt kế hoạch",
    "calendar.set": "Đặt ngày nghỉ, ngày làm bù",
    "calendar.remove": "Bỏ ngày khỏi lịch",
    "calendar.seed": "Nạp lịch nghỉ, làm bù",
    "policy.set": "Đặt chính sách",
    "rule.seed": "Nạp quy tắc",
    "rule.version": "Thay phiên bản quy tắc",
    "unit.open": "Mở đơn vị",
    "unit.close": "Đóng đơn vị",
    "unit.define_set": "Xác định thành viên tập hợp",
    "unit.identify": "Ghi mã định danh của cơ quan",
    "unit.abbreviate": "Đặt chữ viết tắt của đơn vị",
    "person.open": "Mở tài khoản",
    "person.close": "Đóng tài khoản",
    "person.unlock": "Mở khóa đăng nhập",
    "person.reset_password": "Đặt lại mật khẩu",
    "person.reset_factor": "Bỏ xác thực hai bước",
    "person.end_sessions": "Kết thúc mọi phiên đăng nhập",
    "person.letters": "Chọn thư thông báo",
    "person.appoint": "Bổ nhiệm",
    "person.end_membership": "Kết thúc vị trí công tác",
    "person.delegate": "Ủy quyền",
    "person.revoke_delegation": "Thu hồi ủy quyền",
    "grants.sync": "Đồng bộ quyền theo vị trí công tác",
    "login.success": "Đăng nhập",
    "login.failure": "Đăng nhập không thành công",
    "login.end": "Đăng xuất",
    "login.password": "Đổi mật khẩu",
    "login.lock": "Khóa đăng nhập vì nhập sai nhiều lần",
    "login.factor": "Đặt xác thực hai bước",
    "login.drop_factor": "Bỏ xác thực hai bước của mình",
    "login.recovery_codes": "Tạo lại mã dự phòng",
    "login.end_sessions": "Kết thúc phiên đăng nhập của mình",
    "login.expire": "Hết thời gian phiên đăng nhập",
    "login.feed": "Tạo địa chỉ lịch riêng",
    "login.feed_revoke": "Thu hồi địa chỉ lịch riêng",
    "trail.look": "Tra cứu nhật ký",
}
"""Names are dotted English, "what.verb". A test looks for every name that an action records."""

DETAIL_LABELS: dict[str, str] = {
    "reason": "Lý do",
    "note": "Ghi chú",
    "text": "Nội dung",
    "content": "Nội dung",
    "number": "Số văn bản",
    "answer_number": "Số văn bản trả lời",
    "answer_on": "Ngày văn bản trả lời",
    "asked_because": "Lý do xin",
    "restored_because": "Lý do khôi phục",
    "ground_number": "Số văn bản căn cứ",
    "ground_on": "Ngày văn bản căn cứ",
    "started_on": "Tạm dừng từ ngày",
    "advice": "Ý kiến tham mưu",
    "approved": "Đồng ý",
    "has_work": "Có phát sinh",
    "nothing_to_report": "Báo cáo “không có”",
    "name": "Tên",
    "closed_unit": "Đơn vị đã đóng",
    "issued_on": "Ngày văn bản",
    "ordinal": "Lần",
    "version": "Bản",
    "round": "Vòng",
    "month": "Tháng",
    "new_due": "Hạn mới",
    "wanted_due": "Hạn đề nghị",
    "old_due": "Hạn trước đó",
    "ground": "Căn cứ",
    "days_before": "Trước hạn (ngày làm việc)",
    "days_moved": "Số ngày làm việc dời hạn",
    "rule": "Quy tắc",
    "title": "Bước",
    "label": "Quyết định",
    "revision": "Lần ghi",
    "basis": "Căn cứ của quy tắc",
}
"""What everybody who sees the task may read of an event's details; the rest is for the inspector."""

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def event_label(name: str) -> str:
    """Return the event's Vietnamese name; an unknown name as it is, so that nothing is hidden."""
    return EVENT_LABELS.get(name, name)


def event_headline(name: str, details: Mapping[str, object]) -> str:
    """Return what an event says in one line: an approval's step by its own title and what was decided there."""
    title, decided = details.get("title"), details.get("label")
    if name == "approval.decide" and title and decided:
        return f"{title}: {decided}"
    return event_label(name)


def say_date(day: date) -> str:
    """Return a date with its weekday: "thứ Hai ngày 17/10/2022"."""
    return f"{WEEKDAYS[day.weekday()]} ngày {day:%d/%m/%Y}"
