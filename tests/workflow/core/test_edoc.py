"""A message as plain data: how it names documents, what it says of itself, what XML can't hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from workflow.choices import INTERNAL_FORMS, DocumentKind
from workflow.core.edoc import TYPE_CODES, Edoc, EdocFile, Organ, Pointer, unreadable, xml_text

ON = date(2022, 3, 5)


def test_a_document_is_named_by_body_day_and_number() -> None:
    pointer = Pointer.of("05/SKHĐT-VP", ON, "H32.11")
    assert (pointer.number, pointer.notation) == ("05", "SKHĐT-VP")
    assert pointer.document_id == "H32.11,2022/03/05,05/SKHĐT-VP"


def test_without_an_identifier_the_first_part_is_empty_and_nothing_made_up() -> None:
    assert Pointer.of("1186/KH-SKHĐT", date(2022, 4, 19), "").document_id == ",2022/04/19,1186/KH-SKHĐT"


def test_every_kind_of_the_decree_has_its_code_and_no_internal_form_has() -> None:
    assert TYPE_CODES == {"TB": 7, "KH": 10, "BC": 14, "TTr": 16, "CV": 18}
    assert set(TYPE_CODES) == {str(kind) for kind in DocumentKind} - {str(kind) for kind in INTERNAL_FORMS}


def test_the_same_file_has_the_same_name_in_a_message() -> None:
    one, two = (EdocFile(name=name, content=b"%PDF") for name in ("a.pdf", "b.pdf"))
    assert one.content_id == two.content_id
    assert EdocFile(name="a.pdf", content=b"%PDF-") != one


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("đôn đốc <b> & “x” 😀\n\t", 0),
        ("a\x00b\x0bc", 2),
        ("\ufffe\uffff", 2),
        ("\ud800", 1),
        ("", 0),
    ],
)
def test_characters_that_xml_forbids_are_replaced_and_counted(text: str, bad: int) -> None:
    assert unreadable([text]) == bad
    assert xml_text(text).count("\ufffd") == bad
    assert len(xml_text(text)) == len(text)


def edoc(**given: object) -> Edoc:
    values: dict[str, object] = {
        "sender": Organ(name="Sở Kế hoạch và Đầu tư"),
        "document": Pointer.of("05/BC-SKHĐT", ON, ""),
        "kind": "BC",
        "kind_label": "Báo cáo",
        "place": "Khánh Hòa",
        "subject": "tình hình",
        "signer_competence": "",
        "signer_position": "GIÁM ĐỐC",
        "signer_name": "Nguyễn Văn Mẫu",
        "at": datetime(2022, 3, 5, 8, tzinfo=UTC),
        **given,
    }
    return Edoc(**values)  # type: ignore[arg-type]


def test_a_message_lists_each_body_without_an_identifier_once() -> None:
    found = edoc(receivers=(Organ(name="Sở A"), Organ(name="Sở A"), Organ(name="Sở B", organ_id="H32.2")))
    assert (found.without_id, found.missing_ids) == (True, ("Sở Kế hoạch và Đầu tư", "Sở A"))
    assert not edoc(sender=Organ(name="Sở", organ_id="H32.1")).without_id


def test_a_message_says_that_its_code_is_inferred_and_that_letters_were_replaced() -> None:
    remarks = " ".join(edoc(subject="tình\x07 hình").remarks)
    assert "Mã loại 14 của “Báo cáo” suy theo thứ tự" in remarks
    assert "Có 1 ký tự mà tệp XML không được phép chứa" in remarks
    assert edoc(kind="CV", sender=Organ(name="Sở", organ_id="H32.1")).remarks == ()
