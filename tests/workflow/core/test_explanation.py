"""The sentences of “Vì sao?” from plain facts, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from workflow.core.escalation import Subject
from workflow.core.explanation import EFFECT_WORDS, IDLE_REASONS, POLICY_LABELS, Account, explain_subject, say_value
from workflow.core.rulebook import DEFAULT_POLICIES, ZONE, Condition, Policies, PolicyRow, Rulebook, RuleRow
from workflow.core.workday import WorkCalendar

CALENDAR = WorkCalendar({}, first_year=2022, last_year=2022)
OPEN = Condition("open", "is", value=True)
LATE = Condition("late", "is", value=True)
CLOCK = Condition("clock_runs", "is", value=True)


def rule(effect: str, *conditions: Condition, **columns: object) -> RuleRow:
    values: dict[str, object] = {
        "pk": 1,
        "code": f"R-{effect}",
        "version": 1,
        "plan_year": 2022,
        "effect": effect,
        "ladder": "A",
        "title": "Quy tắc thử",
        "clause": "Nguyên văn",
        "plan_number": "1186/KH-SKHĐT",
        "item_code": "II.1.1",
        "basis": "căn cứ thử",
        "inferred": False,
        "conditions": (OPEN, *conditions),
        "priority": 10,
        "valid_from": date(2022, 1, 1),
        "valid_to": None,
    }
    return RuleRow(**(values | columns))  # type: ignore[arg-type]


REMIND = rule("remind", LATE, CLOCK, Condition("reminders_issued", "<", policy="reminders_needed_a"), priority=20)
CUSTOMER = rule(
    "escalate", LATE, CLOCK, Condition("reminders_issued", ">=", value=2), clause="", basis="Yêu cầu của khách hàng"
)
CONFIRM = rule("confirm", Condition("confirm_due", "is", value=True))
SUBJECT = Subject(
    ladder="A", kind="plan", origin="plan", rule_year=2022, state="in_progress", due_on=date(2022, 10, 14)
)


def explain(
    subject: Subject, day: date, *rules: RuleRow, clock: int = 9, policies: tuple[PolicyRow, ...] = (), **how: object
) -> Account:
    moment = datetime(day.year, day.month, day.day, clock, tzinfo=ZONE)
    return explain_subject(subject, Rulebook(CALENDAR, Policies(policies), rules), moment, **how)  # type: ignore[arg-type]


def policy(key: str, value: object) -> PolicyRow:
    return PolicyRow(key, value, date(2022, 1, 1), datetime(2022, 1, 1, tzinfo=ZONE))  # type: ignore[arg-type]


def test_every_policy_has_a_vietnamese_name() -> None:
    assert set(POLICY_LABELS) == set(DEFAULT_POLICIES)


def test_every_state_without_a_clock_has_its_reason() -> None:
    assert set(IDLE_REASONS) == {"waiting_event", "reported", "reviewed", "escalated", "suspended", "cancelled"}


def test_every_effect_has_a_word() -> None:
    assert set(EFFECT_WORDS) == {"nudge", "remind", "escalate", "allow_early", "confirm", "open_duty"}


def test_with_no_rule_at_all_nothing_comes() -> None:
    account = explain(SUBJECT, date(2022, 10, 3))
    assert account.rules == ()
    assert account.sentences == ("Không quy tắc nào sẽ đủ điều kiện; không có gì tự đến.",)


def test_a_rule_is_shown_with_what_it_wants_and_what_was_found() -> None:
    [looked] = explain(SUBJECT, date(2022, 10, 17), REMIND).rules
    assert [(check.label, check.wanted, check.found, check.holds) for check in looked.checks] == [
        ("đang chờ đơn vị thực hiện", "có", "có", True),
        ("đã quá hạn", "có", "có", True),
        ("vướng mắc không làm dừng thời hạn", "có", "có", True),
        ("số lần đôn đốc đã phát hành trong vòng này", "dưới 2", "0", True),
    ]
    assert looked.chosen


def test_a_fact_that_several_rules_ask_for_is_listed_once() -> None:
    facts = explain(SUBJECT, date(2022, 10, 17), REMIND, CUSTOMER).facts
    assert len(facts) == len({label for label, _value in facts}) == 4


def test_the_first_rule_by_priority_is_chosen_and_the_others_are_still_told() -> None:
    both = replace(SUBJECT, reminders_issued=2)
    account = explain(both, date(2022, 10, 17), CUSTOMER, rule("remind", LATE, priority=20))
    assert [(look.effect, look.holds, look.chosen) for look in account.rules] == [
        ("chuyển UBND tỉnh", True, True),
        ("đôn đốc", True, False),
    ]


def test_a_rule_that_is_not_in_force_says_so() -> None:
    [looked] = explain(SUBJECT, date(2022, 10, 17), rule("remind", LATE, valid_from=date(2023, 1, 1))).rules
    assert (looked.holds, looked.left_out) == (False, "chưa hoặc không còn hiệu lực vào ngày này")


def test_an_early_report_is_allowed_but_is_never_the_step_of_the_engine() -> None:
    account = explain(SUBJECT, date(2022, 10, 17), rule("allow_early", LATE))
    assert (account.rules[0].holds, account.rules[0].chosen) == (True, False)
    assert account.now == "Lúc này không quy tắc nào đủ điều kiện."


def test_an_effect_now_is_told_with_its_citation() -> None:
    assert explain(SUBJECT, date(2022, 10, 17), REMIND).now == (
        "Lúc này đủ điều kiện: đôn đốc lần 1, theo II.1.1 Kế hoạch 1186/KH-SKHĐT."
    )


def test_a_reminder_at_night_waits_but_a_report_to_the_province_does_not() -> None:
    night = explain(SUBJECT, date(2022, 10, 17), REMIND, clock=20)
    assert night.now.endswith("ngoài giờ phát hành nên hoãn đến 08:00 thứ Ba ngày 18/10/2022.")
    escalation = explain(replace(SUBJECT, reminders_issued=2), date(2022, 10, 17), CUSTOMER, clock=20)
    assert escalation.now == "Lúc này đủ điều kiện: chuyển UBND tỉnh, theo Yêu cầu của khách hàng."


def test_the_customers_step_is_marked_wherever_it_is_forecast() -> None:
    account = explain(SUBJECT, date(2022, 10, 3), CUSTOMER, REMIND)
    assert account.sentences[1] == (
        "Bước chuyển UBND tỉnh không có trong điều khoản của kế hoạch; căn cứ: Yêu cầu của khách hàng."
    )


def test_an_inferred_step_keeps_its_abbreviations_in_capitals() -> None:
    inferred = rule("escalate", LATE, inferred=True)
    account = explain(SUBJECT, date(2022, 10, 3), inferred)
    assert account.sentences[1] == (
        "Chuyển UBND tỉnh: II.1.1 Kế hoạch 1186/KH-SKHĐT (suy đoán từ bản 2022: bản 2023 thiếu trang)."
    )


def test_an_obstacle_that_stops_the_clock_is_named() -> None:
    account = explain(
        replace(SUBJECT, obstacle_open=True),
        date(2022, 10, 3),
        REMIND,
        policies=(policy("obstacle_stops_clock", True),),
    )
    assert account.sentences == ("Đang có vướng mắc và không quy tắc nào sẽ đủ điều kiện; không có gì tự đến.",)


def test_a_monthly_question_stands_beside_a_deadline() -> None:
    both = replace(SUBJECT, confirm_monthly=True, confirm_from=date(2022, 10, 3))
    account = explain(both, date(2022, 10, 3), REMIND, CONFIRM)
    assert account.sentences[0].startswith("Nếu không có báo cáo: đôn đốc lần 1 thứ Hai ngày 17/10/2022")
    assert account.sentences[-1] == "Ngoài ra hỏi xác nhận hằng tháng thứ Ba ngày 01/11/2022."


def test_a_standing_task_without_a_rule_to_ask_still_says_what_it_is() -> None:
    standing = replace(SUBJECT, due_on=None, confirm_monthly=True, confirm_from=date(2022, 10, 3))
    assert explain(standing, date(2022, 10, 3)).sentences == ("Không có hạn; chỉ hỏi xác nhận hằng tháng.",)


def test_what_is_awaited_is_named() -> None:
    account = explain(SUBJECT, date(2022, 10, 3), REMIND, awaited="văn bản trả lời")
    assert account.sentences[0].startswith("Nếu không có văn bản trả lời: đôn đốc lần 1")


def test_a_state_that_is_not_known_is_not_invented() -> None:
    [sentence] = explain(replace(SUBJECT, state="khac"), date(2022, 10, 3), REMIND).sentences
    assert sentence == "Ở trạng thái này hệ thống không tự làm gì."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "có"),
        (False, "không"),
        (None, "không có"),
        (0, "0"),
        ("A", "A"),
        ([5, 1], "5, 1"),
        ({"from": "08:00", "to": "17:00"}, "08:00–17:00"),
    ],
)
def test_values_are_said_in_words(value: object, text: str) -> None:
    assert say_value(value) == text  # type: ignore[arg-type]
