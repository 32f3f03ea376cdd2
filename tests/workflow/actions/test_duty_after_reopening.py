"""A duty to report to UBND tỉnh that was answered, and the answer accepted, is over."""

from __future__ import annotations

from datetime import date

from tests.factories import MONDAY, House, at, event_names, make_duty, make_task
from workflow.actions.report import return_report, review_report, save_draft, submit_report
from workflow.actions.task import reopen_task
from workflow.choices import EscalationStatus, TaskState
from workflow.models import Escalation, Task

NOW = at(MONDAY)
REVIEWED = at(date(2022, 10, 4))
REOPENED = at(date(2022, 10, 5))
RETURNED = at(date(2022, 10, 6))


def answer(house: House, task: Task, version: int, now: object = NOW) -> None:
    save_draft(task.pk, f"Bản {version}", by=house.member, now=now)  # type: ignore[arg-type]
    submit_report(task.pk, version, by=house.head, now=now)  # type: ignore[arg-type]


def give_back(house: House, task: Task, version: int) -> None:
    return_report(task.pk, version, True, False, True, "Thiếu số liệu", by=house.reviewer, now=RETURNED)


def escalated(house: House) -> tuple[Task, Escalation]:
    task = make_task(house, state=TaskState.ESCALATED)
    return task, make_duty(task)


def test_it_does_not_come_back_when_a_report_after_a_reopening_is_returned(house: House) -> None:
    task, duty = escalated(house)
    answer(house, task, 1)
    review_report(task.pk, 1, True, True, True, by=house.reviewer, now=REVIEWED)
    reopen_task(task.pk, "Số liệu sai", by=house.leader, now=REOPENED)
    answer(house, task, 2, REOPENED)
    give_back(house, task, 2)
    duty.refresh_from_db()
    task.refresh_from_db()
    assert (duty.status, task.state) == (EscalationStatus.ANSWERED, TaskState.IN_PROGRESS)
    assert "task.escalate" not in event_names(task)


def test_it_comes_back_when_the_report_that_answered_it_is_returned(house: House) -> None:
    task, duty = escalated(house)
    answer(house, task, 1)
    give_back(house, task, 1)
    duty.refresh_from_db()
    task.refresh_from_db()
    assert (duty.status, task.state) == (EscalationStatus.DUTY, TaskState.ESCALATED)


def test_a_report_accepted_before_the_duty_arose_does_not_end_it(house: House) -> None:
    task = make_task(house, state=TaskState.IN_PROGRESS)
    answer(house, task, 1, at(date(2022, 9, 5)))
    review_report(task.pk, 1, True, True, True, by=house.reviewer, now=at(date(2022, 9, 6)))
    reopen_task(task.pk, "Số liệu sai", by=house.leader, now=at(date(2022, 9, 7)))
    Task.objects.filter(pk=task.pk).update(state=TaskState.ESCALATED)
    duty = make_duty(task)
    answer(house, task, 2)
    give_back(house, task, 2)
    duty.refresh_from_db()
    assert duty.status == EscalationStatus.DUTY
