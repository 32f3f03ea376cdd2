"""An issued document with wrong content is replaced, one with wrong form corrected; the old one stays as it was."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from tests.approvals.factories import Matter
from tests.factories import House, at, make_actor, make_house, make_rule, make_task
from tests.racing import race
from workflow.actions.document import (
    Draft,
    cancel_draft,
    draft_document,
    issue_document,
    recall_document,
    start_correction,
    start_replacement,
)
from workflow.choices import DocumentKind, DocumentStatus, FlowKind, LinkKind, ReminderStatus, Role, Urgency
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.core.paper import AppendixPaper
from workflow.models import AuditEvent, Document, DocumentLink, Letterhead, RegisterBook, Reminder, Task
from workflow.permissions import Actor
from workflow.queries.document import CHIEF_TITLE, appendices_of, text_hash
from workflow.queries.paperlife import life_of, relations_of

NOW = at(date(2022, 10, 17))
LATER = at(date(2022, 10, 20))
WHY = "Ghi sai thời hạn báo cáo."

APPENDIX = AppendixPaper(
    title="Danh mục", columns=(("Stt", 1), ("Việc", 4)), rows=(("1", "Rà soát"), ("Nhóm II",)), landscape=True
)


def issued(
    house: House, *, task: Task | None = None, by: Actor | None = None, kind: str = "CV", **said: object
) -> Document:
    values: dict[str, object] = {
        "kind": DocumentKind(kind),
        "subject": "đề nghị báo cáo",
        "body": "Đề nghị đơn vị báo cáo trước ngày 20/10./.",
        "recipients": ("Phòng Một", "Phòng Hai"),
        "symbol": "SKHĐT-VP" if kind == "CV" else f"{kind}-SKHĐT",
        "signer_title": CHIEF_TITLE if kind == "CV" else "GIÁM ĐỐC",
        **said,
    }
    drafted = draft_document(Draft(**values), task=task, by=by or house.clerk, now=NOW)  # type: ignore[arg-type]
    return issue_document(drafted.pk, by=house.clerk, now=NOW)


def replaced(house: House, old: Document, by: Actor | None = None) -> Document:
    return start_replacement(old.pk, reason=WHY, by=by or house.clerk, now=LATER)


def events_of(document: Document) -> list[dict[str, object]]:
    rows = AuditEvent.objects.filter(chain=f"document:{document.pk}").order_by("seq")
    return [json.loads(row.body) for row in rows]


class TestReplacing:
    def test_the_draft_says_what_the_old_one_said_and_which_it_replaces(self, house: House) -> None:
        old = issued(
            house,
            copies=("Lãnh đạo Sở",),
            grounds=("Kế hoạch số 1186/KH-SKHĐT ngày 19/4/2022",),
            keeper="VP (Truong)",
            urgency=Urgency.URGENT,
            appendices=(APPENDIX,),
        )
        new = replaced(house, old)
        assert (new.kind, new.status, new.number, new.symbol) == (old.kind, "draft", None, "SKHĐT-VP")
        assert (new.subject, new.recipients, new.copies) == (old.subject, old.recipients, old.copies)
        assert (new.grounds, new.keeper, new.urgency) == (old.grounds, "VP (Truong)", Urgency.URGENT)
        assert appendices_of(new) == (APPENDIX,)
        cited = f"Công văn số {old.full_number} ngày 17 tháng 10 năm 2022 của Sở Kế hoạch và Đầu tư"
        assert new.body.split("\n") == [
            f"Văn bản này thay thế {cited} về việc đề nghị báo cáo.",
            "Đề nghị đơn vị báo cáo trước ngày 20/10./.",
        ]
        assert (new.signer_title, new.signer_name, new.signed_by_id) == (CHIEF_TITLE, "", None)
        link = DocumentLink.objects.get()
        assert (link.document_id, link.target_id, link.kind, link.made_at) == (new.pk, old.pk, "replaces", LATER)

    def test_nothing_of_the_old_one_changes(self, house: House) -> None:
        old = issued(house, appendices=(APPENDIX,))
        before = Document.objects.filter(pk=old.pk).values().get()
        new = replaced(house, old)
        issue_document(new.pk, by=house.clerk, now=LATER)
        assert Document.objects.filter(pk=old.pk).values().get() == before
        assert text_hash(Document.objects.get(pk=old.pk)) == old.text_sha256

    def test_its_event_stands_on_the_old_ones_chain_with_the_reason(self, house: House) -> None:
        old = issued(house)
        new = replaced(house, old)
        last = events_of(old)[-1]
        assert (last["name"], last["details"]) == ("document.start_replacement", {"reason": WHY, "document": new.pk})
        assert [event["name"] for event in events_of(new)] == ["document.draft"]

    def test_the_draft_passes_the_flow_of_any_draft(self, house: House) -> None:
        new = replaced(house, issued(house, task=make_task(house)))
        assert Matter(FlowKind.DOCUMENT, new.pk).node() == "prepare"

    def test_only_its_issue_makes_the_old_one_replaced(self, house: House) -> None:
        old = issued(house)
        new = replaced(house, old)
        assert life_of(old).replaced_by is None
        assert [row.words for row in relations_of(life_of(old), house.clerk)] == ["Đang soạn văn bản thay thế"]
        issue_document(new.pk, by=house.clerk, now=LATER)
        assert life_of(old).replaced_by == new
        assert [row.words for row in relations_of(life_of(old), house.clerk)] == ["Đã được thay thế bởi"]
        new.refresh_from_db()
        assert [row.words for row in relations_of(life_of(new), house.clerk)] == ["Thay thế"]

    def test_what_is_replaced_or_about_to_be_is_not_replaced_again(self, house: House) -> None:
        old = issued(house)
        new = replaced(house, old)
        with pytest.raises(WrongState, match="Đang có dự thảo văn bản thay thế"):
            replaced(house, old)
        issue_document(new.pk, by=house.clerk, now=LATER)
        with pytest.raises(WrongState, match="đã được thay thế bởi văn bản số 02/SKHĐT-VP"):
            replaced(house, old)
        assert Document.objects.count() == 2

    def test_a_dropped_draft_hinders_no_second_one(self, house: House) -> None:
        old = issued(house)
        dropped = cancel_draft(replaced(house, old).pk, by=house.clerk, now=LATER)
        assert relations_of(life_of(old), house.clerk) == []
        assert relations_of(life_of(dropped), house.clerk) == []
        assert replaced(house, old).status == DocumentStatus.DRAFT

    def test_a_replacement_is_replaced_in_turn_and_names_only_the_last(self, house: House) -> None:
        second = replaced(house, issued(house))
        issue_document(second.pk, by=house.clerk, now=LATER)
        third = replaced(house, second)
        first_line, *rest = third.body.split("\n")
        assert "số 02/SKHĐT-VP" in first_line
        assert rest == ["Đề nghị đơn vị báo cáo trước ngày 20/10./."]

    def test_a_named_kind_keeps_its_kind(self, house: House) -> None:
        old = issued(house, kind="BC", subject="Kết quả quý III", recipients=("UBND tỉnh",))
        new = replaced(house, old)
        assert (new.kind, new.symbol, new.signer_title) == ("BC", "BC-SKHĐT", "GIÁM ĐỐC")
        assert new.body.startswith(
            f"Văn bản này thay thế Báo cáo số {old.full_number} ngày 17 tháng 10 năm 2022 của Sở Kế hoạch và Đầu tư "
            "về kết quả quý III.\n"
        )

    def test_a_renamed_body_replaces_under_its_new_symbol_and_cites_the_old_name(self, house: House) -> None:
        old = issued(house)
        Letterhead.objects.create(
            body=house.department,
            parent_name="UBND tỉnh Khánh Hòa",
            name="Sở Tài chính",
            abbreviation="STC",
            place="Khánh Hòa",
            valid_from=date(2022, 10, 18),
        )
        new = replaced(house, old)
        assert new.symbol == "STC-VP"
        assert "của Sở Kế hoạch và Đầu tư về việc" in new.body

    @pytest.mark.parametrize("status", ["draft", "cancelled"])
    def test_only_an_issued_document_is_replaced_or_corrected(self, house: House, status: str) -> None:
        old = issued(house)
        Document.objects.filter(pk=old.pk).update(status=status)
        with pytest.raises(WrongState, match="chưa phát hành"):
            replaced(house, old)
        with pytest.raises(WrongState, match="chưa phát hành"):
            start_correction(old.pk, wrong="a", right="b", by=house.clerk, now=LATER)

    def test_a_recalled_one_is_neither_replaced_nor_corrected(self, house: House) -> None:
        old = issued(house)
        recall_document(old.pk, reason="Sai thẩm quyền.", by=house.clerk, now=NOW)
        with pytest.raises(WrongState, match="đã thu hồi ngày 17/10/2022"):
            replaced(house, old)
        with pytest.raises(WrongState, match="đã thu hồi ngày 17/10/2022"):
            start_correction(old.pk, wrong="a", right="b", by=house.clerk, now=LATER)

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 2001, "mã \x07"])
    def test_a_reason_is_needed(self, house: House, reason: str) -> None:
        old = issued(house)
        with pytest.raises(Invalid) as refused:
            start_replacement(old.pk, reason=reason, by=house.clerk, now=LATER)
        assert set(refused.value.fields) == {"reason"}
        assert Document.objects.count() == 1


class TestWhoMay:
    def test_who_may_draft_for_the_task_may_amend_and_strangers_see_nothing(self, house: House) -> None:
        task = make_task(house)
        for person in (house.head, house.member, house.reviewer, house.clerk, house.leader):
            assert replaced(house, issued(house, task=task), person).task_id == task.pk
        old = issued(house, task=task)
        for person, refusal in (
            (house.inspector, NotPermitted),
            (make_actor(Role.OBSERVER, house.division), NotPermitted),
            (house.stranger, NotFound),
            (house.other_head, NotFound),
            (house.outsider, NotFound),
            (house.admin, NotFound),
        ):
            with pytest.raises(refusal):
                replaced(house, old, person)
            with pytest.raises(refusal):
                start_correction(old.pk, wrong="a", right="b", by=person, now=LATER)
        assert Document.objects.filter(status="draft").count() == 5

    def test_a_document_of_no_task_by_its_drafter_and_who_handles_papers(self, house: House) -> None:
        old = issued(house, by=house.head)
        for person in (house.stranger, house.member, house.outsider, house.inspector):
            with pytest.raises(NotFound):
                replaced(house, old, person)
        new = replaced(house, old, house.head)
        assert Matter(FlowKind.DOCUMENT, new.pk).step().unit_id == house.division.pk
        assert replaced(house, issued(house, by=house.head), house.reviewer).pk

    def test_who_is_reminded_does_not_amend_the_reminder(self, house: House) -> None:
        task = make_task(house)
        old = issued(house, task=task)
        Reminder.objects.create(
            task=task,
            round=task.round,
            ordinal=1,
            document=old,
            rule=make_rule(),
            status=ReminderStatus.ISSUED,
            drafted_at=NOW,
            issued_at=NOW,
        )
        Task.objects.filter(pk=task.pk).update(reminders_issued=1, last_reminder_at=NOW)
        for person in (house.head, house.member):
            with pytest.raises(NotPermitted):
                replaced(house, old, person)
        new = replaced(house, old, house.reviewer)
        issue_document(new.pk, by=house.clerk, now=LATER)
        task.refresh_from_db()
        assert (task.reminders_issued, task.last_reminder_at) == (1, NOW)
        assert Reminder.objects.get().document_id == old.pk


class TestCorrecting:
    def test_the_letter_names_the_document_what_stands_wrong_and_what_is_right(self, house: House) -> None:
        old = issued(house, kind="TB", subject="Kết quả kiểm tra", recipients=(), copies=("Sở Nội vụ", "Phòng Hai"))
        new = start_correction(old.pk, wrong="Số: 1/TB", right="Số: 01/TB-SKHĐT", by=house.reviewer, now=LATER)
        assert (new.kind, new.symbol, new.recipients) == ("CV", "SKHĐT-VP", ["Sở Nội vụ", "Phòng Hai"])
        short, body = f"Thông báo số {old.full_number}", "Sở Kế hoạch và Đầu tư"
        others = f"Các nội dung khác của {short} ngày 17 tháng 10 năm 2022 không thay đổi."
        assert new.subject == f"đính chính {short} ngày 17 tháng 10 năm 2022"
        assert new.body.split("\n") == [
            f"Ngày 17 tháng 10 năm 2022, {body} ban hành {short} về kết quả kiểm tra.",
            f"Qua rà soát, {body} đính chính như sau:",
            "1. Nội dung đã in tại văn bản nêu trên:",
            "“Số: 1/TB”",
            "2. Nội dung đúng là:",
            "“Số: 01/TB-SKHĐT”",
            f"{others} {body} thông báo để các cơ quan, đơn vị biết, thực hiện./.",
        ]
        assert DocumentLink.objects.get().kind == LinkKind.CORRECTS
        last = events_of(old)[-1]
        assert (last["name"], last["details"]) == (
            "document.start_correction",
            {"wrong": "Số: 1/TB", "right": "Số: 01/TB-SKHĐT", "document": new.pk},
        )

    def test_it_may_go_elsewhere_when_places_are_given(self, house: House) -> None:
        old = issued(house)
        new = start_correction(old.pk, wrong="a", right="b", recipients=("Sở Y tế",), by=house.clerk, now=LATER)
        assert new.recipients == ["Sở Y tế"]

    def test_one_open_correction_at_a_time_but_any_number_of_them(self, house: House) -> None:
        old = issued(house)
        first = start_correction(old.pk, wrong="a", right="b", by=house.clerk, now=LATER)
        with pytest.raises(WrongState, match="Đang có dự thảo công văn đính chính"):
            start_correction(old.pk, wrong="c", right="d", by=house.clerk, now=LATER)
        issue_document(first.pk, by=house.clerk, now=LATER)
        second = start_correction(old.pk, wrong="c", right="d", by=house.clerk, now=LATER)
        words = [row.words for row in relations_of(life_of(old), house.clerk)]
        assert words == ["Đã được đính chính tại", "Đang soạn công văn đính chính"]
        assert [row.words for row in relations_of(life_of(second), house.clerk)] == ["Khi được phát hành sẽ đính chính"]

    def test_a_replaced_one_is_not_corrected(self, house: House) -> None:
        old = issued(house)
        issue_document(replaced(house, old).pk, by=house.clerk, now=LATER)
        with pytest.raises(WrongState, match="đã được thay thế"):
            start_correction(old.pk, wrong="a", right="b", by=house.clerk, now=LATER)

    @pytest.mark.parametrize(
        ("wrong", "right", "fields"),
        [("", "", {"wrong", "right"}), ("giống", "giống ", {"right"}), ("x" * 4001, "b", {"wrong"})],
    )
    def test_what_is_wrong_and_what_is_right_must_be_said(
        self, house: House, wrong: str, right: str, fields: set[str]
    ) -> None:
        old = issued(house)
        with pytest.raises(Invalid) as refused:
            start_correction(old.pk, wrong=wrong, right=right, by=house.clerk, now=LATER)
        assert set(refused.value.fields) == fields
        assert Document.objects.count() == 1


class TestReading:
    def test_a_draft_about_it_is_shown_to_who_sees_that_draft_alone(self, house: House) -> None:
        old = issued(house, by=house.head)
        new = replaced(house, old, house.reviewer)
        assert relations_of(life_of(old), house.head) == []
        issue_document(new.pk, by=house.clerk, now=LATER)
        [seen] = relations_of(life_of(old), house.head)
        assert (seen.words, seen.other.full_number, seen.opens) == ("Đã được thay thế bởi", "02/SKHĐT-VP", False)
        [opened] = relations_of(life_of(old), house.clerk)
        assert opened.opens

    def test_a_page_reads_it_in_three_queries(self, house: House, django_assert_num_queries: object) -> None:
        old = issued(house)
        issue_document(replaced(house, old).pk, by=house.clerk, now=LATER)
        with django_assert_num_queries(3):  # type: ignore[operator]
            for relation in relations_of(life_of(old), house.clerk):
                assert getattr(relation.other, "recall", None) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite chỉ cho một người ghi một lúc")
def test_two_who_replace_at_once_make_one_draft() -> None:
    house = make_house()
    RegisterBook.objects.create(body=house.department, year=2022, series="chung")
    old = issued(house)
    for _round in range(4):
        outcomes = race(
            lambda: start_replacement(old.pk, reason=WHY, by=house.clerk, now=LATER),
            lambda: start_replacement(old.pk, reason=WHY, by=house.reviewer, now=LATER),
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Document", "WrongState"]
        [draft] = Document.objects.filter(status=DocumentStatus.DRAFT)
        assert DocumentLink.objects.filter(document=draft).count() == 1
        cancel_draft(draft.pk, by=house.clerk, now=LATER)
    DBTaskResult.objects.all().delete()
