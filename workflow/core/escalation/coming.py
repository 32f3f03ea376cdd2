"""What comes when, if nobody moves: the next moment of one task, and the steps until its ladder ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from workflow.core.escalation.deciding import CONFIRM, NUDGE, REMIND, Decision, decide
from workflow.core.escalation.facts import (
    CLOCK_STATES,
    ONE_DAY,
    Subject,
    local_day,
    month_after,
    next_issue_moment,
    start_of,
    wait_ends,
)
from workflow.core.rulebook import PoliciesOn, Rulebook, RuleRow
from workflow.core.workday import WorkCalendar, Workdays

MAX_FORECAST_STEPS = 10
MAX_DEFERRALS = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a forecast: what comes at which moment if nobody moves."""

    moment: datetime
    effect: str
    ordinal: int
    rule: RuleRow


def _turning_days(subject: Subject, rulebook: Rulebook, today: date) -> list[date]:
    """Return the days, from today on, on which a fact of the subject may turn.

    A wait and the nudges are laid out under today's policies and under those of every later day from which a policy
    changes, since the ones in force on the day itself decide.
    """
    coming = {day for day in rulebook.change_days if day > today}
    days = {today} | coming
    for stage in (today, *coming):
        days.update(_policy_days(subject, rulebook.calendar, rulebook.policies.on(stage)))
    if subject.due_on is not None:
        days.add(subject.due_on + ONE_DAY)
    if subject.processing_until is not None:
        days.add(subject.processing_until + ONE_DAY)
    if subject.confirm_monthly and subject.confirm_from is not None:
        settled = [month_after(day) for day in (subject.confirm_asked, subject.confirmed_month) if day is not None]
        days.add(month_after(max(today, subject.confirm_from, *settled)))
    return sorted(day for day in days if day >= today)


def _policy_days(subject: Subject, calendar: WorkCalendar, policies: PoliciesOn) -> Iterator[date]:
    """Yield the days on which the nudges and the end of the wait fall under the given policies."""
    if subject.due_on is not None:
        last = calendar.last_on_or_before(subject.due_on)
        for count in policies.nudge_days:
            yield calendar.add(last, -Workdays(count))
    if subject.last_reminder_at is not None:
        yield wait_ends(subject.last_reminder_at, calendar, policies) + ONE_DAY


def next_moment(subject: Subject, rulebook: Rulebook, now: datetime) -> datetime | None:
    """Return the first moment, not before now, at which something would happen if nobody moves; None = never."""
    if subject.state not in CLOCK_STATES or not subject.has_lead:
        return None
    best: datetime | None = None
    for day in _turning_days(subject, rulebook, local_day(now)):
        moment = max(start_of(day), now)
        if best is not None and moment >= best:
            break
        happens = _first_act(subject, rulebook, moment)
        if happens is not None:
            best = happens if best is None else min(best, happens)
    return best


def _first_act(subject: Subject, rulebook: Rulebook, moment: datetime) -> datetime | None:
    """Return the moment at which what holds at the given moment happens, following deferrals into working hours.

    A deferral that crosses into another day is judged again there, where other facts or policies may hold.
    """
    for _count in range(MAX_DEFERRALS):
        decision = decide(subject, rulebook, moment)
        if decision.rule is None:
            return None
        if decision.deferred_until is None:
            return moment
        if local_day(decision.deferred_until) == local_day(moment):
            return decision.deferred_until
        moment = decision.deferred_until
    return moment


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
    """Yield what comes on which day if nobody moves, until the ladder ends (a monthly question comes once).

    A reminder that is drafted is taken as issued at the next moment at which papers may go out.
    """
    moment = now
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
        if decision.rule is None:
            return
        yield Step(coming, decision.effect, decision.ordinal or decision.days_before, decision.rule)
        subject, moment = apply(subject, decision), coming
        if decision.effect == CONFIRM:
            subject = replace(subject, confirm_monthly=False)
