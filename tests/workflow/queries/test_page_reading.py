"""What a task's page knows, who can be chosen in a form, and the lists of administration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    MONDAY,
    House,
    at,
    make_actor,
    make_draft_document,
    make_drafted_reminder,
    make_duty,
    make_person,
    make_rule,
    make_task,
    make_unit,
    strangers_of,
)
from workflow.actions.policy import set_policy
from workflow.adapters.rulefile import load_policy_kinds
from workflow.choices import EscalationStatus, Role, TaskKind, TaskState, UnitKind
from workflow.core.errors import NotFound
from workflow.models import Attachment, Delegation, Membership, Obstacle, Person, ProgressNote, Report, Task, Unit
from workflow.permissions import CHECK, DO, SUBMIT, URGE
from workflow.queries.adminlist import (
    PAGE,
    find_person,
    find_unit,
    list_delegations,
    list_persons,
    list_policies,
    list_rules,
    list_units,
    policy_value,
)
from workflow.queries.candidates import (
    all_units,
    consultable_units,
    members_of,
    memberships_in_force,
    open_persons,
    owing_units,
)
from workflow.queries.taskpage import TaskFacts, find_attachment, find_task, load_task_facts

NOW = at(MONDAY)
Counted = Callable[[int], CaptureQueriesContext]


def report_of(task: Task, house: House, version: int, status: str) -> Report:
    return Report.objects.create(
        task=task,
        version=version,
        round=1,
        content="Xong",
        status=status,
        author_id=house.member.person_id,
        author_name="A",
        created_at=NOW,
    )


def file_of(task: Task, house: House, name: str, report: Report | None = None) -> Attachment:
    return Attachment.objects.create(
        task=task,
        report=report,
        name=name,
        stored_as=name,
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        uploaded_by_id=house.member.person_id,
        uploaded_at=NOW,
    )


def facts(house: House, task: Task, name: str = "member") -> TaskFacts:
    return load_task_facts(getattr(house, name), task.pk, now=NOW)


class TestTaskPage:
    def test_a_task_that_is_not_seen_looks_like_one_that_is_not_there(self, house: House) -> None:
        task = make_task(house)
        for actor in strangers_of(house):
            for key in (task.pk, task.pk + 100):
                with pytest.raises(NotFound, match=r"^Không tìm thấy nội dung này"):
                    find_task(actor, key)
                with pytest.raises(NotFound):
                    load_task_facts(actor, key, now=NOW)
        assert find_task(house.member, task.pk) == task

    def test_a_file_is_found_with_its_task_alone(self, house: House) -> None:
        attachment = file_of(make_task(house), house, "a.pdf")
        assert find_attachment(house.member, attachment.pk) == attachment
        assert find_attachment(house.inspector, attachment.pk) == attachment
        for actor in strangers_of(house):
            with pytest.raises(NotFound):
                find_attachment(actor, attachment.pk)

    def test_the_page_finds_what_is_open_among_what_is_past(self, house: House) -> None:
        task = make_task(house, state=TaskState.ESCALATED)
        report_of(task, house, 1, "returned")
        submitted = report_of(task, house, 2, "submitted")
        draft = report_of(task, house, 3, "draft")
        reminder = make_drafted_reminder(task)
        duty = make_duty(task)
        seen = facts(house, task)
        assert (seen.draft, seen.submitted, seen.drafted_reminder, seen.duty) == (draft, submitted, reminder, duty)
        assert [report.version for report in seen.reports] == [3, 2, 1]
        assert (seen.sent, seen.open_escalation) == (None, duty)
        assert (seen.pending_extension, seen.open_obstacle) == (None, None)

    def test_a_draft_stays_with_those_who_write_it(self, house: House) -> None:
        task = make_task(house)
        report_of(task, house, 1, "draft")
        assert facts(house, task, "reviewer").draft is None
        assert facts(house, task, "head").draft is not None

    def test_a_sent_report_is_the_open_one_and_a_withdrawn_one_is_not(self, house: House) -> None:
        task = make_task(house, state=TaskState.ESCALATED)
        sent = make_duty(task, EscalationStatus.SENT)
        assert facts(house, task).open_escalation == sent
        type(sent).objects.filter(pk=sent.pk).update(status=EscalationStatus.WITHDRAWN)
        assert facts(house, task).open_escalation is None

    def test_an_obstacle_is_open_until_it_is_decided(self, house: House) -> None:
        task = make_task(house)
        row = Obstacle.objects.create(
            task=task, text="Vướng", raised_by_id=house.head.person_id, raised_name="A", raised_at=NOW
        )
        assert facts(house, task).open_obstacle == row
        Obstacle.objects.update(status="refused")
        assert facts(house, task).open_obstacle is None

    def test_children_are_shown_as_far_as_they_may_be_seen_and_told_apart(self, house: House) -> None:
        parent = make_task(house, host_unit=house.division)
        asked = make_task(
            house, parent=parent, kind=TaskKind.CONSULTATION, unit=house.body, host_unit=house.division, sequence=2
        )
        helped = make_task(house, parent=parent, kind=TaskKind.SUPPORT, unit=house.division, sequence=1)
        hidden = make_task(house, parent=parent, kind=TaskKind.SUPPORT, unit=house.other, sequence=3)
        seen = facts(house, parent)
        assert seen.children == [helped, asked]
        assert (seen.consultations, seen.other_children) == ([asked], [helped])
        assert facts(house, parent, "reviewer").children == [helped, asked, hidden]

    def test_a_body_sees_its_question_but_not_the_task_above(self, house: House) -> None:
        parent = make_task(house)
        child = make_task(house, parent=parent, kind=TaskKind.CONSULTATION, unit=house.body, host_unit=house.division)
        assert facts(house, child, "outsider").is_consultation
        assert not facts(house, child, "outsider").parent_seen
        assert facts(house, child, "member").parent_seen
        assert not facts(house, parent, "member").parent_seen

    def test_rights_are_asked_on_the_owing_and_on_the_chasing_unit(self, house: House) -> None:
        seen = facts(house, make_task(house))
        assert seen.may(DO)
        assert seen.may(CHECK, DO)
        assert not seen.may(SUBMIT, CHECK)
        assert not seen.may_as_host(URGE)
        chief = facts(house, make_task(house), "chief")
        assert chief.may_as_host(URGE, DO)
        assert (chief.permits("escalate"), chief.permits("cancel")) == (True, False)
        assert (chief.reachable("start"), chief.reachable("review")) == (True, False)

    @pytest.mark.parametrize(
        ("asked", "given", "unconfirmed", "month"),
        [
            (None, None, None, date(2022, 9, 1)),
            (date(2022, 8, 1), None, date(2022, 8, 1), date(2022, 8, 1)),
            (date(2022, 8, 1), date(2022, 7, 1), date(2022, 8, 1), date(2022, 8, 1)),
            (date(2022, 8, 1), date(2022, 8, 1), None, date(2022, 9, 1)),
        ],
    )
    def test_a_confirmation_is_about_the_month_asked_else_the_month_before(
        self, house: House, asked: date | None, given: date | None, unconfirmed: date | None, month: date
    ) -> None:
        task = make_task(house, confirm_monthly=True)
        Task.objects.filter(pk=task.pk).update(confirm_asked=asked, confirmed_month=given)
        seen = facts(house, task)
        assert (seen.unconfirmed_month, seen.month_to_confirm) == (unconfirmed, month)

    def test_today_is_the_day_of_khanh_hoa(self, house: House) -> None:
        task = make_task(house)
        assert load_task_facts(house.member, task.pk, now=at(MONDAY, "00:01")).today == MONDAY
        assert load_task_facts(house.member, task.pk, now=at(MONDAY, "23:59")).today == MONDAY

    def test_files_of_a_version_are_not_loose(self, house: House) -> None:
        task = make_task(house)
        loose = file_of(task, house, "a.pdf")
        file_of(task, house, "b.pdf", report_of(task, house, 1, "submitted"))
        assert facts(house, task).loose_files == [loose]
        assert [each.name for each in facts(house, task).reports[0].attachments.all()] == ["b.pdf"]

    def test_what_hangs_on_a_task_does_not_add_queries(self, house: House) -> None:
        task = make_task(house)

        def hang(first: int, number: int) -> None:
            for version in range(first, first + number):
                file_of(task, house, f"{version}.pdf", report_of(task, house, version, "returned"))
                ProgressNote.objects.create(
                    task=task, author_id=house.member.person_id, author_name="A", created_at=NOW
                )
                make_task(house, parent=task)
                make_draft_document(task)

        def asked() -> int:
            with CaptureQueriesContext(connection) as caught:
                facts(house, task)
            return len(caught)

        hang(1, 1)
        few = asked()
        hang(2, 9)
        assert asked() == few
        assert len(facts(house, task).notes) == 10


class TestCandidates:
    def test_only_the_departments_open_units_may_lead(self, house: House) -> None:
        make_unit("CU", name="Phòng Cũ", valid_to=date(2022, 10, 2))
        make_unit("MOI", name="Phòng Mới", valid_from=date(2022, 10, 4))
        make_unit("HOM-NAY", name="Ấp Hôm Nay", valid_to=MONDAY)
        assert [name for _pk, name in owing_units(MONDAY)] == ["Ấp Hôm Nay", "Phòng Hai", "Phòng Một", "Văn phòng Sở"]

    def test_bodies_outside_may_be_consulted_and_the_asker_not(self, house: House) -> None:
        names = [name for _pk, name in consultable_units(MONDAY, besides=house.division.pk)]
        assert "Phòng Một" not in names
        assert {"Sở Tài chính", "Sở Xây dựng", "Phòng Hai"} <= set(names)
        assert "Ủy ban nhân dân tỉnh Khánh Hòa" not in names
        assert "Phòng Một" in [name for _pk, name in consultable_units(MONDAY)]

    def test_all_units_are_all_or_those_of_the_day(self, house: House) -> None:
        closed = make_unit("CU", name="Phòng Cũ", valid_to=date(2022, 10, 2))
        assert closed.pk in dict(all_units())
        assert closed.pk not in dict(all_units(MONDAY))

    @pytest.mark.parametrize("choose", [owing_units, consultable_units, all_units])
    def test_units_stand_in_folded_order_in_one_query(
        self, house: House, django_assert_num_queries: Counted, choose: Callable[[date], list[tuple[int, str]]]
    ) -> None:
        for number, name in enumerate(("Đấu thầu", "dự án", "Ẩm", "Éc", "Zắc")):
            make_unit(f"U{number}", name=name)
        with django_assert_num_queries(1):
            names = [name for _pk, name in choose(MONDAY)]
        kept = [name for name in names if name in {"Đấu thầu", "dự án", "Ẩm", "Éc", "Zắc"}]
        assert kept == ["Ẩm", "Đấu thầu", "dự án", "Éc", "Zắc"]

    def test_the_work_is_given_to_people_of_the_unit_alone(self, house: House) -> None:
        task = make_task(house)
        assert {pk for pk, _name in members_of(task, MONDAY)} == {house.head.person_id, house.member.person_id}
        Membership.objects.filter(person_id=house.member.person_id).update(valid_to=date(2022, 10, 2))
        assert {pk for pk, _name in members_of(task, MONDAY)} == {house.head.person_id}
        assert members_of(make_task(house, unit=None), MONDAY) == []

    def test_closed_and_inactive_people_are_not_offered(self, house: House) -> None:
        gone, off = make_person("Nguyễn Văn Đi"), make_person("Nguyễn Văn Khóa", is_active=False)
        Person.objects.filter(pk=gone.pk).update(closed_on=MONDAY)
        soon = make_person("Nguyễn Văn Sắp", closed_on=date(2022, 10, 4))
        offered = dict(open_persons(MONDAY))
        assert gone.pk not in offered
        assert off.pk not in offered
        assert offered[soon.pk] == f"Nguyễn Văn Sắp ({soon.username})"

    def test_places_in_force_are_told_apart_by_position_and_unit(self, house: House) -> None:
        place = Membership.objects.get(person_id=house.head.person_id)
        assert dict(memberships_in_force(MONDAY))[place.pk] == f"{house.head.name} – Trưởng đơn vị, Phòng Một"
        Membership.objects.filter(pk=place.pk).update(valid_from=date(2022, 10, 4))
        assert place.pk not in dict(memberships_in_force(MONDAY))
        assert place.pk in dict(memberships_in_force(date(2022, 10, 4)))


class TestAdministration:
    def test_units_stand_open_first_with_their_places_in_force(
        self, house: House, django_assert_num_queries: Counted
    ) -> None:
        Unit.objects.filter(pk=house.other.pk).update(valid_to=date(2022, 9, 30))
        Membership.objects.filter(person_id=house.member.person_id).update(valid_to=date(2022, 9, 30))
        with django_assert_num_queries(1):
            rows = list_units(MONDAY)
            places = {unit.code: (unit.places, unit.parent and unit.parent.name) for unit in rows}
        assert rows[-1].code == "P-B"
        assert places["P-A"] == (1, "Sở Kế hoạch và Đầu tư")
        assert places["VP"][0] == 4
        assert places["SXD"] == (0, None)

    def test_people_are_found_by_name_or_account_without_accents(self, house: House) -> None:
        found = make_person("Đoàn Văn Mẫu Quý")
        for text in ("doan quy", "QUÝ", "đoàn", found.username, "quy doan mau"):
            assert found in list_persons(MONDAY, text=text).rows, text
        assert list_persons(MONDAY, text="doan khongco").rows == []

    @pytest.mark.parametrize("text", ["", "mau"])
    def test_people_stand_in_folded_order_whether_sought_or_not(self, house: House, text: str) -> None:
        for name in ("Đỗ Mẫu", "Ân Mẫu", "Dương Mẫu", "Vũ Mẫu", "Ê Mẫu"):
            make_person(name)
        names = [person.full_name for person in list_persons(MONDAY, text=text).rows]
        kept = [name for name in names if name.endswith(" Mẫu")]
        assert kept == ["Ân Mẫu", "Đỗ Mẫu", "Dương Mẫu", "Ê Mẫu", "Vũ Mẫu"]

    def test_pages_hold_every_person_once_though_all_are_called_alike(self, house: House) -> None:
        before = Person.objects.count()
        Person.objects.bulk_create(
            Person(username=f"p{number}", full_name="Nguyễn Văn Mẫu", password="!") for number in range(2 * PAGE)
        )
        seen: list[int] = []
        page: int | None = 1
        while page is not None:
            got = list_persons(MONDAY, page=page)
            seen += [person.pk for person in got.rows]
            page = got.next_page
        assert (len(seen), len(set(seen))) == (before + 2 * PAGE, before + 2 * PAGE)

    def test_a_page_of_people_with_their_places_takes_two_queries(
        self, house: House, django_assert_num_queries: Counted
    ) -> None:
        with django_assert_num_queries(2):
            rows = list_persons(MONDAY).rows
            places = {place.unit.name for person in rows for place in person.places}
        assert "Phòng Một" in places

    def test_a_person_is_found_with_his_places_newest_first(self, house: House) -> None:
        person = Person.objects.get(pk=house.member.person_id)
        make_actor(Role.UNIT_HEAD, house.other, person=person)
        Membership.objects.filter(person=person, unit=house.other).update(valid_from=date(2022, 5, 1))
        assert [place.unit.code for place in find_person(person.pk).memberships.all()] == ["P-B", "P-A"]
        with pytest.raises(NotFound, match=r"^Không có người dùng này\.$"):
            find_person(person.pk + 1000)
        assert find_unit(house.office.pk).parent == house.department
        with pytest.raises(NotFound, match=r"^Không có đơn vị này\.$"):
            find_unit(house.office.pk + 1000)

    def test_delegations_stand_newest_first_in_one_query(
        self, house: House, django_assert_num_queries: Counted
    ) -> None:
        place = Membership.objects.get(person_id=house.chief.person_id)
        for day in (1, 9, 5):
            Delegation.objects.create(
                membership=place,
                delegate_id=house.reviewer.person_id,
                capacity="TL.",
                document_number=str(day),
                document_date=MONDAY,
                scope="x",
                valid_from=date(2022, 10, day),
                valid_to=date(2022, 10, day),
            )
        with django_assert_num_queries(1):
            said = [
                (row.document_number, row.membership.unit.name, row.delegate.full_name) for row in list_delegations()
            ]
        assert [number for number, _unit, _name in said] == ["9", "5", "1"]

    def test_a_policy_shows_its_default_its_value_today_and_its_history(self, house: House) -> None:
        kinds = load_policy_kinds()
        key = next(key for key, kind in kinds.items() if kind.kind == "number" or isinstance(kind.default, int))
        default = kinds[key].default
        assert isinstance(default, int)
        before = {line.kind.key: line for line in list_policies(MONDAY, kinds)}[key]
        assert (before.changed, before.rows, before.value) == (False, [], before.default)
        value = default + 1
        set_policy(key, value, MONDAY + timedelta(days=7), "Thử", by=house.admin, now=NOW)
        assert policy_value(key, MONDAY) == default
        assert policy_value(key, MONDAY + timedelta(days=7)) == value
        after = {line.kind.key: line for line in list_policies(MONDAY + timedelta(days=7), kinds)}[key]
        assert after.changed
        assert [words for _row, words in after.rows] == [after.value]
        assert after.value != after.default

    def test_a_policy_that_is_none_is_not_found(self, house: House) -> None:
        with pytest.raises(NotFound, match=r"^Không có chính sách này\.$"):
            policy_value("khong_co", MONDAY)

    def test_every_policy_is_listed_in_the_order_of_its_file(self, house: House) -> None:
        kinds = load_policy_kinds()
        assert [line.kind.key for line in list_policies(MONDAY, kinds)] == list(kinds)

    def test_rules_stand_by_year_newest_first(self, house: House, django_assert_num_queries: Counted) -> None:
        old = make_rule("R-1")
        new = make_rule("R-2")
        type(new).objects.filter(pk=new.pk).update(plan_year=2023)
        with django_assert_num_queries(1):
            assert [rule.pk for rule in list_rules()] == [new.pk, old.pk]


def test_every_kind_of_unit_that_may_lead_may_also_be_consulted_and_so_may_bodies_outside(house: House) -> None:
    for kind in UnitKind:
        make_unit(f"K-{kind.value}", kind, name=f"Loại {kind.value}")
    leads, asked = dict(owing_units(MONDAY)), dict(consultable_units(MONDAY))
    assert set(leads) < set(asked)
    more = {name for name in asked.values() if name.startswith("Loại")} - set(leads.values())
    assert more == {"Loại lanh_dao", "Loại co_quan_ngoai", "Loại dia_phuong"}


def test_bodies_outside_are_offered_before_the_departments_own(house: House) -> None:
    names = [name for _pk, name in consultable_units(MONDAY)]
    assert names[:2] == ["Sở Tài chính", "Sở Xây dựng"]
    assert names[2:] == ["Lãnh đạo Sở", "Phòng Hai", "Phòng Một", "Văn phòng Sở"]
