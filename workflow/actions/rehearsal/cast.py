"""Who plays in a rehearsed year, and how diligent each unit is; everything here is invented for the demonstration."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from workflow.choices import Role
from workflow.core.rulebook import ZONE
from workflow.models import Delegation, Membership, Person, Unit
from workflow.permissions import Actor
from workflow.queries.unit import load_actor

FIRST_MINUTE = 9 * 60
LAST_MINUTE = 16 * 60 + 30


@dataclass(frozen=True, slots=True)
class Diligence:
    """How a unit works: spans are (least, most) in working days; percents are chances for one task.

    `ahead` counts working days before the due date (negative: after it). A unit that `waits_for` reminders reports
    only `answers_within` working days after that many were issued in the round.
    """

    name: str
    takes_up: tuple[int, int]
    ahead: tuple[int, int]
    waits_for: int = 0
    answers_within: tuple[int, int] = (1, 2)
    early_percent: int = 35
    returned_percent: int = 10
    confirms_percent: int = 95


PUNCTUAL = Diligence("đúng hạn", (0, 2), (3, 7), early_percent=55, returned_percent=5, confirms_percent=100)
GOOD = Diligence("khá", (0, 4), (1, 4), early_percent=45, returned_percent=15, confirms_percent=97)
AVERAGE = Diligence("trung bình", (1, 8), (-1, 3), early_percent=30, returned_percent=30, confirms_percent=85)
SLOW = Diligence("chậm", (3, 12), (0, 0), waits_for=1, early_percent=10, returned_percent=45, confirms_percent=60)
CARELESS = Diligence("lơ là", (5, 20), (0, 0), waits_for=3, early_percent=0, returned_percent=45, confirms_percent=25)

DILIGENCE: dict[str, Diligence] = {
    "P-DKKD": PUNCTUAL,
    "BPMC-DKKD": PUNCTUAL,
    "VP": GOOD,
    "VT": GOOD,
    "BP-QTM": GOOD,
    "BP-DDN": GOOD,
    "P-TH": GOOD,
    "BPMC": GOOD,
    "TTRA": GOOD,
    "P-KTDN": AVERAGE,
    "TT-XTDT": AVERAGE,
    "BBT": AVERAGE,
    "CHI-DOAN": AVERAGE,
    "P-DN": SLOW,
    "P-DTGS": CARELESS,
}
"""What each unit of the demonstration is like; a unit that is not named is average."""


def diligence_of(unit_code: str) -> Diligence:
    """Return how diligent the unit is."""
    return DILIGENCE.get(unit_code, AVERAGE)


def dice(seed: int, *parts: object) -> Random:
    """Return a source of chance that depends on the seed and the parts alone, never on what was drawn before."""
    return Random(":".join(str(part) for part in (seed, *parts)))  # noqa: S311 -- a rehearsal, no secret


def moment_of(seed: int, day: date, *parts: object, earliest: int = FIRST_MINUTE) -> datetime:
    """Return a moment of the day's working hours, fixed by the seed and the parts."""
    minute = dice(seed, "giờ", day, *parts).randint(earliest, LAST_MINUTE)
    return datetime.combine(day, time.min, ZONE) + timedelta(minutes=minute)


@dataclass
class Cast:
    """The persons of the demonstration by their place, loaded as acting persons once a month of the rehearsal."""

    seed: int
    _places: dict[tuple[str, str], list[Person]] = field(default_factory=dict)
    _actors: dict[tuple[int, int | None, int, int], Actor] = field(default_factory=dict)
    _units: dict[int, Unit] = field(default_factory=dict)
    _delegations: list[Delegation] = field(default_factory=list)

    @classmethod
    def assemble(cls, seed: int) -> Cast:
        """Read who holds which place."""
        cast = cls(seed)
        cast._units = {unit.pk: unit for unit in Unit.objects.order_by("pk")}
        for row in Membership.objects.select_related("person", "unit").order_by("pk"):
            cast._places.setdefault((row.unit.code, row.role), []).append(row.person)
        cast._delegations = list(Delegation.objects.select_related("membership", "delegate").order_by("pk"))
        return cast

    def unit(self, unit_id: int) -> Unit:
        """Return a unit by its key."""
        return self._units[unit_id]

    def unit_called(self, code: str) -> Unit:
        """Return a unit by its code.

        :raises LookupError: when the demonstration's seed has no such unit.
        """
        for unit in self._units.values():
            if unit.code == code:
                return unit
        raise LookupError(f"Dữ liệu trình diễn không có đơn vị mã {code}.")

    def act_as(self, person: Person, now: datetime, delegation_id: int | None = None) -> Actor:
        """Return the person as an acting person of that month."""
        key = (person.pk, delegation_id, now.year, now.month)
        actor = self._actors.get(key)
        if actor is None:
            actor = self._actors[key] = load_actor(person, now=now, delegation_id=delegation_id)
        return actor

    def find(self, unit_code: str, *roles: Role) -> Person | None:
        """Return the first person who holds one of the roles in the unit, the roles tried in order."""
        for role in roles:
            people = self._places.get((unit_code, role), [])
            if people:
                return people[0]
        return None

    def holder(self, now: datetime, unit_code: str, *roles: Role) -> Actor:
        """Return the acting person who holds one of the roles in the unit.

        :raises LookupError: when nobody does.
        """
        person = self.find(unit_code, *roles)
        if person is None:
            raise LookupError(f"Đơn vị {unit_code} không có ai giữ vai trò {', '.join(roles)}.")
        return self.act_as(person, now)

    def any_holder(self, now: datetime, role: Role, nth: int = 0) -> Actor:
        """Return the nth holder of a role, wherever he sits.

        :raises LookupError: when nobody holds it.
        """
        people = [person for (_code, held), persons in self._places.items() if held == role for person in persons]
        if not people:
            raise LookupError(f"Dữ liệu trình diễn không có ai giữ vai trò {role}.")
        return self.act_as(people[nth % len(people)], now)

    def has_accounts(self, unit_code: str) -> bool:
        """Tell whether the unit has both somebody to do its work and somebody to submit its reports."""
        return self.find(unit_code, Role.UNIT_HEAD, Role.OFFICE_CHIEF) is not None

    def specialist(self, unit_code: str, now: datetime) -> Actor | None:
        """Return who does the unit's daily work, or None for a unit with no account."""
        person = self.find(unit_code, Role.SPECIALIST, Role.UNIT_HEAD, Role.OFFICE_CHIEF)
        return self.act_as(person, now) if person else None

    def head(self, unit_code: str, now: datetime) -> Actor | None:
        """Return who submits the unit's reports, or None for a unit with no account."""
        person = self.find(unit_code, Role.UNIT_HEAD, Role.OFFICE_CHIEF)
        return self.act_as(person, now) if person else None

    def reviewer(self, now: datetime) -> Actor:
        """Return the officer of Văn phòng who checks the units' reports."""
        return self.any_holder(now, Role.OFFICE_REVIEWER, 1)

    def chief(self, now: datetime) -> Actor:
        """Return Chánh Văn phòng."""
        return self.any_holder(now, Role.OFFICE_CHIEF)

    def clerk(self, now: datetime) -> Actor:
        """Return văn thư."""
        return self.any_holder(now, Role.CLERK)

    def leader(self, now: datetime) -> Actor:
        """Return Giám đốc."""
        return self.any_holder(now, Role.LEADER)

    def deputy_leader(self, now: datetime) -> Actor:
        """Return Phó Giám đốc."""
        return self.any_holder(now, Role.LEADER, 1)

    def chief_or_delegate(self, now: datetime) -> Actor:
        """Return who signs for Văn phòng that day: on every third day of the month the delegate, by order (TL.)."""
        day = now.astimezone(ZONE).date()
        if day.day % 3 == 0:
            for delegation in self._delegations:
                if delegation.membership.role == Role.OFFICE_CHIEF and delegation.is_in_force_on(day):
                    return self.act_as(delegation.delegate, now, delegation.pk)
        return self.chief(now)
