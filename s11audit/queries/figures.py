"""Values of single questions across a round, for the tables of figures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import SUBMITTED_STATUSES
from s11audit.models import Agency, AgencyReturn, AuditRound, StoredAnswer
from s11audit.queries import reach
from s11audit.queries.returns import is_given

# Rows that a reading of values holds in memory at a time.
ROWS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class ValueLine:
    """The value that one agency gave to one question that it was asked."""

    agency_reference: str
    agency: str
    agency_type: str
    question_key: str
    value: str


def submitted_values(
    session: Session, audit_round: AuditRound, keys: Collection[str], *, visible_to: Viewer
) -> Iterator[ValueLine]:
    """The values of these questions in the submitted returns of a round, by agency name.

    Reads as it goes, and nothing at all for no keys. Hidden questions, empty answers and answers
    that wait to be confirmed have no line.
    """
    if not keys:
        return
    rows = session.execute(
        select(
            Agency.reference,
            Agency.name,
            Agency.agency_type,
            StoredAnswer.question_key,
            StoredAnswer.value,
        )
        .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(
            AgencyReturn.round_id == audit_round.id,
            AgencyReturn.status.in_(SUBMITTED_STATUSES),
            StoredAnswer.question_key.in_(keys),
            is_given(),
            StoredAnswer.value != "",
            reach.returns(visible_to, Permission.EXPORT),
        )
        .order_by(Agency.name, AgencyReturn.id, StoredAnswer.id)
        .execution_options(yield_per=ROWS_AT_A_TIME)
    )
    yield from (ValueLine(*row) for row in rows)
