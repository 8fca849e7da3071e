"""Surveys of practitioners: the page that staff answer on, and those of whoever runs and reads."""

from __future__ import annotations

from s11audit.web.surveys import (
    answering,
    links,
    replies,
    results,
    running,
    setting_up,
    showing,
)
from s11audit.web.surveys.pages import blueprint

__all__ = [
    "answering",
    "blueprint",
    "links",
    "replies",
    "results",
    "running",
    "setting_up",
    "showing",
]
