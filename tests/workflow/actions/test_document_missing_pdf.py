"""The PDF of an issued document whose printing failed is asked for again; a damaged one is found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_tasks_db.models import DBTaskResult

from tests.factories import House, at, make_task
from workflow.actions.document import RENDER_CHUNK, RENDER_GRACE, Draft, draft_document, issue_document, render_missing
from workflow.actions.document import rendering as documents
from workflow.actions.job import SCHEDULES, render_missing_job
from workflow.choices import DocumentKind, DocumentStatus
from workflow.models import Document
from workflow.queries.trail.facts import verify_facts

NOW = at(date(2022, 10, 17))
LATER = NOW + RENDER_GRACE


def drafted(house: House) -> Document:
    draft = Draft(
        kind=DocumentKind.LETTER,
        subject="đề nghị báo cáo",
        body="Đề nghị đơn vị báo cáo./.",
        recipients=("Phòng Một",),
        symbol="SKHĐT-VP",
    )
    return draft_document(draft, task=make_task(house), by=house.reviewer, now=NOW)


def issued(house: House) -> Document:
    document = issue_document(drafted(house).pk, by=house.clerk, now=NOW)
    DBTaskResult.objects.all().delete()  # the job of its issuing failed
    return document


def asked_for() -> list[list[list[int]]]:
    return [row.args_kwargs["args"] for row in DBTaskResult.objects.order_by("enqueued_at")]


def store(document: Document, content: bytes = b"%PDF-1.7 mau") -> None:
    """Store a PDF as the job does, without printing one."""
    assert documents._store_pdf(document.pk, content)
    document.refresh_from_db()


# Asking again


def test_a_document_that_was_never_printed_is_asked_for_again(house: House) -> None:
    document = issued(house)
    assert render_missing(now=LATER) == 1
    assert asked_for() == [[[document.pk]]]


def test_one_that_is_still_under_way_is_not(house: House) -> None:
    issued(house)
    assert render_missing(now=LATER - timedelta(seconds=1)) == 0
    assert asked_for() == []


def test_drafts_and_printed_documents_are_not(house: House, file_store: Path) -> None:
    drafted(house)
    store(issued(house))
    assert render_missing(now=LATER) == 0


def test_each_gets_a_job_of_its_own_so_that_one_bad_one_stops_no_other(house: House) -> None:
    found = [issued(house) for _ in range(3)]
    assert render_missing(now=LATER) == 3
    assert sorted(asked_for()) == [[[document.pk]] for document in found]


def test_a_long_list_is_taken_in_parts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "RENDER_CHUNK", 2)
    assert RENDER_CHUNK > 2
    for _ in range(3):
        issued(house)
    assert render_missing(now=LATER) == 2


def test_the_job_asks_at_the_sites_moment_and_asking_twice_prints_once(
    house: House, file_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = issued(house)
    monkeypatch.setattr("workflow.actions.job.current_moment", lambda: LATER)
    assert render_missing_job.func() == {"documents": 1}
    assert render_missing_job.func() == {"documents": 1}
    printed = []
    monkeypatch.setattr(documents, "print_paper", lambda paper: printed.append(1) or b"%PDF-1.7 mau")
    done = [documents.render_documents.func(args[0]) for args in asked_for()]
    assert (done, len(printed)) == ([1, 0], 1)
    document.refresh_from_db()
    assert document.pdf_sha256 == hashlib.sha256(b"%PDF-1.7 mau").hexdigest()
    assert render_missing_job.func() == {"documents": 0}


def test_the_clock_schedules_it_each_hour() -> None:
    [schedule] = [row for row in SCHEDULES if row.name == "render"]
    assert schedule.job is render_missing_job
    slots = {schedule.slot(at(date(2022, 10, 17), clock), None) for clock in ("09:00", "09:59", "10:00")}  # type: ignore[arg-type]
    assert slots == {at(date(2022, 10, 17), "09:00"), at(date(2022, 10, 17), "10:00")}


# What is stored is what was issued


def spoil(document: Document) -> None:
    default_storage.delete(document.pdf_name)
    default_storage.save(document.pdf_name, ContentFile(b"%PDF-1.7 khac"))


def test_untouched_documents_agree_with_their_hashes(house: House, file_store: Path) -> None:
    drafted(house)
    issued(house)
    store(issued(house))
    assert verify_facts().disagreements == ()


@pytest.mark.parametrize(
    ("column", "value"), [("body", "Đã sửa"), ("subject", "Đã sửa"), ("number", 77), ("recipients", ["Nơi khác"])]
)
def test_an_issued_text_that_was_changed_is_found(house: House, column: str, value: object) -> None:
    document = issued(house)
    Document.objects.filter(pk=document.pk).update(**{column: value})
    [found] = verify_facts().disagreements
    assert (found.kind, found.column, found.task_id) == ("văn bản", "text_sha256", document.task_id)
    assert found.stored == document.text_sha256 != found.found
    assert str(found).startswith("văn bản ")


def test_a_draft_may_still_be_changed(house: House) -> None:
    Document.objects.filter(pk=drafted(house).pk).update(body="Đã sửa")
    assert verify_facts().ok


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (spoil, hashlib.sha256(b"%PDF-1.7 khac").hexdigest()),
        (lambda document: default_storage.delete(document.pdf_name), "(không còn tệp)"),
    ],
    ids=["changed", "lost"],
)
def test_a_pdf_that_is_no_longer_the_one_that_was_frozen_is_found(
    house: House, file_store: Path, harm: Callable[[Document], None], found: str
) -> None:
    document = issued(house)
    store(document)
    harm(document)
    [one] = verify_facts().disagreements
    assert (one.code, one.column, one.stored, one.found) == (
        document.full_number,
        "pdf_sha256",
        document.pdf_sha256,
        found,
    )


def test_a_document_of_no_task_is_found_too(house: House) -> None:
    document = issued(house)
    Document.objects.filter(pk=document.pk).update(task=None, body="Đã sửa", status=DocumentStatus.ISSUED)
    [found] = verify_facts().disagreements
    assert (found.task_id, found.code) == (None, document.full_number)
