"""Requests that scripts of our pages make, beside those of links and forms."""

from __future__ import annotations

from flask import request


def wants_json() -> bool:
    """Whether a script asks, which has no use for a page or for the way to one."""
    return request.accept_mimetypes.best == "application/json"
