"""Two people decide at the same moment: one wins, the other is told in words who was first, and nothing is done twice.

Real threads on PostgreSQL, each on a connection of its own, from one barrier, in many rounds. After every race the
trail verifies, and the counts of steps, events, numbers and open flows are what one decision alone leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from django.db import connection

from approvals.actions.deciding import decide
from approvals.models import Approval, Step
from tests.approvals.factories import (
    DIRECTED,
    IN_TIME,
    LATER,
    NOW,
    USUAL,
    WITH_REASON,
    Matter,
    document_at,
    document_of,
    escalated_by_sweep,
    escalation_at,
    extension_at,
    open_book,
    proposal_at,
    report_at,
    report_of,
    rules,
    task_of,
)
from tests.factories import House, at, make_actor, make_house
from tests.racing import Job, race
from workflow.actions.document import cancel_draft, revise_document
from workflow.actions.escalation import withdraw_escalation
from workflow.actions.report import save_draft
from workflow.actions.sweep import sweep
from workflow.actions.task import cancel_task
from workflow.choices import DocumentStatus, FlowKind, Role
from workflow.core.errors import ActionError, Stale, WrongState
from workflow.models import AuditEvent, Direction, Document, Report
from workflow.permissions import Actor
from workflow.queries.trail import verify_facts, verify_trail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite chỉ cho một người ghi một lúc và giữ bảng thử trong bộ nhớ"
    ),
]

ROUNDS = 8
LATE = at(date(2022, 11, 1))


def losers(outcomes: Sequence[object]) -> list[ActionError]:
    """Return who lost, each told in a sentence; whatever else was raised (a deadlock!) is a fault of the program."""
    raised = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [repr(error) for error in raised if not isinstance(error, ActionError)] == []
    lost = [error for error in raised if isinstance(error, ActionError)]
    assert all(len(str(error)) > 20 for error in lost)
    return lost


def decides(matter: Matter, outcome: str, by: Actor, *, now: datetime = NOW, **data: object) -> Job:
    """A decision on the very step and version that the person's page shows now."""
    step, version = matter.step().pk, matter.version()
    given = data or USUAL.get(outcome, WITH_REASON)
    return lambda: decide(step, outcome, version, given, by=by, now=now)


def one_decision(matter: Matter, node: str, outcomes: Sequence[object]) -> ActionError:
    """Exactly one of two was done; return what the other was told."""
    lost = losers(outcomes)
    assert len(lost) == len(outcomes) - 1, [repr(outcome) for outcome in outcomes]
    decided = Step.objects.filter(process__in=matter.approvals(), codename__gt="", outcome__gt="").exclude(
        outcome="closed"
    )
    assert sum(step.flow_task.name == node for step in decided) == 1
    assert Approval.objects.filter(kind=matter.kind, target_id=matter.pk, closed_at__isnull=True).count() <= 1
    return lost[0]


def holds() -> None:
    """The trail is whole, and every row is what its events say."""
    assert verify_trail().ok
    facts = verify_facts()
    assert facts.ok, [str(one) for one in facts.disagreements]


@pytest.fixture
def desk() -> House:
    """The small department with rules and an open register, committed for every thread to see."""
    house = rules(make_house())
    open_book(house)
    house.extra["leader"] = make_actor(Role.LEADER, house.leadership)
    house.extra["clerk"] = make_actor(Role.CLERK, house.office)
    return house


def decided_events(matter: Matter, outcome: str) -> int:
    found = AuditEvent.objects.filter(name="approval.decide", body__contains=f'"approval":{matter.approval().pk},')
    return found.filter(body__contains=f'"outcome":"{outcome}"').count()


def test_accepting_and_returning(desk: House) -> None:
    for _round in range(ROUNDS):
        matter = report_at(desk, "check")
        outcomes = race(
            decides(matter, "accept", desk.reviewer),
            decides(matter, "return", desk.chief),
        )
        lost = one_decision(matter, "check", outcomes)
        assert isinstance(lost, WrongState)
        winner = desk.chief if isinstance(outcomes[0], Exception) else desk.reviewer
        assert winner.name in str(lost)
        assert (task_of(matter).state, matter.node()) in {("reviewed", ""), ("in_progress", "draft")}
        assert decided_events(matter, "accept") + decided_events(matter, "return") == 1
    holds()


def test_accepting_and_taking_back(desk: House) -> None:
    for _round in range(ROUNDS):
        matter = report_at(desk, "check")
        outcomes = race(decides(matter, "accept", desk.reviewer), decides(matter, "withdraw", desk.head))
        lost = one_decision(matter, "check", outcomes)
        winner = desk.head if isinstance(outcomes[0], Exception) else desk.reviewer
        assert winner.name in str(lost)
        assert (task_of(matter).state, matter.node()) in {("reviewed", ""), ("in_progress", "draft")}
        assert Report.objects.get(task_id=matter.pk).status in {"accepted", "withdrawn"}
    holds()


def test_four_windows_of_one_person(desk: House) -> None:
    for _round in range(ROUNDS):
        matter = report_at(desk, "check")
        outcomes = race(*[decides(matter, "accept", desk.reviewer)] * 4)
        one_decision(matter, "check", outcomes)
        assert decided_events(matter, "accept") == 1
    holds()


@pytest.mark.parametrize("alone", [True, False])
def test_signing_and_writing_anew(desk: House, alone: bool) -> None:
    """Either the signature stands on the text that was seen, or the new text stands unsigned."""
    for _round in range(ROUNDS):
        matter = document_at(desk, "sign", alone=alone)
        document = document_of(matter)
        outcomes = race(
            decides(matter, "sign", desk.leader),
            lambda pk=document.pk: revise_document(
                pk, 1, "về tiến độ", "Lời khác.", ["Phòng Một"], by=desk.office_member, now=NOW
            ),
        )
        document.refresh_from_db()
        for lost in losers(outcomes):
            assert isinstance(lost, Stale)
        if document.revision == 2:
            assert document.signed_at is None, "what was written anew is signed by nobody"
        assert not isinstance(outcomes[1], Exception), "a draft may be written anew, signed or not"
        step = Step.objects.filter(process=matter.approval(), outcome="sign").first()
        assert step is None or step.version == 1
    holds()


@pytest.mark.parametrize("alone", [True, False])
def test_issuing_and_writing_anew(desk: House, alone: bool) -> None:
    """No text goes out that the signer did not see."""
    for _round in range(ROUNDS):
        matter = document_at(desk, "issue", alone=alone)
        pk = matter.pk
        outcomes = race(
            decides(matter, "issue", desk.clerk),
            lambda pk=pk: revise_document(
                pk, 1, "về tiến độ", "Lời khác.", ["Phòng Một"], by=desk.office_member, now=NOW
            ),
        )
        lost = losers(outcomes)
        assert len(lost) == 1
        document = document_of(matter)
        if document.status == DocumentStatus.ISSUED:
            assert (document.revision, document.signer_name) == (1, desk.leader.name)
        else:
            assert (document.revision, document.number, matter.node()) == (2, None, "sign")
    holds()


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("node", ["form", "sign", "issue"])
def test_deciding_and_dropping_the_draft(desk: House, node: str, alone: bool) -> None:
    by, outcome = {"form": (desk.reviewer, "approve"), "sign": (desk.leader, "sign"), "issue": (desk.clerk, "issue")}[
        node
    ]
    for _round in range(ROUNDS):
        matter = document_at(desk, node, alone=alone)
        pk = matter.pk
        race_result = race(
            decides(matter, outcome, by),
            lambda pk=pk: cancel_draft(pk, by=desk.office_member, now=NOW),
        )
        losers(race_result)
        document = document_of(matter)
        if document.status == DocumentStatus.CANCELLED:
            assert (matter.node(), matter.approval().result, document.number) == ("", "closed", None)
        else:
            assert (document.status, matter.approval().result) == ("issued", "approved")
    holds()


def test_issuing_twice_takes_one_number(desk: House) -> None:
    numbers = []
    for _round in range(ROUNDS):
        matter = document_at(desk, "issue")
        outcomes = race(*[decides(matter, "issue", by) for by in (desk.clerk, desk.extra["clerk"], desk.clerk)])
        lost = one_decision(matter, "issue", outcomes)
        assert lost.status == 409
        numbers.append(document_of(matter).number)
    assert numbers == list(range(1, ROUNDS + 1)), "no gap and none twice"
    holds()


def test_many_documents_issued_at_once_take_the_numbers_in_a_row(desk: House) -> None:
    matters = [document_at(desk, "issue") for _one in range(8)]
    outcomes = race(*[decides(matter, "issue", desk.clerk) for matter in matters])
    assert losers(outcomes) == []
    assert sorted(Document.objects.values_list("number", flat=True)) == list(range(1, 9))
    holds()


@pytest.mark.parametrize("node", ["draft", "submit", "check", "approve"])
def test_deciding_and_cancelling_the_task(desk: House, node: str) -> None:
    by, outcome = {
        "draft": (desk.member, "present"),
        "submit": (desk.head, "submit"),
        "check": (desk.reviewer, "accept"),
        "approve": (desk.extra["leader"], "accept"),
    }[node]
    for _round in range(ROUNDS):
        matter = report_at(desk, node)
        pk = matter.pk
        outcomes = race(
            decides(matter, outcome, by),
            lambda pk=pk: cancel_task(pk, "Không còn cần.", by=desk.leader, now=NOW),
        )
        lost = losers(outcomes)
        state = task_of(matter).state
        if state == "cancelled":
            assert (matter.node(), matter.approval().result) == ("", "closed")
        else:
            assert (state, matter.approval().result, len(lost)) == ("reviewed", "approved", 1)
    holds()


def test_submitting_and_writing_on(desk: House) -> None:
    for _round in range(ROUNDS):
        matter = report_at(desk, "submit")
        pk = matter.pk
        outcomes = race(
            decides(matter, "submit", desk.head),
            lambda pk=pk: save_draft(pk, "Lời khác.", by=desk.member, now=NOW),
        )
        [lost] = losers(outcomes)
        report = Report.objects.get(task_id=pk)
        if isinstance(lost, Stale):
            assert (report.status, report.revision, matter.node()) == ("draft", 2, "submit")
            assert lost.changes, "who submits is shown what was written"
        else:
            assert (report.status, report.revision, matter.node()) == ("submitted", 1, "check")
    holds()


def test_two_leaders_on_one_request(desk: House) -> None:
    other = desk.extra["leader"]
    for _round in range(ROUNDS):
        matter = extension_at(desk, "decide")
        outcomes = race(
            decides(matter, "approve", desk.leader, now=IN_TIME),
            decides(matter, "refuse", other, now=IN_TIME),
        )
        lost = one_decision(matter, "decide", outcomes)
        winner = other if isinstance(outcomes[0], Exception) else desk.leader
        assert winner.name in str(lost)
        task = task_of(matter)
        granted = matter.approval().result == "approved"
        assert (task.due_on == LATER, task.extended_count) == (granted, int(granted))
        proposal = proposal_at(desk, "decide")
        outcomes = race(decides(proposal, "approve", desk.leader), decides(proposal, "refuse", other))
        one_decision(proposal, "decide", outcomes)
    holds()


def test_sending_the_report_to_the_province_and_the_answer_that_comes(desk: House) -> None:
    """Either it goes out and its direction is awaited, or the answer closes it unsent; never both, never neither."""
    for _round in range(4):
        task, matter = escalated_by_sweep(desk)
        paper = report_of(matter)
        for outcome, by in (("present", desk.reviewer), ("approve", desk.chief), ("approve", desk.chief)):
            paper.act(outcome, by, now=LATE)
        paper.act("sign", desk.leader, now=LATE)
        save_draft(task.pk, "Đã làm xong.", True, by=desk.head, now=LATE)
        report = Matter(FlowKind.REPORT, task.pk)
        outcomes = race(decides(paper, "issue", desk.clerk, now=LATE), decides(report, "submit", desk.head, now=LATE))
        losers(outcomes)
        assert task_of(matter).state == "reported"
        if document_of(paper).status == DocumentStatus.ISSUED:
            assert (matter.node(), paper.approval().result) == ("direct", "approved")
        else:
            assert (matter.node(), matter.approval().result, paper.approval().result) == ("", "closed", "closed")
    holds()


def test_recording_the_direction_twice_and_withdrawing_the_duty(desk: House) -> None:
    for _round in range(6):
        matter = escalation_at(desk, "direct", hosted_by=desk.division)
        outcomes = race(
            decides(matter, "record", desk.clerk, **DIRECTED),
            decides(matter, "record", desk.chief, **DIRECTED),
            lambda pk=matter.pk: withdraw_escalation(pk, "Đã xong.", by=desk.leader, now=NOW),
        )
        assert len(losers(outcomes)) == 2
        recorded = Direction.objects.filter(escalation_id=matter.pk).count()
        assert (recorded, matter.approval().result) in {(1, "approved"), (0, "closed")}
    holds()


def test_the_sweep_and_the_people_do_not_stand_in_each_others_way(desk: House) -> None:
    later = at(date(2022, 10, 18), "08:30")
    for _round in range(6):
        matters = [report_at(desk, "submit") for _one in range(3)]
        jobs = [decides(matter, "submit", desk.head, now=later) for matter in matters]
        outcomes = race(lambda: sweep(now=later), *jobs, lambda: sweep(now=later))
        assert losers(outcomes) == []
        assert {task_of(matter).state for matter in matters} == {"reported"}
    holds()
