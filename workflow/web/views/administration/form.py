"""One page of an administrator's form: show it, do the ONE action, go on."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workflow.forms import PlainForm, run_into_form
from workflow.web.request import SiteRequest


def form_page(
    request: SiteRequest,
    form: PlainForm,
    run: Callable[[], object],
    *,
    title: str,
    button: str,
    done: str,
    after: str,
    consequence: str = "",
) -> HttpResponse:
    """Show the form, or run the action and go to `after` (an address) with the words `done`."""
    if request.method == "POST" and form.is_valid() and run_into_form(form, run):
        messages.success(request, done)
        return redirect(after)
    values = {"form": form, "title": title, "button": button, "consequence": consequence, "back": after}
    return render(request, "workflow/administration/form.html", values, status=400 if form.errors else 200)
