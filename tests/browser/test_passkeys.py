"""Two steps in a real browser: apps and passkeys are set up and shown, with and without scripts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, CDPSession

from s11audit.models.database import Database
from s11audit.models.migrating import migrate
from tests.browser.conftest import Visitor, wait_until_answering
from tests.cast import PASSWORD, bring_on

pytestmark = pytest.mark.browser

MO = {"email": "mo@example.org", "password": PASSWORD}
PRIYA = {"email": "priya@example.org", "password": PASSWORD}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The cast's installation, served under a name: numbers have no passkeys."""
    folder = tmp_path_factory.mktemp("passkeys")
    database = Database(f"sqlite:///{folder / 'cast.sqlite3'}")
    migrate(database.engine)
    with database.writing.begin() as session:
        bring_on(session)
    database.dispose()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / 'cast.sqlite3'}",
        "S11AUDIT_SECRET_KEY": "only for the tests of passkeys, nowhere else",
        "S11AUDIT_PORT": str(port),
        "S11AUDIT_BASE_URL": f"http://localhost:{port}",
    }
    program = str(Path(sys.executable).with_name("s11audit"))
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([program, "serve"], env=environment, stdout=log, stderr=log)
    try:
        wait_until_answering(port, server)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


class Authenticator:
    """Chromium's own authenticator of software, whose person is always there and recognised."""

    def __init__(self, visitor: Visitor) -> None:
        self._devtools: CDPSession = visitor.context.new_cdp_session(visitor.page)
        self._devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = {"authenticatorId": added["authenticatorId"]}

    def sign_counts(self) -> list[int]:
        held = self._devtools.send("WebAuthn.getCredentials", self._id)
        return [one["signCount"] for one in held["credentials"]]

    def loses_everything(self) -> None:
        self._devtools.send("WebAuthn.clearCredentials", self._id)


def test_a_passkey_is_made_and_signs_in_and_a_lost_one_does_not(
    browser: Browser, address: str
) -> None:
    mo = Visitor(browser, address)
    authenticator = Authenticator(mo)
    mo.signs_in(MO)
    mo.goes_to("/rounds")
    assert mo.page.locator("h1").inner_text() == "Set up a second step to sign in"
    mo.presses("Add a passkey")
    mo.page.fill("input[name=name]", "Work laptop")
    mo.presses("Make the passkey")
    assert mo.page.locator("#recovery-codes li").count() == 10
    spare = mo.page.locator("#recovery-codes li").first.inner_text()
    made = authenticator.sign_counts()
    assert len(made) == 1
    mo.presses("I have kept them: continue")
    assert mo.page.url.endswith("/rounds")

    mo.goes_to("/account/second-factors")
    assert "Work laptop" in mo.page.inner_text("main")
    mo.presses("Add a passkey")
    mo.page.get_by_role("button", name="Make the passkey").click()
    mo.page.get_by_text("There is a passkey for your account on this device already.").wait_for()
    mo.looks()

    mo.presses("Sign out")
    mo.signs_in(MO)
    mo.goes_to("/rounds")
    assert mo.page.locator("h1").inner_text() == "Use your passkey"
    mo.presses("Use a passkey")
    assert mo.page.url.endswith("/rounds")
    assert authenticator.sign_counts() > made

    mo.presses("Sign out")
    authenticator.loses_everything()
    mo.signs_in(MO)
    mo.goes_to("/rounds")
    mo.page.get_by_role("button", name="Use a passkey").click()
    mo.page.get_by_text("We did not get a passkey.").wait_for()
    mo.looks()
    mo.follows("Use one of your recovery codes")
    mo.page.fill("input[name=code]", spare)
    mo.presses("Continue")
    assert mo.page.url.endswith("/rounds")
    assert "You have 9 recovery codes left." in mo.page.inner_text("main")
    mo.leaves()


def test_an_app_is_set_up_and_signs_in_without_javascript(browser: Browser, address: str) -> None:
    priya = Visitor(browser, address, java_script_enabled=False)
    priya.page.goto(f"{address}/sign-in")
    priya.page.fill("input[name=email]", PRIYA["email"])
    priya.page.fill("input[name=password]", PRIYA["password"])
    priya.page.get_by_role("button", name="Sign in", exact=True).click()
    priya.page.goto(f"{address}/rounds")
    priya.page.get_by_role("button", name="Add a passkey").click()
    assert "Passkeys need JavaScript" in priya.page.inner_text("main")
    assert not priya.page.get_by_role("button", name="Make the passkey").is_visible()
    priya.page.get_by_role("link", name="add an authenticator app").click()
    app = pyotp.TOTP(priya.page.inner_text("#setup-key").replace(" ", ""))
    priya.page.fill("input[name=code]", app.now())
    priya.page.get_by_role("button", name="Add the app").click()
    assert priya.page.locator("#recovery-codes li").count() == 10
    priya.page.get_by_role("button", name="I have kept them: continue").click()
    assert priya.page.url.endswith("/rounds")
    priya.leaves()


def test_the_pages_of_an_app_are_for_everybody(browser: Browser, address: str) -> None:
    asif = Visitor(browser, address)
    asif.signs_in({"email": "asif@example.org", "password": PASSWORD})
    asif.goes_to("/account/second-factors")
    asif.presses("Add an authenticator app")
    app = pyotp.TOTP(asif.page.inner_text("#setup-key").replace(" ", ""))
    asif.page.fill("input[name=code]", "000000")
    asif.presses("Add the app")
    assert "There is a problem" in asif.page.inner_text("main")
    asif.page.fill("input[name=code]", app.now())
    asif.presses("Add the app")
    asif.presses("I have kept them: continue")
    asif.follows("Change Authenticator app")
    asif.goes_to("/sign-in/code")
    asif.goes_to("/sign-in/recovery-code")
    asif.leaves()
