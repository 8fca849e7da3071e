"""A text as a reader sees it, without what hides or disguises characters, and the way back.

Zero-width characters, soft hyphens, odd spaces and dashes, full-width letters and digits of other
scripts all look like something plain. The rules look at the plain text; what they find is given
back in places of the text that was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Letters of other alphabets that nobody can tell from Latin ones.
_LOOK_ALIKES = dict(
    zip(
        "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0430\u0441\u0435\u0456\u0458\u043e\u0440\u0455\u0443\u0445\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
        "ABESIJKMHOPCTYXaceijopsyxABEZHIKMNOPTYXo",
        strict=True,
    )
)
_PLAIN = {
    **_LOOK_ALIKES,
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u2043", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc\u2032\uff07`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u2033", '"'),
    **dict.fromkeys("\u2028\u2029\x0b\x0c\x85\r", "\n"),
    **dict.fromkeys("\u2024\u3002\uff0e", "."),
    "\u2044": "/",
    "\u2215": "/",
}
# Of a character's category: what takes no room on the page. Some fillers count as letters.
_UNSEEN = frozenset({"Cf", "Cc", "Cs"})
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f`]")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5")


@dataclass(frozen=True)
class Normal:
    """`text` is what the rules look at; `starts` has for each of its characters the place in the
    original, and at the end that original's length. None means that the places are the same."""

    text: str
    starts: Sequence[int] | None = None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The same stretch of the original text."""
        if self.starts is None:
            return start, end
        first = self.starts[start]
        last = self.starts[end - 1]
        after = next((one for one in self.starts[end:] if one > last), self.starts[-1])
        return first, max(after, last + 1)


def normal(text: str) -> Normal:
    """The text to look at. Plain ASCII is that already."""
    if text.isascii() and not _CONTROLS.search(text):
        return Normal(text)
    plain: list[str] = []
    starts: list[int] = []
    for start, cluster in _clusters(text):
        is_half = cluster == "\r" and text.startswith("\n", start + 1)
        seen = "" if is_half else _seen(cluster)
        plain.append(seen)
        starts += [start] * len(seen)
    return Normal("".join(plain), [*starts, len(text)])


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Each character with the marks that stand on it, and its place."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, text[start:place]
            start = place


def _seen(cluster: str) -> str:
    if cluster in _PLAIN:
        return _PLAIN[cluster]
    if cluster in "\n\t" or (cluster.isascii() and cluster.isprintable()):
        return cluster
    one = cluster[0]
    if one in _FILLERS or unicodedata.category(one) in _UNSEEN:
        return cluster[1:] and unicodedata.normalize("NFKC", cluster[1:])
    if unicodedata.category(one) == "Nd":
        return str(unicodedata.decimal(one))
    if unicodedata.category(one) == "Zs":
        return " "
    wide = unicodedata.normalize("NFKC", cluster)
    return "".join(_PLAIN.get(part, part) for part in wide)
