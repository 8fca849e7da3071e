"""What is held about a person as one zip file: a page to read, and JSON for another program."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from io import BytesIO

from s11audit.domain.dates import long_date, long_time
from s11audit.domain.numbers import counted
from s11audit.queries.own_data import Fact, Facts, Part

READ_ME = "read-me-first.html"
_STYLE = (
    "body{font:1.1rem/1.5 Arial,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #767676;padding:.4rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}"
)


def write_own_data(parts: Sequence[Part], name: str, written_at: datetime) -> bytes:
    """The zip: `read-me-first.html`, and `<part>.json` for each part with anything in it."""
    stream = BytesIO()
    moment = written_at.timetuple()[:6]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(READ_ME, moment), _page(parts, name, written_at))
        for part in parts:
            if part.rows:
                text = json.dumps(part.rows, indent=2, ensure_ascii=False, default=_plain)
                archive.writestr(zipfile.ZipInfo(f"{part.name}.json", moment), text)
    return stream.getvalue()


def _plain(held: object) -> str:
    return held.isoformat() if isinstance(held, date) else str(held)


def _page(parts: Sequence[Part], name: str, written_at: datetime) -> str:
    sections = "".join(_section(part) for part in parts)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f"<title>Data about {escape(name)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Data about {escape(name)}</h1>"
        f"<p>This is what s11audit held about you on {escape(long_time(written_at))}. "
        "The files beside this page have the same for another program to read (JSON).</p>"
        "<p>Passwords, codes and keys are not in here: they are stored so that nobody can read "
        "them. Nothing about anybody else is in here either.</p>"
        f"{sections}</body></html>\n"
    )


def _section(part: Part) -> str:
    heading = f"<h2>{escape(part.title)}</h2><p>{escape(part.means)}."
    if not part.rows:
        return f"{heading} There is nothing.</p>"
    return f"{heading} {counted(len(part.rows), 'entry', 'entries')}.</p>{_table(part.rows)}"


def _table(rows: Sequence[Facts]) -> str:
    heads = "".join(
        f'<th scope="col">{escape(key.replace("_", " ").capitalize())}</th>' for key in rows[0]
    )
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(_words(held))}</td>" for held in row.values()) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _words(held: Fact) -> str:
    if held is None:
        return "–"
    if isinstance(held, bool):
        return "yes" if held else "no"
    if isinstance(held, datetime):
        return long_time(held)
    return long_date(held) if isinstance(held, date) else str(held)
