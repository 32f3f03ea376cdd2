"""What is said at an approval: who may speak, who hears of it, and who learns how it ended."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from approvals.actions.deciding import decide
from approvals.actions.talking import LONGEST_COMMENT, comment
from approvals.models import Comment
from approvals.queries.talk import comments_of, may_speak, participants
from tests.approvals.factories import NOW, Matter, document_at, proposal_at, report_at, task_of, told_by
from tests.factories import House, events_of, in_place_of, last_event, make_actor, strangers_of
from workflow.choices import Role
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import AuditEvent, Membership, Notification, Person, Task
from workflow.permissions import Actor

pytestmark = pytest.mark.django_db


def told(containing: str) -> set[int]:
    """Who has a message with these words."""
    return set(Notification.objects.filter(text__contains=containing).values_list("person_id", flat=True))


def ids(*actors: Actor) -> set[int]:
    return {actor.person_id for actor in actors}


def chain_of(matter: Matter) -> list[str]:
    """The names of the events in the chain of an approval that is of no task."""
    events = AuditEvent.objects.filter(chain=f"approval:{matter.approval().pk}").order_by("seq")
    return [event.name for event in events]


# --- speaking ---


def test_a_comment_stands_at_the_step_that_waits_with_its_event(house: House) -> None:
    matter = report_at(house, "check")
    said = comment(matter.approval().pk, "  Đề nghị bổ sung biểu 3.\n", by=house.reviewer, now=NOW)
    assert (said.text, said.step, said.author_id, said.author_name, said.said_at) == (
        "Đề nghị bổ sung biểu 3.",
        matter.step(),
        house.reviewer.person_id,
        house.reviewer.name,
        NOW,
    )
    event = last_event(task_of(matter))
    assert event["name"] == "approval.comment"
    assert event["details"] == {
        "approval": matter.approval().pk,
        "flow": "report",
        "step": matter.step().pk,
        "node": "check",
        "title": "Văn phòng Sở kiểm tra",
        "comment": said.pk,
        "text": "Đề nghị bổ sung biểu 3.",
    }


def test_comments_are_read_in_the_order_in_which_they_were_said(house: House) -> None:
    matter = report_at(house, "check")
    for number, by in enumerate((house.reviewer, house.member, house.head)):
        comment(matter.approval().pk, f"Ý kiến {number}", by=by, now=NOW + timedelta(minutes=number))
    found = comments_of(matter.approval())
    assert [(row.text, row.author_name) for row in found] == [
        ("Ý kiến 0", house.reviewer.name),
        ("Ý kiến 1", house.member.name),
        ("Ý kiến 2", house.head.name),
    ]


@pytest.mark.parametrize("name", ["member", "head", "reviewer", "chief", "clerk", "leader"])
def test_whoever_works_with_the_unit_may_speak(house: House, name: str) -> None:
    matter = report_at(house, "check")
    by = getattr(house, name)
    assert may_speak(by, matter.approval())
    assert comment(matter.approval().pk, "Đã xem.", by=by, now=NOW).author_id == by.person_id


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.OBSERVER])
def test_who_only_looks_on_says_nothing(house: House, role: Role) -> None:
    matter = report_at(house, "check")
    onlooker = house.inspector if role == Role.INSPECTOR else make_actor(role, house.division)
    assert not may_speak(onlooker, matter.approval())
    with pytest.raises(NotPermitted, match="chỉ được xem"):
        comment(matter.approval().pk, "Tôi thấy.", by=onlooker, now=NOW)
    assert not Comment.objects.exists()


def test_who_may_not_see_the_approval_finds_none(house: House) -> None:
    matter = report_at(house, "check")
    for stranger in strangers_of(house):
        assert not may_speak(stranger, matter.approval())
        with pytest.raises(NotFound):
            comment(matter.approval().pk, "Tôi thấy.", by=stranger, now=NOW)
    assert not Comment.objects.exists()


def test_nobody_speaks_at_an_approval_that_is_not_there(house: House) -> None:
    with pytest.raises(NotFound):
        comment(10**6, "Tôi thấy.", by=house.leader, now=NOW)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Chưa nhập nội dung trao đổi"),
        (" \n\t ", "Chưa nhập nội dung trao đổi"),
        ("a\x00b", "ký tự điều khiển"),
        ("x" * (LONGEST_COMMENT + 1), f"nhiều nhất {LONGEST_COMMENT} ký tự"),
    ],
)
def test_a_comment_without_readable_words_is_refused(house: House, text: str, message: str) -> None:
    matter = report_at(house, "check")
    before = len(events_of(task_of(matter)))
    with pytest.raises(Invalid, match=message) as error:
        comment(matter.approval().pk, text, by=house.head, now=NOW)
    assert set(error.value.fields) == {"text"}
    assert not Comment.objects.exists()
    assert len(events_of(task_of(matter))) == before


def test_a_closed_approval_takes_no_more_words(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("accept", house.reviewer)
    with pytest.raises(WrongState, match="đã kết thúc lúc 09:00 ngày 17/10/2022"):
        comment(matter.approval().pk, "Muộn.", by=house.head, now=NOW)


def test_a_deputy_speaks_in_anothers_place_and_the_trail_says_so(house: House) -> None:
    matter = report_at(house, "check")
    deputy = in_place_of(house.stranger, house.head)
    said = comment(matter.approval().pk, "Đã bổ sung.", by=deputy, now=NOW)
    assert said.author_id == house.stranger.person_id
    actor = last_event(task_of(matter))["actor"]
    assert actor["capacity"] == "KT."
    assert actor["in_place_of"] == {"id": house.head.person_id, "name": house.head.name}


# --- who hears of it ---


def test_those_on_whom_it_waits_and_who_took_part_are_told_once(house: House) -> None:
    matter = report_at(house, "check")
    comment(matter.approval().pk, "Đề nghị bổ sung biểu 3.", by=house.chief, now=NOW)
    assert told("Đề nghị bổ sung biểu 3.") == ids(house.reviewer, house.member, house.head)
    assert Notification.objects.filter(text__contains="biểu 3").count() == 3


def test_who_spoke_before_is_told_of_the_answer(house: House) -> None:
    matter = report_at(house, "check")
    comment(matter.approval().pk, "Hỏi.", by=house.leader, now=NOW)
    comment(matter.approval().pk, "Trả lời.", by=house.head, now=NOW)
    assert told("Trả lời.") == ids(house.reviewer, house.chief, house.member, house.leader)


def test_when_the_step_is_given_to_one_person_the_others_are_left_alone(house: House) -> None:
    matter = report_at(house, "check")
    step = matter.step()
    step.owner_id, step.status = house.reviewer.person_id, "ASSIGNED"
    step.save()
    comment(matter.approval().pk, "Đã bổ sung.", by=house.head, now=NOW)
    assert told("Đã bổ sung.") == ids(house.reviewer, house.member)


def test_who_took_part_but_may_no_longer_see_it_is_told_nothing(house: House) -> None:
    matter = report_at(house, "check")
    Membership.objects.filter(person_id=house.member.person_id).update(valid_to=NOW.date() - timedelta(days=1))
    comment(matter.approval().pk, "Hỏi.", by=house.reviewer, now=NOW)
    assert told("Hỏi.") == ids(house.chief, house.head)


def test_nobody_who_may_not_see_it_is_ever_told(house: House) -> None:
    for matter in (report_at(house, "check"), document_at(house, "sign"), proposal_at(house, "advise")):
        comment(matter.approval().pk, "Xin ý kiến.", by=house.chief, now=NOW)
    assert told("Xin ý kiến.").isdisjoint({*ids(*strangers_of(house)), house.inspector.person_id})


def test_of_what_is_of_no_task_each_comment_is_told_and_recorded(house: House) -> None:
    matter = proposal_at(house, "advise")
    for text in ("Giá bao nhiêu?", "Đã có báo giá."):
        comment(matter.approval().pk, text, by=house.reviewer, now=NOW)
    for text in ("Giá bao nhiêu?", "Đã có báo giá."):
        assert told(text) == ids(house.member, house.head, house.chief)
    assert chain_of(matter)[-2:] == ["approval.comment", "approval.comment"]
    assert set(Notification.objects.filter(text__contains="báo giá").values_list("task_id", flat=True)) == {None}


def test_a_long_comment_is_told_in_short(house: House) -> None:
    matter = report_at(house, "check")
    comment(matter.approval().pk, "Dài dòng. " * 100, by=house.head, now=NOW)
    [text] = set(Notification.objects.filter(text__contains="Dài dòng").values_list("text", flat=True))
    assert text.endswith("…")
    assert len(text) < 300


# --- who learns how it ended ---


def test_everybody_who_took_part_learns_that_a_report_was_accepted(house: House) -> None:
    matter = report_at(house, "check")
    comment(matter.approval().pk, "Đã xem qua.", by=house.leader, now=NOW)
    told = told_by(lambda: matter.act("accept", house.reviewer))
    assert set(told) == ids(house.member, house.head, house.leader, house.chief), "the chief checks as well"


def test_everybody_who_took_part_learns_that_a_leader_returned_it(house: House) -> None:
    matter = report_at(house, "approve")
    told = told_by(lambda: matter.act("return", house.leader))
    assert set(told) == ids(house.member, house.head, house.reviewer, house.chief)


@pytest.mark.parametrize("outcome", ["approve", "refuse"])
def test_everybody_who_took_part_learns_how_a_proposal_ended(house: House, outcome: str) -> None:
    matter = proposal_at(house, "decide")
    told = told_by(lambda: matter.act(outcome, house.leader))
    assert set(told) == ids(house.member, house.head, house.reviewer)


def test_on_whom_a_proposal_waits_next_is_told(house: House) -> None:
    matter = proposal_at(house, "head")
    told = told_by(lambda: matter.act("approve", house.head))
    assert set(told) == ids(house.reviewer, house.chief)


def test_on_whom_a_document_of_no_task_waits_next_is_told(house: House) -> None:
    matter = document_at(house, "form", alone=True)
    told = told_by(lambda: matter.act("approve", house.reviewer))
    assert set(told) == ids(house.leader)


def test_the_principal_of_whoever_decided_counts_as_taking_part(house: House) -> None:
    matter = proposal_at(house, "advise")
    decide(
        matter.step().pk, "advise", None, {"reason": "Nên mua."}, by=in_place_of(house.reviewer, house.chief), now=NOW
    )
    assert participants(matter.approval()) == ids(house.member, house.head, house.reviewer, house.chief)


def test_a_closed_account_is_told_nothing(house: House) -> None:
    matter = proposal_at(house, "decide")
    Person.objects.filter(pk=house.member.person_id).update(is_active=False, closed_on=NOW.date())
    told = told_by(lambda: matter.act("approve", house.leader))
    assert set(told) == ids(house.head, house.reviewer)


def test_what_is_said_stays_out_of_the_columns_that_a_trail_rebuilds(house: House) -> None:
    matter = report_at(house, "check")
    before = Task.objects.filter(pk=matter.pk).values("state", "due_on", "next_due").get()
    comment(matter.approval().pk, "Đã xem.", by=house.head, now=NOW)
    assert Task.objects.filter(pk=matter.pk).values("state", "due_on", "next_due").get() == before
    body = json.loads(AuditEvent.objects.filter(task_id=matter.pk).latest("seq").body)
    assert (body["before"], body["after"]) == ({}, {})
