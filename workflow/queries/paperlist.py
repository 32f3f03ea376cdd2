"""Văn bản: the drafts and issued documents that a person may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q, QuerySet

from workflow.choices import DocumentStatus
from workflow.core.errors import NotFound
from workflow.core.fold import fold
from workflow.models import Document
from workflow.permissions import DECIDE, REGISTER, SEE, URGE, Actor

PAGE = 30
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page of documents, and the id after which the next one begins (None at the end)."""

    rows: list[Document]
    after: int | None


def visible_documents(actor: Actor) -> QuerySet[Document]:
    """Return the documents of the tasks that the person may see; of those of no task what he drafted himself.

    Who handles papers sees all that are of no task.
    """
    units = sorted(actor.units(SEE))
    seen = Q(task__unit_id__in=units) | Q(task__host_unit_id__in=units)
    seen |= Q(task__isnull=True, drafted_by_id=actor.person_id)
    if any(actor.holds(codename) for codename in (REGISTER, URGE, DECIDE)):
        seen |= Q(task__isnull=True)
    return Document.objects.filter(seen).select_related("task", "book", "drafted_by", "issued_by")


def list_documents(actor: Actor, *, status: str = "", text: str = "", after: int | None = None) -> PaperPage:
    """Return a page of documents, newest first (one query, two with a text).

    Every word of `text` is sought in the number, the symbol and the subject, without case and accents.
    """
    rows = visible_documents(actor)
    if status in DocumentStatus.values:
        rows = rows.filter(status=status)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    rows = rows.order_by("-pk")
    words = fold(text).split()
    if words:
        rows = rows.filter(pk__in=_holding(rows, words))
    found = list(rows[: PAGE + 1])
    return PaperPage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def _holding(rows: QuerySet[Document], words: list[str]) -> list[int]:
    """Return the first ids of a page among the rows that hold every word; no database folds Vietnamese as we do."""
    found = rows.values_list("pk", "number", "symbol", "subject").iterator()
    matching = (pk for pk, number, symbol, subject in found if _holds(words, number, symbol, subject))
    return list(islice(matching, PAGE + 1))


def _holds(words: list[str], number: int | None, symbol: str, subject: str) -> bool:
    """Tell whether every word is there; a word of digits alone only as a whole number: 118 is not 1186."""
    about = fold(subject)
    numbers = {int(each) for each in _NUMBER.findall(about)} | {number}
    said = f"{number or 0:02d}/{fold(symbol)} {about}"
    return all(int(word) in numbers if _NUMBER.fullmatch(word) else word in said for word in words)


def find_document(actor: Actor, document_id: int) -> Document:
    """Return one document that the person may see.

    :raises NotFound: when it does not exist or may not be seen.
    """
    found = visible_documents(actor).filter(pk=document_id).first()
    if found is None:
        raise NotFound
    return found
