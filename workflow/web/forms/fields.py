"""The forms of acts on a task; their fields are those of every form of the site (`workflow.forms`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workflow.forms import PlainForm

if TYPE_CHECKING:
    from workflow.queries.taskpage import TaskFacts


class ActForm(PlainForm):
    """A form of one act on a task; `facts` gives what its choices need."""

    legend: ClassVar[str] = ""

    def __init__(self, *args: object, facts: TaskFacts | None = None, **kwargs: object) -> None:
        """Keep the facts and let the form set its choices."""
        super().__init__(*args, **kwargs)
        self.facts = facts
        if facts is not None:
            self.prepare(facts)

    def prepare(self, facts: TaskFacts) -> None:
        """Set choices and first values from the task; most forms need none."""


class NoForm(ActForm):
    """An act that needs nothing typed."""
