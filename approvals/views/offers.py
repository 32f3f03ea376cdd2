"""What one person may do at a step that waits, and what the pages say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from approvals.actions.deciding import why_not
from approvals.actions.revising import CHANGED, CHANGED_LABEL
from approvals.models import Approval, Step
from approvals.queries.diagram import is_gone
from approvals.queries.page import Story, load_stories, task_approvals, versions_of
from approvals.queries.standing import may_act_at
from approvals.queries.talk import forget_gone_owner
from approvals.screens import Choice, choice_called, choices_at, in_his_words
from workflow.permissions import CHECK, DECIDE, DO, REGISTER, SIGN, SUBMIT, URGE, Actor
from workflow.queries.unit import unit_tree

if TYPE_CHECKING:
    from workflow.models import Task

HOLDERS = {
    CHECK: "Văn phòng Sở",
    URGE: "Văn phòng Sở",
    SIGN: "Chánh Văn phòng",
    REGISTER: "Văn thư",
    DECIDE: "Lãnh đạo Sở",
}
"""Who holds a step's right, where that is the same for every unit."""

CLOSED = "closed"
OUTCOMES = {CHANGED: CHANGED_LABEL, CLOSED: "Đóng lại, không còn cần"}
"""Words for the outcomes that no person chooses."""

OWN_WORK_OF_HEAD = ("report", "draft", "present")
"""A head submits at once; to present to himself is no choice."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A decision as a page offers it to one person."""

    step_id: int
    outcome: str
    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open approval for one person: the step that waits, who must act, his buttons, or why he has none.

    `gone` tells that the step stands at a node that the flow no longer has: nobody acts there.
    """

    approval: Approval
    step: Step | None
    who: str
    offers: tuple[Offer, ...]
    barred: str
    gone: bool = False

    @property
    def leads(self) -> bool:
        """Whether something here is this person's to do."""
        return any(offer.tone == "primary" for offer in self.offers)


@dataclass(frozen=True, slots=True)
class Past:
    """A step that was decided or closed, in words; `version` is the report's version that it was about."""

    step: Step
    title: str
    outcome: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A task's approvals as its page shows them."""

    waiting: tuple[Waiting, ...]
    finished: Sequence[Approval]

    @property
    def leads(self) -> bool:
        """Whether the page's first button stands here."""
        return any(each.leads for each in self.waiting)

    @property
    def offered(self) -> bool:
        """Whether the person has any button here."""
        return any(each.offers for each in self.waiting)


def node_of(step: Step) -> str:
    """Return the name of the step's node, "" for one that the flow has no more."""
    return str(step.flow_task.name) if step.flow_task is not None else ""


def offered_at(actor: Actor, step: Step, hands: frozenset[int]) -> tuple[list[Choice], str]:
    """Return what the person may decide at the step, and why not when he holds its right and may not use it."""
    approval: Approval = step.process
    node, wrote = node_of(step), actor.is_one_of(*hands)
    open_to_him, barred = [], ""
    for choice in choices_at(approval.kind, node):
        if (approval.kind, node, choice.outcome) == OWN_WORK_OF_HEAD and actor.may(SUBMIT, step.unit_id):
            continue
        refused = why_not(approval, step, choice, hands, by=actor)
        if not refused:
            open_to_him.append(in_his_words(choice, approval.kind, wrote=wrote))
        elif may_act_at(actor, step) and not choice.withdraws and not choice.needs:
            barred = barred or refused
    return open_to_him, barred


def who_must_act(step: Step) -> str:
    """Return on whom the step waits: the person it is given to, else the holders of its right."""
    if step.owner is not None:
        return str(step.owner.full_name)
    unit = step.unit.name if step.unit is not None else ""
    if step.codename == CHECK and step.unit_id in unit_tree().office_ids:
        return HOLDERS[DECIDE]
    if step.codename == SUBMIT:
        return f"Trưởng đơn vị ({unit})"
    if step.codename == DO:
        return f"Người thực hiện ({unit})"
    return HOLDERS.get(step.codename, unit)


def waiting_of(actor: Actor, story: Story, on: date) -> Waiting:
    """Return an open approval's step that waits, as this person sees it."""
    step = story.waiting
    if step is None:
        return Waiting(story.approval, None, "", (), "")
    if is_gone(step):
        return Waiting(story.approval, step, "", (), "", gone=True)
    if step.owner_id is not None:
        forget_gone_owner(step, on)
    choices, barred = offered_at(actor, step, story.hands)
    offers = tuple(Offer(step.pk, choice.outcome, choice.label, choice.tone) for choice in choices)
    return Waiting(story.approval, step, who_must_act(step), offers, barred)


def past_of(story: Story) -> list[Past]:
    """Return the steps that lie behind, oldest first, with their outcomes in words."""
    versions = versions_of(story.approval) if story.past else {}
    found = []
    for step in story.past:
        choice = choice_called(story.approval.kind, node_of(step), step.outcome)
        words = choice.label if choice is not None else OUTCOMES.get(step.outcome, step.outcome)
        title = str(step.title or "Bước không còn trong quy trình")
        found.append(Past(step, title, words, versions.get(step.version or 0)))
    return found


def story_of(approval: Approval) -> Story:
    """Return one approval with its steps and hands."""
    [story] = load_stories([approval])
    return story


def panel_of(actor: Actor, task: Task, on: date) -> Panel:
    """Return a task's approvals for its page, his own first, in a fixed number of queries; one button leads."""
    stories, finished = task_approvals(task)
    found = [waiting_of(actor, story, on) for story in stories]
    led, rows = False, []
    for waiting in sorted(found, key=lambda each: (not each.leads, not each.offers)):
        offers = []
        for offer in waiting.offers:
            second = led and offer.tone == "primary"
            led = led or offer.tone == "primary"
            offers.append(replace(offer, tone="") if second else offer)
        rows.append(replace(waiting, offers=tuple(offers)))
    return Panel(tuple(rows), finished)
