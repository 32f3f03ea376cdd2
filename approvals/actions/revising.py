"""What follows in a document's flow when its draft is written anew, whichever way that came about."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from viewflow.workflow.status import STATUS

from approvals.actions.opening import record
from approvals.actions.telling import tell
from approvals.models import Approval, Step
from approvals.queries.standing import waiting_step
from approvals.queries.talk import addressees
from workflow.actions.audit import action
from workflow.choices import FlowKind, NotificationKind
from workflow.models import Person, Task
from workflow.permissions import Actor

CHANGED = "changed"
"""The outcome of the issue step when the draft was changed after it had been signed."""

CHANGED_LABEL = "Dự thảo được sửa sau khi ký, trả người ký"


@action
def written_anew(
    kind: FlowKind, target_id: int, title: str, revision: int, *, task: Task | None, by: Actor, now: datetime
) -> None:
    """Let the open flow follow its draft, whose row and task the caller has locked.

    The approval is called from then on as the draft's new subject says. One that was signed goes back to its signer
    (NĐ 30/2020 Điều 11 khoản 2); at every other step the version pin makes whoever decides next look at the new text
    first.
    """
    rows = Approval.objects.select_for_update(of=("self",)).select_related("unit")
    approval: Approval | None = rows.filter(kind=kind, target_id=target_id, closed_at__isnull=True).first()
    if approval is None:
        return
    approval.subject = task
    approval.title = title
    approval.save(update_fields=["title"])
    step = waiting_step(approval)
    if step is not None and step.flow_task is not None and step.flow_task.name == "issue":
        step.process = approval
        _send_to_signer(approval, step, revision, by=by, now=now)
        _record(approval, step, revision, by=by, now=now)


def _send_to_signer(approval: Approval, step: Step, revision: int, *, by: Actor, now: datetime) -> None:
    """Close the issue step in the flow, in the name of who changed the draft; the flow goes on to the signer."""
    approval.moment = now
    approval.outcome, approval.version = CHANGED, revision
    approval.save(update_fields=["outcome", "version"])
    step.decided_at, step.outcome, step.version = now, CHANGED, revision
    step.decided_name, step.decided_position, step.capacity = by.name, by.position, by.capacity
    step.principal_id, step.note = by.principal_id, CHANGED_LABEL
    activation = step.flow_task.activation_class(step)
    person = Person.objects.get(pk=by.person_id)
    if step.status == STATUS.NEW:
        activation.assign(person)
    else:
        activation.reassign(person)
    activation.start(None)
    activation.execute()


def _record(approval: Approval, step: Step, revision: int, *, by: Actor, now: datetime) -> None:
    details: dict[str, object] = {"step": step.pk, "node": "issue", "title": str(step.title)}
    details |= {"outcome": CHANGED, "label": CHANGED_LABEL, "version": revision}
    record(approval, "approval.decide", details, subject=approval.subject, by=by, now=now)
    waiting = waiting_step(approval)
    if waiting is not None:
        text = f"Dự thảo đã ký được sửa, đề nghị xem và ký lại: {approval.title}"
        people = addressees(waiting, timezone.localdate(now))
        tell(approval, people, kind=NotificationKind.DECISION, text=text, by=by, now=now)
