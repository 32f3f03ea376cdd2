"""Playing a whole year through the same actions: the demonstration, and the longest test of all."""

from workflow.actions.rehearsal.days import Progress, Rehearsal
from workflow.actions.rehearsal.prepare import is_demonstration, prepare_demonstration, rehearse_plan
from workflow.actions.rehearsal.summary import FlowFigures, RuleFigures, Summary, summarise

__all__ = [
    "FlowFigures",
    "Progress",
    "Rehearsal",
    "RuleFigures",
    "Summary",
    "is_demonstration",
    "prepare_demonstration",
    "rehearse_plan",
    "summarise",
]
