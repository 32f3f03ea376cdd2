"""What waits for one person over all flows: for whom, in which group and order, and in how many queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from approvals.flows import FLOWS
from approvals.models import Step
from approvals.queries import inbox
from approvals.queries.inbox import (
    ASKED_FOR,
    ELSEWHERE,
    MOST,
    StepGroup,
    Waiting,
    inbox_groups,
    load_documents_elsewhere,
    load_steps,
    node_groups,
    texts_of,
    waiting_for,
)
from approvals.queries.standing import PRESENTING, is_judging
from approvals.screens import choices_at
from approvals.templatetags.approval_lists import approval_inbox
from tests.approvals.factories import (
    NOW,
    Matter,
    consultation,
    document_at,
    document_of,
    escalation_at,
    extension_at,
    letter,
    obstacle_at,
    open_book,
    proposal_at,
    report_at,
)
from tests.factories import House, in_place_of, make_actor, make_person, make_task, strangers_of
from workflow.actions.document import draft_document, revise_document
from workflow.actions.report import save_draft
from workflow.choices import FlowKind, Role
from workflow.core.workday import WorkCalendar
from workflow.models import Person, Task
from workflow.permissions import SEE, Actor
from workflow.queries.inbox import Line, load_inbox

pytestmark = pytest.mark.django_db

PLAIN = WorkCalendar({}, first_year=2022, last_year=2023)


def found(actor: Actor) -> set[int]:
    """The matters that wait for the person, by their approvals."""
    return {row.approval.pk for row in load_steps(actor)}


def waits_for(house: House, matter: Matter) -> set[str]:
    """The persons of the house for whom the matter waits."""
    everybody = [name for name in House.__dataclass_fields__ if isinstance(getattr(house, name), Actor)]
    return {name for name in everybody if matter.approval().pk in found(getattr(house, name))}


def group_of(actor: Actor) -> dict[str, list[StepGroup]]:
    return {group.key: group for group in inbox_groups(load_steps(actor))}


class TestForWhom:
    @pytest.mark.parametrize(
        ("made", "who"),
        [
            (lambda h: report_at(h, "draft"), {"head", "member"}),
            (lambda h: report_at(h, "submit"), {"head"}),
            (lambda h: report_at(h, "check"), {"reviewer", "chief"}),
            (lambda h: report_at(h, "leader_check", unit=h.office), {"leader"}),
            (lambda h: report_at(h, "approve"), {"leader"}),
            (lambda h: document_at(h, "prepare"), {"reviewer", "chief", "office_member"}),
            (lambda h: document_at(h, "prepare", hosted_by=h.division), {"head", "member"}),
            (lambda h: document_at(h, "head"), {"chief"}),
            (lambda h: document_at(h, "head", hosted_by=h.division), {"head"}),
            (lambda h: document_at(h, "form"), {"reviewer", "chief"}),
            (lambda h: document_at(h, "sign"), {"leader"}),
            (lambda h: document_at(h, "sign_order"), {"chief"}),
            (lambda h: document_at(h, "issue"), {"clerk"}),
            (lambda h: escalation_at(h, "direct"), {"reviewer", "chief", "clerk"}),
            (lambda h: escalation_at(h, "report"), set()),
            (lambda h: extension_at(h, "advise"), {"reviewer", "chief"}),
            (lambda h: extension_at(h, "decide"), {"leader"}),
            (lambda h: obstacle_at(h, "decide"), {"leader"}),
            (lambda h: proposal_at(h, "head"), {"head"}),
            (lambda h: proposal_at(h, "advise"), {"reviewer", "chief"}),
            (lambda h: proposal_at(h, "decide"), {"leader"}),
        ],
    )
    def test_a_step_waits_for_who_holds_its_right_and_for_nobody_else(
        self, house: House, made: Callable[[House], Matter], who: set[str]
    ) -> None:
        open_book(house)
        matter = made(house)
        assert waits_for(house, matter) == who

    def test_head_member_and_stranger_of_a_unit(self, house: House) -> None:
        matter = report_at(house, "submit")
        assert (found(house.head), found(house.member), found(house.stranger)) == ({matter.approval().pk}, set(), set())
        assert [found(actor) for actor in strangers_of(house)] == [set()] * len(strangers_of(house))

    def test_who_holds_no_right_asks_the_database_nothing(
        self, house: House, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
    ) -> None:
        report_at(house, "check")
        nobody = Actor(house.admin.person_id, "A", "", None, "", frozenset())
        with django_assert_num_queries(0):
            assert load_steps(nobody) == []
            assert load_steps(house.inspector) == []
            assert load_documents_elsewhere(house.leader).steps == []

    def test_a_right_without_the_right_to_see_lists_nothing(self, house: House) -> None:
        report_at(house, "check")
        blind = house.reviewer.grants - {(unit, name) for unit, name in house.reviewer.grants if name == SEE}
        actor = Actor(house.reviewer.person_id, "A", "", None, "", frozenset(blind))
        assert found(actor) == set()

    def test_a_decided_step_and_a_closed_approval_no_longer_wait(self, house: House) -> None:
        matter = report_at(house, "check")
        matter.act("accept", house.chief)
        assert (found(house.reviewer), found(house.leader)) == (set(), set())

    def test_a_step_given_to_a_colleague_leaves_the_others_but_not_the_head(self, house: House) -> None:
        matter = report_at(house, "draft")
        colleague = make_actor(Role.SPECIALIST, house.division)
        Step.objects.filter(pk=matter.step().pk).update(owner=colleague.person_id)
        assert found(house.member) == set()
        assert found(colleague) == found(house.head) == {matter.approval().pk}
        assert found(in_place_of(house.stranger, colleague)) == {matter.approval().pk}

    def test_a_step_given_to_a_person_who_left_waits_for_everybody_again(self, house: House) -> None:
        matter = report_at(house, "draft")
        gone = make_person(closed_on=date(2022, 10, 1))
        Step.objects.filter(pk=matter.step().pk).update(owner=gone)
        assert found(house.member) == {matter.approval().pk}
        Person.objects.filter(pk=gone.pk).update(closed_on=None)
        assert found(house.member) == set()


class TestUnpresentedDrafts:
    """What a unit has not presented yet is its own; Văn phòng finds only what nobody there would finish."""

    def draft_by(self, house: House, by: Actor | None) -> Matter:
        task = consultation(house)
        return Matter(FlowKind.DOCUMENT, draft_document(letter(), task=task, by=by, now=NOW).pk)

    def test_who_drafted_for_a_unit_from_outside_it_finds_his_draft_also_through_his_stand_in(
        self, house: House
    ) -> None:
        matter = self.draft_by(house, house.reviewer)
        assert waits_for(house, matter) == {"head", "member", "reviewer"}
        assert found(in_place_of(house.stranger, house.reviewer)) == {matter.approval().pk}
        assert found(in_place_of(house.stranger, house.chief)) == set()

    def test_the_engines_draft_waits_for_the_unit_and_for_who_chases_it(self, house: House) -> None:
        matter = self.draft_by(house, None)
        assert waits_for(house, matter) == {"head", "member", "reviewer", "chief"}

    def test_what_was_given_to_one_of_van_phong_waits_for_him(self, house: House) -> None:
        matter = document_at(house, "prepare", hosted_by=house.division)
        Step.objects.filter(pk=matter.step().pk).update(owner=house.reviewer.person_id)
        assert waits_for(house, matter) == {"head", "reviewer"}

    def test_a_leaders_draft_waits_for_van_phong_since_nobody_else_would_present_it(self, house: House) -> None:
        drafted = draft_document(letter(), by=house.leader, now=NOW)
        assert waits_for(house, Matter(FlowKind.DOCUMENT, drafted.pk)) == {"reviewer", "chief"}

    def test_van_phong_may_still_present_it_from_the_documents_page(self, house: House) -> None:
        matter = document_at(house, "prepare", hosted_by=house.division)
        matter.act("present", house.reviewer)
        assert matter.node() == "head"

    def test_van_phong_sees_on_the_board_that_it_lies_with_the_unit(self, house: House) -> None:
        matter = document_at(house, "prepare", hosted_by=house.division)
        context = Context(
            {"actor": house.reviewer, "groups": [], "today": NOW.date(), "place": "ban", "calendar": PLAIN}
        )
        told = Template(
            "{% load approval_lists %}{% approval_board groups as all %}"
            '{% for group in all %}{{ group.key }}{% include "approvals/inbox_lines.html" %}{% endfor %}'
        ).render(context)
        assert told.startswith(ELSEWHERE)
        assert "Trình dự thảo" not in told
        assert f'<a class="button" href="/phe-duyet/{matter.approval().pk}/">Xem hồ sơ' in told


def my_work(actor: Actor) -> list[tuple[str, str, str]]:
    """What "Việc của tôi" shows: group, title of the task or approval, and for an own line what it asks for."""
    context = Context({"actor": actor, "groups": load_inbox(actor, today=NOW.date())})
    groups = approval_inbox(context, context["groups"])
    return [
        (group.key, line.task.title, line.what) if isinstance(line, Line) else (group.key, line.approval.title, "")
        for group in groups
        for line in (group.steps if isinstance(group, StepGroup) else group.lines)
    ]


def line_of(actor: Actor) -> Line:
    """The only line of the person's page."""
    groups = approval_inbox(Context({"actor": actor}), load_inbox(actor, today=NOW.date()))
    [line] = [line for group in groups for line in getattr(group, "lines", [])]
    return line


class TestOnce:
    """A report that is still its unit's stands once on the page."""

    @pytest.mark.parametrize(
        ("due_on", "key"), [(date(2022, 10, 14), "qua-han"), (NOW.date(), "hom-nay"), (date(2022, 10, 21), "tuan-nay")]
    )
    def test_a_presented_report_stands_with_the_tasks_own_line_and_leads_to_the_decision(
        self, house: House, due_on: date, key: str
    ) -> None:
        matter = report_at(house, "submit", due_on=due_on, title="Báo cáo quý")
        assert my_work(house.head) == [(key, "Báo cáo quý", "Xem và nộp báo cáo")]
        line = line_of(house.head)
        assert line.address == f"/phe-duyet/buoc/{matter.step().pk}/submit/"
        assert line.why.startswith(f"{house.member.name} chuyển đến lúc 09:00 17/10/2022.")
        assert line.second is None
        assert my_work(house.member) == [(key, "Báo cáo quý", "Sửa bản thảo")], "he only waits for the head"

    def test_a_draft_leads_its_author_to_present_it_and_beside_to_write_on(self, house: House) -> None:
        matter = report_at(house, "draft", title="Báo cáo quý")
        assert my_work(house.member) == [("qua-han", "Báo cáo quý", "Trình trưởng đơn vị")]
        line = line_of(house.member)
        assert line.address == f"/phe-duyet/buoc/{matter.step().pk}/present/"
        assert line.second is not None
        assert (line.second.what, line.second.act) == ("Sửa bản thảo", "soan-bao-cao")
        assert line.why == "Đã có bản thảo, chưa nộp. Chưa phân công ai."
        assert my_work(house.head) == [("qua-han", "Báo cáo quý", "Xem và nộp báo cáo")]
        assert line_of(house.head).address == f"/phe-duyet/buoc/{matter.step().pk}/submit/"

    def test_a_report_that_came_back_is_written_anew_and_says_why_it_came_back(self, house: House) -> None:
        matter = report_at(house, "check", title="Báo cáo quý")
        matter.act("return", house.reviewer)
        assert my_work(house.member) == [("qua-han", "Báo cáo quý", "Viết báo cáo")]
        line = line_of(house.member)
        assert (line.act, line.address) == ("soan-bao-cao", "")
        assert line.why.startswith(
            f"{house.reviewer.name} trả lại lúc 09:00 17/10/2022. Ý kiến: Thiếu số liệu quý III."
        )

    def test_a_draft_that_the_head_sent_back_is_mended_first_and_then_presented_again(self, house: House) -> None:
        matter = report_at(house, "submit", title="Báo cáo quý")
        matter.act("send_back", house.head, reason="Thiếu phụ lục.")
        assert my_work(house.member) == [("qua-han", "Báo cáo quý", "Sửa bản thảo")]
        line = line_of(house.member)
        assert (line.act, line.address) == ("soan-bao-cao", "")
        assert line.why.startswith(f"{house.head.name} trả lại lúc 09:00 17/10/2022. Ý kiến: Thiếu phụ lục.")
        assert line.second is not None
        assert line.second.address == f"/phe-duyet/buoc/{matter.step().pk}/present/"
        save_draft(matter.pk, "Có phụ lục.", by=house.member, now=NOW)
        assert my_work(house.member) == [("qua-han", "Báo cáo quý", "Trình trưởng đơn vị")]

    def test_of_a_task_due_later_the_draft_stays_with_the_task_and_what_was_presented_with_what_waits(
        self, house: House
    ) -> None:
        far = date(2022, 12, 30)
        report_at(house, "draft", title="Thảo", due_on=far)
        report_at(house, "submit", title="Trình", due_on=far)
        assert my_work(house.head) == [("cho-duyet", "Trình", ""), ("sap-toi", "Thảo", "Xem và nộp báo cáo")]

    def test_a_report_of_a_task_without_a_day_stands_with_what_waits(self, house: House) -> None:
        report_at(house, "submit", title="Trình", due_on=None, due_first=None, last_day=None)
        assert my_work(house.head) == [("cho-duyet", "Trình", "")]

    def test_a_month_to_confirm_is_another_thing(self, house: House) -> None:
        matter = report_at(house, "submit", title="Trình")
        Task.objects.filter(pk=matter.pk).update(confirm_monthly=True, confirm_asked=date(2022, 9, 1))
        assert [key for key, _title, _what in my_work(house.head)] == ["qua-han", "xac-nhan"]

    def test_what_waits_at_other_steps_stands_as_before(self, house: House) -> None:
        report_at(house, "check", title="Kiểm tra")
        assert my_work(house.reviewer) == [("cho-duyet", "Kiểm tra", "")]


class TestOwnWork:
    """Nobody is asked to say yes to what he wrote or presented (domain.md section 7.3)."""

    def test_the_author_of_a_report_who_checks_reports_does_not_find_it(self, house: House) -> None:
        both = make_actor(Role.SPECIALIST, house.division, person=Person.objects.get(pk=house.reviewer.person_id))
        task = make_task(house)
        save_draft(task.pk, "Xong.", by=both, now=NOW)
        matter = Matter(FlowKind.REPORT, task.pk)
        matter.act("submit", house.head)
        assert waits_for(house, matter) == {"chief"}
        assert found(in_place_of(house.reviewer, house.chief)) == set(), "nor in another's place"
        assert found(in_place_of(house.stranger, house.reviewer)) == set(), "nor another in his place"

    def test_who_presented_anothers_report_does_not_find_it_to_check(self, house: House) -> None:
        both = make_actor(Role.SPECIALIST, house.division, person=Person.objects.get(pk=house.reviewer.person_id))
        task = make_task(house)
        save_draft(task.pk, "Xong.", by=house.member, now=NOW)
        matter = Matter(FlowKind.REPORT, task.pk)
        matter.act("present", both)
        matter.act("submit", house.head)
        assert waits_for(house, matter) == {"chief"}

    def test_who_drafted_or_presented_a_document_does_not_find_it_at_the_checks(self, house: House) -> None:
        document = document_at(house, "prepare")
        document.act("present", house.reviewer)
        document.act("approve", house.chief)
        assert waits_for(house, document) == {"chief"}
        document.act("approve", house.chief)
        assert waits_for(house, document) == {"leader"}

    def test_who_asked_does_not_find_his_own_request(self, house: House) -> None:
        request = extension_at(house, "advise", unit=house.office)
        assert waits_for(house, request) == {"reviewer"}
        proposal = proposal_at(house, "head", unit=house.office)
        assert waits_for(house, proposal) == {"chief"}

    def test_the_head_who_proposed_finds_nothing_to_agree_to(self, house: House) -> None:
        request = obstacle_at(house, "advise", unit=house.office)
        assert "office_member" not in waits_for(house, request)

    def test_who_carries_out_finds_what_he_wrote(self, house: House) -> None:
        """Giving a number and recording a direction decide nothing."""
        document = document_at(house, "issue")
        both = make_actor(Role.CLERK, house.office, person=Person.objects.get(pk=house.office_member.person_id))
        assert document.approval().pk in found(both)

    def test_a_hand_that_only_the_trail_knows_is_shown_and_refused_at_the_door(self, house: House) -> None:
        """The query reads rows; who changed the draft in between stands in the trail."""
        document = document_at(house, "prepare")
        paper = document_of(document)
        revise_document(paper.pk, paper.revision, "Mới", "Mới", ["Phòng Một"], by=house.reviewer, now=NOW)
        document.act("present", house.office_member)
        document.act("approve", house.chief)
        assert waits_for(house, document) == {"reviewer", "chief"}

    def test_what_the_query_takes_for_judging_is_what_the_door_does(self) -> None:
        """The query tells the steps by rights and kind, the door by node: both must mean the same nodes."""
        told = {"not_judged": set(), "writing": set()}
        asked = set()
        for kind, flow in FLOWS.items():
            for node in flow.instance.nodes():
                codename = str(getattr(node, "_owner_permission", "") or "").removeprefix("workflow.")
                if not codename:
                    continue
                asked |= {codename, node.also} - {""}
                row = {"codename": codename, "process__kind": kind}
                if _holds(inbox.NOT_JUDGED, row):
                    told["not_judged"].add((kind, node.name))
                if _holds(inbox.WRITING, row):
                    told["writing"].add((kind, node.name))
                assert (not is_judging(kind, node.name)) == ((kind, node.name) in told["not_judged"]), (kind, node.name)
        assert told["writing"] == PRESENTING
        assert asked == set(ASKED_FOR)


def _holds(condition: object, row: dict[str, str]) -> bool:
    """Tell whether a plain condition of `Q` holds for the row."""
    parts = [
        _holds(child, row)
        if hasattr(child, "children")
        else (row[child[0].removesuffix("__in")] in (child[1] if child[0].endswith("__in") else (child[1],)))
        for child in condition.children  # type: ignore[attr-defined]
    ]
    return all(parts) if condition.connector == "AND" else any(parts)  # type: ignore[attr-defined]


class TestGroups:
    @pytest.mark.parametrize(
        ("made", "name", "key", "title"),
        [
            (lambda h: report_at(h, "draft"), "member", "cho-trinh", "Chờ tôi trình"),
            (lambda h: document_at(h, "prepare"), "office_member", "cho-trinh", "Chờ tôi trình"),
            (lambda h: report_at(h, "submit"), "head", "cho-duyet", "Chờ tôi duyệt"),
            (lambda h: report_at(h, "check"), "reviewer", "cho-duyet", "Chờ tôi duyệt"),
            (lambda h: report_at(h, "approve"), "leader", "cho-duyet", "Chờ tôi duyệt"),
            (lambda h: document_at(h, "form"), "reviewer", "cho-duyet", "Chờ tôi duyệt"),
            (lambda h: proposal_at(h, "head"), "head", "cho-duyet", "Chờ tôi duyệt"),
            (lambda h: extension_at(h, "decide"), "leader", "cho-duyet", "Chờ tôi duyệt"),
            (lambda h: document_at(h, "sign"), "leader", "cho-ky", "Chờ tôi ký"),
            (lambda h: document_at(h, "sign_order"), "chief", "cho-ky", "Chờ tôi ký"),
            (lambda h: document_at(h, "issue"), "clerk", "cho-phat-hanh", "Chờ phát hành"),
            (lambda h: escalation_at(h, "direct"), "clerk", "cho-chi-dao", "Chờ ý kiến chỉ đạo"),
        ],
    )
    def test_each_step_stands_in_the_group_of_what_it_asks_for(
        self, house: House, made: Callable[[House], Matter], name: str, key: str, title: str
    ) -> None:
        open_book(house)
        matter = made(house)
        group = group_of(getattr(house, name))[key]
        assert (group.title, group.count, [row.approval.pk for row in group.steps]) == (
            title,
            "1",
            [matter.approval().pk],
        )

    def test_the_earliest_own_deadline_stands_first_and_equal_ones_in_the_order_they_came(self, house: House) -> None:
        steps = [report_at(house, "check").step().pk for _each in range(4)]
        for pk, days in zip(steps, (2, 1, 3, 1), strict=True):
            Step.objects.filter(pk=pk).update(due_on=NOW.date() + timedelta(days=days))
        rows = load_steps(house.reviewer)
        assert [row.step.pk for row in rows] == [steps[1], steps[3], steps[0], steps[2]]

    def test_a_line_says_who_brought_it_when_and_what_he_said(self, house: House) -> None:
        matter = report_at(house, "draft")
        [row] = load_steps(house.member)
        assert row.why == f"{house.member.name} soạn lúc 09:00 17/10/2022."
        matter.act("present", house.member, note="Đã đủ số liệu.")
        [row] = load_steps(house.head)
        assert row.why == f"{house.member.name} chuyển đến lúc 09:00 17/10/2022. Ý kiến: Đã đủ số liệu."
        matter.act("send_back", house.head, reason="Thiếu phụ lục.")
        [row] = load_steps(house.member)
        assert row.why == f"{house.head.name} trả lại lúc 09:00 17/10/2022. Ý kiến: Thiếu phụ lục."

    def test_what_the_engine_opened_says_so(self, house: House) -> None:
        duty = escalation_at(house, "report")
        [row] = [row for row in load_steps(house.reviewer) if row.node == "prepare"]
        assert row.why.startswith("Hệ thống Đôn đốc soạn lúc")
        assert duty.node() == "report" or duty.node() == ""

    def test_a_step_at_a_node_that_a_flow_no_longer_has_is_still_listed(self, house: House) -> None:
        matter = report_at(house, "check")
        Step.objects.filter(pk=matter.step().pk).update(flow_task="approvals/flows.ReportFlow.bo_di")
        [group] = inbox_groups(load_steps(house.reviewer))
        assert (group.key, [row.approval.pk for row in group.steps]) == ("cho-duyet", [matter.approval().pk])
        assert node_groups(load_steps(house.reviewer))[0].count == "1"

    def test_a_full_node_hides_no_other_and_says_that_there_is_more(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inbox, "MOST", 2)
        for _each in range(4):
            report_at(house, "check")
        late = document_at(house, "sign_order")
        Step.objects.filter(pk=late.step().pk).update(due_on=date(2023, 1, 1))
        groups = {group.key: group for group in inbox_groups(load_steps(house.chief, most=2))}
        assert {key: group.count for key, group in groups.items()} == {"cho-duyet": "2+", "cho-ky": "1"}
        assert MOST == 50

    def test_one_node_is_read_by_itself(self, house: House) -> None:
        check = report_at(house, "check")
        report_at(house, "leader_check", unit=house.office)
        document_at(house, "form")
        rows = load_steps(house.chief, kind="report", node="check")
        assert [row.approval.pk for row in rows] == [check.approval().pk]
        assert load_steps(house.leader, kind="report", node="check") == []

    def test_the_board_has_one_group_a_flow_and_node(self, house: House) -> None:
        report_at(house, "check")
        report_at(house, "check")
        document_at(house, "form")
        groups = node_groups(load_steps(house.reviewer))
        assert {group.key: group.count for group in groups} == {"buoc-report-check": "2", "buoc-document-form": "1"}
        assert {group.title for group in groups} == {
            "Duyệt báo cáo kết quả: Văn phòng Sở kiểm tra",
            "Phát hành văn bản: Văn phòng Sở kiểm tra thể thức",
        }

    def test_who_urges_sees_which_documents_lie_with_others(self, house: House) -> None:
        sign = document_at(house, "sign")
        form = document_at(house, "form")
        report_at(house, "approve")
        group = load_documents_elsewhere(house.reviewer)
        assert [row.approval.pk for row in group.steps] == [sign.approval().pk]
        assert form.approval().pk in found(house.reviewer)
        assert load_documents_elsewhere(house.clerk).steps == []

    def test_texts_are_those_of_the_newest_version(self, house: House) -> None:
        report = report_at(house, "draft")
        save_draft(report.pk, "Đã thẩm định 13 hồ sơ.", False, "Biên bản 8", by=house.member, now=NOW)
        document = document_at(house, "form")
        rows = [*load_steps(house.member), *load_steps(house.reviewer)]
        texts = texts_of(rows)
        shown = texts[report.step().pk]
        assert (shown.version, shown.lines) == (2, ("Đã thẩm định 13 hồ sơ.", "Kết quả, sản phẩm: Biên bản 8"))
        assert (texts[document.step().pk].version, texts[document.step().pk].lines[0]) == (1, "về tiến độ")
        assert texts_of([]) == {}


def lay_out(house: House) -> None:
    """Put one step of every sort before everybody."""
    for node in ("draft", "submit", "check", "approve"):
        report_at(house, node)
    report_at(house, "leader_check", unit=house.office)
    for node in ("prepare", "head", "form", "sign", "sign_order", "issue"):
        document_at(house, node)
    escalation_at(house, "direct")
    for node in ("advise", "decide"):
        extension_at(house, node)
        obstacle_at(house, node)
        proposal_at(house, node)


def read_all(rows: list[Waiting]) -> None:
    """Read of each row what a line shows."""
    for row in rows:
        assert row.why
        assert row.step.unit.name
        assert row.step.title
        assert row.approval.subject is None or row.approval.subject.unit is None or row.approval.subject.unit.name
        assert row.step.owner is None
        assert choices_at(*row.key)


@pytest.mark.parametrize("name", ["head", "member", "reviewer", "chief", "clerk", "leader", "outsider"])
def test_three_of_everything_take_one_query_as_one_of_everything_does(house: House, name: str) -> None:
    open_book(house)
    actor = getattr(house, name)
    for number in (1, 3):
        for _each in range(number - (0 if number == 1 else 1)):
            lay_out(house)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            rows = load_steps(actor)
            read_all(rows)
        assert len(caught) == (0 if name == "outsider" else 1)
        if name != "outsider":
            assert len(rows) >= number
        with CaptureQueriesContext(
            connection,
        ) as caught:
            texts_of(rows)
            read_all(load_documents_elsewhere(actor).steps)
        assert len(caught) <= 3


def test_the_first_things_to_do_come_before_what_waits_for_a_paper(house: House) -> None:
    open_book(house)
    escalation_at(house, "direct")
    make_task(house, due_on=NOW.date(), unit=house.office, assignee_id=house.chief.person_id)
    make_task(house, due_on=date(2022, 12, 30), unit=house.office)
    report_at(house, "check")
    context = Context({"actor": house.chief, "groups": load_inbox(house.chief, today=NOW.date())})
    told = Template(
        "{% load approval_lists %}{% approval_inbox groups as all %}{% for group in all %}{{ group.key }} {% endfor %}"
    )
    assert told.render(context).split() == ["hom-nay", "cho-duyet", "cho-chi-dao", "sap-toi"]


def test_the_query_counts_what_it_lists(house: House) -> None:
    lay_out(open_book(house) and house)
    assert waiting_for(house.chief).count() == len(load_steps(house.chief))
