"""The words of the pages as a template prints them: dates, what is left, how a task stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template

from tests.factories import ZONE, at
from tests.rulebooks import seeded_calendar
from workflow.choices import TaskKind, TaskState
from workflow.models import Task
from workflow.templatetags.dondoc import left_phrase

TODAY = date(2022, 10, 12)
"""A Wednesday."""


def printed(template: str, **values: object) -> str:
    """Return what a template prints on a Wednesday in October."""
    context = Context({"today": TODAY, "calendar": seeded_calendar(), **values})
    return Template("{% load dondoc %}" + template).render(context).strip()


def task(state: str = TaskState.IN_PROGRESS, due: date | None = None, kind: str = TaskKind.PLAN) -> Task:
    return Task(code="T", title="Việc", state=state, kind=kind, due_on=due)


@pytest.mark.parametrize(
    ("moment", "day", "weekday", "clock"),
    [
        (datetime(2022, 10, 11, 16, 59, tzinfo=UTC), "11/10/2022", "thứ Ba 11/10/2022", "thứ Ba 11/10/2022 23:59"),
        (datetime(2022, 10, 11, 17, 0, tzinfo=UTC), "12/10/2022", "thứ Tư 12/10/2022", "thứ Tư 12/10/2022 00:00"),
        (datetime(2022, 12, 31, 17, 0, tzinfo=UTC), "01/01/2023", "Chủ nhật 01/01/2023", "Chủ nhật 01/01/2023 00:00"),
        (datetime(2024, 2, 29, 8, 5, tzinfo=ZONE), "29/02/2024", "thứ Năm 29/02/2024", "thứ Năm 29/02/2024 08:05"),
    ],
)
def test_a_moment_is_always_told_as_the_local_day(moment: datetime, day: str, weekday: str, clock: str) -> None:
    assert printed("{{ moment|day }}", moment=moment) == day
    assert printed("{{ moment|weekday }}", moment=moment) == weekday
    assert printed("{{ moment|clock }}", moment=moment) == clock
    hour = clock.rsplit(" ", 1)[1]
    assert printed("{{ moment|moment }}", moment=moment) == f"{hour} {weekday}"


@pytest.mark.parametrize("name", ["day", "weekday", "moment", "month"])
@pytest.mark.parametrize("empty", [None, ""])
def test_a_date_that_is_not_there_prints_nothing(name: str, empty: object) -> None:
    assert printed(f"[{{{{ value|{name} }}}}]", value=empty) == "[]"


def test_the_seven_days_have_their_vietnamese_names() -> None:
    monday = date(2022, 10, 10)
    names = [
        printed("{{ value|weekday }}", value=monday + timedelta(days=count)).rsplit(" ", 1)[0] for count in range(7)
    ]
    assert names == ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]


@pytest.mark.parametrize(
    ("due", "today", "said"),
    [
        (date(2022, 9, 5), date(2022, 8, 31), "còn 1 ngày làm việc"),
        (date(2023, 1, 27), date(2023, 1, 19), "còn 1 ngày làm việc"),
        (date(2023, 1, 25), date(2023, 1, 20), "không còn ngày làm việc nào"),
        (date(2023, 1, 19), date(2023, 1, 26), "quá hạn, đang trong ngày nghỉ"),
        (date(2023, 1, 19), date(2023, 1, 27), "quá 1 ngày làm việc"),
        (date(2024, 5, 6), date(2024, 5, 3), "còn 2 ngày làm việc"),
        (date(2024, 5, 3), date(2024, 5, 4), "quá 1 ngày làm việc"),
        (date(2023, 1, 4), date(2022, 12, 30), "còn 2 ngày làm việc"),
    ],
)
def test_what_is_left_counts_no_holiday_and_every_make_up_saturday(due: date, today: date, said: str) -> None:
    assert left_phrase(due, today, seeded_calendar()) == said
    assert printed("{% left due %}", due=due, today=today) == said


def test_without_a_deadline_nothing_is_left_to_tell() -> None:
    assert printed("[{% left due %}]", due=None) == "[]"


@pytest.mark.parametrize(
    ("state", "due", "late", "words"),
    [
        ("in_progress", date(2022, 10, 11), True, "quá 1 ngày làm việc"),
        ("assigned", date(2022, 10, 12), False, "hạn hôm nay"),
        ("assigned", date(2022, 10, 14), False, "còn 2 ngày làm việc"),
        ("escalated", date(2022, 10, 10), True, "quá 2 ngày làm việc"),
        ("reported", date(2022, 10, 10), False, ""),
        ("reviewed", date(2022, 10, 10), False, ""),
        ("suspended", date(2022, 10, 10), False, ""),
        ("cancelled", date(2022, 10, 10), False, ""),
        ("waiting_event", date(2022, 10, 14), False, ""),
    ],
)
def test_a_due_day_is_late_only_while_something_is_owed(state: str, due: date, late: bool, words: str) -> None:
    text = printed("{% due task %}", task=task(state, due))
    assert ("late-text" in text) is late
    assert printed("{{ due|weekday }}", due=due) in text
    assert (" · " in text) is bool(words)
    assert words in text


def test_a_task_without_a_day_says_that_it_has_none() -> None:
    assert "Không có hạn" in printed("{% due task %}", task=task())


@pytest.mark.parametrize(
    ("state", "due", "kind", "shape", "word"),
    [
        ("reviewed", date(2022, 10, 1), "plan", "✓", "Hoàn thành"),
        ("reported", date(2022, 10, 1), "plan", "◇", "Chờ kiểm tra"),
        ("reported", date(2022, 10, 1), "consultation", "◇", "Đã có trả lời"),
        ("escalated", date(2022, 10, 1), "plan", "⬟", "Đã chuyển UBND tỉnh"),
        ("assigned", date(2022, 10, 11), "plan", "▲", "Quá hạn"),
        ("assigned", date(2022, 10, 12), "plan", "◐", "Sắp đến hạn"),
        ("assigned", date(2022, 10, 19), "plan", "◐", "Sắp đến hạn"),
        ("assigned", date(2022, 10, 20), "plan", "●", "Trong hạn"),
        ("assigned", None, "plan", "●", "Đang theo dõi"),
        ("cancelled", date(2022, 10, 1), "plan", "✕", "Đã hủy"),
    ],
)
def test_a_mark_has_a_shape_for_the_eye_and_a_word_for_the_ear(
    state: str, due: date | None, kind: str, shape: str, word: str
) -> None:
    text = printed("{% mark task %}", task=task(state, due, kind))
    assert f'aria-hidden="true">{shape}</span>{word}' in text
    assert printed("{% standing task as found %}{{ found.word }}", task=task(state, due, kind)) == word


def test_a_tally_puts_the_most_frequent_first_and_loses_none() -> None:
    late, done = date(2022, 10, 3), task("reviewed", date(2022, 10, 3))
    tasks = [task(due=late), done, task(due=late), task(due=late), task("reviewed")]
    template = "{% tally tasks as found %}{% for one, count in found %}{{ one.word }}={{ count }};{% endfor %}"
    assert printed(template, tasks=tasks) == "Quá hạn=3;Hoàn thành=2;"
    assert printed(template, tasks=[]) == ""


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "1 KB"),
        (1, "1 KB"),
        (1024, "1 KB"),
        (1536, "2 KB"),
        (1024 * 1024 - 1, "1024 KB"),
        (1024 * 1024, "1,0 MB"),
        (20 * 1024 * 1024, "20,0 MB"),
    ],
)
def test_a_size_is_told_with_a_vietnamese_comma(size: int, said: str) -> None:
    assert printed("{{ size|file_size }}", size=size) == said


@pytest.mark.parametrize(
    ("value", "said"), [(["a", 2], "[a][2]"), ("một đoạn", "[một đoạn]"), ("", ""), (None, ""), ([], "")]
)
def test_paragraphs_are_a_list_however_they_are_stored(value: object, said: str) -> None:
    assert printed("{% for line in value|lines %}[{{ line }}]{% endfor %}", value=value) == said


def test_what_was_typed_is_escaped_in_every_line() -> None:
    text = printed("{% for line in value|lines %}{{ line }}{% endfor %}", value=["<b>&"])
    assert text == "&lt;b&gt;&amp;"


@pytest.mark.parametrize(
    ("kind", "title"), [("BC", "BÁO CÁO"), ("TB", "THÔNG BÁO"), ("TTr", "TỜ TRÌNH"), ("CV", ""), ("<b>", "")]
)
def test_a_letter_has_no_printed_title_and_the_others_have(kind: str, title: str) -> None:
    assert printed("[{% document_title kind %}]", kind=kind) == f"[{title}]"


@pytest.mark.parametrize(("value", "said"), [(True, "có"), (False, "không"), (None, "chưa")])
def test_an_answer_not_given_is_neither_yes_nor_no(value: bool | None, said: str) -> None:
    assert printed("{{ value|yes_no }}", value=value) == said


def test_the_clock_of_the_banner_names_the_weekday_first() -> None:
    assert printed("{{ now|clock }}", now=at(date(2022, 11, 21), "08:05")) == "thứ Hai 21/11/2022 08:05"
