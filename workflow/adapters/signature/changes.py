"""Telling whether a PDF was only signed since an earlier state of it, or something that is read was changed too.

pyHanko judges what came after a signature. Before the first one there is nothing that it compares with: then every
object that the later file replaces is looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult
from pyhanko.sign.diff_analysis.commons import compare_dicts

CATALOG_MAY_CHANGE = frozenset({"/AcroForm", "/Extensions", "/Metadata", "/DSS", "/Version"})
PAGE_MAY_CHANGE = frozenset({"/Annots", "/Tabs"})
MOST_PAGES = 5000
WRONG_TREE = "Cây trang của tệp PDF sai."

Key = tuple[int, int]
"""An object's number and generation."""


def only_signed(reader: PdfFileReader, earlier: PdfFileReader) -> bool:
    """Tell whether nothing but signatures was added to the earlier file, with which the later one begins."""
    revision = int(earlier.xrefs.total_revisions) - 1
    if reader.xrefs.total_revisions <= revision + 1 or not _begins_with(reader, earlier, revision):
        return False
    if "/AcroForm" in earlier.root:
        return isinstance(DEFAULT_DIFF_POLICY.review_file(reader, revision), DiffResult)
    old = reader.get_historical_resolver(revision)
    return _nothing_freed(reader, revision) and _catalog_alike(old, reader) and _objects_alike(reader, old, revision)


def _begins_with(reader: PdfFileReader, earlier: PdfFileReader, revision: int) -> bool:
    """Tell whether the later file counts the earlier one as its own past: the same cross-reference tables, in order."""
    places = [one.xrefs.get_startxref_for_revision for one in (reader, earlier)]
    return all(places[0](number) == places[1](number) for number in range(revision + 1))


def _nothing_freed(reader: PdfFileReader, revision: int) -> bool:
    later = range(revision + 1, reader.xrefs.total_revisions)
    return not any(reader.xrefs.refs_freed_in_revision(number) for number in later)


def _catalog_alike(old: HistoricalResolver, new: PdfFileReader) -> bool:
    return compare_dicts(old.root, new.root, CATALOG_MAY_CHANGE, raise_exc=False)


def _objects_alike(reader: PdfFileReader, old: HistoricalResolver, revision: int) -> bool:
    """Look at each object of the earlier file that a later one stands for."""
    pages, former = dict(_pages(reader)), dict(_pages(old))
    if list(pages) != list(former):
        return False
    for key in _replaced(reader, revision) - _free_to_change(reader, former):
        if key not in pages or not compare_dicts(former[key], pages[key], PAGE_MAY_CHANGE, raise_exc=False):
            return False
    return all(_annotations_alike(former[key], page) for key, page in pages.items())


def _replaced(reader: PdfFileReader, revision: int) -> set[Key]:
    """Return the objects of the earlier file that stand anew in a later part."""
    later = range(revision + 1, reader.xrefs.total_revisions)
    refs = (ref for number in later for ref in reader.xrefs.explicit_refs_in_revision(number))
    return {_key(ref) for ref in refs if reader.xrefs.get_introducing_revision(ref) <= revision}


def _free_to_change(reader: PdfFileReader, pages: Mapping[Key, generic.DictionaryObject]) -> set[Key]:
    """Return the objects that carry no text of a page, or are compared elsewhere: catalog, metadata, annotations."""
    held = [(reader.trailer_view, "/Info"), (reader.root, "/Metadata"), (reader.root, "/Extensions")]
    held += [(page, "/Annots") for page in pages.values()]
    values = [holder.raw_get(name) for holder, name in held if name in holder]
    refs = [value.reference for value in values if isinstance(value, generic.IndirectObject)]
    return {_key(ref) for ref in [reader.root_ref, *refs]}


def _annotations_alike(old: generic.DictionaryObject, new: generic.DictionaryObject) -> bool:
    """Tell whether a page kept its annotations and got none but fields of signatures."""
    before, after = _annotations(old), _annotations(new)
    if after[: len(before)] != before:
        return False
    return all(_is_signature(annotation) for annotation in after[len(before) :])


def _annotations(page: generic.DictionaryObject) -> list[generic.PdfObject]:
    if "/Annots" not in page:
        return []
    held = page["/Annots"]
    return [held.raw_get(place) for place in range(len(held))]


def _is_signature(found: generic.PdfObject) -> bool:
    """Tell whether it is the field of a signature that does nothing else."""
    annotation = _resolved(found)
    if not isinstance(annotation, generic.DictionaryObject) or {"/A", "/AA"} & set(annotation):
        return False
    field = annotation["/Parent"] if "/FT" not in annotation and "/Parent" in annotation else annotation
    return bool(annotation["/Subtype"] == "/Widget" and field["/FT"] == "/Sig")


def _resolved(found: generic.PdfObject) -> generic.PdfObject:
    held: generic.PdfObject = found.get_object()  # type: ignore[no-untyped-call]
    return held


def _pages(handler: PdfHandler) -> Iterator[tuple[Key, generic.DictionaryObject]]:
    """Yield the pages in order with the numbers of their objects, none twice.

    :raises ValueError: when one stands twice, or there are more than a document of ours could have.
    """
    waiting: list[generic.IndirectObject] = [handler.root.raw_get("/Pages")]
    seen: set[Key] = set()
    while waiting:
        node = waiting.pop()
        key = _key(node.reference)
        if key in seen or len(seen) > MOST_PAGES:
            raise ValueError(WRONG_TREE)
        seen.add(key)
        held = _resolved(node)
        if not isinstance(held, generic.DictionaryObject):
            raise ValueError(WRONG_TREE)
        if "/Kids" in held:
            kids = held["/Kids"]
            waiting.extend(kids.raw_get(place) for place in reversed(range(len(kids))))
        else:
            yield key, held


def _key(ref: generic.Reference) -> Key:
    return int(ref.idnum), int(ref.generation)
