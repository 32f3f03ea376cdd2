"""What a rehearsed year's script fixes beforehand: dossiers, UBND tỉnh's assignments, and how consulted bodies behave.

Every subject, number and body's conduct here is invented for the demonstration. Days are MM-DD of the rehearsed year;
one that is a day off moves to the next working day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from workflow.choices import DocumentKind, FlowKind


class Habit(StrEnum):
    """How a consulted body behaves."""

    ON_TIME = "đúng hạn"
    AFTER_FIRST = "sau đôn đốc lần 1"
    AFTER_SECOND = "sau đôn đốc lần 2"
    AFTER_DIRECTION = "sau chỉ đạo của UBND tỉnh"
    SILENT = "không trả lời"
    EXPECTED = "dự thảo đôn đốc còn chờ ký"


@dataclass(frozen=True, slots=True)
class Case:
    """A dossier, or work that UBND tỉnh assigns: opened on a day by a unit, with the bodies that it consults.

    `term` and `answer_term` are working days: for the whole case, and for the bodies' answer, counted from the day on
    which they are asked (`asked_after` working days after the opening).
    """

    key: str
    day: str
    unit: str
    title: str
    term: int
    bodies: tuple[tuple[str, Habit], ...] = ()
    asked_after: int = 1
    answer_term: int = 10


def _dossier(
    number: int, day: str, unit: str, subject: str, term: int, *bodies: tuple[str, Habit], **terms: int
) -> Case:
    title = f"Hồ sơ trình diễn {number:02d}: {subject}"
    return Case(f"HS-{number:02d}", day, unit, title, term, bodies, **terms)


def _assigned(
    number: int, day: str, unit: str, subject: str, term: int, *bodies: tuple[str, Habit], **terms: int
) -> Case:
    title = f"Việc UBND tỉnh giao (trình diễn) {number:02d}: {subject}"
    return Case(f"UB-{number:02d}", day, unit, title, term, bodies, **terms)


DOSSIERS: tuple[Case, ...] = (
    _dossier(
        1,
        "05-09",
        "P-KTDN",
        "chấp thuận chủ trương đầu tư dự án giả định A",
        45,
        ("STC", Habit.ON_TIME),
        ("SXD", Habit.AFTER_FIRST),
        ("STNMT", Habit.AFTER_DIRECTION),
    ),
    _dossier(
        2,
        "06-06",
        "P-DKKD",
        "xác nhận thông tin doanh nghiệp giả định B",
        7,
        ("UBND-NT", Habit.SILENT),
        asked_after=0,
        answer_term=6,
    ),
    _dossier(
        3,
        "06-20",
        "P-DKKD",
        "điều chỉnh giấy chứng nhận giả định C",
        25,
        ("STC", Habit.ON_TIME),
        ("SGTVT", Habit.ON_TIME),
    ),
    _dossier(
        4,
        "07-11",
        "P-DTGS",
        "thẩm định báo cáo giả định D",
        35,
        ("SXD", Habit.ON_TIME),
        ("UBND-CR", Habit.AFTER_SECOND),
    ),
    _dossier(5, "08-01", "P-DKKD", "đăng ký đầu tư giả định E", 30, ("SXD", Habit.ON_TIME)),
    _dossier(6, "08-22", "P-DN", "hỗ trợ hợp tác xã giả định G", 25, ("STNMT", Habit.AFTER_FIRST)),
    _dossier(7, "09-19", "P-KTDN", "điều chỉnh dự án giả định H", 30, ("STC", Habit.ON_TIME), ("SXD", Habit.ON_TIME)),
    _dossier(8, "09-26", "P-DKKD", "liên thông đất đai giả định I", 30, ("UBND-CR", Habit.AFTER_DIRECTION)),
    _dossier(
        9,
        "10-17",
        "P-DTGS",
        "thẩm định dự án giả định K",
        40,
        ("STC", Habit.ON_TIME),
        ("SXD", Habit.AFTER_FIRST),
        ("STNMT", Habit.SILENT),
    ),
    _dossier(
        10,
        "11-01",
        "P-KTDN",
        "gia hạn dự án giả định L",
        30,
        ("STC", Habit.ON_TIME),
        ("UBND-NT", Habit.SILENT),
        answer_term=8,
    ),
    _dossier(11, "11-07", "P-DKKD", "bổ sung ngành nghề giả định M", 25, ("SGTVT", Habit.EXPECTED), answer_term=7),
    _dossier(12, "11-14", "P-DN", "thành lập hợp tác xã giả định N", 20, ("STNMT", Habit.ON_TIME)),
)

ASSIGNED_WORK: tuple[Case, ...] = (
    _assigned(1, "04-25", "P-TH", "rà soát danh mục dự án giả định", 25),
    _assigned(2, "05-16", "P-DN", "góp ý dự thảo văn bản giả định", 15),
    _assigned(3, "06-13", "P-DTGS", "báo cáo giám sát đầu tư giả định", 15),
    _assigned(4, "07-04", "P-TH", "tổng hợp nhu cầu vốn giả định", 25, ("SGTVT", Habit.AFTER_DIRECTION), answer_term=7),
    _assigned(5, "08-08", "TT-XTDT", "tổ chức đối thoại doanh nghiệp giả định", 20),
    _assigned(6, "09-05", "P-KTDN", "đề xuất danh mục giả định", 20, ("STC", Habit.ON_TIME), ("STNMT", Habit.ON_TIME)),
    _assigned(7, "09-26", "P-DN", "báo cáo kinh tế tập thể giả định", 20),
    _assigned(8, "10-10", "P-DTGS", "rà soát vướng mắc dự án giả định", 15),
    _assigned(9, "10-24", "VP", "chuẩn bị tài liệu họp giả định", 25),
    _assigned(10, "10-31", "P-DN", "tổng hợp kiến nghị doanh nghiệp giả định", 20),
    _assigned(11, "11-07", "P-TH", "góp ý quy hoạch giả định", 18, ("SXD", Habit.ON_TIME)),
)

STANDS_UNTIL = "11-22"
"""Until which day stands what the morning shown (21/11) is to find on people's desks."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that a unit writes by itself: drafted on a day, then on its way through everybody's hands.

    `by_order` is signed TL. GIÁM ĐỐC. `by_head`: the unit's head writes it himself. `sent_back_at` names the step that
    sends it back once; `stays_at` the step at which it still lies on the morning shown. `routed`: sent back, it comes
    again with a phiếu trình.
    """

    day: str
    unit: str
    kind: DocumentKind
    subject: str
    recipients: tuple[str, ...]
    by_order: bool = False
    by_head: bool = False
    sent_back_at: str = ""
    stays_at: str = ""
    routed: bool = False


ROOMS = ("Các phòng, đơn vị thuộc Sở",)
OWNER = ("Người nộp hồ sơ (trình diễn)",)
PROVINCE = ("Ủy ban nhân dân tỉnh Khánh Hòa",)

PAPERS: tuple[Paper, ...] = (
    Paper("04-28", "VP", DocumentKind.LETTER, "Cập nhật tiến độ nhiệm vụ tháng 4", ROOMS, by_order=True),
    Paper("05-30", "VP", DocumentKind.LETTER, "Cập nhật tiến độ nhiệm vụ tháng 5", ROOMS, by_order=True),
    Paper("06-14", "P-KTDN", DocumentKind.NOTICE, "Bổ sung thành phần hồ sơ dự án giả định A", OWNER),
    Paper("06-29", "VP", DocumentKind.LETTER, "Cập nhật tiến độ nhiệm vụ quý II", ROOMS, by_order=True),
    Paper("07-27", "P-DTGS", DocumentKind.NOTICE, "Bổ sung thành phần hồ sơ báo cáo giả định D", OWNER),
    Paper("08-30", "VP", DocumentKind.LETTER, "Cập nhật tiến độ nhiệm vụ tháng 8", ROOMS, by_order=True),
    Paper("09-08", "P-DN", DocumentKind.NOTICE, "Bổ sung thành phần hồ sơ giả định G", OWNER, sent_back_at="sign"),
    Paper("09-29", "VP", DocumentKind.LETTER, "Cập nhật tiến độ nhiệm vụ quý III", ROOMS, by_order=True),
    Paper("10-11", "VP", DocumentKind.REPORT, "Tổng hợp kết quả thực hiện nhiệm vụ 9 tháng", PROVINCE),
    Paper(
        "10-26",
        "P-DKKD",
        DocumentKind.NOTICE,
        "Kết quả xử lý hồ sơ giả định I",
        OWNER,
        by_head=True,
        sent_back_at="issue",
    ),
    Paper("11-10", "VP", DocumentKind.LETTER, "Chuẩn bị báo cáo năm", ROOMS, by_order=True, sent_back_at="head"),
    Paper("11-15", "VP", DocumentKind.LETTER, "Cử người dự tập huấn", ROOMS, by_order=True, stays_at="sign_order"),
    Paper("11-15", "P-DKKD", DocumentKind.NOTICE, "Bổ sung thành phần hồ sơ giả định M", OWNER, stays_at="issue"),
    Paper("11-16", "P-TH", DocumentKind.LETTER, "Góp ý quy hoạch giả định", PROVINCE, stays_at="sign"),
    Paper("11-17", "P-KTDN", DocumentKind.NOTICE, "Bổ sung thành phần hồ sơ giả định L", OWNER, stays_at="form"),
    Paper("11-17", "P-DTGS", DocumentKind.NOTICE, "Bổ sung thành phần hồ sơ giả định K", OWNER, stays_at="head"),
    Paper("11-18", "P-DN", DocumentKind.NOTICE, "Tiếp nhận hồ sơ giả định N", OWNER, stays_at="prepare"),
)
"""Documents written by hand in the year; every one says in its text that it is a document of the demonstration."""


class Compiled(StrEnum):
    """What is compiled from the year's own data."""

    PLAN = "kế hoạch"
    BRIEFING = "báo cáo giao ban"
    HALF_YEAR = "báo cáo 6 tháng"
    SUBMISSION = "tờ trình"
    NOTICE = "thông báo kết luận"
    GUIDANCE = "phiếu hướng dẫn"
    SUPPLEMENT = "thông báo bổ sung"
    APOLOGY = "xin lỗi và hẹn lại"


@dataclass(frozen=True, slots=True)
class Compilation:
    """A document that is compiled from data on a day by a unit, of the case with that key where it is of one.

    `by_head`: the unit's head compiles it, as Chánh Văn phòng does what goes over all units. `sent_back_at` names the
    step that sends it back once; then it comes again with a phiếu trình.
    """

    day: str
    unit: str
    what: Compiled
    case: str = ""
    by_head: bool = False
    sent_back_at: str = ""


COMPILATIONS: tuple[Compilation, ...] = (
    Compilation("04-21", "VP", Compiled.PLAN, by_head=True),
    *(
        Compilation(day, "VP", Compiled.BRIEFING, by_head=True)
        for day in ("05-05", "06-03", "07-05", "08-03", "09-06", "10-05", "11-03")
    ),
    Compilation("05-18", "P-TH", Compiled.SUBMISSION, "UB-01"),
    Compilation("06-08", "P-DKKD", Compiled.GUIDANCE, "HS-02"),
    Compilation("06-24", "P-DKKD", Compiled.SUPPLEMENT, "HS-03"),
    Compilation("07-06", "VP", Compiled.HALF_YEAR, by_head=True, sent_back_at="form"),
    Compilation("08-12", "VP", Compiled.NOTICE, "UB-05", by_head=True),
    Compilation("06-14", "P-DKKD", Compiled.APOLOGY, "HS-02"),
)
"""One or more of each kind; a giao ban's report is of the month before."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A unit's proposal (2022 I.2.2): made by its specialist on a day. `refused` by the director; `stays_at` a step."""

    day: str
    unit: str
    subject: str
    content: str
    refused: bool = False
    stays_at: str = ""


WISHES: tuple[Wish, ...] = (
    Wish(
        "05-18",
        "BPMC",
        "Trang bị một máy quét cho Bộ phận Một cửa",
        "Máy quét hiện có hỏng, số hóa hồ sơ chậm (đề xuất trình diễn).",
    ),
    Wish(
        "08-17",
        "TT-XTDT",
        "Thay toàn bộ máy tính của Trung tâm",
        "Máy tính dùng từ năm 2016 (đề xuất trình diễn).",
        refused=True,
    ),
    Wish(
        "11-18",
        "P-TH",
        "Sửa chữa hệ thống họp trực tuyến",
        "Âm thanh phòng họp không ổn định (đề xuất trình diễn).",
        stays_at="head",
    ),
)
"""The year's proposals."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A unit's report on a row of the plan that still lies at a step on the morning shown.

    The unit sets about it on the working day after `day`, whatever its habit.
    """

    day: str
    unit: str
    item: str
    stays_at: str


KEPT: tuple[Kept, ...] = (
    Kept("11-10", "P-KTDN", "II.1.7", "approve"),
    Kept("11-16", "VP", "II.1.11", "leader_check"),
    Kept("11-16", "P-TH", "I.2.3", "check"),
    Kept("11-17", "TT-XTDT", "II.1.5", "submit"),
    Kept("11-17", "BPMC", "I.2.3", "draft"),
)
"""One report at each step, so that whoever signs in on the morning shown finds something on his desk."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A step at which something lies until a day."""

    node: str
    until: date


CLOSED_BY_DIRECTION = frozenset({("HS-02", "UBND-NT")})
"""Consultations that UBND tỉnh's direction closes instead of setting a new deadline."""


@dataclass
class Script:
    """What the scenes have put on the stage so far, for the desks to know."""

    year: int
    tasks: dict[str, int] = field(default_factory=dict)
    """Tasks by the script's key: "HS-01", or "HS-01 STC" for a consulted body."""

    habits: dict[int, Habit] = field(default_factory=dict)
    closed_by_direction: set[int] = field(default_factory=set)
    refused_extensions: set[int] = field(default_factory=set)
    refused_wishes: set[int] = field(default_factory=set)
    papers: dict[int, Paper] = field(default_factory=dict)
    sent_back: set[int] = field(default_factory=set)
    """Documents that came back once."""

    holds: dict[tuple[FlowKind, int], Hold] = field(default_factory=dict)
    promised: dict[int, date] = field(default_factory=dict)
    """Tasks that their unit promised to report on a day, whatever its habit."""

    def day_of(self, text: str) -> date:
        """Return the day of this script's year that MM-DD names."""
        return date.fromisoformat(f"{self.year}-{text}")

    def hold(self, kind: FlowKind, target_id: int, node: str) -> None:
        """Let something lie at a step until the morning shown is over."""
        self.holds[kind, target_id] = Hold(node, self.day_of(STANDS_UNTIL))

    def stays(self, kind: FlowKind, target_id: int, node: str, day: date) -> bool:
        """Tell whether it is to lie at that step on the day."""
        hold = self.holds.get((kind, target_id))
        return hold is not None and hold.node == node and day < hold.until
