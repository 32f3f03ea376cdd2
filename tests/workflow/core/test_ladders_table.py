"""The three ladders as a truth table: thousands of cases against an oracle that reads domain.md section 3 alone.

The oracle below knows no rule row, no condition and no fact of the engine: each branch is one sentence of the law, and
what is counted in working days was counted by hand on a wall calendar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import product

import pytest

from tests.factories import at
from tests.rulebooks import make_rulebook
from workflow.core.escalation import ALLOW_EARLY, ESCALATE, REMIND, Decision, Subject, decide, decide_by_hand, forecast
from workflow.core.rulebook import Rulebook

NOTHING = ("", 0)

DUE = {2022: date(2022, 10, 14), 2023: date(2023, 10, 13)}
"""Two plain Fridays: no holiday within three weeks of either."""


@dataclass(frozen=True)
class Case:
    """One row of the table, in the words of domain.md."""

    ladder: str
    year: int
    day: str
    issued: int
    waited: bool
    drafted: bool
    time: str
    escalated: bool
    reading: str
    needed: int
    customer: bool
    inherit: bool
    obstacle: str
    nudged: int = 1
    kind: str = ""
    origin: str = ""

    def __str__(self) -> str:
        return (
            f"thang {self.ladder} năm {self.year}, {DAYS[self.day][0]}, đã phát hành {self.issued} lần "
            f"({'đã' if self.waited else 'chưa'} hết chờ), {'có' if self.drafted else 'không'} dự thảo, "
            f"thời gian xử lý {TIMES[self.time]}, {'đã' if self.escalated else 'chưa'} chuyển UBND trong vòng, "
            f"cách đọc {self.reading}, cần {self.needed} lần, khách hàng {'bật' if self.customer else 'tắt'}, "
            f"kế thừa 2023 {'bật' if self.inherit else 'tắt'}, vướng mắc {OBSTACLES[self.obstacle]}, "
            f"đã nhắc mốc {self.nudged}"
        )


# The words of the cases, and how far each day lies from the deadline: (words, calendar days, working days before it)

DAYS = {
    "six": ("trước hạn 6 ngày làm việc", -8, 6),
    "five": ("trước hạn 5 ngày làm việc", -7, 5),
    "two": ("trước hạn 2 ngày làm việc", -2, 2),
    "one": ("trước hạn 1 ngày làm việc", -1, 1),
    "due": ("đúng ngày hạn", 0, 0),
    "monday": ("ngày làm việc đầu tiên sau hạn", 3, -1),
}
TIMES = {"none": "không có", "remains": "còn", "out": "đã hết"}
WORK = {
    "A": [
        ("plan", "plan"),
        ("report", "plan"),
        ("support", "plan"),
        ("handoff", "plan"),
        ("dossier", "procedure"),
        ("province", "province"),
    ],
    "B": [("consultation", "procedure"), ("consultation", "plan")],
    "C": [("consultation", "province")],
}
"""The kinds of work that stand on each ladder, with where they come from."""

OBSTACLES = {"none": "không", "open": "có, đồng hồ chạy", "stops": "có, chính sách dừng đồng hồ"}


def ladder_a(case: Case) -> tuple[str, int]:
    """Văn phòng reminds twice; then, by the customer's own requirement alone, UBND tỉnh is told."""
    if case.issued < case.needed:
        return ("remind", case.issued + 1)
    return ("escalate", 0) if case.customer else NOTHING


def ladder_b(case: Case) -> tuple[str, int]:
    """Written reminders only while the parent's time remains; two unanswered are a duty to report (reading A)."""
    if case.year == 2023 and not case.inherit:
        return NOTHING  # of 2023's I.1.5 only the tail survives: no "02 lần" without the inheritance
    if case.issued < case.needed:
        return ("remind", case.issued + 1)
    return ("escalate", 0) if case.reading == "A" else NOTHING


def ladder_c(case: Case) -> tuple[str, int]:
    """None needed: as soon as it is late UBND tỉnh must be told, unless policy asks for reminders first."""
    return ("remind", case.issued + 1) if case.issued < case.needed else ("escalate", 0)


def nudge(case: Case) -> tuple[str, int]:
    """Before the deadline a nudge at 5 and one at 1 working days, each once; a late sweep gives the nearer one."""
    left = DAYS[case.day][2]
    if left <= 1:
        return ("nudge", 1) if case.nudged != 1 else NOTHING
    return ("nudge", 5) if left <= 5 and case.nudged == 0 else NOTHING


def oracle(case: Case) -> tuple[str, int]:
    """What domain.md section 3 says happens: the effect, and which reminder or nudge it is."""
    out_of_time = case.ladder == "B" and case.time == "out"
    if out_of_time and not case.escalated:
        return ("escalate", 0)  # no answer and the parent's time has run out, whatever the count: MUST report
    if case.obstacle == "stops":
        return NOTHING  # the clock keeps running unless policy says otherwise; here policy says otherwise
    if DAYS[case.day][2] >= 0:
        return nudge(case)
    if case.escalated or out_of_time:
        return NOTHING  # once a round
    if case.drafted or not case.waited:
        return NOTHING  # one step a time, counted from the moment the step before was really issued
    return {"A": ladder_a, "B": ladder_b, "C": ladder_c}[case.ladder](case)


@cache
def book_of(ladder: str, reading: str, needed: int, customer: bool, inherit: bool, stops: bool) -> Rulebook:  # noqa: PLR0917 -- one policy each
    return make_rulebook(
        reading_i15=reading,
        customer_escalation=customer,
        inherit_two_times_2023=inherit,
        obstacle_stops_clock=stops,
        **{f"reminders_needed_{ladder.lower()}": needed},
    )


def moment_of(case: Case, clock: str = "10:00") -> datetime:
    return at(DUE[case.year] + timedelta(days=DAYS[case.day][1]), clock)


def last_issued(case: Case) -> datetime | None:
    """The last reminder went out on the day itself (the wait is not over), or a fortnight before (it is)."""
    if case.issued == 0:
        return None
    return moment_of(case, "08:00") - timedelta(days=14 if case.waited else 0)


def subject_of(case: Case) -> Subject:
    today = moment_of(case).date()
    until = {"none": None, "remains": today, "out": today - timedelta(days=1)}[case.time]
    kind, origin = WORK[case.ladder][0]
    return Subject(
        ladder=case.ladder,
        kind=case.kind or kind,
        origin=case.origin or origin,
        rule_year=case.year,
        state="in_progress",
        due_on=DUE[case.year],
        processing_until=until,
        reminders_issued=case.issued,
        last_reminder_at=last_issued(case),
        reminder_drafted=case.drafted,
        nudged_days=case.nudged,
        ladder_done=case.escalated,
        obstacle_open=case.obstacle != "none",
    )


def rulebook_of(case: Case) -> Rulebook:
    return book_of(case.ladder, case.reading, case.needed, case.customer, case.inherit, case.obstacle == "stops")


def decided(case: Case, clock: str = "10:00") -> Decision:
    return decide(subject_of(case), rulebook_of(case), moment_of(case, clock))


def found(case: Case) -> tuple[str, int]:
    decision = decided(case)
    return (decision.effect, decision.ordinal or decision.days_before)


def late_cases(ladder: str, year: int) -> Iterator[Case]:
    """Every possible case on and after the deadline.

    Impossible ones are left out: a third reminder or its draft, a wait after no reminder, more than are needed.
    """
    rows = product(
        ("due", "monday"),
        ((0, True), (1, False), (1, True), (2, False), (2, True)),
        (False, True),
        ("none", "remains", "out"),
        (False, True),
        "AB",
        (0, 1, 2),
        (True, False),
        (True, False),
        OBSTACLES,
    )
    for day, (issued, waited), drafted, *rest in rows:
        needed = rest[3]
        if issued > needed or (drafted and issued == needed) or (day == "due" and issued):
            continue
        yield Case(ladder, year, day, issued, waited, drafted, *rest)


LADDERS = [(ladder, year) for ladder in "ABC" for year in (2022, 2023)]


@pytest.mark.parametrize(("ladder", "year"), LADDERS)
def test_every_case_on_and_after_the_deadline_ends_as_the_law_says(ladder: str, year: int) -> None:
    cases = list(late_cases(ladder, year))
    assert len(cases) > 1500
    wrong = [f"{case}: luật {oracle(case)}, máy {found(case)}" for case in cases if found(case) != oracle(case)]
    assert not wrong, f"{len(wrong)} trường hợp:\n" + "\n".join(wrong[:10])


@pytest.mark.parametrize(("ladder", "year"), LADDERS)
def test_the_table_is_no_empty_one(ladder: str, year: int) -> None:
    effects = Counter(oracle(case) for case in late_cases(ladder, year))
    assert effects["escalate", 0] > 50
    assert effects["remind", 1] > 20
    assert effects["remind", 2] > 10
    assert effects[NOTHING] > 200


def early_cases(ladder: str, year: int) -> Iterator[Case]:
    """Every case before the deadline, with each nudge that may have gone out."""
    rows = product(
        ("six", "five", "two", "one", "due"), ("none", "remains", "out"), (False, True), OBSTACLES, (0, 5, 1), "AB"
    )
    for day, time, escalated, obstacle, nudged, reading in rows:
        yield Case(ladder, year, day, 0, True, False, time, escalated, reading, 2, True, True, obstacle, nudged)


@pytest.mark.parametrize(("ladder", "year"), LADDERS)
def test_every_case_before_the_deadline_ends_as_the_law_says(ladder: str, year: int) -> None:
    wrong = [
        f"{case}: luật {oracle(case)}, máy {found(case)}"
        for case in early_cases(ladder, year)
        if found(case) != oracle(case)
    ]
    assert not wrong, f"{len(wrong)} trường hợp:\n" + "\n".join(wrong[:10])


@pytest.mark.parametrize("clock", ["00:00", "07:59", "17:00", "23:59"])
def test_outside_working_hours_the_same_comes_but_papers_wait_and_a_duty_does_not(clock: str) -> None:
    seen = Counter()
    for ladder, year in LADDERS:
        for case in list(late_cases(ladder, year))[::23] + list(early_cases(ladder, year))[::7]:
            effect, number = oracle(case)
            decision = decided(case, clock)
            assert (decision.effect, decision.ordinal or decision.days_before) == (effect, number), str(case)
            assert decision.acts is (effect == "escalate"), str(case)
            if effect in {"nudge", "remind"}:
                assert decision.deferred_until is not None
                assert decision.deferred_until > decision.moment
                assert f"{decision.deferred_until:%H:%M}" == "08:00"
            seen[effect] += 1
    assert {"", "nudge", "remind", "escalate"} == set(seen)


CITED = {
    ("A", "remind"): {"II.1.1 Kế hoạch"},
    ("A", "escalate"): {"Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch"},
    ("B", "remind"): {"I.1.5 Kế hoạch"},
    ("B", "escalate"): {"I.1.5 Kế hoạch"},
    ("C", "remind"): {"Số lần đôn đốc của thang C theo chính sách (không nêu trong kế hoạch; mặc định 0)"},
    ("C", "escalate"): {"II.1.5 Kế hoạch 1186", "II.1.3 Kế hoạch 1337"},
}
"""Which clause of domain.md section 3's table each step stands on; where there is none, the citation says so."""


@pytest.mark.parametrize(("ladder", "year"), LADDERS)
def test_every_step_cites_the_clause_of_its_ladder_and_never_an_invented_one(ladder: str, year: int) -> None:
    for case in late_cases(ladder, year):
        decision = decided(case)
        if decision.rule is None or decision.effect == "nudge":
            continue
        cited = decision.rule.citation
        assert any(cited.startswith(start) for start in CITED[ladder, decision.effect]), f"{case}: {cited}"
        assert bool(decision.rule.clause) is not cited.startswith(("Yêu cầu", "Số lần")), f"{case}: {cited}"


def test_what_is_inferred_for_2023_says_suy_doan_wherever_it_is_cited() -> None:
    marked, plain = 0, 0
    for case in late_cases("B", 2023):
        decision = decided(case)
        if decision.rule is None or decision.effect == "nudge":
            continue
        counted = decision.effect == "remind" or case.time != "out"
        assert ("suy đoán" in decision.rule.citation) is counted, str(case)
        marked += counted
        plain += not counted
    assert marked > 50
    assert plain > 50


def test_nothing_of_2022_is_called_inferred() -> None:
    for ladder in "ABC":
        for case in list(late_cases(ladder, 2022))[::5]:
            rule = decided(case).rule
            assert rule is None or "suy đoán" not in rule.citation, str(case)


@pytest.mark.parametrize(
    ("policy", "one", "other", "moves"),
    [
        ("customer", True, False, {"A"}),
        ("reading", "A", "B", {"B"}),
        ("inherit", True, False, {"B"}),
    ],
)
def test_a_policy_moves_its_own_ladder_and_no_other(policy: str, one: object, other: object, moves: set[str]) -> None:
    moved = set()
    for ladder, year in LADDERS:
        for case in [case for case in late_cases(ladder, year) if getattr(case, policy) == one][::3]:
            twin = Case(**{**case.__dict__, policy: other})
            if found(case) != found(twin):
                moved.add(ladder)
    assert moved == moves


OWED_WORK = [(ladder, *work) for ladder, rows in WORK.items() for work in rows]


@pytest.mark.parametrize(("ladder", "kind", "origin"), OWED_WORK)
@pytest.mark.parametrize("year", [2022, 2023])
def test_every_kind_of_work_of_a_ladder_is_chased_alike(ladder: str, kind: str, origin: str, year: int) -> None:
    for case in [*list(late_cases(ladder, year))[::13], *list(early_cases(ladder, year))[::5]]:
        same = Case(**{**case.__dict__, "kind": kind, "origin": origin})
        assert found(same) == oracle(case), f"{kind} từ {origin}: {case}"


@pytest.mark.parametrize(("kind", "origin"), WORK["A"])
def test_the_office_cites_ii_1_1_for_work_of_the_plan_and_policy_alone_for_dossiers_and_work_of_ubnd(
    kind: str, origin: str
) -> None:
    case = Case("A", 2022, "monday", 0, True, False, "none", False, "A", 2, True, True, "none", 1, kind, origin)
    for one in (case, Case(**{**case.__dict__, "day": "five", "nudged": 0})):
        rule = decided(one).rule
        assert rule is not None, str(one)
        assert bool(rule.clause) is (origin == "plan"), str(one)
        assert ("không nêu trong kế hoạch" in rule.citation) is (origin != "plan"), rule.citation


def test_inheriting_the_two_times_changes_nothing_in_2022() -> None:
    for case in late_cases("B", 2022):
        if case.inherit:
            assert found(case) == found(Case(**{**case.__dict__, "inherit": False})), str(case)


def test_the_processing_time_means_nothing_to_ladders_a_and_c() -> None:
    for ladder in "AC":
        for case in late_cases(ladder, 2022):
            if case.time == "none":
                for time in ("remains", "out"):
                    assert found(case) == found(Case(**{**case.__dict__, "time": time})), str(case)


@pytest.mark.parametrize("state", ["reported", "reviewed", "escalated", "waiting_event", "suspended", "cancelled"])
@pytest.mark.parametrize("ladder", ["A", "B", "C"])
def test_in_a_state_whose_clock_does_not_run_the_whole_table_is_empty(ladder: str, state: str) -> None:
    for case in list(late_cases(ladder, 2022))[::11]:
        subject = Subject(**{**slots_of(subject_of(case)), "state": state})
        assert decide(subject, rulebook_of(case), moment_of(case)).effect == "", f"{state}: {case}"


def slots_of(subject: Subject) -> dict[str, object]:
    return {name: getattr(subject, name) for name in Subject.__slots__}


@pytest.mark.parametrize(("ladder", "year"), LADDERS)
def test_by_hand_a_reminder_is_let_through_exactly_where_the_law_asks_for_one(ladder: str, year: int) -> None:
    """Nobody drafts by hand what the law does not ask for now: no third one, none with the time run out, no second."""
    for case in list(late_cases(ladder, year))[::3]:
        decision = decide_by_hand(subject_of(case), rulebook_of(case), moment_of(case, "21:00"), REMIND)
        effect, ordinal = oracle(case)
        assert (decision.effect == REMIND, decision.ordinal) == (effect == "remind", ordinal), str(case)
        assert decision.deferred_until is None, str(case)


def by_hand(case: Case, *, early: bool) -> str:
    book = make_rulebook(
        reading_i15=case.reading,
        customer_escalation=case.customer,
        inherit_two_times_2023=case.inherit,
        obstacle_stops_clock=case.obstacle == "stops",
        early_escalation=early,
        **{f"reminders_needed_{case.ladder.lower()}": case.needed},
    )
    return decide_by_hand(subject_of(case), book, moment_of(case), ESCALATE).effect


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize(("ladder", "year"), LADDERS)
def test_by_hand_ubnd_is_told_early_only_under_ii_1_9_of_2022_and_where_policy_allows(
    ladder: str, year: int, early: bool
) -> None:
    """'Đôn đốc hoặc báo cáo' stands in 2022 II.1.9 alone: a body consulted for a procedure, late, not yet escalated."""
    for case in list(late_cases(ladder, year))[::29]:
        due = oracle(case) == ("escalate", 0)
        allowed = early and ladder == "B" and year == 2022 and DAYS[case.day][2] < 0 and not case.escalated
        expected = ESCALATE if due else ALLOW_EARLY if allowed else ""
        assert by_hand(case, early=early) == expected, f"sớm {early}: {case}"


# The days themselves


def owed(ladder: str, due: date, **facts: object) -> Subject:
    facts.setdefault("nudged_days", 1)
    kind, origin = WORK[ladder][0]
    return Subject(ladder=ladder, kind=kind, origin=origin, rule_year=due.year, state="assigned", due_on=due, **facts)  # type: ignore[arg-type]


FIRST_LATE_STEP = [
    # due on                 what follows: the first moment at which a paper may go out after the due day
    (date(2022, 5, 24), at(date(2022, 5, 25), "08:00"), "trước 25/5/2022"),
    (date(2022, 6, 30), at(date(2022, 7, 1), "08:00"), "Quý II/2022, thứ Năm"),
    (date(2022, 8, 31), at(date(2022, 9, 5), "08:00"), "trước Quốc khánh 2022, nghỉ 1/9, 2/9 và cuối tuần"),
    (date(2022, 11, 18), at(date(2022, 11, 21), "08:00"), "trước 20/11/2022, lùi về thứ Sáu"),
    (date(2022, 12, 14), at(date(2022, 12, 15), "08:00"), "trước 15/12/2022"),
    (date(2022, 12, 30), at(date(2023, 1, 3), "08:00"), "hết năm 2022: Tết Dương lịch và ngày nghỉ bù"),
    (date(2023, 1, 19), at(date(2023, 1, 27), "08:00"), "ngày cuối trước Tết Quý Mão"),
    (date(2023, 4, 28), at(date(2023, 5, 4), "08:00"), "trước Giỗ Tổ, 30/4, 1/5 và hai ngày nghỉ bù"),
    (date(2023, 5, 24), at(date(2023, 5, 25), "08:00"), "trước 25/5/2023"),
    (date(2023, 6, 30), at(date(2023, 7, 3), "08:00"), "Quý II/2023, thứ Sáu"),
    (date(2023, 11, 17), at(date(2023, 11, 20), "08:00"), "trước 20/11/2023, lùi về thứ Sáu"),
    (date(2023, 12, 29), at(date(2024, 1, 2), "08:00"), "hết năm 2023"),
    (date(2024, 2, 7), at(date(2024, 2, 15), "08:00"), "ngày cuối trước Tết Giáp Thìn"),
    (date(2024, 4, 26), at(date(2024, 5, 2), "08:00"), "nghỉ 29/4 hoán đổi sang 4/5/2024"),
    (date(2024, 5, 3), at(date(2024, 5, 4), "08:00"), "sau đó là thứ Bảy làm bù 4/5/2024"),
]


@pytest.mark.parametrize(("due", "step", "why"), FIRST_LATE_STEP, ids=[row[2] for row in FIRST_LATE_STEP])
def test_on_the_due_day_nothing_is_late_and_the_first_reminder_comes_at_eight_of_the_next_working_day(
    due: date, step: datetime, why: str
) -> None:
    book, subject = make_rulebook(), owed("A", due)
    assert decide(subject, book, at(due, "23:59")).effect == "", why
    after = decide(subject, book, at(due + timedelta(days=1), "00:00"))
    assert (after.effect, after.ordinal, after.acts, after.deferred_until) == ("remind", 1, False, step), why
    minute_before = decide(subject, book, step - timedelta(minutes=1))
    assert (minute_before.acts, minute_before.deferred_until) == (False, step), why
    assert decide(subject, book, step).acts, why
    assert next(iter(forecast(subject, book, at(due, "12:00")))).moment == step, why


@pytest.mark.parametrize(("due", "step", "why"), FIRST_LATE_STEP, ids=[row[2] for row in FIRST_LATE_STEP])
def test_work_of_ubnd_is_reported_at_midnight_after_the_due_day_be_it_a_holiday_or_not(
    due: date, step: datetime, why: str
) -> None:
    subject = owed("C", due)
    assert decide(subject, make_rulebook(), at(due, "23:59")).effect == "", why
    decision = decide(subject, make_rulebook(), at(due + timedelta(days=1), "00:00"))
    assert (decision.effect, decision.acts) == ("escalate", True), why


NUDGE_DAYS = [
    # due on              five working days before  one working day before
    (date(2022, 10, 14), date(2022, 10, 7), date(2022, 10, 13)),
    (date(2022, 10, 17), date(2022, 10, 10), date(2022, 10, 14)),
    (date(2022, 9, 7), date(2022, 8, 29), date(2022, 9, 6)),
    (date(2023, 1, 4), date(2022, 12, 27), date(2023, 1, 3)),
    (date(2023, 1, 30), date(2023, 1, 16), date(2023, 1, 27)),
    (date(2023, 5, 5), date(2023, 4, 25), date(2023, 5, 4)),
    (date(2024, 5, 6), date(2024, 4, 25), date(2024, 5, 4)),
]


@pytest.mark.parametrize(("due", "five", "one"), NUDGE_DAYS)
def test_nudges_are_counted_in_working_days_over_holidays_and_make_up_saturdays(
    due: date, five: date, one: date
) -> None:
    book = make_rulebook()
    fresh = owed("A", due, nudged_days=0)
    assert decide(fresh, book, at(five - timedelta(days=1), "16:59")).effect == ""
    first = decide(fresh, book, at(five, "08:00"))
    assert (first.effect, first.days_before, first.acts) == ("nudge", 5, True)
    told = owed("A", due, nudged_days=5)
    assert decide(told, book, at(one, "00:00")).deferred_until == at(one, "08:00")
    second = decide(told, book, at(one, "08:00"))
    assert (second.effect, second.days_before, second.acts) == ("nudge", 1, True)
    assert decide(owed("A", due, nudged_days=1), book, at(due, "16:59")).effect == ""


WAITS = [
    # issued at                        the last day of the wait   the next reminder
    (at(date(2022, 10, 17), "08:00"), date(2022, 10, 20), at(date(2022, 10, 21), "08:00")),
    (at(date(2022, 10, 14), "16:59"), date(2022, 10, 19), at(date(2022, 10, 20), "08:00")),
    (at(date(2022, 8, 31), "09:00"), date(2022, 9, 7), at(date(2022, 9, 8), "08:00")),
    (at(date(2023, 1, 18), "09:00"), date(2023, 1, 30), at(date(2023, 1, 31), "08:00")),
    (at(date(2022, 12, 29), "09:00"), date(2023, 1, 4), at(date(2023, 1, 5), "08:00")),
    (at(date(2023, 4, 27), "09:00"), date(2023, 5, 5), at(date(2023, 5, 8), "08:00")),
    (at(date(2024, 4, 26), "09:00"), date(2024, 5, 4), at(date(2024, 5, 6), "08:00")),
]


@pytest.mark.parametrize(("issued", "ends", "following"), WAITS)
def test_the_wait_is_three_whole_working_days_from_the_day_of_issue(
    issued: datetime, ends: date, following: datetime
) -> None:
    book = make_rulebook()
    due = issued.date() - timedelta(days=10)
    subject = owed("A", due, reminders_issued=1, last_reminder_at=issued)
    assert decide(subject, book, at(ends, "16:59")).effect == ""
    decision = decide(subject, book, following)
    assert (decision.effect, decision.ordinal, decision.acts) == ("remind", 2, True)
    assert not decide(subject, book, following - timedelta(minutes=1)).acts
    twice = owed("A", due, reminders_issued=2, last_reminder_at=issued)
    midnight = at(ends + timedelta(days=1), "00:00")
    assert decide(twice, book, midnight - timedelta(minutes=1)).effect == ""
    assert decide(twice, book, midnight).acts, "the duty to report waits for no office hours"


FRIDAY_EVENING = [
    ("08:00", True),
    ("12:00", True),
    ("16:59", True),
    ("17:00", False),
    ("17:01", False),
    ("23:59", False),
]


@pytest.mark.parametrize(("clock", "acts"), FRIDAY_EVENING)
def test_a_reminder_due_on_a_friday_goes_out_until_sixteen_fifty_nine_or_on_monday(clock: str, acts: bool) -> None:
    subject = owed("A", date(2022, 10, 13))
    decision = decide(subject, make_rulebook(), at(date(2022, 10, 14), clock))
    monday = at(date(2022, 10, 17), "08:00")
    assert (decision.effect, decision.acts, decision.deferred_until) == ("remind", acts, None if acts else monday)


@pytest.mark.parametrize(
    ("moment", "acts", "until"),
    [
        (at(date(2024, 5, 3), "17:00"), False, at(date(2024, 5, 4), "08:00")),
        (at(date(2024, 5, 4), "07:59"), False, at(date(2024, 5, 4), "08:00")),
        (at(date(2024, 5, 4), "08:00"), True, None),
        (at(date(2024, 5, 4), "16:59"), True, None),
        (at(date(2024, 5, 4), "17:00"), False, at(date(2024, 5, 6), "08:00")),
        (at(date(2024, 4, 29), "10:00"), False, at(date(2024, 5, 2), "08:00")),
    ],
)
def test_a_make_up_saturday_is_a_working_day_and_the_monday_swapped_for_it_is_none(
    moment: datetime, acts: bool, until: datetime | None
) -> None:
    subject = owed("A", date(2024, 4, 26) if moment.day != 29 else date(2024, 4, 25))
    decision = decide(subject, make_rulebook(), moment)
    assert (decision.effect, decision.acts, decision.deferred_until) == ("remind", acts, until)


@pytest.mark.parametrize(
    ("until", "now", "effect"),
    [
        (date(2022, 10, 17), at(date(2022, 10, 17), "08:00"), "remind"),
        (date(2022, 10, 17), at(date(2022, 10, 17), "23:59"), "remind"),
        (date(2022, 10, 17), at(date(2022, 10, 18), "00:00"), "escalate"),
        (date(2022, 10, 16), at(date(2022, 10, 17), "08:00"), "escalate"),
        (date(2023, 1, 24), at(date(2023, 1, 25), "00:00"), "escalate"),
    ],
)
def test_the_last_day_of_the_processing_time_still_remains_and_the_midnight_after_it_does_not(
    until: date, now: datetime, effect: str
) -> None:
    subject = owed("B", until - timedelta(days=3), processing_until=until)
    assert decide(subject, make_rulebook(), now).effect == effect
