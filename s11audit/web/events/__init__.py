"""The history: searched by those who answer for it."""

from __future__ import annotations

from s11audit.web.events import searching
from s11audit.web.events.pages import blueprint

__all__ = ["blueprint", "searching"]
