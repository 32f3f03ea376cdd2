"""Bringing a plan in, and making its tasks."""

from workflow.actions.plan.activation import ActivationOutcome, activate_plan, dry_run_outline
from workflow.actions.plan.importing import ImportOutcome, import_plan, require_planner

__all__ = [
    "ActivationOutcome",
    "ImportOutcome",
    "activate_plan",
    "dry_run_outline",
    "import_plan",
    "require_planner",
]
