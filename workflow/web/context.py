"""What every page's frame shows: the rail, the person, unread notices, the demonstration's banner."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from workflow.permissions import SEE
from workflow.queries.noticelist import count_unread
from workflow.queries.rulebook import load_rulebook
from workflow.web.gate import held_by
from workflow.web.navigation import places_for


def _current(path: str, prefix: str) -> bool:
    return path == "/" if prefix == "/" else path.startswith(prefix)


def frame(request: HttpRequest) -> dict[str, object]:
    """Return the frame's values; the calendar is read only when a template asks a working-day phrase."""
    now = getattr(request, "now", None) or timezone.now()
    actor = getattr(request, "actor", None)
    values: dict[str, object] = {
        "now": now,
        "today": timezone.localdate(now),
        "actor": actor,
        "demonstration": settings.DEMONSTRATION,
        "calendar": SimpleLazyObject(lambda: load_rulebook().calendar),
    }
    if actor is not None:
        open_to_him = held_by(request) is None
        values["searches"] = open_to_him and actor.holds(SEE)
        places = places_for(actor) if open_to_him else []
        values["places"] = [(place, _current(request.path, place.prefix)) for place in places]
        values["unread"] = SimpleLazyObject(lambda: count_unread(actor))
    return values
