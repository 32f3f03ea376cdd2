"""Opening and closing units, and saying what a set stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.flow import flows
from workflow.actions.transition import change_task, lock_task
from workflow.actions.unit.rights import require_administrator, write_grants
from workflow.choices import OPEN_STATES, HandedBy, RequestStatus, UnitKind
from workflow.core.errors import Invalid, NotFound, WrongState
from workflow.core.fold import nfc
from workflow.models import Membership, Proposal, Task, Unit, UnitSetMember
from workflow.permissions import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """What a unit is, as an administrator or a seed file says it."""

    code: str
    name: str
    kind: str
    valid_from: date
    parent_code: str = ""
    parent_inferred: bool = False
    abbreviation: str = ""
    aliases: tuple[str, ...] = ()
    predecessor_code: str = ""
    note: str = ""
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a unit did."""

    unit_id: int
    tasks_passed: int
    memberships_ended: int


@action
def open_unit(facts: UnitFacts, *, by: Actor | None, now: datetime) -> Unit:
    """Create a unit that exists from a day on, and grant those who see every unit their rights on it.

    :raises NotPermitted: when the person is no administrator.
    :raises Invalid: when the code is taken, or a named unit does not exist.
    """
    require_administrator(by)
    unit = insert_unit(facts, by=by, now=now)
    write_grants(now)
    return unit


def insert_unit(facts: UnitFacts, *, by: Actor | None, now: datetime) -> Unit:
    """Insert one unit with its event, without touching grants; for callers that insert many.

    :raises Invalid: see `open_unit`.
    """
    if facts.kind not in UnitKind.values:
        raise Invalid.of(kind=f"Không có loại đơn vị “{facts.kind}”.")
    if not facts.code.strip() or not facts.name.strip():
        raise Invalid.of(code="Đơn vị phải có mã và tên.")
    if Unit.objects.filter(code=facts.code).exists():
        raise Invalid.of(code=_taken(facts.code))
    unit = Unit(
        code=facts.code,
        name=nfc(facts.name),
        abbreviation=nfc(facts.abbreviation),
        kind=facts.kind,
        parent=_named(facts.parent_code, "parent"),
        parent_inferred=facts.parent_inferred,
        aliases=list(facts.aliases),
        predecessor=_named(facts.predecessor_code, "predecessor"),
        valid_from=facts.valid_from,
        demonstration=facts.demonstration,
        note=nfc(facts.note),
    )
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError:
        if not Unit.objects.filter(code=facts.code).exists():
            raise
        raise Invalid.of(code=_taken(facts.code)) from None  # somebody else was faster
    record_event("unit.open", subject=f"unit:{unit.code}", by=by, now=now, after=asdict(facts))
    return unit


def _taken(code: str) -> str:
    return f"Đã có đơn vị mang mã “{code}”; chọn mã khác."


def _named(code: str, field: str) -> Unit | None:
    if not code:
        return None
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Invalid(f"Không có đơn vị mang mã “{code}”.", {field: f"Không có đơn vị mang mã “{code}”."})
    return unit


@action
def define_unit_set(set_code: str, member_codes: Sequence[str], basis: str, *, by: Actor | None, now: datetime) -> int:
    """Say which units a set or role stands for, and why; returns how many rows changed.

    Plans activated before keep the units that were resolved then (docs/decisions/0010).

    :raises NotPermitted: when the person is no administrator.
    :raises Invalid: when the unit is no set, a member does not exist, or the set would contain itself.
    """
    require_administrator(by)
    unit_set = Unit.objects.select_for_update().filter(code=set_code).first()
    if unit_set is None or not unit_set.is_set:
        raise Invalid.of(unit_set=f"“{set_code}” không phải một tập hợp hoặc vai trò.")
    if not basis.strip():
        raise Invalid.of(basis="Phải ghi căn cứ của việc xác định tập hợp.")
    members = {unit.code: unit for unit in Unit.objects.filter(code__in=member_codes)}
    missing = [code for code in member_codes if code not in members]
    if missing:
        raise Invalid.of(members=f"Không có đơn vị mang mã {', '.join(missing)}.")
    _refuse_circle(unit_set, [unit.pk for unit in members.values()])
    before = dict(unit_set.set_members.values_list("member__code", "basis"))
    after = dict.fromkeys(member_codes, nfc(basis))
    changed = {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}
    if not changed:
        return 0
    unit_set.set_members.filter(member__code__in=changed).delete()
    UnitSetMember.objects.bulk_create(
        [
            UnitSetMember(unit_set=unit_set, member=members[code], basis=after[code])
            for code in member_codes
            if code in changed
        ]
    )
    record_event("unit.define_set", subject=f"unit:{set_code}", by=by, now=now, before=before, after=after)
    return len(changed)


def _refuse_circle(unit_set: Unit, member_ids: Sequence[int]) -> None:
    """Follow the members of the members: none may lead back to the set."""
    inside: dict[int, list[int]] = {}
    for set_id, member_id in UnitSetMember.objects.values_list("unit_set_id", "member_id"):
        inside.setdefault(set_id, []).append(member_id)
    waiting, seen = list(member_ids), set[int]()
    while waiting:
        pk = waiting.pop()
        if pk == unit_set.pk:
            raise Invalid.of(members=f"Tập hợp {unit_set.code} không thể chứa chính nó.")
        if pk not in seen:
            seen.add(pk)
            waiting += inside.get(pk, [])


@action
def close_unit(
    unit_id: int, closed_on: date, successor_id: int | None = None, *, by: Actor | None, now: datetime
) -> Closing:
    """Close a unit after `closed_on`, its last day: open work and its place in sets pass to the successor.

    Each open task owed or chased by the unit gets its own event "task.pass_on", each waiting proposal of it
    "proposal.pass_on"; its open approvals go on in the successor's name. Memberships end with the unit; the unit and
    its past stay.

    :raises NotPermitted: when the person is no administrator.
    :raises NotFound: when the unit or the successor does not exist.
    :raises WrongState: when the unit is already closed.
    :raises Invalid: when open work, an open approval or a section of the unit has no successor to go to; or a date does
        not fit.
    """
    require_administrator(by)
    # Both rows at once and in the order of their keys, before any task: see `locking`.
    both = Unit.objects.select_for_update().filter(pk__in=[unit_id, successor_id or unit_id]).order_by("pk")
    locked = {row.pk: row for row in both}
    unit = locked.get(unit_id)
    if unit is None:
        raise NotFound
    if unit.valid_to is not None:
        raise WrongState(f"{unit.name} đã đóng, đến hết ngày {unit.valid_to:%d/%m/%Y}.")
    if closed_on > timezone.localdate(now):
        raise Invalid.of(closed_on="Không đóng trước một đơn vị còn hoạt động; làm việc này vào ngày đóng.")
    if closed_on < unit.valid_from:
        raise Invalid.of(closed_on=f"Ngày đóng trước ngày đơn vị có hiệu lực {unit.valid_from:%d/%m/%Y}.")
    if successor_id is not None and successor_id not in locked:
        raise NotFound
    successor = locked[successor_id] if successor_id is not None else None
    _check_successor(unit, successor, closed_on)
    passed = _pass_work(unit, successor, by=by, now=now)
    approvals = _pass_approvals(unit, successor, by=by, now=now)
    _pass_place(unit, successor, closed_on)
    ended = _end_memberships(unit, closed_on)
    unit.valid_to = closed_on
    unit.save(update_fields=["valid_to"])
    if successor is not None and successor.predecessor_id is None:
        successor.predecessor = unit
        successor.save(update_fields=["predecessor"])
    write_grants(now)
    details: dict[str, object] = {"successor": successor.code if successor else None, "tasks": passed}
    details |= {"memberships": ended, **({"approvals": approvals} if approvals else {})}
    record_event(
        "unit.close",
        subject=f"unit:{unit.code}",
        by=by,
        now=now,
        before={"valid_to": None},
        after={"valid_to": closed_on},
        details=details,
    )
    return Closing(unit.pk, passed, ended)


def _check_successor(unit: Unit, successor: Unit | None, closed_on: date) -> None:
    if successor is None:
        return
    if successor.pk == unit.pk or successor.is_set or successor.is_internal is not unit.is_internal:
        raise Invalid.of(successor=f"{successor.name} không thể kế thừa {unit.name}.")
    if not successor.is_open_on(closed_on + timedelta(days=1)):
        raise Invalid.of(successor=f"{successor.name} không hoạt động sau ngày {closed_on:%d/%m/%Y}.")


def _pass_work(unit: Unit, successor: Unit | None, *, by: Actor | None, now: datetime) -> int:
    """Hand every open task that the unit owes or chases to the successor, one event each."""
    owed = Task.objects.filter(unit=unit, state__in=OPEN_STATES) | Task.objects.filter(
        host_unit=unit, state__in=OPEN_STATES
    )
    task_ids = list(owed.order_by("id").values_list("id", flat=True))
    if task_ids and successor is None:
        raise Invalid.of(successor=f"{unit.name} còn {len(task_ids)} việc chưa xong; chọn đơn vị kế thừa.")
    for task_id in task_ids:
        task = lock_task(task_id, by=None)
        changes: dict[str, object] = {"handed_by": HandedBy.SUCCESSION}
        if task.unit_id == unit.pk:
            changes |= {"unit": successor, "assignee": None}
        if task.host_unit_id == unit.pk:
            changes["host_unit"] = successor
        change_task(task, name="task.pass_on", by=by, now=now, changes=changes, details={"closed_unit": unit.code})
    return len(task_ids)


def _pass_approvals(unit: Unit, successor: Unit | None, *, by: Actor | None, now: datetime) -> list[int]:
    """Let the successor stand in the unit's waiting proposals and open approvals; return the approvals' keys.

    A proposal is no task's: without this nobody of the successor could agree to it, and its flow would hang.
    """
    if successor is None:
        open_ones = flows().asked_by(unit.pk)
        if open_ones:
            said = f"{unit.name} còn {open_ones} hồ sơ phê duyệt chưa xong; chọn đơn vị kế thừa."
            raise Invalid.of(successor=said)
        return []
    approvals = list(flows().hand_over(unit.pk, successor.pk, by=by, now=now))
    waiting = Proposal.objects.select_for_update(of=("self",)).filter(unit=unit, status=RequestStatus.PENDING)
    for proposal in waiting.order_by("pk"):
        proposal.unit = successor
        proposal.save(update_fields=["unit"])
        record_event(
            "proposal.pass_on",
            subject=f"proposal:{proposal.pk}",
            by=by,
            now=now,
            before={"unit": unit.pk},
            after={"unit": successor.pk},
            details={"closed_unit": unit.code},
        )
    return approvals


def _pass_place(unit: Unit, successor: Unit | None, closed_on: date) -> None:
    """Move the unit's open sections, and its places in sets, to the successor."""
    sections = unit.children.filter(valid_to__isnull=True)
    if successor is None:
        if sections.exists():
            raise Invalid.of(successor=f"{unit.name} còn bộ phận trực thuộc; đóng bộ phận trước hoặc chọn kế thừa.")
        return
    sections.exclude(pk=successor.pk).update(parent=successor)
    held = set(successor.set_memberships.values_list("unit_set_id", flat=True))
    UnitSetMember.objects.bulk_create(
        [
            UnitSetMember(
                unit_set_id=set_id,
                member=successor,
                basis=f"Kế thừa {unit.name} từ sau ngày {closed_on:%d/%m/%Y}"[:255],
            )
            for set_id in unit.set_memberships.values_list("unit_set_id", flat=True)
            if set_id not in held
        ]
    )


def _end_memberships(unit: Unit, closed_on: date) -> int:
    later = unit.memberships.filter(valid_from__gt=closed_on)
    if later.exists():
        raise Invalid.of(closed_on="Có vị trí công tác bắt đầu sau ngày đóng; chấm dứt các vị trí ấy trước.")
    lasting = Membership.objects.filter(unit=unit, valid_to__isnull=True) | Membership.objects.filter(
        unit=unit, valid_to__gt=closed_on
    )
    return lasting.update(valid_to=closed_on)
