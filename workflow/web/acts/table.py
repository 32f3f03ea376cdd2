"""The table of all acts, and which of them one person may take on one task now."""

from __future__ import annotations

from workflow.core.errors import NotFound
from workflow.queries.taskpage import TaskFacts
from workflow.web.acts.act import Act, Offer
from workflow.web.acts.chase import CHASE_ACTS
from workflow.web.acts.check import CHECK_ACTS
from workflow.web.acts.own import OWN_ACTS

ACTS: dict[str, Act] = {act.slug: act for act in (*CHECK_ACTS, *CHASE_ACTS, *OWN_ACTS)}

ORDER = {"primary": 0, "": 1, "danger": 3}
PLACES = {"gui-tra-loi": -1, "ghi-tra-loi": 1, "tam-dung": 2}
"""A draft's sending leads; an answer on paper follows an answer by account; what is seldom done follows both."""


def act_called(slug: str) -> Act:
    """Return the act of that address.

    :raises NotFound: when there is none.
    """
    if slug not in ACTS:
        raise NotFound
    return ACTS[slug]


def _place(act: Act) -> int:
    return PLACES.get(act.slug, ORDER.get(act.tone, 1))


def acts_for(facts: TaskFacts) -> list[Offer]:
    """Return what this person may do to the task now: what leads on first, what destroys last; one act leads."""
    offered = sorted((act for act in ACTS.values() if act.offered(facts)), key=_place)
    lead = next((act for act in offered if act.tone == "primary"), None)
    return [
        Offer(act.slug, act.label(facts), "" if act.tone == "primary" and act is not lead else act.tone)
        for act in offered
    ]
