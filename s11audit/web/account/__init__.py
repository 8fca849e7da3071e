"""Signing in and out, and one's own account."""

from __future__ import annotations

from s11audit.web.account import parked, password, showing, signing_in
from s11audit.web.account.pages import blueprint

__all__ = ["blueprint", "parked", "password", "showing", "signing_in"]
