"""What was found in texts of late: a page shows the same texts again after each save.

A text is known by its digest; none is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from threading import Lock

from s11audit.domain.guard import Hit, find

MOST_TEXTS = 5_000


class RecentTexts:
    """Looks into a text once, as long as it is among the `most` that were looked at last."""

    def __init__(self, most: int = MOST_TEXTS) -> None:
        self._most = most
        self._found: OrderedDict[bytes, tuple[Hit, ...]] = OrderedDict()
        self._lock = Lock()

    def find(self, text: str) -> tuple[Hit, ...]:
        """What `s11audit.domain.guard.find` finds."""
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            if digest in self._found:
                self._found.move_to_end(digest)
                return self._found[digest]
        hits = tuple(find(text))
        with self._lock:
            self._found[digest] = hits
            if len(self._found) > self._most:
                self._found.popitem(last=False)
        return hits
