"""What a rehearsed year's script fixes beforehand: dossiers, UBND tỉnh's assignments, and how consulted bodies behave.

Every subject, number and body's conduct here is invented for the demonstration. Days are MM-DD of the rehearsed year;
one that is a day off moves to the next working day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


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
    open_obstacles: set[int] = field(default_factory=set)
    promised: dict[int, date] = field(default_factory=dict)
    """Tasks that their unit promised to report on a day, whatever its habit."""

    def day_of(self, text: str) -> date:
        """Return the day of this script's year that MM-DD names."""
        return date.fromisoformat(f"{self.year}-{text}")
