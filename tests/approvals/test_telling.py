"""One act tells a person once: what happened to the work where that is told, else how the step was decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from approvals.queries.talk import participants, who_may_see
from tests.approvals.factories import (
    DIRECTED,
    IN_TIME,
    LATER,
    NOW,
    Matter,
    carry,
    consultation,
    document_at,
    escalation_at,
    extension_at,
    head_for,
    obstacle_at,
    proposal_at,
    report_at,
    report_of,
    rules,
    told_by,
)
from tests.factories import House, make_task
from workflow.actions.adjustment import ask_extension
from workflow.actions.reminder import draft_reminder
from workflow.actions.report import save_draft
from workflow.choices import FlowKind
from workflow.models import Notification
from workflow.permissions import Actor

pytestmark = pytest.mark.django_db

BECAUSE = "Thiếu số liệu quý III."
Bring = Callable[[House], Matter]


def reminder_to_issue(house: House) -> Matter:
    """A reminder that is signed and waits for its number."""
    rules(house)
    reminder = draft_reminder(make_task(house).pk, by=house.reviewer, now=NOW)
    matter = Matter(FlowKind.DOCUMENT, int(reminder.document_id or 0))
    carry(house, matter, "issue", presenter=house.reviewer, head=house.chief)
    return matter


def duty_to_issue(house: House) -> Matter:
    """A report to UBND tỉnh that is signed and waits for its number."""
    matter = report_of(escalation_at(house, "report"))
    carry(house, matter, "issue", presenter=house.reviewer, head=head_for(house, matter))
    return matter


def with_a_request(house: House) -> Matter:
    """A report that waits to be accepted while the unit's request for more time waits too."""
    matter = report_at(house, "draft", now=IN_TIME)
    asked = ask_extension(matter.pk, "Chờ số liệu.", LATER, by=house.head, now=IN_TIME)
    Matter(FlowKind.EXTENSION, asked.pk).act("advise", house.reviewer, now=IN_TIME)
    matter.act("submit", house.head, now=IN_TIME)
    return matter


def under_a_dossier(house: House) -> Matter:
    """A dossier's report that waits while a body's opinion is still owed."""
    parent = consultation(house).parent
    assert parent is not None
    save_draft(parent.pk, "Đã làm xong.", False, "Biên bản 7", by=house.member, now=NOW)
    matter = Matter(FlowKind.REPORT, parent.pk)
    matter.act("present", house.member)
    matter.act("submit", house.head)
    return matter


ENDS: dict[str, tuple[Bring, str, str]] = {
    "report accepted": (lambda h: report_at(h, "check"), "accept", "reviewer"),
    "report accepted beside a request": (with_a_request, "accept", "chief"),
    "dossier accepted over an opinion": (under_a_dossier, "accept", "reviewer"),
    "report returned": (lambda h: report_at(h, "check"), "return", "reviewer"),
    "report taken back": (lambda h: report_at(h, "check"), "withdraw", "head"),
    "report passed on to a leader": (lambda h: report_at(h, "approve"), "accept", "leader"),
    "report returned by a leader": (lambda h: report_at(h, "approve"), "return", "leader"),
    "office's report accepted": (lambda h: report_at(h, "leader_check", unit=h.office), "accept", "leader"),
    "office's report returned": (lambda h: report_at(h, "leader_check", unit=h.office), "return", "leader"),
    "report submitted": (lambda h: report_at(h, "submit"), "submit", "head"),
    "report sent back in the unit": (lambda h: report_at(h, "submit"), "send_back", "head"),
    "letter issued": (lambda h: document_at(h, "issue"), "issue", "clerk"),
    "letter of no task issued": (lambda h: document_at(h, "issue", alone=True), "issue", "clerk"),
    "letter sent back by the head": (lambda h: document_at(h, "head"), "send_back", "chief"),
    "letter sent back by the signer": (lambda h: document_at(h, "sign"), "send_back", "leader"),
    "letter signed": (lambda h: document_at(h, "sign"), "sign", "leader"),
    "letter passed up": (lambda h: document_at(h, "sign_order"), "pass_up", "chief"),
    "reminder issued": (reminder_to_issue, "issue", "clerk"),
    "duty sent": (duty_to_issue, "issue", "clerk"),
    "direction recorded": (lambda h: escalation_at(h, "direct"), "record", "clerk"),
    "extension granted": (lambda h: extension_at(h, "decide"), "approve", "leader"),
    "extension refused": (lambda h: extension_at(h, "decide"), "refuse", "leader"),
    "obstacle advised": (lambda h: obstacle_at(h, "advise"), "advise", "reviewer"),
    "obstacle settled": (lambda h: obstacle_at(h, "decide"), "approve", "leader"),
    "obstacle refused": (lambda h: obstacle_at(h, "decide"), "refuse", "leader"),
    "proposal refused by the head": (lambda h: proposal_at(h, "head"), "refuse", "head"),
    "proposal approved": (lambda h: proposal_at(h, "decide"), "approve", "leader"),
    "proposal refused": (lambda h: proposal_at(h, "decide"), "refuse", "leader"),
}
WITH_ITS_REASON = {
    "report returned": "member head",
    "report returned by a leader": "member head reviewer",
    "office's report returned": "office_member chief",
    "report sent back in the unit": "member",
    "letter sent back by the head": "office_member",
    "letter sent back by the signer": "office_member chief reviewer",
    "extension refused": "head reviewer",
    "obstacle settled": "member head reviewer",
    "obstacle refused": "member head reviewer",
    "proposal refused by the head": "member",
    "proposal refused": "member head reviewer",
}
"""Who must read why, by what happened; `why` stands in the message itself."""

NOT_ENDING = {"report submitted", "letter signed", "letter passed up", "obstacle advised", "report taken back"}
"""Decisions that bring the matter on: whom it waits for is told, not yet who took part."""


def moment(matter: Matter) -> datetime:
    requests = {FlowKind.EXTENSION, FlowKind.OBSTACLE, FlowKind.PROPOSAL}
    return IN_TIME if matter.kind in requests else NOW


def given(outcome: str) -> dict[str, object]:
    if outcome == "record":
        return DIRECTED
    return {"note": BECAUSE, "reason": BECAUSE} | (
        {"quantity_ok": True, "content_ok": outcome == "accept", "time_ok": True}
        if outcome in {"accept", "return"}
        else {}
    )


@pytest.mark.parametrize("name", ENDS)
def test_each_person_is_told_of_one_act_once(house: House, name: str) -> None:
    bring, outcome, who = ENDS[name]
    matter = bring(house)
    by: Actor = getattr(house, who)
    approval = matter.approval()
    took_part = who_may_see(approval, participants(approval), NOW.date()) - {by.person_id}
    last = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    told = told_by(lambda: matter.act(outcome, by, now=moment(matter), **given(outcome)))
    of_it = Notification.objects.filter(pk__gt=last, task_id=approval.subject_id)
    people = sorted(of_it.values_list("person_id", flat=True))
    assert people == sorted(set(people)), "each once"
    assert by.person_id not in people, "who did it knows"
    if name not in NOT_ENDING:
        assert took_part <= set(people), "earlier participants learn the outcome"
    for reader in WITH_ITS_REASON.get(name, "").split():
        assert BECAUSE in told[getattr(house, reader).person_id][0], (reader, told)


def test_a_refused_obstacle_is_told_as_refused(house: House) -> None:
    matter = obstacle_at(house, "decide")
    told = told_by(lambda: matter.act("refuse", house.leader, now=IN_TIME, reason=BECAUSE))
    [text] = told[house.member.person_id]
    assert text.startswith("Không đồng ý")


def test_the_head_reads_that_the_report_was_accepted_not_that_his_request_was_closed_by_it(house: House) -> None:
    matter = with_a_request(house)
    told = told_by(lambda: matter.act("accept", house.chief, now=IN_TIME))
    assert "đã được duyệt" in told[house.head.person_id][0]


def test_on_whom_it_waits_next_is_told_by_the_step_where_the_work_itself_tells_nobody(house: House) -> None:
    matter = report_at(house, "check", origin="province")
    told = told_by(lambda: matter.act("accept", house.reviewer))
    assert matter.node() == "approve"
    assert set(told) == {house.leader.person_id}
    [text] = told[house.leader.person_id]
    assert text.startswith("Duyệt báo cáo kết quả, Văn phòng Sở kiểm tra: Đã kiểm tra đạt")


def test_the_same_done_again_later_is_told_again(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("withdraw", house.head)
    save_draft(matter.pk, "Bản mới.", False, "Biên bản 8", by=house.head, now=NOW)
    told = told_by(lambda: matter.act("submit", house.head))
    assert {person: len(texts) for person, texts in told.items()} == {
        house.reviewer.person_id: 1,
        house.chief.person_id: 1,
    }
