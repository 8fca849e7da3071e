"""Rounds: the list, one round's page, setting one up and running it."""

from __future__ import annotations

from s11audit.web.rounds import (
    dates,
    local_questions,
    plain,
    programme,
    reminders,
    return_rate,
    running,
    setting_up,
    showing,
    terms,
)
from s11audit.web.rounds.pages import blueprint

__all__ = [
    "blueprint",
    "dates",
    "local_questions",
    "plain",
    "programme",
    "reminders",
    "return_rate",
    "running",
    "setting_up",
    "showing",
    "terms",
]
