"""The dates of a round: changing them, and closing what has come to its end.

Every date is a whole day in London: what is due on a day is in time until that day is over there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.numbers import counted
from s11audit.domain.steps import StepNotAllowedError, step_named
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RETURNED_STATUSES, ROUND_STEPS, RoundStatus
from s11audit.models import AgencyReturn, AuditRound
from s11audit.services.events import record, record_by
from s11audit.services.refusals import RefusedError
from s11audit.services.running_rounds import check_may_run
from s11audit.services.steps import move

# The statuses in which the dates of a round may still change.
DATABLE_STATUSES = frozenset({RoundStatus.DRAFT, RoundStatus.OPEN})


@dataclass(frozen=True)
class RoundDates:
    """The first day of a round, the day on which returns are due, and its last day."""

    opens_on: date
    due_on: date
    closes_on: date

    def checked(self) -> RoundDates:
        """These dates. Raises RefusedError (`due_on`, `closes_on`) where they are out of order."""
        if self.due_on <= self.opens_on:
            opens = long_date(self.opens_on)
            raise RefusedError("due_on", f"Enter a date after {opens}, when it opens")
        if self.closes_on < self.due_on:
            due = long_date(self.due_on)
            raise RefusedError("closes_on", f"Enter {due}, when returns are due, or a later date")
        return self

    @property
    def as_text(self) -> list[str]:
        """All three as ISO dates, for the history."""
        return [one.isoformat() for one in (self.opens_on, self.due_on, self.closes_on)]


def dates_of(audit_round: AuditRound) -> RoundDates:
    """The dates of a round as they are now."""
    return RoundDates(audit_round.opens_on, audit_round.due_on, audit_round.closes_on)


def change_dates(
    session: Session,
    audit_round: AuditRound,
    dates: RoundDates,
    reason: str,
    *,
    by: Viewer,
    now: datetime,
) -> int:
    """Give a round other dates, and its returns the due date that follows. Gives how many moved.

    An agency that was given longer keeps its own date unless the new one is later, and what has
    been returned in time does not become late. An open round needs a reason, which agencies read,
    and keeps the day on which it opened.

    Raises RefusedError (`opens_on`, `due_on`, `closes_on`, `reason`), and StepNotAllowedError once
    the round has closed.
    """
    check_may_run(by, audit_round.partnership_id)
    before = dates_of(audit_round)
    _check_change(session, audit_round, dates, reason, today_in_london(now))
    _keep(session, audit_round, dates, reason)
    moved = _move_returns(session, audit_round)
    detail = {
        "before": before.as_text,
        "after": dates.as_text,
        "returns": moved,
        "reason_given": bool(reason.strip()),
    }
    subject = f"round {audit_round.reference}"
    record_by(session, "round-dates-changed", subject, by, now, detail, of=audit_round)
    return moved


def day_to_close(audit_round: AuditRound, closes_on: date | None, today: date) -> date:
    """The last day of a round that opens: the one given, or else its own, if still to come.

    Raises RefusedError (`closes_on`) for a day that is over, and StepNotAllowedError for a draft
    whose own is.
    """
    last_day = closes_on or audit_round.closes_on
    if last_day < today and audit_round.status is RoundStatus.DRAFT:
        raise StepNotAllowedError(
            f"This round would have closed on {long_date(last_day)}. "
            "Change its dates before you open it."
        )
    if last_day < today:
        raise RefusedError("closes_on", f"Enter {long_date(today)} or a later date")
    if last_day < audit_round.due_on:
        due = long_date(audit_round.due_on)
        raise RefusedError("closes_on", f"Enter {due}, when returns are due, or a later date")
    return last_day


def check_extension(agency_return: AgencyReturn, due_on: date, reason: str) -> None:
    """Raises RefusedError (`due_on`, `reason`) where an agency cannot have until this day."""
    closes_on = agency_return.round.closes_on
    if due_on <= agency_return.due_on:
        raise RefusedError(
            "due_on", f"Enter a date after {long_date(agency_return.due_on)}, when it is due now"
        )
    if due_on > closes_on:
        raise RefusedError(
            "due_on", f"Enter {long_date(closes_on)}, when the round closes, or an earlier date"
        )
    if not reason.strip():
        raise RefusedError("reason", "Say why this agency needs longer")


def close_ended_rounds(session: Session, now: datetime) -> list[AuditRound]:
    """Close every open round whose last day is over in London, as the system itself.

    Gives those that were closed; a second call closes nothing.
    """
    ended = session.scalars(
        select(AuditRound)
        .where(
            AuditRound.status == RoundStatus.OPEN,
            AuditRound.closes_on < today_in_london(now),
        )
        .order_by(AuditRound.closes_on, AuditRound.id)
    ).all()
    return [one for one in ended if _close(session, one, now)]


def _close(session: Session, audit_round: AuditRound, now: datetime) -> bool:
    step = step_named(ROUND_STEPS, "close", RoundStatus.OPEN)
    still_over = AuditRound.closes_on < today_in_london(now)
    try:
        statuses = move(session, audit_round, step, still_over, status_reason="")
    except StepNotAllowedError:
        return False  # somebody closed it, or gave it longer, at the same moment
    subject = f"round {audit_round.reference}"
    detail = {**statuses, "last_day": audit_round.closes_on.isoformat()}
    record(session, step.event, subject, by=None, at=now, detail=detail, of=audit_round)
    return True


def _check_change(
    session: Session, audit_round: AuditRound, dates: RoundDates, reason: str, today: date
) -> None:
    if audit_round.status not in DATABLE_STATUSES:
        raise StepNotAllowedError("Dates can change only before a round closes.")
    dates.checked()
    if dates.closes_on < today:
        raise RefusedError("closes_on", f"Enter {long_date(today)} or a later date")
    _check_extensions(session, audit_round, dates.closes_on)
    if audit_round.status is not RoundStatus.OPEN:
        return
    if dates.opens_on != audit_round.opens_on:
        raise RefusedError("opens_on", "The round is open already, so this date stays")
    if not reason.strip():
        raise RefusedError("reason", "Say why the dates change")


def _check_extensions(session: Session, audit_round: AuditRound, closes_on: date) -> None:
    """Nobody loses the longer time that they were given."""
    found = select(func.count(), func.max(AgencyReturn.due_on)).where(
        AgencyReturn.round_id == audit_round.id,
        AgencyReturn.extension_reason != "",
        AgencyReturn.status.not_in(RETURNED_STATUSES),
        AgencyReturn.due_on > closes_on,
    )
    many, latest = session.execute(found).one()
    if many:
        had = counted(many, "agency was given longer", "agencies were given longer")
        raise RefusedError("closes_on", f"{had}: enter {long_date(latest)} or a later date")


def _keep(session: Session, audit_round: AuditRound, dates: RoundDates, reason: str) -> None:
    values: dict[str, Any] = {
        "opens_on": dates.opens_on,
        "due_on": dates.due_on,
        "closes_on": dates.closes_on,
    }
    if audit_round.status is RoundStatus.OPEN:
        values["dates_reason"] = reason
    changed = session.execute(
        update(AuditRound)
        .where(AuditRound.id == audit_round.id, AuditRound.status == audit_round.status)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(audit_round)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise StepNotAllowedError(f"Somebody else has just moved this to “{audit_round.status}”.")


def _move_returns(session: Session, audit_round: AuditRound) -> int:
    due_on = audit_round.due_on
    follows = and_(
        AgencyReturn.extension_reason == "",
        AgencyReturn.status.not_in(RETURNED_STATUSES),
        AgencyReturn.due_on != due_on,
    )
    moved = session.execute(
        update(AgencyReturn)
        .where(AgencyReturn.round_id == audit_round.id, or_(follows, AgencyReturn.due_on < due_on))
        .values(due_on=due_on)
        .execution_options(synchronize_session="fetch")
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]
