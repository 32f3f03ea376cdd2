"""The picture of a flow, for a page of one approval and for the page of all flows."""

from __future__ import annotations

from django import template

from approvals.flows import FLOWS
from approvals.models import Approval
from approvals.queries.diagram import Diagram, diagram_of, diagram_of_flow
from workflow.choices import FlowKind

register = template.Library()


@register.inclusion_tag("approvals/diagram.html")
def approval_diagram(approval: Approval) -> dict[str, Diagram]:
    """Show where an approval stands in its flow: the steps in words, and the picture. Two queries."""
    return {"diagram": diagram_of(approval)}


@register.inclusion_tag("approvals/diagram.html")
def flow_diagram(kind: str) -> dict[str, Diagram]:
    """Show the picture of a flow."""
    found = FlowKind(kind)
    return {"diagram": diagram_of_flow(found.value, FLOWS[found])}
