"""Everything that a task's page shows, and what an act on it needs to know, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from workflow.choices import EscalationStatus, ReminderStatus, ReportStatus, RequestStatus, TaskKind
from workflow.core.errors import NotFound
from workflow.core.escalation import month_before
from workflow.core.rulebook import Rulebook
from workflow.models import (
    Attachment,
    Document,
    Escalation,
    Extension,
    Obstacle,
    ProgressNote,
    Reminder,
    Report,
    Suspension,
    Task,
)
from workflow.permissions import Actor
from workflow.queries.paperlist import marked
from workflow.queries.report import report_thread
from workflow.queries.rulebook import load_rulebook
from workflow.queries.task import may_see, visible_tasks

NOTES_SHOWN = 24


@dataclass(slots=True)
class TaskFacts:
    """One task with what hangs on it, as the acting person may see it at the moment."""

    task: Task
    actor: Actor
    now: datetime
    rulebook: Rulebook
    reports: list[Report] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)
    notes: list[ProgressNote] = field(default_factory=list)
    children: list[Task] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    loose_files: list[Attachment] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The local day."""
        return timezone.localdate(self.now)

    def may(self, *codenames: str) -> bool:
        """Whether the person holds one of the rights on the unit that owes the task."""
        return any(self.actor.may(codename, self.task.unit_id) for codename in codenames)

    def may_as_host(self, *codenames: str) -> bool:
        """Whether the person holds one of the rights on the unit that chases the task."""
        return any(self.actor.may(codename, self.task.host_unit_id) for codename in codenames)

    def permits(self, transition: str) -> bool:
        """Whether the person has the right to the declared transition, whatever the state."""
        method = getattr(self.task, transition)
        declared = method._django_fsm.transitions.values()
        return any(each.has_perm(self.task, self.actor) for each in declared)

    def reachable(self, transition: str) -> bool:
        """Whether the task is in a state from which the transition leads."""
        return bool(getattr(self.task, transition)._django_fsm.has_transition(self.task.state))

    @property
    def is_consultation(self) -> bool:
        """Whether the task is a consulted body's answer."""
        return self.task.kind == TaskKind.CONSULTATION

    @property
    def parent_seen(self) -> bool:
        """Whether the person may see the parent task."""
        return self.task.parent is not None and may_see(self.actor, self.task.parent)

    @property
    def draft(self) -> Report | None:
        """The report draft, if any."""
        return next((report for report in self.reports if report.status == ReportStatus.DRAFT), None)

    @property
    def submitted(self) -> Report | None:
        """The version that waits for a check, if any."""
        return next((report for report in self.reports if report.status == ReportStatus.SUBMITTED), None)

    @property
    def drafted_reminder(self) -> Reminder | None:
        """The reminder that is drafted and not issued, if any."""
        return next((row for row in self.reminders if row.status == ReminderStatus.DRAFT), None)

    @property
    def duty(self) -> Escalation | None:
        """The duty to report to UBND tỉnh whose document has not been sent."""
        return next((row for row in self.escalations if row.status == EscalationStatus.DUTY), None)

    @property
    def sent(self) -> Escalation | None:
        """The report to UBND tỉnh that waits for a direction."""
        return next((row for row in self.escalations if row.status == EscalationStatus.SENT), None)

    @property
    def open_escalation(self) -> Escalation | None:
        """The duty or the sent report, whichever is open."""
        return self.duty or self.sent

    @property
    def pending_extension(self) -> Extension | None:
        """The request for an extension that waits for a decision."""
        return next((row for row in self.extensions if row.status == RequestStatus.PENDING), None)

    @property
    def open_obstacle(self) -> Obstacle | None:
        """The obstacle that waits for a decision."""
        return next((row for row in self.obstacles if row.status == RequestStatus.PENDING), None)

    @property
    def consultations(self) -> list[Task]:
        """The children that are consultations."""
        return [child for child in self.children if child.kind == TaskKind.CONSULTATION]

    @property
    def other_children(self) -> list[Task]:
        """The children that are not consultations."""
        return [child for child in self.children if child.kind != TaskKind.CONSULTATION]

    @property
    def unconfirmed_month(self) -> date | None:
        """The month whose confirmation is asked and not given."""
        task = self.task
        if not task.confirm_monthly or task.confirm_asked is None:
            return None
        if task.confirmed_month is not None and task.confirmed_month >= task.confirm_asked:
            return None
        return task.confirm_asked

    @property
    def month_to_confirm(self) -> date:
        """The month that a confirmation given now is about: the one asked, else the month before this one."""
        return self.unconfirmed_month or month_before(self.today)


def find_task(actor: Actor, task_id: int) -> Task:
    """Return the task with its units, parent, plan and row.

    :raises NotFound: when it does not exist or the person may not see it; both look the same.
    """
    rows = visible_tasks(actor).select_related(
        "unit", "host_unit", "assignee", "plan", "item", "parent", "parent__unit", "parent__host_unit"
    )
    task = rows.filter(pk=task_id).first()
    if task is None:
        raise NotFound
    return task


def load_task_facts(actor: Actor, task_id: int, *, now: datetime) -> TaskFacts:
    """Return the task and all that its page shows; a fixed number of queries, whatever hangs on it.

    :raises NotFound: when it does not exist or the person may not see it.
    """
    task = find_task(actor, task_id)
    return TaskFacts(
        task=task,
        actor=actor,
        now=now,
        rulebook=load_rulebook(),
        reports=list(report_thread(task, for_actor=actor).prefetch_related("attachments").order_by("-version")),
        reminders=list(task.reminders.select_related("document__recall", "rule").order_by("round", "ordinal", "id")),
        escalations=list(
            task.escalations.select_related("document__recall", "rule")
            .prefetch_related("directions")
            .order_by("-raised_at")
        ),
        extensions=list(task.extensions.all()),
        suspensions=list(task.suspensions.all()),
        obstacles=list(task.obstacles.all()),
        notes=list(task.notes.all()[:NOTES_SHOWN]),
        children=[
            child
            for child in task.children.select_related("unit", "host_unit").order_by("sequence", "id")
            if may_see(actor, child)
        ],
        documents=list(marked(task.documents.all())),
        loose_files=list(task.attachments.filter(report__isnull=True)),
    )


def find_attachment(actor: Actor, attachment_id: int) -> Attachment:
    """Return a file of a task that the person may see.

    :raises NotFound: when it does not exist or its task may not be seen.
    """
    found = Attachment.objects.filter(pk=attachment_id, task__in=visible_tasks(actor)).first()
    if found is None:
        raise NotFound
    return found
