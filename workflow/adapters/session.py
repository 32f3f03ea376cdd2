"""Where sessions are kept: Django's database store, with a row that names its person and when it was last used.

Set as `SESSION_ENGINE`. The row is read with the session, so that judging its age and listing a person's sessions
costs no statement of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from workflow.models import SignInSession

PLACES = {"address": 64, "device": 300}
"""Under which names the sign-in page leaves the machine's address and the browser in the session; their lengths."""

TOUCH_EVERY = timedelta(minutes=1)
"""How often at most a session's use is written down."""


class SessionStore(DatabaseStore):
    """Sessions as rows of SignInSession."""

    row: SignInSession | None = None

    @classmethod
    def get_model_class(cls) -> type[SignInSession]:
        """Return the table of the sessions."""
        return SignInSession

    def load(self) -> dict[str, Any]:
        """Read the session and keep its row."""
        self.row = self._get_session_from_db()  # type: ignore[attr-defined]
        return self.decode(self.row.session_data) if self.row is not None else {}

    def create_model_instance(self, data: dict[str, Any]) -> SignInSession:
        """Return the row to be saved: a session keeps its beginning, a new key begins anew."""
        fresh = cast("SignInSession", super().create_model_instance(data))
        now = timezone.now()
        kept = self.row if self.row is not None and self.row.session_key == fresh.session_key else None
        fresh.began_at = kept.began_at if kept else now
        fresh.seen_at = now
        person = data.get(SESSION_KEY)
        fresh.person_id = int(person) if person is not None else None
        fresh.address, fresh.device = (str(data.get(key, ""))[:limit] for key, limit in PLACES.items())
        self.row = fresh
        return fresh

    def is_over(self, now_real: datetime, *, idle: timedelta, longest: timedelta) -> bool:
        """Tell whether the session was left alone, or has lasted, too long."""
        row = self.row
        return row is not None and (now_real - row.seen_at > idle or now_real - row.began_at > longest)

    def touch(self, now_real: datetime) -> None:
        """Note that the session is used; writes at most once in `TOUCH_EVERY`."""
        row = self.row
        if row is not None and now_real - row.seen_at >= TOUCH_EVERY:
            SignInSession.objects.filter(pk=row.pk, seen_at__lt=now_real).update(seen_at=now_real)
            row.seen_at = now_real
