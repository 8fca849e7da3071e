"""What a manager may change about people and agencies, and how far a manager reaches."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Grant, Viewer
from s11audit.models import Agency, Event, Membership, Partnership, User
from s11audit.queries import directory
from s11audit.queries.people import operator
from s11audit.services import agencies, installation, leaving, people
from s11audit.services.account import recognised_user
from s11audit.services.passwords import made_up_password
from s11audit.services.people import Post
from s11audit.services.refusals import RefusedError
from tests.cast import PASSWORD, Cast

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
LEAD = Post(Role.AGENCY_LEAD, "POL")


def add(session: Session, by: Viewer, **changes: str) -> User:
    told = {"name": "Noor Haddad", "email": "noor@example.org", "password": PASSWORD, **changes}
    return people.add_person(session, **told, post=LEAD, by=by, now=NOW)


def give(session: Session, viewer: Viewer, role: Role, **place: int) -> None:
    session.add(Membership(user_id=viewer.user_id, role=role, **place))
    session.flush()


def refused_field(error: pytest.ExceptionInfo[RefusedError]) -> str:
    return error.value.field


def test_a_person_added_can_sign_in_and_holds_the_role(session: Session, cast: Cast) -> None:
    user = add(session, cast["Priya"], email=" Noor@Example.ORG ")
    assert user.email == "noor@example.org"
    assert recognised_user(session, "NOOR@example.org", PASSWORD) == user.id
    seen = directory.person(session, user.id, visible_to=cast["Priya"])
    assert seen is not None
    assert [role.words for role in seen.roles] == ["Agency lead, Downshire Police"]
    event = session.scalars(select(Event)).one()
    assert (event.kind, event.subject, event.user_id) == (
        "person-added",
        f"user {user.id}",
        cast["Priya"].user_id,
    )
    assert "noor" not in str(event.detail).lower()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " \t "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "ASIF@example.org"}, "email"),
        ({"email": "noor"}, "email"),
        ({"email": "noor@example"}, "email"),
        ({"email": "noor@@example.org"}, "email"),
        ({"email": "noor haddad@example.org"}, "email"),
        ({"email": "a" * 250 + "@example.org"}, "email"),
        ({"password": "too short"}, "password"),
    ],
)
def test_what_cannot_be_a_person_is_refused(
    session: Session, cast: Cast, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(RefusedError) as error:
        add(session, cast["Priya"], **changes)
    assert refused_field(error) == field


@pytest.mark.parametrize(
    ("post", "field"),
    [
        (Post(Role.AGENCY_LEAD, "FARPOL"), "agency"),
        (Post(Role.AGENCY_LEAD, "DOWN"), "agency"),
        (Post(Role.MANAGER, "FAR"), "partnership"),
        (Post(Role.QA_MEMBER, "POL"), "partnership"),
    ],
)
def test_a_role_is_given_only_where_the_manager_reaches(
    session: Session, cast: Cast, post: Post, field: str
) -> None:
    with pytest.raises(RefusedError) as error:
        people.add_role(session, cast["Asif"].user_id, post, by=cast["Priya"], now=NOW)
    assert refused_field(error) == field


@pytest.mark.parametrize("who", ["Mo", "Asif", "Ines", "Olga"])
def test_nobody_but_the_manager_changes_people(session: Session, cast: Cast, who: str) -> None:
    with pytest.raises((RefusedError, LookupError)):
        people.disable_person(session, cast["Cara"].user_id, by=cast[who], now=NOW)
    with pytest.raises(RefusedError):
        add(session, cast[who])
    with pytest.raises(RefusedError):
        agencies.add_agency(session, "NEW", "New", "police", "DOWN", by=cast[who], now=NOW)


def test_a_manager_cannot_lock_the_partnership_out_of_itself(session: Session, cast: Cast) -> None:
    priya = cast["Priya"]
    give(session, priya, Role.QA_MEMBER, partnership_id=cast.partnerships["DOWN"])
    seen = directory.person(session, priya.user_id, visible_to=priya)
    assert seen is not None
    manager = next(role.membership_id for role in seen.roles if role.role is Role.MANAGER)
    for attempt in (
        lambda: leaving.end_role(session, manager, by=priya, now=NOW),
        lambda: people.disable_person(session, priya.user_id, by=priya, now=NOW),
        lambda: people.set_password(session, priya.user_id, "p" * 6 + "q" * 6, by=priya, now=NOW),
    ):
        with pytest.raises(RefusedError):
            attempt()


def test_a_role_is_held_once(session: Session, cast: Cast) -> None:
    with pytest.raises(RefusedError):
        people.add_role(session, cast["Asif"].user_id, LEAD, by=cast["Priya"], now=NOW)
    manager = Post(Role.MANAGER, "DOWN")
    people.add_role(session, cast["Mo"].user_id, manager, by=cast["Priya"], now=NOW)
    with pytest.raises(RefusedError):
        people.add_role(session, cast["Mo"].user_id, manager, by=cast["Priya"], now=NOW)


def test_a_manager_does_not_take_over_an_account_of_another_partnership(
    session: Session, cast: Cast
) -> None:
    """Olga manages elsewhere and helps the police here: her password is not Priya's to set."""
    give(session, cast["Olga"], Role.CONTRIBUTOR, agency_id=cast.agencies["POL"])
    seen = directory.person(session, cast["Olga"].user_id, visible_to=cast["Priya"])
    assert seen is not None
    assert ([role.role for role in seen.roles], seen.roles_elsewhere) == ([Role.CONTRIBUTOR], 1)
    with pytest.raises(RefusedError):
        people.set_password(
            session, cast["Olga"].user_id, made_up_password(), by=cast["Priya"], now=NOW
        )
    with pytest.raises(RefusedError):
        people.disable_person(session, cast["Olga"].user_id, by=cast["Priya"], now=NOW)
    mine = seen.roles[0].membership_id
    leaving.end_role(session, mine, by=cast["Priya"], now=NOW)
    left = directory.person(session, cast["Olga"].user_id, visible_to=cast["Priya"])
    assert left is not None
    assert (left.roles, left.roles_elsewhere) == ((), 1)
    assert [role.until for role in left.past_roles] == [NOW]


def test_the_manager_of_either_partnership_sees_a_cross_border_agency_and_its_people(
    session: Session, cast: Cast
) -> None:
    police = session.get_one(Agency, cast.agencies["POL"])
    police.partnerships.append(session.get_one(Partnership, cast.partnerships["FAR"]))
    session.flush()
    for manager in ("Priya", "Olga"):
        assert directory.agency(session, "POL", visible_to=cast[manager])
        assert directory.person(session, cast["Asif"].user_id, visible_to=cast[manager])
    assert directory.person(session, cast["Dana"].user_id, visible_to=cast["Olga"]) is None


@pytest.mark.parametrize("reference", ["", "-POL", "POL-", "P OL", "P/OL", "x" * 13, "PÖL"])
def test_a_reference_that_would_not_fit_an_address_is_refused(
    session: Session, cast: Cast, reference: str
) -> None:
    with pytest.raises(RefusedError) as error:
        agencies.add_agency(session, reference, "N", "police", "DOWN", by=cast["Priya"], now=NOW)
    assert refused_field(error) == "reference"


def test_a_reference_is_unique_in_whatever_case(session: Session, cast: Cast) -> None:
    added = agencies.add_agency(
        session, "elm-row", "Elm", "faith", "DOWN", by=cast["Priya"], now=NOW
    )
    assert added.reference == "ELM-ROW"
    with pytest.raises(RefusedError):
        agencies.add_agency(session, "Elm-Row", "N", "faith", "DOWN", by=cast["Priya"], now=NOW)


def test_the_operator_reaches_every_partnership_and_is_nobody_in_the_history(
    session: Session, cast: Cast
) -> None:
    installation.add_partnership(session, "NEW", "New SCP", by=operator(session), now=NOW)
    people.add_person(
        session,
        "Noor Haddad",
        "noor@example.org",
        PASSWORD,
        Post(Role.MANAGER, "NEW"),
        by=operator(session),
        now=NOW,
    )
    assert session.scalars(select(Event.user_id)).all() == [None, None]


def test_only_the_operator_adds_a_partnership(session: Session, cast: Cast) -> None:
    with pytest.raises(PermissionError):
        installation.add_partnership(session, "NEW", "New SCP", by=cast["Priya"], now=NOW)


def test_people_are_found_by_name_address_role_and_agency(session: Session, cast: Cast) -> None:
    def found(**wanted: object) -> list[str]:
        page = directory.people(session, visible_to=cast["Priya"], **wanted)  # type: ignore[arg-type]
        return [person.name for person in page.people]

    assert found(search="ASI") == ["Asif"]
    assert found(search="hugo@") == ["Hugo"]
    assert found(search="%") == found(search="_") == []
    assert found(role=Role.SIGNATORY) == ["Hugo", "Ines"]
    assert found(agency_reference="POL") == ["Asif", "Bea", "Ines"]
    assert found(agency_reference="POL", role=Role.SIGNATORY) == ["Ines"]
    assert found(agency_reference="FARPOL") == []
    assert "Olga" not in found()


def test_a_long_list_is_cut_into_pages_that_hold_everybody_once(
    session: Session, cast: Cast
) -> None:
    for number in range(60):
        user = User(name="Same Name", email=f"{number}@e.org", password_hash="", created_at=NOW)
        user.memberships = [Membership(role=Role.CONTRIBUTOR, agency_id=cast.agencies["POL"])]
        session.add(user)
    session.flush()
    viewer = Viewer(0, "", grants=(Grant(Role.MANAGER, cast.partnerships["DOWN"]),))
    first, second, third = (
        directory.people(session, visible_to=viewer, page=page) for page in (1, 2, 3)
    )
    assert (first.pages, first.total, len(first.people), len(third.people)) == (2, 68, 50, 0)
    assert len({person.id for person in first.people + second.people}) == 68
