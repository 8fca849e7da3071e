"""Signing in by two steps, from the pages that people see."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Event, Membership, SecondFactor
from s11audit.models.database import Database
from s11audit.services.recovery_codes import HOW_MANY
from s11audit.web.security import Services
from tests.cast import PASSWORD, Cast
from tests.pages import Page, Pages
from tests.soft_authenticator import SoftAuthenticator

START = datetime(2026, 3, 3, 9, 0, 10, tzinfo=UTC)
ORIGIN = "https://audit.example.org"


@pytest.fixture
def clock() -> time_machine.Coordinates:
    with time_machine.travel(START, tick=False) as travelling:
        yield travelling


def sign_in_by_password(pages: Pages, who: Viewer, to: str = "/sign-in") -> Page:
    fields = pages.get(to).form()
    return pages.post(to, {**fields, "email": who.email, "password": PASSWORD})


def sign_in(pages: Pages, who: Viewer) -> None:
    """As far as a password leads, without the time that checking one takes."""
    pages.sign_in(who, two_factors=False)


def set_up_app(pages: Pages) -> tuple[pyotp.TOTP, Page]:
    """Add an app; gives what shows its codes, and the page that answered."""
    page = pages.get("/account/second-factors/app")
    app = pyotp.TOTP(secret_on(page))
    fields = page.form() | {"code": app.now(), "name": "Work phone"}
    return app, pages.post("/account/second-factors/app", fields)


def secret_on(page: Page) -> str:
    key = page.soup.select_one("#setup-key")
    assert key is not None
    groups = key.get_text().split()
    assert {len(group) for group in groups} == {4}
    return "".join(groups)


def recovery_codes_on(page: Page) -> list[str]:
    return [item.get_text().strip() for item in page.soup.select("#recovery-codes li")]


def enter_code(pages: Pages, code: str) -> Page:
    return pages.post(
        "/sign-in/code", pages.get("/sign-in/code").form("/sign-in/code") | {"code": code}
    )


def enter_recovery_code(pages: Pages, code: str) -> Page:
    fields = pages.get("/sign-in/recovery-code").form()
    return pages.post("/sign-in/recovery-code", fields | {"code": code})


def later(clock: time_machine.Coordinates, **by: int) -> None:
    clock.shift(timedelta(**(by or {"minutes": 2})))


def kinds(database: Database) -> list[str]:
    with database.reading() as reading:
        return list(reading.scalars(select(Event.kind).order_by(Event.id)))


def only_factor(database: Database) -> int:
    with database.reading() as reading:
        return reading.scalars(select(SecondFactor.id)).one()


def test_whoever_needs_a_second_step_sets_it_up_before_anything_else(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates, database: Database
) -> None:
    sign_in_by_password(pages, cast["Mo"])
    turned_away = pages.get("/rounds")
    assert turned_away.location == "/account/second-factors?next=/rounds"
    page = pages.get(turned_away.location)
    assert "password alone is not enough" in page.text

    _, shown = set_up_app(pages)
    assert (shown.status, len(recovery_codes_on(shown))) == (200, HOW_MANY)
    assert pages.get("/rounds").status == 200
    assert kinds(database) == ["signed-in", "second-factor-added", "recovery-codes-made"]


def test_the_first_page_asks_for_the_second_step_of_everybody_who_needs_one(
    pages: Pages, cast: Cast, database: Database
) -> None:
    """Whoever audits cases has nowhere else to be sent to, where it would be asked for."""
    with database.writing.begin() as session:
        role = Membership.user_id == cast["Mo"].user_id
        places = {"partnership_id": None, "agency_id": cast.agencies["POL"]}
        session.execute(update(Membership).where(role).values(role=Role.CASE_AUDITOR, **places))
    sign_in(pages, cast["Mo"])
    assert pages.get("/").location == "/sign-in/code"


def test_the_way_to_set_up_leads_on_to_the_page_that_was_asked_for(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    page = pages.get("/account/second-factors?next=/rounds")
    to_app = next(str(a["href"]) for a in page.soup.select("main a") if "app" in str(a["href"]))
    page = pages.get(to_app)
    app = pyotp.TOTP(secret_on(page))
    shown = pages.post(to_app, page.form() | {"code": app.now()})
    assert shown.soup.select_one("main a.govuk-button")["href"] == "/rounds"


def test_the_setup_key_is_in_the_picture_and_the_wrong_code_keeps_it(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    page = pages.get("/account/second-factors/app")
    assert page.soup.select_one("main [role=img] svg path") is not None
    assert "style=" not in str(page.soup.select_one("main svg"))
    wrong = pages.post("/account/second-factors/app", page.form() | {"code": "000000"})
    assert (wrong.status, list(wrong.errors)) == (422, ["code"])
    assert secret_on(wrong) == secret_on(page)
    empty = pages.post("/account/second-factors/app", wrong.form())
    assert list(empty.errors) == ["code"]


def test_a_key_captured_from_another_persons_page_cannot_be_set_up(
    pages: Pages, app: Flask, database: Database, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    theirs = pages.get("/account/second-factors/app")
    other = Pages(app, database)
    sign_in(other, cast["Priya"])
    own = other.get("/account/second-factors/app")
    fields = own.form() | {"app": theirs.form()["app"], "code": pyotp.TOTP(secret_on(theirs)).now()}
    refused = other.post("/account/second-factors/app", fields)
    assert (refused.status, list(refused.errors)) == (422, ["code"])
    assert secret_on(refused) not in (secret_on(own), secret_on(theirs))
    assert other.get("/rounds").status == 302


def test_a_key_may_be_set_up_a_while_after_it_was_shown(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Asif"])
    page = pages.get("/account/second-factors/app")
    later(clock, minutes=14)
    pages.get("/account")
    app = pyotp.TOTP(secret_on(page))
    assert (
        pages.post("/account/second-factors/app", page.form() | {"code": app.now()}).status == 200
    )


def test_signing_in_takes_the_password_and_then_a_code_that_works_once(
    pages: Pages, app: Flask, database: Database, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    codes, _ = set_up_app(pages)
    pages.post("/sign-out")
    later(clock)

    sign_in_by_password(pages, cast["Mo"], "/sign-in?next=/rounds")
    assert pages.get("/rounds").location == "/sign-in/code?next=/rounds"
    page = pages.get("/sign-in/code?next=/rounds")
    box = page.soup.select_one("input[name=code]")
    assert (box["inputmode"], box["autocomplete"]) == ("numeric", "one-time-code")
    passed = pages.post("/sign-in/code?next=/rounds", page.form("/rounds") | {"code": codes.now()})
    assert (passed.status, passed.location) == (303, "/rounds")
    assert pages.get("/rounds").status == 200

    thief = Pages(app, database)
    sign_in(thief, cast["Mo"])
    assert list(enter_code(thief, codes.now()).errors) == ["code"]
    assert thief.get("/rounds").status == 302
    assert kinds(database)[-2:] == ["signed-in", "second-factor-shown"]


def test_the_code_page_leads_to_no_other_site(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    codes, _ = set_up_app(pages)
    later(clock)
    address = "/sign-in/code?next=//evil.example"
    passed = pages.post(address, pages.get(address).form("evil.example") | {"code": codes.now()})
    assert passed.location == "/"


def test_the_cookie_from_before_the_second_step_is_worth_nothing_after_it(
    pages: Pages, app: Flask, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    copied = pages.client.get_cookie("s11audit")
    set_up_app(pages)
    thief = app.test_client()
    thief.set_cookie("s11audit", copied.value)
    assert thief.get("/account").location.startswith("/sign-in?")


def test_a_second_step_cannot_be_got_round_by_setting_up_another(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    set_up_app(pages)
    pages.post("/sign-out")
    sign_in(pages, cast["Mo"])
    for address in ("", "/app", "/passkey", "/1"):
        page = pages.get(f"/account/second-factors{address}")
        assert page.location.startswith("/sign-in/code"), address
        assert pages.post(f"/account/second-factors{address}").status in (302, 405), address
    assert pages.post("/account/second-factors/1/remove").location == "/sign-in/code"
    assert pages.post("/account/recovery-codes").location == "/sign-in/code"


def test_whoever_need_not_may_have_a_second_step_and_is_then_asked_for_it(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Asif"])
    assert pages.get("/returns").status == 200
    assert "do not have to" in pages.get("/account/second-factors").text
    set_up_app(pages)
    pages.post("/sign-out")
    sign_in(pages, cast["Asif"])
    assert pages.get("/returns").location == "/sign-in/code?next=/returns"


def test_wrong_codes_of_every_kind_are_counted_together(
    pages: Pages, app: Flask, database: Database, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    codes, shown = set_up_app(pages)
    spare = recovery_codes_on(shown)
    pages.post("/sign-out")
    later(clock)
    sign_in(pages, cast["Mo"])
    for _ in range(5):
        assert enter_code(pages, "000000").status == 422
        assert enter_recovery_code(pages, "aaaa-aaaa-aaaa-aaaa").status == 422
    assert enter_code(pages, codes.now()).status == 429
    other = Pages(app, database)
    sign_in(other, cast["Mo"])
    assert enter_recovery_code(other, spare[0]).status == 429
    assert other.get("/rounds").status == 302
    later(clock, minutes=16)
    assert enter_code(other, codes.now()).status == 303


def test_a_recovery_code_signs_in_once_and_says_how_many_are_left(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    _, shown = set_up_app(pages)
    codes = recovery_codes_on(shown)
    for number, code in enumerate(codes[: HOW_MANY - 3], start=1):
        later(clock)
        pages.post("/sign-out")
        sign_in(pages, cast["Mo"])
        assert enter_recovery_code(pages, code).location == "/"
        page = pages.get("/account/second-factors")
        assert f"You have {HOW_MANY - number} recovery codes left." in page.text
    assert "Make new ones under" in page.text
    assert f"You have 3 of {HOW_MANY} recovery codes left. Make new ones." in page.text
    assert list(enter_recovery_code(pages, codes[0]).errors) == ["code"]


def test_new_recovery_codes_are_shown_once(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates, database: Database
) -> None:
    sign_in(pages, cast["Mo"])
    _, shown = set_up_app(pages)
    pages.get("/account/second-factors")
    made = pages.post("/account/recovery-codes")
    assert set(recovery_codes_on(made)).isdisjoint(recovery_codes_on(shown))
    assert "style=" not in str(made.soup.find("main"))
    page = pages.get("/account/second-factors")
    assert not any(code in page.text for code in recovery_codes_on(made))
    assert made.response.headers["Cache-Control"] == "no-store"


def test_a_factor_is_renamed_and_the_last_one_stays(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates, database: Database
) -> None:
    sign_in(pages, cast["Mo"])
    set_up_app(pages)
    number = only_factor(database)
    address = f"/account/second-factors/{number}"
    page = pages.get(address)
    assert page.heading == "Work phone"
    assert list(pages.post(address, page.form() | {"name": " "}).errors) == ["name"]
    assert pages.post(address, page.form() | {"name": "<b>Old</b> phone"}).status == 303
    assert "<b>Old</b> phone" in pages.get("/account/second-factors").text
    refused = pages.post(f"{address}/remove")
    assert (refused.status, list(refused.errors)) == (422, ["remove"])
    assert "Add another one" in refused.text


def test_whoever_needs_none_removes_it_and_signs_in_by_password_again(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates, database: Database
) -> None:
    sign_in(pages, cast["Asif"])
    set_up_app(pages)
    number = only_factor(database)
    pages.get("/account/second-factors")
    removed = pages.post(f"/account/second-factors/{number}/remove")
    assert removed.location == "/account/second-factors"
    pages.get("/account/second-factors")
    pages.post("/sign-out")
    sign_in(pages, cast["Asif"])
    assert pages.get("/returns").status == 200


def test_another_persons_factor_is_not_found(
    pages: Pages,
    app: Flask,
    database: Database,
    cast: Cast,
    clock: time_machine.Coordinates,
) -> None:
    sign_in(pages, cast["Mo"])
    set_up_app(pages)
    number = only_factor(database)
    other = Pages(app, database).sign_in(cast["Asif"])
    other.get("/account/second-factors")
    address = f"/account/second-factors/{number}"
    assert other.get(address).status == 404
    assert other.post(address, {"name": "Mine"}).status == 404
    assert other.post(f"{address}/remove").status == 404


def test_changing_the_second_step_needs_a_fresh_proof(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Asif"])
    later(clock, minutes=16)
    assert pages.get("/account").status == 200
    for address in ("/account/second-factors", "/account/second-factors/app"):
        assert pages.get(address).location.startswith("/sign-in/again"), address


@pytest.fixture
def named(app: Flask) -> Flask:
    """The application at an address for which browsers have passkeys."""
    shared: Services = app.extensions["s11audit"]
    settings = replace(shared.settings, base_url=ORIGIN)
    app.extensions["s11audit"] = replace(shared, settings=settings)
    return app


def options_on(page: Page) -> str:
    form = page.soup.select_one("form[data-passkey]")
    assert form is not None
    assert form.has_attr("hidden")
    assert "Passkeys need JavaScript" in page.text
    return str(form["data-options"])


def set_up_passkey(pages: Pages) -> tuple[SoftAuthenticator, Page]:
    passkey = SoftAuthenticator(ORIGIN)
    page = pages.get("/account/second-factors/passkey")
    fields = page.form() | {"answer": passkey.makes(options_on(page)), "name": "Key"}
    return passkey, pages.post("/account/second-factors/passkey", fields)


def test_a_passkey_is_a_second_step_and_its_answer_works_once(
    pages: Pages, named: Flask, database: Database, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    passkey, shown = set_up_passkey(pages)
    assert len(recovery_codes_on(shown)) == HOW_MANY
    later(clock)
    pages.post("/sign-out")

    sign_in(pages, cast["Mo"])
    page = pages.get("/sign-in/code")
    assert page.heading == "Use your passkey"
    fields = page.form("passkey") | {"answer": passkey.shows(options_on(page))}
    assert pages.post("/sign-in/passkey", fields).status == 303
    assert pages.get("/rounds").status == 200

    replayed = pages.post("/sign-in/passkey", fields)
    assert (replayed.status, list(replayed.errors)) == (422, ["passkey"])
    thief = Pages(named, database)
    sign_in(thief, cast["Mo"])
    thief.get("/sign-in/code")
    stolen = {name: fields[name] for name in ("challenge", "answer")}
    assert thief.post("/sign-in/passkey", stolen).status == 422
    assert thief.get("/rounds").status == 302


def test_a_forged_passkey_is_counted_as_a_wrong_code(
    pages: Pages, named: Flask, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    set_up_passkey(pages)
    later(clock)
    pages.post("/sign-out")
    sign_in(pages, cast["Mo"])
    pages.get("/sign-in/code")
    statuses = [pages.post("/sign-in/passkey", {"answer": "{}"}).status for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_the_host_that_a_request_names_does_not_move_the_site(
    pages: Pages, named: Flask, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    page = pages.get(
        "/account/second-factors/passkey", headers={"X-Forwarded-Host": "evil.example"}
    )
    assert re.search(r'"rp": \{"name": "s11audit", "id": "audit.example.org"\}', options_on(page))


def test_where_browsers_have_no_passkeys_the_page_says_so(
    pages: Pages, cast: Cast, clock: time_machine.Coordinates
) -> None:
    sign_in(pages, cast["Mo"])
    page = pages.get("/account/second-factors/passkey")
    assert "do not allow passkeys at this address" in page.text
    assert pages.post("/account/second-factors/passkey", {"answer": "{}"}).status == 404
