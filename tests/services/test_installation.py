"""What the operator changes: partnerships, trusts, and which agency belongs to which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission, Role
from s11audit.domain.viewers import Grant, Viewer
from s11audit.models import Event, Membership, User
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries import directory
from s11audit.queries import installation as queries
from s11audit.queries.people import as_viewer
from s11audit.services import installation, people
from s11audit.services.people import Post
from s11audit.services.refusals import RefusedError
from tests.cast import Cast

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)


@pytest.fixture
def omar(cast: Cast, session: Session) -> Viewer:
    """Somebody who signs in as the operator, and manages nothing."""
    mo = cast["Mo"]
    session.add(Membership(user_id=mo.user_id, role=Role.OPERATOR))
    session.commit()
    return Viewer(mo.user_id, mo.name, mo.email, (Grant(Role.OPERATOR),))


def test_a_shared_agency_is_seen_by_both_managers_and_so_is_its_sharing(
    database: Database, session: Session, cast: Cast, omar: Viewer
) -> None:
    with database.within(Wall.around(omar)).writing.begin() as walled:
        installation.share_agency(walled, "pol", "far", by=omar, now=NOW)
        with pytest.raises(RefusedError):
            installation.share_agency(walled, "POL", "FAR", by=omar, now=NOW)
    for name in ("Priya", "Olga"):
        with database.within(Wall.around(cast[name])).reading() as walled:
            assert directory.agency(walled, "POL", visible_to=cast[name]) is not None
            event = walled.scalars(select(Event).filter_by(kind="agency-shared")).one()
            assert event.agency_id == cast.agencies["POL"]


def test_a_trusts_viewer_reads_for_its_schools_as_long_as_they_belong_to_it(
    session: Session, cast: Cast, omar: Viewer
) -> None:
    installation.add_trust(session, "trust", "Elm Trust", by=omar, now=NOW)
    installation.join_trust(session, "SCH", "TRUST", by=omar, now=NOW)
    school = {cast.agencies["SCH"]}

    def reached() -> set[int]:
        session.expire_all()
        cara = session.get_one(User, cast["Cara"].user_id)
        live = [one for one in cara.memberships if one.role is Role.TRUST_VIEWER]
        return set(as_viewer(cara, live).agencies(Permission.SEE_RETURN))

    membership = people.vacancy(session, Post(Role.TRUST_VIEWER, "TRUST"), by=omar, now=NOW)
    membership.user_id = cast["Cara"].user_id
    session.add(membership)
    session.flush()
    assert reached() == school
    (listed,) = queries.trusts(session, visible_to=omar)
    assert listed.schools == (("SCH", "Elm Row School"),)
    assert [holder.name for holder in listed.viewers] == ["Cara"]
    installation.leave_trust(session, "SCH", by=omar, now=NOW)
    assert reached() == set()


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda s, o: installation.join_trust(s, "POL", "TRUST", by=o, now=NOW), "agency"),
        (lambda s, o: installation.join_trust(s, "NONE", "TRUST", by=o, now=NOW), "agency"),
        (lambda s, o: installation.join_trust(s, "SCH", "NONE", by=o, now=NOW), "trust"),
        (lambda s, o: installation.leave_trust(s, "SCH", by=o, now=NOW), "agency"),
        (lambda s, o: installation.share_agency(s, "", "FAR", by=o, now=NOW), "agency"),
        (lambda s, o: installation.share_agency(s, "POL", "", by=o, now=NOW), "partnership"),
        (lambda s, o: installation.add_trust(s, "TRUST", "X", by=o, now=NOW), "reference"),
        (lambda s, o: installation.add_partnership(s, "down", "X", by=o, now=NOW), "reference"),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, omar: Viewer, act: Callable[[Session, Viewer], object], field: str
) -> None:
    installation.add_trust(session, "TRUST", "Elm Trust", by=omar, now=NOW)
    with pytest.raises(RefusedError) as error:
        act(session, omar)
    assert error.value.field == field


def test_nobody_but_the_operator_changes_or_sees_the_installation(
    session: Session, cast: Cast
) -> None:
    priya = cast["Priya"]
    for act in (
        lambda: installation.share_agency(session, "POL", "FAR", by=priya, now=NOW),
        lambda: installation.add_trust(session, "T", "T", by=priya, now=NOW),
        lambda: installation.join_trust(session, "SCH", "T", by=priya, now=NOW),
        lambda: installation.leave_trust(session, "SCH", by=priya, now=NOW),
    ):
        with pytest.raises(PermissionError):
            act()
    assert queries.partnerships(session, visible_to=priya) == []
    assert queries.trusts(session, visible_to=priya) == []
    assert queries.shared_agencies(session, visible_to=priya) == []


def test_the_operator_sees_who_manages_what(
    database: Database, session: Session, cast: Cast, omar: Viewer
) -> None:
    with database.within(Wall.around(omar)).reading() as walled:
        listed = queries.partnerships(walled, visible_to=omar)
    assert [(one.reference, one.agencies, [m.name for m in one.managers]) for one in listed] == [
        ("DOWN", 3, ["Priya"]),
        ("FAR", 1, ["Olga"]),
    ]
