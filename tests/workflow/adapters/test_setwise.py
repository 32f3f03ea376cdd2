"""Writing many rows at once gives exactly what writing them one by one through the ORM gives, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY, House, at, make_task
from workflow.adapters.setwise import insert_rows, update_rows
from workflow.choices import DocumentKind, HandedBy, NotificationKind, TaskKind, UnitKind
from workflow.models import AuditEvent, Document, Notification, Plan, PlanTarget, Task, Unit, WorkerLease

NOW = at(MONDAY)
Counted = Callable[[int], CaptureQueriesContext]
NASTY = "Đôn đốc\n\tlần 1 \\N \\ 'nháy' \"kép\" %s {} ; -- – “” 🏛"
LONG_LIST: list[object] = ["Sở Xây dựng", {"số": 5, "đủ": True, "trống": None}, [], "\\.", "a\tb"]


def make_lease(number: int, **columns: object) -> WorkerLease:
    given: dict[str, object] = {"host": "máy", "pid": number, "started_at": NOW, "seen_at": NOW}
    return WorkerLease(worker_id=f"tho-{number}", **(given | columns))


def make_paper(task: Task | None, **columns: object) -> Document:
    given: dict[str, object] = {"kind": DocumentKind.LETTER, "symbol": "SKHĐT-VP", "subject": "Mẫu", "body": "Mẫu"}
    return Document(task=task, drafted_at=NOW, **(given | columns))


def stored(row: Task | Unit | Document | PlanTarget | Notification) -> dict[str, object]:
    """Return every column of a row as the database holds it."""
    return type(row)._default_manager.values().get(pk=row.pk)


class TestUpdating:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("title", NASTY),
            ("title", ""),
            ("clause", "III.2"),
            ("due_on", date(2022, 12, 30)),
            ("due_on", None),
            ("reported_at", at(MONDAY, "10:11")),
            ("reported_at", None),
            ("round", 3),
            ("submitted_version", 7),
            ("submitted_version", None),
            ("ladder_done", True),
            ("handed_by", HandedBy.ASSIGNMENT),
            ("kind", TaskKind.DOSSIER),
            ("unit_id", None),
            ("chain_head", "f" * 64),
            ("quarantine_error", "Lỗi: thiếu quy tắc"),
        ],
    )
    def test_a_column_of_each_kind_is_written_as_the_orm_writes_it(
        self, house: House, column: str, value: object
    ) -> None:
        by_orm, in_a_set, apart = (make_task(house) for _each in range(3))
        Task.objects.filter(pk=by_orm.pk).update(**{column: value})
        untouched = stored(apart)
        setattr(in_a_set, column, value)
        update_rows([in_a_set], [column])
        assert stored(in_a_set)[column] == stored(by_orm)[column] == value
        assert stored(apart) == untouched

    def test_only_the_named_columns_are_written(self, house: House) -> None:
        task = make_task(house, title="Cũ", clause="I.1")
        task.title, task.clause = "Mới", "II.2"
        update_rows([task], ["clause"])
        task.refresh_from_db()
        assert (task.title, task.clause) == ("Cũ", "II.2")

    def test_each_row_gets_its_own_values_with_nothing_among_them(self, house: House) -> None:
        tasks = [make_task(house) for _each in range(3)]
        given = [(date(2022, 11, 1), 1, "a"), (None, None, ""), (date(2022, 11, 3), 3, NASTY)]
        for task, (task.due_on, task.submitted_version, task.title) in zip(tasks, given, strict=True):
            assert task.pk
        update_rows(tasks, ["due_on", "submitted_version", "title"])
        rows = Task.objects.filter(pk__in=[task.pk for task in tasks]).order_by("pk")
        assert list(rows.values_list("due_on", "submitted_version", "title")) == given

    @pytest.mark.parametrize("value", [[], {}, LONG_LIST, {"a": {"b": [1, 2, None]}}, "chữ", 5, True])
    def test_a_json_column_keeps_its_value(self, house: House, value: object) -> None:
        first, second = make_paper(None), make_paper(None)
        insert_rows([first, second], with_ids=True)
        first.recipients, second.recipients = value, ["khác"]
        update_rows([first, second], ["recipients"])
        assert Document.objects.get(pk=first.pk).recipients == value
        assert Document.objects.get(pk=second.pk).recipients == ["khác"]

    def test_a_decimal_keeps_its_places(self, house: House) -> None:
        target = self.make_target(house)
        target.value = Decimal("1234567.89")
        update_rows([target], ["value"])
        assert PlanTarget.objects.get(pk=target.pk).value == Decimal("1234567.89")

    def make_target(self, house: House) -> PlanTarget:
        plan = Plan.objects.create(
            number="1/KH",
            issued_on=MONDAY,
            year=2022,
            title="Kế hoạch",
            issuer=house.department,
            signer_name="A",
            signer_capacity="A",
            source_name="a",
            source_sha256="0" * 64,
            imported_at=NOW,
        )
        return PlanTarget.objects.create(
            plan=plan, code="CT", name="A", comparator=">=", value=Decimal("55.50"), measure="%", clause="a", text="a"
        )

    def test_nothing_to_write_asks_the_database_nothing(self, db: None, django_assert_num_queries: Counted) -> None:
        with django_assert_num_queries(0):
            update_rows([], ["title"])
            insert_rows([])
            insert_rows([], with_ids=True)

    def test_a_row_that_is_not_there_changes_no_other(self, house: House) -> None:
        task = make_task(house, title="Cũ")
        update_rows([Task(pk=task.pk + 1000, title="Lạc"), Task(pk=task.pk, title="Mới")], ["title"])
        assert list(Task.objects.values_list("title", flat=True)) == ["Mới"]

    def test_a_constraint_broken_by_one_row_leaves_all_as_they_were(self, house: House) -> None:
        tasks = [make_task(house, title="Cũ") for _each in range(3)]
        for number, task in enumerate(tasks):
            task.title, task.reminders_issued = "Mới", number + 1
        with pytest.raises(IntegrityError, match="task_two_reminders_a_round"), transaction.atomic():
            update_rows(tasks, ["title", "reminders_issued"])
        assert set(Task.objects.values_list("title", "reminders_issued")) == {("Cũ", 0)}

    def test_a_column_that_is_none_is_a_mistake_of_the_caller(self, house: House) -> None:
        with pytest.raises(Exception, match="khong_co"):
            update_rows([make_task(house)], ["khong_co"])


class TestInserting:
    def test_rows_come_in_as_they_were_given(self, house: House) -> None:
        task = make_task(house)
        rows = [
            Notification(
                person_id=house.head.person_id,
                key=f"k{number}",
                kind=kind,
                text=text,
                task=given,
                created_at=NOW + timedelta(minutes=number),
                read_at=read_at,
            )
            for number, (kind, text, given, read_at) in enumerate(
                [
                    (NotificationKind.NUDGE, NASTY, task, None),
                    (NotificationKind.SYSTEM, "", None, at(MONDAY, "12:00")),
                    (NotificationKind.REMINDER, "\\N", task, NOW),
                ]
            )
        ]
        insert_rows(rows)
        found = Notification.objects.filter(person_id=house.head.person_id).order_by("key")
        assert [(row.kind, row.text, row.task_id, row.created_at, row.read_at) for row in found] == [
            (str(row.kind), row.text, row.task_id, row.created_at, row.read_at) for row in rows
        ]
        assert {row.pk for row in rows} == {None}

    @pytest.mark.parametrize("recipients", [[], LONG_LIST, {"a": None}, "\\N", [NASTY]])
    def test_json_comes_in_as_the_orm_would_write_it(self, house: House, recipients: object) -> None:
        by_orm = make_paper(None, recipients=recipients)
        by_orm.save()
        in_a_set = make_paper(None, recipients=recipients)
        insert_rows([in_a_set], with_ids=True)
        wanted = stored(by_orm) | {"id": in_a_set.pk}
        assert stored(in_a_set) == wanted

    def test_every_column_of_a_unit_comes_in_as_the_orm_would_write_it(self, house: House) -> None:
        given: dict[str, object] = {
            "name": NASTY,
            "kind": UnitKind.SECTION,
            "parent": house.division,
            "aliases": ["Tổ một", "Tổ 1"],
            "valid_from": date(2022, 1, 1),
            "valid_to": None,
            "demonstration": True,
        }
        by_orm = Unit.objects.create(code="ORM", **given)
        in_a_set = Unit(code="TAP", **given)
        insert_rows([in_a_set], with_ids=True)
        assert stored(in_a_set) == stored(by_orm) | {"id": in_a_set.pk, "code": "TAP"}

    def test_an_event_comes_in_with_its_key_of_32_digits(self, db: None) -> None:
        event = AuditEvent(
            chain="thu", seq=1, occurred_at=NOW, action_id=UUID(int=77), name="x.y", body="{}", hash="a" * 64
        )
        insert_rows([event])
        found = AuditEvent.objects.get(chain="thu")
        assert (found.action_id, found.occurred_at, found.task_id, found.actor_id) == (UUID(int=77), NOW, None, None)

    def test_keys_are_set_and_others_may_refer_to_them(self, house: House) -> None:
        papers = [make_paper(None, subject=str(number)) for number in range(5)]
        insert_rows(papers, with_ids=True)
        assert len({paper.pk for paper in papers}) == 5
        for paper in papers:
            assert Document.objects.get(pk=paper.pk).subject == paper.subject

    def test_keys_go_on_where_the_orm_goes_on(self, house: House) -> None:
        first = make_paper(None)
        first.save()
        sets = [make_paper(None), make_paper(None)]
        insert_rows(sets, with_ids=True)
        last = make_paper(None)
        last.save()
        keys = [first.pk, *(paper.pk for paper in sets), last.pk]
        assert keys == sorted(set(keys))
        again = [make_paper(None)]
        insert_rows(again, with_ids=True)
        assert again[0].pk > last.pk

    def test_the_first_keys_of_an_empty_table_are_taken_by_nobody_else(self, db: None) -> None:
        rows = [make_lease(1), make_lease(2)]
        insert_rows(rows, with_ids=True)
        later = make_lease(3)
        later.save()
        assert len({rows[0].pk, rows[1].pk, later.pk}) == 3

    def test_a_key_twice_in_one_set_brings_in_nothing(self, db: None) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_rows([make_lease(1), make_lease(2), make_lease(1)])
        assert not WorkerLease.objects.exists()

    def test_a_set_rolled_back_leaves_nothing(self, db: None) -> None:
        with transaction.atomic():
            insert_rows([make_lease(1)], with_ids=True)
            transaction.set_rollback(True)
        assert not WorkerLease.objects.exists()


class TestManyRows:
    NUMBER = 2500

    @pytest.mark.parametrize("with_ids", [False, True])
    def test_two_and_a_half_thousand_rows_come_in_once_each(self, db: None, with_ids: bool) -> None:
        rows = [make_lease(number) for number in range(self.NUMBER)]
        insert_rows(rows, with_ids=with_ids)
        assert WorkerLease.objects.count() == self.NUMBER
        if with_ids:
            found = dict(WorkerLease.objects.values_list("pk", "worker_id"))
            assert found == {row.pk: row.worker_id for row in rows}

    def test_two_and_a_half_thousand_rows_are_written_each_with_its_own(self, db: None) -> None:
        rows = [make_lease(number) for number in range(self.NUMBER)]
        insert_rows(rows, with_ids=True)
        for row in rows:
            row.host, row.pid = f"máy {row.pid}", row.pid * 2
            row.seen_at = NOW + timedelta(seconds=row.pid)
        update_rows(rows[1:], ["host", "pid", "seen_at"])
        found = {row.pk: (row.host, row.pid, row.seen_at) for row in WorkerLease.objects.all()}
        assert found.pop(rows[0].pk) == ("máy", 0, NOW)
        assert found == {row.pk: (row.host, row.pid, row.seen_at) for row in rows[1:]}

    def test_a_set_is_written_in_one_statement(self, db: None, django_assert_num_queries: Counted) -> None:
        rows = [make_lease(number) for number in range(100)]
        insert_rows(rows, with_ids=True)
        with django_assert_num_queries(1):
            update_rows(rows, ["host"])
        more = [make_lease(number) for number in range(100, 200)]
        with CaptureQueriesContext(connection) as caught:
            insert_rows(more)
        assert len(caught) <= 1
