"""Requests of people who have taken over: what is remembered, and what whoever asks learns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.models import Agency, Event, Invitation, Membership, OutgoingMail, TakeoverRequest
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries.takeovers import how_many_wait, waiting_requests
from s11audit.services import takeovers
from s11audit.services.refusals import RefusedError
from tests.cast import Cast

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)


def ask(session: Session, place: str = "SCH", email: str = "noor@example.org") -> None:
    takeovers.ask_to_take_over(session, place, "Noor Haddad", email, "Since May.", now=NOW)


def confirm(session: Session, cast: Cast, request_id: int, ending: set[int]) -> None:
    takeovers.confirm_takeover(
        session, request_id, ending, by=cast["Priya"], now=NOW, address=lambda token: token
    )


@pytest.mark.parametrize("place", ["SCH", " sch ", "elm  row SCHOOL"])
def test_an_agency_is_known_by_its_reference_or_its_name(
    session: Session, cast: Cast, place: str
) -> None:
    ask(session, place)
    (waiting,) = waiting_requests(session, visible_to=cast["Priya"])
    assert (waiting.name, waiting.agency_reference) == ("Noor Haddad", "SCH")
    assert [lead.name for lead in waiting.leads] == ["Dana"]
    assert session.scalars(select(Event.kind)).all() == ["takeover-asked"]


def test_the_mail_is_the_same_whether_or_not_the_agency_is_known(
    session: Session, cast: Cast
) -> None:
    for place in ("SCH", "No such school", "Elm", "%"):
        ask(session, place)
    mails = session.execute(select(OutgoingMail.subject, OutgoingMail.text)).all()
    assert len(mails) == 4
    assert len({tuple(mail) for mail in mails}) == 1
    assert len(session.scalars(select(TakeoverRequest)).all()) == 1


def test_a_name_that_two_agencies_have_is_nobodys(session: Session, cast: Cast) -> None:
    session.get_one(Agency, cast.agencies["HOSP"]).name = "Elm Row School"
    session.flush()
    ask(session, "Elm Row School")
    assert session.scalars(select(TakeoverRequest)).all() == []


def test_asking_twice_is_remembered_once(session: Session, cast: Cast) -> None:
    ask(session)
    ask(session, email="NOOR@example.org")
    assert how_many_wait(session, visible_to=cast["Priya"]) == 1


@pytest.mark.parametrize("who", ["Mo", "Dana", "Hugo", "Olga"])
def test_only_the_manager_sees_and_decides(session: Session, cast: Cast, who: str) -> None:
    ask(session)
    assert how_many_wait(session, visible_to=cast[who]) == 0
    with pytest.raises(LookupError):
        takeovers.decline_takeover(session, 1, "No", by=cast[who], now=NOW)


def test_confirming_invites_and_ends_the_roles_that_were_ticked(
    database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        ask(session)
    with database.within(Wall.around(cast["Priya"])).writing.begin() as walled:
        (waiting,) = waiting_requests(walled, visible_to=cast["Priya"])
        confirm(walled, cast, waiting.id, {lead.membership_id for lead in waiting.leads})
        assert how_many_wait(walled, visible_to=cast["Priya"]) == 0
        with pytest.raises(LookupError):
            confirm(walled, cast, waiting.id, set())
    with database.reading() as reading:
        invitation = reading.scalars(select(Invitation)).one()
        assert (invitation.email, invitation.role) == ("noor@example.org", Role.AGENCY_LEAD)
        danas = reading.scalars(select(Membership).filter_by(user_id=cast["Dana"].user_id)).one()
        assert danas.ended_at == NOW


def test_no_role_but_a_leads_of_that_agency_is_ended_beside(session: Session, cast: Cast) -> None:
    ask(session)
    hugos = session.scalars(select(Membership.id).filter_by(user_id=cast["Hugo"].user_id)).one()
    with pytest.raises(LookupError):
        confirm(session, cast, 1, {hugos})


def test_declining_tells_why(session: Session, cast: Cast) -> None:
    ask(session)
    with pytest.raises(RefusedError):
        takeovers.decline_takeover(session, 1, "  ", by=cast["Priya"], now=NOW)
    takeovers.decline_takeover(session, 1, "Dana still leads.", by=cast["Priya"], now=NOW)
    mail = session.scalars(select(OutgoingMail).filter_by(kind="takeover-declined")).one()
    assert mail.recipient == "noor@example.org"
    assert "Dana still leads." in mail.text
    assert session.get_one(TakeoverRequest, 1).reason == "Dana still leads."
