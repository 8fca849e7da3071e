"""Debian's Wapiti, a scanner for weaknesses of web sites, let loose on the demonstration.

It crawls the site as somebody of each role, sends its attacks to every form and every parameter,
and reports what it finds in levels: 1 is low, 2 medium, 3 high. It is told which weaknesses to look
for by name, because the others ask a server of its makers.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from s11audit.demo.installation import DATABASE, Installation, prepare
from s11audit.domain.permissions import Role
from s11audit.models import Membership, UserSession
from s11audit.models.database import Database
from s11audit.queries.people import token_digest
from s11audit.web import create_app

pytestmark = pytest.mark.scanner

WEAKNESSES = (
    "file,exec,sql,xss,permanentxss,redirect,crlf,csp,http_headers,cookieflags,methods,htaccess"
)
MEDIUM = 2
SECONDS_TO_CRAWL, SECONDS_OF_EACH_ATTACK = 12, 3
# A busy machine may not get to a single form in that time: then once more, with more of it.
PATIENCE = (1, 4)
TOKEN = "the scanner's own session"
# What would end the scanner's session, or let it out of its role.
LEFT_ALONE = ("/sign-out", "/account/sessions", "/account/password", "/join")


@dataclass
class Scanned:
    """What the scanner asked for, and what it found: (weakness, level, where, what)."""

    pages: set[str] = field(default_factory=set)
    posts: int = 0
    errors: list[str] = field(default_factory=list)
    found: list[tuple[str, int, str, str]] = field(default_factory=list)


class Turnstile:
    """The application as somebody who is signed in and stays so; counts who goes through."""

    def __init__(self, app: Flask, cookie: str, scanned: Scanned) -> None:
        self._app, self._cookie, self._scanned = app, cookie, scanned

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path, is_post = environ["PATH_INFO"], environ["REQUEST_METHOD"] == "POST"
        if is_post and path.startswith(LEFT_ALONE):
            start("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"Not for the scanner"]
        environ["HTTP_COOKIE"] = self._cookie

        def remember(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if status.startswith("200"):
                self._scanned.pages.add(path)
            if status.startswith("500"):
                self._scanned.errors.append(f"{environ['REQUEST_METHOD']} {path}")
            self._scanned.posts += is_post
            return start(status, headers, *rest)

        return self._app(environ, remember)


class Quiet(WSGIRequestHandler):
    """Thousands of lines of a log would hide what the test says."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return prepare(tmp_path_factory.mktemp("scanned"), fresh=True, now=datetime.now(UTC))


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "stranger")
def test_a_scanner_finds_nothing_of_medium_severity(
    demonstration: Installation, tmp_path: Path, role: Role | None
) -> None:
    for times in PATIENCE:
        scanned = scan(demonstration, role, tmp_path / str(times), times)
        if scanned.posts:
            break
    assert scanned.errors == []
    assert [what for what in scanned.found if what[1] >= MEDIUM] == []
    assert len(scanned.pages) >= (4 if role else 2), "A scan of so few pages proves nothing"
    assert scanned.posts > 0


def scan(demonstration: Installation, role: Role | None, home: Path, times: int) -> Scanned:
    """Scan a copy of the demonstration as its first person of this role, or as a stranger.

    `times` is how many times as long as usual the scanner gets.
    """
    home.mkdir()
    shutil.copyfile(demonstration.directory / DATABASE, home / DATABASE)
    shutil.copyfile(demonstration.directory / "secret-key", home / "secret-key")
    scanned = Scanned()
    with served(Installation(home, was_there=True), role, scanned) as (app, address):
        report = home / "report.json"
        subprocess.run(
            ["wapiti", "-u", f"{address}/", *starts(app, address), "--scope", "domain",
             "-m", WEAKNESSES,
             "--max-scan-time", str(times * SECONDS_TO_CRAWL),
             "--max-attack-time", str(times * SECONDS_OF_EACH_ATTACK),
             "--max-files-per-dir", "40", "--store-session", str(home / "session"),
             "--store-config", str(home / "config"), "--no-bugreport", "-v", "0",
             "-f", "json", "-o", str(report)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600,
        )  # fmt: skip
    for weakness, cases in json.loads(report.read_text())["vulnerabilities"].items():
        scanned.found += [(weakness, one["level"], one["path"], one["info"]) for one in cases]
    return scanned


def starts(app: Flask, address: str) -> Iterator[str]:
    """Every page whose address is always the same, so that a short crawl meets every form."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and not rule.arguments:
            yield from ("-s", f"{address}{rule.rule}")


@contextmanager
def served(
    installation: Installation, role: Role | None, scanned: Scanned
) -> Iterator[tuple[Flask, str]]:
    """The installation at a free port of this machine, as seen by somebody of this role."""
    settings = installation.settings({}, port=80)
    database = Database(settings.database_url)
    app = create_app(settings, database)
    cookie = signed_in_cookie(app, database, role) if role else ""
    server = make_server(
        "127.0.0.1", 0, Turnstile(app, cookie, scanned), threaded=True, request_handler=Quiet
    )
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield app, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        database.dispose()


def signed_in_cookie(app: Flask, database: Database, role: Role) -> str:
    moment = datetime.now(UTC)
    with database.writing.begin() as session:
        somebody = session.scalars(select(Membership).where(Membership.role == role)).first()
        assert somebody is not None, f"Nobody of the demonstration is {role}"
        session.add(
            UserSession(
                user_id=somebody.user_id,
                token_sha256=token_digest(TOKEN),
                started_at=moment,
                last_seen_at=moment,
                two_factors_at=moment,
                proved_at=moment,
            )
        )
    serializer = app.session_interface.get_signing_serializer(app)
    name = app.config["SESSION_COOKIE_NAME"]
    return f"{name}={serializer.dumps({'token': TOKEN, '_permanent': True})}"
