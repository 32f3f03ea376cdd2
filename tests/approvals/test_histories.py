"""Random histories through the flows: whoever tries whatever, in his own name or another's, what must hold holds.

What the machine knows of hands, it noted itself when a person wrote or submitted; the product's reading of the trail
is judged by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from approvals.actions.deciding import decide
from approvals.models import Approval, Step
from approvals.queries.difference import newest_version
from approvals.queries.standing import waiting_step
from approvals.screens import choices_at
from tests.approvals.factories import ALL_WELL, letter, rules
from tests.factories import ZONE, House, at, in_place_of, make_actor, make_task
from workflow.actions.adjustment import ask_extension, raise_obstacle
from workflow.actions.document import cancel_draft, draft_document, revise_document
from workflow.actions.escalation import withdraw_escalation
from workflow.actions.proposal import make_proposal
from workflow.actions.reminder import draft_reminder
from workflow.actions.report import save_draft
from workflow.actions.sweep import sweep
from workflow.actions.task import cancel_task, reopen_task
from workflow.choices import DocumentStatus, FlowKind, Role, TaskOrigin, TaskState
from workflow.core.errors import ActionError
from workflow.models import AuditEvent, Document, Escalation, RegisterBook, Report, Task
from workflow.permissions import Actor
from workflow.queries import rulebook
from workflow.queries.trail import verify_facts, verify_trail

PERSONS = (
    "head",
    "member",
    "stranger",
    "other_head",
    "reviewer",
    "chief",
    "office_member",
    "clerk",
    "leader",
    "second_leader",
    "second_reviewer",
    "inspector",
    "admin",
    "outsider",
)
LIKELY = {
    "draft": ("member", "head", "office_member", "chief"),
    "submit": ("head", "chief"),
    "check": ("reviewer", "chief", "second_reviewer", "head"),
    "leader_check": ("leader", "second_leader", "chief"),
    "approve": ("leader", "second_leader"),
    "prepare": ("office_member", "reviewer", "chief", "member", "head"),
    "head": ("chief", "head"),
    "form": ("reviewer", "second_reviewer", "chief"),
    "sign": ("leader", "second_leader"),
    "sign_order": ("chief",),
    "issue": ("clerk",),
    "direct": ("clerk", "reviewer"),
    "advise": ("reviewer", "second_reviewer"),
    "decide": ("leader", "second_leader"),
}
"""Who has a part at a node; tried more often than anybody at all, so that histories get somewhere."""

LAST_DAY = date(2022, 10, 19)
JUDGING = {"check", "leader_check", "approve", "head", "form", "sign", "sign_order", "advise", "decide"}
YES_OR_NO = {"accept", "return", "approve", "sign", "refuse", "advise"}
WAITS_FOR_JUDGEMENT = {"check", "leader_check", "approve"}
Act = Callable[[Actor], object]


class Flowing(RuleBasedStateMachine):
    """One history on two tasks. It plays in a savepoint that is rolled back."""

    house: House
    told: Counter[str] = Counter()

    @initialize(days=st.sampled_from([0, 3, 15]))
    def begin(self, days: int = 0) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        rulebook._kept.clear()
        self.now = at(date(2022, 10, 12), "08:30")
        self.hands: dict[tuple[str, int], set[int]] = {}
        self.seen = 0
        house = self.house
        self.first = make_task(house, now=self.now, code="VIEC-1", origin=TaskOrigin.PROVINCE, due_on=LAST_DAY)
        self.second = make_task(house, now=self.now, code="VIEC-2", unit=house.office, due_on=LAST_DAY)
        self.pass_days(days)

    def teardown(self) -> None:
        if hasattr(self, "block"):
            assert verify_trail().ok
            assert verify_facts().ok
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)
            rulebook._kept.clear()

    # --- what happens ---

    def pass_days(self, days: int) -> None:
        for _day in range(days):
            self.now = at((self.now.astimezone(ZONE) + timedelta(days=1)).date(), "08:30")
            sweep(now=self.now)

    @rule(seed=st.integers(0, 2**32))
    def a_busy_day(self, seed: int) -> None:
        chance = Random(seed)
        for _act in range(14):
            if chance.random() < 0.72:
                self.somebody_decides(chance)
            else:
                self.somebody_begins(chance)
            self.everything_holds()
        self.pass_days(chance.choice((0, 0, 1, 3)))

    def somebody(self, chance: Random, node: str) -> Actor:
        """Somebody who has a part at the node, mostly; now and then in the place of somebody else."""
        likely = LIKELY[node] if node in LIKELY and chance.random() < 0.75 else PERSONS
        by = self.person(chance.choice(likely))
        if chance.random() < 0.15:
            other = self.person(chance.choice(LIKELY.get(node, PERSONS)))
            if other.person_id != by.person_id:
                by = in_place_of(by, other)
        return by

    def person(self, name: str) -> Actor:
        return self.house.extra[name] if name in self.house.extra else getattr(self.house, name)

    def somebody_decides(self, chance: Random) -> None:
        waiting = [step for step in map(waiting_step, Approval.objects.filter(closed_at__isnull=True)) if step]
        if not waiting:
            return
        kind = chance.choice(sorted({step.process.kind for step in waiting}))
        step = chance.choice([step for step in waiting if step.process.kind == kind])
        approval, node = step.process, step.flow_task.name
        outcomes = [choice.outcome for choice in choices_at(approval.kind, node)]
        weights = [6 if number == 0 else 2 for number, _outcome in enumerate(outcomes)]
        outcome = chance.choices(outcomes, weights)[0] if chance.random() < 0.95 else "accept"
        version = newest_version(approval)
        if version is not None and chance.random() < 0.1:
            version = chance.choice((version - 1, version + 1))
        by = self.somebody(chance, node)
        stale = version != newest_version(approval)
        held = set(self.hands.get((approval.kind, approval.target_id), ()))
        given = self.given(outcome, chance)
        name = f"{approval.kind} {node} {outcome}"
        if not self.attempt(name, lambda by: self.decide(step, outcome, version, given, by), by):
            return
        assert not stale, "a version that was not the newest was decided"
        acting = {by.person_id, by.principal_id} - {None}
        if node in JUDGING and outcome in YES_OR_NO:
            assert not acting & held, f"{by.name} decided {approval.kind} {node} on what he wrote or submitted"
        if node in {"draft", "submit", "prepare"}:
            self.note(approval.kind, approval.target_id, by)

    def decide(self, step: Step, outcome: str, version: int | None, given: dict[str, object], by: Actor) -> None:
        decide(step.pk, outcome, version, given, by=by, now=self.now)

    def given(self, outcome: str, chance: Random) -> dict[str, object]:
        words: dict[str, object] = {"note": "Theo hồ sơ.", "reason": "Theo hồ sơ."}
        if outcome == "accept":
            return {**ALL_WELL, **words}
        if outcome == "return":
            return {**ALL_WELL, **words, "content_ok": False}
        if outcome == "record":
            due = chance.choice((None, (self.now + timedelta(days=14)).date()))
            return {"number": "8/UB", "issued_on": self.now.date(), "content": "Khẩn trương.", "new_due": due}
        return words

    def somebody_begins(self, chance: Random) -> None:
        task = chance.choice((self.first, self.second))
        acts: dict[str, tuple[str, Act]] = {
            "draft": ("draft", lambda by: self.draft(task, by)),
            "draft again": ("draft", lambda by: self.draft(task, by)),
            "draft anew": ("draft", lambda by: self.draft(task, by)),
            "extension": ("submit", lambda by: self.request(FlowKind.EXTENSION, task, by)),
            "obstacle": ("draft", lambda by: self.request(FlowKind.OBSTACLE, task, by)),
            "proposal": ("draft", lambda by: self.request(FlowKind.PROPOSAL, task, by)),
            "letter": ("prepare", lambda by: self.write_letter(task, chance, by)),
            "remind": ("form", lambda by: self.remind(task, by)),
            "revise": (chance.choice(("prepare", "sign", "form")), lambda by: self.revise(chance, by)),
            "drop": ("prepare", lambda by: self.drop(chance, by)),
            "withdraw duty": ("sign", lambda by: self.withdraw_duty(task, by)),
            "reopen": ("sign", lambda by: reopen_task(task.pk, "Sai số liệu.", by=by, now=self.now)),
        }
        if chance.random() < 0.08:
            acts["cancel"] = ("sign", lambda by: cancel_task(task.pk, "Không còn cần.", by=by, now=self.now))
        name = chance.choice(sorted(acts))
        node, act = acts[name]
        self.attempt(name, act, self.somebody(chance, node))

    def attempt(self, name: str, act: Act, by: Actor) -> bool:
        """Let the person try; who is refused leaves nothing behind."""
        self.now += timedelta(minutes=5)
        before = (AuditEvent.objects.count(), Step.objects.count(), list(Approval.objects.values_list()))
        refused: ActionError | None = None
        try:
            with transaction.atomic():
                act(by)
        except ActionError as error:
            refused = error
        if refused is not None:
            assert str(refused)
            after = (AuditEvent.objects.count(), Step.objects.count(), list(Approval.objects.values_list()))
            assert after == before, f"{name} was refused and yet something stayed"
            return False
        assert AuditEvent.objects.count() > before[0], f"{name} left no event"
        Flowing.told[name] += 1
        return True

    def note(self, kind: str, pk: int, by: Actor, *, anew: bool = False) -> None:
        """Note a hand; `anew` when a version begins that nobody had a hand in."""
        hands = self.hands.setdefault((kind, pk), set())
        if anew:
            hands.clear()
        hands.update({by.person_id} | ({by.principal_id} if by.principal_id else set()))

    def draft(self, task: Task, by: Actor) -> None:
        versions = Report.objects.filter(task=task).count()
        save_draft(task.pk, f"Kết quả lúc {self.now:%d/%m %H:%M}.", False, "Biên bản", by=by, now=self.now)
        self.note(FlowKind.REPORT, task.pk, by, anew=Report.objects.filter(task=task).count() > versions)

    def request(self, kind: FlowKind, task: Task, by: Actor) -> None:
        if kind == FlowKind.EXTENSION:
            due = Task.objects.get(pk=task.pk).due_on or self.now.date()
            pk = ask_extension(task.pk, "Chờ.", due + timedelta(days=14), by=by, now=self.now).pk
        elif kind == FlowKind.OBSTACLE:
            pk = raise_obstacle(task.pk, "Thiếu máy.", by=by, now=self.now).pk
        else:
            pk = make_proposal(by.unit_id or 0, "Mua máy", "Máy hỏng.", by=by, now=self.now).pk
        self.note(kind, pk, by)

    def write_letter(self, task: Task, chance: Random, by: Actor) -> None:
        of = chance.choice((task, None))
        draft = letter(by_order=chance.random() < 0.4)
        self.note(FlowKind.DOCUMENT, draft_document(draft, task=of, by=by, now=self.now).pk, by)

    def remind(self, task: Task, by: Actor) -> None:
        reminder = draft_reminder(task.pk, by=by, now=self.now)
        self.note(FlowKind.DOCUMENT, int(reminder.document_id or 0), by)

    def _some_draft(self, chance: Random) -> Document:
        drafts = list(Document.objects.filter(status=DocumentStatus.DRAFT).order_by("pk"))
        if not drafts:
            raise ActionError("không có dự thảo nào")
        return chance.choice(drafts)

    def revise(self, chance: Random, by: Actor) -> None:
        one = self._some_draft(chance)
        body = f"Lời mới lúc {self.now:%d/%m %H:%M}."
        revise_document(one.pk, one.revision, one.subject, body, one.recipients, by=by, now=self.now)
        self.note(FlowKind.DOCUMENT, one.pk, by)

    def drop(self, chance: Random, by: Actor) -> None:
        cancel_draft(self._some_draft(chance).pk, by=by, now=self.now)

    def withdraw_duty(self, task: Task, by: Actor) -> None:
        duty = Escalation.objects.filter(task=task).order_by("-pk").values_list("pk", flat=True).first()
        withdraw_escalation(duty or 0, "Đã giải quyết.", by=by, now=self.now)

    # --- what must always hold ---

    @invariant()
    def everything_holds(self) -> None:
        count = AuditEvent.objects.count()
        if count == self.seen:
            return
        self.seen = count
        self.an_approval_is_closed_exactly_when_no_step_waits()
        self.one_flow_is_open_on_a_matter()
        self.a_task_is_reported_exactly_while_its_flow_waits_for_judgement()
        self.every_decided_step_has_its_event()
        self.a_number_stands_only_on_what_was_signed_and_passed_its_flow()

    def an_approval_is_closed_exactly_when_no_step_waits(self) -> None:
        for approval in Approval.objects.all():
            unfinished = list(Step.objects.filter(process=approval, finished__isnull=True))
            assert len(unfinished) == (0 if approval.closed_at else 1), (approval, unfinished)
            assert (approval.result != "") == (approval.closed_at is not None)
            assert all(step.decided_at is None for step in unfinished)
            assert all(step.codename or step.flow_task.name == "report" for step in unfinished)

    def one_flow_is_open_on_a_matter(self) -> None:
        standing = Counter(Approval.objects.filter(closed_at__isnull=True).values_list("kind", "target_id"))
        assert all(number == 1 for number in standing.values())

    def a_task_is_reported_exactly_while_its_flow_waits_for_judgement(self) -> None:
        judged = set()
        for approval in Approval.objects.filter(kind=FlowKind.REPORT, closed_at__isnull=True):
            step = waiting_step(approval)
            if step is not None and step.flow_task.name in WAITS_FOR_JUDGEMENT:
                judged.add(approval.target_id)
        assert judged == set(Task.objects.filter(state=TaskState.REPORTED).values_list("pk", flat=True))

    def every_decided_step_has_its_event(self) -> None:
        decided = Step.objects.filter(decided_at__isnull=False).exclude(outcome="closed")
        assert AuditEvent.objects.filter(name="approval.decide").count() == decided.count()
        closed = Approval.objects.filter(result="closed").count()
        assert AuditEvent.objects.filter(name="approval.close").count() == closed
        for step in decided:
            assert step.owner_id is not None
            assert step.decided_name
            assert step.finished is not None

    def a_number_stands_only_on_what_was_signed_and_passed_its_flow(self) -> None:
        for document in Document.objects.filter(drafted_at__isnull=False):
            flow = Approval.objects.filter(kind=FlowKind.DOCUMENT, target_id=document.pk).order_by("-pk").first()
            if document.status == DocumentStatus.ISSUED and flow is not None:
                assert (flow.result, document.signed_at is None, document.signer_name == "") == (
                    "approved",
                    False,
                    False,
                )
                signed = Step.objects.filter(process=flow, outcome="sign").order_by("pk").last()
                assert signed is not None
                assert signed.version == document.revision, "what went out is what was signed"
            if flow is not None:
                assert (document.status == DocumentStatus.DRAFT) == (flow.closed_at is None)
        for book in RegisterBook.objects.all():
            numbers = sorted(Document.objects.filter(book=book).values_list("number", flat=True))
            assert numbers == list(range(book.first_number, book.last_number + 1))


@pytest.fixture
def staffed(house: House) -> House:
    """The small department with rules, a second leader and a second reviewer."""
    rules(house)
    house.extra["second_leader"] = make_actor(Role.LEADER, house.leadership)
    house.extra["second_reviewer"] = make_actor(Role.OFFICE_REVIEWER, house.office)
    return house


@pytest.mark.django_db
def test_random_histories_through_the_flows_break_nothing(staffed: House) -> None:
    Flowing.house, Flowing.told = staffed, Counter()
    run_state_machine_as_test(
        Flowing,
        settings=settings(
            max_examples=12,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    done = {name.split(" ")[0] for name in Flowing.told if " " in name}
    assert done >= {kind.value for kind in FlowKind if kind != FlowKind.ESCALATION}, (
        "histories that go nowhere prove nothing"
    )
