"""Every word that is stored in the database, with the Vietnamese word that a person sees."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices


class UnitKind(TextChoices):
    """What a unit is; taken from the plans' own list of units."""

    DEPARTMENT = "so", "Sở"
    LEADERSHIP = "lanh_dao", "Lãnh đạo"
    OFFICE = "van_phong", "Văn phòng"
    DIVISION = "phong", "Phòng"
    CENTRE = "trung_tam", "Trung tâm"
    SECTION = "bo_phan", "Bộ phận"
    ASSOCIATION = "doan_the", "Đoàn thể"
    ROLE = "vai_tro", "Vai trò"
    COLLECTIVE = "tap_hop", "Tập hợp đơn vị"
    PROVINCE = "ubnd", "UBND tỉnh"
    OUTSIDE = "co_quan_ngoai", "Cơ quan ngoài Sở"
    PLACE = "dia_phuong", "Địa phương"
    PUBLIC = "doi_tuong_phuc_vu", "Đối tượng phục vụ"
    SYSTEM = "he_thong", "Hệ thống"


INTERNAL_KINDS = frozenset(
    {
        UnitKind.DEPARTMENT,
        UnitKind.LEADERSHIP,
        UnitKind.OFFICE,
        UnitKind.DIVISION,
        UnitKind.CENTRE,
        UnitKind.SECTION,
        UnitKind.ASSOCIATION,
    }
)
"""Kinds that may lead a task inside the department."""

SET_KINDS = frozenset({UnitKind.COLLECTIVE, UnitKind.ROLE})
"""Kinds that stand for other units and are resolved when a plan is activated."""


class Role(TextChoices):
    """What a person is in a unit (domain.md section 6)."""

    SPECIALIST = "specialist", "Chuyên viên"
    UNIT_HEAD = "unit_head", "Trưởng đơn vị"
    OFFICE_REVIEWER = "office_reviewer", "Chuyên viên Văn phòng"
    OFFICE_CHIEF = "office_chief", "Chánh Văn phòng"
    CLERK = "clerk", "Văn thư"
    LEADER = "leader", "Lãnh đạo Sở"
    OBSERVER = "observer", "Người theo dõi"
    INSPECTOR = "inspector", "Thanh tra"
    EXTERNAL = "external", "Cơ quan được lấy ý kiến"
    ADMIN = "admin", "Quản trị"


class Capacity(TextChoices):
    """In what capacity an act is done (NĐ 30/2020/NĐ-CP Điều 13)."""

    OWN = "", "Trực tiếp"
    KT = "KT.", "Ký thay"
    TL = "TL.", "Thừa lệnh"
    TUQ = "TUQ.", "Thừa ủy quyền"


class TaskState(TextChoices):
    """The states of a task (domain.md section 2)."""

    ASSIGNED = "assigned", "Đã giao"
    IN_PROGRESS = "in_progress", "Đang thực hiện"
    REPORTED = "reported", "Đã báo cáo"
    REVIEWED = "reviewed", "Đã duyệt"
    ESCALATED = "escalated", "Đã chuyển UBND tỉnh"
    WAITING_EVENT = "waiting_event", "Chờ sự kiện"
    SUSPENDED = "suspended", "Tạm dừng"
    CANCELLED = "cancelled", "Đã hủy"


CLOCK_STATES = (TaskState.ASSIGNED, TaskState.IN_PROGRESS)
"""The states in which the owing unit's clock runs and the ladder may act."""

CLOSED_STATES = (TaskState.REVIEWED, TaskState.CANCELLED)
"""The states in which nothing more is owed."""

OPEN_STATES = tuple(state for state in TaskState if state not in CLOSED_STATES)


class TaskKind(TextChoices):
    """What sort of duty a task is."""

    PLAN = "plan", "Nhiệm vụ kế hoạch"
    REPORT = "report", "Báo cáo định kỳ"
    SUPPORT = "support", "Phối hợp"
    HANDOFF = "handoff", "Bước tiếp theo"
    CONSULTATION = "consultation", "Lấy ý kiến"
    DOSSIER = "dossier", "Hồ sơ TTHC"
    PROVINCE = "province", "Việc UBND tỉnh giao"


class TaskOrigin(TextChoices):
    """Where a task comes from; it decides which ladder its consultations stand on."""

    PLAN = "plan", "Kế hoạch của Sở"
    PROVINCE = "province", "UBND tỉnh giao"
    PROCEDURE = "procedure", "Thủ tục hành chính"


class Ladder(TextChoices):
    """Which of the three ladders chases a task (domain.md section 3)."""

    A = "A", "Thang A: đơn vị thuộc Sở"
    B = "B", "Thang B: cơ quan được lấy ý kiến (TTHC, việc của Sở)"
    C = "C", "Thang C: cơ quan được lấy ý kiến (việc UBND tỉnh giao)"


class RuleEffect(TextChoices):
    """What a rule makes the engine do, or allows a person to do."""

    NUDGE = "nudge", "Nhắc nhở trước hạn"
    REMIND = "remind", "Văn bản đôn đốc"
    ESCALATE = "escalate", "Báo cáo UBND tỉnh"
    ALLOW_EARLY = "allow_early", "Cho phép báo cáo UBND tỉnh sớm"
    CONFIRM = "confirm", "Hỏi xác nhận hằng tháng"
    OPEN_DUTY = "open_duty", "Mở báo cáo định kỳ"


class ReportStatus(TextChoices):
    """Where one version of a report stands."""

    DRAFT = "draft", "Bản thảo"
    SUBMITTED = "submitted", "Đã nộp"
    ACCEPTED = "accepted", "Đã nhận"
    RETURNED = "returned", "Trả lại"
    WITHDRAWN = "withdrawn", "Đã rút"


class ReminderStatus(TextChoices):
    """Where a written reminder stands; only an issued one counts."""

    DRAFT = "draft", "Dự thảo"
    ISSUED = "issued", "Đã phát hành"
    WITHDRAWN = "withdrawn", "Đã rút"


class EscalationStatus(TextChoices):
    """Where the duty to report to UBND tỉnh stands."""

    DUTY = "duty", "Phải báo cáo"
    SENT = "sent", "Đã gửi, chờ ý kiến"
    DIRECTED = "directed", "Đã có ý kiến chỉ đạo"
    ANSWERED = "answered", "Đã có trả lời trước khi gửi"
    WITHDRAWN = "withdrawn", "Đã rút"


class RequestStatus(TextChoices):
    """Where an extension or an obstacle stands."""

    PENDING = "pending", "Chờ quyết định"
    APPROVED = "approved", "Đồng ý"
    REFUSED = "refused", "Không đồng ý"
    WITHDRAWN = "withdrawn", "Đã rút"


class DocumentKind(TextChoices):
    """Kinds of issued documents; the value is the abbreviation of NĐ 30/2020 Phụ lục III (công văn has none)."""

    LETTER = "CV", "Công văn"
    REPORT = "BC", "Báo cáo"
    NOTICE = "TB", "Thông báo"
    SUBMISSION = "TTr", "Tờ trình"
    PLAN = "KH", "Kế hoạch"
    ROUTING_SLIP = "PTr", "Phiếu trình"
    GUIDANCE_SLIP = "PHD", "Phiếu hướng dẫn hoàn thiện hồ sơ"
    SUPPLEMENT_NOTICE = "TBBS", "Thông báo bổ sung hồ sơ"
    APOLOGY = "PXL", "Văn bản xin lỗi và hẹn lại ngày trả kết quả"


INTERNAL_FORMS = frozenset(
    {
        DocumentKind.ROUTING_SLIP,
        DocumentKind.GUIDANCE_SLIP,
        DocumentKind.SUPPLEMENT_NOTICE,
        DocumentKind.APOLOGY,
    }
)
"""Internal and one-stop forms: NĐ 30/2020 Điều 7 does not list them, so their abbreviation is house practice."""

ADDRESSED_KINDS = frozenset({DocumentKind.LETTER, DocumentKind.REPORT, DocumentKind.SUBMISSION, *INTERNAL_FORMS})
"""Kinds that may say "Kính gửi": công văn, tờ trình, a report to a higher body (Phụ lục I Mục II.9), and the forms."""


class DocumentStatus(TextChoices):
    """Where a document stands."""

    DRAFT = "draft", "Dự thảo"
    ISSUED = "issued", "Đã phát hành"
    CANCELLED = "cancelled", "Đã bỏ dự thảo"


class Urgency(IntegerChoices):
    """How soon a document must arrive (NĐ 30/2020 Phụ lục I ô 10b); the value is the Priority of edXML."""

    NORMAL = 0, "Thường"
    URGENT = 1, "Khẩn"
    VERY_URGENT = 2, "Thượng khẩn"
    EXPRESS = 3, "Hỏa tốc"


class Circulation(TextChoices):
    """How far a document may go (NĐ 30/2020 Phụ lục I ô 11); the label is printed in capitals."""

    UNLIMITED = "", "Không giới hạn"
    INTERNAL = "noi_bo", "Lưu hành nội bộ"
    TO_RETURN = "xem_xong_tra_lai", "Xem xong trả lại"


class LinkKind(TextChoices):
    """What an issued document does to an earlier one (NĐ 30/2020 Điều 18)."""

    REPLACES = "replaces", "Thay thế"
    CORRECTS = "corrects", "Đính chính"
    REMINDS = "reminds", "Đôn đốc"


class SignatureRole(TextChoices):
    """Whose digital signature a PDF carries; the organisation's comes only after the signer's (Điều 32)."""

    SIGNER = "signer", "Người có thẩm quyền"
    ORGANISATION = "organisation", "Cơ quan"


class Certainty(TextChoices):
    """How sure a fact of the calendar is."""

    CONFIRMED = "confirmed", "Đã xác nhận"
    PROVISIONAL = "provisional", "Tạm tính"


class CalendarKind(TextChoices):
    """What a row of the calendar says of its day."""

    OFF = "off", "Ngày nghỉ"
    MAKEUP = "makeup", "Ngày làm bù"


class NotificationKind(TextChoices):
    """Why a person is told something."""

    NUDGE = "nudge", "Nhắc nhở"
    REMINDER = "reminder", "Đôn đốc"
    ESCALATION = "escalation", "Chuyển UBND tỉnh"
    REPORT = "report", "Báo cáo"
    DECISION = "decision", "Quyết định"
    CONFIRM = "confirm", "Đề nghị xác nhận"
    SYSTEM = "system", "Hệ thống"


URGENT_KINDS = frozenset({NotificationKind.ESCALATION})
"""What is told by e-mail at once, of every such message; others are marked one by one (đôn đốc lần 2, the account)."""


LAST_REMINDER = 2
"""The written reminder after which UBND tỉnh is told; it is urgent."""


class LetterKind(TextChoices):
    """Which e-mail: the day's digest, or what could not wait for it."""

    DIGEST = "digest", "Thư tổng hợp"
    URGENT = "urgent", "Thư gấp"


class Gate(TextChoices):
    """What a person must do before the pages open, once signed in."""

    FACTOR = "factor", "Đặt xác thực hai bước"
    PASSWORD = "password", "Đặt mật khẩu mới"


class RowChange(TextChoices):
    """How a row of a plan compares with the former year's."""

    UNCHANGED = "unchanged", "Giữ nguyên"
    CHANGED = "changed", "Thay đổi"
    PARTLY = "partly_comparable", "Chỉ đối chiếu được một phần"
    DROPPED = "dropped", "Không còn"
    NEW = "new", "Mới"


class HandedBy(IntegerChoices):
    """How a task reached its present unit."""

    PLAN = 0, "Theo kế hoạch"
    SUCCESSION = 1, "Đơn vị kế thừa"
    ASSIGNMENT = 2, "Được giao"


class FlowKind(TextChoices):
    """What passes through an approval flow; the target is the task, document, duty or request of that kind."""

    REPORT = "report", "Duyệt báo cáo kết quả"
    DOCUMENT = "document", "Phát hành văn bản"
    ESCALATION = "escalation", "Báo cáo UBND tỉnh"
    EXTENSION = "extension", "Gia hạn"
    OBSTACLE = "obstacle", "Giải quyết vướng mắc"
    PROPOSAL = "proposal", "Đề xuất"
