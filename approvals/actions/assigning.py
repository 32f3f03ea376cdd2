"""Giving a step that waits to one of those who hold its right, and back to all of them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from viewflow.workflow.status import STATUS

from approvals.actions.locking import lock_step
from approvals.actions.opening import record
from approvals.actions.telling import tell
from approvals.models import Approval, Step
from approvals.queries.standing import hands_of, is_judging
from approvals.queries.talk import holder_ids, may_give
from workflow.actions.audit import action
from workflow.choices import NotificationKind
from workflow.core.errors import Invalid, NotPermitted, WrongState
from workflow.models import Person
from workflow.permissions import Actor


@action
def reassign(step_id: int, person_id: int | None, *, by: Actor, now: datetime) -> Step:
    """Give a waiting step to one person who holds its right, or back to all of them (None).

    The person is told, and so is who had it before; given back, all are told on whom it waits again.

    :raises NotFound: when there is no such step, or the person may not see it.
    :raises NotPermitted: unless the head of those who hold the step's right does it (`queries.talk.may_give`).
    :raises WrongState: when the step waits no longer, or is given so already.
    :raises Invalid: when the chosen person does not hold the step's right, or wrote or submitted what it judges.
    """
    step, subject = lock_step(step_id, by=by)
    approval: Approval = step.process
    if not may_give(by, step):
        raise NotPermitted(f"Ông/bà không giao được bước “{step.title}”; việc này của người đứng đầu nơi xử lý bước.")
    if step.finished is not None or step.decided_at is not None or not step.codename:
        raise WrongState(f"Bước “{step.title}” không còn chờ ai nên không giao được.")
    if step.owner_id == person_id:
        to = f"đã giao cho {step.owner} từ trước" if step.owner_id is not None else "đang chờ mọi người có quyền"
        raise WrongState(f"Bước “{step.title}” {to}.")
    before = step.owner
    person = None if person_id is None else _require_candidate(approval, step, person_id, now)
    _assign(step, person)
    details: dict[str, object] = {"step": step.pk, "node": step.flow_task.name, "title": str(step.title)}
    details |= {"from": _named(before), "to": _named(person)}
    record(approval, "approval.reassign", details, subject=subject, by=by, now=now)
    people = {before.pk} if before is not None else set()
    people |= {person.pk} if person is not None else holder_ids(step, timezone.localdate(now))
    to = f"giao cho {person.full_name}" if person is not None else "trở lại chờ mọi người có quyền"
    text = f"Bước “{step.title}” {to}: {approval.title}"
    tell(approval, people, kind=NotificationKind.DECISION, text=text, by=by, now=now)
    return step


def _require_candidate(approval: Approval, step: Step, person_id: int, now: datetime) -> Person:
    if person_id not in holder_ids(step, timezone.localdate(now)):
        said = f"Người được chọn không có quyền ở bước “{step.title}”"
        raise Invalid.of(person=f"{said}; hãy chọn người trong danh sách.")
    person = Person.objects.get(pk=person_id)
    if is_judging(approval.kind, step.flow_task.name) and person.pk in hands_of(approval):
        said = f"{person.full_name} đã soạn hoặc trình nội dung này nên không xử lý bước “{step.title}”"
        raise Invalid.of(person=f"{said}; hãy chọn người khác.")
    return person


def _assign(step: Step, person: Person | None) -> None:
    activation = step.flow_task.activation_class(step)
    if person is None:
        activation.unassign()
    elif step.status == STATUS.NEW:
        activation.assign(person)
    else:
        activation.reassign(person)


def _named(person: Person | None) -> dict[str, object] | None:
    return None if person is None else {"id": person.pk, "name": person.full_name}
