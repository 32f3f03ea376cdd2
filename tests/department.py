"""The demonstration department with the real plans, made once a test class instead of once a test."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import ClassVar

from django.test import TestCase

from tests.factories import at
from workflow.actions.demo import seed_demonstration, seed_plan_units
from workflow.actions.plan import activate_plan, import_plan
from workflow.adapters.planfile import read_plan_file
from workflow.adapters.seeds import PLAN_FILES, load_readings, load_rule_codes, load_units
from workflow.core.planfile import ParsedPlan, parse_plan
from workflow.models import Plan
from workflow.queries.rulebook import _kept

ISSUED = {2022: at(date(2022, 4, 19)), 2023: at(date(2023, 4, 11))}


@cache
def parsed(year: int) -> ParsedPlan:
    """Return a real plan, read and checked once."""
    return parse_plan(
        read_plan_file(PLAN_FILES[year - 2022]).mapping,
        unit_codes=frozenset(row.code for row in load_units()),
        rule_codes=load_rule_codes(),
        rollups=load_readings().rollups,
    )


def bring_in(year: int, now: datetime | None = None) -> Plan:
    """Import a real plan without its tasks."""
    source = read_plan_file(PLAN_FILES[year - 2022])
    done = import_plan(
        parsed(year), source_name=source.name, source_sha256=source.sha256, by=None, now=now or ISSUED[year]
    )
    return Plan.objects.get(pk=done.plan_id)


def activated(year: int) -> Plan:
    """Import a real plan with its tasks."""
    plan = bring_in(year)
    activate_plan(plan.pk, by=None, now=ISSUED[year])
    return Plan.objects.get(pk=plan.pk)


class Department(TestCase):
    """The plans' units with the demonstration's phòng, sets and people; no plan yet."""

    @classmethod
    def setUpTestData(cls) -> None:
        """Seed once for the class; what a test changes is rolled back after it."""
        _kept.clear()
        seed_plan_units(by=None, now=ISSUED[2022])
        seed_demonstration(by=None, now=ISSUED[2022])

    def setUp(self) -> None:
        """Forget a rulebook that another test's rows made."""
        _kept.clear()
        self.addCleanup(_kept.clear)


class Activated(Department):
    """The department with the 2022 plan's tasks."""

    plan: ClassVar[Plan]

    @classmethod
    def setUpTestData(cls) -> None:
        """Seed, import and activate once for the class."""
        super().setUpTestData()
        cls.plan = activated(2022)


class BothPlans(Activated):
    """The department with both plans' tasks."""

    latter: ClassVar[Plan]

    @classmethod
    def setUpTestData(cls) -> None:
        """Add the 2023 plan once for the class."""
        super().setUpTestData()
        cls.latter = activated(2023)
