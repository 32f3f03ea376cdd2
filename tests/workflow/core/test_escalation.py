"""Deciding on the three ladders with the shipped rules: what happens, when, by which clause, and what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rulebooks import make_rulebook, policy_row, seeded_calendar, shipped_rules
from workflow.core.escalation import (
    ALLOW_EARLY,
    CONFIRM,
    ESCALATE,
    FACT_LABELS,
    NUDGE,
    REMIND,
    Decision,
    Subject,
    apply,
    decide,
    decide_by_hand,
    forecast,
    gather_facts,
    in_issue_window,
    month_before,
    next_issue_moment,
    next_moment,
)
from workflow.core.rulebook import ZONE, Rulebook

BOOK = make_rulebook()
FRIDAY = date(2022, 10, 14)
MONDAY = date(2022, 10, 17)


def at(day: date, clock: str = "09:00") -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), ZONE)  # noqa: DTZ007 -- zone is given


def october(day: int, clock: str = "09:00") -> datetime:
    return at(date(2022, 10, day), clock)


def owed(ladder: str = "A", year: int = 2022, **facts: object) -> Subject:
    """A task in work, due on Friday 14/10/2022 unless said otherwise."""
    facts.setdefault("state", "in_progress")
    facts.setdefault("due_on", FRIDAY)
    facts.setdefault("kind", "plan" if ladder == "A" else "consultation")
    facts.setdefault("origin", {"A": "plan", "B": "procedure", "C": "province"}[ladder])
    return Subject(ladder=ladder, rule_year=year, **facts)  # type: ignore[arg-type]


def reminded(times: int, last: datetime, ladder: str = "A", **facts: object) -> Subject:
    return owed(ladder, reminders_issued=times, last_reminder_at=last, **facts)


def code_of(decision: Decision) -> str:
    return decision.rule.code if decision.rule is not None else ""


def steps(subject: Subject, book: Rulebook, now: datetime) -> list[tuple[str, int, str]]:
    return [
        (step.effect, step.ordinal, f"{step.moment.astimezone(ZONE):%d/%m %H:%M}")
        for step in forecast(subject, book, now)
    ]


# Before the deadline


@pytest.mark.parametrize(
    ("day", "nudged", "expected"),
    [
        (6, 0, 0),
        (7, 0, 5),
        (8, 0, 5),
        (10, 5, 0),
        (12, 5, 0),
        (13, 5, 1),
        (13, 0, 1),
        (13, 1, 0),
        (14, 1, 0),
        (14, 0, 1),
        (17, 0, 0),
    ],
)
def test_nudges_come_five_and_one_working_days_before_the_deadline_once_each(
    day: int, nudged: int, expected: int
) -> None:
    decision = decide(owed(nudged_days=nudged), BOOK, october(day, "16:00"))
    assert (decision.effect == NUDGE, decision.days_before) == (expected > 0, expected)


def test_a_nudge_to_a_body_outside_names_no_clause_since_none_says_it() -> None:
    for ladder in "BC":
        rule = decide(owed(ladder), BOOK, october(7)).rule
        assert rule is not None
        assert (rule.clause, rule.citation) == ("", "Nhắc nhở trước hạn theo chính sách (không nêu trong kế hoạch)")


def test_a_nudge_to_a_unit_cites_the_clause_that_says_nhac_nho() -> None:
    rule = decide(owed("A"), BOOK, october(7)).rule
    assert rule is not None
    assert "đôn đốc, nhắc nhở" in rule.clause
    assert rule.citation == "II.1.1 Kế hoạch 1186/KH-SKHĐT"


def test_a_task_without_a_deadline_is_never_late_and_never_nudged() -> None:
    assert decide(owed(due_on=None), BOOK, october(28)).rule is None


@pytest.mark.parametrize("state", ["reported", "reviewed", "escalated", "waiting_event", "suspended", "cancelled"])
@pytest.mark.parametrize("ladder", ["A", "B", "C"])
def test_nothing_happens_to_a_task_whose_clock_does_not_run(ladder: str, state: str) -> None:
    subject = owed(ladder, state=state, processing_until=FRIDAY)
    assert decide(subject, BOOK, october(28)).rule is None
    assert next_moment(subject, BOOK, october(28)) is None


def test_nothing_happens_to_a_task_without_a_lead_unit() -> None:
    subject = owed(has_lead=False)
    assert decide(subject, BOOK, october(28)).rule is None
    assert next_moment(subject, BOOK, october(1)) is None


# Ladder A


def test_a_late_unit_is_reminded_the_first_working_day_after_the_deadline() -> None:
    assert decide(owed(nudged_days=1), BOOK, october(14, "16:59")).rule is None
    decision = decide(owed(nudged_days=1), BOOK, october(17, "08:00"))
    assert (decision.effect, decision.ordinal, code_of(decision), decision.acts) == (REMIND, 1, "R-TIENDO-1", True)


def test_the_second_reminder_waits_three_working_days_after_the_first() -> None:
    subject = reminded(1, october(17, "08:00"))
    assert decide(subject, BOOK, october(20, "16:59")).rule is None
    decision = decide(subject, BOOK, october(21, "08:00"))
    assert (decision.effect, decision.ordinal) == (REMIND, 2)


def test_two_unanswered_reminders_of_a_unit_go_to_the_province_on_the_customers_own_rule() -> None:
    subject = reminded(2, october(21, "08:00"))
    assert decide(subject, BOOK, october(26)).rule is None
    decision = decide(subject, BOOK, october(27))
    assert (decision.effect, code_of(decision)) == (ESCALATE, "YC-UBND-A")
    assert decision.rule is not None
    assert decision.rule.clause == ""
    assert decision.record()["basis"] == "Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch"


def test_the_customers_rule_stands_still_when_its_policy_is_off_from_a_day() -> None:
    book = make_rulebook(policy_row("customer_escalation", value=False, valid_from=date(2022, 10, 1)))
    subject = reminded(2, october(21, "08:00"))
    assert decide(subject, book, october(27)).rule is None
    assert next_moment(subject, book, october(21)) is None
    early = reminded(2, at(date(2022, 9, 21)), due_on=date(2022, 9, 9))
    assert code_of(decide(early, book, at(date(2022, 9, 29)))) == "YC-UBND-A"


@pytest.mark.parametrize(
    ("needed", "effects"), [(0, [ESCALATE]), (1, [REMIND, ESCALATE]), (2, [REMIND, REMIND, ESCALATE])]
)
def test_the_policy_says_how_many_reminders_come_before_the_province(needed: int, effects: list[str]) -> None:
    book = make_rulebook(reminders_needed_a=needed)
    assert [step.effect for step in forecast(owed(nudged_days=1), book, october(17))] == effects


def test_a_draft_counts_nothing_and_holds_the_ladder_of_a_unit() -> None:
    subject = owed(reminder_drafted=True)
    assert decide(subject, BOOK, october(28)).rule is None
    twice_drafted = reminded(0, october(17), reminder_drafted=True)
    assert decide(twice_drafted, BOOK, october(28)).rule is None


def test_a_round_whose_ladder_is_done_stays_quiet() -> None:
    assert decide(reminded(2, october(17), ladder_done=True), BOOK, october(28)).rule is None


def test_an_obstacle_stops_the_clock_only_where_policy_says_so() -> None:
    subject = owed(obstacle_open=True)
    assert decide(subject, BOOK, october(17)).effect == REMIND
    assert decide(subject, make_rulebook(obstacle_stops_clock=True), october(17)).rule is None
    free = replace(subject, obstacle_open=False)
    assert decide(free, make_rulebook(obstacle_stops_clock=True), october(17)).effect == REMIND


def test_a_sweep_after_an_outage_does_one_step_and_counts_the_next_wait_from_it() -> None:
    subject, now = owed(nudged_days=5), at(date(2022, 11, 14))
    seen = []
    for _hour in range(5):
        decision = decide(subject, BOOK, now)
        if decision.acts:
            seen.append(decision.effect)
            subject = apply(subject, decision)
        now += timedelta(hours=1)
    assert seen == [REMIND]
    assert next_moment(subject, BOOK, now) == at(date(2022, 11, 18), "08:00")


# Ladder B


def test_a_consulted_body_is_reminded_while_processing_time_remains() -> None:
    decision = decide(owed("B", processing_until=date(2022, 10, 31)), BOOK, october(17))
    assert (decision.effect, decision.ordinal, code_of(decision)) == (REMIND, 1, "R-DONDOC-1")
    assert decision.rule is not None
    assert "còn thời gian xử lý thủ tục hành chính" in decision.rule.clause


def test_two_unanswered_reminders_of_a_consulted_body_must_be_reported() -> None:
    subject = reminded(2, october(21), "B", processing_until=date(2022, 11, 30))
    decision = decide(subject, BOOK, october(27))
    assert (decision.effect, code_of(decision)) == (ESCALATE, "R-DONDOC-2")
    assert decision.rule is not None
    assert "02 lần" in decision.rule.clause


def test_two_drafted_but_unissued_reminders_count_nothing() -> None:
    subject = owed("B", processing_until=date(2022, 11, 30), reminder_drafted=True, reminders_issued=0)
    decision = decide(subject, BOOK, at(date(2022, 11, 15)))
    assert decision.rule is None
    assert decision.facts["reminders_issued"] == 0


@pytest.mark.parametrize("issued", [0, 1, 2])
@pytest.mark.parametrize("drafted", [True, False])
def test_time_exhausted_must_be_reported_whatever_the_count(issued: int, drafted: bool) -> None:
    subject = reminded(issued, october(17), "B", processing_until=date(2022, 10, 18), reminder_drafted=drafted)
    decision = decide(subject, BOOK, october(19, "00:00"))
    assert (decision.effect, code_of(decision), decision.acts) == (ESCALATE, "R-DONDOC-3", True)


def test_no_reminder_may_be_drafted_once_processing_time_is_over() -> None:
    subject = owed("B", processing_until=FRIDAY)
    assert decide_by_hand(subject, BOOK, october(17), REMIND).rule is None
    assert decide_by_hand(subject, BOOK, october(17), ESCALATE).rule is not None


def test_an_obstacle_never_stops_the_processing_time_of_the_procedure() -> None:
    subject = owed("B", processing_until=FRIDAY, obstacle_open=True)
    assert code_of(decide(subject, make_rulebook(obstacle_stops_clock=True), october(17))) == "R-DONDOC-3"


def test_reading_b_waits_for_the_processing_time_even_after_two_reminders() -> None:
    book = make_rulebook(reading_i15="B")
    subject = reminded(2, october(21), "B", processing_until=date(2022, 11, 30))
    assert decide(subject, book, october(28)).rule is None
    assert code_of(decide(subject, book, at(date(2022, 12, 1)))) == "R-DONDOC-3"
    assert next_moment(subject, book, october(28)) == at(date(2022, 12, 1), "00:00")


def test_a_change_of_reading_in_june_does_not_change_what_was_decided_in_may() -> None:
    change = policy_row("reading_i15", "B", date(2022, 6, 1))
    subject = reminded(2, at(date(2022, 5, 10)), "B", due_on=date(2022, 5, 4), processing_until=date(2022, 12, 30))
    for book in (BOOK, make_rulebook(change)):
        assert code_of(decide(subject, book, at(date(2022, 5, 16)))) == "R-DONDOC-2"
    assert decide(subject, make_rulebook(change), at(date(2022, 6, 1))).rule is None


def test_early_reporting_by_hand_rests_on_the_clause_of_2022_and_on_policy() -> None:
    subject = owed("B", processing_until=date(2022, 11, 30))
    decision = decide_by_hand(subject, BOOK, october(17), ESCALATE)
    assert (code_of(decision), decision.effect) == ("R-DONDOC-4", ALLOW_EARLY)
    assert decision.policies["early_escalation"] is True
    assert decide_by_hand(subject, make_rulebook(early_escalation=False), october(17), ESCALATE).rule is None
    assert decide_by_hand(owed("B", year=2023), BOOK, at(date(2023, 10, 17)), ESCALATE).rule is None


def test_a_duty_that_has_arisen_comes_before_the_early_allowance() -> None:
    subject = reminded(2, october(17), "B", processing_until=date(2022, 11, 30))
    assert code_of(decide_by_hand(subject, BOOK, october(28), ESCALATE)) == "R-DONDOC-2"


def test_early_reporting_is_never_the_engines_own_step() -> None:
    decision = decide(owed("B", processing_until=date(2022, 11, 30)), BOOK, october(17), trace=True)
    early = next(row for row in decision.looked if row.rule.code == "R-DONDOC-4")
    assert (early.holds, decision.effect) == (True, REMIND)


def test_nobody_reports_by_hand_before_the_deadline() -> None:
    assert decide_by_hand(owed("B"), BOOK, october(14), ESCALATE).rule is None


# Ladder B in 2023: a page of the plan is missing


def test_in_2023_the_two_reminders_are_inferred_from_2022_and_say_so() -> None:
    subject = owed("B", 2023, due_on=date(2023, 10, 13), processing_until=date(2023, 12, 29))
    decision = decide(subject, BOOK, at(date(2023, 10, 16)))
    record = decision.record()
    assert (code_of(decision), record["inferred"], record["plan_year"]) == ("R-DONDOC-1", True, 2023)
    assert record["basis"] == "I.1.5 Kế hoạch 1186/KH-SKHĐT (suy đoán từ bản 2022: bản 2023 thiếu trang)"
    assert decision.policies["inherit_two_times_2023"] is True


def test_in_2023_only_the_stated_clause_stands_when_policy_does_not_inherit() -> None:
    book = make_rulebook(inherit_two_times_2023=False)
    subject = owed("B", 2023, due_on=date(2023, 10, 13), processing_until=date(2023, 10, 31))
    decision = decide(subject, book, at(date(2023, 10, 16)), trace=True)
    assert decision.rule is None
    assert [row.rule.code for row in decision.looked if "suy đoán" in row.left_out] == ["R-DONDOC-2", "R-DONDOC-1"]
    late = decide(subject, book, at(date(2023, 11, 1)))
    assert (code_of(late), late.record()["inferred"]) == ("R-DONDOC-3", False)
    assert late.record()["basis"] == "I.1.5 Kế hoạch 1337/KH-SKHĐT"


# Ladder C


@pytest.mark.parametrize(("year", "item"), [(2022, "II.1.5"), (2023, "II.1.3")])
def test_work_of_the_province_goes_to_the_province_one_day_late_without_a_reminder(year: int, item: str) -> None:
    due = date(year, 10, 12)
    subject = owed("C", year, due_on=due, nudged_days=1)
    assert decide(subject, BOOK, at(due)).rule is None
    decision = decide(subject, BOOK, at(due + timedelta(days=1), "00:00"))
    assert (decision.effect, code_of(decision), decision.acts) == (ESCALATE, "R-YKIEN-1", True)
    assert str(decision.record()["basis"]).startswith(item)
    assert decide_by_hand(subject, BOOK, at(due + timedelta(days=1)), REMIND).rule is None


def test_a_policy_can_put_reminders_before_the_report_of_ladder_c() -> None:
    book = make_rulebook(reminders_needed_c=1)
    decision = decide(owed("C"), book, october(17))
    assert (decision.effect, code_of(decision)) == (REMIND, "CS-DONDOC-C")
    assert decision.rule is not None
    assert decision.rule.clause == ""
    assert code_of(decide(reminded(1, october(17), "C"), book, october(21))) == "R-YKIEN-1"


# Working hours, holidays, Tết


def test_papers_go_out_only_in_the_hours_of_a_working_day() -> None:
    policies = BOOK.policies.on(FRIDAY)
    calendar = BOOK.calendar
    cases = {
        (14, "07:59"): False,
        (14, "08:00"): True,
        (14, "16:59"): True,
        (14, "17:00"): False,
        (15, "10:00"): False,
    }
    for (day, clock), expected in cases.items():
        assert in_issue_window(october(day, clock), calendar, policies) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (october(14, "03:00"), october(14, "08:00")),
        (october(14, "10:00"), october(14, "10:00")),
        (october(14, "18:00"), october(17, "08:00")),
        (october(15, "10:00"), october(17, "08:00")),
        (at(date(2023, 1, 19), "17:00"), at(date(2023, 1, 27), "08:00")),
    ],
)
def test_what_falls_outside_is_deferred_to_the_next_working_morning(now: datetime, expected: datetime) -> None:
    assert next_issue_moment(now, BOOK.calendar, BOOK.policies.on(now.date())) == expected


def test_a_reminder_that_falls_into_tet_is_deferred_and_never_dropped() -> None:
    subject = owed(due_on=date(2023, 1, 19))
    decision = decide(subject, BOOK, at(date(2023, 1, 20)))
    assert (decision.effect, decision.acts) == (REMIND, False)
    assert decision.deferred_until == at(date(2023, 1, 27), "08:00")
    assert next_moment(subject, BOOK, at(date(2023, 1, 19), "20:00")) == decision.deferred_until
    assert decide(subject, BOOK, at(date(2023, 1, 27), "08:00")).acts


def test_a_wait_counts_no_day_of_tet() -> None:
    subject = reminded(1, at(date(2023, 1, 19)), due_on=date(2023, 1, 10))
    assert next_moment(subject, BOOK, at(date(2023, 1, 20))) == at(date(2023, 2, 1), "08:00")


def test_a_duty_to_report_does_not_wait_for_working_hours() -> None:
    subject = owed("B", due_on=date(2023, 1, 17), processing_until=date(2023, 1, 20))
    assert decide(subject, BOOK, at(date(2023, 1, 21), "00:00")).acts


def test_a_person_may_draft_at_any_hour() -> None:
    decision = decide_by_hand(owed(), BOOK, october(15, "22:00"), REMIND)
    assert (decision.ordinal, decision.acts) == (1, True)


def test_a_deferral_is_judged_again_on_the_day_it_leads_to() -> None:
    evening = october(14, "18:00")
    exhausted_on_saturday = owed("B", due_on=date(2022, 10, 13), processing_until=FRIDAY)
    assert decide(exhausted_on_saturday, BOOK, evening).deferred_until == october(17, "08:00")
    assert next_moment(exhausted_on_saturday, BOOK, evening) == october(15, "00:00")
    late_window = make_rulebook(policy_row("issue_window", {"from": "09:30", "to": "16:00"}, date(2022, 10, 16)))
    assert next_moment(owed(), late_window, evening) == october(17, "09:30")


def test_a_nudge_that_would_only_go_out_after_the_deadline_gives_way_to_the_reminder() -> None:
    moment = next_moment(owed(), BOOK, october(14, "18:00"))
    assert moment == october(17, "08:00")
    assert decide(owed(), BOOK, october(17, "08:00")).effect == REMIND


# Monthly confirmation


def monthly(**facts: object) -> Subject:
    return owed(due_on=None, confirm_monthly=True, **facts)


@pytest.mark.parametrize(
    ("facts", "today", "asked"),
    [
        ({}, date(2022, 10, 3), None),
        ({"confirm_from": date(2022, 10, 3)}, date(2022, 10, 31), None),
        ({"confirm_from": date(2022, 10, 3)}, date(2022, 11, 1), date(2022, 10, 1)),
        ({"confirm_from": date(2022, 5, 3), "confirmed_month": date(2022, 9, 1)}, date(2022, 10, 3), None),
        ({"confirm_from": date(2022, 5, 3), "confirm_asked": date(2022, 9, 1)}, date(2022, 10, 3), None),
        ({"confirm_from": date(2022, 5, 3), "confirm_asked": date(2022, 8, 1)}, date(2022, 10, 3), date(2022, 9, 1)),
    ],
)
def test_the_month_before_is_asked_for_once(facts: dict[str, object], today: date, asked: date | None) -> None:
    decision = decide(monthly(**facts), BOOK, at(today))
    assert (decision.effect == CONFIRM, decision.month) == (asked is not None, asked)


def test_the_question_of_a_month_comes_on_its_first_working_morning() -> None:
    subject = monthly(confirm_from=date(2022, 9, 20))
    assert next_moment(subject, BOOK, at(date(2022, 9, 25))) == at(date(2022, 10, 3), "08:00")
    assert next_moment(monthly(confirm_from=date(2022, 11, 5)), BOOK, at(date(2022, 9, 25))) == at(
        date(2022, 12, 1), "08:00"
    )


def test_a_month_confirmed_ahead_does_not_silence_the_months_after_it() -> None:
    subject = monthly(confirm_from=date(2022, 5, 3), confirmed_month=date(2022, 10, 1))
    assert next_moment(subject, BOOK, october(17)) == at(date(2022, 12, 1), "08:00")


def test_a_forecast_asks_for_one_month_and_still_shows_the_ladder() -> None:
    subject = owed(due_on=date(2022, 12, 14), confirm_monthly=True, confirm_from=date(2022, 10, 1))
    effects = [step.effect for step in forecast(subject, BOOK, october(17))]
    assert effects == [CONFIRM, NUDGE, NUDGE, REMIND, REMIND, ESCALATE]


def test_the_month_before_january_is_december() -> None:
    assert month_before(date(2023, 1, 15)) == date(2022, 12, 1)


# Which rules stand on which day


def test_no_rule_stands_before_its_plan_was_issued() -> None:
    subject = owed(due_on=date(2022, 4, 8))
    decision = decide(subject, BOOK, at(date(2022, 4, 15)), trace=True)
    assert decision.rule is None
    assert {row.left_out for row in decision.looked} == {"chưa hoặc không còn hiệu lực vào ngày này"}
    assert next_moment(subject, BOOK, at(date(2022, 4, 15))) == at(date(2022, 4, 19), "08:00")


def test_the_rules_of_2022_go_on_for_a_task_of_2022_in_the_year_after() -> None:
    assert code_of(decide(owed(), BOOK, at(date(2023, 6, 15)))) == "R-TIENDO-1"


def test_a_year_before_all_plans_decides_nothing() -> None:
    assert decide(owed(year=2021), BOOK, october(28), trace=True).looked == ()


def test_a_year_without_a_plan_goes_on_under_the_newest_plan_before_it() -> None:
    subject = owed(year=2030, due_on=date(2030, 3, 1))
    decision = decide(subject, BOOK, at(date(2030, 3, 4), "09:00"))
    assert decision.rule is not None
    assert (decision.rule.code, decision.rule.plan_year) == ("R-TIENDO-1", 2023)


def test_a_rule_that_ends_leaves_the_ladder_to_its_next_version() -> None:
    rules = [
        replace(rule, valid_to=date(2022, 10, 18)) if (rule.code, rule.effect) == ("R-TIENDO-1", REMIND) else rule
        for rule in shipped_rules()
    ]
    newer = [
        replace(rule, version=2, valid_from=date(2022, 10, 25), valid_to=None)
        for rule in rules
        if (rule.code, rule.effect, rule.plan_year) == ("R-TIENDO-1", REMIND, 2022)
    ]
    book = make_rulebook(rules=[*rules, *newer])
    assert decide(owed(), book, october(18)).rule is not None
    assert decide(owed(), book, october(20)).rule is None
    assert next_moment(owed(nudged_days=1), book, october(20)) == october(25, "08:00")
    rule = decide(owed(), book, october(25)).rule
    assert rule is not None
    assert rule.version == 2


# Why


def test_a_trace_shows_every_rule_of_the_ladder_with_what_was_found() -> None:
    decision = decide(owed("B", processing_until=date(2022, 10, 31)), BOOK, october(17), trace=True)
    assert [row.rule.code for row in decision.looked] == [
        "R-DONDOC-3",
        "R-DONDOC-2",
        "R-DONDOC-1",
        "CS-NHACHAN-B",
        "R-DONDOC-4",
    ]
    second = decision.looked[1]
    counted = next(check for check in second.checks if check.fact == "reminders_issued")
    assert (counted.found, counted.op, counted.wanted, counted.holds) == (0, ">=", 2, False)
    assert counted.label == "số lần đôn đốc đã phát hành trong vòng này"
    assert not second.holds


def test_a_decision_with_and_without_trace_is_the_same() -> None:
    for day in range(3, 31):
        plain, traced = (decide(owed("B"), BOOK, october(day), trace=trace) for trace in (False, True))
        assert plain == replace(traced, looked=())


def test_a_record_keeps_rule_version_clause_policies_and_inputs() -> None:
    record = decide(owed(), BOOK, october(17)).record()
    assert (record["rule"], record["version"], record["plan_year"]) == ("R-TIENDO-1", 1, 2022)
    assert record["policies"] == {
        "reminders_needed_a": 2,
        "reading_i15": "A",
        "wait_days": 3,
        "issue_window": {"from": "08:00", "to": "17:00"},
        "obstacle_stops_clock": False,
    }
    inputs = record["inputs"]
    assert isinstance(inputs, dict)
    assert (inputs["late"], inputs["reminders_issued"]) == (True, 0)
    assert decide(owed(due_on=None), BOOK, october(17)).record() == {}


def test_a_nudge_keeps_the_days_policy_it_used() -> None:
    assert decide(owed(), BOOK, october(7)).policies["nudge_days"] == [5, 1]


def test_every_fact_has_a_label_and_every_label_a_fact() -> None:
    facts = gather_facts(owed(), BOOK.calendar, BOOK.policies.on(FRIDAY), FRIDAY)
    assert set(facts) == set(FACT_LABELS)


# What comes


def test_the_forecast_of_a_unit_that_stays_silent() -> None:
    assert steps(owed(), BOOK, october(3)) == [
        (NUDGE, 5, "07/10 08:00"),
        (NUDGE, 1, "13/10 08:00"),
        (REMIND, 1, "17/10 08:00"),
        (REMIND, 2, "21/10 08:00"),
        (ESCALATE, 0, "27/10 00:00"),
    ]


def test_the_forecast_of_a_body_whose_processing_time_runs_out_between_two_reminders() -> None:
    subject = owed("B", nudged_days=1, processing_until=date(2022, 10, 19))
    assert steps(subject, BOOK, october(17)) == [(REMIND, 1, "17/10 09:00"), (ESCALATE, 0, "20/10 00:00")]


def test_the_forecast_takes_a_draft_as_issued_at_the_next_moment_papers_go_out() -> None:
    subject = owed(reminder_drafted=True, nudged_days=1)
    assert steps(subject, BOOK, october(17, "18:00")) == [(REMIND, 2, "24/10 08:00"), (ESCALATE, 0, "28/10 00:00")]


def test_a_deadline_moved_by_a_direction_moves_every_later_step() -> None:
    before = list(forecast(owed(nudged_days=1), BOOK, october(17)))
    moved = owed(due_on=date(2022, 10, 28))
    after = list(forecast(moved, BOOK, october(17)))
    assert [step.effect for step in after][-3:] == [step.effect for step in before]
    assert all(late.moment > early.moment for early, late in zip(before, after[-3:], strict=True))


def test_a_wait_that_a_later_policy_lengthens_ends_under_that_policy() -> None:
    book = make_rulebook(policy_row("wait_days", 6, date(2022, 10, 19)))
    subject = reminded(1, october(17))
    assert next_moment(subject, book, october(17, "10:00")) == october(26, "08:00")


def test_nudges_that_a_later_policy_adds_are_seen_from_before_it() -> None:
    book = make_rulebook(policy_row("nudge_days", [3], date(2022, 10, 10)), nudge_days=[])
    assert next_moment(owed(), book, october(3)) == october(11, "08:00")


def test_a_deadline_on_a_day_off_is_nudged_on_the_right_working_day() -> None:
    subject = owed(due_on=date(2022, 10, 15))
    moment = next_moment(subject, BOOK, october(3))
    assert moment == october(7, "08:00")
    assert decide(subject, BOOK, october(7, "08:00")).days_before == 5


# Laws that hold for any task

moments = st.datetimes(
    min_value=datetime(2022, 4, 20),  # noqa: DTZ001 -- the zone is added below
    max_value=datetime(2024, 3, 1),  # noqa: DTZ001 -- the same
).map(lambda moment: moment.replace(tzinfo=ZONE, second=0, microsecond=0))
days = st.dates(min_value=date(2022, 5, 1), max_value=date(2024, 2, 1))
books = st.builds(
    make_rulebook,
    st.builds(policy_row, st.just("wait_days"), st.integers(1, 8), days),
    reading_i15=st.sampled_from("AB"),
    reminders_needed_a=st.integers(0, 2),
    reminders_needed_b=st.integers(0, 2),
    reminders_needed_c=st.integers(0, 2),
    customer_escalation=st.booleans(),
    inherit_two_times_2023=st.booleans(),
    obstacle_stops_clock=st.booleans(),
    nudge_days=st.sampled_from([[5, 1], [], [10, 3, 1]]),
)
subjects = st.builds(
    Subject,
    ladder=st.sampled_from("ABC"),
    rule_year=st.sampled_from([2022, 2023]),
    state=st.sampled_from(["assigned", "in_progress"]),
    due_on=st.none() | days,
    processing_until=st.none() | days,
    reminder_drafted=st.booleans(),
    nudged_days=st.sampled_from([0, 1, 5]),
    ladder_done=st.booleans(),
    obstacle_open=st.booleans(),
    confirm_monthly=st.booleans(),
    confirm_from=st.none() | days,
    confirmed_month=st.none() | days.map(lambda day: day.replace(day=1)),
)


@given(subjects, books, moments)
def test_at_the_next_moment_something_happens(subject: Subject, book: Rulebook, now: datetime) -> None:
    moment = next_moment(subject, book, now)
    if moment is not None:
        assert moment >= now
        assert decide(subject, book, moment).acts


@given(subjects, books, moments, st.integers(0, 400))
def test_nothing_happens_before_the_next_moment(subject: Subject, book: Rulebook, now: datetime, hours: int) -> None:
    moment = next_moment(subject, book, now)
    earlier = now + timedelta(hours=hours)
    if moment is None or earlier < moment:
        assert not decide(subject, book, earlier).acts


@given(subjects, books, moments)
def test_a_forecast_goes_forward_in_time_and_never_reminds_a_third_time(
    subject: Subject, book: Rulebook, now: datetime
) -> None:
    coming = list(forecast(subject, book, now))
    assert [step.moment for step in coming] == sorted(step.moment for step in coming)
    assert all(step.moment >= now for step in coming)
    reminders = [step.ordinal for step in coming if step.effect == REMIND]
    assert reminders == sorted(set(reminders))
    assert max(reminders, default=0) <= 2
    assert [step.effect for step in coming].count(ESCALATE) <= 1
    assert ESCALATE not in [step.effect for step in coming[:-1]]


@given(subjects, books, moments)
def test_one_moment_gives_at_most_one_step_until_something_was_done(
    subject: Subject, book: Rulebook, now: datetime
) -> None:
    decision = decide(subject, book, now)
    if decision.acts:
        again = decide(apply(subject, decision), book, now)
        assert (again.effect, again.ordinal) != (decision.effect, decision.ordinal)
        assert {decision.effect, again.effect} != {REMIND, ESCALATE}


@given(subjects, books, moments)
def test_papers_leave_only_in_working_hours(subject: Subject, book: Rulebook, now: datetime) -> None:
    decision = decide(subject, book, now)
    if decision.acts and decision.effect in {NUDGE, REMIND, CONFIRM}:
        assert in_issue_window(now, seeded_calendar(), book.policies.on(now.date()))
