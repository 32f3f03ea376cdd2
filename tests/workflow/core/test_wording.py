"""What reminders and reports to UBND tỉnh say; a clause is cited only where there is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.rulebooks import shipped_rules
from workflow.core.escalation import FACT_LABELS
from workflow.core.wording import (
    Basis,
    EarlierReminder,
    TaskFacts,
    escalation_text,
    long_day,
    reminder_text,
    short_day,
    why_no_escalation,
    why_no_reminder,
)

UNIT_TASK = TaskFacts(
    title="Báo cáo 6 tháng",
    unit_name="Phòng Một",
    due_on=date(2022, 5, 24),
    clause="II.1.8, gạch 1",
    timeline_text="Tháng 6, Tháng 12",
)
OPINION = TaskFacts(
    title="Góp ý hồ sơ HS-01",
    unit_name="Sở Xây dựng",
    due_on=date(2022, 10, 14),
    consultation=True,
    parent_title="Hồ sơ HS-01",
    processing_until=date(2022, 10, 31),
)
CLAUSE = Basis("I.1.5 Kế hoạch 1186/KH-SKHĐT", "cán bộ xử lý thủ tục hành chính phải có văn bản đôn đốc")
CUSTOMER = Basis("Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch")
FIRST = EarlierReminder(1, "05/SKHĐT-VP", date(2022, 10, 17))
SECOND = EarlierReminder(2, "17/SKHĐT-VP", date(2022, 10, 21))


def remind(facts: TaskFacts, ordinal: int, basis: Basis, *earlier: EarlierReminder) -> tuple[str, str]:
    return reminder_text(facts, ordinal, basis=basis, earlier=earlier, wait_days=3)


def report(facts: TaskFacts, basis: Basis, *reminders: EarlierReminder, **more: str) -> tuple[str, str]:
    return escalation_text(facts, basis=basis, reminders=reminders, today=date(2022, 10, 27), **more)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 1, 5), "ngày 05 tháng 01 năm 2020"),
        (date(2019, 6, 29), "ngày 29 tháng 6 năm 2019"),
        (date(2022, 2, 10), "ngày 10 tháng 02 năm 2022"),
        (date(2022, 3, 1), "ngày 01 tháng 3 năm 2022"),
        (date(2022, 11, 21), "ngày 21 tháng 11 năm 2022"),
    ],
)
def test_a_date_in_full_pads_days_below_ten_and_months_one_and_two(day: date, expected: str) -> None:
    assert long_day(day) == expected


def test_a_short_date_is_printed_as_in_the_plans() -> None:
    assert short_day(date(2022, 4, 19)) == "19/4/2022"


def test_the_first_reminder_says_what_is_owed_until_when_and_by_which_clause() -> None:
    subject, body = remind(UNIT_TASK, 1, CLAUSE)
    assert subject == "đôn đốc lần 1 việc thực hiện nhiệm vụ: Báo cáo 6 tháng"
    assert "Căn cứ I.1.5 Kế hoạch 1186/KH-SKHĐT: “cán bộ xử lý thủ tục hành chính phải có văn bản đôn đốc”." in body
    assert "Phòng Một được giao thực hiện (II.1.8, gạch 1): Báo cáo 6 tháng" in body
    assert "thời hạn ghi “Tháng 6, Tháng 12”, hạn 24/5/2022." in body
    assert "đã đôn đốc tại" not in body


def test_the_second_reminder_cites_the_number_and_date_of_the_first() -> None:
    subject, body = remind(OPINION, 2, CLAUSE, FIRST)
    assert subject == "đôn đốc lần 2 việc tham gia ý kiến: Góp ý hồ sơ HS-01"
    assert "Lần 1: đã đôn đốc tại Văn bản số 05/SKHĐT-VP ngày 17 tháng 10 năm 2022." in body


def test_a_reminder_says_how_many_working_days_remain_for_the_answer() -> None:
    assert "trong thời hạn 03 ngày làm việc kể từ ngày ban hành văn bản này./." in remind(OPINION, 1, CLAUSE)[1]


def test_a_consulted_body_is_asked_for_its_opinion_on_the_parent() -> None:
    body = remind(OPINION, 1, CLAUSE)[1]
    assert "Sở Xây dựng được lấy ý kiến đối với “Hồ sơ HS-01”: Góp ý hồ sơ HS-01, hạn 14/10/2022." in body
    assert "chưa nhận được văn bản tham gia ý kiến của Sở Xây dựng" in body


def test_the_report_tells_what_was_done_and_when_and_proposes() -> None:
    subject, body = report(OPINION, CLAUSE, FIRST, SECOND)
    lines = body.split("\n")
    assert subject == "Việc Sở Xây dựng chậm tham gia ý kiến: Góp ý hồ sơ HS-01"
    first, second = (next(i for i, line in enumerate(lines) if line.startswith(f"Lần {n}:")) for n in (1, 2))
    assert first < second
    assert "17/SKHĐT-VP ngày 21 tháng 10 năm 2022" in lines[second]
    assert "thời gian xử lý thủ tục hành chính còn đến hết ngày 31/10/2022" in body
    assert "đề nghị Ủy ban nhân dân tỉnh xem xét, chỉ đạo, giải quyết" in lines[-1]


def test_the_report_on_the_customers_rule_cites_no_clause_and_says_so() -> None:
    body = report(UNIT_TASK, CUSTOMER, FIRST, SECOND)[1]
    assert body.startswith(
        "Căn cứ của văn bản này: Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch."
    )
    assert "“Yêu cầu" not in body


def test_the_report_says_that_the_processing_time_is_over() -> None:
    exhausted = replace(OPINION, processing_until=date(2022, 10, 20))
    body = report(exhausted, CLAUSE)[1]
    assert "thời gian xử lý thủ tục hành chính đã hết ngày 20/10/2022" in body
    assert "Chưa có văn bản đôn đốc nào được phát hành trong vòng này." in body


def test_an_early_report_gives_its_reason() -> None:
    assert "Lý do báo cáo sớm: Hồ sơ gấp." in report(OPINION, CLAUSE, reason="Hồ sơ gấp.")[1]
    assert "Lý do báo cáo sớm" not in report(OPINION, CLAUSE)[1]


def test_facts_that_are_missing_leave_no_empty_words() -> None:
    bare = TaskFacts(title="Việc", unit_name="Phòng Một", due_on=None)
    for _subject, body in (remind(bare, 1, CLAUSE), report(bare, CLAUSE)):
        assert "()" not in body
        assert "hạn ." not in body
        assert "None" not in body
        assert body.endswith("./.")


def test_every_shipped_rule_gives_a_basis_sentence_that_is_true_to_its_row() -> None:
    for rule in shipped_rules():
        sentence = Basis(rule.citation, rule.clause).sentence()
        assert (f"“{rule.clause}”" in sentence) is bool(rule.clause)
        assert rule.citation.rstrip(".") in sentence


# Why not


def facts(**given: object) -> dict[str, object]:
    usual: dict[str, object] = dict.fromkeys(FACT_LABELS, False)
    usual |= {"open": True, "late": True, "wait_over": True, "ladder_open": True, "clock_runs": True}
    return usual | {"customer_escalation": True, **given}


@pytest.mark.parametrize(
    ("given", "ladder", "expected"),
    [
        ({"open": False}, "A", "không còn ở trạng thái chờ"),
        ({"ladder_open": False}, "A", "đã chuyển UBND tỉnh"),
        ({"time_exhausted": True}, "B", "phải báo cáo UBND tỉnh"),
        ({"late": False}, "A", "chưa quá hạn"),
        ({"draft_pending": True}, "A", "dự thảo văn bản đôn đốc chưa phát hành"),
        ({"clock_runs": False}, "A", "Vướng mắc"),
        ({"wait_over": False}, "B", "Chưa hết thời gian chờ"),
        ({}, "C", "phải báo cáo UBND tỉnh"),
        ({}, "A", "Đã đủ số lần đôn đốc"),
    ],
)
def test_a_refused_reminder_says_why(given: dict[str, object], ladder: str, expected: str) -> None:
    assert expected in why_no_reminder(facts(**given), ladder)


@pytest.mark.parametrize(
    ("given", "ladder", "expected"),
    [
        ({"open": False}, "A", "không còn ở trạng thái chờ"),
        ({"ladder_open": False}, "B", "đã chuyển UBND tỉnh rồi"),
        ({"late": False}, "B", "chưa quá hạn"),
        ({"customer_escalation": False}, "A", "giao ban"),
        ({"draft_pending": True}, "A", "dự thảo"),
        ({"clock_runs": False}, "C", "Vướng mắc"),
        ({"wait_over": False}, "A", "chưa hết thời gian chờ"),
    ],
)
def test_a_refused_report_says_why(given: dict[str, object], ladder: str, expected: str) -> None:
    assert expected in why_no_escalation(facts(**given), ladder)
