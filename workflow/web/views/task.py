"""Nhiệm vụ: the list, one task's page, and its files."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workflow.actions.document import drafting_units
from workflow.choices import TaskKind
from workflow.core.errors import NotFound
from workflow.permissions import DECIDE, DO, SEE, URGE
from workflow.queries.explain import explain_task
from workflow.queries.rulebook import load_rulebook
from workflow.queries.tasklist import DUE_CHOICES, RESULT_CHOICES, STATE_CHOICES, TaskFilter, filter_choices, list_tasks
from workflow.queries.taskpage import find_attachment, load_task_facts
from workflow.queries.trail import task_events
from workflow.web.acts import acts_for
from workflow.web.request import SiteRequest, day_from, number_from, require, today_of

FILTERS = ("chu", "don-vi", "trang-thai", "han", "ke-hoach", "loai", "ngay", "ket-qua", "nam")


def read_filter(request: SiteRequest) -> TaskFilter:
    """Read the filter from the address; what is not understood is left out."""
    asked = request.GET
    states = {key for key, _words in STATE_CHOICES}
    results = {key for key, _words in RESULT_CHOICES}
    year = number_from(asked.get("nam"))
    dues = {key for key, _words in DUE_CHOICES}
    state = asked.get("trang-thai", "open")
    return TaskFilter(
        text=asked.get("chu", "")[:200],
        unit_id=number_from(asked.get("don-vi")),
        state=state if state in states else "open",
        due=asked.get("han", "") if asked.get("han", "") in dues else "",
        result=asked.get("ket-qua", "") if asked.get("ket-qua", "") in results else "",
        year=year if year is not None and 2000 <= year < 2100 else None,
        day=day_from(asked.get("ngay")),
        plan_id=number_from(asked.get("ke-hoach")),
        kind=asked.get("loai", "") if asked.get("loai", "") in TaskKind.values else "",
    )


@require_safe
def task_list(request: SiteRequest) -> HttpResponse:
    """The tasks that the person may see, filtered."""
    require(request.actor, SEE)
    wanted = read_filter(request)
    calendar = load_rulebook().calendar
    page = list_tasks(
        request.actor, wanted, today=today_of(request), calendar=calendar, after=request.GET.get("sau", "")[:40]
    )
    units, plans = filter_choices(request.actor)
    kept = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    values = {
        "page": page,
        "wanted": wanted,
        "units": units,
        "plans": plans,
        "states": STATE_CHOICES,
        "dues": DUE_CHOICES,
        "results": RESULT_CHOICES,
        "kinds": TaskKind.choices,
        "kept": urlencode(kept),
        "kept_but_due": urlencode({name: value for name, value in kept.items() if name != "han"}),
        "narrowed": bool(kept),
        "paged": "sau" in request.GET,
        "may_open_province": request.actor.holds(URGE) or request.actor.holds(DECIDE),
        "may_open_dossier": request.actor.holds(DO),
    }
    return render(request, "workflow/task/list.html", values)


@require_safe
def task_page(request: SiteRequest, task_id: int) -> HttpResponse:
    """One task with everything that hangs on it and what this person may do now."""
    facts = load_task_facts(request.actor, task_id, now=request.now)
    values = {
        "facts": facts,
        "task": facts.task,
        "offers": acts_for(facts),
        "drafts": bool(drafting_units(request.actor, facts.task, on=today_of(request))),
        "explanation": explain_task(facts.task, at=None, now=request.now),
        "events": task_events(facts.task, request.actor),
    }
    return render(request, "workflow/task/page.html", values)


@require_safe
def attachment(request: SiteRequest, attachment_id: int) -> FileResponse:
    """A file of a task that the person may see, always as a download."""
    found = find_attachment(request.actor, attachment_id)
    if not default_storage.exists(found.stored_as):
        raise NotFound("Tệp này không còn trong kho lưu trữ. Hãy báo quản trị.")
    content = default_storage.open(found.stored_as, "rb")
    return FileResponse(content, as_attachment=True, filename=found.name, content_type="application/octet-stream")
