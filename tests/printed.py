"""Sample papers, and a printed page read back: letters with their places, lines, rules and frames."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from io import BytesIO

import pdfplumber

from workflow.adapters.pdf import print_paper
from workflow.core.paper import CIRCULATION, DRAFTER_MARK, AppendixPaper, Head, Paper

MM = 72 / 25.4
"""Points in a millimetre."""

GAP = 15.0
"""Letters of one height further apart than this many points stand in different columns."""

HEAD = Head(
    parent_name="UBND tỉnh Khánh Hòa",
    name="Sở Kế hoạch và Đầu tư",
    abbreviation="SKHĐT",
    place="Khánh Hòa",
    contact="Địa chỉ: số 01 đường Mẫu, thành phố Nha Trang, tỉnh Khánh Hòa; thư điện tử: mau@vi-du.gov.vn",
)
LETTER = Paper(
    kind="CV",
    kind_label="Công văn",
    head=HEAD,
    symbol="SKHĐT-VP",
    number="05/SKHĐT-VP",
    issued_on=date(2022, 10, 17),
    subject="đôn đốc lần 1 việc tham gia ý kiến đối với hồ sơ đề nghị chấp thuận chủ trương đầu tư",
    body=(
        "Ngày 03 tháng 10 năm 2022, Sở Kế hoạch và Đầu tư có Công văn số 1205/SKHĐT-VP đề nghị Quý cơ quan tham gia ý "
        "kiến đối với hồ sơ đề nghị chấp thuận chủ trương đầu tư của tổ chức, doanh nghiệp trên địa bàn thị xã Ninh "
        "Hòa.\nĐến nay, Sở Kế hoạch và Đầu tư chưa nhận được văn bản tham gia ý kiến của Quý cơ quan.\n"
        "Đề nghị Quý cơ quan khẩn trương có ý kiến bằng văn bản, gửi Sở Kế hoạch và Đầu tư trước ngày 20 tháng 10 năm "
        "2022 để tổng hợp, trình cấp có thẩm quyền theo quy định."
    ),
    recipients=("Sở Xây dựng",),
    copies=("Lãnh đạo Sở (để báo cáo)", "Phòng Đăng ký kinh doanh"),
    keeper="VP",
    urgency=1,
    signer_name="Nguyễn Văn Mẫu Ưỡn",
    signer_title="TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG",
    facts={CIRCULATION: "xem_xong_tra_lai", DRAFTER_MARK: "PL.(300)"},
)
INSIDE = {CIRCULATION: "noi_bo", DRAFTER_MARK: "PL.(40)"}
TABLE = AppendixPaper(
    title="Danh mục nhiệm vụ chậm hạn năm 2022",
    columns=(("Stt", 6), ("Nhiệm vụ", 40), ("Đơn vị chủ trì", 20), ("Thời hạn", 14), ("Kết quả", 20)),
    rows=(
        ("I. CẢI CÁCH THỂ CHẾ",),
        *(
            (str(number), f"Rà soát, kiến nghị sửa đổi văn bản thứ {number}", "Văn phòng Sở", "Trước 15/12", "Đã xong")
            for number in range(1, 41)
        ),
    ),
    landscape=True,
)
STORY = AppendixPaper(
    title="Diễn biến đôn đốc", body="1. Ngày 03 tháng 10 năm 2022 gửi hồ sơ.\n2. Ngày 17 tháng 10 năm 2022 đôn đốc."
)
REPORT = replace(
    LETTER,
    kind="BC",
    kind_label="Báo cáo",
    symbol="BC-SKHĐT",
    number="08/BC-SKHĐT",
    issued_on=date(2022, 2, 7),
    subject="Việc Sở Xây dựng chậm tham gia ý kiến đối với hồ sơ đề nghị chấp thuận chủ trương đầu tư",
    body=(
        "I. KẾT QUẢ THỰC HIỆN\n1. Công tác chỉ đạo, điều hành\n"
        "Sở Kế hoạch và Đầu tư đã ban hành đầy đủ văn bản triển khai, phân công nhiệm vụ cho từng phòng, đơn vị và "
        "theo dõi hằng tháng theo Kế hoạch số 1186/KH-SKHĐT ngày 19 tháng 4 năm 2022 (chi tiết tại Phụ lục I).\n"
        "a) Văn phòng Sở chủ trì 12 nhiệm vụ, hoàn thành 11 nhiệm vụ;\nđ) Các phòng khác hoàn thành 05 nhiệm vụ.\n"
        "2. Tồn tại, hạn chế\n- Sở Xây dựng chưa có ý kiến sau 02 lần đôn đốc (Phụ lục II).\nII. KIẾN NGHỊ\n"
        "Kính đề nghị UBND tỉnh chỉ đạo Sở Xây dựng khẩn trương có ý kiến để Sở Kế hoạch và Đầu tư tổng hợp, trình "
        "UBND tỉnh xem xét, quyết định theo quy định./."
    ),
    recipients=("UBND tỉnh Khánh Hòa",),
    urgency=0,
    signer_title="KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC",
    appendices=(TABLE, STORY),
)
GROUNDS = (
    "Căn cứ Luật Đầu tư ngày 17 tháng 6 năm 2020",
    "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư.",
)
SUBMISSION = replace(
    REPORT,
    kind="TTr",
    kind_label="Tờ trình",
    symbol="TTr-SKHĐT",
    number="12/TTr-SKHĐT",
    issued_on=date(2022, 1, 5),
    subject="Về việc phê duyệt Kế hoạch cải cách hành chính năm 2022",
    recipients=("UBND tỉnh Khánh Hòa", "Sở Nội vụ tỉnh Khánh Hòa"),
    grounds=GROUNDS,
    urgency=2,
    signer_title="GIÁM ĐỐC",
    appendices=(),
)
NOTICE = replace(
    SUBMISSION,
    kind="TB",
    kind_label="Thông báo",
    symbol="TB-SKHĐT",
    number="15/TB-SKHĐT",
    subject="Kết luận giao ban tháng 10 năm 2022",
    issued_on=date(2022, 10, 28),
    recipients=(),
    copies=("Các phòng, đơn vị thuộc Sở",),
    grounds=(),
    urgency=3,
    facts=INSIDE,
    signer_title="TUQ. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG",
)
PLAN = replace(
    SUBMISSION,
    kind="KH",
    kind_label="Kế hoạch",
    symbol="KH-SKHĐT",
    number="1186/KH-SKHĐT",
    issued_on=date(2022, 4, 19),
    subject="Cải cách hành chính năm 2022",
    recipients=(),
    copies=("UBND tỉnh (để báo cáo)", "Các phòng, đơn vị thuộc Sở"),
    urgency=0,
    facts=INSIDE,
    appendices=(TABLE,),
)
PAPERS = {paper.kind: paper for paper in (LETTER, REPORT, SUBMISSION, NOTICE, PLAN)}


def drafted(paper: Paper) -> Paper:
    """Return the paper as it looks before anybody signed or issued it."""
    return replace(paper, number="", issued_on=None, signer_name="")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter on a page, in points from the upper left corner; `baseline` is what it stands on."""

    text: str
    face: str
    size: float
    left: float
    right: float
    top: float
    bottom: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Line:
    """Letters that stand on one baseline in one column."""

    page: int
    letters: tuple[Letter, ...]

    @property
    def text(self) -> str:
        """What the line says, NFC, single blanks."""
        return " ".join("".join(letter.text for letter in self.letters).split())

    @property
    def left(self) -> float:
        """Where its first letter begins."""
        return self.letters[0].left

    @property
    def right(self) -> float:
        """Where its last letter ends."""
        return self.letters[-1].right

    @property
    def baseline(self) -> float:
        """What it stands on, from the top of the page."""
        return self.letters[0].baseline

    @property
    def width(self) -> float:
        """From its first letter to its last."""
        return self.right - self.left

    @property
    def middle(self) -> float:
        """Half way between its ends."""
        return (self.left + self.right) / 2

    @property
    def size(self) -> float:
        """Size of its letters in points."""
        return self.letters[0].size

    @property
    def face(self) -> str:
        """The one face of its letters: "", "Bold", "Italic", "Bold-Italic"; more than one are joined by "/"."""
        return "/".join(sorted({letter.face for letter in self.letters if letter.text.strip()}))


@dataclass(frozen=True, slots=True)
class Stroke:
    """A rule or one edge of a frame: a filled box; `color` as red, green, blue."""

    page: int
    left: float
    right: float
    top: float
    bottom: float
    color: tuple[float, ...]

    @property
    def width(self) -> float:
        """From end to end."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Printed:
    """A file read back."""

    content: bytes
    sizes: tuple[tuple[float, float], ...]
    letters: tuple[tuple[Letter, ...], ...]
    strokes: tuple[Stroke, ...]
    lines: tuple[Line, ...]

    def find(self, text: str, *, page: int | None = None) -> Line:
        """Return the first line that has the text.

        :raises LookupError: when none has it.
        """
        for line in self.lines:
            if text in line.text and page in (None, line.page):
                return line
        raise LookupError(text)

    def has(self, text: str) -> bool:
        """Tell whether some line has the text."""
        return any(text in line.text for line in self.lines)

    def below(self, line: Line, *, page: int | None = None) -> Line:
        """Return the next line below, in whatever column."""
        wanted = line.page if page is None else page
        return min(
            (other for other in self.lines if other.page == wanted and other.baseline > line.baseline + 1),
            key=lambda other: other.baseline,
        )

    def rules(self, page: int = 0) -> list[Stroke]:
        """Return the rules of a page from top to bottom."""
        found = [stroke for stroke in self.strokes if stroke.page == page and stroke.height < 1.2]
        return sorted(found, key=lambda stroke: stroke.top)

    def rule_under(self, line: Line) -> Stroke:
        """Return the rule just below a line.

        :raises LookupError: when there is none within 6 points.
        """
        for rule in self.rules(line.page):
            if 0 < rule.top - line.baseline < 8 and rule.left < line.middle < rule.right:
                return rule
        raise LookupError(f"không có đường kẻ dưới {line.text}")

    @property
    def text(self) -> str:
        """All that it says, line by line from top to bottom, in one string with single blanks."""
        return " ".join(line.text for line in self.lines)


def read(content: bytes) -> Printed:
    """Read a PDF back with pdfplumber, a program that has no part in the printing."""
    with pdfplumber.open(BytesIO(content)) as file:
        letters = tuple(tuple(_letter(char, page.height) for char in page.chars) for page in file.pages)
        strokes = tuple(
            Stroke(number, box["x0"], box["x1"], box["top"], box["bottom"], _rgb(box["non_stroking_color"]))
            for number, page in enumerate(file.pages)
            for box in page.rects
        )
        sizes = tuple((float(page.width), float(page.height)) for page in file.pages)
    lines = [line for number, found in enumerate(letters) for line in _lines(number, found)]
    return Printed(content, sizes, letters, strokes, tuple(lines))


def _rgb(color: object) -> tuple[float, ...]:
    return tuple(float(part) for part in color) if isinstance(color, tuple | list) else (0.0, 0.0, 0.0)


def _letter(char: dict[str, object], height: float) -> Letter:
    face = str(char["fontname"]).partition("+")[2].removeprefix("Liberation-Serif").removeprefix("-")
    text = unicodedata.normalize("NFC", str(char["text"]))
    numbers = (float(str(char[name])) for name in ("size", "x0", "x1", "top", "bottom"))
    size, left, right, top, bottom = numbers
    matrix = char["matrix"]
    assert isinstance(matrix, tuple)
    return Letter(text, face, round(size, 1), left, right, top, bottom, height - float(matrix[5]))


def _lines(page: int, letters: tuple[Letter, ...]) -> list[Line]:
    rows: dict[float, list[Letter]] = {}
    for letter in letters:
        near = next((row for row in rows if abs(row - letter.baseline) < 0.3), letter.baseline)
        rows.setdefault(near, []).append(letter)
    lines = []
    for _baseline, row in sorted(rows.items()):
        part: list[Letter] = []
        for letter in sorted(row, key=lambda found: found.left):
            if part and letter.left - part[-1].right > GAP:
                lines.append(part)
                part = []
            part.append(letter)
        lines.append(part)
    return [Line(page, tuple(part)) for part in lines if "".join(letter.text for letter in part).strip()]


@lru_cache(maxsize=16)
def sample(kind: str, *, draft: bool = False) -> Printed:
    """Return the sample of a kind printed and read back, once a process."""
    paper = PAPERS[kind]
    return read(print_paper(drafted(paper) if draft else paper).content)
