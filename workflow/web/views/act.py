"""One page an act: the form with its consequence, then the ONE action, then back to the place."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from workflow.core.errors import NotPermitted, WrongState
from workflow.forms import run_into_form
from workflow.queries.taskpage import TaskFacts, load_task_facts
from workflow.web.acts import Act, Submission, act_called
from workflow.web.forms.fields import ActForm
from workflow.web.request import SiteRequest, number_from

PLACES = {"viec": "my-work", "ban": "office-board"}
"""Where an act may have been begun, and where it goes back to."""


@require_http_methods(["GET", "HEAD", "POST"])
def act_page(request: SiteRequest, task_id: int, slug: str) -> HttpResponse:
    """Show one act's form, or do it.

    :raises NotPermitted: when the person has not the right.
    :raises WrongState: when the task does not stand so that it can be done.
    """
    act = act_called(slug)
    facts = load_task_facts(request.actor, task_id, now=request.now)
    if request.method == "POST":
        return _do(request, act, facts)
    label = act.label(facts)
    _require_right(act, facts)
    if not act.ready(facts):
        raise WrongState(
            f"Hiện không thể “{label}”: nhiệm vụ đang ở trạng thái “{facts.task.get_state_display()}”, hoặc việc này "
            "đã có người làm xong."
        )
    return _show(request, act, facts, act.form(facts=facts), status=200)


def _require_right(act: Act, facts: TaskFacts) -> None:
    if not act.may(facts):
        raise NotPermitted(f"Ông/bà không có quyền “{act.label(facts)}” đối với nhiệm vụ này.")


def _do(request: SiteRequest, act: Act, facts: TaskFacts) -> HttpResponse:
    form = act.form(request.POST, request.FILES, facts=facts)
    if not form.is_valid():
        _require_right(act, facts)
        return _show(request, act, facts, form, status=400)
    data = dict(form.cleaned_data)
    data["month"] = facts.month_to_confirm
    sent = Submission(facts.task.pk, data, number_from(request.POST.get("target")), request.actor, request.now)
    if not run_into_form(form, lambda: act.run(sent)):
        return _show(request, act, facts, form, status=400)
    messages.success(request, act.done)
    return redirect(_back(request, act, facts))


def _show(request: SiteRequest, act: Act, facts: TaskFacts, form: ActForm, *, status: int) -> HttpResponse:
    shown = number_from(request.POST.get("target")) or act.target(facts)
    values = {
        "act": act,
        "label": act.label(facts),
        "facts": facts,
        "task": facts.task,
        "form": form,
        "consequence": act.consequence(facts),
        "target": shown or "",
        "place": _place(request),
        "back": _back(request, act, facts),
        "report": facts.submitted if act.anchor == "bao-cao" and facts.submitted else None,
        "draft": facts.draft if act.slug == "gui-tra-loi" else None,
    }
    return render(request, "workflow/task/act.html", values, status=status)


def _place(request: SiteRequest) -> str:
    place = request.POST.get("tu") or request.GET.get("tu") or ""
    return place if place in PLACES else ""


def _back(request: SiteRequest, act: Act, facts: TaskFacts) -> str:
    place = _place(request)
    if place:
        return reverse(PLACES[place])
    anchor = f"#{act.anchor}" if act.anchor else ""
    return reverse("task", args=[facts.task.pk]) + anchor
