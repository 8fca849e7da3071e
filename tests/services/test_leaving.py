"""How roles end, are handed over, and what stays of whoever held them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Grant, Viewer
from s11audit.models import (
    Agency,
    Delegation,
    Event,
    Invitation,
    Membership,
    Partnership,
    Trust,
    User,
)
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries import directory
from s11audit.queries.people import operator
from s11audit.services import invitations, leaving, people
from s11audit.services.leaving import HandedOver, Newcomer
from s11audit.services.people import Post
from s11audit.services.refusals import RefusedError
from tests.cast import Cast
from tests.rounds_and_returns import Opened

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
NOOR = Newcomer("Noor Haddad", "noor@example.org")


def role_of(session: Session, cast: Cast, name: str) -> int:
    held = select(Membership.id).where(
        Membership.user_id == cast[name].user_id, Membership.ended_at.is_(None)
    )
    return session.scalars(held).one()


def hand_over(
    session: Session, cast: Cast, name: str, to: int | Newcomer, by: Viewer
) -> HandedOver:
    role = role_of(session, cast, name)
    return leaving.hand_over(session, role, to, by=by, now=NOW, address=lambda token: token)


def join(session: Session, token: str) -> int:
    return invitations.join(session, token, NOOR.name, "", now=NOW)


def holders(session: Session, cast: Cast, role: Role) -> list[int]:
    """Ids of who holds this role for the police now."""
    held = select(Membership.user_id).where(
        Membership.role == role,
        Membership.agency_id == cast.agencies["POL"],
        Membership.ended_at.is_(None),
    )
    return list(session.scalars(held))


@pytest.mark.parametrize("name", ["Bea", "Ines"])
def test_an_agency_lead_ends_the_roles_of_contributors_and_signatories(
    session: Session, cast: Cast, name: str
) -> None:
    leaving.end_role(session, role_of(session, cast, name), by=cast["Asif"], now=NOW)
    event = session.scalars(select(Event)).one()
    assert (event.kind, event.subject) == ("role-ended", f"user {cast[name].user_id}")
    assert event.agency_id == cast.agencies["POL"]


@pytest.mark.parametrize(
    ("who", "name"),
    [("Asif", "Asif"), ("Asif", "Hugo"), ("Asif", "Priya"), ("Mo", "Bea"), ("Olga", "Asif")],
)
def test_nobody_ends_a_role_that_they_could_not_give(
    session: Session, cast: Cast, who: str, name: str
) -> None:
    with pytest.raises(LookupError):
        leaving.end_role(session, role_of(session, cast, name), by=cast[who], now=NOW)


def test_a_manager_touches_neither_operators_nor_trust_viewers(
    session: Session, cast: Cast
) -> None:
    trust = Trust(reference="TRUST", name="Elm Trust")
    session.add(trust)
    session.flush()
    session.get_one(Agency, cast.agencies["SCH"]).trust = trust
    viewer = Membership(user_id=cast["Hugo"].user_id, role=Role.TRUST_VIEWER, trust_id=trust.id)
    running = Membership(user_id=cast["Mo"].user_id, role=Role.OPERATOR)
    session.add_all([viewer, running])
    session.flush()
    for one in (viewer, running):
        with pytest.raises(LookupError):
            leaving.end_role(session, one.id, by=cast["Priya"], now=NOW)
    for post in (Post(Role.OPERATOR), Post(Role.TRUST_VIEWER, "TRUST")):
        with pytest.raises(RefusedError):
            people.add_role(session, cast["Asif"].user_id, post, by=cast["Priya"], now=NOW)
    assert leaving.end_role(session, viewer.id, by=operator(session), now=NOW).ended_at == NOW


def test_nobody_takes_the_last_managers_role_from_themselves_but_may_hand_it_over(
    session: Session, cast: Cast
) -> None:
    priya = cast["Priya"]
    with pytest.raises(RefusedError):
        leaving.end_role(session, role_of(session, cast, "Priya"), by=priya, now=NOW)
    with pytest.raises(RefusedError):
        leaving.leave(session, priya.user_id, by=priya, now=NOW)
    assert hand_over(session, cast, "Priya", cast["Mo"].user_id, priya).to == "Mo"
    roles = select(Membership.role).where(
        Membership.user_id == cast["Mo"].user_id, Membership.ended_at.is_(None)
    )
    assert set(session.scalars(roles)) == {Role.QA_MEMBER, Role.MANAGER}


def test_whoever_leaves_everywhere_is_disabled_and_keeps_the_past(
    session: Session, cast: Cast
) -> None:
    assert leaving.leave(session, cast["Asif"].user_id, by=cast["Priya"], now=NOW)
    assert not session.get_one(User, cast["Asif"].user_id).is_active
    seen = directory.person(session, cast["Asif"].user_id, visible_to=cast["Priya"])
    assert seen is not None
    assert [(role.words, role.until) for role in seen.past_roles] == [
        ("Agency lead, Downshire Police", NOW)
    ]
    listed = directory.people(session, visible_to=cast["Priya"])
    assert "Asif" not in {one.name for one in listed.people}
    left = directory.people(session, visible_to=cast["Priya"], left=True)
    assert [one.name for one in left.people] == ["Asif"]


def test_whoever_has_a_role_elsewhere_keeps_the_account(database: Database, cast: Cast) -> None:
    """Behind the wall of PostgreSQL, Priya's session sees nothing of that role."""
    with database.writing.begin() as session:
        session.add(
            Membership(
                user_id=cast["Asif"].user_id,
                role=Role.QA_MEMBER,
                partnership_id=cast.partnerships["FAR"],
            )
        )
    with database.within(Wall.around(cast["Priya"])).writing.begin() as walled:
        with pytest.raises(RefusedError):
            people.disable_person(walled, cast["Asif"].user_id, by=cast["Priya"], now=NOW)
        assert not leaving.leave(walled, cast["Asif"].user_id, by=cast["Priya"], now=NOW)
    with database.reading() as reading:
        assert reading.get_one(User, cast["Asif"].user_id).is_active


def test_a_role_handed_over_is_one_event_that_names_both(session: Session, cast: Cast) -> None:
    asif, bea = cast["Asif"].user_id, cast["Bea"].user_id
    assert hand_over(session, cast, "Asif", bea, cast["Priya"]).to == "Bea"
    event = session.scalars(select(Event)).one()
    assert (event.kind, event.subject, event.detail) == (
        "role-handed-over",
        f"user {asif}",
        {"role": "agency-lead", "place": "POL", "to": f"user {bea}"},
    )
    assert holders(session, cast, Role.AGENCY_LEAD) == [bea]


def test_a_newcomer_is_invited_and_somebody_known_by_the_address_has_the_role_at_once(
    session: Session, cast: Cast
) -> None:
    hand_over(session, cast, "Asif", NOOR, cast["Priya"])
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.email, invitation.role) == (NOOR.email, Role.AGENCY_LEAD)
    assert invitation.agency_id == cast.agencies["POL"]
    known = Newcomer("Whoever", "INES@example.org")
    assert hand_over(session, cast, "Bea", known, cast["Priya"]).to == "Ines"
    assert len(session.scalars(select(Invitation)).all()) == 1


def test_a_role_stays_with_its_holder_until_the_newcomer_joins(
    session: Session, cast: Cast
) -> None:
    asif = cast["Asif"].user_id
    token = hand_over(session, cast, "Asif", NOOR, cast["Priya"]).token
    assert holders(session, cast, Role.AGENCY_LEAD) == [asif]
    noor = join(session, token)
    assert holders(session, cast, Role.AGENCY_LEAD) == [noor]
    kinds = session.scalars(select(Event.kind).order_by(Event.id)).all()
    offered, joined = ["person-invited", "role-offered"], ["invitation-accepted"]
    assert kinds == [*offered, *joined, "role-handed-over"]
    last = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last is not None
    assert (last.subject, last.detail["to"]) == (f"user {asif}", f"user {noor}")


def test_a_manager_alone_hands_over_to_a_newcomer_and_manages_until_then(
    session: Session, cast: Cast
) -> None:
    token = hand_over(session, cast, "Priya", NOOR, cast["Priya"]).token
    held = role_of(session, cast, "Priya")
    join(session, token)
    assert session.get_one(Membership, held).ended_at == NOW


def test_an_invitation_sent_again_still_hands_over_and_one_revoked_does_not(
    session: Session, cast: Cast
) -> None:
    priya, asif = cast["Priya"], cast["Asif"].user_id
    first = hand_over(session, cast, "Asif", NOOR, priya).invitation
    assert first is not None
    options = {"by": priya, "now": NOW, "address": str}
    second, _ = invitations.send_again(session, first, **options)  # type: ignore[arg-type]
    post = Post(Role.AGENCY_LEAD, "POL")
    third, _ = invitations.invite(session, NOOR.name, NOOR.email, post, **options)  # type: ignore[arg-type]
    assert {one.hands_over_id for one in (first, second, third)} == {role_of(session, cast, "Asif")}
    invitations.revoke(session, third, by=priya, now=NOW)
    _, token = invitations.send_again(session, third, **options)  # type: ignore[arg-type]
    assert holders(session, cast, Role.AGENCY_LEAD) == [asif]
    assert join(session, token) in holders(session, cast, Role.AGENCY_LEAD)
    assert asif in holders(session, cast, Role.AGENCY_LEAD)


def test_a_lead_hands_a_contributors_role_to_a_colleague_or_a_newcomer(
    database: Database, cast: Cast, opened: Opened
) -> None:
    asif = cast["Asif"]
    with database.within(Wall.around(asif)).writing.begin() as walled:
        token = hand_over(walled, cast, "Bea", NOOR, asif).token
        assert hand_over(walled, cast, "Ines", cast["Bea"].user_id, asif).to == "Bea"
    with database.writing.begin() as session:
        noor = join(session, token)
        assert holders(session, cast, Role.CONTRIBUTOR) == [noor]
        assert holders(session, cast, Role.SIGNATORY) == [cast["Bea"].user_id]
        assert {one.user_id for one in session.scalars(select(Delegation))} == {noor}


def test_what_was_delegated_ends_with_the_role_and_does_not_come_back(
    database: Database, cast: Cast, opened: Opened
) -> None:
    bea = cast["Bea"].user_id
    with database.writing.begin() as session:
        asked = len(session.scalars(select(Delegation).filter_by(user_id=bea)).all())
        role = role_of(session, cast, "Bea")
    assert asked
    with database.within(Wall.around(cast["Asif"])).writing.begin() as walled:
        leaving.end_role(walled, role, by=cast["Asif"], now=NOW)
    with database.writing.begin() as session:
        event = session.scalars(select(Event).filter_by(kind="role-ended")).one()
        assert event.detail["taken_back"] == asked
        post = Post(Role.CONTRIBUTOR, "POL")
        people.add_role(session, bea, post, by=cast["Priya"], now=NOW)
        assert session.scalars(select(Delegation).filter_by(user_id=bea)).all() == []


def test_a_role_is_handed_only_to_somebody_within_reach_who_may_sign_in(
    session: Session, cast: Cast
) -> None:
    with pytest.raises(LookupError):
        hand_over(session, cast, "Asif", cast["Olga"].user_id, cast["Priya"])
    with pytest.raises(RefusedError):
        hand_over(session, cast, "Asif", cast["Asif"].user_id, cast["Priya"])
    session.get_one(User, cast["Bea"].user_id).is_active = False
    with pytest.raises(RefusedError):
        hand_over(session, cast, "Asif", cast["Bea"].user_id, cast["Priya"])


def test_what_was_delegated_goes_with_the_contributors_role(
    database: Database, cast: Cast, opened: Opened
) -> None:
    bea, ines = cast["Bea"].user_id, cast["Ines"].user_id
    with database.writing.begin() as session:
        beas = session.scalars(select(Delegation).filter_by(user_id=bea)).all()
        given = sorted((one.return_id, one.standard_id) for one in beas)
        first = {"return_id": given[0][0], "standard_id": given[0][1]}
        session.add(Delegation(**first, user_id=ines, given_at=NOW))
    with database.within(Wall.around(cast["Priya"])).writing.begin() as walled:
        hand_over(walled, cast, "Bea", ines, cast["Priya"])
    with database.reading() as reading:
        after = reading.scalars(select(Delegation)).all()
    assert {one.user_id for one in after} == {ines}
    assert sorted((one.return_id, one.standard_id) for one in after) == given


def test_either_manager_of_a_shared_agency_ends_its_roles(session: Session, cast: Cast) -> None:
    police = session.get_one(Agency, cast.agencies["POL"])
    police.partnerships.append(session.get_one(Partnership, cast.partnerships["FAR"]))
    session.flush()
    leaving.end_role(session, role_of(session, cast, "Bea"), by=cast["Olga"], now=NOW)
    leaving.end_role(session, role_of(session, cast, "Asif"), by=cast["Priya"], now=NOW)


def test_who_manages_two_partnerships_may_end_one_of_the_two_themselves(
    session: Session, cast: Cast
) -> None:
    priya = cast["Priya"]
    far = Membership(
        user_id=priya.user_id, role=Role.MANAGER, partnership_id=cast.partnerships["FAR"]
    )
    session.add(far)
    session.flush()
    grants = (*priya.grants, Grant(Role.MANAGER, cast.partnerships["FAR"]))
    both = Viewer(priya.user_id, priya.name, priya.email, grants)
    assert leaving.end_role(session, far.id, by=both, now=NOW).ended_at == NOW
