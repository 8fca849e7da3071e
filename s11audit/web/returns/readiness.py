"""Saying of a standard, while its answers are saved, that it is ready to be checked or is not."""

from __future__ import annotations

from flask import flash, request

from s11audit.domain.numbers import counted
from s11audit.domain.questionnaire import Standard
from s11audit.services.colleagues import mark_not_ready, mark_ready
from s11audit.web.returns.desk import Desk
from s11audit.web.security import db, now, viewer

READY, NOT_READY = "ready", "not-ready"
READY_CHOICES = frozenset({READY, NOT_READY})


def mark_as_asked(desk: Desk, standard_id: str) -> None:
    """What the button that was pressed says of the standard, in the transaction that saves it."""
    wanted = request.form.get("next")
    if wanted == READY:
        mark_ready(db(), desk.agency_return, standard_id, by=viewer(), now=now())
    elif wanted == NOT_READY:
        mark_not_ready(db(), desk.agency_return, standard_id, by=viewer(), now=now())


def tell_what_is_ready(desk: Desk, asked: Standard) -> None:
    """Say on the next page that it is done, and what is missing all the same."""
    if request.form.get("next") == NOT_READY:
        flash(f"“{asked.title}” is saved, and is not marked as ready.", "success")
        return
    told = f"“{asked.title}” is saved and marked as ready to check."
    missing = len(desk.gaps(asked.id))
    if missing:
        told += f" {counted(missing, 'thing is', 'things are')} still missing in it."
    flash(told, "message" if missing else "success")
