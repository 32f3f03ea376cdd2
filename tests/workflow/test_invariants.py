"""Random histories by random persons: whatever anybody tries, nothing of domain.md section 7 breaks.

One machine plays on one small department: persons of every role try actions at advancing times, the sweep runs in
between, and after every step the invariants are checked on the tables and on the trail, by code of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.factories import PERSON_NAMES, ZONE, House, at, make_task
from workflow.actions.adjustment import (
    advise_obstacle,
    ask_extension,
    decide_extension,
    decide_obstacle,
    raise_obstacle,
    resume_task,
    suspend_task,
)
from workflow.actions.consultation import accept_answer, consult, record_answer, return_answer
from workflow.actions.escalation import escalate_task, record_direction, send_escalation, withdraw_escalation
from workflow.actions.policy import seed_rules
from workflow.actions.reminder import draft_reminder, issue_reminder, withdraw_reminder
from workflow.actions.report import return_report, review_report, save_draft, submit_report, withdraw_report
from workflow.actions.sweep import sweep
from workflow.actions.task import (
    add_note,
    assign_lead,
    assign_person,
    cancel_task,
    open_dossier,
    open_province_task,
    reopen_task,
    start_task,
)
from workflow.actions.transition import TRACKED
from workflow.choices import (
    DocumentStatus,
    EscalationStatus,
    ReminderStatus,
    ReportStatus,
    RequestStatus,
    TaskKind,
    TaskState,
)
from workflow.core.errors import ActionError, NotFound
from workflow.core.hashchain import GENESIS, canonical, link
from workflow.models import (
    AuditChain,
    AuditEvent,
    Document,
    Escalation,
    Extension,
    Obstacle,
    RegisterBook,
    Reminder,
    Report,
    Task,
)
from workflow.permissions import Actor
from workflow.queries import rulebook
from workflow.queries.task import may_see
from workflow.queries.trail import verify_facts, verify_trail

ALLOWED = {
    "assigned": {"in_progress", "reported", "escalated", "suspended", "cancelled"},
    "in_progress": {"reported", "escalated", "suspended", "cancelled"},
    "reported": {"in_progress", "reviewed", "cancelled", "escalated"},
    "reviewed": {"in_progress"},
    "escalated": {"reported", "in_progress", "cancelled"},
    "suspended": {"assigned", "in_progress", "cancelled"},
    "waiting_event": {"assigned", "cancelled"},
    "cancelled": set(),
}
"""Domain.md section 2, with a report that is taken back giving its duty back (reported to escalated)."""

WORDS = st.sampled_from(["Đã xong.", "Không có.", "Theo văn bản số 5.", ""])


def newest(model: type[Report | Extension | Obstacle | Reminder | Escalation], task: Task) -> int:
    """The key of the newest row of the task, or one that does not exist."""
    return int(model._default_manager.filter(task=task).order_by("-pk").values_list("pk", flat=True).first() or 0)


def version(task: Task) -> int:
    return Report.objects.filter(task=task).count()


def same(one: object, other: object) -> bool:
    """Tell whether two stored values are one: an empty column is not written, and a moment is one in every zone."""
    if one == other or (not one and not other):
        return True
    if not (isinstance(one, str) and isinstance(other, str) and "T" in one and "T" in other):
        return False
    return datetime.fromisoformat(one) == datetime.fromisoformat(other)


Try = Callable[[House, Task, Actor, datetime, str], object]

TRIES: dict[str, Try] = {
    "start": lambda h, t, by, now, word: start_task(t.pk, by=by, now=now),
    "draft": lambda h, t, by, now, word: save_draft(t.pk, word, False, "Biên bản 1", by=by, now=now),
    "draft nothing": lambda h, t, by, now, word: save_draft(t.pk, word, True, "", by=by, now=now),
    "submit": lambda h, t, by, now, word: submit_report(t.pk, version(t), by=by, now=now),
    "take back": lambda h, t, by, now, word: withdraw_report(t.pk, version(t), by=by, now=now),
    "review": lambda h, t, by, now, word: review_report(t.pk, version(t), True, True, True, word, by=by, now=now),
    "return": lambda h, t, by, now, word: return_report(t.pk, version(t), True, False, True, word, by=by, now=now),
    "note": lambda h, t, by, now, word: add_note(t.pk, word, by=by, now=now),
    "month": lambda h, t, by, now, word: add_note(t.pk, word, date(2022, 10, 1), has_work=False, by=by, now=now),
    "extend": lambda h, t, by, now, word: ask_extension(t.pk, word, date(2022, 11, 18), by=by, now=now),
    "allow": lambda h, t, by, now, word: decide_extension(
        newest(Extension, t), True, date(2022, 11, 18), word, by=by, now=now
    ),
    "refuse": lambda h, t, by, now, word: decide_extension(newest(Extension, t), False, None, word, by=by, now=now),
    "suspend": lambda h, t, by, now, word: suspend_task(t.pk, word, "1/KL", date(2022, 9, 30), by=by, now=now),
    "resume": lambda h, t, by, now, word: resume_task(t.pk, by=by, now=now),
    "obstacle": lambda h, t, by, now, word: raise_obstacle(t.pk, word, by=by, now=now),
    "advise": lambda h, t, by, now, word: advise_obstacle(newest(Obstacle, t), word, by=by, now=now),
    "decide": lambda h, t, by, now, word: decide_obstacle(newest(Obstacle, t), True, word, by=by, now=now),
    "consult": lambda h, t, by, now, word: consult(
        t.pk, [h.body.pk, h.silent_body.pk], word, (now + timedelta(days=4)).date(), by=by, now=now
    ),
    "answer": lambda h, t, by, now, word: record_answer(t.pk, "5/STC", now.date(), word, by=by, now=now),
    "accept": lambda h, t, by, now, word: accept_answer(t.pk, version(t), by=by, now=now),
    "return answer": lambda h, t, by, now, word: return_answer(t.pk, version(t), word, by=by, now=now),
    "draft reminder": lambda h, t, by, now, word: draft_reminder(t.pk, by=by, now=now),
    "issue reminder": lambda h, t, by, now, word: issue_reminder(newest(Reminder, t), by=by, now=now),
    "drop reminder": lambda h, t, by, now, word: withdraw_reminder(newest(Reminder, t), word, by=by, now=now),
    "escalate": lambda h, t, by, now, word: escalate_task(t.pk, word, by=by, now=now),
    "send": lambda h, t, by, now, word: send_escalation(newest(Escalation, t), by=by, now=now),
    "direct": lambda h, t, by, now, word: record_direction(
        newest(Escalation, t), "7/UBND", now.date(), word, (now + timedelta(days=7)).date(), False, by=by, now=now
    ),
    "close by direction": lambda h, t, by, now, word: record_direction(
        newest(Escalation, t), "7/UBND", now.date(), word, None, True, by=by, now=now
    ),
    "withdraw duty": lambda h, t, by, now, word: withdraw_escalation(newest(Escalation, t), word, by=by, now=now),
    "cancel": lambda h, t, by, now, word: cancel_task(t.pk, word, by=by, now=now),
    "reopen": lambda h, t, by, now, word: reopen_task(t.pk, word, by=by, now=now),
    "person": lambda h, t, by, now, word: assign_person(t.pk, h.member.person_id, by=by, now=now),
    "lead": lambda h, t, by, now, word: assign_lead(t.pk, h.division.pk, by=by, now=now),
}

LIKELY: dict[str, tuple[str, ...]] = {
    "start": ("member", "outsider", "office_member"),
    "draft": ("member", "outsider", "office_member"),
    "draft nothing": ("member", "head"),
    "submit": ("head", "chief", "outsider"),
    "take back": ("head", "chief"),
    "review": ("reviewer", "leader", "chief"),
    "return": ("reviewer", "leader"),
    "note": ("member",),
    "month": ("member",),
    "extend": ("head",),
    "allow": ("leader",),
    "refuse": ("leader",),
    "suspend": ("member", "chief"),
    "resume": ("member", "chief"),
    "obstacle": ("member",),
    "advise": ("reviewer",),
    "decide": ("leader",),
    "consult": ("member",),
    "answer": ("clerk", "outsider"),
    "accept": ("member", "head"),
    "return answer": ("member",),
    "draft reminder": ("chief", "member"),
    "issue reminder": ("clerk", "chief"),
    "drop reminder": ("chief",),
    "escalate": ("chief", "member"),
    "send": ("leader", "clerk"),
    "direct": ("clerk", "chief"),
    "close by direction": ("clerk",),
    "withdraw duty": ("leader",),
    "cancel": ("leader",),
    "reopen": ("leader",),
    "person": ("head",),
    "lead": ("chief", "leader"),
}
"""Who is likely to be allowed to; the machine tries them as often as it tries anybody at all."""

ENDING = ("cancel", "close by direction", "reopen", "return answer", "drop reminder", "take back", "suspend")
"""What people do rarely; were it as common as the rest, a history would end before it began."""

FORWARD = ("issue reminder", "send", "direct", "start", "submit", "draft", "answer", "return", "review", "accept")
"""What carries a case on; tried more often than the rest, so that histories get far."""


def sensible(task: Task) -> list[str]:
    """What a person with sense would do about a task as it stands; the action itself decides whether he may."""
    consulted, state = task.kind == TaskKind.CONSULTATION, task.state
    clock = state in {TaskState.ASSIGNED, TaskState.IN_PROGRESS}
    reminder = Reminder.objects.filter(task=task).order_by("-pk").first()
    duty = Escalation.objects.filter(task=task).order_by("-pk").first()
    report = Report.objects.filter(task=task).order_by("-version").first()
    extending = Extension.objects.filter(task=task, status=RequestStatus.PENDING).exists()
    blocked = Obstacle.objects.filter(task=task, status=RequestStatus.PENDING).exists()
    drafted = report is not None and report.status == ReportStatus.DRAFT
    checks = {
        "start": state == TaskState.ASSIGNED and task.unit_id is not None,
        "lead": task.unit_id is None,
        "draft": (clock or state == TaskState.ESCALATED) and not consulted and not drafted,
        "submit": drafted,
        "answer": consulted and (clock or state == TaskState.ESCALATED),
        "accept": consulted and state == TaskState.REPORTED,
        "return answer": consulted and state == TaskState.REPORTED,
        "review": not consulted and state == TaskState.REPORTED,
        "return": not consulted and state == TaskState.REPORTED,
        "take back": not consulted and state == TaskState.REPORTED,
        "note": clock and not consulted,
        "month": task.confirm_monthly,
        "extend": clock and not consulted and task.due_on is not None and not extending,
        "allow": extending,
        "refuse": extending,
        "suspend": clock,
        "resume": state == TaskState.SUSPENDED,
        "obstacle": clock and not consulted and not blocked,
        "advise": blocked,
        "decide": blocked,
        "draft reminder": clock and task.reminders_issued < 2 and not task.reminder_drafted,
        "issue reminder": reminder is not None and reminder.status == ReminderStatus.DRAFT,
        "drop reminder": reminder is not None and reminder.status == ReminderStatus.DRAFT,
        "escalate": clock and not task.ladder_done,
        "send": duty is not None and duty.status == EscalationStatus.DUTY,
        "direct": duty is not None and duty.status == EscalationStatus.SENT,
        "close by direction": duty is not None and duty.status == EscalationStatus.SENT,
        "withdraw duty": state == TaskState.ESCALATED,
        "cancel": state not in {TaskState.REVIEWED, TaskState.CANCELLED},
        "reopen": state == TaskState.REVIEWED,
        "person": not consulted and task.unit_id is not None,
    }
    return [name for name, fits in checks.items() if fits]


class Department(RuleBasedStateMachine):
    """One history. It plays in a savepoint that is rolled back, so that each history begins with the same tables."""

    house: House

    @initialize(days_before=st.sampled_from([0, 7, 14]))
    def begin(self, days_before: int = 0) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        rulebook._kept.clear()
        self.now = at(date(2022, 10, 3), "08:30")
        self.seen_events = self.last_event = 0
        self.heads: dict[str, tuple[int, str]] = {}
        self.rows: dict[str, dict[str, object]] = {}
        house, opened = self.house, self.now
        due = date(2022, 10, 7)
        make_task(house, due_on=due, now=opened, code="VIEC-1")
        make_task(house, due_on=due, now=opened, code="VIEC-2", unit=house.office)
        make_task(house, due_on=None, due_first=None, last_day=None, now=opened, code="VIEC-3", confirm_monthly=True)
        make_task(house, due_on=due, now=opened, code="VIEC-4", unit=None)
        dossier = open_dossier("Hồ sơ", house.division.pk, date(2022, 10, 19), "HS-1", by=house.member, now=opened)
        assigned = open_province_task(
            "Việc UBND", house.division.pk, date(2022, 10, 20), "1/UBND", date(2022, 9, 30), by=house.chief, now=opened
        )
        for parent in (dossier, assigned):
            start_task(parent.pk, by=house.member, now=opened)
            consult(parent.pk, [house.body.pk, house.silent_body.pk], "Góp ý", due, by=house.member, now=opened)
        if days_before:
            self.some_days_pass_and_the_clock_sweeps(days_before)

    def teardown(self) -> None:
        if hasattr(self, "block"):
            assert verify_trail().ok
            assert verify_facts().ok
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)
            rulebook._kept.clear()

    # --- what happens ------------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([0, 1, 5]))
    def some_hours_pass(self, hours: int) -> None:
        self.now += timedelta(hours=hours, minutes=7)

    @rule(days=st.sampled_from([1, 1, 2, 4]))
    def some_days_pass_and_the_clock_sweeps(self, days: int) -> None:
        for _day in range(days):
            morning = self.now.astimezone(ZONE) + timedelta(days=1)
            self.now = at(morning.date(), "08:00")
            sweep(now=self.now)

    @rule()
    def the_sweep_runs_twice(self) -> None:
        sweep(now=self.now)
        before = AuditEvent.objects.count()
        sweep(now=self.now)
        assert AuditEvent.objects.count() == before

    @rule(which=st.integers(0, 9), choice=st.integers(0, 10**6), who=st.integers(0, 2), rarely=st.integers(0, 5))
    def somebody_does_something_sensible(self, which: int, choice: int, who: int, rarely: int) -> None:
        task = self._task(which)
        names = [name for name in sensible(task) if rarely == 0 or name not in ENDING]
        if names:
            name = names[choice % len(names)]
            first = who % len(LIKELY[name])
            self._try_each(name, which, LIKELY[name][first:] + LIKELY[name][:first])

    @rule(seed=st.integers(0, 2**32))
    def a_busy_day(self, seed: int) -> None:
        """Many acts of people with sense, one after another, and the morning's sweep after them."""
        chance = Random(seed)
        for _act in range(8):
            which = chance.randrange(Task.objects.count())
            rare = chance.random() < 0.2
            names = [name for name in sensible(self._task(which)) if rare or name not in ENDING]
            forward = [name for name in names if name in FORWARD]
            if names:
                name = chance.choice(forward if forward and chance.random() < 0.6 else names)
                self._try_each(name, which, tuple(chance.sample(LIKELY[name], len(LIKELY[name]))))
                self.everything_holds()
        self.some_days_pass_and_the_clock_sweeps(chance.choice((0, 1, 3)))

    @rule(seed=st.integers(0, 2**32))
    def a_day_of_mischief(self, seed: int) -> None:
        """People try what they may not, or what makes no sense now."""
        chance = Random(seed)
        for _act in range(8):
            name = chance.choice(sorted(TRIES))
            self._try(name, chance.randrange(20), chance.choice(PERSON_NAMES), chance.choice(("Đã xong.", "")))
            self.everything_holds()

    @rule()
    def the_desks_are_cleared(self) -> None:
        """What lies ready is signed, sent and answered, wherever it lies."""
        for which in range(Task.objects.count()):
            for name in ("issue reminder", "send", "direct", "allow", "decide"):
                if name in sensible(self._task(which)):
                    self._try_each(name, which, LIKELY[name])

    @rule(which=st.integers(0, 9))
    def one_task_is_carried_on_by_the_right_people(self, which: int) -> None:
        for name in FORWARD:
            if name != "return" and name in sensible(self._task(which)):
                self._try_each(name, which, LIKELY[name])
                return

    @rule(name=st.sampled_from(sorted(TRIES)), which=st.integers(0, 9), who=st.integers(0, 2), word=WORDS)
    def somebody_likely_tries(self, name: str, which: int, who: int, word: str) -> None:
        persons = LIKELY[name]
        self._try(name, which, persons[who % len(persons)], word)

    @rule(
        name=st.sampled_from(sorted(TRIES)), which=st.integers(0, 9), person=st.sampled_from(PERSON_NAMES), word=WORDS
    )
    def anybody_tries_anything(self, name: str, which: int, person: str, word: str) -> None:
        self._try(name, which, person, word)

    def _try_each(self, name: str, which: int, persons: tuple[str, ...]) -> None:
        """Let them try one after another until one comes through."""
        for person in persons:
            if self._try(name, which, person, "Đã xong."):
                return

    def _task(self, which: int) -> Task:
        tasks = list(Task.objects.order_by("pk"))
        return tasks[which % len(tasks)]

    def _try(self, name: str, which: int, person: str, word: str) -> bool:
        task = self._task(which)
        by: Actor = getattr(self.house, person)
        seen = may_see(by, task)
        before = (AuditEvent.objects.count(), Task.objects.count(), Report.objects.count(), Document.objects.count())
        self.now += timedelta(minutes=3)
        refusal: ActionError | None = None
        try:
            with transaction.atomic():
                TRIES[name](self.house, task, by, self.now, word)
        except ActionError as error:
            refusal = error
        if refusal is not None:
            assert seen or isinstance(refusal, NotFound), f"{person} may not see {task} but was told: {refusal!r}"
            assert str(refusal)
            after = (AuditEvent.objects.count(), Task.objects.count(), Report.objects.count(), Document.objects.count())
            assert after == before, f"{name} was refused and yet something stayed"
        else:
            assert seen, f"{person} may not see {task} and yet did {name}"
            assert AuditEvent.objects.count() > before[0], f"{name} left no event"
        return refusal is None

    # --- what must always hold ---------------------------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        count = AuditEvent.objects.count()
        if count != self.seen_events:
            self.seen_events = count
            self.chains_are_whole_and_rows_follow_from_their_events()
            self.nobody_judged_what_he_wrote_or_submitted()
            self.reminders_are_at_most_two_a_round_and_the_row_counts_them()
            self.the_register_has_no_gap_and_a_number_stands_once()
            self.one_duty_to_report_a_round()
            self.a_report_waits_exactly_where_the_row_says()
            assert not Task.objects.filter(quarantined_at__isnull=False).exists()

    def chains_are_whole_and_rows_follow_from_their_events(self) -> None:
        """Go on from the event up to which each chain was found whole; the trail only grows."""
        tasks = {f"task:{task.pk}": task for task in Task.objects.all()}
        for event in AuditEvent.objects.filter(pk__gt=self.last_event).order_by("pk"):
            seq, previous = self.heads.get(event.chain, (0, GENESIS))
            assert (event.seq, event.previous_hash) == (seq + 1, previous)
            assert event.hash == link(previous, event.body)
            self.heads[event.chain] = (event.seq, event.hash)
            self.last_event = event.pk
            if event.chain in tasks:
                self._replay(self.rows.setdefault(event.chain, {}), json.loads(event.body))
        heads = {key: (task.chain_seq, task.chain_head) for key, task in tasks.items()}
        heads |= {chain.key: (chain.seq, chain.head) for chain in AuditChain.objects.filter(seq__gt=0)}
        assert heads == self.heads
        for key, task in tasks.items():
            row = json.loads(canonical({name: getattr(task, name) for name in TRACKED}))
            rebuilt = self.rows[key]
            for column, value in row.items():
                assert same(rebuilt.get(column), value), f"{task}.{column}: {rebuilt.get(column)!r} is not {value!r}"

    def _replay(self, rebuilt: dict[str, object], body: dict[str, dict[str, object]]) -> None:
        former, later = rebuilt.get("state"), body["after"].get("state")
        if former is not None and later is not None:
            assert later in ALLOWED[str(former)], f"{former} to {later} by {body['name']}"
        for column, value in body["before"].items():
            assert same(rebuilt.get(column), value), f"{body['name']} did not find {column}={value!r}"
        rebuilt.update(body["after"])

    def nobody_judged_what_he_wrote_or_submitted(self) -> None:
        judged = Report.objects.filter(status__in=(ReportStatus.ACCEPTED, ReportStatus.RETURNED))
        for report in judged:
            assert report.decided_by_id is not None
            assert report.decided_by_id not in {report.author_id, report.submitted_by_id}

    def reminders_are_at_most_two_a_round_and_the_row_counts_them(self) -> None:
        standing = Reminder.objects.exclude(status=ReminderStatus.WITHDRAWN)
        rounds = Counter(standing.values_list("task_id", "round"))
        assert all(count <= 2 for count in rounds.values())
        ordinals = Counter(standing.values_list("task_id", "round", "ordinal"))
        assert all(count == 1 for count in ordinals.values())
        issued = Counter(standing.filter(status=ReminderStatus.ISSUED).values_list("task_id", "round"))
        drafts = set(standing.filter(status=ReminderStatus.DRAFT).values_list("task_id", flat=True))
        for task in Task.objects.all():
            assert task.reminders_issued == issued[task.pk, task.round]
            assert task.reminder_drafted == (task.pk in drafts)

    def the_register_has_no_gap_and_a_number_stands_once(self) -> None:
        for book in RegisterBook.objects.all():
            numbers = sorted(Document.objects.filter(book=book).values_list("number", flat=True))
            assert numbers == list(range(book.first_number, book.last_number + 1))

    def one_duty_to_report_a_round(self) -> None:
        assert all(count == 1 for count in Counter(Escalation.objects.values_list("task_id", "round")).values())
        for duty in Escalation.objects.all():
            assert duty.decision["rule"] == duty.rule.code

    def a_report_waits_exactly_where_the_row_says(self) -> None:
        waiting = dict(Report.objects.filter(status=ReportStatus.SUBMITTED).values_list("task_id", "version"))
        for task in Task.objects.all():
            if task.state == TaskState.REPORTED:
                assert waiting.get(task.pk) == task.submitted_version
            elif task.state != TaskState.CANCELLED:
                assert task.pk not in waiting


@pytest.fixture
def ruled(house: House) -> House:
    """The small department with the shipped rules."""
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    return house


def test_random_histories_by_random_persons_break_no_invariant(ruled: House) -> None:
    Department.house = ruled
    run_state_machine_as_test(
        Department,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_machine_itself_gets_somewhere(ruled: House) -> None:
    """A history in which nothing succeeds proves nothing: the right people must come through a whole case."""
    Department.house = ruled
    machine = Department()
    machine.begin()
    machine.some_days_pass_and_the_clock_sweeps(8)
    for _round in range(10):
        for which in range(8):
            machine.one_task_is_carried_on_by_the_right_people(which)
        machine.some_days_pass_and_the_clock_sweeps(2)
        machine.everything_holds()
    states = Counter(Task.objects.values_list("state", flat=True))
    issued = Document.objects.filter(status=DocumentStatus.ISSUED).count()
    machine.teardown()
    assert states[TaskState.REVIEWED] >= 5
    assert issued >= 1
