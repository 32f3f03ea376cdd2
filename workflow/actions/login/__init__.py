"""Signing in and out, passwords, the second factor and sessions, in the trail (chain "login")."""

from workflow.actions.login.entering import (
    Admission,
    Door,
    enter_by_code,
    enter_by_password,
    record_login,
    record_logout,
    record_refused_login,
)
from workflow.actions.login.factor import confirm_factor, drop_factor, renew_codes
from workflow.actions.login.password import change_password, keep_password
from workflow.actions.login.sessions import end_other_sessions, end_session, expire_session, forget_old_sessions

__all__ = [
    "Admission",
    "Door",
    "change_password",
    "confirm_factor",
    "drop_factor",
    "end_other_sessions",
    "end_session",
    "enter_by_code",
    "enter_by_password",
    "expire_session",
    "forget_old_sessions",
    "keep_password",
    "record_login",
    "record_logout",
    "record_refused_login",
    "renew_codes",
]
