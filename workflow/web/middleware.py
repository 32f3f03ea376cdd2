"""Who acts, and when: one actor and one moment a request; and what a page says when an action refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from workflow.actions.login import expire_session
from workflow.core.errors import ActionError
from workflow.queries.unit import load_actor
from workflow.web.clock import site_now
from workflow.web.gate import gate_page
from workflow.web.request import DELEGATION_KEY, SiteRequest, today_of
from workflow.web.views.error import refusal


class ActorMiddleware:
    """Puts `now` and `actor` on the request; every page asks for sign-in unless its view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Give the request its moment and, when signed in, its actor (a handful of queries, once)."""
        site = cast("SiteRequest", request)
        site.now = site_now()
        if request.user.is_authenticated:
            refused = self._load(site)
            if refused is not None:
                return refused
        response = self.get_response(request)
        if request.user.is_authenticated:
            # Pages of a signed-in person stay out of shared and browser caches.
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """Send who is not signed in to the sign-in page, with the way back; hold who must first do something."""
        if request.user.is_authenticated:
            held = gate_page(request)
            return redirect(held) if held is not None else None
        if not getattr(view, "login_required", True):
            return None
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say in Vietnamese what an action refused; every other error goes on to the 500 page."""
        return refusal(request, exception) if isinstance(exception, ActionError) else None

    def _load(self, request: SiteRequest) -> HttpResponseBase | None:
        closed_on = request.user.closed_on
        if closed_on is not None and closed_on <= today_of(request):
            logout(request)
            return redirect("sign-in")
        chosen = request.session.get(DELEGATION_KEY)
        address = str(request.META.get("REMOTE_ADDR", ""))
        try:
            request.actor = load_actor(request.user, now=request.now, delegation_id=chosen, address=address)
        except ActionError:
            if chosen is None:
                raise
            # The delegation ended meanwhile: back to the person's own place, then again.
            del request.session[DELEGATION_KEY]
            return self._load(request)
        return self._time_out(request)

    def _time_out(self, request: SiteRequest) -> HttpResponseBase | None:
        """End a session whose time is over, by the machine's clock, and lead back to the same page after sign-in."""
        now_real = timezone.now()
        idle, longest = timedelta(minutes=settings.SESSION_IDLE_MINUTES), timedelta(hours=settings.SESSION_HOURS)
        if not request.session.is_over(now_real, idle=idle, longest=longest):
            request.session.touch(now_real)
            return None
        expire_session(str(request.session.session_key), by=request.actor, now=request.now)
        logout(request)
        del request.actor
        back, words = (
            request.get_full_path(),
            "Phiên làm việc đã hết thời gian. Đăng nhập lại để tiếp tục ở trang đang mở.",
        )
        if request.method not in {"GET", "HEAD"}:
            back, words = _page_before(request), f"{words} Nội dung vừa gửi chưa được ghi; hãy gửi lại."
        messages.info(request, words)
        return redirect_to_login(back)


def _page_before(request: HttpRequest) -> str:
    """Return the page of this site from which a form was sent, without its host; "/" when it is not known."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host() or not before.path.startswith("/") or before.path.startswith("//"):
        return "/"
    return f"{before.path}?{before.query}" if before.query else before.path
