"""What the app offers to the actions of the work (`workflow.actions.flow.Flows`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Count

from approvals.actions.deciding import decide_waiting
from approvals.actions.opening import close_approvals, open_approvals
from approvals.actions.revising import written_anew
from approvals.actions.succession import asked_by, hand_over
from approvals.actions.timing import nudge_late_steps, release_closed
from approvals.models import Approval, Step
from approvals.screens import choice_called
from workflow.actions.flow import Said, Target, Waiting
from workflow.choices import FlowKind
from workflow.models import Task
from workflow.permissions import Actor


class Port:
    """The flows, as the work knows them."""

    def open(self, kind: FlowKind, targets: Sequence[Target], *, by: Actor | None, now: datetime) -> None:
        """Open the flow of each target that has none open."""
        open_approvals(kind, targets, by=by, now=now)

    def close(
        self,
        kind: FlowKind,
        target_ids: Sequence[int],
        reason: str,
        *,
        tasks: Sequence[Task],
        by: Actor | None,
        now: datetime,
    ) -> None:
        """Close the flows that are open on the targets, which are of these locked tasks."""
        close_approvals(kind, target_ids, reason, tasks=tasks, by=by, now=now)

    def written_anew(
        self,
        kind: FlowKind,
        target_id: int,
        title: str,
        revision: int,
        *,
        task: Task | None,
        by: Actor,
        now: datetime,
    ) -> None:
        """Let the open flow follow a draft that was written anew."""
        written_anew(kind, target_id, title, revision, task=task, by=by, now=now)

    def act(
        self,
        kind: FlowKind,
        target_id: int,
        outcome: str,
        version: int | None = None,
        data: Mapping[str, object] | None = None,
        *,
        by: Actor,
        now: datetime,
    ) -> None:
        """Decide the step that waits on the target."""
        decide_waiting(kind, target_id, outcome, version, data, by=by, now=now)

    def asked_by(self, unit_id: int) -> int:
        """Return how many open flows stand in the unit's name."""
        return asked_by(unit_id)

    def hand_over(self, unit_id: int, heir_id: int, *, by: Actor | None, now: datetime) -> Sequence[int]:
        """Let the heir of a unit stand in all its open flows; return their keys."""
        return hand_over(unit_id, heir_id, by=by, now=now)

    def waiting(self, kind: FlowKind | None = None, target_id: int | None = None) -> Sequence[Waiting]:
        """Return the steps that wait, all or those of a kind and target (one query)."""
        steps = Step.objects.filter(decided_at__isnull=True, finished__isnull=True, codename__gt="")
        steps = steps.filter(process__closed_at__isnull=True)
        if kind is not None:
            steps = steps.filter(process__kind=kind)
        if target_id is not None:
            steps = steps.filter(process__target_id=target_id)
        columns = ("process__kind", "process__target_id", "process__subject_id", "process__unit_id")
        rows = steps.order_by("id").values_list(*columns, "flow_task", "opened_at")
        return [Waiting(FlowKind(row[0]), row[1], row[2], row[3], row[4].name, row[5]) for row in rows if row[4]]

    def said(self, kind: FlowKind, target_id: int) -> Sequence[Said]:
        """Return what people decided and said at the steps of a target's flow so far (one query)."""
        steps = Step.objects.filter(process__kind=kind, process__target_id=target_id, decided_at__isnull=False)
        steps = steps.exclude(outcome="").select_related("process").order_by("decided_at", "id")
        return [_said(step, step.decided_at) for step in steps if step.decided_at is not None]

    def figures(self) -> Mapping[FlowKind, Mapping[str, int]]:
        """Return for each flow how many approvals ended with each result, and how often each was decided."""
        counted: dict[FlowKind, Counter[str]] = {kind: Counter() for kind in FlowKind}
        for kind, result, number in Approval.objects.order_by().values_list("kind", "result").annotate(Count("pk")):
            counted[FlowKind(kind)][result or "open"] += number
        decided = Step.objects.filter(outcome__in=("return", "send_back", "withdraw")).order_by()
        for kind, outcome, number in decided.values_list("process__kind", "outcome").annotate(Count("pk")):
            counted[FlowKind(kind)][outcome] += number
        return counted

    def nudge(self, *, now: datetime) -> int:
        """Tell of steps that are late, and free those given to people who left; return how many times."""
        return release_closed(now=now) + nudge_late_steps(now=now)


def _said(step: Step, at: datetime) -> Said:
    choice = choice_called(step.process.kind, step.flow_task.name, step.outcome) if step.flow_task else None
    who = f"{step.decided_name}, {step.decided_position}" if step.decided_position else step.decided_name
    label = str(choice.label) if choice is not None else step.outcome
    return Said(who, str(step.title), label, step.note, at)
