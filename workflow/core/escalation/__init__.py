"""Deciding: which rule of the three ladders makes something happen to a task now, why, and what comes when.

Pure: a subject (facts of one task), a rulebook and a moment in, a decision out. One decision is one step, so a sweep
that comes late never cascades: every wait is counted from the moment the step before was really issued
(domain.md section 3). Days are local dates of Asia/Ho_Chi_Minh; waits are working days.
"""

from __future__ import annotations

from workflow.core.escalation.coming import Step, apply, forecast, next_moment
from workflow.core.escalation.deciding import (
    ALLOW_EARLY,
    CONFIRM,
    ESCALATE,
    NUDGE,
    PAPER_EFFECTS,
    REMIND,
    STEP_EFFECTS,
    Check,
    Decision,
    Looked,
    decide,
    decide_by_hand,
    judge,
)
from workflow.core.escalation.facts import (
    CLOCK_STATES,
    FACT_LABELS,
    Subject,
    gather_facts,
    in_issue_window,
    local_day,
    month_before,
    next_issue_moment,
    start_of,
    wait_ends,
)

__all__ = [
    "ALLOW_EARLY",
    "CLOCK_STATES",
    "CONFIRM",
    "ESCALATE",
    "FACT_LABELS",
    "NUDGE",
    "PAPER_EFFECTS",
    "REMIND",
    "STEP_EFFECTS",
    "Check",
    "Decision",
    "Looked",
    "Step",
    "Subject",
    "apply",
    "decide",
    "decide_by_hand",
    "forecast",
    "gather_facts",
    "in_issue_window",
    "judge",
    "local_day",
    "month_before",
    "next_issue_moment",
    "next_moment",
    "start_of",
    "wait_ends",
]
