"""Signing in and out, and one's own account."""

from __future__ import annotations

from s11audit.web.account import (
    codes,
    email_links,
    joining,
    openid,
    openid_accounts,
    own_data,
    parked,
    passkeys,
    password,
    proving,
    second_factors,
    sessions,
    showing,
    signing_in,
)
from s11audit.web.account.pages import blueprint

__all__ = [
    "blueprint",
    "codes",
    "email_links",
    "joining",
    "openid",
    "openid_accounts",
    "own_data",
    "parked",
    "passkeys",
    "password",
    "proving",
    "second_factors",
    "sessions",
    "showing",
    "signing_in",
]
