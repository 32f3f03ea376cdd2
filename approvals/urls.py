"""Addresses of the approvals, in Vietnamese without accents."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from approvals.views import bulk, decision, drafting, flow, page, proposal, revision


class KeyConverter(IntConverter):
    """A row's key: no longer than the database's integers."""

    regex = "[0-9]{1,18}"


register_converter(KeyConverter, "key")

urlpatterns = [
    path("phe-duyet/<key:approval_id>/", page.approval_page, name="approval"),
    path("phe-duyet/<key:approval_id>/trao-doi/", page.approval_comment, name="approval-comment"),
    path("phe-duyet/<key:approval_id>/kem-tep/", page.approval_enclose, name="approval-enclose"),
    path("phe-duyet/tep/<key:enclosure_id>/", page.approval_file, name="approval-file"),
    path("phe-duyet/buoc/<key:step_id>/giao/", revision.approval_reassign, name="approval-reassign"),
    path("phe-duyet/buoc/<key:step_id>/<slug:outcome>/", decision.approval_decide, name="approval-decide"),
    path("phe-duyet/van-ban/<key:document_id>/sua/", revision.document_revise, name="document-revise"),
    path("van-ban/soan/", drafting.document_draft, name="document-draft"),
    path("phe-duyet/nhieu/<slug:kind>/<slug:node>/", bulk.decide_at_once, name="approval-bulk"),
    path("phe-duyet/quy-trinh/", flow.flow_list, name="flow-list"),
    path("phe-duyet/quy-trinh/<slug:kind>.bpmn", flow.flow_bpmn, name="flow-bpmn"),
    path("de-xuat/", proposal.proposal_list, name="proposal-list"),
    path("de-xuat/moi/", proposal.proposal_make, name="proposal-make"),
]
