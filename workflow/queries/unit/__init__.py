"""Reading units, who stands where, and who may do what."""

from workflow.queries.unit.actor import delegations_for, load_actor
from workflow.queries.unit.grants import grant_differences, implied_grants, stored_grants
from workflow.queries.unit.succession import heir_of
from workflow.queries.unit.tree import UnitResolver, UnitTree, resolve_units, unit_resolver, unit_tree

__all__ = [
    "UnitResolver",
    "UnitTree",
    "delegations_for",
    "grant_differences",
    "heir_of",
    "implied_grants",
    "load_actor",
    "resolve_units",
    "stored_grants",
    "unit_resolver",
    "unit_tree",
]
