"""Passwords: hashed with argon2id, checked in equal time whether or not the person exists.

What makes a good one is its length and that nobody guesses it: no rules about kinds of characters
(NIST SP 800-63B). Whether it is guessed is judged offline, by zxcvbn and its list of passwords
that were stolen elsewhere.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import lru_cache
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
# Nobody's password is as long, however it is typed; a book sent as one costs no time.
MOST_READ = 1000

# Letters and digits that are not taken for one another when read out or copied from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 4

# What anybody would try first here, besides the person's own name and address.
_OUR_WORDS = ("s11audit", "section 11", "section11", "safeguarding", "partnership")
# zxcvbn's second best of 0 to 4: guessed in 100 million tries or more. It reads so many characters.
_HARD_ENOUGH = 3
_READ_BY_ZXCVBN = 72
# zxcvbn keeps the person's words where every thread sees them.
_one_at_a_time = Lock()

WHAT_TO_DO = "Use three or four random words, such as names of things that do not belong together"

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """An argon2id hash with a salt of its own."""
    return _hasher.hash(_normal(password))


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether this is the password of that hash.

    None (no such person) and an empty hash (no password was ever set) take as long to refuse.
    """
    nobodys = _nobodys_hash()  # made on either path, so that the first caller learns nothing
    try:
        fits = _hasher.verify(password_hash or nobodys, _normal(password[:MOST_READ]))
    except (VerificationError, InvalidHashError):
        return False
    return fits and bool(password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def made_up_password() -> str:
    """A random password of 79 bits that can be read out, such as `k7mp-3xwd-fh2r-9tbn`."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def what_is_wrong_with(password: str, name: str, email: str) -> str:
    """Why this cannot be the new password of that person, as a sentence; empty where it can."""
    password = _normal(password)
    if len(password) < SHORTEST_PASSWORD:
        return f"Use a password of {SHORTEST_PASSWORD} characters or more"
    if len(password) > LONGEST_PASSWORD:
        return f"Use a password of {LONGEST_PASSWORD} characters or fewer"
    if password.lower() in _stolen_passwords():
        return f"Many people use that password, so it is tried first. {WHAT_TO_DO}"
    if _is_guessable(password, _words_about(name, email)):
        return f"That password is too easy to guess. {WHAT_TO_DO}"
    return ""


@lru_cache(maxsize=1)
def _stolen_passwords() -> frozenset[str]:
    """The 30,000 most used passwords of published break-ins, as zxcvbn brings them along."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 80 ms, only when a password is chosen

    return frozenset(FREQUENCY_LISTS["passwords"])


def _is_guessable(password: str, words: list[str]) -> bool:
    from zxcvbn import zxcvbn

    with _one_at_a_time:
        judged = zxcvbn(password[:_READ_BY_ZXCVBN], user_inputs=words)
    return bool(judged["score"] < _HARD_ENOUGH)


def _words_about(name: str, email: str) -> list[str]:
    """What somebody who knows the person would try: their names, and parts of the address."""
    parts = [name, email, email.partition("@")[0], *re.split(r"[\W_]+", f"{name} {email}")]
    return [part for part in (*parts, *_OUR_WORDS) if part]


def _normal(password: str) -> str:
    """The same letters, however a keyboard composes them."""
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe())
