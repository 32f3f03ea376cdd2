"""Powers to act in another's place: dated, one hop, on a numbered document (NĐ 30/2020/NĐ-CP Điều 13)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from workflow.actions.audit import action, record_event
from workflow.choices import Capacity, Role
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.core.fold import nfc
from workflow.models import Delegation, Membership, Person
from workflow.permissions import ADMINISTER, Actor


@dataclass(frozen=True, slots=True)
class _Power:
    """What a power of attorney says."""

    capacity: str
    document_number: str
    document_date: date
    scope: str
    valid_from: date
    valid_to: date


@action
def delegate(  # noqa: PLR0913, PLR0917 -- a power has these parts
    membership_id: int,
    delegate_id: int,
    capacity: str,
    document_number: str,
    document_date: date,
    scope: str,
    valid_from: date,
    valid_to: date,
    *,
    by: Actor | None,
    now: datetime,
) -> Delegation:
    """Let another person act from a membership, in a capacity and between two days.

    One hop only: the power is lent by the person who holds the membership, never by one who acts under a power himself.
    It creates no rows in guardian's tables (docs/decisions/0012).

    :raises NotPermitted: when the person is neither the delegator acting for himself nor an administrator.
    :raises NotFound: when the membership or the delegate does not exist.
    :raises Invalid: when a date, the document or the capacity does not fit, or the place can't be lent.
    """
    power = _Power(capacity, document_number, document_date, scope, valid_from, valid_to)
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("person", "unit")
        .filter(pk=membership_id)
        .first()
    )
    person = Person.objects.filter(pk=delegate_id).first()
    if membership is None or person is None:
        raise NotFound
    _require_delegator(by, membership)
    errors = _place_errors(membership, person) | _power_errors(membership, power)
    if by is not None and by.person_id == person.pk != membership.person_id:
        errors["delegate"] = "Quản trị không lập ủy quyền cho chính mình; đề nghị người giữ vị trí tự lập."
    if errors:
        raise Invalid(" ".join(errors.values()), errors)
    delegation = Delegation.objects.create(
        membership=membership,
        delegate=person,
        capacity=power.capacity,
        document_number=nfc(power.document_number).strip(),
        document_date=power.document_date,
        scope=nfc(power.scope).strip(),
        valid_from=power.valid_from,
        valid_to=power.valid_to,
    )
    after = {"delegation": delegation.pk, "membership": membership.pk, "delegate": person.pk, **asdict(power)}
    record_event("person.delegate", subject=f"person:{membership.person_id}", by=by, now=now, after=after)
    return delegation


def _require_delegator(by: Actor | None, membership: Membership) -> None:
    if by is None:
        return
    if by.delegation_id is not None:
        raise NotPermitted("Người đang làm thay theo ủy quyền không được ủy quyền tiếp.")
    if by.person_id != membership.person_id and not by.holds(ADMINISTER):
        raise NotPermitted("Chỉ người giữ vị trí này hoặc quản trị hệ thống được lập ủy quyền.")


def _place_errors(membership: Membership, person: Person) -> dict[str, str]:
    errors: dict[str, str] = {}
    if person.pk == membership.person_id:
        errors["delegate"] = "Không ai ủy quyền cho chính mình."
    elif not person.is_active or person.closed_on is not None:
        errors["delegate"] = f"Tài khoản {person.username} đã đóng."
    if membership.role == Role.ADMIN:
        errors["membership"] = "Quyền quản trị không ủy quyền được; cấp vị trí riêng."
    return errors


def _power_errors(membership: Membership, power: _Power) -> dict[str, str]:
    errors: dict[str, str] = {}
    if power.capacity not in {capacity.value for capacity in Capacity if capacity.value}:
        errors["capacity"] = "Tư cách phải là KT., TL. hoặc TUQ."
    if not power.document_number.strip():
        errors["document_number"] = "Phải ghi số văn bản ủy quyền."
    if not power.scope.strip():
        errors["scope"] = "Phải ghi nội dung ủy quyền."
    if power.valid_to < power.valid_from:
        errors["valid_to"] = "Ngày cuối trước ngày đầu."
    if power.document_date > power.valid_from:
        errors["document_date"] = "Văn bản ủy quyền phải có trước khi ủy quyền có hiệu lực."
    ends = membership.valid_to
    if power.valid_from < membership.valid_from or (ends is not None and power.valid_to > ends):
        errors["valid_from"] = "Thời gian ủy quyền phải nằm trong thời gian giữ vị trí."
    return errors


@action
def revoke_delegation(delegation_id: int, revoked_on: date, *, by: Actor | None, now: datetime) -> Delegation:
    """Take a power back: from `revoked_on` on nobody acts under it.

    :raises NotPermitted: when the person is neither the delegator acting for himself nor an administrator.
    :raises NotFound: when there is no such delegation.
    :raises WrongState: when it was revoked before, or is past.
    :raises Invalid: when the day is before the power began; it then takes effect on its first day.
    """
    delegation = (
        Delegation.objects.select_for_update(of=("self",)).select_related("membership").filter(pk=delegation_id).first()
    )
    if delegation is None:
        raise NotFound
    _require_delegator(by, delegation.membership)
    if delegation.revoked_on is not None:
        raise WrongState(f"Ủy quyền này đã thu hồi từ ngày {delegation.revoked_on:%d/%m/%Y}.")
    if revoked_on > delegation.valid_to:
        raise WrongState(f"Ủy quyền này đã hết hiệu lực ngày {delegation.valid_to:%d/%m/%Y}.")
    if revoked_on < delegation.valid_from:
        raise Invalid.of(revoked_on=f"Ủy quyền bắt đầu ngày {delegation.valid_from:%d/%m/%Y}; thu hồi từ ngày ấy.")
    delegation.revoked_on = revoked_on
    delegation.save(update_fields=["revoked_on"])
    record_event(
        "person.revoke_delegation",
        subject=f"person:{delegation.membership.person_id}",
        by=by,
        now=now,
        before={"revoked_on": None},
        after={"revoked_on": revoked_on},
        details={"delegation": delegation.pk},
    )
    return delegation
