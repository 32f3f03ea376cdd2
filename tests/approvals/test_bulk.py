"""Deciding many at once: each item is judged on its own, through the same door as one by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.actions.bulk import AT_ONCE, Item, bulk_choice, decide_many
from approvals.actions.deciding import decide
from approvals.models import Approval, Step
from approvals.screens import CHOICES
from tests.approvals.factories import (
    ALL_WELL,
    NOW,
    Matter,
    document_at,
    document_of,
    extension_at,
    open_book,
    report_at,
    task_of,
)
from tests.factories import House, in_place_of, make_actor, make_task
from tests.workflow.web.conftest import assert_clean
from workflow.actions.document import revise_document
from workflow.actions.report import save_draft
from workflow.actions.unit import sync_grants
from workflow.choices import FlowKind, Role, TaskOrigin, TaskState
from workflow.core.errors import Invalid, WrongState
from workflow.models import AuditEvent, DemonstrationClock, Person
from workflow.permissions import Actor
from workflow.queries.clock import forget_clock

pytestmark = pytest.mark.django_db


def item(matter: Matter, version: int | None = -1) -> Item:
    """The line of a matter as the page shows it now."""
    return Item(matter.step().pk, matter.version() if version == -1 else version)


def check_many(items: list[Item], by: Actor) -> list[tuple[bool, str]]:
    """Accept reports in bulk."""
    return [(row.done, row.reason) for row in decide_many("report", "check", items, ALL_WELL, by=by, now=NOW)]


class TestEachOnItsOwn:
    def test_three_reports_are_accepted_with_one_answer_and_one_event_each(self, house: House) -> None:
        matters = [report_at(house, "check") for _each in range(3)]
        found = decide_many("report", "check", [item(each) for each in matters], ALL_WELL, by=house.reviewer, now=NOW)
        assert [(row.done, row.reason, row.title) for row in found] == [
            (True, "Đã duyệt báo cáo.", task_of(each).title) for each in matters
        ]
        assert [task_of(each).state for each in matters] == [TaskState.REVIEWED] * 3
        decided = AuditEvent.objects.filter(name="approval.decide", actor_id=house.reviewer.person_id)
        assert (decided.count(), decided.values("action_id").distinct().count()) == (3, 3)

    def test_what_is_refused_stops_no_other_and_says_why(self, house: House) -> None:
        good, overtaken, decided = (report_at(house, "check") for _each in range(3))
        items = [item(overtaken, 7), item(decided), item(good)]
        decided.act("accept", house.chief)
        found = check_many(items, house.reviewer)
        assert [done for done, _reason in found] == [False, False, True]
        assert found[0][1].startswith("Nội dung đã được sửa sau khi ông/bà mở trang này")
        assert f"{house.chief.name} đã quyết định" in found[1][1]
        assert (overtaken.node(), good.node()) == ("check", "")

    def test_what_a_leader_still_decides_is_not_said_to_be_accepted(self, house: House) -> None:
        goes_on = report_at(house, "check", origin=TaskOrigin.PROVINCE)
        assert check_many([item(goes_on)], house.reviewer) == [
            (True, "Đã kiểm tra đạt; báo cáo chuyển Lãnh đạo Sở duyệt.")
        ]
        assert goes_on.node() == "approve"

    def test_each_item_names_its_unit_and_its_task_where_that_is_called_otherwise(self, house: House) -> None:
        report, elsewhere = report_at(house, "check"), report_at(house, "check", unit=house.other)
        letter = document_at(house, "form")
        overtaken = item(elsewhere, 7)
        found = decide_many("report", "check", [item(report), overtaken], ALL_WELL, by=house.reviewer, now=NOW)
        assert [(row.done, row.unit, row.task) for row in found] == [(True, "Phòng Một", ""), (False, "Phòng Hai", "")]
        [row] = decide_many("document", "form", [item(letter)], {"note": ""}, by=house.reviewer, now=NOW)
        assert (row.unit, row.title, row.task) == ("Văn phòng Sở", "về tiến độ", task_of(letter).title)

    def test_separation_of_duties_holds_in_bulk_also_in_anothers_place(self, house: House) -> None:
        both = make_actor(Role.SPECIALIST, house.division, person=Person.objects.get(pk=house.reviewer.person_id))
        task = make_task(house)
        save_draft(task.pk, "Xong.", by=both, now=NOW)
        own = Matter(FlowKind.REPORT, task.pk)
        own.act("submit", house.head)
        other = report_at(house, "check")
        for actor in (house.reviewer, in_place_of(house.reviewer, house.chief)):
            [(done, reason)] = check_many([item(own)], actor)
            assert (done, "đã soạn hoặc trình nội dung này nên không được duyệt" in reason) == (False, True)
        found = check_many([item(own), item(other)], house.reviewer)
        assert [done for done, _reason in found] == [False, True]
        assert (own.node(), task_of(other).state) == ("check", TaskState.REVIEWED)

    def test_the_version_shown_holds_in_bulk(self, house: House) -> None:
        """The clerk's list was shown before the letter was written anew."""
        open_book(house)
        matter = document_at(house, "sign_order")
        shown = item(matter)
        paper = document_of(matter)
        revise_document(paper.pk, paper.revision, "Khác hẳn", "Khác", ["Phòng Một"], by=house.office_member, now=NOW)
        [row] = decide_many("document", "sign_order", [shown], {"note": ""}, by=house.chief, now=NOW)
        assert row.done is False
        assert document_of(matter).signed_at is None

    def test_a_line_without_its_version_is_told_to_be_stale(self, house: House) -> None:
        matter = report_at(house, "check")
        [(done, reason)] = check_many([item(matter, None)], house.reviewer)
        assert (done, reason) == (False, "Trang này không còn mới. Hãy mở lại hồ sơ rồi quyết định.")

    @pytest.mark.parametrize("name", ["head", "member", "chief", "clerk", "leader", "inspector"])
    def test_who_has_not_the_right_decides_nothing(self, house: House, name: str) -> None:
        matter = report_at(house, "leader_check", unit=house.office) if name == "chief" else report_at(house, "check")
        node = matter.node()
        [row] = decide_many("report", node, [item(matter)], ALL_WELL, by=getattr(house, name), now=NOW)
        assert (row.done, matter.node()) == (False, node)
        assert "không có quyền" in row.reason or "nên không được duyệt" in row.reason

    def test_a_stranger_learns_nothing_of_what_he_names(self, house: House) -> None:
        matter = report_at(house, "check")
        for actor in (house.stranger, house.outsider, house.admin):
            [row] = decide_many("report", "check", [item(matter)], ALL_WELL, by=actor, now=NOW)
            [missing] = decide_many("report", "check", [Item(999999, 1)], ALL_WELL, by=actor, now=NOW)
            assert (row.done, row.reason, row.approval_id) == (False, missing.reason, None)
            assert (row.title, row.unit, row.task) == ("", "", "")

    def test_a_step_of_another_node_does_not_pass_under_this_ones_form(self, house: House) -> None:
        """`approve` is an outcome of a form check and of an extension alike."""
        extension = extension_at(house, "decide")
        task = task_of(extension)
        [row] = decide_many("document", "head", [Item(extension.step().pk, None)], {}, by=house.leader, now=NOW)
        assert (row.done, extension.node(), task_of(extension).due_on) == (False, "decide", task.due_on)

    def test_a_step_named_twice_is_decided_once(self, house: House) -> None:
        matter = report_at(house, "check")
        assert len(check_many([item(matter), item(matter)], house.reviewer)) == 1

    def test_what_the_form_gives_wrong_for_one_is_that_ones_reason(self, house: House) -> None:
        matter = report_at(house, "check")
        wrong = {**ALL_WELL, "content_ok": False}
        [row] = decide_many("report", "check", [item(matter)], wrong, by=house.reviewer, now=NOW)
        assert (row.done, "Chưa đạt về nội dung" in row.reason) == (False, True)
        assert matter.node() == "check"

    def test_a_database_that_fails_for_one_stops_no_other(
        self, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        first, second = report_at(house, "check"), report_at(house, "check")
        unlucky = first.step().pk

        def fails_once(step_id: int, *given: object, **named: object) -> Step:
            if step_id == unlucky:
                raise OperationalError("deadlock detected")
            return decide(step_id, *given, **named)  # type: ignore[arg-type]

        monkeypatch.setattr("approvals.actions.bulk.decide", fails_once)
        found = check_many([item(first), item(second)], house.reviewer)
        assert [done for done, _reason in found] == [False, True]
        assert "Hệ thống gặp lỗi" in found[0][1]
        assert "deadlock" not in found[0][1]
        assert "deadlock" in caplog.text

    def test_documents_are_issued_each_with_its_own_number(self, house: House) -> None:
        book = open_book(house)
        matters = [document_at(house, "issue") for _each in range(3)]
        found = decide_many("document", "issue", [item(each) for each in matters], {}, by=house.clerk, now=NOW)
        assert [row.done for row in found] == [True] * 3
        assert [document_of(each).number for each in matters] == [1, 2, 3]
        book.refresh_from_db()
        assert book.last_number == 3

    def test_nothing_and_too_many_are_refused_as_a_whole(self, house: House) -> None:
        with pytest.raises(Invalid, match="Chưa chọn mục nào"):
            check_many([], house.reviewer)
        with pytest.raises(Invalid, match=f"nhiều nhất {AT_ONCE} mục"):
            check_many([Item(number, 1) for number in range(AT_ONCE + 1)], house.reviewer)

    def test_what_needs_its_own_words_is_decided_one_by_one(self, house: House) -> None:
        many = {key for key in CHOICES if bulk_choice(*key) is not None}
        assert {(str(kind), node) for kind, node in many} == {
            ("report", "submit"),
            ("report", "check"),
            ("report", "leader_check"),
            ("report", "approve"),
            ("document", "head"),
            ("document", "form"),
            ("document", "sign"),
            ("document", "sign_order"),
            ("document", "issue"),
            ("proposal", "head"),
            ("proposal", "decide"),
        }
        matter = extension_at(house, "decide")
        with pytest.raises(WrongState, match="từng hồ sơ một"):
            decide_many("extension", "decide", [item(matter)], {}, by=house.leader, now=NOW)


# --- the page ---

GOOD = {"quantity_ok": "yes", "content_ok": "yes", "time_ok": "yes", "note": ""}
PATH = "/phe-duyet/nhieu/report/check/"


@pytest.fixture
def enter(house: House) -> Iterator[Callable[[Actor], Client]]:
    """Return a client signed in as the person, at the moment of these tests."""
    DemonstrationClock.objects.all().delete()
    DemonstrationClock.objects.create(real_at=NOW, shown_at=NOW)
    forget_clock()
    sync_grants(by=None, now=NOW)

    def signed_in(actor: Actor) -> Client:
        client = Client()
        client.force_login(Person.objects.get(pk=actor.person_id), backend="django.contrib.auth.backends.ModelBackend")
        return client

    yield signed_in
    forget_clock()


def boxes(page: str) -> list[str]:
    """The values of the page's checkboxes."""
    return re.findall(r'<input type="checkbox" name="muc" value="([^"]*)"', page)


class TestPage:
    def test_the_board_leads_to_it_and_it_lists_each_with_its_version_and_text(
        self, house: House, enter: Callable[[Actor], Client]
    ) -> None:
        matters = [report_at(house, "check") for _each in range(2)]
        client = enter(house.reviewer)
        board = client.get("/ban-dieu-phoi/")
        assert_clean(board.content)
        assert f'href="{PATH}"' in board.content.decode()
        page = client.get(PATH)
        assert_clean(page.content)
        text = page.content.decode()
        assert boxes(text) == [f"{each.step().pk}.{each.version()}" for each in matters]
        assert text.count("Đã thẩm định 12 hồ sơ.") == 2
        assert " checked" not in text
        assert client.get(f"{PATH}?chon=tat-ca").content.decode().count(" checked") == 2

    def test_one_line_alone_needs_no_bulk(self, house: House, enter: Callable[[Actor], Client]) -> None:
        report_at(house, "check")
        assert PATH not in enter(house.reviewer).get("/ban-dieu-phoi/").content.decode()

    def test_those_ticked_are_decided_and_each_has_its_line_in_the_result(
        self, house: House, enter: Callable[[Actor], Client]
    ) -> None:
        first, second, third = (report_at(house, "check") for _each in range(3))
        client = enter(house.reviewer)
        values = boxes(client.get(PATH).content.decode())
        second.act("accept", house.chief)
        result = client.post(PATH, {"muc": values[:2], **GOOD})
        assert result.status_code == 200
        assert_clean(result.content)
        text = result.content.decode()
        assert "Đã thực hiện 1 trên 2 mục." in text
        assert f"{house.chief.name} đã quyết định" in text
        assert text.count('<div class="small muted">Phòng Một</div>') == 2
        assert (task_of(first).state, third.node()) == (TaskState.REVIEWED, "check")
        again = client.post(PATH, {"muc": values[:1], **GOOD}).content.decode()
        assert "Đã thực hiện 0 trên 1 mục." in again

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            (GOOD, "Hãy đánh dấu ít nhất một mục."),
            ({"quantity_ok": "yes"}, "Hãy chọn một câu trả lời"),
        ],
    )
    def test_a_form_that_is_not_filled_decides_nothing_and_keeps_what_was_ticked(
        self, house: House, enter: Callable[[Actor], Client], typed: dict[str, str], said: str
    ) -> None:
        matter = report_at(house, "check")
        client = enter(house.reviewer)
        [value] = boxes(client.get(PATH).content.decode())
        ticked = {} if typed is GOOD else {"muc": value}
        page = client.post(PATH, {**ticked, **typed})
        assert page.status_code == 400
        assert_clean(page.content)
        assert said in page.content.decode()
        assert bool(re.search(r'name="muc"[^>]* checked', page.content.decode())) is bool(ticked)
        assert matter.node() == "check"

    def test_a_line_keeps_the_version_that_was_seen_when_the_form_comes_back(
        self, house: House, enter: Callable[[Actor], Client]
    ) -> None:
        matter = report_at(house, "check")
        page = enter(house.reviewer).post(PATH, {"muc": f"{matter.step().pk}.9"})
        assert boxes(page.content.decode()) == [f"{matter.step().pk}.9"]

    @pytest.mark.parametrize("value", ["", "x", "1.x", "1.", "-1", "1.-2", "٣", "9" * 30, "1;2"])
    def test_a_forged_line_is_refused(self, house: House, enter: Callable[[Actor], Client], value: str) -> None:
        report_at(house, "check")
        response = enter(house.reviewer).post(PATH, {"muc": value, **GOOD})
        assert response.status_code == 409
        assert_clean(response.content)

    def test_too_many_lines_are_refused_before_any_is_decided(
        self, house: House, enter: Callable[[Actor], Client]
    ) -> None:
        matter = report_at(house, "check")
        lines = [f"{matter.step().pk}.{matter.version()}", *(f"{number}.1" for number in range(900000, 900200))]
        response = enter(house.reviewer).post(PATH, {"muc": lines, **GOOD})
        assert response.status_code == 400
        assert "nhiều nhất 200 mục" in response.content.decode()
        assert matter.node() == "check"

    @pytest.mark.parametrize(
        ("name", "status"),
        [("head", 403), ("member", 403), ("stranger", 403), ("inspector", 403), ("admin", 403), ("clerk", 200)],
    )
    def test_who_has_no_part_in_the_board_does_not_come_in(
        self, house: House, enter: Callable[[Actor], Client], name: str, status: int
    ) -> None:
        matter = report_at(house, "check")
        client = enter(getattr(house, name))
        page = client.get(PATH)
        assert page.status_code == status
        assert matter.approval().title not in page.content.decode()
        line = {"muc": f"{matter.step().pk}.{matter.version()}", **GOOD}
        assert client.post(PATH, line).status_code == status
        assert matter.node() == "check"

    @pytest.mark.parametrize("path", ["extension/decide", "report/draft", "report/khong-co", "gi/check"])
    def test_a_node_that_asks_for_each_by_itself_has_no_such_page(
        self, house: House, enter: Callable[[Actor], Client], path: str
    ) -> None:
        assert enter(house.leader).get(f"/phe-duyet/nhieu/{path}/").status_code == 404

    def test_the_page_takes_as_many_queries_for_three_lines_as_for_one(
        self, house: House, enter: Callable[[Actor], Client]
    ) -> None:
        client = enter(house.reviewer)

        def queries() -> int:
            client.get(PATH)
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert client.get(PATH).status_code == 200
            return len(caught)

        report_at(house, "check")
        one = queries()
        report_at(house, "check")
        report_at(house, "check")
        assert queries() == one

    def test_a_form_without_the_sites_token_decides_nothing(
        self, house: House, enter: Callable[[Actor], Client]
    ) -> None:
        matter = report_at(house, "check")
        enter(house.reviewer)
        client = Client(enforce_csrf_checks=True)
        client.force_login(
            Person.objects.get(pk=house.reviewer.person_id), backend="django.contrib.auth.backends.ModelBackend"
        )
        line = {"muc": f"{matter.step().pk}.{matter.version()}", **GOOD}
        assert client.post(PATH, line).status_code == 403
        assert Approval.objects.get(pk=matter.approval().pk).closed_at is None
