"""Every act for every role: who is let in, who is refused, and that a refusal changes nothing and tells nothing.

What is decided in an approval flow has a table of its own, by role, unit and node: tests/approvals/test_matrix.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.approvals.factories import Matter
from tests.factories import MONDAY, PERSON_NAMES, House, at, make_actor, make_task
from tests.workflow.web.conftest import GONE, Enter, assert_clean, read_page
from workflow.actions.adjustment import suspend_task
from workflow.actions.consultation import record_answer
from workflow.actions.escalation import escalate_task
from workflow.actions.reminder import draft_reminder
from workflow.actions.report import save_draft, submit_report
from workflow.actions.unit import sync_grants
from workflow.choices import FlowKind, Role, TaskKind, TaskOrigin, TaskState
from workflow.models import AuditEvent, Document, Escalation, Extension, Obstacle, Reminder, Task
from workflow.permissions import Actor
from workflow.web.acts import ACTS

BEFORE = at(MONDAY, "08:30")
"""Half an hour before the site's moment."""

SECRET = "Rà soát dự án bí danh Hoàng Oanh"

DIVISION = {"head", "member"}
OFFICE = {"reviewer", "chief"}
SEES_ALL = {"reviewer", "chief", "clerk", "leader", "inspector"}
ROLES = (*PERSON_NAMES, "observer")


@dataclass
class Stand:
    """A task that stands so that one act can be done, and a form that does it."""

    task: Task
    typed: dict[str, Any] = field(default_factory=dict)
    target: int | None = None


def own(site: House, **columns: Any) -> Task:
    """A task of the first division, chased by the office."""
    return make_task(site, now=BEFORE, title=SECRET, **columns)


def asked(site: House, **columns: Any) -> Task:
    """A body's answer that the first division asked for; it is one working day late."""
    columns.setdefault("due_on", date(2022, 9, 30))
    columns.setdefault("unit", site.body)
    parent = make_task(site, now=BEFORE, title="Hồ sơ thụ lý", kind=TaskKind.DOSSIER, origin=TaskOrigin.PROCEDURE)
    return make_task(
        site,
        now=BEFORE,
        title=SECRET,
        kind=TaskKind.CONSULTATION,
        origin=TaskOrigin.PROCEDURE,
        ladder="B",
        parent=parent,
        host_unit=site.division,
        processing_until=date(2022, 11, 30),
        **columns,
    )


def drafted(site: House) -> Stand:
    task = own(site)
    save_draft(task.pk, "Đã rà soát xong.", False, "Biên bản 1", by=site.member, now=BEFORE)
    return Stand(task, target=1)


def submitted(site: House) -> Matter:
    matter = Matter(FlowKind.REPORT, drafted(site).task.pk)
    matter.act("submit", site.head, now=BEFORE)
    return matter


def finished(site: House) -> Stand:
    matter = submitted(site)
    matter.act("accept", site.reviewer, now=BEFORE)
    return Stand(Task.objects.get(pk=matter.pk), {"reason": "Bổ sung số liệu."})


def opined(site: House, *, sent: bool) -> Stand:
    """An opinion that a unit inside the department was asked for: it answers with its account, without a flow."""
    task = asked(site, unit=site.other)
    save_draft(task.pk, "Thống nhất.", False, "", by=site.stranger, now=BEFORE)
    if sent:
        submit_report(task.pk, 1, by=site.other_head, now=BEFORE)
    return Stand(task, target=1)


def answered(site: House, typed: dict[str, Any]) -> Stand:
    task = asked(site)
    record_answer(task.pk, "9/STC", date(2022, 9, 29), "Thống nhất.", by=site.clerk, now=BEFORE)
    return Stand(task, typed, target=1)


def reminding(site: House, typed: dict[str, Any]) -> Stand:
    task = asked(site)
    draft_reminder(task.pk, by=site.member, now=BEFORE)
    return Stand(task, typed, target=Reminder.objects.get(task=task).pk)


def told(site: House, typed: dict[str, Any]) -> Stand:
    """The report to UBND tỉnh has passed its flow and is sent."""
    task = asked(site)
    duty = escalate_task(task.pk, "Việc gấp.", by=site.member, now=BEFORE)
    letter = Matter(FlowKind.DOCUMENT, duty.document_id or 0)
    for outcome, by in (
        ("present", site.member),
        ("approve", site.head),
        ("approve", site.reviewer),
        ("sign", site.leader),
        ("issue", site.clerk),
    ):
        letter.act(outcome, by, now=BEFORE)
    return Stand(task, typed, target=duty.pk)


def stopped(site: House) -> Stand:
    task = own(site)
    suspend_task(task.pk, "Thanh tra.", "3/QĐ", date(2022, 9, 30), by=site.member, now=BEFORE)
    return Stand(task)


def a_month_owed(site: House) -> Stand:
    columns = {"due_on": None, "due_first": None, "last_day": None}
    task = own(site, confirm_monthly=True, confirm_asked=date(2022, 9, 1), **columns)
    return Stand(task, {"has_work": "no", "text": ""})


REASON = {"reason": "Theo chỉ đạo của Giám đốc."}


@dataclass(frozen=True)
class Row:
    """One line of the table: how the task comes to stand, and which roles may do the act (domain.md sections 2, 6)."""

    stage: Callable[[House], Stand]
    allowed: frozenset[str]
    seen: frozenset[str] = frozenset(DIVISION | SEES_ALL | {"office_member"})


def row(stage: Callable[[House], Stand], *allowed: str, consulted: bool = False) -> Row:
    """The office hosts the division's own tasks, so its members see them; a consultation is hosted by the division."""
    if consulted:
        return Row(stage, frozenset(allowed), frozenset(DIVISION | SEES_ALL | {"outsider"}))
    return Row(stage, frozenset(allowed))


INSIDE = frozenset(DIVISION | SEES_ALL | {"stranger", "other_head"})
"""Who sees what the second division was asked by the first."""

TABLE: dict[str, Row] = {
    "bat-dau": row(lambda h: Stand(own(h)), "head", "member"),
    "soan-bao-cao": row(lambda h: Stand(own(h), {"content": "Xong.", "evidence": ""}), "head", "member"),
    "dinh-kem": row(lambda h: Stand(own(h), {"content": "PDF"}), "head", "member"),
    "xac-nhan-thang": row(a_month_owed, "head", "member"),
    "ghi-tien-do": row(lambda h: Stand(own(h), {"text": "Được nửa việc."}), "head", "member"),
    "phan-cong": row(lambda h: Stand(own(h), {"person_id": str(h.member.person_id)}), "head"),
    "xin-gia-han": row(lambda h: Stand(own(h), {"reason": "Chờ.", "wanted_due": "28/10/2022"}), "head"),
    "neu-vuong-mac": row(lambda h: Stand(own(h), {"text": "Thiếu máy."}), "head", "member"),
    "giao-chu-tri": Row(
        lambda h: Stand(own(h, unit=None), {"unit_id": str(h.other.pk)}),
        frozenset({"reviewer", "chief", "leader"}),
        frozenset(SEES_ALL | {"office_member"}),
    ),
    "ghi-su-kien": row(
        lambda h: Stand(own(h, state=TaskState.WAITING_EVENT), {"event_number": "7/QĐ-UBND", "event_on": "30/09/2022"}),
        "reviewer",
        "chief",
    ),
    "tam-dung": row(
        lambda h: Stand(own(h), {"ground": "Thanh tra.", "ground_number": "3/QĐ", "ground_on": "30/09/2022"}),
        "head",
        "member",
        "reviewer",
        "chief",
        "office_member",
    ),
    "tiep-tuc": row(stopped, "head", "member", "reviewer", "chief", "office_member"),
    "huy": row(lambda h: Stand(own(h), REASON), "leader"),
    "mo-lai": row(finished, "leader"),
    "lay-y-kien": row(
        lambda h: Stand(
            own(h), {"unit_ids": [str(h.silent_body.pk)], "question": "Cho ý kiến.", "due_on": "12/10/2022"}
        ),
        "head",
        "member",
    ),
    "nhan-tra-loi": row(lambda h: answered(h, {}), "head", "member", consulted=True),
    "tra-lai-tra-loi": row(lambda h: answered(h, {"reason": "Chưa rõ."}), "head", "member", consulted=True),
    "ghi-tra-loi": row(
        lambda h: Stand(asked(h), {"number": "9/STC", "answered_on": "30/09/2022", "content": "Thống nhất."}),
        "clerk",
        "outsider",
        consulted=True,
    ),
    "soan-don-doc": row(lambda h: Stand(asked(h)), "head", "member", "reviewer", "chief", consulted=True),
    "rut-don-doc": row(
        lambda h: reminding(h, {"reason": "Đã gọi điện."}),
        "head",
        "member",
        "reviewer",
        "chief",
        "clerk",
        consulted=True,
    ),
    "bao-cao-ubnd": row(
        lambda h: Stand(asked(h), {"reason": "Việc gấp."}), "head", "member", "reviewer", "chief", consulted=True
    ),
    "rut-bao-cao-ubnd": row(lambda h: told(h, REASON), "leader", consulted=True),
    "gui-tra-loi": Row(lambda h: opined(h, sent=False), frozenset({"other_head"}), INSIDE),
    "rut-tra-loi": Row(lambda h: opined(h, sent=True), frozenset({"other_head"}), INSIDE),
}


@pytest.fixture
def people(site: House) -> dict[str, Actor]:
    """One person a role, the observer of domain.md section 6 among them, each with his grants."""
    observer = make_actor(Role.OBSERVER, site.silent_body)
    sync_grants(by=None, now=at(MONDAY))
    return {"observer": observer, **{role: getattr(site, role) for role in ROLES if role != "observer"}}


def form_of(stand: Stand) -> dict[str, Any]:
    typed = dict(stand.typed)
    if typed.get("content") == "PDF":
        typed["content"] = SimpleUploadedFile("ban-do.pdf", b"%PDF-1.4 mau", "application/pdf")
    return {"target": str(stand.target or ""), **typed}


def trail_of(task: Task) -> tuple[int, int, str, int]:
    """What an act would change: the task's events, all events, its state, its documents' states."""
    row = Task.objects.get(pk=task.pk)
    issued = Document.objects.exclude(number=None).count()
    return (row.chain_seq, AuditEvent.objects.count(), row.state, issued)


def test_the_table_names_every_act_of_the_site() -> None:
    assert set(TABLE) == set(ACTS)
    assert set(GONE) & set(ACTS) == set()


@pytest.mark.parametrize("slug", sorted(TABLE))
def test_who_may_not_do_an_act_is_refused_on_both_ways_and_changes_nothing(
    site: House, enter: Enter, people: dict[str, Actor], slug: str
) -> None:
    line = TABLE[slug]
    stand = line.stage(site)
    before = trail_of(stand.task)
    path = f"/nhiem-vu/{stand.task.pk}/{slug}/"
    bare = {"target": str(stand.target or "")}
    for role in (*sorted(line.seen - line.allowed), "stranger", "admin"):
        expected = 403 if role in line.seen else 404
        client = enter(people[role])
        for response in (client.get(path), client.post(path, form_of(stand))):
            assert response.status_code == expected, f"{role} {response.request['REQUEST_METHOD']}"
            if expected == 404:
                assert_tells_nothing(response.content.decode(), stand.task)
    refused = enter(people["inspector"]).post(path, bare)
    assert refused.status_code == 403, "an empty form is not explained to who may not send it"
    assert_clean(refused.content)
    assert trail_of(stand.task) == before


@pytest.mark.parametrize("slug", sorted(TABLE))
def test_who_may_do_an_act_gets_its_form_and_the_first_to_send_it_does_it_once(
    site: House, enter: Enter, people: dict[str, Actor], slug: str
) -> None:
    line = TABLE[slug]
    stand = line.stage(site)
    path = f"/nhiem-vu/{stand.task.pk}/{slug}/"
    clients = [enter(people[role]) for role in ROLES if role in line.allowed]
    for client in clients:
        shown = client.get(path)
        assert shown.status_code == 200
        assert shown.context["target"] == (stand.target or "")
        assert_clean(shown.content)
    events = AuditEvent.objects.count()
    done = clients[0].post(path, form_of(stand))
    assert done.status_code == 302, done.content.decode()[-1500:]
    assert done.headers["Location"].startswith(f"/nhiem-vu/{stand.task.pk}/")
    assert AuditEvent.objects.count() > events


AGAIN = {
    # What may be done again and again, since each time says something new.
    "soan-bao-cao",
    "ghi-tien-do",
    "dinh-kem",
}


@pytest.mark.parametrize("slug", sorted(set(TABLE) - AGAIN))
def test_the_same_form_sent_again_by_anybody_who_may_does_nothing_and_says_so_plainly(
    site: House, enter: Enter, people: dict[str, Actor], slug: str
) -> None:
    line = TABLE[slug]
    stand = line.stage(site)
    path = f"/nhiem-vu/{stand.task.pk}/{slug}/"
    allowed = [role for role in ROLES if role in line.allowed]
    assert enter(people[allowed[0]]).post(path, form_of(stand)).status_code == 302
    after = trail_of(stand.task)
    for role in allowed:
        response = enter(people[role]).post(path, form_of(stand))
        assert response.status_code in {400, 403, 404, 409}, f"{role}: {response.status_code}"
        assert_clean(response.content)
        told = response.content.decode().split("<main")[1]
        assert "Traceback" not in told
        assert len(told) > 200
    assert trail_of(stand.task) == after
    assert Escalation.objects.filter(task=stand.task).count() <= 1
    assert Extension.objects.filter(task=stand.task).count() <= 1
    assert Obstacle.objects.filter(task=stand.task).count() <= 1
    assert Task.objects.filter(parent=stand.task).count() <= 1


# What an unseen task tells


def assert_tells_nothing(text: str, task: Task) -> None:
    """The body names neither the task nor its unit's work; the top bar may name the reader's own unit."""
    text = text.split("<main")[1]
    for word in (SECRET, "Hoàng Oanh", f">{task.code}<", "Phòng Một", "Biên bản 1"):
        assert word not in text, word


UNSEEN = ("stranger", "other_head", "outsider", "admin", "observer")

EVERY_PAGE = (
    "/",
    "/nhiem-vu/",
    "/nhiem-vu/?chu=Hoàng+Oanh",
    "/nhiem-vu/?chu=hoang+oanh&trang-thai=all",
    "/nhiem-vu/?don-vi={unit}",
    "/nhiem-vu/?don-vi={unit}&trang-thai=all&han=late",
    "/nhiem-vu/?sau=2022-09-01.0",
    "/ke-hoach/",
    "/ke-hoach/so-sanh/",
    "/ban-dieu-phoi/",
    "/van-ban/",
    "/van-ban/?chu=Hoàng",
    "/van-ban/?chu={number}",
    "/van-ban/?trang-thai=issued",
    "/van-ban/soan/?nhiem-vu={task}",
    "/thong-bao/",
    "/lich/",
    "/lich/thang/",
    "/nhiem-vu/?ngay=2022-09-16",
    "/nhat-ky/",
    "/nhat-ky/?nhiem_vu={code}",
    "/tu-cach/",
    "/doi-mat-khau/",
    "/nhiem-vu/{task}/",
    "/van-ban/{document}/",
    "/van-ban/{document}/pdf/",
    "/phe-duyet/{approval}/",
    "/phe-duyet/buoc/{step}/accept/",
    "/phe-duyet/nhieu/report/check/",
)


@pytest.mark.parametrize("role", UNSEEN)
def test_no_page_of_the_site_names_another_units_work(
    site: House, enter: Enter, people: dict[str, Actor], role: str
) -> None:
    """The office reports the division's late work to UBND tỉnh: with a document, a number, notices and a trail."""
    task = own(site, due_on=date(2022, 9, 30), code="BM-7")
    parent_side = own(site, code="BM-8")
    document = Document.objects.create(
        task=task, kind="CV", symbol="SKHĐT-VP", subject=f"V/v {SECRET}", body="Mật hai", drafted_at=BEFORE
    )
    save_draft(parent_side.pk, "Biên bản 1", False, "", by=site.member, now=BEFORE)
    matter = Matter(FlowKind.REPORT, parent_side.pk)
    matter.act("submit", site.head, now=BEFORE)
    words = {"unit": site.division.pk, "task": task.pk, "document": document.pk, "code": task.code, "number": 1}
    words |= {"approval": matter.approval().pk, "step": matter.step().pk}
    client = enter(people[role])
    for pattern in EVERY_PAGE:
        path = pattern.format(**words)
        response = client.get(path, follow=True)
        assert response.status_code in {200, 403, 404}, path
        shown = " ".join(read_page(response.content).texts)
        for word in ("Hoàng Oanh", "BM-7", "BM-8", "Biên bản 1", "Mật hai"):
            assert word not in shown, f"{path}: {word}"
            assert "?" in path or word not in response.content.decode(), f"{path}: {word}"


@pytest.mark.parametrize("role", UNSEEN)
def test_the_pages_of_an_unseen_task_are_not_found_whatever_the_address(
    site: House, enter: Enter, people: dict[str, Actor], role: str
) -> None:
    task = own(site)
    client = enter(people[role])
    missing = client.get("/nhiem-vu/999999999/").content.split(b"<main")[1]
    for suffix in ("", *(f"{slug}/" for slug in sorted(ACTS))):
        response = client.get(f"/nhiem-vu/{task.pk}/{suffix}?tu=viec")
        assert response.status_code == 404
        assert response.content.split(b"<main")[1] == missing, suffix


@pytest.mark.parametrize("role", ["admin", "inspector", "observer", "leader"])
def test_the_figures_of_my_work_count_only_ones_own(
    site: House, enter: Enter, people: dict[str, Actor], role: str
) -> None:
    empty = read_page(enter(people[role]).get("/", follow=True).content).texts
    for _ in range(3):
        make_task(site, unit=site.other, host_unit=site.other, now=BEFORE, title=SECRET)
    if role in {"admin", "observer"}:
        assert read_page(enter(people[role]).get("/", follow=True).content).texts == empty
    else:
        assert enter(people[role]).get("/nhiem-vu/").content.decode().count("Hoàng Oanh") >= 3
