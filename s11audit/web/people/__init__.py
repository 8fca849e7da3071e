"""The manager's pages of people and agencies."""

from __future__ import annotations

from s11audit.web.people import (  # noqa: F401 - they add their views
    agencies,
    agency_lists,
    bulk,
    colleagues,
    email_links,
    invitations,
    leaving,
    links,
    persons,
    takeovers,
)
from s11audit.web.people.pages import blueprint

__all__ = ["blueprint"]
