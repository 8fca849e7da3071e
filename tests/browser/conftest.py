"""The demonstration, really served, in Debian's Chromium, with axe on every page."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pyotp
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from s11audit.paths import PACKAGE
from s11audit.services.second_factors import STEP_SECONDS, STEPS_OFF

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = PACKAGE.parent / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2 AA, and nothing that is a matter of taste.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}

Account = dict[str, Any]
# E-mail address → the time step whose code that person used last.
LAST_STEPS: dict[str, int] = {}


@dataclass(frozen=True)
class Demonstration:
    """A served demonstration: its address, and what `s11audit demo --json` printed."""

    address: str
    description: dict[str, Any]

    def account(self, role: str, agency: str | None = None) -> Account:
        """The first account of a role (of an agency whose name is given)."""
        for account in self.accounts(role, agency):
            return account
        raise LookupError(f"No account for {role} of {agency}")

    def accounts(self, role: str, agency: str | None = None) -> list[Account]:
        """Every account of a role (of an agency whose name is given), in the order printed."""
        found = self.description["accounts"]
        return [
            dict(account)
            for account in found
            if account["role"] == role and agency in (None, account["agency"])
        ]


class Visitor:
    """Somebody at a browser. Every page they open is checked by axe, and at 320 pixels."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.context = browser.new_context(viewport=DESKTOP, accept_downloads=True, **options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.address = address
        self.faults: list[str] = []
        # axe is a script itself: whoever has none is looked at in another window.
        has_scripts = options.get("java_script_enabled", True)
        self.window = None if has_scripts else browser.new_context(viewport=DESKTOP).new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def goes_to(self, path: str) -> Page:
        self.page.goto(urljoin(self.address, path))
        self.looks()
        return self.page

    def looks(self) -> None:
        """Check the page as it is now."""
        assert self.faults == []
        check(self._copy(self.window) if self.window else self.page)

    def _copy(self, window: Page) -> Page:
        """The page as it is now, in a window where axe runs and no script of the page does."""
        url, content = self.page.url.partition("#")[0], self.page.content()
        no_scripts = {"Content-Security-Policy": "script-src 'none'"}
        window.unroute_all()
        window.route(
            url,
            lambda route: route.fulfill(
                body=content, content_type="text/html; charset=utf-8", headers=no_scripts
            ),
        )
        window.goto(url)
        return window

    def presses(self, name: str) -> Page:
        """Press the button of this name and look at the page that comes."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()
        self.looks()
        return self.page

    def follows(self, name: str) -> Page:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()
        self.looks()
        return self.page

    def signs_in(self, account: Account) -> Visitor:
        self.goes_to("/sign-in")
        return self.types_password(account)

    def types_password(self, account: Account) -> Visitor:
        """On the page that asks for it; and the code, of whoever needs one."""
        self.page.fill("input[name=email]", account["email"])
        self.page.fill("input[name=password]", account["password"])
        self.presses("Sign in")
        if account.get("totp_secret"):
            self.page.fill("input[name=code]", self._fresh_code(account))
            self.presses("Continue")
        return self

    def _fresh_code(self, account: Account) -> str:
        """A code that this person has not used yet: each counts once, a little early or late."""
        email, now = account["email"], int(time.time()) // STEP_SECONDS
        step = max(now - STEPS_OFF, LAST_STEPS.get(email, 0) + 1)
        if step > now + STEPS_OFF:
            self.page.wait_for_timeout((step - now - STEPS_OFF) * STEP_SECONDS * 1000)
        LAST_STEPS[email] = step
        return pyotp.TOTP(account["totp_secret"]).at(step * STEP_SECONDS)

    def leaves(self) -> None:
        self.context.close()
        if self.window:
            self.window.context.close()


def check(page: Page) -> None:
    """One main heading, nothing that axe finds, and no scrolling sideways on a phone."""
    assert page.locator("h1").count() == 1, page.url
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(result => result.violations.map("
        "one => one.id + ': ' + one.nodes.map(node => node.html).slice(0, 3).join(' | ')))",
        RULES,
    )
    assert found == [], (page.url, found)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], f"{page.url} is {width} wide on a phone"
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("demonstration")
    program = [str(Path(sys.executable).with_name("s11audit"))]
    made = subprocess.run(
        [*program, "demo", "--no-serve", "--json", "--directory", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    description = json.loads(made.stdout)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "DATABASE_URL": description["database_url"],
        "S11AUDIT_SECRET_KEY": (folder / "secret-key").read_text().strip(),
        "S11AUDIT_PORT": str(port),
        "S11AUDIT_BASE_URL": address,
    }
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([*program, "serve"], env=environment, stdout=log, stderr=log)
    try:
        wait_until_answering(port, server)
        yield Demonstration(address, description)
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_until_answering(port: int, server: subprocess.Popen[bytes]) -> None:
    """Try to connect until the server listens; a refused connection comes back at once."""
    while server.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise RuntimeError("The server ended before it listened")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()
