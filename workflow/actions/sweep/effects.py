"""The effects of a batch: rows built in memory, then written table by table in one statement each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from workflow.actions.audit import Entry, append_to_tasks
from workflow.actions.document import (
    HEAD_TITLE,
    appendix_rows,
    deliveries_of,
    document_target,
    freeze,
    request_rendering,
    series_of,
    take_numbers,
)
from workflow.actions.flow import Target, open_flows
from workflow.actions.sweep.office import Office
from workflow.actions.task.following import Settled, settle_task
from workflow.actions.transition import enter_state, set_next_due
from workflow.adapters.setwise import insert_rows, update_rows
from workflow.choices import (
    LAST_REMINDER,
    URGENT_KINDS,
    DocumentKind,
    DocumentStatus,
    EscalationStatus,
    FlowKind,
    NotificationKind,
    ReminderStatus,
)
from workflow.core.escalation import CONFIRM, ESCALATE, NUDGE, REMIND, Decision, local_day
from workflow.core.rulebook import PolicyValue, Rulebook
from workflow.models import Document, Escalation, Notification, Reminder, Task

SWEPT_COLUMNS = (
    "state",
    "nudged_days",
    "confirm_asked",
    "reminders_issued",
    "last_reminder_at",
    "reminder_drafted",
    "ladder_done",
    "next_due",
    "chain_seq",
    "chain_head",
)
"""The columns of a task that a sweep may change; named so that one UPDATE writes them for the whole batch."""


@dataclass(slots=True)
class Batch:
    """What one batch will write."""

    office: Office
    rulebook: Rulebook
    now: datetime
    tasks: list[Task] = field(default_factory=list)
    events: list[tuple[Task, Entry]] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)

    def look_again(self, task: Task) -> None:
        """Nothing happens to the task now; only its next moment is stored."""
        self.tasks.append(task)

    def add(self, task: Task, decision: Decision) -> None:
        """Take one decision's effect into the batch."""
        {NUDGE: self._nudge, CONFIRM: self._confirm, REMIND: self._remind, ESCALATE: self._escalate}[decision.effect](
            task, decision
        )
        self.tasks.append(task)

    def write(self, *, not_before: datetime) -> None:
        """Write everything, table by table; the events last, with the chains' heads in the tasks' own rows."""
        self.office.load_papers(self.escalations, self.reminders)
        self._write_reminders()
        self._write_escalations()
        insert_rows(self.notifications)
        for task in self.tasks:
            set_next_due(task, self.rulebook, self.now)
            if task.next_due is not None and task.next_due < not_before:
                task.next_due = not_before
        events = append_to_tasks(self.events, by=None, now=self.now)
        update_rows(self.tasks, SWEPT_COLUMNS)
        insert_rows(events)

    def _tell(
        self, task: Task, people: list[int], key: str, kind: NotificationKind, text: str, *, urgent: bool = False
    ) -> None:
        """Note a message to each; the task's place in its trail makes the key, since a step may come again later."""
        self.notifications += [
            Notification(
                person_id=person,
                key=f"{key}:{task.pk}:{task.round}:{task.chain_seq}",
                kind=kind,
                text=text,
                task_id=task.pk,
                created_at=self.now,
                urgent=urgent or kind in URGENT_KINDS,
            )
            for person in people
        ]

    def _event(
        self, task: Task, name: str, decision: Decision, before: dict[str, object], **details: object
    ) -> dict[str, PolicyValue]:
        """Note the event of one effect and return the decision's record that it keeps."""
        record = decision.record()
        entry = Entry(
            name,
            before=before,
            after={column: getattr(task, column) for column in before},
            clause=decision.rule.citation if decision.rule else "",
            details={"decision": record, **details},
        )
        self.events.append((task, entry))
        return record

    def _nudge(self, task: Task, decision: Decision) -> None:
        before: dict[str, object] = {"nudged_days": task.nudged_days}
        task.nudged_days = decision.days_before
        self._event(task, "task.nudge", decision, before)
        left = decision.facts["days_left"]
        text = f"Còn {left} ngày làm việc đến hạn: {task.title}" if left else f"Hôm nay là ngày đến hạn: {task.title}"
        key = f"nudge{decision.days_before}:{task.due_on}"
        self._tell(task, self.office.workers(task), key, NotificationKind.NUDGE, text)

    def _confirm(self, task: Task, decision: Decision) -> None:
        before: dict[str, object] = {"confirm_asked": task.confirm_asked}
        task.confirm_asked = decision.month
        self._event(task, "task.ask_confirmation", decision, before)
        month = f"{decision.month:%m/%Y}" if decision.month else ""
        text = f"Đề nghị xác nhận tháng {month} có hay không phát sinh: {task.title}"
        self._tell(task, self.office.workers(task), f"confirm{month}", NotificationKind.CONFIRM, text)

    def _remind(self, task: Task, decision: Decision) -> None:
        policies = self.rulebook.policies.on(local_day(self.now))
        issued = not task.by_paper and self.office.owns(task) and policies.flag("engine_issues_internal")
        columns = ("reminders_issued", "last_reminder_at") if issued else ("reminder_drafted",)
        before: dict[str, object] = {column: getattr(task, column) for column in columns}
        if issued:
            task.reminders_issued, task.last_reminder_at = decision.ordinal, self.now
        else:
            task.reminder_drafted = True
        record = self._event(task, "reminder.issue" if issued else "reminder.draft", decision, before)
        self.reminders.append(
            Reminder(
                task=task,
                round=task.round,
                ordinal=decision.ordinal,
                status=ReminderStatus.ISSUED if issued else ReminderStatus.DRAFT,
                rule_id=decision.rule.pk if decision.rule else 0,
                decision=record,
                drafted_at=self.now,
                issued_at=self.now if issued else None,
            )
        )
        if issued:
            text = f"Văn bản đôn đốc lần {decision.ordinal}: {task.title}"
            people, last = self.office.workers(task), (decision.ordinal or 0) >= LAST_REMINDER
            self._tell(task, people, f"remind{decision.ordinal}", NotificationKind.REMINDER, text, urgent=last)
        else:
            text = f"Cần phát hành văn bản đôn đốc lần {decision.ordinal}: {task.title}"
            people = self.office.hosts(task)
            self._tell(task, people, f"draft{decision.ordinal}", NotificationKind.REMINDER, text)

    def _escalate(self, task: Task, decision: Decision) -> None:
        before: dict[str, object] = {"state": task.state, "ladder_done": task.ladder_done}
        settled = Settled({}, {})
        if task.reminder_drafted:
            before["reminder_drafted"] = True
            settled = settle_task(task, "đã chuyển UBND tỉnh", now=self.now)
            task.reminder_drafted = False
        enter_state(task, "escalate", by=None)
        task.ladder_done = True
        record = self._event(task, "task.escalate", decision, before, **settled.details)
        self.escalations.append(
            Escalation(
                task=task,
                round=task.round,
                status=EscalationStatus.DUTY,
                rule_id=decision.rule.pk if decision.rule else 0,
                decision=record,
                raised_at=self.now,
            )
        )
        text = f"Phải báo cáo UBND tỉnh: {task.title}"
        self._tell(task, self.office.chasers(task), "escalate", NotificationKind.ESCALATION, text)

    def _write_reminders(self) -> None:
        documents = []
        for reminder in self.reminders:
            words = self.office.reminder_words(reminder, self.rulebook)
            inside = self.office.owns(reminder.task)
            reminder.document = Document(
                task=reminder.task,
                kind=DocumentKind.LETTER,
                status=DocumentStatus.DRAFT,
                symbol=self.office.letter_symbol if inside else self.office.draft_symbol(reminder.task),
                subject=words.subject,
                body=words.body,
                recipients=[self.office.unit_name(reminder.task.unit_id)],
                copies=list(words.copies),
                signer_name=self.office.chief_name if inside else "",
                signer_title=self.office.chief_title if inside else HEAD_TITLE,
                drafted_at=self.now,
            )
            documents.append(reminder.document)
        issued = [row.document for row in self.reminders if row.status == ReminderStatus.ISSUED]
        self._issue(issued)
        insert_rows(documents, with_ids=True)
        insert_rows(deliveries_of(issued, now=self.now))
        for (_task, entry), reminder in self._reminder_events():
            entry.details = {**entry.details, "document": reminder.document.full_number or reminder.document.pk}
            if reminder.document.text_sha256:
                entry.details["text_sha256"] = reminder.document.text_sha256
            reminder.document = reminder.document  # takes over the key given by the insert
        insert_rows(self.reminders)
        drafted = [row.document for row in self.reminders if row.status == ReminderStatus.DRAFT]
        open_flows(FlowKind.DOCUMENT, [document_target(row, now=self.now) for row in drafted], by=None, now=self.now)
        request_rendering([row.pk for row in issued])

    def _reminder_events(self) -> list[tuple[tuple[Task, Entry], Reminder]]:
        written = {reminder.task_id: reminder for reminder in self.reminders}
        return [
            (pair, written[pair[0].pk]) for pair in self.events if pair[1].name in {"reminder.issue", "reminder.draft"}
        ]

    def _issue(self, documents: list[Document]) -> None:
        """Number, date and freeze documents in Văn phòng's name, in the order of the batch, without a gap."""
        if not documents:
            return
        day = local_day(self.now)
        series = series_of(DocumentKind.LETTER, self.rulebook.policies.on(day))
        book, numbers = take_numbers(self.office.department_id, day.year, len(documents), series=series)
        for document, number in zip(documents, numbers, strict=True):
            freeze(document, book, number, self.office.head, by=None, now=self.now)

    def _write_escalations(self) -> None:
        documents, tables = [], []
        for escalation in self.escalations:
            words = self.office.escalation_words(escalation)
            escalation.document = Document(
                task=escalation.task,
                kind=DocumentKind.REPORT,
                status=DocumentStatus.DRAFT,
                symbol=self.office.report_symbol,
                subject=words.subject,
                body=words.body,
                recipients=[self.office.province_name],
                copies=list(words.copies),
                signer_title=HEAD_TITLE,
                drafted_at=self.now,
            )
            documents.append(escalation.document)
            tables.append((escalation.document, words.appendices))
        insert_rows(documents, with_ids=True)
        insert_rows([row for document, papers in tables for row in appendix_rows(document, papers)])
        for escalation in self.escalations:
            escalation.document = escalation.document  # takes over the key given by the insert
        insert_rows(self.escalations, with_ids=True)
        duties = [Target(row.pk, row.task_id, row.task.host_unit_id, row.task.title) for row in self.escalations]
        open_flows(FlowKind.ESCALATION, duties, by=None, now=self.now)
        open_flows(FlowKind.DOCUMENT, [document_target(row, now=self.now) for row in documents], by=None, now=self.now)
