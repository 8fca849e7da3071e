"""Links of invitations as a file of comma-separated values, for whoever hands them over."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from io import StringIO

from s11audit.exports.history import BYTE_ORDER_MARK, as_text

HEADINGS = ("Name", "E-mail address", "Role", "For", "Link")


@dataclass(frozen=True)
class InvitationLink:
    """Whom a link is for, and what it offers them."""

    name: str
    email: str
    role: str
    place: str
    link: str


def write_links(links: Iterable[InvitationLink]) -> bytes:
    """The links as UTF-8, a line each, in their order."""
    lines = StringIO(BYTE_ORDER_MARK)
    lines.seek(0, 2)
    writer = csv.writer(lines)
    writer.writerow(HEADINGS)
    for one in links:
        writer.writerow(as_text(text) for text in astuple(one))
    return lines.getvalue().encode()
