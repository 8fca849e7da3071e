"""Remembering who looked at what is about a child: permissions whose rule says `traced`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

from s11audit.domain.access import RULES
from s11audit.domain.event_kinds import SEEN
from s11audit.services.events import Belonging, record
from s11audit.web.security import declared_permission, machine, now, viewer

View = TypeVar("View", bound=Callable[..., Any])


def init_app(app: Flask) -> None:
    app.after_request(_remember)


def looks_at(noun: str, argument: str) -> Callable[[View], View]:
    """Declare what a traced view shows: `looks_at("case", "reference")` is case C2 of /cases/C2."""

    def declare(view: View) -> View:
        view.looks_at = (noun, argument)  # type: ignore[attr-defined]
        return view

    return declare


def shows(thing: Belonging, subject: str = "") -> None:
    """Say whose history the look at this page belongs to, and what other events of it call it.

    Without `subject` it is called as `looks_at` says.
    """
    g.shown, g.shown_as = thing, subject


def is_traced(app: Flask, endpoint: str) -> bool:
    """Whether every look at this page is remembered."""
    permission = declared_permission(app, endpoint)
    return permission is not None and RULES[permission].traced


def what_is_looked_at(app: Flask, endpoint: str) -> tuple[str, str] | None:
    """The noun, and the part of the address that names which: see `looks_at`."""
    return getattr(app.view_functions[endpoint], "looks_at", None)


def _remember(response: Response) -> Response:
    """Write down who sees the page before they do: without that, they see an error instead."""
    endpoint = request.endpoint
    if endpoint is None or request.method != "GET" or response.status_code != 200:
        return response
    if not is_traced(current_app, endpoint):
        return response
    declared = what_is_looked_at(current_app, endpoint)
    if declared is None:
        raise LookupError(f"{endpoint} is traced but does not say what it looks at")
    noun, argument = declared
    subject = g.get("shown_as") or f"{noun} {(request.view_args or {})[argument]}"
    with machine() as session:
        of: Belonging | None = g.get("shown")
        record(session, SEEN, subject, by=viewer().user_id, at=now(), of=of)
    return response
