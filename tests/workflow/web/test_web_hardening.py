"""What every page must withstand: open redirects, forged forms, stale pages, hostile addresses, a view that breaks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from tests.approvals.factories import Matter, letter
from tests.factories import MONDAY, House, at, event_names, make_draft_document, make_task
from tests.workflow.web.conftest import Enter, assert_clean, read_page, step_path
from workflow.actions.adjustment import ask_extension
from workflow.actions.document import draft_document
from workflow.actions.report import save_draft
from workflow.choices import FlowKind, ReportStatus
from workflow.models import Attachment, AuditEvent, Document, Extension, Notification, Person, Report, Task
from workflow.web.views import act as act_view

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "Mat-khau-mau-2022"
NOW = at(MONDAY, "08:30")


@pytest.fixture
def person(site: House) -> Person:
    row = Person.objects.get(pk=site.head.person_id)
    row.set_password(PASSWORD)
    row.save(update_fields=["password"])
    return row


# The way back after signing in

SAFE_PAGES = [
    "/",
    "/nhiem-vu/",
    "/nhiem-vu/?han=late&chu=b%C3%A1o",
    "/ke-hoach/2022/",
    "/van-ban/7/",
    "/lich/?nam=2023",
]


@pytest.mark.parametrize("page", SAFE_PAGES)
def test_the_page_asked_for_is_kept_with_its_query_and_reached_after_signing_in(person: Person, page: str) -> None:
    client = Client()
    sent = client.get(page)
    assert sent.status_code == 302
    address = urlsplit(sent.headers["Location"])
    assert address.path == "/dang-nhap/"
    assert parse_qs(address.query)["next"] == [page]
    form = client.get(sent.headers["Location"])
    kept = re.search(r'name="next" value="([^"]*)"', form.content.decode())
    assert kept is not None
    typed = {"username": person.username, "password": PASSWORD, "next": kept[1].replace("&amp;", "&")}
    assert client.post("/dang-nhap/", typed).headers["Location"] == page


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example/",
    "http:evil.example",
    "http:///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "\t//evil.example",
    "//evil.example/%2f..",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_address_leads_to_another_site_after_signing_in(person: Person, target: str) -> None:
    shown = Client().get("/dang-nhap/", {"next": target})
    assert 'name="next" value="/"' in shown.content.decode()
    client = Client()
    typed = {"username": person.username, "password": PASSWORD, "next": target}
    assert client.post("/dang-nhap/", typed).headers["Location"] == "/"


def test_who_is_signed_in_already_is_not_sent_where_the_address_says(site: House, enter: Enter) -> None:
    response = enter(site.head).get("/dang-nhap/?next=https://evil.example/")
    assert (response.status_code, response.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(
    "path", ["/nhiem-vu/1/bat-dau/", "/dang-xuat/", "/thong-bao/da-doc/", "/phe-duyet/buoc/1/submit/"]
)
def test_a_form_sent_without_a_session_leads_to_sign_in_and_is_not_replayed(site: House, path: str) -> None:
    before = AuditEvent.objects.count()
    response = Client().post(path, {"target": "1"})
    assert (response.status_code, response.headers["Location"]) == (302, "/dang-nhap/?next=/")
    assert AuditEvent.objects.count() == before


# Forged forms


POSTS = [
    ("head", "/nhiem-vu/{task}/bat-dau/", {}),
    ("head", "/nhiem-vu/{task}/xin-gia-han/", {"reason": "Chờ.", "wanted_due": "28/10/2022"}),
    ("leader", "/nhiem-vu/{task}/huy/", {"reason": "Thôi."}),
    ("head", "/phe-duyet/buoc/{step}/submit/", {"version": "1"}),
    ("clerk", "/van-ban/{document}/bo-du-thao/", {}),
    ("member", "/van-ban/soan/", {"kind": "CV", "recipients": "A", "subject": "B", "body": "C", "signer": "leader"}),
    ("head", "/thong-bao/da-doc/", {}),
    ("head", "/tu-cach/", {"delegation": ""}),
    ("admin", "/quan-tri/nguoi/them/", {"username": "moi", "full_name": "Mới", "password": PASSWORD}),
    ("admin", "/quan-tri/chinh-sach/wait_days/", {"value": "5", "valid_from": "10/10/2022", "reason": "Thử."}),
    ("admin", "/lich/ghi-ngay/", {"day": "10/10/2022", "kind": "off", "name": "Thử", "source": "Thử"}),
    ("reviewer", "/nhiem-vu/mo-viec-ubnd/", {"title": "Thử"}),
]


@pytest.mark.parametrize(("role", "pattern", "typed"), POSTS, ids=[row[1] for row in POSTS])
def test_a_form_without_the_sites_token_does_nothing(
    site: House, task: Task, role: str, pattern: str, typed: dict[str, str]
) -> None:
    document = make_draft_document(task)
    save_draft(task.pk, "Đã xong.", False, "", by=site.member, now=NOW)
    client = Client(enforce_csrf_checks=True)
    who = Person.objects.get(pk=getattr(site, role).person_id)
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    before = AuditEvent.objects.count()
    step = Matter(FlowKind.REPORT, task.pk).step()
    path = pattern.format(task=task.pk, document=document.pk, step=step.pk)
    for extra in ({}, {"csrfmiddlewaretoken": "x" * 64}, {"csrfmiddlewaretoken": ""}):
        response = client.post(path, {**typed, **extra}, headers={"referer": "https://evil.example/"})
        assert response.status_code == 403, path
        assert "Chưa có gì được ghi" in response.content.decode()
        assert_clean(response.content)
    assert AuditEvent.objects.count() == before


def test_the_sites_own_form_carries_a_token_that_is_taken(site: House, task: Task) -> None:
    client = Client(enforce_csrf_checks=True)
    who = Person.objects.get(pk=site.head.person_id)
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/nhiem-vu/{task.pk}/bat-dau/").content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[-1]
    response = client.post(f"/nhiem-vu/{task.pk}/bat-dau/", {"csrfmiddlewaretoken": token})
    assert (response.status_code, event_names(task)) == (302, ["task.start"])


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_change_nothing(site: House, enter: Enter, task: Task, method: str) -> None:
    client = enter(site.leader)
    for path in (f"/nhiem-vu/{task.pk}/", f"/nhiem-vu/{task.pk}/huy/", "/nhiem-vu/", "/van-ban/"):
        assert getattr(client, method)(path).status_code == 405
    assert event_names(task) == []


@pytest.mark.parametrize("path", ["/dang-xuat/", "/thong-bao/da-doc/", "/van-ban/{document}/bo-du-thao/"])
def test_looking_never_changes_anything(site: House, enter: Enter, task: Task, path: str) -> None:
    document = make_draft_document(task)
    client = enter(site.clerk)
    before = AuditEvent.objects.count()
    assert client.get(path.format(document=document.pk)).status_code == 405
    assert Document.objects.filter(pk=document.pk).exists()
    assert AuditEvent.objects.count() == before
    assert client.get("/").status_code == 200


# A page that somebody else overtook


def test_a_version_that_was_taken_back_meanwhile_is_told_and_not_decided(site: House, enter: Enter, task: Task) -> None:
    """The reviewer looked at bản 1; the head took it back and submitted bản 2."""
    save_draft(task.pk, "Bản một.", False, "", by=site.member, now=NOW)
    matter = Matter(FlowKind.REPORT, task.pk)
    matter.act("submit", site.head, now=NOW)
    client = enter(site.reviewer)
    seen = step_path(FlowKind.REPORT, task.pk, "accept")
    assert 'name="version" value="1"' in client.get(seen).content.decode()
    matter.act("withdraw", site.head, now=NOW)
    save_draft(task.pk, "Bản hai, khác hẳn.", False, "", by=site.member, now=NOW)
    matter.act("submit", site.head, now=NOW)
    checks = {"quantity_ok": "yes", "content_ok": "yes", "time_ok": "yes", "note": ""}
    for path in (seen, step_path(FlowKind.REPORT, task.pk, "accept")):
        response = client.post(path, {"version": "1", **checks})
        assert response.status_code == 409
        assert_clean(response.content)
    told = " ".join(read_page(response.content).texts)
    assert f"lúc 08:30 ngày 03/10/2022, do {site.member.name}" in told
    assert "Bản hai, khác hẳn." in told
    assert list(Report.objects.filter(task=task).order_by("version").values_list("status", flat=True)) == [
        ReportStatus.WITHDRAWN,
        ReportStatus.SUBMITTED,
    ]


def test_a_request_that_another_leader_decided_is_told(site: House, enter: Enter, task: Task) -> None:
    request = ask_extension(task.pk, "Chờ số liệu.", date(2022, 10, 28), by=site.head, now=NOW)
    matter = Matter(FlowKind.EXTENSION, request.pk)
    matter.act("advise", site.reviewer, now=NOW, reason="Nên đồng ý.")
    client = enter(site.leader)
    path = step_path(FlowKind.EXTENSION, request.pk, "approve")
    assert client.get(path).status_code == 200
    matter.act("refuse", site.leader, now=NOW, reason="Không đủ căn cứ.")
    response = client.post(path, {"version": "", "new_due": "28/10/2022", "reason": ""})
    assert response.status_code == 409
    assert_clean(response.content)
    task.refresh_from_db()
    assert (task.due_on, Extension.objects.get().status) == (date(2022, 10, 14), "refused")


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 25, "1.5", "٣", "' OR 1=1 --"])
def test_a_page_that_does_not_say_what_it_showed_is_stale(site: House, enter: Enter, task: Task, version: str) -> None:
    save_draft(task.pk, "Đã xong.", False, "", by=site.member, now=NOW)
    path = step_path(FlowKind.REPORT, task.pk, "submit")
    response = enter(site.head).post(path, {"version": version})
    assert response.status_code == 409
    assert "không còn mới" in response.content.decode()
    assert Task.objects.get(pk=task.pk).state == "assigned"


@pytest.mark.parametrize("target", ["", "0", "-1", "x", "9" * 25, "1.5", "٣", "' OR 1=1 --"])
def test_an_acts_page_that_does_not_say_what_it_showed_is_stale(
    site: House, enter: Enter, task: Task, target: str
) -> None:
    """An answer inside the department is sent without a flow, by an act of the task's page."""
    Task.objects.filter(pk=task.pk).update(kind="consultation", ladder="B")
    save_draft(task.pk, "Thống nhất.", False, "", by=site.member, now=NOW)
    response = enter(site.head).post(f"/nhiem-vu/{task.pk}/gui-tra-loi/", {"target": target})
    assert response.status_code == 409
    assert "không còn mới" in response.content.decode()
    assert Task.objects.get(pk=task.pk).state == "assigned"


@pytest.mark.parametrize("foreign", [True, False])
def test_a_request_of_another_units_task_is_not_reached_by_its_address(
    site: House, enter: Enter, task: Task, foreign: bool
) -> None:
    other = make_task(site, unit=site.other, host_unit=site.other, title="Việc kín của phòng Hai")
    request = ask_extension(other.pk, "Chờ.", date(2022, 10, 28), by=site.other_head, now=NOW)
    path = step_path(FlowKind.EXTENSION, request.pk, "advise") if foreign else "/phe-duyet/buoc/999999/advise/"
    for address in (path, path.replace("advise", "approve")):
        response = enter(site.head).post(address, {"version": "", "reason": "x", "new_due": "28/10/2022"})
        assert response.status_code == 404
        assert "Việc kín" not in response.content.decode()
    request.refresh_from_db()
    assert request.status == "pending"


# Twice


def test_a_report_submitted_twice_tells_the_reviewers_once(site: House, enter: Enter, task: Task) -> None:
    save_draft(task.pk, "Đã xong.", False, "", by=site.member, now=NOW)
    client = enter(site.head)
    path = step_path(FlowKind.REPORT, task.pk, "submit")
    codes = [client.post(path, {"version": "1"}).status_code for _ in range(3)]
    assert codes == [302, 409, 409]
    told = Notification.objects.filter(task=task, person_id=site.reviewer.person_id).values_list("key", flat=True)
    assert len(told) == len(set(told))
    once = told.count()
    assert once >= 1
    assert [name for name in event_names(task) if name == "task.report"] == ["task.report"]
    client.post(path, {"version": "1"})
    assert Notification.objects.filter(task=task, person_id=site.reviewer.person_id).count() == once


def test_an_assignment_sent_twice_tells_the_person_once(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.head)
    typed = {"person_id": str(site.member.person_id)}
    codes = [client.post(f"/nhiem-vu/{task.pk}/phan-cong/", typed).status_code for _ in range(2)]
    assert codes == [302, 409]
    assert event_names(task) == ["task.assign_person"]
    assert Notification.objects.filter(task=task, person_id=site.member.person_id).count() == 1


def test_a_document_issued_twice_keeps_its_number(site: House, enter: Enter, task: Task) -> None:
    document = draft_document(letter(), task=task, by=site.reviewer, now=NOW)
    matter = Matter(FlowKind.DOCUMENT, document.pk)
    for outcome, by in (
        ("present", site.reviewer),
        ("approve", site.chief),
        ("approve", site.chief),
        ("sign", site.leader),
    ):
        matter.act(outcome, by, now=NOW)
    client = enter(site.clerk)
    path = step_path(FlowKind.DOCUMENT, document.pk, "issue")
    assert client.post(path, {"version": "1"}).status_code == 302
    document.refresh_from_db()
    first = (document.number, document.issued_at)
    assert first[0] == 1
    again = client.post(path, {"version": "1"})
    assert again.status_code == 409
    assert_clean(again.content)
    document.refresh_from_db()
    assert (document.number, document.issued_at) == first
    assert client.post(f"/van-ban/{document.pk}/bo-du-thao/").status_code == 409


# Headers

ALL_SORTS = [
    "/",
    "/nhiem-vu/",
    "/nhiem-vu/{task}/",
    "/nhiem-vu/{task}/bat-dau/",
    "/nhiem-vu/999999/",
    "/khong-co/",
    "/quan-tri/",
]


@pytest.mark.parametrize("pattern", ALL_SORTS)
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_carries_the_headers_that_keep_a_browser_in_the_site(
    site: House, enter: Enter, task: Task, pattern: str, signed_in: bool
) -> None:
    client = enter(site.head) if signed_in else Client()
    response = client.get(pattern.format(task=task.pk))
    headers = response.headers
    policy = {
        part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split(";") if part.strip()
    }
    assert policy["default-src"] == ["'self'"]
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in headers
    if signed_in:
        assert headers["Cache-Control"] == "no-store, private"


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(person: Person) -> None:
    client = Client()
    client.post("/dang-nhap/", {"username": person.username, "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_signing_in_makes_a_new_session_so_that_none_can_be_fixed(person: Person) -> None:
    client = Client()
    client.get("/dang-nhap/")
    client.cookies["sessionid"] = "a" * 32
    client.post("/dang-nhap/", {"username": person.username, "password": PASSWORD})
    assert client.cookies["sessionid"].value != "a" * 32


# Files


def stored(task: Task, person_id: int, name: str = "báo cáo.pdf") -> Attachment:
    kept = default_storage.save("tep/mau.pdf", ContentFile(b"%PDF-1.4 mau"))
    return Attachment.objects.create(
        task=task,
        name=name,
        stored_as=kept,
        content_type="text/html",
        size=12,
        sha256="0" * 64,
        uploaded_by_id=person_id,
        uploaded_at=NOW,
    )


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("head", 200),
        ("member", 200),
        ("reviewer", 200),
        ("chief", 200),
        ("clerk", 200),
        ("leader", 200),
        ("inspector", 200),
        ("stranger", 404),
        ("other_head", 404),
        ("outsider", 404),
        ("admin", 404),
    ],
)
def test_a_file_is_read_with_its_task_and_never_shown_in_the_browser(
    site: House, enter: Enter, task: Task, role: str, status: int
) -> None:
    file = stored(task, site.head.person_id)
    response = enter(getattr(site, role)).get(f"/tep/{file.pk}/")
    assert response.status_code == status
    if status == 200:
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert b"".join(response.streaming_content) == b"%PDF-1.4 mau"
    else:
        assert "báo cáo.pdf" not in response.content.decode()
        assert "tep/" not in response.content.decode().partition("<main")[2]


def test_a_file_lost_from_the_store_is_told_and_breaks_nothing(site: House, enter: Enter, task: Task) -> None:
    file = stored(task, site.head.person_id)
    default_storage.delete(file.stored_as)
    response = enter(site.head).get(f"/tep/{file.pk}/")
    assert response.status_code == 404
    assert "không còn trong kho lưu trữ" in response.content.decode()


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "a\r\nX-Evil: 1.pdf", 'b";evil=".pdf', "tên có dấu.pdf"])
def test_a_hostile_file_name_stays_a_name(site: House, enter: Enter, task: Task, name: str) -> None:
    upload = SimpleUploadedFile("x.pdf", b"%PDF-1.4 mau", "application/pdf")
    upload.name = name.rsplit("/", maxsplit=1)[-1]
    client = enter(site.member)
    response = client.post(f"/nhiem-vu/{task.pk}/dinh-kem/", {"content": upload})
    assert response.status_code in {302, 400}
    for file in Attachment.objects.all():
        assert ".." not in file.stored_as
        assert "\n" not in file.name
        got = client.get(f"/tep/{file.pk}/")
        assert got.status_code == 200
        assert "X-Evil" not in got.headers
        got.close()


# Hostile addresses and fields


@pytest.mark.parametrize(
    "path",
    [
        "/nhiem-vu/?don-vi=abc&ke-hoach=-1&sau=%00",
        "/nhiem-vu/?sau=' OR 1=1",
        "/nhiem-vu/?sau=9999-99-99.1",
        "/nhiem-vu/?chu=%F0%9F%92%A9%25_%5C",
        "/nhiem-vu/?chu=" + "a" * 3000,
        "/nhiem-vu/?trang-thai=xong&han=hom-qua&loai=x",
        "/van-ban/soan/?nhiem-vu=",
        "/van-ban/soan/?nhiem-vu=%00",
        "/van-ban/soan/?nhiem-vu=" + "9" * 60,
        "/van-ban/?sau=abc&trang-thai=x&chu=%25",
        "/van-ban/?chu=" + "9" * 60,
        "/lich/?nam=99999999999",
        "/lich/?nam=-1",
        "/thong-bao/?sau=x",
        "/ke-hoach/so-sanh/?nam=2022&voi=abc",
    ],
)
def test_an_address_full_of_nonsense_is_answered_as_a_page(site: House, enter: Enter, task: Task, path: str) -> None:
    response = enter(site.leader).get(path)
    assert response.status_code in {200, 404}
    assert_clean(response.content)


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"


def test_what_a_person_types_is_never_run(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.member)
    typed = {"content": SCRIPT, "evidence": SCRIPT}
    assert client.post(f"/nhiem-vu/{task.pk}/soan-bao-cao/", typed).status_code == 302
    client.post(f"/nhiem-vu/{task.pk}/ghi-tien-do/", {"text": SCRIPT})
    client.post(f"/nhiem-vu/{task.pk}/neu-vuong-mac/", {"text": SCRIPT})
    for path in (f"/nhiem-vu/{task.pk}/", f"/nhiem-vu/{task.pk}/soan-bao-cao/", f"/nhiem-vu/?chu={SCRIPT}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()
        assert_clean(page.content)


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud7ff", "\u202egnud oec", "\u200b"])
def test_odd_characters_in_a_text_are_refused_or_kept_but_never_break(
    site: House, enter: Enter, task: Task, text: str
) -> None:
    response = enter(site.member).post(f"/nhiem-vu/{task.pk}/ghi-tien-do/", {"text": text})
    assert response.status_code in {302, 400}
    if response.status_code == 400:
        assert_clean(response.content)


# When something breaks


def outcome_page(client: Client, path: str) -> Any:
    client.raise_request_exception = False
    with override_settings(DEBUG=False):
        return client.get(path)


@pytest.mark.parametrize("error", [RuntimeError, ZeroDivisionError, KeyError, MemoryError, RecursionError])
def test_a_view_that_breaks_shows_the_vietnamese_page_and_nothing_of_its_inside(
    site: House, enter: Enter, task: Task, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise error("mật khẩu cơ sở dữ liệu là 123")

    monkeypatch.setattr(act_view, "load_task_facts", fail)
    response = outcome_page(enter(site.head), f"/nhiem-vu/{task.pk}/bat-dau/")
    text = response.content.decode()
    assert response.status_code == 500
    assert "Hệ thống gặp lỗi" in text
    for word in ("Traceback", "mật khẩu", error.__name__, 'File "', "site-packages", "DEBUG", "settings"):
        assert word not in text, word
    assert_clean(response.content)


def test_an_act_that_breaks_half_way_writes_nothing(
    site: House, enter: Enter, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("hỏng giữa chừng")

    monkeypatch.setattr("workflow.actions.report.drafting.tell_of", fail)
    save_draft(task.pk, "Đã xong.", False, "", by=site.member, now=NOW)
    client = enter(site.head)
    client.raise_request_exception = False
    path = step_path(FlowKind.REPORT, task.pk, "submit")
    before = AuditEvent.objects.count()
    with override_settings(DEBUG=False):
        response = client.post(path, {"version": "1"})
    assert response.status_code == 500
    assert "chưa được ghi" in response.content.decode()
    task.refresh_from_db()
    assert (task.state, event_names(task)) == ("assigned", ["report.draft"])
    assert Report.objects.get(task=task).status == ReportStatus.DRAFT
    assert (AuditEvent.objects.count(), step_path(FlowKind.REPORT, task.pk, "submit")) == (before, path)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nhiem-vu/999999/", 404, "Không tìm thấy"),
        ("/quan-tri/", 403, "Ông/bà không có quyền làm việc này"),
        ("/nhiem-vu/{task}/huy/", 403, "Ông/bà không có quyền làm việc này"),
        ("/nhiem-vu/{task}/tiep-tuc/", 409, "Việc này hiện không làm được"),
    ],
)
def test_each_refusal_says_what_it_is_and_leads_back(  # noqa: PLR0917 -- the parts of one case
    site: House, enter: Enter, task: Task, path: str, status: int, words: str
) -> None:
    response = outcome_page(enter(site.head), path.format(task=task.pk))
    text = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{words}</h1>" in text or words in text
    assert 'lang="vi"' in text
    assert "Traceback" not in text
    back = f'href="/nhiem-vu/{task.pk}/"' if "{task}" in path else 'href="/"'
    assert back in text.split("<main")[1]
    assert_clean(response.content)


def test_a_host_that_is_not_ours_gets_the_400_page_without_a_trace(site: House, enter: Enter) -> None:
    client = enter(site.head)
    with override_settings(DEBUG=False, ALLOWED_HOSTS=["dondoc.example"]):
        response = client.get("/", headers={"host": "evil.example"})
    text = response.content.decode()
    assert response.status_code == 400
    assert "evil.example" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"DONDOC_DEBUG": "0", "SECRET_KEY": ""}, "SECRET_KEY"),
        ({"DONDOC_DEBUG": "có"}, "DONDOC_DEBUG"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"DONDOC_MAIL_PORT": "hai lăm"}, "DONDOC_MAIL_PORT"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_itself(wrong: dict[str, str], said: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "DATABASE", "SECRET"))}
    given = {name: value for name, value in wrong.items() if value}
    done = subprocess.run(
        [sys.executable, "-c", "import project.settings"],
        cwd=ROOT,
        env=kept | {"PYTHONPATH": str(ROOT)} | given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert said in done.stderr.splitlines()[-1]
