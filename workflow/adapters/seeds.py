"""The project's own seed files: units, demonstration, readings of the plans, the rules' codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from workflow.core.breakdown import DutyReading, Fulfilled, Readings
from workflow.core.fold import nfc

SEEDS: Final = Path(__file__).resolve().parent.parent / "seeds"
PLAN_FILES: Final = (SEEDS / "plans" / "ke-hoach-2022.yaml", SEEDS / "plans" / "ke-hoach-2023.yaml")
UNITS_VALID_FROM: Final = date(2022, 1, 1)
"""The plans do not say since when their units exist: the first day of the first plan's year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSeed:
    """One unit of a seed file."""

    code: str
    name: str
    kind: str
    parent: str = ""
    parent_inferred: bool = False
    aliases: tuple[str, ...] = ()
    abbreviation: str = ""
    note: str = ""
    valid_from: date = UNITS_VALID_FROM
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class SetSeed:
    """What a set or role stands for, and on what that choice rests."""

    code: str
    members: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class PersonSeed:
    """One demonstration person with the one place he holds."""

    username: str
    full_name: str
    unit: str
    role: str
    position: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationSeed:
    """One demonstration delegation, from a person's place to another person."""

    delegator: str
    role: str
    delegate: str
    capacity: str
    document_number: str
    document_date: date
    scope: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class LetterheadSeed:
    """How a unit names itself on its documents, in force from the demonstration's first day."""

    unit: str
    parent_name: str
    name: str
    abbreviation: str
    place: str
    basis: str


@dataclass(frozen=True, slots=True)
class DemonstrationSeed:
    """All demonstration data."""

    valid_from: date
    password: str
    letterheads: tuple[LetterheadSeed, ...]
    units: tuple[UnitSeed, ...]
    abbreviations: Mapping[str, str]
    sets: tuple[SetSeed, ...]
    people: tuple[PersonSeed, ...]
    delegations: tuple[DelegationSeed, ...]


Row = Mapping[str, object]


def load_units() -> tuple[UnitSeed, ...]:
    """Return the units and systems of the plans, word for word, in NFC."""
    content = _load("units.yaml")
    return tuple(_unit(row) for key in ("units", "systems") for row in _rows(content, key))


def _unit(row: Row, *, valid_from: date = UNITS_VALID_FROM, demonstration: bool = False) -> UnitSeed:
    return UnitSeed(
        code=_text(row, "code"),
        name=_text(row, "name"),
        kind=_text(row, "kind"),
        parent=_text(row, "parent"),
        parent_inferred=row.get("parent_basis") == "inferred",
        aliases=_texts(row, "aliases"),
        abbreviation=_text(row, "abbreviation"),
        note=_text(row, "note"),
        valid_from=valid_from,
        demonstration=demonstration,
    )


def load_demonstration() -> DemonstrationSeed:
    """Return the demonstration data: extra units, resolved sets, people, delegations."""
    content = _load("demonstration.yaml")
    valid_from = _day(content["valid_from"])
    return DemonstrationSeed(
        valid_from=valid_from,
        password=_text(content, "password"),
        letterheads=tuple(_letterhead(row) for row in _rows(content, "letterheads")),
        units=tuple(_unit(row, valid_from=valid_from, demonstration=True) for row in _rows(content, "units")),
        abbreviations={code: _text(_row(content, "abbreviations"), code) for code in _row(content, "abbreviations")},
        sets=tuple(
            SetSeed(_text(row, "code"), _texts(row, "members"), _text(row, "basis")) for row in _rows(content, "sets")
        ),
        people=tuple(_person(row) for row in _rows(content, "people")),
        delegations=tuple(_delegation(row) for row in _rows(content, "delegations")),
    )


def _letterhead(row: Row) -> LetterheadSeed:
    return LetterheadSeed(
        unit=_text(row, "unit"),
        parent_name=_text(row, "parent_name"),
        name=_text(row, "name"),
        abbreviation=_text(row, "abbreviation"),
        place=_text(row, "place"),
        basis=_text(row, "basis"),
    )


def _person(row: Row) -> PersonSeed:
    return PersonSeed(
        username=_text(row, "username"),
        full_name=_text(row, "full_name"),
        unit=_text(row, "unit"),
        role=_text(row, "role"),
        position=_text(row, "position"),
    )


def _delegation(row: Row) -> DelegationSeed:
    return DelegationSeed(
        delegator=_text(row, "delegator"),
        role=_text(row, "role"),
        delegate=_text(row, "delegate"),
        capacity=_text(row, "capacity"),
        document_number=_text(row, "document_number"),
        document_date=_day(row["document_date"]),
        scope=_text(row, "scope"),
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
    )


@lru_cache(maxsize=1)
def load_readings() -> Readings:
    """Return the choices made in reading the plans (readings.yaml), each with its reason."""
    content = _load("readings.yaml")
    standing = _row(content, "standing")
    return Readings(
        rollups={_text(row, "code"): _text(row, "reason") for row in _rows(content, "rollups")},
        fulfilled={
            (_text(row, "plan"), _text(row, "code")): Fulfilled(
                _text(row, "number"), _day(row["issued_on"]), _text(row, "reason")
            )
            for row in _rows(content, "fulfilled")
        },
        duties=tuple(
            DutyReading(
                code=_text(row, "code"),
                period=_text(row, "period"),
                title=_text(row, "title"),
                reason=_text(row, "reason"),
                bullet=_text(row, "bullet"),
                same_as=_texts(row, "same_as"),
            )
            for row in _rows(content, "duties")
        ),
        without_tasks={_text(row, "code"): _text(row, "reason") for row in _rows(content, "duties_without_tasks")},
        standing=frozenset(_texts(standing, "duties")),
        standing_basis=_text(standing, "basis"),
    )


@lru_cache(maxsize=1)
def load_rule_codes() -> frozenset[str]:
    """Return the codes of the rules that a plan's rows may name (seeds/plans/rules.yaml)."""
    return frozenset(_text(row, "id") for row in _rows(_load("plans/rules.yaml"), "rules"))


def _load(name: str) -> Row:
    content: object = yaml.safe_load((SEEDS / name).read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError(f"Tệp {name} phải là một mục có tên trường.")
    return content


def _row(content: Row, key: str) -> Row:
    value = content[key]
    if not isinstance(value, dict):
        raise TypeError(f"“{key}” phải là một mục có tên trường.")
    return value


def _rows(content: Row, key: str) -> list[Row]:
    value = content[key]
    if not isinstance(value, list):
        raise TypeError(f"“{key}” phải là một danh sách.")
    return value


def _text(row: Row, key: str) -> str:
    return nfc(str(row.get(key) or ""))


def _texts(row: Row, key: str) -> tuple[str, ...]:
    value = row.get(key)
    return tuple(nfc(str(one)) for one in value) if isinstance(value, list) else ()


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
