"""The list of tasks and the board: who sees what, in which order, page by page, found without accents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY, House, at, make_duty, make_task, strangers_of
from workflow.actions.consultation import consult
from workflow.actions.task import open_dossier, open_province_task
from workflow.choices import CLOCK_STATES, TaskKind, TaskState
from workflow.core.workday import WorkCalendar
from workflow.models import Plan, Task
from workflow.permissions import Actor
from workflow.queries.board import load_board
from workflow.queries.tasklist import (
    DUE_CHOICES,
    MAX_WORDS,
    PAGE,
    STATE_CHOICES,
    TaskFilter,
    TaskPage,
    due_soon_on,
    filter_choices,
    key_of,
    late_on,
    list_tasks,
    soon_until,
)

CALENDAR = WorkCalendar({}, first_year=2022, last_year=2023)
LATE, FAR = date(2022, 9, 30), date(2022, 12, 30)


def listed(actor: Actor, after: str = "", **wanted: object) -> TaskPage:
    return list_tasks(actor, TaskFilter(**wanted), today=MONDAY, calendar=CALENDAR, after=after)  # type: ignore[arg-type]


def found(actor: Actor, **wanted: object) -> set[str]:
    return {task.code for task in listed(actor, **wanted).rows}


def all_pages(actor: Actor, **wanted: object) -> list[Task]:
    rows: list[Task] = []
    after = ""
    while True:
        page = listed(actor, after, **wanted)
        rows += page.rows
        assert len(page.rows) <= PAGE
        if not page.after:
            return rows
        assert len(page.rows) == PAGE
        assert page.after != after
        after = page.after


def make_plan(house: House, number: str = "1186/KH-SKHĐT", year: int = 2022) -> Plan:
    return Plan.objects.create(
        number=number,
        issued_on=date(year, 4, 19),
        year=year,
        title="Kế hoạch",
        issuer=house.department,
        signer_name="Nguyễn Văn Mẫu",
        signer_capacity="Giám đốc",
        source_name="a.yaml",
        source_sha256="0" * 64,
        imported_at=at(MONDAY),
    )


class TestSearch:
    @pytest.fixture
    def dossier(self, house: House) -> Task:
        return open_dossier(
            "Đôn đốc giải ngân vốn đầu tư công", house.division.pk, FAR, "HS-Đ/01", by=house.member, now=at(MONDAY)
        )

    @pytest.mark.parametrize(
        "text",
        [
            "đôn đốc",
            "don doc",
            "DON DOC",
            "ĐÔN ĐỐC",
            "Đo\u0302n đo\u0302\u0301c",
            "doc don",
            "  von   dau tu ",
            "giai ngan HS-Đ/01",
            "hs-d/01",
            "P-A đôn",
        ],
    )
    def test_a_task_is_found_with_or_without_accents_in_any_order(self, house: House, dossier: Task, text: str) -> None:
        make_task(house, search="viec khac")
        assert found(house.member, text=text) == {dossier.code}

    @pytest.mark.parametrize("text", ["đôn đốc xã hội", "doonn", "%", "_", "' OR 1=1 --", "\\"])
    def test_a_word_that_is_not_there_finds_nothing(self, house: House, dossier: Task, text: str) -> None:
        assert found(house.member, text=text) == set()
        assert listed(house.member, text=text).total == 0

    @pytest.mark.parametrize("text", ["", "   ", "\u200b", "\u0301"])
    def test_an_empty_search_narrows_nothing(self, house: House, dossier: Task, text: str) -> None:
        assert found(house.member, text=text) == {dossier.code}

    def test_a_percent_sign_is_sought_as_it_is(self, house: House) -> None:
        make_task(house, code="A", search="dat 87% ho so")
        make_task(house, code="B", search="dat 8745 ho so")
        assert found(house.member, text="87%") == {"A"}

    @pytest.mark.parametrize("text", ["1186/KH-SKHĐT", "1186/kh-skhdt", "1186"])
    def test_the_number_of_the_document_finds_the_task(self, house: House, text: str) -> None:
        task = open_province_task(
            "Rà soát quy hoạch", house.division.pk, FAR, "1186/KH-SKHĐT", MONDAY, by=house.leader, now=at(MONDAY)
        )
        assert found(house.member, text=text) == {task.code}

    def test_a_consultation_is_found_by_the_name_of_the_body(self, house: House) -> None:
        parent = make_task(house, due_on=FAR, search="x")
        consult(parent.pk, [house.body.pk], "Góp ý dự thảo", date(2022, 10, 10), by=house.member, now=at(MONDAY))
        [code] = found(house.member, text="so tai chinh gop y")
        assert Task.objects.get(code=code).unit_id == house.body.pk

    def test_no_more_than_eight_words_are_sought(self, house: House, dossier: Task) -> None:
        words = ["von"] * MAX_WORDS
        assert found(house.member, text=" ".join([*words, "khôngcó"])) == {dossier.code}
        assert found(house.member, text=" ".join(["khôngcó", *words])) == set()

    def test_a_search_finds_nothing_that_the_person_may_not_see(self, house: House, dossier: Task) -> None:
        for actor in strangers_of(house):
            page = listed(actor, text="don doc", state="all")
            assert (page.rows, page.total, set(page.counts.values())) == ([], 0, {0}), actor.name


class TestFilters:
    @pytest.fixture
    def mixed(self, house: House) -> dict[str, Task]:
        return {
            "late": make_task(house, code="late", due_on=LATE),
            "today": make_task(house, code="today", due_on=MONDAY),
            "soon": make_task(house, code="soon", due_on=date(2022, 10, 10)),
            "far": make_task(house, code="far", due_on=date(2022, 10, 11)),
            "none": make_task(house, code="none", due_on=None, due_first=None, last_day=None),
            "reported": make_task(house, code="reported", due_on=LATE, state=TaskState.REPORTED),
            "done": make_task(house, code="done", due_on=LATE, state=TaskState.REVIEWED),
            "dossier": make_task(house, code="dossier", due_on=FAR, kind=TaskKind.DOSSIER),
            "other": make_task(house, code="other", due_on=LATE, unit=house.other),
        }

    @pytest.mark.parametrize(
        ("wanted", "codes"),
        [
            ({}, "late today soon far none reported dossier other"),
            ({"due": "late"}, "late other"),
            ({"due": "today"}, "today"),
            ({"due": "soon"}, "today soon"),
            ({"due": "none"}, "none"),
            ({"due": "late", "state": "all"}, "late other"),
            ({"state": "all"}, "late today soon far none reported done dossier other"),
            ({"state": "closed"}, "done"),
            ({"state": "reported"}, "reported"),
            ({"state": "suspended"}, ""),
            ({"kind": "dossier"}, "dossier"),
            ({"kind": "dossier", "due": "late"}, ""),
        ],
    )
    def test_the_office_narrows_the_list(
        self, house: House, mixed: dict[str, Task], wanted: dict[str, str], codes: str
    ) -> None:
        page = listed(house.reviewer, **wanted)
        assert {task.code for task in page.rows} == set(codes.split())
        assert page.total == len(codes.split())

    def test_a_unit_is_picked_by_its_key(self, house: House, mixed: dict[str, Task]) -> None:
        assert found(house.reviewer, unit_id=house.other.pk) == {"other"}
        assert found(house.member, unit_id=house.other.pk) == set()

    def test_a_plan_is_picked_by_its_key(self, house: House, mixed: dict[str, Task]) -> None:
        plan = make_plan(house)
        make_task(house, code="of plan", plan=plan)
        assert found(house.member, plan_id=plan.pk) == {"of plan"}
        assert found(house.member, plan_id=plan.pk + 1) == set()

    def test_counts_stand_over_the_whole_filter_whatever_is_picked_of_them(
        self, house: House, mixed: dict[str, Task]
    ) -> None:
        counts = {"all": 8, "late": 2, "today": 1, "soon": 2, "none": 1, "reported": 1, "escalated": 0}
        for due in ("", *(key for key, _label in DUE_CHOICES)):
            assert listed(house.reviewer, due=due).counts == counts

    def test_counts_hold_only_what_the_person_may_see(self, house: House, mixed: dict[str, Task]) -> None:
        assert listed(house.member).counts["late"] == 1
        assert listed(house.stranger).counts == {
            "all": 1,
            "late": 1,
            "today": 0,
            "soon": 0,
            "none": 0,
            "reported": 0,
            "escalated": 0,
        }
        assert listed(house.admin).counts["all"] == 0

    def test_what_is_offered_to_choose_from_is_worded_in_vietnamese(self) -> None:
        assert dict(STATE_CHOICES)["open"] == "Chưa xong"
        assert dict(STATE_CHOICES)["escalated"] == "Đã chuyển UBND tỉnh"
        assert len(STATE_CHOICES) == len(TaskState) + 2
        assert dict(DUE_CHOICES)["soon"] == "Sắp đến hạn (5 ngày làm việc)"


class TestPages:
    @pytest.mark.parametrize("number", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1])
    def test_pages_hold_every_task_once_over_equal_days(self, house: House, number: int) -> None:
        for _each in range(number):
            make_task(house, due_on=LATE)
        rows = all_pages(house.member)
        assert [task.pk for task in rows] == sorted(task.pk for task in rows)
        assert (len(rows), len({task.pk for task in rows})) == (number, number)

    def test_tasks_without_a_day_come_last_and_are_paged_too(self, house: House) -> None:
        for step in range(PAGE + 4):
            make_task(house, due_on=None, due_first=None, last_day=None)
            if step % 2:
                make_task(house, due_on=MONDAY + timedelta(days=step % 3))
        rows = all_pages(house.member)
        keys = [(task.due_on is None, task.due_on or MONDAY, task.pk) for task in rows]
        assert keys == sorted(keys)
        assert len({task.pk for task in rows}) == PAGE + 4 + (PAGE + 4) // 2

    def test_a_page_stays_whole_when_a_task_before_it_is_closed_meanwhile(self, house: House) -> None:
        made = [make_task(house, due_on=LATE) for _each in range(PAGE + 5)]
        first = listed(house.member)
        Task.objects.filter(pk__in=[task.pk for task in first.rows[:10]]).update(state=TaskState.CANCELLED)
        second = listed(house.member, first.after)
        assert [task.pk for task in second.rows] == [task.pk for task in made[PAGE:]]

    @pytest.mark.parametrize(
        "after",
        ["x", ",", "2022-09-30", "2022-09-30,", "2022-09-30,abc", "2022-99-30,1", "-,", "-,x", "2022-09-30,²", ",5"],
    )
    def test_a_wrong_key_begins_anew(self, house: House, after: str) -> None:
        task = make_task(house, due_on=LATE)
        assert [row.pk for row in listed(house.member, after).rows] == [task.pk]

    def test_a_key_longer_than_the_databases_numbers_begins_anew(self, house: House) -> None:
        task = make_task(house, due_on=LATE)
        assert [row.pk for row in listed(house.member, "2022-09-30," + "9" * 40).rows] == [task.pk]

    def test_a_key_of_another_filter_shows_only_what_this_one_may_show(self, house: House) -> None:
        for _each in range(PAGE + 1):
            make_task(house, due_on=LATE)
        key = listed(house.reviewer).after
        mine = make_task(house, due_on=FAR, unit=house.other)
        assert [row.pk for row in listed(house.stranger, key).rows] == [mine.pk]

    def test_a_key_is_the_day_and_the_number(self) -> None:
        assert key_of(Task(pk=7, due_on=LATE)) == "2022-09-30,7"
        assert key_of(Task(pk=7, due_on=None)) == "-,7"

    @pytest.mark.parametrize("number", [1, PAGE])
    def test_a_page_takes_two_queries(
        self, house: House, django_assert_num_queries: Callable[[int], CaptureQueriesContext], number: int
    ) -> None:
        for _each in range(number):
            make_task(house, assignee_id=house.member.person_id, plan=None)
        with django_assert_num_queries(2):
            for task in listed(house.reviewer).rows:
                assert task.unit is not None
                assert (task.unit.name, task.host_unit.name) == ("Phòng Một", "Văn phòng Sở")
                assert task.assignee is not None
                assert task.assignee.full_name


class TestWords:
    def test_late_and_soon_never_overlap_and_ask_for_a_running_clock(self, house: House) -> None:
        for state in TaskState:
            for due_on in (LATE, MONDAY, date(2022, 10, 10), FAR, None):
                make_task(house, state=state, due_on=due_on, due_first=due_on, last_day=due_on)
        late = set(Task.objects.filter(late_on(MONDAY)).values_list("state", "due_on"))
        soon = set(Task.objects.filter(due_soon_on(MONDAY, CALENDAR)).values_list("state", "due_on"))
        assert late == {(state.value, LATE) for state in CLOCK_STATES}
        assert soon == {(state.value, day) for state in CLOCK_STATES for day in (MONDAY, date(2022, 10, 10))}

    @pytest.mark.parametrize(
        ("today", "until"),
        [
            (date(2022, 10, 3), date(2022, 10, 10)),
            (date(2022, 10, 7), date(2022, 10, 14)),
            (date(2022, 10, 8), date(2022, 10, 14)),
        ],
    )
    def test_soon_is_five_working_days(self, today: date, until: date) -> None:
        assert soon_until(today, CALENDAR) == until


class TestChoices:
    def test_a_person_chooses_among_what_he_may_see(self, house: House) -> None:
        mine, other = make_plan(house), make_plan(house, "1337/KH-SKHĐT", 2023)
        make_task(house, plan=mine)
        make_task(house, plan=other, unit=house.other)
        units, plans = filter_choices(house.member)
        assert units == [(house.division.pk, "Phòng Một")]
        assert plans == [(mine.pk, "1186/KH-SKHĐT (2022)")]
        units, plans = filter_choices(house.reviewer)
        assert [name for _pk, name in units] == ["Phòng Hai", "Phòng Một"]
        assert len(plans) == 2
        assert filter_choices(house.admin) == ([], [])

    def test_units_stand_in_the_order_of_the_vietnamese_alphabet_without_accents(self, house: House) -> None:
        for unit, name in ((house.division, "Đăng ký kinh doanh"), (house.other, "Ẩm thực"), (house.office, "Zét")):
            unit.name = name
            unit.save(update_fields=["name"])
            make_task(house, unit=unit)
        assert [name for _pk, name in filter_choices(house.reviewer)[0]] == ["Ẩm thực", "Đăng ký kinh doanh", "Zét"]

    def test_choosing_takes_two_queries(
        self, house: House, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
    ) -> None:
        for _each in range(5):
            make_task(house)
        with django_assert_num_queries(2):
            filter_choices(house.reviewer)


class TestBoard:
    def test_each_unit_stands_with_its_figures_the_worst_first(self, house: House) -> None:
        make_task(house, due_on=LATE)
        make_task(house, due_on=date(2022, 9, 1), unit=house.other)
        make_task(house, due_on=LATE, unit=house.other)
        make_task(house, due_on=MONDAY, unit=house.other)
        make_task(house, state=TaskState.REPORTED, unit=house.office)
        make_task(house, state=TaskState.ESCALATED, unit=house.office)
        make_task(house, state=TaskState.REVIEWED, due_on=LATE)
        rows = load_board(house.reviewer, today=MONDAY, calendar=CALENDAR).units
        assert [(row.name, row.open, row.late, row.soon, row.reported, row.escalated, row.oldest) for row in rows] == [
            ("Phòng Hai", 3, 2, 1, 0, 0, date(2022, 9, 1)),
            ("Phòng Một", 1, 1, 0, 0, 0, LATE),
            ("Văn phòng Sở", 2, 0, 0, 1, 1, None),
        ]

    def test_a_month_not_confirmed_stands_until_it_is(self, house: House) -> None:
        task = make_task(house, due_on=None, due_first=None, last_day=None, confirm_monthly=True)
        Task.objects.filter(pk=task.pk).update(confirm_asked=date(2022, 9, 1))
        groups = {group.key: group for group in load_board(house.reviewer, today=MONDAY, calendar=CALENDAR).groups}
        assert groups["chua-xac-nhan"].lines[0].why == "Phòng Một chưa trả lời tháng 09/2022."
        Task.objects.filter(pk=task.pk).update(confirmed_month=date(2022, 9, 1))
        assert load_board(house.reviewer, today=MONDAY, calendar=CALENDAR).groups == []

    def test_a_handoff_that_waits_for_the_step_before_is_no_awaited_event(self, house: House) -> None:
        make_task(house, state=TaskState.WAITING_EVENT, kind=TaskKind.HANDOFF)
        event = make_task(house, state=TaskState.WAITING_EVENT, timeline_text="Sau khi công bố")
        [group] = load_board(house.reviewer, today=MONDAY, calendar=CALENDAR).groups
        assert [(line.task.code, line.why) for line in group.lines] == [(event.code, "Chờ: Sau khi công bố.")]

    def test_who_sees_nothing_has_an_empty_board(self, house: House) -> None:
        make_task(house, due_on=LATE)
        make_duty(make_task(house, state=TaskState.ESCALATED))
        board = load_board(house.admin, today=MONDAY, calendar=CALENDAR)
        assert (board.units, board.groups) == ([], [])
        assert [row.name for row in load_board(house.member, today=MONDAY, calendar=CALENDAR).units] == ["Phòng Một"]
        assert load_board(house.stranger, today=MONDAY, calendar=CALENDAR).units == []

    def test_thirty_tasks_take_as_many_queries_as_one(self, house: House) -> None:
        def asked() -> int:
            with CaptureQueriesContext(connection) as caught:
                for group in load_board(house.chief, today=MONDAY, calendar=CALENDAR).groups:
                    for line in group.lines:
                        assert line.task.host_unit.name
            return len(caught)

        def lay(number: int) -> None:
            for _each in range(number):
                make_task(house, unit=None)
                make_task(house, state=TaskState.WAITING_EVENT)
                make_duty(make_task(house, state=TaskState.ESCALATED))

        lay(1)
        few = asked()
        lay(10)
        assert asked() == few <= 13
