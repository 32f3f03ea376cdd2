"""The left rail: which pages there are and who may open them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workflow.permissions import (
    ADMINISTER,
    CHECK,
    DECIDE,
    DO,
    INSPECT,
    REGISTER,
    SEE,
    SIGN,
    SUBMIT,
    URGE,
    Actor,
)

INTERNAL = (DO, SUBMIT, CHECK, URGE, SIGN, REGISTER, DECIDE, INSPECT, ADMINISTER)
"""Who works in the department; a consulted body and an observer hold none of these."""

BOARD = (URGE, REGISTER, DECIDE)
"""Who has something to do on Văn phòng's board."""


def works_here(actor: Actor) -> bool:
    """Tell whether the person belongs to the department."""
    return any(actor.holds(codename) for codename in INTERNAL)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail: its address's name, its words, and the test of who may open it."""

    name: str
    label: str
    may_open: Callable[[Actor], bool]
    prefix: str


def _sees(actor: Actor) -> bool:
    return actor.holds(SEE)


def _coordinates(actor: Actor) -> bool:
    return any(actor.holds(codename) for codename in BOARD)


OVERVIEW = (DECIDE, URGE, INSPECT)
"""Who asks how the whole stands: leaders, Văn phòng, inspectors."""


def _oversees(actor: Actor) -> bool:
    return any(actor.holds(codename) for codename in OVERVIEW)


PLACES: tuple[Place, ...] = (
    Place("my-work", "Việc của tôi", _sees, "/"),
    Place("task-list", "Nhiệm vụ", _sees, "/nhiem-vu/"),
    Place("plan-list", "Kế hoạch", works_here, "/ke-hoach/"),
    Place("office-board", "Bàn điều phối", _coordinates, "/ban-dieu-phoi/"),
    Place("document-list", "Văn bản", _sees, "/van-ban/"),
    Place("proposal-list", "Đề xuất", lambda actor: works_here(actor) and _sees(actor), "/de-xuat/"),
    Place("month", "Lịch", _sees, "/lich/"),
    Place("calendar", "Lịch làm việc", lambda actor: not _sees(actor), "/lich/"),
    Place("overview", "Tổng quan", _oversees, "/tong-quan/"),
    Place("trail", "Nhật ký", lambda actor: actor.holds(INSPECT), "/nhat-ky/"),
    Place("administration", "Quản trị", lambda actor: actor.holds(ADMINISTER), "/quan-tri/"),
)


def places_for(actor: Actor) -> list[Place]:
    """Return what the person may open, in the order of the rail."""
    return [place for place in PLACES if place.may_open(actor)]
