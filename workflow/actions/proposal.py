"""Đề xuất (2022 I.2.2): a unit proposes, its head agrees, Văn phòng advises, a leader approves or refuses."""

from __future__ import annotations

from datetime import datetime

from workflow.actions.audit import action, record_event
from workflow.actions.flow import Target, only_in_flow, open_flow
from workflow.choices import FlowKind, RequestStatus
from workflow.core.errors import NotFound, NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.models import Proposal
from workflow.permissions import DECIDE, DO, SUBMIT, Actor

PROPOSAL_CLAUSE = "I.2.2"


@action
def make_proposal(unit_id: int, subject: str, content: str, *, by: Actor, now: datetime) -> Proposal:
    """Propose something in the unit's name (2022 I.2.2, equipment and the like); its flow begins at once.

    :raises NotPermitted: unless a person of the unit does it.
    :raises Invalid: with the fields that are wrong.
    """
    if not (by.may(DO, unit_id) or by.may(SUBMIT, unit_id)):
        raise NotPermitted("Chỉ người của đơn vị được đề xuất thay đơn vị.")
    fields = Fields()
    subject = fields.text("subject", subject, "Đề xuất", limit=255)
    content = fields.text("content", content, "Nội dung, lý do")
    fields.stop_if_wrong()
    proposal = Proposal.objects.create(
        unit_id=unit_id,
        subject=subject,
        content=content,
        clause=PROPOSAL_CLAUSE,
        proposed_by_id=by.person_id,
        proposed_name=by.name,
        proposed_at=now,
    )
    after = {"unit": unit_id, "subject": subject, "content": content, "status": proposal.status}
    chain = f"proposal:{proposal.pk}"
    record_event("proposal.make", subject=chain, by=by, now=now, after=after, clause=PROPOSAL_CLAUSE)
    open_flow(FlowKind.PROPOSAL, Target(proposal.pk, None, unit_id, subject), by=by, now=now)
    return proposal


@action
@only_in_flow
def decide_proposal(proposal_id: int, approve: bool, decision: str = "", *, by: Actor, now: datetime) -> Proposal:
    """Approve a waiting proposal, or refuse it with a reason (the unit's head may refuse his own unit's).

    :raises NotFound: when there is none.
    :raises NotPermitted: unless a leader decides, or the unit's head refuses; never who made it.
    :raises WrongState: when it is decided already.
    :raises Invalid: when a refusal has no reason.
    """
    proposal = Proposal.objects.select_for_update(of=("self",)).filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound
    decides = by.may(DECIDE, proposal.unit_id) or (not approve and by.may(SUBMIT, proposal.unit_id))
    if not decides or by.is_one_of(proposal.proposed_by_id):
        raise NotPermitted("Chỉ Lãnh đạo Sở, không phải người đề xuất, được quyết định đề xuất này.")
    if proposal.status != RequestStatus.PENDING:
        raise WrongState(f"Đề xuất này đã có kết quả: {str(RequestStatus(proposal.status).label).lower()}.")
    fields = Fields()
    decision = fields.text("reason", decision, "Lý do không đồng ý", needed=not approve)
    fields.stop_if_wrong()
    before = {"status": proposal.status}
    proposal.status = RequestStatus.APPROVED if approve else RequestStatus.REFUSED
    proposal.decision, proposal.decided_by_id, proposal.decided_name = decision, by.person_id, by.name
    proposal.decided_at = now
    proposal.save(update_fields=["status", "decision", "decided_by", "decided_name", "decided_at"])
    record_event(
        "proposal.decide",
        subject=f"proposal:{proposal.pk}",
        by=by,
        now=now,
        before=before,
        after={"status": proposal.status},
        clause=PROPOSAL_CLAUSE,
        details={"reason": decision, "approved": approve},
    )
    return proposal
