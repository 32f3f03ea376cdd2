"""Printing many documents: one that can't be printed stops no other, and says why; a killed worker loses nothing."""

from __future__ import annotations

import hashlib
import logging
import signal
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import override_settings
from django_tasks_db.models import DBTaskResult

from tests.factories import House, at, make_actor, make_task
from tests.machine import JOBS, Machine, eventually, made_machine
from workflow.actions.document import (
    RENDER_CHUNK,
    Draft,
    ask_rendering_again,
    draft_document,
    issue_document,
    render_documents,
    request_rendering,
)
from workflow.choices import DocumentKind, Role
from workflow.core.errors import NotFound, NotPermitted, WrongState
from workflow.core.paper import AppendixPaper
from workflow.models import AuditEvent, Document, Task
from workflow.queries.trail.facts import verify_facts

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")

NOW = at(date(2022, 10, 17))


def issued(
    house: House, *, task: Task | None = None, kind: DocumentKind = DocumentKind.LETTER, **parts: object
) -> Document:
    """An issued document whose job is not in the queue."""
    draft = Draft(
        kind=kind,
        subject="đề nghị báo cáo",
        body="Đề nghị đơn vị báo cáo./.",
        recipients=("Phòng Một",),
        symbol="SKHĐT-VP",
        **parts,  # type: ignore[arg-type]
    )
    drafted = draft_document(draft, task=task or make_task(house), by=house.reviewer, now=NOW)
    document = issue_document(drafted.pk, by=house.clerk, now=NOW)
    DBTaskResult.objects.all().delete()
    return document


def spoilt(document: Document) -> Document:
    """A document whose frozen names lost their keys, so that no head can be printed."""
    Document.objects.filter(pk=document.pk).update(head={"name": "Sở"})
    return document


def asked_for() -> list[list[int]]:
    return [row.args_kwargs["args"][0] for row in DBTaskResult.objects.order_by("enqueued_at")]


def test_one_that_cannot_be_printed_stops_no_other_and_says_why(
    house: House, file_store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, bad, last = issued(house), spoilt(issued(house)), issued(house)
    with caplog.at_level(logging.ERROR, logger="workflow.document"):
        assert render_documents.func([first.pk, bad.pk, last.pk]) == 2
    for document in (first, bad, last):
        document.refresh_from_db()
    assert [bool(document.pdf_name) for document in (first, bad, last)] == [True, False, True]
    assert bad.pdf_error == (
        "Dữ liệu của văn bản có chỗ không in được. Chi tiết ở nhật ký kỹ thuật của tiến trình nền, "
        f"tìm theo mã văn bản {bad.pk}."
    )
    assert (first.pdf_error, last.pdf_error) == ("", "")
    [record] = caplog.records
    assert record.getMessage() == f"Không lập được PDF của văn bản có mã {bad.pk}."
    assert record.exc_info is not None


def test_pages_and_hash_are_kept_with_the_file(house: House, file_store: Path) -> None:
    short = issued(house)
    long = issued(house, appendices=(AppendixPaper(title="Danh mục", body="Một dòng.\n" * 120),))
    assert render_documents.func([short.pk, long.pk]) == 2
    short.refresh_from_db()
    long.refresh_from_db()
    assert short.pdf_pages == 1
    assert long.pdf_pages is not None
    assert long.pdf_pages > 2
    with default_storage.open(short.pdf_name, "rb") as content:
        assert short.pdf_sha256 == hashlib.sha256(content.read()).hexdigest()
    assert verify_facts().ok


@pytest.mark.parametrize(
    ("kind", "said"),
    [("XX", "Dữ liệu của văn bản có chỗ không in được."), ("CV", "Không ghi được tệp PDF vào kho lưu trữ")],
)
def test_each_sort_of_fault_is_said_in_plain_words(house: House, tmp_path: Path, kind: str, said: str) -> None:
    document = issued(house)
    Document.objects.filter(pk=document.pk).update(kind=kind)
    (tmp_path / "kho").write_text("một tệp, không phải thư mục")
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "kho"}}
    with override_settings(STORAGES={"default": options, "staticfiles": options}):
        assert render_documents.func([document.pk]) == 0
    document.refresh_from_db()
    assert document.pdf_error.startswith(said)
    assert "Traceback" not in document.pdf_error
    assert str(tmp_path) not in document.pdf_error


def test_what_does_not_exist_stops_no_other(house: House, file_store: Path) -> None:
    document = issued(house)
    assert render_documents.func([10**9, document.pk]) == 1


def test_a_fault_that_went_away_leaves_no_trace_on_the_page(house: House, file_store: Path) -> None:
    document = issued(house)
    head = document.head
    spoilt(document)
    render_documents.func([document.pk])
    Document.objects.filter(pk=document.pk).update(head=head)
    assert render_documents.func([document.pk]) == 1
    document.refresh_from_db()
    assert (document.pdf_error, document.pdf_pages) == ("", 1)


def test_a_mornings_reminders_are_shared_among_workers(db: None) -> None:
    request_rendering(list(range(1, 2 * RENDER_CHUNK + 2)))
    assert sorted(len(ids) for ids in asked_for()) == [1, RENDER_CHUNK, RENDER_CHUNK]


# Asking again by hand


def failed(house: House, task: Task | None = None) -> Document:
    document = issued(house, task=task)
    Document.objects.filter(pk=document.pk).update(pdf_error="Chương trình in gặp lỗi.")
    document.refresh_from_db()
    return document


def test_who_may_issue_asks_again_and_its_event_says_so(house: House) -> None:
    document = failed(house)
    ask_rendering_again(document.pk, by=house.clerk, now=NOW)
    document.refresh_from_db()
    assert document.pdf_error == ""
    assert asked_for() == [[document.pk]]
    event = AuditEvent.objects.filter(chain=f"document:{document.pk}").latest("seq")
    assert (event.name, event.actor_id) == ("document.ask_pdf", house.clerk.person_id)
    assert "Chương trình in gặp lỗi." in event.body


def test_members_and_strangers_do_not(house: House) -> None:
    document = failed(house)
    observer = make_actor(Role.OBSERVER, house.division)
    for person, refusal in (
        (house.head, NotPermitted),
        (house.member, NotPermitted),
        (house.reviewer, NotPermitted),
        (observer, NotPermitted),
        (house.inspector, NotPermitted),
        (house.stranger, NotFound),
        (house.admin, NotFound),
    ):
        with pytest.raises(refusal):
            ask_rendering_again(document.pk, by=person, now=NOW)
    for person in (house.leader, house.chief):
        Document.objects.filter(pk=document.pk).update(pdf_error="Chương trình in gặp lỗi.")
        ask_rendering_again(document.pk, by=person, now=NOW)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"status": "draft"}, "chưa phát hành"),
        ({"pdf_name": "documents/1.pdf"}, "đã có"),
        ({"pdf_error": ""}, "đang chờ lập"),
    ],
)
def test_nothing_is_asked_for_that_waits_or_is_there(house: House, columns: dict[str, str], said: str) -> None:
    document = failed(house)
    Document.objects.filter(pk=document.pk).update(**columns)
    with pytest.raises(WrongState, match=said):
        ask_rendering_again(document.pk, by=house.clerk, now=NOW)
    assert asked_for() == []


# A real worker, killed


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Machine]:
    """An installation of its own with a queue of documents to print."""
    with made_machine(tmp_path_factory.mktemp("printing")) as made:
        yield made


ISSUE_MANY = """
from datetime import date
from tests.factories import at, make_house
from workflow.actions.document import Draft, draft_document, issue_document
from workflow.actions.flow import in_node
from workflow.choices import DocumentKind
from workflow.core.paper import AppendixPaper
now = at(date(2022, 10, 17))
house = make_house()
for number in range(6):
    draft = Draft(
        kind=DocumentKind.LETTER, subject=f"việc {number}", body="Đề nghị báo cáo./.", recipients=("Phòng Một",),
        symbol="SKHĐT-VP", appendices=(AppendixPaper(title="Danh mục", body="Một dòng. " * 400 + "\\n" * 200),),
    )
    with in_node():
        issue_document(draft_document(draft, by=house.clerk, now=now).pk, by=house.clerk, now=now)
"""

PRINTED = "SELECT count(*) FROM workflow_document WHERE pdf_name <> ''"


def test_killed_in_the_middle_of_a_document_nothing_is_lost_and_nothing_printed_twice(machine: Machine) -> None:
    machine.run_code(ISSUE_MANY)
    machine.rows(f"DELETE FROM {JOBS}")
    machine.run_code(
        "from workflow.actions.document import request_rendering\n"
        "from workflow.models import Document\n"
        "request_rendering(list(Document.objects.order_by('pk').values_list('pk', flat=True)))\n"
    )
    worker = machine.start("worker", "--interval", "0.1", "--heartbeat", "0.3")
    eventually(lambda: int(str(machine.rows(PRINTED)[0][0])) >= 1)
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=10)
    before = dict(machine.rows("SELECT id, pdf_sha256 FROM workflow_document WHERE pdf_name <> ''"))
    assert 1 <= len(before) < 6
    assert machine.job_states() == ["RUNNING"]

    time.sleep(1.6)
    machine.manage("clock", "--once", "--lease", "1.5", "--first-delay", "0.1")
    machine.rows(f"DELETE FROM {JOBS} WHERE task_path NOT LIKE '%render_documents'")
    machine.start("worker", "--interval", "0.1", "--heartbeat", "0.3")
    eventually(lambda: machine.job_states() == ["SUCCESSFUL"])

    after = dict(machine.rows("SELECT id, pdf_sha256 FROM workflow_document WHERE pdf_name <> ''"))
    assert len(after) == 6
    assert {pk: after[pk] for pk in before} == before
    said = machine.run_code("from workflow.queries.trail import verify_facts\nprint(verify_facts().disagreements)")
    assert said.strip().endswith("()")
