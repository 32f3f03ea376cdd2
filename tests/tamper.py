"""Reaching behind the door: raw SQL on the trail with its triggers off, as somebody with the database would."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from workflow.core.hashchain import GENESIS, canonical, link
from workflow.models import AuditEvent

TRIGGERS = importlib.import_module("workflow.migrations.0002_append_only_trail")


@contextmanager
def triggers_off() -> Iterator[None]:
    """Switch the triggers off inside the test's transaction, and on again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TRIGGERS.TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            for table in TRIGGERS.TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = cursor.fetchall()
        for name, _text in kept:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, text in kept:
            cursor.execute(text)


def run(text: str, values: Sequence[object] = ()) -> int:
    """Run one raw statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(text, list(values))
        return cursor.rowcount


def tamper(text: str, values: Sequence[object] = ()) -> None:
    """Run one raw statement with the triggers off; it must touch a row."""
    with triggers_off():
        assert run(text, values) > 0


def event(chain: str, seq: int) -> AuditEvent:
    """Return one stored event."""
    return AuditEvent.objects.get(chain=chain, seq=seq)


def rewrite_chain(chain: str, seq: int, **changes: object) -> str:
    """Change one event's body and rehash it and everything after it consistently; return the new head."""
    previous = GENESIS
    with triggers_off():
        for row in AuditEvent.objects.filter(chain=chain).order_by("seq"):
            body = json.loads(row.body)
            if row.seq == seq:
                body |= changes
            text = canonical(body)
            digest = link(previous, text)
            run(
                "UPDATE workflow_auditevent SET body = %s, previous_hash = %s, hash = %s WHERE id = %s",
                [text, previous, digest, row.pk],
            )
            previous = digest
    return previous
