"""Which page of a long list the address asks for, and the addresses of the others."""

from __future__ import annotations

from flask import request, url_for

# Beyond any list, but not beyond what a database can count to.
LAST_PAGE = 100_000


def asked_page() -> int:
    """The number of the page, from 1; the first where the address names none that could be."""
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)


def page_address(page: int) -> str:
    """This address, with everything else that it asks for, of another page of its list."""
    kept = {name: value for name, value in request.args.items() if name != "page"}
    place = request.view_args or {}
    return url_for(request.endpoint or "", **{**place, **kept, "page": str(page)})
