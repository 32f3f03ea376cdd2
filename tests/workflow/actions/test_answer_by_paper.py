"""A body outside the department answers by a numbered paper and in no other way."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import MONDAY, House, at, make_task, make_unit
from workflow.actions.consultation import record_answer
from workflow.actions.report import save_draft, submit_report
from workflow.choices import ReportStatus, TaskKind, TaskState, UnitKind
from workflow.core.errors import NotPermitted, WrongState
from workflow.models import Report, Task, Unit
from workflow.queries.report import may_answer_here

NOW = at(MONDAY)


def question(house: House, unit: Unit) -> Task:
    return make_task(house, kind=TaskKind.CONSULTATION, ladder="B", unit=unit, host_unit=house.division)


def test_a_body_with_an_account_writes_no_answer_without_a_number(house: House) -> None:
    task = question(house, house.body)
    with pytest.raises(WrongState, match="văn bản có số, ngày"):
        save_draft(task.pk, "Thống nhất.", by=house.outsider, now=NOW)
    assert not Report.objects.filter(task=task).exists()


def test_a_draft_that_stands_from_before_is_not_submitted(house: House) -> None:
    task = question(house, house.body)
    Report.objects.create(
        task=task, version=1, round=1, content="x", author_id=house.outsider.person_id, author_name="x", created_at=NOW
    )
    with pytest.raises(WrongState, match="Ghi văn bản trả lời"):
        submit_report(task.pk, 1, by=house.outsider, now=NOW)
    task.refresh_from_db()
    assert task.state == TaskState.ASSIGNED


@pytest.mark.parametrize("name", ["outsider", "clerk"])
def test_the_body_itself_or_the_clerk_records_the_numbered_answer(house: House, name: str) -> None:
    task = question(house, house.body)
    report = record_answer(task.pk, "12/STC", date(2022, 10, 3), "Thống nhất.", by=getattr(house, name), now=NOW)
    task.refresh_from_db()
    assert (task.state, report.status, report.answer_number) == ("reported", ReportStatus.SUBMITTED, "12/STC")


def test_a_unit_of_the_department_may_answer_by_a_report(house: House) -> None:
    task = question(house, house.other)
    save_draft(task.pk, "Thống nhất.", by=house.other_head, now=NOW)
    submit_report(task.pk, 1, by=house.other_head, now=NOW)
    task.refresh_from_db()
    assert task.state == TaskState.REPORTED


def test_who_has_nothing_to_do_with_it_is_told_that_and_not_more(house: House) -> None:
    with pytest.raises(NotPermitted):
        save_draft(question(house, house.body).pk, "x", by=house.member, now=NOW)


def test_it_is_the_bodys_kind_that_decides(house: House) -> None:
    place = make_unit("NT", UnitKind.PLACE, name="UBND thành phố Nha Trang")
    assert [may_answer_here(question(house, unit)) for unit in (house.other, house.office, house.body, place)] == [
        True,
        True,
        False,
        False,
    ]
    assert may_answer_here(make_task(house)), "a report that is no answer to a question is written here"
