"""How the body names itself: dated rows, the reorganisation of 2025, and documents that keep the names of their day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from tests.factories import House, at, make_task, make_unit
from workflow.actions.document import (
    Draft,
    LetterheadFacts,
    draft_document,
    issue_document,
    set_letterhead,
)
from workflow.choices import DocumentKind, UnitKind
from workflow.core.errors import Invalid, NotFound, NotPermitted
from workflow.models import AuditEvent, Document, Letterhead, RegisterBook, Unit
from workflow.queries.document import head_of, head_on, symbol_of
from workflow.queries.letterhead import list_letterheads
from workflow.queries.paper import paper_of

IN_2022 = at(date(2022, 10, 17))
LAST_OF_FEBRUARY = at(date(2025, 2, 28))
IN_2025 = at(date(2025, 3, 3))

PLANNING = LetterheadFacts(
    parent_name="UBND tỉnh Khánh Hòa",
    name="Sở Kế hoạch và Đầu tư",
    abbreviation="SKHĐT",
    place="Khánh Hòa",
    valid_from=date(2022, 1, 1),
)
FINANCE = LetterheadFacts(
    parent_name="UBND tỉnh Khánh Hòa",
    name="Sở Tài chính",
    abbreviation="STC",
    place="Khánh Hòa",
    organ_id="H32.9",
    contact="01 Đường Mẫu, Nha Trang",
    valid_from=date(2025, 3, 1),
    basis="Nghị quyết sắp xếp tổ chức bộ máy",
)


def drafted(house: House, kind: DocumentKind = DocumentKind.LETTER, *, now: object = IN_2022) -> Document:
    symbol = "SKHĐT-VP" if kind == DocumentKind.LETTER else f"{kind}-SKHĐT"
    draft = Draft(kind=kind, subject="về tiến độ", body="Kính gửi./.", recipients=("UBND tỉnh",), symbol=symbol)
    return draft_document(draft, by=house.clerk, now=now)  # type: ignore[arg-type]


def issued(house: House, document: Document, *, now: object = IN_2022) -> Document:
    return issue_document(document.pk, by=house.clerk, now=now)  # type: ignore[arg-type]


@pytest.fixture
def reorganised(house: House) -> Unit:
    """The department of 2022 closes on 28/2/2025; from 1/3/2025 its successor issues under its own names."""
    Unit.objects.filter(pk=house.department.pk).update(valid_to=date(2025, 2, 28))
    later = make_unit(
        "STC-2025",
        UnitKind.DEPARTMENT,
        name="Sở Tài chính tỉnh Khánh Hòa",
        abbreviation="STC",
        predecessor=house.department,
        valid_from=date(2025, 3, 1),
    )
    set_letterhead(house.department.pk, PLANNING, by=house.admin, now=IN_2022)
    set_letterhead(later.pk, FINANCE, by=house.admin, now=LAST_OF_FEBRUARY)
    return later


# The rows


def test_the_names_in_force_are_those_of_the_latest_row(house: House) -> None:
    set_letterhead(house.department.pk, PLANNING, by=house.admin, now=IN_2022)
    renamed = replace(PLANNING, name="Sở Kế hoạch, Đầu tư và Tài chính", valid_from=date(2024, 7, 1))
    set_letterhead(house.department.pk, renamed, by=house.admin, now=IN_2022)
    assert head_on(date(2024, 6, 30)).name == "Sở Kế hoạch và Đầu tư"
    assert head_on(date(2024, 7, 1)).name == "Sở Kế hoạch, Đầu tư và Tài chính"


def test_before_its_first_row_a_body_prints_the_names_of_the_list_of_units(house: House) -> None:
    Unit.objects.filter(pk=house.department.pk).update(name="Sở Kế hoạch và Đầu tư tỉnh Khánh Hòa")
    set_letterhead(house.department.pk, replace(PLANNING, place="Nha Trang"), by=house.admin, now=IN_2022)
    head = head_on(date(2021, 12, 31))
    assert (head.parent_name, head.name, head.abbreviation, head.place, head.head_title) == (
        "UBND tỉnh Khánh Hòa",
        "Sở Kế hoạch và Đầu tư",
        "SKHĐT",
        "Khánh Hòa",
        "GIÁM ĐỐC",
    )
    assert head_on(date(2022, 1, 1)).place == "Nha Trang"


def test_a_row_is_set_with_one_event_and_set_again_with_what_it_was(house: House) -> None:
    set_letterhead(house.department.pk, PLANNING, by=house.admin, now=IN_2022)
    set_letterhead(house.department.pk, replace(PLANNING, place="Nha Trang"), by=house.admin, now=IN_2022)
    first, second = (json.loads(row.body) for row in AuditEvent.objects.filter(name="letterhead.set").order_by("seq"))
    assert (first["before"], first["after"]["place"], first["after"]["valid_from"]) == ({}, "Khánh Hòa", "2022-01-01")
    assert (second["before"]["place"], second["after"]["place"]) == ("Khánh Hòa", "Nha Trang")
    assert Letterhead.objects.get().place == "Nha Trang"


def test_only_an_administrator_sets_names(house: House) -> None:
    for person in (house.clerk, house.leader, house.head, house.stranger):
        with pytest.raises(NotPermitted):
            set_letterhead(house.department.pk, PLANNING, by=person, now=IN_2022)
    assert not Letterhead.objects.exists()


def test_only_an_issuing_body_has_names_to_print(house: House) -> None:
    for unit_id in (house.division.pk, house.province.pk, 10**9):
        with pytest.raises(NotFound):
            set_letterhead(unit_id, PLANNING, by=house.admin, now=IN_2022)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("parent_name", " "),
        ("name", ""),
        ("name", "x" * 201),
        ("abbreviation", "SK HĐT"),
        ("abbreviation", "SKHĐT/VP"),
        ("abbreviation", ""),
        ("place", ""),
        ("head_title", ""),
        ("organ_id", "h32 1"),
        ("contact", "x" * 256),
        ("basis", "\x00"),
        ("valid_from", date(2019, 12, 31)),
    ],
)
def test_a_row_with_a_wrong_field_is_refused_by_name(house: House, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        set_letterhead(house.department.pk, replace(PLANNING, **{field: value}), by=house.admin, now=IN_2022)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}
    assert not Letterhead.objects.exists()


def test_a_past_day_is_refused_only_where_it_would_rename_what_was_issued_without_names(house: House) -> None:
    document = issued(house, drafted(house))
    assert set_letterhead(house.department.pk, PLANNING, by=house.admin, now=IN_2022).pk
    Document.objects.filter(pk=document.pk).update(head={})
    with pytest.raises(Invalid, match="hãy chọn ngày sau"):
        set_letterhead(house.department.pk, PLANNING, by=house.admin, now=IN_2022)
    later = replace(PLANNING, valid_from=date(2022, 10, 18))
    assert set_letterhead(house.department.pk, later, by=house.admin, now=IN_2022).valid_from == date(2022, 10, 18)


# What stands on documents


def test_a_document_keeps_the_names_of_its_day(house: House) -> None:
    set_letterhead(house.department.pk, PLANNING, by=house.admin, now=IN_2022)
    document = issued(house, drafted(house))
    assert (document.issuer_id, document.year, document.head["name"]) == (
        house.department.pk,
        2022,
        "Sở Kế hoạch và Đầu tư",
    )
    changed = replace(PLANNING, name="Sở Đổi tên", place="Nha Trang")
    set_letterhead(house.department.pk, changed, by=house.admin, now=IN_2022)
    document.refresh_from_db()
    assert head_of(document).name == "Sở Kế hoạch và Đầu tư"
    assert (paper_of(document).head.place, head_on(date(2022, 10, 17)).name) == ("Khánh Hòa", "Sở Đổi tên")


def test_a_document_issued_before_names_were_kept_prints_those_of_its_day(house: House) -> None:
    document = issued(house, drafted(house))
    Document.objects.filter(pk=document.pk).update(head={})
    document.refresh_from_db()
    assert head_of(document).abbreviation == "SKHĐT"


def test_the_successor_issues_under_its_own_names_from_number_one(house: House, reorganised: Unit) -> None:
    before = issued(house, drafted(house, now=LAST_OF_FEBRUARY), now=LAST_OF_FEBRUARY)
    after = issued(house, drafted(house, now=IN_2025), now=IN_2025)
    report = issued(house, drafted(house, DocumentKind.REPORT, now=IN_2025), now=IN_2025)
    assert (before.full_number, before.issuer_id, before.head["name"]) == (
        "01/SKHĐT-VP",
        house.department.pk,
        "Sở Kế hoạch và Đầu tư",
    )
    assert (after.number, after.issuer_id, after.year) == (1, reorganised.pk, 2025)
    assert (after.head["name"], after.head["organ_id"], after.head["contact"]) == (
        "Sở Tài chính",
        "H32.9",
        "01 Đường Mẫu, Nha Trang",
    )
    assert report.number == 2
    books = RegisterBook.objects.filter(year=2025).order_by("pk").values_list("body", "series", "last_number")
    assert list(books) == [(house.department.pk, "chung", 1), (reorganised.pk, "chung", 2)]
    assert symbol_of("CV", house.office, date(2025, 3, 3)) == "STC-VP"
    assert symbol_of("BC", None, date(2025, 2, 28)) == "BC-SKHĐT"


@pytest.mark.parametrize(
    ("kind", "number"),
    [(DocumentKind.LETTER, "01/STC-VP"), (DocumentKind.REPORT, "01/BC-STC"), (DocumentKind.SUBMISSION, "01/TTr-STC")],
)
def test_a_draft_from_before_takes_the_symbol_and_names_of_the_body_that_issues_it(
    house: House, reorganised: Unit, kind: DocumentKind, number: str
) -> None:
    draft = drafted(house, kind, now=LAST_OF_FEBRUARY)
    assert head_of(draft).name == "Sở Kế hoạch và Đầu tư"
    assert head_of(draft, today=date(2025, 3, 3)).name == "Sở Tài chính"
    document = issued(house, draft, now=IN_2025)
    assert (document.full_number, document.head["abbreviation"], document.issuer_id) == (
        number,
        "STC",
        reorganised.pk,
    )
    event = json.loads(AuditEvent.objects.get(chain=f"document:{document.pk}", name="document.issue").body)
    assert event["details"]["former_symbol"] == draft.symbol
    assert paper_of(document).head.name == "Sở Tài chính"
    document.refresh_from_db()
    assert document.symbol == number.partition("/")[2]


def test_a_symbol_that_was_not_made_of_the_former_abbreviation_stays(house: House, reorganised: Unit) -> None:
    draft = drafted(house, now=LAST_OF_FEBRUARY)
    Document.objects.filter(pk=draft.pk).update(symbol="HĐTV-VP")
    document = issued(house, draft, now=IN_2025)
    assert document.full_number == "01/HĐTV-VP"
    event = json.loads(AuditEvent.objects.get(chain=f"document:{document.pk}", name="document.issue").body)
    assert "former_symbol" not in event["details"]


def test_a_changed_abbreviation_of_the_same_body_goes_on_in_the_same_register(house: House) -> None:
    draft = drafted(house)
    assert issued(house, drafted(house)).full_number == "01/SKHĐT-VP"
    shorter = replace(PLANNING, abbreviation="SKH", valid_from=date(2022, 11, 1))
    set_letterhead(house.department.pk, shorter, by=house.admin, now=IN_2022)
    assert issued(house, draft, now=at(date(2022, 11, 1))).full_number == "02/SKH-VP"


def test_the_head_of_the_body_signs_under_the_title_that_it_prints(house: House) -> None:
    titled = replace(PLANNING, head_title="Chủ nhiệm")
    set_letterhead(house.department.pk, titled, by=house.admin, now=IN_2022)
    task = make_task(house)
    draft = Draft(kind=DocumentKind.REPORT, subject="a", body="b", recipients=("UBND tỉnh",), symbol="BC-SKHĐT")
    document = draft_document(draft, task=task, by=house.member, now=IN_2022)
    assert issue_document(document.pk, by=house.leader, now=IN_2022).signer_title == "CHỦ NHIỆM"


# The list


def test_the_list_shows_each_body_with_what_it_prints(house: House, reorganised: Unit) -> None:
    newest, former = list_letterheads(date(2025, 3, 3))
    assert (newest.unit, newest.head.abbreviation, newest.first_day) == (reorganised, "STC", date(2025, 3, 3))
    assert newest.in_force == newest.rows[0]
    assert (former.unit, former.head.name, former.first_day) == (
        house.department,
        "Sở Kế hoạch và Đầu tư",
        date(2025, 2, 28),
    )
