"""The ratings of a whole round, standard by agency, from the kept scores: answers are not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.numbers import percent
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire, Standard
from s11audit.domain.ratings import LABELS, LETTERS, Rating, Side
from s11audit.domain.viewers import Viewer
from s11audit.models import AgencyReturn, AuditRound, Score
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries import reach
from s11audit.queries.rounds import ReturnRow, return_rows

NOT_ASKED = "not-asked"


@dataclass(frozen=True)
class Cell:
    """One rating as it is shown; `code` is a key of LABELS, `rank` sorts the worst first."""

    code: str
    letter: str
    words: str
    provisional: bool
    rank: int | None


@dataclass(frozen=True)
class HeatMapRow:
    """One submitted return: its cells stand in the order of the standards."""

    agency_reference: str
    agency: str
    agency_type: str
    overall: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class GreenCount:
    """How many are green of those that are red, amber or green."""

    green: int
    rated: int

    @property
    def percentage(self) -> Decimal | None:
        return percent(self.green, self.rated)


@dataclass(frozen=True)
class HeatMap:
    """`rows` are submitted returns; `waiting` are the others, of which only the status is known."""

    standards: tuple[Standard, ...]
    rows: tuple[HeatMapRow, ...]
    waiting: tuple[ReturnRow, ...]

    def of_type(self, agency_type: str) -> HeatMap:
        """The same map with agencies of one type only."""
        return HeatMap(
            self.standards,
            tuple(row for row in self.rows if row.agency_type == agency_type),
            tuple(row for row in self.waiting if row.agency_type == agency_type),
        )

    @cached_property
    def agency_types(self) -> list[str]:
        returned = {row.agency_type for row in self.rows}
        return sorted(returned | {row.agency_type for row in self.waiting})

    @cached_property
    def overall_count(self) -> GreenCount:
        return _greens([row.overall for row in self.rows])

    @cached_property
    def counts(self) -> tuple[GreenCount, ...]:
        """One for each standard, in order."""
        columns = [[row.cells[place] for row in self.rows] for place in range(len(self.standards))]
        return tuple(_greens(column) for column in columns)


def heat_map(
    session: Session,
    audit_round: AuditRound,
    questionnaire: Questionnaire,
    *,
    visible_to: Viewer,
) -> HeatMap:
    """The self-ratings of every submitted return, by agency name."""
    ratings = _ratings(session, audit_round, visible_to)
    returns = return_rows(session, audit_round, visible_to=visible_to)
    standards = [standard.id for standard in questionnaire.standards]
    return HeatMap(
        standards=questionnaire.standards,
        rows=tuple(
            _row(one, ratings.get(one.return_id, {}), standards)
            for one in returns
            if one.is_readable
        ),
        waiting=tuple(one for one in returns if not one.is_readable),
    )


def _ratings(
    session: Session, audit_round: AuditRound, visible_to: Viewer
) -> dict[int, dict[str, Cell]]:
    """Return id → standard id → rating. What asks nothing of an agency is not there."""
    rows = session.execute(
        select(Score.return_id, Score.standard_id, Score.rating, Score.unanswered)
        .join(AgencyReturn, AgencyReturn.id == Score.return_id)
        .where(
            AgencyReturn.round_id == audit_round.id,
            reach.returns(visible_to, Permission.SCRUTINISE),
            Score.side == Side.SELF,
        )
    )
    found: dict[int, dict[str, Cell]] = {}
    for return_id, standard_id, rating, unanswered in rows:
        found.setdefault(return_id, {})[standard_id] = _CELLS[rating, unanswered > 0]
    return found


def _row(one: ReturnRow, ratings: Mapping[str, Cell], standards: Sequence[str]) -> HeatMapRow:
    return HeatMapRow(
        one.agency_reference,
        one.agency,
        one.agency_type,
        overall=ratings.get(WHOLE_RETURN, _CELL_NOT_ASKED),
        cells=tuple([ratings.get(standard_id, _CELL_NOT_ASKED) for standard_id in standards]),
    )


def _greens(cells: Sequence[Cell]) -> GreenCount:
    return GreenCount(
        green=sum(cell.code == "green" for cell in cells),
        rated=sum(cell.rank is not None for cell in cells),
    )


def _cell(code: str, provisional: bool, rank: int | None) -> Cell:
    words = f"{LABELS[code]}, provisional" if provisional else LABELS[code]
    return Cell(code, LETTERS[code], words, provisional, rank)


_RANKS = {Rating.RED: 0, Rating.AMBER: 1, Rating.GREEN: 2}
# Every cell that there can be; a map of thousands of cells shares these.
_CELLS: dict[tuple[str, bool], Cell] = {
    (rating, provisional): _cell(rating, provisional, _RANKS.get(rating))
    for rating in Rating
    for provisional in (False, True)
}
_CELL_NOT_ASKED = _cell(NOT_ASKED, False, None)
