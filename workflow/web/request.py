"""The request as the pages know it: with the acting person and the moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from workflow.core.errors import NotPermitted
from workflow.permissions import Actor

MAX_ID = 2**63 - 1

DELEGATION_KEY = "delegation_id"
"""Where the session keeps the delegation under which the person chose to act."""


class SiteRequest(HttpRequest):
    """A request that ActorMiddleware prepared; `actor` is there on every page but sign-in."""

    actor: Actor
    now: datetime
    session: Any  # The store of SESSION_ENGINE (workflow.adapters.session), which knows how old a session is.
    user: Any  # The site's Person when signed in; tables stay out of what pages import.


def today_of(request: SiteRequest) -> date:
    """Return the local day of the request's moment."""
    return timezone.localdate(request.now)


def require(actor: Actor, *codenames: str) -> None:
    """Let pass who holds one of the rights on some unit.

    :raises NotPermitted: when the person holds none of them.
    """
    if not any(actor.holds(codename) for codename in codenames):
        raise NotPermitted("Trang này dành cho người có nhiệm vụ khác. Ông/bà không có quyền mở.")


def typed(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, even when empty; None when nothing was sent."""
    return request.POST if request.method == "POST" else None


def number_from(text: str | None) -> int | None:
    """Read a whole, positive number from an address or a form; None when it is none."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_ID)):
        return None
    number = int(text)
    return number if 0 < number <= MAX_ID else None


def day_from(text: str | None) -> date | None:
    """Read a day written 2022-11-18 from an address; None when it is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
