"""Reporting to UBND tỉnh: the duty, its report, the direction that comes back, and taking it back."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.factories import House, at, event_names, events_of, last_event, make_task
from workflow.actions.escalation import (
    escalate_task,
    open_escalation,
    record_direction,
    send_escalation,
    withdraw_escalation,
)
from workflow.actions.policy import seed_rules, set_policy
from workflow.actions.reminder import draft_reminder, issue_reminder
from workflow.choices import (
    DocumentKind,
    DocumentStatus,
    EscalationStatus,
    Ladder,
    ReminderStatus,
    TaskKind,
    TaskOrigin,
    TaskState,
)
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.core.escalation import Decision, decide
from workflow.models import Direction, Document, Escalation, Notification, Reminder, Task
from workflow.permissions import Actor
from workflow.queries.rulebook import load_rulebook
from workflow.queries.task import subject_of

DUE = date(2022, 10, 14)
LATE = at(date(2022, 10, 17))
RAISED = at(date(2022, 10, 27))
SENT = at(date(2022, 10, 28))
ANSWERED = at(date(2022, 11, 4))
NEW_DUE = date(2022, 11, 18)


@pytest.fixture
def rules(house: House) -> House:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    return house


def consultation(house: House, **columns: object) -> Task:
    until = columns.setdefault("processing_until", date(2022, 11, 30))
    parent = make_task(house, kind=TaskKind.DOSSIER, origin=TaskOrigin.PROCEDURE, due_on=until, processing_until=until)
    columns.setdefault("ladder", Ladder.B)
    columns.setdefault("origin", TaskOrigin.PROVINCE if columns["ladder"] == Ladder.C else TaskOrigin.PROCEDURE)
    return make_task(
        house,
        kind=TaskKind.CONSULTATION,
        parent=parent,
        unit=house.silent_body,
        host_unit=house.division,
        by_paper=True,
        **columns,
    )


def remind_twice(house: House, task: Task) -> None:
    for day in (17, 21):
        now = at(date(2022, 10, day))
        issue_reminder(draft_reminder(task.pk, by=house.reviewer, now=now).pk, by=house.clerk, now=now)


def raised(house: House, task: Task | None = None, *, reason: str = "", now: datetime = RAISED) -> Escalation:
    if task is None:
        task = make_task(house)
        remind_twice(house, task)
    return escalate_task(task.pk, reason, by=house.reviewer, now=now)


def sent(house: House, task: Task | None = None) -> Escalation:
    return send_escalation(raised(house, task).pk, by=house.clerk, now=SENT)


def directed(
    house: House, escalation: Escalation, new_due: date | None = None, *, by: Actor | None = None, closes: bool = False
) -> Direction:
    return record_direction(
        escalation.pk,
        "1234/UBND-KT",
        date(2022, 11, 3),
        "Yêu cầu báo cáo ngay",
        new_due,
        closes,
        by=by or house.clerk,
        now=ANSWERED,
    )


# The duty


def test_two_unanswered_reminders_of_a_unit_are_reported_on_the_customers_rule(rules: House) -> None:
    escalation = raised(rules)
    task = escalation.task
    task.refresh_from_db()
    assert (task.state, task.ladder_done, task.next_due) == (TaskState.ESCALATED, True, None)
    assert (escalation.status, escalation.round, escalation.rule.code) == (EscalationStatus.DUTY, 1, "YC-UBND-A")
    assert (escalation.raised_by_id, escalation.reason) == (rules.reviewer.person_id, "")
    assert escalation.decision["basis"] == "Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch"
    assert escalation.decision["clause"] == ""


def test_the_report_is_drafted_with_its_chronology_and_says_that_no_clause_stands_behind_it(rules: House) -> None:
    document = raised(rules).document
    assert document is not None
    assert (document.kind, document.status, document.symbol) == (DocumentKind.REPORT, DocumentStatus.DRAFT, "BC-SKHĐT")
    assert document.recipients == ["Ủy ban nhân dân tỉnh Khánh Hòa"]
    assert "không có trong điều khoản của Kế hoạch" in document.body
    assert document.copies == ["Lãnh đạo Sở (b/c)"]
    lines = document.body.split("\n")
    chronology = lines[lines.index("II. QUÁ TRÌNH THEO DÕI, ĐÔN ĐỐC") + 1 : lines.index("III. CĂN CỨ BÁO CÁO")]
    assert [line.partition(" của Sở")[0] for line in chronology] == [
        "1. Ngày 03/10/2022: Giao nhiệm vụ cho Phòng Một, hạn 14/10/2022.",
        "2. Ngày 14/10/2022: Hết thời hạn, chưa nhận được báo cáo kết quả thực hiện.",
        "3. Ngày 17/10/2022: Phát hành Công văn số 01/SKHĐT-VP đôn đốc lần 1.",
        "4. Ngày 21/10/2022: Phát hành Công văn số 02/SKHĐT-VP đôn đốc lần 2.",
        "Các văn bản đôn đốc đã phát hành:",
        "- Lần 1: Công văn số 01/SKHĐT-VP ngày 17 tháng 10 năm 2022",
        "- Lần 2: Công văn số 02/SKHĐT-VP ngày 21 tháng 10 năm 2022",
    ]


def test_the_duty_leaves_one_event_with_the_decision_and_tells_office_leaders_and_unit(rules: House) -> None:
    escalation = raised(rules)
    event = last_event(escalation.task)
    assert event_names(escalation.task)[-1] == "task.escalate"
    assert event["after"] == {"state": "escalated", "ladder_done": True}
    assert event["details"]["decision"] == escalation.decision
    assert event["details"]["escalation"] == escalation.pk
    told = set(Notification.objects.filter(text__startswith="Phải báo cáo").values_list("person_id", flat=True))
    assert told == {rules.chief.person_id, rules.leader.person_id, rules.head.person_id}


def test_the_customers_rule_can_be_switched_off(rules: House) -> None:
    task = make_task(rules)
    remind_twice(rules, task)
    set_policy("customer_escalation", False, date(2022, 10, 1), "Thử", by=None, now=LATE)
    with pytest.raises(WrongState, match="giao ban"):
        raised(rules, task)


def test_a_silent_body_with_time_exhausted_is_reported_without_a_reminder(rules: House) -> None:
    task = consultation(rules, processing_until=DUE)
    escalation = escalate_task(task.pk, "", by=rules.member, now=LATE)
    assert escalation.rule.code == "R-DONDOC-3"
    assert escalation.document is not None
    assert "Sở Xây dựng" in escalation.document.subject
    assert "Chưa có văn bản đôn đốc nào" in escalation.document.body


def test_one_day_late_with_work_of_the_province_is_reported_at_once(rules: House) -> None:
    task = consultation(rules, ladder=Ladder.C, processing_until=None)
    assert escalate_task(task.pk, "", by=rules.member, now=LATE).rule.code == "R-YKIEN-1"


def test_reporting_early_needs_a_reason_and_the_clause_that_allows_it(rules: House) -> None:
    task = consultation(rules)
    with pytest.raises(Invalid) as refused:
        escalate_task(task.pk, " ", by=rules.member, now=LATE)
    assert set(refused.value.fields) == {"reason"}
    escalation = escalate_task(task.pk, "Hồ sơ cấp bách", by=rules.member, now=LATE)
    assert (escalation.rule.code, escalation.reason) == ("R-DONDOC-4", "Hồ sơ cấp bách")
    assert escalation.document is not None
    assert "Lý do báo cáo sớm: Hồ sơ cấp bách." in escalation.document.body


def test_no_rule_no_report(rules: House) -> None:
    task = make_task(rules)
    with pytest.raises(WrongState, match="chưa quá hạn"):
        raised(rules, task, now=at(DUE))
    with pytest.raises(WrongState, match="Chưa đủ số lần"):
        raised(rules, task, now=LATE)
    assert not Escalation.objects.exists()
    assert event_names(task) == []


def test_who_may_report_by_hand(rules: House) -> None:
    task = consultation(rules, processing_until=DUE)
    for person in (rules.clerk, rules.leader, rules.inspector):
        with pytest.raises(NotPermitted):
            escalate_task(task.pk, "Lý do", by=person, now=LATE)
    for person in (rules.stranger, rules.outsider, rules.admin):
        with pytest.raises(NotFound):
            escalate_task(task.pk, "Lý do", by=person, now=LATE)
    own = make_task(rules)
    remind_twice(rules, own)
    with pytest.raises(NotPermitted):
        escalate_task(own.pk, "", by=rules.member, now=RAISED)


def test_a_drafted_reminder_is_withdrawn_when_the_province_has_the_matter(rules: House) -> None:
    task = consultation(rules, processing_until=date(2022, 10, 18))
    reminder = draft_reminder(task.pk, by=rules.member, now=LATE)
    escalate_task(task.pk, "", by=rules.member, now=at(date(2022, 10, 19)))
    reminder.refresh_from_db()
    task.refresh_from_db()
    assert (reminder.status, reminder.document.status) == (ReminderStatus.WITHDRAWN, DocumentStatus.CANCELLED)
    assert not task.reminder_drafted


def test_one_duty_a_round(rules: House) -> None:
    escalation = raised(rules)
    task = escalation.task
    with pytest.raises(WrongState):
        raised(rules, task)
    Task.objects.filter(pk=task.pk).update(state=TaskState.IN_PROGRESS, ladder_done=False)
    with pytest.raises(WrongState, match="Vòng này đã có"):
        raised(rules, task)
    assert Escalation.objects.count() == 1


def test_the_engine_opens_the_same_duty_and_never_one_without_a_rule(rules: House) -> None:
    task = consultation(rules, processing_until=DUE)
    decision = decide(subject_of(task), load_rulebook(), LATE)
    escalation = open_escalation(task, decision, by=None, now=LATE)
    assert (escalation.raised_by_id, escalation.rule.code) == (None, "R-DONDOC-3")
    assert last_event(task)["actor"]["name"] == "Hệ thống Đôn đốc"
    with pytest.raises(WrongState, match="Không có quy tắc"):
        open_escalation(task, Decision(LATE), by=None, now=LATE)


# Sending


def test_the_clerk_sends_the_report_with_its_number(rules: House) -> None:
    escalation = sent(rules)
    document = escalation.document
    assert document is not None
    assert (escalation.status, escalation.sent_at) == (EscalationStatus.SENT, SENT)
    assert (document.full_number, document.status) == ("03/BC-SKHĐT", DocumentStatus.ISSUED)
    event = last_event(escalation.task)
    assert event["name"] == "escalation.send"
    assert event["details"]["number"] == "03/BC-SKHĐT"


def test_only_the_clerk_or_a_leader_sends(rules: House) -> None:
    escalation = raised(rules)
    for person in (rules.head, rules.member, rules.reviewer, rules.chief, rules.inspector):
        with pytest.raises(NotPermitted):
            send_escalation(escalation.pk, by=person, now=SENT)
    for person in (rules.stranger, rules.admin):
        with pytest.raises(NotFound):
            send_escalation(escalation.pk, by=person, now=SENT)
    assert send_escalation(escalation.pk, by=rules.leader, now=SENT).status == EscalationStatus.SENT
    with pytest.raises(WrongState, match="Đã gửi"):
        send_escalation(escalation.pk, by=rules.clerk, now=SENT)


def test_an_answer_before_sending_keeps_the_report_at_home(rules: House) -> None:
    escalation = raised(rules)
    Task.objects.filter(pk=escalation.task_id).update(state=TaskState.REPORTED)
    back = send_escalation(escalation.pk, by=rules.clerk, now=SENT)
    assert (back.status, back.sent_at) == (EscalationStatus.ANSWERED, None)
    assert Document.objects.get(pk=back.document_id).status == DocumentStatus.CANCELLED
    assert event_names(back.task)[-1] == "escalation.answered"


def test_a_duty_whose_draft_was_dropped_is_drafted_again_when_sent(rules: House) -> None:
    escalation = raised(rules)
    Escalation.objects.filter(pk=escalation.pk).update(document=None)
    back = send_escalation(escalation.pk, by=rules.leader, now=SENT)
    assert back.document is not None
    assert back.document.status == DocumentStatus.ISSUED
    assert "không có trong điều khoản của Kế hoạch" in back.document.body


# The direction


def test_a_new_deadline_opens_a_new_round_and_starts_every_count_again(rules: House) -> None:
    escalation = sent(rules)
    direction = directed(rules, escalation, NEW_DUE)
    task = Task.objects.get(pk=escalation.task_id)
    escalation.refresh_from_db()
    assert (task.state, task.round, task.due_on, task.last_day) == (TaskState.IN_PROGRESS, 2, NEW_DUE, NEW_DUE)
    assert (task.reminders_issued, task.last_reminder_at, task.nudged_days) == (0, None, 0)
    assert (task.ladder_done, task.due_first) == (False, DUE)
    assert task.next_due == at(date(2022, 11, 11), "08:00")
    assert (escalation.status, escalation.closed_at) == (EscalationStatus.DIRECTED, ANSWERED)
    assert (direction.recorded_name, direction.new_due) == (rules.clerk.name, NEW_DUE)
    event = last_event(task)
    assert (event["name"], event["details"]["number"]) == ("task.direct", "1234/UBND-KT")
    assert (event["details"]["new_due"], event["details"]["old_due"]) == ("2022-11-18", "2022-10-14")


def test_the_new_round_has_its_own_two_reminders_and_its_own_duty(rules: House) -> None:
    escalation = sent(rules)
    directed(rules, escalation, NEW_DUE)
    task = Task.objects.get(pk=escalation.task_id)
    for day in (date(2022, 11, 21), date(2022, 11, 25)):
        issue_reminder(draft_reminder(task.pk, by=rules.reviewer, now=at(day)).pk, by=rules.clerk, now=at(day))
    again = escalate_task(task.pk, "", by=rules.reviewer, now=at(date(2022, 12, 1)))
    assert (again.round, Escalation.objects.filter(task=task).count()) == (2, 2)
    assert sorted(Reminder.objects.filter(task=task).values_list("round", "ordinal")) == [
        (1, 1),
        (1, 2),
        (2, 1),
        (2, 2),
    ]
    assert again.document is not None
    cited = again.document.body.partition("Các văn bản đôn đốc đã phát hành:")[2]
    assert ("01/SKHĐT-VP" in cited, "04/SKHĐT-VP" in cited) == (False, True)
    assert "UBND tỉnh có ý kiến chỉ đạo tại Văn bản số 1234/UBND-KT" in again.document.body


def test_a_new_deadline_gives_a_consulted_body_time_so_that_it_is_not_reported_the_next_morning(rules: House) -> None:
    task = consultation(rules, processing_until=DUE)
    escalation = escalate_task(task.pk, "", by=rules.member, now=LATE)
    send_escalation(escalation.pk, by=rules.clerk, now=SENT)
    directed(rules, escalation, NEW_DUE)
    task.refresh_from_db()
    assert task.processing_until == NEW_DUE
    assert decide(subject_of(task), load_rulebook(), at(date(2022, 11, 7))).rule is None


def test_a_new_deadline_of_a_dossier_moves_the_clock_of_its_open_consultations(rules: House) -> None:
    child = consultation(rules, processing_until=DUE, due_on=date(2022, 10, 13))
    dossier = child.parent
    assert dossier is not None
    remind_twice(rules, dossier)
    escalation = sent(rules, dossier)
    directed(rules, escalation, NEW_DUE)
    child.refresh_from_db()
    dossier.refresh_from_db()
    assert (dossier.processing_until, child.processing_until) == (NEW_DUE, NEW_DUE)


def test_a_direction_may_close_the_task(rules: House) -> None:
    escalation = sent(rules)
    directed(rules, escalation, closes=True)
    task = Task.objects.get(pk=escalation.task_id)
    assert (task.state, task.closed_at, task.next_due) == (TaskState.CANCELLED, ANSWERED, None)
    assert last_event(task)["name"] == "task.direct_close"


def test_a_direction_without_deadline_goes_on_as_it_was_and_never_reports_twice(rules: House) -> None:
    escalation = sent(rules)
    directed(rules, escalation)
    task = Task.objects.get(pk=escalation.task_id)
    assert (task.state, task.round, task.due_on, task.ladder_done) == (TaskState.IN_PROGRESS, 1, DUE, True)
    assert (task.next_due, decide(subject_of(task), load_rulebook(), at(NEW_DUE)).rule) == (None, None)


def test_office_and_clerk_record_a_direction_and_nobody_else(rules: House) -> None:
    escalation = sent(rules)
    for person in (rules.head, rules.member, rules.leader, rules.inspector):
        with pytest.raises(NotPermitted):
            directed(rules, escalation, by=person)
    for person in (rules.stranger, rules.admin):
        with pytest.raises(NotFound):
            directed(rules, escalation, by=person)
    assert directed(rules, escalation, by=rules.reviewer).pk


def test_only_a_sent_report_gets_a_direction_and_only_one(rules: House) -> None:
    escalation = raised(rules)
    with pytest.raises(WrongState, match="đã gửi"):
        directed(rules, escalation)
    send_escalation(escalation.pk, by=rules.clerk, now=SENT)
    directed(rules, escalation)
    with pytest.raises(WrongState, match="Đã có ý kiến chỉ đạo"):
        directed(rules, escalation)
    assert Direction.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "9" * 61}, "number"),
        ({"content": "  "}, "content"),
        ({"issued_on": None}, "issued_on"),
        ({"issued_on": date(2022, 11, 5)}, "issued_on"),
        ({"issued_on": date(2022, 10, 27)}, "issued_on"),
        ({"new_due": date(2022, 11, 4)}, "new_due"),
        ({"new_due": date(2022, 11, 19)}, "new_due"),
        ({"new_due": NEW_DUE, "closes": True}, "new_due"),
    ],
)
def test_a_direction_with_a_wrong_field_is_refused_by_name(rules: House, given: dict[str, object], field: str) -> None:
    escalation = sent(rules)
    values = {"number": "1/UBND", "issued_on": date(2022, 11, 3), "content": "Nội dung", **given}
    with pytest.raises(Invalid) as refused:
        record_direction(escalation.pk, **values, by=rules.clerk, now=ANSWERED)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}
    assert not Direction.objects.exists()
    assert last_event(escalation.task)["name"] == "escalation.send"


def test_a_direction_after_the_answer_is_recorded_and_moves_nothing(rules: House) -> None:
    escalation = sent(rules)
    Task.objects.filter(pk=escalation.task_id).update(state=TaskState.REPORTED)
    with pytest.raises(Invalid, match="Đơn vị đã có trả lời"):
        directed(rules, escalation, NEW_DUE)
    directed(rules, escalation)
    task = Task.objects.get(pk=escalation.task_id)
    assert (task.state, task.round) == (TaskState.REPORTED, 1)
    assert last_event(task)["name"] == "escalation.direction"


# Taking it back


def test_a_leader_takes_the_report_back_and_the_engine_stays_quiet_this_round(rules: House) -> None:
    escalation = raised(rules)
    back = withdraw_escalation(escalation.pk, "Đơn vị đã giải trình", by=rules.leader, now=SENT)
    task = Task.objects.get(pk=escalation.task_id)
    assert (back.status, back.closed_reason) == (EscalationStatus.WITHDRAWN, "Đơn vị đã giải trình")
    assert (task.state, task.ladder_done, task.next_due) == (TaskState.IN_PROGRESS, True, None)
    assert Document.objects.get(pk=back.document_id).status == DocumentStatus.CANCELLED
    assert last_event(task)["details"] == {"escalation": back.pk, "reason": "Đơn vị đã giải trình"}


def test_a_report_that_was_sent_stays_issued_when_taken_back(rules: House) -> None:
    escalation = sent(rules)
    back = withdraw_escalation(escalation.pk, "Đã có ý kiến miệng", by=rules.leader, now=ANSWERED)
    assert Document.objects.get(pk=back.document_id).status == DocumentStatus.ISSUED


def test_taking_back_needs_a_leader_a_reason_and_an_open_report(rules: House) -> None:
    escalation = sent(rules)
    for person in (rules.head, rules.member, rules.reviewer, rules.chief, rules.clerk):
        with pytest.raises(NotPermitted):
            withdraw_escalation(escalation.pk, "Lý do", by=person, now=ANSWERED)
    with pytest.raises(NotFound):
        withdraw_escalation(escalation.pk, "Lý do", by=rules.stranger, now=ANSWERED)
    with pytest.raises(Invalid) as refused:
        withdraw_escalation(escalation.pk, "", by=rules.leader, now=ANSWERED)
    assert set(refused.value.fields) == {"reason"}
    directed(rules, escalation)
    with pytest.raises(WrongState, match="Đã có ý kiến chỉ đạo"):
        withdraw_escalation(escalation.pk, "Lý do", by=rules.leader, now=ANSWERED)


def test_the_trail_of_a_whole_ladder_reads_in_order(rules: House) -> None:
    escalation = sent(rules)
    directed(rules, escalation, NEW_DUE)
    assert [event["seq"] for event in events_of(escalation.task)] == list(range(1, 9))
    assert event_names(escalation.task) == [
        "reminder.draft",
        "reminder.issue",
        "reminder.draft",
        "reminder.issue",
        "task.escalate",
        "escalation.send",
        "task.direct",
    ]


def test_a_duty_that_does_not_exist_is_not_found(rules: House) -> None:
    for act in (
        lambda: send_escalation(10**9, by=rules.clerk, now=SENT),
        lambda: withdraw_escalation(10**9, "Lý do", by=rules.leader, now=SENT),
    ):
        with pytest.raises(NotFound):
            act()
