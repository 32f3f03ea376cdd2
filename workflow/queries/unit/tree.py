"""Units as a tree in memory: who stands under whom, and what a set stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from workflow.choices import INTERNAL_KINDS, SET_KINDS, UnitKind
from workflow.core.breakdown import UnitRef
from workflow.core.errors import NotFound
from workflow.models import Unit, UnitSetMember
from workflow.permissions import Scope

NAMED_CASE_BY_CASE = frozenset({"CQ-YKIEN", "CQ-LQ", "CQ-TQ", "CQ-NN", "SO-NGANH-DP"})
"""Bodies of the plans that are no particular body ("các cơ quan, đơn vị được lấy ý kiến"): named for each case."""

RESOLVABLE_KINDS = INTERNAL_KINDS | {UnitKind.PROVINCE, UnitKind.OUTSIDE}


@dataclass(frozen=True, slots=True)
class Node:
    """One unit as the tree needs it."""

    pk: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    valid_from: date
    valid_to: date | None

    @property
    def ref(self) -> UnitRef:
        """Return the unit as a plain value."""
        return UnitRef(self.code, self.name, self.pk)

    def is_open_on(self, day: date) -> bool:
        """Whether the unit exists on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class UnitTree:
    """All units, closed ones too: their tasks stay visible to those who may see every unit."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        """Index the units by key, by code and by parent."""
        self.nodes: dict[int, Node] = {node.pk: node for node in nodes}
        self.by_code = {node.code: node for node in self.nodes.values()}
        self._children: dict[int, list[int]] = {}
        for node in self.nodes.values():
            if node.parent_id is not None:
                self._children.setdefault(node.parent_id, []).append(node.pk)
        self._family: dict[int, frozenset[int]] = {}
        offices = [node.pk for node in self.nodes.values() if node.kind == UnitKind.OFFICE]
        self.office_ids = frozenset(pk for office in offices for pk in self.family(office))

    def family(self, unit_id: int) -> frozenset[int]:
        """Return the unit and every unit below it. A set below a unit is no part of it."""
        known = self._family.get(unit_id)
        if known is None:
            found: set[int] = set()
            waiting = [unit_id]
            while waiting:
                pk = waiting.pop()
                if pk in found or (pk != unit_id and self.nodes[pk].kind in SET_KINDS):
                    continue
                found.add(pk)
                waiting += self._children.get(pk, [])
            known = self._family[unit_id] = frozenset(found)
        return known

    def scope(self, scope: Scope, unit_id: int) -> frozenset[int]:
        """Return the keys of the units on which a right of that scope stands for a membership in the unit."""
        if scope is Scope.OWN:
            return self.family(unit_id)
        if scope is Scope.OFFICE:
            return self.office_ids
        everything = frozenset(self.nodes)
        return everything - self.office_ids if scope is Scope.NOT_OFFICE else everything


TREE_SQL = "SELECT id, code, name, kind, parent_id, valid_from, valid_to FROM workflow_unit ORDER BY code"
"""Asked at every act, several times: building it through the ORM took longer than running it."""

_kept: dict[str, tuple[list[tuple[object, ...]], UnitTree]] = {}


def unit_tree() -> UnitTree:
    """Return the tree of all units (one query), the one built before as long as the very same rows stand."""
    with connection.cursor() as cursor:
        cursor.execute(TREE_SQL)
        rows = cursor.fetchall()
    kept = _kept.get("now")
    if kept is None or kept[0] != rows:
        nodes = (
            Node(pk, code, name, kind, parent, _day(since), _day(until) if until else None)
            for pk, code, name, kind, parent, since, until in rows
        )
        kept = _kept["now"] = (rows, UnitTree(nodes))
    return kept[1]


def _day(stored: date | str) -> date:
    """Return a day as the cursor gives it: SQLite stores its ISO form."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


class UnitResolver:
    """What each code stands for on one day: a set its members, members of members too, a concrete unit itself."""

    def __init__(self, tree: UnitTree, members: Mapping[int, list[int]], on: date) -> None:
        """Take the tree, the members of each set, and the day."""
        self.tree = tree
        self._members = members
        self._on = on

    def resolve(self, code: str) -> tuple[UnitRef, ...]:
        """Return the concrete units open on the day, each once, by code; none for a body that is named case by case.

        :raises NotFound: when no unit has the code.
        """
        node = self.tree.by_code.get(code)
        if node is None:
            raise NotFound(f"Không có đơn vị mang mã “{code}”.")
        found: dict[int, Node] = {}
        self._collect(node, found, set())
        return tuple(sorted(one.ref for one in found.values()))

    def _collect(self, node: Node, found: dict[int, Node], seen: set[int]) -> None:
        if node.pk in seen:
            return
        seen.add(node.pk)
        if node.kind in SET_KINDS:
            for member in self._members.get(node.pk, []):
                self._collect(self.tree.nodes[member], found, seen)
        elif node.kind in RESOLVABLE_KINDS and node.code not in NAMED_CASE_BY_CASE and node.is_open_on(self._on):
            found[node.pk] = node


def unit_resolver(on: date) -> UnitResolver:
    """Return a resolver of codes for the day (two queries)."""
    members: dict[int, list[int]] = {}
    for set_id, member_id in UnitSetMember.objects.order_by("id").values_list("unit_set_id", "member_id"):
        members.setdefault(set_id, []).append(member_id)
    return UnitResolver(unit_tree(), members, on)


def resolve_units(code: str, on: date) -> list[Unit]:
    """Return the concrete units that a code stands for on the day, by code.

    :raises NotFound: when no unit has the code.
    """
    keys = [unit.pk for unit in unit_resolver(on).resolve(code)]
    return list(Unit.objects.filter(pk__in=keys).order_by("code"))
