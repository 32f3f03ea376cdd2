"""The check of a message against our own schema, edoc.xsd; the official one was not at hand (docs/edxml.md)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Protocol


class _Entry(Protocol):
    """One line of lxml's error log."""

    line: int
    message: str


_HERE = Path(__file__).parent
SCHEMA_FILES = (_HERE / "edoc.xsd", _HERE / "xlink.xsd")

MOST_FAULTS = 20


def find_faults(content: bytes) -> list[str]:
    """Return what our schema finds wrong in a message, a line each with its place; nothing when it passes.

    Entities are not resolved and nothing is fetched: the content may come from anywhere.
    """
    from lxml import etree  # noqa: PLC0415 -- lxml is loaded only where XML is read or written

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        tree = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        return [f"Không đọc được XML: {error}."]
    # Made anew each time (about a millisecond): a schema keeps its log in itself, and pages run in threads.
    schema = etree.XMLSchema(etree.parse(str(SCHEMA_FILES[0])))
    if schema.validate(tree):
        return []
    log: Iterable[_Entry] = schema.error_log  # type: ignore[assignment]  # lxml's stubs leave it opaque
    return [f"Dòng {entry.line}: {entry.message}" for entry in islice(log, MOST_FAULTS)]
