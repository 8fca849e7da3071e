"""What one row holds in the tables that go question by question: figures, tables, changes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from s11audit.domain.question_types import Cell


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One number, sum of money or percentage that one agency gave.

    `what` is the unit, or the words for numerator and denominator, and before them the row and
    column of a table. Only a percentage has the last three, of 100. `is_total` marks the row that
    pools all agencies.
    """

    agency_reference: str
    agency: str
    agency_type: str
    standard: str
    question_key: str
    question: str
    what: str
    value: Cell = None
    numerator: int | None = None
    denominator: int | None = None
    percentage: Decimal | None = None
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class TableCellRow:
    """One cell that one agency filled in of a table or of a list of evidence."""

    agency_reference: str
    agency: str
    agency_type: str
    standard: str
    question_key: str
    question: str
    row: str
    column: str
    value: Cell


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A question of the old version beside what it became. One of the two may be empty."""

    kind: str
    also: str
    old_key: str
    old_text: str
    new_key: str
    new_text: str
    differs: str
    why_afresh: str


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What can be said about two versions: which they are, and how many changes of each kind."""

    title: str
    old_version: str
    new_version: str
    old_sha256: str
    new_sha256: str
    as_at: str
    old_count: int
    new_count: int
    unchanged: int
    reworded: int
    moved: int
    scale_changed: int
    split: int
    merged: int
    added: int
    removed: int
