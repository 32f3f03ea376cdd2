"""Taking a document out for other systems: its metadata, and its edXML package."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from workflow.actions.document.edoc import export_edoc
from workflow.adapters.edxml import build_metadata
from workflow.core.errors import NotFound
from workflow.queries.metadata import metadata_of
from workflow.queries.paperlist import find_document
from workflow.web.request import SiteRequest


@require_POST
def document_edxml(request: SiteRequest, document_id: int) -> HttpResponse:
    """Build the package and hand it over; the trail keeps who took it."""
    package = export_edoc(document_id, by=request.actor, now=request.now)
    return _file(package.content, package.name, "application/zip")


@require_safe
def document_metadata(request: SiteRequest, document_id: int, form: str) -> HttpResponse:
    """The metadata of an issued document as JSON or XML, for whoever sees the document.

    :raises NotFound: when the document is not seen, or there is no such form.
    """
    document = find_document(request.actor, document_id)
    if form not in {"json", "xml"}:
        raise NotFound
    metadata = metadata_of(document)
    name = f"sieu-du-lieu-van-ban-{document.pk}.{form}"
    if form == "xml":
        return _file(build_metadata(metadata), name, "application/xml")
    data = {"metadata": metadata.as_data(), "missing": metadata.missing, "problems": metadata.problems}
    return _file(json.dumps(data, ensure_ascii=False, indent=2).encode(), name, "application/json")


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
