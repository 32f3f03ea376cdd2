"""A task's events as people read them: head and member alike, a stranger nothing, the inspector everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from tests.factories import MONDAY, House, at, make_task
from workflow.actions.transition import change_task, lock_task, perform_transition
from workflow.core.errors import NotFound
from workflow.models import Task
from workflow.queries.trail import Change, task_events
from workflow.queries.trail.timeline import column_label, say_plain


@pytest.fixture
def task(house: House) -> Task:
    made = make_task(house, now=at(MONDAY, "08:00"), clause="III.1")
    member = replace(house.member, address="10.0.0.7")
    delegate = replace(
        house.stranger, capacity="KT.", delegation_id=5, principal_id=house.leader.person_id, principal_name="Lãnh đạo"
    )
    with transaction.atomic():
        perform_transition(
            lock_task(made.pk, by=member),
            "start",
            by=member,
            now=at(MONDAY, "09:30"),
            changes={"assignee_id": house.member.person_id},
        )
        change_task(
            lock_task(made.pk, by=None),
            name="task.assign_lead",
            by=delegate,
            now=at(MONDAY, "10:00"),
            clause="II.1.8",
            changes={"unit_id": house.other.pk, "due_on": date(2022, 10, 21), "parent_id": None},
            details={"reason": "Sắp xếp lại", "internal_key": 12, "note": ""},
        )
    return Task.objects.get(pk=made.pk)


def test_who_did_what_when_is_told_oldest_first(house: House, task: Task) -> None:
    created, started, moved = task_events(task, house.reviewer)
    assert [entry.seq for entry in (created, started, moved)] == [1, 2, 3]
    assert [entry.label for entry in (created, started, moved)] == [
        "Giao nhiệm vụ",
        "Bắt đầu thực hiện",
        "Xác định đơn vị chủ trì",
    ]
    assert (created.actor, created.unit, created.clause) == ("Hệ thống Đôn đốc", "", "III.1")
    assert (started.actor, started.unit, started.position) == (house.member.name, "Phòng Một", "Chuyên viên")
    assert f"{started.at:%H:%M %d/%m/%Y}" == "09:30 03/10/2022"
    assert (moved.capacity, moved.in_place_of, moved.clause) == ("KT.", "Lãnh đạo", "II.1.8")


def test_changes_are_told_in_words(house: House, task: Task) -> None:
    created, started, moved = task_events(task, house.reviewer)
    assert created.changes == (), "the task's page shows its facts; the creation does not repeat them"
    assert started.changes == (
        Change("assignee_id", column_label("assignee_id"), "(trống)", house.member.name),
        Change("state", "trạng thái", "Đã giao", "Đang thực hiện"),
    )
    assert moved.changes == (
        Change("unit_id", column_label("unit_id"), "Phòng Một", "Phòng Hai"),
        Change("due_on", "hạn hiện tại", "14/10/2022", "21/10/2022"),
    )


def test_only_details_with_a_vietnamese_name_are_shown(house: House, task: Task) -> None:
    assert task_events(task, house.reviewer)[2].details == (("Lý do", "Sắp xếp lại"),)


@pytest.mark.parametrize("who", ["reviewer", "chief", "leader", "other_head", "stranger"])
def test_who_sees_the_task_sees_its_timeline_without_addresses_and_hashes(house: House, task: Task, who: str) -> None:
    entries = task_events(task, getattr(house, who))
    assert len(entries) == 3
    assert {entry.address for entry in entries} == {entry.hash for entry in entries} == {""}


@pytest.mark.parametrize("who", ["head", "member", "outsider", "admin"])
def test_who_may_not_see_the_task_finds_nothing(house: House, task: Task, who: str) -> None:
    with pytest.raises(NotFound):
        task_events(task, getattr(house, who))


def test_the_inspector_sees_addresses_hashes_and_every_detail(house: House, task: Task) -> None:
    created, started, moved = task_events(task, house.inspector)
    assert started.address == "10.0.0.7"
    assert moved.hash == task.chain_head
    assert len(created.hash) == 64
    assert dict(moved.details) == {"Lý do": "Sắp xếp lại", "internal_key": "12"}


def test_another_task_s_key_and_an_error_s_text_are_not_shown(house: House) -> None:
    parent, made = make_task(house), make_task(house)
    with transaction.atomic():
        change_task(
            lock_task(made.pk, by=None),
            name="task.quarantine",
            by=None,
            now=at(MONDAY),
            changes={"parent_id": parent.pk, "quarantine_error": "Traceback …", "quarantined_at": at(MONDAY)},
        )
    [change] = task_events(Task.objects.get(pk=made.pk), house.member)[1].changes
    assert (change.label, change.after) == ("bị tách riêng lúc", "09:00 03/10/2022")


def test_the_timeline_takes_the_same_queries_for_one_event_and_for_many(
    house: House, django_assert_max_num_queries: Callable[..., object]
) -> None:
    made = make_task(house)
    for number in range(12):
        with transaction.atomic():
            change_task(
                lock_task(made.pk, by=None),
                name="task.assign_lead",
                by=None,
                now=at(MONDAY),
                changes={"unit_id": (house.other, house.division)[number % 2].pk},
            )
    with django_assert_max_num_queries(5):
        assert len(task_events(Task.objects.get(pk=made.pk), house.reviewer)) == 13


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "có"),
        (False, "không"),
        (None, "(trống)"),
        ("", "(trống)"),
        (3, "3"),
        ("2022-10-14", "14/10/2022"),
        ("2022-10-14T02:00:00.000000+00:00", "09:00 14/10/2022"),
        ("mười chữ cá", "mười chữ cá"),
        ("0123456789", "0123456789"),
        ("không phảiThẳng", "không phảiThẳng"),
        (["a", 1], "a, 1"),
        ({"từ": "2022-10-14"}, "từ: 14/10/2022"),
    ],
)
def test_values_are_said_as_people_write_them(value: object, text: str) -> None:
    assert say_plain(value) == text
