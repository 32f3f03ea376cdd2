"""Whose hands are behind what is to be decided: who wrote, enclosed, revised, presented, and for whom they did."""

from __future__ import annotations

import pytest

from approvals import flows
from approvals.actions.migrating import move_obsolete
from approvals.queries.page import load_stories
from approvals.queries.standing import PRESENTING, WRITING_RIGHTS, hands_of, presenters
from tests.approvals.factories import (
    IN_TIME,
    LATER,
    NOW,
    Matter,
    document_at,
    document_of,
    escalation_at,
    letter,
    report_at,
    report_of,
    with_rights,
)
from tests.approvals.test_matrix import tried
from tests.approvals.test_obsolete import at_second_look, colleague, started
from tests.factories import House, in_place_of, make_actor, make_task
from workflow.actions.adjustment import ask_extension, raise_obstacle
from workflow.actions.document import draft_document, revise_document
from workflow.actions.proposal import make_proposal
from workflow.actions.report import attach_file, save_draft
from workflow.choices import FlowKind, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("file_store")]

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


# --- the principal of who wrote ---


def test_he_in_whose_place_it_was_written_or_submitted_judges_it_as_little(house: House) -> None:
    """The head's place was lent to the member: what the member did in it, the head did."""
    deputy = in_place_of(house.member, house.head)
    task = make_task(house)
    save_draft(task.pk, "Đã làm xong.", by=deputy, now=NOW)
    report = Matter(FlowKind.REPORT, task.pk)
    report.act("submit", deputy)
    asked = ask_extension(make_task(house).pk, "Chờ số liệu.", LATER, by=deputy, now=IN_TIME)
    raised = raise_obstacle(make_task(house).pk, "Thiếu máy.", by=deputy, now=IN_TIME)
    made = make_proposal(house.division.pk, "Mua máy", "Máy hỏng.", by=deputy, now=IN_TIME)
    letter_ = draft_document(letter(), task=make_task(house), by=deputy, now=NOW)
    document = Matter(FlowKind.DOCUMENT, letter_.pk)
    document.act("present", house.office_member)
    document.act("approve", house.chief)
    matters = (
        (report, "accept", house.reviewer),
        (Matter(FlowKind.EXTENSION, asked.pk), "advise", house.reviewer),
        (Matter(FlowKind.OBSTACLE, raised.pk), "advise", house.reviewer),
        (Matter(FlowKind.PROPOSAL, made.pk), "advise", house.reviewer),
        (document, "approve", house.reviewer),
    )
    for matter, outcome, holder in matters:
        for person in (house.head, house.member):
            assert tried(matter, outcome, with_rights(person, holder)) == "may not", (matter.kind, person.name)
        assert tried(matter, outcome, holder) == "may"
    for matter, _outcome, _holder in matters[1:4]:
        matter.act("advise", house.reviewer, now=IN_TIME)
        assert tried(matter, "approve", with_rights(house.head, house.leader)) == "may not"


# --- writing, attaching, revising, presenting, and then saying yes ---


def test_a_checker_who_wrote_the_draft_anew_does_not_check_it(house: House) -> None:
    task = make_task(house)
    both = with_rights(house.reviewer, house.member)
    save_draft(task.pk, "Bản của đơn vị.", by=house.member, now=NOW)
    save_draft(task.pk, "Bản Văn phòng sửa hộ.", by=both, now=NOW)
    matter = Matter(FlowKind.REPORT, task.pk)
    matter.act("submit", house.head)
    assert [tried(matter, outcome, both) for outcome in ("accept", "return")] == ["may not", "may not"]
    assert tried(matter, "accept", house.chief) == "may"


def test_a_checker_who_gave_a_file_with_the_draft_does_not_check_it(house: House) -> None:
    matter = report_at(house, "draft")
    both = with_rights(house.reviewer, house.member)
    attach_file(matter.pk, "minh-chung.pdf", PDF, by=both, now=NOW)
    matter.act("submit", house.head)
    assert tried(matter, "accept", both) == "may not"
    assert tried(matter, "accept", house.chief) == "may"


def test_who_wrote_the_former_version_only_may_check_the_next_one_that_others_wrote(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("return", house.reviewer)
    save_draft(matter.pk, "Bản mới của trưởng phòng.", False, "Biên bản 8", by=house.head, now=NOW)
    matter.act("submit", house.head)
    assert tried(matter, "accept", with_rights(house.head, house.reviewer)) == "may not"
    assert tried(matter, "accept", house.reviewer) == "may", "who returned it wrote nothing"


@pytest.mark.parametrize(("node", "signer"), [("sign", "leader"), ("sign_order", "chief")])
@pytest.mark.parametrize("alone", [True, False])
def test_a_signer_who_wrote_it_anew_does_not_sign_it(house: House, node: str, signer: str, alone: bool) -> None:
    matter = document_at(house, node, alone=alone)
    person = getattr(house, signer)
    document = document_of(matter)
    revise_document(document.pk, 1, document.subject, "Lời của người ký.", document.recipients, by=person, now=NOW)
    assert tried(matter, "sign", person) == "may not"
    deputy = in_place_of(make_actor(Role.OBSERVER, house.department), person)
    assert tried(matter, "sign", deputy) == "may not", "nor does somebody in his place"
    other = make_actor(Role.LEADER if signer == "leader" else Role.OFFICE_CHIEF, person_unit(house, signer))
    assert tried(matter, "sign", other) == "may"
    matter.act("send_back", person)
    assert matter.node() == "prepare", "he may still send it back"


def person_unit(house: House, signer: str) -> object:
    return house.leadership if signer == "leader" else house.office


def test_a_checker_of_form_who_wrote_it_anew_does_not_pass_it(house: House) -> None:
    matter = document_at(house, "form")
    document = document_of(matter)
    revise_document(document.pk, 1, document.subject, "Sửa thể thức.", document.recipients, by=house.reviewer, now=NOW)
    assert tried(matter, "approve", house.reviewer) == "may not"
    assert tried(matter, "approve", house.chief) == "may"


def test_who_presents_a_document_agrees_to_it_at_none_of_its_later_steps(house: House) -> None:
    matter = document_at(house, "prepare", by_order=True)
    matter.act("present", house.chief)
    assert matter.node() == "form", "the head presented it himself"
    assert tried(matter, "approve", house.chief) == "may not"
    matter.act("approve", house.reviewer)
    assert matter.node() == "sign_order"
    assert tried(matter, "sign", house.chief) == "may not"
    assert tried(matter, "sign", in_place_of(house.reviewer, house.chief)) == "may not"
    assert tried(matter, "sign", make_actor(Role.OFFICE_CHIEF, house.office)) == "may"


def test_sending_it_round_again_washes_nobodys_hands(house: House) -> None:
    matter = document_at(house, "prepare", by_order=True)
    matter.act("present", house.chief)
    matter.act("send_back", house.reviewer)
    matter.act("present", house.office_member)
    assert matter.node() == "head"
    assert tried(matter, "approve", house.chief) == "may not"


def test_the_office_that_returned_a_report_wrote_nothing_of_it(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("return", house.chief)
    save_draft(matter.pk, "Đã bổ sung.", False, "Biên bản 8", by=house.member, now=NOW)
    matter.act("submit", house.head)
    assert tried(matter, "accept", house.chief) == "may"


# --- what is no judging ---


def test_what_a_step_carries_out_for_others_is_no_judging(house: House) -> None:
    """Văn thư who drafted a document may number it: a leader signed it, and văn thư judges nothing."""
    drafted = draft_document(letter(), task=None, by=house.clerk, now=NOW)
    matter = Matter(FlowKind.DOCUMENT, drafted.pk)
    for outcome, by in (("present", house.reviewer), ("approve", house.chief), ("approve", house.chief)):
        matter.act(outcome, by)
    matter.act("sign", house.leader)
    assert tried(matter, "issue", house.clerk) == "may"


def test_the_engine_s_report_to_the_province_has_no_author_but_its_presenter_is_one(house: House) -> None:
    paper = report_of(escalation_at(house, "report"))
    paper.act("present", house.reviewer)
    paper.act("approve", house.chief)
    assert tried(paper, "approve", house.reviewer) == "may not"
    assert tried(paper, "approve", house.chief) == "may"


# --- steps that a change of the flow took away ---


def test_who_presented_at_a_step_that_is_no_more_had_a_hand_in_it(house: House) -> None:
    """The colleague wrote nothing: his only part was a step of the unit, whose node went from the flow since."""
    matter = started(house, "present", "agree", "submit")
    move_obsolete(matter.approval().pk, "check", by=house.leader, now=NOW)
    second = colleague(house)
    hands = hands_of(matter.approval())
    assert hands == {one.person_id for one in (house.member, second, house.head)}
    assert load_stories([matter.approval()])[0].hands == hands
    assert tried(matter, "accept", with_rights(second, house.reviewer)) == "may not"
    assert tried(matter, "accept", house.reviewer) == "may"


def test_who_moves_an_approval_from_a_lost_step_has_no_hand_in_it(house: House) -> None:
    matter = at_second_look(house)
    by = in_place_of(make_actor(Role.LEADER, house.leadership), house.leader)
    move_obsolete(matter.approval().pk, "submit", by=by, now=NOW)
    assert hands_of(matter.approval()) == {house.member.person_id}


def test_the_rights_of_the_presenting_steps_tell_them_from_all_others() -> None:
    """What tells a step whose node is gone must tell the nodes of now the same way."""
    by_right = {
        (str(kind), node.name)
        for kind, flow_class in flows.FLOWS.items()
        for node in flow_class.instance.nodes()
        if str(getattr(node, "_owner_permission", "")).removeprefix("workflow.") in WRITING_RIGHTS.get(kind, ())
    }
    assert by_right == PRESENTING
    assert presenters("proposal", []) == frozenset()
