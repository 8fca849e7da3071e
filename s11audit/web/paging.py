"""Which page of a long list the address asks for."""

from __future__ import annotations

from flask import request

# Beyond any list, but not beyond what a database can count to.
LAST_PAGE = 100_000


def asked_page() -> int:
    """The number of the page, from 1; the first where the address names none that could be."""
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
