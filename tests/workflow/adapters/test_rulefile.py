"""The shipped rules stand word for word in the plans, and every rule of the plans is accounted for."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from workflow.adapters.rulefile import RuleSeed, load_policy_kinds, load_printed_rules, load_rule_seeds
from workflow.choices import Ladder, RuleEffect
from workflow.core.escalation import FACT_LABELS
from workflow.core.rulebook import DEFAULT_POLICIES

ROOT = Path(__file__).resolve().parents[3]
SEEDS = load_rule_seeds()
PRINTED = load_printed_rules()
PLAN_YEARS = {"1186/KH-SKHĐT": 2022, "1337/KH-SKHĐT": 2023}
CUSTOMER = "Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch"


def found(code: str) -> list[RuleSeed]:
    return [seed for seed in SEEDS if seed.code == code]


def name_of(seed: RuleSeed) -> str:
    return f"{seed.code}-{seed.plan_year}-{seed.effect}"


@pytest.mark.parametrize("seed", SEEDS, ids=name_of)
def test_a_clause_is_word_for_word_what_the_plan_of_that_number_says(seed: RuleSeed) -> None:
    if not seed.clause:
        assert (seed.plan_number, seed.item_code) == ("", "")
        return
    year = PLAN_YEARS[seed.plan_number]
    quotes = {(clause.item, clause.quote) for clause in PRINTED[seed.code].clauses if clause.year == year}
    for part in seed.clause.split(" … "):
        assert (seed.item_code, part) in quotes


@pytest.mark.parametrize("seed", SEEDS, ids=name_of)
def test_a_rule_names_only_what_the_engine_knows(seed: RuleSeed) -> None:
    assert seed.effect in RuleEffect.values
    assert seed.ladder in {*Ladder.values, ""}
    assert seed.basis
    assert len(seed.basis) <= 255
    for condition in seed.conditions:
        assert condition["fact"] in FACT_LABELS
        assert condition["op"] in {"is", "==", ">=", "<=", "<"}
        value = condition["value"]
        assert not isinstance(value, dict) or value["policy"] in DEFAULT_POLICIES


@pytest.mark.parametrize("seed", SEEDS, ids=name_of)
def test_a_rule_begins_with_its_plan(seed: RuleSeed) -> None:
    assert seed.valid_from == {2022: date(2022, 4, 19), 2023: date(2023, 4, 11)}[seed.plan_year]


def test_a_clause_is_shipped_for_a_year_only_where_the_plan_of_that_year_says_it() -> None:
    for seed in SEEDS:
        if not seed.clause or PLAN_YEARS[seed.plan_number] != seed.plan_year:
            continue
        assert PRINTED[seed.code].coverage[str(seed.plan_year)] == "stated"


def test_what_2023_lost_with_its_page_is_marked_as_inferred_and_cites_2022() -> None:
    inferred = {(seed.code, seed.plan_year, seed.plan_number) for seed in SEEDS if seed.inferred}
    assert inferred == {("R-DONDOC-1", 2023, "1186/KH-SKHĐT"), ("R-DONDOC-2", 2023, "1186/KH-SKHĐT")}
    [second] = [seed for seed in found("R-DONDOC-2") if seed.plan_year == 2023]
    assert "lần mà vẫn chưa nhận được văn bản góp ý" in str(second.parameters["partial_2023"])


def test_standing_reports_of_2023_say_why_they_are_kept() -> None:
    for code in ("R-BAOCAO-3", "R-BAOCAO-4"):
        [kept] = [seed for seed in found(code) if seed.plan_year == 2023]
        assert kept.plan_number == "1186/KH-SKHĐT"
        assert "hàng năm" in kept.basis
        assert kept.parameters["policy"] == "standing_reports"
    assert [seed.plan_year for seed in found("R-BAOCAO-5")] == [2022]


def test_the_customers_rule_has_no_clause_and_says_whose_it_is() -> None:
    rows = found("YC-UBND-A")
    assert [(seed.clause, seed.basis, seed.plan_year) for seed in rows] == [("", CUSTOMER, 2022), ("", CUSTOMER, 2023)]


def test_the_shipped_rows_are_those_of_the_three_ladders_and_the_standing_reports() -> None:
    assert Counter(seed.ladder for seed in SEEDS if seed.plan_year == 2022) == {"A": 6, "B": 5, "C": 3, "": 4}
    keys = [(seed.code, seed.plan_year, seed.effect, seed.version) for seed in SEEDS]
    assert len(set(keys)) == len(keys)


def test_all_rules_of_the_plans_are_read() -> None:
    assert len(PRINTED) == 53
    texts = [clause.quote for rule in PRINTED.values() for clause in rule.clauses]
    assert all(text and unicodedata.is_normalized("NFC", text) for text in texts)
    assert PRINTED["R-DONDOC-2"].clauses[-1].partial
    assert PRINTED["R-YKIEN-1"].clauses[0].printed_stt == "1.4"
    assert PRINTED["R-DONDOC-1"].open_questions


def test_the_page_on_rules_accounts_for_every_rule_of_the_plans() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (R-[A-Z]+-\d+) \|", page, flags=re.MULTILINE)
    assert sorted(listed) == sorted(PRINTED)
    for seed in SEEDS:
        assert seed.code in page


def test_the_page_on_rules_names_every_policy() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    for key in load_policy_kinds():
        assert f"`{key}`" in page
