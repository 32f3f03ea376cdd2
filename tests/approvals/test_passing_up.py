"""What was to be signed by order (TL.) and can't be, since the only chief wrote it himself, is signed by a leader."""

from __future__ import annotations

import json

import pytest

from approvals.queries.inbox import load_documents_elsewhere, load_steps
from approvals.views.offers import story_of, waiting_of
from tests.approvals.factories import NOW, Matter, document_at, document_of, letter, told_by
from tests.factories import House, in_place_of, make_actor, make_task
from tests.workflow.web.conftest import Enter
from workflow.actions.document import HEAD_TITLE, draft_document, pass_up_signing
from workflow.actions.flow import in_node
from workflow.choices import FlowKind, Role
from workflow.core.errors import NotPermitted, Stale, WrongState
from workflow.models import AuditEvent
from workflow.queries.document import CHIEF_TITLE
from workflow.queries.trail import verify_trail

pytestmark = pytest.mark.django_db


def wrote_himself(house: House, *, alone: bool = False) -> Matter:
    """A letter to be signed by order that the only chief wrote: it waits for him and he may not sign it."""
    task = None if alone else make_task(house)
    drafted = draft_document(letter(by_order=True), task=task, by=house.chief, now=NOW)
    matter = Matter(FlowKind.DOCUMENT, drafted.pk)
    matter.act("present", house.chief)
    matter.act("approve", house.reviewer)
    assert matter.node() == "sign_order"
    with pytest.raises(NotPermitted):
        matter.act("sign", house.chief)
    return matter


@pytest.mark.parametrize("alone", [True, False])
def test_what_the_chief_wrote_himself_he_passes_on_to_a_leader_who_signs(house: House, alone: bool) -> None:
    matter = wrote_himself(house, alone=alone)
    told = told_by(lambda: matter.act("pass_up", house.chief, note="Tôi soạn văn bản này."))
    assert (matter.node(), document_of(matter).signer_title) == ("sign", HEAD_TITLE)
    assert set(told) == {house.leader.person_id}
    events = AuditEvent.objects.filter(chain=f"document:{matter.pk}").order_by("seq")
    passed = json.loads(events.last().body)
    assert passed["name"] == "document.pass_up"
    assert (passed["before"], passed["after"]) == ({"signer_title": CHIEF_TITLE}, {"signer_title": HEAD_TITLE})
    matter.act("sign", house.leader)
    matter.act("issue", house.clerk)
    document = document_of(matter)
    assert (document.status, document.signer_name, document.signer_title) == ("issued", house.leader.name, HEAD_TITLE)
    assert verify_trail().ok


def test_a_leader_who_sends_back_what_was_passed_up_gets_it_again(house: House) -> None:
    matter = wrote_himself(house)
    matter.act("pass_up", house.chief)
    matter.act("send_back", house.leader)
    assert matter.node() == "prepare"
    matter.act("present", house.chief)
    matter.act("approve", house.reviewer)
    assert matter.node() == "sign"


def test_only_what_is_signed_by_order_is_passed_up_and_only_by_who_signs_so(house: House) -> None:
    leaders, chiefs = document_at(house, "sign"), document_at(house, "sign_order")
    with in_node():
        with pytest.raises(WrongState, match="vốn do Lãnh đạo Sở ký"):
            pass_up_signing(leaders.pk, 1, by=house.leader, now=NOW)
        with pytest.raises(NotPermitted):
            pass_up_signing(chiefs.pk, 1, by=house.reviewer, now=NOW)
        with pytest.raises(Stale):
            pass_up_signing(chiefs.pk, 2, by=house.chief, now=NOW)
    assert document_of(chiefs).signer_title == CHIEF_TITLE


def test_his_deputy_may_pass_it_up_in_his_place(house: House) -> None:
    matter = wrote_himself(house)
    matter.act("pass_up", in_place_of(house.reviewer, house.chief))
    assert matter.node() == "sign"


def test_he_finds_it_and_is_offered_all_but_the_signature(house: House) -> None:
    matter = wrote_himself(house)
    assert [(row.step, row.wrote) for row in load_steps(house.chief)] == [(matter.step(), True)]
    assert load_documents_elsewhere(house.chief).steps == []
    waiting = waiting_of(house.chief, story_of(matter.approval()), NOW.date())
    assert {offer.outcome for offer in waiting.offers} == {"pass_up", "send_back"}
    other = make_actor(Role.OFFICE_CHIEF, house.office)
    waiting = waiting_of(other, story_of(matter.approval()), NOW.date())
    assert {offer.outcome for offer in waiting.offers} == {"sign", "pass_up", "send_back"}


def test_he_does_it_on_its_page_which_says_what_follows(site: House, enter: Enter) -> None:
    matter = wrote_himself(site)
    address = f"/phe-duyet/buoc/{matter.step().pk}/pass_up/"
    client = enter(site.chief)
    inbox = client.get("/").content.decode()
    assert f"{address}?tu=viec" in inbox
    assert "Ký thừa lệnh" not in inbox
    page = client.get(address)
    assert page.status_code == 200
    assert "Văn bản không ký thừa lệnh nữa mà do Lãnh đạo Sở xem và ký." in page.content.decode()
    assert client.post(address, {"version": "1", "note": ""}).status_code == 302
    assert matter.node() == "sign"
    assert enter(site.reviewer).post(address, {"version": "1"}).status_code in {403, 409}
