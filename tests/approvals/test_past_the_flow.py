"""No way leads past the flows: no plain call, no page of the library, no thread beside a step, no step left open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.approvals.factories import (
    IN_TIME,
    LATER,
    NOW,
    document_at,
    escalation_at,
    extension_at,
    obstacle_at,
    proposal_at,
    report_at,
    rules,
)
from tests.approvals.test_matrix import everything
from tests.factories import House, make_task
from workflow.actions.adjustment import advise_obstacle, decide_extension, decide_obstacle
from workflow.actions.document import issue_document, pass_up_signing, sign_document
from workflow.actions.escalation import record_direction, send_escalation
from workflow.actions.flow import in_node, only_in_flow
from workflow.actions.proposal import decide_proposal
from workflow.actions.reminder import draft_reminder, issue_reminder
from workflow.actions.report import (
    approve_report,
    check_report,
    refuse_report,
    return_report,
    review_report,
    submit_report,
    withdraw_report,
)
from workflow.core.errors import NotPermitted
from workflow.models import Reminder

pytestmark = pytest.mark.django_db


def addresses(found: URLResolver) -> Iterator[URLPattern]:
    for one in found.url_patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one)
        else:
            yield one


def test_the_librarys_own_pages_which_let_a_superuser_take_any_step_are_not_served() -> None:
    modules = {str(getattr(one.callback, "__module__", "")) for one in addresses(get_resolver())}
    assert not {name for name in modules if name.startswith("viewflow")}


def plain_acts(house: House) -> dict[str, Callable[[], object]]:
    """Each decision, called as a page might, by who would have the right at its step."""
    rules(house)
    drafted, checked, leads = report_at(house, "draft"), report_at(house, "check"), report_at(house, "approve")
    signing, issuing = document_at(house, "sign"), document_at(house, "issue")
    ordered, late = document_at(house, "sign_order"), make_task(house)
    reminder: Reminder = draft_reminder(late.pk, by=house.reviewer, now=NOW)
    extension, obstacle = extension_at(house, "decide"), obstacle_at(house, "advise")
    proposal = proposal_at(house, "decide")
    duty, sent = escalation_at(house, "report"), escalation_at(house, "direct")
    well = (True, True, True)
    reviewer, leader, clerk = house.reviewer, house.leader, house.clerk
    return {
        "submit": lambda: submit_report(drafted.pk, 1, by=house.head, now=NOW),
        "withdraw": lambda: withdraw_report(checked.pk, 1, by=house.head, now=NOW),
        "review": lambda: review_report(checked.pk, 1, *well, "", by=reviewer, now=NOW),
        "check": lambda: check_report(checked.pk, 1, *well, "", by=reviewer, now=NOW),
        "return": lambda: return_report(checked.pk, 1, True, False, True, "Thiếu.", by=reviewer, now=NOW),
        "approve": lambda: approve_report(leads.pk, 1, "", by=leader, now=NOW),
        "refuse": lambda: refuse_report(leads.pk, 1, "Thiếu.", by=leader, now=NOW),
        "sign": lambda: sign_document(signing.pk, 1, by=leader, now=NOW),
        "pass up": lambda: pass_up_signing(ordered.pk, 1, by=house.chief, now=NOW),
        "issue": lambda: issue_document(issuing.pk, by=clerk, now=NOW),
        "remind": lambda: issue_reminder(reminder.pk, by=clerk, now=NOW),
        "send": lambda: send_escalation(duty.pk, by=clerk, now=NOW),
        "direct": lambda: record_direction(sent.pk, "8/UB", NOW.date(), "Làm ngay.", by=clerk, now=NOW),
        "extend": lambda: decide_extension(extension.pk, True, LATER, "", by=leader, now=IN_TIME),
        "advise": lambda: advise_obstacle(obstacle.pk, "Mượn máy.", by=reviewer, now=IN_TIME),
        "settle": lambda: decide_obstacle(obstacle.pk, True, "Mượn máy.", by=leader, now=IN_TIME),
        "propose": lambda: decide_proposal(proposal.pk, True, "", by=leader, now=IN_TIME),
    }


def test_no_decision_is_taken_outside_its_step_even_by_who_has_the_right(house: House) -> None:
    acts = plain_acts(house)
    before = everything()
    for name, act in acts.items():
        with pytest.raises(NotPermitted, match="phải qua đúng bước phê duyệt"):
            act()
        assert everything() == before, name


def test_a_step_that_is_decided_or_refused_leaves_no_door_open_behind_it(house: House) -> None:
    accepted, other = report_at(house, "check"), report_at(house, "check")
    accepted.act("accept", house.reviewer)
    with pytest.raises(NotPermitted):
        other.act("accept", house.head)
    for _again in range(2):
        with pytest.raises(NotPermitted, match="phải qua đúng bước phê duyệt"):
            review_report(other.pk, 1, True, True, True, "", by=house.reviewer, now=NOW)


def test_a_thread_beside_a_step_is_not_inside_it() -> None:
    @only_in_flow
    def act(*, by: object) -> str:
        return "done"

    found: list[str] = []

    def beside() -> None:
        try:
            found.append(act(by=object()))
        except NotPermitted:
            found.append("refused")

    with in_node():
        assert act(by=object()) == "done"
        thread = threading.Thread(target=beside)
        thread.start()
        thread.join()
    assert found == ["refused"]
