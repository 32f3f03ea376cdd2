"""What Văn phòng's reviewers see of papers that others issue: it lies in the flows, no longer among the tasks."""

from __future__ import annotations

from datetime import date

from approvals.queries.inbox import load_documents_elsewhere, load_steps
from tests.approvals.factories import Matter
from tests.factories import MONDAY, House, at, make_drafted_reminder, make_duty, make_task
from workflow.actions.policy import seed_rules
from workflow.actions.reminder import draft_reminder
from workflow.choices import FlowKind, TaskState
from workflow.core.workday import WorkCalendar
from workflow.queries.board import load_board

CALENDAR = WorkCalendar({}, first_year=2022, last_year=2022)


def waiting_to_be_issued(house: House) -> Matter:
    """A reminder that Văn phòng drafted, its chief agreed to and signed."""
    seed_rules(by=None, now=at(MONDAY))
    task = make_task(house, due_on=date(2022, 9, 30))
    reminder = draft_reminder(task.pk, by=house.reviewer, now=at(MONDAY))
    matter = Matter(FlowKind.DOCUMENT, reminder.document_id)
    for outcome, by in (
        ("present", house.reviewer),
        ("approve", house.chief),
        ("approve", house.chief),
        ("sign", house.chief),
    ):
        matter.act(outcome, by, now=at(MONDAY))
    assert matter.node() == "issue"
    return matter


def test_a_reviewer_sees_what_waits_to_be_issued_though_another_issues_it(house: House) -> None:
    matter = waiting_to_be_issued(house)
    group = load_documents_elsewhere(house.reviewer)
    assert (group.title, [row.approval.pk for row in group.steps]) == (
        "Văn bản đang chờ người khác xử lý",
        [matter.approval().pk],
    )
    assert load_steps(house.reviewer) == []


def test_who_issues_has_the_draft_as_work_and_not_as_a_thing_to_watch(house: House) -> None:
    matter = waiting_to_be_issued(house)
    assert [row.approval.pk for row in load_steps(house.clerk)] == [matter.approval().pk]
    assert load_documents_elsewhere(house.clerk).steps == []


def test_the_boards_own_groups_hold_nothing_that_passes_through_a_flow(house: House) -> None:
    """Drafts and duties stand in the flows alone, so that no line is there twice."""
    make_drafted_reminder(make_task(house, due_on=date(2022, 9, 30)))
    make_duty(make_task(house, state=TaskState.ESCALATED))
    for actor in (house.reviewer, house.chief, house.clerk, house.leader):
        assert load_board(actor, today=MONDAY, calendar=CALENDAR).groups == []
