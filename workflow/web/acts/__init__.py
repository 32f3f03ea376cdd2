"""Every act that a person may take on a task, declared: words, form, consequence, who, and the ONE action it calls."""

from workflow.web.acts.act import Act, Submission
from workflow.web.acts.table import ACTS, act_called, acts_for

__all__ = ["ACTS", "Act", "Submission", "act_called", "acts_for"]
