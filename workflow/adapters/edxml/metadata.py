"""Metadata of an outgoing document as XML, under the names of NĐ 30/2020 Phụ lục VI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.core.edoc import xml_text
from workflow.core.metadata import Metadata

if TYPE_CHECKING:
    from lxml.etree import _Element

ROOT = "OutgoingDocument"


def build_metadata(metadata: Metadata) -> bytes:
    """Return the metadata as XML in UTF-8; what is missing or does not fit follows in elements of their own.

    A character that XML forbids is replaced by U+FFFD.
    """
    from lxml import etree  # noqa: PLC0415 -- lxml is loaded only where XML is written

    root = etree.Element(ROOT)
    for name, value in metadata.as_data().items():
        for each in value if isinstance(value, list) else [value]:
            element = etree.SubElement(root, name)
            if isinstance(each, dict):
                _fill(element, each)
            else:
                element.text = xml_text(str(each))
    for name, sentences in (("Missing", metadata.missing), ("Problem", metadata.problems)):
        for sentence in sentences:
            etree.SubElement(root, name).text = xml_text(sentence)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _fill(parent: _Element, values: dict[str, object]) -> None:
    from lxml import etree  # noqa: PLC0415 -- lxml is loaded only where XML is written

    for name, value in values.items():
        etree.SubElement(parent, name).text = xml_text(str(value))
