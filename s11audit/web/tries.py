"""Counting what may not be tried too often, for views that anybody or any session can call."""

from __future__ import annotations

from s11audit.services import throttling
from s11audit.services.throttling import Tried
from s11audit.web.security import machine, network_address, now


def count_try(what: Tried, account: str = "") -> None:
    """Count one try by this account and from the browser's network address.

    Raises TooOftenError, which is answered with a page of its own (status 429). The count stands
    whatever becomes of the request.
    """
    with machine() as writing:
        throttling.check(writing, what, account=account, address=network_address(), now=now())


def forget_tries(what: Tried, account: str) -> None:
    """Let an account start afresh that has just succeeded."""
    with machine() as writing:
        throttling.forget(writing, what, account=account)
