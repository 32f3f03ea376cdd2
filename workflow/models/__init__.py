"""Tables, constraints and the FSM's declared transitions; nothing else."""

from workflow.models.adjustment import Extension, Obstacle, Suspension
from workflow.models.audit import AuditChain, AuditCheckpoint, AuditEvent
from workflow.models.calendar import CalendarDay, CalendarFeed, DemonstrationClock
from workflow.models.document import (
    Appendix,
    Delivery,
    Document,
    DocumentLink,
    DocumentRevision,
    DocumentSignature,
    Letterhead,
    Recall,
    RegisterBook,
)
from workflow.models.escalation import Direction, Escalation
from workflow.models.job import ScheduledRun, WorkerLease
from workflow.models.login import PasswordRecord, RecoveryCode, SecondFactor, SignInSession
from workflow.models.notification import Letter, Notification
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
from workflow.models.proposal import Proposal
from workflow.models.reminder import Reminder
from workflow.models.report import Attachment, ProgressNote, Report, ReportRevision
from workflow.models.task import Task
from workflow.models.unit import Delegation, Membership, Person, Unit, UnitSetMember

__all__ = [
    "Appendix",
    "Attachment",
    "AuditChain",
    "AuditCheckpoint",
    "AuditEvent",
    "BulletUnit",
    "CalendarDay",
    "CalendarFeed",
    "Delegation",
    "Delivery",
    "DemonstrationClock",
    "Direction",
    "Document",
    "DocumentLink",
    "DocumentRevision",
    "DocumentSignature",
    "Escalation",
    "Extension",
    "Letter",
    "Letterhead",
    "Membership",
    "Notification",
    "Obstacle",
    "PasswordRecord",
    "Person",
    "Plan",
    "PlanBullet",
    "PlanDefect",
    "PlanItem",
    "PlanTarget",
    "Policy",
    "ProgressNote",
    "Proposal",
    "Recall",
    "RecoveryCode",
    "RegisterBook",
    "Reminder",
    "Report",
    "ReportRevision",
    "ReportingDuty",
    "Rule",
    "ScheduledRun",
    "SecondFactor",
    "SignInSession",
    "Suspension",
    "Task",
    "Unit",
    "UnitSetMember",
    "WorkerLease",
]
