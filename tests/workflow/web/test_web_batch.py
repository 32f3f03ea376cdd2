"""Lập bản PDF: how far the printing is, what failed and why, and asking again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.factories import House, at, make_task
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.actions.document import Draft, draft_document, issue_document
from workflow.actions.flow import in_node
from workflow.actions.job import renew_lease
from workflow.choices import DocumentKind
from workflow.models import Document
from workflow.queries.paperbatch import load_batch

NOW = at(date(2022, 10, 3), "08:00")
YESTERDAY = at(date(2022, 9, 30), "16:00")
FAULT = "Dữ liệu của văn bản có chỗ không in được."


def issued(site: House, *, now: object = NOW, **columns: object) -> Document:
    draft = Draft(
        kind=DocumentKind.LETTER,
        subject="đề nghị báo cáo",
        body="Đề nghị báo cáo./.",
        recipients=("Phòng Một",),
        symbol="SKHĐT-VP",
    )
    with in_node():
        drafted = draft_document(draft, task=make_task(site), by=site.reviewer, now=now)  # type: ignore[arg-type]
        document = issue_document(drafted.pk, by=site.clerk, now=now)  # type: ignore[arg-type]
    Document.objects.filter(pk=document.pk).update(**columns)
    document.refresh_from_db()
    return document


@pytest.fixture
def batch(site: House) -> dict[str, Document]:
    """One printed, one waiting since Friday, one waiting since today, one that failed."""
    return {
        "done": issued(site, pdf_name="documents/1.pdf"),
        "old": issued(site, now=YESTERDAY),
        "waiting": issued(site),
        "failed": issued(site, pdf_error=FAULT),
    }


def test_the_figures_count_today_and_whatever_still_waits(site: House, batch: dict[str, Document]) -> None:
    issued(site, now=YESTERDAY, pdf_name="documents/2.pdf")
    found = load_batch(site.clerk, today=NOW.date(), now_real=timezone.now())
    assert (found.issued, found.done, found.waiting, found.failed) == (3, 1, 2, 1)
    assert (found.since, found.faults, found.workers) == (YESTERDAY, (batch["failed"],), 0)
    assert found.is_stalled


def test_nobody_counts_what_he_may_not_see(site: House, batch: dict[str, Document]) -> None:
    found = load_batch(site.stranger, today=NOW.date(), now_real=timezone.now())
    assert (found.issued, found.waiting, found.faults) == (0, 0, ())


def test_the_page_shows_them_and_reloads_while_something_waits(
    site: House, enter: Enter, batch: dict[str, Document]
) -> None:
    renew_lease("may", host="may", pid=1, now_real=timezone.now())
    response = enter(site.reviewer).get("/van-ban/lap-pdf/")
    text = response.content.decode()
    assert_clean(response.content)
    assert response["Refresh"] == "5"
    assert "Đã lập 1 trên 3 văn bản" in text
    assert "2 văn bản, phát hành sớm nhất lúc 16:00 thứ Sáu 30/09/2022" in text
    assert FAULT in text
    assert "Chưa có tiến trình nền nào chạy" not in text


def test_a_person_may_stop_the_reloading(site: House, enter: Enter, batch: dict[str, Document]) -> None:
    assert "Refresh" not in enter(site.reviewer).get("/van-ban/lap-pdf/?yen")


def test_when_nothing_waits_it_does_not_reload(site: House, enter: Enter) -> None:
    issued(site, pdf_error=FAULT)
    response = enter(site.leader).get("/van-ban/lap-pdf/")
    assert "Refresh" not in response
    assert_clean(response.content)


def test_with_no_worker_it_says_that_nothing_is_lost(site: House, enter: Enter, batch: dict[str, Document]) -> None:
    lease = timezone.now() - timedelta(hours=1)
    renew_lease("may", host="may", pid=1, now_real=lease)
    assert "Chưa có tiến trình nền nào chạy" in enter(site.clerk).get("/van-ban/lap-pdf/").content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [("clerk", 200), ("leader", 200), ("reviewer", 200), ("chief", 200)]
    + [(role, 403) for role in ("head", "member", "inspector", "admin", "outsider")],
)
def test_it_is_for_who_chases_registers_or_decides(site: House, enter: Enter, role: str, status: int) -> None:
    assert enter(getattr(site, role)).get("/van-ban/lap-pdf/").status_code == status


def test_the_clerk_asks_again_and_comes_back(site: House, enter: Enter) -> None:
    document = issued(site, pdf_error=FAULT)
    DBTaskResult.objects.all().delete()
    client = enter(site.clerk)
    path = f"/van-ban/{document.pk}/lap-lai-pdf/"
    assert path in client.get("/van-ban/lap-pdf/").content.decode()
    assert client.get(path).status_code == 405
    response = client.post(path, {"tu": "lap-pdf"})
    assert (response.status_code, response["Location"]) == (302, "/van-ban/lap-pdf/")
    assert [row.args_kwargs["args"] for row in DBTaskResult.objects.all()] == [[[document.pk]]]
    assert client.post(path).status_code == 409


def test_the_documents_page_says_why_and_offers_it_to_who_may(site: House, enter: Enter) -> None:
    document = issued(site, pdf_error=FAULT)
    for role, offered in (("clerk", True), ("leader", True), ("chief", True), ("head", False), ("inspector", False)):
        text = enter(getattr(site, role)).get(f"/van-ban/{document.pk}/").content.decode()
        assert FAULT in text
        assert (f"/van-ban/{document.pk}/lap-lai-pdf/" in text) is offered
    for role, status in (("head", 403), ("reviewer", 403), ("stranger", 404)):
        assert enter(getattr(site, role)).post(f"/van-ban/{document.pk}/lap-lai-pdf/").status_code == status


def test_a_page_of_any_size_takes_as_many_queries(site: House, enter: Enter, django_assert_num_queries: object) -> None:
    for _number in range(3):
        issued(site, pdf_error=FAULT)
    issued(site)
    with django_assert_num_queries(5):  # type: ignore[operator]
        found = load_batch(site.clerk, today=NOW.date(), now_real=timezone.now())
        assert [document.task.code for document in found.faults if document.task] != []
