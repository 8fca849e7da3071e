"""Tokens that a browser or a link holds, and of which only a digest is stored.

The digest is `s11audit.queries.people.token_digest`.
"""

from __future__ import annotations

import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """A random text of 256 bits that can stand in an address as it is."""
    return secrets.token_urlsafe(TOKEN_BYTES)
