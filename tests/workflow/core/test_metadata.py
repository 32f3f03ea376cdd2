"""Metadata of Phụ lục VI: what fits, what does not, what is missing; nothing is cut and nothing made up."""

from __future__ import annotations

from datetime import date

import pytest

from workflow.core.metadata import RULES, Metadata, Party, listed, wrong_id


def metadata(**given: object) -> Metadata:
    values: dict[str, object] = {
        "organ_id": "H32.11",
        "type_name": "Công văn",
        "code_number": "05",
        "code_notation": "SKHĐT-VP",
        "issued_on": date(2022, 10, 17),
        "organ_name": "Sở Kế hoạch và Đầu tư",
        "subject": "đôn đốc lần 1",
        "signer_position": "GIÁM ĐỐC",
        "signer_name": "Nguyễn Văn Mẫu",
        "recipients": (Party(name="Sở Tài chính", organ_id="H32.7"),),
        "priority": 1,
        "issued_amount": 2,
        "pages": 1,
        "due_on": date(2022, 10, 14),
        **given,
    }
    return Metadata(**values)  # type: ignore[arg-type]


def test_the_fields_are_those_of_the_appendix_with_their_lengths() -> None:
    assert {rule.name: rule.length for rule in RULES} == {
        "OrganId": 35,
        "FileCatalog": 4,
        "FileNotation": 20,
        "DocOrdinal": 3,
        "TypeName": 100,
        "CodeNumber": 11,
        "CodeNotation": 30,
        "IssuedDate": 10,
        "OrganName": 200,
        "Subject": 500,
        "Language": 30,
        "PageAmount": 3,
        "Description": 500,
        "SignerInfo.Position": 100,
        "SignerInfo.FullName": 50,
        "Priority": 1,
        "IssuedAmount": 3,
        "DueDate": 10,
    }


def test_what_is_known_is_given_under_the_names_of_the_appendix() -> None:
    assert metadata().as_data() == {
        "OrganId": "H32.11",
        "TypeName": "Công văn",
        "CodeNumber": "05",
        "CodeNotation": "SKHĐT-VP",
        "IssuedDate": "2022-10-17",
        "OrganName": "Sở Kế hoạch và Đầu tư",
        "Subject": "đôn đốc lần 1",
        "Language": "Tiếng Việt",
        "PageAmount": 1,
        "SignerInfo": {"Position": "GIÁM ĐỐC", "FullName": "Nguyễn Văn Mẫu"},
        "Priority": 1,
        "IssuedAmount": 2,
        "DueDate": "2022-10-14",
        "To": [{"OrganId": "H32.7", "OrganName": "Sở Tài chính"}],
    }
    assert metadata().problems == ()


def test_no_field_of_an_archive_file_is_made_up() -> None:
    assert [line.partition(" (")[0] for line in metadata().missing] == [
        "Năm của hồ sơ",
        "Số, ký hiệu hồ sơ",
        "Số thứ tự trong hồ sơ",
    ]


def test_bodies_without_an_identifier_are_listed_by_name_and_units_inside_need_none() -> None:
    unknown = metadata(
        organ_id="",
        recipients=(
            Party(name="Sở Tài chính"),
            Party(name="Phòng Một", inside=True),
            Party(name="Sở Xây dựng", organ_id="H32.9"),
        ),
    )
    assert unknown.missing[0] == "Mã định danh cơ quan ban hành (OrganId): chưa được cấu hình."
    assert unknown.missing[-1] == "Mã định danh nơi nhận (To.OrganId): chưa được cấu hình cho Sở Tài chính."
    assert "OrganId" not in unknown.as_data()
    assert unknown.as_data()["To"] == [
        {"OrganName": "Sở Tài chính"},
        {"OrganName": "Phòng Một"},
        {"OrganId": "H32.9", "OrganName": "Sở Xây dựng"},
    ]


def test_of_very_many_names_the_first_are_given_and_the_rest_counted() -> None:
    many = metadata(recipients=tuple(Party(name=f"Xã {number}") for number in range(300)))
    assert many.missing[-1].endswith("Xã 18; Xã 19 và 280 nơi khác.")
    assert listed(["Sở A", "Sở B"]) == "Sở A; Sở B"


def test_a_document_that_names_nobody_says_so() -> None:
    assert "văn bản không ghi nơi nhận" in metadata(recipients=()).missing[-1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"subject": "ă" * 600}, "Trích yếu (Subject) dài 600 ký tự, quá 500 ký tự"),
        ({"signer_name": "Ng" * 30}, "Họ và tên người ký (SignerInfo.FullName) dài 60 ký tự, quá 50 ký tự"),
        ({"code_notation": "X" * 31}, "Ký hiệu của văn bản (CodeNotation) dài 31 ký tự, quá 30 ký tự"),
        ({"pages": 1000}, "Số trang (PageAmount) dài 4 chữ số, quá 3 chữ số"),
        ({"issued_amount": 1000}, "Số lượng bản (IssuedAmount) dài 4 chữ số, quá 3 chữ số"),
        ({"recipients": (Party(name="S" * 201),)}, "Tên nơi nhận (To.OrganName) dài 201 ký tự, quá 200 ký tự"),
        ({"organ_id": "000.00.00.H41"}, "Mã định danh “000.00.00.H41” của Sở Kế hoạch và Đầu tư không đúng dạng"),
        ({"recipients": (Party(name="Sở X", organ_id="h32"),)}, "Mã định danh “h32” của Sở X không đúng dạng"),
    ],
)
def test_what_does_not_fit_is_reported_and_kept_whole(given: dict[str, object], said: str) -> None:
    found = metadata(**given)
    assert [line for line in found.problems if line.startswith(said)] != []
    assert len(found.problems) == 1
    if "subject" in given:
        assert found.as_data()["Subject"] == given["subject"]


def test_what_just_fits_is_no_problem() -> None:
    assert metadata(subject="ă" * 500, signer_name="N" * 50, pages=999).problems == ()


@pytest.mark.parametrize(
    ("organ_id", "right"),
    [
        ("H32", True),
        ("H32.11", True),
        ("A00.1.B2", True),
        ("H32." + "1" * 31, True),
        ("H32." + "1" * 32, False),
        ("Z00.1", False),
        ("H3", False),
        ("H32.", False),
        ("H32.a", False),
        ("", True),
    ],
)
def test_identifiers_have_the_form_of_the_decision_of_2020(organ_id: str, right: bool) -> None:
    assert (wrong_id(organ_id, "Sở X") == "") is right
