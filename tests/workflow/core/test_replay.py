"""Rebuilding a task's columns from its events alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.hashchain import canonical, plain
from workflow.core.replay import Replay, ReplayBreak, differing, read_body, read_moment, rebuild, same, show

START = datetime(2022, 10, 3, 2, 0, tzinfo=UTC)


def body(seq: int, name: str = "task.note", *, before: object = None, after: object = None, hours: int = 0) -> str:
    return canonical(
        {
            "seq": seq,
            "name": name,
            "at": START + timedelta(hours=hours or seq),
            "before": before or {},
            "after": after or {},
        }
    )


CREATED = body(1, "task.create", after={"state": "assigned", "due_on": date(2022, 10, 14)})
STARTED = body(2, "task.start", before={"state": "assigned"}, after={"state": "in_progress"})
MOVED = body(3, "due", before={"due_on": date(2022, 10, 14)}, after={"due_on": date(2022, 10, 21)})


def test_the_columns_after_all_events() -> None:
    assert rebuild([CREATED, STARTED, MOVED]) == {"state": "in_progress", "due_on": "2022-10-21"}


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, {}),
        (1, {"state": "assigned", "due_on": "2022-10-14"}),
        (2, {"state": "in_progress", "due_on": "2022-10-14"}),
        (3, {"state": "in_progress", "due_on": "2022-10-21"}),
        (9, {"state": "in_progress", "due_on": "2022-10-21"}),
    ],
)
def test_the_columns_at_each_moment(hours: int, expected: dict[str, str]) -> None:
    assert rebuild([CREATED, STARTED, MOVED], until=START + timedelta(hours=hours)) == expected


def test_the_moment_itself_is_included_and_a_microsecond_before_is_not() -> None:
    moment = START + timedelta(hours=2)
    assert rebuild([CREATED, STARTED], until=moment)["state"] == "in_progress"
    assert rebuild([CREATED, STARTED], until=moment - timedelta(microseconds=1))["state"] == "assigned"


def test_nothing_gives_nothing() -> None:
    assert rebuild([]) == {}


def test_reading_stops_at_the_first_later_event_whatever_follows() -> None:
    late = body(2, "task.start", before={"state": "assigned"}, after={"state": "in_progress"}, hours=8)
    early = body(3, "due", before={"due_on": date(2022, 10, 14)}, after={"due_on": date(2022, 10, 21)}, hours=3)
    assert rebuild([CREATED, late, early], until=START + timedelta(hours=5))["due_on"] == "2022-10-14"


def test_the_first_event_must_be_the_creation() -> None:
    with pytest.raises(ReplayBreak) as caught:
        rebuild([STARTED])
    assert (caught.value.seq, caught.value.column, str(caught.value)) == (2, "", "bản ghi đầu không phải task.create")


def test_a_task_is_created_once() -> None:
    again = body(2, "task.create", after={"state": "assigned"})
    with pytest.raises(ReplayBreak, match="lần thứ hai") as caught:
        rebuild([CREATED, again])
    assert caught.value.seq == 2


def test_a_before_that_does_not_agree_names_number_and_column() -> None:
    wrong = body(3, before={"state": "assigned"}, after={"state": "reported"})
    with pytest.raises(ReplayBreak) as caught:
        rebuild([CREATED, STARTED, wrong])
    assert (caught.value.seq, caught.value.column) == (3, "state")
    assert caught.value.reason == 'cột state trước đó là "in_progress", bản ghi này nói là "assigned"'


def test_a_before_of_a_column_that_was_never_filled_must_be_empty() -> None:
    for empty in (None, "", 0, False):
        assert rebuild([CREATED, body(2, before={"product": empty}, after={"product": "x"})])["product"] == "x"
    with pytest.raises(ReplayBreak, match=r"product trước đó là \(trống\), bản ghi này nói là \"cũ\""):
        rebuild([CREATED, body(2, before={"product": "cũ"}, after={"product": "x"})])


def test_columns_of_other_tables_are_passed_over_when_the_tracked_ones_are_given() -> None:
    other = body(2, "report.save", before={"version": 4}, after={"version": 5})
    assert rebuild([CREATED, other], tracked={"state"}) == {"state": "assigned"}
    with pytest.raises(ReplayBreak, match="version"):
        rebuild([CREATED, other])


@pytest.mark.parametrize("text", ["[]", "null", '"chữ"', "3", "không phải JSON", ""])
def test_a_body_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- json's own message or ours
        read_body(text)


@pytest.mark.parametrize("at", [None, "", "hôm nay", "2022-10-03", "2022-10-03T09:00:00"])
def test_a_moment_without_a_zone_is_refused(at: str | None) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- datetime's own message or ours
        read_moment({"at": at})


@pytest.mark.parametrize(
    "broken",
    [{"seq": "1", "before": {}, "after": {}}, {"seq": 1, "before": [], "after": {}}, {"seq": 1, "before": {}}],
)
def test_a_body_without_its_parts_is_a_break(broken: dict[str, object]) -> None:
    with pytest.raises(ReplayBreak, match="thiếu seq, before hoặc after"):
        Replay().apply(broken)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2022-10-03T09:00:00.000000+07:00", "2022-10-03T02:00:00.000000+00:00", True),
        ("2022-10-03T09:00:00.000000+07:00", "2022-10-03T02:00:00.000001+00:00", False),
        ("2022-10-03T09:00:00.000000+07:00", "2022-10-03", False),
        ("xxxxxxxxxxT1", "xxxxxxxxxxT2", False),
        ("2022-10-03T09:00:00", "2022-10-03T02:00:00+00:00", False),
        (None, "", True),
        (None, 0, True),
        (False, None, True),
        (1, True, False),
        (0, False, True),
        (1, "1", False),
        ("a", "a", True),
        ([1], [1], True),
        ({"a": 1}, {"a": 2}, False),
    ],
)
def test_what_means_the_same(one: object, other: object, expected: bool) -> None:
    assert same(one, other) is expected
    assert same(other, one) is expected


def test_the_differing_columns_are_named_in_order() -> None:
    rebuilt = {"state": "assigned", "due_on": "2022-10-14", "round": 1}
    row = {"state": "reviewed", "due_on": None, "round": 1, "title": "", "product": "x"}
    assert differing(rebuilt, row) == ["due_on", "product", "state"]


def test_values_are_shown_as_a_person_reads_them() -> None:
    assert [show(value) for value in (None, "", "Rà soát", 3, True)] == ["(trống)", "(trống)", '"Rà soát"', "3", "true"]


COLUMNS = ("state", "due_on", "title", "round", "flag")
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.text(max_size=5),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
HISTORIES = st.lists(st.dictionaries(st.sampled_from(COLUMNS), VALUES, max_size=3), max_size=12)


@given(st.dictionaries(st.sampled_from(COLUMNS), VALUES), HISTORIES)
def test_any_history_rebuilds_to_the_state_of_each_moment(
    first: dict[str, object], changes: list[dict[str, object]]
) -> None:
    state = {column: first.get(column) for column in COLUMNS}
    filled = {name: value for name, value in state.items() if value not in (None, "", 0, False)}
    bodies = [body(1, "task.create", after=filled)]
    states = [dict(state)]
    for seq, change in enumerate(changes, start=2):
        bodies.append(body(seq, before={name: state[name] for name in change}, after=change))
        state |= change
        states.append(dict(state))
    for index, expected in enumerate(states):
        rebuilt = rebuild(bodies, until=START + timedelta(hours=index + 1))
        assert differing(rebuilt, {name: plain(value) for name, value in expected.items()}) == []


@given(HISTORIES.filter(any), st.data())
def test_a_lost_event_that_changed_something_seen_later_is_noticed(
    changes: list[dict[str, object]], data: st.DataObject
) -> None:
    state: dict[str, object] = dict.fromkeys(COLUMNS, "đầu")
    bodies = [body(1, "task.create", after=state)]
    for seq, change in enumerate(changes, start=2):
        bodies.append(body(seq, before={name: state[name] for name in change}, after=change))
        state |= change
    lost = data.draw(st.integers(1, len(bodies) - 1))
    remaining = [*bodies[:lost], *bodies[lost + 1 :]]
    try:
        rebuilt = rebuild(remaining)
    except ReplayBreak:
        return
    whole = rebuild(bodies)
    touched = set(changes[lost - 1])
    assert {name for name in COLUMNS if not same(rebuilt[name], whole[name])} <= touched
