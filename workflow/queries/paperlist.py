"""Văn bản: the drafts and issued documents that a person may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from workflow.choices import DocumentKind, DocumentStatus, LinkKind
from workflow.core.errors import NotFound
from workflow.core.fold import fold
from workflow.models import Document, DocumentLink
from workflow.permissions import DECIDE, INSPECT, REGISTER, SEE, URGE, Actor

PAGE = 30
RECALLED, REPLACED = "recalled", "replaced"
STANDINGS: tuple[tuple[str, str], ...] = (
    *((value, str(label)) for value, label in DocumentStatus.choices),
    (REPLACED, "Đã được thay thế"),
    (RECALLED, "Đã thu hồi"),
)
"""What a list can be narrowed to: the stored states, and what became of an issued document."""

_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page of documents, and the id after which the next one begins (None at the end)."""

    rows: list[Document]
    after: int | None


def visible_documents(actor: Actor) -> QuerySet[Document]:
    """Return the documents of the tasks that the person may see; of those of no task what he drafted himself.

    Who handles papers, and who inspects, sees all that are of no task.
    """
    units = sorted(actor.units(SEE))
    seen = Q(task__unit_id__in=units) | Q(task__host_unit_id__in=units)
    seen |= Q(task__isnull=True, drafted_by_id=actor.person_id)
    if any(actor.holds(codename) for codename in (REGISTER, URGE, DECIDE, INSPECT)):
        seen |= Q(task__isnull=True)
    return Document.objects.filter(seen).select_related("task", "book", "drafted_by", "issued_by")


def marked(rows: QuerySet[Document]) -> QuerySet[Document]:
    """Add to each row `recalled_at` (None = never recalled) and `replaced`, whether an issued document replaces it."""
    return rows.annotate(recalled_at=F("recall__recalled_at"), replaced=_replaced())


def _replaced() -> Exists:
    return Exists(
        DocumentLink.objects.filter(
            target=OuterRef("pk"), kind=LinkKind.REPLACES, document__status=DocumentStatus.ISSUED
        )
    )


def list_documents(
    actor: Actor, *, status: str = "", kind: str = "", text: str = "", after: int | None = None
) -> PaperPage:
    """Return a page of documents, newest first (one query, two with a text); each row has `recalled_at`, `replaced`.

    `status` is one of `STANDINGS`, `kind` a `DocumentKind`; others narrow nothing. Every word of `text` is sought in
    the number, the symbol and the subject, without case and accents.
    """
    rows = marked(visible_documents(actor))
    if status == RECALLED:
        rows = rows.filter(recall__isnull=False)
    elif status == REPLACED:
        rows = rows.filter(_replaced())
    elif status in DocumentStatus.values:
        rows = rows.filter(status=status)
    if kind in DocumentKind.values:
        rows = rows.filter(kind=kind)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    rows = rows.order_by("-pk")
    words = fold(text).split()
    if words:
        rows = rows.filter(pk__in=_holding(rows, words))
    found: list[Document] = list(rows[: PAGE + 1])
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
