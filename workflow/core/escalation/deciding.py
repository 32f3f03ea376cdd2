"""One decision: the first rule whose conditions all hold, with everything that was looked at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from workflow.core.escalation.facts import (
    FACT_LABELS,
    Subject,
    confirm_month,
    due_nudge,
    gather_facts,
    in_issue_window,
    local_day,
    next_issue_moment,
)
from workflow.core.rulebook import Condition, PoliciesOn, PolicyValue, Rulebook, RuleRow

NUDGE, REMIND, ESCALATE, ALLOW_EARLY, CONFIRM = "nudge", "remind", "escalate", "allow_early", "confirm"
STEP_EFFECTS = frozenset({NUDGE, REMIND, ESCALATE, CONFIRM})
PAPER_EFFECTS = frozenset({NUDGE, REMIND, CONFIRM})
"""Effects that reach somebody and therefore wait for the working hours of a working day."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of one rule as it was found."""

    fact: str
    label: str
    op: str
    wanted: PolicyValue
    found: PolicyValue
    holds: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """One rule that was looked at: its checks, whether all held, and why it was left out if it was."""

    rule: RuleRow
    checks: tuple[Check, ...]
    holds: bool
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens now: at most one effect by one rule; `deferred_until` when it must wait for working hours."""

    moment: datetime
    rule: RuleRow | None = None
    effect: str = ""
    ordinal: int = 0
    days_before: int = 0
    month: date | None = None
    deferred_until: datetime | None = None
    facts: dict[str, PolicyValue] = field(default_factory=dict)
    policies: dict[str, PolicyValue] = field(default_factory=dict)
    looked: tuple[Looked, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether something happens at this very moment."""
        return self.rule is not None and self.deferred_until is None

    def record(self) -> dict[str, PolicyValue]:
        """Return what is stored with the effect: rule, version, clause, policy values and inputs."""
        if self.rule is None:
            return {}
        return {
            "rule": self.rule.code,
            "version": self.rule.version,
            "plan_year": self.rule.plan_year,
            "inferred": self.rule.inferred,
            "basis": self.rule.citation,
            "clause": self.rule.clause,
            "inputs": dict(self.facts),
            "policies": dict(self.policies),
        }


def _left_out(rule: RuleRow, subject: Subject, today: date, policies: PoliciesOn) -> str:
    if not rule.in_force_on(today):
        return "chưa hoặc không còn hiệu lực vào ngày này"
    if not rule.applies_to(subject.kind, subject.origin):
        return "không áp dụng cho loại việc này"
    if rule.inferred and not policies.flag("inherit_two_times_2023"):
        return "suy đoán từ bản 2022, chính sách không cho kế thừa"
    return ""


def _check(condition: Condition, facts: dict[str, PolicyValue], policies: PoliciesOn) -> Check:
    wanted = condition.wanted(policies)
    found = facts[condition.fact]
    label = FACT_LABELS[condition.fact]
    return Check(condition.fact, label, condition.op, wanted, found, condition.holds(found, wanted))


def _all_hold(rule: RuleRow, facts: dict[str, PolicyValue], policies: PoliciesOn) -> bool:
    return all(condition.holds(facts[condition.fact], condition.wanted(policies)) for condition in rule.conditions)


def judge(rule: RuleRow, subject: Subject, facts: dict[str, PolicyValue], policies: PoliciesOn, today: date) -> Looked:
    """Look at one rule and say what was found for each of its conditions."""
    left_out = _left_out(rule, subject, today, policies)
    checks = tuple(_check(condition, facts, policies) for condition in rule.conditions)
    return Looked(rule, checks, not left_out and all(check.holds for check in checks), left_out)


def decide(subject: Subject, rulebook: Rulebook, now: datetime, *, trace: bool = False) -> Decision:
    """Decide what happens to the subject at the moment: the first rule, by priority, whose conditions all hold.

    With `trace`, every rule that was looked at comes with the decision, true or false, for "Vì sao?".
    """
    today = local_day(now)
    policies = rulebook.policies.on(today)
    facts = gather_facts(subject, rulebook.calendar, policies, today)
    chosen: RuleRow | None = None
    looked: list[Looked] = []
    for rule in rulebook.rules_on(subject.rule_year, subject.ladder, today):
        if trace:
            found = judge(rule, subject, facts, policies, today)
            looked.append(found)
            holds = found.holds
        else:
            holds = not _left_out(rule, subject, today, policies) and _all_hold(rule, facts, policies)
        if holds and chosen is None and rule.effect in STEP_EFFECTS:
            chosen = rule
            if not trace:
                break
    if chosen is None:
        return Decision(now, facts=facts, looked=tuple(looked))
    return _decision(chosen, subject, rulebook, now, facts, tuple(looked))


def _policies_behind(rule: RuleRow) -> tuple[str, ...]:
    """Return the keys of the policies that stand behind a decision by the rule, besides those its conditions name."""
    keys: tuple[str, ...] = ("reading_i15", "wait_days", "issue_window", "obstacle_stops_clock")
    if rule.inferred:
        keys += ("inherit_two_times_2023",)
    if rule.effect == NUDGE:
        keys += ("nudge_days",)
    if rule.effect == ALLOW_EARLY:
        keys += ("early_escalation",)
    return keys


def _decision(  # noqa: PLR0917 -- the parts that a decision is made of
    rule: RuleRow,
    subject: Subject,
    rulebook: Rulebook,
    now: datetime,
    facts: dict[str, PolicyValue],
    looked: tuple[Looked, ...] = (),
) -> Decision:
    today = local_day(now)
    policies = rulebook.policies.on(today)
    deferred = None
    if rule.effect in PAPER_EFFECTS and not in_issue_window(now, rulebook.calendar, policies):
        deferred = next_issue_moment(now, rulebook.calendar, policies)
    used = {condition.policy: policies.values[condition.policy] for condition in rule.conditions if condition.policy}
    used |= {key: policies.values[key] for key in _policies_behind(rule)}
    days_left = facts["days_left"]
    return Decision(
        moment=now,
        rule=rule,
        effect=rule.effect,
        ordinal=subject.reminders_issued + 1 if rule.effect == REMIND else 0,
        days_before=due_nudge(subject, days_left, policies)
        if rule.effect == NUDGE and isinstance(days_left, int)
        else 0,
        month=confirm_month(subject, today) if rule.effect == CONFIRM else None,
        deferred_until=deferred,
        facts=facts,
        policies=used,
        looked=looked,
    )


def decide_by_hand(subject: Subject, rulebook: Rulebook, now: datetime, effect: str) -> Decision:
    """Decide whether a person may do the effect now: the rule that holds, whatever the hour, or no rule.

    For `ESCALATE`, a rule that only allows it early (2022 II.1.9 "đôn đốc hoặc báo cáo") serves when no duty has
    arisen yet and policy `early_escalation` allows; the decision's rule then has the effect `ALLOW_EARLY`.
    """
    today = local_day(now)
    policies = rulebook.policies.on(today)
    facts = gather_facts(subject, rulebook.calendar, policies, today)
    wanted = [effect]
    if effect == ESCALATE and policies.flag("early_escalation"):
        wanted.append(ALLOW_EARLY)
    for kind in wanted:
        for rule in rulebook.rules_on(subject.rule_year, subject.ladder, today):
            allowed = rule.effect == kind and not _left_out(rule, subject, today, policies)
            if allowed and _all_hold(rule, facts, policies):
                return replace(_decision(rule, subject, rulebook, now, facts), deferred_until=None)
    return Decision(now, facts=facts)
