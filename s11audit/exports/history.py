"""A search of the history as a file of comma-separated values, for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from s11audit.domain.dates import LONDON
from s11audit.exports.plain_text import looks_like_formula
from s11audit.queries.events import ListedEvent

HEADINGS = ("Number", "When (London)", "Who", "What", "Change", "From (address)")
# By this Excel knows that the file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"


def write_history(events: Iterable[ListedEvent]) -> bytes:
    """The events as UTF-8, a line each, in their order."""
    lines = StringIO(BYTE_ORDER_MARK)
    lines.seek(0, 2)
    writer = csv.writer(lines)
    writer.writerow(HEADINGS)
    for event in events:
        when = event.happened_at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S")
        texts = (event.who or "s11audit", event.what, event.change, event.address)
        writer.writerow((event.id, when, *(as_text(text) for text in texts)))
    return lines.getvalue().encode()


def as_text(text: str) -> str:
    """The text, marked as such where a spreadsheet would compute it."""
    return f"'{text}" if looks_like_formula(text) else text
