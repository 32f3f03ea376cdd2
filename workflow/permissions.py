"""Who may do what: codenames on Unit, what each role is granted, and the acting person as a value.

Rights are object permissions on units and follow from memberships alone; being an administrator or a
superuser gives no right over tasks (domain.md section 6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from workflow.choices import Role


class Scope(StrEnum):
    """On which units a role's right stands."""

    OWN = "own"  # the membership's unit and its sections
    ALL = "all"  # every unit
    OFFICE = "office"  # Văn phòng and its sections
    NOT_OFFICE = "not_office"  # every unit but Văn phòng and its sections


SEE = "see_tasks"
DO = "do_tasks"
SUBMIT = "submit_reports"
CHECK = "check_reports"
URGE = "urge_tasks"
SIGN = "sign_by_order"
REGISTER = "register_documents"
DECIDE = "decide_matters"
ANSWER = "answer_consultations"
INSPECT = "inspect_trail"
ADMINISTER = "administer"

UNIT_PERMISSIONS: tuple[tuple[str, str], ...] = (
    (SEE, "Xem nhiệm vụ của đơn vị"),
    (DO, "Thực hiện nhiệm vụ của đơn vị"),
    (SUBMIT, "Nộp báo cáo, xin gia hạn, phân công trong đơn vị"),
    (CHECK, "Kiểm tra, nhận hoặc trả lại báo cáo"),
    (URGE, "Đôn đốc, đề xuất báo cáo UBND tỉnh"),
    (SIGN, "Ký thừa lệnh Giám đốc"),
    (REGISTER, "Cho số, phát hành văn bản, ghi văn bản đến"),
    (DECIDE, "Quyết định của Lãnh đạo Sở"),
    (ANSWER, "Trả lời ý kiến của chính cơ quan mình"),
    (INSPECT, "Đọc toàn bộ nhật ký"),
    (ADMINISTER, "Quản trị người dùng, đơn vị, lịch, chính sách"),
)

ROLE_GRANTS: dict[Role, dict[str, Scope]] = {
    Role.SPECIALIST: {SEE: Scope.OWN, DO: Scope.OWN},
    Role.UNIT_HEAD: {SEE: Scope.OWN, DO: Scope.OWN, SUBMIT: Scope.OWN},
    Role.OFFICE_REVIEWER: {SEE: Scope.ALL, DO: Scope.OWN, CHECK: Scope.NOT_OFFICE, URGE: Scope.ALL},
    Role.OFFICE_CHIEF: {
        SEE: Scope.ALL,
        DO: Scope.OWN,
        SUBMIT: Scope.OWN,
        CHECK: Scope.NOT_OFFICE,
        URGE: Scope.ALL,
        SIGN: Scope.ALL,
    },
    Role.CLERK: {SEE: Scope.ALL, REGISTER: Scope.ALL},
    Role.LEADER: {SEE: Scope.ALL, DECIDE: Scope.ALL, CHECK: Scope.OFFICE},
    Role.OBSERVER: {SEE: Scope.OWN},
    Role.INSPECTOR: {SEE: Scope.ALL, INSPECT: Scope.ALL},
    Role.EXTERNAL: {SEE: Scope.OWN, ANSWER: Scope.OWN},
    Role.ADMIN: {ADMINISTER: Scope.ALL},
}
"""Domain.md section 6 as data: role → codename → where."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting person at one moment: who, in which unit and capacity, with which rights on which units.

    `grants` holds (unit id, codename) pairs that are both granted by guardian and carried by a membership in
    force, or, under a delegation, by the delegator's membership that the delegation names. `principal_id` is the
    delegator's person id under a delegation, else None. `address` is the request's network address, "" elsewhere.
    """

    person_id: int
    name: str
    position: str
    unit_id: int | None
    unit_name: str
    grants: frozenset[tuple[int, str]]
    capacity: str = ""
    delegation_id: int | None = None
    principal_id: int | None = None
    principal_name: str = ""
    address: str = ""

    def may(self, codename: str, unit_id: int | None) -> bool:
        """Tell whether this person holds the right on the unit; nothing is granted on no unit."""
        return unit_id is not None and (unit_id, codename) in self.grants

    def units(self, codename: str) -> frozenset[int]:
        """Return the ids of the units on which this person holds the right."""
        return frozenset(unit_id for unit_id, granted in self.grants if granted == codename)

    def holds(self, codename: str) -> bool:
        """Tell whether this person holds the right on any unit at all."""
        return any(granted == codename for _unit_id, granted in self.grants)

    def is_one_of(self, *person_ids: int | None) -> bool:
        """Tell whether this person, or the person in whose place he acts, is among the given ones.

        Used for the separation of duties: nobody approves what he wrote or submitted, nor what the person wrote
        in whose place he acts (domain.md section 7.3).
        """
        return self.person_id in person_ids or (self.principal_id is not None and self.principal_id in person_ids)


class OnUnits(Protocol):
    """What a permission callable needs of a task."""

    unit_id: int | None
    host_unit_id: int | None


def on_unit(*codenames: str) -> Callable[[OnUnits, Actor], bool]:
    """Return an FSM permission: any of the codenames on the unit that owes the task."""

    def permitted(task: OnUnits, actor: Actor) -> bool:
        return any(actor.may(codename, task.unit_id) for codename in codenames)

    return permitted


def on_host(*codenames: str) -> Callable[[OnUnits, Actor], bool]:
    """Return an FSM permission: any of the codenames on the unit that chases the task."""

    def permitted(task: OnUnits, actor: Actor) -> bool:
        return any(actor.may(codename, task.host_unit_id) for codename in codenames)

    return permitted


def either(*tests: Callable[[OnUnits, Actor], bool]) -> Callable[[OnUnits, Actor], bool]:
    """Return an FSM permission that holds when one of the given ones does."""

    def permitted(task: OnUnits, actor: Actor) -> bool:
        return any(test(task, actor) for test in tests)

    return permitted
