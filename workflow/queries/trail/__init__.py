"""Reading the trail: verifying it, rebuilding from it, and showing it as a timeline."""

from workflow.queries.trail.facts import Disagreement, Facts, verify_facts
from workflow.queries.trail.findings import BadRecord, Verification
from workflow.queries.trail.guard import missing_triggers, one_snapshot
from workflow.queries.trail.timeline import Change, TimelineEntry, task_at, task_bodies, task_events
from workflow.queries.trail.tracked import TRACKED
from workflow.queries.trail.verify import verify_trail

__all__ = [
    "TRACKED",
    "BadRecord",
    "Change",
    "Disagreement",
    "Facts",
    "TimelineEntry",
    "Verification",
    "missing_triggers",
    "one_snapshot",
    "task_at",
    "task_bodies",
    "task_events",
    "verify_facts",
    "verify_trail",
]
