"""Choosing agencies for a round by their types, without a script."""

from __future__ import annotations

from flask import request

from s11audit.web.rounds.forms import AgenciesForm


def wants_list(form: AgenciesForm) -> bool:
    """Whether the agencies of the ticked types are to be ticked one by one, to clear a few.

    Ticks them then. A browser presses the first button of a form when somebody types Enter in a
    box, which means something only once a type is ticked.
    """
    if "tick" not in request.form or not form.types.data:
        return False
    form.tick_types()
    return True
