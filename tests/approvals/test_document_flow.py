"""A document passes through its flow: drafted, agreed by the head, checked for its form, signed, issued by văn thư."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.approvals.factories import (
    NOW,
    Matter,
    carry,
    consultation,
    document_at,
    document_of,
    letter,
    report_at,
    rules,
    told_by,
)
from tests.factories import House, at, in_place_of, make_actor, make_task
from workflow.actions.document import cancel_draft, draft_document, revise_document
from workflow.actions.reminder import draft_reminder, withdraw_reminder
from workflow.actions.sweep import sweep
from workflow.choices import DocumentStatus, FlowKind, ReminderStatus, Role
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Document, Reminder, Task
from workflow.permissions import Actor
from workflow.queries.trail import verify_facts, verify_trail

pytestmark = pytest.mark.django_db

WHOLE_WAY = [
    ("prepare", "present"),
    ("head", "approve"),
    ("form", "approve"),
    ("sign", "sign"),
    ("issue", "issue"),
]


def issued(matter: Matter) -> bool:
    return document_of(matter).status == DocumentStatus.ISSUED


def revise(matter: Matter, by: Actor, body: str = "Nội dung khác.") -> Document:
    document = document_of(matter)
    return revise_document(document.pk, document.revision, document.subject, body, document.recipients, by=by, now=NOW)


@pytest.mark.parametrize("alone", [True, False])
def test_a_draft_passes_head_form_signature_and_register(house: House, alone: bool) -> None:
    matter = document_at(house, "", alone=alone)
    assert matter.path() == WHOLE_WAY
    document = document_of(matter)
    assert (document.status, document.number, document.signer_name) == ("issued", 1, house.leader.name)
    assert matter.approval().result == "approved"
    assert verify_trail().ok
    assert verify_facts().ok


def test_only_issue_makes_it_count(house: House) -> None:
    matter = document_at(house, "issue")
    document = document_of(matter)
    assert (document.status, document.number, document.signed_at) == (DocumentStatus.DRAFT, None, NOW)
    matter.act("issue", house.clerk)
    assert issued(matter)


def test_the_units_head_who_presents_passes_his_own_step(house: House) -> None:
    matter = document_at(house, "prepare", hosted_by=house.division)
    matter.act("present", house.head)
    assert matter.node() == "form"


@pytest.mark.parametrize(
    ("node", "by", "comes_to"),
    [
        ("head", "chief", "prepare"),
        ("form", "reviewer", "prepare"),
        ("sign", "leader", "prepare"),
        ("sign_order", "chief", "prepare"),
        ("issue", "clerk", "sign"),
    ],
)
def test_each_step_sends_back_with_its_reason(house: House, node: str, by: str, comes_to: str) -> None:
    matter = document_at(house, node)
    sender = getattr(house, by)
    with pytest.raises(Invalid, match="Chưa nhập ý kiến, lý do"):
        matter.act("send_back", sender, reason=" ")
    matter.act("send_back", sender, reason="Sai nơi nhận.")
    assert matter.node() == comes_to
    last = matter.approval().task_set.filter(outcome="send_back").get()
    assert (last.note, last.decided_name) == ("Sai nơi nhận.", sender.name)
    assert not issued(matter)
    if comes_to == "prepare":
        revise(matter, house.office_member)
    carry(house, matter, "", presenter=house.office_member, head=house.chief)
    assert issued(matter)


def test_a_document_by_order_goes_to_the_chief_and_not_to_a_leader(house: House) -> None:
    matter = document_at(house, "sign_order")
    assert matter.path()[-1] == ("form", "approve")
    matter.act("sign", house.chief)
    assert document_of(matter).signer_title == "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG"
    matter.act("send_back", house.clerk)
    assert matter.node() == "sign_order", "back to who signed"
    matter.act("sign", house.chief)
    matter.act("issue", house.clerk)
    assert issued(matter)


@pytest.mark.parametrize(
    ("position", "capacity", "title"),
    [
        ("Giám đốc", "", "GIÁM ĐỐC"),
        ("Phó Giám đốc", "", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"),
        ("Phó Giám đốc", "KT.", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"),
        ("Trưởng phòng Tổng hợp", "TUQ.", "TUQ. GIÁM ĐỐC\nTRƯỞNG PHÒNG TỔNG HỢP"),
    ],
)
def test_the_signers_name_and_title_are_those_of_who_signed(
    house: House, position: str, capacity: str, title: str
) -> None:
    matter = document_at(house, "sign")
    signer = replace(house.leader, position=position)
    if capacity:
        signer = replace(in_place_of(replace(house.other_head, position=position), house.leader), capacity=capacity)
    matter.act("sign", signer)
    document = document_of(matter)
    assert (document.signer_name, document.signer_title) == (signer.name, title)
    step = matter.approval().task_set.get(outcome="sign")
    assert (step.capacity, step.owner_id) == (capacity, signer.person_id)
    assert step.principal_id == (house.leader.person_id if capacity else None)
    matter.act("issue", house.clerk)
    assert document_of(matter).signer_title == title, "văn thư signs nothing"


def test_the_deputy_of_the_office_signs_by_order_in_the_chiefs_place(house: House) -> None:
    matter = document_at(house, "sign_order")
    matter.act("sign", in_place_of(replace(house.reviewer, position="Phó Chánh Văn phòng"), house.chief))
    title = "TL. GIÁM ĐỐC\nKT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG"
    assert document_of(matter).signer_title == title
    matter.act("send_back", house.clerk)
    assert matter.node() == "sign_order"


def test_signing_by_order_passes_to_a_deputy_only_and_to_nobody_by_authority(house: House) -> None:
    """NĐ 30/2020 Điều 13: thừa ủy quyền comes from the director alone, thừa lệnh is passed on to the deputy."""
    matter = document_at(house, "sign_order")
    with pytest.raises(NotPermitted, match="Điều 13"):
        matter.act("sign", replace(in_place_of(house.other_head, house.chief), capacity="TUQ."))
    assert (matter.node(), document_of(matter).signed_at) == ("sign_order", None)


@pytest.mark.parametrize("node", ["sign", "sign_order"])
@pytest.mark.parametrize("alone", [True, False])
def test_a_document_changed_after_signing_is_back_with_its_signer_at_once(house: House, node: str, alone: bool) -> None:
    """Whoever changes it and however: the action itself moves the flow, so no page or program can leave it behind."""
    matter = document_at(house, "issue", by_order=node == "sign_order", alone=alone)
    seen, step = matter.version(), matter.step()
    signer = house.leader if node == "sign" else house.chief
    told = told_by(lambda: revise(matter, house.office_member))
    document = document_of(matter)
    assert (document.signed_at, document.signer_name, matter.node()) == (None, "", node)
    assert {person: len(texts) for person, texts in told.items()} == {signer.person_id: 1}
    step.refresh_from_db()
    assert (step.outcome, step.decided_name, step.version) == ("changed", house.office_member.name, 2)
    with pytest.raises(WrongState):
        matter.act("issue", house.clerk, seen)
    with pytest.raises(WrongState):
        matter.act("issue", house.clerk)
    assert (document_of(matter).status, document_of(matter).number) == (DocumentStatus.DRAFT, None)
    matter.act("sign", signer)
    matter.act("issue", house.clerk)
    document = document_of(matter)
    assert (document.status, document.body, document.signer_name) == ("issued", "Nội dung khác.", signer.name)
    assert verify_trail().ok


def test_dropping_a_draft_closes_its_flow(house: House) -> None:
    for node in ("prepare", "head", "form", "sign", "issue"):
        matter = document_at(house, node)
        cancel_draft(matter.pk, by=house.office_member, now=NOW)
        assert (matter.node(), matter.approval().result) == ("", "closed")
        with pytest.raises(NotFound):
            matter.act("approve", house.chief)


@pytest.mark.parametrize(
    ("drafter", "presenter", "way"),
    [
        ("leader", "reviewer", ["prepare", "form", "sign", "issue"]),
        ("clerk", "reviewer", ["prepare", "head", "form", "sign", "issue"]),
        ("chief", "chief", ["prepare", "form", "sign", "issue"]),
        ("reviewer", "reviewer", ["prepare", "head", "form", "sign", "issue"]),
    ],
)
def test_a_document_of_no_task_comes_to_its_end_whoever_of_the_department_drafts_it(
    house: House, drafter: str, presenter: str, way: list[str]
) -> None:
    """None of the steps is left without anybody who can take it; a leader's unit has no head who would."""
    drafted = draft_document(letter(), task=None, by=getattr(house, drafter), now=NOW)
    matter = Matter(FlowKind.DOCUMENT, drafted.pk)
    matter.act("present", getattr(house, presenter))
    parts = {
        "head": ("approve", house.chief),
        "form": ("approve", house.chief if presenter == "reviewer" else house.reviewer),
        "sign": ("sign", make_actor(Role.LEADER, house.leadership)),
        "issue": ("issue", house.clerk),
    }
    while matter.node():
        matter.act(*parts[matter.node()])
    assert [node for node, _outcome in matter.path()] == way
    assert issued(matter)


# --- reminders ---


def swept_reminder(house: House) -> tuple[Task, Matter]:
    rules(house)
    task = consultation(house)
    sweep(now=at(date(2022, 10, 17), "08:30"))
    reminder = Reminder.objects.get(task=task)
    return task, Matter(FlowKind.DOCUMENT, int(reminder.document_id or 0))


def test_the_engines_reminder_to_an_outside_body_counts_only_when_it_is_issued(house: House) -> None:
    task, matter = swept_reminder(house)
    assert matter.node() == "prepare"
    assert matter.approval().unit == house.division, "the handling unit's matter"
    carry(house, matter, "issue", presenter=house.member, head=house.head)
    task.refresh_from_db()
    assert (task.reminders_issued, task.last_reminder_at, task.reminder_drafted) == (0, None, True)
    matter.act("issue", house.clerk)
    task.refresh_from_db()
    assert (task.reminders_issued, task.last_reminder_at, task.reminder_drafted) == (1, NOW, False)
    reminder = Reminder.objects.get(task=task)
    assert (reminder.status, reminder.document.number, matter.approval().result) == ("issued", 1, "approved")


def test_while_the_draft_waits_the_engine_drafts_no_second_one(house: House) -> None:
    task, matter = swept_reminder(house)
    for days in range(1, 20):
        sweep(now=at(date(2022, 10, 17) + timedelta(days=days), "08:30"))
    assert Reminder.objects.filter(task=task).count() == 1
    assert matter.node() == "prepare"


def test_a_reminder_drafted_by_hand_takes_the_same_way(house: House) -> None:
    rules(house)
    task = make_task(house)
    reminder = draft_reminder(task.pk, by=house.reviewer, now=NOW)
    matter = Matter(FlowKind.DOCUMENT, int(reminder.document_id or 0))
    matter.act("present", house.reviewer)
    matter.act("approve", house.chief)
    matter.act("approve", house.chief)
    assert matter.node() == "sign_order", "to a unit of the department the chief signs by order"
    matter.act("sign", house.chief)
    matter.act("issue", house.clerk)
    task.refresh_from_db()
    assert task.reminders_issued == 1
    assert document_of(matter).signer_title == "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG"


def test_withdrawing_the_reminder_closes_its_flow(house: House) -> None:
    task, matter = swept_reminder(house)
    matter.act("present", house.member)
    withdraw_reminder(Reminder.objects.get(task=task).pk, "Đã có trả lời.", by=house.chief, now=NOW)
    assert (matter.node(), matter.approval().result) == ("", "closed")


def test_a_reminder_never_goes_out_once_the_answer_has_come(house: House) -> None:
    rules(house)
    report = report_at(house, "submit")
    reminder = draft_reminder(report.pk, by=house.reviewer, now=NOW)
    matter = Matter(FlowKind.DOCUMENT, int(reminder.document_id or 0))
    matter.act("present", house.reviewer)
    step = matter.step()
    report.act("submit", house.head)
    with pytest.raises(NotFound):
        matter.act("approve", house.chief)
    step.refresh_from_db()
    assert (step.status, step.outcome) == ("CANCELED", "closed")
    reminder.refresh_from_db()
    assert reminder.status == ReminderStatus.WITHDRAWN


def test_a_reminder_whose_ground_is_gone_does_not_end_as_if_it_had_gone_out(house: House) -> None:
    """No act leads there, since each withdraws the draft with its ground; were it so, nothing is called issued."""
    task, matter = swept_reminder(house)
    carry(house, matter, "issue", presenter=house.member, head=house.head)
    Task.objects.filter(pk=task.pk).update(round=2)
    with pytest.raises(WrongState, match="hãy rút dự thảo"):
        matter.act("issue", house.clerk)
    assert (matter.node(), document_of(matter).status) == ("issue", DocumentStatus.DRAFT)
    withdraw_reminder(Reminder.objects.get(task=task).pk, "Không còn căn cứ.", by=house.member, now=NOW)
    assert matter.approval().result == "closed"
