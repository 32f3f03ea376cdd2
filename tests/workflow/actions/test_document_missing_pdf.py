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
from workflow.actions.document import RENDER_GRACE, Draft, draft_document, issue_document, render_missing
from workflow.actions.document import rendering as documents
from workflow.actions.job import SCHEDULES, render_missing_job
from workflow.adapters.pdf import PrintedPdf
from workflow.choices import DocumentKind, DocumentStatus, SignatureRole
from workflow.models import Appendix, Document, DocumentSignature
from workflow.queries.trail.facts import verify_facts

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")

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
    assert documents._store_pdf(document.pk, PrintedPdf(content, 1))
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
    monkeypatch.setattr(documents, "MISSING_AT_MOST", 2)
    for _ in range(3):
        issued(house)
    assert render_missing(now=LATER) == 2


def test_those_whose_printing_failed_go_together_behind_the_untried(house: House) -> None:
    """They fail alone, by an error that is kept; what was never tried may kill its worker and so gets its own job."""
    found = [issued(house) for _ in range(4)]
    failed = [document.pk for document in found[:2]]
    Document.objects.filter(pk__in=failed).update(pdf_error="Dữ liệu của văn bản có chỗ không in được.")
    assert render_missing(now=LATER) == 4
    assert asked_for() == [[[found[2].pk]], [[found[3].pk]], [failed]]


def test_many_that_fail_for_ever_never_crowd_out_what_was_not_tried(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MISSING_AT_MOST", 1)
    monkeypatch.setattr(documents, "FAULTY_AT_MOST", 1)
    found = [issued(house) for _ in range(3)]
    Document.objects.filter(pk__in=[found[0].pk, found[1].pk]).update(pdf_error="Chương trình in gặp lỗi.")
    render_missing(now=LATER)
    assert asked_for() == [[[found[2].pk]], [[found[0].pk]]]


def test_the_job_asks_at_the_sites_moment_and_asking_twice_prints_once(
    house: House, file_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = issued(house)
    monkeypatch.setattr("workflow.actions.job.current_moment", lambda: LATER)
    assert render_missing_job.func() == {"documents": 1}
    assert render_missing_job.func() == {"documents": 1}
    assert [documents.render_documents.func(args[0]) for args in asked_for()] == [1, 0]
    document.refresh_from_db()
    with default_storage.open(document.pdf_name, "rb") as content:
        assert document.pdf_sha256 == hashlib.sha256(content.read()).hexdigest()
    assert len(list(file_store.rglob("*.pdf"))) == 1
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
    ("column", "value"),
    [("body", "Đã sửa"), ("subject", "Đã sửa"), ("symbol", "SKHĐT-TH"), ("recipients", ["Nơi khác"])],
)
def test_an_issued_text_that_was_changed_is_found(house: House, column: str, value: object) -> None:
    document = issued(house)
    Document.objects.filter(pk=document.pk).update(**{column: value})
    [found] = verify_facts().disagreements
    assert (found.kind, found.column, found.task_id) == ("văn bản", "text_sha256", document.task_id)
    assert found.stored == document.text_sha256 != found.found
    assert str(found).startswith("văn bản ")


def test_a_number_that_its_book_never_gave_is_found(house: House) -> None:
    document = issued(house)
    Document.objects.filter(pk=document.pk).update(number=77)
    found = {one.column: (one.stored, one.found) for one in verify_facts().disagreements}
    assert found["number"] == ("77", "từ 1 đến 1")
    assert set(found) == {"number", "text_sha256"}


def test_a_year_or_issuer_unlike_the_books_is_found(house: House) -> None:
    document = issued(house)
    Document.objects.filter(pk=document.pk).update(year=2021, issuer=house.province)
    found = {one.column: (one.stored, one.found) for one in verify_facts().disagreements}
    assert found == {
        "issuer_id": (str(house.province.pk), str(house.department.pk)),
        "year": ("2021", "2022"),
    }


def test_a_document_from_before_these_columns_agrees(house: House) -> None:
    document = issued(house)
    Document.objects.filter(pk=document.pk).update(year=None, issuer=None)
    assert verify_facts().ok


def test_frozen_names_that_can_no_longer_be_read_are_found(house: House) -> None:
    document = issued(house)
    Document.objects.filter(pk=document.pk).update(head={"name": "Sở Kế hoạch và Đầu tư"})
    found = {one.column: one.found for one in verify_facts().disagreements}
    assert found["head"] == "(không đọc được)"
    assert set(found) == {"head", "text_sha256"}


def test_an_appendix_that_can_no_longer_be_read_is_found_and_stops_nothing(house: House) -> None:
    first, second = issued(house), issued(house)
    Appendix.objects.create(document=first, ordinal=1, title="Danh mục", columns=[{"cot": "Tên"}], rows=[["a"]])
    Document.objects.filter(pk=second.pk).update(body="Đã sửa")
    found = [(one.code, one.found == "(không đọc được)") for one in verify_facts().disagreements]
    assert sorted(found) == sorted([(first.full_number, True), (second.full_number, False)])


def test_a_signed_file_that_was_changed_or_lost_is_found(house: House, file_store: Path) -> None:
    document = issued(house)
    store(document)
    for ordinal, role in enumerate(SignatureRole, 1):
        content = b"%PDF-1.7 da ky " + role.value.encode()
        DocumentSignature.objects.create(
            document=document,
            ordinal=ordinal,
            role=role,
            signed_at=NOW,
            file_name=default_storage.save(f"signed/{ordinal}.pdf", ContentFile(content)),
            sha256=hashlib.sha256(content).hexdigest(),
        )
    assert verify_facts().ok
    first, second = DocumentSignature.objects.order_by("ordinal")
    default_storage.delete(first.file_name)
    default_storage.delete(second.file_name)
    default_storage.save(second.file_name, ContentFile(b"khac"))
    found = [(one.kind, one.code, one.found) for one in verify_facts().disagreements]
    assert found == [
        ("chữ ký số", document.full_number, "(không còn tệp)"),
        ("chữ ký số", document.full_number, hashlib.sha256(b"khac").hexdigest()),
    ]


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
