"""Policies by day, conditions, rule rows and their citations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from tests.rulebooks import RECORDED, make_rulebook, policy_row, shipped_rules
from workflow.core.rulebook import (
    DEFAULT_POLICIES,
    Condition,
    Policies,
    RuleRow,
    read_conditions,
    read_policies,
)
from workflow.core.workday import Workdays

JUNE = date(2022, 6, 1)


def rule_of(code: str, year: int, effect: str = "") -> RuleRow:
    return next(
        rule for rule in shipped_rules() if (rule.code, rule.plan_year) == (code, year) and effect in {"", rule.effect}
    )


# Policies


def test_without_rows_the_defaults_hold() -> None:
    policies = Policies([]).on(JUNE)
    assert policies.values == DEFAULT_POLICIES
    assert policies.wait == Workdays(3)
    assert (policies.window_from, policies.window_to) == (time(8), time(17))
    assert policies.nudge_days == (5, 1)


def test_a_row_holds_from_its_day_until_a_later_row_of_its_key() -> None:
    policies = Policies([policy_row("wait_days", 7, date(2022, 9, 1)), policy_row("wait_days", 5, JUNE)])
    found = [
        policies.on(day).number("wait_days") for day in (date(2022, 5, 31), JUNE, date(2022, 8, 31), date(2022, 9, 1))
    ]
    assert found == [3, 5, 5, 7]


def test_among_rows_of_one_day_the_one_recorded_last_holds() -> None:
    first = policy_row("wait_days", 7, JUNE, RECORDED)
    correction = policy_row("wait_days", 4, JUNE, RECORDED + timedelta(hours=1))
    for rows in ([first, correction], [correction, first]):
        assert Policies(rows).on(JUNE).number("wait_days") == 4


def test_a_row_of_one_key_leaves_the_others_alone() -> None:
    values = Policies([policy_row("reading_i15", "B", JUNE)]).on(JUNE).values
    assert {**values, "reading_i15": "A"} == DEFAULT_POLICIES


def test_one_days_policies_are_read_once() -> None:
    policies = Policies([])
    assert policies.on(JUNE) is policies.on(JUNE)


def test_the_days_of_change_are_the_days_on_which_rows_begin() -> None:
    policies = Policies([policy_row("wait_days", 7, JUNE), policy_row("reading_i15", "B", JUNE)])
    assert policies.change_days() == {JUNE}


def test_nudges_are_taken_from_the_farthest_to_the_nearest() -> None:
    assert read_policies({**DEFAULT_POLICIES, "nudge_days": [1, 10, 3]}).nudge_days == (10, 3, 1)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("issue_window", "08:00-17:00"),
        ("issue_window", {"from": "tám giờ", "to": "17:00"}),
        ("nudge_days", 5),
        ("nudge_days", ["năm"]),
        ("wait_days", "ba"),
    ],
)
def test_a_stored_value_of_the_wrong_kind_is_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_policies({**DEFAULT_POLICIES, key: value})  # type: ignore[dict-item]


@pytest.mark.parametrize("value", ["2", True, None])
def test_a_count_that_is_no_number_is_refused_by_name(value: object) -> None:
    policies = replace(Policies([]).on(JUNE), values={**DEFAULT_POLICIES, "wait_days": value})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="wait_days"):
        policies.number("wait_days")


def test_only_true_itself_is_a_yes() -> None:
    policies = Policies([policy_row("customer_escalation", 1, JUNE)])
    assert policies.on(date(2022, 5, 1)).flag("customer_escalation")
    assert not policies.on(JUNE).flag("customer_escalation")


# Conditions


@pytest.mark.parametrize(
    ("op", "found", "wanted", "expected"),
    [
        ("is", True, True, True),
        ("is", False, True, False),
        ("==", 2, 2, True),
        ("==", 2, 3, False),
        (">=", 2, 2, True),
        (">=", 1, 2, False),
        ("<=", 2, 2, True),
        ("<=", 3, 2, False),
        ("<", 1, 2, True),
        ("<", 2, 2, False),
    ],
)
def test_a_condition_compares(op: str, found: int, wanted: int, expected: bool) -> None:
    assert Condition("reminders_issued", op).holds(found, wanted) is expected


@pytest.mark.parametrize(("found", "wanted"), [(None, 2), ("2", 2), (2, None)])
def test_things_that_cannot_be_compared_are_refused_with_the_facts_name(found: object, wanted: object) -> None:
    with pytest.raises(ValueError, match="Không so sánh được days_left"):
        Condition("days_left", ">=").holds(found, wanted)  # type: ignore[arg-type]


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(ValueError, match="Phép so sánh không biết: '>'"):
        Condition("reminders_issued", ">").holds(1, 2)


def test_a_condition_takes_its_value_from_the_policy_of_the_day() -> None:
    [condition] = read_conditions([{"fact": "reminders_issued", "op": "<", "value": {"policy": "reminders_needed_a"}}])
    policies = Policies([policy_row("reminders_needed_a", 1, JUNE)])
    assert (condition.policy, condition.value) == ("reminders_needed_a", None)
    assert [condition.wanted(policies.on(day)) for day in (date(2022, 5, 1), JUNE)] == [2, 1]


def test_a_condition_without_policy_keeps_its_own_value() -> None:
    [condition] = read_conditions([{"fact": "draft_pending", "op": "is", "value": False}])
    assert (condition.wanted(Policies([]).on(JUNE)), condition.policy) == (False, "")


@pytest.mark.parametrize(
    "row", [{"op": "is", "value": True}, {"fact": "late", "value": True}, {"fact": "", "op": "is"}]
)
def test_a_condition_without_fact_or_operator_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="thiếu fact hoặc op"):
        read_conditions([row])  # type: ignore[list-item]


# Rule rows


def test_a_rule_stands_on_its_first_and_last_day_and_not_outside() -> None:
    rule = replace(rule_of("R-TIENDO-1", 2022, "remind"), valid_from=JUNE, valid_to=date(2022, 6, 30))
    found = [rule.in_force_on(day) for day in (date(2022, 5, 31), JUNE, date(2022, 6, 30), date(2022, 7, 1))]
    assert found == [False, True, True, False]
    assert replace(rule, valid_to=None).in_force_on(date(2050, 1, 1))


def test_a_citation_names_row_and_plan() -> None:
    assert rule_of("R-DONDOC-3", 2023).citation == "I.1.5 Kế hoạch 1337/KH-SKHĐT"


def test_an_inferred_clause_is_cited_from_the_plan_it_was_read_in_and_says_so() -> None:
    citation = rule_of("R-DONDOC-2", 2023).citation
    assert citation == "I.1.5 Kế hoạch 1186/KH-SKHĐT (suy đoán từ bản 2022: bản 2023 thiếu trang)"


def test_a_rule_without_clause_cites_its_basis_alone() -> None:
    rule = rule_of("YC-UBND-A", 2022)
    assert rule.citation == rule.basis == "Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch"


# The rulebook


def test_rules_are_judged_by_priority_then_code_and_the_newest_version_first() -> None:
    rule = rule_of("R-TIENDO-1", 2022, "remind")
    others = [replace(rule, version=2), replace(rule, code="A-TRUOC"), replace(rule, code="Z-SAU", priority=1)]
    book = make_rulebook(rules=[rule, *others])
    assert [(row.code, row.version) for row in book.rules_for(2022, "A")] == [
        ("Z-SAU", 1),
        ("A-TRUOC", 1),
        ("R-TIENDO-1", 2),
        ("R-TIENDO-1", 1),
    ]


def test_rules_of_another_year_or_ladder_are_not_looked_at() -> None:
    book = make_rulebook()
    assert {rule.ladder for rule in book.rules_for(2022, "B")} == {"B"}
    assert {rule.plan_year for rule in book.rules_for(2023, "B")} == {2023}
    assert book.rules_for(2021, "A") == []
    assert len(book.all_rules()) == len(shipped_rules())


def test_the_days_of_change_hold_policies_rules_and_the_day_after_a_rule_ends() -> None:
    rule = replace(rule_of("R-TIENDO-1", 2022, "remind"), valid_to=date(2022, 6, 30))
    book = make_rulebook(policy_row("wait_days", 5, JUNE), rules=[rule])
    assert book.change_days == {JUNE, date(2022, 4, 19), date(2022, 7, 1)}


def test_one_policy_can_be_read_by_key_and_day() -> None:
    book = make_rulebook(policy_row("reading_i15", "B", JUNE))
    assert [book.policy("reading_i15", day) for day in (date(2022, 5, 31), JUNE)] == ["A", "B"]


def test_until_a_years_plan_is_issued_the_plan_before_it_still_governs() -> None:
    book = make_rulebook()
    days = (date(2023, 1, 16), date(2023, 4, 10), date(2023, 4, 11))
    assert [book.rules_on(2023, "A", day)[0].plan_year for day in days] == [2022, 2022, 2023]


def test_a_year_without_a_plan_is_governed_by_the_newest_plan_before_it() -> None:
    book = make_rulebook()
    assert {rule.plan_year for rule in book.rules_on(2026, "B", date(2026, 3, 2))} == {2023}
    assert {rule.plan_year for rule in book.rules_on(2022, "B", date(2026, 3, 2))} == {2022}
    assert book.rules_on(2021, "A", date(2022, 6, 1)) == []


def test_before_any_rule_is_in_force_the_years_own_are_looked_at_and_left_out() -> None:
    day = date(2022, 4, 18)
    rules = make_rulebook().rules_on(2022, "A", day)
    assert rules
    assert not any(rule.in_force_on(day) for rule in rules)
