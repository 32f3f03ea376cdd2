"""Deciding many steps of one node at once, from Văn phòng's board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from approvals.actions.bulk import AT_ONCE, Item, bulk_choice, decide_many
from approvals.forms import decision_form
from approvals.queries.inbox import Shown, Waiting, load_steps, texts_of
from approvals.screens import Choice
from approvals.views.request import ApprovalRequest, number_from
from workflow.core.errors import NotFound, NotPermitted, Stale
from workflow.forms import PlainForm
from workflow.permissions import DECIDE, REGISTER, URGE

BOARD = (URGE, REGISTER, DECIDE)
"""Who has something to do on Văn phòng's board."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the page: the step, what stands to be decided, the checkbox's value and whether it is ticked."""

    waiting: Waiting
    shown: Shown
    value: str
    ticked: bool


@require_http_methods(["GET", "POST"])
def decide_at_once(request: ApprovalRequest, kind: str, node: str) -> HttpResponse:
    """Show the steps of one node with their texts, take one decision for those ticked, and list what became of each.

    :raises NotFound: when the node lets nothing be decided for many.
    :raises NotPermitted: when the person has no part in Văn phòng's board.
    :raises Stale: when a line does not say which version it showed.
    """
    choice = bulk_choice(kind, node)
    if choice is None:
        raise NotFound
    if not any(request.actor.holds(codename) for codename in BOARD):
        raise NotPermitted("Trang này dành cho người có nhiệm vụ khác. Ông/bà không có quyền mở.")
    if request.method != "POST":
        return _page(request, kind, node, choice, decision_form(choice.form, choice.outcome), status=200)
    form = decision_form(choice.form, choice.outcome, request.POST)
    items = [_item(value) for value in request.POST.getlist("muc")]
    if not 0 < len(items) <= AT_ONCE:
        said = f"Mỗi lần xử lý được nhiều nhất {AT_ONCE} mục." if items else "Hãy đánh dấu ít nhất một mục."
        form.add_error(None, said)
    if not form.is_valid():
        return _page(request, kind, node, choice, form, status=400)
    results = decide_many(kind, node, items, form.cleaned_data, by=request.actor, now=request.now)
    done = sum(result.done for result in results)
    values = {"kind": kind, "node": node, "choice": choice, "results": results, "done": done}
    return render(request, "approvals/bulk_result.html", values)


def _item(value: str) -> Item:
    """Read one ticked line: the step, and after a full stop the version that the page showed."""
    named, stop, shown = value.partition(".")
    step, version = number_from(named), number_from(shown)
    if step is None or (stop and version is None):
        raise Stale("Trang này không còn mới. Hãy mở lại danh sách rồi làm lại.")
    return Item(step, version)


def _page(
    request: ApprovalRequest, kind: str, node: str, choice: Choice, form: PlainForm, *, status: int
) -> HttpResponse:
    found = load_steps(request.actor, kind=kind, node=node, most=AT_ONCE)
    rows = found[:AT_ONCE]
    values = {
        "kind": kind,
        "node": node,
        "choice": choice,
        "form": form,
        "rows": list(_rows(request, rows)),
        "title": str(rows[0].step.title) if rows else "",
        "more": len(found) > AT_ONCE,
        "most": AT_ONCE,
    }
    return render(request, "approvals/bulk.html", values, status=status)


def _rows(request: ApprovalRequest, rows: list[Waiting]) -> Iterable[Row]:
    """Return the lines; a line that was ticked keeps the version that the person saw, not one that came meanwhile."""
    texts = texts_of(rows)
    ticked = {value.partition(".")[0]: value for value in request.POST.getlist("muc")}
    every = request.method == "GET" and request.GET.get("chon") == "tat-ca"
    for row in rows:
        shown = texts.get(row.step.pk, Shown())
        fresh = f"{row.step.pk}.{shown.version}" if shown.version is not None else str(row.step.pk)
        kept = ticked.get(str(row.step.pk))
        yield Row(row, shown, kept or fresh, every or kept is not None)
