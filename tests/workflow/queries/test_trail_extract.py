"""What is printed of the trail: the events sought, oldest first, in words that a person reads, with the checkpoint."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import MONDAY, House, at, make_task
from workflow.actions.audit import action, record_event
from workflow.actions.checkpoint import make_checkpoints
from workflow.actions.inspection import look_at_trail
from workflow.core.trailextract import ExtractRow, TrailExtract
from workflow.models import AuditCheckpoint
from workflow.queries import trailextract
from workflow.queries.traillist import Sought, search_trail

NOW = at(date(2022, 11, 1), "08:05")


def extract(house: House, **sought: object) -> TrailExtract:
    return trailextract.extract_trail(Sought(**sought), asked_by=house.inspector, now=NOW)


@action
def record(house: House, name: str, **columns: object) -> None:
    """Record an event of văn thư on a chain of its own."""
    record_event(name, subject="document:5", by=house.clerk, now=at(MONDAY, "10:30"), **columns)


def row_of(house: House, name: str) -> ExtractRow:
    [row] = extract(house, name=name).rows
    return row


def test_an_event_is_told_with_who_what_when_and_where(house: House) -> None:
    record(
        house,
        "document.issue",
        before={"status": "draft"},
        after={"status": "issued", "issued_on": MONDAY},
        clause="Điều 15",
        details={"number": "05/SKHĐT-VP", "approved": True},
    )
    row = row_of(house, "document.issue")
    assert (f"{row.at:%H:%M %d/%m/%Y}", row.act) == ("10:30 03/10/2022", "Phát hành văn bản")
    assert (row.actor, row.place) == (house.clerk.name, "Văn thư, Văn phòng Sở")
    assert row.subject == "Văn bản 5, bản ghi thứ 1"
    assert set(row.content) == {
        "Trạng thái: Dự thảo → Đã phát hành",
        "Ngày văn bản: (trống) → 03/10/2022",
        "Số văn bản: 05/SKHĐT-VP",
        "Đồng ý: có",
        "Căn cứ: Điều 15",
    }
    assert len(row.hash_start) == 12


def test_an_event_of_a_task_names_the_task_and_a_creation_only_what_it_is(house: House) -> None:
    task = make_task(house, title="Báo cáo năm")
    row = row_of(house, "task.create")
    assert row.subject == f"Nhiệm vụ {task.code}, bản ghi thứ 1"
    assert row.actor == "Hệ thống Đôn đốc"
    assert any(line.endswith("→ Báo cáo năm") for line in row.content)
    assert len(row.content) <= 3


def test_events_stand_oldest_first(house: House) -> None:
    for number in range(3):
        look_at_trail({"so": str(number)}, by=house.inspector, now=at(MONDAY))
    subjects = [row.subject for row in extract(house, name="trail.look").rows]
    assert subjects == [f"Tra cứu nhật ký, bản ghi thứ {number}" for number in (1, 2, 3)]


def test_of_too_many_events_the_newest_are_taken_and_it_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trailextract, "MOST_ROWS", 2)
    for _number in range(2):
        look_at_trail({}, by=house.inspector, now=at(MONDAY))
    assert extract(house, name="trail.look").more is False
    look_at_trail({}, by=house.inspector, now=at(MONDAY))
    found = extract(house, name="trail.look")
    assert found.more is True
    assert [row.subject[-1] for row in found.rows] == ["2", "3"]


def test_long_values_and_long_lists_are_shortened_visibly(house: House) -> None:
    details = {"reason": "dài " * 500} | {f"x{number}": number for number in range(40)}
    record(house, "document.cancel", details=details)
    content = row_of(house, "document.cancel").content
    assert content[-1] == "… và 21 mục khác"
    assert all(len(line) < 350 for line in content)
    assert any(line.endswith("… (rút gọn)") for line in content)


def test_what_was_sought_is_said_in_words(house: House) -> None:
    assert extract(house).scope == ("Toàn bộ nhật ký",)
    narrowed = extract(
        house, task="T1", person="Nguyễn", name="document.issue", since=date(2022, 10, 1), until=date(2022, 10, 31)
    )
    assert narrowed.scope == (
        "Nhiệm vụ có mã: T1",
        "Người: Nguyễn",
        "Sự kiện: Phát hành văn bản",
        "Từ ngày 01/10/2022",
        "Đến hết ngày 31/10/2022",
    )
    assert narrowed.rows == ()


def test_it_names_who_asked_and_the_newest_checkpoint_before(house: House) -> None:
    assert extract(house).checkpoint == "Chưa có điểm chốt nhật ký nào trước thời điểm trích xuất."
    make_task(house)
    make_checkpoints(by=None, now=at(MONDAY, "12:00"))
    make_task(house)
    make_checkpoints(by=None, now=at(date(2022, 11, 2)))
    first = AuditCheckpoint.objects.get(number=1)
    found = extract(house)
    assert found.checkpoint == (f"Điểm chốt nhật ký gần nhất: số 1, lúc 12:00 ngày 03/10/2022, mã 1:{first.hash}")
    assert (found.asked_by, found.asked_position) == (house.inspector.name, "Thanh tra, Sở Kế hoạch và Đầu tư")
    assert (found.parent_name, found.name) == ("UBND tỉnh Khánh Hòa", "Sở Kế hoạch và Đầu tư")


def test_the_page_of_the_trail_still_reads_newest_first_and_goes_on(house: House) -> None:
    for number in range(52):
        look_at_trail({"so": str(number)}, by=house.inspector, now=at(MONDAY))
    first = search_trail(Sought(name="trail.look"))
    assert [first.rows[0].seq, first.rows[-1].seq, len(first.rows)] == [52, 3, 50]
    second = search_trail(Sought(name="trail.look"), after=first.after)
    assert ([row.seq for row in second.rows], second.after) == ([2, 1], None)
