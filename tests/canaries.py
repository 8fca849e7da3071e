"""Unique strings in every text column of somebody else's rows, and a crawl that looks for them.

A page, a file or a picture in which one turns up shows what its reader must not see.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from datetime import date
from io import BytesIO
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, Table, insert
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from s11audit.domain.ratings import Side
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import Base
from s11audit.models.base import Code, Codes, Days, UtcTime
from tests.pages import Pages
from tests.rounds_and_returns import NOON

CANARY = "zqcanary"
_numbers = count(1)
# Pages of the questionnaires that come with the software are nobody's, and hundreds.
SHIPPED = "^/questionnaires/(section|case-file|lead-partners|peer-review|practitioner)"
# The same page under many query strings, such as a search, is asked for this often at most.
MOST_QUESTIONS = 3
# What makes a row as easy to see as can be.
_STATES = {
    ("audit_rounds", "status"): RoundStatus.OPEN,
    ("agency_returns", "status"): ReturnStatus.SUBMITTED,
    ("scores", "side"): Side.SELF,
}


def plant(
    session: Session,
    owners: Mapping[str, int | None],
    tables: Iterable[Table] | None = None,
    text: Callable[[Column[Any]], str] | None = None,
) -> dict[str, dict[str, Any]]:
    """Add one row to each of these tables (all, if none are named), with a canary in every text.

    `owners` are ids, by table, of what the rows belong to (None: of nothing); a row added goes on
    to own those added after it. `text` makes what a column holds instead of a canary. Gives the
    values of every row, by table.
    """
    text = text or _canary
    ids, rows = dict(owners), {}
    for table in Base.metadata.sorted_tables if tables is None else tables:
        if table.name in owners or table.name == "event_chain":
            continue
        values = {
            column.name: _value(column, ids, text)
            for column in table.columns
            if not _counts(column)
        }
        key = session.execute(insert(table).values(values)).inserted_primary_key
        ids[table.name] = key[0]
        rows[table.name] = values
    return rows


def rename(session: Session, table: Table, row_id: int) -> None:
    """Put a canary into every text of a row that is there already."""
    texts = {
        column.name: _value(column, {}, _canary)
        for column in table.columns
        if isinstance(column.type, String) and not column.foreign_keys
    }
    session.execute(table.update().where(table.c.id == row_id).values(texts))


def _counts(column: Column[Any]) -> bool:
    return bool(column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys)


def _value(
    column: Column[Any], ids: Mapping[str, int | None], text: Callable[[Column[Any]], str]
) -> Any:
    for key in column.foreign_keys:
        return ids.get(key.column.table.name)
    stated = _STATES.get((column.table.name, column.name))
    if stated is not None:
        return stated
    for kind, value in (
        (Code, lambda: next(iter(column.type.codes))),  # type: ignore[attr-defined]
        (Codes, lambda: frozenset({text(column)})),
        (Days, lambda: (1,)),
        (UtcTime, lambda: None if column.name.startswith(_ENDINGS) else NOON),
        (String, lambda: text(column)),
        (JSON, lambda: {"note": text(column)}),
        (Boolean, lambda: True),
        (Date, lambda: date(2027, 3, 31)),
        (Integer, lambda: 1),
    ):
        if isinstance(column.type, kind):
            return value()
    raise TypeError(f"What to plant in {column}?")


# A row that has ended is shown less: these times stay empty.
_ENDINGS = (
    *("ended", "used", "revoked", "voided", "withdrawn"),
    *("accepted", "decided", "sent", "removed", "applied"),
)


def _canary(_column: Column[Any] | None = None) -> str:
    return f"{CANARY}{next(_numbers)}"


def sightings(pages: Pages, app: Flask, examples: Iterable[Mapping[str, Any]]) -> list[str]:
    """Crawl as whoever is signed in; every address whose answer holds a canary.

    Starts from each route that only reads, with each of the `examples` (variable → value) that
    fits it, and follows every link of every page.
    """
    return [
        f"{address} ({response.status_code})"
        for address, response in crawl(pages, app, examples)
        if holds_canary(response.get_data(), besides=_asked_for(address))
    ]


def crawl(
    pages: Pages, app: Flask, examples: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, TestResponse]]:
    """Every address that whoever is signed in gets to, and what is there."""
    return visits(pages, _starts(app, list(examples)), SHIPPED)


def visits(
    pages: Pages, starts: Iterable[str], leave_out: str = "^$"
) -> Iterator[tuple[str, TestResponse]]:
    """These addresses and all that links lead to from there, each with what is there.

    `leave_out` is a pattern of addresses to which no link is followed.
    """
    waiting = sorted(set(starts))
    seen: set[str] = set(waiting)
    asked: Counter[str] = Counter()
    while waiting:
        address = waiting.pop()
        response = pages.client.get(address)
        yield address, response
        new = {one for one in _links(response) if not re.search(leave_out, one)} - seen
        seen |= new
        for link in sorted(new):
            path = link.partition("?")[0]
            asked[path] += 1
            if asked[path] <= MOST_QUESTIONS:
                waiting.append(link)
    assert len(seen) > 30, "A crawl of so few pages proves nothing"


def _asked_for(address: str) -> set[bytes]:
    """Canaries that the reader typed into the address themselves."""
    return set(re.findall(rf"{CANARY}\d+".encode(), address.lower().encode()))


def _starts(app: Flask, examples: list[Mapping[str, Any]]) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
            continue
        for example in examples:
            if rule.arguments <= example.keys():
                parts = rule.build({name: example[name] for name in rule.arguments})
                if parts is not None:
                    yield parts[1]


def _links(response: TestResponse) -> Iterator[str]:
    if location := response.headers.get("Location"):
        yield location
    if response.mimetype != "text/html":
        return
    soup = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    for tag in soup.find_all(["a", "img", "object"]):
        target = urlsplit(str(tag.get("href") or tag.get("src") or tag.get("data") or ""))
        if target.path.startswith("/") and not target.netloc and not _is_endless(target.query):
            yield f"{target.path}?{target.query}" if target.query else target.path


def _is_endless(query: str) -> bool:
    """Sorting and filtering show the same rows again; one of each is enough."""
    return bool(re.search(r"(^|&)(sort|order|page|next)=", query))


def holds_canary(content: bytes, besides: Set[bytes] = frozenset()) -> bool:
    """Whether a canary, but for those in `besides`, is in this or in any file of an archive."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return any(holds_canary(archive.read(name), besides) for name in archive.namelist())
    return not set(re.findall(rf"{CANARY}\d+".encode(), content.lower())) <= besides
