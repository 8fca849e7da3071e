"""Signing in and out, and one's own account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.access import RULES, Relation, Thing
from s11audit.domain.permissions import Role
from s11audit.models import Event, User, UserSession
from s11audit.models.database import Database
from s11audit.queries.people import token_digest
from s11audit.services.account import recognised_user
from s11audit.services.passwords import is_outdated
from s11audit.services.throttling import TRIES, Tried
from s11audit.web.account.abilities import in_words
from s11audit.web.account.signing_in import own_address
from tests.cast import PASSWORD, Cast
from tests.pages import Page, Pages

NEW = "seven otters count umbrellas"
OTHER_SITES = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "",
    "////evil.example",
    "//evil.example/returns",
    "//evil.example@127.0.0.1",
    "//127.0.0.1@evil.example",
    "/\\/evil.example",
    "/\\\\evil.example",
    "\\/evil.example",
    "/returns\\..\\evil.example",
    "/\r/evil.example",
    "/\r\n/evil.example",
    "/returns\r\nLocation: https://evil.example",
    "/\x00/evil.example",
    "/\x7f/evil.example",
    "\x0b//evil.example",
    "http:evil.example",
    "http:/evil.example",
    "http:\\\\evil.example",
    "ftp://evil.example",
    "HTTPS://evil.example",
    "https:///evil.example",
    "://evil.example",
    "?next=https://evil.example",
    "#https://evil.example",
    "vbscript:msgbox(1)",
    "blob:https://evil.example/1",
    "view-source:https://evil.example",
    "evil.example/returns",
    "..//evil.example",
    "http://127.0.0.1:8000/returns",
    "//127.0.0.1:8000/returns",
    "\uff0f\uff0fevil.example",
]
OWN_PAGES = [
    "/",
    "/returns",
    "/returns/R1-POL?standard=leadership",
    "/people?search=a%2F%2Fb&page=2",
    "/returns/R1-POL#leadership",
    "/@evil.example",
    "/returns?next=https://evil.example",
]


def sign_in(pages: Pages, email: str, password: str, address: str = "/sign-in") -> Page:
    fields = {**pages.get(address).form(), "email": email, "password": password}
    return pages.post(address, fields)


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


def test_a_person_signs_in_whatever_the_case_of_the_address(pages: Pages, cast: Cast) -> None:
    page = sign_in(pages, " ASIF@Example.org ", PASSWORD)
    assert (page.status, page.location) == (303, "/")
    assert "asif@example.org" in pages.get("/account").text


def test_only_a_digest_of_the_token_is_stored(pages: Pages, cast: Cast, session: Session) -> None:
    sign_in(pages, "asif@example.org", PASSWORD)
    with pages.client.session_transaction() as cookie:
        token = cookie["token"]
        assert cookie.permanent
    stored = session.scalars(select(UserSession)).one()
    assert stored.token_sha256 == token_digest(token) != token
    assert kinds(session) == ["signed-in"]


def test_an_unknown_address_and_a_wrong_password_are_refused_in_the_same_words(
    pages: Pages, cast: Cast
) -> None:
    wrong = sign_in(pages, "asif@example.org", "wrong password")
    unknown = sign_in(pages, "nobody@example.org", "wrong password")
    assert wrong.status == unknown.status == 422
    assert wrong.errors == unknown.errors
    assert list(wrong.errors) == ["email"]
    assert wrong.form()["email"] == "asif@example.org"
    assert "wrong password" not in wrong.soup.decode()


def test_somebody_disabled_is_refused_like_anybody_unknown(
    pages: Pages, cast: Cast, session: Session
) -> None:
    session.get_one(User, cast["Asif"].user_id).is_active = False
    session.commit()
    unknown = sign_in(pages, "nobody@example.org", PASSWORD)
    assert sign_in(pages, "asif@example.org", PASSWORD).errors == unknown.errors


def test_an_address_with_a_nul_is_refused_and_nothing_breaks(pages: Pages, cast: Cast) -> None:
    assert sign_in(pages, "as\0if@example.org", "x\0y").status == 422


def test_nothing_typed_is_asked_for_field_by_field(pages: Pages, cast: Cast) -> None:
    assert list(sign_in(pages, "", "").errors) == ["email", "password"]


def keep_failing(pages: Pages, email: str) -> Page:
    form = pages.get("/sign-in").form() | {"email": email, "password": "wrong password"}
    for _ in range(TRIES[Tried.SIGN_IN].account.tries):
        assert pages.post("/sign-in", form).status == 422
    return pages.post("/sign-in", form)


def test_too_many_tries_are_refused_in_the_same_words_whoever_it_is(
    pages: Pages, cast: Cast
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):
        known = keep_failing(pages, "asif@example.org")
        unknown = keep_failing(pages, "nobody@example.org")
    assert known.status == unknown.status == 429
    assert known.heading == "You have tried too many times"
    assert known.text == unknown.text
    assert "Wait 15 minutes" in known.text
    assert known.response.headers["Retry-After"] == unknown.response.headers["Retry-After"] == "900"


def test_too_many_tries_keep_even_the_right_password_out_for_a_while_but_nobody_who_is_in(
    pages: Pages, cast: Cast, app: Flask, database: Database
) -> None:
    inside = Pages(app, database).sign_in(cast["Asif"])
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        keep_failing(pages, "asif@example.org")
        assert sign_in(pages, "ASIF@example.org ", PASSWORD).status == 429
        assert sign_in(pages, "bea@example.org", PASSWORD).status == 303
        assert inside.get("/account").status == 200
        clock.shift(TRIES[Tried.SIGN_IN].account.within)
        stranger = Pages(app, database)
        assert sign_in(stranger, "asif@example.org", PASSWORD).status == 303


def test_signing_in_lets_an_account_start_counting_afresh(pages: Pages, cast: Cast) -> None:
    form = pages.get("/sign-in").form() | {"email": "asif@example.org", "password": "wrong"}
    for _ in range(TRIES[Tried.SIGN_IN].account.tries - 1):
        pages.post("/sign-in", form)
    assert sign_in(pages, "asif@example.org", PASSWORD).status == 303
    pages.get("/account")
    pages.post("/sign-out")
    assert sign_in(pages, "asif@example.org", "wrong").status == 422


def test_an_outdated_hash_is_made_anew_when_its_owner_signs_in(
    pages: Pages, cast: Cast, database: Database
) -> None:
    def is_old() -> bool:
        with database.reading() as reading:
            return is_outdated(reading.get_one(User, cast["Asif"].user_id).password_hash)

    assert is_old()
    sign_in(pages, "asif@example.org", PASSWORD)
    assert not is_old()


def test_signing_in_keeps_nothing_of_the_cookie_before_it(pages: Pages, cast: Cast) -> None:
    pages.get("/sign-in")
    with pages.client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        before = cookie["csrf_token"]
    sign_in(pages, "asif@example.org", PASSWORD)
    with pages.client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != before


def test_a_cookie_copied_before_signing_out_no_longer_works(
    pages: Pages, cast: Cast, app: Flask, session: Session
) -> None:
    sign_in(pages, "asif@example.org", PASSWORD)
    pages.get("/account")
    copied = pages.client.get_cookie("s11audit")
    assert pages.post("/sign-out").location == "/sign-in"
    thief = app.test_client()
    thief.set_cookie("s11audit", copied.value)
    assert thief.get("/account").status_code == 302
    assert kinds(session) == ["signed-in", "signed-out"]


def test_signing_out_needs_a_form_of_ours(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Asif"])
    assert pages.get("/sign-out").status == 405
    assert pages.client.post("/sign-out").status_code == 400
    assert pages.get("/account").status == 200


@pytest.mark.parametrize("wanted", OTHER_SITES)
def test_signing_in_leads_to_no_other_site(app: Flask, wanted: str) -> None:
    with app.test_request_context():
        assert own_address(wanted) == "/"


@pytest.mark.parametrize("wanted", OWN_PAGES)
def test_signing_in_leads_to_any_page_of_our_own(app: Flask, wanted: str) -> None:
    with app.test_request_context():
        assert own_address(wanted) == wanted


@pytest.mark.parametrize(
    "encoded", ["%2F%2Fevil.example", "/%5Cevil.example", "%68ttps://evil.example"]
)
def test_encoding_an_address_does_not_make_it_ours(pages: Pages, cast: Cast, encoded: str) -> None:
    page = sign_in(pages, "asif@example.org", PASSWORD, f"/sign-in?next={encoded}")
    assert page.location == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(pages: Pages, cast: Cast) -> None:
    asked = pages.get("/people?search=Mo&page=2")
    assert asked.status == 302
    assert sign_in(pages, "priya@example.org", PASSWORD, asked.location).location == (
        "/people?search=Mo&page=2"
    )


def test_signing_in_again_ends_the_session_before(
    pages: Pages, cast: Cast, session: Session
) -> None:
    sign_in(pages, "asif@example.org", PASSWORD)
    pages.get("/account")
    pages.post("/sign-in", {"email": "bea@example.org", "password": PASSWORD})
    assert "bea@example.org" in pages.get("/account").text
    ended = session.scalars(select(UserSession).order_by(UserSession.id)).all()
    assert [one.ended_at is None for one in ended] == [False, True]


def test_an_idle_session_and_an_old_one_end(pages: Pages, cast: Cast) -> None:
    moment = datetime.now(UTC)
    with time_machine.travel(moment, tick=False) as clock:
        pages.sign_in(cast["Asif"])
        clock.move_to(moment + timedelta(minutes=59))
        assert pages.get("/account").status == 200
        clock.move_to(moment + timedelta(minutes=59 + 61))
        assert pages.get("/account").status == 302


@pytest.mark.parametrize(
    ("who", "where"),
    [("Priya", "/rounds"), ("Mo", "/rounds"), ("Asif", "/returns"), ("Ines", "/returns")],
)
def test_everybody_starts_where_their_work_is(
    pages: Pages, cast: Cast, who: str, where: str
) -> None:
    assert pages.sign_in(cast[who]).get("/").location == where


def test_strangers_start_at_signing_in_and_people_without_a_role_are_told(
    pages: Pages, cast: Cast, session: Session
) -> None:
    assert pages.get("/").location == "/sign-in"
    for membership in session.get_one(User, cast["Asif"].user_id).memberships:
        session.delete(membership)
    session.commit()
    assert "Ask your partnership manager" in pages.sign_in(cast["Asif"]).get("/").text


@pytest.mark.parametrize("who", ["Priya", "Mo", "Asif", "Bea", "Ines"])
def test_the_account_page_says_what_the_permission_table_says(
    pages: Pages, cast: Cast, who: str
) -> None:
    role: Role = cast[who].grants[0].role
    text = pages.sign_in(cast[who]).get("/account").text
    for permission, rule in RULES.items():
        if rule.thing is not Thing.ACCOUNT:
            relation = rule.roles.get(role)
            told = {words for one in Relation if (words := in_words(permission, one)) in text}
            assert told == ({in_words(permission, relation)} if relation else set()), permission


def change(pages: Pages, current: str, new: str, again: str) -> Page:
    fields = pages.get("/account/password").form()
    return pages.post(
        "/account/password", {**fields, "current": current, "new": new, "again": again}
    )


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(
    pages: Pages, cast: Cast, app: Flask, database: Database, session: Session
) -> None:
    other = Pages(app, database).sign_in(cast["Asif"])
    pages.sign_in(cast["Asif"])
    assert change(pages, PASSWORD, NEW, NEW).location == "/account"
    assert pages.get("/account").status == 200
    assert other.get("/account").status == 302
    assert sign_in(other, "asif@example.org", PASSWORD).status == 422
    assert sign_in(other, "asif@example.org", NEW).status == 303
    assert kinds(session) == ["password-changed", "signed-in"]


@pytest.mark.parametrize(
    ("current", "new", "again", "field"),
    [
        ("not mine", NEW, NEW, "current"),
        (PASSWORD, "eleven char", "eleven char", "new"),
        (PASSWORD, "x" * 201, "x" * 201, "new"),
        (PASSWORD, "a" * 12, "a" * 12, "new"),
        (PASSWORD, "qwerty123456", "qwerty123456", "new"),
        (PASSWORD, "asif.example", "asif.example", "new"),
        (PASSWORD, NEW, NEW + ".", "again"),
    ],
)
def test_a_password_is_not_changed_to_what_was_not_meant(
    pages: Pages, cast: Cast, session: Session, current: str, new: str, again: str, field: str
) -> None:
    pages.sign_in(cast["Asif"])
    page = change(pages, current, new, again)
    assert (page.status, list(page.errors)) == (422, [field])
    assert recognised_user(session, "asif@example.org", PASSWORD) == cast["Asif"].user_id


def test_a_password_of_twelve_letters_needs_nothing_else(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Asif"])
    assert change(pages, PASSWORD, "twelve chars", "twelve chars").status == 303


def test_anybody_may_read_the_accessibility_statement(pages: Pages) -> None:
    page = pages.get("/accessibility")
    assert page.status == 200
    assert "not been tested" in page.text or "have not tested" in page.text
