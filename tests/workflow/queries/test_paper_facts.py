"""What a paper needs to know: who issues, which symbol, what a text says of a task; and what time it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import MONDAY, House, at, make_draft_document, make_rule, make_task, make_unit
from workflow.choices import DocumentStatus, ReminderStatus, TaskKind, TaskOrigin, UnitKind
from workflow.core.errors import WrongState
from workflow.core.wording import Basis, Cited, EarlierReminder
from workflow.models import DemonstrationClock, Document, Letterhead, Plan, RegisterBook, Reminder, Task, Unit
from workflow.queries import clock
from workflow.queries.clock import current_moment, demonstration_clock, forget_clock
from workflow.queries.document import head_on, issuing_body, province, symbol_of
from workflow.queries.wording import basis_of, read_matter, read_papers, task_facts


class TestIssuingBody:
    def test_the_department_that_stands_on_the_day_issues(self, house: House) -> None:
        Unit.objects.filter(pk=house.department.pk).update(valid_to=date(2022, 12, 31))
        later = make_unit("STC-MOI", UnitKind.DEPARTMENT, name="Sở Tài chính mới", valid_from=date(2023, 1, 1))
        assert issuing_body(date(2022, 12, 31)) == house.department
        assert issuing_body(date(2023, 1, 1)) == later

    def test_without_a_department_or_a_province_it_is_said_what_to_do(self, db: None) -> None:
        for ask in (issuing_body, province):
            with pytest.raises(WrongState, match="đề nghị quản trị bổ sung"):
                ask(MONDAY)

    def test_a_closed_province_does_not_count(self, house: House) -> None:
        assert province(MONDAY) == house.province
        Unit.objects.filter(pk=house.province.pk).update(valid_to=date(2022, 10, 2))
        with pytest.raises(WrongState, match="UBND tỉnh"):
            province(MONDAY)

    def test_the_letterhead_does_not_repeat_the_place(self, house: House) -> None:
        Unit.objects.filter(pk=house.department.pk).update(
            name="Sở Kế hoạch và Đầu tư tỉnh Khánh Hòa", parent=house.province
        )
        head = head_on(MONDAY)
        assert (head.parent_name, head.name) == ("UBND tỉnh Khánh Hòa", "Sở Kế hoạch và Đầu tư")

    def test_the_symbol_is_that_of_the_drafting_unit_or_of_the_office(self, house: House) -> None:
        assert symbol_of("CV", house.division, MONDAY) == "SKHĐT-P-A"
        for unit in (None, house.body):
            assert symbol_of("CV", unit, MONDAY) == "SKHĐT-VP"
        assert symbol_of("BC", house.division, MONDAY) == "BC-SKHĐT"

    def test_a_symbol_that_lacks_an_abbreviation_is_refused(self, house: House) -> None:
        Unit.objects.update(abbreviation="")
        with pytest.raises(WrongState):
            symbol_of("CV", None, MONDAY)


class TestWords:
    def test_a_title_is_said_without_the_stop_at_its_end(self) -> None:
        task = Task(
            title="Rà soát thủ tục. ", due_on=MONDAY, clause="I.1.5", kind=TaskKind.PLAN, timeline_text="Quý II"
        )
        facts = task_facts(task, unit_name="Phòng Một", parent_title="Việc lớn .")
        assert (facts.title, facts.parent_title) == ("Rà soát thủ tục", "Việc lớn")
        assert (facts.due_on, facts.clause, facts.timeline_text, facts.consultation) == (
            MONDAY,
            "I.1.5",
            "Quý II",
            False,
        )

    def test_names_are_read_for_one_task_and_a_parent_only_for_a_consultation(self, house: House) -> None:
        parent = make_task(house, title="Hồ sơ lớn")
        asked = make_task(house, parent=parent, kind=TaskKind.CONSULTATION, unit=house.body, host_unit=house.division)
        helped = make_task(house, parent=parent, kind=TaskKind.SUPPORT)
        facts = read_matter(asked, today=MONDAY).facts
        assert (facts.unit_name, facts.parent_title, facts.consultation) == ("Sở Tài chính", "Hồ sơ lớn", True)
        assert (facts.body_name, facts.asked_by, facts.asked_on) == ("Sở Kế hoạch và Đầu tư", None, MONDAY)
        facts = read_matter(helped, today=MONDAY).facts
        assert (facts.unit_name, facts.parent_title, facts.asked_on) == ("Phòng Một", "", None)
        assert read_matter(make_task(house, unit=None), today=MONDAY).facts.unit_name == ""

    def test_a_task_cites_the_plan_or_the_document_that_gave_it(self, house: House) -> None:
        plan = Plan.objects.create(
            number="1186/KH-SKHĐT",
            issued_on=date(2022, 4, 19),
            year=2022,
            title="Thực hiện các biện pháp",
            issuer=house.department,
            imported_at=at(MONDAY),
        )
        of_plan = read_matter(make_task(house, plan=plan), today=MONDAY).facts.asked_by
        assert of_plan == Cited("Kế hoạch", "1186/KH-SKHĐT", date(2022, 4, 19), house.department.name, plan.title)
        given = make_task(
            house, kind=TaskKind.PROVINCE, origin=TaskOrigin.PROVINCE, event_number="12/UBND-KT", event_on=MONDAY
        )
        assert read_matter(given, today=MONDAY).facts.asked_by == Cited(
            "Văn bản", "12/UBND-KT", MONDAY, "Ủy ban nhân dân tỉnh Khánh Hòa"
        )

    def test_the_body_is_called_as_it_names_itself_on_the_day(self, house: House) -> None:
        task = make_task(house)
        Letterhead.objects.create(
            body=house.department,
            parent_name="UBND TỈNH KHÁNH HÒA",
            name="Sở Tài chính",
            abbreviation="STC",
            place="Khánh Hòa",
            valid_from=date(2025, 3, 1),
        )
        named = [read_matter(task, today=day).facts.body_name for day in (date(2025, 2, 28), date(2025, 3, 1))]
        assert named == ["Sở Kế hoạch và Đầu tư", "Sở Tài chính"]

    def test_the_letter_that_asked_is_the_first_one_to_the_body_and_no_reminder(self, house: House) -> None:
        parent = make_task(house, title="Hồ sơ lớn")
        asked = make_task(house, parent=parent, kind=TaskKind.CONSULTATION, unit=house.body, host_unit=house.division)
        book = RegisterBook.objects.create(body=house.department, year=2022, series="chung")

        def letter(task: Task, number: int, to: str, day: date) -> Document:
            document = make_draft_document(task)
            document.number, document.book, document.issued_on, document.issued_at = number, book, day, at(day)
            document.status, document.recipients = DocumentStatus.ISSUED, [to]
            document.head = {"name": "Sở cũ"}
            document.save()
            return document

        letter(parent, 1, "Sở Xây dựng", MONDAY)
        assert read_matter(asked, today=MONDAY).facts.asked_by is None
        letter(parent, 2, "Sở Tài chính", date(2022, 10, 17))
        assert read_matter(asked, today=MONDAY).facts.asked_by is None
        letter(parent, 3, "Sở Tài chính", date(2022, 10, 4))
        reminding = letter(asked, 4, "Sở Tài chính", MONDAY)
        Reminder.objects.create(
            task=asked, round=1, ordinal=1, document=reminding, rule=make_rule(), drafted_at=at(MONDAY)
        )
        found = read_matter(asked, today=MONDAY).facts.asked_by
        assert found == Cited("Công văn", "03/SKHĐT-VP", date(2022, 10, 4), "Sở cũ", "Mẫu")

    def test_papers_of_a_set_take_as_many_queries_as_those_of_two(
        self, house: House, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
    ) -> None:
        def pair() -> list[Task]:
            parent = make_task(house)
            asked = make_task(
                house, parent=parent, kind=TaskKind.CONSULTATION, unit=house.body, host_unit=house.division
            )
            return [asked, make_task(house)]

        for tasks in (pair(), [*pair(), *pair(), *pair()]):
            with django_assert_num_queries(4):
                papers = read_papers(tasks[:1], tasks[1:], province_name="UBND")
            assert set(papers.trails) == {task.pk for task in tasks[1:]}

    def test_a_decision_without_a_clause_cites_what_it_stands_on(self) -> None:
        assert basis_of({"basis": "KH 1186", "clause": "Đôn đốc"}) == Basis("KH 1186", "Đôn đốc")
        assert basis_of({"basis": "yêu cầu của khách hàng"}) == Basis("yêu cầu của khách hàng", "")
        assert basis_of({}) == Basis("", "")

    def test_only_issued_reminders_of_this_round_are_named_in_order(self, house: House) -> None:
        task = make_task(house)
        book = RegisterBook.objects.create(body=house.department, year=2022, series="chung")

        def remind(ordinal: int, number: int | None, status: str, round_number: int = 2) -> None:
            document = make_draft_document(task)
            if number is not None:
                document.number, document.book, document.issued_on = number, book, MONDAY
                document.save()
            Reminder.objects.create(
                task=task,
                round=round_number,
                ordinal=ordinal,
                status=status,
                document=document,
                rule=make_rule(),
                drafted_at=at(MONDAY),
            )

        Task.objects.filter(pk=task.pk).update(round=2)
        task.refresh_from_db()
        remind(1, 3, ReminderStatus.ISSUED, round_number=1)
        remind(2, 8, ReminderStatus.ISSUED)
        remind(1, 5, ReminderStatus.ISSUED)
        remind(1, 6, ReminderStatus.WITHDRAWN)
        assert read_matter(task, today=MONDAY).earlier == [
            EarlierReminder(1, "05/SKHĐT-VP", MONDAY, "Sở Kế hoạch và Đầu tư", "Mẫu"),
            EarlierReminder(2, "08/SKHĐT-VP", MONDAY, "Sở Kế hoạch và Đầu tư", "Mẫu"),
        ]


class TestClock:
    @pytest.fixture(autouse=True)
    def _forget(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr(clock, "KEEP_SECONDS", 3600.0)
        forget_clock()
        yield
        forget_clock()

    def test_without_a_demonstration_the_machines_clock_is_asked_and_no_table(
        self, db: None, settings: object, django_assert_num_queries: object
    ) -> None:
        settings.DEMONSTRATION = False  # type: ignore[attr-defined]
        DemonstrationClock.objects.create(real_at=timezone.now(), shown_at=at(MONDAY))
        with django_assert_num_queries(0):  # type: ignore[operator]
            assert abs(current_moment() - timezone.now()) < timedelta(seconds=5)
            assert demonstration_clock() is None

    def test_a_demonstrations_clock_goes_on_from_where_it_was_set(self, db: None, settings: object) -> None:
        settings.DEMONSTRATION = True  # type: ignore[attr-defined]
        DemonstrationClock.objects.create(real_at=timezone.now() - timedelta(hours=2), shown_at=at(MONDAY, "08:00"))
        assert timedelta() <= current_moment() - at(MONDAY, "10:00") < timedelta(seconds=10)

    def test_the_clock_is_read_once_and_again_when_it_was_forgotten(
        self, db: None, settings: object, django_assert_num_queries: object
    ) -> None:
        settings.DEMONSTRATION = True  # type: ignore[attr-defined]
        with django_assert_num_queries(1):  # type: ignore[operator]
            assert demonstration_clock() is None
            current_moment()
        DemonstrationClock.objects.create(real_at=timezone.now(), shown_at=at(MONDAY))
        assert demonstration_clock() is None
        forget_clock()
        found = demonstration_clock()
        assert found is not None
        assert found[1] == at(MONDAY)
