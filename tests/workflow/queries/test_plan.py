"""The plan's page, two years compared, and rows that no unit owes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.department import Activated, BothPlans, parsed
from tests.factories import at
from workflow.choices import RowChange, TaskState
from workflow.core.errors import NotFound
from workflow.models import Person, PlanItem, Task
from workflow.permissions import Actor
from workflow.queries.plan import compare_plans, is_overdue, parsed_from_store, read_plan_page, rows_without_lead
from workflow.queries.unit import load_actor

NOW = at(date(2022, 4, 19))


TODAY = date(2022, 7, 1)


def actor(username: str) -> Actor:
    return load_actor(Person.objects.get(username=username), now=NOW)


def set_state(code: str, state: TaskState) -> None:
    Task.objects.filter(code=code).update(state=state)


class TestPlanPage(Activated):
    """The 2022 plan with its tasks."""

    def test_the_page_shows_every_row_in_the_papers_order(self) -> None:
        page = read_plan_page(self.plan.pk, actor=actor("vanphong.duyet"), today=TODAY)
        assert [row.item.code for row in page.rows][:3] == ["I.1.1", "I.1.2", "I.1.3"]
        assert len(page.rows) == 24
        assert sum(len(row.bullets) for row in page.rows) == 39
        assert (len(page.targets), len(page.duties), len(page.defects)) == (12, 14, 31)

    def test_tasks_stand_beside_their_bullets(self) -> None:
        page = read_plan_page(self.plan.pk, actor=actor("vanphong.duyet"), today=TODAY)
        rows = {row.item.code: row for row in page.rows}
        assert [task.code for task in rows["I.1.2"].bullets[2].tasks] == ["2022/I.1.2/3/CHI-DOAN"]
        assert len(rows["II.1.8"].bullets[0].tasks) == 16
        assert [task.code for task in page.duty_tasks] == ["2022/III.2/NAM/VP"]

    def test_head_member_and_stranger_see_the_paper_but_only_their_tasks(self) -> None:
        for username, own in (("truongphong.dkkd", "P-DKKD"), ("chuyenvien.dkkd", "P-DKKD"), ("chuyenvien.th", "P-TH")):
            page = read_plan_page(self.plan.pk, actor=actor(username), today=TODAY)
            assert len(page.rows) == 24
            seen = [task for row in page.rows for bullet in row.bullets for task in bullet.tasks]
            codes = {task.unit.code for task in seen if task.unit is not None}
            assert own in codes
            assert "TT-XTDT" not in codes
            assert page.figures.total == len(seen) + len(page.duty_tasks)

    def test_an_outside_body_sees_no_task_of_the_plan(self) -> None:
        page = read_plan_page(self.plan.pk, actor=actor("sotaichinh"), today=TODAY)
        assert page.figures.total == 0

    def test_rollups_are_computed_from_the_other_rows_tasks(self) -> None:
        reviewer = actor("vanphong.duyet")
        whole = {row.item.code: row.figures for row in read_plan_page(self.plan.pk, actor=reviewer, today=TODAY).rows}
        led = Task.objects.filter(plan=self.plan, kind__in=("plan", "report"))
        assert whole["II.1.1"].total == led.count() == 121
        by_units = led.filter(unit__code__in=["P-DKKD", "P-TH", "P-DTGS", "P-DN", "P-KTDN", "TTRA", "TT-XTDT", "VP"])
        assert whole["II.2.4"].total == by_units.count()
        assert whole["II.1.1"].reviewed == 1
        set_state("2022/I.1.1/1/VP", TaskState.REVIEWED)
        again = {row.item.code: row.figures for row in read_plan_page(self.plan.pk, actor=reviewer, today=TODAY).rows}
        assert again["II.1.1"].reviewed == 2
        assert again["II.1.1"].percent == 100 * 2 // 121

    def test_overdue_is_computed_from_the_day(self) -> None:
        reviewer = actor("vanphong.duyet")
        rows = {
            row.item.code: row for row in read_plan_page(self.plan.pk, actor=reviewer, today=date(2022, 6, 30)).rows
        }
        assert rows["I.1.3"].figures.overdue == 0
        rows = {row.item.code: row for row in read_plan_page(self.plan.pk, actor=reviewer, today=TODAY).rows}
        assert rows["I.1.3"].figures.overdue == 8
        assert rows["I.1.1"].figures.overdue == 0

    def test_the_fulfilled_row_is_never_late(self) -> None:
        page = read_plan_page(self.plan.pk, actor=actor("vanphong.duyet"), today=date(2022, 12, 31))
        row = next(row for row in page.rows if row.item.code == "II.1.3")
        assert (row.figures.reviewed, row.figures.overdue, row.figures.percent) == (1, 0, 100)

    def test_the_page_takes_a_fixed_number_of_queries(self) -> None:
        reviewer, member = actor("vanphong.duyet"), actor("chuyenvien.th")
        for viewer in (reviewer, member):
            with self.assertNumQueries(8):
                page = read_plan_page(self.plan.pk, actor=viewer, today=TODAY)
                for row in page.rows:
                    for bullet in row.bullets:
                        [(task.code, task.unit and task.unit.name, task.due_on) for task in bullet.tasks]

    def test_rows_that_lack_a_lead_are_marked(self) -> None:
        page = read_plan_page(self.plan.pk, actor=actor("vanphong.duyet"), today=TODAY)
        assert [row.item.code for row in page.rows if row.lacks_lead] == ["II.2.3"]

    def test_an_unknown_plan_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            read_plan_page(999_999, actor=actor("vanphong.duyet"), today=TODAY)

    def test_the_office_sees_what_nobody_owes_and_units_do_not(self) -> None:
        assert [task.code for task in rows_without_lead(actor("chanhvanphong"))] == [
            "2022/II.1.6/1/CHUA-GIAO",
            "2022/II.2.3/1/CHUA-GIAO",
        ]
        assert list(rows_without_lead(actor("truongphong.dkkd"))) == []
        assert list(rows_without_lead(actor("sotaichinh"))) == []

    def test_what_got_a_unit_or_was_cancelled_leaves_the_list(self) -> None:
        set_state("2022/II.1.6/1/CHUA-GIAO", TaskState.CANCELLED)
        assert [task.code for task in rows_without_lead(actor("chanhvanphong"))] == ["2022/II.2.3/1/CHUA-GIAO"]

    def test_a_stored_plan_reads_back_as_it_was_parsed(self) -> None:
        stored = parsed_from_store(self.plan)
        assert stored.items == parsed(2022).items
        assert stored.duties == parsed(2022).duties

    def test_a_year_without_a_plan_is_said(self) -> None:
        with pytest.raises(NotFound, match="Chưa nhập kế hoạch năm 2023"):
            compare_plans(2022, 2023)


class TestTwoYears(BothPlans):
    """Both plans."""

    def test_rows_are_matched_and_counted_as_the_domain_says(self) -> None:
        comparison = compare_plans(2022, 2023)
        assert comparison.counts == {
            RowChange.UNCHANGED: 11,
            RowChange.CHANGED: 3,
            RowChange.PARTLY: 2,
            RowChange.DROPPED: 8,
            RowChange.NEW: 1,
        }

    def test_the_order_of_the_years_does_not_matter(self) -> None:
        assert compare_plans(2023, 2022).counts == compare_plans(2022, 2023).counts

    def test_changed_dropped_and_new_rows_are_named(self) -> None:
        comparison = compare_plans(2022, 2023)
        changed = [(pair.former.code, pair.latter.code) for pair in comparison.rows_with(RowChange.CHANGED)]
        assert changed == [("I.2.2", "I.2.2"), ("II.2.1", "II.2.1"), ("II.2.2", "II.2.2")]
        dropped = [pair.former.code for pair in comparison.rows_with(RowChange.DROPPED)]
        assert dropped == ["II.1.3", "II.1.4", "II.1.6", "II.1.7", "II.1.8", "II.1.9", "II.1.10", "II.1.11"]
        assert [pair.latter.code for pair in comparison.rows_with(RowChange.NEW)] == ["II.1.4"]
        assert [pair.latter.code for pair in comparison.rows_with(RowChange.PARTLY)] == ["I.1.4", "I.1.5"]

    def test_a_row_that_moved_is_matched_by_its_counterpart_not_its_number(self) -> None:
        moved = next(pair for pair in compare_plans(2022, 2023).rows if pair.former and pair.former.code == "II.1.5")
        assert moved.latter.code == "II.1.3"
        assert (moved.former.printed_stt, moved.latter.printed_stt) == ("1.4", "1.3")

    def test_changed_figures_come_out(self) -> None:
        changed = {figure.code: (figure.former, figure.latter) for figure in compare_plans(2022, 2023).changed_figures}
        assert changed == {
            "CT-HAILONG-DAUTU": (Decimal(85), Decimal(87)),
            "CT-SANGKIEN-APDUNG": (Decimal(1), Decimal(2)),
        }

    def test_figures_that_went_are_shown_with_one_side(self) -> None:
        gone = {figure.code for figure in compare_plans(2022, 2023).figures if figure.latter is None}
        assert gone == {"CT-DUNGHAN", "CT-VBDT-100"}

    def test_the_two_files_agree_with_each_other(self) -> None:
        assert compare_plans(2022, 2023).disagreements == ()

    def test_a_disagreement_between_the_files_is_said(self) -> None:
        PlanItem.objects.filter(plan__year=2022, code="I.2.3").update(change="changed")
        PlanItem.objects.filter(plan__year=2022, code="I.1.1").update(counterpart_code="I.9.9")
        PlanItem.objects.filter(plan__year=2023, code="I.1.1").update(counterpart_code="")
        said = compare_plans(2022, 2023).disagreements
        assert any("I.2.3 (2022)" in line and "changed" in line for line in said)
        assert any("nêu dòng I.9.9 năm 2023, không tìm thấy" in line for line in said)

    def test_the_comparison_takes_a_fixed_number_of_queries(self) -> None:
        with self.assertNumQueries(6):
            compare_plans(2022, 2023)


@pytest.mark.parametrize(
    ("state", "late"),
    [
        (TaskState.ASSIGNED, True),
        (TaskState.IN_PROGRESS, True),
        (TaskState.ESCALATED, True),
        (TaskState.REPORTED, False),
        (TaskState.REVIEWED, False),
        (TaskState.CANCELLED, False),
        (TaskState.WAITING_EVENT, False),
        (TaskState.SUSPENDED, False),
    ],
)
def test_only_what_is_owed_can_be_late(state: TaskState, late: bool) -> None:
    assert is_overdue(Task(state=state, due_on=date(2022, 6, 30)), TODAY) is late
