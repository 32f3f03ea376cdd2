"""The demonstration year as it was played to 21/11/2022: every scripted scene, found in the tables and the trail."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate, localtime
from pytest_django import DjangoDbBlocker

from approvals.models import Approval, Result, Step
from tests.factories import at
from workflow.actions.flow import flows
from workflow.actions.rehearsal import (
    Summary,
    is_demonstration,
    prepare_demonstration,
    rehearse_plan,
    summarise,
)
from workflow.actions.rehearsal.scenes import SCENES
from workflow.actions.rehearsal.script import ASSIGNED_WORK, DOSSIERS
from workflow.choices import (
    INTERNAL_FORMS,
    DocumentKind,
    DocumentStatus,
    EscalationStatus,
    FlowKind,
    Ladder,
    ReminderStatus,
    ReportStatus,
    RequestStatus,
    TaskKind,
)
from workflow.choices import TaskState as S
from workflow.core.errors import WrongState
from workflow.models import (
    AuditCheckpoint,
    AuditEvent,
    DemonstrationClock,
    Document,
    Escalation,
    Extension,
    Obstacle,
    Person,
    Plan,
    ProgressNote,
    Proposal,
    RegisterBook,
    Reminder,
    Report,
    Suspension,
    Task,
    Unit,
)
from workflow.queries import rulebook
from workflow.queries.clock import current_moment, forget_clock
from workflow.queries.rulebook import load_rulebook
from workflow.queries.trail import verify_facts, verify_trail
from workflow.queries.unit import grant_differences

END = date(2022, 11, 21)


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Summary]:
    """The demonstration, prepared once for the tests of this module and undone after them."""
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        rulebook._kept.clear()
        summary = prepare_demonstration(now=timezone.now())
        assert summary is not None
        yield summary
        transaction.set_rollback(True)
        block.__exit__(None, None, None)
        forget_clock()


def task_of(code: str, unit: str | None = None) -> Task:
    """A task by its code, or the consultation of a body under it."""
    parent = Task.objects.get(code=code)
    return parent if unit is None else Task.objects.get(parent=parent, unit__code=unit, kind=TaskKind.CONSULTATION)


def work_of_ubnd(number: int) -> Task:
    """Work that UBND tỉnh assigned, by its number in the script."""
    return Task.objects.get(kind=TaskKind.PROVINCE, title__contains=f"(trình diễn) {number:02d}:")


def reminders(task: Task) -> list[tuple[int, int, str]]:
    return list(Reminder.objects.filter(task=task).order_by("pk").values_list("round", "ordinal", "status"))


def duties(task: Task) -> list[tuple[str, str]]:
    found = Escalation.objects.filter(task=task).order_by("pk")
    return [(duty.rule.code, duty.status) for duty in found]


# --- the year as it was played ---------------------------------------------------------------------------------------


def test_the_year_is_whole_by_its_trail_its_facts_and_its_grants(year: Summary, db: None) -> None:
    assert verify_trail().ok
    assert verify_facts().ok
    assert grant_differences(at(date(2022, 11, 20))) == []
    assert not Task.objects.filter(quarantined_at__isnull=False).exists()


def test_the_clock_shows_the_morning_after_the_last_day_played(year: Summary, db: None) -> None:
    [clock] = DemonstrationClock.objects.all()
    assert clock.shown_at == at(END, "07:30")
    forget_clock()
    assert localdate(current_moment()) == END


def test_the_plan_of_2022_runs_and_that_of_2023_is_only_imported(year: Summary, db: None) -> None:
    plans = {plan.year: plan for plan in Plan.objects.all()}
    assert localdate(plans[2022].activated_at) == plans[2022].issued_on == date(2022, 4, 19)
    assert plans[2023].activated_at is None
    assert (plans[2022].items.count(), plans[2023].items.count()) == (24, 17)
    assert not Task.objects.filter(plan=plans[2023]).exists()


def test_the_register_goes_on_after_the_plans_own_number_without_a_gap(year: Summary, db: None) -> None:
    books = {book.series: book for book in RegisterBook.objects.all()}
    assert set(books) == {"chung", *INTERNAL_FORMS}
    counted = 0
    for series, book in books.items():
        issued = Document.objects.filter(book=book).order_by("number")
        first = 1187 if series == "chung" else 1
        assert list(issued.values_list("number", flat=True)) == list(range(first, book.last_number + 1))
        days = list(issued.values_list("issued_at", flat=True))
        assert days == sorted(days)
        counted += len(days)
    assert year.documents == counted


def test_each_kind_of_document_was_issued_from_the_years_data(year: Summary, db: None) -> None:
    issued = Document.objects.filter(status=DocumentStatus.ISSUED)
    assert set(issued.values_list("kind", flat=True)) == set(DocumentKind)
    briefings = issued.filter(subject__endswith="phục vụ cuộc họp giao ban").order_by("number")
    assert [int(row.subject.split()[7]) for row in briefings] == list(range(4, 11))
    half = issued.get(subject="Kết quả thực hiện Kế hoạch số 1186/KH-SKHĐT 6 tháng đầu năm 2022")
    assert (half.revision, half.recipients) == (2, ["Ủy ban nhân dân tỉnh Khánh Hòa (thông qua Sở Nội vụ)"])
    [table] = half.appendices.all()
    assert table.landscape
    assert len(table.rows) > 24
    assert {len(cells) for cells in table.rows} == {1, 7}
    slip = issued.get(kind=DocumentKind.ROUTING_SLIP)
    assert [said["text"] for said in slip.facts["opinions"]] == [
        "Trình dự thảo",
        "Trả lại: Chưa đúng thể thức: căn cứ ghi thiếu số, ngày; đề nghị sửa theo Nghị định 30/2020/NĐ-CP.",
    ]


def test_reports_to_ubnd_tell_what_was_done_in_the_order_of_time(year: Summary, db: None) -> None:
    duty = Escalation.objects.filter(sent_at__isnull=False, document__isnull=False).order_by("pk").first()
    assert duty is not None
    lines = duty.document.body.split("\n")
    told = [line for line in lines if re.match(r"\d+\. Ngày", line)]
    days = [datetime.strptime(line.split()[2].rstrip(":"), "%d/%m/%Y").date() for line in told]  # noqa: DTZ007 -- a day
    assert days == sorted(days)
    assert len(days) >= 3
    assert "Phát hành Công văn số" in duty.document.body


def test_of_three_bodies_one_answers_one_after_lan_1_and_the_silent_one_is_reported(year: Summary, db: None) -> None:
    prompt, slow, silent = (task_of("HS-01-2022", unit) for unit in ("STC", "SXD", "STNMT"))
    assert (reminders(prompt), duties(prompt)) == ([], [])
    assert (reminders(slow), duties(slow)) == ([(1, 1, ReminderStatus.ISSUED)], [])
    assert reminders(silent) == [(1, 1, ReminderStatus.ISSUED), (1, 2, ReminderStatus.ISSUED)]
    assert duties(silent) == [("R-DONDOC-2", EscalationStatus.DIRECTED)]
    assert silent.round == 2
    assert [task.state for task in (prompt, slow, silent)] == [S.REVIEWED, S.REVIEWED, S.REVIEWED]
    assert task_of("HS-01-2022").state == S.REVIEWED


def test_a_body_with_an_account_answers_itself_and_the_others_through_van_thu(year: Summary, db: None) -> None:
    clerk = Person.objects.get(username="vanthu")
    own, paper = (Report.objects.filter(task=task_of("HS-01-2022", unit)).first() for unit in ("STC", "SXD"))
    assert own is not None
    assert paper is not None
    assert (own.submitted_by.username, paper.submitted_by) == ("sotaichinh", clerk)
    assert own.answer_number.endswith("TD-STC")


def test_a_dossier_whose_time_runs_out_is_reported_whatever_the_count_and_closed_by_ubnd(
    year: Summary, db: None
) -> None:
    late = task_of("HS-02-2022", "UBND-NT")
    [duty] = Escalation.objects.filter(task=late)
    assert (duty.rule.code, duty.status) == ("R-DONDOC-3", EscalationStatus.DIRECTED)
    assert localdate(duty.raised_at) > late.processing_until
    assert [ordinal for _round, ordinal, _status in reminders(late)] == [1]
    assert late.state == S.CANCELLED


def test_what_ubnd_assigned_is_reported_the_day_after_the_body_was_late_with_no_reminder(
    year: Summary, db: None
) -> None:
    parent = work_of_ubnd(4)
    [late] = Task.objects.filter(parent=parent)
    assert (late.ladder, late.round) == (Ladder.C, 2)
    [duty] = Escalation.objects.filter(task=late)
    assert duty.rule.code == "R-YKIEN-1"
    assert (localdate(duty.raised_at) - late.due_first).days == 1
    assert reminders(late) == []
    assert parent.state == S.REVIEWED


def test_a_body_is_reported_early_by_hand_with_its_reason(year: Summary, db: None) -> None:
    body = task_of("HS-08-2022", "UBND-CR")
    [duty] = Escalation.objects.filter(task=body)
    assert duty.rule.code == "R-DONDOC-4"
    assert "qua điện thoại" in duty.reason
    assert duty.raised_by.username == "chuyenvien.dkkd"


def test_the_careless_unit_is_escalated_on_the_customers_rule_and_obeys_the_direction(year: Summary, db: None) -> None:
    half_year = Task.objects.get(item__code="II.1.8", unit__code="P-DTGS", due_first=date(2022, 5, 24))
    assert reminders(half_year)[:2] == [(1, 1, ReminderStatus.ISSUED), (1, 2, ReminderStatus.ISSUED)]
    assert duties(half_year) == [("YC-UBND-A", EscalationStatus.DIRECTED)]
    assert (half_year.round, half_year.state) == (2, S.REVIEWED)


def test_the_director_takes_one_duty_back_and_the_unit_keeps_its_word(year: Summary, db: None) -> None:
    [taken_back] = Escalation.objects.filter(status=EscalationStatus.WITHDRAWN)
    assert taken_back.sent_at is None
    assert taken_back.task.unit.code == "P-DTGS"
    assert taken_back.task.state == S.REVIEWED


def test_the_punctual_unit_is_never_reminded_of_the_plan_and_the_slow_one_is(year: Summary, db: None) -> None:
    of_plan = Reminder.objects.filter(task__plan__isnull=False, status=ReminderStatus.ISSUED)
    units = Counter(of_plan.values_list("task__unit__code", flat=True))
    assert units["P-DKKD"] == 0
    assert units["P-DN"] >= 1
    assert units["P-DTGS"] >= 2


def test_extensions_were_approved_refused_and_one_waits_and_no_first_deadline_moved(year: Summary, db: None) -> None:
    assert Counter(Extension.objects.values_list("status", flat=True)) == {
        RequestStatus.APPROVED: 2,
        RequestStatus.REFUSED: 1,
        RequestStatus.PENDING: 1,
    }
    moved = Extension.objects.filter(status=RequestStatus.APPROVED).select_related("task")
    assert all(one.task.due_first == one.old_due < one.new_due for one in moved)
    assert all(one.task.extended_count == 1 for one in moved)


def test_a_dossier_was_suspended_on_a_ground_and_moved_by_the_days_it_stood(year: Summary, db: None) -> None:
    [stop] = Suspension.objects.select_related("task")
    assert (stop.task.code, stop.started_on, stop.resumed_on) == ("HS-05-2022", date(2022, 8, 15), date(2022, 8, 24))
    assert stop.ground_number
    calendar = load_rulebook().calendar
    assert int(calendar.count(stop.task.due_first, stop.task.due_on)) == stop.days_moved > 0


def test_an_obstacle_was_advised_and_decided_and_another_waits(year: Summary, db: None) -> None:
    decided, waiting = Obstacle.objects.order_by("pk")
    assert (decided.status, waiting.status) == (RequestStatus.APPROVED, RequestStatus.PENDING)
    assert decided.advice
    assert decided.decision
    assert Task.objects.get(pk=waiting.task_id).obstacle_open


def test_the_awaited_event_came_and_every_row_has_a_lead(year: Summary, db: None) -> None:
    awaited = Task.objects.filter(item__code="II.1.7", kind=TaskKind.PLAN)
    assert awaited.exists()
    assert all(task.event_on is not None and task.state != S.WAITING_EVENT for task in awaited)
    assert not Task.objects.filter(unit__isnull=True).exists()
    assert Task.objects.filter(item__code="II.2.3", unit__code="VP").exists()


def test_reports_came_back_with_a_reason_and_a_second_version_was_accepted(year: Summary, db: None) -> None:
    returned = Report.objects.filter(status=ReportStatus.RETURNED)
    assert returned.count() == year.reports["returned"] > 5
    assert all(report.check_note for report in returned)
    assert Report.objects.filter(version=2, status=ReportStatus.ACCEPTED).exists()


def test_a_leader_reviews_what_van_phong_reports_and_nobody_his_own(year: Summary, db: None) -> None:
    judged = Report.objects.filter(status__in=(ReportStatus.ACCEPTED, ReportStatus.RETURNED)).select_related("task")
    by_office = {report.decided_by.username for report in judged if report.task.unit.code == "VP"}
    assert by_office == {"giamdoc"}
    of_province = {report.decided_by.username for report in judged if report.task.kind == TaskKind.PROVINCE}
    assert {"giamdoc", "phogiamdoc"} <= of_province
    assert all(report.decided_by_id not in {report.author_id, report.submitted_by_id} for report in judged)


def test_months_were_confirmed_by_most_and_left_open_by_some(year: Summary, db: None) -> None:
    asked = Task.objects.filter(confirm_monthly=True, confirm_asked=date(2022, 10, 1))
    silent = [task for task in asked if task.confirmed_month != date(2022, 10, 1)]
    assert 0 < len(silent) < asked.count() / 2
    assert ProgressNote.objects.filter(month__isnull=False, has_work=False).exists()
    assert ProgressNote.objects.filter(month__isnull=True).exists()


def test_a_deputy_signed_by_order_under_the_delegation(year: Summary, db: None) -> None:
    acts = [json.loads(body)["actor"] for body in AuditEvent.objects.values_list("body", flat=True)]
    lent = [actor for actor in acts if actor["capacity"] == "TL."]
    assert len(lent) == year.delegated > 0
    assert {actor["in_place_of"]["name"] for actor in lent} == {"Lê Văn Mẫu Ba"}


def test_people_acted_in_working_hours_of_working_days_and_in_the_order_of_time(year: Summary, db: None) -> None:
    calendar = load_rulebook().calendar
    moments = list(AuditEvent.objects.order_by("pk").values_list("occurred_at", "actor_id"))
    assert [moment for moment, _actor in moments] == sorted(moment for moment, _actor in moments)
    for moment, actor in moments:
        if actor is not None:
            local = localtime(moment)
            assert calendar.is_working(local.date())
            assert time(8, 0) <= local.time() <= time(17, 0)


def test_reminders_went_out_in_working_hours_only(year: Summary, db: None) -> None:
    calendar = load_rulebook().calendar
    for document in Document.objects.filter(reminders__status=ReminderStatus.ISSUED):
        assert calendar.is_working(document.issued_on)
        assert time(8, 0) <= localtime(document.issued_at).time() < time(17, 0)


def test_a_checkpoint_closed_every_month_played(year: Summary, db: None) -> None:
    moments = AuditCheckpoint.objects.order_by("number").values_list("made_at", flat=True)
    last_days = {4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31}
    assert [localdate(moment) for moment in moments] == [date(2022, month, day) for month, day in last_days.items()]


def test_on_the_morning_shown_there_is_something_for_everybody(year: Summary, db: None) -> None:
    assert reminders(task_of("HS-11-2022", "SGTVT")) == [(1, 1, ReminderStatus.DRAFT)]
    assert task_of("HS-09-2022", "STNMT").state == S.ESCALATED
    assert Escalation.objects.filter(status=EscalationStatus.SENT).count() == 2
    assert Task.objects.filter(state=S.REPORTED).exists()
    overdue = Task.objects.filter(state=S.IN_PROGRESS, due_on=date(2022, 11, 18))
    assert sorted(overdue.values_list("unit__code", flat=True)) == ["P-DN", "P-DTGS"]
    assert all(localtime(task.next_due) == at(END, "08:00") for task in overdue)


def test_every_scripted_case_was_opened_and_every_scene_left_its_mark(year: Summary, db: None) -> None:
    assert Task.objects.filter(kind=TaskKind.DOSSIER).count() == len(DOSSIERS)
    assert Task.objects.filter(kind=TaskKind.PROVINCE).count() == len(ASSIGNED_WORK)
    bodies = sum(len(case.bodies) for case in (*DOSSIERS, *ASSIGNED_WORK))
    assert Task.objects.filter(kind=TaskKind.CONSULTATION).count() == bodies
    names = set(AuditEvent.objects.values_list("name", flat=True))
    assert {"task.cancel", "task.reopen", "task.suspend", "task.resume", "task.arm", "task.assign_lead"} <= names
    assert len(SCENES) == len({scene.name for scene in SCENES})


def test_the_summary_counts_what_stands_in_the_tables(year: Summary, db: None) -> None:
    again = summarise(END)
    assert [rule.says() for rule in again.rules] == [rule.says() for rule in year.rules]
    issued = Reminder.objects.filter(status=ReminderStatus.ISSUED)
    assert sum(rule.first for rule in again.rules) == issued.filter(ordinal=1).count()
    assert sum(rule.second for rule in again.rules) == issued.filter(ordinal=2).count()
    assert sum(rule.escalations for rule in again.rules) == Escalation.objects.count()
    assert sum(rule.nudges for rule in again.rules) == AuditEvent.objects.filter(name="task.nudge").count()
    assert again.tasks == Task.objects.count()
    codes = {rule.code for rule in again.rules}
    assert {"R-DONDOC-1", "R-DONDOC-2", "R-DONDOC-3", "R-DONDOC-4", "R-YKIEN-1", "R-TIENDO-1", "YC-UBND-A"} <= codes


def test_the_summary_cites_the_clause_and_never_invents_one(year: Summary, db: None) -> None:
    lines = {rule.code: rule.citation for rule in year.rules}
    assert lines["R-DONDOC-2"] == "I.1.5 Kế hoạch 1186/KH-SKHĐT"
    assert "khách hàng" in lines["YC-UBND-A"]
    text = "\n".join(year.lines())
    assert "R-DONDOC-3 (2022), I.1.5 Kế hoạch 1186/KH-SKHĐT: 1 báo cáo UBND tỉnh" in text
    assert "chờ quyết định 1" in text


# --- through the approval flows --------------------------------------------------------------------------------------


def steps_of(kind: FlowKind, target_id: int) -> list[tuple[str, str, str]]:
    """The steps of people on a target in order: node, outcome, who decided."""
    steps = Step.objects.filter(process__kind=kind, process__target_id=target_id, codename__gt="").order_by("pk")
    return [(step.flow_task.name, step.outcome, step.owner.username if step.owner else "") for step in steps]


def test_on_the_morning_shown_something_lies_on_every_desk(year: Summary, db: None) -> None:
    desks = {(found.kind, found.node) for found in flows().waiting()}
    assert desks == {
        *((FlowKind.REPORT, node) for node in ("draft", "submit", "check", "leader_check", "approve")),
        *((FlowKind.DOCUMENT, node) for node in ("prepare", "head", "form", "sign", "sign_order", "issue")),
        (FlowKind.ESCALATION, "direct"),
        (FlowKind.EXTENSION, "decide"),
        (FlowKind.OBSTACLE, "advise"),
        (FlowKind.PROPOSAL, "head"),
    }


def test_a_reminder_to_a_body_outside_passed_five_hands_and_counted_from_its_issue(year: Summary, db: None) -> None:
    reminder = Reminder.objects.get(task=task_of("HS-01-2022", "SXD"))
    assert steps_of(FlowKind.DOCUMENT, reminder.document_id) == [
        ("prepare", "present", "chuyenvien.ktdn"),
        ("head", "approve", "truongphong.ktdn"),
        ("form", "approve", "vanphong.duyet"),
        ("sign", "sign", reminder.document.signed_by.username),
        ("issue", "issue", "vanthu"),
    ]
    assert reminder.document.signed_by.username in {"giamdoc", "phogiamdoc"}
    assert reminder.issued_at == reminder.document.issued_at > reminder.document.signed_at > reminder.drafted_at
    assert reminder.task.last_reminder_at == reminder.issued_at


def test_a_report_to_ubnd_passed_van_phong_and_a_leader_before_it_was_sent(year: Summary, db: None) -> None:
    sent = Escalation.objects.filter(sent_at__isnull=False, task__host_unit__code="VP").select_related("document")
    assert sent.count() >= 3
    for duty in sent:
        hands = steps_of(FlowKind.DOCUMENT, duty.document_id)
        assert [node for node, _outcome, _who in hands] == ["prepare", "head", "form", "sign", "issue"]
        assert hands[0][2] == "chuyenvien.vp"
        assert hands[2][2] == "vanphong.duyet"
        assert duty.sent_at == duty.document.issued_at


def test_every_signature_is_printed_with_its_capacity(year: Summary, db: None) -> None:
    signed = Document.objects.filter(status=DocumentStatus.ISSUED, signed_by__isnull=False)
    titles = {(document.signed_by.username, document.signer_title) for document in signed}
    assert titles == {
        ("giamdoc", "GIÁM ĐỐC"),
        ("phogiamdoc", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"),
        ("chanhvanphong", "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG"),
        ("phovanphong", "TL. GIÁM ĐỐC\nKT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG"),
    }


def test_documents_came_back_from_each_desk_and_were_written_anew(year: Summary, db: None) -> None:
    back = Step.objects.filter(process__kind=FlowKind.DOCUMENT, outcome="send_back")
    assert Counter(step.flow_task.name for step in back) == {"head": 1, "form": 1, "sign": 1, "issue": 1}
    assert all(step.note for step in back)
    assert Document.objects.filter(status=DocumentStatus.ISSUED, revision=2).count() == 3


def test_reports_went_up_by_the_way_that_is_due_to_them(year: Summary, db: None) -> None:
    last: dict[str, set[tuple[str, str]]] = {"unit": set(), "office": set(), "province": set()}
    office = {unit.pk for unit in Unit.objects.filter(code__in=("VP", "VT", "BP-QTM", "BP-DDN"))}
    for approval in Approval.objects.filter(kind=FlowKind.REPORT, result=Result.APPROVED).select_related("subject"):
        task = approval.subject
        who = "office" if task.unit_id in office else "province" if task.kind == TaskKind.PROVINCE else "unit"
        steps = list(Step.objects.filter(process=approval, owner__isnull=False).order_by("pk"))
        assert (steps[0].flow_task.name, steps[-1].outcome) == ("draft", "accept")
        last[who].add((steps[-1].flow_task.name, steps[-1].owner.username))
    assert last == {
        "unit": {("check", "vanphong.duyet")},
        "office": {("leader_check", "giamdoc")},
        "province": {("approve", "giamdoc"), ("approve", "phogiamdoc")},
    }


def test_nobody_judged_what_he_had_a_hand_in(year: Summary, db: None) -> None:
    asking = {(FlowKind.REPORT, "draft"), (FlowKind.REPORT, "submit"), (FlowKind.DOCUMENT, "prepare")}
    judged = 0
    for approval in Approval.objects.all():
        steps = list(Step.objects.filter(process=approval, owner__isnull=False).exclude(outcome="withdraw"))
        hands = {step.owner_id for step in steps if (approval.kind, step.flow_task.name) in asking}
        others = [step for step in steps if (approval.kind, step.flow_task.name) not in asking]
        assert all(step.owner_id not in hands for step in others)
        judged += len(others)
    assert judged > 200


def test_a_head_sent_back_a_submitter_took_back_and_a_leader_returned(year: Summary, db: None) -> None:
    acts = Counter(
        (step.flow_task.name, step.outcome)
        for step in Step.objects.filter(process__kind=FlowKind.REPORT, outcome__gt="")
    )
    assert acts["submit", "send_back"] >= 1
    assert acts["check", "withdraw"] + acts["leader_check", "withdraw"] >= 1
    assert acts["approve", "return"] >= 1
    assert acts["draft", "submit"] >= 1
    assert Report.objects.filter(status=ReportStatus.WITHDRAWN).exists()


def test_on_whom_a_step_waited_too_long_was_told_on_a_working_morning(year: Summary, db: None) -> None:
    told = AuditEvent.objects.filter(name="approval.nudge")
    assert Step.objects.filter(nudged_on__isnull=False).exists()
    assert {localtime(event.occurred_at).time() for event in told} == {time(8, 0)}


def test_one_proposal_was_approved_one_refused_and_one_waits(year: Summary, db: None) -> None:
    found = {proposal.status: proposal for proposal in Proposal.objects.all()}
    assert set(found) == {RequestStatus.APPROVED, RequestStatus.REFUSED, RequestStatus.PENDING}
    way = [(node, outcome) for node, outcome, _who in steps_of(FlowKind.PROPOSAL, found[RequestStatus.APPROVED].pk)]
    assert way == [("head", "approve"), ("advise", "advise"), ("decide", "approve")]
    assert found[RequestStatus.REFUSED].decision
    assert steps_of(FlowKind.PROPOSAL, found[RequestStatus.PENDING].pk) == [("head", "", "")]


def test_the_summary_counts_each_flow(year: Summary, db: None) -> None:
    counted = {flow.kind: flow.figures for flow in year.flows}
    assert set(counted) == set(FlowKind)
    for kind, figures in counted.items():
        of_kind = Approval.objects.filter(kind=kind)
        assert figures.get("open", 0) == of_kind.filter(closed_at__isnull=True).count()
        assert figures.get("approved", 0) == of_kind.filter(result=Result.APPROVED).count()
    assert counted[FlowKind.EXTENSION] == {"approved": 2, "refused": 1, "open": 1}
    assert "  Gia hạn: 2 đã duyệt; 1 không đồng ý; 1 đang chờ" in year.lines()
    decided = AuditEvent.objects.filter(name="approval.decide").count()
    assert decided == Step.objects.filter(owner__isnull=False).count() > 400


def test_preparing_again_does_nothing_at_all(year: Summary, db: None) -> None:
    before = AuditEvent.objects.count()
    assert is_demonstration()
    assert prepare_demonstration(now=timezone.now()) is None
    out = io.StringIO()
    call_command("prepare_demo", stdout=out)
    assert out.getvalue().strip() == "Dữ liệu trình diễn đã có."
    assert AuditEvent.objects.count() == before


def test_a_rehearsal_does_not_play_a_day_twice(year: Summary, db: None) -> None:
    with pytest.raises(WrongState, match="21/11/2022"):
        rehearse_plan(2022, END, 1)


def test_the_next_days_go_on_from_where_the_year_stopped(year: Summary, db: None) -> None:
    draft = Reminder.objects.get(task=task_of("HS-11-2022", "SGTVT"))
    rehearse_plan(2022, date(2022, 11, 23), 1)
    draft.refresh_from_db()
    assert draft.status == ReminderStatus.ISSUED
    late = Task.objects.get(item__code="II.1.8", unit__code="P-DN", due_on=date(2022, 11, 18))
    assert reminders(late) == [(1, 1, ReminderStatus.ISSUED)]
    assert verify_trail().ok
