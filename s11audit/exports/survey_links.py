"""Links of a survey as a file of comma-separated values, for whoever hands them out."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from io import StringIO

from s11audit.exports.history import BYTE_ORDER_MARK, as_text

HEADINGS = ("Agency reference", "Agency", "Type of agency", "Link")


@dataclass(frozen=True)
class HandedLink:
    """An agency, and the link that its staff answer by."""

    agency_reference: str
    agency: str
    agency_type: str
    link: str


def write_survey_links(links: Iterable[HandedLink]) -> bytes:
    """The links as UTF-8, a line each, in their order."""
    lines = StringIO(BYTE_ORDER_MARK)
    lines.seek(0, 2)
    writer = csv.writer(lines)
    writer.writerow(HEADINGS)
    for one in links:
        writer.writerow(as_text(text) for text in astuple(one))
    return lines.getvalue().encode()
