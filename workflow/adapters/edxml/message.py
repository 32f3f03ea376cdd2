"""Writing a message: the elements of QCVN 102:2016 in the order in which programs that use it write them.

What nobody told us the meaning of is left out: SteeringType, TypeDetail, the counts of paper. So is DigitalSignature:
the signature of a document stands in its PDF.
"""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import TYPE_CHECKING

from workflow.core.edoc import Edoc, EdocFile, Organ, Pointer, xml_text

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XLINK = "http://www.w3.org/1999/xlink"
ACTOR = "http://schemas.xmlsoap.org/soap/actor/next"


def build_message(edoc: Edoc) -> bytes:
    """Return the message as XML in UTF-8; the same message gives the same bytes.

    A character that XML forbids is replaced, which `Edoc.remarks` says.

    :raises ValueError: when the document's kind has no code in list B.
    """
    from lxml import etree  # noqa: PLC0415 -- lxml is loaded only where XML is written

    if edoc.type_code is None:
        raise ValueError(f"Loại văn bản “{edoc.kind_label}” không có mã trong danh mục loại văn bản của QCVN 102.")
    root = etree.Element(f"{{{NAMESPACE}}}edXML", nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # the default namespace
    names = {"edXML": NAMESPACE, "xlink": XLINK}
    envelope = etree.SubElement(root, f"{{{NAMESPACE}}}edXMLEnvelope", nsmap=names)
    header = _group(envelope, "edXMLHeader")
    _message_header(_group(header, "MessageHeader"), edoc)
    _trace(header, edoc)
    _manifest(_group(envelope, "edXMLBody"), edoc.files)
    encoded = _group(root, "AttachmentEncoded")
    for file in edoc.files:
        _attachment(_group(encoded, "Attachment"), file)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _group(parent: _Element, name: str) -> _Element:
    from lxml import etree  # noqa: PLC0415 -- lxml is loaded only where XML is written

    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")


def _put(parent: _Element, name: str, value: object) -> None:
    """Write one element with its text; nothing when there is none."""
    text = "" if value is None else _written(value)
    if text.strip():
        _group(parent, name).text = xml_text(text)


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y/%m/%d %H:%M:%S}"
    return f"{value:%Y/%m/%d}" if isinstance(value, date) else str(value)


def _message_header(header: _Element, edoc: Edoc) -> None:
    _organ(_group(header, "From"), edoc.sender)
    for receiver in edoc.receivers:
        _organ(_group(header, "To"), receiver)
    _code(header, edoc.document)
    issued = _group(header, "PromulgationInfo")
    _put(issued, "Place", edoc.place)
    _put(issued, "PromulgationDate", edoc.document.issued_on)
    kind = _group(header, "DocumentType")
    _put(kind, "Type", edoc.type_code)
    _put(kind, "TypeName", edoc.kind_label)
    _put(header, "Subject", edoc.subject)
    if edoc.signer_competence or edoc.signer_position or edoc.signer_name:
        signer = _group(header, "SignerInfo")
        _put(signer, "Competence", edoc.signer_competence)
        _put(signer, "Position", edoc.signer_position)
        _put(signer, "FullName", edoc.signer_name)
    _put(header, "DueDate", edoc.due_on)
    _list(header, "ToPlaces", "Place", edoc.to_places)
    other = _group(header, "OtherInfo")
    _put(other, "Priority", edoc.priority)
    _put(other, "PromulgationAmount", edoc.copies or None)
    _put(other, "PageAmount", edoc.pages or None)
    _list(other, "Appendixes", "Appendix", edoc.appendices)
    for answered in edoc.answers:
        _response(_group(header, "ResponseFor"), answered)
    _put(header, "DocumentId", edoc.document.document_id)


def _organ(element: _Element, organ: Organ) -> None:
    _put(element, "OrganId", organ.organ_id)
    _put(element, "OrganizationInCharge", organ.in_charge)
    _put(element, "OrganName", organ.name)
    _put(element, "OrganAdd", organ.address)


def _code(parent: _Element, pointer: Pointer) -> None:
    code = _group(parent, "Code")
    _put(code, "CodeNumber", pointer.number)
    _put(code, "CodeNotation", pointer.notation)


def _response(element: _Element, pointer: Pointer) -> None:
    _put(element, "OrganId", pointer.organ_id)
    _code(element, pointer)
    _put(element, "PromulgationDate", pointer.issued_on)
    _put(element, "DocumentId", pointer.document_id)


def _list(parent: _Element, name: str, item: str, texts: tuple[str, ...]) -> None:
    written = [text for text in texts if text.strip()]
    if written:
        element = _group(parent, name)
        for text in written:
            _put(element, item, text)


def _trace(header: _Element, edoc: Edoc) -> None:
    traces = _group(header, "TraceHeaderList")
    for name, value in (("id", "TraceHeaderList"), ("version", "1.0"), ("mustUnderstand", "1"), ("actor", ACTOR)):
        traces.set(name, value)
    trace = _group(traces, "TraceHeader")
    _put(trace, "OrganId", edoc.sender.organ_id)
    _put(trace, "Timestamp", edoc.at)
    business = _group(traces, "Bussiness")
    _put(business, "BussinessDocType", int(edoc.business))
    _put(business, "BussinessDocReason", edoc.reason)
    _put(business, "DocumentId", (edoc.concerns or edoc.document).document_id)
    if edoc.replaced:
        listed = _group(business, "ReplacementInfoList")
        for replaced in edoc.replaced:
            info = _group(listed, "ReplacementInfo")
            _put(info, "DocumentId", replaced.document.document_id)
            _list(info, "OrganIdList", "OrganId", replaced.organ_ids)
    if edoc.department:
        _put(_group(business, "StaffInfo"), "Department", edoc.department)


def _manifest(body: _Element, files: tuple[EdocFile, ...]) -> None:
    manifest = _group(body, "edXMLManifest")
    manifest.set("version", "1.0")
    for file in files:
        reference = _group(manifest, "Reference")
        reference.set(f"{{{XLINK}}}href", f"cid:{file.content_id}")
        reference.set(f"{{{XLINK}}}role", "AttachmentEncoded")
        reference.set(f"{{{XLINK}}}type", "simple")
        _put(reference, "Description", file.description)
        _put(reference, "AttachmentName", file.name)
        _put(reference, "ContentType", file.content_type)
        _put(reference, "ContentId", file.content_id)


def _attachment(element: _Element, file: EdocFile) -> None:
    _put(element, "ContentType", file.content_type)
    _put(element, "ContentId", file.content_id)
    _put(element, "Description", file.description)
    # Written past `_put`, which would look through megabytes of base64 for letters that it cannot hold.
    _group(element, "ContentTransferEncoded").text = base64.b64encode(file.content).decode("ascii")
    _put(element, "AttachmentName", file.name)
