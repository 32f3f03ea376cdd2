"""The page of one approval, and what is said and given there."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from approvals.actions.talking import comment, enclose
from approvals.forms import CommentForm, EncloseForm
from approvals.models import Approval
from approvals.queries.page import find_approval, load_matter
from approvals.queries.talk import choosable, comments_of, enclosures_of, find_enclosure, may_give, may_speak
from approvals.views.offers import past_of, story_of, waiting_of
from approvals.views.request import ApprovalRequest, today_of
from workflow.actions.document import may_revise
from workflow.choices import DocumentStatus
from workflow.core.errors import NotFound
from workflow.forms import PlainForm, run_into_form

NAMES_SHOWN = 6


@require_safe
def approval_page(request: ApprovalRequest, approval_id: int) -> HttpResponse:
    """What is to be decided, by whom, what was decided before, and what was said."""
    return _show(request, find_approval(request.actor, approval_id))


@require_POST
def approval_comment(request: ApprovalRequest, approval_id: int) -> HttpResponse:
    """Say something without deciding."""
    approval = find_approval(request.actor, approval_id)
    form = CommentForm(request.POST)
    said = form.is_valid() and run_into_form(
        form, lambda: comment(approval_id, form.cleaned_data["text"], by=request.actor, now=request.now)
    )
    if not said:
        return _show(request, approval, comment_form=form, status=400)
    messages.success(request, "Đã gửi ý kiến trao đổi.")
    return redirect(f"{request.path.removesuffix('trao-doi/')}#trao-doi")


@require_POST
def approval_enclose(request: ApprovalRequest, approval_id: int) -> HttpResponse:
    """Give a file."""
    approval = find_approval(request.actor, approval_id)
    form = EncloseForm(request.POST, request.FILES)

    def give() -> object:
        file = form.cleaned_data["content"]
        return enclose(approval_id, file.name, file.read(), by=request.actor, now=request.now)

    if not (form.is_valid() and run_into_form(form, give)):
        return _show(request, approval, enclose_form=form, status=400)
    messages.success(request, "Đã kèm tệp vào hồ sơ.")
    return redirect(f"{request.path.removesuffix('kem-tep/')}#trao-doi")


@require_safe
def approval_file(request: ApprovalRequest, enclosure_id: int) -> FileResponse:
    """A file of an approval that the person may see, always as a download."""
    found = find_enclosure(request.actor, enclosure_id)
    if not default_storage.exists(found.stored_as):
        raise NotFound("Tệp này không còn trong kho lưu trữ. Hãy báo quản trị.")
    content = default_storage.open(found.stored_as, "rb")
    return FileResponse(content, as_attachment=True, filename=found.name, content_type="application/octet-stream")


def _show(
    request: ApprovalRequest,
    approval: Approval,
    *,
    comment_form: PlainForm | None = None,
    enclose_form: PlainForm | None = None,
    status: int = 200,
) -> HttpResponse:
    story = story_of(approval)
    matter = load_matter(approval, request.actor)
    waiting = waiting_of(request.actor, story, today_of(request))
    step, document = waiting.step, matter.document
    stands = step is not None and not waiting.gone
    free = stands and step is not None and step.owner_id is None
    names = [person.full_name for person in choosable(approval, step, today_of(request))] if step and free else []
    values = {
        "approval": approval,
        "task": approval.subject,
        "waiting": waiting,
        "names": names[:NAMES_SHOWN],
        "more_names": max(0, len(names) - NAMES_SHOWN),
        "matter": matter,
        "past": past_of(story),
        "comments": list(comments_of(approval)),
        "enclosures": list(enclosures_of(approval)),
        "speaks": approval.closed_at is None and may_speak(request.actor, approval),
        "gives": stands and step is not None and may_give(request.actor, step),
        "revises": document is not None
        and document.status == DocumentStatus.DRAFT
        and may_revise(request.actor, document),
        "comment_form": comment_form or CommentForm(),
        "enclose_form": enclose_form or EncloseForm(),
        "form": next((form for form in (comment_form, enclose_form) if form is not None), None),
    }
    return render(request, "approvals/page.html", values, status=status)
