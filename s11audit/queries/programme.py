"""The whole programme of audits: what is open, who is late, and what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RETURNED_STATUSES, ReturnStatus, RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound
from s11audit.queries import reach
from s11audit.queries.rounds import RoundLine, round_lines

# How far ahead the programme looks, and how many late agencies it names.
AHEAD = timedelta(days=28)
MOST_LATE = 20
# The statuses in which a round still takes in agencies.
JOINABLE_STATUSES = frozenset({RoundStatus.DRAFT, RoundStatus.OPEN})


class Occasion(StrEnum):
    """What happens to a round on a day."""

    OPENS = "opens"
    DUE = "due"
    CLOSES = "closes"


@dataclass(frozen=True)
class Coming:
    """One day that matters; the day on which a draft should have opened may be past."""

    day: date
    occasion: Occasion
    round: RoundLine


@dataclass(frozen=True)
class LateReturn:
    """An agency of an open round that has not returned by its own date."""

    round_reference: str
    round_title: str
    agency_reference: str
    agency: str
    status: ReturnStatus
    due_on: date
    extension_reason: str

    def days(self, today: date) -> int:
        """How many days late it is."""
        return (today - self.due_on).days


@dataclass(frozen=True)
class Programme:
    """Rounds by where they stand, each list in its own order.

    `late` names those who are late for longest; `more_late` counts, for each round, those that are
    not named. `coming` is in the order of days.
    """

    open: Sequence[RoundLine]
    drafts: Sequence[RoundLine]
    earlier: Sequence[RoundLine]
    late: Sequence[LateReturn]
    more_late: Sequence[tuple[RoundLine, int]]
    coming: Sequence[Coming]

    @property
    def is_empty(self) -> bool:
        return not (self.open or self.drafts or self.earlier)

    @property
    def total_late(self) -> int:
        return sum(line.rate.overdue for line in self.open)


def programme(session: Session, today: date, *, visible_to: Viewer) -> Programme:
    """Every round that the viewer may see, and who of them is late in those that are open."""
    lines = round_lines(session, today, visible_to=visible_to)
    opened = sorted(_in(lines, RoundStatus.OPEN), key=lambda line: (line.due_on, line.reference))
    drafts = sorted(_in(lines, RoundStatus.DRAFT), key=lambda line: (line.opens_on, line.reference))
    late = late_returns(session, today, visible_to=visible_to)
    named = Counter(one.round_reference for one in late)
    unnamed = [(line, line.rate.overdue - named[line.reference]) for line in opened]
    return Programme(
        open=opened,
        drafts=drafts,
        earlier=[line for line in lines if line.status not in JOINABLE_STATUSES],
        late=late,
        more_late=[(line, more) for line, more in unnamed if more > 0],
        coming=sorted(_coming(lines, today), key=lambda one: (one.day, one.round.reference)),
    )


def late_returns(
    session: Session, today: date, *, visible_to: Viewer, most: int = MOST_LATE
) -> list[LateReturn]:
    """At most so many agencies of open rounds that are late, those late for longest first."""
    rows = session.execute(
        select(
            AuditRound.reference,
            AuditRound.title,
            Agency.reference,
            Agency.name,
            AgencyReturn.status,
            AgencyReturn.due_on,
            AgencyReturn.extension_reason,
        )
        .join(AgencyReturn, AgencyReturn.round_id == AuditRound.id)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(
            AuditRound.status == RoundStatus.OPEN,
            AgencyReturn.due_on < today,
            AgencyReturn.status.not_in(RETURNED_STATUSES | {ReturnStatus.EXEMPT}),
            reach.returns(visible_to, Permission.SEE_ROUNDS),
        )
        .order_by(AgencyReturn.due_on, AuditRound.reference, Agency.name, Agency.id)
        .limit(most)
    )
    return [LateReturn(*row) for row in rows]


def rounds_to_join(session: Session, *, visible_to: Viewer) -> list[AuditRound]:
    """The rounds that the viewer runs and that still take in agencies, latest due first."""
    return list(
        session.scalars(
            select(AuditRound)
            .where(
                AuditRound.partnership_id.in_(visible_to.partnerships(Permission.EDIT_ROUNDS)),
                AuditRound.status.in_(JOINABLE_STATUSES),
            )
            .order_by(AuditRound.due_on.desc(), AuditRound.reference)
        )
    )


def _in(lines: Iterable[RoundLine], status: RoundStatus) -> list[RoundLine]:
    return [line for line in lines if line.status is status]


def _coming(lines: Iterable[RoundLine], today: date) -> Iterator[Coming]:
    until = today + AHEAD
    for line in lines:
        if line.status is RoundStatus.DRAFT and line.opens_on <= until:
            yield Coming(line.opens_on, Occasion.OPENS, line)
        elif line.status is RoundStatus.OPEN:
            if today <= line.due_on <= until:
                yield Coming(line.due_on, Occasion.DUE, line)
            if today <= line.closes_on <= until:
                yield Coming(line.closes_on, Occasion.CLOSES, line)
