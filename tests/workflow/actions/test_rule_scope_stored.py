"""The kinds and origins of a rule in the table, in the sweep and on the page of rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.factories import House, at, make_task
from workflow.actions import policy
from workflow.actions.policy import add_rule_version, seed_rules
from workflow.actions.sweep import sweep
from workflow.adapters.rulefile import load_rule_seeds
from workflow.choices import TaskKind, TaskOrigin
from workflow.models import Reminder, Rule
from workflow.queries.rulebook import load_rulebook

ISSUED = at(date(2022, 4, 19))
MONDAY_AFTER = at(date(2022, 10, 17), "08:00")


@pytest.fixture
def rules(house: House) -> House:
    seed_rules(by=None, now=ISSUED)
    return house


def test_seeding_stores_them_and_the_rulebook_reads_them(rules: House) -> None:
    row = Rule.objects.get(code="R-TIENDO-1", plan_year=2022, effect="remind")
    assert (row.kinds, row.origins) == (["plan", "report", "support", "handoff"], ["plan"])
    read = {rule.pk: rule for rule in load_rulebook().all_rules()}
    assert (read[row.pk].kinds, read[row.pk].origins) == (("plan", "report", "support", "handoff"), ("plan",))
    assert Rule.objects.get(code="YC-UBND-A", plan_year=2022).kinds == []


def test_a_rule_says_to_what_it_applies_in_words(rules: House) -> None:
    words = Rule.objects.get(code="R-YKIEN-1", plan_year=2022).applies_to
    assert words == "Lấy ý kiến; nguồn: UBND tỉnh giao"
    assert Rule.objects.get(code="YC-UBND-A", plan_year=2022).applies_to == ""
    assert Rule.objects.get(code="CS-DONDOC-A", plan_year=2022).applies_to == "Hồ sơ TTHC, Việc UBND tỉnh giao"


def test_a_new_version_applies_to_the_same_work(rules: House) -> None:
    former = Rule.objects.get(code="CS-DONDOC-A", plan_year=2022)
    newest = add_rule_version(
        former.pk, {"priority": 22}, date(2022, 11, 1), "thử", by=rules.admin, now=at(date(2022, 10, 3))
    )
    assert (newest.version, newest.kinds, newest.origins) == (2, former.kinds, former.origins)


@pytest.mark.parametrize(("column", "value"), [("kinds", "ho_so"), ("origins", "ubnd")])
def test_a_shipped_row_with_an_unknown_word_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch, column: str, value: str
) -> None:
    bad = replace(load_rule_seeds()[0], **{column: (value,)})
    monkeypatch.setattr(policy, "load_rule_seeds", lambda: (bad,))
    with pytest.raises(ValueError, match=value):
        seed_rules(by=None, now=ISSUED)
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("kind", "origin", "code"),
    [
        (TaskKind.PLAN, TaskOrigin.PLAN, "R-TIENDO-1"),
        (TaskKind.DOSSIER, TaskOrigin.PROCEDURE, "CS-DONDOC-A"),
        (TaskKind.PROVINCE, TaskOrigin.PROVINCE, "CS-DONDOC-A"),
    ],
)
def test_the_sweep_reminds_by_the_rule_of_the_works_kind_and_the_letter_cites_it(
    rules: House, kind: TaskKind, origin: TaskOrigin, code: str
) -> None:
    task = make_task(rules, kind=kind, origin=origin, due_on=date(2022, 10, 14), nudged_days=1)
    assert sweep(now=MONDAY_AFTER).effects["remind", code] == 1
    reminder = Reminder.objects.get(task=task)
    assert reminder.decision["rule"] == code
    assert reminder.document is not None
    cites = "Kế hoạch 1186/KH-SKHĐT" in reminder.document.body
    assert cites is (code == "R-TIENDO-1"), "no clause is cited where none speaks of it"
