"""Acts on units, people, places and powers (domain.md section 6): dated, recorded, never deleting."""

from workflow.actions.unit.accounts import end_sessions_of, reset_factor, reset_password, unlock_person
from workflow.actions.unit.delegation import delegate, revoke_delegation
from workflow.actions.unit.locking import lock_units
from workflow.actions.unit.people import (
    appoint,
    close_person,
    end_membership,
    insert_membership,
    open_person,
    password_errors,
)
from workflow.actions.unit.rights import GrantCounts, require_administrator, sync_grants, write_grants
from workflow.actions.unit.seed import seed_units
from workflow.actions.unit.structure import Closing, UnitFacts, close_unit, define_unit_set, insert_unit, open_unit

__all__ = [
    "Closing",
    "GrantCounts",
    "UnitFacts",
    "appoint",
    "close_person",
    "close_unit",
    "define_unit_set",
    "delegate",
    "end_membership",
    "end_sessions_of",
    "insert_membership",
    "insert_unit",
    "lock_units",
    "open_person",
    "open_unit",
    "password_errors",
    "require_administrator",
    "reset_factor",
    "reset_password",
    "revoke_delegation",
    "seed_units",
    "sync_grants",
    "unlock_person",
    "write_grants",
]
