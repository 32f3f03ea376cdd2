"""A draft written anew and signed: every writing is pinned, and a signature covers only what was looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.factories import House, at, in_place_of, make_task, strangers_of
from workflow.actions.document import (
    HEAD_TITLE,
    Draft,
    cancel_draft,
    deliveries_of,
    draft_document,
    issue_document,
    revise_document,
    sign_document,
)
from workflow.actions.policy import seed_rules
from workflow.actions.sweep import sweep
from workflow.choices import DocumentKind, DocumentStatus
from workflow.core.errors import Invalid, NotFound, NotPermitted, Stale, WrongState
from workflow.models import AuditEvent, Delivery, Document, DocumentRevision, Reminder
from workflow.permissions import Actor
from workflow.queries.document import CHIEF_TITLE, writers_of

pytestmark = pytest.mark.django_db

NOW = at(date(2022, 10, 17))


def drafted(house: House, *, title: str = HEAD_TITLE, recipients: tuple[str, ...] = ("UBND tỉnh",)) -> Document:
    draft = Draft(
        kind=DocumentKind.LETTER,
        subject="về tiến độ",
        body="Đề nghị báo cáo./.",
        recipients=recipients,
        symbol="SKHĐT-VP",
        signer_title=title,
    )
    return draft_document(draft, task=make_task(house), by=house.reviewer, now=NOW)


def revise(document: Document, by: Actor, revision: int = 1, body: str = "Đề nghị báo cáo gấp./.") -> Document:
    return revise_document(document.pk, revision, "về tiến độ", body, ["UBND tỉnh", " "], by=by, now=NOW)


def said(document: Document) -> list[str]:
    return list(AuditEvent.objects.filter(chain=f"document:{document.pk}").values_list("name", flat=True))


# Writing anew


def test_a_draft_is_written_anew_and_what_it_said_is_kept(house: House) -> None:
    document = revise(drafted(house), house.chief)
    assert (document.revision, document.body, document.recipients) == (2, "Đề nghị báo cáo gấp./.", ["UBND tỉnh"])
    kept = DocumentRevision.objects.get(document=document)
    assert (kept.revision, kept.body, kept.recipients) == (1, "Đề nghị báo cáo./.", ["UBND tỉnh"])
    assert said(document) == ["document.draft", "document.revise"]


def test_a_signature_falls_when_the_draft_is_written_anew(house: House) -> None:
    document = drafted(house)
    sign_document(document.pk, 1, by=house.leader, now=NOW)
    document = revise(document, house.chief)
    assert (document.signed_by_id, document.signed_at, document.signer_name) == (None, None, "")
    event = AuditEvent.objects.get(chain=f"document:{document.pk}", name="document.revise")
    assert '"was_signed":true' in event.body


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(house: House) -> None:
    document = drafted(house)
    revise(document, house.chief)
    with pytest.raises(Stale, match="đã được sửa sau khi"):
        revise(document, house.reviewer, body="Khác")
    assert Document.objects.get(pk=document.pk).body == "Đề nghị báo cáo gấp./."


@pytest.mark.parametrize("end", ["issued", "dropped"])
def test_what_is_no_draft_is_neither_written_anew_nor_signed(house: House, end: str) -> None:
    document = drafted(house)
    if end == "issued":
        issue_document(document.pk, by=house.clerk, now=NOW)
    else:
        cancel_draft(document.pk, by=house.clerk, now=NOW)
    with pytest.raises(WrongState):
        revise(document, house.reviewer)
    with pytest.raises(WrongState):
        sign_document(document.pk, 1, by=house.leader, now=NOW)


def test_an_empty_draft_is_refused_by_field(house: House) -> None:
    document = drafted(house)
    with pytest.raises(Invalid) as error:
        revise_document(document.pk, 1, " ", "", [" "], by=house.reviewer, now=NOW)
    assert set(error.value.fields) == {"subject", "body", "recipients"}
    assert not DocumentRevision.objects.exists()


def test_who_only_reads_writes_nothing_and_who_does_not_see_finds_nothing(house: House) -> None:
    document = drafted(house)
    with pytest.raises(NotPermitted):
        revise(document, house.inspector)
    for stranger in strangers_of(house):
        with pytest.raises(NotFound):
            revise(document, stranger)


def test_the_writers_are_all_who_wrote_and_those_in_whose_place(house: House) -> None:
    document = drafted(house)
    revise(document, in_place_of(house.office_member, house.chief))
    document.refresh_from_db()
    hands = {house.reviewer.person_id, house.office_member.person_id, house.chief.person_id}
    assert writers_of(document) == hands


# Signing


def test_a_leader_signs_what_he_looked_at(house: House) -> None:
    document = sign_document(drafted(house).pk, 1, by=replace(house.leader, position="Giám đốc"), now=NOW)
    assert (document.signer_name, document.signer_title) == (house.leader.name, "GIÁM ĐỐC")
    assert (document.signed_by_id, document.signed_at) == (house.leader.person_id, NOW)
    assert (document.status, document.number) == (DocumentStatus.DRAFT, None), "only văn thư's issue makes it count"
    assert said(document) == ["document.draft", "document.sign"]


def test_a_deputy_signs_for_the_director(house: House) -> None:
    document = sign_document(drafted(house).pk, 1, by=replace(house.leader, position="Phó Giám đốc"), now=NOW)
    assert document.signer_title == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"


def test_chanh_van_phong_signs_by_order_what_is_drafted_so(house: House) -> None:
    document = sign_document(drafted(house, title=CHIEF_TITLE).pk, 1, by=house.chief, now=NOW)
    assert (document.signer_name, document.signer_title) == (house.chief.name, CHIEF_TITLE)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        (HEAD_TITLE, ("chief", "reviewer", "clerk", "head", "member")),
        (CHIEF_TITLE, ("reviewer", "clerk", "head", "member")),
    ],
)
def test_nobody_signs_above_his_right(house: House, title: str, names: tuple[str, ...]) -> None:
    document = drafted(house, title=title)
    for name in names:
        with pytest.raises(NotPermitted):
            sign_document(document.pk, 1, by=getattr(house, name), now=NOW)


def test_a_newer_writing_is_not_signed_by_who_did_not_look_at_it(house: House) -> None:
    document = drafted(house)
    revise(document, house.chief)
    with pytest.raises(Stale):
        sign_document(document.pk, 1, by=house.leader, now=NOW)
    assert Document.objects.get(pk=document.pk).signed_at is None


def test_the_signature_outlives_the_issue_by_van_thu(house: House) -> None:
    document = drafted(house)
    sign_document(document.pk, 1, by=replace(house.leader, position="Giám đốc"), now=NOW)
    issued = issue_document(document.pk, by=house.clerk, now=NOW)
    assert (issued.signer_name, issued.signer_title) == (house.leader.name, "GIÁM ĐỐC")


# Where it goes


@pytest.mark.parametrize(
    ("recipients", "ways"),
    [
        (("UBND tỉnh",), [("UBND tỉnh", "")]),
        (("UBND tỉnh (thông qua Sở Nội vụ)",), [("Sở Nội vụ", ""), ("UBND tỉnh", "Sở Nội vụ")]),
        (("Phòng Một", "Phòng Hai"), [("Phòng Một", ""), ("Phòng Hai", "")]),
        (("Công ty A (TP. Nha Trang)",), [("Công ty A (TP. Nha Trang)", "")]),
    ],
)
def test_each_way_of_an_issued_document_is_noted(
    house: House, recipients: tuple[str, ...], ways: list[tuple[str, str]]
) -> None:
    document = drafted(house, recipients=recipients)
    assert not Delivery.objects.exists(), "a draft goes nowhere"
    issue_document(document.pk, by=house.clerk, now=NOW)
    found = Delivery.objects.filter(document=document)
    assert list(found.values_list("recipient", "through")) == ways
    assert set(found.values_list("sent_at", flat=True)) == {NOW}


def test_what_the_engine_issues_itself_is_noted_too(house: House) -> None:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    task = make_task(house, due_on=date(2022, 10, 14), nudged_days=1)
    sweep(now=at(date(2022, 10, 17), "08:00"))
    letter = Reminder.objects.get(task=task).document
    assert letter.copies == ["Lãnh đạo Sở (b/c)"]
    assert list(letter.deliveries.values_list("recipient", "through")) == [("Phòng Một", ""), ("Lãnh đạo Sở", "")]


def test_a_letter_that_the_engine_only_drafts_went_nowhere(house: House) -> None:
    document = drafted(house)
    assert [(row.recipient, row.pk) for row in deliveries_of([document], now=NOW)] == [("UBND tỉnh", None)]
    assert not Delivery.objects.exists()
