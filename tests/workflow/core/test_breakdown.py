"""What each row of the two plans becomes, over a small set of units and a calendar given by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from workflow.adapters.planfile import read_plan_file
from workflow.adapters.seeds import PLAN_FILES, load_readings, load_rule_codes, load_units
from workflow.core.breakdown import Breakdown, TaskDraft, Terms, UnitRef, break_down, outline
from workflow.core.breakdown.periods import months, periods_of, shorten
from workflow.core.planfile import ParsedPlan, parse_plan
from workflow.core.workday import DayKind, WorkCalendar

HOLIDAYS = [date(2022, 4, 11), date(2022, 5, 2), date(2022, 5, 3), date(2022, 9, 1), date(2022, 9, 2)]
CALENDAR = WorkCalendar(dict.fromkeys(HOLIDAYS, DayKind.OFF), first_year=2022, last_year=2023)
TERMS = Terms(CALENDAR)

SETS = {
    "CPTT": ("P-DKKD", "TT-XTDT", "VP"),
    "CPTT-TTHC": ("P-DKKD",),
    "CP-TTHC": ("P-DKKD",),
    "CP": ("P-DKKD",),
    "CC-PCM": ("P-DKKD",),
    "CB-MC": ("BPMC",),
    "CB-XLHS": ("P-DKKD",),
    "CB-BC-CCHC": ("VP",),
    "CBCCVC": ("P-DKKD", "TT-XTDT", "VP"),
    "CN-DV-CT": ("P-DKKD", "TT-XTDT", "VP"),
    "CPTT-LQ": ("TT-XTDT",),
    "CPTT-NV": ("P-DKKD", "TT-XTDT"),
    "DV-CHI-DOAN": ("CHI-DOAN",),
}
NOBODY = {"CQ-LQ", "CQ-YKIEN"}
NAMES = {row.code: row.name for row in load_units()}


def ref(code: str) -> UnitRef:
    return UnitRef(code, NAMES[code], sorted(NAMES).index(code) + 1)


def resolve(code: str) -> tuple[UnitRef, ...]:
    return () if code in NOBODY else tuple(ref(member) for member in SETS.get(code, (code,)))


@cache
def plan(year: int) -> ParsedPlan:
    return parse_plan(
        read_plan_file(PLAN_FILES[year - 2022]).mapping,
        unit_codes=frozenset(NAMES),
        rule_codes=load_rule_codes(),
        rollups=load_readings().rollups,
    )


def make(year: int, *, terms: Terms = TERMS, former: ParsedPlan | None = None) -> Breakdown:
    return break_down(plan(year), resolve=resolve, host=ref("VP"), terms=terms, readings=load_readings(), former=former)


def of(year: int, code: str, **terms: object) -> list[TaskDraft]:
    return [draft for draft in make(year, **terms).tasks if draft.item_code == code]


def by_code(drafts: Iterable[TaskDraft]) -> dict[str, TaskDraft]:
    return {draft.code: draft for draft in drafts}


def kinds(drafts: Iterable[TaskDraft]) -> Counter[str]:
    return Counter(draft.kind for draft in drafts)


def test_a_lead_becomes_a_task_and_its_supporters_tasks_under_it() -> None:
    drafts = by_code(of(2022, "I.1.1"))
    assert set(drafts) == {"2022/I.1.1/1/VP", "2022/I.1.1/1/VP/PH-P-DKKD"}
    lead, support = drafts["2022/I.1.1/1/VP"], drafts["2022/I.1.1/1/VP/PH-P-DKKD"]
    assert (lead.kind, lead.unit, lead.host, lead.clause) == ("plan", ref("VP"), ref("VP"), "I.1.1, gạch 1")
    assert (support.kind, support.parent_code, support.host) == ("support", lead.code, ref("VP"))
    assert support.title.startswith("Phối hợp với Văn phòng Sở: Văn phòng Sở chủ trì")
    assert lead.product == "Cải thiện Chỉ số Tiếp cận dịch vụ và Chỉ số Thủ tục hành chính"


def test_a_collective_becomes_one_task_a_unit() -> None:
    drafts = [draft for draft in of(2022, "II.1.5") if draft.bullet_ordinal == 1]
    assert [draft.unit for draft in drafts] == [ref("P-DKKD"), ref("TT-XTDT"), ref("VP")]


def test_a_unit_named_twice_in_a_bullet_owes_once() -> None:
    drafts = [draft for draft in of(2022, "I.2.3") if draft.bullet_ordinal == 1]
    assert [draft.unit for draft in drafts] == [ref("BPMC"), ref("P-DKKD")]


def test_a_unit_does_not_support_itself() -> None:
    drafts = of(2022, "II.1.10")
    assert {draft.unit for draft in drafts if draft.kind == "support"} == {ref("P-DKKD"), ref("TT-XTDT")}
    assert [draft.kind for draft in of(2022, "II.2.1")] == ["plan"]


def test_a_next_step_waits_for_the_unit_before_it() -> None:
    step = by_code(of(2022, "I.1.2"))["2022/I.1.2/1/P-DKKD/B2-BP-QTM"]
    assert (step.kind, step.state, step.sequence) == ("handoff", "waiting_event", 1)
    assert step.event_text == "Sau khi Phòng Đăng ký kinh doanh gửi"
    assert (step.parent_code, step.host) == ("2022/I.1.2/1/P-DKKD", ref("P-DKKD"))


def test_a_set_that_sends_on_makes_one_next_step_for_each_sender() -> None:
    steps = [draft for draft in of(2022, "I.1.4") if draft.kind == "handoff"]
    assert [(draft.unit, draft.host) for draft in steps] == [
        (ref("BBT"), ref("P-DKKD")),
        (ref("BBT"), ref("TT-XTDT")),
        (ref("BBT"), ref("VP")),
    ]


def test_an_urged_party_supports_it_is_no_next_step() -> None:
    assert kinds(draft for draft in of(2022, "II.1.11") if draft.bullet_ordinal == 1) == {"plan": 1, "support": 2}


def test_the_office_hands_nothing_on_to_itself() -> None:
    drafts = of(2023, "II.1.4")
    assert kinds(drafts) == {"plan": 3, "handoff": 2}
    assert {draft.unit for draft in drafts if draft.kind == "handoff"} == {ref("VP")}


def test_rollups_make_no_task_but_are_resolved() -> None:
    for year in (2022, 2023):
        assert of(year, "II.1.1") == of(year, "II.2.4") == []
        found = [one for one in make(year).resolutions if one.item_code == "II.2.4" and one.leads]
        assert [one.unit for one in found] == [ref("P-DKKD"), ref("TT-XTDT"), ref("VP")]


def test_a_row_without_a_unit_is_a_task_that_nobody_owes() -> None:
    [draft] = of(2022, "II.2.3")
    assert (draft.unit, draft.host, draft.code) == (None, ref("VP"), "2022/II.2.3/1/CHUA-GIAO")
    assert [draft.unit for draft in of(2023, "II.2.3")] == [None]


def test_a_bullet_without_a_subject_is_not_dropped_either() -> None:
    assert [draft.code for draft in of(2022, "II.1.6") if draft.unit is None] == ["2022/II.1.6/1/CHUA-GIAO"]


def test_the_tail_of_the_lost_row_is_a_task_without_unit_and_deadline() -> None:
    [draft] = of(2023, "I.1.5")
    assert (draft.unit, draft.due_on, draft.last_day, draft.confirm_monthly) == (None, None, None, False)
    assert "mất trang" in draft.due_basis


def test_what_was_done_at_issue_is_born_reviewed_with_its_evidence() -> None:
    [draft] = of(2022, "II.1.3")
    assert (draft.state, draft.unit) == ("reviewed", ref("GD"))
    assert draft.fulfilled is not None
    assert (draft.fulfilled.number, draft.fulfilled.issued_on) == ("54/QĐ-SKHĐT", date(2021, 12, 7))
    assert "07/12/2021" in draft.fulfilled.reason


def test_what_was_done_without_a_noted_document_is_dated_before_the_plan() -> None:
    bare = replace(load_readings(), fulfilled={})
    made = break_down(plan(2022), resolve=resolve, host=ref("VP"), terms=TERMS, readings=bare)
    [draft] = [draft for draft in made.tasks if draft.item_code == "II.1.3"]
    assert draft.fulfilled is not None
    assert (draft.state, draft.fulfilled.issued_on) == ("reviewed", date(2022, 3, 31))


def test_a_row_that_awaits_an_event_waits_with_its_supporters() -> None:
    drafts = of(2022, "II.1.7")
    assert {draft.state for draft in drafts} == {"waiting_event"}
    assert {draft.event_text for draft in drafts} == {"Bộ Kế hoạch và Đầu tư công bố thủ tục hành chính"}
    assert {draft.due_on for draft in drafts} == {None}
    assert {draft.confirm_monthly for draft in drafts} == {True}, (
        "it has no deadline, so once armed it is asked monthly"
    )


def test_what_waits_only_for_the_step_before_keeps_the_terms_of_its_row() -> None:
    [second] = [draft for draft in of(2022, "I.2.2") if draft.kind == "handoff"]
    assert second.event_text.startswith("Sau khi")
    assert second.confirm_monthly is True
    assert not any(draft.confirm_monthly for draft in of(2022, "II.2.1")), "a row with a deadline is never asked"


# --- time ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "code", "last_day", "due_on"),
    [
        (2022, "I.1.3", date(2022, 6, 30), date(2022, 6, 30)),
        (2022, "I.1.5", date(2022, 12, 31), date(2022, 12, 30)),
        (2022, "II.2.1", date(2022, 12, 14), date(2022, 12, 14)),
        (2022, "II.1.3", date(2022, 3, 31), date(2022, 3, 31)),
        (2023, "I.1.3", date(2023, 6, 30), date(2023, 6, 30)),
        (2023, "I.2.3", date(2023, 12, 31), date(2023, 12, 29)),
        (2023, "II.2.1", date(2023, 12, 14), date(2023, 12, 14)),
    ],
)
def test_deadlines_are_those_of_the_domain_table(year: int, code: str, last_day: date, due_on: date) -> None:
    assert {(draft.last_day, draft.due_on) for draft in of(year, code)} == {(last_day, due_on)}


def test_what_only_starts_is_confirmed_monthly_and_never_due() -> None:
    for code in ("I.1.1", "I.1.2", "I.2.2"):
        assert {(draft.due_on, draft.confirm_monthly) for draft in of(2022, code)} == {(None, True)}
    assert {draft.start_on for draft in of(2022, "I.1.1")} == {date(2022, 1, 1)}


def test_the_bound_can_be_included_by_policy() -> None:
    drafts = of(2022, "II.2.1", terms=Terms(CALENDAR, bound_excluded=False))
    assert [draft.due_on for draft in drafts] == [date(2022, 12, 15)]


def test_a_day_off_is_told_in_the_basis() -> None:
    [draft] = of(2022, "II.2.3")
    assert draft.due_basis.endswith("ngày cuối là ngày nghỉ nên hạn là 30/12/2022")


def test_two_milestones_are_two_terms() -> None:
    terms = periods_of("Tháng 6, Tháng 12", 2022, TERMS)
    assert [(term.suffix, term.due_on) for term in terms] == [("M01", date(2022, 6, 30)), ("M02", date(2022, 12, 30))]


def test_a_monthly_phrase_is_twelve_terms() -> None:
    terms = periods_of("định kỳ hằng tháng", 2022, TERMS)
    assert [term.suffix for term in terms] == [f"T{month:02}" for month in range(1, 13)]


def test_months_begin_with_the_first_named_one() -> None:
    assert [term.suffix for term in months(2022, 11, TERMS)] == ["T11", "T12"]
    assert months(2022, 4, TERMS)[0].due_on == date(2022, 4, 29)


@pytest.mark.parametrize("length", [1, 5, 50, 300])
def test_a_shortened_text_is_no_longer_than_asked(length: int) -> None:
    text = "một hai ba bốn năm sáu bảy tám chín mười " * 10
    assert len(shorten(text, length)) <= length


def test_a_short_text_is_left_alone() -> None:
    assert shorten("gửi Văn phòng Sở", 300) == "gửi Văn phòng Sở"


# --- reports -------------------------------------------------------------------------------------------------------


def test_units_report_before_may_25_and_november_20() -> None:
    drafts = [draft for draft in of(2022, "II.1.8") if draft.unit != ref("VP")]
    assert {(draft.code.split("/")[2], draft.last_day, draft.due_on) for draft in drafts} == {
        ("6T", date(2022, 5, 24), date(2022, 5, 24)),
        ("NAM", date(2022, 11, 19), date(2022, 11, 18)),
    }
    assert len(drafts) == 4
    assert {draft.kind for draft in drafts} == {"report"}


def test_the_office_consolidates_in_june_and_december_and_does_not_report_to_itself() -> None:
    own = by_code(draft for draft in of(2022, "II.1.8") if draft.unit == ref("VP"))
    assert {code: draft.due_on for code, draft in own.items()} == {
        "2022/II.1.8/6T-SO/VP": date(2022, 6, 30),
        "2022/II.1.8/NAM-SO/VP": date(2022, 12, 30),
    }


def test_the_row_of_the_duties_makes_no_plan_task_and_no_next_step() -> None:
    assert kinds(of(2022, "II.1.8")) == {"report": 6}


@pytest.mark.parametrize(("year", "due_on"), [(2022, date(2022, 12, 14)), (2023, date(2023, 12, 14))])
def test_the_consolidated_report_to_the_province_is_due_before_december_15(year: int, due_on: date) -> None:
    draft = by_code(make(year).tasks)[f"{year}/III.2/NAM/VP"]
    assert (draft.due_on, draft.item_code, draft.clause) == (due_on, "", "III.2")


def test_the_monthly_report_is_one_task_a_month_and_cites_both_clauses() -> None:
    drafts = [draft for draft in of(2022, "I.2.1") if draft.kind == "report"]
    assert [draft.code for draft in drafts] == [f"2022/I.2.1/T{month:02}/VP" for month in range(4, 13)]
    assert {draft.clause for draft in drafts} == {"III.2; I.2.1, gạch 1"}
    assert drafts[0].due_on == date(2022, 4, 29)
    assert drafts[0].period_start == date(2022, 4, 1)
    assert drafts[0].title.endswith("tháng 4/2022")


def test_the_monthly_bullet_makes_no_plan_task_beside_its_reports() -> None:
    assert {draft.bullet_ordinal for draft in of(2022, "I.2.1") if draft.kind == "plan"} == {2}


def test_no_recurring_task_is_born_late() -> None:
    for year in (2022, 2023):
        reports = [draft for draft in make(year).tasks if draft.kind == "report"]
        assert all(draft.due_on is not None and draft.due_on >= plan(year).issued_on for draft in reports)


def test_a_plan_issued_in_december_makes_only_december() -> None:
    late = replace(plan(2022), issued_on=date(2022, 12, 1))
    made = break_down(late, resolve=resolve, host=ref("VP"), terms=TERMS, readings=load_readings())
    reports = {draft.code for draft in made.tasks if draft.kind == "report"}
    assert reports == {"2022/I.2.1/T12/VP", "2022/II.1.8/NAM-SO/VP", "2022/III.2/NAM/VP"}


def test_the_yearly_reports_of_2022_stand_in_2023_when_policy_keeps_them() -> None:
    standing = [draft for draft in make(2023, former=plan(2022)).tasks if "KH2022" in draft.code]
    assert {(draft.code, draft.due_on) for draft in standing} == {
        ("2023/KH2022.II.1.8/6T/P-DKKD", date(2023, 5, 24)),
        ("2023/KH2022.II.1.8/6T/TT-XTDT", date(2023, 5, 24)),
        ("2023/KH2022.II.1.8/NAM/P-DKKD", date(2023, 11, 17)),
        ("2023/KH2022.II.1.8/NAM/TT-XTDT", date(2023, 11, 17)),
    }
    assert {draft.clause for draft in standing} == {"II.1.8, gạch 1, Kế hoạch 1186/KH-SKHĐT (“hàng năm”)"}
    assert all("giữ theo chính sách" in draft.due_basis for draft in standing)


def test_the_yearly_reports_fall_when_policy_drops_them_or_the_plan_is_missing() -> None:
    dropped = make(2023, former=plan(2022), terms=Terms(CALENDAR, keep_standing=False))
    assert not [draft for draft in dropped.tasks if "KH2022" in draft.code]
    assert not [draft for draft in make(2023).tasks if "KH2022" in draft.code]


def test_a_plan_that_names_the_duty_itself_is_not_given_it_twice() -> None:
    assert not [draft for draft in make(2022, former=plan(2022)).tasks if "KH2022" in draft.code]


# --- the whole -----------------------------------------------------------------------------------------------------


def test_every_bullet_with_a_lead_makes_a_task_or_says_why_not() -> None:
    for year in (2022, 2023):
        made = make(year)
        silent = {place for place, _why in made.silent}
        for row in plan(year).items:
            for bullet in row.bullets:
                place = f"dòng {row.code}, gạch {bullet.ordinal}"
                found = [
                    draft
                    for draft in made.tasks
                    if draft.item_code == row.code and draft.bullet_ordinal == bullet.ordinal
                ]
                assert found or place in silent or f"dòng {row.code}" in silent, place


def test_every_duty_makes_tasks_or_says_why_not() -> None:
    said = {place for place, _why in make(2022).silent}
    for code in ("BC-DINHKY", "BC-VUONGMAC", "BC-GIAITRINH", "BC-YKIEN-TTHC", "BC-CCHC-DINHKY"):
        assert f"nghĩa vụ báo cáo {code}" in said
    assert "nghĩa vụ báo cáo BC-GIAOBAN-CCHC" not in said


def test_codes_are_unique_and_parents_stand_before_children() -> None:
    for year in (2022, 2023):
        seen: set[str] = set()
        for draft in make(year).tasks:
            assert draft.code not in seen
            assert not draft.parent_code or draft.parent_code in seen
            assert len(draft.code) <= 120
            assert len(draft.title) <= 300
            seen.add(draft.code)


def test_two_drafts_of_one_code_are_refused() -> None:
    doubled = replace(plan(2022), items=(plan(2022).items[0], plan(2022).items[0]))
    with pytest.raises(ValueError, match=r"Hai nhiệm vụ trùng mã: 2022/I\.1\.1/1/VP"):
        break_down(doubled, resolve=resolve, host=ref("VP"), terms=TERMS, readings=load_readings())


def test_a_lead_that_nobody_is_known_to_be_lands_without_a_unit_and_is_said() -> None:
    bullet = replace(plan(2022).items[0].bullets[0], lead=("CQ-YKIEN",), support=())
    strange = replace(plan(2022), items=(replace(plan(2022).items[0], bullets=(bullet,)),), duties=())
    made = break_down(strange, resolve=resolve, host=ref("VP"), terms=TERMS, readings=load_readings())
    assert [draft.unit for draft in made.tasks] == [None]
    assert made.silent == (
        ("dòng I.1.1, gạch 1", "“CQ-YKIEN” chưa xác định được đơn vị cụ thể; nêu tên theo từng việc."),
    )


def test_the_outline_tells_rows_silences_defects_and_totals() -> None:
    lines = outline(plan(2022), make(2022))
    assert lines[0] == "Kế hoạch số 1186/KH-SKHĐT ngày 19/04/2022: 24 dòng"
    assert "  dòng II.2.3: 1 nhiệm vụ chủ trì (1 thiếu đơn vị chủ trì)" in lines
    assert "  dòng II.1.3: 1 nhiệm vụ chủ trì (1 đã xong khi ban hành)" in lines
    assert "  Stt in trùng – dòng II.1.2, cột Stt: “1.1”" in lines
    assert lines[-1].startswith("Cộng: ")
