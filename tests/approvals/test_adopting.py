"""An upgrade: what was open before there were flows is taken into them, at the step where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from approvals.actions.adopting import adopt_open_work
from approvals.models import Approval, Step
from tests.approvals.factories import IN_TIME, LATER, NOW, Matter, consultation, letter, rules
from tests.factories import House, last_event, make_task
from workflow.actions import flow
from workflow.actions.adjustment import advise_obstacle, ask_extension, raise_obstacle
from workflow.actions.document import draft_document
from workflow.actions.escalation import escalate_task, send_escalation
from workflow.actions.flow import in_node
from workflow.actions.report import review_report, save_draft, submit_report
from workflow.choices import DocumentStatus, EscalationStatus, FlowKind, ReportStatus, RequestStatus, TaskState
from workflow.core.errors import NotPermitted
from workflow.models import Document, Escalation, Extension, Notification, Obstacle, Report, Task
from workflow.queries.trail import verify_trail

pytestmark = pytest.mark.django_db


class NoFlows:
    """The release before the flows: nothing is opened and nothing closed."""

    def open(self, *_args: object, **_named: object) -> None:
        """Open nothing."""

    def close(self, *_args: object, **_named: object) -> None:
        """Close nothing."""


@contextmanager
def before_the_flows() -> Iterator[None]:
    """Let the block be done by the former release: no flow is opened, and decisions ask for none."""
    installed = flow.flows()
    flow.install_flows(NoFlows())  # type: ignore[arg-type]  # the two of its methods that the actions below call
    try:
        with in_node():
            yield
    finally:
        flow.install_flows(installed)


def drafted(house: House, **columns: object) -> Task:
    task = make_task(house, **columns)
    save_draft(task.pk, "Đã xong.", False, "", by=house.member, now=NOW)
    return task


def submitted(house: House, **columns: object) -> Task:
    task = drafted(house, **columns)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    return task


def test_a_draft_waits_at_its_first_step_and_goes_its_way(house: House) -> None:
    with before_the_flows():
        task = drafted(house)
    assert adopt_open_work(now=NOW) == {FlowKind.REPORT: 1}
    matter = Matter(FlowKind.REPORT, task.pk)
    assert matter.node() == "draft"
    assert last_event(task)["name"] == "approval.adopt"
    matter.act("submit", house.head)
    matter.act("accept", house.reviewer)
    assert Task.objects.get(pk=task.pk).state == TaskState.REVIEWED


def test_a_submitted_report_waits_to_be_checked_and_not_by_who_submitted_it(house: House) -> None:
    with before_the_flows():
        task = submitted(house)
    assert adopt_open_work(now=NOW) == {FlowKind.REPORT: 1}
    matter = Matter(FlowKind.REPORT, task.pk)
    assert matter.node() == "check"
    assert matter.step().due_on is not None
    for person in (house.head, house.member):
        with pytest.raises(NotPermitted):
            matter.act("accept", person)
    matter.act("return", house.reviewer)
    assert matter.node() == "draft"
    assert Report.objects.get(task=task).status == ReportStatus.RETURNED


def test_the_offices_own_submitted_report_waits_for_a_leader(house: House) -> None:
    with before_the_flows():
        task = make_task(house, unit=house.office)
        save_draft(task.pk, "Đã xong.", False, "", by=house.office_member, now=NOW)
        submit_report(task.pk, 1, by=house.chief, now=NOW)
    adopt_open_work(now=NOW)
    matter = Matter(FlowKind.REPORT, task.pk)
    assert matter.node() == "leader_check"
    matter.act("accept", house.leader)
    assert Task.objects.get(pk=task.pk).state == TaskState.REVIEWED


def test_a_draft_letter_waits_to_be_presented(house: House) -> None:
    with before_the_flows():
        document = draft_document(letter(), task=make_task(house), by=house.office_member, now=NOW)
    assert adopt_open_work(now=NOW) == {FlowKind.DOCUMENT: 1}
    matter = Matter(FlowKind.DOCUMENT, document.pk)
    assert matter.node() == "prepare"
    for outcome, by in (
        ("present", house.office_member),
        ("approve", house.chief),
        ("approve", house.reviewer),
        ("sign", house.leader),
        ("issue", house.clerk),
    ):
        matter.act(outcome, by)
    assert Document.objects.get(pk=document.pk).status == DocumentStatus.ISSUED


def test_a_duty_waits_for_its_report_and_a_sent_one_for_the_direction(house: House) -> None:
    rules(house)
    with before_the_flows():
        waits, sent = (consultation(house, due_on=date(2022, 9, 30)) for _ in range(2))
        first = escalate_task(waits.pk, "Việc gấp.", by=house.member, now=NOW)
        second = escalate_task(sent.pk, "Việc gấp.", by=house.member, now=NOW)
        Document.objects.filter(pk=second.document_id).update(signer_name="Người Ký", signed_at=NOW)
        send_escalation(second.pk, by=house.clerk, now=NOW)
    assert adopt_open_work(now=NOW) == {FlowKind.DOCUMENT: 1, FlowKind.ESCALATION: 2}
    assert Matter(FlowKind.ESCALATION, first.pk).node() == ""
    assert Matter(FlowKind.DOCUMENT, first.document_id or 0).node() == "prepare"
    answered = Matter(FlowKind.ESCALATION, second.pk)
    assert answered.node() == "direct"
    answered.act("record", house.reviewer)
    assert Escalation.objects.get(pk=second.pk).status == EscalationStatus.DIRECTED


def test_a_duty_adopted_before_its_report_goes_on_when_that_is_issued(house: House) -> None:
    rules(house)
    with before_the_flows():
        duty = escalate_task(consultation(house).pk, "Việc gấp.", by=house.member, now=NOW)
    adopt_open_work(now=NOW)
    report = Matter(FlowKind.DOCUMENT, duty.document_id or 0)
    for outcome, by in (
        ("present", house.member),
        ("approve", house.head),
        ("approve", house.reviewer),
        ("sign", house.leader),
        ("issue", house.clerk),
    ):
        report.act(outcome, by)
    assert Matter(FlowKind.ESCALATION, duty.pk).node() == "direct"


def test_requests_wait_for_advice_and_an_advised_obstacle_for_the_leader(house: House) -> None:
    with before_the_flows():
        asked = ask_extension(make_task(house).pk, "Chờ số liệu.", LATER, by=house.head, now=IN_TIME)
        plain = raise_obstacle(make_task(house).pk, "Thiếu máy.", by=house.member, now=NOW)
        advised = raise_obstacle(make_task(house).pk, "Thiếu người.", by=house.member, now=NOW)
        advise_obstacle(advised.pk, "Điều người.", by=house.reviewer, now=NOW)
    assert adopt_open_work(now=NOW) == {FlowKind.EXTENSION: 1, FlowKind.OBSTACLE: 2}
    extension, obstacle = Matter(FlowKind.EXTENSION, asked.pk), Matter(FlowKind.OBSTACLE, advised.pk)
    assert extension.node() == "advise"
    assert Matter(FlowKind.OBSTACLE, plain.pk).node() == "advise"
    assert obstacle.node() == "decide"
    obstacle.act("approve", house.leader)
    assert Obstacle.objects.get(pk=advised.pk).status == RequestStatus.APPROVED
    extension.act("advise", house.reviewer)
    extension.act("approve", house.leader, new_due=LATER)
    assert Extension.objects.get(pk=asked.pk).status == RequestStatus.APPROVED


def test_what_is_done_dropped_an_opinion_or_in_a_flow_already_is_left_alone(house: House) -> None:
    with before_the_flows():
        done = submitted(house)
        review_report(done.pk, 1, quantity_ok=True, content_ok=True, time_ok=True, note="", by=house.reviewer, now=NOW)
        opinion = consultation(house, unit=house.other)
        save_draft(opinion.pk, "Thống nhất.", False, "", by=house.stranger, now=NOW)
    drafted(house)
    before = list(Approval.objects.values_list("pk", flat=True))
    assert adopt_open_work(now=NOW) == {}
    assert list(Approval.objects.values_list("pk", flat=True)) == before


def test_a_second_run_finds_nothing_nobody_is_told_and_the_trail_is_whole(house: House) -> None:
    with before_the_flows():
        submitted(house)
    told = Notification.objects.count()
    out = StringIO()
    call_command("adopt_open_work", stdout=out)
    assert out.getvalue() == "Đã đưa vào quy trình “Duyệt báo cáo kết quả”: 1 hồ sơ.\n"
    steps = Step.objects.count()
    again = StringIO()
    call_command("adopt_open_work", stdout=again)
    assert again.getvalue() == ""
    assert (Notification.objects.count(), Step.objects.count()) == (told, steps)
    assert verify_trail().ok
