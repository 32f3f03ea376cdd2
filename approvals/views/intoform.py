"""Running an action so that what it finds wrong comes back at the form's fields."""

from __future__ import annotations

from collections.abc import Callable

from approvals.forms import PlainForm
from workflow.core.errors import Invalid

SAME = {"reason": "note", "note": "reason", "advice": "reason", "decision": "reason"}
"""What an action may call the text that the form calls otherwise."""


def run_into_form(form: PlainForm, run: Callable[[], object]) -> bool:
    """Run an action; what it finds wrong goes to the form's fields. Tells whether it was done."""
    try:
        run()
    except Invalid as error:
        rest = []
        for name, words in error.fields.items():
            field = name if name in form.fields else SAME.get(name, "")
            if field in form.fields:
                form.add_error(field, words)
            else:
                rest.append(words)
        if rest or not error.fields:
            form.add_error(None, " ".join(rest) or str(error))
        return False
    return True
