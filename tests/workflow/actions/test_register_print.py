"""A register printed as a volume: who asks, once for the same rows, by a job that may run twice, with one event."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from tests.factories import MONDAY, PERSON_NAMES, House, at, make_house
from tests.racing import race
from tests.registered import book_of, register_document
from workflow.actions.document.registerfile import may_print, print_register_file, request_register_print
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.core.register import RegisterScope
from workflow.models import AuditEvent
from workflow.permissions import Actor
from workflow.queries.register import find_print, printed_volumes, waiting_prints

NOW = at(MONDAY, "15:00")


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: object) -> None:
    stored = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": stored}


@pytest.fixture
def scope(house: House) -> RegisterScope:
    """A series of two documents."""
    for number in (1, 2):
        register_document(house, number)
    return RegisterScope(book_of(house).pk)


def ask(scope: RegisterScope, by: Actor, volume: int = 1) -> int:
    return request_register_print(scope, volume, by=by, now=NOW)


def run_jobs() -> list[bool]:
    """Run what was asked for, as a worker does, and leave the queue as a worker does: without waiting jobs."""
    done = []
    for job in DBTaskResult.objects.order_by("enqueued_at"):
        done.append(job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"]))
        job.delete()
    return done


def test_clerk_office_and_leader_have_it_printed_nobody_else(house: House, scope: RegisterScope) -> None:
    printing = {name for name in PERSON_NAMES if may_print(getattr(house, name), house.department.pk)}
    assert printing == {"clerk", "reviewer", "chief", "leader"}
    for number, name in enumerate(("clerk", "reviewer", "leader"), 1):
        assert ask(scope, getattr(house, name), number) == 2
    with pytest.raises(NotPermitted):
        ask(scope, house.inspector)
    for stranger in (house.head, house.outsider, house.admin):
        with pytest.raises(NotFound):
            ask(scope, stranger)
    assert DBTaskResult.objects.count() == 3
    assert AuditEvent.objects.filter(name="register.print").count() == 0


def test_the_job_stores_one_file_and_one_event_with_its_hash(house: House, scope: RegisterScope) -> None:
    ask(scope, house.clerk)
    assert run_jobs() == [True]
    event = AuditEvent.objects.get(name="register.print")
    details = json.loads(event.body)["details"]
    with default_storage.open(details["file"]) as stored:
        content = stored.read()
    assert content.startswith(b"%PDF-")
    assert details["sha256"] == hashlib.sha256(content).hexdigest()
    assert details["file"] == f"registers/2022/{scope.book_id}-01-1-2-{details['rows_sha256'][:16]}.pdf"
    assert (details["rows"], details["volume"], details["asked_by"]) == (2, 1, house.clerk.name)
    assert (event.chain, event.actor_id) == ("register", None)
    [printed] = printed_volumes(scope.book_id)
    assert (printed.first_number, printed.last_number, printed.pages) == (1, 2, details["pages"])
    assert printed_volumes(scope.book_id + 1) == []
    assert find_print(house.inspector, event.pk) == printed
    with pytest.raises(NotFound):
        find_print(house.stranger, event.pk)
    with pytest.raises(NotFound):
        find_print(house.clerk, event.pk + 1)


def test_the_same_rows_are_asked_for_and_printed_once(house: House, scope: RegisterScope) -> None:
    ask(scope, house.clerk)
    with pytest.raises(WrongState, match="đang được lập"):
        ask(scope, house.leader)
    job = DBTaskResult.objects.get()
    run_jobs()
    assert print_register_file.func(**job.args_kwargs["kwargs"]) is False
    with pytest.raises(WrongState, match="đã có trong danh sách"):
        ask(scope, house.clerk)
    assert AuditEvent.objects.filter(name="register.print").count() == 1
    assert len(default_storage.listdir("registers/2022")[1]) == 1


def test_what_was_issued_meanwhile_is_printed_too(house: House, scope: RegisterScope) -> None:
    ask(scope, house.clerk)
    register_document(house, 3)
    assert run_jobs() == [True]
    [printed] = printed_volumes(scope.book_id)
    assert (printed.last_number, printed.rows) == (3, 3)
    assert waiting_prints(scope.book_id, [printed]) == []


def test_a_later_document_makes_another_file_and_leaves_the_first(house: House, scope: RegisterScope) -> None:
    ask(scope, house.clerk)
    run_jobs()
    [first] = printed_volumes(scope.book_id)
    register_document(house, 3)
    assert ask(scope, house.clerk) == 3
    run_jobs()
    newest, older = printed_volumes(scope.book_id)
    assert older == first
    assert newest.file_name != first.file_name
    assert default_storage.exists(first.file_name)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_store_the_same_rows_once() -> None:
    house = make_house()
    for number in (1, 2):
        register_document(house, number)
    ask(RegisterScope(book_of(house).pk), house.clerk)
    job = DBTaskResult.objects.get()

    def work() -> object:
        return job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])

    assert sorted(map(str, race(work, work))) == ["False", "True"]
    assert AuditEvent.objects.filter(name="register.print").count() == 1
    assert len(default_storage.listdir("registers/2022")[1]) == 1


@pytest.mark.parametrize("volume", [0, -1, 100])
def test_a_volume_number_that_makes_no_sense_is_refused(house: House, scope: RegisterScope, volume: int) -> None:
    with pytest.raises(Invalid, match="Quyển số phải từ 1 đến 99"):
        ask(scope, house.clerk, volume)


def test_nothing_to_print_is_refused(house: House, scope: RegisterScope) -> None:
    empty = RegisterScope(scope.book_id, since=date(2022, 12, 1))
    with pytest.raises(WrongState, match="Không có văn bản nào"):
        ask(empty, house.clerk)
    with pytest.raises(NotFound):
        ask(RegisterScope(scope.book_id + 5), house.clerk)
    assert DBTaskResult.objects.count() == 0
