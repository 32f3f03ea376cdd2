"""Who may decide what, for each flow, step, decision and person, and that for all others nothing moves.

The tables are written out by hand from domain.md section 6 and issue 3, not taken from the flows: a right that is
changed there must be changed here too, and somebody must mean it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from approvals.models import Approval, Step
from approvals.screens import CHOICES
from tests.approvals.factories import (
    IN_TIME,
    NOW,
    Matter,
    document_at,
    escalation_at,
    extension_at,
    obstacle_at,
    proposal_at,
    report_at,
    report_of,
)
from tests.factories import House, make_superuser
from workflow.choices import FlowKind, TaskOrigin
from workflow.core.errors import ActionError, NotFound, NotPermitted
from workflow.models import AuditEvent, Document, Extension, Notification, Obstacle, Proposal, Report, Task
from workflow.permissions import Actor

pytestmark = pytest.mark.django_db

PERSONS = (
    "head",
    "member",
    "stranger",
    "other_head",
    "reviewer",
    "chief",
    "office_member",
    "clerk",
    "leader",
    "inspector",
    "admin",
    "outsider",
    "superuser",
)

NOBODY = ""
OFFICE_CHECKS = "reviewer chief"
Table = dict[str, str]

REPORT: dict[str, tuple[str, Table]] = {
    # The division's report: written by `member`, submitted by `head`.
    "division draft": ("draft", {"present": "member head", "submit": "head"}),
    "division submit": ("submit", {"submit": "head", "send_back": "head"}),
    "division check": ("check", {"accept": OFFICE_CHECKS, "return": OFFICE_CHECKS, "withdraw": "head"}),
    "division approve": ("approve", {"accept": "leader", "return": "leader"}),
    # Another unit's: written by `stranger`, submitted by `other_head`.
    "other draft": ("draft", {"present": "stranger other_head", "submit": "other_head"}),
    "other submit": ("submit", {"submit": "other_head", "send_back": "other_head"}),
    "other check": ("check", {"accept": OFFICE_CHECKS, "return": OFFICE_CHECKS, "withdraw": "other_head"}),
    "other approve": ("approve", {"accept": "leader", "return": "leader"}),
    # Văn phòng's own: written by `office_member`, submitted by `chief`; Văn phòng does not check itself.
    "office draft": ("draft", {"present": "office_member reviewer chief", "submit": "chief"}),
    "office submit": ("submit", {"submit": "chief", "send_back": "chief"}),
    "office leader_check": ("leader_check", {"accept": "leader", "return": "leader", "withdraw": "chief"}),
}

DOCUMENT: dict[str, tuple[str, Table]] = {
    # Of Văn phòng: drafted and presented by `office_member`.
    "office prepare": ("prepare", {"present": "office_member reviewer chief"}),
    "office head": ("head", {"approve": "chief", "send_back": "chief"}),
    "office form": ("form", {"approve": OFFICE_CHECKS, "send_back": OFFICE_CHECKS}),
    "office sign": ("sign", {"sign": "leader", "send_back": "leader"}),
    "office sign_order": ("sign_order", {"sign": "chief", "pass_up": "chief", "send_back": "chief"}),
    "office issue": ("issue", {"issue": "clerk", "send_back": "clerk"}),
    # Of the division that handles a consultation: drafted and presented by `member`; Văn phòng urges for every unit.
    "division prepare": ("prepare", {"present": "member head reviewer chief"}),
    "division head": ("head", {"approve": "head", "send_back": "head"}),
    "division form": ("form", {"approve": OFFICE_CHECKS, "send_back": OFFICE_CHECKS}),
    "division sign": ("sign", {"sign": "leader", "send_back": "leader"}),
    "division issue": ("issue", {"issue": "clerk", "send_back": "clerk"}),
    # Of no task, of Văn phòng.
    "alone prepare": ("prepare", {"present": "office_member reviewer chief"}),
    "alone head": ("head", {"approve": "chief", "send_back": "chief"}),
    "alone form": ("form", {"approve": OFFICE_CHECKS, "send_back": OFFICE_CHECKS}),
    "alone sign": ("sign", {"sign": "leader", "send_back": "leader"}),
    "alone issue": ("issue", {"issue": "clerk", "send_back": "clerk"}),
    # The report to UBND tỉnh, drafted by the engine.
    "duty prepare": ("prepare", {"present": "office_member reviewer chief"}),
}

ESCALATION: dict[str, tuple[str, Table]] = {
    "office direct": ("direct", {"record": "reviewer chief clerk"}),
    "division direct": ("direct", {"record": "reviewer chief clerk"}),
}

REQUESTS: dict[str, tuple[str, Table]] = {
    # Asked for by `head`, `other_head`, `chief`: who asks neither advises nor decides.
    "extension division advise": ("advise", {"advise": OFFICE_CHECKS}),
    "extension division decide": ("decide", {"approve": "leader", "refuse": "leader"}),
    "extension other advise": ("advise", {"advise": OFFICE_CHECKS}),
    "extension other decide": ("decide", {"approve": "leader", "refuse": "leader"}),
    "extension office advise": ("advise", {"advise": "reviewer"}),
    "extension office decide": ("decide", {"approve": "leader", "refuse": "leader"}),
    # Raised by `member`, `stranger`, `office_member`.
    "obstacle division advise": ("advise", {"advise": OFFICE_CHECKS}),
    "obstacle division decide": ("decide", {"approve": "leader", "refuse": "leader"}),
    "obstacle other advise": ("advise", {"advise": OFFICE_CHECKS}),
    "obstacle other decide": ("decide", {"approve": "leader", "refuse": "leader"}),
    "obstacle office advise": ("advise", {"advise": OFFICE_CHECKS}),
    "obstacle office decide": ("decide", {"approve": "leader", "refuse": "leader"}),
    # Proposed by `member`, `stranger`, `office_member`.
    "proposal division head": ("head", {"approve": "head", "refuse": "head"}),
    "proposal division advise": ("advise", {"advise": OFFICE_CHECKS}),
    "proposal division decide": ("decide", {"approve": "leader", "refuse": "leader"}),
    "proposal other head": ("head", {"approve": "other_head", "refuse": "other_head"}),
    "proposal other advise": ("advise", {"advise": OFFICE_CHECKS}),
    "proposal other decide": ("decide", {"approve": "leader", "refuse": "leader"}),
    "proposal office head": ("head", {"approve": "chief", "refuse": "chief"}),
    "proposal office advise": ("advise", {"advise": OFFICE_CHECKS}),
    "proposal office decide": ("decide", {"approve": "leader", "refuse": "leader"}),
}

NEVER = "admin superuser outsider"
OTHERS = f"stranger other_head {NEVER}"
UNSEEN = {
    "report division": OTHERS,
    "report other": f"member head {NEVER}",
    "report office": f"member head {OTHERS}",
    # The task is the division's and Văn phòng chases it: the people of both see it, and what is done about it.
    "document office": OTHERS,
    "document division": f"office_member {OTHERS}",
    "document alone": f"member head {OTHERS}",
    "document duty": OTHERS,
    "escalation office": OTHERS,
    "escalation division": f"office_member {OTHERS}",
    "extension division": OTHERS,
    "extension other": f"member head {NEVER}",
    "extension office": f"member head {OTHERS}",
    "obstacle division": OTHERS,
    "obstacle other": f"member head {NEVER}",
    "obstacle office": f"member head {OTHERS}",
    "proposal division": f"office_member {OTHERS}",
    "proposal other": f"office_member member head {NEVER}",
    "proposal office": f"member head {OTHERS}",
}
"""To whom the matter does not exist. The consulted body's account (`outsider`) sees its consultation and no more."""


def bring(house: House, kind: str, place: str, node: str) -> Matter:
    """Set the case up by the right people."""
    unit = {"division": house.division, "other": house.other}.get(place, house.office)
    makers: dict[str, Callable[[], Matter]] = {
        "report": lambda: report_at(house, node, unit=unit),
        "document": lambda: document_at(house, node, hosted_by=unit, alone=place == "alone"),
        "escalation": lambda: escalation_at(house, node, hosted_by=unit),
        "extension": lambda: extension_at(house, node, unit=unit),
        "obstacle": lambda: obstacle_at(house, node, unit=unit),
        "proposal": lambda: proposal_at(house, node, unit=unit),
    }
    if place == "duty":
        return report_of(escalation_at(house, "report"))
    return makers[kind]()


def everything() -> list[object]:
    """What must not move when somebody is refused."""
    return [
        AuditEvent.objects.count(),
        Notification.objects.count(),
        *(
            sorted(model._default_manager.values_list())
            if model is not Document
            else sorted(model._default_manager.values_list("pk", "status", "revision", "number", "signer_name"))
            for model in (Approval, Step, Task, Report, Document, Extension, Obstacle, Proposal)
        ),
    ]


def tried(matter: Matter, outcome: str, by: Actor) -> str:
    """Let the person try, and put everything back; say what became of it."""
    now = IN_TIME if matter.kind in {FlowKind.EXTENSION, FlowKind.OBSTACLE, FlowKind.PROPOSAL} else NOW
    try:
        with transaction.atomic():
            matter.act(outcome, by, now=now)
            transaction.set_rollback(True)
    except NotFound:
        return "sees nothing"
    except NotPermitted as refused:
        return "may not" if len(str(refused)) > 20 else repr(refused)
    except ActionError as other:
        return repr(other)
    return "may"


def cases() -> list[tuple[str, str, str]]:
    """Each case as kind, key of its table and node."""
    named = [(f"report {key}", node) for key, (node, _table) in REPORT.items()]
    named += [(f"document {key}", node) for key, (node, _table) in DOCUMENT.items()]
    named += [(f"escalation {key}", node) for key, (node, _table) in ESCALATION.items()]
    named += [(key, node) for key, (node, _table) in REQUESTS.items()]
    return [(key.split(" ")[0], key.split(" ")[1], node) for key, node in named]


def table_of(kind: str, place: str, node: str) -> Table:
    tables = {"report": REPORT, "document": DOCUMENT, "escalation": ESCALATION}
    if kind in tables:
        return tables[kind][f"{place} {node}"][1]
    return REQUESTS[f"{kind} {place} {node}"][1]


@pytest.mark.parametrize(("kind", "place", "node"), cases(), ids=" ".join)
def test_exactly_these_may_and_for_all_others_nothing_moves(house: House, kind: str, place: str, node: str) -> None:
    matter = bring(house, kind, place, node)
    house.extra["superuser"] = make_superuser()
    people = {name: house.extra[name] if name in house.extra else getattr(house, name) for name in PERSONS}
    unseen = set(UNSEEN[f"{kind} {place}"].split())
    for outcome, allowed in table_of(kind, place, node).items():
        before = everything()
        may = set(allowed.split())
        found = {name: tried(matter, outcome, by) for name, by in people.items()}
        expected = {name: "may" if name in may else "sees nothing" if name in unseen else "may not" for name in PERSONS}
        assert found == expected, f"{kind} {place} {node} {outcome}"
        assert everything() == before


def test_the_tables_leave_out_no_step_and_no_decision() -> None:
    written = {(kind, node, outcome) for kind, place, node in cases() for outcome in table_of(kind, place, node)}
    offered = {(str(kind), node, choice.outcome) for (kind, node), choices in CHOICES.items() for choice in choices}
    assert {(str(kind), node, outcome) for kind, node, outcome in written} == offered


def test_the_tables_name_only_people_that_are_tried() -> None:
    named = {
        name for kind, place, node in cases() for who in table_of(kind, place, node).values() for name in who.split()
    }
    assert named | {name for who in UNSEEN.values() for name in who.split()} <= set(PERSONS)


@pytest.mark.parametrize("origin", [TaskOrigin.PLAN, TaskOrigin.PROVINCE])
def test_the_offices_own_work_is_never_checked_by_the_office(house: House, origin: TaskOrigin) -> None:
    matter = report_at(house, "leader_check", unit=house.office, origin=origin)
    assert [tried(matter, "accept", by) for by in (house.reviewer, house.chief, house.leader)] == [
        "may not",
        "may not",
        "may",
    ]
