"""What bends a deadline or a duty: extension, suspension, obstacle; asked for by one and decided by another."""

from workflow.actions.adjustment.extension import ask_extension, decide_extension
from workflow.actions.adjustment.obstacle import advise_obstacle, decide_obstacle, raise_obstacle
from workflow.actions.adjustment.suspension import resume_task, suspend_task

__all__ = [
    "advise_obstacle",
    "ask_extension",
    "decide_extension",
    "decide_obstacle",
    "raise_obstacle",
    "resume_task",
    "suspend_task",
]
