"""Editing the calendar: who may, what is recorded, and which deadlines move with it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.factories import House, at, events_of, make_task
from tests.rulebooks import SEED
from workflow.actions.calendar import remove_calendar_day, seed_calendar, set_calendar_day
from workflow.actions.policy import set_policy
from workflow.adapters.holidays import CalendarRow, load_calendar_seed
from workflow.adapters.holidays import Certainty as Sure
from workflow.choices import CalendarKind, Certainty, TaskKind, TaskOrigin
from workflow.core.errors import Invalid, NotFound, NotPermitted
from workflow.core.workday import DayKind
from workflow.models import AuditEvent, CalendarDay, Task
from workflow.permissions import Actor
from workflow.queries.rulebook import load_rulebook, rulebook_known_at

NOW = at(date(2022, 10, 3))
FRIDAY = date(2022, 10, 14)
THURSDAY = date(2022, 10, 13)
SATURDAY = date(2022, 10, 15)


def take_off(day: date, by: Actor | None, clock: str = "09:00") -> CalendarDay:
    return set_calendar_day(
        day, CalendarKind.OFF, "Nghỉ bù", "Thông báo số 1", Certainty.CONFIRMED, by=by, now=at(date(2022, 10, 3), clock)
    )


def calendar_events() -> list[dict[str, object]]:
    return [json.loads(row.body) for row in AuditEvent.objects.filter(chain="calendar").order_by("seq")]


def test_an_administrator_makes_a_day_a_day_off(house: House) -> None:
    row = take_off(FRIDAY, house.admin)
    assert (row.day, row.kind, row.certainty) == (FRIDAY, "off", "confirmed")
    assert not load_rulebook().calendar.is_working(FRIDAY)
    [event] = calendar_events()
    assert event["before"] == {"2022-10-14": None}
    assert event["after"] == {"2022-10-14": {"kind": "off", "certainty": "confirmed"}}
    assert event["details"] == {"name": "Nghỉ bù", "source": "Thông báo số 1", "moved": []}


def test_nobody_else_edits_the_calendar(house: House) -> None:
    take_off(FRIDAY, None)
    for person in (house.head, house.member, house.stranger, house.chief, house.leader):
        with pytest.raises(NotPermitted, match="quản trị"):
            take_off(THURSDAY, person)
        with pytest.raises(NotPermitted):
            remove_calendar_day(FRIDAY, "Lý do", by=person, now=NOW)
        with pytest.raises(NotPermitted):
            seed_calendar([], by=person, now=NOW)
    assert CalendarDay.objects.count() == 1


def test_every_wrong_field_of_a_day_is_named_at_once(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        set_calendar_day(FRIDAY, "nua_ngay", " ", "", "chac", by=house.admin, now=NOW)
    assert set(refused.value.fields) == {"kind", "name", "source", "certainty"}


def test_only_a_weekend_day_is_worked_in_exchange(house: House) -> None:
    with pytest.raises(Invalid, match="vốn là ngày làm việc"):
        set_calendar_day(FRIDAY, CalendarKind.MAKEUP, "Làm bù", "TB", Certainty.CONFIRMED, by=house.admin, now=NOW)
    set_calendar_day(SATURDAY, CalendarKind.MAKEUP, "Làm bù", "TB", Certainty.PROVISIONAL, by=house.admin, now=NOW)
    calendar = load_rulebook().calendar
    assert calendar.is_working(SATURDAY)
    assert calendar.is_provisional(SATURDAY)


def test_changing_what_is_known_of_a_day_keeps_one_row_and_says_what_it_was(house: House) -> None:
    take_off(FRIDAY, house.admin)
    set_calendar_day(FRIDAY, CalendarKind.OFF, "Nghỉ bù", "TB 2", Certainty.PROVISIONAL, by=house.admin, now=NOW)
    assert CalendarDay.objects.get().source == "TB 2"
    assert calendar_events()[-1]["before"] == {"2022-10-14": {"kind": "off", "certainty": "confirmed"}}


def test_a_deadline_on_a_new_day_off_rolls_back_with_its_own_event(house: House) -> None:
    task, other = make_task(house), make_task(house, due_on=THURSDAY)
    take_off(FRIDAY, house.admin)
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.due_on, task.last_day, task.due_first) == (THURSDAY, FRIDAY, FRIDAY)
    assert other.due_on == THURSDAY
    event = events_of(task)[-1]
    assert event["name"] == "task.recalendar"
    assert (event["before"], event["after"]) == ({"due_on": "2022-10-14"}, {"due_on": "2022-10-13"})
    assert len(events_of(other)) == 1
    assert calendar_events()[-1]["details"] == {"name": "Nghỉ bù", "source": "Thông báo số 1", "moved": [task.code]}


def test_taking_the_day_out_again_brings_the_deadline_back(house: House) -> None:
    task = make_task(house)
    take_off(FRIDAY, house.admin)
    remove_calendar_day(FRIDAY, "Nhập nhầm", by=house.admin, now=at(date(2022, 10, 3), "10:00"))
    task.refresh_from_db()
    assert task.due_on == FRIDAY
    assert not CalendarDay.objects.exists()
    event = calendar_events()[-1]
    assert (event["name"], event["after"]) == ("calendar.remove", {"2022-10-14": None})
    assert event["before"] == {"2022-10-14": {"kind": "off", "certainty": "confirmed"}}


def test_taking_out_a_day_needs_a_reason_and_the_day(house: House) -> None:
    with pytest.raises(NotFound, match="14/10/2022"):
        remove_calendar_day(FRIDAY, "Lý do", by=house.admin, now=NOW)
    take_off(FRIDAY, house.admin)
    with pytest.raises(Invalid) as refused:
        remove_calendar_day(FRIDAY, "", by=house.admin, now=NOW)
    assert set(refused.value.fields) == {"reason"}


def test_a_deadline_that_a_person_set_apart_from_its_last_day_stays(house: House) -> None:
    extended = make_task(house, due_on=FRIDAY, last_day=date(2022, 9, 30))
    take_off(FRIDAY, house.admin)
    extended.refresh_from_db()
    assert extended.due_on == FRIDAY


@pytest.mark.parametrize("state", ["reviewed", "cancelled"])
def test_a_closed_task_keeps_its_deadline(house: House, state: str) -> None:
    task = make_task(house)
    Task.objects.filter(pk=task.pk).update(state=state)
    take_off(FRIDAY, house.admin)
    task.refresh_from_db()
    assert task.due_on == FRIDAY


def test_a_policy_that_rolls_forward_moves_the_deadline_forward(house: House) -> None:
    set_policy("roll_printed_date", "forward", date(2022, 1, 1), "Thử", by=None, now=NOW)
    task = make_task(house)
    take_off(FRIDAY, house.admin)
    task.refresh_from_db()
    assert task.due_on == date(2022, 10, 17)


def test_a_dossiers_processing_time_rolls_forward_and_its_open_consultations_follow(house: House) -> None:
    dossier = make_task(
        house, kind=TaskKind.DOSSIER, origin=TaskOrigin.PROCEDURE, due_on=FRIDAY, processing_until=FRIDAY
    )
    common = {"parent": dossier, "kind": TaskKind.CONSULTATION, "unit": house.body, "due_on": date(2022, 10, 11)}
    child = make_task(house, processing_until=FRIDAY, **common)
    answered = make_task(house, processing_until=FRIDAY, **common)
    Task.objects.filter(pk=answered.pk).update(state="reviewed")
    take_off(FRIDAY, house.admin)
    found = Task.objects.in_bulk([dossier.pk, child.pk, answered.pk])
    monday = date(2022, 10, 17)
    assert (found[dossier.pk].due_on, found[dossier.pk].processing_until) == (monday, monday)
    assert (found[child.pk].due_on, found[child.pk].processing_until) == (date(2022, 10, 11), monday)
    assert found[answered.pk].processing_until == FRIDAY
    assert events_of(child)[-1]["after"] == {"processing_until": "2022-10-17"}


def test_a_change_of_the_calendar_wakes_every_task_whose_clock_runs(house: House) -> None:
    task = make_task(house, due_on=date(2022, 12, 30))
    take_off(FRIDAY, house.admin)
    task.refresh_from_db()
    assert task.next_due == NOW


def test_a_replay_undoes_every_edit_made_since(house: House) -> None:
    take_off(FRIDAY, house.admin, "09:00")
    remove_calendar_day(FRIDAY, "Nhầm", by=house.admin, now=at(date(2022, 10, 3), "10:00"))
    found = [
        rulebook_known_at(at(date(2022, 10, 3), clock)).calendar.is_working(FRIDAY)
        for clock in ("08:00", "09:30", "10:30")
    ]
    assert found == [True, False, True]


def test_the_seed_fills_the_calendar_once_with_one_event(house: House) -> None:
    rows = load_calendar_seed(SEED)
    made = seed_calendar(rows, by=None, now=NOW)
    assert len(made) == len(rows) == CalendarDay.objects.count()
    assert seed_calendar(rows, by=None, now=NOW) == []
    [event] = calendar_events()
    assert event["name"] == "calendar.seed"
    assert isinstance(event["before"], dict)
    assert set(event["before"].values()) == {None}
    assert rulebook_known_at(at(date(2022, 10, 3), "08:00")).calendar.is_working(date(2022, 9, 1))
    assert not load_rulebook().calendar.is_working(date(2022, 9, 1))


def test_the_seed_leaves_a_day_as_a_person_left_it(house: House) -> None:
    take_off(FRIDAY, house.admin)
    row = CalendarRow(FRIDAY, DayKind.OFF, "Tên khác", "thư viện", Sure.PROVISIONAL)
    assert seed_calendar([row], by=None, now=NOW) == []
    assert CalendarDay.objects.get().name == "Nghỉ bù"


def test_the_seed_moves_deadlines_that_fell_on_its_days(house: House) -> None:
    task = make_task(house, due_on=date(2022, 9, 1), now=at(date(2022, 5, 10)))
    seed_calendar(load_calendar_seed(SEED), by=None, now=at(date(2022, 5, 10)))
    task.refresh_from_db()
    assert task.due_on == date(2022, 8, 31)
