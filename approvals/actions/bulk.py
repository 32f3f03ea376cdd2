"""Deciding many steps of one node at once: each is judged on its own and has its own result."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

from approvals.actions.deciding import decide
from approvals.models import Approval, Step
from approvals.screens import Choice, choices_at
from workflow.core.errors import ActionError, Invalid, NotFound, WrongState
from workflow.permissions import Actor

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""How many steps one person may decide at once."""

SAME_FOR_ALL = {"none", "note", "checks"}
"""Forms whose answers can honestly be the same for many; a reason, a day or a direction belongs to one matter."""

OWN_WORK = {"draft", "prepare"}
"""Nodes of who writes; each text is presented by itself."""


@dataclass(frozen=True, slots=True)
class Item:
    """One step to decide, and the version of its matter that the page showed."""

    step_id: int
    version: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item: done, or the reason why not; `approval_id` is None where nothing may be seen.

    `unit` is the unit that asks; `task` the title of the task, "" where the matter is of none or called as it is.
    """

    step_id: int
    done: bool
    reason: str = ""
    approval_id: int | None = None
    title: str = ""
    unit: str = ""
    task: str = ""


def bulk_choice(kind: str, node: str) -> Choice | None:
    """Return the decision that a node lets be taken for many at once, or None."""
    if node in OWN_WORK:
        return None
    usual = (choice for choice in choices_at(kind, node) if choice.tone == "primary" and not choice.withdraws)
    return next((choice for choice in usual if choice.form in SAME_FOR_ALL and not choice.needs), None)


def decide_many(
    kind: str,
    node: str,
    items: Sequence[Item],
    data: Mapping[str, object] | None = None,
    *,
    by: Actor,
    now: datetime,
) -> list[Result]:
    """Decide each of the items at the one node, in its own transaction and through the one door.

    Nothing is all-or-nothing: an item that is refused changes nothing and stops no other. A step named twice is decided
    once. Every check of `decide` holds for each: right, separation of duties, the version shown, who was first.

    :raises Invalid: when none or more than `AT_ONCE` are given.
    :raises WrongState: when the node lets nothing be decided for many.
    """
    choice = bulk_choice(kind, node)
    if choice is None:
        raise WrongState("Bước này phải quyết định từng hồ sơ một.")
    wanted = list({item.step_id: item for item in items}.values())
    if not wanted:
        raise Invalid.of(items="Chưa chọn mục nào; hãy đánh dấu ít nhất một mục.")
    if len(wanted) > AT_ONCE:
        raise Invalid.of(items=f"Mỗi lần xử lý được nhiều nhất {AT_ONCE} mục; ông/bà đã chọn {len(wanted)} mục.")
    return [_decide_one(kind, node, choice, item, data, by=by, now=now) for item in wanted]


def _decide_one(
    kind: str,
    node: str,
    choice: Choice,
    item: Item,
    data: Mapping[str, object] | None,
    *,
    by: Actor,
    now: datetime,
) -> Result:
    try:
        _require_node(kind, node, item)
        step = decide(item.step_id, choice.outcome, item.version, data, by=by, now=now)
    except NotFound as error:
        return Result(item.step_id, False, str(error))
    except ActionError as error:
        return _named(item, False, str(error))
    except DatabaseError:
        logger.exception("Bulk decision of step %s failed", item.step_id)
        return Result(item.step_id, False, "Hệ thống gặp lỗi nên chưa ghi mục này; hãy mở hồ sơ và làm lại.")
    approval: Approval = step.process
    return _named(item, True, choice.said(ended=approval.closed_at is not None))


def _require_node(kind: str, node: str, item: Item) -> None:
    """Let no step of another node pass under this one's form."""
    step = Step.objects.filter(pk=item.step_id, process__kind=kind).first()
    if step is None or step.flow_task is None or step.flow_task.name != node:
        raise NotFound


def _named(item: Item, done: bool, said: str) -> Result:
    """Name the matter of an item; only who may see it comes this far, all others are told `NotFound`."""
    columns = ("process_id", "process__title", "process__unit__name", "process__subject__title")
    found = Step.objects.filter(pk=item.step_id).values_list(*columns).first()
    approval_id, title, unit, subject = found or (None, "", "", None)
    task = subject if subject is not None and subject != title else ""
    return Result(item.step_id, done, said, approval_id, title, unit, task)
