"""Breaking a plan down into the tasks that units owe (issue 2, section 3; domain.md section 8)."""

from workflow.core.breakdown.make import break_down, outline
from workflow.core.breakdown.model import (
    Breakdown,
    DutyReading,
    Fulfilled,
    Readings,
    Resolution,
    Resolver,
    TaskDraft,
    Terms,
    UnitRef,
)

__all__ = [
    "Breakdown",
    "DutyReading",
    "Fulfilled",
    "Readings",
    "Resolution",
    "Resolver",
    "TaskDraft",
    "Terms",
    "UnitRef",
    "break_down",
    "outline",
]
