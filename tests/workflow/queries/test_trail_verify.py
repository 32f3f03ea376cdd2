"""Verifying the trail: whoever changes it behind the door is found, and the first bad record is named."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection

from tests.factories import MONDAY, House, at, make_task
from tests.tamper import event, rewrite_chain, run, tamper, triggers_off
from workflow.actions.audit import action, record_event
from workflow.actions.checkpoint import make_checkpoint
from workflow.actions.transition import TRACKED as RECORDED
from workflow.actions.transition import change_task, lock_task, perform_transition
from workflow.core.hashchain import canonical, link
from workflow.models import AuditChain, AuditCheckpoint, AuditEvent, Task
from workflow.permissions import Actor
from workflow.queries.trail import TRACKED, BadRecord, missing_triggers, verify_trail
from workflow.queries.trail.findings import KEPT_AT_MOST, Findings

LATER = at(MONDAY, "10:00")


@action
def begin(task_id: int, *, by: Actor) -> Task:
    return perform_transition(lock_task(task_id, by=by), "start", by=by, now=LATER)


@action
def move(task_id: int, due_on: date, *, by: Actor | None, hours: int = 2) -> Task:
    task = lock_task(task_id, by=by)
    return change_task(
        task, name="extension.decide", by=by, now=at(MONDAY) + timedelta(hours=hours), changes={"due_on": due_on}
    )


@action
def write_on(chain: str, *, count: int = 1) -> None:
    for number in range(count):
        record_event("calendar.set", subject=chain, by=None, now=LATER, after={"number": number})


@pytest.fixture
def task(house: House) -> Task:
    """A task with four events: created, started, its deadline moved twice."""
    made = make_task(house)
    begin(made.pk, by=house.member)
    move(made.pk, date(2022, 10, 21), by=house.leader, hours=2)
    move(made.pk, date(2022, 10, 28), by=house.leader, hours=3)
    made = Task.objects.get(pk=made.pk)
    assert made.chain_seq == 4
    return made


def chain_of(task: Task) -> str:
    return f"task:{task.pk}"


def first_bad() -> BadRecord:
    found = verify_trail()
    assert found.first is not None
    assert not found.ok
    return found.first


def test_the_verifier_and_the_door_know_the_same_columns() -> None:
    assert TRACKED == RECORDED


def test_a_trail_that_nobody_touched_holds(house: House, task: Task) -> None:
    make_task(house)
    write_on("policy", count=3)
    make_checkpoint(by=None, now=LATER)
    found = verify_trail()
    assert (found.ok, found.first, found.bad, found.bad_chains) == (True, None, (), 0)
    assert (found.events, found.chains, found.tasks, found.checkpoints) == (8, 3, 2, 1)
    assert found.missing_triggers == ()


def test_an_empty_trail_holds(db: None) -> None:
    found = verify_trail()
    assert (found.ok, found.events, found.last_checkpoint) == (True, 0, None)


def test_a_changed_body_is_found(task: Task) -> None:
    row = event(chain_of(task), 2)
    tamper(
        "UPDATE workflow_auditevent SET body = %s WHERE id = %s",
        [row.body.replace("in_progress", "reviewed"), row.pk],
    )
    bad = first_bad()
    assert (bad.chain, bad.seq, bad.event_id) == (chain_of(task), 2, row.pk)
    assert bad.reason == "nội dung không khớp mã băm"


def test_one_changed_letter_in_a_long_vietnamese_text_is_found(house: House) -> None:
    task = make_task(house, title="Rà soát thủ tục hành chính thuộc thẩm quyền")
    row = event(chain_of(task), 1)
    tamper("UPDATE workflow_auditevent SET body = %s WHERE id = %s", [row.body.replace("Rà", "Ra"), row.pk])
    assert (first_bad().seq, first_bad().reason) == (1, "nội dung không khớp mã băm")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "task.review"),
        ("occurred_at", "2022-10-03 01:00:00+00:00"),
        ("action_id", "00000000-0000-0000-0000-000000000001"),
        ("actor_id", None),
        ("task_id", 999_999),
    ],
)
def test_a_changed_column_alone_is_found_though_the_hashes_agree(task: Task, column: str, value: object) -> None:
    row = event(chain_of(task), 3)
    if connection.vendor == "sqlite" and column == "action_id":
        value = str(value).replace("-", "")
    tamper(f"UPDATE workflow_auditevent SET {column} = %s WHERE id = %s", [value, row.pk])
    bad = first_bad()
    assert (bad.chain, bad.seq, bad.event_id, bad.columns) == (chain_of(task), 3, row.pk, (column,))
    assert column in bad.reason


def test_the_engine_s_event_given_to_a_person_is_found(house: House) -> None:
    task = make_task(house)
    tamper("UPDATE workflow_auditevent SET actor_id = %s WHERE task_id = %s", [house.head.person_id, task.pk])
    assert first_bad().columns == ("actor_id",)


def test_a_removed_record_in_the_middle_is_found(task: Task) -> None:
    tamper("DELETE FROM workflow_auditevent WHERE chain = %s AND seq = 2", [chain_of(task)])
    bad = first_bad()
    assert (bad.chain, bad.seq, bad.event_id) == (chain_of(task), 2, None)
    assert bad.reason == "thiếu bản ghi số 2 (gặp số 3)"


def test_a_removed_first_record_is_found(task: Task) -> None:
    tamper("DELETE FROM workflow_auditevent WHERE chain = %s AND seq = 1", [chain_of(task)])
    assert (first_bad().seq, first_bad().reason) == (1, "thiếu bản ghi số 1 (gặp số 2)")


def test_a_removed_middle_record_with_the_rest_renumbered_is_found(task: Task) -> None:
    with triggers_off():
        run("DELETE FROM workflow_auditevent WHERE chain = %s AND seq = 2", [chain_of(task)])
        run("UPDATE workflow_auditevent SET seq = 2 WHERE chain = %s AND seq = 3", [chain_of(task)])
        run("UPDATE workflow_auditevent SET seq = 3 WHERE chain = %s AND seq = 4", [chain_of(task)])
    assert (first_bad().seq, first_bad().reason) == (2, "mã băm trước không khớp bản ghi trước")


def test_a_removed_last_record_is_found(task: Task) -> None:
    tamper("DELETE FROM workflow_auditevent WHERE chain = %s AND seq = 4", [chain_of(task)])
    bad = first_bad()
    assert (bad.chain, bad.seq, bad.event_id) == (chain_of(task), 4, None)
    assert bad.reason == "thiếu bản ghi cuối: đầu chuỗi ghi đến số 4"


def test_a_record_inserted_at_the_end_is_found(task: Task) -> None:
    last = event(chain_of(task), 4)
    body = canonical(json.loads(last.body) | {"seq": 5})
    added = AuditEvent(
        chain=last.chain,
        seq=5,
        occurred_at=last.occurred_at,
        action_id=last.action_id,
        name=last.name,
        task_id=task.pk,
        actor_id=last.actor_id,
        body=body,
        previous_hash=last.hash,
        hash=link(last.hash, body),
    )
    added.save()
    found = verify_trail()
    assert found.bad_chains == 1
    assert first_bad().seq == 5


def test_a_plausible_record_inserted_at_the_end_is_named_with_its_id(task: Task) -> None:
    last = event(chain_of(task), 4)
    body = canonical(json.loads(last.body) | {"seq": 5, "before": {}, "after": {}})
    added = AuditEvent.objects.create(
        chain=last.chain,
        seq=5,
        occurred_at=last.occurred_at,
        action_id=last.action_id,
        name=last.name,
        task_id=task.pk,
        actor_id=last.actor_id,
        body=body,
        previous_hash=last.hash,
        hash=link(last.hash, body),
    )
    bad = first_bad()
    assert (bad.seq, bad.event_id, bad.reason) == (5, added.pk, "bản ghi thêm: đầu chuỗi chỉ ghi đến số 4")


def test_a_record_inserted_in_the_middle_is_found(task: Task) -> None:
    chain = chain_of(task)
    second = event(chain, 2)
    with triggers_off():
        for seq in (4, 3):
            run("UPDATE workflow_auditevent SET seq = %s WHERE chain = %s AND seq = %s", [seq + 1, chain, seq])
    body = canonical(json.loads(second.body) | {"seq": 3, "before": {}, "after": {}})
    added = AuditEvent.objects.create(
        chain=chain,
        seq=3,
        occurred_at=second.occurred_at,
        action_id=second.action_id,
        name=second.name,
        task_id=task.pk,
        actor_id=second.actor_id,
        body=body,
        previous_hash=second.hash,
        hash=link(second.hash, body),
    )
    bad = first_bad()
    assert (bad.seq, bad.reason) == (4, "mã băm trước không khớp bản ghi trước")
    assert added.seq == 3


def test_two_swapped_records_are_found(task: Task) -> None:
    chain = chain_of(task)
    with triggers_off():
        run("UPDATE workflow_auditevent SET seq = 99 WHERE chain = %s AND seq = 2", [chain])
        run("UPDATE workflow_auditevent SET seq = 2 WHERE chain = %s AND seq = 3", [chain])
        run("UPDATE workflow_auditevent SET seq = 3 WHERE chain = %s AND seq = 99", [chain])
    bad = first_bad()
    assert (bad.chain, bad.seq, bad.reason) == (chain, 2, "mã băm trước không khớp bản ghi trước")


def test_two_swapped_bodies_are_found(task: Task) -> None:
    chain = chain_of(task)
    second, third = event(chain, 2), event(chain, 3)
    with triggers_off():
        run("UPDATE workflow_auditevent SET body = %s WHERE id = %s", [third.body, second.pk])
        run("UPDATE workflow_auditevent SET body = %s WHERE id = %s", [second.body, third.pk])
    assert (first_bad().seq, first_bad().reason) == (2, "nội dung không khớp mã băm")


def test_a_record_moved_to_another_task_s_chain_is_found(house: House, task: Task) -> None:
    other = make_task(house)
    tamper(
        "UPDATE workflow_auditevent SET chain = %s, task_id = %s, seq = 2 WHERE chain = %s AND seq = 4",
        [chain_of(other), other.pk, chain_of(task)],
    )
    found = verify_trail()
    assert found.bad_chains == 2
    assert {bad.chain for bad in found.bad} == {chain_of(task), chain_of(other)}


def test_a_chain_rewritten_consistently_with_its_head_and_row_is_caught_by_the_checkpoint(task: Task) -> None:
    checkpoint = make_checkpoint(by=None, now=LATER)
    row = event(chain_of(task), 4)
    body = json.loads(row.body)
    head = rewrite_chain(chain_of(task), 4, after=body["after"] | {"due_on": "2022-12-30"})
    run("UPDATE workflow_task SET chain_head = %s, due_on = '2022-12-30' WHERE id = %s", [head, task.pk])
    bad = first_bad()
    assert checkpoint is not None
    assert (bad.chain, bad.seq, bad.event_id) == (chain_of(task), 4, row.pk)
    assert bad.reason == "điểm chốt số 1 đã ghi bản ghi này; nay đã bị viết lại"


def test_a_consistent_rewriting_without_a_checkpoint_passes_which_is_why_checkpoints_are_made(task: Task) -> None:
    body = json.loads(event(chain_of(task), 4).body)
    head = rewrite_chain(chain_of(task), 4, after=body["after"] | {"due_on": "2022-12-30"})
    run("UPDATE workflow_task SET chain_head = %s, due_on = '2022-12-30' WHERE id = %s", [head, task.pk])
    assert verify_trail().ok


def test_the_earliest_checkpoint_that_a_rewriting_breaks_is_named(house: House) -> None:
    task = make_task(house)
    make_checkpoint(by=None, now=LATER)
    begin(task.pk, by=house.member)
    make_checkpoint(by=None, now=LATER)
    created = json.loads(event(chain_of(task), 1).body)
    head = rewrite_chain(chain_of(task), 1, after=created["after"] | {"title": "Việc khác"})
    run("UPDATE workflow_task SET chain_head = %s, title = 'Việc khác' WHERE id = %s", [head, task.pk])
    assert (first_bad().seq, first_bad().reason) == (1, "điểm chốt số 1 đã ghi bản ghi này; nay đã bị viết lại")


def test_a_chain_shortened_together_with_its_head_and_row_is_caught_by_the_checkpoint(task: Task) -> None:
    make_checkpoint(by=None, now=LATER)
    third = event(chain_of(task), 3)
    tamper("DELETE FROM workflow_auditevent WHERE chain = %s AND seq = 4", [chain_of(task)])
    run(
        "UPDATE workflow_task SET chain_seq = 3, chain_head = %s, due_on = '2022-10-21', checkpointed_seq = 3 "
        "WHERE id = %s",
        [third.hash, task.pk],
    )
    bad = first_bad()
    assert (bad.chain, bad.seq, bad.event_id) == (chain_of(task), 4, None)
    assert bad.reason == "điểm chốt số 1 đã ghi bản ghi này; nay không còn"


def test_a_task_removed_with_its_whole_chain_is_caught_by_the_checkpoint(task: Task) -> None:
    make_checkpoint(by=None, now=LATER)
    tamper("DELETE FROM workflow_auditevent WHERE chain = %s", [chain_of(task)])
    run("DELETE FROM workflow_task WHERE id = %s", [task.pk])
    bad = first_bad()
    assert (bad.chain, bad.seq) == (chain_of(task), 4)
    assert "điểm chốt số 1" in bad.reason


def test_a_chain_rewritten_with_no_head_update_is_found_at_its_head(task: Task) -> None:
    body = json.loads(event(chain_of(task), 4).body)
    rewrite_chain(chain_of(task), 4, clause=body["clause"] + " thêm")
    assert (first_bad().seq, first_bad().reason) == (4, "đầu chuỗi khác mã băm của bản ghi cuối")


def test_a_task_row_changed_behind_the_door_is_found_with_its_columns(task: Task) -> None:
    run("UPDATE workflow_task SET state = 'reviewed', due_on = '2023-01-01' WHERE id = %s", [task.pk])
    bad = first_bad()
    assert (bad.chain, bad.seq, bad.columns) == (chain_of(task), 4, ("due_on", "state"))
    assert bad.reason == "hàng của nhiệm vụ khác với nhật ký ở cột: due_on, state"


def test_a_queryset_update_of_a_task_is_found_too(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(reminders_issued=1)
    assert first_bad().columns == ("reminders_issued",)


def test_a_column_emptied_behind_the_door_is_found(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(due_first=None)
    assert first_bad().columns == ("due_first",)


def test_computed_columns_are_not_held_against_the_trail(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(next_due=None, search="gì cũng được")
    assert verify_trail().ok


def test_a_task_inserted_behind_the_door_is_found(house: House, task: Task) -> None:
    ghost = Task.objects.get(pk=task.pk)
    ghost.pk, ghost.code, ghost.chain_seq, ghost.chain_head = None, "MA", 0, ""
    ghost.save(force_insert=True)
    bad = first_bad()
    assert (bad.chain, bad.seq, bad.reason) == (f"task:{ghost.pk}", 1, "nhiệm vụ không có bản ghi tạo")


def test_a_task_removed_behind_the_door_leaves_its_events_without_a_task(task: Task) -> None:
    run("DELETE FROM workflow_task WHERE id = %s", [task.pk])
    assert (first_bad().chain, first_bad().reason) == (chain_of(task), "có nhật ký nhưng không còn nhiệm vụ")


def test_a_chain_without_its_creation_is_found_though_the_hashes_agree(task: Task) -> None:
    body = json.loads(event(chain_of(task), 1).body)
    tamper("UPDATE workflow_auditevent SET name = 'task.note' WHERE chain = %s AND seq = 1", [chain_of(task)])
    head = rewrite_chain(chain_of(task), 1, name="task.note", after=body["after"])
    run("UPDATE workflow_task SET chain_head = %s WHERE id = %s", [head, task.pk])
    assert (first_bad().seq, first_bad().reason) == (1, "bản ghi đầu không phải task.create")


def test_a_before_that_does_not_follow_is_found_though_the_hashes_agree(task: Task) -> None:
    head = rewrite_chain(chain_of(task), 3, before={"due_on": "2022-09-30"})
    run("UPDATE workflow_task SET chain_head = %s WHERE id = %s", [head, task.pk])
    bad = first_bad()
    assert (bad.seq, bad.columns) == (3, ("due_on",))
    assert bad.reason == 'cột due_on trước đó là "2022-10-14", bản ghi này nói là "2022-09-30"'


def test_a_body_that_is_no_json_is_found_though_the_hash_agrees(house: House) -> None:
    task = make_task(house)
    tamper(
        "UPDATE workflow_auditevent SET body = 'không phải JSON', hash = %s WHERE chain = %s",
        [link("", "không phải JSON"), chain_of(task)],
    )
    assert first_bad().reason.startswith("không đọc được nội dung: ")


@pytest.mark.parametrize("text", ["[]", '{"at":null}', '{"at":"2022-10-03T09:00:00"}'])
def test_a_body_of_another_shape_is_found_and_stops_nothing(house: House, text: str) -> None:
    task, whole = make_task(house), make_task(house)
    tamper(
        "UPDATE workflow_auditevent SET body = %s, hash = %s WHERE chain = %s", [text, link("", text), chain_of(task)]
    )
    found = verify_trail()
    assert (found.bad_chains, found.events, found.tasks) == (1, 2, 1)
    assert found.first is not None
    assert found.first.chain != chain_of(whole)


def test_a_chain_that_is_no_task_s_is_verified_the_same(db: None) -> None:
    write_on("policy", count=3)
    tamper("DELETE FROM workflow_auditevent WHERE chain = 'policy' AND seq = 3", [])
    assert (first_bad().chain, first_bad().seq) == ("policy", 3)


def test_a_lost_head_row_of_another_chain_is_found(db: None) -> None:
    write_on("calendar")
    AuditChain.objects.filter(key="calendar").delete()
    assert first_bad().reason == "có nhật ký nhưng không còn đầu chuỗi"


def test_a_chain_head_whose_events_are_all_gone_is_found(db: None) -> None:
    write_on("unit:VP", count=2)
    tamper("DELETE FROM workflow_auditevent WHERE chain = 'unit:VP'", [])
    bad = first_bad()
    assert (bad.chain, bad.seq) == ("unit:VP", 1)
    assert bad.reason == "đầu chuỗi ghi đến số 2 nhưng không còn bản ghi nào"


@pytest.mark.parametrize("name", ["task:không", "task:007", "task:"])
def test_a_chain_name_that_names_no_task_is_found(db: None, name: str) -> None:
    write_on("policy")
    tamper("UPDATE workflow_auditevent SET chain = %s", [name])
    found = verify_trail()
    assert (name, "tên chuỗi không gọi tên nhiệm vụ nào") in [(bad.chain, bad.reason) for bad in found.bad]


def test_every_bad_chain_is_counted_and_the_earliest_written_is_first(house: House) -> None:
    tasks = [make_task(house) for _ in range(12)]
    for task in tasks[3:10]:
        row = event(chain_of(task), 1)
        tamper("UPDATE workflow_auditevent SET body = %s WHERE id = %s", [row.body + " ", row.pk])
    found = verify_trail()
    assert found.bad_chains == 7
    assert [bad.chain for bad in found.bad] == [chain_of(task) for task in tasks[3:10]]
    assert found.first == found.bad[0]


def test_a_hundred_bad_chains_are_named_and_the_rest_counted() -> None:
    findings = Findings()
    for number in reversed(range(3 * KEPT_AT_MOST)):
        findings.add(BadRecord(f"task:{number}", 1, number, "sai"))
        findings.add(BadRecord(f"task:{number}", 2, number, "sai lần nữa"))
    assert len(findings.chains) == 3 * KEPT_AT_MOST
    assert [bad.event_id for bad in findings.in_order()] == list(range(KEPT_AT_MOST))


def test_a_record_that_is_gone_stands_in_order_beside_its_neighbour() -> None:
    findings = Findings()
    findings.add(BadRecord("b", 2, None, "thiếu"), near=5)
    findings.add(BadRecord("c", 1, 9, "sai"))
    findings.add(BadRecord("a", 1, None, "mất hết"))
    assert [bad.chain for bad in findings.in_order()] == ["b", "c", "a"]


def test_a_changed_checkpoint_is_found(task: Task) -> None:
    make_checkpoint(by=None, now=LATER)
    tamper("UPDATE workflow_auditcheckpoint SET body = REPLACE(body, '\"number\":1', '\"number\":2')")
    bad = first_bad()
    assert (bad.chain, bad.seq, bad.reason) == ("checkpoint", 1, "nội dung không khớp mã băm")
    assert verify_trail().bad_chains == 1, "what a broken checkpoint names is not held against the chains"


def test_a_removed_checkpoint_is_found(house: House) -> None:
    for _ in range(3):
        make_task(house)
        make_checkpoint(by=None, now=LATER)
    tamper("DELETE FROM workflow_auditcheckpoint WHERE number = 2")
    assert (first_bad().chain, first_bad().seq) == ("checkpoint", 2)


def test_a_checkpoint_whose_column_differs_from_its_body_is_found(task: Task) -> None:
    make_checkpoint(by=None, now=LATER)
    tamper("UPDATE workflow_auditcheckpoint SET made_at = %s", ["2022-01-01 00:00:00+00:00"])
    assert (first_bad().chain, first_bad().reason) == ("checkpoint", "cột khác nội dung đã băm")


def test_a_removed_last_checkpoint_is_found_by_the_rows_that_it_marked(house: House) -> None:
    first, second = make_task(house), make_task(house)
    make_checkpoint(by=None, now=LATER)
    begin(second.pk, by=house.member)
    make_checkpoint(by=None, now=LATER)
    tamper("DELETE FROM workflow_auditcheckpoint WHERE number = 2")
    bad = first_bad()
    assert (bad.chain, bad.seq) == (chain_of(second), 2)
    assert bad.reason == "được ghi là đã chốt đến số 2, nhưng điểm chốt chỉ nêu đến số 1"
    assert verify_trail().bad_chains == 1
    assert first.pk != second.pk


def test_a_checkpoint_that_names_what_never_was_is_found_and_no_size_breaks_the_reading(task: Task) -> None:
    heads = [["task:99999999999999999999", 1, "x"], ["policy", 2**80, "y"], ["không rõ"], ["policy", 1, "z"]]
    body = canonical({"number": 1, "at": LATER, "heads": heads})
    AuditCheckpoint.objects.create(number=1, made_at=LATER, body=body, previous_hash="", hash=link("", body))
    found = verify_trail()
    assert [bad.chain for bad in found.bad] == ["policy", "task:99999999999999999999"]
    assert "điểm chốt số 1 đã ghi bản ghi này; nay không còn" in found.bad[0].reason


def test_a_checkpoint_written_down_elsewhere_is_compared(task: Task) -> None:
    checkpoint = make_checkpoint(by=None, now=LATER)
    assert checkpoint is not None
    assert verify_trail(noted={1: checkpoint.hash}).ok
    changed = verify_trail(noted={1: "0" * 64})
    assert changed.first is not None
    assert changed.first.reason == "mã băm khác mã đã ghi chép bên ngoài"
    gone = verify_trail(noted={7: checkpoint.hash})
    assert gone.first is not None
    assert (gone.first.seq, gone.first.reason) == (7, "đã ghi chép bên ngoài nhưng không còn")


def test_triggers_that_are_off_are_part_of_the_outcome(task: Task) -> None:
    with triggers_off():
        found = verify_trail()
        assert (found.bad_chains, found.ok) == (0, False)
        assert len(found.missing_triggers) == (4 if connection.vendor == "postgresql" else 6)
    assert missing_triggers() == []


def test_progress_is_told_and_ends_at_the_whole(task: Task) -> None:
    told: list[tuple[int, int]] = []
    verify_trail(progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (4, 4)


def test_chains_beyond_one_batch_are_all_compared(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.queries.trail.verify.CHAINS_AT_ONCE", 3)
    monkeypatch.setattr("workflow.queries.trail.checkpoints.HEADS_AT_ONCE", 2)
    tasks = [make_task(house) for _ in range(10)]
    make_checkpoint(by=None, now=LATER)
    assert (verify_trail().ok, verify_trail().tasks) == (True, 10)
    Task.objects.filter(pk=tasks[-1].pk).update(title="khác")
    assert first_bad().chain == chain_of(tasks[-1])


def test_the_number_of_queries_does_not_grow_with_the_number_of_tasks(
    house: House, django_assert_max_num_queries: object
) -> None:
    for _ in range(30):
        make_task(house)
    make_checkpoint(by=None, now=LATER)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert verify_trail().ok


@pytest.mark.django_db(transaction=True)
def test_the_trail_is_read_as_of_one_moment_outside_a_transaction() -> None:
    write_on("policy", count=2)
    assert not connection.in_atomic_block
    assert verify_trail().ok
    assert not connection.in_atomic_block
    write_on("policy")
    assert verify_trail().events == 3, "the reading has let its snapshot go"


def test_a_finding_reads_as_a_sentence() -> None:
    bad = BadRecord("task:5", 3, 17, "nội dung không khớp mã băm")
    assert str(bad) == "chuỗi task:5, bản ghi số 3, mã số 17: nội dung không khớp mã băm"
    assert str(BadRecord("task:5", 3, None, "mất")) == "chuỗi task:5, bản ghi số 3: mất"
