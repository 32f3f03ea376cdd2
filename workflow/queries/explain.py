"""Answering "Vì sao?" for one task, now or as of any past moment with what was known and in force then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from workflow.choices import TaskKind, TaskState
from workflow.core.errors import Invalid
from workflow.core.explanation import Account, explain_subject
from workflow.core.hashchain import Plain
from workflow.core.rulebook import ZONE
from workflow.models import Escalation, Reminder, Task
from workflow.queries.rulebook import load_rulebook, rulebook_known_at
from workflow.queries.task import subject_of
from workflow.queries.trail import task_at


@dataclass(frozen=True, slots=True)
class PastEffect:
    """One effect that had happened by then, with the decision stored beside it when it happened."""

    kind: str
    at: datetime
    label: str
    decision: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that "Vì sao?" shows. `from_trail` tells that the task's columns were rebuilt from the trail."""

    task_id: int
    code: str
    title: str
    moment: datetime
    from_trail: bool
    state: str
    state_label: str
    account: Account
    past: tuple[PastEffect, ...]

    def as_data(self) -> dict[str, object]:
        """Return plain data for `--json`; moments stay datetimes."""
        return asdict(self)


def task_as_of(task: Task, moment: datetime) -> Task | None:
    """Return the task as it was at a past moment, rebuilt from its trail and not saved; None when it did not exist.

    :raises core.replay.ReplayBreak: when the trail does not hold together.
    """
    columns = task_at(task.pk, moment)
    if not columns:
        return None
    fields = {field.attname: field for field in Task._meta.concrete_fields}
    return Task(pk=task.pk, **{name: fields[name].to_python(value) for name, value in columns.items()})


def explain_task(task: Task, *, at: datetime | None, now: datetime) -> Explanation:
    """Explain what happens to a task at a moment and what follows if nobody moves; changes nothing.

    For a moment in the past the task is rebuilt from its trail, and only calendar, policies and rules that were
    recorded by then are used, with the values in force on that day: a policy set later, even with an earlier date, does
    not change the answer. Otherwise the row and the rulebook of now are used.

    :raises Invalid: when the task did not exist at that moment.
    :raises core.replay.ReplayBreak: when the task's trail does not hold together.
    """
    moment = at or now
    past = moment < now
    subject_row = task_as_of(task, moment) if past else task
    if subject_row is None:
        raise Invalid.of(at=f"Lúc {moment.astimezone(ZONE):%H:%M %d/%m/%Y} chưa có nhiệm vụ này.")
    rulebook = rulebook_known_at(moment) if past else load_rulebook()
    account = explain_subject(
        subject_of(subject_row),
        rulebook,
        moment,
        awaited="văn bản trả lời" if subject_row.kind == TaskKind.CONSULTATION else "báo cáo",
        quarantined=subject_row.quarantined_at is not None,
    )
    return Explanation(
        task_id=task.pk,
        code=task.code,
        title=subject_row.title,
        moment=moment,
        from_trail=past,
        state=subject_row.state,
        state_label=str(TaskState(subject_row.state).label),
        account=account,
        past=past_effects(task, moment),
    )


def past_effects(task: Task, moment: datetime) -> tuple[PastEffect, ...]:
    """Return the reminders and reports to UBND tỉnh up to a moment, oldest first, each with its stored decision."""
    reminders = Reminder.objects.filter(task=task, drafted_at__lte=moment).select_related("document")
    escalations = Escalation.objects.filter(task=task, raised_at__lte=moment)
    effects = [_past_reminder(reminder, moment) for reminder in reminders]
    effects += [
        PastEffect("escalation", row.raised_at, "Phát sinh trách nhiệm báo cáo UBND tỉnh", _stored(row.decision))
        for row in escalations
    ]
    return tuple(sorted(effects, key=lambda effect: effect.at))


def _past_reminder(reminder: Reminder, moment: datetime) -> PastEffect:
    """Describe a reminder as it stood at the moment: drafted, issued, or withdrawn."""
    name = f"Đôn đốc lần {reminder.ordinal}"
    if reminder.withdrawn_at is not None and reminder.withdrawn_at <= moment:
        return PastEffect("reminder", reminder.withdrawn_at, f"{name}: dự thảo đã rút", _stored(reminder.decision))
    if reminder.issued_at is not None and reminder.issued_at <= moment:
        number = f" số {reminder.document.full_number}" if reminder.document.full_number else ""
        return PastEffect("reminder", reminder.issued_at, f"{name}: đã phát hành{number}", _stored(reminder.decision))
    return PastEffect("reminder", reminder.drafted_at, f"{name}: dự thảo", _stored(reminder.decision))


def _stored(decision: object) -> dict[str, Plain]:
    return dict(decision) if isinstance(decision, Mapping) else {}
