"""What texts say of a task, read from its rows; of a set of tasks in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from workflow.choices import DocumentKind, DocumentStatus, ReminderStatus, TaskKind
from workflow.core.hashchain import Plain
from workflow.core.replay import read_body
from workflow.core.wording import Basis, Cited, EarlierReminder, Moment, TaskFacts, chronology
from workflow.core.wording.chronology import TELLERS
from workflow.models import AuditEvent, Document, Plan, Reminder, Task, Unit
from workflow.queries.document import head_of_body, head_on, province

LETTER_LABEL = str(DocumentKind.LETTER.label)
PLAN_LABEL = str(DocumentKind.PLAN.label)
SOME_DOCUMENT = "Văn bản"
"""How a document is cited whose type nobody recorded."""


@dataclass(slots=True)
class Papers:
    """What stands on paper about a set of tasks: what asked, what was reminded, what the trail tells."""

    asked_by: dict[int, Cited] = field(default_factory=dict)
    reminders: dict[int, list[Reminder]] = field(default_factory=dict)
    trails: dict[int, list[dict[str, Plain]]] = field(default_factory=dict)
    parents: dict[int, str] = field(default_factory=dict)

    def earlier(self, task: Task, body_name: str) -> list[EarlierReminder]:
        """Return the reminders of the task's present round that were issued, in order."""
        return [
            EarlierReminder(
                row.ordinal,
                row.document.full_number,
                row.document.issued_on,
                str(row.document.head.get("name", body_name)),
                row.document.subject,
            )
            for row in self.reminders.get(task.pk, ())
            if row.round == task.round and row.document.issued_on is not None
        ]

    def facts(self, task: Task, *, unit_name: str, body_name: str) -> TaskFacts:
        """Return what a text says of the task."""
        consultation = task.kind == TaskKind.CONSULTATION
        return task_facts(
            task,
            unit_name=unit_name,
            parent_title=self.parents.get(task.parent_id or 0, "") if consultation else "",
            body_name=body_name,
            asked_by=self.asked_by.get(task.pk),
        )

    def moments(self, task: Task, facts: TaskFacts, *, today: date) -> tuple[Moment, ...]:
        """Return the chronology of a task whose trail was read."""
        return chronology(self.trails.get(task.pk, ()), facts, today=today)


def task_facts(
    task: Task, *, unit_name: str, parent_title: str = "", body_name: str = "Sở", asked_by: Cited | None = None
) -> TaskFacts:
    """Return what a text says of the task; names are given, so that a set of tasks needs no query each."""
    consultation = task.kind == TaskKind.CONSULTATION
    return TaskFacts(
        title=task.title.rstrip(" ."),
        unit_name=unit_name,
        due_on=task.due_on,
        clause=task.clause,
        timeline_text=task.timeline_text,
        consultation=consultation,
        parent_title=parent_title.rstrip(" ."),
        processing_until=task.processing_until,
        body_name=body_name,
        asked_by=asked_by,
        asked_on=timezone.localdate(task.created_at) if consultation else None,
    )


def read_papers(
    reminded: Sequence[Task], reported: Sequence[Task] = (), *, province_name: str, cite_earlier: bool = True
) -> Papers:
    """Read what the texts of a set of tasks cite, in at most five queries.

    `reminded` are to be reminded, `reported` to be reported to UBND tỉnh: of these the trail is read too. Without
    `cite_earlier` no reminder of the first is looked for.
    """
    tasks = [*reminded, *reported]
    papers = Papers(reminders=_issued_reminders([*(reminded if cite_earlier else ()), *reported]))
    papers.asked_by = _assigning_papers(tasks, province_name) | _asking_letters(tasks)
    above = {task.parent_id for task in tasks if task.parent_id is not None and task.kind == TaskKind.CONSULTATION}
    if above:
        papers.parents = dict(Task.objects.filter(pk__in=above).values_list("pk", "title"))
    if reported:
        papers.trails = _trails([task.pk for task in reported])
    return papers


def _issued_reminders(tasks: Iterable[Task]) -> dict[int, list[Reminder]]:
    found: dict[int, list[Reminder]] = defaultdict(list)
    ids = [task.pk for task in tasks]
    if ids:
        issued = Reminder.objects.filter(task_id__in=ids, status=ReminderStatus.ISSUED)
        for row in issued.select_related("document").order_by("round", "ordinal"):
            found[row.task_id].append(row)
    return found


def _assigning_papers(tasks: Iterable[Task], province_name: str) -> dict[int, Cited]:
    """Return the plan of each plan task, and UBND tỉnh's document of what it assigned (one query for the plans)."""
    given = {}
    of_plans = defaultdict(list)
    for task in tasks:
        if task.kind == TaskKind.PROVINCE and task.event_number:
            given[task.pk] = Cited(SOME_DOCUMENT, task.event_number, task.event_on, province_name)
        elif task.plan_id is not None and task.kind != TaskKind.CONSULTATION:
            of_plans[task.plan_id].append(task.pk)
    if of_plans:
        for plan in Plan.objects.filter(pk__in=of_plans).select_related("issuer"):
            issuer = head_of_body(plan.issuer, province_name, None).name
            cited = Cited(PLAN_LABEL, plan.number, plan.issued_on, issuer, plan.title)
            given |= dict.fromkeys(of_plans[plan.pk], cited)
    return given


def _asking_letters(tasks: Iterable[Task]) -> dict[int, Cited]:
    """Return the letter that asked each consulted body, where one was issued here (one query).

    That is the first công văn, other than a reminder, of the consultation itself, or of the work it belongs to, that
    is addressed to the body and was issued by the end of its first term. Another system's letter is not known.
    """
    asked = {task.pk: task for task in tasks if task.kind == TaskKind.CONSULTATION}
    if not asked:
        return {}
    owners = {*asked, *(task.parent_id for task in asked.values() if task.parent_id is not None)}
    letters = Document.objects.filter(
        task_id__in=owners, kind=DocumentKind.LETTER, status=DocumentStatus.ISSUED, reminders__isnull=True
    )
    found: dict[int, Cited] = {}
    by_owner: dict[int, list[Document]] = defaultdict(list)
    for letter in letters.order_by("issued_at", "pk"):
        by_owner[letter.task_id or 0].append(letter)
    names = _unit_names(asked.values()) if by_owner else {}
    for pk, task in asked.items():
        own = by_owner.get(pk, [])
        above = [row for row in by_owner.get(task.parent_id or 0, ()) if _asks(row, names.get(task.unit_id or 0), task)]
        for letter in [*own, *above][:1]:
            body_name = str(letter.head.get("name", ""))
            found[pk] = Cited(LETTER_LABEL, letter.full_number, letter.issued_on, body_name, letter.subject)
    return found


def _unit_names(tasks: Iterable[Task]) -> dict[int, str]:
    ids = {task.unit_id for task in tasks if task.unit_id is not None}
    return dict(Unit.objects.filter(pk__in=ids).values_list("pk", "name"))


def _asks(letter: Document, name: str | None, task: Task) -> bool:
    in_time = task.due_first is None or (letter.issued_on is not None and letter.issued_on <= task.due_first)
    return in_time and name in letter.recipients


def _trails(task_ids: Sequence[int]) -> dict[int, list[dict[str, Plain]]]:
    found: dict[int, list[dict[str, Plain]]] = defaultdict(list)
    events = AuditEvent.objects.filter(task_id__in=task_ids, name__in=list(TELLERS))
    for task_id, body in events.order_by("task_id", "seq").values_list("task_id", "body"):
        found[task_id or 0].append(read_body(body))
    return found


@dataclass(frozen=True, slots=True)
class OneMatter:
    """What the text about one task needs."""

    facts: TaskFacts
    earlier: list[EarlierReminder]
    moments: tuple[Moment, ...]


def read_matter(task: Task, *, today: date, trail: bool = False) -> OneMatter:
    """Return what a text about one task says on the day, with its chronology when `trail` is asked for.

    :raises WrongState: when there is no department or no UBND tỉnh on the day.
    """
    body_name = head_on(today).name
    papers = read_papers([] if trail else [task], [task] if trail else [], province_name=province(today).name)
    facts = papers.facts(task, unit_name=task.unit.name if task.unit is not None else "", body_name=body_name)
    moments = papers.moments(task, facts, today=today) if trail else ()
    return OneMatter(facts, papers.earlier(task, body_name), moments)


def basis_of(record: Mapping[str, object]) -> Basis:
    """Return what a stored decision stands on: its citation and its clause, "" where no clause says it."""
    return Basis(str(record.get("basis", "")), str(record.get("clause", "")))
