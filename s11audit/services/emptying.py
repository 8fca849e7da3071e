"""Deleting what an audit holds of single cases, for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from s11audit.domain.retention import Held, digest_of_rows
from s11audit.models import Finding, Recommendation
from s11audit.models.walls import without_walls
from s11audit.queries.case_holdings import HOLDINGS, Holding


@dataclass(frozen=True)
class Emptied:
    """How many rows of each kind went or were emptied, and the digest of the list of them."""

    counts: dict[Held, int]
    rows_sha256: str


def empty(session: Session, audit_id: int) -> Emptied:
    """Delete it all. Whoever calls has locked the audit, and records what happened.

    Behind no wall: what goes is decided by the audit and by nobody's reach, and what agencies
    never opened goes, too.
    """
    rows: list[tuple[str, str]] = []
    counts: dict[Held, int] = {}
    with without_walls(session):
        _let_go_of_findings(session, audit_id)
        for holding in HOLDINGS:
            gone = [(holding.model.__tablename__, key) for key in _take(session, holding, audit_id)]
            counts[holding.kind] = len(gone)
            rows += gone
    session.expire_all()
    return Emptied(counts, digest_of_rows(rows))


def _take(session: Session, holding: Holding, audit_id: int) -> list[str]:
    """Delete or empty the rows of one kind, and give their keys."""
    change: Any = (
        update(holding.model).values(holding.emptied) if holding.emptied else delete(holding.model)
    )
    keys = session.execute(
        change.where(holding.of_audit(audit_id))
        .returning(*holding.key)
        .execution_options(synchronize_session=False)
    )
    return ["/".join(str(part) for part in key) for key in keys]


def _let_go_of_findings(session: Session, audit_id: int) -> None:
    """A recommendation outlives the finding about one case that it came out of."""
    about_cases = select(Finding.id).where(
        Finding.audit_id == audit_id, Finding.case_id.is_not(None)
    )
    session.execute(
        update(Recommendation)
        .where(Recommendation.finding_id.in_(about_cases))
        .values(finding_id=None)
        .execution_options(synchronize_session=False)
    )
