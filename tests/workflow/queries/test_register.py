"""The register's rows: the ten columns from live documents, notes of what happened after, gaps, names on the cover."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tests.factories import MONDAY, House, at, make_task
from tests.registered import book_of, register_document
from workflow.actions.document.registerfile import print_register_file
from workflow.choices import DocumentKind, DocumentStatus, LinkKind, UnitKind
from workflow.core.errors import NotFound, WrongState
from workflow.core.register import COLUMNS, RegisterRow, RegisterScope, RegisterVolume, missing_numbers, places_of
from workflow.models import Document, Letterhead, Recall, RegisterBook, Unit
from workflow.queries.register import (
    PRINT_JOB,
    find_book,
    gaps_of,
    list_register,
    load_volume,
    register_books,
    waiting_prints,
)

NOW = at(date(2022, 12, 30))


def volume_of(house: House, **bounds: object) -> RegisterVolume:
    """The whole series of 2022, or what the bounds leave of it."""
    return load_volume(RegisterScope(book_of(house).pk, **bounds), 1, most=1000, now=NOW)


def row_of(house: House, number: int) -> RegisterRow:
    """The row of one number."""
    return next(row for row in volume_of(house).rows if row.number == number)


def cells_of(house: House, number: int) -> dict[str, str]:
    """The row of one number, by the names of its columns."""
    return dict(zip(COLUMNS, row_of(house, number).cells(), strict=True))


def test_the_columns_are_those_of_appendix_iv() -> None:
    assert COLUMNS == (
        "Số, ký hiệu văn bản",
        "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung văn bản",
        "Người ký",
        "Nơi nhận văn bản",
        "Đơn vị, người nhận bản lưu",
        "Số lượng bản",
        "Ngày chuyển",
        "Ký nhận",
        "Ghi chú",
    )


def test_a_letter_fills_every_column_that_is_known(house: House) -> None:
    register_document(
        house,
        5,
        task=make_task(house),
        day=date(2022, 1, 4),
        subject="đôn đốc lần 1 việc thẩm định",
        recipients=["Sở Tài chính", "Sở Xây dựng"],
        copies=["Như trên", "- Lãnh đạo Sở;"],
        keeper="VP (Truong)",
    )
    assert cells_of(house, 5) == {
        "Số, ký hiệu văn bản": "05/SKHĐT-VP",
        "Ngày tháng văn bản": "04/01/2022",
        "Tên loại và trích yếu nội dung văn bản": "Công văn V/v đôn đốc lần 1 việc thẩm định",
        "Người ký": "Nguyễn Văn Mẫu",
        "Nơi nhận văn bản": "Sở Tài chính; Sở Xây dựng; Lãnh đạo Sở",
        "Đơn vị, người nhận bản lưu": "VT, VP (Truong)",
        "Số lượng bản": "04",
        "Ngày chuyển": "04/01/2022",
        "Ký nhận": "",
        "Ghi chú": "",
    }


@pytest.mark.parametrize("subject", ["V/v mời họp", "về việc mời họp"])
def test_a_letter_whose_subject_says_about_already_is_not_told_twice(house: House, subject: str) -> None:
    register_document(house, 1, subject=subject)
    assert row_of(house, 1).content == f"Công văn {subject}"


def test_a_named_document_stands_with_its_name(house: House) -> None:
    register_document(house, 8, kind=DocumentKind.REPORT, subject="Việc Sở Tài chính\nchậm tham gia ý kiến", keeper="")
    row = row_of(house, 8)
    assert row.full_number == "08/BC-SKHĐT"
    assert row.content == "Báo cáo: Việc Sở Tài chính chậm tham gia ý kiến"
    assert row.keeper == "VT"


def test_a_document_that_was_not_sent_has_no_day_of_sending(house: House) -> None:
    register_document(house, 1, sent=False)
    assert cells_of(house, 1)["Ngày chuyển"] == ""


def test_notes_tell_of_replacing_correcting_and_recalling(house: House) -> None:
    old = register_document(house, 1, day=date(2022, 10, 3))
    wrong = register_document(house, 2, day=date(2022, 10, 3))
    register_document(house, 3, day=date(2022, 10, 5), replaces=old)
    register_document(house, 4, day=date(2022, 10, 6), replaces=wrong, link=LinkKind.CORRECTS)
    register_document(house, 5, day=date(2022, 10, 7), replaces=wrong, link=LinkKind.REMINDS)
    Recall.objects.create(document=wrong, reason="Sai  nơi nhận", recalled_at=at(date(2022, 10, 8), "00:30"))
    notes = {row.number: row.notes for row in volume_of(house).rows}
    assert notes == {
        1: ("Được thay thế bởi Văn bản số 03/SKHĐT-VP ngày 05/10/2022",),
        2: (
            "Thu hồi ngày 08/10/2022: Sai nơi nhận",
            "Được đính chính tại Văn bản số 04/SKHĐT-VP ngày 06/10/2022",
        ),
        3: ("Thay thế Văn bản số 01/SKHĐT-VP ngày 03/10/2022",),
        4: ("Đính chính Văn bản số 02/SKHĐT-VP ngày 03/10/2022",),
        5: (),
    }


def test_a_draft_that_would_replace_a_document_has_done_nothing_to_it_yet(house: House) -> None:
    old = register_document(house, 1)
    draft = Document.objects.create(
        kind=DocumentKind.LETTER, symbol="SKHĐT-VP", subject="Mẫu", body="Mẫu", drafted_at=at(MONDAY)
    )
    old.linked_by.create(document=draft, kind=LinkKind.REPLACES, made_at=at(MONDAY))
    assert row_of(house, 1).notes == ()


def test_drafts_and_other_series_are_not_in_the_register(house: House) -> None:
    register_document(house, 1)
    register_document(house, 1, day=date(2023, 1, 3), symbol="SKHĐT-KT")
    Document.objects.create(
        kind=DocumentKind.LETTER, symbol="SKHĐT-VP", subject="Dự thảo", body="Mẫu", drafted_at=at(MONDAY)
    )
    assert [row.full_number for row in volume_of(house).rows] == ["01/SKHĐT-VP"]
    assert Document.objects.filter(status=DocumentStatus.DRAFT).count() == 1


def test_rows_stand_in_the_order_of_their_numbers_and_within_the_bounds(house: House) -> None:
    for number in (3, 1, 10, 2):
        register_document(house, number, day=date(2022, 10, number))
    assert [row.number for row in volume_of(house).rows] == [1, 2, 3, 10]
    assert [row.number for row in volume_of(house, first=2, last=3).rows] == [2, 3]
    bounded = volume_of(house, since=date(2022, 10, 2), until=date(2022, 10, 9))
    assert [row.number for row in bounded.rows] == [2, 3]
    assert bounded.cover_lines() == (
        "Năm: 2022",
        "Từ ngày 02/10/2022 đến ngày 09/10/2022",
        "Từ số 02 đến số 03",
        "Quyển số: 01",
    )
    assert volume_of(house).cover_lines()[1] == "Từ ngày 01/10/2022 đến ngày 10/10/2022"


def test_a_scope_without_documents_or_with_too_many_makes_no_volume(house: House) -> None:
    scope = RegisterScope(book_of(house).pk)
    with pytest.raises(WrongState, match="Không có văn bản nào"):
        load_volume(scope, 1, most=10, now=NOW)
    for number in (1, 2, 3):
        register_document(house, number)
    with pytest.raises(WrongState, match="có 3 văn bản, quá 2"):
        load_volume(scope, 1, most=2, now=NOW)
    assert len(load_volume(scope, 1, most=3, now=NOW).rows) == 3
    with pytest.raises(NotFound):
        load_volume(RegisterScope(scope.book_id + 99), 1, most=3, now=NOW)


def test_numbers_that_were_given_and_have_no_document_are_missing(house: House) -> None:
    for number in (1, 2, 5, 7):
        register_document(house, number)
    RegisterBook.objects.filter(pk=book_of(house).pk).update(last_number=8)
    assert gaps_of(book_of(house)) == (3, 4, 6, 8)
    assert volume_of(house).missing == (3, 4, 6)
    assert volume_of(house, first=5).missing == (6,)
    assert volume_of(house).missing_line() == "Số không có văn bản trong quyển này: 03, 04, 06."


def test_numbers_that_the_paper_register_gave_are_not_missing(house: House) -> None:
    book = book_of(house, first_number=1187)
    for number in (1187, 1188):
        register_document(house, number)
    book.refresh_from_db()
    assert gaps_of(book) == ()
    assert volume_of(house).missing_line() == ""


@pytest.mark.parametrize(
    ("there", "missing"),
    [([], (1, 2, 3, 4)), ([1, 2, 3, 4], ()), ([2], (1, 3, 4)), ([1, 4], (2, 3)), ([4], (1, 2, 3))],
)
def test_missing_numbers_are_those_between_that_are_not_there(there: list[int], missing: tuple[int, ...]) -> None:
    assert missing_numbers(1, 4, there, most=9) == missing


def test_no_more_missing_numbers_are_named_than_asked_for() -> None:
    assert missing_numbers(1, 999_999, [500], most=3) == (1, 2, 3)


def test_places_are_named_once_without_the_marks_of_a_list() -> None:
    assert places_of(["Sở Tài chính"], ["- Như trên;", "Sở  Tài chính;", "- Lãnh đạo Sở.", "- Lưu: VT, VP."]) == (
        "Sở Tài chính",
        "Lãnh đạo Sở",
    )


def test_the_cover_bears_the_names_of_the_newest_document_in_the_volume(house: House) -> None:
    frozen = {"parent_name": "UBND tỉnh", "name": "Sở Tài chính", "abbreviation": "STC", "place": "Khánh Hòa"}
    frozen |= {"head_title": "GIÁM ĐỐC", "organ_id": "", "contact": ""}
    register_document(house, 1, day=date(2022, 2, 28))
    register_document(house, 2, day=date(2022, 3, 1), head=frozen)
    assert (volume_of(house).parent_name, volume_of(house).name) == ("UBND tỉnh", "Sở Tài chính")
    older = volume_of(house, last=1)
    assert (older.parent_name, older.name) == ("UBND tỉnh Khánh Hòa", "Sở Kế hoạch và Đầu tư")
    Letterhead.objects.create(
        body=house.department,
        parent_name="UBND TỈNH",
        name="Sở Kế hoạch",
        abbreviation="SKH",
        place="Khánh Hòa",
        valid_from=date(2022, 2, 1),
    )
    assert volume_of(house, last=1).name == "Sở Kế hoạch"


def test_the_hash_covers_what_is_printed_and_not_when(house: House) -> None:
    register_document(house, 1)
    scope = RegisterScope(book_of(house).pk)
    first = load_volume(scope, 1, most=9, now=NOW)
    later = load_volume(scope, 1, most=9, now=at(date(2023, 1, 5)))
    assert first.rows_sha256() == later.rows_sha256()
    assert load_volume(scope, 2, most=9, now=NOW).rows_sha256() != first.rows_sha256()
    Document.objects.update(signer_name="Trần Thị Mẫu")
    assert load_volume(scope, 1, most=9, now=NOW).rows_sha256() != first.rows_sha256()


def test_a_page_is_newest_first_and_goes_on(house: House) -> None:
    for number in range(1, 53):
        register_document(house, number)
    book = book_of(house)
    first = list_register(book, RegisterScope(book.pk))
    assert ([first.rows[0].number, first.rows[-1].number], first.after, first.total) == ([52, 3], 3, 52)
    second = list_register(book, RegisterScope(book.pk), below=first.after)
    assert ([row.number for row in second.rows], second.after) == ([2, 1], None)


def test_series_are_offered_to_who_may_read_them_newest_year_first(house: House) -> None:
    book_of(house, 2022)
    book_of(house, 2023)
    elsewhere = Unit.objects.create(code="KHAC", name="Sở khác", kind=UnitKind.DEPARTMENT, valid_from=date(2025, 7, 1))
    foreign = RegisterBook.objects.create(body=elsewhere, year=2025, series="chung")
    assert [book.year for book in register_books(house.clerk)] == [2023, 2022]
    assert register_books(house.head) == []
    assert find_book(house.inspector, book_of(house).pk) == book_of(house)
    for actor in (house.clerk, house.inspector):
        with pytest.raises(NotFound):
            find_book(actor, foreign.pk)
    with pytest.raises(NotFound):
        find_book(house.stranger, book_of(house).pk)


def test_a_scope_survives_the_queue() -> None:
    scope = RegisterScope(3, date(2022, 1, 1), None, 5, None)
    assert RegisterScope.from_data(json.loads(json.dumps(scope.as_data()))) == scope
    with pytest.raises(KeyError):
        RegisterScope.from_data({"book_id": 3})


def test_the_queue_knows_the_printing_by_its_path(house: House) -> None:
    assert print_register_file.module_path == PRINT_JOB
    book = book_of(house)
    result = print_register_file.enqueue(
        scope=RegisterScope(book.pk).as_data(), volume=2, rows=7, rows_sha256="a" * 64, asked_by="Văn thư"
    )
    [waiting] = waiting_prints(book.pk, [])
    assert (waiting.volume, waiting.rows, waiting.failed) == (2, 7, False)
    assert waiting_prints(book.pk + 1, []) == []
    DBTaskResult.objects.filter(pk=result.id).update(status=TaskResultStatus.FAILED)
    assert [each.failed for each in waiting_prints(book.pk, [])] == [True]
    DBTaskResult.objects.filter(pk=result.id).update(status=TaskResultStatus.SUCCESSFUL)
    assert waiting_prints(book.pk, []) == []
