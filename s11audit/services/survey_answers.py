"""Answering a survey, and telling staff what was done about what they said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from secrets import token_hex

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.surveys import LinkState, SurveyStatus, most_answers
from s11audit.domain.viewers import Viewer
from s11audit.models import Survey, SurveyAnswer, SurveyLink, SurveyReply, SurveyResponse
from s11audit.queries.surveys import people_by_link
from s11audit.services.refusals import RefusedError
from s11audit.services.survey_checks import record_of

LONGEST_REPLY = 2_000


class NotTakenError(Exception):
    """A survey takes no answers by this link now. `state` says why."""

    def __init__(self, state: LinkState) -> None:
        super().__init__(f"This link is {state}")
        self.state = state


def answer_survey(
    session: Session, link: SurveyLink, values: Mapping[str, str], *, now: datetime
) -> None:
    """Keep somebody's answers, question key → stored value, and nothing about them.

    There is no event, as an event has a time and a place in a chain. Raises NotTakenError.
    """
    state = link.state(today_in_london(now))
    if state is not LinkState.TAKING:
        raise NotTakenError(state)
    # Whoever closes the survey waits for this, or this for them, so that none comes in afterwards.
    status = select(Survey.status).where(Survey.id == link.survey_id).with_for_update(read=True)
    if session.scalars(status).one() is not SurveyStatus.OPEN:
        raise NotTakenError(LinkState.CLOSED)
    if people_by_link(session, [link.id]).get(link.id, 0) >= most_answers(link.staff):
        raise NotTakenError(LinkState.ENDED)
    response = {
        "id": token_hex(16),
        "link_id": link.id,
        "answered_on": today_in_london(now),
    }
    session.execute(insert(SurveyResponse).values(response))
    rows = [
        {"response_id": response["id"], "question_key": key, "value": value}
        for key, value in values.items()
        if value
    ]
    if rows:
        session.execute(insert(SurveyAnswer), rows)


def write_reply(
    session: Session,
    link: SurveyLink,
    said: str,
    did: str,
    done_on: date,
    *,
    publish: bool,
    by: Viewer,
    now: datetime,
) -> SurveyReply:
    """Write what staff said and what was done, and show it to them at once if `publish`.

    Raises RefusedError (`said`, `did`, `done_on`), StepNotAllowedError before the survey has
    closed, and PermissionError.
    """
    _check_may_reply(link, by)
    _check_reply(said, did, done_on, today_in_london(now))
    reply = SurveyReply(
        link=link,
        said=said.strip(),
        did=did.strip(),
        done_on=done_on,
        written_at=now,
        published_at=now if publish else None,
    )
    session.add(reply)
    session.flush()
    _record(session, "survey-reply-written", reply, by, now)
    if publish:
        _record(session, "survey-reply-published", reply, by, now)
    return reply


def publish_reply(session: Session, reply: SurveyReply, *, by: Viewer, now: datetime) -> None:
    """Show it to staff. Raises what `write_reply` does, but for refusals."""
    _check_may_reply(reply.link, by)
    if reply.published_at is None:
        reply.published_at = now
        session.flush()
        _record(session, "survey-reply-published", reply, by, now)


def withdraw_reply(session: Session, reply: SurveyReply, *, by: Viewer, now: datetime) -> None:
    """Show it to staff no more; it stays to be read inside. Raises what `publish_reply` does."""
    _check_may_reply(reply.link, by)
    if reply.published_at is not None:
        reply.published_at = None
        session.flush()
        _record(session, "survey-reply-withdrawn", reply, by, now)


def _check_may_reply(link: SurveyLink, by: Viewer) -> None:
    if not by.may_at(Permission.REPLY_TO_SURVEYS, link.place):
        raise PermissionError(f"{by.name} may not {Permission.REPLY_TO_SURVEYS} here")
    if link.survey.status is not SurveyStatus.CLOSED:
        raise StepNotAllowedError("Say what was done once the survey has closed.")


def _check_reply(said: str, did: str, done_on: date, today: date) -> None:
    for field, text, missing in (
        ("said", said, "Say what staff said"),
        ("did", did, "Say what was done about it"),
    ):
        if not text.strip():
            raise RefusedError(field, missing)
        if len(text) > LONGEST_REPLY:
            raise RefusedError(field, f"Shorten this to {LONGEST_REPLY:,} characters")
    if done_on > today:
        raise RefusedError("done_on", "Enter today’s date or an earlier one")


def _record(session: Session, kind: str, reply: SurveyReply, by: Viewer, now: datetime) -> None:
    detail = {"agency": reply.link.agency.reference, "reply": reply.id}
    record_of(session, kind, reply.link.survey, by, now, detail)
