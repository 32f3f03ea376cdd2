"""A report passes its flow: drafted, submitted by the head, checked by Văn phòng, decided by a leader where due."""

from __future__ import annotations

from datetime import date

import pytest

from tests.approvals.factories import ALL_WELL, NOT_ENOUGH, NOW, Matter, report_at, rules, task_of
from tests.factories import House, at, event_names, last_event, make_task
from workflow.actions.reminder import draft_reminder
from workflow.actions.report import save_draft
from workflow.actions.task import cancel_task, open_province_task, reopen_task
from workflow.choices import FlowKind, ReportStatus, TaskOrigin, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Report
from workflow.queries.trail import verify_facts, verify_trail

pytestmark = pytest.mark.django_db

MEMBERS_WAY = [("draft", "present"), ("submit", "submit"), ("check", "accept")]


def state_of(matter: Matter) -> str:
    return task_of(matter).state


def results(matter: Matter) -> list[str]:
    return [approval.result for approval in matter.approvals()]


def test_a_specialists_draft_passes_head_and_office(house: House) -> None:
    task = make_task(house)
    save_draft(task.pk, "Đã làm xong.", by=house.member, now=NOW)
    matter = Matter(FlowKind.REPORT, task.pk)
    assert (state_of(matter), matter.node()) == ("assigned", "draft")
    matter.act("present", house.member)
    assert (state_of(matter), matter.node()) == ("assigned", "submit"), "the clock runs on until the head submits"
    matter.act("submit", house.head)
    assert (state_of(matter), matter.node()) == (TaskState.REPORTED, "check")
    matter.act("accept", house.reviewer)
    assert (state_of(matter), matter.node(), results(matter)) == (TaskState.REVIEWED, "", ["approved"])
    assert matter.path() == MEMBERS_WAY
    assert event_names(task) == [
        "report.draft",
        "approval.decide",
        "task.report",
        "approval.decide",
        "task.review",
        "approval.decide",
    ]
    assert verify_trail().ok
    assert verify_facts().ok


def test_a_heads_own_draft_goes_straight_on(house: House) -> None:
    task = make_task(house)
    save_draft(task.pk, "Đã làm xong.", by=house.head, now=NOW)
    matter = Matter(FlowKind.REPORT, task.pk)
    matter.act("submit", house.head)
    assert (state_of(matter), matter.node()) == (TaskState.REPORTED, "check")
    assert matter.path() == [("draft", "submit")]


def test_a_specialist_may_not_submit_from_his_own_step(house: House) -> None:
    matter = report_at(house, "draft")
    with pytest.raises(NotPermitted, match="không có quyền “Nộp báo cáo”"):
        matter.act("submit", house.member)
    assert (state_of(matter), matter.node()) == ("assigned", "draft")


def test_the_head_sends_a_draft_back_and_the_same_version_comes_again(house: House) -> None:
    matter = report_at(house, "submit")
    with pytest.raises(WrongState, match="không có lựa chọn này"):
        matter.act("accept", house.head)
    matter.act("send_back", house.head, reason="Bổ sung số liệu.")
    assert matter.node() == "draft"
    assert matter.path()[-1] == ("submit", "send_back")
    save_draft(matter.pk, "Có đủ số liệu.", by=house.member, now=NOW)
    matter.act("present", house.member)
    matter.act("submit", house.head)
    assert [(one.version, one.revision, one.status) for one in Report.objects.all()] == [(1, 2, "submitted")]
    assert len(matter.approvals()) == 1


def test_a_returned_report_comes_back_as_the_next_version_of_the_same_thread(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("return", house.reviewer)
    assert (state_of(matter), matter.node()) == (TaskState.IN_PROGRESS, "draft")
    save_draft(matter.pk, "Đã bổ sung quý III.", by=house.member, now=NOW)
    matter.act("present", house.member)
    matter.act("submit", house.head)
    matter.act("accept", house.reviewer)
    assert state_of(matter) == TaskState.REVIEWED
    assert [(one.version, one.status) for one in Report.objects.order_by("version")] == [
        (1, ReportStatus.RETURNED),
        (2, ReportStatus.ACCEPTED),
    ]
    assert results(matter) == ["approved"], "one flow from the first draft to the end"
    assert matter.path() == [*MEMBERS_WAY[:2], ("check", "return"), *MEMBERS_WAY]


def test_a_returned_version_is_not_presented_again_unchanged(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("return", house.reviewer)
    for by, outcome in ((house.member, "present"), (house.head, "submit")):
        with pytest.raises(WrongState, match="soạn bản mới"):
            matter.act(outcome, by)
    assert (matter.node(), state_of(matter)) == ("draft", TaskState.IN_PROGRESS)


def test_returning_needs_a_reason_and_something_that_is_wrong(house: House) -> None:
    matter = report_at(house, "check")
    for given, field in (
        ({**NOT_ENOUGH, "note": " "}, "note"),
        ({**ALL_WELL, "note": "Chưa đạt."}, "quantity_ok"),
        ({"note": "Chưa đạt.", "content_ok": False}, "quantity_ok"),
    ):
        with pytest.raises(Invalid) as refused:
            matter.act("return", house.reviewer, **given)
        assert field in refused.value.fields
    assert (matter.node(), state_of(matter)) == ("check", TaskState.REPORTED)
    assert matter.step().decided_at is None


def test_quantity_content_and_time_are_judged_each_on_its_own(house: House) -> None:
    matter = report_at(house, "check")
    for name in ("quantity_ok", "content_ok"):
        with pytest.raises(Invalid) as refused:
            matter.act("accept", house.reviewer, **{**ALL_WELL, name: False})
        assert list(refused.value.fields) == [name]
    with pytest.raises(Invalid) as refused:
        matter.act("accept", house.reviewer, quantity_ok=True, content_ok=True)
    assert list(refused.value.fields) == ["time_ok"]
    matter.act("accept", house.reviewer, **{**ALL_WELL, "time_ok": False, "note": "Chậm một ngày."})
    report = Report.objects.get()
    assert (report.quantity_ok, report.content_ok, report.time_ok) == (True, True, False)
    assert report.check_note == "Chậm một ngày."


def test_the_submitter_takes_it_back_before_the_decision(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("withdraw", house.head)
    assert (state_of(matter), matter.node()) == (TaskState.IN_PROGRESS, "draft")
    assert Report.objects.get().status == ReportStatus.WITHDRAWN
    assert matter.path()[-1] == ("check", "withdraw")
    save_draft(matter.pk, "Bản khác.", by=house.member, now=NOW)
    matter.act("submit", house.head)
    assert (state_of(matter), matter.node()) == (TaskState.REPORTED, "check")


def test_nobody_takes_it_back_after_the_decision(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("accept", house.reviewer)
    with pytest.raises(NotFound):
        matter.act("withdraw", house.head)
    waiting_for_leader = report_at(house, "approve")
    with pytest.raises(WrongState, match="không có lựa chọn này"):
        waiting_for_leader.act("withdraw", house.head)
    assert state_of(waiting_for_leader) == TaskState.REPORTED


def test_the_offices_own_task_is_checked_by_a_leader(house: House) -> None:
    matter = report_at(house, "leader_check", unit=house.office)
    matter.act("return", house.leader)
    assert (state_of(matter), matter.node()) == (TaskState.IN_PROGRESS, "draft")
    save_draft(matter.pk, "Đã bổ sung.", False, "Biên bản 8", by=house.office_member, now=NOW)
    matter.act("submit", house.chief)
    matter.act("withdraw", house.chief)
    save_draft(matter.pk, "Đã bổ sung thêm.", False, "Biên bản 9", by=house.office_member, now=NOW)
    matter.act("submit", house.chief)
    matter.act("accept", house.leader)
    assert (state_of(matter), results(matter)) == (TaskState.REVIEWED, ["approved"])


def test_the_offices_task_from_the_province_is_decided_once_by_the_leader_who_checks_it(house: House) -> None:
    matter = report_at(house, "leader_check", unit=house.office, origin=TaskOrigin.PROVINCE)
    matter.act("accept", house.leader)
    assert (state_of(matter), matter.node()) == (TaskState.REVIEWED, "")


@pytest.mark.parametrize(
    "columns",
    [
        {"origin": TaskOrigin.PROVINCE},
        {"title": "Tổng hợp kết quả, trình Lãnh đạo Sở"},
        {"title": "Dự thảo quyết định trình Giám đốc Sở phê duyệt"},
    ],
)
def test_what_the_province_assigned_or_the_row_sends_to_a_leader_goes_on_to_him(
    house: House, columns: dict[str, object]
) -> None:
    matter = report_at(house, "check", **columns)
    matter.act("accept", house.reviewer, **{**ALL_WELL, "note": "Đủ hồ sơ."})
    assert (state_of(matter), matter.node()) == (TaskState.REPORTED, "approve"), "not reviewed before a leader says so"
    matter.act("accept", house.leader, note="Đồng ý.")
    report = Report.objects.get()
    assert (state_of(matter), report.status) == (TaskState.REVIEWED, ReportStatus.ACCEPTED)
    assert (report.decided_by_id, report.quantity_ok, report.time_ok) == (house.leader.person_id, True, True)
    assert report.check_note == "Đủ hồ sơ.; Đồng ý."


def test_a_task_opened_by_the_provinces_document_goes_on_to_a_leader_too(house: House) -> None:
    task = open_province_task(
        "Rà soát dự án", house.division.pk, date(2022, 10, 20), "9/UBND", date(2022, 10, 3), by=house.chief, now=NOW
    )
    save_draft(task.pk, "Đã rà soát.", by=house.head, now=NOW)
    matter = Matter(FlowKind.REPORT, task.pk)
    matter.act("submit", house.head)
    matter.act("accept", house.chief)
    assert matter.node() == "approve"


def test_a_leader_returns_what_the_office_let_pass(house: House) -> None:
    matter = report_at(house, "approve")
    with pytest.raises(Invalid) as refused:
        matter.act("return", house.leader, reason="")
    assert "note" in refused.value.fields or "reason" in refused.value.fields
    matter.act("return", house.leader, reason="Chưa nêu giải pháp.")
    assert (state_of(matter), matter.node()) == (TaskState.IN_PROGRESS, "draft")
    save_draft(matter.pk, "Có giải pháp.", False, "Biên bản 8", by=house.member, now=NOW)
    for outcome, by in (
        ("present", house.member),
        ("submit", house.head),
        ("accept", house.chief),
        ("accept", house.leader),
    ):
        matter.act(outcome, by)
    assert (state_of(matter), results(matter)) == (TaskState.REVIEWED, ["approved"])


def test_cancelling_the_task_closes_the_flow_wherever_it_stands(house: House) -> None:
    for node in ("draft", "submit", "check", "approve"):
        matter = report_at(house, node)
        step = matter.step()
        cancel_task(matter.pk, "Không còn cần.", by=house.leader, now=NOW)
        assert (matter.node(), matter.approval().result) == ("", "closed")
        assert "đã hủy" in matter.approval().closed_reason
        step.refresh_from_db()
        assert (step.status, step.outcome) == ("CANCELED", "closed")
        with pytest.raises(NotFound):
            matter.act("accept", house.reviewer, 1)


def test_a_reopened_task_gets_a_flow_of_its_own(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("accept", house.reviewer)
    reopen_task(matter.pk, "Số liệu sai.", by=house.leader, now=NOW)
    assert matter.node() == ""
    save_draft(matter.pk, "Số liệu đúng.", by=house.member, now=NOW)
    assert matter.node() == "draft"
    matter.act("submit", house.head)
    matter.act("accept", house.chief)
    assert results(matter) == ["approved", "approved"]
    assert state_of(matter) == TaskState.REVIEWED


def test_a_report_that_answers_closes_the_reminder_that_was_only_drafted(house: House) -> None:
    rules(house)
    matter = report_at(house, "submit")
    reminder = draft_reminder(matter.pk, by=house.reviewer, now=NOW)
    letter = Matter(FlowKind.DOCUMENT, int(reminder.document_id or 0))
    assert letter.node() == "prepare"
    matter.act("submit", house.head)
    assert (letter.node(), letter.approval().result) == ("", "closed")


def test_every_decided_step_says_who_when_which_version_and_in_which_capacity(house: House) -> None:
    matter = report_at(house, "check")
    later = at(date(2022, 10, 18), "15:30")
    step = matter.act("accept", house.reviewer, now=later)
    step.refresh_from_db()
    assert (step.decided_at, step.decided_name, step.decided_position, step.capacity) == (
        later,
        house.reviewer.name,
        house.reviewer.position,
        "",
    )
    assert (step.owner_id, step.principal_id, step.outcome, step.version) == (
        house.reviewer.person_id,
        None,
        "accept",
        1,
    )
    event = last_event(task_of(matter))
    details = event["details"]
    assert isinstance(details, dict)
    assert (details["node"], details["outcome"], details["version"]) == ("check", "accept", 1)
    assert event["actor"]["id"] == house.reviewer.person_id
