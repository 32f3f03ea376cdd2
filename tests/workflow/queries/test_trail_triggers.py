"""The database itself refuses to change the trail; and it is known when it no longer does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import MONDAY, House, at, make_task
from tests.tamper import run, triggers_off
from workflow.actions.checkpoint import make_checkpoint
from workflow.models import AuditCheckpoint, AuditEvent, Task
from workflow.queries.trail import missing_triggers, one_snapshot

postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="chỉ PostgreSQL có")
sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="chỉ SQLite")

ATTEMPTS: dict[str, Callable[[], object]] = {
    "a queryset updates events": lambda: AuditEvent.objects.update(name="task.review"),
    "a queryset deletes events": lambda: AuditEvent.objects.all()._raw_delete("default"),
    "the manager deletes events": lambda: AuditEvent.objects.all().delete(),
    "an instance is saved again": lambda: AuditEvent.objects.get().save(),
    "an instance deletes itself": lambda: AuditEvent.objects.get().delete(),
    "a bulk update": lambda: AuditEvent.objects.bulk_update(list(AuditEvent.objects.all()), ["body"]),
    "raw UPDATE": lambda: run("UPDATE workflow_auditevent SET body = 'x'"),
    "raw UPDATE that changes nothing": lambda: run("UPDATE workflow_auditevent SET body = body"),
    "raw DELETE": lambda: run("DELETE FROM workflow_auditevent"),
    "a queryset updates checkpoints": lambda: AuditCheckpoint.objects.update(hash=""),
    "a queryset deletes checkpoints": lambda: AuditCheckpoint.objects.all().delete(),
    "raw UPDATE of checkpoints": lambda: run("UPDATE workflow_auditcheckpoint SET number = 5"),
    "raw DELETE of checkpoints": lambda: run("DELETE FROM workflow_auditcheckpoint"),
}


@pytest.fixture
def written(house: House) -> Task:
    task = make_task(house)
    make_checkpoint(by=None, now=at(MONDAY))
    return task


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_the_database_refuses(written: Task, attempt: Callable[[], object]) -> None:
    before = AuditEvent.objects.values_list("body", flat=True).get(), AuditCheckpoint.objects.get().hash
    with pytest.raises(DatabaseError, match="nhật ký chỉ ghi thêm"), transaction.atomic():
        attempt()
    assert (AuditEvent.objects.values_list("body", flat=True).get(), AuditCheckpoint.objects.get().hash) == before


@postgresql
@pytest.mark.parametrize("table", ["workflow_auditevent", "workflow_auditcheckpoint"])
def test_truncating_is_refused_too(written: Task, table: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="nhật ký chỉ ghi thêm"), transaction.atomic():
        run(f"TRUNCATE {table} CASCADE")
    assert AuditEvent.objects.count() == 1


@sqlite
def test_replacing_a_row_under_its_own_key_is_refused(written: Task) -> None:
    row = AuditEvent.objects.values_list("pk", flat=True).get()
    with pytest.raises(DatabaseError), transaction.atomic():
        run("UPDATE OR REPLACE workflow_auditevent SET seq = 2 WHERE id = %s", [row])


def test_all_triggers_stand_after_migrating(db: None) -> None:
    assert missing_triggers() == []


def test_triggers_that_are_off_are_named(db: None) -> None:
    with triggers_off():
        assert len(missing_triggers()) == (4 if connection.vendor == "postgresql" else 6)
    assert missing_triggers() == []


@postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE workflow_auditevent DISABLE TRIGGER workflow_auditevent_append_only",
        "DROP TRIGGER workflow_auditevent_append_only ON workflow_auditevent",
        "ALTER TABLE workflow_auditevent ENABLE REPLICA TRIGGER workflow_auditevent_append_only",
        (
            "DROP TRIGGER workflow_auditevent_append_only ON workflow_auditevent; "
            "CREATE TRIGGER workflow_auditevent_append_only BEFORE UPDATE ON workflow_auditevent "
            "FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change()"
        ),
        (
            "DROP TRIGGER workflow_auditevent_append_only ON workflow_auditevent; "
            "CREATE TRIGGER workflow_auditevent_append_only BEFORE UPDATE OF name OR DELETE ON workflow_auditevent "
            "FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change()"
        ),
        (
            "DROP TRIGGER workflow_auditevent_append_only ON workflow_auditevent; "
            "CREATE TRIGGER workflow_auditevent_append_only BEFORE UPDATE OR DELETE ON workflow_auditevent "
            "FOR EACH ROW WHEN (old.seq = 0) EXECUTE FUNCTION workflow_refuse_change()"
        ),
    ],
    ids=["disabled", "dropped", "replica only", "no delete", "one column", "conditional"],
)
def test_a_weakened_trigger_is_named(db: None, statement: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(statement)
    assert missing_triggers() == ["workflow_auditevent_append_only"]


@postgresql
def test_a_trigger_function_that_lets_everything_through_is_seen(db: None) -> None:
    run(
        "CREATE OR REPLACE FUNCTION workflow_refuse_change() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'"
    )
    assert len(missing_triggers()) == (4 if connection.vendor == "postgresql" else 6)


@sqlite
@pytest.mark.parametrize(
    "body",
    [
        "BEFORE UPDATE ON workflow_auditevent WHEN old.seq = 0 BEGIN SELECT RAISE(ABORT, 'x'); END",
        "BEFORE UPDATE OF name ON workflow_auditevent BEGIN SELECT RAISE(ABORT, 'x'); END",
        "BEFORE UPDATE ON workflow_auditevent BEGIN SELECT 1; END",
        "BEFORE UPDATE ON workflow_task BEGIN SELECT RAISE(ABORT, 'x'); END",
    ],
    ids=["conditional", "one column", "harmless", "on another table"],
)
def test_a_weakened_sqlite_trigger_is_named(db: None, body: str) -> None:
    run("DROP TRIGGER workflow_auditevent_no_update")
    run(f"CREATE TRIGGER workflow_auditevent_no_update {body}")
    assert missing_triggers() == ["workflow_auditevent_no_update"]


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_ends_with_its_block_even_after_an_error() -> None:
    with pytest.raises(DatabaseError), one_snapshot():
        run("SELECT không_có_cột_này FROM workflow_task")
    with transaction.atomic():
        assert connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
@postgresql
def test_nothing_can_be_written_inside_a_snapshot() -> None:
    with pytest.raises(DatabaseError), one_snapshot():
        run("UPDATE workflow_task SET title = ''")


@sqlite
def test_sqlite_cannot_replace_an_event_by_inserting_over_it(house: House) -> None:
    make_task(house)
    event = AuditEvent.objects.order_by("id").last()
    assert event is not None
    for column, value in (("id", event.pk), ("id", event.pk + 1000)):
        with pytest.raises(DatabaseError, match="chỉ ghi thêm"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT OR REPLACE INTO workflow_auditevent ({column}, chain, seq, occurred_at, action_id, name, "
                "body, previous_hash, hash) SELECT %s, chain, seq, occurred_at, action_id, name, "
                "'sửa', previous_hash, hash "
                "FROM workflow_auditevent WHERE id = %s",
                [value, event.pk],
            )
    event.refresh_from_db()
    assert event.body != "sửa"
