"""The seam to the approval flows: who must say yes, in which order, is declared in the app above this one.

Actions that begin something to be approved open its flow in their own transaction, and those that take its ground
away close it. Actions that decide run only inside a flow's node: no page, command or job can call them past it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, Protocol, TypeVar

from workflow.choices import FlowKind
from workflow.core.errors import NotPermitted
from workflow.models import Task
from workflow.permissions import Actor

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be approved: the row's key, the task it is of (None = it stands by itself), the unit that asks."""

    pk: int
    task_id: int | None
    unit_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step of people that waits on a target: at which node of its flow, on which unit's matter, since when."""

    kind: FlowKind
    target_id: int
    task_id: int | None
    unit_id: int
    node: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody decided at a step of a flow, and the words that he gave with it ("" for none)."""

    by: str
    step: str
    choice: str
    note: str
    at: datetime


class Flows(Protocol):
    """What the app of the flows offers."""

    def open(self, kind: FlowKind, targets: Sequence[Target], *, by: Actor | None, now: datetime) -> None:
        """Open the flow of each target that has none open."""

    def close(
        self,
        kind: FlowKind,
        target_ids: Sequence[int],
        reason: str,
        *,
        tasks: Sequence[Task],
        by: Actor | None,
        now: datetime,
    ) -> None:
        """Close the flows that are open on the targets, each with an event; nothing happens where none is.

        `tasks` are the locked tasks that the targets are of, as the caller holds them: their chains grow.

        :raises LookupError: when a flow's task is not among them.
        """

    def written_anew(
        self,
        kind: FlowKind,
        target_id: int,
        title: str,
        revision: int,
        *,
        task: Task | None,
        by: Actor,
        now: datetime,
    ) -> None:
        """Let the open flow follow a draft that was written anew: its title, and back to the signer what was signed.

        `task` is the locked task that the draft is of, as the caller holds it: its chain may grow.
        """

    def act(
        self,
        kind: FlowKind,
        target_id: int,
        outcome: str,
        version: int | None = None,
        data: Mapping[str, object] | None = None,
        *,
        by: Actor,
        now: datetime,
    ) -> None:
        """Decide the step that waits on the target."""

    def asked_by(self, unit_id: int) -> int:
        """Return how many open flows stand in the unit's name."""

    def hand_over(self, unit_id: int, heir_id: int, *, by: Actor | None, now: datetime) -> Sequence[int]:
        """Let the heir of a unit stand in all its open flows and the steps that wait in them; return their keys."""

    def waiting(self, kind: FlowKind | None = None, target_id: int | None = None) -> Sequence[Waiting]:
        """Return the steps that wait, all or those of a kind and target, in the order in which they were reached."""

    def said(self, kind: FlowKind, target_id: int) -> Sequence[Said]:
        """Return what people decided and said at the steps of a target's flow so far, in order of time."""

    def figures(self) -> Mapping[FlowKind, Mapping[str, int]]:
        """Return for each flow how many approvals ended with each result or are open, and how often each was decided.

        Keys: the results "approved", "refused", "closed", and "open"; the outcomes "return", "send_back", "withdraw".
        """

    def nudge(self, *, now: datetime) -> int:
        """Tell of steps that are late, and free those given to people who left; return how many times."""


_installed: list[Flows] = []
_in_node: ContextVar[bool] = ContextVar("in_node", default=False)


def install_flows(flows: Flows) -> None:
    """Put the app of the flows in place; called once when Django has loaded."""
    _installed[:] = [flows]


def flows() -> Flows:
    """Return the flows that are in place.

    :raises LookupError: when none is: nothing may then be opened that nobody could approve.
    """
    if not _installed:
        raise LookupError("Ứng dụng phê duyệt chưa được nạp; hãy kiểm tra INSTALLED_APPS.")
    return _installed[0]


def open_flow(kind: FlowKind, target: Target, *, by: Actor | None, now: datetime) -> None:
    """Open the flow of one target, if none is open, in the caller's transaction."""
    flows().open(kind, [target], by=by, now=now)


def open_flows(kind: FlowKind, targets: Sequence[Target], *, by: Actor | None, now: datetime) -> None:
    """Open the flow of each target that has none open, in the caller's transaction."""
    if targets:
        flows().open(kind, targets, by=by, now=now)


def close_flows(
    kind: FlowKind, target_ids: Sequence[int], reason: str, *, of: Task | None, by: Actor | None, now: datetime
) -> None:
    """Close the flows of targets that lost their ground, in the caller's transaction, each with an event of its own.

    `of` is the locked task that the targets are of, as the caller holds it: the events stand in its chain, before the
    caller's own. None for what is of no task.

    :raises LookupError: when a flow is of another task.
    """
    if target_ids:
        flows().close(kind, target_ids, reason, tasks=[of] if of is not None else [], by=by, now=now)


@contextmanager
def in_node() -> Iterator[None]:
    """Let decisions be taken while the block runs; a flow's step opens it after all its checks."""
    token = _in_node.set(True)
    try:
        yield
    finally:
        _in_node.reset(token)


def require_node(by: object) -> None:
    """Refuse a person's decision outside a flow's node; the engine (None) passes.

    :raises NotPermitted: when a person decides outside a node.
    """
    if by is not None and not _in_node.get():
        raise NotPermitted("Việc này phải qua đúng bước phê duyệt; hãy mở hồ sơ phê duyệt của nhiệm vụ để thực hiện.")


def only_in_flow(function: Callable[P, R]) -> Callable[P, R]:
    """Let a decision be taken by a person only inside a flow's node."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        require_node(kwargs.get("by"))
        return function(*args, **kwargs)

    return run
