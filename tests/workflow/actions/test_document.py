"""Drafts, the gapless register, issuing, and the PDF that is printed once."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from django.core.files.storage import default_storage
from django.db import connection, connections, transaction
from django_tasks_db.models import DBTaskResult

from tests.factories import House, at, carried, make_drafted_reminder, make_duty, make_task
from workflow.actions.document import (
    RENDER_CHUNK,
    Draft,
    cancel_draft,
    draft_document,
    issue_document,
    open_register,
    render_document,
    render_documents,
    request_rendering,
    take_numbers,
)
from workflow.choices import DocumentKind, DocumentStatus
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import AuditEvent, Document, RegisterBook, Task, Unit
from workflow.permissions import Actor
from workflow.queries.document import text_hash
from workflow.queries.paper import paper_of

NOW = at(date(2022, 10, 17))


def letter(kind: DocumentKind = DocumentKind.LETTER, **given: object) -> Draft:
    values: dict[str, object] = {
        "kind": kind,
        "subject": "đề nghị báo cáo",
        "body": "Đề nghị đơn vị báo cáo./.",
        "recipients": ("Phòng Một",),
        "symbol": "SKHĐT-VP" if kind == DocumentKind.LETTER else "BC-SKHĐT",
        **given,
    }
    return Draft(**values)  # type: ignore[arg-type]


def drafted(by: Actor, task: Task | None = None, **given: object) -> Document:
    return draft_document(letter(**given), task=task, by=by, now=NOW)  # type: ignore[arg-type]


def document_events(document: Document) -> list[dict[str, object]]:
    rows = AuditEvent.objects.filter(chain=f"document:{document.pk}").order_by("seq")
    return [json.loads(row.body) for row in rows]


def stored(document: Document) -> bytes:
    with default_storage.open(document.pdf_name) as file:
        return bytes(file.read())


@pytest.fixture
def files(settings: object, tmp_path: object) -> None:
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }


# Drafts


def test_a_draft_has_no_number_and_one_event(house: House) -> None:
    document = drafted(house.member, make_task(house))
    assert (document.status, document.number, document.full_number) == ("draft", None, "")
    assert (document.drafted_by_id, document.drafted_at) == (house.member.person_id, NOW)
    assert [event["name"] for event in document_events(document)] == ["document.draft"]


def test_members_heads_and_the_office_draft_for_a_task_and_strangers_do_not(house: House) -> None:
    task = make_task(house)
    for person in (house.head, house.member, house.reviewer, house.clerk):
        assert drafted(person, task).pk
    for person in (house.stranger, house.outsider, house.admin, house.inspector):
        with pytest.raises(NotPermitted):
            drafted(person, task)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"body": ""}, "body"),
        ({"symbol": "x" * 41}, "symbol"),
        ({"recipients": ()}, "recipients"),
        ({"recipients": ("",)}, "recipients"),
    ],
)
def test_a_draft_with_empty_parts_is_refused_by_name(house: House, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(house.member, **given)
    assert field in refused.value.fields
    assert not Document.objects.exists()


def test_a_draft_can_be_dropped_by_its_writer_and_then_never_issued(house: House) -> None:
    document = drafted(house.member, make_task(house))
    for person in (house.head, house.stranger):
        with pytest.raises((NotPermitted, NotFound)):
            cancel_draft(document.pk, by=person, now=NOW)
    assert cancel_draft(document.pk, by=house.member, now=NOW).status == DocumentStatus.CANCELLED
    for act in (cancel_draft, issue_document):
        with pytest.raises(WrongState):
            act(document.pk, by=house.clerk, now=NOW)
    assert [event["name"] for event in document_events(document)] == ["document.draft", "document.cancel"]


# Issuing


def test_the_clerk_issues_with_number_date_hash_and_one_event(house: House) -> None:
    document = issue_document(drafted(house.member, make_task(house)).pk, by=house.clerk, now=NOW)
    assert (document.full_number, document.issued_on, document.issued_at) == ("01/SKHĐT-VP", NOW.date(), NOW)
    assert (document.issued_by_id, document.signer_name) == (house.clerk.person_id, "")
    assert document.text_sha256 == text_hash(document)
    event = document_events(document)[-1]
    assert event["name"] == "document.issue"
    assert event["after"] == {
        "status": "issued",
        "number": "01/SKHĐT-VP",
        "issued_on": "2022-10-17",
        "text_sha256": document.text_sha256,
    }


def test_the_day_of_a_document_is_the_local_day(house: House) -> None:
    document = issue_document(drafted(house.member).pk, by=house.clerk, now=at(date(2022, 10, 18), "00:30"))
    assert document.issued_on == date(2022, 10, 18)


def test_who_signs_may_issue_and_is_then_printed_as_the_signer(house: House) -> None:
    task = make_task(house)
    by_order = issue_document(drafted(house.member, task).pk, by=house.chief, now=NOW)
    assert (by_order.signer_name, by_order.signer_title) == (house.chief.name, "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG")
    report = issue_document(drafted(house.member, task, kind=DocumentKind.REPORT).pk, by=house.leader, now=NOW)
    assert (report.signer_name, report.signer_title) == (house.leader.name, "GIÁM ĐỐC")


def test_a_deputy_director_signs_for_the_director(house: House) -> None:
    deputy = replace(house.leader, position="Phó Giám đốc")
    document = issue_document(drafted(house.member, make_task(house)).pk, by=deputy, now=NOW)
    assert document.signer_title == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"


def test_a_deputy_of_the_office_signs_for_its_chief(house: House) -> None:
    deputy = replace(house.chief, position="Phó Chánh Văn phòng")
    document = issue_document(drafted(house.member, make_task(house)).pk, by=deputy, now=NOW)
    assert document.signer_title == "TL. GIÁM ĐỐC\nKT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG"


def test_who_is_authorised_signs_as_authorised(house: House) -> None:
    authorised = replace(house.leader, position="Trưởng phòng", capacity="TUQ.")
    document = issue_document(drafted(house.member, make_task(house)).pk, by=authorised, now=NOW)
    assert document.signer_title == "TUQ. GIÁM ĐỐC\nTRƯỞNG PHÒNG"


def test_nobody_else_issues(house: House) -> None:
    task = make_task(house)
    document = drafted(house.member, task)
    for person in (house.head, house.member, house.reviewer, house.inspector):
        with pytest.raises(NotPermitted):
            issue_document(document.pk, by=person, now=NOW)
    for person in (house.stranger, house.outsider, house.admin):
        with pytest.raises(NotFound):
            issue_document(document.pk, by=person, now=NOW)
    report = drafted(house.member, task, kind=DocumentKind.REPORT)
    with pytest.raises(NotPermitted):
        issue_document(report.pk, by=house.chief, now=NOW)
    assert not RegisterBook.objects.exists()


def test_an_issued_document_is_not_issued_or_dropped_again(house: House) -> None:
    document = issue_document(drafted(house.member).pk, by=house.clerk, now=NOW)
    for act in (issue_document, cancel_draft):
        with pytest.raises(WrongState):
            act(document.pk, by=house.clerk, now=NOW)
    document.refresh_from_db()
    assert (document.number, RegisterBook.objects.get().last_number) == (1, 1)


def test_a_document_that_does_not_exist_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        issue_document(10**9, by=house.clerk, now=NOW)


def test_a_document_of_a_reminder_or_a_duty_goes_out_only_by_its_own_door(house: House) -> None:
    reminder = make_drafted_reminder(make_task(house))
    duty = make_duty(make_task(house))
    assert duty.document_id is not None
    for act in (issue_document, cancel_draft):
        with pytest.raises(WrongState, match="đôn đốc"):
            act(reminder.document_id, by=house.clerk, now=NOW)
        with pytest.raises(WrongState, match="báo cáo UBND tỉnh"):
            act(duty.document_id, by=house.clerk, now=NOW)


# The register


def test_numbers_of_all_kinds_follow_each_other_in_one_series(house: House) -> None:
    kinds = (DocumentKind.LETTER, DocumentKind.REPORT, DocumentKind.LETTER)
    numbers = [
        issue_document(drafted(house.clerk, kind=kind).pk, by=house.clerk, now=NOW).full_number for kind in kinds
    ]
    assert numbers == ["01/SKHĐT-VP", "02/BC-SKHĐT", "03/SKHĐT-VP"]


def test_a_rolled_back_issue_takes_no_number(house: House) -> None:
    first, second = drafted(house.clerk), drafted(house.clerk)
    with transaction.atomic():
        assert issue_document(first.pk, by=house.clerk, now=NOW).number == 1
        transaction.set_rollback(True)
    assert issue_document(second.pk, by=house.clerk, now=NOW).number == 1
    assert issue_document(first.pk, by=house.clerk, now=NOW).number == 2
    assert DBTaskResult.objects.count() == 2


def test_a_new_year_begins_with_one(house: House) -> None:
    issue_document(drafted(house.clerk).pk, by=house.clerk, now=at(date(2022, 12, 31), "23:59"))
    document = issue_document(drafted(house.clerk).pk, by=house.clerk, now=at(date(2023, 1, 1), "00:01"))
    assert (document.full_number, RegisterBook.objects.count()) == ("01/SKHĐT-VP", 2)


def test_the_clerk_takes_over_the_paper_register_with_its_next_number(house: House) -> None:
    book = open_register(house.department.pk, 2022, "chung", 1187, by=house.clerk, now=NOW)
    assert (book.first_number, book.last_number) == (1187, 1186)
    assert issue_document(drafted(house.clerk).pk, by=house.clerk, now=NOW).full_number == "1187/SKHĐT-VP"
    event = json.loads(AuditEvent.objects.get(chain="register").body)
    assert (event["name"], event["after"]["first_number"]) == ("register.open", 1187)


def test_an_open_series_is_not_opened_again(house: House) -> None:
    open_register(house.department.pk, 2022, "chung", 10, by=house.clerk, now=NOW)
    with pytest.raises(WrongState, match="số gần nhất là 9"):
        open_register(house.department.pk, 2022, "chung", 20, by=house.clerk, now=NOW)


@pytest.mark.parametrize(
    ("year", "series", "first", "field"),
    [(1990, "chung", 1, "year"), (2022, "", 1, "series"), (2022, "chung", 0, "first_number")],
)
def test_a_register_with_wrong_fields_is_refused(house: House, year: int, series: str, first: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_register(house.department.pk, year, series, first, by=house.clerk, now=NOW)
    assert set(refused.value.fields) == {field}


def test_only_the_department_has_a_register_and_only_the_clerk_opens_it(house: House) -> None:
    with pytest.raises(Invalid, match="Sở"):
        open_register(house.division.pk, 2022, "chung", 1, by=house.clerk, now=NOW)
    for person in (house.head, house.leader, house.stranger, house.admin):
        with pytest.raises(NotPermitted):
            open_register(house.department.pk, 2022, "chung", 1, by=person, now=NOW)


def test_many_numbers_are_taken_at_once(house: House) -> None:
    book, numbers = take_numbers(house.department.pk, 2022, 3)
    again, more = take_numbers(house.department.pk, 2022, 2)
    assert (list(numbers), list(more)) == ([1, 2, 3], [4, 5])
    assert book.pk == again.pk
    assert again.last_number == 5


def test_a_full_register_says_so(house: House) -> None:
    open_register(house.department.pk, 2022, "chung", 999_999, by=house.clerk, now=NOW)
    take_numbers(house.department.pk, 2022, 1)
    with pytest.raises(WrongState, match="hết số"):
        take_numbers(house.department.pk, 2022, 1)


@pytest.mark.django_db(transaction=True)
def test_a_number_is_never_given_outside_the_transaction_that_issues() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        take_numbers(1, 2022, 1)


def test_without_a_department_nothing_is_issued(house: House) -> None:
    document = drafted(house.clerk)
    Unit.objects.filter(pk=house.department.pk).update(valid_to=date(2022, 1, 1))
    with pytest.raises(WrongState, match="Chưa có Sở"):
        issue_document(document.pk, by=house.clerk, now=NOW)


# Printing


def test_an_issued_document_asks_for_its_pdf_in_the_same_transaction(house: House) -> None:
    document = issue_document(drafted(house.clerk).pk, by=house.clerk, now=NOW)
    assert [row.args_kwargs["args"] for row in DBTaskResult.objects.all()] == [[[document.pk]]]


def test_many_documents_are_printed_by_few_jobs(house: House) -> None:
    request_rendering(list(range(1, RENDER_CHUNK + 3)))
    assert sorted(len(row.args_kwargs["args"][0]) for row in DBTaskResult.objects.all()) == [2, RENDER_CHUNK]
    request_rendering([])
    assert DBTaskResult.objects.count() == 2


@pytest.mark.usefixtures("files")
def test_a_document_is_printed_once_and_frozen(house: House) -> None:
    document = issue_document(drafted(house.clerk).pk, by=house.clerk, now=NOW)
    assert render_documents.func([document.pk, document.pk]) == 1
    document.refresh_from_db()
    content = stored(document)
    assert content.startswith(b"%PDF")
    assert document.pdf_sha256 == hashlib.sha256(content).hexdigest()
    Document.objects.filter(pk=document.pk).update(subject="đã đổi")
    assert render_document(document.pk) is False
    assert stored(document) == content


@pytest.mark.usefixtures("files")
def test_a_draft_is_never_stored_as_pdf(house: House) -> None:
    document = drafted(house.clerk)
    assert render_document(document.pk) is False
    document.refresh_from_db()
    assert document.pdf_name == ""


def test_printing_what_does_not_exist_is_an_error(db: None) -> None:
    with pytest.raises(Invalid, match="Không có văn bản"):
        render_document(10**9)


def test_a_paper_carries_the_letterhead_as_the_plans_print_it(house: House) -> None:
    Unit.objects.filter(pk=house.department.pk).update(
        name="Sở Kế hoạch và Đầu tư tỉnh Khánh Hòa", parent=house.province
    )
    paper = paper_of(drafted(house.clerk))
    assert (paper.head.parent_name, paper.head.name) == ("UBND tỉnh Khánh Hòa", "Sở Kế hoạch và Đầu tư")
    assert (paper.is_draft, paper.keeper) == (True, "VP")


def test_a_changed_text_changes_the_hash(house: House) -> None:
    document = issue_document(drafted(house.clerk).pk, by=house.clerk, now=NOW)
    document.body += " Thêm."
    assert text_hash(document) != document.text_sha256


@pytest.mark.django_db(transaction=True)
def test_many_clerks_issuing_at_once_leave_no_gap_and_no_number_twice(house: House) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time, so two clerks can't overlap there")
    documents = [drafted(house.clerk) for _ in range(12)]
    refused: list[str] = []

    def issue(mine: list[Document]) -> None:
        try:
            for document in mine:
                with transaction.atomic():
                    issue_document(document.pk, by=house.clerk, now=NOW)
                    if document.pk % 3 == 0:
                        transaction.set_rollback(True)
        except WrongState as error:
            refused.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=carried(partial(issue, documents[start::4]))) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(Document.objects.filter(status=DocumentStatus.ISSUED).values_list("number", flat=True))
    assert (refused, numbers) == ([], list(range(1, len(numbers) + 1)))
    assert RegisterBook.objects.get().last_number == len(numbers)
    assert len(numbers) == len([document for document in documents if document.pk % 3])
