"""My work: what stands in each group, in which words, for whom, in which order, and in how many queries."""

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
    in_place_of,
    make_drafted_reminder,
    make_duty,
    make_person,
    make_task,
    strangers_of,
)
from workflow.choices import EscalationStatus, ReportStatus, TaskKind, TaskState
from workflow.models import Extension, Obstacle, Person, Report, Task
from workflow.permissions import Actor
from workflow.queries.inbox import MOST, READ, Group, load_inbox

LATE = date(2022, 9, 30)
FAR = date(2022, 12, 30)


def inbox(actor: Actor) -> dict[str, Group]:
    return {group.key: group for group in load_inbox(actor, today=MONDAY)}


def codes(group: Group) -> list[str]:
    return [line.task.code for line in group.lines]


def report_on(task: Task, author: Actor, submitter: Actor | None = None, **columns: object) -> Report:
    """Give the task a report version: a draft of the author, or one that the submitter handed in."""
    status = ReportStatus.SUBMITTED if submitter else ReportStatus.DRAFT
    return Report.objects.create(
        task=task,
        version=1,
        round=1,
        content="Đã làm",
        status=status,
        author_id=author.person_id,
        author_name=author.name,
        created_at=at(MONDAY),
        submitted_by_id=submitter.person_id if submitter else None,
        submitted_name=submitter.name if submitter else "",
        submitted_at=at(MONDAY, "08:30") if submitter else None,
        **columns,
    )


def ask_extension_of(task: Task, asker: Actor, minute: int = 0, **columns: object) -> Extension:
    return Extension.objects.create(
        task=task,
        reason="Thiếu số liệu",
        old_due=date(2022, 10, 14),
        wanted_due=date(2022, 10, 21),
        asked_by_id=asker.person_id,
        asked_name=asker.name,
        asked_at=at(MONDAY, f"08:{minute:02d}"),
        **columns,
    )


def raise_on(task: Task, asker: Actor, **columns: object) -> Obstacle:
    return Obstacle.objects.create(
        task=task,
        text="Máy chủ hỏng",
        raised_by_id=asker.person_id,
        raised_name=asker.name,
        raised_at=at(MONDAY),
        **columns,
    )


def make_many(house: House, number: int, due_on: date) -> None:
    """Make many tasks of the first division at once."""
    first = make_task(house, due_on=due_on)
    columns = {field.attname: getattr(first, field.attname) for field in Task._meta.concrete_fields}
    del columns["id"]
    Task.objects.bulk_create(Task(**(columns | {"code": f"{first.code}-{each}"})) for each in range(1, number))


def consultation(house: House, **columns: object) -> Task:
    given = {"kind": TaskKind.CONSULTATION, "ladder": "B", "unit": house.body, "host_unit": house.division}
    return make_task(house, **(given | columns))


class TestOwnWork:
    @pytest.mark.parametrize(
        ("due_on", "key"),
        [
            (date(2022, 9, 30), "qua-han"),
            (date(2022, 10, 2), "qua-han"),
            (date(2022, 10, 3), "hom-nay"),
            (date(2022, 10, 4), "tuan-nay"),
            (date(2022, 10, 9), "tuan-nay"),
            (date(2022, 10, 10), "sap-toi"),
        ],
    )
    def test_a_due_day_decides_the_group_and_the_week_ends_on_sunday(
        self, house: House, due_on: date, key: str
    ) -> None:
        task = make_task(house, due_on=due_on)
        assert {name: codes(group) for name, group in inbox(house.head).items()} == {key: [task.code]}

    @pytest.mark.parametrize("state", [state for state in TaskState if state not in {"assigned", "in_progress"}])
    def test_work_whose_clock_does_not_run_is_not_listed(self, house: House, state: str) -> None:
        make_task(house, due_on=LATE, state=state)
        assert "qua-han" not in inbox(house.head)

    def test_the_earliest_day_stands_first_and_equal_days_in_the_order_they_were_made(self, house: House) -> None:
        made = [make_task(house, due_on=LATE - timedelta(days=back)) for back in (1, 0, 3, 0)]
        wanted = [made[2], made[0], made[1], made[3]]
        assert codes(inbox(house.head)["qua-han"]) == [task.code for task in wanted]

    @pytest.mark.parametrize(
        ("columns", "words"),
        [
            ({}, "Chưa phân công ai."),
            ({"reminders_issued": 2}, "Đã đôn đốc 2 lần, chưa phân công ai."),
            ({"obstacle_open": True}, "Đang có vướng mắc, chưa phân công ai."),
            ({"reminders_issued": 1, "obstacle_open": True}, "Đã đôn đốc 1 lần, đang có vướng mắc, chưa phân công ai."),
        ],
    )
    def test_a_line_says_how_the_work_stands(self, house: House, columns: dict[str, object], words: str) -> None:
        make_task(house, due_on=LATE, **columns)
        [line] = inbox(house.head)["qua-han"].lines
        assert (line.what, line.why, line.act) == ("Viết báo cáo", words, "soan-bao-cao")

    def test_a_line_names_who_the_work_was_given_to(self, house: House) -> None:
        make_task(house, due_on=LATE, assignee_id=house.member.person_id)
        assert inbox(house.member)["qua-han"].lines[0].why == f"Giao cho {house.member.name}."

    def test_a_draft_is_submitted_by_the_head_and_mended_by_the_member(self, house: House) -> None:
        report_on(make_task(house, due_on=LATE), house.member)
        [line] = inbox(house.head)["qua-han"].lines
        assert (line.what, line.act) == ("Xem và nộp báo cáo", "")
        assert line.why == "Đã có bản thảo. Chưa phân công ai."
        [line] = inbox(house.member)["qua-han"].lines
        assert (line.what, line.act) == ("Sửa bản thảo", "soan-bao-cao")
        assert line.why.startswith("Đã có bản thảo, chưa nộp.")

    def test_a_consulted_unit_of_the_department_is_led_to_send_its_answer(self, house: House) -> None:
        report_on(consultation(house, unit=house.other, due_on=MONDAY), house.stranger)
        [line] = inbox(house.other_head)["hom-nay"].lines
        assert (line.what, line.act) == ("Gửi ý kiến trả lời", "gui-tra-loi")
        [line] = inbox(house.stranger)["hom-nay"].lines
        assert (line.what, line.act) == ("Viết ý kiến trả lời", "soan-bao-cao")

    def test_a_body_with_an_account_answers_its_own_question(self, house: House) -> None:
        consultation(house, due_on=MONDAY)
        [line] = inbox(house.outsider)["hom-nay"].lines
        assert (line.what, line.act) == ("Ghi văn bản trả lời", "ghi-tra-loi")

    def test_a_delegate_sees_what_was_given_to_his_principal(self, house: House) -> None:
        principal = house.member
        task = make_task(house, due_on=LATE, assignee_id=principal.person_id)
        other = make_task(house, due_on=LATE, assignee_id=house.head.person_id)
        found = codes(inbox(in_place_of(house.stranger, principal))["qua-han"])
        assert found == [task.code]
        assert other.code not in found

    def test_only_eight_coming_tasks_are_shown_and_it_is_said_that_there_are_more(self, house: House) -> None:
        for _each in range(9):
            make_task(house, due_on=FAR)
        group = inbox(house.head)["sap-toi"]
        assert (len(group.lines), group.more, group.count) == (8, True, "8+")
        Task.objects.filter(code=group.lines[0].task.code).update(state=TaskState.CANCELLED)
        group = inbox(house.head)["sap-toi"]
        assert (len(group.lines), group.more, group.count) == (8, False, "8")

    @pytest.mark.parametrize("number", [MOST, MOST + 1, READ, READ + 1])
    def test_a_group_shows_fifty_at_most_and_says_when_there_are_more(self, house: House, number: int) -> None:
        make_many(house, number, LATE)
        group = inbox(house.head)["qua-han"]
        assert len(group.lines) == MOST
        assert group.count == (f"{MOST}+" if number > MOST else str(MOST))

    def test_a_month_to_confirm_is_not_pushed_out_by_much_other_work(self, house: House) -> None:
        make_many(house, READ + 5, FAR)
        standing = make_task(house, due_on=None, due_first=None, last_day=None)
        Task.objects.filter(pk=standing.pk).update(confirm_monthly=True, confirm_asked=date(2022, 9, 1))
        groups = inbox(house.head)
        assert codes(groups["xac-nhan"]) == [standing.code]
        assert groups["sap-toi"].more

    def test_the_last_group_that_was_read_says_that_there_is_more_even_when_it_is_short(self, house: House) -> None:
        make_many(house, READ - 3, LATE)
        make_many(house, 5, MONDAY)
        groups = inbox(house.head)
        assert (len(groups["hom-nay"].lines), groups["hom-nay"].more) == (3, True)
        assert groups["qua-han"].count == f"{MOST}+"
        Task.objects.filter(code__in=codes(groups["qua-han"])[:2]).update(state=TaskState.CANCELLED)
        assert (len(inbox(house.head)["hom-nay"].lines), inbox(house.head)["hom-nay"].more) == (5, False)


class TestMonths:
    @pytest.mark.parametrize(
        ("asked", "given", "listed"),
        [
            (None, None, False),
            (date(2022, 9, 1), None, True),
            (date(2022, 9, 1), date(2022, 8, 1), True),
            (date(2022, 9, 1), date(2022, 9, 1), False),
            (date(2022, 9, 1), date(2022, 10, 1), False),
        ],
    )
    def test_a_month_is_asked_until_it_is_given(
        self, house: House, asked: date | None, given: date | None, listed: bool
    ) -> None:
        task = make_task(house, due_on=None, due_first=None, last_day=None, confirm_monthly=True)
        Task.objects.filter(pk=task.pk).update(confirm_asked=asked, confirmed_month=given)
        assert ("xac-nhan" in inbox(house.member)) is listed

    def test_the_line_names_the_month(self, house: House) -> None:
        task = make_task(house, due_on=None, due_first=None, last_day=None, confirm_monthly=True)
        Task.objects.filter(pk=task.pk).update(confirm_asked=date(2022, 9, 1))
        [line] = inbox(house.member)["xac-nhan"].lines
        assert (line.what, line.act) == ("Xác nhận tháng 09/2022", "xac-nhan-thang")


class TestDesks:
    def test_an_answer_waits_for_the_unit_that_asked_with_who_and_when(self, house: House) -> None:
        report_on(consultation(house, state=TaskState.REPORTED), house.outsider, house.outsider)
        [line] = inbox(house.member)["cho-kiem-tra"].lines
        assert line.what == "Xem ý kiến trả lời"
        assert line.why == f"{house.outsider.name} gửi lúc 08:30 03/10/2022."
        assert "cho-kiem-tra" not in inbox(house.stranger)
        assert "cho-kiem-tra" not in inbox(house.reviewer)

    @pytest.mark.parametrize("hand", ["author", "submitter"])
    def test_nobody_is_asked_to_accept_what_he_wrote_or_sent(self, house: House, hand: str) -> None:
        task = consultation(house, unit=house.other, state=TaskState.REPORTED)
        hands = (house.member, house.other_head) if hand == "author" else (house.stranger, house.member)
        report_on(task, *hands)
        assert "cho-kiem-tra" not in inbox(house.member)
        assert codes(inbox(house.head)["cho-kiem-tra"]) == [task.code]
        assert "cho-kiem-tra" not in inbox(in_place_of(house.member, house.head))

    @pytest.mark.parametrize("name", ["reviewer", "chief", "clerk", "leader"])
    def test_what_passes_through_a_flow_stands_there_alone(self, house: House, name: str) -> None:
        """A report, a reminder, a duty, its direction, a request: each is a step of `approvals.queries.inbox`."""
        report_on(make_task(house, state=TaskState.REPORTED), house.member, house.head)
        make_drafted_reminder(make_task(house, due_on=LATE))
        make_duty(make_task(house, state=TaskState.ESCALATED))
        make_duty(make_task(house, state=TaskState.ESCALATED), EscalationStatus.SENT)
        ask_extension_of(make_task(house), house.head)
        raise_on(make_task(house), house.head)
        assert inbox(getattr(house, name)) == {}

    def test_a_paper_answer_waits_for_the_clerk_alone(self, house: House) -> None:
        task = consultation(house, unit=house.silent_body, by_paper=True, due_on=FAR)
        consultation(house, by_paper=False)
        consultation(house, unit=house.silent_body, by_paper=True, state=TaskState.REPORTED)
        assert codes(inbox(house.clerk)["cho-ghi"]) == [task.code]
        assert inbox(house.clerk)["cho-ghi"].lines[0].why.startswith("Sở Xây dựng trả lời bằng văn bản giấy")
        assert "cho-ghi" not in inbox(house.member)

    @pytest.mark.parametrize(
        ("columns", "words"),
        [
            ({}, "Chưa đôn đốc lần nào."),
            ({"reminders_issued": 1}, "Đã đôn đốc 1 lần."),
            ({"reminder_drafted": True}, "Đang có dự thảo đôn đốc chờ phát hành. Chưa đôn đốc lần nào."),
        ],
    )
    def test_a_silent_body_is_shown_to_the_unit_that_asked(
        self, house: House, columns: dict[str, object], words: str
    ) -> None:
        consultation(house, due_on=LATE, **columns)
        consultation(house, due_on=MONDAY)
        [line] = inbox(house.member)["tra-loi-cham"].lines
        assert (line.what, line.why) == ("Xem và đôn đốc", words)
        assert "tra-loi-cham" not in inbox(house.stranger)


def lay_out(house: House, number: int) -> None:
    """Put `number` things of every sort before everybody."""
    for _each in range(number):
        report_on(make_task(house, due_on=LATE), house.member)
        report_on(make_task(house, state=TaskState.REPORTED), house.member, house.head)
        make_drafted_reminder(make_task(house, due_on=LATE))
        make_duty(make_task(house, state=TaskState.ESCALATED))
        sent = make_task(house, state=TaskState.ESCALATED)
        make_duty(sent, EscalationStatus.SENT)
        ask_extension_of(make_task(house), house.head)
        raise_on(make_task(house), house.head)
        consultation(house, due_on=LATE, unit=house.silent_body, by_paper=True)


def queries_of(actor: Actor) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        for group in load_inbox(actor, today=MONDAY):
            for line in group.lines:
                assert line.task.host_unit.name
                assert line.task.unit is None or line.task.unit.name
    return len(caught)


@pytest.mark.parametrize("name", ["head", "member", "reviewer", "chief", "clerk", "leader", "outsider"])
def test_thirty_things_take_as_many_queries_as_one(house: House, name: str) -> None:
    actor = getattr(house, name)
    lay_out(house, 1)
    with_one = queries_of(actor)
    lay_out(house, 5)
    assert queries_of(actor) == with_one
    assert with_one <= 5


def test_a_stranger_finds_nothing_of_it(house: House) -> None:
    lay_out(house, 1)
    for actor in [*strangers_of(house), house.inspector]:
        assert load_inbox(actor, today=MONDAY) == [], actor.name


def test_who_holds_no_right_asks_the_database_nothing(
    house: House, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    nobody = Actor(house.admin.person_id, "A", "", None, "", frozenset())
    with django_assert_num_queries(0):
        assert load_inbox(nobody, today=MONDAY) == []


def test_a_colleague_who_left_keeps_his_work_listed_for_the_head(house: House) -> None:
    gone = make_person()
    task = make_task(house, due_on=LATE, assignee_id=gone.pk)
    Person.objects.filter(pk=gone.pk).update(closed_on=date(2022, 9, 1))
    assert codes(inbox(house.head)["qua-han"]) == [task.code]
    assert "qua-han" not in inbox(house.member)
