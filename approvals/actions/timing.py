"""The steps' own clock: who is late is told, then the level above, and no step hangs on somebody who has left.

It is our clock, not viewflow's timers. A timer there fires once and can't be set anew when the
calendar or policy `step_days` changes; it counts hours of the machine, not working days of the site's clock; one row
that points to a node or an app that went aborts the whole run of them all; and it leaves nothing in the trail. Here
what is due follows from columns of the step itself (`due_on`, `nudged_on`, `raised_on`), so that a run that comes late,
comes twice, comes at the same moment as another, or dies in the middle ends in the same state: each level is told once.
A run that comes late does one step of it at a time: the next level waits from the day on which the holders were told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import QuerySet
from viewflow.workflow.status import STATUS

from approvals.models import Approval, Step
from approvals.queries.timing import Holders, given_steps, late_steps
from workflow.actions.audit import Entry, action, record_events
from workflow.choices import NotificationKind
from workflow.core.escalation import in_issue_window, local_day
from workflow.core.workday import Workdays
from workflow.models import Notification, Task
from workflow.queries.rulebook import load_rulebook

BATCH_SIZE = 200

Found = Sequence[tuple[int, int, int | None]]
"""Steps that were found, as (step, approval, task or None)."""


def nudge_late_steps(*, now: datetime, batch_size: int = BATCH_SIZE) -> int:
    """Tell the holders of each step that is past its last day, and `step_days` working days later the next level.

    Only in the hours in which papers go out (policy `issue_window`); outside them nothing happens and the next run
    takes it up. Each batch commits on its own; a step whose approval somebody holds at this moment is left for the next
    run. Returns how many times a level was told.
    """
    rulebook = load_rulebook()
    today = local_day(now)
    policies = rulebook.policies.on(today)
    if not in_issue_window(now, rulebook.calendar, policies):
        return 0
    told_until = rulebook.calendar.add(today, -Workdays(policies.number("step_days")))
    told, after = 0, 0
    while True:
        times, last = _nudge_batch(after, batch_size, told_until, now=now)
        if last is None:
            return told
        told, after = told + times, last


def release_closed(*, now: datetime, batch_size: int = BATCH_SIZE) -> int:
    """Give back to all who hold its right each step given to a person who holds it no more; return how many.

    His account was closed, or his place ended. Those on whom it waits again are told, so it happens in working hours;
    until then the step may be decided by any of them (`queries.talk.forget_gone_owner`).
    """
    rulebook = load_rulebook()
    today = local_day(now)
    if not in_issue_window(now, rulebook.calendar, rulebook.policies.on(today)):
        return 0
    released, after = 0, 0
    while True:
        times, last = _release_batch(after, batch_size, now=now)
        if last is None:
            return released
        released, after = released + times, last


@action
def _nudge_batch(after: int, size: int, told_until: date, *, now: datetime) -> tuple[int, int | None]:
    """Tell of one batch of late steps; return how many and the last one looked at, None when there was none."""
    today = local_day(now)
    late = late_steps(today, told_until)
    found = _find(late.filter(pk__gt=after), size)
    if not found:
        return 0, None
    approvals = _lock(found)
    steps = list(late.filter(pk__in=[pk for pk, _, _ in found], process__in=list(approvals)).order_by("pk"))
    batch = _Batch(Holders(today), now)
    nudged = [step for step in steps if step.nudged_on is None]
    raised = [step for step in steps if step.nudged_on is not None]
    for step in nudged:
        batch.nudge(approvals[step.process_id], step)
    for step in raised:
        batch.raise_up(approvals[step.process_id], step)
    Step.objects.filter(pk__in=[step.pk for step in nudged]).update(nudged_on=today)
    Step.objects.filter(pk__in=[step.pk for step in raised]).update(raised_on=today)
    batch.write()
    return len(steps), found[-1][0]


@action
def _release_batch(after: int, size: int, *, now: datetime) -> tuple[int, int | None]:
    """Look at one batch of given steps; return how many were given back and the last one, None when there was none."""
    found = _find(given_steps().filter(pk__gt=after), size)
    if not found:
        return 0, None
    holders = Holders(local_day(now))
    keys = [pk for pk, _, _ in found]
    gone = {step.pk for step in given_steps().filter(pk__in=keys) if step.owner_id not in holders.of(step)}
    if not gone:
        return 0, found[-1][0]
    approvals = _lock([row for row in found if row[0] in gone])
    rows = given_steps().filter(pk__in=gone, process__in=list(approvals)).select_related("owner").order_by("pk")
    steps = [step for step in rows if step.owner_id not in holders.of(step)]
    batch = _Batch(holders, now)
    for step in steps:
        batch.release(approvals[step.process_id], step)
    Step.objects.filter(pk__in=[step.pk for step in steps]).update(owner=None, status=STATUS.NEW)
    batch.write()
    return len(steps), found[-1][0]


def _find(steps: QuerySet[Step], size: int) -> Found:
    rows = steps.order_by("pk").values_list("pk", "process_id", "process__subject_id")
    return list(rows[:size])


def _lock(found: Found) -> dict[int, Approval]:
    """Lock the tasks, then the approvals, that nobody holds just now; each approval's `subject` is its locked task."""
    wanted = {task_id for _, _, task_id in found if task_id is not None}
    rows = Task.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=wanted).order_by("pk")
    tasks = {task.pk: task for task in rows}
    keys = {approval_id for _, approval_id, task_id in found if task_id is None or task_id in tasks}
    locked = Approval.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=keys)
    approvals = {}
    for approval in locked.select_related("unit").order_by("pk"):
        approval.subject = tasks.get(approval.subject_id)
        approvals[approval.pk] = approval
    return approvals


@dataclass(slots=True)
class _Batch:
    """What one batch will write: messages and events, each kind in one statement."""

    holders: Holders
    now: datetime
    notices: list[Notification] = field(default_factory=list)
    events: list[tuple[Task | str, Entry]] = field(default_factory=list)

    def nudge(self, approval: Approval, step: Step) -> None:
        """Tell those on whom the step waits that it is late."""
        people = self.holders.waited_for(step)
        text = f"Quá hạn bước “{_title(step)}” (hạn {step.due_on:%d/%m/%Y}), đề nghị xử lý: {approval.title}"
        self._tell(approval, people, f"step:{step.pk}:late", text)
        self._event(approval, step, "approval.nudge", level="holders", told=people)

    def raise_up(self, approval: Approval, step: Step) -> None:
        """Tell the next level that the step is late and that its holders were told."""
        people = self.holders.above(step)
        late = f"quá hạn từ sau ngày {step.due_on:%d/%m/%Y}, đã nhắc ngày {step.nudged_on:%d/%m/%Y}, chưa có kết quả"
        text = f"Hồ sơ của {approval.unit.name} chờ ở bước “{_title(step)}” {late}: {approval.title}"
        self._tell(approval, people, f"step:{step.pk}:raised", text)
        self._event(approval, step, "approval.nudge", level="above", told=people)

    def release(self, approval: Approval, step: Step) -> None:
        """Tell those on whom the step waits again, its person being gone."""
        why = f"{step.owner} không còn giữ quyền"
        text = f"Bước “{_title(step)}” trở lại chờ mọi người có quyền ({why}): {approval.title}"
        people = self.holders.of(step)
        self._tell(approval, people, f"step:{step.pk}:released:{step.owner_id}:{local_day(self.now)}", text)
        before = {"id": step.owner_id, "name": str(step.owner)}
        reason = "người được giao không còn giữ quyền ở bước này"
        self._event(approval, step, "approval.reassign", **{"from": before, "to": None, "reason": reason})

    def write(self) -> None:
        """Write the messages, then the events with the heads of their chains."""
        Notification.objects.bulk_create(self.notices, ignore_conflicts=True)
        record_events(self.events, by=None, now=self.now)

    def _tell(self, approval: Approval, people: list[int], key: str, text: str) -> None:
        kind, subject = NotificationKind.NUDGE, approval.subject
        self.notices += [
            Notification(person_id=person, key=key, kind=kind, text=text, task=subject, created_at=self.now)
            for person in people
        ]

    def _event(self, approval: Approval, step: Step, name: str, **details: object) -> None:
        node = step.flow_task.name if step.flow_task is not None else ""
        told = {"approval": approval.pk, "flow": approval.kind, "step": step.pk, "node": node, "title": _title(step)}
        entry = Entry(name, details={**told, "due_on": step.due_on, **details})
        self.events.append((approval.subject or f"approval:{approval.pk}", entry))


def _title(step: Step) -> str:
    """Return the step's name; a node that went from its flow has none of its own."""
    return str(step.title or "đã bỏ khỏi quy trình")
