"""Tables that the server sorts: headings are links that say how, so no script is needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request, url_for

RowOfTable = TypeVar("RowOfTable")

DESCENDING = "descending"


@dataclass(frozen=True)
class Sorting:
    """By which column a table is sorted, and which way."""

    column: str
    descending: bool

    def aria(self, column: str) -> str:
        """The value of `aria-sort` of a column's heading."""
        if column != self.column:
            return "none"
        return DESCENDING if self.descending else "ascending"

    def address(self, column: str) -> str:
        """This page sorted by a column; by the same one the other way round."""
        turn = column == self.column and not self.descending
        kept = {name: value for name, value in request.args.items() if name not in _PARAMETERS}
        kept["sort"] = column
        if turn:
            kept["order"] = DESCENDING
        return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept})

    def sorted(
        self, rows: Iterable[RowOfTable], keys: Mapping[str, Callable[[RowOfTable], Any]]
    ) -> list[RowOfTable]:
        """The rows in order; those with nothing in the column stay last either way."""
        key = keys[self.column]
        rows = list(rows)
        there = [row for row in rows if key(row) is not None]
        there.sort(key=key, reverse=self.descending)
        return there + [row for row in rows if key(row) is None]


_PARAMETERS = ("sort", "order", "page")


def sorting(columns: Collection[str], default: str) -> Sorting:
    """What the address of the page asks for; an unknown column is ignored."""
    column = request.args.get("sort", default)
    if column not in columns:
        return Sorting(default, False)
    return Sorting(column, request.args.get("order") == DESCENDING)
