"""Invitations: who may invite to what, and that a link gives one role to one person once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.domain.access import GRANTABLE
from s11audit.domain.invitations import LIVES, InvitationState
from s11audit.domain.permissions import (
    AGENCY_ROLES,
    INSTALLATION_ROLES,
    PARTNERSHIP_ROLES,
    Permission,
    Role,
)
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Event, Invitation, Membership, OutgoingMail, Trust, User
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries import granting
from s11audit.queries import invitations as queries
from s11audit.queries.people import as_viewer
from s11audit.services import invitations
from s11audit.services.invitations import DeadInvitationError
from s11audit.services.people import Post
from s11audit.services.refusals import RefusedError
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
NOOR = ("Noor Haddad", "noor@example.org")
LEAD = Post(Role.AGENCY_LEAD, "POL")
TRUST = "TRU"


def link(token: str) -> str:
    return f"https://audit.example.org/join/{token}"


@contextmanager
def walled(database: Database, viewer: Viewer) -> Iterator[Session]:
    """A session of this person's, which on PostgreSQL sees their rows only."""
    with database.within(Wall.around(viewer)).writing.begin() as session:
        yield session


def invite(
    database: Database,
    by: Viewer,
    post: Post = LEAD,
    who: tuple[str, str] = NOOR,
    now: datetime = NOW,
) -> str:
    """Invite as a page does; gives the token."""
    with walled(database, by) as session:
        return invitations.invite(session, *who, post, by=by, now=now, address=link)[1]


def join(database: Database, token: str, now: datetime = LATER) -> int:
    with database.writing.begin() as session:
        return invitations.join(session, token, "Noor H", PASSWORD_HASH, now=now)


def accept(database: Database, token: str, by: Viewer, now: datetime = LATER) -> None:
    with database.writing.begin() as session:
        invitations.accept(session, token, by=by, now=now)


def roles_of(database: Database, user_id: int) -> list[tuple[Role, int | None, int | None]]:
    with database.reading() as session:
        rows = session.scalars(
            select(Membership)
            .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
            .order_by(Membership.id)
        )
        return [(row.role, row.partnership_id, row.agency_id) for row in rows]


def listed(
    database: Database, who: Viewer, state: InvitationState = InvitationState.OPEN
) -> list[str]:
    with walled(database, who) as session:
        found = queries.invitations(session, state, visible_to=who, now=LATER).invitations
    return [one.email for one in found]


def own_place(role: Role) -> str:
    if role in INSTALLATION_ROLES:
        return ""
    if role in PARTNERSHIP_ROLES:
        return "DOWN"
    return "POL" if role in AGENCY_ROLES else TRUST


@pytest.fixture
def trust(database: Database, cast: Cast) -> int:
    """A trust with Elm Row School in it."""
    with database.writing.begin() as session:
        made = Trust(reference=TRUST, name="Rowan Trust")
        made.agencies = [session.get_one(Agency, cast.agencies["SCH"])]
        session.add(made)
        session.flush()
        return made.id


def holder(database: Database, cast: Cast, trust: int, role: Role) -> Viewer:
    """Somebody with this role only, in Downshire where it has a place."""
    with database.writing.begin() as session:
        user = User(
            name="Holder", email="holder@example.org", password_hash="", created_at=LONG_AGO
        )
        held = Membership(user=user, role=role, started_at=LONG_AGO)
        if role in PARTNERSHIP_ROLES:
            held.partnership_id = cast.partnerships["DOWN"]
        elif role in AGENCY_ROLES:
            held.agency_id = cast.agencies["POL"]
        elif role not in INSTALLATION_ROLES:
            held.trust_id = trust
        session.add(held)
        session.flush()
        return as_viewer(user, [held])


@pytest.mark.parametrize("inviter", Role)
def test_nobody_invites_to_more_than_the_table_says(
    database: Database, cast: Cast, trust: int, inviter: Role
) -> None:
    by = holder(database, cast, trust, inviter)
    able = set()
    for role in Role:
        try:
            invite(database, by, Post(role, own_place(role)))
        except RefusedError:
            continue
        able.add(role)
    assert able == GRANTABLE.get(inviter, frozenset())
    assert len(listed(database, by)) == len(able)


@pytest.mark.parametrize("inviter", [Role.MANAGER, Role.AGENCY_LEAD])
def test_nobody_invites_to_another_place(
    database: Database, cast: Cast, trust: int, inviter: Role
) -> None:
    by = holder(database, cast, trust, inviter)
    for role in GRANTABLE[inviter]:
        for place in ("FAR", "FARPOL", "NOWHERE", ""):
            with pytest.raises(RefusedError):
                invite(database, by, Post(role, place))
    if inviter is Role.AGENCY_LEAD:
        with pytest.raises(RefusedError):
            invite(database, by, Post(Role.CONTRIBUTOR, "HOSP"))


def test_whoever_manages_here_and_leads_there_gives_there_only_what_a_lead_may(
    database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        user = session.get_one(User, cast["Olga"].user_id)
        leads = Membership(role=Role.AGENCY_LEAD, agency_id=cast.agencies["POL"])
        user.memberships.append(leads)
        session.flush()
        olga = as_viewer(user, user.memberships)
    invite(database, olga, Post(Role.CONTRIBUTOR, "POL"))
    with pytest.raises(RefusedError):
        invite(database, olga, LEAD)


def test_the_link_is_stored_nowhere_and_goes_by_mail_to_the_one_address(
    database: Database, cast: Cast
) -> None:
    token = invite(database, cast["Priya"], who=("Noor  Haddad", " NOOR@Example.org "))
    with database.reading() as session:
        row = session.scalars(select(Invitation)).one()
        mail = session.scalars(select(OutgoingMail)).one()
        events = session.scalars(select(Event)).all()
    assert (row.name, row.email, row.expires_at) == (*NOOR, NOW + LIVES)
    assert token not in str([getattr(row, column.key) for column in Invitation.__table__.columns])
    assert mail.recipient == row.email
    assert f"\n{link(token)}\n" in mail.text
    for fact in ("Noor Haddad", "Priya", "Agency lead", "Downshire Police", "10 March 2026"):
        assert fact in mail.text
    assert [(e.kind, e.user_id, e.agency_id) for e in events] == [
        ("person-invited", cast["Priya"].user_id, cast.agencies["POL"])
    ]
    assert token not in str([e.detail for e in events])


def test_whoever_joins_gets_the_role_and_the_address_of_the_row(
    database: Database, cast: Cast
) -> None:
    user_id = join(database, invite(database, cast["Priya"]))
    assert roles_of(database, user_id) == [(Role.AGENCY_LEAD, None, cast.agencies["POL"])]
    with database.reading() as session:
        user = session.get_one(User, user_id)
        last = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert (user.name, user.email, user.is_active) == ("Noor H", "noor@example.org", True)
    assert last is not None
    assert (last.kind, last.user_id) == ("invitation-accepted", user_id)


def test_a_link_works_once(database: Database, cast: Cast) -> None:
    token = invite(database, cast["Priya"])
    join(database, token)
    with pytest.raises(DeadInvitationError):
        join(database, token)
    with pytest.raises(DeadInvitationError):
        accept(database, token, cast["Cara"])


def flipped(token: str) -> str:
    return ("B" if token[0] == "A" else "A") + token[1:]


@pytest.mark.parametrize("change", [flipped, str.swapcase, lambda token: token[:-1], lambda _: ""])
def test_an_edited_link_is_as_dead_as_an_unknown_one(
    database: Database, cast: Cast, change: object
) -> None:
    token = invite(database, cast["Priya"])
    assert callable(change)
    with pytest.raises(DeadInvitationError):
        join(database, change(token))


def test_a_link_dies_after_seven_days(database: Database, cast: Cast) -> None:
    token = invite(database, cast["Priya"])
    with pytest.raises(DeadInvitationError):
        join(database, token, now=NOW + timedelta(days=7))
    join(database, token, now=NOW + timedelta(days=7, seconds=-1))


def test_a_revoked_link_is_dead_and_its_mail_is_not_sent(database: Database, cast: Cast) -> None:
    token = invite(database, cast["Priya"])
    with walled(database, cast["Priya"]) as session:
        found = queries.invitation(session, 1, visible_to=cast["Priya"])
        assert found is not None
        invitations.revoke(session, found, by=cast["Priya"], now=LATER)
    with pytest.raises(DeadInvitationError):
        join(database, token)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 0
    assert listed(database, cast["Priya"], InvitationState.REVOKED) == ["noor@example.org"]


@pytest.mark.parametrize("again", [True, False])
def test_inviting_again_leaves_one_link_that_works(
    database: Database, cast: Cast, again: bool
) -> None:
    old, priya = invite(database, cast["Priya"]), cast["Priya"]
    if again:
        with walled(database, priya) as session:
            found = queries.invitation(session, 1, visible_to=priya)
            assert found is not None
            _, new = invitations.send_again(session, found, by=priya, now=LATER, address=link)
    else:
        new = invite(database, priya, now=LATER)
    assert listed(database, priya) == ["noor@example.org"]
    with pytest.raises(DeadInvitationError):
        join(database, old)
    join(database, new)
    with pytest.raises(RefusedError, match="already"):
        invite(database, priya)


def test_another_post_of_the_same_person_is_an_invitation_of_its_own(
    database: Database, cast: Cast
) -> None:
    invite(database, cast["Priya"])
    invite(database, cast["Priya"], Post(Role.SIGNATORY, "POL"))
    invite(database, cast["Priya"], Post(Role.AGENCY_LEAD, "HOSP"))
    assert len(listed(database, cast["Priya"])) == 3


def test_nobody_is_invited_to_what_they_are(database: Database, cast: Cast) -> None:
    with pytest.raises(RefusedError, match="Asif has that role already") as error:
        invite(database, cast["Priya"], who=("Asif", "ASIF@example.org"))
    assert error.value.field == "email"


def test_somebody_with_an_account_gets_one_more_role(database: Database, cast: Cast) -> None:
    token = invite(database, cast["Priya"], who=("Cara", "cara@example.org"))
    accept(database, token, cast["Cara"])
    assert roles_of(database, cast["Cara"].user_id) == [
        (Role.AGENCY_LEAD, None, cast.agencies["HOSP"]),
        (Role.AGENCY_LEAD, None, cast.agencies["POL"]),
    ]


def test_a_forwarded_link_gives_nobody_else_the_role(database: Database, cast: Cast) -> None:
    token = invite(database, cast["Priya"])
    with pytest.raises(PermissionError):
        accept(database, token, cast["Cara"])
    assert len(roles_of(database, cast["Cara"].user_id)) == 1
    join(database, token)  # it still works for whom it is for


def test_an_address_that_has_an_account_gets_no_second_one(database: Database, cast: Cast) -> None:
    token = invite(database, cast["Priya"], who=("Cara", "cara@example.org"))
    with pytest.raises(DeadInvitationError):
        join(database, token)


def test_a_role_given_meanwhile_is_not_given_twice(database: Database, cast: Cast) -> None:
    token = invite(database, cast["Priya"], who=("Cara", "cara@example.org"))
    with database.writing.begin() as session:
        police = cast.agencies["POL"]
        session.add(
            Membership(user_id=cast["Cara"].user_id, role=Role.AGENCY_LEAD, agency_id=police)
        )
    accept(database, token, cast["Cara"])
    assert len(roles_of(database, cast["Cara"].user_id)) == 2
    with pytest.raises(DeadInvitationError):
        accept(database, token, cast["Cara"])


def test_of_many_who_take_up_a_link_at_once_one_succeeds(database: Database, cast: Cast) -> None:
    token = invite(database, cast["Priya"])

    def attempt(_: int) -> bool:
        try:
            join(database, token)
        except DeadInvitationError:
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(attempt, range(4))) == 1
    with database.reading() as session:
        same = select(func.count()).where(User.email == "noor@example.org")
        assert session.scalar(same) == 1
        roles = select(func.count()).where(Membership.started_at == LATER)
        assert session.scalar(roles) == 1


@pytest.mark.parametrize("loss", ["the account", "the role"])
def test_an_invitation_is_worth_no_more_than_whoever_sent_it(
    database: Database, cast: Cast, loss: str
) -> None:
    token = invite(database, cast["Asif"], Post(Role.SIGNATORY, "POL"))
    with database.writing.begin() as session:
        asif = session.get_one(User, cast["Asif"].user_id)
        if loss == "the account":
            asif.is_active = False
        else:
            asif.memberships[0].ended_at = NOW
    with pytest.raises(DeadInvitationError):
        join(database, token)
    priya = cast["Priya"]
    with walled(database, priya) as session:
        found = queries.invitations(session, InvitationState.OPEN, visible_to=priya, now=LATER)
        assert [one.is_given for one in found.invitations] == [False]


def test_an_operators_invitation_holds_although_a_manager_does_not_see_the_operators_role(
    database: Database, cast: Cast, trust: int
) -> None:
    operator = holder(database, cast, trust, Role.OPERATOR)
    invite(database, operator, Post(Role.MANAGER, "DOWN"))
    with walled(database, cast["Priya"]) as session:
        found = queries.invitations(
            session, InvitationState.OPEN, visible_to=cast["Priya"], now=LATER
        )
    assert [(one.email, one.is_given) for one in found.invitations] == [("noor@example.org", True)]


def test_everybody_looks_after_what_is_theirs_to_give(database: Database, cast: Cast) -> None:
    invite(database, cast["Priya"])
    invite(database, cast["Priya"], Post(Role.CONTRIBUTOR, "POL"), ("Ann", "ann@example.org"))
    invite(database, cast["Olga"], Post(Role.AGENCY_LEAD, "FARPOL"), ("Far", "far@example.org"))
    assert sorted(listed(database, cast["Priya"])) == ["ann@example.org", "noor@example.org"]
    assert listed(database, cast["Asif"]) == ["ann@example.org"]
    assert listed(database, cast["Olga"]) == ["far@example.org"]
    for name in ("Mo", "Bea", "Ines", "Cara"):
        assert listed(database, cast[name]) == []


@pytest.mark.parametrize(
    ("who", "field"),
    [
        (("", "noor@example.org"), "name"),
        (("n" * 201, "noor@example.org"), "name"),
        (("Noor", "noor"), "email"),
        (("Noor", "noor@example.org\nBcc: mo@example.org"), "email"),
    ],
)
def test_a_name_or_address_that_cannot_be_is_refused(
    database: Database, cast: Cast, who: tuple[str, str], field: str
) -> None:
    with pytest.raises(RefusedError) as error:
        invite(database, cast["Priya"], who=who)
    assert error.value.field == field


def test_line_breaks_in_a_name_reach_no_header_of_the_mail(database: Database, cast: Cast) -> None:
    invite(database, cast["Priya"], who=("Noor\r\nBcc: mo@example.org\r\n\r\n<b>", NOOR[1]))
    with database.reading() as session:
        mail = session.scalars(select(OutgoingMail)).one()
    assert "\n" not in mail.subject
    assert mail.text.startswith("Dear Noor Bcc: mo@example.org <b>,\n")


def test_a_colleague_is_whoever_holds_a_role_for_an_agency_that_one_leads(
    database: Database, cast: Cast
) -> None:
    with walled(database, cast["Asif"]) as session:
        found = granting.colleagues(session, visible_to=cast["Asif"])
    assert {agency: [one.name for one in people] for agency, people in found.items()} == {
        "Downshire Police": ["Asif", "Bea", "Ines"]
    }
    assert cast["Priya"].may(Permission.GRANT_ROLES)
    with walled(database, cast["Priya"]) as session:
        assert granting.colleagues(session, visible_to=cast["Priya"]) == {}
