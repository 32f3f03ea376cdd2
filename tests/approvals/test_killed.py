"""A transaction that is killed after its effect leaves neither step nor state nor number."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connection, connections, transaction

from approvals.models import Approval, Step
from tests.approvals.factories import document_at, document_of, open_book, report_at, rules, task_of
from tests.approvals.test_races import decides, holds
from tests.factories import House, make_house, make_person
from workflow.choices import DocumentStatus
from workflow.core.errors import ActionError, NotFound
from workflow.models import AuditEvent

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite giữ bảng thử trong bộ nhớ của một kết nối"),
]


@pytest.fixture
def desk() -> House:
    """The small department with rules and an open register, committed for every thread to see."""
    house = rules(make_house())
    open_book(house)
    return house


def test_what_is_killed_after_its_effect_leaves_neither_step_nor_state(desk: House) -> None:
    """A person whose row is gone by the time the step is written: the effect was done, and all of it is undone."""
    matter = report_at(desk, "check")
    ghost = make_person("Nguyễn Văn Không Còn")
    ghost_id = ghost.pk
    ghost.delete()
    before = list(Step.objects.values_list()), list(Approval.objects.values_list()), AuditEvent.objects.count()
    with pytest.raises(Exception, match=r"matching query does not exist|foreign key"):
        matter.act("accept", replace(desk.reviewer, person_id=ghost_id))
    assert (
        list(Step.objects.values_list()),
        list(Approval.objects.values_list()),
        AuditEvent.objects.count(),
    ) == before
    assert (task_of(matter).state, matter.node()) == ("reported", "check")
    matter.act("accept", desk.reviewer)
    holds()


def test_a_connection_that_breaks_before_the_end_leaves_nothing(desk: House) -> None:
    """PostgreSQL ends the connection of one who decided and has not committed; the next one finds all as it was."""
    matter = document_at(desk, "issue")
    decided, killed = threading.Event(), threading.Event()
    job = decides(matter, "issue", desk.clerk)
    pids: list[int] = []
    errors: list[Exception] = []

    def slow() -> None:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    pids.append(cursor.fetchone()[0])
                job()
                decided.set()
                killed.wait(timeout=20)
                Step.objects.count()
        except Exception as error:  # noqa: BLE001 -- handed to the test
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert decided.wait(timeout=20)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", pids)
    killed.set()
    thread.join(timeout=20)
    assert errors
    assert not isinstance(errors[0], ActionError)
    document = document_of(matter)
    assert (document.status, document.number, matter.node()) == (DocumentStatus.DRAFT, None, "issue")
    matter.act("issue", desk.clerk)
    assert document_of(matter).number == 1, "the number that was not taken is free"
    with pytest.raises(NotFound):
        matter.act("issue", desk.clerk)
    holds()
