"""Series of numbers: one a year or one a kind, changed in mid-year, and never a number with its symbol twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from django.db import connection, transaction

from tests.factories import House, at
from tests.racing import Job, race
from workflow.actions.document import Draft, draft_document, issue_document, open_register, take_numbers
from workflow.actions.policy import set_policy
from workflow.choices import DocumentKind, DocumentStatus
from workflow.core.errors import WrongState
from workflow.models import Document, RegisterBook

JANUARY = at(date(2022, 1, 4))
JUNE = at(date(2022, 6, 1))
OCTOBER = at(date(2022, 10, 3))

LETTER, REPORT, NOTICE = DocumentKind.LETTER, DocumentKind.REPORT, DocumentKind.NOTICE


def drafted(house: House, kind: DocumentKind, *, now: datetime, symbol: str = "") -> Document:
    named = "SKHĐT-VP" if kind == LETTER else f"{kind}-SKHĐT"
    draft = Draft(kind=kind, subject="a", body="b", recipients=("UBND tỉnh",), symbol=symbol or named)
    return draft_document(draft, by=house.clerk, now=now)


def issued(house: House, *kinds: DocumentKind, now: datetime) -> list[str]:
    """Issue a document of each kind and return their numbers."""
    papers = [drafted(house, kind, now=now) for kind in kinds]
    return [issue_document(paper.pk, by=house.clerk, now=now).full_number for paper in papers]


def choose(house: House, value: str, day: datetime) -> None:
    set_policy("register_series", value, day.date(), "Quy chế văn thư", by=house.admin, now=day)


def assert_no_number_twice_and_no_gap() -> None:
    """Every number with its symbol once a year and body; every volume without a gap from its first number."""
    rows = Document.objects.filter(status=DocumentStatus.ISSUED)
    given = Counter(rows.values_list("issuer", "year", "number", "symbol"))
    assert [number for number, times in given.items() if times > 1] == []
    for book in RegisterBook.objects.all():
        numbers = sorted(book.documents.values_list("number", flat=True))
        assert numbers == list(range(book.first_number, book.last_number + 1)), book


def test_by_default_all_kinds_share_one_series(house: House) -> None:
    assert issued(house, LETTER, REPORT, NOTICE, now=JANUARY) == ["01/SKHĐT-VP", "02/BC-SKHĐT", "03/TB-SKHĐT"]
    assert [book.series for book in RegisterBook.objects.all()] == ["chung"]


def test_one_series_a_kind_counts_each_kind_by_itself(house: House) -> None:
    choose(house, "by_kind", JANUARY)
    assert issued(house, LETTER, REPORT, LETTER, now=JANUARY) == ["01/SKHĐT-VP", "01/BC-SKHĐT", "02/SKHĐT-VP"]
    assert sorted(RegisterBook.objects.values_list("series", "last_number")) == [("BC", 1), ("CV", 2)]
    assert_no_number_twice_and_no_gap()


def test_internal_forms_take_no_number_of_the_register_of_outgoing_documents(house: House) -> None:
    numbers = issued(house, LETTER, DocumentKind.ROUTING_SLIP, LETTER, now=JANUARY)
    assert numbers == ["01/SKHĐT-VP", "01/PTr-SKHĐT", "02/SKHĐT-VP"]
    assert sorted(RegisterBook.objects.values_list("series", "last_number")) == [("PTr", 1), ("chung", 2)]


def test_a_series_a_kind_from_mid_year_goes_on_after_what_its_kind_was_given(house: House) -> None:
    issued(house, LETTER, REPORT, LETTER, LETTER, now=JANUARY)
    choose(house, "by_kind", JUNE)
    assert issued(house, REPORT, LETTER, NOTICE, REPORT, now=JUNE) == [
        "03/BC-SKHĐT",
        "05/SKHĐT-VP",
        "01/TB-SKHĐT",
        "04/BC-SKHĐT",
    ]
    assert_no_number_twice_and_no_gap()


def test_back_to_one_series_a_new_volume_begins_after_the_largest_number(house: House) -> None:
    issued(house, LETTER, REPORT, now=JANUARY)
    choose(house, "by_kind", JUNE)
    issued(house, LETTER, LETTER, LETTER, REPORT, now=JUNE)
    choose(house, "common", OCTOBER)
    assert issued(house, REPORT, LETTER, now=OCTOBER) == ["05/BC-SKHĐT", "06/SKHĐT-VP"]
    books = RegisterBook.objects.order_by("pk").values_list("series", "first_number", "last_number")
    assert list(books) == [("chung", 1, 2), ("CV", 2, 4), ("BC", 3, 3), ("chung 2", 5, 6)]
    assert_no_number_twice_and_no_gap()


def test_the_next_year_begins_with_one_again(house: House) -> None:
    choose(house, "by_kind", JANUARY)
    issued(house, LETTER, now=JANUARY)
    assert issued(house, LETTER, now=at(date(2023, 1, 3))) == ["01/SKHĐT-VP"]


def test_a_kind_begins_after_the_paper_register_unless_the_clerk_opens_it_himself(house: House) -> None:
    open_register(house.department.pk, 2022, "chung", 1187, by=house.clerk, now=JANUARY)
    open_register(house.department.pk, 2022, "BC", 8, by=house.clerk, now=JANUARY)
    choose(house, "by_kind", JUNE)
    assert issued(house, LETTER, REPORT, now=JUNE) == ["1187/SKHĐT-VP", "08/BC-SKHĐT"]


def test_the_policy_of_the_day_of_issue_counts(house: House) -> None:
    choose(house, "by_kind", JUNE)
    assert issued(house, LETTER, REPORT, now=at(date(2022, 6, 1), "00:00")) == ["01/SKHĐT-VP", "01/BC-SKHĐT"]


def test_a_number_with_its_symbol_is_never_given_twice_and_the_refusal_is_plain(house: House) -> None:
    first = drafted(house, LETTER, now=JANUARY)
    issue_document(first.pk, by=house.clerk, now=JANUARY)
    RegisterBook.objects.update(last_number=0, series="cũ")  # what a mistaken change of the table would do
    second = drafted(house, LETTER, now=JANUARY)
    Document.objects.filter(pk=first.pk).update(kind=REPORT)
    choose(house, "by_kind", JANUARY)
    with pytest.raises(WrongState, match="Số 01/SKHĐT-VP của năm 2022 đã được cấp"):
        issue_document(second.pk, by=house.clerk, now=JANUARY)
    second.refresh_from_db()
    assert (second.status, second.number) == (DocumentStatus.DRAFT, None)
    assert not RegisterBook.objects.filter(series="CV").exists()


def test_taking_a_number_costs_three_statements_and_one_more_beside_other_series(
    house: House, django_assert_num_queries: object
) -> None:
    take_numbers(house.department.pk, 2022, 1)
    with django_assert_num_queries(3, connection=connection):  # type: ignore[operator]
        take_numbers(house.department.pk, 2022, 200)
    RegisterBook.objects.create(body=house.department, year=2022, series="BC")
    with django_assert_num_queries(4, connection=connection):  # type: ignore[operator]
        take_numbers(house.department.pk, 2022, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite chỉ cho một người ghi một lúc")
@pytest.mark.parametrize("mode", ["common", "by_kind"])
def test_clerks_at_once_some_of_whom_fail_leave_no_gap_whatever_the_series(house: House, mode: str) -> None:
    """Nobody opened the registers before, so the first of each series is opened in the race as well."""
    issued(house, LETTER, REPORT, now=JANUARY)
    choose(house, mode, JUNE)
    kinds = (LETTER, REPORT, NOTICE) * 8
    papers = [drafted(house, kind, now=JUNE) for kind in kinds]

    def clerk(mine: Sequence[Document]) -> Job:
        def issue_all() -> None:
            for document in mine:
                with transaction.atomic():
                    issue_document(document.pk, by=house.clerk, now=JUNE)
                    if document.pk % 4 == 0:
                        transaction.set_rollback(True)

        return issue_all

    assert race(*(clerk(papers[start::6]) for start in range(6))) == [None] * 6
    assert_no_number_twice_and_no_gap()
    kept = sum(1 for document in papers if document.pk % 4)
    assert Document.objects.filter(status=DocumentStatus.ISSUED).count() == kept + 2
