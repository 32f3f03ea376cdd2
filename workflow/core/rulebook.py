"""Rules, policies and the calendar as plain values: what a decision is made from, at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.core.hashchain import Plain
from workflow.core.workday import WorkCalendar, Workdays

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

PolicyValue = Plain

DEFAULT_POLICIES: dict[str, PolicyValue] = {
    "reading_i15": "A",
    "wait_days": 3,
    "reminders_needed_a": 2,
    "reminders_needed_b": 2,
    "reminders_needed_c": 0,
    "inherit_two_times_2023": True,
    "bound_excluded": True,
    "roll_printed_date": "back",
    "roll_term": "forward",
    "what_answers": "any_numbered",
    "obstacle_stops_clock": False,
    "early_escalation": True,
    "standing_reports": True,
    "issue_window": {"from": "08:00", "to": "17:00"},
    "engine_issues_internal": True,
    "nudge_days": [5, 1],
    "online_target": "max",
    "customer_escalation": True,
    "step_days": 2,
    "register_series": "common",
}
"""Domain.md section 4: what holds when no row of a key is in force yet."""


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One value of one key, in force from a day; among rows of one day the one recorded last holds."""

    key: str
    value: PolicyValue
    valid_from: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PoliciesOn:
    """The values in force on one day, read once."""

    values: Mapping[str, PolicyValue]
    wait: Workdays
    window_from: time
    window_to: time
    nudge_days: tuple[int, ...]

    def flag(self, key: str) -> bool:
        """Return a yes/no policy."""
        return self.values[key] is True

    def number(self, key: str) -> int:
        """Return a counting policy.

        :raises ValueError: when the stored value is no whole number.
        """
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"Chính sách {key} phải là số nguyên, đang là {value!r}.")
        return value


def read_policies(values: Mapping[str, PolicyValue]) -> PoliciesOn:
    """Read one day's values into their types.

    :raises ValueError: when a value is not of its key's kind; the message names the key.
    """
    window = values["issue_window"]
    days = values["nudge_days"]
    if not isinstance(window, dict) or not isinstance(days, list):
        raise ValueError("Chính sách issue_window phải có from, to; nudge_days phải là danh sách số ngày.")
    numbers = sorted((int(str(day)) for day in days), reverse=True)
    return PoliciesOn(
        values=values,
        wait=Workdays(int(str(values["wait_days"]))),
        window_from=time.fromisoformat(str(window.get("from"))),
        window_to=time.fromisoformat(str(window.get("to"))),
        nudge_days=tuple(numbers),
    )


class Policies:
    """All rows of all keys; answers for any day, keeping each day's answer."""

    def __init__(self, rows: Iterable[PolicyRow]) -> None:
        """Sort the rows; later days win, and on one day the later record."""
        self._rows = sorted(rows, key=lambda row: (row.valid_from, row.recorded_at))
        self._days: dict[date, PoliciesOn] = {}

    def change_days(self) -> set[date]:
        """Return the days from which a row takes over."""
        return {row.valid_from for row in self._rows}

    def on(self, day: date) -> PoliciesOn:
        """Return the values in force on the day.

        :raises ValueError: when a stored value is not of its key's kind.
        """
        found = self._days.get(day)
        if found is None:
            values = dict(DEFAULT_POLICIES)
            for row in self._rows:
                if row.valid_from <= day:
                    values[row.key] = row.value
            found = self._days[day] = read_policies(values)
        return found


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold: a fact compared with a literal or with a policy's value."""

    fact: str
    op: str
    value: PolicyValue = None
    policy: str = ""

    def wanted(self, policies: PoliciesOn) -> PolicyValue:
        """Return what the fact is compared with on that day."""
        return policies.values[self.policy] if self.policy else self.value

    def holds(self, found: PolicyValue, wanted: PolicyValue) -> bool:
        """Compare.

        :raises ValueError: when the operator is unknown or the two can't be compared.
        """
        if self.op in {"is", "=="}:
            return found == wanted
        if not isinstance(found, int) or not isinstance(wanted, int):
            raise ValueError(f"Không so sánh được {self.fact}: {found!r} {self.op} {wanted!r}.")
        if self.op == ">=":
            return found >= wanted
        if self.op == "<=":
            return found <= wanted
        if self.op == "<":
            return found < wanted
        raise ValueError(f"Phép so sánh không biết: {self.op!r}.")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as stored, ready to be judged."""

    pk: int
    code: str
    version: int
    plan_year: int
    effect: str
    ladder: str
    title: str
    clause: str
    plan_number: str
    item_code: str
    basis: str
    inferred: bool
    conditions: tuple[Condition, ...]
    priority: int
    valid_from: date
    valid_to: date | None
    parameters: Mapping[str, Plain] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    def applies_to(self, kind: str, origin: str) -> bool:
        """Whether the rule is meant for tasks of that kind and origin; an empty list means all."""
        return (not self.kinds or kind in self.kinds) and (not self.origins or origin in self.origins)

    def in_force_on(self, day: date) -> bool:
        """Whether the row's dates hold the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def citation(self) -> str:
        """How a screen or a document cites the rule's basis; never a clause where there is none."""
        if not self.clause:
            return self.basis
        marked = " (suy đoán từ bản 2022: bản 2023 thiếu trang)" if self.inferred else ""
        return f"{self.item_code} Kế hoạch {self.plan_number}{marked}"


def read_conditions(rows: Iterable[Mapping[str, Plain]]) -> tuple[Condition, ...]:
    """Read a rule's stored conditions.

    :raises ValueError: when one lacks its fact or operator.
    """
    conditions = []
    for row in rows:
        value = row.get("value")
        policy = str(value["policy"]) if isinstance(value, dict) and "policy" in value else ""
        if not row.get("fact") or not row.get("op"):
            raise ValueError(f"Điều kiện thiếu fact hoặc op: {row!r}.")
        conditions.append(Condition(str(row["fact"]), str(row["op"]), None if policy else value, policy))
    return tuple(conditions)


class Rulebook:
    """The calendar, the policies and the rules known at one moment."""

    def __init__(self, calendar: WorkCalendar, policies: Policies, rules: Iterable[RuleRow]) -> None:
        """Group the rules by plan year and ladder, in the order in which they are judged."""
        self.calendar = calendar
        self.policies = policies
        self._rules: dict[tuple[int, str], list[RuleRow]] = {}
        for rule in sorted(rules, key=lambda row: (row.priority, row.code, -row.version)):
            self._rules.setdefault((rule.plan_year, rule.ladder), []).append(rule)
        rows = self.all_rules()
        ends = {rule.valid_to + timedelta(days=1) for rule in rows if rule.valid_to is not None}
        self.change_days = frozenset(policies.change_days() | {rule.valid_from for rule in rows} | ends)

    def rules_for(self, year: int, ladder: str) -> list[RuleRow]:
        """Return the ladder's rules of that plan year, every version, in the order of judging."""
        return self._rules.get((year, ladder), [])

    def rules_on(self, year: int, ladder: str, day: date) -> list[RuleRow]:
        """Return the rules by which a task of that year is judged on a day, in the order of judging.

        The year's own rules from the day on which its plan is issued; until then, and in a year without a plan, those
        of the newest plan before it, so that work which crosses the turn of a year is never without rules.
        """
        years = sorted((one for one, kind in self._rules if kind == ladder and one <= year), reverse=True)
        for one in years:
            rules = self._rules[one, ladder]
            if any(rule.in_force_on(day) for rule in rules):
                return rules
        return self.rules_for(year, ladder)

    def all_rules(self) -> list[RuleRow]:
        """Return every rule row."""
        return [rule for rules in self._rules.values() for rule in rules]

    def policy(self, key: str, on: date) -> PolicyValue:
        """Return one policy's value on a day."""
        return self.policies.on(on).values[key]
