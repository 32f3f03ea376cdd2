"""Papers, notices, the trail, plans and the calendar as lists: who sees what, newest first, page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY, House, at, make_draft_document, make_task, strangers_of
from workflow.actions.audit import record_event
from workflow.actions.task import start_task
from workflow.choices import CalendarKind, Certainty, DocumentKind, DocumentStatus, NotificationKind
from workflow.core.errors import NotFound
from workflow.models import AuditEvent, CalendarDay, Document, Notification, Person, Plan, RegisterBook, Task
from workflow.permissions import Actor
from workflow.queries.daylist import calendar_day, calendar_year
from workflow.queries.noticelist import PAGE as NOTICES
from workflow.queries.noticelist import count_unread, list_notices
from workflow.queries.paperlist import PAGE as PAPERS
from workflow.queries.paperlist import find_document, list_documents, visible_documents
from workflow.queries.planlist import list_plans, plan_of_year
from workflow.queries.traillist import PAGE as EVENTS
from workflow.queries.traillist import Sought, search_trail

Counted = Callable[[int], CaptureQueriesContext]


def make_paper(task: Task | None, number: int | None = None, **columns: object) -> Document:
    given: dict[str, object] = {
        "task": task,
        "kind": DocumentKind.LETTER,
        "symbol": "SKHĐT-VP",
        "subject": "Đôn đốc lần 1 việc rà soát",
        "body": "Nội dung",
        "drafted_at": at(MONDAY),
    }
    if number is not None:
        year = int(str(columns.pop("year", 2022)))
        book, _made = RegisterBook.objects.get_or_create(body=HOUSE[0].department, year=year, series="chung")
        given |= {"number": number, "status": DocumentStatus.ISSUED, "book": book, "issued_on": MONDAY}
    return Document.objects.create(**(given | columns))


HOUSE: list[House] = []


@pytest.fixture(autouse=True)
def _at_home(house: House) -> None:
    HOUSE[:] = [house]


def papers(actor: Actor, **wanted: object) -> list[int]:
    return [row.pk for row in list_documents(actor, **wanted).rows]  # type: ignore[arg-type]


class TestPapers:
    def test_papers_of_a_task_are_seen_with_the_task(self, house: House) -> None:
        mine = make_paper(make_task(house))
        other = make_paper(make_task(house, unit=house.other))
        assert papers(house.member) == [mine.pk]
        assert papers(house.stranger) == [other.pk]
        assert papers(house.inspector) == [other.pk, mine.pk]
        assert papers(house.admin) == []

    def test_a_paper_of_no_task_is_seen_by_who_handles_papers_and_who_inspects(self, house: House) -> None:
        paper = make_paper(None)
        for actor in (house.clerk, house.reviewer, house.chief, house.leader, house.inspector):
            assert papers(actor) == [paper.pk]
        for actor in (house.member, house.head, house.outsider, house.admin):
            assert papers(actor) == []
            with pytest.raises(NotFound):
                find_document(actor, paper.pk)

    def test_a_paper_of_no_task_is_seen_by_who_drafted_it(self, house: House) -> None:
        paper = make_paper(None)
        Document.objects.filter(pk=paper.pk).update(drafted_by_id=house.member.person_id)
        assert papers(house.member) == [paper.pk]
        assert papers(house.stranger) == papers(house.outsider) == []

    def test_a_paper_that_may_not_be_seen_looks_like_one_that_is_not_there(self, house: House) -> None:
        paper = make_paper(make_task(house), 1186)
        unseen, missing = [], []
        for actor in strangers_of(house):
            with pytest.raises(NotFound) as caught:
                find_document(actor, paper.pk)
            unseen.append(str(caught.value))
            with pytest.raises(NotFound) as caught:
                find_document(actor, paper.pk + 1000)
            missing.append(str(caught.value))
            assert papers(actor, text="1186") == papers(actor, text="đôn đốc") == []
        assert unseen == missing
        assert find_document(house.member, paper.pk) == paper

    @pytest.mark.parametrize(
        ("text", "hit"),
        [
            ("đôn đốc", True),
            ("don doc", True),
            ("ĐÔN ĐỐC", True),
            ("soat ra", True),
            ("Đo\u0302n đo\u0302\u0301c", True),
            ("1186", True),
            ("1186/SKHĐT-VP", True),
            ("1186/skhdt", True),
            ("SKHĐT-VP", True),
            ("1186/KH-SKHĐT", False),
            ("118", False),
            ("đôn đốc lần 2", False),
            ("%", False),
            ("", True),
            ("   ", True),
        ],
    )
    def test_a_paper_is_found_by_its_words_and_its_number(self, house: House, text: str, hit: bool) -> None:
        paper = make_paper(make_task(house), 1186)
        make_paper(make_task(house, unit=house.other), 1187, subject="Đôn đốc việc khác")
        assert papers(house.member, text=text) == ([paper.pk] if hit else [])

    def test_a_number_below_ten_is_found_as_it_is_printed_and_as_it_is_said(self, house: House) -> None:
        paper = make_paper(make_task(house), 5)
        make_paper(make_task(house), 15)
        assert papers(house.member, text="05/SKHĐT-VP") == [paper.pk]
        assert papers(house.member, text="5") == [paper.pk]

    @pytest.mark.parametrize("status", DocumentStatus.values)
    def test_papers_are_narrowed_by_how_they_stand(self, house: House, status: str) -> None:
        task = make_task(house)
        made = {
            "draft": make_paper(task).pk,
            "issued": make_paper(task, 1).pk,
            "cancelled": make_paper(task, status="cancelled").pk,
        }
        assert papers(house.member, status=status) == [made[status]]
        assert set(papers(house.member, status="bịa")) == set(made.values())

    @pytest.mark.parametrize("text", ["", "don doc"])
    def test_pages_hold_every_paper_once_newest_first(self, house: House, text: str) -> None:
        task = make_task(house)
        made = [make_paper(task).pk for _each in range(2 * PAPERS + 1)]
        make_paper(make_task(house, unit=house.other))
        seen: list[int] = []
        after: int | None = None
        for size in (PAPERS, PAPERS, 1):
            page = list_documents(house.member, text=text, after=after)
            assert len(page.rows) == size
            seen += [row.pk for row in page.rows]
            after = page.after
        assert after is None
        assert seen == made[::-1]

    @pytest.mark.parametrize("number", [1, PAPERS])
    def test_a_page_takes_one_query(self, house: House, django_assert_num_queries: Counted, number: int) -> None:
        for each in range(number):
            make_paper(make_task(house), each + 1)
        with django_assert_num_queries(1):
            for row in list_documents(house.reviewer).rows:
                assert row.task is not None
                assert (row.task.code, row.book) != ("", None)

    def test_the_visible_papers_are_a_query_that_others_may_narrow(self, house: House) -> None:
        task = make_task(house)
        make_draft_document(task)
        assert visible_documents(house.member).filter(task=task).count() == 1
        assert visible_documents(house.stranger).filter(task=task).count() == 0


def tell(actor: Actor, key: str, task: Task | None = None, **columns: object) -> Notification:
    return Notification.objects.create(
        person_id=actor.person_id,
        key=key,
        kind=NotificationKind.NUDGE,
        text=f"Báo {key}",
        task=task,
        created_at=at(MONDAY),
        **columns,
    )


class TestNotices:
    def test_a_person_reads_his_own_and_counts_what_is_unread(self, house: House) -> None:
        first = tell(house.head, "a")
        second = tell(house.head, "b", read_at=at(MONDAY))
        tell(house.member, "a")
        assert [row.pk for row in list_notices(house.head).rows] == [second.pk, first.pk]
        assert (count_unread(house.head), count_unread(house.member), count_unread(house.stranger)) == (1, 1, 0)

    def test_a_notice_of_a_task_that_went_elsewhere_is_neither_listed_nor_counted(self, house: House) -> None:
        task = make_task(house, host_unit=house.division)
        tell(house.head, "a", task)
        assert count_unread(house.head) == 1
        Task.objects.filter(pk=task.pk).update(unit=house.other, host_unit=house.office)
        assert (count_unread(house.head), list_notices(house.head).rows) == (0, [])

    def test_pages_hold_every_notice_once_though_all_came_at_one_moment(self, house: House) -> None:
        made = [tell(house.head, str(each)).pk for each in range(NOTICES * 2)]
        first = list_notices(house.head)
        second = list_notices(house.head, after=first.after)
        assert [row.pk for row in [*first.rows, *second.rows]] == made[::-1]
        assert (first.after, second.after) == (made[NOTICES], None)

    @pytest.mark.parametrize("number", [1, NOTICES])
    def test_a_page_takes_one_query(self, house: House, django_assert_num_queries: Counted, number: int) -> None:
        task = make_task(house)
        for each in range(number):
            tell(house.head, str(each), task)
        with django_assert_num_queries(1):
            assert {row.task.code for row in list_notices(house.head).rows if row.task} == {task.code}
        with django_assert_num_queries(1):
            assert count_unread(house.head) == number


class TestTrail:
    def test_an_entry_reads_as_the_event_was_written(self, house: House) -> None:
        task = make_task(house)
        start_task(task.pk, by=house.member, now=at(MONDAY, "10:00"))
        [entry] = search_trail(Sought(name="task.start")).rows
        assert (entry.task_code, entry.actor, entry.position, entry.unit) == (
            task.code,
            house.member.name,
            "Chuyên viên",
            "Phòng Một",
        )
        assert entry.place == f"Nhiệm vụ {task.pk}"
        assert ("state", "assigned", "in_progress") in entry.changes
        assert entry.at == at(MONDAY, "10:00")
        assert (entry.seq, len(entry.hash)) == (2, 64)

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (None, "(trống)"),
            ("", "(trống)"),
            (True, "có"),
            (False, "không"),
            (7, "7"),
            ("Có", "Có"),
            (["Sở"], '["Sở"]'),
        ],
    )
    def test_a_value_is_said_in_words(self, house: House, value: object, said: str) -> None:
        record_event("policy.set", subject="policy", by=None, now=at(MONDAY), before={"a": "x"}, after={"a": value})
        [entry] = search_trail(Sought(name="policy")).rows
        assert entry.changes == [("a", "x", said)]
        assert (entry.place, entry.actor) == ("Chính sách", "Hệ thống Đôn đốc")

    def test_a_column_that_only_one_side_names_is_shown_with_the_other_empty(self, house: House) -> None:
        record_event("unit.close", subject="unit:P-A", by=None, now=at(MONDAY), before={"a": 1}, after={"b": 2})
        [entry] = search_trail(Sought(name="unit.close")).rows
        assert entry.changes == [("a", "1", "(trống)"), ("b", "(trống)", "2")]
        assert entry.place == "Đơn vị P-A"

    @pytest.mark.parametrize("text", ["NGUYỄN văn tìm", "nguyen tim", "tim nguyen", "tim"])
    def test_a_person_is_sought_without_accents(self, house: House, text: str) -> None:
        Person.objects.filter(pk=house.member.person_id).update(full_name="Nguyễn Văn Tìm")
        start_task(make_task(house).pk, by=house.member, now=at(MONDAY))
        assert [row.name for row in search_trail(Sought(person=text)).rows] == ["task.start"]
        assert search_trail(Sought(person="nguyen khongco")).rows == []

    def test_a_task_is_sought_by_its_code_in_any_case(self, house: House) -> None:
        task = make_task(house, code="KH2022/I.1.5")
        make_task(house, code="KH2022/I.1")
        assert {row.task_id for row in search_trail(Sought(task=" kh2022/i.1.5 ")).rows} == {task.pk}
        assert search_trail(Sought(task="không có")).rows == []

    @pytest.mark.parametrize(
        ("since", "until", "found"),
        [
            (None, None, {"x.one", "x.two", "x.three"}),
            (date(2022, 10, 4), None, {"x.two", "x.three"}),
            (None, date(2022, 10, 4), {"x.one", "x.two"}),
            (date(2022, 10, 4), date(2022, 10, 4), {"x.two"}),
            (date(2022, 10, 6), date(2022, 10, 5), set()),
        ],
    )
    def test_both_days_are_included_by_the_local_day(
        self, house: House, since: date | None, until: date | None, found: set[str]
    ) -> None:
        moments = {
            "x.one": at(MONDAY, "23:59"),
            "x.two": at(date(2022, 10, 4), "00:00"),
            "x.three": at(date(2022, 10, 5), "00:00"),
        }
        for name, moment in moments.items():
            record_event(name, subject="calendar", by=None, now=moment)
        assert {row.name for row in search_trail(Sought(name="x.", since=since, until=until)).rows} == found

    def test_pages_hold_every_event_once_newest_first(self, house: House) -> None:
        for each in range(EVENTS + 3):
            record_event("x.page", subject="calendar", by=None, now=at(MONDAY), details={"n": each})
        first = search_trail(Sought(name="x.page"))
        second = search_trail(Sought(name="x.page"), after=first.after)
        seqs = [row.seq for row in [*first.rows, *second.rows]]
        assert seqs == sorted(range(1, EVENTS + 4), reverse=True)
        assert (len(first.rows), len(second.rows), second.after) == (EVENTS, 3, None)

    def test_fifty_events_take_as_many_queries_as_one(self, house: House, django_assert_num_queries: Counted) -> None:
        make_task(house)
        with django_assert_num_queries(2):
            search_trail(Sought(name="task.create"))
        for _each in range(30):
            make_task(house)
        with django_assert_num_queries(2):
            assert len(search_trail(Sought(name="task.create")).rows) == 31
        assert AuditEvent.objects.filter(name="task.create").count() == 31


class TestPlansAndDays:
    def make_plan(self, house: House, number: str, issued_on: date) -> Plan:
        return Plan.objects.create(
            number=number,
            issued_on=issued_on,
            year=issued_on.year,
            title="Kế hoạch",
            issuer=house.department,
            signer_name="Nguyễn Văn Mẫu",
            signer_capacity="Giám đốc",
            source_name="a.yaml",
            source_sha256="0" * 64,
            imported_at=at(MONDAY),
        )

    def test_plans_stand_the_newest_first_and_the_last_issued_is_the_years(self, house: House) -> None:
        first = self.make_plan(house, "1186/KH-SKHĐT", date(2022, 4, 19))
        mended = self.make_plan(house, "2000/KH-SKHĐT", date(2022, 6, 1))
        newest = self.make_plan(house, "1337/KH-SKHĐT", date(2023, 4, 11))
        assert list_plans() == [newest, mended, first]
        assert (plan_of_year(2022), plan_of_year(2023)) == (mended, newest)

    def test_a_year_without_a_plan_says_so(self, house: House) -> None:
        assert list_plans() == []
        with pytest.raises(NotFound, match=r"^Chưa nhập kế hoạch năm 2024\.$"):
            plan_of_year(2024)

    def test_plans_with_their_issuer_take_one_query(self, house: House, django_assert_num_queries: Counted) -> None:
        for each in range(4):
            self.make_plan(house, f"{each}/KH", date(2020 + each, 1, 1))
        with django_assert_num_queries(1):
            assert {plan.issuer.name for plan in list_plans()} == {"Sở Kế hoạch và Đầu tư"}

    def test_a_years_days_stand_in_order_with_the_other_years_to_choose(
        self, house: House, django_assert_num_queries: Counted
    ) -> None:
        def day_off(day: date, certainty: Certainty) -> None:
            CalendarDay.objects.create(day=day, kind=CalendarKind.OFF, name="Nghỉ", source="TB", certainty=certainty)

        day_off(date(2022, 9, 2), Certainty.CONFIRMED)
        day_off(date(2022, 1, 3), Certainty.CONFIRMED)
        day_off(date(2022, 12, 31), Certainty.CONFIRMED)
        day_off(date(2023, 1, 1), Certainty.PROVISIONAL)
        with django_assert_num_queries(2):
            page = calendar_year(2022)
        assert [row.day for row in page.days] == [date(2022, 1, 3), date(2022, 9, 2), date(2022, 12, 31)]
        assert (page.year, page.years, page.provisional) == (2022, [2022, 2023], False)
        assert calendar_year(2023).provisional
        assert (calendar_year(2024).days, calendar_year(2024).provisional) == ([], False)

    def test_one_day_is_found_or_not(self, house: House) -> None:
        CalendarDay.objects.create(day=MONDAY, kind="off", name="Nghỉ bù", source="TB")
        found = calendar_day(MONDAY)
        assert found is not None
        assert found.name == "Nghỉ bù"
        assert calendar_day(MONDAY + timedelta(days=1)) is None
