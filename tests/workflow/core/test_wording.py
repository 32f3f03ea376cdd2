"""What reminders and reports to UBND tỉnh say; a clause is cited only where there is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.rulebooks import shipped_rules
from workflow.core.escalation import FACT_LABELS
from workflow.core.wording import (
    Basis,
    Cited,
    EarlierReminder,
    Moment,
    TaskFacts,
    Words,
    chronology,
    escalation_text,
    inside,
    long_day,
    reminder_text,
    short_day,
    why_no_escalation,
    why_no_reminder,
)

BODY = "Sở Kế hoạch và Đầu tư"
PLAN = Cited("Kế hoạch", "1186/KH-SKHĐT", date(2022, 4, 19), BODY, "Thực hiện các biện pháp cải thiện chất lượng")
UNIT_TASK = TaskFacts(
    title="Báo cáo 6 tháng",
    unit_name="Phòng Một",
    due_on=date(2022, 5, 24),
    clause="II.1.8, gạch 1",
    timeline_text="Tháng 6, Tháng 12",
    body_name=BODY,
    asked_by=PLAN,
)
OPINION = TaskFacts(
    title="Góp ý hồ sơ HS-01",
    unit_name="Sở Xây dựng",
    due_on=date(2022, 10, 14),
    consultation=True,
    parent_title="Hồ sơ dự án A",
    processing_until=date(2022, 10, 31),
    body_name=BODY,
    asked_on=date(2022, 10, 3),
)
CLAUSE = Basis("I.1.5 Kế hoạch 1186/KH-SKHĐT", "cán bộ xử lý thủ tục hành chính phải có văn bản đôn đốc")
CUSTOMER = Basis("Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch")
FIRST = EarlierReminder(1, "05/SKHĐT-VP", date(2022, 10, 17), BODY, "đôn đốc lần 1 việc tham gia ý kiến: Góp ý")
SECOND = EarlierReminder(2, "17/SKHĐT-VP", date(2022, 10, 21), BODY, "đôn đốc lần 2 việc tham gia ý kiến: Góp ý")


def remind(facts: TaskFacts, ordinal: int, basis: Basis, *earlier: EarlierReminder) -> Words:
    return reminder_text(facts, ordinal, basis=basis, earlier=earlier, wait_days=3)


def report(
    facts: TaskFacts, basis: Basis, *reminders: EarlierReminder, reason: str = "", moments: tuple[Moment, ...] = ()
) -> Words:
    return escalation_text(
        facts, basis=basis, reminders=reminders, today=date(2022, 10, 27), reason=reason, moments=moments
    )


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


def test_the_first_reminder_in_full() -> None:
    words = remind(UNIT_TASK, 1, CLAUSE)
    assert words.subject == "đôn đốc lần 1 việc thực hiện nhiệm vụ: Báo cáo 6 tháng"
    assert words.copies == ("Lãnh đạo Sở (b/c)",)
    assert words.body.split("\n") == [
        (
            "Thực hiện Kế hoạch số 1186/KH-SKHĐT ngày 19 tháng 4 năm 2022 của Sở Kế hoạch và Đầu tư về việc thực "
            "hiện các biện pháp cải thiện chất lượng, Phòng Một được giao thực hiện (II.1.8, gạch 1): Báo cáo 6 "
            "tháng, thời hạn ghi “Tháng 6, Tháng 12”, hạn ngày 24 tháng 5 năm 2022."
        ),
        "Đến nay Sở Kế hoạch và Đầu tư chưa nhận được báo cáo kết quả thực hiện của Phòng Một.",
        "Căn cứ I.1.5 Kế hoạch 1186/KH-SKHĐT: “cán bộ xử lý thủ tục hành chính phải có văn bản đôn đốc”.",
        (
            "Đề nghị Phòng Một khẩn trương thực hiện và gửi báo cáo kết quả thực hiện về Sở Kế hoạch và Đầu tư trong "
            "thời hạn 03 ngày làm việc kể từ ngày ban hành văn bản này./."
        ),
    ]


def test_the_second_reminder_cites_the_first_in_full_and_says_when_was_asked() -> None:
    words = remind(OPINION, 2, CLAUSE, FIRST)
    assert words.subject == "đôn đốc lần 2 việc tham gia ý kiến: Góp ý hồ sơ HS-01"
    assert words.body.split("\n") == [
        (
            "Ngày 03 tháng 10 năm 2022, Sở Kế hoạch và Đầu tư đã lấy ý kiến Sở Xây dựng đối với “Hồ sơ dự án A”: Góp ý "
            "hồ sơ HS-01, hạn ngày 14 tháng 10 năm 2022."
        ),
        (
            "Việc này đã được đôn đốc lần 1 tại Công văn số 05/SKHĐT-VP ngày 17 tháng 10 năm 2022 của Sở Kế hoạch và "
            "Đầu tư về việc đôn đốc lần 1 việc tham gia ý kiến: Góp ý."
        ),
        (
            "Đến nay Sở Kế hoạch và Đầu tư chưa nhận được văn bản tham gia ý kiến của Sở Xây dựng; thời gian xử lý thủ "
            "tục hành chính của hồ sơ đến hết ngày 31 tháng 10 năm 2022."
        ),
        "Căn cứ I.1.5 Kế hoạch 1186/KH-SKHĐT: “cán bộ xử lý thủ tục hành chính phải có văn bản đôn đốc”.",
        (
            "Đề nghị Sở Xây dựng khẩn trương thực hiện và gửi văn bản tham gia ý kiến về Sở Kế hoạch và Đầu tư trong "
            "thời hạn 03 ngày làm việc kể từ ngày ban hành văn bản này./."
        ),
    ]


def test_a_consultation_is_cited_by_the_letter_that_asked_where_one_is_known() -> None:
    letter = Cited("Công văn", "45/SKHĐT-ĐKKD", date(2022, 10, 3), BODY, "V/v Lấy ý kiến hồ sơ HS-01")
    first = remind(replace(OPINION, asked_by=letter), 1, CLAUSE).body.split("\n")[0]
    assert first == (
        "Tại Công văn số 45/SKHĐT-ĐKKD ngày 03 tháng 10 năm 2022 của Sở Kế hoạch và Đầu tư về việc lấy ý kiến hồ sơ "
        "HS-01, Sở Kế hoạch và Đầu tư đã lấy ý kiến Sở Xây dựng đối với “Hồ sơ dự án A”: Góp ý hồ sơ HS-01, hạn ngày "
        "14 tháng 10 năm 2022."
    )
    assert letter.short() == "Công văn số 45/SKHĐT-ĐKKD"


def test_without_a_clause_a_text_says_what_it_stands_on() -> None:
    sentence = "Căn cứ của văn bản này: Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch."
    assert remind(UNIT_TASK, 1, CUSTOMER).body.split("\n")[2] == sentence
    body = report(UNIT_TASK, CUSTOMER, FIRST, SECOND).body
    assert sentence in body.split("\n")
    assert "“Yêu cầu" not in body


def test_a_text_of_another_day_says_the_name_of_that_day() -> None:
    for words in (remind(replace(OPINION, body_name="Sở Tài chính"), 1, CLAUSE), report(UNIT_TASK, CLAUSE)):
        assert ("Sở Tài chính" in words.body) is not ("Sở Kế hoạch và Đầu tư kính báo cáo" in words.body)
    assert "Sở Kế hoạch và Đầu tư" not in remind(replace(OPINION, body_name="Sở Tài chính"), 1, CLAUSE).body


def test_the_report_to_ubnd_in_full() -> None:
    moments = (Moment(date(2022, 10, 3), "Lấy ý kiến Sở Xây dựng"), Moment(date(2022, 10, 14), "Hết thời hạn"))
    words = report(OPINION, CLAUSE, FIRST, SECOND, reason="Hồ sơ gấp.", moments=moments)
    assert words.subject == "Việc Sở Xây dựng chậm tham gia ý kiến: Góp ý hồ sơ HS-01"
    assert (words.copies, words.appendices) == (("Lãnh đạo Sở (b/c)",), ())
    assert words.body.split("\n") == [
        "I. NỘI DUNG SỰ VIỆC",
        (
            "Ngày 03 tháng 10 năm 2022, Sở Kế hoạch và Đầu tư đã lấy ý kiến Sở Xây dựng đối với “Hồ sơ dự án A”: Góp ý "
            "hồ sơ HS-01, hạn ngày 14 tháng 10 năm 2022."
        ),
        (
            "Đến ngày 27 tháng 10 năm 2022, Sở Kế hoạch và Đầu tư chưa nhận được văn bản tham gia ý kiến của Sở Xây "
            "dựng; thời gian xử lý thủ tục hành chính còn đến hết ngày 31 tháng 10 năm 2022."
        ),
        "II. QUÁ TRÌNH THEO DÕI, ĐÔN ĐỐC",
        "1. Ngày 03/10/2022: Lấy ý kiến Sở Xây dựng.",
        "2. Ngày 14/10/2022: Hết thời hạn.",
        "Các văn bản đôn đốc đã phát hành:",
        (
            "- Lần 1: Công văn số 05/SKHĐT-VP ngày 17 tháng 10 năm 2022 của Sở Kế hoạch và Đầu tư về việc đôn đốc "
            "lần 1 việc tham gia ý kiến: Góp ý;"
        ),
        (
            "- Lần 2: Công văn số 17/SKHĐT-VP ngày 21 tháng 10 năm 2022 của Sở Kế hoạch và Đầu tư về việc đôn đốc "
            "lần 2 việc tham gia ý kiến: Góp ý."
        ),
        "III. CĂN CỨ BÁO CÁO",
        "Căn cứ I.1.5 Kế hoạch 1186/KH-SKHĐT: “cán bộ xử lý thủ tục hành chính phải có văn bản đôn đốc”.",
        "Lý do báo cáo sớm: Hồ sơ gấp.",
        "IV. ĐỀ XUẤT, KIẾN NGHỊ",
        (
            "Sở Kế hoạch và Đầu tư kính báo cáo và đề nghị Ủy ban nhân dân tỉnh xem xét, chỉ đạo, giải quyết; cho ý "
            "kiến về thời hạn mới hoặc việc kết thúc nhiệm vụ./."
        ),
    ]


def test_a_long_chronology_stands_in_an_appendix_that_the_report_names() -> None:
    moments = tuple(Moment(date(2022, 10, day), f"Việc {day}") for day in range(3, 12))
    short, long = report(OPINION, CLAUSE, moments=moments[:8]), report(OPINION, CLAUSE, moments=moments)
    assert short.appendices == ()
    assert "8. Ngày 10/10/2022: Việc 10." in short.body
    assert "gồm 9 mốc, nêu tại Phụ lục kèm theo Báo cáo này." in long.body
    assert "Việc 10" not in long.body
    [table] = long.appendices
    assert table.title == "QUÁ TRÌNH THEO DÕI, ĐÔN ĐỐC"
    assert [title for title, _width in table.columns] == ["Stt", "Ngày", "Diễn biến"]
    assert (len(table.rows), table.rows[0]) == (9, ("1", "03/10/2022", "Việc 3"))


def test_the_report_says_that_the_processing_time_is_over_and_that_nothing_was_sent() -> None:
    body = report(replace(OPINION, processing_until=date(2022, 10, 20)), CLAUSE).body
    assert "thời gian xử lý thủ tục hành chính đã hết ngày 20 tháng 10 năm 2022." in body
    assert "Chưa có văn bản đôn đốc nào được phát hành trong vòng này." in body.split("\n")


def test_a_question_that_names_the_work_itself_does_not_say_it_twice() -> None:
    asked = replace(OPINION, title="Góp ý về: Hồ sơ dự án A")
    assert remind(asked, 1, CLAUSE).body.startswith(
        "Ngày 03 tháng 10 năm 2022, Sở Kế hoạch và Đầu tư đã lấy ý kiến Sở Xây dựng: Góp ý về: Hồ sơ dự án A, hạn ngày"
    )


def test_facts_that_are_missing_leave_no_empty_words() -> None:
    bare = TaskFacts(title="Việc", unit_name="Phòng Một", due_on=None)
    asked = TaskFacts(title="Việc", unit_name="Phòng Một", due_on=None, consultation=True)
    for words in (remind(bare, 1, CLAUSE), report(bare, CLAUSE), remind(asked, 1, CLAUSE)):
        assert "()" not in words.body
        assert "hạn ." not in words.body
        assert "None" not in words.body
        assert "…" not in words.body
        assert words.body.endswith("./.")
    assert remind(asked, 1, CLAUSE).body.startswith("Sở đã lấy ý kiến Phòng Một: Việc.")
    assert Cited("Văn bản", "12/UBND-KT").in_full() == "Văn bản số 12/UBND-KT"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Thực hiện các biện pháp", "thực hiện các biện pháp"),
        ("V/v Cử người dự tập huấn", "cử người dự tập huấn"),
        ("Sở Xây dựng chậm trả lời", "Sở Xây dựng chậm trả lời"),
        ("Ủy ban nhân dân xã", "Ủy ban nhân dân xã"),
        ("UBND tỉnh giao", "UBND tỉnh giao"),
        ("Việc UBND tỉnh giao", "UBND tỉnh giao"),
        ("đôn đốc lần 1", "đôn đốc lần 1"),
    ],
)
def test_a_subject_goes_on_in_small_letters_unless_it_begins_with_a_name(subject: str, expected: str) -> None:
    assert inside(subject) == expected


# The chronology


def event(name: str, day: str, *, after: dict[str, object] | None = None, **details: object) -> dict[str, object]:
    return {"name": name, "at": f"{day}T02:00:00+00:00", "after": after or {}, "details": details}


def test_the_chronology_tells_the_trail_in_order_and_the_deadline_that_passed() -> None:
    bodies = [
        event("task.create", "2022-10-03", after={"due_on": "2022-10-14"}),
        event("task.nudge", "2022-10-07", after={"nudged_days": 5}),
        event("reminder.draft", "2022-10-16", document=3),
        event("reminder.issue", "2022-10-17", after={"reminders_issued": 1}, document="05/SKHĐT-VP"),
        event("reminder.issue", "2022-10-21", ordinal=2, number="17/SKHĐT-VP", document=8),
        event("task.suspend", "2022-10-24", ground_number="9/QĐ", ground_on="2022-10-20"),
        event("task.resume", "2022-10-25", after={"due_on": "2022-10-15"}),
        event("task.direct", "2022-10-26", number="12/UBND", issued_on="2022-10-25", new_due="2022-11-01"),
    ]
    told = chronology(bodies, OPINION, today=date(2022, 10, 27))  # type: ignore[arg-type]
    assert [(f"{moment.day:%d/%m}", moment.said) for moment in told] == [
        ("03/10", "Lấy ý kiến Sở Xây dựng, hạn 14/10/2022"),
        ("07/10", "Nhắc nhở trước hạn 05 ngày làm việc"),
        ("14/10", "Hết thời hạn, chưa nhận được văn bản tham gia ý kiến"),
        ("17/10", "Phát hành Công văn số 05/SKHĐT-VP đôn đốc lần 1"),
        ("21/10", "Phát hành Công văn số 17/SKHĐT-VP đôn đốc lần 2"),
        ("24/10", "Tạm dừng theo Văn bản số 9/QĐ ngày 20/10/2022"),
        ("25/10", "Tiếp tục thực hiện, hạn 15/10/2022"),
        ("26/10", "UBND tỉnh có ý kiến chỉ đạo tại Văn bản số 12/UBND ngày 25/10/2022, hạn mới 01/11/2022"),
    ]


def test_the_chronology_of_a_task_that_is_in_time_names_no_passed_deadline() -> None:
    assert chronology([], UNIT_TASK, today=date(2022, 5, 24)) == ()


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
