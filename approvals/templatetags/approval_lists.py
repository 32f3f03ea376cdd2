"""What waits in the flows, on the pages of the work: "Việc của tôi" and Văn phòng's board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django import template
from django.template.context import Context
from django.urls import reverse

from approvals.actions.bulk import bulk_choice
from approvals.queries.inbox import (
    ELSEWHERE,
    StepGroup,
    Waiting,
    inbox_groups,
    load_documents_elsewhere,
    load_steps,
    node_groups,
)
from approvals.screens import Choice, choices_at
from workflow.choices import FlowKind
from workflow.permissions import Actor
from workflow.queries.inbox import BY_DAY, LATER, THIS_WEEK, Group, Line

register = template.Library()

UNIT_PART = ((FlowKind.REPORT, "draft"), (FlowKind.REPORT, "submit"))
"""Steps at which a report is still its unit's; the task's own line asks for the same."""


@register.simple_tag(takes_context=True)
def approval_inbox(context: Context, groups: Iterable[Group]) -> list[Group | StepGroup]:
    """Return the page's own groups and those of the steps that wait for the person, what to do first at the top.

    A report that is still its unit's is one thing to do: it stands with the task's own line, by the task's day, and
    that line leads to the step. Only what was presented to the head, of a task that is due later than this week, stands
    with what waits for him, since that is the earlier place. No query but the one of the steps.
    """
    own, rows = _once(context["actor"], list(groups), load_steps(context["actor"]))
    return _merged(own, inbox_groups(rows))


@register.simple_tag(takes_context=True)
def approval_board(context: Context, groups: Iterable[Group]) -> list[Group | StepGroup]:
    """Return the board's own groups and, before them, one group a node of what the person may decide there."""
    actor: Actor = context["actor"]
    rows = load_steps(actor)
    elsewhere = load_documents_elsewhere(actor)
    return [*node_groups(rows), *([elsewhere] if elsewhere.steps else []), *groups]


def _once(actor: Actor, own: list[Group], rows: list[Waiting]) -> tuple[list[Group], list[Waiting]]:
    """Return both lists with what stood in both in one of them."""
    steps = {row.approval.target_id: row for row in rows if row.key in UNIT_PART}
    kept, told = [], set()
    for group in own:
        if group.key not in BY_DAY:
            kept.append(group)
            continue
        lines = []
        for line in group.lines:
            row = steps.get(line.task.pk)
            if row is None:
                lines.append(line)
            elif row.node == "draft" or group.key in THIS_WEEK:
                lines.append(_joined(actor, line, row))
                told.add(row.step.pk)
        if lines:
            kept.append(replace(group, lines=lines))
    return kept, [row for row in rows if row.step.pk not in told]


def _joined(actor: Actor, line: Line, row: Waiting) -> Line:
    """Return the task's own line with the step's decision beside the writing.

    What came back is written anew first: it leads to the decision only once it says something else.
    """
    line = replace(line, why=f"{row.why} {line.why}" if row.brought else line.why)
    choice = _first_choice(actor, row)
    if choice is None or line.drafted is None:
        return line
    pressed = line.what if row.node == "submit" or not line.act else choice.label
    address = reverse("approval-decide", args=[row.step.pk, choice.outcome])
    decides = replace(line, what=pressed, address=address)
    if row.node == "submit":
        return decides
    writes = replace(line, what="Sửa bản thảo", act="soan-bao-cao")
    if row.approval.version == line.drafted:
        return replace(writes, second=decides)
    return replace(decides, second=writes)


def _merged(own: Iterable[Group], waiting: Iterable[StepGroup]) -> list[Group | StepGroup]:
    """Put what can be done now first, then what waits for a paper, then what is due after this week."""
    placed: list[tuple[int, Group | StepGroup]] = [(LATER.get(group.key, 0), group) for group in own]
    placed += [(int(group.later), group) for group in waiting]
    return [group for _place, group in sorted(placed, key=lambda pair: pair[0])]


@register.filter
def holds_steps(group: Group | StepGroup) -> bool:
    """Tell whether the group is of steps in flows."""
    return isinstance(group, StepGroup)


@register.simple_tag(takes_context=True)
def step_choice(context: Context, row: Waiting, group: StepGroup) -> Choice | None:
    """Return what the person is asked to do first at the step; None where it is another's, or the node a former one."""
    return None if group.key == ELSEWHERE else _first_choice(context["actor"], row)


def _first_choice(actor: Actor, row: Waiting) -> Choice | None:
    step = row.step
    if not any(actor.may(codename, step.unit_id) for codename in (step.codename, step.other_codename) if codename):
        return None
    open_to_him = (
        choice
        for choice in choices_at(*row.key)
        if not choice.withdraws
        and (not choice.needs or actor.may(choice.needs, step.unit_id))
        and not (row.wrote and choice.outcome == "sign")
    )
    return next(open_to_him, None)


@register.simple_tag
def many_choice(group: StepGroup) -> Choice | None:
    """Return the decision that the node of a board's group lets be taken for many at once, when there are several."""
    if not group.nodes or len(group.steps) < 2:
        return None
    return bulk_choice(*group.steps[0].key)
