"""What a văn thư would check on a page with a ruler: each component measured on a file that was read back.

`python -m tests.measured` prints the tables of docs/documents.md; a test keeps the page true to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.printed import HEAD, MM, PAPERS, Line, Printed, sample
from workflow.adapters.pdf import signature_places
from workflow.core.paper import CIRCULATION, DRAFTER_MARK, Paper

LAW = "[S]"
APPENDIX = f"{LAW} 1.8"
HOUSE = "nhà"
"""A house practice: the decree is silent, or leaves the choice within a range."""

SIDE, HEIGHT = 210.0, 297.0
SINGLE = 1.149
"""One line of Times New Roman set single, in ems: what a word processor calls 1.0 lines."""

NAMES = {"CV": "Công văn", "BC": "Báo cáo", "TTr": "Tờ trình", "TB": "Thông báo", "KH": "Kế hoạch"}


@dataclass(frozen=True, slots=True)
class Check:
    """One component: what the rule says, where that stands, what was measured, and whether it holds."""

    component: str
    rule: str
    source: str
    measured: str
    holds: bool


def number(value: float, digits: int = 1) -> str:
    """Return a number as it is written in Vietnamese."""
    return f"{value:.{digits}f}".replace(".", ",")


def lettering(line: Line) -> str:
    """Return size and style of a line's letters in words."""
    styles = {"": "đứng", "Bold": "đứng, đậm", "Italic": "nghiêng", "Bold-Italic": "nghiêng, đậm"}
    return f"{line.size:g} pt, {styles.get(line.face, line.face)}"


STYLES = {"đứng": "", "không đậm": "", "đậm": "Bold", "nghiêng": "Italic"}
"""The face that the last word of a style stands for."""


def written(component: str, line: Line, sizes: str, style: str, source: str = f"{LAW} 1.2") -> Check:
    """Check the size and face of a component's letters; `sizes` is "12–13" or one size."""
    face = "Bold-Italic" if style == "nghiêng, đậm" else STYLES[style.rpartition(", ")[2]]
    low, _dash, high = sizes.partition("–")
    holds = float(low) <= line.size <= float(high or low) and line.face == face
    return Check(component, f"{sizes} pt, {style}", source, lettering(line), holds)


def share(component: str, printed: Printed, line: Line, between: tuple[float, float], rule: str) -> Check:
    """Check the length of the rule under a line, as a share of the line's length."""
    low, high = between
    under = printed.rule_under(line)
    part = under.width / line.width
    centred = abs((under.left + under.right) / 2 - line.middle) < 1
    said = f"{number(under.width / MM)} mm = {number(100 * part, 0)} % dòng chữ {number(line.width / MM)} mm"
    return Check(component, rule, f"{LAW} 1.2", said, low - 0.005 <= part <= high + 0.005 and centred)


def page_checks(printed: Printed) -> Iterator[Check]:
    """Check paper, margins and page numbers."""
    wide, high = (side / MM for side in printed.sizes[0])
    said = f"{number(wide, 0)} × {number(high, 0)} mm"
    yield Check("Khổ giấy", "A4, 210 × 297 mm", f"{LAW} 1.1", said, abs(wide - SIDE) < 0.1 and abs(high - HEIGHT) < 0.1)
    first = [line for line in printed.lines if line.page == 0]
    left = min(line.left for line in first) / MM
    right = SIDE - max(line.right for line in first) / MM
    top = min(letter.top for letter in printed.letters[0]) / MM
    bottom = HEIGHT - max(letter.bottom for letter in printed.letters[0]) / MM
    yield Check("Lề trái", "30–35 mm", f"{LAW} 1.1", f"{number(left)} mm", 29.95 <= left <= 35)
    yield Check("Lề phải", "15–20 mm", f"{LAW} 1.1", f"{number(right)} mm", 15 <= right <= 20.05)
    yield Check("Lề trên, đến đỉnh dòng đầu", "20–25 mm", f"{LAW} 1.1", f"{number(top)} mm", 20 <= top <= 25)
    yield Check("Lề dưới, từ đáy dòng cuối trang 1", "từ 20 mm", f"{LAW} 1.1", f"{number(bottom)} mm", bottom >= 19.95)
    faces = sorted({letter.face or "Regular" for page in printed.letters for letter in page})
    said = "Liberation Serif: " + ", ".join(faces)
    known = set(faces) <= {"Regular", "Bold", "Italic", "Bold-Italic"}
    yield Check("Phông", "Times New Roman (dùng phông cùng số đo)", f"{LAW} 1.1", said, known)


def head_checks(printed: Printed, paper: Paper) -> Iterator[Check]:
    """Check ô 1 to ô 4."""
    nation, motto = printed.find("CỘNG HÒA XÃ HỘI"), printed.find("Độc lập - Tự do - Hạnh phúc")
    parent, name = printed.find(HEAD.parent_name.upper()), printed.find(HEAD.name.upper())
    about, place = printed.find("Số: "), printed.find("Khánh Hòa, ngày")
    yield written("Ô 1 Quốc hiệu", nation, "12–13", "in hoa, đứng, đậm")
    yield written("Ô 1 Tiêu ngữ", motto, "13–14", "đứng, đậm")
    yield share("Đường kẻ dưới Tiêu ngữ", printed, motto, (1.0, 1.0), "dài bằng dòng chữ")
    yield written("Ô 2 Cơ quan chủ quản", parent, "12–13", "in hoa, đứng, không đậm")
    yield written("Ô 2 Cơ quan ban hành", name, "12–13", "in hoa, đứng, đậm")
    yield share("Đường kẻ dưới tên cơ quan", printed, name, (1 / 3, 1 / 2), "1/3–1/2 dòng chữ, cân đối")
    yield written("Ô 3 Số, ký hiệu", about, "13", "đứng")
    yield written("Ô 4 Địa danh, thời gian", place, "13–14", "nghiêng")
    level = abs(about.baseline - place.baseline)
    yield Check("Ô 4 cùng dòng ô 3", "cùng dòng", f"{LAW} 1.2", f"lệch {number(level)} pt", level < 0.1)
    apart = abs(place.middle - motto.middle) / MM
    yield Check("Ô 4 giữa, dưới Quốc hiệu", "đặt canh giữa", f"{LAW} 1.2", f"lệch {number(apart)} mm", apart < 0.5)
    if paper.urgency:
        yield urgency_check(printed)
    if paper.facts.get(CIRCULATION):
        yield circulation_check(printed)


def circulation_check(printed: Printed) -> Check:
    """Check the frame of ô 11, which is black and stands below ô 4."""
    line = next(line for line in printed.lines if line.text in {"LƯU HÀNH NỘI BỘ", "XEM XONG TRẢ LẠI"})
    around = [
        stroke
        for stroke in printed.strokes
        if stroke.page == line.page
        and stroke.top < line.baseline < stroke.bottom + 6
        and stroke.left < line.middle < stroke.right
    ]
    frame = max(around, key=lambda box: box.width)
    place = printed.find("Khánh Hòa, ngày")
    said = f"{line.text}, {lettering(line)}, khung {number(frame.width / MM)} mm"
    holds = line.face == "Bold" and line.size in (13.0, 14.0) and frame.left < line.left < line.right < frame.right
    under = place.baseline < line.baseline and abs(line.middle - place.middle) < 1
    rule = "13–14 pt, in hoa, đứng, đậm, khung đơn"
    return Check("Ô 11 Phạm vi lưu hành", rule, f"{LAW} 1.2", said, holds and under and frame.color == (0.0, 0.0, 0.0))


def urgency_check(printed: Printed) -> Check:
    """Check the frame of ô 10b."""
    sizes = {"KHẨN": 20, "THƯỢNG KHẨN": 40, "HOẢ TỐC": 30}
    line = next(line for line in printed.lines if line.text in sizes)
    frame = next(
        stroke
        for stroke in printed.strokes
        if stroke.page == 0 and stroke.top < line.baseline < stroke.bottom and stroke.color == (1.0, 0.0, 0.0)
    )
    outer = max((box for box in printed.strokes if box.color == frame.color), key=lambda box: box.width)
    wide, high = outer.width / MM, outer.height / MM
    said = f"{line.text} {number(wide)} × {number(high)} mm, {lettering(line)}, đỏ"
    rule = f"{sizes[line.text]} × 8 mm, 13–14 pt, đậm, khung đơn đỏ tươi"
    fits = abs(wide - sizes[line.text]) < 0.05 and abs(high - 8) < 0.05
    return Check("Ô 10b Độ khẩn", rule, f"{LAW} 1.2", said, fits and line.face == "Bold" and line.size in (13.0, 14.0))


def subject_checks(printed: Printed, paper: Paper) -> Iterator[Check]:
    """Check ô 5a or 5b, and ô 9a where it stands."""
    if paper.kind == "CV":
        about, above = printed.find("V/v "), printed.find("Số: ")
        yield written("Ô 5b Trích yếu công văn", about, "12–13", "đứng, không đậm")
        between = about.baseline - above.baseline - 0.2625 * above.size - 0.9375 * about.size
        yield Check("Ô 5b cách ô 3", "6 pt", f"{LAW} 1.2", f"{number(between)} pt", abs(between - 6) < 0.1)
    else:
        name = next(line for line in printed.lines if line.text == NAMES[paper.kind].upper())
        lines = [line for line in printed.lines if line.page == 0 and 0 < line.baseline - name.baseline < 40]
        said = [line for line in lines if line.face == "Bold" and line.size == name.size]
        yield written("Ô 5a Tên loại", name, "13–14", "in hoa, đứng, đậm")
        yield written("Ô 5a Trích yếu", said[0], "13–14", "đứng, đậm")
        rule = "1/3–1/2 dòng chữ, cân đối"
        last = next(line for line in reversed(said) if _has_rule(printed, line))
        widest = max(said, key=lambda line: line.width)
        under = printed.rule_under(last)
        part = under.width / widest.width
        measured = f"{number(under.width / MM)} mm = {number(100 * part, 0)} % dòng chữ {number(widest.width / MM)} mm"
        yield Check("Đường kẻ dưới trích yếu", rule, f"{LAW} 1.2", measured, 1 / 3 <= part <= 1 / 2)
    if paper.recipients:
        to = printed.find("Kính gửi:")
        yield written("Ô 9a Kính gửi", to, "13–14", "đứng")
        many = len(paper.recipients) > 1
        if many:
            dash = printed.find(f"- {paper.recipients[0]}")
            colon = to.letters[[letter.text for letter in to.letters].index(":")]
            apart = abs(dash.left - colon.left) / MM
            said_apart = f"lệch {number(apart, 2)} mm"
            yield Check("Gạch đầu dòng dưới dấu hai chấm", "thẳng hàng", f"{LAW} 1.6", said_apart, apart < 0.2)
    else:
        gone = not printed.has("Kính gửi")
        yield Check("Ô 9a Kính gửi", "không có ở loại này", f"{LAW} 1.6", "không có" if gone else "có", gone)


def _has_rule(printed: Printed, line: Line) -> bool:
    try:
        printed.rule_under(line)
    except LookupError:
        return False
    return True


def body_checks(printed: Printed, paper: Paper) -> Iterator[Check]:
    """Check ô 6: căn cứ, paragraphs, headings."""
    if paper.grounds:
        ground = printed.find("Căn cứ Luật")
        yield written("Ô 6 Căn cứ", ground, "13–14", "nghiêng")
    if paper.kind != "CV":
        yield written("Ô 6 Đề mục (I.)", printed.find("I. KẾT QUẢ"), "13–14", "in hoa, đứng, đậm")
        yield written("Ô 6 Khoản có tiêu đề", printed.find("1. Công tác"), "13–14", "đứng, đậm")
    start = "Ngày 03 tháng 10" if paper.kind == "CV" else "Sở Kế hoạch và Đầu tư đã ban hành"
    first = printed.find(start)
    second = printed.below(first)
    yield written("Ô 6 Nội dung", first, "13–14", "đứng")
    indent = (first.left - second.left) / MM
    yield Check("Lùi đầu dòng", "10 hoặc 12,7 mm", f"{LAW} 1.2", f"{number(indent)} mm", abs(indent - 12.7) < 0.1)
    even = abs(first.right - second.right)
    yield Check("Canh đều hai lề", "dòng đầy hết lề phải", f"{LAW} 1.2", f"lệch {number(even)} pt", even < 1)
    spacing = second.baseline - first.baseline
    lines = spacing / (SINGLE * first.size)
    yield Check("Giãn dòng", "1,0–1,5 dòng", f"{LAW} 1.2", f"{number(lines, 2)} dòng", 1.0 <= lines <= 1.5)
    after = printed.find("Đến nay" if paper.kind == "CV" else "a) Văn phòng")
    last = first
    while (below := printed.below(last)).baseline < after.baseline - 0.5:
        last = below
    gap = after.baseline - last.baseline - spacing
    yield Check("Khoảng cách đoạn", "từ 6 pt", f"{LAW} 1.2", f"{number(gap)} pt", gap >= 5.99)
    ends = [line.text.endswith("./.") for line in printed.lines].count(True)
    wanted = 1 + len(paper.appendices)
    said = f"{ends} lần (nội dung và mỗi phụ lục một lần)"
    yield Check("Kết thúc nội dung", "./.", f"{LAW} 1.2 (mẫu)", said, ends == wanted)


def sign_checks(printed: Printed, paper: Paper) -> Iterator[Check]:
    """Check ô 7, 8 and 9b."""
    position = printed.find(paper.signer_title.split("\n", maxsplit=1)[0])
    receivers = printed.find("Nơi nhận:")
    first = printed.find("- Như trên;" if paper.recipients else f"- {paper.copies[0]}")
    yield written("Ô 7a Quyền hạn, chức vụ", position, "13–14", "in hoa, đứng, đậm")
    if paper.signer_name and printed.has(paper.signer_name):
        name = printed.find(paper.signer_name)
        yield written("Ô 7b Họ tên", name, "13–14", "đứng, đậm")
        apart = abs(name.middle - position.middle) / MM
        yield Check("Ô 7b giữa, dưới ô 7a", "canh giữa", f"{LAW} 1.2", f"lệch {number(apart)} mm", apart < 0.5)
    places = signature_places(printed.content)
    wide = (places.signer.right - places.signer.left) / MM
    high = (places.signer.top - places.signer.bottom) / MM
    said = f"{number(wide, 0)} × {number(high, 0)} mm, trống"
    yield Check("Ô 7c, 8 Chỗ ký và đóng dấu", "để trống", HOUSE, said, high >= 30 and wide >= 60)
    yield written("Ô 9b “Nơi nhận:”", receivers, "12", "nghiêng, đậm")
    level = abs(receivers.baseline - position.baseline)
    yield Check("Ô 9b ngang ô 7a", "ngang dòng", f"{LAW} 1.2", f"lệch {number(level)} pt", level < 0.5)
    yield written("Ô 9b Danh sách", first, "11", "đứng")
    keeper = printed.find("- Lưu: VT")
    yield Check("Dòng cuối của Nơi nhận", "- Lưu: VT, <đơn vị>.", f"{LAW} 1.6", keeper.text, keeper.text.endswith("."))
    if paper.facts.get(DRAFTER_MARK):
        mark = printed.find(str(paper.facts[DRAFTER_MARK]))
        yield written("Ô 12 Ký hiệu người soạn, số bản", mark, "11", "in hoa, đứng, không đậm")
        under = mark.baseline > keeper.baseline and abs(mark.left - receivers.left) < 0.5
        said = "bên dưới" if under else "chỗ khác"
        yield Check("Ô 12 dưới Nơi nhận, bên trái", "bên dưới", f"{LAW} 1.2 (sơ đồ)", said, under)


def foot_checks(printed: Printed, paper: Paper) -> Iterator[Check]:
    """Check ô 13, page numbers and appendices."""
    if paper.kind == "CV":
        contact = printed.find("Địa chỉ:")
        yield written("Ô 13 Địa chỉ, liên hệ", contact, "11–12", "đứng")
    for count, appendix in enumerate(paper.appendices, start=1):
        many = len(paper.appendices) > 1
        begins = printed.find(appendix.title.upper()).page
        heading = printed.find(f"Phụ lục {'I' * count}" if many else "Phụ lục", page=begins)
        yield written(f"{heading.text}: dòng đầu", heading, "14", "chữ thường, đứng, đậm", APPENDIX)
        title = printed.find(appendix.title.upper())
        yield written(f"{heading.text}: tên", title, "13–14", "in hoa, đứng, đậm", APPENDIX)
        attached = printed.find("(Kèm theo", page=title.page)
        yield written(f"{heading.text}: “Kèm theo”", attached, "13–14", "nghiêng", APPENDIX)
        if appendix.columns:
            wide, high = (side / MM for side in printed.sizes[title.page])
            said = f"{number(wide, 0)} × {number(high, 0)} mm"
            yield Check(f"{heading.text}: khổ ngang", "được dùng cho bảng", HOUSE, said, wide > high)
            cell = printed.find(appendix.rows[1][1])
            yield Check(f"{heading.text}: chữ trong bảng", "11–13 pt", HOUSE, lettering(cell), 11 <= cell.size <= 13)
    if len(printed.sizes) > 1 and paper.appendices:
        yield page_number_check(printed)


def page_number_check(printed: Printed) -> Check:
    """Check that pages from an appendix' second one on have their number in the middle of the top margin."""
    numbers = [line for line in printed.lines if line.baseline < 20 * MM and line.text.isdigit()]
    middle = [abs(line.middle - printed.sizes[line.page][0] / 2 - 5 * MM) for line in numbers]
    first_pages = {0} | {line.page for line in printed.lines if line.text.startswith("Phụ lục") and line.face == "Bold"}
    said = ", ".join(f"trang {line.page + 1} của tệp: {line.text}" for line in numbers) + f"; {lettering(numbers[0])}"
    holds = all(apart < 1 for apart in middle) and not first_pages & {line.page for line in numbers}
    rule = "13–14 pt, đứng, giữa lề trên, không hiện ở trang 1, mỗi phụ lục đánh riêng"
    return Check(
        "Số trang", rule, f"{LAW} 1.1", said, holds and numbers[0].size in (13.0, 14.0) and numbers[0].face == ""
    )


def checks(kind: str, *, draft: bool = False) -> list[Check]:
    """Return all checks of the sample of a kind."""
    printed, paper = sample(kind, draft=draft), PAPERS[kind]
    parts = (head_checks, subject_checks, body_checks, sign_checks, foot_checks)
    return [*page_checks(printed), *(check for part in parts for check in part(printed, paper))]


def table(kind: str) -> str:
    """Return the checklist of a kind as a table in Markdown."""
    rows = [f"### {NAMES[kind]}", "", "| Thành phần | Quy định | Nguồn | Đo được | |", "|---|---|---|---|---|"]
    for check in checks(kind):
        mark = "đạt" if check.holds else "KHÔNG ĐẠT"
        rows.append(f"| {check.component} | {check.rule} | {check.source} | {check.measured} | {mark} |")
    return "\n".join(rows)


def main() -> None:
    """Print the tables of docs/documents.md."""
    import os  # noqa: PLC0415 -- only when run by hand

    import django  # noqa: PLC0415 -- the same

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    django.setup()
    print("\n\n".join(table(kind) for kind in NAMES))  # noqa: T201 -- this is what it is for


if __name__ == "__main__":
    main()
