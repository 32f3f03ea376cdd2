"""Taking a document out as an edXML package: nothing changes but the trail, which keeps who took what out."""

from __future__ import annotations

from datetime import datetime

from workflow.actions.audit import action, record_event
from workflow.actions.document.drafting import lock_document
from workflow.adapters.edxml import EdocPackage, pack
from workflow.core.errors import Invalid, NotPermitted, WrongState
from workflow.permissions import Actor
from workflow.queries.document import may_issue
from workflow.queries.edoc import edoc_of, frozen_file
from workflow.queries.metadata import why_no_package


@action
def export_edoc(document_id: int, *, by: Actor | None, now: datetime) -> EdocPackage:
    """Build the edXML package of an issued document, checked against our own schema; who took it out is recorded.

    Nothing is sent. The message is that of QCVN 102:2016 as far as known, not proven against the official schema. A
    package in which somebody has no identifier is built all the same and says so (`without_id`).

    :raises NotFound: when the document, or its task, is not seen.
    :raises NotPermitted: unless văn thư, or who may issue it, does it.
    :raises WrongState: when it is not issued, not printed yet, or of a kind that has no code.
    :raises Damaged: when the stored PDF is not the one that was frozen.
    :raises Invalid: when our schema finds faults in the message, such as a blank in the symbol.
    """
    document = lock_document(document_id, by=by)
    if by is not None and not may_issue(by, document):
        raise NotPermitted("Chỉ văn thư hoặc người được phát hành văn bản này mới được xuất gói edXML.")
    refused = why_no_package(document)
    if refused:
        raise WrongState(refused)
    file = frozen_file(document)
    edoc = edoc_of(document, [file])
    try:
        package = pack(edoc)
    except ValueError as error:
        raise Invalid.of(document=str(error)) from error
    details = {
        "number": document.full_number,
        "package": package.name,
        "package_sha256": package.sha256,
        "file_sha256": file.sha256,
        "business": int(edoc.business),
        "missing_ids": edoc.missing_ids,
    }
    record_event("document.export", subject=f"document:{document.pk}", by=by, now=now, details=details)
    return package
