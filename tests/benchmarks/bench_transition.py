"""One guarded transition (lock, permission, FSM, save, chained event) against bare SQL and one viewflow human step.

    python tests/benchmarks/bench_transition.py [COUNT]      (default 400)

On the database of DATABASE_URL (a scratch database beside it), or SQLite when absent. Prints rates, queries, ratios.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from stage import NOW, make_task, scratch_database

from django.db import connection, transaction
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow.utils import wrap_task_view, wrap_view
from viewflow.workflow.models import Process

from tests.factories import House
from workflow.actions.task import start_task
from workflow.models import Person, Task, Unit

sys.modules["approvals.benchmark"] = sys.modules[__name__]  # viewflow finds a flow by its app and module


DIVISION: list[Unit] = []
"""The unit on which guardian is asked."""

PROCESSES: dict[int, int] = {}
"""The process of each waiting step."""


class StepFlow(flow.Flow):
    """Two human steps in a row; the first is measured."""

    __module__ = "approvals.benchmark"
    process_class = Process
    lock_impl = lock.select_for_update_lock if connection.vendor == "postgresql" else lock.no_lock
    start = flow.StartHandle(this.begin).Next(this.approve)
    approve = (
        flow.View(lambda request: None).Permission("workflow.do_tasks", obj=lambda task: DIVISION[0]).Next(this.sign)
    )
    sign = (
        flow.View(lambda request: None)
        .Permission("workflow.check_reports", obj=lambda task: DIVISION[0])
        .Next(this.end)
    )
    end = flow.End()

    def begin(self, activation: object) -> object:
        """Make the process."""
        return activation


def viewflow_step(task_id: int, user: Person) -> None:
    """Take a waiting human step and execute it as viewflow's own pages do: two requests, each under the flow's lock."""
    node = StepFlow.approve
    process_id = PROCESSES[task_id]  # it stands in the address of both requests

    def take(request: HttpRequest, **_path: int) -> None:
        request.activation.assign(request.user)

    def execute(request: HttpRequest, **_path: int) -> None:
        request.activation.execute()

    for view in (wrap_task_view(node, take, permission=node.can_assign), wrap_view(node, execute)):
        request = HttpRequest()
        request.method, request.user = "POST", Person.objects.get(pk=user.pk)
        view(request, process_pk=process_id, task_pk=task_id)


def lean_step(task_id: int, user: Person) -> None:
    """Assign, start and execute in one transaction, without viewflow's pages."""
    user = Person.objects.get(pk=user.pk)  # a request's user has no permission cache yet
    found = StepFlow.task_class.objects.get(pk=task_id)
    with transaction.atomic(), StepFlow.lock(found.process_id):
        task = StepFlow.task_class.objects.select_related("process").get(pk=task_id)
        activation = task.flow_task.activation_class(task)
        if not activation.flow_task.can_assign(user, task):
            raise PermissionError
        activation.assign(user)
        if not activation.flow_task.can_execute(user, task):
            raise PermissionError
        activation.start(None)
        activation.execute()


def bare_step(task_id: int, grants: frozenset[tuple[int, str]], actor: dict[str, object]) -> None:
    """Do the five steps of a transition in hand-written SQL: lock, permission, state, save, chained event."""
    suffix = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT state, unit_id, chain_seq, chain_head FROM workflow_task WHERE id = %s{suffix}",
            [task_id],
        )
        state, unit_id, seq, head = cursor.fetchone()
        if (unit_id, "do_tasks") not in grants or state != "assigned":
            raise PermissionError
        body = json.dumps(
            {"chain": f"task:{task_id}", "seq": seq + 1, "name": "task.start", "at": NOW.isoformat(), "actor": actor},
            ensure_ascii=False,
            sort_keys=True,
        )
        digest = hashlib.sha256((head + body).encode()).hexdigest()
        cursor.execute(
            "UPDATE workflow_task SET state = 'in_progress', chain_seq = %s, chain_head = %s WHERE id = %s",
            [seq + 1, digest, task_id],
        )
        moment = NOW if connection.vendor == "postgresql" else connection.ops.adapt_datetimefield_value(NOW)
        cursor.execute(
            "INSERT INTO workflow_auditevent (chain, seq, occurred_at, action_id, name, task_id, actor_id, body, "
            "previous_hash, hash) VALUES (%s, %s, %s, %s, 'task.start', %s, %s, %s, %s, %s)",
            [f"task:{task_id}", seq + 1, moment, uuid4().hex, task_id, actor["id"], body, head, digest],
        )


def rate(work: Callable[[int], None], ids: list[int]) -> float:
    """Return calls a second over the ids."""
    start = perf_counter()
    for pk in ids:
        work(pk)
    return len(ids) / (perf_counter() - start)


def measure(house: House, count: int) -> None:
    """Measure the three in turn, three rounds, and print the medians and ratios."""
    user = Person.objects.get(pk=house.member.person_id)
    DIVISION.append(house.division)
    assign_perm("workflow.do_tasks", user, house.division)
    actor: dict[str, object] = {"id": house.member.person_id, "name": house.member.name}
    rates: dict[str, list[float]] = {"ours": [], "bare": [], "viewflow": [], "lean": []}
    queries = {}
    for _round in range(4):
        ids = [make_task(house).pk for _ in range(count)]
        raw_ids = [make_task(house).pk for _ in range(count)]
        flow_ids, lean_ids = (waiting_steps(max(count // 4, 20)) for _kind in range(2))
        start_task(ids.pop(), by=house.member, now=NOW)
        for name, work, pk in (
            ("ours", lambda pk: void(start_task(pk, by=house.member, now=NOW)), ids.pop()),
            ("viewflow", lambda pk: viewflow_step(pk, user), flow_ids.pop()),
            ("lean", lambda pk: lean_step(pk, user), lean_ids.pop()),
        ):
            with CaptureQueriesContext(connection) as captured:
                work(pk)
            queries[name] = count_real(captured)
        rates["ours"].append(rate(lambda pk: void(start_task(pk, by=house.member, now=NOW)), ids))
        rates["bare"].append(rate(lambda pk: bare_step(pk, house.member.grants, actor), raw_ids))
        rates["viewflow"].append(rate(lambda pk: viewflow_step(pk, user), flow_ids))
        rates["lean"].append(rate(lambda pk: lean_step(pk, user), lean_ids))
    middle = {name: sorted(found[1:])[1] for name, found in rates.items()}
    assert Task.objects.filter(state="in_progress").count() >= count
    ours = middle["ours"]
    print(
        f"{connection.vendor}: một lần chuyển trạng thái {ours:,.0f}/s ({queries['ours']} truy vấn), "
        f"SQL thuần {middle['bare']:,.0f}/s; một bước viewflow qua trang của nó {middle['viewflow']:,.0f}/s "
        f"({queries['viewflow']} truy vấn), gộp trong một giao dịch {middle['lean']:,.0f}/s ({queries['lean']} truy vấn)\n"
        f"    bằng {ours / middle['bare']:.2f} lần SQL thuần; gấp {ours / middle['viewflow']:.1f} lần một bước viewflow, "
        f"{ours / middle['lean']:.1f} lần khi bước ấy gộp trong một giao dịch",
        flush=True,
    )


def waiting_steps(count: int) -> list[int]:
    """Begin so many processes and return their waiting steps."""
    found = []
    for _ in range(count):
        process = StepFlow.start.run().process
        step = process.task_set.filter(flow_task=StepFlow.approve).get()
        PROCESSES[step.pk] = process.pk
        found.append(step.pk)
    return found


def count_real(captured: CaptureQueriesContext) -> int:
    """Return the number of queries, BEGIN, COMMIT and savepoints left out."""
    words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(words) for query in captured.captured_queries)


def void(_result: object) -> None:
    """Drop a result."""


if __name__ == "__main__":
    with scratch_database() as the_house:
        measure(the_house, int(sys.argv[1]) if len(sys.argv) > 1 else 400)
