"""The flows follow the work: opened once with what needs them, closed with what ends them, handed on with the unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from approvals.actions.deciding import decide_waiting
from approvals.models import Approval, Result, Step
from approvals.queries.standing import open_approval, waiting_step
from tests.factories import House, at, events_of, make_actor, make_duty, make_task, make_unit
from workflow.actions.adjustment import ask_extension, raise_obstacle
from workflow.actions.audit import action
from workflow.actions.consultation import accept_answer, record_answer, return_answer
from workflow.actions.document import Draft, cancel_draft, draft_document
from workflow.actions.escalation import withdraw_escalation
from workflow.actions.flow import Target, open_flow
from workflow.actions.policy import seed_rules
from workflow.actions.proposal import make_proposal
from workflow.actions.reminder import draft_reminder, withdraw_reminder
from workflow.actions.report import return_report, review_report, save_draft, submit_report
from workflow.actions.sweep import release_quarantined, sweep
from workflow.actions.sweep.effects import Batch
from workflow.actions.task import cancel_task
from workflow.actions.unit import close_unit, sync_grants
from workflow.choices import (
    DocumentKind,
    EscalationStatus,
    FlowKind,
    Ladder,
    RequestStatus,
    Role,
    TaskKind,
    TaskOrigin,
    TaskState,
)
from workflow.core.errors import ActionError, Invalid, NotFound, WrongState
from workflow.models import AuditEvent, Document, Escalation, Person, Proposal, RegisterBook, Reminder, Task, Unit
from workflow.permissions import Actor
from workflow.queries.unit import load_actor

pytestmark = pytest.mark.django_db

FRIDAY = date(2022, 10, 14)
MONDAY_AFTER = date(2022, 10, 17)
NOW = at(MONDAY_AFTER, "08:00")
IN_TIME = at(date(2022, 10, 12))


@pytest.fixture
def rules(house: House) -> House:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    RegisterBook.objects.create(body=house.department, year=2022, series="chung", first_number=1, last_number=0)
    return house


def consultation(house: House, ladder: Ladder = Ladder.B, **columns: object) -> Task:
    """A body outside that is late, asked by the first division: ladder B for a dossier, C for UBND tỉnh's work."""
    origin = TaskOrigin.PROVINCE if ladder == Ladder.C else TaskOrigin.PROCEDURE
    until = columns.setdefault("processing_until", date(2022, 11, 30))
    parent = make_task(house, kind=TaskKind.DOSSIER, origin=origin, due_on=until, processing_until=until)
    columns.setdefault("unit", house.silent_body)
    columns.setdefault("by_paper", True)
    return make_task(
        house,
        parent=parent,
        kind=TaskKind.CONSULTATION,
        origin=origin,
        ladder=ladder,
        host_unit=house.division,
        due_on=FRIDAY,
        nudged_days=1,
        **columns,
    )


def standing() -> list[tuple[str, str, int, str]]:
    """Every open flow: its kind, the unit that asks, the task, and the node that stands."""
    found = []
    for approval in Approval.objects.filter(closed_at__isnull=True).order_by("pk"):
        last = Step.objects.filter(process=approval, finished__isnull=True).get()
        found.append((approval.kind, approval.unit.code, approval.subject_id or 0, last.flow_task.name))
    return found


def of(kind: FlowKind, pk: int) -> Approval:
    """The open flow on a target."""
    found = open_approval(kind, pk)
    assert found is not None, "nothing is open"
    return found


def waits_for(approval: Approval) -> Step:
    step = waiting_step(approval)
    assert step is not None, "nothing waits"
    return step


def closed(approval: Approval) -> tuple[str, str]:
    """How an approval ended, and why; no step of it may stand open."""
    approval.refresh_from_db()
    assert not Step.objects.filter(process=approval, finished__isnull=True).exists()
    assert not Step.objects.filter(process=approval, decided_at__isnull=True, codename__gt="").exists()
    return approval.result, approval.closed_reason


# The sweep


def test_a_letter_drafted_to_a_body_outside_opens_one_flow_in_the_hosts_name(rules: House) -> None:
    task = consultation(rules)
    sweep(now=NOW)
    assert standing() == [("document", "P-A", task.pk, "prepare")]
    approval = of(FlowKind.DOCUMENT, Reminder.objects.get(task=task).document_id)
    assert (approval.opened_by_id, approval.opened_at, approval.by_head) == (None, NOW, False)
    assert waits_for(approval).due_on == date(2022, 10, 19), "two working days (policy step_days)"


def test_a_reminder_that_the_engine_issues_itself_needs_nobodys_yes(rules: House) -> None:
    make_task(rules, due_on=FRIDAY, nudged_days=1)
    assert sweep(now=NOW).count("remind") == 1
    assert standing() == []


def test_a_duty_opens_its_own_flow_and_that_of_its_report(rules: House) -> None:
    task = consultation(rules, Ladder.C)
    assert sweep(now=NOW).count("escalate") == 1
    assert standing() == [("escalation", "P-A", task.pk, "report"), ("document", "P-A", task.pk, "prepare")]
    duty = Escalation.objects.get(task=task)
    assert of(FlowKind.ESCALATION, duty.pk).title == task.title
    assert of(FlowKind.DOCUMENT, duty.document_id or 0).subject_id == task.pk


def test_a_duty_that_takes_the_place_of_a_drafted_letter_closes_the_letters_flow(rules: House) -> None:
    task = consultation(rules, processing_until=MONDAY_AFTER)
    sweep(now=NOW)
    letter = of(FlowKind.DOCUMENT, Reminder.objects.get(task=task).document_id)
    sweep(now=at(date(2022, 10, 18), "08:00"))
    assert closed(letter) == (Result.CLOSED, "đã chuyển UBND tỉnh")
    assert [kind for kind, _unit, _task, _node in standing()] == ["escalation", "document"]


def test_sweeping_again_and_again_opens_nothing_more(rules: House) -> None:
    for _ in range(3):
        consultation(rules)
        consultation(rules, Ladder.C)
    for minute in ("08:00", "08:00", "08:10", "16:00"):
        sweep(now=at(MONDAY_AFTER, minute), batch_size=2)
    assert len(standing()) == 3 + 2 * 3
    assert Approval.objects.count() == 3 + 2 * 3
    assert Step.objects.filter(finished__isnull=True).count() == 3 + 2 * 3


@pytest.mark.django_db(transaction=True)
def test_a_sweep_killed_in_a_batch_opens_the_flows_of_whole_batches_only(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    for ladder in (Ladder.B, Ladder.C) * 3:
        consultation(house, ladder)
    real, calls = Batch.write, []

    def dying(self: Batch, **given: object) -> None:
        real(self, **given)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Batch, "write", dying)
    with pytest.raises(KeyboardInterrupt):
        sweep(now=NOW, batch_size=2)
    drafts = Document.objects.count()
    assert (Approval.objects.filter(kind="document").count(), drafts) == (2, 2), "the second batch was not committed"
    monkeypatch.setattr(Batch, "write", real)
    sweep(now=at(MONDAY_AFTER, "08:10"), batch_size=2)
    assert Approval.objects.filter(kind="document").count() == Document.objects.count() == 6
    assert Approval.objects.filter(kind="escalation").count() == Escalation.objects.count() == 3
    assert len(standing()) == 9


def test_a_row_set_apart_has_no_flow_and_gets_it_when_it_is_taken_back(
    rules: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = consultation(rules), consultation(rules)
    real = Batch.add

    def add(self: Batch, task: Task, decision: object) -> None:
        if task.pk == bad.pk:
            raise ValueError("hỏng")
        real(self, task, decision)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(Batch, "add", add)
        assert [code for code, _text in sweep(now=NOW).quarantined] == [bad.code]
    assert standing() == [("document", "P-A", good.pk, "prepare")]
    release_quarantined(bad.pk, now=at(MONDAY_AFTER, "09:00"))
    sweep(now=at(MONDAY_AFTER, "09:10"))
    assert [row[2] for row in standing()] == [good.pk, bad.pk]


def test_a_flow_that_cannot_be_opened_leaves_nothing_half_done(rules: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in opening takes the whole row with it: no draft stands that nobody could approve."""
    task = consultation(rules)
    monkeypatch.setattr("approvals.actions.port.open_approvals", _refuse)
    assert [code for code, _text in sweep(now=NOW).quarantined] == [task.code]
    assert (Document.objects.count(), Reminder.objects.count(), Approval.objects.count()) == (0, 0, 0)


def _refuse(*_given: object, **_named: object) -> None:
    raise ValueError("không mở được")


# What ends with the task


def busy(house: House) -> tuple[Task, list[Approval]]:
    """A task on which a report, an extension, an obstacle, a reminder and a duty to report wait in their flows."""
    task = make_task(house, due_on=FRIDAY, now=at(date(2022, 10, 3)))
    ask_extension(task.pk, "Chờ số liệu", date(2022, 10, 28), by=house.head, now=IN_TIME)
    raise_obstacle(task.pk, "Thiếu máy", by=house.head, now=IN_TIME)
    save_draft(task.pk, "Đang làm.", by=house.member, now=IN_TIME)
    draft_reminder(task.pk, by=house.reviewer, now=NOW)
    duty = make_duty(task)
    open_flow(FlowKind.ESCALATION, Target(duty.pk, task.pk, house.office.pk, task.title), by=None, now=NOW)
    opened = list(Approval.objects.filter(subject=task).order_by("pk"))
    assert {one.kind for one in opened} == {"extension", "obstacle", "report", "document", "escalation"}
    return task, opened


def test_cancelling_a_task_closes_every_flow_on_it_in_the_same_act(rules: House) -> None:
    task, opened = busy(rules)
    cancel_task(task.pk, "Không còn phù hợp", by=rules.leader, now=NOW)
    assert [closed(one)[0] for one in opened] == [Result.CLOSED] * 5
    assert standing() == []
    assert {one.closed_at for one in Approval.objects.all()} == {NOW}


def test_a_cancelling_that_is_undone_leaves_every_flow_open(rules: House) -> None:
    task, opened = busy(rules)
    before = standing()

    @action
    def cancel_and_fail() -> None:
        cancel_task(task.pk, "Không còn phù hợp", by=rules.leader, now=NOW)
        raise ActionError

    with pytest.raises(ActionError):
        cancel_and_fail()
    assert standing() == before
    assert len(before) == len(opened)


def test_the_flows_of_the_tasks_under_it_close_with_a_cancelled_task(rules: House) -> None:
    child = consultation(rules)
    sweep(now=NOW)
    letter = of(FlowKind.DOCUMENT, Reminder.objects.get(task=child).document_id)
    assert child.parent is not None
    cancel_task(child.parent.pk, "Không còn phù hợp", by=rules.leader, now=NOW)
    assert closed(letter)[0] == Result.CLOSED


def test_a_letter_of_its_own_outlives_its_cancelled_task(rules: House) -> None:
    """A notice that ends a dossier is issued after the dossier ended: only what the task itself asked for goes."""
    task = make_task(rules)
    draft = Draft(
        kind=DocumentKind.LETTER, subject="thông báo", body="Thông báo./.", recipients=("Công ty A",), symbol="SKHĐT-VP"
    )
    document = draft_document(draft, task=task, by=rules.reviewer, now=NOW)
    cancel_task(task.pk, "Không còn phù hợp", by=rules.leader, now=NOW)
    assert waits_for(of(FlowKind.DOCUMENT, document.pk)).flow_task.name == "prepare"


def test_a_direction_that_is_awaited_outlives_the_cancelling(rules: House) -> None:
    """UBND tỉnh's answer still comes, and is still to be recorded."""
    task = consultation(rules, Ladder.C)
    sweep(now=NOW)
    duty = Escalation.objects.get(task=task)
    send_through_its_flow(rules, duty)
    cancel_task(task.pk, "Không còn phù hợp", by=rules.leader, now=at(date(2022, 10, 19)))
    assert waits_for(of(FlowKind.ESCALATION, duty.pk)).flow_task.name == "direct"
    given = {"number": "812/UBND-KT", "issued_on": date(2022, 10, 20), "content": "Đã biết."}
    decide_waiting(FlowKind.ESCALATION, duty.pk, "record", None, given, by=rules.clerk, now=at(date(2022, 10, 21)))
    assert standing() == []


def send_through_its_flow(house: House, duty: Escalation) -> None:
    """Let the report to UBND tỉnh pass head, Văn phòng, leader and văn thư."""
    document = duty.document_id or 0
    people = (("present", house.member), ("approve", house.head), ("approve", house.reviewer), ("sign", house.leader))
    for outcome, by in (*people, ("issue", house.clerk)):
        decide_waiting(FlowKind.DOCUMENT, document, outcome, 1, {}, by=by, now=NOW)


def test_an_accepted_report_withdraws_the_requests_that_wait(house: House) -> None:
    task = make_task(house, due_on=FRIDAY)
    extension = ask_extension(task.pk, "Chờ số liệu", date(2022, 10, 28), by=house.head, now=IN_TIME)
    obstacle = raise_obstacle(task.pk, "Thiếu máy", by=house.head, now=IN_TIME)
    save_draft(task.pk, "Đã xong.", by=house.member, now=IN_TIME)
    submit_report(task.pk, 1, by=house.head, now=IN_TIME)
    flows = [of(FlowKind.EXTENSION, extension.pk), of(FlowKind.OBSTACLE, obstacle.pk)]
    review_report(task.pk, 1, True, True, True, by=house.reviewer, now=NOW)
    assert [closed(one) for one in flows] == [(Result.CLOSED, "báo cáo đã duyệt")] * 2
    for request in (extension, obstacle):
        request.refresh_from_db()
        assert request.status == RequestStatus.WITHDRAWN
    task.refresh_from_db()
    assert task.obstacle_open is False
    event = events_of(task)[-1]
    assert event["name"] == "task.review"
    assert event["details"]["withdrawn_extensions"] == [extension.pk]  # type: ignore[index]
    assert event["details"]["withdrawn_obstacles"] == [obstacle.pk]  # type: ignore[index]


def test_an_accepted_answer_withdraws_what_the_asked_unit_waits_for(house: House) -> None:
    task = consultation(house, unit=house.other, by_paper=False)
    obstacle = raise_obstacle(task.pk, "Thiếu hồ sơ", by=house.other_head, now=IN_TIME)
    record_answer(task.pk, "5/P-B", MONDAY_AFTER, "Đồng ý.", by=house.clerk, now=NOW)
    flow = of(FlowKind.OBSTACLE, obstacle.pk)
    accept_answer(task.pk, 1, by=house.member, now=NOW)
    assert closed(flow) == (Result.CLOSED, "ý kiến đã được nhận")


@pytest.mark.parametrize("end", ["cancel_draft", "withdraw_reminder"])
def test_a_dropped_draft_closes_its_flow(rules: House, end: str) -> None:
    task = consultation(rules)
    if end == "withdraw_reminder":
        reminder = draft_reminder(task.pk, by=rules.head, now=NOW)
        flow = of(FlowKind.DOCUMENT, reminder.document_id)
        withdraw_reminder(reminder.pk, "Sai tên", by=rules.head, now=NOW)
    else:
        draft = Draft(
            kind=DocumentKind.LETTER, subject="mẫu", body="Mẫu./.", recipients=("Phòng Hai",), symbol="SKHĐT-VP"
        )
        document = draft_document(draft, by=rules.member, now=NOW)
        flow = of(FlowKind.DOCUMENT, document.pk)
        cancel_draft(document.pk, by=rules.member, now=NOW)
    assert closed(flow)[0] == Result.CLOSED


def test_a_duty_taken_back_closes_its_flow_and_that_of_its_report(rules: House) -> None:
    task = consultation(rules, Ladder.C)
    sweep(now=NOW)
    opened = list(Approval.objects.filter(subject=task))
    withdraw_escalation(Escalation.objects.get(task=task).pk, "Đã có ý kiến qua họp", by=rules.leader, now=NOW)
    assert [closed(one) for one in opened] == [(Result.CLOSED, "Đã có ý kiến qua họp")] * 2


@pytest.mark.parametrize("kind", ["reminder", "duty"])
def test_what_lost_its_ground_unnoticed_is_not_called_issued(rules: House, kind: str) -> None:
    """The last step refuses and says what to do; no number is given, nothing counts, and the flow stays where it is."""
    task = consultation(rules, Ladder.B if kind == "reminder" else Ladder.C)
    sweep(now=NOW)
    [document] = Document.objects.filter(task=task)
    people = (("present", rules.member), ("approve", rules.head), ("approve", rules.reviewer), ("sign", rules.leader))
    for outcome, by in people:
        decide_waiting(FlowKind.DOCUMENT, document.pk, outcome, 1, {}, by=by, now=NOW)
    Task.objects.filter(pk=task.pk).update(state=TaskState.REPORTED)
    before = standing()
    with pytest.raises(WrongState, match="hãy rút dự thảo"):
        decide_waiting(FlowKind.DOCUMENT, document.pk, "issue", 1, {}, by=rules.clerk, now=NOW)
    document.refresh_from_db()
    assert (document.status, document.number) == ("draft", None)
    assert standing() == before


# A duty that was answered and stands again


def test_a_duty_that_stands_again_has_its_flows_again(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED)
    duty = make_duty(task)
    save_draft(task.pk, "Đã xong.", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    assert {row[0] for row in standing()} == {"report"}
    return_report(task.pk, 1, True, False, True, "Thiếu số liệu", by=house.reviewer, now=NOW)
    duty.refresh_from_db()
    assert duty.status == EscalationStatus.DUTY
    assert standing()[1:] == [("escalation", "VP", task.pk, "report"), ("document", "VP", task.pk, "prepare")]
    assert of(FlowKind.DOCUMENT, duty.document_id or 0).opened_by_id is None


def test_a_duty_that_stands_again_is_sent_through_its_new_flow(rules: House) -> None:
    task = consultation(rules, Ladder.C, unit=rules.other, by_paper=False)
    sweep(now=NOW)
    first = list(Approval.objects.filter(subject=task))
    save_draft(task.pk, "Đồng ý.", by=rules.stranger, now=NOW)
    submit_report(task.pk, 1, by=rules.other_head, now=NOW)
    assert [closed(one)[0] for one in first] == [Result.CLOSED] * 2
    return_answer(task.pk, 1, "Chưa rõ", by=rules.member, now=NOW)
    duty = Escalation.objects.get(task=task)
    send_through_its_flow(rules, duty)
    duty.refresh_from_db()
    assert duty.status == EscalationStatus.SENT
    assert waits_for(of(FlowKind.ESCALATION, duty.pk)).flow_task.name == "direct"


# A unit that closes


def heir_of(house: House) -> tuple[Unit, Actor]:
    """A new division with a head of its own, known to everybody's rights."""
    heir = make_unit("P-C", name="Phòng Ba", parent=house.department)
    head = make_actor(Role.UNIT_HEAD, heir)
    sync_grants(by=None, now=NOW)
    return heir, load_actor(Person.objects.get(pk=head.person_id), now=NOW)


def reloaded(actor: Actor, now: datetime) -> Actor:
    return load_actor(Person.objects.get(pk=actor.person_id), now=now)


def test_the_open_flows_of_a_closed_unit_go_on_in_its_heirs_name(rules: House) -> None:
    heir, head = heir_of(rules)
    task = make_task(rules, due_on=FRIDAY)
    chased = consultation(rules)
    extension = ask_extension(task.pk, "Chờ số liệu", date(2022, 10, 28), by=rules.head, now=IN_TIME)
    save_draft(task.pk, "Đã xong.", by=rules.member, now=IN_TIME)
    sweep(now=NOW)
    before = standing()
    assert {row[1] for row in before} == {"P-A"}
    due = waits_for(of(FlowKind.REPORT, task.pk)).due_on
    close_unit(rules.division.pk, MONDAY_AFTER, heir.pk, by=rules.admin, now=NOW)
    assert standing() == [(kind, "P-C", pk, node) for kind, _unit, pk, node in before]
    step = waits_for(of(FlowKind.REPORT, task.pk))
    assert (step.unit_id, step.owner_permission_obj_pk, step.due_on) == (heir.pk, str(heir.pk), due)
    tomorrow = at(date(2022, 10, 18))
    with pytest.raises(NotFound):
        decide_waiting(FlowKind.REPORT, task.pk, "submit", 1, {}, by=reloaded(rules.head, tomorrow), now=tomorrow)
    decide_waiting(FlowKind.REPORT, task.pk, "submit", 1, {}, by=reloaded(head, tomorrow), now=tomorrow)
    task.refresh_from_db()
    assert (task.state, task.unit_id) == (TaskState.REPORTED, heir.pk)
    assert of(FlowKind.EXTENSION, extension.pk).unit_id == heir.pk
    letter = Reminder.objects.get(task=chased).document_id
    decide_waiting(FlowKind.DOCUMENT, letter, "present", 1, {}, by=reloaded(head, tomorrow), now=tomorrow)
    assert waits_for(of(FlowKind.DOCUMENT, letter)).flow_task.name == "form"


def test_what_was_decided_keeps_the_unit_that_decided_it(house: House) -> None:
    heir, _head = heir_of(house)
    task = make_task(house)
    save_draft(task.pk, "Đã xong.", by=house.member, now=NOW)
    decide_waiting(FlowKind.REPORT, task.pk, "present", 1, {}, by=house.member, now=NOW)
    close_unit(house.division.pk, MONDAY_AFTER, heir.pk, by=house.admin, now=NOW)
    steps = Step.objects.filter(process=of(FlowKind.REPORT, task.pk), codename__gt="").order_by("pk")
    assert [(step.flow_task.name, step.unit_id) for step in steps] == [
        ("draft", house.division.pk),
        ("submit", heir.pk),
    ]


def test_an_ended_flow_of_a_closed_unit_stays_its_own(house: House) -> None:
    heir, _head = heir_of(house)
    task = make_task(house)
    save_draft(task.pk, "Đã xong.", by=house.member, now=NOW)
    cancel_task(task.pk, "Không còn phù hợp", by=house.leader, now=NOW)
    close_unit(house.division.pk, MONDAY_AFTER, heir.pk, by=house.admin, now=NOW)
    assert Approval.objects.get(subject=task).unit_id == house.division.pk


def test_a_proposal_of_a_closed_unit_waits_for_the_heirs_head(house: House) -> None:
    heir, head = heir_of(house)
    proposal = make_proposal(house.division.pk, "Mua máy quét", "Máy cũ hỏng", by=house.member, now=NOW)
    close_unit(house.division.pk, MONDAY_AFTER, heir.pk, by=house.admin, now=NOW)
    proposal.refresh_from_db()
    assert proposal.unit_id == heir.pk
    passed = AuditEvent.objects.get(chain=f"proposal:{proposal.pk}", name="proposal.pass_on")
    closing = AuditEvent.objects.get(name="unit.close")
    assert passed.action_id == closing.action_id
    assert f'"approvals":[{of(FlowKind.PROPOSAL, proposal.pk).pk}]' in closing.body
    tomorrow = at(date(2022, 10, 18))
    given = {"reason": "Chưa cần"}
    decide_waiting(FlowKind.PROPOSAL, proposal.pk, "refuse", None, given, by=reloaded(head, tomorrow), now=tomorrow)
    assert Proposal.objects.get(pk=proposal.pk).status == RequestStatus.REFUSED
    assert standing() == []


@pytest.mark.parametrize(
    "begin",
    [
        lambda house: make_proposal(house.division.pk, "Mua máy quét", "Máy cũ hỏng", by=house.member, now=NOW),
        lambda house: draft_document(
            Draft(kind=DocumentKind.LETTER, subject="mẫu", body="Mẫu./.", recipients=("A",), symbol="SKHĐT-VP"),
            by=house.member,
            now=NOW,
        ),
    ],
    ids=["proposal", "document"],
)
def test_a_unit_with_an_open_approval_does_not_close_without_an_heir(
    house: House, begin: Callable[[House], object]
) -> None:
    begin(house)
    with pytest.raises(Invalid, match="còn 1 hồ sơ phê duyệt chưa xong"):
        close_unit(house.division.pk, MONDAY_AFTER, by=house.admin, now=NOW)
    assert Unit.objects.get(pk=house.division.pk).valid_to is None


def test_the_flows_of_other_units_stay_theirs(house: House) -> None:
    heir, _head = heir_of(house)
    own, others = make_task(house), make_task(house, unit=house.other)
    save_draft(own.pk, "Đã xong.", by=house.member, now=NOW)
    save_draft(others.pk, "Đã xong.", by=house.stranger, now=NOW)
    close_unit(house.division.pk, MONDAY_AFTER, heir.pk, by=house.admin, now=NOW)
    assert [row[1] for row in standing()] == ["P-C", "P-B"]


def test_a_task_handed_on_in_review_is_judged_for_the_new_unit(house: House) -> None:
    """The submitted report goes on to Văn phòng, which checks the heir's work now."""
    heir, _head = heir_of(house)
    task = make_task(house)
    save_draft(task.pk, "Đã xong.", by=house.member, now=NOW)
    for outcome, by in (("present", house.member), ("submit", house.head)):
        decide_waiting(FlowKind.REPORT, task.pk, outcome, 1, {}, by=by, now=NOW)
    close_unit(house.division.pk, MONDAY_AFTER, heir.pk, by=house.admin, now=NOW)
    reviewer = reloaded(house.reviewer, NOW)
    checks = {"quantity_ok": True, "content_ok": True, "time_ok": True}
    decide_waiting(FlowKind.REPORT, task.pk, "accept", 1, checks, by=reviewer, now=NOW)
    task.refresh_from_db()
    assert task.state == TaskState.REVIEWED
