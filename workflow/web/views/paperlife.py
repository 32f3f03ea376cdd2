"""Replacing, correcting and recalling an issued document: a page that says what will happen, then the ONE action."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from workflow.actions.document import (
    correction_places,
    may_amend,
    may_recall,
    recall_document,
    start_correction,
    start_replacement,
)
from workflow.core.errors import NotPermitted, WrongState
from workflow.forms import PlainForm, run_into_form
from workflow.queries.paperlife import PaperLife, counted_as, life_of, recall_consequences
from workflow.queries.paperlist import find_document
from workflow.web.forms.paperlife import CorrectForm, RecallForm, ReplaceForm
from workflow.web.request import SiteRequest, typed

DRAFTED = "Đã lập dự thảo. Sửa lời văn rồi trình trong hồ sơ phê duyệt."

REPLACING = (
    "Một dự thảo cùng loại được lập, chép nguyên lời văn, nơi nhận, căn cứ và phụ lục của văn bản này.",
    "Dòng đầu của dự thảo ghi văn bản bị thay thế. Ông/bà sửa chỗ sai rồi trình như mọi dự thảo.",
    "Văn bản cũ, bản PDF và mã băm của nó giữ nguyên.",
    "Khi dự thảo được phát hành, trang của văn bản cũ ghi “Đã được thay thế”; bỏ dự thảo thì không có gì thay đổi.",
)
CORRECTING = (
    "Một công văn đính chính được lập, dẫn loại, số, ngày của văn bản, nội dung đã in và nội dung đúng.",
    "Ông/bà đọc lại rồi trình như mọi dự thảo. Sai về nội dung thì không đính chính mà soạn văn bản thay thế.",
    "Văn bản đã phát hành giữ nguyên; khi công văn được phát hành, trang của văn bản ghi “Đã được đính chính”.",
)


@require_http_methods(["GET", "HEAD", "POST"])
def document_replace(request: SiteRequest, document_id: int) -> HttpResponse:
    """Ask why, and draft what replaces the document.

    :raises NotPermitted: when the person may not draft for it.
    :raises WrongState: when it may not be replaced; the message says why.
    """
    life = life_of(find_document(request.actor, document_id))
    _let_pass(may_amend(request.actor, life.document), life.why_not_replaced)
    form = ReplaceForm(typed(request))

    def start() -> int:
        return start_replacement(document_id, **form.cleaned_data, by=request.actor, now=request.now).pk

    return _drafted(request, form, start) or _ask(request, "workflow/document/replace.html", life, form, REPLACING)


@require_http_methods(["GET", "HEAD", "POST"])
def document_correct(request: SiteRequest, document_id: int) -> HttpResponse:
    """Ask what stands wrong and what is right, and draft the công văn đính chính.

    :raises NotPermitted: when the person may not draft for the document.
    :raises WrongState: when it may not be corrected; the message says why.
    """
    life = life_of(find_document(request.actor, document_id))
    _let_pass(may_amend(request.actor, life.document), life.why_not_corrected)
    places = "\n".join(correction_places(life.document))
    form = CorrectForm(typed(request), initial={"recipients": places})

    def start() -> int:
        return start_correction(document_id, **form.cleaned_data, by=request.actor, now=request.now).pk

    return _drafted(request, form, start) or _ask(request, "workflow/document/correct.html", life, form, CORRECTING)


@require_http_methods(["GET", "HEAD", "POST"])
def document_recall(request: SiteRequest, document_id: int) -> HttpResponse:
    """Say what a recall does, and record it.

    :raises NotPermitted: unless the person is a leader or văn thư.
    :raises WrongState: when the document may not be recalled; the message says why.
    """
    life = life_of(find_document(request.actor, document_id))
    if not may_recall(request.actor, life.document):
        raise NotPermitted("Chỉ Lãnh đạo Sở hoặc văn thư được thu hồi văn bản đã phát hành.")
    _let_pass(True, life.why_not_recalled)
    form = RecallForm(typed(request))

    def run() -> None:
        recall_document(document_id, **form.cleaned_data, by=request.actor, now=request.now)

    if _done(request, form, run):
        messages.success(request, "Đã ghi thu hồi văn bản và báo những người liên quan trong Sở.")
        return redirect("document", document_id)
    return _ask(request, "workflow/document/recall.html", life, form, recall_consequences(life), counts=False)


def _let_pass(permitted: bool, why_not: str) -> None:
    if not permitted:
        raise NotPermitted("Ông/bà không có quyền soạn văn bản thay thế hoặc đính chính văn bản này.")
    if why_not:
        raise WrongState(why_not)


def _drafted(request: SiteRequest, form: PlainForm, start: Callable[[], int]) -> HttpResponse | None:
    """Start what the form asks for and lead to the new draft; None when nothing was started."""
    made: list[int] = []
    if not _done(request, form, lambda: made.append(start())):
        return None
    messages.success(request, DRAFTED)
    return redirect("document", made[0])


def _done(request: SiteRequest, form: PlainForm, run: Callable[[], None]) -> bool:
    return request.method == "POST" and form.is_valid() and run_into_form(form, run)


def _ask(
    request: SiteRequest, template: str, life: PaperLife, form: PlainForm, said: Sequence[str], *, counts: bool = True
) -> HttpResponse:
    """Show the form below what will happen."""
    counted = counted_as(life.document) if counts else ""
    values = {
        "document": life.document,
        "form": form,
        "consequences": [*said, counted] if counted else said,
    }
    return render(request, template, values, status=400 if form.errors else 200)
