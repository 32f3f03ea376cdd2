"""Vướng mắc: raised by the unit, advised by Văn phòng, decided by a leader (III, đoạn cuối)."""

from __future__ import annotations

import pytest

from tests.factories import MONDAY, House, at, event_names, last_event, make_task, strangers_of
from workflow.actions.adjustment import advise_obstacle, decide_obstacle, raise_obstacle
from workflow.choices import RequestStatus, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Notification, Obstacle, Task
from workflow.permissions import Actor

NOW = at(MONDAY)


def raised(house: House) -> Obstacle:
    """Raise an obstacle by the member."""
    return raise_obstacle(make_task(house).pk, "Thiếu kinh phí thuê phần mềm", by=house.member, now=NOW)


@pytest.mark.parametrize("name", ["member", "head"])
def test_a_person_of_the_unit_raises_an_obstacle(house: House, name: str) -> None:
    task = make_task(house)
    actor = getattr(house, name)
    obstacle = raise_obstacle(task.pk, "Thiếu kinh phí", by=actor, now=NOW)
    task.refresh_from_db()
    assert task.obstacle_open is True
    assert (obstacle.status, obstacle.raised_name) == (RequestStatus.PENDING, actor.name)
    event = last_event(task)
    assert (event["name"], event["clause"]) == ("obstacle.raise", "III, đoạn cuối")
    assert event["after"] == {"obstacle_open": True}
    assert event["details"]["text"] == "Thiếu kinh phí"
    people = set(Notification.objects.filter(task=task).values_list("person_id", flat=True))
    assert people == {house.reviewer.person_id, house.chief.person_id}


def test_the_clock_keeps_running_under_an_obstacle(house: House) -> None:
    task = make_task(house)
    before = Task.objects.get(pk=task.pk)
    raise_obstacle(task.pk, "x", by=house.member, now=NOW)
    after = Task.objects.get(pk=task.pk)
    assert (after.state, after.due_on, after.next_due) == (before.state, before.due_on, before.next_due)


@pytest.mark.parametrize("name", ["reviewer", "leader", "clerk", "inspector"])
def test_nobody_else_raises_an_obstacle(house: House, name: str) -> None:
    with pytest.raises(NotPermitted):
        raise_obstacle(make_task(house).pk, "x", by=getattr(house, name), now=NOW)


def test_strangers_find_no_obstacle(house: House) -> None:
    obstacle = raised(house)
    for actor in strangers_of(house):
        for act in (
            lambda by: raise_obstacle(obstacle.task_id, "x", by=by, now=NOW),
            lambda by: advise_obstacle(obstacle.pk, "x", by=by, now=NOW),
            lambda by: decide_obstacle(obstacle.pk, True, "x", by=by, now=NOW),
        ):
            with pytest.raises(NotFound):
                act(actor)
    with pytest.raises(NotFound):
        advise_obstacle(999_999, "x", by=house.reviewer, now=NOW)


def test_an_obstacle_needs_a_text_an_open_task_and_no_other_one(house: House) -> None:
    task = make_task(house)
    with pytest.raises(Invalid) as error:
        raise_obstacle(task.pk, " ", by=house.member, now=NOW)
    assert set(error.value.fields) == {"text"}
    raise_obstacle(task.pk, "x", by=house.member, now=NOW)
    with pytest.raises(WrongState, match="đang chờ giải quyết"):
        raise_obstacle(task.pk, "y", by=house.member, now=NOW)
    with pytest.raises(WrongState):
        raise_obstacle(make_task(house, state=TaskState.REVIEWED).pk, "x", by=house.member, now=NOW)


def test_the_office_advises_and_leaders_are_told(house: House) -> None:
    obstacle = raised(house)
    advise_obstacle(obstacle.pk, "Đề nghị bố trí từ nguồn sự nghiệp", by=house.reviewer, now=NOW)
    obstacle.refresh_from_db()
    assert (obstacle.advice, obstacle.advised_name) == ("Đề nghị bố trí từ nguồn sự nghiệp", house.reviewer.name)
    assert obstacle.status == RequestStatus.PENDING
    assert last_event(obstacle.task)["name"] == "obstacle.advise"
    assert Notification.objects.filter(task=obstacle.task, person_id=house.leader.person_id).exists()


@pytest.mark.parametrize("name", ["member", "head", "leader", "clerk", "inspector"])
def test_nobody_else_advises(house: House, name: str) -> None:
    with pytest.raises(NotPermitted):
        advise_obstacle(raised(house).pk, "x", by=getattr(house, name), now=NOW)


def test_an_advice_needs_a_text(house: House) -> None:
    with pytest.raises(Invalid) as error:
        advise_obstacle(raised(house).pk, "", by=house.chief, now=NOW)
    assert set(error.value.fields) == {"advice"}


@pytest.mark.parametrize(("approve", "status"), [(True, RequestStatus.APPROVED), (False, RequestStatus.REFUSED)])
def test_a_leader_decides_and_the_unit_is_told(house: House, approve: bool, status: RequestStatus) -> None:
    obstacle = raised(house)
    decide_obstacle(obstacle.pk, approve, "Giao Văn phòng bố trí", by=house.leader, now=NOW)
    obstacle.refresh_from_db()
    assert (obstacle.status, obstacle.decision, obstacle.decided_at) == (status, "Giao Văn phòng bố trí", NOW)
    task = Task.objects.get(pk=obstacle.task_id)
    assert task.obstacle_open is False
    event = last_event(task)
    assert (event["name"], event["clause"]) == ("obstacle.decide", "III, đoạn cuối")
    assert event["details"]["approved"] is approve
    assert Notification.objects.filter(task=task, person_id=house.member.person_id).exists()


@pytest.mark.parametrize("name", ["member", "head", "reviewer", "chief", "clerk", "inspector"])
def test_only_a_leader_decides(house: House, name: str) -> None:
    with pytest.raises(NotPermitted):
        decide_obstacle(raised(house).pk, True, "x", by=getattr(house, name), now=NOW)


def test_nobody_decides_the_obstacle_that_he_raised(house: House) -> None:
    grants = house.member.grants | house.leader.grants
    both = Actor(house.member.person_id, house.member.name, "", house.division.pk, "", grants)
    obstacle = raised(house)
    with pytest.raises(NotPermitted):
        decide_obstacle(obstacle.pk, True, "x", by=both, now=NOW)


def test_a_decision_needs_a_text_and_comes_once(house: House) -> None:
    obstacle = raised(house)
    with pytest.raises(Invalid) as error:
        decide_obstacle(obstacle.pk, True, " ", by=house.leader, now=NOW)
    assert set(error.value.fields) == {"decision"}
    decide_obstacle(obstacle.pk, True, "x", by=house.leader, now=NOW)
    with pytest.raises(WrongState, match="đã có kết quả"):
        decide_obstacle(obstacle.pk, False, "y", by=house.leader, now=NOW)
    with pytest.raises(WrongState):
        advise_obstacle(obstacle.pk, "y", by=house.reviewer, now=NOW)
    assert event_names(obstacle.task) == ["obstacle.raise", "obstacle.decide"]


def test_after_a_decision_another_obstacle_may_be_raised(house: House) -> None:
    obstacle = raised(house)
    decide_obstacle(obstacle.pk, True, "x", by=house.leader, now=NOW)
    raise_obstacle(obstacle.task_id, "khác", by=house.member, now=NOW)
    assert Task.objects.get(pk=obstacle.task_id).obstacle_open is True
