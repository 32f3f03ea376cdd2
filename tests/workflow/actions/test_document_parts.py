"""Nơi nhận, căn cứ, lưu, độ khẩn, phụ lục: what a draft keeps of them, what is refused, and what the hash covers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from tests.factories import MONDAY, House, at, make_task
from workflow.actions.document import (
    Draft,
    Parts,
    deliveries_of,
    draft_document,
    issue_document,
    revise_document,
)
from workflow.choices import DocumentKind, Urgency
from workflow.core.errors import Invalid
from workflow.core.hashchain import canonical
from workflow.core.paper import AppendixPaper
from workflow.models import Appendix, AuditEvent, Delivery, Document, DocumentRevision
from workflow.queries.document import appendices_of, text_hash
from workflow.queries.paper import paper_of

NOW = at(MONDAY)
PLAIN = Parts()
TABLE = AppendixPaper(
    title="Danh sách đơn vị",
    body="Kèm theo",
    columns=(("Stt", 4), ("Đơn vị", 20)),
    rows=(("I. CÁC PHÒNG",), ("1", "Phòng Một")),
    landscape=True,
)
FULL = Parts(
    copies=("UBND tỉnh (b/c)", "Sở Nội vụ (thông qua Văn phòng Sở)"),
    grounds=("Căn cứ Kế hoạch số 1186/KH-SKHĐT ngày 19 tháng 4 năm 2022 của Sở Kế hoạch và Đầu tư",),
    keeper="VP (Trường)",
    urgency=Urgency.URGENT,
    appendices=(TABLE,),
    facts={"dossier_code": "H1", "received_on": date(2022, 10, 3), "missing": ["Bản sao", "Tờ khai"], "paid": True},
)


def letter(parts: Parts = PLAIN, **given: object) -> Draft:
    values: dict[str, object] = {
        "kind": DocumentKind.LETTER,
        "subject": "đôn đốc",
        "body": "Lời./.",
        "recipients": ("Phòng Một",),
        "symbol": "SKHĐT-VP",
        **{name: getattr(parts, name) for name in Parts.__dataclass_fields__},
        **given,
    }
    return Draft(**values)  # type: ignore[arg-type]


def drafted(house: House, parts: Parts = PLAIN, **given: object) -> Document:
    return draft_document(letter(parts, **given), by=house.clerk, now=NOW)


def details(document: Document, name: str) -> dict[str, object]:
    return dict(json.loads(AuditEvent.objects.get(chain=f"document:{document.pk}", name=name).body)["details"])


def test_a_draft_keeps_every_part_and_prints_it(house: House) -> None:
    document = Document.objects.get(pk=drafted(house, FULL).pk)
    assert (document.copies, document.keeper, document.urgency) == (list(FULL.copies), "VP (Trường)", Urgency.URGENT)
    assert document.grounds == list(FULL.grounds)
    assert document.facts == {
        "dossier_code": "H1",
        "received_on": "2022-10-03",
        "missing": ["Bản sao", "Tờ khai"],
        "paid": True,
    }
    paper = paper_of(document)
    assert (paper.copies, paper.grounds, paper.keeper, paper.urgency) == (
        FULL.copies,
        FULL.grounds,
        "VP (Trường)",
        1,
    )
    assert paper.appendices == (TABLE,)
    assert paper.facts["missing"] == ["Bản sao", "Tờ khai"]
    assert details(document, "document.draft")["appendices"] == ["Danh sách đơn vị"]


def test_a_plain_draft_has_no_parts_and_its_event_says_none(house: House) -> None:
    document = drafted(house)
    assert (document.copies, document.grounds, document.keeper, document.urgency, document.facts) == ([], [], "", 0, {})
    assert (paper_of(document).keeper, appendices_of(document)) == ("VP", ())
    assert details(document, "document.draft") == {}


def test_how_far_it_goes_and_who_drafted_are_kept_and_covered_by_the_hash(house: House) -> None:
    document = drafted(house, Parts(facts={"circulation": "noi_bo", "drafter_mark": " PL.(300) "}))
    assert document.facts == {"circulation": "noi_bo", "drafter_mark": "PL.(300)"}
    assert paper_of(document).facts == document.facts
    marked = text_hash(document)
    document.facts = {}
    assert text_hash(document) != marked


def test_marks_that_nobody_wants_leave_nothing_behind(house: House) -> None:
    document = drafted(house, Parts(facts={"circulation": "", "drafter_mark": " "}))
    assert document.facts == {}
    assert details(document, "document.draft") == {}


def test_a_named_kind_is_kept_by_the_unit_that_drafts_it(house: House) -> None:
    draft = letter(kind=DocumentKind.SUBMISSION, symbol="TTr-SKHĐT")
    document = draft_document(draft, unit_id=house.division.pk, by=house.member, now=NOW)
    assert paper_of(document).keeper == "P-A"
    named = replace(draft, keeper="KHTH (An)")
    assert draft_document(named, unit_id=house.division.pk, by=house.member, now=NOW).keeper == "KHTH (An)"


def test_marks_that_are_printed_anyway_are_taken_off(house: House) -> None:
    document = drafted(house, Parts(copies=("- Sở Nội vụ;", " ", "- Chi cục B."), grounds=("Căn cứ A;",)))
    assert (document.copies, document.grounds) == (["Sở Nội vụ", "Chi cục B"], ["Căn cứ A"])


@pytest.mark.parametrize(
    ("parts", "field", "message"),
    [
        (Parts(copies=("Như trên",)), "copies", "được in sẵn"),
        (Parts(copies=("Lưu: VT, VP",)), "copies", "được in sẵn"),
        (Parts(copies=("x" * 256,)), "copies", "nhiều nhất 255"),
        (Parts(copies=("x",) * 501), "copies", "nhiều nhất 500 nơi"),
        (Parts(grounds=("x" * 501,)), "grounds", "nhiều nhất 500"),
        (Parts(keeper="x" * 61), "keeper", "nhiều nhất 60"),
        (Parts(urgency=4), "urgency", "Không có độ khẩn này"),
        (Parts(appendices=(AppendixPaper(title="", body="x"),)), "appendix_1", "Chưa nhập tên của phụ lục 1"),
        (Parts(appendices=(AppendixPaper(title="A"),)), "appendix_1", "Phụ lục 1 chưa có nội dung"),
        (
            Parts(appendices=(TABLE, replace(TABLE, rows=(("1", "2", "3"),)))),
            "appendix_2",
            "dòng 1 có 3 ô, tiêu đề có 2 cột",
        ),
        (Parts(appendices=(replace(TABLE, rows=(("1", "a\x00"),)),)), "appendix_1", "ký tự điều khiển"),
        (Parts(appendices=(replace(TABLE, columns=(("x", 1),) * 21, rows=()),)), "appendix_1", "nhiều nhất 20 cột"),
        (Parts(appendices=(TABLE,) * 21), "appendices", "nhiều nhất 20"),
        (Parts(facts={"rate": 0.5}), "facts", "không ghi lại được"),
        (Parts(facts={"circulation": "ra_ngoai"}), "circulation", "Không có phạm vi lưu hành này"),
        (Parts(facts={"drafter_mark": "x" * 31}), "drafter_mark", "nhiều nhất 30"),
    ],
)
def test_a_wrong_part_is_refused_by_name_and_nothing_is_kept(
    house: House, parts: Parts, field: str, message: str
) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(house, parts)
    assert set(refused.value.fields) == {field}
    assert message in refused.value.fields[field]
    assert not Document.objects.exists()
    standing = drafted(house)
    with pytest.raises(Invalid):
        revise_document(standing.pk, 1, "a", "b", ["c"], parts=parts, by=house.clerk, now=NOW)
    assert not Appendix.objects.exists()


@pytest.mark.parametrize(
    ("kind", "recipients", "copies", "field"),
    [
        ("CV", (), ("A",), "recipients"),
        ("TTr", (), ("A",), "recipients"),
        ("BC", (), (), "copies"),
        ("TB", (), (), "copies"),
        ("KH", (), (), "copies"),
        ("BC", (), ("A",), ""),
        ("BC", ("UBND tỉnh",), (), ""),
        ("TB", (), ("A",), ""),
        ("KH", ("A",), (), ""),
        ("PTr", (), (), ""),
        ("PHD", (), (), ""),
    ],
)
def test_each_kind_says_where_it_goes_as_it_must(
    house: House, kind: str, recipients: tuple[str, ...], copies: tuple[str, ...], field: str
) -> None:
    draft = letter(kind=DocumentKind(kind), recipients=recipients, copies=copies)
    if not field:
        assert draft_document(draft, by=house.clerk, now=NOW).pk
        return
    with pytest.raises(Invalid) as refused:
        draft_document(draft, by=house.clerk, now=NOW)
    assert set(refused.value.fields) == {field}


def test_five_hundred_places_are_enough(house: House) -> None:
    assert len(drafted(house, recipients=tuple(f"Xã {number}" for number in range(500))).recipients) == 500
    with pytest.raises(Invalid, match="nhiều nhất 500 nơi"):
        drafted(house, recipients=tuple(f"Xã {number}" for number in range(501)))


def test_a_kind_that_is_not_addressed_prints_everybody_under_noi_nhan(house: House) -> None:
    paper = paper_of(drafted(house, kind=DocumentKind.NOTICE, recipients=("Công ty A",), copies=("Phòng Một",)))
    assert (paper.recipients, paper.copies) == ((), ("Công ty A", "Phòng Một"))
    paper = paper_of(drafted(house, recipients=("Công ty A",), copies=("Phòng Một",)))
    assert (paper.recipients, paper.copies) == (("Công ty A",), ("Phòng Một",))


# Writing anew


def test_writing_anew_keeps_what_the_parts_were(house: House) -> None:
    document = drafted(house, FULL)
    changed = Parts(copies=("Sở Xây dựng",), appendices=(AppendixPaper(title="Phụ lục mới", body="Lời"), TABLE))
    revise_document(document.pk, 1, "mới", "Lời mới", ["Phòng Một"], parts=changed, by=house.clerk, now=NOW)
    document.refresh_from_db()
    assert (document.copies, document.grounds, document.keeper, document.urgency) == (["Sở Xây dựng"], [], "", 0)
    assert [row.title for row in appendices_of(document)] == ["Phụ lục mới", "Danh sách đơn vị"]
    said = DocumentRevision.objects.get(document=document).said
    assert (said["copies"], said["keeper"], said["urgency"]) == (list(FULL.copies), "VP (Trường)", 1)
    assert said["appendices"][0]["rows"] == [["I. CÁC PHÒNG"], ["1", "Phòng Một"]]
    assert details(document, "document.revise")["copies"] == ["Sở Xây dựng"]


def test_without_parts_they_stay_as_they_stand(house: House) -> None:
    document = drafted(house, FULL)
    document = revise_document(document.pk, 1, "mới", "Lời mới", ["Phòng Một"], by=house.clerk, now=NOW)
    assert (document.copies, document.facts["dossier_code"]) == (list(FULL.copies), "H1")
    assert appendices_of(document) == (TABLE,)


def test_a_notice_that_loses_its_last_place_is_refused(house: House) -> None:
    document = drafted(house, kind=DocumentKind.NOTICE, recipients=(), copies=("A",))
    with pytest.raises(Invalid) as refused:
        revise_document(document.pk, 1, "a", "b", [], parts=Parts(), by=house.clerk, now=NOW)
    assert set(refused.value.fields) == {"copies"}
    assert revise_document(document.pk, 1, "a", "b", [], by=house.clerk, now=NOW).copies == ["A"]


# Issuing


def test_the_hash_of_a_document_without_parts_is_what_it_was_before_there_were_any(house: House) -> None:
    document = issue_document(drafted(house).pk, by=house.clerk, now=NOW)
    document.head = {}
    former = {
        "kind": "CV",
        "number": "01/SKHĐT-VP",
        "issued_on": MONDAY,
        "subject": "đôn đốc",
        "body": "Lời./.",
        "recipients": ["Phòng Một"],
        "signer_name": "",
        "signer_title": document.signer_title,
    }
    assert text_hash(document) == hashlib.sha256(canonical(former).encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        {"copies": ["Khác"]},
        {"grounds": []},
        {"keeper": "KHTH"},
        {"urgency": 2},
        {"facts": {}},
        {"head": {"name": "Khác"}},
    ],
)
def test_the_hash_covers_every_part(house: House, changed: dict[str, object]) -> None:
    document = issue_document(drafted(house, FULL).pk, by=house.clerk, now=NOW)
    assert text_hash(Document.objects.get(pk=document.pk)) == document.text_sha256
    for name, value in changed.items():
        setattr(document, name, value)
    assert text_hash(document) != document.text_sha256


@pytest.mark.parametrize("changed", [{"title": "Khác"}, {"rows": [["1", "Phòng Hai"]]}, {"landscape": False}])
def test_the_hash_covers_every_appendix(house: House, changed: dict[str, object]) -> None:
    document = issue_document(drafted(house, FULL).pk, by=house.clerk, now=NOW)
    Appendix.objects.update(**changed)
    assert text_hash(Document.objects.get(pk=document.pk)) != document.text_sha256


def test_each_place_of_noi_nhan_is_a_delivery_too(house: House) -> None:
    task = make_task(house)
    document = draft_document(letter(FULL), task=task, by=house.member, now=NOW)
    issue_document(document.pk, by=house.clerk, now=NOW)
    assert list(Delivery.objects.values_list("recipient", "through")) == [
        ("Phòng Một", ""),
        ("UBND tỉnh", ""),
        ("Văn phòng Sở", ""),
        ("Sở Nội vụ", "Văn phòng Sở"),
    ]
    assert len(deliveries_of([document], now=NOW)) == 4
