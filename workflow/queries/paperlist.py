"""Văn bản: the drafts and issued documents that a person may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from workflow.choices import DocumentStatus
from workflow.core.errors import NotFound
from workflow.models import Document
from workflow.permissions import DECIDE, REGISTER, SEE, URGE, Actor

PAGE = 30


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page of documents, and the id after which the next one begins (None at the end)."""

    rows: list[Document]
    after: int | None


def visible_documents(actor: Actor) -> QuerySet[Document]:
    """Return the documents of the tasks that the person may see; those of no task only for who handles papers."""
    units = sorted(actor.units(SEE))
    seen = Q(task__unit_id__in=units) | Q(task__host_unit_id__in=units)
    if any(actor.holds(codename) for codename in (REGISTER, URGE, DECIDE)):
        seen |= Q(task__isnull=True)
    return Document.objects.filter(seen).select_related("task", "book", "drafted_by", "issued_by")


def list_documents(actor: Actor, *, status: str = "", text: str = "", after: int | None = None) -> PaperPage:
    """Return a page of documents, newest first (one query). `text` is sought in the subject and the number."""
    rows = visible_documents(actor)
    if status in DocumentStatus.values:
        rows = rows.filter(status=status)
    wanted = text.strip()
    if wanted:
        number, _slash, _symbol = wanted.partition("/")
        matches = Q(subject__icontains=wanted) | Q(symbol__icontains=wanted)
        if number.isascii() and number.isdigit() and len(number) < 10:
            matches |= Q(number=int(number))
        rows = rows.filter(matches)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return PaperPage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def find_document(actor: Actor, document_id: int) -> Document:
    """Return one document that the person may see.

    :raises NotFound: when it does not exist or may not be seen.
    """
    found = visible_documents(actor).filter(pk=document_id).first()
    if found is None:
        raise NotFound
    return found
