"""Checkpoints: every head that moved, named once, never lost, never by two at once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from tests.factories import MONDAY, House, at, make_house, make_task
from tests.racing import race
from workflow.actions import checkpoint as module
from workflow.actions.audit import action, record_event
from workflow.actions.checkpoint import make_checkpoint, make_checkpoints
from workflow.actions.transition import change_task, lock_task, perform_transition
from workflow.core.errors import NotPermitted
from workflow.core.hashchain import GENESIS, canonical, link
from workflow.models import AuditChain, AuditCheckpoint, AuditEvent, Task
from workflow.queries.trail import verify_trail

NOW = at(MONDAY, "18:00")
postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite trong bộ nhớ: các luồng khóa nhau")


@action
def write_on(chain: str) -> None:
    record_event("policy.set", subject=chain, by=None, now=at(MONDAY))


@action
def touch(task_id: int, title: str) -> Task:
    return change_task(lock_task(task_id, by=None), name="task.note", by=None, now=at(MONDAY), changes={"title": title})


def heads_of(checkpoint: AuditCheckpoint | None) -> list[list[object]]:
    assert checkpoint is not None
    heads = json.loads(AuditCheckpoint.objects.get(pk=checkpoint.pk).body)["heads"]
    assert isinstance(heads, list)
    return heads


def test_nothing_moved_makes_no_checkpoint(db: None) -> None:
    assert make_checkpoint(by=None, now=NOW) is None
    assert AuditCheckpoint.objects.count() == 0


def test_a_checkpoint_names_every_chain_s_head_in_order(house: House) -> None:
    first, second = make_task(house), make_task(house)
    write_on("policy")
    touch(second.pk, "khác")
    checkpoint = make_checkpoint(by=None, now=NOW)
    rows = {task.pk: task for task in Task.objects.all()}
    assert heads_of(checkpoint) == sorted(
        [
            ["policy", 1, AuditChain.objects.get().head],
            [f"task:{first.pk}", 1, rows[first.pk].chain_head],
            [f"task:{second.pk}", 2, rows[second.pk].chain_head],
        ]
    )


def test_its_body_is_canonical_and_chained_to_the_one_before(house: House) -> None:
    make_task(house)
    first = make_checkpoint(by=None, now=NOW)
    make_task(house)
    second = make_checkpoint(by=None, now=at(MONDAY, "19:00"))
    assert first is not None
    assert second is not None
    assert (first.number, first.previous_hash) == (1, GENESIS)
    assert (second.number, second.previous_hash) == (2, first.hash)
    for checkpoint in (first, second):
        stored = AuditCheckpoint.objects.get(pk=checkpoint.pk)
        assert stored.hash == link(stored.previous_hash, stored.body)
        body = json.loads(stored.body)
        assert canonical(body) == stored.body
        assert sorted(body) == ["at", "heads", "number"]
    assert json.loads(first.body)["at"] == "2022-10-03T18:00:00.000000+07:00"


def test_only_what_moved_since_is_named_again(house: House) -> None:
    quiet, busy = make_task(house), make_task(house)
    write_on("policy")
    make_checkpoint(by=None, now=NOW)
    assert make_checkpoint(by=None, now=NOW) is None
    touch(busy.pk, "khác")
    assert [head[:2] for head in heads_of(make_checkpoint(by=None, now=NOW))] == [[f"task:{busy.pk}", 2]]
    assert Task.objects.get(pk=quiet.pk).checkpointed_seq == 1
    assert Task.objects.get(pk=busy.pk).checkpointed_seq == 2
    assert AuditChain.objects.get().checkpointed_seq == 1


def test_a_checkpoint_moves_no_chain_itself(house: House) -> None:
    make_task(house)
    before = AuditEvent.objects.count()
    make_checkpoint(by=None, now=NOW)
    assert AuditEvent.objects.count() == before


def test_many_heads_are_split_into_several_checkpoints(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEADS_AT_MOST", 4)
    for _ in range(9):
        make_task(house)
    write_on("policy")
    write_on("calendar")
    made = make_checkpoints(by=None, now=NOW)
    assert [checkpoint.number for checkpoint in made] == [1, 2, 3]
    named = [len(heads_of(checkpoint)) for checkpoint in made]
    assert named == [4, 4, 3]
    assert verify_trail().ok


def test_exactly_full_checkpoints_end_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEADS_AT_MOST", 2)
    for _ in range(4):
        make_task(house)
    assert len(make_checkpoints(by=None, now=NOW)) == 2
    assert make_checkpoints(by=None, now=NOW) == []


def test_more_moved_chains_than_one_checkpoint_holds_leave_the_tasks_for_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEADS_AT_MOST", 2)
    make_task(house)
    for name in ("calendar", "policy", "rule"):
        write_on(name)
    assert len(make_checkpoints(by=None, now=NOW)) == 2
    assert verify_trail().ok


def test_a_checkpoint_costs_the_same_few_queries_for_three_tasks_and_for_thirty(
    house: House, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for count in (3, 30):
        for _ in range(count):
            make_task(house)
        write_on("policy")
        with django_assert_max_num_queries(12):
            assert make_checkpoint(by=None, now=NOW) is not None


def test_the_administrator_may_ask_for_one(house: House) -> None:
    make_task(house)
    assert make_checkpoint(by=house.admin, now=NOW) is not None


@pytest.mark.parametrize("who", ["head", "member", "stranger", "inspector", "leader"])
def test_others_may_not(house: House, who: str) -> None:
    make_task(house)
    with pytest.raises(NotPermitted, match="Chỉ quản trị"):
        make_checkpoint(by=getattr(house, who), now=NOW)
    assert AuditCheckpoint.objects.count() == 0


def test_a_checkpoint_that_finds_its_number_taken_gives_way_and_marks_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task(house)
    make_checkpoint(by=None, now=NOW)
    touch(task.pk, "khác")
    real = module._chained
    monkeypatch.setattr(module, "_chained", lambda last, heads, now: real((last[0] - 1, last[1]), heads, now))
    assert make_checkpoint(by=None, now=NOW) is None
    assert AuditCheckpoint.objects.count() == 1
    assert Task.objects.get(pk=task.pk).checkpointed_seq == 1
    monkeypatch.undo()
    assert heads_of(make_checkpoint(by=None, now=NOW))[0][1] == 2


@pytest.mark.django_db(transaction=True)
@postgresql
def test_two_at_once_make_one_chain_without_gap_or_fork() -> None:
    house = make_house()
    for _ in range(20):
        make_task(house)
    results = race(*[lambda: make_checkpoint(by=None, now=NOW)] * 4)
    assert not [result for result in results if isinstance(result, Exception)]
    make_checkpoints(by=None, now=NOW)
    numbers = list(AuditCheckpoint.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert verify_trail().ok
    named = [head[0] for checkpoint in AuditCheckpoint.objects.all() for head in json.loads(checkpoint.body)["heads"]]
    assert len(named) == len(set(named)) == 20, "no head is named twice, none is lost"


@pytest.mark.django_db(transaction=True)
@postgresql
def test_a_task_that_somebody_is_changing_is_left_for_the_next_checkpoint_and_nobody_waits() -> None:
    house = make_house()
    busy, quiet = make_task(house), make_task(house)
    made: list[object] = []
    with transaction.atomic():
        lock_task(busy.pk, by=None)
        made = race(lambda: make_checkpoint(by=None, now=NOW))
    assert isinstance(made[0], AuditCheckpoint)
    assert [head[0] for head in heads_of(made[0])] == [f"task:{quiet.pk}"]
    assert [head[0] for head in heads_of(make_checkpoint(by=None, now=NOW))] == [f"task:{busy.pk}"]
    assert verify_trail().ok


@pytest.mark.django_db(transaction=True)
@postgresql
def test_writers_and_checkpoints_at_the_same_time_lose_no_head() -> None:
    house = make_house()
    tasks = [make_task(house) for _ in range(4)]

    def write(task: Task) -> Callable[[], object]:
        def job() -> None:
            for number in range(6):
                touch(task.pk, f"lần {number}")

        return job

    def mark() -> None:
        for _ in range(6):
            make_checkpoint(by=None, now=NOW)

    results = race(*[write(task) for task in tasks], mark)
    assert results == [None] * 5
    make_checkpoints(by=None, now=NOW)
    assert all(task.checkpointed_seq == task.chain_seq == 7 for task in Task.objects.all())
    assert verify_trail().ok


@pytest.mark.django_db(transaction=True)
@postgresql
def test_a_verification_in_the_middle_of_writing_finds_nothing_wrong() -> None:
    house = make_house()
    tasks = [make_task(house) for _ in range(3)]
    found: list[bool] = []

    def write() -> None:
        for number in range(8):
            for task in tasks:
                touch(task.pk, f"lần {number}")
            make_checkpoint(by=None, now=NOW)

    def read() -> None:
        found.extend(verify_trail().ok for _ in range(8))

    assert race(write, read) == [None, None]
    assert found == [True] * 8


def test_an_action_that_fails_after_its_checkpoint_leaves_none(house: House) -> None:
    task = make_task(house)
    with transaction.atomic():
        assert make_checkpoint(by=None, now=NOW) is not None
        transaction.set_rollback(True)
    assert AuditCheckpoint.objects.count() == 0
    assert Task.objects.get(pk=task.pk).checkpointed_seq == 0


def test_a_transition_after_a_checkpoint_is_named_by_the_next(house: House) -> None:
    task = make_task(house)
    make_checkpoint(by=None, now=NOW)
    with transaction.atomic():
        perform_transition(lock_task(task.pk, by=house.member), "start", by=house.member, now=NOW)
    assert heads_of(make_checkpoint(by=None, now=NOW))[0][:2] == [f"task:{task.pk}", 2]
    assert connection.vendor in {"sqlite", "postgresql"}
