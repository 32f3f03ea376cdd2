"""Making tasks and the plain acts on them."""

from workflow.actions.task.acts import (
    add_note,
    arm_task,
    assign_lead,
    assign_person,
    cancel_task,
    reopen_task,
    require_open,
    start_task,
)
from workflow.actions.task.closing import close_children, settle_closing, settle_requests
from workflow.actions.task.following import (
    Settled,
    hand_on,
    move_processing_end,
    restore_duty,
    settle_answer,
    settle_task,
    wait_anew,
)
from workflow.actions.task.making import create_tasks, open_dossier, open_province_task, read_due

__all__ = [
    "Settled",
    "add_note",
    "arm_task",
    "assign_lead",
    "assign_person",
    "cancel_task",
    "close_children",
    "create_tasks",
    "hand_on",
    "move_processing_end",
    "open_dossier",
    "open_province_task",
    "read_due",
    "reopen_task",
    "require_open",
    "restore_duty",
    "settle_answer",
    "settle_closing",
    "settle_requests",
    "settle_task",
    "start_task",
    "wait_anew",
]
