"""The rulebook in force: kept in memory, checked by one query whether it is still the newest."""

from __future__ import annotations

import json
from datetime import date, datetime

from django.db import connection

from workflow.choices import CalendarKind, Certainty
from workflow.core.rulebook import Policies, PolicyRow, Rulebook, RuleRow, read_conditions
from workflow.core.workday import DayKind, WorkCalendar
from workflow.models import AuditEvent, CalendarDay, Policy, Rule

CHAINS = ("calendar", "policy", "rule")
"""The chains whose events change the rulebook; their heads together are its version."""

VERSION_SQL = "SELECT key, head FROM workflow_auditchain WHERE key IN (%s, %s, %s) ORDER BY key"
"""Asked at every transition: building it through the ORM took longer than running it."""

_kept: dict[str, tuple[tuple[tuple[str, str], ...], Rulebook]] = {}


def rulebook_version() -> tuple[tuple[str, str], ...]:
    """Return the heads of the three chains: a hash changes with every change of calendar, policies or rules.

    The heads, not the lengths: after a rolled-back change the next one has the same length and another head.
    """
    with connection.cursor() as cursor:
        cursor.execute(VERSION_SQL, CHAINS)
        return tuple((key, head) for key, head in cursor.fetchall())


def load_rulebook() -> Rulebook:
    """Return the rulebook of now, read again only when a change was recorded since (one query when nothing was)."""
    version = rulebook_version()
    kept = _kept.get("now")
    if kept is None or kept[0] != version or not version:
        kept = _kept["now"] = (version, _read_rulebook())
    return kept[1]


def rulebook_known_at(moment: datetime) -> Rulebook:
    """Return the rulebook as it was known at a past moment, for replays: later rows and calendar edits left out."""
    days = {row.day: (row.kind, row.certainty) for row in CalendarDay.objects.all()}
    edits = AuditEvent.objects.filter(chain="calendar", occurred_at__gt=moment).order_by("-seq")
    for body in edits.values_list("body", flat=True):
        for day, former in json.loads(body)["before"].items():
            if former is None:
                days.pop(date.fromisoformat(day), None)
            else:
                days[date.fromisoformat(day)] = (former["kind"], former["certainty"])
    return Rulebook(
        _calendar(days),
        Policies(_policy_rows(recorded_by=moment)),
        _rule_rows(),
    )


def _read_rulebook() -> Rulebook:
    days = {row.day: (row.kind, row.certainty) for row in CalendarDay.objects.all()}
    return Rulebook(_calendar(days), Policies(_policy_rows()), _rule_rows())


def _calendar(days: dict[date, tuple[str, str]]) -> WorkCalendar:
    kinds = {day: DayKind.MAKEUP if kind == CalendarKind.MAKEUP else DayKind.OFF for day, (kind, _sure) in days.items()}
    provisional = {day for day, (_kind, certainty) in days.items() if certainty == Certainty.PROVISIONAL}
    years = [day.year for day in days] or [2022]
    return WorkCalendar(kinds, provisional_days=provisional, first_year=min(years), last_year=max(years))


def _policy_rows(recorded_by: datetime | None = None) -> list[PolicyRow]:
    rows = Policy.objects.all() if recorded_by is None else Policy.objects.filter(recorded_at__lte=recorded_by)
    return [PolicyRow(row.key, row.value, row.valid_from, row.recorded_at) for row in rows]


def _rule_rows() -> list[RuleRow]:
    return [
        RuleRow(
            pk=row.pk,
            code=row.code,
            version=row.version,
            plan_year=row.plan_year,
            effect=row.effect,
            ladder=row.ladder,
            title=row.title,
            clause=row.clause,
            plan_number=row.plan_number,
            item_code=row.item_code,
            basis=row.basis,
            inferred=row.inferred,
            conditions=read_conditions(row.conditions),
            priority=row.priority,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            parameters=row.parameters,
            kinds=tuple(row.kinds),
            origins=tuple(row.origins),
        )
        for row in Rule.objects.all()
    ]
