"""Reports: drafting, submitting, taking back; checking, accepting, returning; the files given with them."""

from workflow.actions.report.checking import return_report, review_report
from workflow.actions.report.drafting import save_draft, submit_report, withdraw_report
from workflow.actions.report.files import attach_file

__all__ = ["attach_file", "return_report", "review_report", "save_draft", "submit_report", "withdraw_report"]
