"""Seeding: the plans' units for everybody, and, where asked for, demonstration units, sets and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from workflow.actions.audit import action, record_event
from workflow.actions.document import LetterheadFacts, set_letterhead
from workflow.actions.unit import (
    UnitFacts,
    define_unit_set,
    delegate,
    insert_membership,
    open_person,
    require_administrator,
    seed_units,
    write_grants,
)
from workflow.adapters.seeds import DemonstrationSeed, UnitSeed, load_demonstration, load_units
from workflow.core.errors import Invalid
from workflow.models import Delegation, Membership, Person, Unit
from workflow.permissions import Actor


@dataclass(frozen=True, slots=True)
class SeedCounts:
    """How much was new; nothing that existed is changed."""

    units: int = 0
    sets: int = 0
    people: int = 0
    delegations: int = 0


@action
def seed_plan_units(*, by: Actor | None, now: datetime) -> SeedCounts:
    """Open the units and systems that the plans name (seeds/units.yaml), those that do not exist yet.

    :raises NotPermitted: when the person is no administrator.
    """
    return SeedCounts(units=seed_units([_facts(row) for row in load_units()], by=by, now=now))


def _facts(row: UnitSeed) -> UnitFacts:
    return UnitFacts(
        code=row.code,
        name=row.name,
        kind=row.kind,
        valid_from=row.valid_from,
        parent_code=row.parent,
        parent_inferred=row.parent_inferred,
        abbreviation=row.abbreviation,
        aliases=row.aliases,
        note=row.note,
        demonstration=row.demonstration,
    )


@action
def seed_demonstration(*, by: Actor | None, now: datetime) -> SeedCounts:
    """Add the demonstration's units, names, sets, people and delegation; run again, it adds only what is missing.

    The people share one password that stands in the seed file: never for real use. A set that somebody defined
    otherwise since is left alone.

    :raises NotPermitted: when the person is no administrator.
    :raises Invalid: when the seed file names a unit or person that does not exist.
    """
    require_administrator(by)
    seed = load_demonstration()
    units = seed_units([_facts(row) for row in seed.units], by=by, now=now)
    _abbreviate(seed, by=by, now=now)
    _name_bodies(seed, by=by, now=now)
    sets = _define_sets(seed, by=by, now=now)
    people = _open_people(seed, by=by, now=now)
    delegations = _delegate(seed, by=by, now=now)
    write_grants(now)
    return SeedCounts(units, sets, people, delegations)


def _abbreviate(seed: DemonstrationSeed, *, by: Actor | None, now: datetime) -> None:
    for unit in Unit.objects.filter(code__in=seed.abbreviations, abbreviation="").order_by("code"):
        unit.abbreviation = seed.abbreviations[unit.code]
        unit.save(update_fields=["abbreviation"])
        after = {"abbreviation": unit.abbreviation}
        record_event("unit.abbreviate", subject=f"unit:{unit.code}", by=by, now=now, after=after)


def _name_bodies(seed: DemonstrationSeed, *, by: Actor | None, now: datetime) -> None:
    """Write how the issuing body names itself, unless somebody wrote it already."""
    for row in seed.letterheads:
        body = Unit.objects.filter(code=row.unit, letterheads__isnull=True).first()
        if body is None:
            continue
        values = LetterheadFacts(
            parent_name=row.parent_name,
            name=row.name,
            abbreviation=row.abbreviation,
            place=row.place,
            basis=row.basis,
            valid_from=seed.valid_from,
        )
        set_letterhead(body.pk, values, by=by, now=now)


def _define_sets(seed: DemonstrationSeed, *, by: Actor | None, now: datetime) -> int:
    """Define the sets that stand for nothing yet."""
    defined = set(Unit.objects.filter(set_members__isnull=False).values_list("code", flat=True))
    waiting = [row for row in seed.sets if row.code not in defined]
    for row in waiting:
        define_unit_set(row.code, row.members, row.basis, by=by, now=now)
    return len(waiting)


def _open_people(seed: DemonstrationSeed, *, by: Actor | None, now: datetime) -> int:
    """Open the accounts that do not exist yet; the shared password is hashed once, since hashing is slow by design."""
    existing = set(Person.objects.values_list("username", flat=True))
    units = dict(Unit.objects.values_list("code", "id"))
    waiting = [row for row in seed.people if row.username not in existing]
    shared = make_password(seed.password) if waiting else ""
    for row in waiting:
        if row.unit not in units:
            raise Invalid.of(unit=f"Dữ liệu trình diễn nêu đơn vị không có: {row.unit}.")
        person = open_person(row.username, row.full_name, demonstration=True, by=by, now=now)
        person.password = shared
        person.save(update_fields=["password"])
        insert_membership(person.pk, units[row.unit], row.role, row.position, seed.valid_from, by=by, now=now)
    return len(waiting)


def _delegate(seed: DemonstrationSeed, *, by: Actor | None, now: datetime) -> int:
    made = 0
    for row in seed.delegations:
        if Delegation.objects.filter(document_number=row.document_number).exists():
            continue
        membership = Membership.objects.get(person__username=row.delegator, role=row.role)
        person = Person.objects.get(username=row.delegate)
        delegate(
            membership.pk,
            person.pk,
            row.capacity,
            row.document_number,
            row.document_date,
            row.scope,
            row.valid_from,
            row.valid_to,
            by=by,
            now=now,
        )
        made += 1
    return made
