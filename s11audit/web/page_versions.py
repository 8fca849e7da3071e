"""Which version of a thing a page showed, so that nothing written meanwhile is lost unseen."""

from __future__ import annotations

from flask import request

_LARGEST = 2**31 - 1  # what a column of either database holds


def page_version(name: str = "version") -> int:
    """The number in the hidden box of that name; -1, which no row has, where it is none."""
    version = request.form.get(name, -1, type=int)
    return version if 0 <= version <= _LARGEST else -1
