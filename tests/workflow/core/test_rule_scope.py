"""Rules carry the kinds and origins of work to which they apply, and are left out for any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.rulebooks import make_rulebook, shipped_rules
from workflow.adapters.rulefile import load_rule_seeds
from workflow.choices import TaskKind, TaskOrigin
from workflow.core.escalation import ESCALATE, NUDGE, REMIND, Decision, Subject, decide, decide_by_hand, forecast
from workflow.core.explanation import explain_subject
from workflow.core.rulebook import ZONE, RuleRow

BOOK = make_rulebook()
PLAN_KINDS = ("plan", "report", "support", "handoff")
OTHER_KINDS = {"dossier": "procedure", "province": "province"}
NUDGING = datetime(2022, 10, 7, 9, tzinfo=ZONE)
LATE = datetime(2022, 10, 17, 9, tzinfo=ZONE)
LAST = datetime(2022, 10, 12, 9, tzinfo=ZONE)


def owed(kind: str, origin: str = "plan", ladder: str = "A", **facts: object) -> Subject:
    facts.setdefault("due_on", date(2022, 10, 14))
    return Subject(ladder=ladder, kind=kind, origin=origin, rule_year=2022, state="in_progress", **facts)  # type: ignore[arg-type]


def code_of(decision: Decision) -> str:
    return decision.rule.code if decision.rule is not None else ""


def rules_of(code: str) -> list[RuleRow]:
    return [rule for rule in shipped_rules() if rule.code == code]


def test_empty_lists_mean_every_kind_and_every_origin() -> None:
    rule = replace(rules_of("YC-UBND-A")[0], kinds=(), origins=())
    assert all(rule.applies_to(kind, origin) for kind in TaskKind.values for origin in TaskOrigin.values)


@pytest.mark.parametrize(
    ("kind", "origin", "applies"),
    [("plan", "plan", True), ("dossier", "plan", False), ("plan", "province", False), ("dossier", "province", False)],
)
def test_both_the_kind_and_the_origin_must_fit(kind: str, origin: str, applies: bool) -> None:
    rule = replace(rules_of("YC-UBND-A")[0], kinds=("plan", "report"), origins=("plan",))
    assert rule.applies_to(kind, origin) is applies


@pytest.mark.parametrize("kind", PLAN_KINDS)
def test_work_of_the_plan_is_nudged_and_reminded_by_the_clause_that_speaks_of_the_plan(kind: str) -> None:
    for moment, effect in ((NUDGING, NUDGE), (LATE, REMIND)):
        decision = decide(owed(kind), BOOK, moment)
        assert (decision.effect, code_of(decision)) == (effect, "R-TIENDO-1")
        assert decision.rule is not None
        assert "tiến đồ theo kế hoạch" in decision.rule.clause


@pytest.mark.parametrize(("kind", "origin"), OTHER_KINDS.items())
def test_a_dossier_and_the_work_of_ubnd_are_chased_the_same_way_without_a_clause(kind: str, origin: str) -> None:
    nudge, reminder = decide(owed(kind, origin), BOOK, NUDGING), decide(owed(kind, origin), BOOK, LATE)
    assert [(one.effect, code_of(one)) for one in (nudge, reminder)] == [
        (NUDGE, "CS-NHACHAN-A"),
        (REMIND, "CS-DONDOC-A"),
    ]
    assert nudge.rule is not None
    assert reminder.rule is not None
    assert nudge.rule.citation == "Nhắc nhở trước hạn theo chính sách (không nêu trong kế hoạch)"
    assert reminder.rule.citation == "Đôn đốc theo chính sách (không nêu trong kế hoạch)"
    assert (nudge.rule.clause, reminder.record()["clause"]) == ("", "")


@pytest.mark.parametrize(("kind", "origin"), [("plan", "plan"), *OTHER_KINDS.items()])
def test_the_steps_fall_on_the_same_days_whatever_the_kind(kind: str, origin: str) -> None:
    coming = [(step.effect, step.moment) for step in forecast(owed(kind, origin), BOOK, NUDGING)]
    assert coming == [(step.effect, step.moment) for step in forecast(owed("plan"), BOOK, NUDGING)]
    assert coming[-1][0] == ESCALATE


@pytest.mark.parametrize(("kind", "origin"), [("plan", "plan"), *OTHER_KINDS.items()])
def test_the_customers_rule_stays_for_all_of_ladder_a(kind: str, origin: str) -> None:
    decision = decide(owed(kind, origin, reminders_issued=2, last_reminder_at=LAST), BOOK, LATE.replace(day=20))
    assert (decision.effect, code_of(decision)) == (ESCALATE, "YC-UBND-A")


def test_a_question_of_the_plans_work_stands_on_ladder_b_as_a_dossiers_does() -> None:
    for origin in ("procedure", "plan"):
        assert code_of(decide(owed("consultation", origin, "B"), BOOK, LATE)) == "R-DONDOC-1"
    assert decide(owed("consultation", "province", "B"), BOOK, LATE).rule is None


def test_ladder_c_is_for_the_work_of_ubnd_alone() -> None:
    assert code_of(decide(owed("consultation", "province", "C"), BOOK, LATE)) == "R-YKIEN-1"
    for origin in ("procedure", "plan"):
        assert decide(owed("consultation", origin, "C"), BOOK, LATE).rule is None


def test_a_person_may_not_do_by_hand_what_the_rule_is_not_for() -> None:
    assert code_of(decide_by_hand(owed("consultation", "province", "C"), BOOK, LATE, ESCALATE)) == "R-YKIEN-1"
    assert decide_by_hand(owed("consultation", "plan", "C"), BOOK, LATE, ESCALATE).rule is None


def test_only_work_of_the_plan_without_a_deadline_is_asked_monthly() -> None:
    asked = {"due_on": None, "confirm_monthly": True, "confirm_from": date(2022, 6, 1)}
    assert code_of(decide(owed("plan", **asked), BOOK, LATE)) == "R-BAOCAO-1"
    assert decide(owed("dossier", "procedure", **asked), BOOK, LATE).rule is None


def test_a_rule_that_is_not_for_this_work_is_shown_with_the_reason() -> None:
    account = explain_subject(owed("dossier", "procedure"), BOOK, LATE)
    left_out = {(rule.code, rule.effect): rule.left_out for rule in account.rules}
    assert left_out["R-TIENDO-1", "đôn đốc"] == "không áp dụng cho loại việc này"
    assert left_out["CS-DONDOC-A", "đôn đốc"] == ""
    [chosen] = [rule for rule in account.rules if rule.chosen]
    assert (chosen.code, chosen.customer, chosen.holds) == ("CS-DONDOC-A", False, True)
    assert all(rule.holds is False for rule in account.rules if rule.left_out)


def test_a_rule_out_of_force_says_that_first() -> None:
    rules = [replace(rule, valid_to=date(2022, 5, 1)) for rule in rules_of("R-TIENDO-1") if rule.plan_year == 2022]
    account = explain_subject(owed("dossier", "procedure"), make_rulebook(rules=rules), LATE)
    assert {rule.left_out for rule in account.rules} == {"chưa hoặc không còn hiệu lực vào ngày này"}


def test_shipped_rows_name_only_kinds_and_origins_that_there_are() -> None:
    for seed in load_rule_seeds():
        assert set(seed.kinds) <= set(TaskKind.values), seed.code
        assert set(seed.origins) <= set(TaskOrigin.values), seed.code


def test_a_row_that_cites_the_plan_on_ladder_a_is_for_the_plans_own_work() -> None:
    for seed in load_rule_seeds():
        if seed.ladder == "A" and seed.clause:
            assert (seed.kinds, seed.origins) == (PLAN_KINDS, ("plan",)), seed.code
        if seed.ladder in {"B", "C"}:
            assert seed.kinds == ("consultation",)
            assert seed.origins == (("procedure", "plan") if seed.ladder == "B" else ("province",))
