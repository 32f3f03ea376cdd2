"""What a replacement and a correction say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workflow.core.amending import about, correcting_text, dated, named, replacing_body
from workflow.core.wording import Cited

LETTER = Cited(
    kind="Công văn",
    number="05/SKHĐT-VP",
    issued_on=date(2022, 2, 3),
    body_name="Sở Kế hoạch và Đầu tư",
    subject="đề nghị báo cáo",
)


@pytest.mark.parametrize(
    ("subject", "is_letter", "said"),
    [
        ("đề nghị báo cáo", True, "về việc đề nghị báo cáo"),
        ("Đề nghị báo cáo.", True, "về việc đề nghị báo cáo"),
        ("việc chậm trả lời", True, "về việc chậm trả lời"),
        ("Về việc chậm trả lời", False, "về việc chậm trả lời"),
        ("Việc Phòng Một chậm", False, "về việc Phòng Một chậm"),
        ("Kết quả quý III", False, "về kết quả quý III"),
        ("UBND tỉnh giao việc", False, "về UBND tỉnh giao việc"),
        ("tiến độ\n  dự án ;", True, "về việc tiến độ dự án"),
        ("A", False, "về A"),
    ],
)
def test_a_subject_is_said_inside_a_sentence(subject: str, is_letter: bool, said: str) -> None:
    assert about(subject, is_letter=is_letter) == said


def test_a_document_is_named_in_full_first_and_in_short_later() -> None:
    assert dated(LETTER) == "Công văn số 05/SKHĐT-VP ngày 03 tháng 02 năm 2022"
    assert named(LETTER) == (
        "Công văn số 05/SKHĐT-VP ngày 03 tháng 02 năm 2022 của Sở Kế hoạch và Đầu tư về việc đề nghị báo cáo"
    )


def test_a_document_with_a_name_of_its_own_is_named_by_its_subject() -> None:
    report = replace(LETTER, kind="Báo cáo", number="08/BC-SKHĐT", subject="Kết quả quý III")
    assert named(report) == (
        "Báo cáo số 08/BC-SKHĐT ngày 03 tháng 02 năm 2022 của Sở Kế hoạch và Đầu tư về kết quả quý III"
    )


def test_a_document_without_a_day_is_not_amended() -> None:
    with pytest.raises(ValueError, match="05/SKHĐT-VP"):
        dated(replace(LETTER, issued_on=None))


def test_a_replacement_begins_with_what_it_replaces() -> None:
    first = f"Văn bản này thay thế {named(LETTER)}."
    assert replacing_body(LETTER, "Một.\nHai./.") == f"{first}\nMột.\nHai./."
    assert replacing_body(LETTER, "Văn bản này thay thế Công văn số 01.\nMột./.") == f"{first}\nMột./."


def test_a_text_that_is_only_such_a_line_is_kept() -> None:
    assert replacing_body(LETTER, "Văn bản này thay thế quy định cũ./.").endswith(
        "\nVăn bản này thay thế quy định cũ./."
    )


def test_a_correction_quotes_both_and_ends_as_the_forms_do() -> None:
    subject, body = correcting_text(LETTER, " Số: 5 \n", "Số: 05\nký hiệu")
    assert subject == "đính chính Công văn số 05/SKHĐT-VP ngày 03 tháng 02 năm 2022"
    assert "“Số: 5”\n2. Nội dung đúng là:\n“Số: 05\nký hiệu”" in body
    assert body.endswith("./.")
