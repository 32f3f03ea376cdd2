"""What an action says when it refuses: one class a kind of refusal, each with a plain Vietnamese message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class ActionError(Exception):
    """An action refused; nothing was changed. `str(error)` says what is wrong and what to do."""

    status = 400


class NotFound(ActionError):
    """The thing does not exist, or this person may not see it: both look the same (404)."""

    status = 404

    def __init__(self, message: str = "Không tìm thấy nội dung này, hoặc ông/bà không được xem.") -> None:
        super().__init__(message)


class NotPermitted(ActionError):
    """The person sees the thing but may not do this to it (403)."""

    status = 403


class WrongState(ActionError):
    """The thing is in a state in which this can't be done (409)."""

    status = 409


class Stale(WrongState):
    """What the person saw is no longer the newest (409). `changes` are the lines that differ, where they are kept."""

    changes: Sequence[object] = ()


class Damaged(ActionError):
    """What is stored is no longer what was stored (500): nothing is shown of it, and somebody must look."""

    status = 500


class Invalid(ActionError):
    """What was typed is wrong (400). `fields` maps a field's name to what is wrong with it and what to do."""

    status = 400

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields: dict[str, str] = dict(fields or {})

    @classmethod
    def of(cls, **fields: str) -> Invalid:
        """Make the error from its fields; the message is theirs, joined."""
        return cls(" ".join(fields.values()), fields)
