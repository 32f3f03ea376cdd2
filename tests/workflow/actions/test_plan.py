"""The two real plans, imported and activated over the demonstration department."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.department import ISSUED, Activated, Department, activated, bring_in, parsed
from tests.factories import House, at
from workflow.actions.demo import seed_demonstration, seed_plan_units
from workflow.actions.plan import activate_plan, dry_run_outline, import_plan
from workflow.adapters.planfile import read_plan_file
from workflow.adapters.seeds import PLAN_FILES
from workflow.choices import Ladder, TaskKind, TaskState
from workflow.core.breakdown import Readings
from workflow.core.errors import Invalid, NotFound, NotPermitted
from workflow.core.hashchain import Record, first_break
from workflow.models import (
    AuditEvent,
    BulletUnit,
    CalendarDay,
    Person,
    Plan,
    PlanBullet,
    PlanDefect,
    PlanItem,
    PlanTarget,
    Policy,
    ReportingDuty,
    Task,
    Unit,
)
from workflow.queries.rulebook import _kept
from workflow.queries.unit import grant_differences


def row_counts(plan: Plan) -> dict[str, tuple[int, int, int, int]]:
    """Return (plan, support, handoff, report) counts by row code."""
    found = Counter(plan.tasks.filter(item__isnull=False).values_list("item__code", "kind"))
    kinds = (TaskKind.PLAN, TaskKind.SUPPORT, TaskKind.HANDOFF, TaskKind.REPORT)
    return {code: tuple(found[code, kind] for kind in kinds) for code in {code for code, _kind in found}}


def bodies(name: str) -> list[dict[str, object]]:
    return [
        json.loads(body) for body in AuditEvent.objects.filter(name=name).order_by("id").values_list("body", flat=True)
    ]


COUNTS_2022 = {
    "I.1.1": (1, 4, 0, 0),
    "I.1.2": (5, 0, 1, 0),
    "I.1.3": (2, 6, 0, 0),
    "I.1.4": (9, 0, 8, 0),
    "I.1.5": (7, 0, 0, 0),
    "I.2.1": (8, 0, 0, 9),
    "I.2.2": (2, 0, 1, 0),
    "I.2.3": (15, 0, 0, 0),
    "II.1.2": (1, 0, 0, 0),
    "II.1.3": (1, 0, 0, 0),
    "II.1.4": (1, 0, 0, 0),
    "II.1.5": (16, 0, 0, 0),
    "II.1.6": (6, 0, 0, 0),
    "II.1.7": (2, 4, 0, 0),
    "II.1.8": (0, 0, 0, 16),
    "II.1.9": (4, 0, 0, 0),
    "II.1.10": (1, 7, 0, 0),
    "II.1.11": (9, 7, 0, 0),
    "II.2.1": (1, 0, 0, 0),
    "II.2.2": (1, 5, 0, 0),
    "II.2.3": (1, 0, 0, 0),
    "II.2.5": (2, 5, 0, 0),
}


COUNTS_2023 = {
    "I.1.1": (1, 4, 0, 0),
    "I.1.2": (5, 0, 1, 0),
    "I.1.3": (2, 6, 0, 0),
    "I.1.4": (1, 0, 0, 0),
    "I.1.5": (1, 0, 0, 0),
    "I.2.1": (8, 0, 0, 9),
    "I.2.2": (2, 0, 1, 0),
    "I.2.3": (15, 0, 0, 0),
    "II.1.2": (1, 0, 0, 0),
    "II.1.3": (16, 0, 0, 0),
    "II.1.4": (8, 0, 7, 0),
    "II.2.1": (1, 0, 0, 0),
    "II.2.2": (1, 5, 0, 0),
    "II.2.3": (1, 0, 0, 0),
    "II.2.5": (2, 5, 0, 0),
}


class TestImport(Department):
    """Before any plan is in."""

    def test_a_plan_is_written_whole(self) -> None:
        for year, rows, bullets, targets, duties in ((2022, 24, 39, 12, 14), (2023, 17, 25, 10, 11)):
            plan = bring_in(year)
            assert plan.items.count() == rows
            assert PlanBullet.objects.filter(item__plan=plan).count() == bullets
            assert PlanTarget.objects.filter(plan=plan).count() == targets
            assert ReportingDuty.objects.filter(plan=plan).count() == duties
            assert PlanDefect.objects.filter(plan=plan).count() == len(parsed(year).defects)
        assert Task.objects.count() == 0

    def test_provenance_stands_beside_each_row(self) -> None:
        plan = bring_in(2022)
        row = PlanItem.objects.get(plan=plan, code="II.1.10")
        assert (row.printed_stt, row.counterpart_code, row.change) == ("110", "", "dropped")
        assert row.content[0].startswith("Sắp xếp, tổ chức, bố trí biên chế")
        assert plan.source_name == "ke-hoach-2022.yaml"
        assert len(plan.source_sha256) == 64
        assert plan.issuer.code == "SKHDT"

    def test_the_import_is_one_event_with_its_file_and_counts(self) -> None:
        plan = bring_in(2022)
        [event] = bodies("plan.import")
        assert event["chain"] == "plan:1186/KH-SKHĐT"
        assert event["details"]["sha256"] == plan.source_sha256
        assert event["details"]["counts"] == {"items": 24, "bullets": 39, "targets": 12, "duties": 14, "defects": 31}
        assert event["details"]["defects"]["Stt in trùng"] == 1

    def test_the_same_file_again_does_nothing_and_says_so(self) -> None:
        bring_in(2022)
        count = AuditEvent.objects.count()
        source = read_plan_file(PLAN_FILES[0])
        again = import_plan(
            parsed(2022), source_name=source.name, source_sha256=source.sha256, by=None, now=ISSUED[2022]
        )
        assert again.created is False
        assert "đã nhập từ trước" in again.message
        assert (Plan.objects.count(), PlanItem.objects.count(), AuditEvent.objects.count()) == (1, 24, count)

    def test_other_content_under_the_same_number_is_refused(self) -> None:
        bring_in(2022)
        with pytest.raises(Invalid, match="nội dung khác"):
            import_plan(parsed(2022), source_name="khac.yaml", source_sha256="0" * 64, by=None, now=ISSUED[2022])
        assert PlanItem.objects.count() == 24

    def test_a_failed_import_leaves_nothing(self) -> None:
        twice = replace(parsed(2022), targets=(*parsed(2022).targets, parsed(2022).targets[0]))
        with pytest.raises(Exception, match=r"UNIQUE|plan_target_once"):
            import_plan(twice, source_name="a", source_sha256="b", by=None, now=ISSUED[2022])
        assert (Plan.objects.count(), PlanItem.objects.count()) == (0, 0)

    def test_an_unknown_plan_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            activate_plan(999_999, by=None, now=ISSUED[2022])

    def test_there_must_be_one_office(self) -> None:
        plan = bring_in(2022)
        Unit.objects.filter(code="VP").update(valid_to=date(2022, 2, 1))
        with pytest.raises(Invalid, match="đúng một Văn phòng"):
            activate_plan(plan.pk, by=None, now=ISSUED[2022])
        assert Plan.objects.get().activated_at is None

    def test_days_off_of_the_calendar_move_deadlines_back(self) -> None:
        for day in (date(2022, 4, 29), date(2022, 6, 30)):
            CalendarDay.objects.create(day=day, kind="off", name="Nghỉ thử", source="thử", certainty="confirmed")
        _kept.clear()
        activated(2022)
        assert Task.objects.get(code="2022/I.2.1/T04/VP").due_on == date(2022, 4, 28)
        assert Task.objects.get(code="2022/II.1.8/6T-SO/VP").due_on == date(2022, 6, 29)
        _kept.clear()

    def test_2023_alone_has_no_standing_reports(self) -> None:
        assert not activated(2023).tasks.filter(code__contains="KH2022").exists()

    def test_a_dry_run_writes_nothing_and_agrees_with_what_is_made(self) -> None:
        before = (Plan.objects.count(), Task.objects.count(), AuditEvent.objects.count())
        lines = dry_run_outline(parsed(2022), now=ISSUED[2022])
        assert (Plan.objects.count(), Task.objects.count(), AuditEvent.objects.count()) == before
        assert lines[-1].startswith("Cộng: 95 nhiệm vụ chủ trì, 38 việc phối hợp, 10 bước tiếp theo, 26 báo cáo")
        kinds = Counter(activated(2022).tasks.values_list("kind", flat=True))
        assert kinds == {"plan": 95, "support": 38, "handoff": 10, "report": 26}

    def test_activation_takes_a_bounded_number_of_queries(self) -> None:
        plan = bring_in(2022)
        with CaptureQueriesContext(connection) as made:
            activate_plan(plan.pk, by=None, now=ISSUED[2022])
        assert len(made) <= 60

    def test_seeding_again_adds_nothing(self) -> None:
        units, people, events = Unit.objects.count(), Person.objects.count(), AuditEvent.objects.count()
        seed_plan_units(by=None, now=ISSUED[2022])
        counts = seed_demonstration(by=None, now=ISSUED[2022])
        assert (counts.units, counts.sets, counts.people, counts.delegations) == (0, 0, 0, 0)
        assert (Unit.objects.count(), Person.objects.count(), AuditEvent.objects.count()) == (units, people, events)

    def test_demonstration_people_are_marked_and_sign_in_with_the_seeds_password(self) -> None:
        assert set(Person.objects.values_list("demonstration", flat=True)) == {True}
        assert Person.objects.get(username="truongphong.dkkd").check_password("Trinh-Dien-2022")

    def test_after_seeding_guardian_is_in_step(self) -> None:
        assert grant_differences(ISSUED[2022]) == []

    def test_a_set_defined_by_somebody_is_left_alone(self) -> None:
        cp = Unit.objects.get(code="CP")
        cp.set_members.exclude(member__code="P-DKKD").delete()
        seed_demonstration(by=None, now=ISSUED[2022])
        assert [row.member.code for row in cp.set_members.all()] == ["P-DKKD"]


class TestActivation(Activated):
    """With the tasks of the 2022 plan."""

    def test_each_row_makes_its_tasks(self) -> None:
        assert row_counts(self.plan) == COUNTS_2022
        assert row_counts(activated(2023)) == COUNTS_2023

    def test_rollup_rows_have_no_task(self) -> None:
        plan = self.plan
        assert not Task.objects.filter(item__plan=plan, item__rollup=True).exists()
        assert set(plan.items.filter(rollup=True).values_list("code", flat=True)) == {"II.1.1", "II.2.4"}

    def test_the_resolved_set_is_stored_with_what_it_stands_for(self) -> None:
        stored = BulletUnit.objects.filter(bullet__item__code="II.1.5", bullet__ordinal=1, leads=True)
        assert set(stored.values_list("stands_for__code", flat=True)) == {"CPTT"}
        assert set(stored.values_list("unit__code", flat=True)) == {
            "P-DKKD",
            "P-TH",
            "P-DTGS",
            "P-DN",
            "P-KTDN",
            "TTRA",
            "TT-XTDT",
            "VP",
        }

    def test_a_set_changed_later_does_not_change_an_activated_plan(self) -> None:
        before = set(BulletUnit.objects.values_list("id", "unit_id"))
        Unit.objects.get(code="CPTT").set_members.all().delete()
        again = activate_plan(Plan.objects.get().pk, by=None, now=at(date(2022, 6, 1)))
        assert again.activated is False
        assert set(BulletUnit.objects.values_list("id", "unit_id")) == before

    def test_the_row_without_a_unit_waits_in_the_offices_list(self) -> None:
        task = Task.objects.get(item__code="II.2.3")
        assert (task.unit, task.host_unit.code, task.state) == (None, "VP", TaskState.ASSIGNED)
        assert "thieu don vi chu tri" in task.search

    def test_the_fulfilled_row_arrives_reviewed_with_evidence_and_no_alarm(self) -> None:
        task = Task.objects.get(item__code="II.1.3")
        assert (task.state, task.unit.code, task.next_due) == (TaskState.REVIEWED, "GD", None)
        assert (task.event_number, task.event_on) == ("54/QĐ-SKHĐT", date(2021, 12, 7))
        assert task.closed_at is not None
        assert task.due_on is not None
        assert task.closed_at.date() <= task.due_on
        created = next(event for event in bodies("task.create") if event["chain"] == f"task:{task.pk}")
        assert created["after"]["state"] == "reviewed"
        assert created["details"]["fulfilled_before_issue"]["number"] == "54/QĐ-SKHĐT"

    def test_the_row_that_awaits_the_ministry_waits(self) -> None:
        tasks = Task.objects.filter(item__code="II.1.7")
        assert set(tasks.values_list("state", flat=True)) == {TaskState.WAITING_EVENT}
        assert set(tasks.values_list("next_due", flat=True)) == {None}
        assert {task.event_text for task in tasks} == {"Bộ Kế hoạch và Đầu tư công bố thủ tục hành chính"}

    def test_children_stand_under_the_leads_task_and_are_chased_by_it(self) -> None:
        step = Task.objects.get(code="2022/I.1.2/1/P-DKKD/B2-BP-QTM")
        assert step.parent is not None
        assert (step.parent.code, step.host_unit.code, step.sequence) == ("2022/I.1.2/1/P-DKKD", "P-DKKD", 1)
        assert (step.kind, step.state, step.event_text) == (
            TaskKind.HANDOFF,
            TaskState.WAITING_EVENT,
            "Sau khi Phòng Đăng ký kinh doanh gửi",
        )
        support = Task.objects.get(code="2022/I.1.1/1/VP/PH-P-DN")
        assert support.parent is not None
        assert (support.parent.code, support.kind, support.state) == ("2022/I.1.1/1/VP", TaskKind.SUPPORT, "assigned")

    def test_every_task_stands_on_ladder_a_with_the_plans_year_and_office(self) -> None:
        plan = self.plan
        tasks = Task.objects.filter(plan=plan)
        assert set(tasks.values_list("ladder", "rule_year", "origin")) == {(Ladder.A, 2022, "plan")}
        leads = tasks.filter(parent__isnull=True)
        assert set(leads.values_list("host_unit__code", flat=True)) == {"VP"}
        assert all(task.due_first == task.due_on for task in tasks)

    def test_each_task_has_exactly_its_creation_event_and_a_sound_chain(self) -> None:
        plan = self.plan
        events = AuditEvent.objects.filter(chain__startswith="task:")
        assert events.count() == plan.tasks.count() == 169
        assert set(events.values_list("name", flat=True)) == {"task.create"}
        for task in plan.tasks.all()[:20]:
            rows = AuditEvent.objects.filter(chain=f"task:{task.pk}").order_by("seq")
            records = [Record(row.seq, row.body, row.previous_hash, row.hash) for row in rows]
            assert first_break(records) is None
            assert (task.chain_seq, task.chain_head) == (records[-1].seq, records[-1].hash)

    def test_import_and_activation_are_recorded_on_the_plan(self) -> None:
        rows = AuditEvent.objects.filter(chain="plan:1186/KH-SKHĐT").order_by("seq")
        assert [row.name for row in rows] == ["plan.import", "plan.activate"]
        details = json.loads(rows[1].body)["details"]
        assert details["tasks"] == 169
        assert any(line.startswith("dòng II.1.1:") for line in details["without_tasks"])

    def test_activation_is_once(self) -> None:
        plan = self.plan
        outcome = activate_plan(plan.pk, by=None, now=at(date(2022, 5, 1)))
        assert (outcome.activated, outcome.tasks) == (False, 0)
        assert Task.objects.count() == 169

    def test_reports_of_2022_have_the_domains_dates(self) -> None:
        due = dict(Task.objects.filter(kind=TaskKind.REPORT).values_list("code", "due_on"))
        assert due["2022/II.1.8/6T/P-DKKD"] == date(2022, 5, 24)
        assert due["2022/II.1.8/NAM/P-DKKD"] == date(2022, 11, 18)
        assert due["2022/II.1.8/6T-SO/VP"] == date(2022, 6, 30)
        assert due["2022/II.1.8/NAM-SO/VP"] == date(2022, 12, 30)
        assert due["2022/III.2/NAM/VP"] == date(2022, 12, 14)
        assert due["2022/I.2.1/T04/VP"] == date(2022, 4, 29)
        assert len(due) == 26

    def test_2023_keeps_the_yearly_reports_of_2022_by_policy(self) -> None:
        plan = activated(2023)
        kept = plan.tasks.filter(code__contains="KH2022")
        assert kept.count() == 14
        assert set(kept.values_list("due_on", flat=True)) == {date(2023, 5, 24), date(2023, 11, 17)}
        assert set(kept.values_list("item", flat=True)) == {None}
        assert set(kept.values_list("rule_year", flat=True)) == {2023}

    def test_a_policy_row_drops_the_standing_reports(self) -> None:
        Policy.objects.create(
            key="standing_reports",
            value=False,
            valid_from=date(2023, 1, 1),
            reason="thử",
            set_by_name="thử",
            recorded_at=at(date(2022, 12, 1)),
        )
        _kept.clear()
        assert not activated(2023).tasks.filter(code__contains="KH2022").exists()
        _kept.clear()


def test_only_the_office_brings_plans_in(house: House) -> None:
    for actor in (house.head, house.member, house.stranger, house.leader, house.admin, house.clerk, house.inspector):
        with pytest.raises(NotPermitted):
            import_plan(parsed(2022), source_name="a", source_sha256="b", by=actor, now=ISSUED[2022])
        with pytest.raises(NotPermitted):
            activate_plan(1, by=actor, now=ISSUED[2022])
    assert import_plan(parsed(2022), source_name="a", source_sha256="b", by=house.chief, now=ISSUED[2022]).created


def test_readings_have_an_empty_form() -> None:
    assert Readings().duties == ()
