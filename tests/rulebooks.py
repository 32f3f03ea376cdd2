"""Rulebooks for pure tests: the shipped rules, the seeded calendar, and policies as a test wants them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from workflow.adapters.holidays import load_calendar_seed
from workflow.adapters.rulefile import load_rule_seeds
from workflow.core.rulebook import Policies, PolicyRow, PolicyValue, Rulebook, RuleRow, read_conditions
from workflow.core.workday import WorkCalendar

SEED = Path(__file__).resolve().parent.parent / "workflow" / "seeds" / "calendar.yaml"
LONG_AGO = date(2020, 1, 1)
RECORDED = datetime(2020, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1)
def seeded_calendar() -> WorkCalendar:
    """Return the calendar as it is seeded, 2022 to 2027."""
    return WorkCalendar({row.date: row.kind for row in load_calendar_seed(SEED)}, first_year=2022, last_year=2027)


@lru_cache(maxsize=1)
def shipped_rules() -> tuple[RuleRow, ...]:
    """Return the shipped rule rows, as the table would give them."""
    return tuple(
        RuleRow(
            pk=number,
            code=seed.code,
            version=seed.version,
            plan_year=seed.plan_year,
            effect=seed.effect,
            ladder=seed.ladder,
            title=seed.title,
            clause=seed.clause,
            plan_number=seed.plan_number,
            item_code=seed.item_code,
            basis=seed.basis,
            inferred=seed.inferred,
            conditions=read_conditions(seed.conditions),
            priority=seed.priority,
            valid_from=seed.valid_from,
            valid_to=None,
            kinds=seed.kinds,
            origins=seed.origins,
            parameters=seed.parameters,
        )
        for number, seed in enumerate(load_rule_seeds(), start=1)
    )


def policy_row(key: str, value: PolicyValue, valid_from: date = LONG_AGO, recorded: datetime = RECORDED) -> PolicyRow:
    """Return one policy row."""
    return PolicyRow(key, value, valid_from, recorded)


def make_rulebook(
    *rows: PolicyRow,
    rules: Iterable[RuleRow] | None = None,
    calendar: WorkCalendar | None = None,
    **policies: PolicyValue,
) -> Rulebook:
    """Return a rulebook of the shipped rules; policies by keyword hold always, rows from their day."""
    always = [policy_row(key, value) for key, value in policies.items()]
    return Rulebook(
        calendar or seeded_calendar(), Policies([*always, *rows]), shipped_rules() if rules is None else rules
    )
