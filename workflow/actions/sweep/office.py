"""What a sweep needs to know of the department, read once: names, symbols, who is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q

from workflow.choices import DocumentKind, Role, UnitKind
from workflow.core.escalation import local_day
from workflow.core.numbering import symbol_for
from workflow.core.paper import Head
from workflow.core.rulebook import Rulebook
from workflow.core.wording import EarlierReminder, TaskFacts, Words, escalation_text, reminder_text
from workflow.models import Escalation, Membership, Reminder, Task, Unit
from workflow.queries.document import head_of_body, letterhead_on
from workflow.queries.wording import Papers, basis_of, read_papers

HEAD_ROLES = frozenset({Role.UNIT_HEAD, Role.OFFICE_CHIEF})
CHASER_ROLES = frozenset({Role.OFFICE_CHIEF, Role.OFFICE_REVIEWER, Role.LEADER})
CHIEF_TITLE = "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG"


@dataclass(slots=True)
class Office:
    """The department on one day: units by id, people by unit and role, the papers of the batch's tasks."""

    day: date
    units: dict[int, Unit]
    heads: dict[int, list[int]]
    office_chasers: list[int]
    clerks: list[int]
    department_id: int
    letter_symbol: str
    report_symbol: str
    chief_name: str
    province_name: str
    head: Head
    chief_title: str = CHIEF_TITLE
    papers: Papers = field(default_factory=Papers)

    def owns(self, task: Task) -> bool:
        """Whether the owing unit belongs to the department, so that the engine may issue in Văn phòng's name."""
        return task.unit_id is not None and self.units[task.unit_id].is_internal

    def draft_symbol(self, task: Task) -> str:
        """Return the symbol of a công văn that the unit which chases the task drafts; else Văn phòng's."""
        host = self.units[task.host_unit_id]
        if not host.is_internal or not host.abbreviation:
            return self.letter_symbol
        return symbol_for(DocumentKind.LETTER, self.head.abbreviation, host.abbreviation)

    def unit_name(self, unit_id: int | None) -> str:
        """Return a unit's name."""
        return self.units[unit_id].name if unit_id is not None else ""

    def workers(self, task: Task) -> list[int]:
        """Who works on the task: its assignee and the unit's heads."""
        people = list(self.heads.get(task.unit_id or 0, ()))
        if task.assignee_id is not None and task.assignee_id not in people:
            people.append(task.assignee_id)
        return people

    def hosts(self, task: Task) -> list[int]:
        """Who must have a draft issued: the chasing unit's heads and văn thư."""
        return sorted({*self.heads.get(task.host_unit_id, ()), *self.clerks})

    def chasers(self, task: Task) -> list[int]:
        """Who is told of a duty to report to UBND tỉnh: Văn phòng, the leaders, the chasing and the owing unit."""
        return sorted({*self.office_chasers, *self.hosts(task), *self.workers(task)})

    def load_papers(self, escalations: Sequence[Escalation], reminders: Sequence[Reminder]) -> None:
        """Read what the papers of the batch cite: what asked, earlier reminders of the round, the trail of duties."""
        if escalations or reminders:
            self.papers = read_papers(
                [row.task for row in reminders],
                [row.task for row in escalations],
                province_name=self.province_name,
                cite_earlier=any(row.ordinal > 1 for row in reminders),
            )

    def earlier(self, task: Task) -> list[EarlierReminder]:
        """Return the reminders of the task's round that were issued, in order."""
        return self.papers.earlier(task, self.head.name)

    def facts(self, task: Task) -> TaskFacts:
        """Return what a text says of the task."""
        return self.papers.facts(task, unit_name=self.unit_name(task.unit_id), body_name=self.head.name)

    def reminder_words(self, reminder: Reminder, rulebook: Rulebook) -> Words:
        """Return the words of a reminder."""
        return reminder_text(
            self.facts(reminder.task),
            reminder.ordinal,
            basis=basis_of(reminder.decision),
            earlier=self.earlier(reminder.task),
            wait_days=int(rulebook.policies.on(self.day).wait),
        )

    def escalation_words(self, escalation: Escalation) -> Words:
        """Return the words of the report to UBND tỉnh."""
        facts = self.facts(escalation.task)
        return escalation_text(
            facts,
            basis=basis_of(escalation.decision),
            reminders=self.earlier(escalation.task),
            today=self.day,
            moments=self.papers.moments(escalation.task, facts, today=self.day),
        )


def _open_unit(units: Iterable[Unit], kind: UnitKind, day: date) -> Unit | None:
    """Return the unit of the kind that exists on the day, the newest when there are several, as papers by hand do."""
    found = [unit for unit in units if unit.kind == kind and unit.is_open_on(day)]
    return min(found, key=lambda unit: (-unit.valid_from.toordinal(), unit.pk), default=None)


def _head(units: Mapping[int, Unit], department: Unit, province: Unit, day: date) -> Head:
    """Return how the department names itself on its documents that day (one query)."""
    above = units.get(department.parent_id or 0, province)
    return head_of_body(department, above.name, letterhead_on(department, day))


def read_office(now: datetime) -> Office:
    """Read the department as it is on the local day (three queries).

    :raises LookupError: when no department stands in the table.
    """
    day = local_day(now)
    units = Unit.objects.in_bulk()
    in_force = Membership.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)
    heads: dict[int, list[int]] = defaultdict(list)
    chasers, clerks, chief_name = [], [], ""
    for row in in_force.select_related("person").order_by("id"):
        if row.role in HEAD_ROLES and row.person_id not in heads[row.unit_id]:
            heads[row.unit_id].append(row.person_id)
        if row.role in CHASER_ROLES:
            chasers.append(row.person_id)
        if row.role == Role.CLERK:
            clerks.append(row.person_id)
        if row.role == Role.OFFICE_CHIEF and not chief_name:
            chief_name = row.person.full_name
    department, office, province = (
        _open_unit(units.values(), kind, day) for kind in (UnitKind.DEPARTMENT, UnitKind.OFFICE, UnitKind.PROVINCE)
    )
    if department is None or office is None or province is None:
        raise LookupError("Chưa có Sở, Văn phòng Sở hoặc UBND tỉnh trong danh sách đơn vị; hãy chạy lệnh seed trước.")
    head = _head(units, department, province, day)
    return Office(
        day=day,
        units=units,
        heads=heads,
        office_chasers=sorted(set(chasers)),
        clerks=sorted(set(clerks)),
        department_id=department.pk,
        letter_symbol=symbol_for(DocumentKind.LETTER, head.abbreviation, office.abbreviation),
        report_symbol=symbol_for(DocumentKind.REPORT, head.abbreviation, office.abbreviation),
        chief_name=chief_name,
        province_name=province.name,
        head=head,
    )
