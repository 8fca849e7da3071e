"""Small files that support answers, made from what papers.yaml says is in them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from s11audit.services.evidence import NewFile

_MEDIA_TYPES = {"pdf": "application/pdf", "csv": "text/csv"}
# A4 upright, in points, with the first line of text at the top left.
_PAGE, _LEFT, _TOP = (595, 842), 56, 770
_HEADING, _BODY = 16, 10
_SPACE = 16


def made_up_file(paper: Mapping[str, Any]) -> NewFile:
    """The file of one entry of papers.yaml: a table as CSV, or lines of text as a page of PDF."""
    if "rows" in paper:
        raw, ending = _table(paper["rows"]), "csv"
    else:
        raw, ending = _page(paper["title"], paper["lines"]), "pdf"
    name = f"{paper['name']}.{ending}"
    return NewFile(name, _MEDIA_TYPES[ending], raw, hashlib.sha256(raw).hexdigest())


def _table(rows: Sequence[Sequence[Any]]) -> bytes:
    written = StringIO()
    csv.writer(written).writerows(rows)
    # With the mark by which Excel knows that this is UTF-8.
    return written.getvalue().encode("utf-8-sig")


def _page(title: str, lines: Sequence[str]) -> bytes:
    """One page with a heading and short lines, in a typeface that every reader has."""
    drawn = b"".join(_drawn(title, lines))
    width, height = _PAGE
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 5 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>" % (width, height),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Title (%s) >>" % _escaped(title),
    ]
    return _with_places(objects)


def _drawn(title: str, lines: Sequence[str]) -> Iterator[bytes]:
    yield b"BT /F1 %d Tf %d %d Td (%s) Tj " % (_HEADING, _LEFT, _TOP, _escaped(title))
    yield b"/F1 %d Tf %d TL T* T* " % (_BODY, _SPACE)
    for line in lines:
        yield b"(%s) Tj T* " % _escaped(line)
    yield b"ET"


def _escaped(text: str) -> bytes:
    for sign in "\\()":
        text = text.replace(sign, f"\\{sign}")
    return text.encode("cp1252")


def _with_places(objects: Sequence[bytes]) -> bytes:
    """A whole PDF: its objects, then the table that says at which byte each begins."""
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (count, len(objects))
        + b"startxref\n%d\n%%%%EOF\n" % len(written)
    )
