"""One row by prepared SQL does what the ORM does: lock, write, append."""

from __future__ import annotations

import threading
from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from tests.factories import MONDAY, House, at, make_task
from workflow.adapters.rowwise import append_row, lock_row, write_row
from workflow.choices import CalendarKind, DocumentKind, UnitKind
from workflow.models import AuditEvent, CalendarDay, Document, Task, Unit, WorkerLease

NOW = at(MONDAY)
NASTY = "Đôn đốc\n\t\\N 'nháy' \"kép\" %s {} 🏛"


def make_event(seq: int) -> AuditEvent:
    return AuditEvent(
        chain="thu", seq=seq, occurred_at=NOW, action_id=UUID(int=5), name="x.y", body=NASTY, hash="a" * 64
    )


class TestLocking:
    def test_a_locked_row_is_the_row_that_the_orm_reads(self, house: House) -> None:
        task = make_task(house, title=NASTY, submitted_version=3)
        with transaction.atomic():
            locked = lock_row(Task, task.pk)
        assert locked is not None
        read = Task.objects.get(pk=task.pk)
        assert {f.attname: getattr(locked, f.attname) for f in Task._meta.concrete_fields} == {
            f.attname: getattr(read, f.attname) for f in Task._meta.concrete_fields
        }
        assert locked == read
        assert not locked._state.adding

    def test_a_row_with_json_is_read_whole(self, house: House) -> None:
        unit = Unit.objects.create(
            code="X", name="X", kind=UnitKind.DIVISION, valid_from=MONDAY, aliases=["Phòng X", {"a": [1]}]
        )
        with transaction.atomic():
            locked = lock_row(Unit, unit.pk)
        assert locked is not None
        assert locked.aliases == ["Phòng X", {"a": [1]}]

    def test_a_row_that_is_not_there_is_none(self, db: None) -> None:
        with transaction.atomic():
            assert lock_row(Task, 987654) is None
            assert lock_row(CalendarDay, 0) is None

    def test_locking_takes_one_query_and_leaves_nothing_to_be_read_later(
        self, house: House, django_assert_num_queries: object
    ) -> None:
        task = make_task(house)
        with django_assert_num_queries(1):  # type: ignore[operator]
            locked = lock_row(Task, task.pk)
            assert locked is not None
            assert (locked.title, locked.state, locked.chain_seq) == (task.title, "assigned", 1)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite khóa cả cơ sở dữ liệu, không khóa từng dòng")
@pytest.mark.django_db(transaction=True)
class TestTwoConnections:
    def other(self, statement: str, key: int) -> str:
        """Run a statement on a second connection that waits for nobody; return how it ended."""
        ended: list[str] = []

        def run() -> None:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '200ms'")
                    cursor.execute(statement, [key])
                    ended.append("xong")
            except OperationalError as error:
                ended.append("khóa" if "lock" in str(error) else str(error))
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(10)
        return ended[0]

    def test_a_locked_row_can_not_be_taken_until_the_transaction_ends(self) -> None:
        lease, apart = (
            WorkerLease.objects.create(worker_id=name, host="máy", pid=1, started_at=NOW, seen_at=NOW)
            for name in ("a", "b")
        )
        taken = "SELECT id FROM workflow_workerlease WHERE id = %s FOR UPDATE"
        written = "UPDATE workflow_workerlease SET pid = 9 WHERE id = %s"
        with transaction.atomic():
            assert lock_row(WorkerLease, lease.pk) == lease
            assert (self.other(taken, lease.pk), self.other(written, lease.pk)) == ("khóa", "khóa")
            assert self.other(written, apart.pk) == "xong"
            assert self.other("SELECT id FROM workflow_workerlease WHERE id = %s", lease.pk) == "xong"
        assert self.other(written, lease.pk) == "xong"

    def test_what_another_wrote_before_the_lock_is_what_is_read(self) -> None:
        lease = WorkerLease.objects.create(worker_id="a", host="máy", pid=1, started_at=NOW, seen_at=NOW)
        with transaction.atomic():
            assert WorkerLease.objects.get().pid == 1
            assert self.other("UPDATE workflow_workerlease SET pid = 9 WHERE id = %s", lease.pk) == "xong"
            locked = lock_row(WorkerLease, lease.pk)
            assert locked is not None
            assert locked.pid == 9


class TestWriting:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("title", NASTY),
            ("due_on", None),
            ("due_on", date(2022, 12, 30)),
            ("reported_at", at(MONDAY, "11:12")),
            ("round", 2),
            ("ladder_done", True),
            ("assignee_id", None),
            ("chain_head", "b" * 64),
        ],
    )
    def test_a_column_is_written_and_no_other(self, house: House, column: str, value: object) -> None:
        task = make_task(house, assignee_id=house.member.person_id)
        before = Task.objects.values().get(pk=task.pk)
        setattr(task, column, value)
        task.clause = "không được ghi"
        write_row(task, [column])
        assert Task.objects.values().get(pk=task.pk) == before | {column: value}

    def test_a_foreign_key_is_written_by_its_key(self, house: House) -> None:
        task = make_task(house)
        task.unit_id = house.other.pk
        write_row(task, ["unit_id"])
        assert Task.objects.get(pk=task.pk).unit == house.other

    def test_json_is_written_as_json(self, house: House) -> None:
        unit = house.division
        unit.aliases = ["P1", {"đủ": None}]
        write_row(unit, ["aliases"])
        assert Unit.objects.get(pk=unit.pk).aliases == ["P1", {"đủ": None}]
        assert Unit.objects.filter(pk=unit.pk, aliases__0="P1").exists()

    def test_a_row_that_is_not_there_is_refused_by_its_table(self, db: None) -> None:
        with pytest.raises(LookupError, match=r"^Không có dòng 4711 trong bảng workflow_task\.$"):
            write_row(Task(pk=4711, title="x"), ["title"])

    def test_a_row_without_a_key_is_refused(self, db: None) -> None:
        with pytest.raises(LookupError):
            write_row(Task(title="x"), ["title"])

    def test_a_column_that_is_none_is_a_mistake_of_the_caller(self, house: House) -> None:
        with pytest.raises(KeyError, match="khong_co"):
            write_row(house.division, ["khong_co"])

    def test_what_the_database_refuses_is_not_written(self, house: House) -> None:
        task = make_task(house)
        task.reminders_issued = 3
        with pytest.raises(IntegrityError, match="task_two_reminders_a_round"), transaction.atomic():
            write_row(task, ["reminders_issued"])
        assert Task.objects.get(pk=task.pk).reminders_issued == 0


class TestAppending:
    def test_an_appended_event_equals_one_that_the_orm_saved(self, db: None) -> None:
        saved, appended = make_event(1), make_event(2)
        saved.save(force_insert=True)
        append_row(appended)
        rows = {row["seq"]: row for row in AuditEvent.objects.values()}
        assert rows[2] == rows[1] | {"id": appended.pk, "seq": 2}

    def test_an_appended_document_equals_one_that_the_orm_saved(self, house: House) -> None:
        given: dict[str, object] = {
            "kind": DocumentKind.REPORT,
            "symbol": "BC-SKHĐT",
            "subject": NASTY,
            "body": "a\nb",
            "recipients": ["UBND tỉnh", {"số": 1}],
            "drafted_at": NOW,
        }
        saved, appended = Document(**given), Document(**given)
        saved.save(force_insert=True)
        append_row(appended)
        wanted = Document.objects.values().get(pk=saved.pk) | {"id": appended.pk}
        assert Document.objects.values().get(pk=appended.pk) == wanted

    def test_the_row_knows_its_key_and_may_be_saved_again(self, db: None) -> None:
        day = CalendarDay(day=MONDAY, kind=CalendarKind.OFF, name="Nghỉ", source="TB")
        assert day._state.adding
        append_row(day)
        assert (day._state.adding, day._state.db) == (False, "default")
        day.name = "Nghỉ bù"
        day.save(update_fields=["name"])
        assert [row.name for row in CalendarDay.objects.all()] == ["Nghỉ bù"]

    def test_keys_go_on_with_those_of_the_orm(self, db: None) -> None:
        keys = []
        for number in range(4):
            day = CalendarDay(day=date(2022, 1, number + 1), kind=CalendarKind.OFF, name="Nghỉ", source="TB")
            if number % 2:
                append_row(day)
            else:
                day.save()
            keys.append(day.pk)
        assert keys == sorted(set(keys))

    def test_a_second_event_of_the_same_place_is_refused(self, db: None) -> None:
        append_row(make_event(1))
        with pytest.raises(IntegrityError), transaction.atomic():
            append_row(make_event(1))
        assert AuditEvent.objects.count() == 1
