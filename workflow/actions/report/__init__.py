"""Reports: drafting, submitting, taking back; checking, accepting, returning; the files given with them."""

from workflow.actions.report.checking import (
    approve_report,
    check_report,
    refuse_report,
    return_report,
    review_report,
)
from workflow.actions.report.drafting import save_draft, submit_report, withdraw_report
from workflow.actions.report.files import attach_file

__all__ = [
    "approve_report",
    "attach_file",
    "check_report",
    "refuse_report",
    "return_report",
    "review_report",
    "save_draft",
    "submit_report",
    "withdraw_report",
]
