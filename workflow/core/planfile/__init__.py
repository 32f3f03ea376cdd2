"""A plan file checked into a plan, or into every error at once, with the defects of its source."""

from workflow.core.planfile.model import (
    Defect,
    ParsedBullet,
    ParsedDuty,
    ParsedItem,
    ParsedPlan,
    ParsedTarget,
    PlanError,
    PlanErrors,
)
from workflow.core.planfile.parse import parse_plan

__all__ = [
    "Defect",
    "ParsedBullet",
    "ParsedDuty",
    "ParsedItem",
    "ParsedPlan",
    "ParsedTarget",
    "PlanError",
    "PlanErrors",
    "parse_plan",
]
