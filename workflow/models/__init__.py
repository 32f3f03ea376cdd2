"""Tables, constraints and the FSM's declared transitions; nothing else."""

from workflow.models.adjustment import Extension, Obstacle, Suspension
from workflow.models.audit import AuditChain, AuditCheckpoint, AuditEvent
from workflow.models.calendar import CalendarDay, DemonstrationClock
from workflow.models.document import Document, RegisterBook
from workflow.models.escalation import Direction, Escalation
from workflow.models.job import ScheduledRun, WorkerLease
from workflow.models.notification import Notification
from workflow.models.plan import (
    BulletUnit,
    Plan,
    PlanBullet,
    PlanDefect,
    PlanItem,
    PlanTarget,
    ReportingDuty,
)
from workflow.models.policy import Policy, Rule
from workflow.models.reminder import Reminder
from workflow.models.report import Attachment, ProgressNote, Report
from workflow.models.task import Task
from workflow.models.unit import Delegation, Membership, Person, Unit, UnitSetMember

__all__ = [
    "Attachment",
    "AuditChain",
    "AuditCheckpoint",
    "AuditEvent",
    "BulletUnit",
    "CalendarDay",
    "Delegation",
    "DemonstrationClock",
    "Direction",
    "Document",
    "Escalation",
    "Extension",
    "Membership",
    "Notification",
    "Obstacle",
    "Person",
    "Plan",
    "PlanBullet",
    "PlanDefect",
    "PlanItem",
    "PlanTarget",
    "Policy",
    "ProgressNote",
    "RegisterBook",
    "Reminder",
    "Report",
    "ReportingDuty",
    "Rule",
    "ScheduledRun",
    "Suspension",
    "Task",
    "Unit",
    "UnitSetMember",
    "WorkerLease",
]
