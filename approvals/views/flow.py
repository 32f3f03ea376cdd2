"""The page of all flows, and each flow as BPMN 2.0 for a modeller."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals.flows import FLOWS
from approvals.queries.bpmn import bpmn_of
from approvals.queries.procedure import StepFacts, steps_of
from approvals.views.request import ApprovalRequest, today_of
from workflow.choices import FlowKind
from workflow.queries.rulebook import load_rulebook


@dataclass(frozen=True, slots=True)
class Procedure:
    """One flow as the page tells it."""

    kind: str
    title: str
    purpose: str
    steps: list[StepFacts]


PURPOSES = {
    FlowKind.REPORT: "Báo cáo kết quả của đơn vị chỉ được ghi “Đã duyệt” khi đã qua đủ các bước này.",
    FlowKind.DOCUMENT: "Văn bản đi chỉ được tính khi văn thư đã cho số và phát hành.",
    FlowKind.ESCALATION: "Báo cáo UBND tỉnh được phát hành theo quy trình văn bản, rồi chờ ý kiến chỉ đạo.",
    FlowKind.EXTENSION: "Đơn vị xin trước hạn; hạn đầu giữ nguyên bên cạnh hạn mới và lần gia hạn được tính.",
    FlowKind.OBSTACLE: "Đơn vị phản ánh vướng mắc; thời hạn vẫn chạy trong khi chờ.",
    FlowKind.PROPOSAL: "Đơn vị đề xuất, Văn phòng Sở tham mưu, Lãnh đạo Sở phê duyệt (mục I.2.2, kế hoạch 2022).",
}


@require_safe
def flow_list(request: ApprovalRequest) -> HttpResponse:
    """Show the flows: who decides in which order, with which right, within how many days."""
    procedures = [
        Procedure(kind.value, str(kind.label), PURPOSES[kind], steps_of(flow_class))
        for kind, flow_class in FLOWS.items()
    ]
    days = int(load_rulebook().policies.on(today_of(request)).number("step_days"))
    return render(request, "approvals/flows.html", {"procedures": procedures, "days": days})


@require_safe
def flow_bpmn(request: ApprovalRequest, kind: str) -> HttpResponse:
    """Send one flow as a BPMN 2.0 file.

    :raises Http404: when there is no flow of that kind.
    """
    del request
    found = next((one for one in FLOWS if one.value == kind), None)
    if found is None:
        raise Http404
    response = HttpResponse(bpmn_of(found.value, FLOWS[found]), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="quy-trinh-{found.value}.bpmn"'
    return response
