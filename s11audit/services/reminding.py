"""Telling people of returns that are still to come: each occasion once, whoever runs it how often.

What was told is written down in the transaction that writes the mail, and rounds are locked before
their returns are read: of two processes at once the second finds everything told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from s11audit.domain.reminding import (
    MOST_REMINDERS,
    asked_for,
    due_now,
    reached_days,
)
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import takes_answers
from s11audit.models import AuditRound, OutgoingMail, Reminder
from s11audit.models.walls import without_walls
from s11audit.queries.reminders import ToldReturn, open_rounds, told_returns
from s11audit.services.events import Happening, record_all, record_by
from s11audit.services.refusals import RefusedError
from s11audit.services.renewing import renew
from s11audit.services.return_mail import Links, joining_reminder, reminder
from s11audit.services.running_rounds import check_may_run

REMINDED = "round-reminded"


@dataclass(frozen=True)
class Telling:
    """One return whose people are told of an occasion now; others pass unused with it."""

    of: ToldReturn
    occasion: str | None
    passed: tuple[str, ...] = ()

    @property
    def mails(self) -> int:
        """How many people are written to."""
        people = self.of.people or self.of.invited
        return len(people) if self.occasion is not None else 0


@dataclass(frozen=True)
class RoundTold:
    """What a run came to for one round: who is told, and agencies where nobody can be."""

    round: AuditRound
    told: tuple[Telling, ...]
    unreached: tuple[ToldReturn, ...]

    @property
    def mails(self) -> int:
        return sum(one.mails for one in self.told)


@dataclass(frozen=True)
class Asked:
    """What came of asking for reminders now, in numbers of agencies (`mails`: of people)."""

    told: int
    mails: int
    told_today: int
    unreached: int


def to_remind(session: Session, *, today: date) -> list[RoundTold]:
    """What `remind` would do, for every open round, without doing it."""
    rounds = session.scalars(open_rounds(today)).all()
    return _by_round(rounds, told_returns(session, rounds, visible_to=None), today)


def remind(
    session: Session,
    links: Links,
    *,
    today: date,
    now: datetime,
    round_id: int | None = None,
) -> list[RoundTold]:
    """Write to whoever is to be told today of a return in an open round, or in this one round.

    Where nobody leads an agency yet, whoever was invited to gets a new link to join. Agencies where
    nobody can be written to are told as soon as somebody can be. `today` is the day in London,
    `now` the moment that is written down. Whose session it is does not matter: everybody of the
    round is told.
    """
    with without_walls(session):
        locked = open_rounds(today, round_id).with_for_update(key_share=True)
        rounds = session.scalars(locked).all()
        done = _by_round(rounds, told_returns(session, rounds, visible_to=None), today)
        _write(session, [one for each in done for one in each.told], links, today, now)
        happened = [_happening(one.round, one.told) for one in done if one.mails]
        if happened:
            record_all(session, happened, by=None, at=now)
    return done


def remind_now(
    session: Session,
    audit_round: AuditRound,
    links: Links,
    *,
    by: Viewer,
    today: date,
    now: datetime,
) -> Asked:
    """Write at once to those of the viewer's agencies in this round that have not returned.

    Whoever was told anything today is left out. Raises StepNotAllowedError while the round takes
    no answers.
    """
    if not takes_answers(audit_round.status, audit_round.closes_on, today):
        raise StepNotAllowedError("The round is not open, so nobody can be reminded.")
    locked = open_rounds(today, audit_round.id).with_for_update(key_share=True)
    returns = told_returns(session, session.scalars(locked).all(), visible_to=by)
    awaited = [one for one in returns if one.is_awaited]
    reachable = [one for one in awaited if one.is_reachable]
    chosen = [one for one in reachable if not one.was_told_on(today)]
    tellings = [_asked(one, today) for one in chosen]
    _write(session, tellings, links, today, now)
    if tellings:
        happened = _happening(audit_round, tellings)
        record_by(
            session, happened.kind, happened.subject, by, now, happened.detail, of=audit_round
        )
    return Asked(
        told=len(chosen),
        mails=sum(one.mails for one in tellings),
        told_today=len(reachable) - len(chosen),
        unreached=len(awaited) - len(reachable),
    )


def change_plan(
    session: Session,
    audit_round: AuditRound,
    days: Iterable[int],
    *,
    by: Viewer,
    today: date,
    now: datetime,
) -> None:
    """Remind on these days from the due date from now on; days that have passed are not made up.

    Raises RefusedError (`before`) for too many, PermissionError for whoever does not run the round.
    """
    check_may_run(by, audit_round.partnership_id)
    before, after = audit_round.reminder_days, tuple(sorted(set(days)))
    if len(after) > MOST_REMINDERS:
        raise RefusedError("before", f"Enter {MOST_REMINDERS} days or fewer, before and after")
    if after == before:
        return
    audit_round.reminder_days = after
    session.flush()
    with without_walls(session):
        _pass_new_days(session, audit_round, set(after) - set(before), today, now)
    detail = {"before": list(before), "after": list(after)}
    subject = f"round {audit_round.reference}"
    record_by(session, "round-plan-changed", subject, by, now, detail, of=audit_round)


def _tellings(returns: Iterable[ToldReturn], today: date) -> list[Telling]:
    """Those of these returns for which something is to be done today."""
    found = []
    for one in returns:
        due = due_now(one.round.reminder_days, one.status, one.due_on, one.told, today)
        reaches = due.occasion is None or one.is_reachable
        if reaches and (due.occasion is not None or due.passed):
            found.append(Telling(one, due.occasion, due.passed))
    return found


def _asked(one: ToldReturn, today: date) -> Telling:
    """Told because a manager asks; what the plan has for today anyway goes before."""
    due = due_now(one.round.reminder_days, one.status, one.due_on, one.told, today)
    return Telling(one, due.occasion or asked_for(today), due.passed)


def _pass_new_days(
    session: Session, audit_round: AuditRound, added: Collection[int], today: date, now: datetime
) -> None:
    """Of days that were added to a plan, those that are over already are never used."""
    yesterday = today - timedelta(days=1)
    tellings = []
    for one in told_returns(session, [audit_round], visible_to=None):
        settled = {occasion for occasion, on in one.told if on == one.due_on}
        over = [day for day in reached_days(added, one.due_on, yesterday) if day not in settled]
        tellings.append(Telling(one, None, tuple(over)))
    _settle(session, tellings, now)


def _write(
    session: Session, tellings: Sequence[Telling], links: Links, today: date, now: datetime
) -> None:
    _settle(session, tellings, now)
    mails = [
        mail
        for one in tellings
        if one.occasion is not None
        for mail in _mails(session, one.of, one.occasion, links, today, now)
    ]
    session.bulk_save_objects(mails)  # one statement, however many there are


def _mails(
    session: Session, one: ToldReturn, occasion: str, links: Links, today: date, now: datetime
) -> list[OutgoingMail]:
    if not one.people:
        return [
            joining_reminder(one, each, links.to_join(renew(session, each, now=now)), now=now)
            for each in one.invited
        ]
    return [
        reminder(one, occasion, person, links.to_return, today=today, now=now)
        for person in one.people
    ]


def _settle(session: Session, tellings: Iterable[Telling], now: datetime) -> None:
    """Write down what people are told of, and what passes unused."""
    rows = [row for one in tellings for row in _rows(one, now)]
    if rows:
        session.execute(insert(Reminder), rows)


def _rows(one: Telling, now: datetime) -> list[dict[str, Any]]:
    held = {"return_id": one.of.return_id, "due_on": one.of.due_on, "told_at": now}
    passed = [{**held, "occasion": occasion, "mails": 0} for occasion in one.passed]
    if one.occasion is None:
        return passed
    return [*passed, {**held, "occasion": one.occasion, "mails": one.mails}]


def _by_round(
    rounds: Iterable[AuditRound], returns: Sequence[ToldReturn], today: date
) -> list[RoundTold]:
    done = []
    for audit_round in rounds:
        ours = [one for one in returns if one.round is audit_round]
        unreached = tuple(one for one in ours if one.lacks is not None)
        done.append(RoundTold(audit_round, tuple(_tellings(ours, today)), unreached))
    return done


def _happening(audit_round: AuditRound, told: Sequence[Telling]) -> Happening:
    written = [one for one in told if one.mails]
    detail = {"returns": len(written), "mails": sum(one.mails for one in written)}
    return Happening(REMINDED, f"round {audit_round.reference}", detail, audit_round)
