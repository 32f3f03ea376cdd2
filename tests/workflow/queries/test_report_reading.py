"""Reading reports: versions, differences, and whose hands are behind one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY, House, at, in_place_of, make_task
from workflow.actions.report import return_report, save_draft, submit_report
from workflow.choices import TaskState
from workflow.models import Report, Task
from workflow.queries.report import (
    Line,
    LineChange,
    actors_of,
    compare_versions,
    describe_version,
    hands_behind,
    newest_report,
    report_hash,
    report_thread,
)

NOW = at(MONDAY)


def twice_reported(house: House) -> Task:
    """Make a task with a returned version and a draft after it."""
    task = make_task(house, state=TaskState.IN_PROGRESS)
    save_draft(task.pk, "Dòng một\nDòng hai", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    return_report(task.pk, 1, True, False, True, "sửa dòng hai", by=house.reviewer, now=NOW)
    save_draft(task.pk, "Dòng một\nDòng hai, đã sửa", evidence="BC số 5", by=house.member, now=NOW)
    return task


def test_the_newest_version_is_found_whatever_its_status(house: House) -> None:
    task = twice_reported(house)
    assert newest_report(task.pk).version == 2
    assert newest_report(make_task(house).pk) is None


@pytest.mark.parametrize(
    ("name", "versions"),
    [("member", [1, 2]), ("head", [1, 2]), ("reviewer", [1]), ("leader", [1]), ("inspector", [1])],
)
def test_a_draft_is_shown_to_those_who_write_it(house: House, name: str, versions: list[int]) -> None:
    task = twice_reported(house)
    shown = report_thread(task, for_actor=getattr(house, name))
    assert [report.version for report in shown] == versions


def test_two_versions_are_compared_line_by_line(house: House) -> None:
    task = twice_reported(house)
    older, newer = Report.objects.filter(task=task).order_by("version")
    assert compare_versions(older, newer) == [
        Line(LineChange.SAME, "Dòng một"),
        Line(LineChange.REMOVED, "Dòng hai"),
        Line(LineChange.ADDED, "Dòng hai, đã sửa"),
        Line(LineChange.ADDED, "Minh chứng: BC số 5"),
    ]
    assert {line.change for line in compare_versions(older, older)} == {LineChange.SAME}


def test_a_version_that_says_there_is_nothing_differs_from_one_with_content() -> None:
    older, newer = Report(content="", nothing_to_report=True), Report(content="Đã làm")
    assert compare_versions(older, newer) == [
        Line(LineChange.REMOVED, "Không có phát sinh."),
        Line(LineChange.ADDED, "Đã làm"),
    ]


def test_a_version_is_described_by_number_status_person_and_day(house: House) -> None:
    task = twice_reported(house)
    older, newer = Report.objects.filter(task=task).order_by("version")
    assert describe_version(older) == f"bản 1 (trả lại, {house.head.name}, 03/10/2022)"
    assert describe_version(newer) == f"bản 2 (bản thảo, {house.member.name}, 03/10/2022)"


@pytest.mark.parametrize(
    "change",
    [
        {"content": "khác"},
        {"nothing_to_report": True},
        {"evidence": "khác"},
        {"answer_number": "9"},
        {"answer_on": MONDAY},
        {"version": 2},
    ],
)
def test_every_part_of_what_a_version_says_is_in_its_hash(change: dict[str, object]) -> None:
    said = {"version": 1, "content": "x", "evidence": "y"}
    assert report_hash(Report(**said)) == report_hash(Report(**said))
    assert report_hash(Report(**said)) != report_hash(Report(**{**said, **change}))


def test_the_hands_behind_a_version_are_all_who_wrote_or_submitted_it(house: House) -> None:
    task = make_task(house, state=TaskState.IN_PROGRESS)
    save_draft(task.pk, "x", by=house.member, now=NOW)
    save_draft(task.pk, "y", by=in_place_of(house.stranger, house.member), now=NOW)
    submit_report(task.pk, 1, by=in_place_of(house.office_member, house.head), now=NOW)
    expected = {house.member, house.stranger, house.office_member, house.head}
    assert hands_behind(Report.objects.get(task=task)) == {actor.person_id for actor in expected}


def test_the_hands_behind_one_version_are_not_those_of_another(house: House) -> None:
    task = twice_reported(house)
    older, newer = Report.objects.filter(task=task).order_by("version")
    assert hands_behind(older) == {house.member.person_id, house.head.person_id}
    assert hands_behind(newer) == {house.member.person_id}


def test_who_did_an_act_is_read_from_the_trail_in_one_query(house: House) -> None:
    task = twice_reported(house)
    with CaptureQueriesContext(connection) as queries:
        found = actors_of(task.pk, ("task.return_report",), "version", 1)
    assert found == {house.reviewer.person_id}
    assert len(queries) == 1
    assert actors_of(task.pk, ("task.return_report",), "version", 2) == frozenset()
