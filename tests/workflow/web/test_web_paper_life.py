"""The pages on which an issued document is replaced, corrected, recalled, and how its own page and the list say so."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.test import Client

from tests.approvals.factories import Matter
from tests.factories import House, at, make_rule, make_task
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.actions.document import Draft, draft_document, recall_document, start_replacement
from workflow.actions.document.issuing import issue_document
from workflow.actions.flow import in_node
from workflow.choices import DocumentKind, DocumentStatus, FlowKind, ReminderStatus
from workflow.models import AuditEvent, Document, Recall, Reminder, Task

NOW = at(date(2022, 10, 3), "08:00")
WHY = "Ghi sai thời hạn <b>báo cáo</b>."


def issued(site: House, task: Task | None = None) -> Document:
    draft = Draft(
        kind=DocumentKind.LETTER,
        subject="đề nghị báo cáo",
        body="Đề nghị báo cáo./.",
        recipients=("Phòng Một",),
        symbol="SKHĐT-VP",
    )
    drafted = draft_document(draft, task=task or make_task(site), by=site.reviewer, now=NOW)
    with in_node():
        return issue_document(drafted.pk, by=site.clerk, now=NOW)


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content.decode()[-1500:]
    assert_clean(response.content)
    return response.content.decode()


def page(document: Document) -> str:
    return f"/van-ban/{document.pk}/"


class TestReplacing:
    def test_a_page_says_what_will_happen_and_changes_nothing(self, site: House, enter: Enter) -> None:
        document = issued(site)
        events = AuditEvent.objects.count()
        said = text_of(enter(site.reviewer), f"{page(document)}thay-the/")
        assert "Điều sẽ xảy ra" in said
        assert "Văn bản cũ, bản PDF và mã băm của nó giữ nguyên." in said
        assert (Document.objects.count(), AuditEvent.objects.count()) == (1, events)

    def test_it_leads_to_the_draft_which_leads_to_its_approval(self, site: House, enter: Enter) -> None:
        document = issued(site)
        client = enter(site.reviewer)
        response = client.post(f"{page(document)}thay-the/", {"reason": WHY}, follow=True)
        draft = Document.objects.get(status=DocumentStatus.DRAFT)
        assert response.redirect_chain == [(page(draft), 302)]
        said = response.content.decode()
        assert_clean(response.content)
        assert "Đã lập dự thảo" in said
        assert "Khi được phát hành sẽ thay thế" in said
        assert f"/phe-duyet/{Matter(FlowKind.DOCUMENT, draft.pk).approval().pk}/" in said
        assert "Đang soạn văn bản thay thế" in text_of(client, page(document))

    def test_an_empty_reason_is_said_at_its_field(self, site: House, enter: Enter) -> None:
        document = issued(site)
        response = enter(site.reviewer).post(f"{page(document)}thay-the/", {"reason": " "})
        assert response.status_code == 400
        assert_clean(response.content)
        assert "Hãy ghi lý do thay thế." in response.content.decode()
        assert Document.objects.count() == 1

    def test_the_old_page_says_what_stands_in_its_place(self, site: House, enter: Enter) -> None:
        document = issued(site)
        later = start_replacement(document.pk, reason=WHY, by=site.reviewer, now=NOW)
        with in_node():
            issue_document(later.pk, by=site.clerk, now=NOW)
        said = text_of(enter(site.clerk), page(document))
        assert "Đã được thay thế bởi văn bản số 02/SKHĐT-VP ngày 03/10/2022" in said
        assert "Soạn văn bản thay thế" not in said
        assert text_of(enter(site.clerk), f"{page(document)}thay-the/", 409)
        assert "Đã được thay thế" in text_of(enter(site.clerk), "/van-ban/?trang-thai=replaced")

    def test_of_a_reminder_it_says_that_the_count_stays(self, site: House, enter: Enter) -> None:
        task = make_task(site)
        document = issued(site, task)
        Reminder.objects.create(
            task=task,
            round=task.round,
            ordinal=1,
            document=document,
            rule=make_rule(),
            status=ReminderStatus.ISSUED,
            drafted_at=NOW,
            issued_at=NOW,
        )
        for path in (page(document), f"{page(document)}thay-the/", f"{page(document)}thu-hoi/"):
            said = text_of(enter(site.leader), path)
            assert "Đây là văn bản đôn đốc lần 1: số lần đôn đốc" in said


class TestCorrecting:
    def test_places_are_filled_in_and_the_letter_is_drafted(self, site: House, enter: Enter) -> None:
        document = issued(site)
        client = enter(site.clerk)
        assert ">\nPhòng Một</textarea>" in text_of(client, f"{page(document)}dinh-chinh/")
        typed = {"wrong": "Số: 1", "right": "Số: 01", "recipients": "Phòng Một\r\n\r\n Sở Y tế "}
        response = client.post(f"{page(document)}dinh-chinh/", typed, follow=True)
        assert response.status_code == 200
        draft = Document.objects.get(status=DocumentStatus.DRAFT)
        assert (draft.subject, draft.recipients) == (
            "đính chính Công văn số 01/SKHĐT-VP ngày 03 tháng 10 năm 2022",
            ["Phòng Một", "Sở Y tế"],
        )

    def test_what_the_action_finds_wrong_comes_back_at_the_field(self, site: House, enter: Enter) -> None:
        document = issued(site)
        typed = {"wrong": "Số: 1", "right": "Số: 1", "recipients": "Phòng Một"}
        response = enter(site.clerk).post(f"{page(document)}dinh-chinh/", typed)
        assert response.status_code == 400
        assert_clean(response.content)
        assert "giống hệt" in response.content.decode()


class TestRecalling:
    def test_it_is_asked_first_and_done_by_the_form_alone(self, site: House, enter: Enter) -> None:
        document = issued(site)
        client = enter(site.leader)
        assert "Việc thu hồi không hoàn tác được" in text_of(client, f"{page(document)}thu-hoi/")
        assert not Recall.objects.exists()
        response = client.post(f"{page(document)}thu-hoi/", {"reason": WHY}, follow=True)
        said = response.content.decode()
        assert_clean(response.content)
        assert "Văn bản đã thu hồi ngày 03/10/2022" in said
        assert "Ghi sai thời hạn &lt;b&gt;báo cáo&lt;/b&gt;." in said
        assert "Đề nghị báo cáo./." in said
        assert all(f"{page(document)}{act}/" not in said for act in ("thay-the", "dinh-chinh", "thu-hoi"))
        assert "Đã thu hồi</span>" in text_of(client, "/van-ban/?trang-thai=recalled")
        assert client.post(f"{page(document)}thu-hoi/", {"reason": WHY}).status_code == 409
        assert Recall.objects.count() == 1

    @pytest.mark.parametrize(
        ("role", "act", "status"),
        [
            ("reviewer", "thu-hoi", 403),
            ("head", "thu-hoi", 403),
            ("inspector", "thu-hoi", 403),
            ("stranger", "thu-hoi", 404),
            ("admin", "thu-hoi", 404),
            ("inspector", "thay-the", 403),
            ("stranger", "thay-the", 404),
            ("inspector", "dinh-chinh", 403),
            ("stranger", "dinh-chinh", 404),
        ],
    )
    def test_who_may_not_is_refused_with_and_without_the_form(
        self, site: House, enter: Enter, role: str, act: str, status: int
    ) -> None:
        document = issued(site)
        client = enter(getattr(site, role))
        typed = {"reason": WHY, "wrong": "a", "right": "b", "recipients": "c"}
        assert client.get(f"{page(document)}{act}/").status_code == status
        assert client.post(f"{page(document)}{act}/", typed).status_code == status
        assert (Document.objects.count(), Recall.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("leader", {"thay-the", "dinh-chinh", "thu-hoi"}),
        ("clerk", {"thay-the", "dinh-chinh", "thu-hoi"}),
        ("reviewer", {"thay-the", "dinh-chinh"}),
        ("head", {"thay-the", "dinh-chinh"}),
        ("inspector", set()),
    ],
)
def test_each_is_offered_what_he_may_do(site: House, enter: Enter, role: str, offered: set[str]) -> None:
    document = issued(site)
    said = text_of(enter(getattr(site, role)), page(document))
    assert {act for act in ("thay-the", "dinh-chinh", "thu-hoi") if f"{page(document)}{act}/" in said} == offered


def test_a_recalled_file_is_still_given(site: House, enter: Enter) -> None:
    document, content = issued(site), b"%PDF-1.7 mau"
    name = default_storage.save("documents/1.pdf", ContentFile(content))
    stored = {"pdf_name": name, "pdf_sha256": hashlib.sha256(content).hexdigest(), "pdf_pages": 3}
    Document.objects.filter(pk=document.pk).update(**stored)
    recall_document(document.pk, reason=WHY, by=site.leader, now=NOW)
    client = enter(site.head)
    said = text_of(client, page(document))
    assert "giữ nguyên như lúc phát hành, chỉ để tra cứu" in said
    assert "Tải bản PDF</a>, 3 trang" in said
    response = client.get(f"{page(document)}pdf/")
    assert isinstance(response, FileResponse)
    assert b"".join(response.streaming_content) == content


def test_the_tasks_page_says_what_became_of_its_documents(site: House, enter: Enter) -> None:
    task = make_task(site)
    gone, former = issued(site, task), issued(site, task)
    recall_document(gone.pk, reason=WHY, by=site.leader, now=NOW)
    later = start_replacement(former.pk, reason=WHY, by=site.reviewer, now=NOW)
    with in_node():
        issue_document(later.pk, by=site.clerk, now=NOW)
    said = text_of(enter(site.head), f"/nhiem-vu/{task.pk}/")
    assert "(Công văn, đã thu hồi ngày 03/10/2022)" in said
    assert "(Công văn, đã được thay thế)" in said
    assert "(Công văn, đã phát hành)" in said
