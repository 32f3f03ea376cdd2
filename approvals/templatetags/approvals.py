"""What the pages of the work show of the approvals."""

from __future__ import annotations

from django import template
from django.template.context import Context

from approvals.models import Approval
from approvals.queries.page import document_approval
from approvals.views.offers import Panel, panel_of
from workflow.models import Document, Task

register = template.Library()


@register.simple_tag(takes_context=True)
def approval_panel(context: Context, task: Task) -> Panel:
    """Return a task's approvals for the person of the page; `approvals/panel.html` shows them."""
    return panel_of(context["actor"], task, context["today"])


@register.simple_tag
def approval_of_document(document: Document) -> Approval | None:
    """Return the document's newest approval, which its page leads to."""
    return document_approval(document)
