"""The pages that invite people, and the public page where they join."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Invitation, Membership, OutgoingMail, Trust, User
from s11audit.models.database import Database
from s11audit.queries.people import as_viewer
from tests.cast import PASSWORD, Cast
from tests.pages import Page, Pages

ATTACK = "<script>alert(1)</script>"
NEW_PASSWORD = "seven otters count umbrellas"  # made up
NOOR = {"name": "Noor Haddad", "email": "noor@example.org", "role": "agency-lead", "agency": "POL"}
Row = TypeVar("Row", Invitation, OutgoingMail)
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def priya(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Priya"])


@pytest.fixture
def somebody(app: Flask, database: Database) -> Pages:
    """A browser in which nobody is signed in."""
    return Pages(app, database)


def invite(pages: Pages, **typed: str) -> Page:
    return pages.post(
        "/people/invite", {**pages.get("/people/invite").form("invite"), **NOOR, **typed}
    )


def join_path(page: Page) -> str:
    found = re.search(rf"{BASE}(/join/\S+)", page.text)
    assert found, page.text
    return found[1]


def press(pages: Pages, page: Page, action_ends: str, **typed: str) -> Page:
    for form in page.soup.find_all("form"):
        if str(form.get("action", "")).endswith(action_ends):
            return pages.post(str(form["action"]), {**page.form(action_ends), **typed})
    raise AssertionError(f"No form whose action ends with {action_ends!r}")


def join(pages: Pages, path: str, **typed: str) -> Page:
    form = pages.get(path).form("")
    return pages.post(path, {**form, "password": NEW_PASSWORD, **typed})


def user(database: Database, email: str = "noor@example.org") -> User | None:
    with database.reading() as session:
        return session.scalars(
            select(User).options(selectinload(User.memberships)).where(User.email == email)
        ).one_or_none()


def the_only(database: Database, table: type[Row]) -> Row:
    with database.reading() as session:
        return session.scalars(select(table)).one()


def put(database: Database, *rows: object) -> None:
    with database.writing.begin() as session:
        for row in rows:
            session.merge(row)


def with_role(database: Database, who: Viewer, role: Role, **place: int) -> Viewer:
    with database.writing.begin() as session:
        person = session.get_one(User, who.user_id)
        person.memberships.append(Membership(role=role, **place))
        session.flush()
        return as_viewer(person, person.memberships)


def test_without_a_mail_server_the_link_is_shown_once_to_hand_over(
    priya: Pages, somebody: Pages
) -> None:
    page = invite(priya)
    assert (page.status, page.heading) == (200, "Hand over this link")
    path = join_path(page)
    assert path.rpartition("/")[2] not in priya.get("/people/invitations").text
    with priya.client.session_transaction() as cookie:
        assert path not in str(dict(cookie))
    assert somebody.get(path).heading == "Accept your invitation"


@pytest.mark.usefixtures("with_mail")
def test_with_a_mail_server_the_link_goes_by_mail_only(priya: Pages, database: Database) -> None:
    page = invite(priya)
    assert (page.status, page.location) == (303, "/people/invitations")
    text = priya.get("/people/invitations").text
    assert "An invitation to noor@example.org is on its way." in text
    assert "Mail waits to be sent" in text
    assert "/join/" not in text
    mail = the_only(database, OutgoingMail)
    assert f"\n{BASE}/join/" in mail.text


@pytest.mark.usefixtures("with_mail")
def test_the_list_says_why_mail_did_not_arrive(priya: Pages, database: Database) -> None:
    invite(priya)
    mail = the_only(database, OutgoingMail)
    mail.failure = "The mail server refused the address (550 <b>No such person</b>)"
    put(database, mail)
    page = priya.get("/people/invitations")
    assert "Mail not sent yet: The mail server refused the address (550 <b>No" in page.text
    mail.sent_at, mail.failure = datetime.now(UTC), ""
    put(database, mail)
    assert "Mail sent" in priya.get("/people/invitations").text


@pytest.mark.usefixtures("with_mail")
def test_a_hostile_host_header_gets_into_no_link(priya: Pages, database: Database) -> None:
    form = priya.get("/people/invite").form("invite")
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        priya.post("/people/invite", {**form, **NOOR}, headers=headers)
    with database.reading() as session:
        texts = list(session.scalars(select(OutgoingMail.text)))
    assert texts
    assert not [text for text in texts if "evil" in text]
    assert all(f"\n{BASE}/join/" in text for text in texts)


def test_whoever_joins_is_signed_in_with_the_role(
    priya: Pages, somebody: Pages, cast: Cast, database: Database
) -> None:
    path = join_path(invite(priya))
    page = somebody.get(path)
    for fact in ("noor@example.org", "Agency lead", "Downshire Police", "Priya"):
        assert fact in page.text
    for other in ("Elm Row", "Downshire Safeguarding", "Asif"):
        assert other not in page.soup.get_text()
    assert page.form("")["name"] == "Noor Haddad"
    assert join(somebody, path, name="Noor H.").status == 303
    assert "Noor H." in somebody.get("/account").text
    noor = user(database)
    assert noor is not None
    assert [(m.role, m.agency_id) for m in noor.memberships] == [
        (Role.AGENCY_LEAD, cast.agencies["POL"])
    ]


def test_whoever_joins_to_scrutinise_must_set_up_a_second_step_first(
    priya: Pages, somebody: Pages
) -> None:
    path = join_path(invite(priya, role="qa-member"))
    assert join(somebody, path).status == 303
    assert somebody.get("/rounds").location.startswith("/account/second-factors")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"password": ""}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "noor@example.org"}, "password"),
    ],
)
def test_a_mistake_while_joining_is_explained_and_uses_nothing_up(
    priya: Pages, somebody: Pages, database: Database, typed: dict[str, str], field: str
) -> None:
    path = join_path(invite(priya))
    page = join(somebody, path, **typed)
    assert (page.status, list(page.errors)) == (422, [field])
    assert user(database) is None
    assert join(somebody, path).status == 303


def test_what_else_is_sent_along_changes_nothing(
    priya: Pages, somebody: Pages, cast: Cast, database: Database
) -> None:
    path = join_path(invite(priya, invited_by_id="7", expires_at="2099-01-01", token="mine"))
    row = the_only(database, Invitation)
    assert row.invited_by_id == cast["Priya"].user_id
    assert row.expires_at < datetime.now(UTC) + timedelta(days=7, minutes=1)
    more = {
        "email": "evil@example.org",
        "role": "manager",
        "agency": "HOSP",
        "agency_id": "2",
        "partnership_id": "1",
        "is_active": "",
        "id": "1",
        "user_id": "1",
        "password_hash": "x",
        "created_at": "2020-01-01",
    }
    assert join(somebody, path, **more).status == 303
    noor = user(database)
    assert noor is not None
    assert noor.is_active
    assert [(m.role, m.agency_id, m.partnership_id) for m in noor.memberships] == [
        (Role.AGENCY_LEAD, cast.agencies["POL"], None)
    ]
    assert user(database, "evil@example.org") is None


def dead(pages: Pages, path: str) -> bytes:
    page = pages.get(path)
    assert (page.status, page.heading) == (410, "This invitation does not work")
    tried = pages.post(path, {"name": "Eve", "password": NEW_PASSWORD})
    assert (tried.status, tried.heading) == (page.status, page.heading)
    return re.sub(rb'(nonce|value|v)="?[^" >]*"?', b"", page.response.get_data())


def test_every_link_that_does_not_work_gets_the_same_words(
    priya: Pages, somebody: Pages, app: Flask, database: Database
) -> None:
    reused = join_path(invite(priya))
    join(Pages(app, database), reused)
    revoked = join_path(invite(priya, email="ann@example.org"))
    press(priya, priya.get("/people/invitations"), "/revoke")
    good = join_path(invite(priya, email="bob@example.org"))
    somebody.get("/sign-in")
    answers = {dead(somebody, path) for path in (reused, revoked, f"{good}x", good[:-1], "/join/x")}
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        somebody.get("/sign-in")
        answers.add(dead(somebody, good))
    assert len(answers) == 1
    assert user(database, "ann@example.org") is None


def test_looking_at_a_link_uses_nothing_up(
    priya: Pages, somebody: Pages, app: Flask, database: Database
) -> None:
    path = join_path(invite(priya))
    for _ in range(3):
        assert Pages(app, database).get(path).status == 200
        assert somebody.client.head(path).status_code == 200
    assert join(somebody, path).status == 303


def test_somebody_with_an_account_signs_in_first_and_then_accepts(
    priya: Pages, somebody: Pages, cast: Cast
) -> None:
    path = join_path(invite(priya, name="Cara", email="cara@example.org"))
    page = somebody.get(path)
    assert page.soup.find("input", attrs={"name": "password"}) is None
    sign_in = page.soup.select_one("main a.govuk-button")["href"]
    form = somebody.get(sign_in).form("")
    page = somebody.post(sign_in, {**form, "email": "cara@example.org", "password": PASSWORD})
    assert page.location == path
    assert press(somebody, somebody.get(path), "/accept").location == "/"
    assert "Agency lead, Downshire Police" in somebody.get("/account").text
    assert somebody.get(path).status == 410


def test_a_password_sent_for_an_address_with_an_account_changes_nothing(
    priya: Pages, somebody: Pages, database: Database, cast: Cast
) -> None:
    path = join_path(invite(priya, name="Cara", email="cara@example.org"))
    before = user(database, "cara@example.org")
    assert before is not None
    somebody.get("/sign-in")
    page = somebody.post(path, {"name": "Eve", "password": NEW_PASSWORD})
    assert (page.status, page.location) == (303, path)
    after = user(database, "cara@example.org")
    assert after is not None
    assert (after.name, after.password_hash) == ("Cara", before.password_hash)
    assert somebody.get("/account").status == 302


def test_a_forwarded_link_offers_whoever_is_signed_in_to_sign_out_only(
    priya: Pages, somebody: Pages, cast: Cast, database: Database
) -> None:
    path = join_path(invite(priya))
    somebody.sign_in(cast["Bea"])
    page = somebody.get(path)
    assert "You are signed in as bea@example.org, but this invitation is for noor" in page.text
    actions = [str(form["action"]) for form in page.soup.select("main form")]
    assert actions == ["/sign-out"]
    for address in (path, f"{path}/accept"):
        tried = somebody.post(address, {"name": "Bea", "password": NEW_PASSWORD})
        assert (tried.status, tried.location) == (303, path)
    assert user(database) is None
    bea = user(database, "bea@example.org")
    assert bea is not None
    assert [m.role for m in bea.memberships] == [Role.CONTRIBUTOR]


def test_accepting_needs_whatever_signing_in_needs(
    priya: Pages, somebody: Pages, cast: Cast, database: Database
) -> None:
    path = join_path(invite(priya, name="Mo", email="mo@example.org"))
    assert somebody.get(path).status == 200
    somebody.get("/sign-in")
    page = somebody.post(f"{path}/accept")
    assert page.location.startswith("/sign-in")


@pytest.mark.slow
def test_guessing_links_is_slowed_down(somebody: Pages) -> None:
    somebody.get("/sign-in")
    answers = {
        somebody.post(f"/join/guess-{number}", {"name": "Eve"}).status for number in range(120)
    }
    assert answers == {410, 429}


def test_a_form_from_elsewhere_joins_nobody(
    priya: Pages, somebody: Pages, database: Database
) -> None:
    path = join_path(invite(priya))
    somebody.client.post(path, data={"name": "Eve", "password": NEW_PASSWORD})
    assert user(database) is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "noor"}, "email"),
        ({"email": "no:or@example.org"}, "email"),
        ({"email": "asif@example.org"}, "email"),
        ({"role": ""}, "role"),
        ({"role": "operator"}, "role"),
        ({"role": "emperor"}, "role"),
        ({"agency": ""}, "agency"),
        ({"agency": "FARPOL"}, "agency"),
    ],
)
def test_a_mistake_is_explained_and_what_was_typed_is_kept(
    priya: Pages, database: Database, typed: dict[str, str], field: str
) -> None:
    page = invite(priya, **typed)
    assert (page.status, list(page.errors)) == (422, [field])
    assert page.form("invite")["name"] == typed.get("name", NOOR["name"])
    with database.reading() as session:
        assert session.scalars(select(Invitation)).all() == []


def roles_offered(pages: Pages) -> set[str]:
    page = pages.get("/people/invite")
    return {str(radio["value"]) for radio in page.soup.find_all("input", attrs={"name": "role"})}


def test_only_roles_and_places_are_offered_that_one_may_give(
    pages: Pages, cast: Cast, database: Database
) -> None:
    put(database, Trust(reference="TRU", name="Rowan Trust"))
    assert roles_offered(pages.sign_in(cast["Asif"])) == {
        "contributor",
        "signatory",
        "case-auditor",
    }
    page = pages.get("/people/invite")
    assert page.soup.find("select") is None  # one agency: nothing to choose
    assert "Hospitals" not in page.soup.get_text()
    managers = roles_offered(pages.sign_in(cast["Priya"]))
    assert "manager" in managers
    assert not {"operator", "trust-viewer"} & managers
    assert "Farshire" not in pages.get("/people/invite").soup.get_text()
    operator = with_role(database, cast["Cara"], Role.OPERATOR)
    assert roles_offered(pages.sign_in(operator)) == {
        "operator",
        "manager",
        "trust-viewer",
        "contributor",
        "signatory",
        "case-auditor",
    }


def test_the_operator_invites_managers_and_trust_viewers_anywhere(
    pages: Pages, cast: Cast, database: Database
) -> None:
    put(database, Trust(reference="TRU", name="Rowan Trust"))
    pages.sign_in(with_role(database, cast["Cara"], Role.OPERATOR))
    assert invite(pages, role="manager", partnership="FAR", agency="").status == 200
    viewer = {"email": "t@example.org", "role": "trust-viewer", "agency": "", "trust": "TRU"}
    assert invite(pages, **viewer).status == 200
    assert invite(pages, email="o@example.org", role="operator", agency="").status == 200
    page = pages.get("/people/invitations")
    for words in ("Partnership manager, Farshire SCP", "Trust viewer, Rowan Trust"):
        assert words in page.text
    assert "Operator, the whole installation" in page.text


def test_who_manages_two_partnerships_says_which(
    pages: Pages, cast: Cast, database: Database
) -> None:
    far = cast.partnerships["FAR"]
    pages.sign_in(with_role(database, cast["Priya"], Role.MANAGER, partnership_id=far))
    assert invite(pages, role="qa-member", agency="").errors == {
        "partnership": "Choose a partnership"
    }
    invite(pages, role="qa-member", agency="", partnership="FAR")
    assert "QA subgroup member, Farshire SCP" in pages.get("/people/invitations").text


def test_another_partnership_is_not_reached_by_sending_its_reference(
    priya: Pages, cast: Cast, database: Database
) -> None:
    invite(priya, role="manager", partnership="FAR")
    row = the_only(database, Invitation)
    assert row.partnership_id == cast.partnerships["DOWN"]


def test_a_lead_sees_colleagues_and_invites_one(pages: Pages, cast: Cast) -> None:
    page = pages.sign_in(cast["Asif"]).get("/people/colleagues")
    assert "Bea bea@example.org Contributor" in page.text
    assert "Dana" not in page.text
    assert "Colleagues" in page.soup.find("nav").get_text()
    assert invite(pages, role="signatory").status == 200
    assert "Signatory, Downshire Police" in pages.get("/people/invitations").text
    assert invite(pages, role="agency-lead").status == 422


@pytest.mark.parametrize("who", ["Mo", "Bea", "Ines"])
@pytest.mark.parametrize("address", ["/people/invitations", "/people/invite", "/people/colleagues"])
def test_whoever_gives_no_roles_sees_no_invitations(
    pages: Pages, cast: Cast, who: str, address: str
) -> None:
    assert pages.sign_in(cast[who]).get(address).status == 403


@pytest.mark.parametrize("who", ["Olga", "Cara", "Asif"])
@pytest.mark.parametrize("step", ["again", "revoke"])
def test_others_invitations_are_not_found(
    pages: Pages, cast: Cast, database: Database, who: str, step: str
) -> None:
    invite(pages.sign_in(cast["Priya"]))
    row = the_only(database, Invitation)
    pages.sign_in(cast[who])
    assert "noor" not in pages.get("/people/invitations").text
    assert pages.post(f"/people/invitations/{row.id}/{step}").status == 404
    assert pages.post(f"/people/invitations/99999999999/{step}").status == 404


def test_sending_again_shows_a_new_link_and_kills_the_old(priya: Pages, somebody: Pages) -> None:
    old = join_path(invite(priya))
    new = join_path(press(priya, priya.get("/people/invitations"), "/again"))
    assert somebody.get(old).status == 410
    assert somebody.get(new).status == 200
    page = priya.get("/people/invitations")
    assert "Open (1)" in page.text
    assert "Revoked (1)" in page.text


def test_an_accepted_invitation_is_neither_sent_again_nor_revoked(
    priya: Pages, somebody: Pages, database: Database
) -> None:
    join(somebody, join_path(invite(priya)))
    row = the_only(database, Invitation)
    for step in ("again", "revoke"):
        page = priya.post(f"/people/invitations/{row.id}/{step}")
        assert (page.status, list(page.errors)) == (422, ["invitations"])
    page = priya.get("/people/invitations?state=accepted")
    assert "noor@example.org" in page.text
    assert page.soup.select("main form") == []


def test_each_state_is_listed_with_its_date(priya: Pages) -> None:
    invite(priya)
    assert "Works until" in priya.get("/people/invitations?state=nonsense&page=x").text
    press(priya, priya.get("/people/invitations"), "/revoke")
    assert "Revoked " in priya.get("/people/invitations?state=revoked").text
    assert "There are no invitations here." in priya.get("/people/invitations?state=expired").text


def test_a_long_list_has_pages(priya: Pages, cast: Cast, database: Database) -> None:
    moment = datetime.now(UTC)
    rows = (
        Invitation(
            token_sha256=str(number),
            email=f"{number}@example.org",
            name=f"Person {number}",
            role=Role.AGENCY_LEAD,
            agency_id=cast.agencies["POL"],
            invited_at=moment,
            expires_at=moment - timedelta(days=1),
        )
        for number in range(60)
    )
    put(database, *rows)
    page = priya.get("/people/invitations?state=expired")
    assert "Expired (60)" in page.text
    second = priya.get(page.soup.select_one(".govuk-pagination__next a")["href"])
    assert len(second.soup.select("tbody tr")) == 10


def markup(page: Page) -> list[str]:
    return [str(tag) for tag in page.soup.find_all("script") if "alert" in tag.get_text()]


def test_what_was_stored_is_text_and_not_markup(
    priya: Pages, somebody: Pages, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        session.get_one(User, cast["Priya"].user_id).name = ATTACK
    handed = invite(priya, name=ATTACK)
    path = join_path(handed)
    seen = [handed, priya.get("/people/invitations"), somebody.get(path)]
    assert not [page for page in seen if markup(page)]
    assert ATTACK in seen[1].text
    assert somebody.get(path).form("")["name"] == ATTACK
    mail = the_only(database, OutgoingMail)
    assert f"Dear {ATTACK}," in mail.text
    assert f"{ATTACK} invites you" in mail.text
