"""Real processes killed while they issue: a number that was taken in a transaction which never ended is given again."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.machine import JOBS, Machine, eventually, made_machine
from workflow.models import Document, RegisterBook

DOCUMENTS = Document._meta.db_table
BOOKS = RegisterBook._meta.db_table

DEPARTMENT = """
from tests.factories import MONDAY, at, make_house
from workflow.actions.document import Draft, draft_document
house = make_house()
for number in range({count}):
    draft = Draft(kind="CV", subject=f"Việc {{number}}", body="x", recipients=("UBND tỉnh",), symbol="SKHĐT-VP")
    draft_document(draft, by=house.clerk, now=at(MONDAY))
"""

ISSUE = """
from django.db import transaction
from tests.factories import MONDAY, at
from tests.probe_jobs import note, wait_for
from workflow.actions.document import issue_document
from workflow.models import Document
from pathlib import Path
folder = {folder!r}
for document_id in Document.objects.filter(status="draft").order_by("pk").values_list("pk", flat=True)[:{count}]:
    with transaction.atomic():
        issue_document(document_id, by=None, now=at(MONDAY))
        note(folder, "begun")
        if {waits}:
            wait_for(Path(folder) / "go")
    note(folder, "done")
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Machine]:
    """One installation with the small department and forty drafts."""
    with made_machine(tmp_path_factory.mktemp("machine")) as made:
        made.run_code(DEPARTMENT.format(count=40))
        yield made


@pytest.fixture(autouse=True)
def _no_process_left(machine: Machine) -> Iterator[None]:
    yield
    machine.clear()


def issuing(machine: Machine, count: int, *, waits: bool) -> str:
    return ISSUE.format(folder=str(machine.folder), count=count, waits=waits)


def numbers(machine: Machine) -> list[int]:
    rows = machine.rows(f"SELECT number FROM {DOCUMENTS} WHERE status = 'issued' ORDER BY number")
    return [int(str(row[0])) for row in rows]


def last_number(machine: Machine) -> int:
    return int(str(machine.rows(f"SELECT coalesce(max(last_number), 0) FROM {BOOKS}")[0][0]))


def test_a_number_taken_by_a_killed_process_is_given_to_the_next_document(machine: Machine) -> None:
    before, jobs = numbers(machine), machine.count(JOBS)
    victim = machine.start("shell", "-c", issuing(machine, 1, waits=True))
    eventually(lambda: machine.lines("begun"))
    assert numbers(machine) == before
    victim.kill()
    victim.wait()
    assert (numbers(machine), last_number(machine)) == (before, len(before))
    machine.run_code(issuing(machine, 2, waits=False))
    taken = [*before, len(before) + 1, len(before) + 2]
    assert (numbers(machine), last_number(machine), machine.count(JOBS) - jobs) == (taken, len(taken), 2)


def test_who_waited_for_the_killed_process_gets_its_number(machine: Machine) -> None:
    before = numbers(machine)
    victim = machine.start("shell", "-c", issuing(machine, 1, waits=True))
    eventually(lambda: machine.lines("begun"))
    heir = machine.start("shell", "-c", issuing(machine, 1, waits=False))
    time.sleep(2.5)
    assert numbers(machine) == before
    victim.kill()
    victim.wait()
    assert heir.wait(timeout=40) == 0, machine.logged()
    assert numbers(machine) == [*before, len(before) + 1]


def test_killed_at_any_moment_processes_leave_no_gap(machine: Machine) -> None:
    for after in (1, 4):
        done = len(machine.lines("done"))
        victim = machine.start("shell", "-c", issuing(machine, 30, waits=False))
        eventually(lambda known=done + after: len(machine.lines("done")) >= known)
        victim.kill()
        victim.wait()
    machine.run_code(issuing(machine, 2, waits=False))
    found = numbers(machine)
    assert (found, last_number(machine)) == (list(range(1, len(found) + 1)), len(found))
