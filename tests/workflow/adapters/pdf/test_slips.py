"""The forms of own kind as printed: A5 and A4, nothing said twice, blanks, opinions in their blocks, hostile data."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date

import pdfplumber
import pypdf
import pytest

from workflow.adapters.pdf.engine import PrintedPdf, print_html
from workflow.adapters.pdf.places import signature_places
from workflow.adapters.pdf.slips import NOT_OFFICIAL, slip_page, whose
from workflow.choices import DocumentKind
from workflow.core.paper import Head, Paper
from workflow.core.wording.slips import DossierFacts, apology_slip, missing_papers_slip

HEAD = Head(parent_name="UBND tỉnh Khánh Hòa", name="Sở Kế hoạch và Đầu tư", abbreviation="SKHĐT", place="Khánh Hòa")
DOSSIER = DossierFacts(
    "H32.12-221003-0007",
    "Cấp giấy chứng nhận đăng ký đầu tư",
    "Công ty TNHH Biển Xanh",
    date(2022, 10, 3),
    date(2022, 10, 14),
)
FORMS = (DocumentKind.GUIDANCE_SLIP, DocumentKind.SUPPLEMENT_NOTICE, DocumentKind.APOLOGY)
A5 = (419.53, 595.28)
A4 = (595.28, 841.89)


def paper_of(kind: str, **columns: object) -> Paper:
    """A form with nothing in it but its head, unless said otherwise."""
    columns.setdefault("subject", "")
    columns.setdefault("body", "")
    label = str(DocumentKind(kind).label)
    return Paper(kind=kind, kind_label=label, head=HEAD, symbol=f"{kind}-SKHĐT", **columns)


def printed(paper: Paper) -> PrintedPdf:
    template, context, stylesheet = slip_page(paper)
    return print_html(template, context, stylesheet=stylesheet, title="Mẫu", created=paper.issued_on)


def text_in(pdf: PrintedPdf) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def size_of(pdf: PrintedPdf) -> tuple[float, float]:
    box = pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].mediabox
    return (round(float(box.width), 1), round(float(box.height), 1))


@pytest.fixture(scope="module")
def guidance() -> str:
    slip = missing_papers_slip(
        DOSSIER,
        accepted=False,
        missing=["Bản sao giấy chứng nhận quyền sử dụng đất", "Báo cáo tài chính"],
        reason="Hồ sơ thiếu hai thành phần",
        return_by=date(2022, 10, 20),
        body_name=HEAD.name,
    )
    return text_in(
        printed(
            paper_of(
                DocumentKind.GUIDANCE_SLIP,
                subject=slip.words.subject,
                body=slip.words.body,
                facts=slip.facts,
                recipients=("Công ty TNHH Biển Xanh",),
                number="05/PHD-SKHĐT",
                issued_on=date(2022, 10, 5),
                keeper="MC",
                signer_title="TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG",
                signer_name="Nguyễn Văn Mẫu",
            )
        )
    )


def test_a_guidance_slip_names_dossier_papers_and_days(guidance: str) -> None:
    for said in (
        "UBND TỈNH KHÁNH HÒA",
        "SỞ KẾ HOẠCH VÀ ĐẦU TƯ",
        "Số: 05/PHD-SKHĐT",
        "Khánh Hòa, ngày 05 tháng 10 năm 2022",
        "PHIẾU HƯỚNG DẪN HOÀN THIỆN HỒ SƠ",
        "Kính gửi: Công ty TNHH Biển Xanh",
        "Mã hồ sơ: H32.12-221003-0007",
        "Ngày nhận hồ sơ: ngày 03 tháng 10 năm 2022",
        "1. Bản sao giấy chứng nhận quyền sử dụng đất.",
        "Đề nghị nộp lại trước hoặc trong: ngày 20 tháng 10 năm 2022",
        "- Lưu: VT, MC.",
        "TL. GIÁM ĐỐC CHÁNH VĂN PHÒNG Nguyễn Văn Mẫu",
        NOT_OFFICIAL,
    ):
        assert said in guidance
    assert "DỰ THẢO" not in guidance


def test_what_the_body_says_already_is_not_said_again(guidance: str) -> None:
    assert guidance.count("Báo cáo tài chính") == 1
    assert guidance.count("Lý do: Hồ sơ thiếu hai thành phần") == 1


def test_facts_that_the_body_does_not_say_are_printed() -> None:
    facts = {"missing": ["Giấy ủy quyền", "Bản vẽ"], "reason": "Thiếu thành phần"}
    text = text_in(printed(paper_of(DocumentKind.SUPPLEMENT_NOTICE, body="Đề nghị bổ sung Bản vẽ.", facts=facts)))
    assert "1. Giấy ủy quyền." in text
    assert "Lý do: Thiếu thành phần" in text
    assert text.count("Bản vẽ") == 1


def test_an_apology_gives_the_reason_and_the_new_day() -> None:
    slip = apology_slip(DOSSIER, reason="Chờ ý kiến Sở Xây dựng", new_date=date(2022, 10, 21), body_name=HEAD.name)
    pdf = printed(paper_of(DocumentKind.APOLOGY, body=slip.words.body, subject=slip.words.subject, facts=slip.facts))
    text = text_in(pdf)
    assert "VĂN BẢN XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ" in text
    assert "Ngày đã hẹn trả kết quả: ngày 14 tháng 10 năm 2022" in text
    assert "Ngày hẹn trả kết quả mới: ngày 21 tháng 10 năm 2022" in text
    assert text.count("Lý do: Chờ ý kiến Sở Xây dựng") == 1
    assert "DỰ THẢO" in text
    assert pdf.pages == 1


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_of_the_one_stop_shop_is_on_upright_a5_with_a_place_to_sign(kind: str) -> None:
    pdf = printed(paper_of(kind, signer_title="GIÁM ĐỐC"))
    assert size_of(pdf) == tuple(round(side, 1) for side in A5)
    assert pdf.pages == 1
    places = signature_places(pdf.content)
    assert places.page == 0
    assert places.signer.top - places.signer.bottom == pytest.approx(22 / 25.4 * 72, abs=0.5)
    assert 0 < places.signer.left < places.signer.right < A5[0]


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_without_facts_has_labels_and_no_invented_words(kind: str) -> None:
    text = text_in(printed(paper_of(kind)))
    assert "Mã hồ sơ: Thủ tục hành chính: Người nộp hồ sơ:" in text
    assert "None" not in text
    assert "Khánh Hòa, ngày … tháng … năm …" in text


OPINIONS = [
    {"by": "Nguyễn A, Chuyên viên", "at": "08:00 ngày 03/10/2022", "text": "Trình dự thảo"},
    {"by": "Trần B, Trưởng phòng", "at": "2022-10-03", "text": "Đồng ý, chuyển Văn phòng"},
    {"by": "Lê C, Chánh Văn phòng", "at": "10:00 ngày 04/10/2022", "text": "Đạt thể thức"},
    {"by": "Vũ D, Trưởng đơn vị", "at": "11:00 ngày 04/10/2022", "text": "Đồng ý ký", "step": "Lãnh đạo Sở ký"},
]


def test_a_routing_slip_has_each_block_once_with_its_opinions_on_a4() -> None:
    facts = {"opinions": OPINIONS, "proposal": "Kính trình Lãnh đạo Sở xem xét, ký ban hành."}
    pdf = printed(paper_of(DocumentKind.ROUTING_SLIP, body="Dự thảo công văn đôn đốc", facts=facts))
    text = text_in(pdf)
    assert size_of(pdf) == tuple(round(side, 1) for side in A4)
    parts = [
        "I. NỘI DUNG TRÌNH Dự thảo công văn đôn đốc",
        "Đề xuất: Kính trình Lãnh đạo Sở",
        "Trình dự thảo 08:00 ngày 03/10/2022, Nguyễn A, Chuyên viên",
        "II. Ý KIẾN CỦA LÃNH ĐẠO ĐƠN VỊ Đồng ý, chuyển Văn phòng ngày 03 tháng 10 năm 2022, Trần B, Trưởng phòng",
        "III. Ý KIẾN CỦA VĂN PHÒNG Đạt thể thức 10:00 ngày 04/10/2022, Lê C, Chánh Văn phòng",
        "IV. Ý KIẾN CỦA LÃNH ĐẠO SỞ Đồng ý ký 11:00 ngày 04/10/2022, Vũ D",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert [text.count(part) for part in parts] == [1] * len(parts)
    assert signature_places(pdf.content).page == 0


def test_a_block_without_an_opinion_is_left_open_to_be_dated_by_hand() -> None:
    text = text_in(printed(paper_of(DocumentKind.ROUTING_SLIP)))
    assert text.count("Ngày … tháng … năm …") == 3


@pytest.mark.parametrize(
    ("opinion", "block"),
    [
        ({"step": "Trưởng đơn vị đồng ý", "by": "A, Chánh Văn phòng"}, "unit"),
        ({"step": "Văn phòng Sở kiểm tra thể thức"}, "office"),
        ({"step": "Chánh Văn phòng ký thừa lệnh"}, "office"),
        ({"step": "Văn thư cho số, phát hành"}, "office"),
        ({"step": "Lãnh đạo Sở ký"}, "leaders"),
        ({"step": "Hoàn thiện dự thảo"}, ""),
        ({"by": "Nguyễn Văn Phòng, Phó Giám đốc"}, "leaders"),
        ({"by": "Nguyễn A, Chuyên viên"}, ""),
        ({}, ""),
    ],
)
def test_an_opinion_stands_in_the_block_of_whose_it_is(opinion: Mapping[str, object], block: str) -> None:
    assert whose(opinion) == block


LONG_WORD = "Khôngcókhoảngtrắng" * 30
NASTY = "<b>đậm</b> & <script>alert(1)</script> 😀 {{ facts }}"


def long_names() -> Paper:
    head = Head(
        parent_name="Ủy ban nhân dân tỉnh Khánh Hòa và các cơ quan có tên rất dài " * 2,
        name="Trung tâm Hỗ trợ doanh nghiệp nhỏ và vừa, xúc tiến đầu tư, thương mại và du lịch tỉnh " * 2,
        abbreviation="X",
        place="Thành phố Nha Trang",
    )
    return Paper(kind="PHD", kind_label="Phiếu", head=head, symbol="PHD-X", subject=LONG_WORD, body=LONG_WORD)


def markup_everywhere() -> Paper:
    facts = dict.fromkeys(("dossier_code", "procedure", "applicant", "received_on", "return_by", "reason"), NASTY)
    return paper_of("TBBS", subject=NASTY, body=NASTY, facts={**facts, "missing": [NASTY]}, signer_title=NASTY)


def wrong_types() -> Paper:
    facts = {"missing": "một dòng", "opinions": ["x", {"by": None, "at": 5}, 7], "dossier_code": ["a"], "due_on": 3}
    return paper_of("PXL", facts=facts)


def very_many() -> Paper:
    facts = {"missing": [f"Giấy tờ thứ {number}" for number in range(200)]}
    names = tuple(f"Ông Nguyễn Văn {number}" for number in range(300))
    return paper_of("PHD", facts=facts, recipients=names, copies=names)


def many_opinions() -> Paper:
    opinions = [{"by": f"Người {n}, Trưởng phòng", "at": "2022-10-03", "text": NASTY * 10} for n in range(30)]
    return paper_of("PTr", facts={"opinions": opinions}, body=f"{LONG_WORD}\n" * 3)


@pytest.mark.parametrize("make", [long_names, markup_everywhere, wrong_types, very_many, many_opinions])
def test_hostile_data_stays_inside_the_page(make: Callable[[], Paper]) -> None:
    with pdfplumber.open(io.BytesIO(printed(make()).content)) as pdf:
        for page in pdf.pages:
            assert min(char["x0"] for char in page.chars) >= 20 / 25.4 * 72 - 1
            assert max(char["x1"] for char in page.chars) <= page.width - 12 / 25.4 * 72 + 1
            assert max(char["bottom"] for char in page.chars) <= page.height


def test_markup_in_the_data_is_printed_as_text() -> None:
    text = text_in(printed(markup_everywhere()))
    assert "<b>đậm</b> & <script>alert(1)</script> □ {{ facts }}" in text
