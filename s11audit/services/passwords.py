"""Passwords: hashed with argon2id, checked in equal time whether or not the person exists."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

# Letters and digits that are not taken for one another when read out or copied from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 4

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """An argon2id hash with a salt of its own."""
    return _hasher.hash(_normal(password))


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether this is the password of that hash. None (no such person) takes as long to refuse."""
    try:
        fits = _hasher.verify(password_hash or _nobodys_hash(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def made_up_password() -> str:
    """A random password of 79 bits that can be read out, such as `k7mp-3xwd-fh2r-9tbn`."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def what_is_wrong_with(password: str) -> str:
    """Why this cannot be a new password, as a sentence; empty where it can."""
    if len(password) < SHORTEST_PASSWORD:
        return f"Use a password of {SHORTEST_PASSWORD} characters or more"
    if len(password) > LONGEST_PASSWORD:
        return f"Use a password of {LONGEST_PASSWORD} characters or fewer"
    if len(set(password)) == 1:
        return "Use a password that is not one character again and again"
    return ""


def _normal(password: str) -> str:
    """The same letters, however a keyboard composes them."""
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe())
