"""One page a decision: what will follow, the form, then the ONE action, then back to the place."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from approvals.actions.deciding import decide, require_waiting, why_not
from approvals.forms import decision_form
from approvals.models import Approval, Step
from approvals.queries.page import Matter, Story, find_step, load_matter
from approvals.queries.talk import forget_gone_owner
from approvals.screens import Choice, choice_called, in_his_words
from approvals.views.offers import node_of, offered_at, past_of, story_of
from approvals.views.request import ApprovalRequest, back_from, number_from, place_of, today_of
from workflow.core.errors import NotFound, NotPermitted, Stale
from workflow.forms import PlainForm, run_into_form


@require_http_methods(["GET", "POST"])
def approval_decide(request: ApprovalRequest, step_id: int, outcome: str) -> HttpResponse:
    """Show one decision's form, or take the decision.

    :raises NotFound: when there is no such step or decision, or the person may not see it.
    :raises NotPermitted: when he has not the right, or wrote or submitted what is to be decided.
    :raises WrongState: when the step was decided already.
    """
    step = find_step(request.actor, step_id)
    choice = choice_called(step.process.kind, node_of(step), outcome)
    if choice is None:
        raise NotFound
    request.way_back = (reverse("approval", args=[step.process_id]), "Mở lại hồ sơ")
    if request.method == "POST":
        return _do(request, step, choice)
    story = _require_offered(request, step, choice)
    matter = load_matter(step.process, request.actor)
    form = decision_form(choice.form, outcome, initial=_first_values(matter))
    return _show(request, step, choice, form, story=story, matter=matter)


def _first_values(matter: Matter) -> dict[str, object]:
    """Return what a form begins with: the day that was asked for; the checks of a report begin with nothing."""
    return {"new_due": matter.extension.wanted_due} if matter.extension is not None else {}


def _require_offered(request: ApprovalRequest, step: Step, choice: Choice) -> Story:
    """Let pass who may decide now, so that nobody fills in a form in vain; the action asks all of it again."""
    require_waiting(step)
    story = story_of(step.process)
    forget_gone_owner(step, today_of(request))
    refused = why_not(step.process, step, choice, story.hands, by=request.actor)
    if refused:
        raise NotPermitted(refused)
    return story


def _do(request: ApprovalRequest, step: Step, choice: Choice) -> HttpResponse:
    form = decision_form(choice.form, choice.outcome, request.POST)
    if not form.is_valid():
        _require_offered(request, step, choice)
        return _show(request, step, choice, form, status=400)
    version = number_from(request.POST.get("version"))
    approval: Approval = step.process
    hands = story_of(approval).hands
    decided: list[Step] = []

    def run() -> None:
        data = form.cleaned_data
        decided.append(decide(step.pk, choice.outcome, version, data, by=request.actor, now=request.now))

    try:
        done = run_into_form(form, run)
    except Stale as error:
        return _show(request, step, choice, form, stale=error, status=error.status)
    if not done:
        return _show(request, step, choice, form, status=400)
    told = in_his_words(choice, approval.kind, wrote=request.actor.is_one_of(*hands))
    messages.success(request, told.said(ended=decided[0].process.closed_at is not None))
    return redirect(back_from(request, approval))


def _show(
    request: ApprovalRequest,
    step: Step,
    choice: Choice,
    form: PlainForm,
    *,
    story: Story | None = None,
    matter: Matter | None = None,
    stale: Stale | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page with what stands now: after a refusal as stale, the newest version, on which to decide again."""
    approval: Approval = step.process
    story = story or story_of(approval)
    wrote = request.actor.is_one_of(*story.hands)
    offered, _barred = offered_at(request.actor, step, story.hands)
    values = {
        "approval": approval,
        "task": approval.subject,
        "step": step,
        "choice": in_his_words(choice, approval.kind, wrote=wrote),
        "others": [other for other in offered if other.outcome != choice.outcome],
        "form": form,
        "matter": matter or load_matter(approval, request.actor),
        "past": past_of(story),
        "stale": stale,
        "place": place_of(request),
        "back": back_from(request, approval),
    }
    return render(request, "approvals/decide.html", values, status=status)
