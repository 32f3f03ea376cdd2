"""A report that goes on to a leader after Văn phòng: the checks are kept, the leader accepts or returns."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import MONDAY, House, at, event_names, in_place_of, last_event, make_task
from workflow.actions.report import (
    approve_report,
    attach_file,
    check_report,
    refuse_report,
    save_draft,
    submit_report,
)
from workflow.choices import ReportStatus, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, Stale, WrongState
from workflow.models import Report, ReportRevision, Task
from workflow.queries.report import asks_leader

NOW = at(MONDAY)
LATER = at(MONDAY + timedelta(days=1))
LAST = at(MONDAY + timedelta(days=2))


def submitted(house: House) -> Task:
    task = make_task(house, state=TaskState.IN_PROGRESS)
    save_draft(task.pk, "Đã thực hiện xong.", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    return task


def checked(house: House, *, time_ok: bool = True) -> Task:
    task = submitted(house)
    check_report(task.pk, 1, True, True, time_ok, "Đủ số liệu", by=house.reviewer, now=LATER)
    return task


# Văn phòng lets it pass


def test_the_checks_are_kept_and_the_report_stays_submitted(house: House) -> None:
    task = checked(house, time_ok=False)
    report = Report.objects.get(task=task)
    task.refresh_from_db()
    assert (task.state, report.status, report.decided_at) == (TaskState.REPORTED, ReportStatus.SUBMITTED, None)
    assert (report.quantity_ok, report.content_ok, report.time_ok, report.check_note) == (
        True,
        True,
        False,
        "Đủ số liệu",
    )
    event = last_event(task)
    assert (event["name"], event["actor"]["name"]) == ("report.check", house.reviewer.name)  # type: ignore[index]
    assert event["details"] == {
        "version": 1,
        "note": "Đủ số liệu",
        "quantity_ok": True,
        "content_ok": True,
        "time_ok": False,
    }


@pytest.mark.parametrize(
    ("checks", "fields"),
    [
        ((None, True, True), {"quantity_ok"}),
        ((True, None, None), {"content_ok", "time_ok"}),
        ((False, True, True), {"quantity_ok"}),
        ((True, False, True), {"content_ok"}),
    ],
)
def test_what_is_not_judged_or_not_right_does_not_go_on(
    house: House, checks: tuple[bool | None, bool | None, bool | None], fields: set[str]
) -> None:
    task = submitted(house)
    with pytest.raises(Invalid) as error:
        check_report(task.pk, 1, *checks, by=house.reviewer, now=LATER)
    assert set(error.value.fields) == fields
    assert Report.objects.get(task=task).quantity_ok is None


def test_who_wrote_or_submitted_it_lets_nothing_pass(house: House) -> None:
    task = submitted(house)
    for hand in (house.member, house.head):
        with pytest.raises(NotPermitted):
            check_report(task.pk, 1, True, True, True, by=in_place_of(hand, house.reviewer), now=LATER)


def test_another_version_than_the_one_that_stands_is_not_checked(house: House) -> None:
    task = submitted(house)
    with pytest.raises(Stale):
        check_report(task.pk, 2, True, True, True, by=house.reviewer, now=LATER)


# The leader decides


def test_a_leader_accepts_with_the_checks_of_van_phong(house: House) -> None:
    task = checked(house, time_ok=False)
    report = approve_report(task.pk, 1, "Đồng ý", by=house.leader, now=LAST)
    task.refresh_from_db()
    assert (task.state, task.closed_at, report.status) == (TaskState.REVIEWED, LAST, ReportStatus.ACCEPTED)
    assert (report.quantity_ok, report.content_ok, report.time_ok) == (True, True, False)
    assert (report.check_note, report.decided_name) == ("Đủ số liệu; Đồng ý", house.leader.name)
    assert event_names(task)[-2:] == ["report.check", "task.review"]


def test_a_leader_accepts_nothing_that_van_phong_did_not_check(house: House) -> None:
    task = submitted(house)
    with pytest.raises(WrongState, match="chưa kiểm tra"):
        approve_report(task.pk, 1, by=house.leader, now=LAST)
    task.refresh_from_db()
    assert task.state == TaskState.REPORTED


@pytest.mark.parametrize("version", [0, 2])
def test_a_version_that_is_not_there_is_refused_in_words(house: House, version: int) -> None:
    task = checked(house)
    with pytest.raises((Stale, Invalid)):
        approve_report(task.pk, version, by=house.leader, now=LAST)


def test_a_leader_returns_it_with_a_reason_and_the_next_version_is_checked_anew(house: House) -> None:
    task = checked(house)
    report = refuse_report(task.pk, 1, "Chưa nêu giải pháp", by=house.leader, now=LAST)
    task.refresh_from_db()
    assert (task.state, report.status) == (TaskState.IN_PROGRESS, ReportStatus.RETURNED)
    assert (report.quantity_ok, report.content_ok, report.time_ok) == (True, False, True)
    save_draft(task.pk, "Đã nêu giải pháp.", by=house.member, now=LAST)
    submit_report(task.pk, 2, by=house.head, now=LAST)
    with pytest.raises(WrongState, match="chưa kiểm tra"):
        approve_report(task.pk, 2, by=house.leader, now=LAST)


def test_a_leader_returns_nothing_without_a_reason(house: House) -> None:
    task = checked(house)
    with pytest.raises(Invalid):
        refuse_report(task.pk, 1, " ", by=house.leader, now=LAST)


@pytest.mark.parametrize("name", ["head", "member", "clerk", "inspector", "stranger", "outsider"])
def test_nobody_else_decides_in_the_leaders_place(house: House, name: str) -> None:
    task = checked(house)
    for act in (
        lambda by: approve_report(task.pk, 1, by=by, now=LAST),
        lambda by: refuse_report(task.pk, 1, "lý do", by=by, now=LAST),
    ):
        with pytest.raises((NotPermitted, NotFound)):
            act(getattr(house, name))
    task.refresh_from_db()
    assert task.state == TaskState.REPORTED


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Tham mưu trình Lãnh đạo Sở phê duyệt kế hoạch", True),
        ("Tổng hợp, TRÌNH GIÁM ĐỐC SỞ quyết định", True),
        ("trinh lanh dao so xem xet", True),
        ("Báo cáo kết quả thực hiện", False),
        ("Lãnh đạo Sở họp giao ban", False),
    ],
)
def test_the_rows_own_words_send_it_to_a_leader(house: House, title: str, expected: bool) -> None:
    assert asks_leader(make_task(house, title=title)) is expected


# Every writing counts


def test_every_writing_of_the_thread_has_its_own_count(house: House) -> None:
    task = make_task(house, state=TaskState.IN_PROGRESS)
    found = [save_draft(task.pk, text, by=house.member, now=NOW).revision for text in ("Một", "Hai", "Ba")]
    submit_report(task.pk, 1, by=house.head, now=NOW)
    check_report(task.pk, 1, True, True, True, by=house.reviewer, now=LATER)
    refuse_report(task.pk, 1, "Viết lại", by=house.leader, now=LATER)
    second = save_draft(task.pk, "Bốn", by=house.member, now=LAST)
    assert (found, second.version, second.revision) == ([1, 2, 3], 2, 4)


def test_what_was_written_over_is_kept(house: House) -> None:
    task = make_task(house)
    save_draft(task.pk, "Một", evidence="BB 1", by=house.member, now=NOW)
    save_draft(task.pk, "", True, by=house.member, now=NOW)
    save_draft(task.pk, "Ba", by=house.member, now=NOW)
    kept = ReportRevision.objects.values_list("revision", "content", "nothing_to_report", "evidence")
    assert list(kept) == [(1, "Một", False, "BB 1"), (2, "", True, "")]


def test_a_file_given_to_a_draft_counts_as_a_writing(house: House, file_store: object) -> None:
    """A page that was open before the file came shows less than what stands to be decided."""
    task = make_task(house)
    save_draft(task.pk, "Một", by=house.member, now=NOW)
    attach_file(task.pk, "bien-ban.pdf", b"%PDF-1.7 mau", by=house.member, now=NOW)
    assert Report.objects.get(task=task).revision == 2
    assert list(ReportRevision.objects.values_list("revision", "content")) == [(1, "Một")]


def test_the_days_of_the_two_decisions_stand_apart(house: House) -> None:
    task = checked(house)
    approve_report(task.pk, 1, by=house.leader, now=at(date(2022, 10, 7)))
    assert Report.objects.get(task=task).decided_at == at(date(2022, 10, 7))
