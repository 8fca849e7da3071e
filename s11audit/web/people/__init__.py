"""The manager's pages of people and agencies."""

from __future__ import annotations

from s11audit.web.people import agencies, persons  # noqa: F401 - they add their views
from s11audit.web.people.pages import blueprint

__all__ = ["blueprint"]
