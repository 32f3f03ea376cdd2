"""Every write of the approvals: opening and closing flows, deciding a step, what is said and given at it, its clock."""

from approvals.actions.deciding import decide
from approvals.actions.opening import close_approvals, open_approvals

__all__ = ["close_approvals", "decide", "open_approvals"]
