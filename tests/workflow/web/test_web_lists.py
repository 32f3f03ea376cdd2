"""Lists: right rows, counts that agree, pages, a fixed number of queries whatever the number of rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.template import Context
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals.templatetags.approval_lists import approval_inbox
from tests.approvals.factories import Matter
from tests.factories import MONDAY, House, at, make_duty, make_task
from tests.workflow.web.conftest import Enter, SetClock, assert_clean
from workflow.actions.adjustment import ask_extension, raise_obstacle
from workflow.actions.consultation import record_answer
from workflow.actions.escalation import escalate_task
from workflow.actions.inspection import look_at_trail
from workflow.actions.reminder import draft_reminder
from workflow.actions.report import save_draft
from workflow.choices import CalendarKind, EscalationStatus, FlowKind, NotificationKind, TaskKind, TaskState
from workflow.core.workday import WorkCalendar
from workflow.models import (
    AuditEvent,
    CalendarDay,
    Notification,
    Plan,
    PlanBullet,
    PlanDefect,
    PlanItem,
    Task,
)
from workflow.queries.inbox import Group, load_inbox
from workflow.queries.tasklist import TaskFilter, list_tasks, standing_of
from workflow.queries.traillist import Sought, search_trail

PLAIN = WorkCalendar({}, first_year=2022, last_year=2023)


def queries_of(client: Client, path: str) -> int:
    """Return how many queries the page takes."""
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def make_plan(site: House) -> Plan:
    """Make one plan of one row with one bullet."""
    plan = Plan.objects.create(
        number="1186/KH-SKHĐT",
        issued_on=date(2022, 4, 19),
        year=2022,
        title="Cải cách hành chính năm 2022",
        issuer=site.department,
        signer_name="Trần Hòa Nam",
        signer_capacity="GIÁM ĐỐC",
        source_name="mau.yaml",
        source_sha256="0" * 64,
        imported_at=at(MONDAY),
    )
    item = PlanItem.objects.create(
        plan=plan,
        order=1,
        code="I.1.1",
        printed_stt="1.1",
        section="NÂNG CAO CHỈ SỐ HÀI LÒNG",
        group="Đối với người dân",
        content=["Phối hợp rà soát"],
        product=["Cải thiện chỉ số"],
        timeline_text="Quý II",
        truncated=True,
        missing="mất hai dòng cuối",
    )
    PlanBullet.objects.create(item=item, ordinal=1, text="Văn phòng chủ trì rà soát.", lead_codes=["VP"])
    PlanDefect.objects.create(plan=plan, kind="stt", place="II.1", printed="1.1", reading="1.6")
    return plan


def make_everything(site: House, number: int) -> None:
    """Add rows of every sort that the lists show."""
    for step in range(number):
        make_task(site, due_on=date(2022, 9, 30), title=f"Việc quá hạn {step}")
        make_task(site, due_on=None, due_first=None, last_day=None, title=f"Việc thường xuyên {step}")
        make_task(site, unit=None, title=f"Việc thiếu chủ trì {step}")
        for what in (draft_reminder, None, "answer", "ubnd"):
            asked_body = make_task(
                site,
                kind=TaskKind.CONSULTATION,
                ladder="B",
                unit=site.body,
                host_unit=site.division,
                parent=make_task(site, kind=TaskKind.DOSSIER),
                by_paper=True,
                due_on=date(2022, 9, 30),
                processing_until=date(2022, 11, 30),
            )
            if what is draft_reminder:
                draft_reminder(asked_body.pk, by=site.member, now=at(MONDAY))
            elif what == "answer":
                record_answer(asked_body.pk, "9/STC", date(2022, 9, 30), "Đồng ý.", by=site.clerk, now=at(MONDAY))
            elif what == "ubnd":
                escalate_task(asked_body.pk, "Việc gấp.", by=site.member, now=at(MONDAY))
        make_duty(make_task(site, state=TaskState.ESCALATED), EscalationStatus.SENT)
        asked = make_task(site)
        ask_extension(asked.pk, "Chờ", date(2022, 10, 28), by=site.head, now=at(MONDAY))
        advised = raise_obstacle(asked.pk, "Vướng", by=site.member, now=at(MONDAY))
        Matter(FlowKind.OBSTACLE, advised.pk).act("advise", site.reviewer, now=at(MONDAY), reason="Nên lùi.")
        reported = make_task(site)
        save_draft(reported.pk, "Xong.", by=site.member, now=at(MONDAY))
        Matter(FlowKind.REPORT, reported.pk).act("submit", site.head, now=at(MONDAY))
        for actor in (site.head, site.reviewer):
            Notification.objects.create(
                person_id=actor.person_id,
                key=f"mau-{step}-{timezone.now()}",
                kind=NotificationKind.NUDGE,
                text=f"Nhắc việc {step}",
                task=asked,
                created_at=at(MONDAY),
            )


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("head", "/"),
        ("reviewer", "/"),
        ("leader", "/"),
        ("clerk", "/"),
        ("head", "/nhiem-vu/"),
        ("reviewer", "/nhiem-vu/?trang-thai=all"),
        ("reviewer", "/ban-dieu-phoi/"),
        ("leader", "/ban-dieu-phoi/"),
        ("leader", "/tong-quan/"),
        ("clerk", "/van-ban/"),
        ("head", "/thong-bao/"),
        ("admin", "/quan-tri/don-vi/"),
        ("admin", "/quan-tri/nguoi/"),
        ("admin", "/quan-tri/chinh-sach/"),
        ("admin", "/quan-tri/quy-tac/"),
        ("head", "/lich/"),
        ("head", "/lich/thang/?thang=2022-10"),
    ],
)
def test_a_page_takes_as_many_queries_for_three_rows_as_for_one(
    site: House, enter: Enter, role: str, path: str
) -> None:
    client = enter(getattr(site, role))
    make_everything(site, 1)
    one = queries_of(client, path)
    make_everything(site, 2)
    assert queries_of(client, path) == one
    assert one <= 25


def test_the_trail_takes_as_many_queries_for_many_rows_as_for_few(site: House, enter: Enter) -> None:
    client = enter(site.inspector)
    make_everything(site, 1)
    one = queries_of(client, "/nhat-ky/")
    make_everything(site, 2)
    assert queries_of(client, "/nhat-ky/") == one


def test_a_tasks_page_takes_as_many_queries_with_three_children_as_with_one(
    site: House, enter: Enter, task: Task
) -> None:
    def consult() -> None:
        make_task(site, kind=TaskKind.CONSULTATION, ladder="B", unit=site.body, host_unit=site.division, parent=task)

    client = enter(site.head)
    consult()
    one = queries_of(client, f"/nhiem-vu/{task.pk}/")
    consult()
    consult()
    assert queries_of(client, f"/nhiem-vu/{task.pk}/") == one


def test_a_plans_page_takes_as_many_queries_with_three_tasks_as_with_one(site: House, enter: Enter) -> None:
    plan = make_plan(site)
    item = plan.items.get()
    client = enter(site.reviewer)
    make_task(site, plan=plan, item=item, bullet_ordinal=1)
    one = queries_of(client, "/ke-hoach/2022/")
    make_task(site, plan=plan, item=item, bullet_ordinal=1)
    make_task(site, plan=plan, item=item, bullet_ordinal=1, due_on=date(2022, 9, 30))
    assert queries_of(client, "/ke-hoach/2022/") == one


def test_the_plan_is_shown_as_printed_with_its_defects_and_what_is_missing(site: House, enter: Enter) -> None:
    plan = make_plan(site)
    seen = make_task(site, plan=plan, item=plan.items.get(), bullet_ordinal=1)
    make_task(site, plan=plan, item=plan.items.get(), bullet_ordinal=1, unit=site.other)
    response = enter(site.member).get("/ke-hoach/2022/")
    content = response.content.decode()
    for words in ("Phối hợp rà soát", "Văn phòng chủ trì rà soát.", "mất hai dòng cuối", "in là “1.1”", "Quý II"):
        assert words in content
    assert f'href="/nhiem-vu/{seen.pk}/"' in content
    assert "Phòng Hai" not in content
    assert_clean(response.content)


def test_a_year_without_a_plan_and_a_comparison_of_one_year_say_so(site: House, enter: Enter) -> None:
    client = enter(site.head)
    assert client.get("/ke-hoach/2019/").status_code == 404
    assert "Cần có kế hoạch của ít nhất hai năm" in client.get("/ke-hoach/so-sanh/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"trễ", "nay", "sau"}),
        ("?han=late", {"trễ"}),
        ("?han=today", {"nay"}),
        ("?han=soon", {"nay"}),
        ("?trang-thai=all", {"trễ", "nay", "sau", "xong"}),
        ("?trang-thai=reviewed", {"xong"}),
        ("?loai=dossier", set()),
        ("?chu=BAO CAO", {"trễ"}),
        ("?chu=báo cáo", {"trễ"}),
        ("?chu=khong co gi", set()),
        ("?don-vi=abc&han=xyz&trang-thai=khac&loai=la", {"trễ", "nay", "sau"}),
        ("?sau=hong", {"trễ", "nay", "sau"}),
        ("?sau=2022-13-45,1", {"trễ", "nay", "sau"}),
    ],
)
def test_the_list_is_narrowed_as_asked(site: House, enter: Enter, query: str, found: set[str]) -> None:
    made = {
        "trễ": make_task(site, due_on=date(2022, 9, 30), search="bao cao nam"),
        "nay": make_task(site, due_on=MONDAY),
        "sau": make_task(site, due_on=date(2022, 12, 30)),
        "xong": make_task(site, state=TaskState.REVIEWED),
    }
    page = enter(site.head).get(f"/nhiem-vu/{query}").context["page"]
    assert {row.pk for row in page.rows} == {made[name].pk for name in found}
    assert page.total == len(found)


def test_counts_and_list_hold_only_what_the_person_may_see(site: House, enter: Enter) -> None:
    make_task(site, due_on=date(2022, 9, 30))
    make_task(site, due_on=date(2022, 9, 30), unit=site.other, title="Việc của phòng khác")
    for role, number in (("head", 1), ("other_head", 1), ("reviewer", 2), ("outsider", 0)):
        response = enter(getattr(site, role)).get("/nhiem-vu/?han=late")
        page = response.context["page"]
        assert (page.total, page.counts["late"], len(page.rows)) == (number, number, number)
    assert "Việc của phòng khác" not in enter(site.head).get("/nhiem-vu/?chu=phong khac").content.decode()


def test_keyset_pages_hold_every_task_once_with_those_without_a_day_last(site: House) -> None:
    for step in range(35):
        make_task(site, due_on=MONDAY + timedelta(days=step // 4))
        make_task(site, due_on=None, due_first=None, last_day=None)
    seen: list[int] = []
    after, pages = "", 0
    while True:
        page = list_tasks(site.head, TaskFilter(), today=MONDAY, calendar=PLAIN, after=after)
        seen += [row.pk for row in page.rows]
        pages += 1
        if not page.after:
            break
        after = page.after
    assert (len(seen), len(set(seen)), pages) == (70, 70, 3)
    rows = Task.objects.in_bulk(seen)
    days = [rows[pk].due_on for pk in seen]
    assert days == sorted(days, key=lambda day: (day is None, day or MONDAY))


@pytest.mark.parametrize(
    ("columns", "kind", "word"),
    [
        ({"due_on": date(2022, 9, 30)}, "late", "Quá hạn"),
        ({"due_on": MONDAY}, "soon", "Sắp đến hạn"),
        ({"due_on": date(2022, 10, 10)}, "soon", "Sắp đến hạn"),
        ({"due_on": date(2022, 10, 11)}, "ontime", "Trong hạn"),
        ({"due_on": None}, "ontime", "Đang theo dõi"),
        ({"state": "reported"}, "wait", "Chờ kiểm tra"),
        ({"state": "reported", "kind": "consultation"}, "wait", "Đã có trả lời"),
        ({"state": "escalated", "due_on": date(2022, 9, 30)}, "province", "Đã chuyển UBND tỉnh"),
        ({"state": "suspended"}, "still", "Tạm dừng"),
        ({"state": "reviewed"}, "done", "Hoàn thành"),
        ({"state": "cancelled"}, "still", "Đã hủy"),
        ({"state": "waiting_event"}, "still", "Chờ sự kiện"),
    ],
)
def test_how_a_task_stands_has_a_colour_a_shape_and_a_word(columns: dict[str, Any], kind: str, word: str) -> None:
    columns.setdefault("due_on", date(2022, 12, 30))
    standing = standing_of(Task(**columns), MONDAY, PLAIN)
    assert (standing.kind, standing.word) == (kind, word)
    assert standing.shape


def groups_of(site: House, actor: Any) -> dict[str, list[str]]:
    """Return "Việc của tôi" of a person: group → what is asked for, or nodes of the flows."""
    groups = approval_inbox(Context({"actor": actor}), load_inbox(actor, today=MONDAY))
    return {
        group.key: [line.what for line in group.lines]
        if isinstance(group, Group)
        else [row.node for row in group.steps]
        for group in groups
    }


def test_my_work_is_grouped_by_urgency(site: House) -> None:
    make_task(site, due_on=date(2022, 9, 30))
    make_task(site, due_on=MONDAY)
    make_task(site, due_on=date(2022, 10, 7))
    make_task(site, due_on=date(2022, 10, 28))
    groups = load_inbox(site.head, today=MONDAY)
    assert [group.key for group in groups] == ["qua-han", "hom-nay", "tuan-nay", "sap-toi"]
    assert all(len(group.lines) == 1 for group in groups)


def test_the_head_is_told_to_submit_a_draft_and_the_member_to_present_it(site: House, task: Task) -> None:
    save_draft(task.pk, "Xong.", by=site.member, now=at(MONDAY))
    assert groups_of(site, site.head) == {"sap-toi": ["Xem và nộp báo cáo"]}
    assert groups_of(site, site.member) == {"sap-toi": ["Trình trưởng đơn vị"]}


@pytest.mark.parametrize(
    ("role", "words", "outcome"),
    [("head", "Xem và nộp báo cáo", "submit"), ("member", "Trình trưởng đơn vị", "present")],
)
def test_my_work_leads_each_to_his_own_decision_and_back(  # noqa: PLR0917 -- the parts of one case
    site: House, enter: Enter, task: Task, role: str, words: str, outcome: str
) -> None:
    save_draft(task.pk, "Xong.", by=site.member, now=at(MONDAY))
    client = enter(getattr(site, role))
    step = Matter(FlowKind.REPORT, task.pk).step()
    page = client.get("/")
    assert_clean(page.content)
    content = page.content.decode()
    assert f'href="/phe-duyet/buoc/{step.pk}/{outcome}/?tu=viec">{words}<' in content
    assert f'href="/nhiem-vu/{task.pk}/soan-bao-cao/?tu=viec">Sửa bản thảo<' in content
    assert content.count(f">{task.title}</a>") == 1
    assert 'id="sap-toi"' in content
    assert 'id="cho-trinh"' not in content
    sent = client.post(f"/phe-duyet/buoc/{step.pk}/{outcome}/?tu=viec", {"version": "1", "tu": "viec", "note": ""})
    assert (sent.status_code, sent.headers["Location"]) == (302, "/")


def test_a_step_that_is_late_says_so(site: House, enter: Enter, task: Task, set_clock: SetClock) -> None:
    save_draft(task.pk, "Xong.", by=site.member, now=at(MONDAY))
    Matter(FlowKind.REPORT, task.pk).act("submit", site.head, now=at(MONDAY))
    set_clock(date(2022, 10, 31), "09:00")
    content = enter(site.reviewer).get("/").content.decode()
    assert re.search(
        r'class="late-text">chậm nhất hết <span class="nowrap">[^<]*</span> · quá \d+ ngày làm việc<', content
    )


def test_who_has_nothing_in_any_flow_and_nothing_of_his_own_is_told_so(site: House, enter: Enter, task: Task) -> None:
    save_draft(task.pk, "Xong.", by=site.member, now=at(MONDAY))
    assert "Không có việc nào đang chờ ông/bà." in enter(site.stranger).get("/").content.decode()
    assert "Không có việc nào đang chờ ông/bà." not in enter(site.member).get("/").content.decode()
    Matter(FlowKind.REPORT, task.pk).act("submit", site.head, now=at(MONDAY))
    content = enter(site.reviewer).get("/").content.decode()
    assert "Không có việc nào đang chờ ông/bà." not in content, "one step of a flow is work too"
    assert "Duyệt báo cáo" in content


def test_a_member_has_his_own_and_nobodys_tasks_but_not_a_colleagues(site: House) -> None:
    mine = make_task(site, assignee_id=site.member.person_id)
    nobodys = make_task(site)
    make_task(site, assignee_id=site.head.person_id)
    make_task(site, unit=site.other)
    [group] = load_inbox(site.member, today=MONDAY)
    assert {line.task.pk for line in group.lines} == {mine.pk, nobodys.pk}


def test_each_desk_finds_what_lies_on_it(site: House) -> None:
    make_everything(site, 1)
    assert groups_of(site, site.reviewer) == {"cho-duyet": ["advise", "check"]}, "drafts of the unit are its own"
    assert groups_of(site, site.clerk) == {"cho-ghi": ["Ghi văn bản trả lời"] * 3}
    assert groups_of(site, site.leader) == {"cho-duyet": ["decide"]}
    member = groups_of(site, site.member)
    assert {key: member[key] for key in ("cho-kiem-tra", "cho-trinh", "tra-loi-cham")} == {
        "cho-kiem-tra": ["Xem ý kiến trả lời"],
        "cho-trinh": ["prepare", "prepare"],
        "tra-loi-cham": ["Xem và đôn đốc"] * 2,
    }
    assert groups_of(site, site.stranger) == {}
    assert groups_of(site, site.inspector) == {}


def test_nobody_finds_his_own_report_to_check(site: House) -> None:
    own = make_task(site, unit=site.office)
    save_draft(own.pk, "Xong.", by=site.chief, now=at(MONDAY))
    Matter(FlowKind.REPORT, own.pk).act("submit", site.chief, now=at(MONDAY))
    assert groups_of(site, site.chief) == {}
    assert groups_of(site, site.leader) == {"cho-duyet": ["leader_check"]}


def test_an_advised_obstacle_leaves_the_offices_desk_for_the_leaders(site: House, task: Task) -> None:
    obstacle = raise_obstacle(task.pk, "Vướng", by=site.head, now=at(MONDAY))
    assert groups_of(site, site.reviewer) == {"cho-duyet": ["advise"]}
    assert groups_of(site, site.leader) == {}
    Matter(FlowKind.OBSTACLE, obstacle.pk).act("advise", site.reviewer, now=at(MONDAY), reason="Đề nghị lùi.")
    assert groups_of(site, site.reviewer) == {}
    assert groups_of(site, site.leader) == {"cho-duyet": ["decide"]}


def test_the_board_has_what_each_may_decide_by_step_and_what_lies_with_others(site: House, enter: Enter) -> None:
    make_everything(site, 2)
    response = enter(site.reviewer).get("/ban-dieu-phoi/")
    assert_clean(response.content)
    content = response.content.decode()
    for key, count in (("buoc-report-check", 2), ("buoc-extension-advise", 2), ("cho-nguoi-khac", 4)):
        assert (f'<section class="block" id="{key}"' in content) is bool(count), key
    assert 'id="buoc-document-prepare"' not in content, "a unit's draft lies with the unit"
    assert 'href="/phe-duyet/nhieu/report/check/"' in content
    assert 'href="/phe-duyet/nhieu/extension/advise/"' not in content, "each advice is its own"
    assert "?tu=ban" in content
    reminder = make_task(site, due_on=date(2022, 9, 30), title="Việc chậm của phòng")
    drafted = draft_reminder(reminder.pk, by=site.reviewer, now=at(MONDAY))
    Matter(FlowKind.DOCUMENT, drafted.document_id).act("present", site.reviewer, now=at(MONDAY))
    content = enter(site.reviewer).get("/ban-dieu-phoi/").content.decode()
    watched = content[content.index('id="cho-nguoi-khac"') :]
    assert "Trưởng đơn vị đồng ý" in watched
    assert "Xem hồ sơ" in watched


def test_the_board_lists_rows_without_a_lead_and_quarantined_ones_and_units_by_lateness(
    site: House, enter: Enter
) -> None:
    make_task(site, unit=None, title="Không ai chủ trì")
    broken = make_task(site, title="Bị lỗi")
    Task.objects.filter(pk=broken.pk).update(quarantined_at=at(MONDAY), quarantine_error="thiếu quy tắc")
    make_task(site, due_on=date(2022, 9, 30), unit=site.other)
    make_task(site, state=TaskState.WAITING_EVENT, event_text="Sau khi công bố", title="Chờ công bố")
    response = enter(site.reviewer).get("/ban-dieu-phoi/")
    board = response.context["board"]
    assert {group.key for group in board.groups} == {"thieu-chu-tri", "tach-rieng", "cho-su-kien"}
    assert [(row.name, row.late) for row in board.units] == [("Phòng Hai", 1), ("Phòng Một", 0)]
    assert "thiếu quy tắc" in response.content.decode()
    assert_clean(response.content)


def test_notices_are_the_persons_own_and_read_one_by_one_or_all(site: House, enter: Enter) -> None:
    make_everything(site, 3)
    client = enter(site.head)
    first = Notification.objects.filter(person_id=site.head.person_id).order_by("pk").first()
    other = Notification.objects.filter(person_id=site.reviewer.person_id).first()
    assert first is not None
    assert other is not None
    client.post("/thong-bao/da-doc/", {"notice": first.pk})
    unread = Notification.objects.filter(read_at__isnull=True)
    before = unread.filter(person_id=site.head.person_id).count()
    assert client.post("/thong-bao/da-doc/", {"notice": other.pk}).status_code == 404
    client.post("/thong-bao/da-doc/")
    assert before > 0
    assert unread.filter(person_id=site.head.person_id).count() == 0
    assert unread.filter(person_id=site.reviewer.person_id).exists()


def test_a_notice_of_a_task_that_may_not_be_seen_is_not_shown(site: House, enter: Enter, task: Task) -> None:
    Notification.objects.create(
        person_id=site.stranger.person_id,
        key="lo",
        kind=NotificationKind.NUDGE,
        text="Nhắc việc của phòng khác",
        task=task,
        created_at=at(MONDAY),
    )
    content = enter(site.stranger).get("/thong-bao/").content.decode()
    assert "Nhắc việc của phòng khác" not in content
    assert "Chưa có thông báo nào" in content
    assert 'class="count call"' not in content


def test_each_look_into_the_trail_is_recorded_with_what_was_sought(site: House, enter: Enter, task: Task) -> None:
    response = enter(site.inspector).get(f"/nhat-ky/?nhiem_vu={task.code}&tu_ngay=01/10/2022")
    assert response.status_code == 200
    assert [entry.name for entry in response.context["page"].rows] == ["task.create"]
    look = AuditEvent.objects.filter(name="trail.look").get()
    assert (look.actor_id, look.chain) == (site.inspector.person_id, "inspection")
    assert task.code in look.body


def test_a_wrong_date_in_the_trails_filter_is_told(site: House, enter: Enter) -> None:
    response = enter(site.inspector).get("/nhat-ky/?tu_ngay=40/10/2022")
    assert response.status_code == 400
    assert "Ngày chưa đúng" in response.content.decode()
    assert_clean(response.content)


def test_the_trail_is_narrowed_by_person_name_and_dates(site: House, task: Task) -> None:
    look_at_trail({}, by=site.inspector, now=at(date(2022, 10, 5)))

    def found(**sought: Any) -> list[str]:
        return [entry.name for entry in search_trail(Sought(**sought)).rows]

    assert "trail.look" in found(person=site.inspector.name)
    assert found(name="trail.look") == ["trail.look"]
    assert found(task=task.code) == ["task.create"]
    assert found(since=date(2022, 10, 5), until=date(2022, 10, 5)) == ["trail.look"]
    assert found(task="không có") == []


def test_the_trail_goes_on_page_by_page(site: House) -> None:
    for _step in range(60):
        look_at_trail({}, by=site.inspector, now=at(MONDAY))
    first = search_trail(Sought(name="trail."))
    second = search_trail(Sought(name="trail."), after=first.after)
    assert (len(first.rows), len(second.rows), second.after) == (50, 10, None)
    assert {row.pk for row in first.rows}.isdisjoint({row.pk for row in second.rows})


def test_the_calendar_shows_a_years_days_with_where_they_come_from(site: House, enter: Enter) -> None:
    CalendarDay.objects.create(
        day=date(2022, 9, 2), kind=CalendarKind.OFF, name="Quốc khánh", source="BLLĐ Đ112", certainty="confirmed"
    )
    CalendarDay.objects.create(
        day=date(2023, 1, 20), kind=CalendarKind.OFF, name="Tết", source="chưa công bố", certainty="provisional"
    )
    client = enter(site.member)
    this_year = client.get("/lich/").content.decode()
    assert "thứ Sáu 02/09/2022" in this_year
    assert "BLLĐ Đ112" in this_year
    assert "Tết" not in this_year
    assert "ngày tạm tính" in client.get("/lich/?nam=2023").content.decode()
    assert client.get("/lich/?nam=99999").status_code == 200


Change = Callable[[], None]


def test_a_day_is_previewed_then_written_and_deadlines_move(site: House, enter: Enter) -> None:
    task = make_task(site, due_on=date(2022, 10, 14), title="Việc cuối tuần")
    client = enter(site.admin)
    typed = {
        "day": "14/10/2022",
        "kind": "off",
        "name": "Nghỉ bù",
        "source": "CV 01",
        "certainty": "confirmed",
    }
    shown = client.post("/lich/ghi-ngay/", {**typed, "step": "preview"})
    content = shown.content.decode()
    assert "làm dời 1 thời hạn" in content
    assert task.code not in content
    assert "thứ Năm 13/10/2022" in content
    assert not CalendarDay.objects.exists()
    client.post("/lich/ghi-ngay/", {**typed, "step": "confirm"})
    task.refresh_from_db()
    assert (task.due_on, task.due_first) == (date(2022, 10, 13), date(2022, 10, 14))
    refused = client.post("/lich/2022-10-14/bo/", {"reason": ""})
    assert refused.status_code == 400
    client.post("/lich/2022-10-14/bo/", {"reason": "Ghi nhầm."})
    assert not CalendarDay.objects.exists()


def test_a_wrong_calendar_day_keeps_what_was_typed(site: House, enter: Enter) -> None:
    typed = {"day": "32/10/2022", "kind": "off", "name": "Nghỉ bù lễ", "source": "", "certainty": "confirmed"}
    response = enter(site.admin).post("/lich/ghi-ngay/", {**typed, "step": "preview"})
    content = response.content.decode()
    assert response.status_code == 400
    assert 'value="32/10/2022"' in content
    assert 'value="Nghỉ bù lễ"' in content
    assert "Hãy ghi căn cứ." in content


@pytest.mark.parametrize("path", ["/lich/2022-10-14/bo/", "/lich/hom-qua/bo/"])
def test_a_day_that_is_not_in_the_calendar_can_not_be_removed(site: House, enter: Enter, path: str) -> None:
    assert enter(site.admin).get(path).status_code == 404
    assert enter(site.head).get(path).status_code == 403


def test_the_search_of_the_top_bar_finds_without_accents(site: House, enter: Enter, set_clock: SetClock) -> None:
    task = make_task(site, title="Văn bản đôn đốc các đơn vị", search="van ban don doc cac don vi")
    content = enter(site.head).get("/nhiem-vu/?chu=don+doc&trang-thai=all").content.decode()
    assert f'href="/nhiem-vu/{task.pk}/"' in content
