"""What holds a person who has signed in until he has done it: setting a second factor, setting a new password."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from workflow.choices import Gate

GATES_KEY = "gates"
AFTER_KEY = "after_gates"
"""Where the session keeps what is still to be done, and the page asked for at first."""

PAGES = {Gate.FACTOR: "factor", Gate.PASSWORD: "password"}
OPEN_PAGES = frozenset({"sign-in", "sign-in-code", "sign-out", "factor", "factor-picture", "password"})
"""Address names that stay open meanwhile."""


def set_gates(request: HttpRequest, gates: Sequence[Gate], after: str) -> str:
    """Note what must be done first and the page to go to then; return where to go now."""
    if not gates:
        return after
    request.session[GATES_KEY] = [str(gate) for gate in gates]
    request.session[AFTER_KEY] = after
    return PAGES[gates[0]]


def pass_gate(request: HttpRequest, gate: Gate, otherwise: str) -> str:
    """Note that one thing is done; return where to go: the next thing, the page asked for at first, or `otherwise`."""
    held = list(request.session.get(GATES_KEY, []))
    if gate not in held:
        return otherwise
    held.remove(gate)
    if held:
        request.session[GATES_KEY] = held
        return PAGES[Gate(held[0])]
    del request.session[GATES_KEY]
    return str(request.session.pop(AFTER_KEY, "/"))


def held_by(request: HttpRequest) -> Gate | None:
    """Return what must be done first, if anything."""
    session = getattr(request, "session", None)  # A request refused for its host never came as far as the session.
    held = session.get(GATES_KEY) if session is not None else None
    return Gate(held[0]) if held else None


def gate_page(request: HttpRequest) -> str | None:
    """Return the name of the page that must be done first when this one is closed until then."""
    gate = held_by(request)
    match = request.resolver_match
    if gate is None or (match is not None and match.url_name in OPEN_PAGES):
        return None
    return PAGES[gate]
