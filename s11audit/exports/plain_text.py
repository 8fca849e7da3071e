"""Text that any XML file can hold, whatever somebody typed or pasted."""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """Line ends as one character each, and characters that XML forbids as �."""
    if text.isprintable():  # nearly always, and quick to know
        return text
    return _FORBIDDEN.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))
