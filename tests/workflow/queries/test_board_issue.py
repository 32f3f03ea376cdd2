"""What Văn phòng's reviewers see of papers that others issue."""

from __future__ import annotations

from tests.factories import MONDAY, House, make_task
from workflow.core.workday import WorkCalendar
from workflow.queries.board import load_board

CALENDAR = WorkCalendar({}, first_year=2022, last_year=2022)


def test_a_reviewer_sees_what_waits_to_be_issued_though_another_issues_it(house: House) -> None:
    drafted = make_task(house, reminder_drafted=True)
    make_task(house)
    board = load_board(house.reviewer, today=MONDAY, calendar=CALENDAR)
    [group] = [found for found in board.groups if found.key == "cho-phat-hanh"]
    assert (group.title, [line.task for line in group.lines]) == ("Đôn đốc chờ văn thư phát hành", [drafted])
    assert [line.act for line in group.lines] == [""]


def test_who_issues_has_the_draft_as_work_and_not_as_a_thing_to_watch(house: House) -> None:
    make_task(house, reminder_drafted=True)
    board = load_board(house.clerk, today=MONDAY, calendar=CALENDAR)
    assert [found.title for found in board.groups if "chờ văn thư" in found.title] == []
