"""The frozen PDF as a page gives it, the rules as the page of rules shows them."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse

from tests.approvals.factories import Matter, letter
from tests.factories import House, at, make_draft_document, make_task
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.actions.document import draft_document
from workflow.choices import FlowKind
from workflow.models import Document

CONTENT = b"%PDF-1.7 mau"


@pytest.fixture
def document(site: House) -> Document:
    """An issued document of the first division's task with its PDF."""
    now = at(date(2022, 10, 3))
    made = draft_document(letter(), task=make_task(site), by=site.reviewer, now=now)
    matter = Matter(FlowKind.DOCUMENT, made.pk)
    for outcome, by in (
        ("present", site.reviewer),
        ("approve", site.chief),
        ("approve", site.chief),
        ("sign", site.leader),
        ("issue", site.clerk),
    ):
        matter.act(outcome, by, now=now)
    name = default_storage.save(f"documents/{made.pk}.pdf", ContentFile(CONTENT))
    Document.objects.filter(pk=made.pk).update(pdf_name=name, pdf_sha256=hashlib.sha256(CONTENT).hexdigest())
    made.refresh_from_db()
    return made


def path_of(document: Document) -> str:
    return f"/van-ban/{document.pk}/pdf/"


def test_the_frozen_pdf_is_given_as_it_was_stored(site: House, enter: Enter, document: Document) -> None:
    response = enter(site.head).get(path_of(document))
    assert isinstance(response, FileResponse)
    assert response.headers["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content) == CONTENT


def test_a_pdf_that_was_changed_is_not_given_and_the_page_says_whom_to_call(
    site: House, enter: Enter, document: Document
) -> None:
    default_storage.delete(document.pdf_name)
    default_storage.save(document.pdf_name, ContentFile(b"%PDF-1.7 khac"))
    response = enter(site.head).get(path_of(document))
    assert response.status_code == 500
    text = response.content.decode()
    assert "không còn đúng như lúc lưu" in text
    assert "quản trị hệ thống" in text
    assert b"khac" not in response.content
    assert_clean(response.content)


def test_a_pdf_without_its_hash_is_not_trusted(site: House, enter: Enter, document: Document) -> None:
    Document.objects.filter(pk=document.pk).update(pdf_sha256="")
    assert enter(site.head).get(path_of(document)).status_code == 500


def test_who_may_not_see_the_document_learns_nothing_of_its_state(
    site: House, enter: Enter, document: Document
) -> None:
    default_storage.delete(document.pdf_name)
    default_storage.save(document.pdf_name, ContentFile(b"%PDF-1.7 khac"))
    assert enter(site.stranger).get(path_of(document)).status_code == 404


def test_the_rules_say_to_which_work_they_apply(site: House, enter: Enter) -> None:
    text = enter(site.admin).get("/quan-tri/quy-tac/").content.decode()
    assert "Áp dụng cho: Lấy ý kiến; nguồn: UBND tỉnh giao" in text
    assert "Áp dụng cho: Hồ sơ TTHC, Việc UBND tỉnh giao" in text
    assert "Áp dụng cho: mọi loại việc" in text


@pytest.mark.parametrize("role", ["clerk", "leader", "chief", "head"])
def test_no_document_is_issued_past_its_flow(site: House, enter: Enter, role: str) -> None:
    """Văn thư once issued a draft on its page; the page leads to nothing of the kind any more."""
    draft = make_draft_document(make_task(site))
    client = enter(getattr(site, role))
    assert "phat-hanh/" not in client.get(f"/van-ban/{draft.pk}/").content.decode()
    assert client.get(f"/van-ban/{draft.pk}/phat-hanh/").status_code == 404
    assert client.post(f"/van-ban/{draft.pk}/phat-hanh/").status_code == 404
    draft.refresh_from_db()
    assert (draft.status, draft.number) == ("draft", None)
