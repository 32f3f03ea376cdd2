"""Reading what was typed: every wrong field at once, each with what to do."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest

from workflow.core.errors import Invalid
from workflow.core.fields import Fields

TODAY = date(2022, 10, 3)


def test_nothing_wrong_stops_nothing() -> None:
    fields = Fields()
    assert fields.text("a", " chữ ", "Nội dung") == "chữ"
    fields.stop_if_wrong()


def test_all_wrong_fields_are_refused_together() -> None:
    fields = Fields()
    fields.text("a", "", "Nội dung")
    fields.past_day("b", TODAY + timedelta(days=1), "Ngày văn bản", today=TODAY)
    with pytest.raises(Invalid) as error:
        fields.stop_if_wrong()
    assert error.value.fields == {
        "a": "Chưa nhập nội dung; hãy nhập rồi gửi lại.",
        "b": "Ngày văn bản 04/10/2022 ở tương lai; hãy nhập ngày không sau 03/10/2022.",
    }
    assert str(error.value) == " ".join(error.value.fields.values())


def test_text_is_kept_in_one_unicode_form() -> None:
    assert Fields().text("a", unicodedata.normalize("NFD", "Đề nghị"), "Nội dung") == "Đề nghị"


@pytest.mark.parametrize("blank", ["", " ", "\n\t ", "\u00a0"])
def test_blank_text_is_no_text(blank: str) -> None:
    fields = Fields()
    fields.text("a", blank, "Lý do")
    assert set(fields.wrong) == {"a"}


def test_text_that_is_not_needed_may_be_blank() -> None:
    fields = Fields()
    assert fields.text("a", "  ", "Ghi chú", needed=False) == ""
    assert fields.wrong == {}


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x7fb"])
def test_control_characters_are_refused_even_where_text_is_not_needed(text: str) -> None:
    fields = Fields()
    fields.text("a", text, "Ghi chú", needed=False)
    assert "ký tự điều khiển" in fields.wrong["a"]


def test_lines_and_tabs_are_text() -> None:
    fields = Fields()
    assert fields.text("a", "một\r\n\thai", "Nội dung") == "một\r\n\thai"
    assert fields.wrong == {}


def test_text_is_as_long_as_its_limit_and_no_longer() -> None:
    fields = Fields()
    fields.text("a", "x" * 60, "Số văn bản", limit=60)
    assert fields.wrong == {}
    fields.text("a", "x" * 61, "Số văn bản", limit=60)
    assert fields.wrong == {"a": "Số văn bản dài 61 ký tự; hãy rút xuống còn nhiều nhất 60 ký tự."}


def test_the_first_complaint_about_a_field_stands() -> None:
    fields = Fields()
    fields.refuse("a", "một")
    fields.refuse("a", "hai")
    assert fields.wrong == {"a": "một"}


@pytest.mark.parametrize(("day", "wrong"), [(TODAY, False), (date(2020, 1, 1), False), (date(2022, 10, 4), True)])
def test_what_has_happened_has_a_day_until_today(day: date, wrong: bool) -> None:
    fields = Fields()
    assert fields.past_day("a", day, "Ngày văn bản", today=TODAY) == day
    assert bool(fields.wrong) is wrong


@pytest.mark.parametrize(("day", "wrong"), [(TODAY, False), (date(2023, 1, 1), False), (date(2022, 10, 2), True)])
def test_what_is_to_come_has_a_day_from_today(day: date, wrong: bool) -> None:
    fields = Fields()
    assert fields.coming_day("a", day, "Hạn", today=TODAY) == day
    assert bool(fields.wrong) is wrong


def test_a_missing_day_is_refused() -> None:
    fields = Fields()
    fields.past_day("a", None, "Ngày văn bản", today=TODAY)
    fields.coming_day("b", None, "Hạn", today=TODAY)
    assert set(fields.wrong) == {"a", "b"}
