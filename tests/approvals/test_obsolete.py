"""A flow is changed while approvals are on their way: they go on; from a lost step a leader moves them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from viewflow import this
from viewflow.workflow import fields, flow
from viewflow.workflow.status import STATUS

from approvals import flows, screens, steps
from approvals.actions.deciding import decide
from approvals.actions.migrating import move_obsolete
from approvals.flows import Approving, asked
from approvals.models import Approval, Step
from approvals.queries.diagram import State, diagram_of, is_gone
from approvals.queries.lost import lost_steps
from approvals.screens import Choice
from tests.approvals.factories import ALL_WELL, NOW, Matter, extension_at, task_of
from tests.factories import House, in_place_of, last_event, make_actor, make_superuser, make_task
from workflow.actions.flow import close_flows
from workflow.actions.report import save_draft
from workflow.actions.unit import sync_grants
from workflow.choices import FlowKind, Role, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Notification, Person
from workflow.permissions import CHECK, DECIDE, DO, SUBMIT, Actor

pytestmark = pytest.mark.django_db

REPORT = FlowKind.REPORT


def former_flow() -> type[Approving]:
    """The report's flow of before: a second look inside the unit, and Văn phòng's check by another name."""

    class ReportFlow(Approving):
        __module__ = "approvals.flows"  # the same reference in the tables as the flow of now

        process_title = FlowKind.REPORT.label

        start = flow.StartHandle(steps.begin).Annotation(title="Bắt đầu soạn").Next(this.draft)
        draft = asked("Soạn báo cáo", DO, also=SUBMIT).Next(this.drafted)
        drafted = flow.Switch().Case(this.whose, steps.said("submit")).Default(this.second_look)
        second_look = asked("Tổ trưởng xem lại", DO, also=SUBMIT).Next(this.submit)
        submit = asked("Trưởng đơn vị nộp", SUBMIT).Next(this.submitted)
        submitted = flow.Switch().Case(this.whose, steps.said("submit")).Default(this.draft)
        whose = flow.If(steps.is_office_work).Then(this.leader_check).Else(this.office_check)
        office_check = asked("Văn phòng Sở thẩm tra", CHECK).Next(this.checked)
        checked = flow.Switch().Case(this.to_leader, steps.said("accept")).Default(this.draft)
        leader_check = asked("Lãnh đạo Sở kiểm tra việc của Văn phòng", CHECK).Next(this.leader_checked)
        leader_checked = flow.Switch().Case(this.end, steps.said("accept")).Default(this.draft)
        to_leader = flow.If(steps.needs_leader).Then(this.approve).Else(this.end)
        approve = asked("Lãnh đạo Sở duyệt", DECIDE).Next(this.approved)
        approved = flow.Switch().Case(this.end, steps.said("accept")).Default(this.draft)
        end = flow.End().Annotation(title="Kết thúc")

    return ReportFlow


@contextmanager
def before_the_change() -> Iterator[None]:
    """Let the block live under the former flow; afterwards the flow of now stands again."""
    now, former = flows.FLOWS[REPORT], former_flow()
    look = (Choice("agree", "Đồng ý", "Đã xem lại."),)
    _put(former)
    screens.CHOICES[(REPORT, "second_look")] = look
    try:
        yield
    finally:
        del screens.CHOICES[(REPORT, "second_look")]
        _put(now)


def _put(flow_class: type[Approving]) -> None:
    flows.FLOWS[REPORT] = flow_class
    flows.ReportFlow = flow_class
    # viewflow keeps what a reference in the tables led to; another process would start without.
    fields.import_flow_by_ref.cache_clear()
    fields.import_task_by_ref.cache_clear()


def colleague(house: House) -> Actor:
    """Who looks a second time, beside the author."""
    if "colleague" not in house.extra:
        house.extra["colleague"] = make_actor(Role.SPECIALIST, house.division)
    return house.extra["colleague"]


def started(house: House, *acts: str, **columns: object) -> Matter:
    """A report begun under the former flow: `present`, `agree`, `submit` are done there, in this order."""
    by = {"present": house.member, "agree": colleague(house), "submit": house.head}
    with before_the_change():
        task = make_task(house, **columns)
        save_draft(task.pk, "Đã làm xong.", by=house.member, now=NOW)
        matter = Matter(REPORT, task.pk)
        for outcome in acts:
            matter.act(outcome, by[outcome])
    return matter


def at_second_look(house: House) -> Matter:
    return started(house, "present")


def at_office_check(house: House) -> Matter:
    return started(house, "present", "agree", "submit")


def move(matter: Matter, node: str, house: House) -> Step:
    return move_obsolete(matter.approval().pk, node, by=house.leader, now=NOW)


# --- approvals that stand at a step which both have ---


def test_what_stands_at_a_step_of_both_flows_goes_on_under_the_new_one(house: House) -> None:
    matter = started(house)
    assert matter.node() == "draft"
    assert matter.act("present", house.member) is not None
    assert matter.node() == "submit"
    matter.act("submit", house.head)
    assert matter.node() == "check"
    matter.act("accept", house.reviewer)
    assert matter.approval().result == "approved"
    assert task_of(matter).state == TaskState.REVIEWED


def test_what_passed_a_lost_step_before_the_change_goes_on_and_keeps_its_history(house: House) -> None:
    matter = started(house, "present", "agree")
    assert matter.node() == "submit"
    matter.act("submit", house.head)
    matter.act("accept", house.reviewer)
    assert matter.approval().result == "approved"
    assert matter.path() == [
        ("draft", "present"),
        ("second_look", "agree"),
        ("submit", "submit"),
        ("check", "accept"),
    ]
    [lost] = [place for place in diagram_of(matter.approval()).places if place.name == "second_look"]
    assert (lost.state, lost.by) == (State.DONE, colleague(house).name)
    assert lost.word == "đã qua; bước này không còn trong quy trình"


def test_an_approval_begun_after_the_change_knows_nothing_of_the_former_flow(house: House) -> None:
    task = make_task(house)
    save_draft(task.pk, "Đã làm xong.", by=house.member, now=NOW)
    matter = Matter(REPORT, task.pk)
    matter.act("present", house.member)
    assert matter.node() == "submit"
    assert lost_steps() == []


# --- approvals that stand at a lost step ---


def test_a_lost_step_is_shown_as_one_that_is_no_more(house: House) -> None:
    approval = at_second_look(house).approval()
    assert is_gone(Matter(REPORT, approval.target_id).step())
    diagram = diagram_of(approval)
    [lost] = [place for place in diagram.places if place.state is State.GONE]
    assert lost.title == "Bước không còn trong quy trình (tên cũ: second_look)"
    assert lost.word == "đang chờ; bước này không còn trong quy trình"
    assert diagram.said == f"Đang chờ ở bước “{lost.title}”."
    assert {mark.box.name for mark in diagram.marks} == {box.name for box in diagram.chart.boxes if diagram.chart}
    assert str(approval.task_set.last().title) == "Bước không còn trong quy trình"


def test_nobody_decides_at_a_lost_step(house: House) -> None:
    step = at_second_look(house).step()
    people = [house.member, house.head, house.reviewer, house.chief, house.clerk, house.leader]
    for by in people:
        for outcome in ("agree", "submit", "present", "accept", "send_back", "withdraw", "moved"):
            with pytest.raises(WrongState, match="không có lựa chọn này"):
                decide(step.pk, outcome, 1, ALL_WELL, by=by, now=NOW)
    for by in (house.stranger, house.admin, make_superuser(), house.outsider):
        with pytest.raises(NotFound):
            decide(step.pk, "agree", 1, {}, by=by, now=NOW)
    step.refresh_from_db()
    assert (step.decided_at, step.finished) == (None, None)


@pytest.mark.parametrize("role", ["head", "member", "leader", "reviewer"])
def test_the_page_shows_a_lost_step_and_offers_nothing_there(house: House, client: Client, role: str) -> None:
    matter = at_second_look(house)
    sync_grants(by=None, now=NOW)
    client.force_login(Person.objects.get(pk=getattr(house, role).person_id))
    answer = client.get(f"/phe-duyet/{matter.approval().pk}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Bước này không còn trong quy trình; quản trị sẽ chuyển hồ sơ sang bước thay thế." in page
    assert f"/phe-duyet/buoc/{matter.step().pk}/" not in page
    waits = page[page.index('id="now-title"') : page.index('id="matter-title"')]
    for words in ("chờ ", "Người có quyền", "Người thực hiện", "Chậm nhất"):
        assert words not in waits, words
    panel = client.get(f"/nhiem-vu/{matter.pk}/").content.decode()
    assert "quản trị sẽ chuyển hồ sơ sang bước thay thế" in panel
    assert "Người thực hiện (" not in panel
    assert client.get("/").status_code == 200
    assert client.get(f"/nhiem-vu/{matter.pk}/").status_code == 200
    for outcome in ("agree", "submit", "accept"):
        assert client.post(f"/phe-duyet/buoc/{matter.step().pk}/{outcome}/", {"version": "1"}).status_code in {404, 409}
    assert matter.node() == "second_look"


@pytest.mark.parametrize("which", ["second_look", "office_check"])
def test_a_leader_moves_it_on_and_it_is_finished_under_the_new_flow(house: House, which: str) -> None:
    if which == "second_look":
        matter = at_second_look(house)
        step = move(matter, "submit", house)
        assert (matter.node(), step.pk) == ("submit", matter.step().pk)
        matter.act("submit", house.head)
    else:
        matter = at_office_check(house)
        move(matter, "check", house)
    assert matter.node() == "check"
    matter.act("accept", house.reviewer)
    assert matter.approval().result == "approved"
    assert task_of(matter).state == TaskState.REVIEWED
    assert lost_steps() == []


def test_the_new_step_waits_on_its_holders_with_its_own_term(house: House) -> None:
    matter = at_office_check(house)
    step = move(matter, "check", house)
    step.refresh_from_db()
    assert (step.status, step.codename, step.unit_id) == (STATUS.NEW, CHECK, house.division.pk)
    assert (step.opened_at, str(step.due_on)) == (NOW, "2022-10-19")
    assert [before.flow_task.name for before in step.previous.all()] == ["office_check"]


def test_the_lost_step_keeps_who_moved_it_and_the_picture_says_so(house: House) -> None:
    matter = at_office_check(house)
    lost = matter.step()
    move_obsolete(matter.approval().pk, "check", by=in_place_of(house.chief, house.leader), now=NOW)
    lost.refresh_from_db()
    assert (lost.status, lost.outcome, lost.finished, lost.decided_at) == (STATUS.CANCELED, "moved", NOW, NOW)
    assert (lost.decided_name, lost.capacity, lost.principal_id) == (house.chief.name, "KT.", house.leader.person_id)
    [place] = [place for place in diagram_of(matter.approval()).places if place.name == "office_check"]
    assert (place.state, place.word) == (State.CLOSED, "đã chuyển sang bước khác; bước này không còn trong quy trình")


def test_the_trail_says_from_where_to_where_and_the_new_holders_are_told(house: House) -> None:
    matter = at_office_check(house)
    lost = matter.step()
    move(matter, "check", house)
    event = last_event(task_of(matter))
    assert (event["name"], event["actor"]["name"]) == ("approval.decide", house.leader.name)
    assert event["details"] == {
        "approval": matter.approval().pk,
        "flow": "report",
        "step": lost.pk,
        "node": "office_check",
        "title": "Bước không còn trong quy trình",
        "outcome": "moved",
        "label": "Chuyển sang bước “Văn phòng Sở kiểm tra” của quy trình mới",
        "to": "check",
    }
    told = Notification.objects.filter(text__startswith="Quy trình đã thay đổi")
    assert {row.person_id for row in told} == {house.reviewer.person_id, house.chief.person_id}


def test_moving_decides_nothing_so_nobody_approves_his_own_after_it(house: House) -> None:
    matter = at_office_check(house)
    move(matter, "check", house)
    with pytest.raises(NotPermitted):
        matter.act("accept", in_place_of(house.head, house.reviewer))
    assert matter.node() == "check"


# --- who may not, and what can't be ---


def test_only_a_leader_moves_it(house: House) -> None:
    matter = at_second_look(house)
    for by in (house.member, house.head, house.reviewer, house.chief, house.clerk, house.inspector):
        with pytest.raises(NotPermitted, match="Chỉ Lãnh đạo Sở"):
            move_obsolete(matter.approval().pk, "submit", by=by, now=NOW)
    for by in (house.stranger, house.other_head, house.admin, make_superuser(), house.outsider):
        with pytest.raises(NotFound):
            move_obsolete(matter.approval().pk, "submit", by=by, now=NOW)
    assert [step.flow_task.name for step in lost_steps()] == ["second_look"]


@pytest.mark.parametrize("node", ["second_look", "khong-co", "whose", "start", "end", "obsolete", ""])
def test_it_is_moved_to_a_step_of_people_of_the_new_flow_only(house: House, node: str) -> None:
    matter = at_second_look(house)
    with pytest.raises(Invalid, match="không có bước nào của người") as refused:
        move(matter, node, house)
    assert set(refused.value.fields) == {"node"}
    assert len(lost_steps()) == 1


def test_a_report_that_was_not_submitted_is_not_moved_to_those_who_judge_it(house: House) -> None:
    matter = at_second_look(house)
    for node in ("check", "leader_check", "approve"):
        with pytest.raises(WrongState, match="Báo cáo này chưa nộp"):
            move(matter, node, house)
    submitted = at_office_check(house)
    for node in ("draft", "submit"):
        with pytest.raises(WrongState, match="đã nộp và đang chờ kiểm tra"):
            move(submitted, node, house)


def test_what_stands_at_a_step_of_the_flow_is_not_moved(house: House) -> None:
    matter = extension_at(house, "advise")
    with pytest.raises(WrongState, match="đang chờ ở bước “Văn phòng Sở tham mưu”, còn trong quy trình"):
        move(matter, "decide", house)
    assert matter.node() == "advise"


def test_it_is_moved_once(house: House) -> None:
    matter = at_second_look(house)
    move(matter, "submit", house)
    with pytest.raises(WrongState, match="không có gì phải chuyển"):
        move(matter, "submit", house)
    assert Step.objects.filter(process=matter.approval(), codename__gt="", finished__isnull=True).count() == 1


def test_a_lost_step_is_closed_with_its_flow_when_the_ground_goes(house: House) -> None:
    matter = at_second_look(house)
    close_flows(REPORT, [matter.pk], "Nhiệm vụ đã hủy.", of=task_of(matter), by=None, now=NOW)
    assert lost_steps() == []
    assert [row.result for row in Approval.objects.filter(target_id=matter.pk)] == ["closed"]
    with pytest.raises(WrongState, match="không chờ ở bước nào"):
        move(matter, "submit", house)


# --- the command ---


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("move_obsolete_approvals", *arguments, stdout=out)
    return out.getvalue()


def username(person_id: int) -> str:
    return Person.objects.get(pk=person_id).username


def test_the_command_lists_what_stands_at_lost_steps(house: House) -> None:
    assert run() == "0 hồ sơ đứng ở bước không còn trong quy trình.\n"
    approval = at_second_look(house).approval()
    line = f"{approval.pk}. Duyệt báo cáo kết quả [second_look] Phòng Một: {approval.title}\n"
    assert run() == line + "1 hồ sơ đứng ở bước không còn trong quy trình.\n"


def test_the_command_moves_by_the_declared_map_and_says_what_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_grants(by=None, now=NOW)
    first, second = at_second_look(house), at_office_check(house)
    leader = username(house.leader.person_id)
    monkeypatch.setitem(flows.RETIRED, (REPORT, "second_look"), "submit")
    with pytest.raises(CommandError, match="Còn hồ sơ chưa chuyển"):
        run("--by", leader)
    assert (first.node(), second.node()) == ("submit", "office_check")
    monkeypatch.setitem(flows.RETIRED, (REPORT, "office_check"), "check")
    said = run("--by", leader)
    assert said.endswith("→ Văn phòng Sở kiểm tra\nĐã chuyển 1 trong 1 hồ sơ.\n")
    assert second.node() == "check"
    assert run("--by", leader) == "Đã chuyển 0 trong 0 hồ sơ.\n"


def test_the_command_moves_for_a_leader_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sync_grants(by=None, now=NOW)
    matter = at_second_look(house)
    monkeypatch.setitem(flows.RETIRED, (REPORT, "second_look"), "submit")
    for name in ("khong-co", *(username(one.person_id) for one in (house.chief, house.admin, house.head))):
        with pytest.raises(CommandError, match="không phải tài khoản của một Lãnh đạo Sở"):
            run("--by", name)
    assert matter.node() == "second_look"
