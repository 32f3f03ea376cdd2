"""Deciding: which rule of the three ladders makes something happen to a task now, why, and what comes when.

Pure: a subject (facts of one task), a rulebook and a moment in, a decision out. One decision is one step, so a sweep
that comes late never cascades: every wait is counted from the moment the step before was really issued
(domain.md section 3). Days are local dates of Asia/Ho_Chi_Minh; waits are working days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from workflow.core.rulebook import ZONE, Condition, PoliciesOn, PolicyValue, Rulebook, RuleRow
from workflow.core.workday import WorkCalendar, Workdays

NUDGE, REMIND, ESCALATE, ALLOW_EARLY, CONFIRM = "nudge", "remind", "escalate", "allow_early", "confirm"
STEP_EFFECTS = frozenset({NUDGE, REMIND, ESCALATE, CONFIRM})
PAPER_EFFECTS = frozenset({NUDGE, REMIND, CONFIRM})
"""Effects that reach somebody and therefore wait for the working hours of a working day."""

CLOCK_STATES = frozenset({"assigned", "in_progress"})
ONE_DAY = timedelta(days=1)
MAX_FORECAST_STEPS = 8

FACT_LABELS = {
    "open": "đang chờ đơn vị thực hiện",
    "late": "đã quá hạn",
    "days_left": "số ngày làm việc còn lại",
    "reminders_issued": "số lần đôn đốc đã phát hành trong vòng này",
    "wait_over": "đã hết thời gian chờ sau lần đôn đốc trước",
    "draft_pending": "đang có dự thảo đôn đốc chưa phát hành",
    "time_remaining": "còn thời gian xử lý thủ tục hành chính",
    "time_exhausted": "đã hết thời gian xử lý thủ tục hành chính",
    "expiry_satisfied": "cách đọc I.1.5 cho phép (cách A, hoặc đã hết thời gian xử lý)",
    "nudge_due": "đến mốc nhắc trước hạn",
    "confirm_due": "tháng trước chưa xác nhận",
    "ladder_open": "vòng này chưa chuyển UBND tỉnh",
    "customer_escalation": "yêu cầu của khách hàng đang có hiệu lực",
    "clock_runs": "vướng mắc không làm dừng thời hạn",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The facts of one task that a decision needs; all of them stand in the task's own row."""

    ladder: str
    rule_year: int
    state: str
    has_lead: bool = True
    due_on: date | None = None
    processing_until: date | None = None
    reminders_issued: int = 0
    last_reminder_at: datetime | None = None
    reminder_drafted: bool = False
    nudged_days: int = 0
    ladder_done: bool = False
    obstacle_open: bool = False
    confirm_monthly: bool = False
    confirm_from: date | None = None
    confirm_asked: date | None = None
    confirmed_month: date | None = None


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


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a forecast: what comes at which moment if nobody moves."""

    moment: datetime
    effect: str
    ordinal: int
    rule: RuleRow


def local_day(moment: datetime) -> date:
    """Return the date in Asia/Ho_Chi_Minh."""
    return moment.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """Return the first moment of a local day."""
    return datetime.combine(day, time.min, ZONE)


def in_issue_window(moment: datetime, calendar: WorkCalendar, policies: PoliciesOn) -> bool:
    """Tell whether papers may go out at that moment: the issue hours of a working day (policy `issue_window`)."""
    local = moment.astimezone(ZONE)
    return policies.window_from <= local.time() < policies.window_to and calendar.is_working(local.date())


def next_issue_moment(moment: datetime, calendar: WorkCalendar, policies: PoliciesOn) -> datetime:
    """Return the first moment at or after the given one at which papers may go out."""
    if in_issue_window(moment, calendar, policies):
        return moment
    local = moment.astimezone(ZONE)
    day = local.date()
    if local.time() >= policies.window_from:
        day += ONE_DAY
    return datetime.combine(calendar.first_on_or_after(day), policies.window_from, ZONE)


def wait_ends(last_reminder_at: datetime, calendar: WorkCalendar, policies: PoliciesOn) -> date:
    """Return the last day of the wait after a reminder; its first day is not counted (BLDS 2015 Đ147.2)."""
    return calendar.add(local_day(last_reminder_at), policies.wait)


def month_before(day: date) -> date:
    """Return the first day of the month before the day's."""
    return (day.replace(day=1) - ONE_DAY).replace(day=1)


def _due_nudge(subject: Subject, days_left: int, policies: PoliciesOn) -> int:
    """Return the nudge threshold that is due (0 = none): the smallest one reached and not yet sent."""
    reached = [days for days in policies.nudge_days if 0 <= days_left <= days]
    smallest = min(reached, default=0)
    return smallest if smallest and (subject.nudged_days == 0 or subject.nudged_days > smallest) else 0


def _confirm_month(subject: Subject, today: date) -> date | None:
    """Return the month whose confirmation must be asked now, or None."""
    if not subject.confirm_monthly or subject.confirm_from is None:
        return None
    month = month_before(today)
    settled = max((day for day in (subject.confirm_asked, subject.confirmed_month) if day), default=None)
    return month if month >= subject.confirm_from.replace(day=1) and (settled is None or settled < month) else None


def gather_facts(
    subject: Subject, calendar: WorkCalendar, policies: PoliciesOn, today: date
) -> dict[str, PolicyValue]:
    """Return every fact that a rule's condition may name, as of the day."""
    late = subject.due_on is not None and today > subject.due_on
    days_left = int(calendar.count(today, subject.due_on)) if subject.due_on is not None else None
    exhausted = subject.processing_until is not None and today > subject.processing_until
    wait_over = (
        subject.last_reminder_at is None or today > wait_ends(subject.last_reminder_at, calendar, policies)
    )
    return {
        "open": subject.state in CLOCK_STATES and subject.has_lead,
        "late": late,
        "days_left": days_left,
        "reminders_issued": subject.reminders_issued,
        "wait_over": wait_over,
        "draft_pending": subject.reminder_drafted,
        "time_remaining": not exhausted,
        "time_exhausted": exhausted,
        "expiry_satisfied": policies.values["reading_i15"] == "A" or exhausted,
        "nudge_due": not late and days_left is not None and _due_nudge(subject, days_left, policies) > 0,
        "confirm_due": _confirm_month(subject, today) is not None,
        "ladder_open": not subject.ladder_done,
        "customer_escalation": policies.flag("customer_escalation"),
        "clock_runs": not (subject.obstacle_open and policies.flag("obstacle_stops_clock")),
    }


def _left_out(rule: RuleRow, today: date, policies: PoliciesOn) -> str:
    if not rule.in_force_on(today):
        return "chưa hoặc không còn hiệu lực vào ngày này"
    if rule.inferred and not policies.flag("inherit_two_times_2023"):
        return "suy đoán từ bản 2022, chính sách không cho kế thừa"
    return ""


def _check(condition: Condition, facts: dict[str, PolicyValue], policies: PoliciesOn) -> Check:
    wanted = condition.wanted(policies)
    found = facts[condition.fact]
    label = FACT_LABELS[condition.fact]
    return Check(condition.fact, label, condition.op, wanted, found, condition.holds(found, wanted))


def _all_hold(rule: RuleRow, facts: dict[str, PolicyValue], policies: PoliciesOn) -> bool:
    return all(
        condition.holds(facts[condition.fact], condition.wanted(policies)) for condition in rule.conditions
    )


def judge(rule: RuleRow, facts: dict[str, PolicyValue], policies: PoliciesOn, today: date) -> Looked:
    """Look at one rule and say what was found for each of its conditions."""
    left_out = _left_out(rule, today, policies)
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
    for rule in rulebook.rules_for(subject.rule_year, subject.ladder):
        if trace:
            found = judge(rule, facts, policies, today)
            looked.append(found)
            holds = found.holds
        else:
            holds = not _left_out(rule, today, policies) and _all_hold(rule, facts, policies)
        if holds and chosen is None and rule.effect in STEP_EFFECTS:
            chosen = rule
            if not trace:
                break
    if chosen is None:
        return Decision(now, facts=facts, looked=tuple(looked))
    return _decision(chosen, subject, rulebook, now, facts, tuple(looked))


def _decision(  # noqa: PLR0913, PLR0917 -- the parts that a decision is made of
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
    used |= {key: policies.values[key] for key in ("reading_i15", "wait_days", "issue_window", "obstacle_stops_clock")}
    days_left = facts["days_left"]
    return Decision(
        moment=now,
        rule=rule,
        effect=rule.effect,
        ordinal=subject.reminders_issued + 1 if rule.effect == REMIND else 0,
        days_before=_due_nudge(subject, days_left, policies)
        if rule.effect == NUDGE and isinstance(days_left, int)
        else 0,
        month=_confirm_month(subject, today) if rule.effect == CONFIRM else None,
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
        for rule in rulebook.rules_for(subject.rule_year, subject.ladder):
            if rule.effect == kind and not _left_out(rule, today, policies) and _all_hold(rule, facts, policies):
                return replace(_decision(rule, subject, rulebook, now, facts), deferred_until=None)
    return Decision(now, facts=facts)


def _turning_days(subject: Subject, rulebook: Rulebook, today: date) -> list[date]:
    """Return the days, from today on, on which a fact of the subject may turn."""
    calendar = rulebook.calendar
    policies = rulebook.policies.on(today)
    days = {today}
    if subject.due_on is not None:
        days.add(subject.due_on + ONE_DAY)
        days.update(calendar.add(subject.due_on, -Workdays(count)) for count in policies.nudge_days)
    if subject.last_reminder_at is not None:
        days.add(wait_ends(subject.last_reminder_at, calendar, policies) + ONE_DAY)
    if subject.processing_until is not None:
        days.add(subject.processing_until + ONE_DAY)
    if subject.confirm_monthly:
        days.add((today.replace(day=28) + timedelta(days=4)).replace(day=1))
        if subject.confirm_from is not None:
            days.add((subject.confirm_from.replace(day=28) + timedelta(days=4)).replace(day=1))
    days.update(rulebook.change_days)
    return sorted(day for day in days if day >= today)


def next_moment(subject: Subject, rulebook: Rulebook, now: datetime) -> datetime | None:
    """Return the first moment, not before now, at which something would happen if nobody moves; None = never."""
    if subject.state not in CLOCK_STATES or not subject.has_lead:
        return None
    best: datetime | None = None
    for day in _turning_days(subject, rulebook, local_day(now)):
        moment = max(start_of(day), now)
        if best is not None and moment >= best:
            break
        decision = decide(subject, rulebook, moment)
        if decision.rule is not None:
            happens = decision.deferred_until or moment
            best = happens if best is None else min(best, happens)
    return best


def apply(subject: Subject, decision: Decision) -> Subject:
    """Return the subject after the decision's effect; a reminder is taken as issued at the decision's moment."""
    if decision.effect == NUDGE:
        return replace(subject, nudged_days=decision.days_before)
    if decision.effect == REMIND:
        return replace(
            subject, reminders_issued=decision.ordinal, last_reminder_at=decision.moment, reminder_drafted=False
        )
    if decision.effect == CONFIRM:
        return replace(subject, confirm_asked=decision.month)
    return replace(subject, state="escalated", ladder_done=True)


def forecast(subject: Subject, rulebook: Rulebook, now: datetime) -> Iterator[Step]:
    """Yield what comes on which day if nobody moves, until the ladder ends (a monthly question comes once)."""
    moment, asked = now, False
    if subject.reminder_drafted:
        subject = replace(
            subject,
            reminder_drafted=False,
            reminders_issued=subject.reminders_issued + 1,
            last_reminder_at=next_issue_moment(now, rulebook.calendar, rulebook.policies.on(local_day(now))),
        )
    for _count in range(MAX_FORECAST_STEPS):
        coming = next_moment(subject, rulebook, moment)
        if coming is None:
            return
        decision = decide(subject, rulebook, coming)
        if decision.rule is None or (decision.effect == CONFIRM and asked):
            return
        asked = asked or decision.effect == CONFIRM
        yield Step(coming, decision.effect, decision.ordinal or decision.days_before, decision.rule)
        subject, moment = apply(subject, decision), coming
