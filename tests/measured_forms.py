"""What is measured of the forms of own kind, the register and the extract of the trail, for docs/documents.md.

`python -m tests.measured_forms` prints the tables; a test compares them with the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from tests.measured import Check, number, written
from tests.printed import HEAD, LETTER, MM, Printed, read
from workflow.adapters.pdf import print_paper, print_register, print_trail
from workflow.adapters.pdf.places import signature_places
from workflow.core.paper import Paper
from workflow.core.register import COLUMNS, RegisterRow, RegisterVolume
from workflow.core.trailextract import ExtractRow, TrailExtract
from workflow.core.wording.slips import DossierFacts, Slip, apology_slip, missing_papers_slip

HOUSE = "nhà"
APPENDIX_IV = "[S] 1.9"
DOSSIER = DossierFacts(
    "H32.12-221003-0007",
    "Cấp giấy chứng nhận đăng ký đầu tư cho dự án không thuộc diện chấp thuận chủ trương đầu tư",
    "Công ty trách nhiệm hữu hạn Mẫu",
    date(2022, 10, 3),
    date(2022, 10, 14),
)
PAPERS_MISSING = ("Bản sao giấy chứng nhận quyền sử dụng đất", "Báo cáo tài chính hai năm gần nhất của nhà đầu tư")
NAMES = {
    "PHD": "Phiếu hướng dẫn hoàn thiện hồ sơ",
    "TBBS": "Thông báo bổ sung hồ sơ",
    "PXL": "Văn bản xin lỗi và hẹn lại ngày trả kết quả",
    "PTr": "Phiếu trình",
}
ROUTED = {
    "proposal": "Kính trình Lãnh đạo Sở xem xét, ký ban hành.",
    "opinions": [
        {"by": "Nguyễn Văn Mẫu, Trưởng phòng", "at": "08:00 ngày 03/10/2022", "text": "Đồng ý, chuyển Văn phòng"},
        {"by": "Trần Thị Mẫu, Chánh Văn phòng", "at": "09:00 ngày 03/10/2022", "text": "Đạt thể thức, trình ký"},
    ],
}


def form_paper(kind: str) -> Paper:
    """Return a sample of a form of own kind, issued."""
    plain = replace(
        LETTER, kind=kind, kind_label=NAMES[kind], symbol=f"{kind}-SKHĐT", number=f"05/{kind}-SKHĐT", urgency=0
    )
    if kind == "PTr":
        body = "1. Văn bản trình: dự thảo công văn đôn đốc lần 1.\n2. Nơi nhận văn bản: Sở Xây dựng."
        return replace(plain, subject="Trình ký dự thảo công văn", body=body, recipients=("Lãnh đạo Sở",), facts=ROUTED)
    slip = _slip(kind)
    return replace(
        plain, subject=slip.words.subject, body=slip.words.body, facts=slip.facts, recipients=(DOSSIER.applicant,)
    )


def _slip(kind: str) -> Slip:
    if kind == "PXL":
        return apology_slip(
            DOSSIER, reason="Chờ ý kiến của Sở Xây dựng", new_date=date(2022, 10, 21), body_name=HEAD.name
        )
    return missing_papers_slip(
        DOSSIER,
        accepted=kind == "TBBS",
        missing=PAPERS_MISSING,
        reason="Hồ sơ thiếu thành phần",
        return_by=date(2022, 10, 20),
        body_name=HEAD.name,
    )


@lru_cache(maxsize=8)
def form_sample(kind: str) -> Printed:
    """Return the sample of a form printed and read back, once a process."""
    return read(print_paper(form_paper(kind)).content)


def form_checks(kind: str) -> Iterator[Check]:
    """Check a form: paper, margins, letters of each component, blocks, the place of the signature, the foot."""
    printed, routing = form_sample(kind), kind == "PTr"
    big, small, text = ("13", "12", "14") if routing else ("10", "9", "11")
    if routing:
        yield _paper_check(printed, (210, 297), "A4 đứng")
    else:
        yield _paper_check(printed, (148, 210), "A5 đứng", "[S] 2.3")
    yield from _margin_checks(printed, left=30 if routing else 20, right=20 if routing else 12)
    for component, line, size, style in (
        ("Tên cơ quan chủ quản", HEAD.parent_name.upper(), small, "in hoa, đứng, không đậm"),
        ("Tên cơ quan", HEAD.name.upper(), small, "in hoa, đứng, đậm"),
        ("Quốc hiệu", "CỘNG HÒA XÃ HỘI", small, "in hoa, đứng, đậm"),
        ("Tiêu ngữ", "Độc lập - Tự do - Hạnh phúc", big, "đứng, đậm"),
        ("Số, ký hiệu", "Số: 05/", big, "đứng"),
        ("Địa danh, ngày", "Khánh Hòa, ngày", big, "nghiêng"),
        ("Tên loại", NAMES[kind].upper(), "14" if routing else "12", "in hoa, đứng, đậm"),
        ("Nội dung", "1. Văn bản trình" if routing else "Mã hồ sơ:", text, "đứng"),
        ("“Nơi nhận:”", "Nơi nhận:", small if routing else "10", "nghiêng, đậm"),
        ("Quyền hạn, chức vụ", "CHÁNH VĂN PHÒNG", text, "in hoa, đứng, đậm"),
        ("Họ tên", LETTER.signer_name, text, "đứng, đậm"),
        ("Dòng “Bố cục do phần mềm đề xuất …” ở chân trang", "Bố cục do phần mềm đề xuất", "8", "nghiêng"),
    ):
        yield written(component, printed.find(line), size, style, HOUSE)
    yield _order_check(printed, kind)
    yield _signature_check(printed, (70, 30) if routing else (56, 22))


def _paper_check(printed: Printed, wanted: tuple[int, int], rule: str, source: str = HOUSE) -> Check:
    found = {tuple(round(side / MM) for side in size) for size in printed.sizes}
    said = ", ".join(f"{wide} × {high} mm" for wide, high in sorted(found))
    return Check("Khổ giấy", f"{rule}, {wanted[0]} × {wanted[1]} mm", source, said, found == {wanted})


def _margin_checks(printed: Printed, *, left: int, right: int) -> Iterator[Check]:
    begin = min(line.left for line in printed.lines) / MM
    end = (printed.sizes[0][0] - max(line.right for line in printed.lines)) / MM
    yield Check("Lề trái", f"{left} mm", HOUSE, f"{number(begin)} mm", abs(begin - left) < 0.5)
    yield Check("Lề phải", f"từ {right} mm", HOUSE, f"{number(end)} mm", end > right - 0.5)


def _order_check(printed: Printed, kind: str) -> Check:
    dossier = ["Mã hồ sơ:", "Thủ tục hành chính:", "Người nộp hồ sơ:", "Ngày "]
    asked = "Ngày hẹn trả kết quả mới:" if kind == "PXL" else "Đề nghị nộp lại trước hoặc trong:"
    order = [*dossier, asked, "./.", "Nơi nhận:"]
    if kind == "PTr":
        order = [
            "I. NỘI DUNG",
            "II. Ý KIẾN CỦA LÃNH ĐẠO ĐƠN VỊ",
            "III. Ý KIẾN CỦA VĂN PHÒNG",
            "IV. Ý KIẾN CỦA LÃNH ĐẠO SỞ",
        ]
    inside = printed.text[printed.text.index(order[0]) :]
    places = [inside.find(part) for part in order]
    holds = places == sorted(places) and min(places) >= 0 and (kind != "PTr" or all(map(_once(inside), order)))
    return Check(
        "Thứ tự, mỗi khối một lần", " → ".join(order).replace("Ngày  →", "Ngày nhận →"), HOUSE, "đúng thứ tự", holds
    )


def _once(text: str) -> object:
    return lambda part: text.count(part) == 1


def _signature_check(printed: Printed, wanted: tuple[int, int]) -> Check:
    box = signature_places(printed.content).signer
    wide, high = (box.right - box.left) / MM, (box.top - box.bottom) / MM
    said = f"{number(wide, 0)} × {number(high, 0)} mm"
    holds = abs(wide - wanted[0]) < 0.2 and abs(high - wanted[1]) < 0.2
    return Check("Chỗ ký, đóng dấu", "để trống", HOUSE, said, holds)


REGISTER = RegisterVolume(
    parent_name=HEAD.parent_name,
    name=HEAD.name,
    year=2022,
    series="chung",
    volume=1,
    since=date(2022, 1, 1),
    until=date(2022, 6, 30),
    rows=tuple(
        RegisterRow(
            document_id=rank,
            number=rank,
            full_number=f"{rank:02d}/SKHĐT-VP",
            issued_on=date(2022, 1, 4),
            content=f"Công văn V/v đôn đốc lần 1 việc tham gia ý kiến, hồ sơ thứ {rank}",
            signer="Nguyễn Văn Mẫu",
            places=("Sở Tài chính", "Sở Xây dựng"),
            keeper="VT, VP",
            sent_on=date(2022, 1, 4),
        )
        for rank in range(1, 31)
    ),
    made_at=datetime(2022, 7, 1, 8, 5),  # noqa: DTZ001 -- local time by contract
)
EXTRACT = TrailExtract(
    parent_name=HEAD.parent_name,
    name=HEAD.name,
    scope=("Toàn bộ nhật ký",),
    asked_by="Trần Thị Mẫu",
    asked_position="Thanh tra",
    asked_at=datetime(2022, 7, 1, 8, 5),  # noqa: DTZ001 -- the same
    checkpoint="Điểm chốt nhật ký gần nhất: số 1",
    rows=(
        ExtractRow(
            at=datetime(2022, 6, 1, 9, 0),  # noqa: DTZ001 -- the same
            actor="Nguyễn Văn Mẫu",
            place="Văn thư, Văn phòng Sở",
            act="Phát hành văn bản",
            subject="Văn bản 5, bản ghi thứ 1",
            content=("Trạng thái: Dự thảo → Đã phát hành",),
            hash_start="0123456789ab",
        ),
    )
    * 30,
)


@lru_cache(maxsize=2)
def list_sample(name: str) -> Printed:
    """Return the register or the extract printed and read back, once a process."""
    return read((print_register(REGISTER) if name == "register" else print_trail(EXTRACT)).content)


def register_checks() -> Iterator[Check]:
    """Check the printed register: cover, columns on each page, numbers of pages."""
    printed = list_sample("register")
    yield _paper_check(printed, (297, 210), "A4 ngang")
    yield from _margin_checks(printed, left=25, right=15)
    cover = [line.text for line in printed.lines if line.page == 0]
    wanted = [HEAD.parent_name.upper(), HEAD.name.upper(), "SỔ ĐĂNG KÝ VĂN BẢN ĐI", *REGISTER.cover_lines()]
    said = "; ".join(
        ("cơ quan chủ quản", "cơ quan", "tên sổ", "năm", "từ ngày … đến ngày …", "từ số … đến số …", "quyển số")
    )
    yield Check("Bìa", said, APPENDIX_IV, f"{len(cover)} dòng, đúng thứ tự", cover == wanted)
    pages = range(1, len(printed.sizes))
    marks = [[line.text for line in printed.lines if line.page == page] for page in pages]
    heads = all(f"({rank})" in found for found in marks for rank in range(1, len(COLUMNS) + 1))
    yield Check("Cột", "10 cột, đánh số (1) đến (10)", APPENDIX_IV, f"10 cột, lặp lại ở {len(pages)} trang", heads)
    yield written("Chữ trong bảng", printed.find("01/SKHĐT-VP"), "10.5", "đứng", HOUSE)
    numbers = [next(line for line in printed.lines if line.page == page).text for page in pages]
    shown = f"bìa không có số; {', '.join(numbers)}"
    yield Check("Số trang", "từ 1 sau bìa", HOUSE, shown, numbers == [str(page) for page in pages])
    feet = [line.text for line in printed.lines if "Lập từ hệ thống Đôn đốc lúc" in line.text]
    yield Check("Chân trang", "lúc lập", HOUSE, f"ở {len(feet)} trang", len(feet) == len(pages))


def extract_checks() -> Iterator[Check]:
    """Check the printed extract of the trail."""
    printed = list_sample("extract")
    yield _paper_check(printed, (297, 210), "A4 ngang")
    yield from _margin_checks(printed, left=25, right=15)
    yield written("Tên", printed.find("TRÍCH XUẤT NHẬT KÝ"), "14", "in hoa, đứng, đậm", HOUSE)
    heads = [line for line in printed.lines if line.text == "Thời điểm"]
    yield Check("Dòng tên cột", "ở mọi trang", HOUSE, f"ở {len(heads)} trang", len(heads) >= len(printed.sizes) - 1)
    yield written("Chữ trong bảng", printed.find("Phát hành văn bản"), "10", "đứng", HOUSE)
    feet = [line.text for line in printed.lines if line.text.startswith("Trích xuất từ hệ thống")]
    yield Check(
        "Chân trang", "lúc trích xuất, người trích xuất", HOUSE, f"ở {len(feet)} trang", len(feet) == len(printed.sizes)
    )


def form_table(kind: str) -> str:
    """Return the checklist of a form as a table in Markdown."""
    return _table(f"### {NAMES[kind]}", form_checks(kind))


def list_table(name: str) -> str:
    """Return the checklist of the register or of the extract as a table in Markdown."""
    return _table("### Số đo", register_checks() if name == "register" else extract_checks())


def _table(heading: str, checks: Iterator[Check]) -> str:
    rows = [heading, "", "| Thành phần | Quy định | Nguồn | Đo được | |", "|---|---|---|---|---|"]
    for check in checks:
        mark = "đạt" if check.holds else "KHÔNG ĐẠT"
        rows.append(f"| {check.component} | {check.rule} | {check.source} | {check.measured} | {mark} |")
    return "\n".join(rows)


def main() -> None:
    """Print the tables of docs/documents.md."""
    import os  # noqa: PLC0415 -- only when run by hand

    import django  # noqa: PLC0415 -- the same

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    django.setup()
    print("\n\n".join(form_table(kind) for kind in NAMES))  # noqa: T201 -- this is what it is for
    print("\n\n".join(list_table(name) for name in ("register", "extract")))  # noqa: T201 -- the same


if __name__ == "__main__":
    main()
