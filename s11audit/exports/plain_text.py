"""Text that any XML file can hold, whatever somebody typed or pasted."""

from __future__ import annotations

import re

# With these a spreadsheet takes a text for a formula once it is read from CSV, or edited. East
# Asian keyboards type the wide ones.
FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
REPLACEMENT = "\ufffd"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """Line ends as one character each, and characters that XML forbids as �."""
    if text.isprintable():  # nearly always, and quick to know
        return text
    return _FORBIDDEN.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))


def looks_like_formula(text: str) -> bool:
    """Whether some spreadsheet would compute it, were it not marked as text."""
    return text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
