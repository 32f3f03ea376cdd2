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
RARE = {"tam-dung": 2}
"""What is seldom done stands after the everyday acts."""


def act_called(slug: str) -> Act:
    """Return the act of that address.

    :raises NotFound: when there is none.
    """
    if slug not in ACTS:
        raise NotFound
    return ACTS[slug]


def _place(act: Act) -> int:
    return RARE.get(act.slug, ORDER.get(act.tone, 1))


def acts_for(facts: TaskFacts) -> list[Offer]:
    """Return what this person may do to the task now: what leads on first, what destroys last."""
    offered = [act for act in ACTS.values() if act.offered(facts)]
    return [Offer(act.slug, act.label(facts), act.tone) for act in sorted(offered, key=_place)]
