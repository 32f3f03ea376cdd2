"""What an act is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.core.errors import Stale
from workflow.permissions import Actor
from workflow.queries.taskpage import TaskFacts
from workflow.web.forms.fields import ActForm, NoForm

Test = Callable[[TaskFacts], bool]


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was sent and read: the task, the values, which version or request the page showed."""

    task_id: int
    data: dict[str, Any]
    shown: int | None
    actor: Actor
    now: datetime

    @property
    def target(self) -> int:
        """The version, reminder, request … that the page showed.

        :raises Stale: when the page did not say.
        """
        if self.shown is None:
            raise Stale("Trang này không còn mới. Hãy mở lại nhiệm vụ rồi làm lại.")
        return self.shown


def no_consequence(facts: TaskFacts) -> str:
    """An act whose effect is plain from its name."""
    return ""


def no_target(facts: TaskFacts) -> int | None:
    """An act on the task itself."""
    return None


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `may`: has the person the right; `ready`: does the task stand so that it can be done now.

    `consequence` is told before the act; `target` names what exactly the page shows, so that a stale page is refused.
    """

    slug: str
    words: str | Callable[[TaskFacts], str]
    done: str
    run: Callable[[Submission], object]
    may: Test
    ready: Test
    form: type[ActForm] = NoForm
    consequence: Callable[[TaskFacts], str] = no_consequence
    target: Callable[[TaskFacts], int | None] = no_target
    tone: str = ""
    anchor: str = ""

    def label(self, facts: TaskFacts) -> str:
        """The verb on the button."""
        return self.words if isinstance(self.words, str) else self.words(facts)

    def offered(self, facts: TaskFacts) -> bool:
        """Whether this person may do it now."""
        return self.may(facts) and self.ready(facts)


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as one task's page offers it."""

    slug: str
    label: str
    tone: str
