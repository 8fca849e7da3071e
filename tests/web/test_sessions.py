"""How long somebody is signed in, where, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from s11audit.domain.access import FRESH_FOR, SESSION_LIMITS, SessionLimits
from s11audit.domain.permissions import Role
from s11audit.models import Event, FactorKind, Membership, SecondFactor, User, UserSession
from s11audit.models.database import Database
from s11audit.queries.people import session_limits, signed_in
from s11audit.services import account
from s11audit.services.people import disable_person
from s11audit.services.throttling import TRIES, Tried
from s11audit.web.account.browsers import browser_name
from s11audit.web.security import Services
from tests.cast import PASSWORD, Cast
from tests.pages import Page, Pages

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
NEW = "seven otters count umbrellas"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CAPS = SessionLimits(timedelta(hours=1), timedelta(hours=12))


def sign_in(pages: Pages, email: str, password: str = PASSWORD, address: str = "/sign-in") -> Page:
    fields = {**pages.get(address).form(), "email": email, "password": password}
    return pages.post(address, fields, headers={"User-Agent": FIREFOX})


def prove(pages: Pages, asked: Page, password: str) -> Page:
    return pages.post(asked.location, {**pages.get(asked.location).form(), "password": password})


def with_factor(database: Database, user_id: int) -> None:
    with database.writing.begin() as session:
        factor = SecondFactor(user_id=user_id, kind=FactorKind.APP, name="App", added_at=NOW)
        session.add(factor)


# How long


@pytest.mark.parametrize(
    ("who", "idle", "absolute"),
    [
        ("Asif", timedelta(minutes=60), timedelta(hours=12)),
        ("Hugo", timedelta(minutes=60), timedelta(hours=12)),
        ("Priya", timedelta(minutes=30), timedelta(hours=10)),
        ("Mo", timedelta(minutes=30), timedelta(hours=10)),
    ],
)
def test_whoever_reaches_more_is_signed_out_sooner(
    pages: Pages, cast: Cast, who: str, idle: timedelta, absolute: timedelta
) -> None:
    second = timedelta(seconds=1)
    with time_machine.travel(NOW, tick=False) as clock:
        pages.sign_in(cast[who])
        clock.move_to(NOW + idle - second)
        assert pages.get("/account").status == 200
        clock.move_to(NOW + idle - second + idle)
        assert pages.get("/account").status == 302
        pages.sign_in(cast[who])
        start = NOW + idle - second + idle
        moment = start
        while moment + idle - second < start + absolute:
            moment += idle - second
            clock.move_to(moment)
            assert pages.get("/account").status == 200
        clock.move_to(start + absolute)
        assert pages.get("/account").status == 302


def test_of_several_roles_the_strictest_counts_and_the_installations_own_limits_too() -> None:
    respondent, panel = SESSION_LIMITS[Role.AGENCY_LEAD], SESSION_LIMITS[Role.QA_MEMBER]
    both = session_limits({Role.AGENCY_LEAD, Role.QA_MEMBER}, CAPS)
    assert both == panel != respondent
    short = SessionLimits(timedelta(minutes=5), timedelta(hours=2))
    assert session_limits({Role.QA_MEMBER}, short) == short
    assert session_limits(set(), CAPS) == CAPS


def test_settings_may_sign_everybody_out_sooner(pages: Pages, cast: Cast, app: Flask) -> None:
    shared: Services = app.extensions["s11audit"]
    strict = replace(shared.settings, idle_minutes=5)
    app.extensions["s11audit"] = replace(shared, settings=strict)
    with time_machine.travel(NOW, tick=False) as clock:
        pages.sign_in(cast["Asif"])
        clock.move_to(NOW + timedelta(minutes=5))
        assert pages.get("/account").status == 302


# What ends it


def sign_out(pages: Pages, _session: Session, _cast: Cast) -> None:
    pages.get("/account")
    pages.post("/sign-out")


def sign_out_everywhere(pages: Pages, _session: Session, _cast: Cast) -> None:
    pages.get("/account/sessions")
    pages.post("/account/sessions/end-all")


def disable(_pages: Pages, session: Session, cast: Cast) -> None:
    disable_person(session, cast["Asif"].user_id, by=cast["Priya"], now=NOW)
    session.commit()


def change_password_elsewhere(_pages: Pages, session: Session, cast: Cast) -> None:
    account.change_password(session, NEW, by=cast["Asif"], session_id=0, now=NOW)
    session.commit()


@pytest.mark.parametrize("end", [sign_out, sign_out_everywhere, disable, change_password_elsewhere])
def test_a_copied_cookie_is_worth_nothing_after(
    pages: Pages,
    cast: Cast,
    app: Flask,
    session: Session,
    end: Callable[[Pages, Session, Cast], None],
) -> None:
    sign_in(pages, "asif@example.org")
    copied = pages.client.get_cookie("s11audit")
    thief = app.test_client()
    thief.set_cookie("s11audit", copied.value)
    assert thief.get("/account").status_code == 200
    end(pages, session, cast)
    thief.set_cookie("s11audit", copied.value)
    answer = thief.get("/account")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/account")


def test_a_role_that_has_ended_opens_nothing_from_the_next_page_on(
    pages: Pages, cast: Cast, session: Session
) -> None:
    pages.sign_in(cast["Asif"])
    assert pages.get("/returns").status == 200
    session.execute(
        update(Membership).where(Membership.user_id == cast["Asif"].user_id).values(ended_at=NOW)
    )
    session.commit()
    assert pages.get("/returns").status == 403
    assert pages.get("/account").status == 200
    assert pages.post("/sign-out").location == "/sign-in"


def test_a_token_copied_before_the_second_factor_is_worth_nothing_after_it(
    session: Session, cast: Cast
) -> None:
    facts = {"how": "password", "two_factors": False, "address": "192.0.2.7", "browser": "Firefox"}
    before = account.start_session(session, cast["Mo"].user_id, **facts, now=NOW)
    half = signed_in(session, before, now=NOW, caps=CAPS)
    assert half is not None
    assert half.is_half
    after = account.pass_second_factor(session, half.session_id, NOW)
    session.flush()
    assert signed_in(session, before, now=NOW, caps=CAPS) is None
    whole = signed_in(session, after, now=NOW, caps=CAPS)
    assert whole is not None
    assert not whole.is_half


def test_nobody_disabled_is_signed_in_whatever_vouches_for_them(
    session: Session, cast: Cast
) -> None:
    session.get_one(User, cast["Asif"].user_id).is_active = False
    facts = {"how": "openid", "two_factors": True, "address": "", "browser": ""}
    with pytest.raises(PermissionError):
        account.start_session(session, cast["Asif"].user_id, **facts, now=NOW)


# Half signed in


def test_whoever_needs_a_second_step_gets_nowhere_else_before_it(pages: Pages, cast: Cast) -> None:
    sign_in(pages, "mo@example.org")
    for address in ("/rounds", "/account", "/account/sessions", "/account/password"):
        page = pages.get(address)
        assert page.status == 302
        assert page.location == f"/account/second-factors?next={address}"
    assert pages.get("/account/second-factors").status == 200
    assert pages.post("/sign-out").location == "/sign-in"


def test_whoever_has_a_second_step_shows_it_and_cannot_add_another_instead(
    pages: Pages, cast: Cast, database: Database
) -> None:
    with_factor(database, cast["Asif"].user_id)
    sign_in(pages, "asif@example.org")
    for address in ("/returns", "/account/second-factors", "/account/second-factors/app"):
        page = pages.get(address)
        assert page.location == f"/sign-in/code?next={address}"
    assert pages.get("/sign-in/code").status == 200


# Proving again


def test_what_matters_asks_for_the_password_again_and_leads_back(pages: Pages, cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        pages.sign_in(cast["Asif"])
        assert pages.get("/account/password").status == 200
        clock.move_to(NOW + FRESH_FOR)
        asked = pages.get("/account/password?from=here")
        assert asked.location == "/sign-in/again?next=/account/password?from%3Dhere"
        wrong = prove(pages, asked, "not the password")
        assert (wrong.status, list(wrong.errors)) == (422, ["password"])
        assert pages.get("/account/password").status == 302
        right = prove(pages, asked, PASSWORD)
        assert (right.status, right.location) == (303, "/account/password?from=here")
        assert pages.get("/account/password").status == 200


def test_a_form_sent_too_late_changes_nothing(pages: Pages, cast: Cast, session: Session) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        pages.sign_in(cast["Asif"])
        form = pages.get("/account/password").form()
        clock.move_to(NOW + FRESH_FOR)
        late = pages.post("/account/password", form | {"current": PASSWORD, "new": NEW})
        assert late.location.startswith("/sign-in/again")
    assert account.recognised_user(session, "asif@example.org", PASSWORD)


def test_proving_leads_to_no_other_site(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Asif"])
    address = "/sign-in/again?next=//evil.example"
    page = pages.post(address, {**pages.get(address).form(), "password": PASSWORD})
    assert page.location == "/"


def test_nobody_guesses_a_password_at_a_desk_that_somebody_has_left(
    pages: Pages, cast: Cast
) -> None:
    pages.sign_in(cast["Asif"])
    form = pages.get("/sign-in/again").form()
    for _ in range(TRIES[Tried.PROOF].account.tries):
        assert pages.post("/sign-in/again", form | {"password": "a guess"}).status == 422
    assert pages.post("/sign-in/again", form | {"password": PASSWORD}).status == 429
    late = {"current": PASSWORD, "new": NEW, "again": NEW}
    assert pages.post("/account/password", form | late).status == 429
    assert pages.get("/account").status == 200


def test_whoever_has_neither_password_nor_second_step_is_told_to_sign_in_again(
    pages: Pages, cast: Cast, session: Session
) -> None:
    session.execute(update(User).values(password_hash=""))
    session.commit()
    page = pages.sign_in(cast["Asif"]).get("/sign-in/again")
    assert "You have no password here" in page.text
    assert page.form("/sign-out")
    assert pages.post("/sign-in/again", {"password": ""}).location == "/sign-in/again"


def test_whoever_has_no_password_shows_the_second_step_instead(
    pages: Pages, cast: Cast, session: Session, database: Database
) -> None:
    with_factor(database, cast["Asif"].user_id)
    session.execute(update(User).values(password_hash=""))
    session.commit()
    page = pages.sign_in(cast["Asif"]).get("/sign-in/again?next=/account/password")
    assert page.location == "/sign-in/code?next=/account/password"


def test_whoever_has_no_password_sets_their_first_without_an_old_one(
    pages: Pages, cast: Cast, session: Session
) -> None:
    session.execute(update(User).values(password_hash=""))
    session.commit()
    page = pages.sign_in(cast["Asif"]).get("/account/password")
    assert page.heading == "Set a password"
    fields = page.form()
    assert "current" not in fields
    assert pages.post("/account/password", fields | {"new": NEW, "again": NEW}).status == 303
    session.expire_all()
    assert account.recognised_user(session, "asif@example.org", NEW) == cast["Asif"].user_id


# The page of sessions


def test_a_person_sees_where_they_are_signed_in_and_which_browser_this_is(
    pages: Pages, cast: Cast, app: Flask, database: Database
) -> None:
    sign_in(pages, "asif@example.org")
    Pages(app, database).sign_in(cast["Asif"])
    Pages(app, database).sign_in(cast["Bea"])
    page = pages.get("/account/sessions")
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("dl > div")]
    assert len(rows) == 2
    mine = [row for row in rows if "This browser" in row]
    assert len(mine) == 1
    assert "Firefox on Windows" in mine[0]
    assert "from network address 127.0.0.1" in mine[0]


def test_a_session_that_is_too_old_is_not_listed(
    pages: Pages, cast: Cast, app: Flask, database: Database
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        Pages(app, database).sign_in(cast["Asif"])
        clock.move_to(NOW + timedelta(hours=2))
        page = pages.sign_in(cast["Asif"]).get("/account/sessions")
    assert len(page.soup.select("dl > div")) == 1


def test_another_browser_is_signed_out_from_here(
    pages: Pages, cast: Cast, app: Flask, database: Database
) -> None:
    other = Pages(app, database).sign_in(cast["Asif"])
    pages.sign_in(cast["Asif"])
    page = pages.get("/account/sessions")
    address = str(page.soup.select_one("form[action$='/end']")["action"])  # type: ignore[index]
    assert pages.post(address).location == "/account/sessions"
    assert other.get("/account").status == 302
    assert pages.get("/account").status == 200


def test_nobody_ends_the_session_of_somebody_else(
    pages: Pages, cast: Cast, app: Flask, database: Database, session: Session
) -> None:
    other = Pages(app, database).sign_in(cast["Bea"])
    theirs = session.scalars(select(UserSession.id)).one()
    session.rollback()
    pages.sign_in(cast["Asif"]).get("/account/sessions")
    assert pages.post(f"/account/sessions/{theirs}/end").status == 404
    assert other.get("/account").status == 200


def test_signing_out_everywhere_is_in_the_history(
    pages: Pages, cast: Cast, app: Flask, database: Database, session: Session
) -> None:
    other = Pages(app, database).sign_in(cast["Asif"])
    pages.sign_in(cast["Asif"]).get("/account/sessions")
    assert pages.post("/account/sessions/end-all").location == "/sign-in"
    assert pages.get("/account").status == other.get("/account").status == 302
    event = session.scalars(select(Event)).one()
    assert (event.kind, event.user_id) == ("signed-out-everywhere", cast["Asif"].user_id)


@pytest.mark.parametrize(
    ("described", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Safari/605.1.15",
            "Safari on Mac",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
            "Chrome on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.9", "A browser"),
        ("", "A browser"),
        ("<script>alert(1)</script>" * 90, "A browser"),
    ],
)
def test_a_browser_has_a_name_that_people_know(described: str, name: str) -> None:
    assert browser_name(described) == name
