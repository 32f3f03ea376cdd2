"""The two real plans are read whole; a corrupted copy gives every error with its place."""

from __future__ import annotations

import copy
import unicodedata
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflow.adapters.planfile import read_plan_file
from workflow.adapters.seeds import PLAN_FILES, load_readings, load_rule_codes, load_units
from workflow.core.planfile import ParsedPlan, PlanError, PlanErrors, parse_plan
from workflow.core.planfile.defects import classify_note, header_defects

UNIT_CODES = frozenset(row.code for row in load_units())


@cache
def source(year: int) -> dict[str, object]:
    """The mapping of a real plan's file; copy it before changing it."""
    return read_plan_file(PLAN_FILES[year - 2022]).mapping


def corrupted(year: int = 2022) -> dict[str, object]:
    return copy.deepcopy(source(year))


def parse(data: object) -> ParsedPlan:
    return parse_plan(data, unit_codes=UNIT_CODES, rule_codes=load_rule_codes(), rollups=load_readings().rollups)


@cache
def real(year: int) -> ParsedPlan:
    return parse(source(year))


def errors_of(data: object) -> list[PlanError]:
    with pytest.raises(PlanErrors) as caught:
        parse(data)
    return caught.value.errors


def item(data: dict[str, object], code: str) -> dict[str, object]:
    return next(row for row in data["items"] if row["code"] == code)


def kinds(year: int) -> Counter[str]:
    return Counter(defect.kind for defect in real(year).defects)


def defect_places(year: int, kind: str) -> list[str]:
    return [defect.place for defect in real(year).defects if defect.kind == kind]


@pytest.mark.parametrize(
    ("year", "rows", "bullets", "targets", "duties"), [(2022, 24, 39, 12, 14), (2023, 17, 25, 10, 11)]
)
def test_each_real_plan_is_read_whole(year: int, rows: int, bullets: int, targets: int, duties: int) -> None:
    plan = real(year)
    assert len(plan.items) == rows
    assert sum(len(row.bullets) for row in plan.items) == bullets
    assert len(plan.targets) == targets
    assert len(plan.duties) == duties


def test_the_head_of_the_2022_plan_is_kept() -> None:
    plan = real(2022)
    assert (plan.number, plan.issued_on, plan.year) == ("1186/KH-SKHĐT", date(2022, 4, 19), 2022)
    assert (plan.issuer_code, plan.signer_name, plan.signer_capacity) == ("SKHDT", "Trần Hòa Nam", "GIÁM ĐỐC")
    assert [row["clause"] for row in plan.header["organisation"]] == ["III.1", "III.2", "III, đoạn cuối"]
    assert plan.header["legal_basis"][0]["number"] == "4831/QĐ-UBND"
    assert len(plan.header["purpose"]) == 3


def test_every_word_of_the_rows_stands_as_in_the_file() -> None:
    for year in (2022, 2023):
        for row, raw in zip(real(year).items, source(year)["items"], strict=True):
            content = raw["content"] if isinstance(raw["content"], list) else [raw["content"] or ""]
            assert " ".join(row.content) == " ".join(text.strip() for text in content)
            assert [bullet.text for bullet in row.bullets] == [method["text"].strip() for method in raw["method"]]
            assert row.printed_stt == (raw["printed_stt"] or "")


def test_rollups_come_from_the_readings() -> None:
    assert [row.code for row in real(2022).items if row.rollup] == ["II.1.1", "II.2.4"]
    assert [row.code for row in real(2023).items if row.rollup] == ["II.1.1", "II.2.4"]


def test_only_the_regulation_row_was_done_at_issue() -> None:
    assert [row.code for row in real(2022).items if row.done_at_issue] == ["II.1.3"]
    assert [row.code for row in real(2023).items if row.done_at_issue] == []


def test_next_steps_and_urged_units_are_told_apart_by_the_notes() -> None:
    handoffs = [(row.code, bullet.ordinal) for row in real(2022).items for bullet in row.bullets if bullet.handoff]
    assert handoffs == [("I.1.2", 1), ("I.1.4", 2), ("I.2.2", 2), ("II.1.8", 1)]
    urged = next(row for row in real(2022).items if row.code == "II.1.11").bullets[0]
    assert urged.support == ("CPTT",)
    assert urged.handoff is False


def test_fields_without_a_column_of_their_own_stay_in_the_duty() -> None:
    duty = next(duty for duty in real(2022).duties if duty.code == "BC-VUONGMAC")
    assert duty.due["then_to"] == ["GD"]
    lost = next(duty for duty in real(2023).duties if duty.code == "BC-YKIEN-TTHC")
    assert lost.due["truncated"] is True


def test_figures_keep_their_alternatives() -> None:
    figures = {target.code: target for target in real(2023).targets}
    assert figures["CT-HAILONG-DAUTU"].value == Decimal(87)
    assert figures["CT-SANGKIEN-APDUNG"].alternative_to == "CT-SANGKIEN-THI"
    assert figures["CT-TREHAN-0"].implied is True


# --- defects of the sources (domain.md section 8) -------------------------------------------------------------------


def test_the_printed_number_that_stands_twice_is_found() -> None:
    [defect] = [defect for defect in real(2022).defects if defect.kind == "Stt in trùng"]
    assert (defect.place, defect.printed, defect.reading) == ("dòng II.1.2, cột Stt", "1.1", "1.2")


def test_the_missing_the_malformed_and_the_stray_number_are_found() -> None:
    found = {defect.kind: defect for defect in real(2022).defects}
    assert (found["Thiếu Stt"].place, found["Thiếu Stt"].reading) == ("nhóm II.1, cột Stt", "1.6")
    assert (found["Stt in sai dạng"].printed, found["Stt in sai dạng"].reading) == ("110", "1.10")
    assert (found["Stt lạc nhóm"].place, found["Stt lạc nhóm"].printed) == ("dòng II.2.5, cột Stt", "1.8")
    assert kinds(2022)["Thiếu Stt"] == kinds(2022)["Stt in sai dạng"] == kinds(2022)["Stt lạc nhóm"] == 1


def test_numbers_displaced_by_the_double_one_are_listed() -> None:
    assert defect_places(2022, "Stt in lệch") == [f"dòng II.1.{number}, cột Stt" for number in (3, 4, 5, 6)]


def test_2023_prints_its_numbers_right_but_for_the_lost_one() -> None:
    assert not {"Stt in trùng", "Thiếu Stt", "Stt in sai dạng", "Stt lạc nhóm", "Stt in lệch"} & set(kinds(2023))
    assert defect_places(2023, "Dòng không còn Stt") == ["dòng I.1.5, cột Stt"]


def test_the_row_without_a_unit_is_found_in_both_years() -> None:
    assert defect_places(2022, "Không nêu đơn vị chủ trì") == ["dòng II.2.3"]
    assert defect_places(2023, "Không nêu đơn vị chủ trì") == ["dòng I.1.5", "dòng II.2.3"]
    assert defect_places(2022, "Gạch không nêu ai làm") == ["dòng II.1.6, gạch 1"]


def test_the_rollups_are_listed_in_both_years() -> None:
    assert (
        defect_places(2022, "Dòng tổng hợp") == defect_places(2023, "Dòng tổng hợp") == ["dòng II.1.1", "dòng II.2.4"]
    )


def test_the_missing_page_and_its_rows_are_found() -> None:
    assert kinds(2023)["Thiếu trang"] == 1
    assert defect_places(2023, "Dòng mất chữ") == ["dòng I.1.4", "dòng I.1.5"]
    assert kinds(2022)["Thiếu trang"] == 0


def test_the_header_that_disagrees_with_the_appendix_is_found() -> None:
    found = [defect for defect in real(2023).defects if defect.kind == "Phụ lục lệch với đầu văn bản"]
    assert found[0].printed == "số 133/KH-SKHDT ngày 4/ 4/2023"
    assert found[0].reading == "số 1337/KH-SKHĐT ngày 11/4/2023"
    assert kinds(2022)["Phụ lục lệch với đầu văn bản"] == 0


def test_an_appendix_that_names_another_plan_is_found_by_looking() -> None:
    [defect] = header_defects("1337/KH-SKHĐT", date(2023, 4, 11), "(Kèm theo Kế hoạch số 133/KH-SKHĐT ngày 4/4/2023)")
    assert defect.reading == "1337/KH-SKHĐT ngày 11/4/2023"
    assert list(header_defects("1186/KH-SKHĐT", date(2022, 4, 19), "số 1186 /KH-SKHĐT ngày 19/4/2022")) == []


def test_text_that_was_not_nfc_is_noted_for_2022() -> None:
    assert defect_places(2022, "Chữ không ở dạng NFC") == ["cả văn bản"]


def test_cells_interleaved_over_a_page_break_are_listed() -> None:
    assert defect_places(2022, "Ô xen kẽ qua trang") == ["dòng II.1.4", "dòng II.1.7", "cả văn bản"]


def test_text_glued_to_the_next_row_is_listed() -> None:
    glued = defect_places(2023, "Chữ dính sang dòng khác")
    assert glued == ["dòng I.1.2", "dòng I.1.5", "dòng II.1.3", "dòng II.2.3"]


def test_the_deadline_that_had_passed_at_issue_is_found() -> None:
    [defect] = [defect for defect in real(2022).defects if defect.kind == "Hạn đã qua khi ban hành"]
    assert (defect.place, defect.printed, defect.reading) == (
        "dòng II.1.3, cột Tiến độ",
        "Trong Quý I/2022",
        "31/03/2022",
    )
    assert kinds(2023)["Hạn đã qua khi ban hành"] == 0


def test_misprints_and_corrections_are_each_a_defect() -> None:
    assert (kinds(2022)["Lỗi in giữ nguyên"], kinds(2022)["Chữ sửa sau nhận dạng"]) == (12, 0)
    assert (kinds(2023)["Lỗi in giữ nguyên"], kinds(2023)["Chữ sửa sau nhận dạng"]) == (6, 11)


def test_a_note_that_says_nothing_known_is_kept_all_the_same() -> None:
    assert classify_note("Số trang “7” bị bỏ.") == "Ghi chú khi trích"
    assert kinds(2022)["Ghi chú khi trích"] == 1


def test_decomposed_text_is_composed_and_noted() -> None:
    data = corrupted()
    row = item(data, "I.1.1")
    composed = row["content"]
    row["content"] = unicodedata.normalize("NFD", composed)
    plan = parse(data)
    assert plan.items[0].content == (composed.strip(),)
    [defect] = [defect for defect in plan.defects if defect.place == "tệp nhập"]
    assert "items/I.1.1/content" in defect.explanation


# --- errors --------------------------------------------------------------------------------------------------------


def spoil(path: str, value: object) -> object:
    """Return a function that sets one value of the file; a path's last part is the key."""

    def change(data: dict[str, object]) -> None:
        *parents, key = path.split("/")
        target: object = data
        for part in parents:
            if part.isdigit():
                target = target[int(part) - 1]
            elif isinstance(target, list):
                target = next(row for row in target if row["code"] == part)
            else:
                target = target[part]
        target[key] = value

    return change


MUTATIONS = [
    ("plan/number", "1186-KH", "plan/number", "sai dạng"),
    ("plan/number", None, "plan/number", "thiếu"),
    ("plan/date", "2022-02-30", "plan/date", "không phải một ngày có thật"),
    ("plan/date", "2012-04-19", "plan/date", "cách xa năm kế hoạch"),
    ("plan/year", 1822, "plan/year", "không hợp lý"),
    ("plan/year", "2022", "plan/year", "phải là một số nguyên"),
    ("plan/issuing_body", "Sở", "plan/issuing_body", "phải là một mục có tên trường"),
    ("plan/color", "đỏ", "plan/color", "không có trường này"),
    ("items/I.1.1/code", "I.1.2", "items/I.1.2", "trùng"),
    ("items/I.1.1/code", "1.1", "items/1.1/code", "sai dạng"),
    ("items/I.1.1/content", None, "items/I.1.1/content", "thiếu"),
    ("items/I.1.1/content", ["", "x"], "items/I.1.1/content/1", "phải là một đoạn chữ"),
    ("items/I.1.1/timeline_text", "Lúc nào rảnh", "items/I.1.1/timeline_text", "Không đọc được tiến độ"),
    ("items/II.2.1/timeline_text", "Trước 31/2", "items/II.2.1/timeline_text", "Không đọc được tiến độ"),
    (
        "items/I.1.3/timeline_text",
        "Quý III",
        "items/I.1.3/schedule/due",
        "ghi 30/06/2022, đọc từ tiến độ được 30/09/2022",
    ),
    ("items/I.1.3/schedule/kind", "ongoing", "items/I.1.3/schedule/kind", "không khớp với tiến độ"),
    ("items/I.1.3/schedule/kind", "sometime", "items/I.1.3/schedule/kind", "không có loại lịch"),
    ("items/I.1.3/schedule", None, "items/I.1.3/schedule", "thiếu"),
    ("items/I.1.3/schedule/start", "2022-07-15", "items/I.1.3/schedule/start", "ngày bắt đầu sau ngày cuối"),
    ("items/II.2.1/schedule/last_day_strict", "2022-12-15", "items/II.2.1/schedule/last_day_strict", "ghi 15/12/2022"),
    ("items/II.2.1/schedule/exclusive", False, "items/II.2.1/schedule/exclusive", "không khớp"),
    ("items/II.1.7/schedule/event", "trời mưa", "items/II.1.7/schedule/event", "khác sự kiện đọc được"),
    (
        "items/II.1.8/schedule/report_dates/1/date",
        "2022-05-26",
        "items/II.1.8/schedule/report_dates/1/date",
        "ghi 26/05",
    ),
    ("items/I.1.1/rules", ["R-KHONG-CO"], "items/I.1.1/rules/1", "không có quy tắc mang mã"),
    ("items/I.1.1/lead_units", ["P-DKKD"], "items/I.1.1/lead_units", "không khớp với các gạch đầu dòng"),
    ("items/I.1.1/method", [], "items/I.1.1/method", "không có gạch đầu dòng nào"),
    ("items/I.1.1/method/1/lead", ["P-MA"], "items/I.1.1/method/1/lead/1", "không có đơn vị mang mã “P-MA”"),
    ("items/I.1.1/method/1/lead", ["VP", "VP"], "items/I.1.1/method/1/lead/2", "ghi hai lần"),
    ("items/I.1.1/method/1/lead", [], "items/I.1.1/method/1/lead", "không có đơn vị chủ trì"),
    ("items/I.1.1/method/1/text", 7, "items/I.1.1/method/1/text", "phải là một chuỗi chữ"),
    ("items/I.1.1/method/1/fragment", "có", "items/I.1.1/method/1/fragment", "true hoặc false"),
    ("items/I.1.1/counterpart", None, "items/I.1.1/counterpart", "thiếu"),
    ("items/I.1.1/counterpart/code", None, "items/I.1.1/counterpart/code", "phải có code"),
    ("items/I.1.1/counterpart/change", "better", "items/I.1.1/counterpart/change", "không hiểu"),
    ("items/II.1.3/counterpart/code", "II.1.9", "items/II.1.3/counterpart/code", "không được có code"),
    ("items/II.1.3/status_at_issue", "late", "items/II.1.3/status_at_issue", "không hiểu"),
    ("items/I.1.1/printed_stt", "x" * 30, "items/I.1.1/printed_stt", "quá 20"),
    ("items/I.1.1/truncated", True, "items/I.1.1/missing", "thiếu"),
    ("targets/1/value", "cao", "targets/CT-HAILONG-CHUNG/value", "phải là một con số"),
    ("targets/1/value", 1e12, "targets/CT-HAILONG-CHUNG/value", "không dùng được"),
    ("targets/1/comparator", "~", "targets/CT-HAILONG-CHUNG/comparator", "không hiểu"),
    ("targets/1/year", 2021, "targets/CT-HAILONG-CHUNG/year", "khác năm kế hoạch"),
    ("targets/1/code", "CT-CCHC", "targets/CT-CCHC", "trùng"),
    ("targets/6/alternative_to", "CT-GI-DO", "targets/CT-SANGKIEN-APDUNG/alternative_to", "không có chỉ tiêu"),
    (
        "reporting_duties/3/due/last_day_strict",
        "2022-12-15",
        "reporting_duties/BC-NAM-UBND/due/last_day_strict",
        "14/12",
    ),
    ("reporting_duties/3/due/kind", "soon", "reporting_duties/BC-NAM-UBND/due/kind", "không có loại hạn"),
    (
        "reporting_duties/12/due/date",
        "2022-06-29",
        "reporting_duties/BC-KYCUONG-6T-SO/due/date",
        "không phải ngày cuối",
    ),
    ("reporting_duties/12/due/month", 13, "reporting_duties/BC-KYCUONG-6T-SO/due/month", "không có tháng 13"),
    ("reporting_duties/1/from", ["AI-DO"], "reporting_duties/BC-DINHKY/from/1", "không có đơn vị"),
    ("source_errors/1/kept", False, "source_errors/1/kept", "phải được giữ nguyên"),
    ("source_errors/1/probable", None, "source_errors/1/probable", "thiếu"),
    ("document_notes", "một", "", ""),
    ("items", {}, "items", "phải là một danh sách"),
    ("extra", 1, "extra", "không có trường này"),
]


@pytest.mark.parametrize(("path", "value", "place", "message"), MUTATIONS, ids=[f"{m[0]}={m[1]}" for m in MUTATIONS])
def test_a_spoiled_field_is_named_with_its_place(path: str, value: object, place: str, message: str) -> None:
    data = corrupted()
    spoil(path, value)(data)
    if not place:
        assert parse(data).number == "1186/KH-SKHĐT"
        return
    found = errors_of(data)
    assert any(error.place == place and message in error.message for error in found), [str(error) for error in found]


def test_all_errors_are_reported_at_once() -> None:
    data = corrupted()
    for path, value in [
        ("plan/number", "sai"),
        ("items/I.1.1/timeline_text", "lúc nào đó"),
        ("items/II.2.5/method/1/lead", ["X"]),
        ("targets/1/value", None),
        ("reporting_duties/1/to", ["Y"]),
    ]:
        spoil(path, value)(data)
    places = {error.place for error in errors_of(data)}
    assert places >= {
        "plan/number",
        "items/I.1.1/timeline_text",
        "items/II.2.5/method/1/lead/1",
        "targets/CT-HAILONG-CHUNG/value",
        "reporting_duties/BC-DINHKY/to/1",
    }


def test_every_error_says_what_to_do() -> None:
    assert all(error.remedy for error in errors_of({"plan": {}, "items": [], "targets": {}}))


def test_a_file_that_is_no_mapping_is_one_error() -> None:
    [error] = errors_of(["plan"])
    assert str(error) == "tệp: phải là một mục có tên trường, đang một danh sách. Viết lại đúng cấu trúc."


def test_what_is_inferred_from_another_year_must_say_that_it_proves_nothing() -> None:
    data = corrupted(2023)
    del item(data, "I.1.5")["inferred_from_2022"]["warning"]
    assert [error.place for error in errors_of(data)] == ["items/I.1.5/inferred_from_2022"]


def test_inferred_text_is_kept_apart_from_the_evidence() -> None:
    row = next(row for row in real(2023).items if row.code == "I.1.5")
    assert row.content == ()
    assert row.inferred["from"] == "2022"
    assert "KHÔNG phải chứng cứ" in row.inferred["warning"]


def leaves(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place of the file that holds a value of its own."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for number, inner in enumerate(value) for leaf in leaves(inner, (*path, number))]
    return [path]


LEAVES = leaves(source(2022))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.sampled_from(LEAVES),
    value=st.one_of(
        st.none(),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.text(max_size=40),
        st.lists(st.none(), max_size=2),
        st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
        st.dates(),
    ),
)
def test_whatever_one_field_is_changed_to_the_answer_is_a_plan_or_a_list_of_errors(
    path: tuple[object, ...], value: object
) -> None:
    data = corrupted()
    target: object = data
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = value
    assert outcome_of(data) == "plan of 24 rows" or all(error.message and error.remedy for error in outcome_of(data))


def outcome_of(data: object) -> object:
    """Return a word for a plan of all rows, or the errors; anything else is an error of ours."""
    try:
        plan = parse(data)
    except PlanErrors as refused:
        return refused.errors or [PlanError("", "", "")]
    return f"plan of {len(plan.items)} rows"


@settings(max_examples=30, deadline=None)
@given(
    codes=st.lists(st.sampled_from([row["code"] for row in source(2022)["items"]]), min_size=1, max_size=4, unique=True)
)
def test_every_removed_row_field_is_reported(codes: list[str]) -> None:
    data = corrupted()
    for code in codes:
        del item(data, code)["section"]
    assert {error.place for error in errors_of(data)} == {f"items/{code}/section" for code in codes}
