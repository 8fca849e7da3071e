"""A server that can be killed at any moment, and people who use it as browsers do."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import requests
from bs4 import BeautifulSoup
from flask import Flask

from s11audit.domain.viewers import Viewer
from s11audit.models import UserSession
from s11audit.models.database import Database
from s11audit.queries.people import token_digest
from s11audit.web import create_app
from tests.conftest import QUESTIONNAIRES, settings_for
from tests.pages import fields_of

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60
SERVE = "from s11audit.cli import main; main(['serve'])"


class Server:
    """`s11audit serve` over a database, in processes of its own.

    `within` is a command that runs it, such as one that gives it a small disk.
    """

    def __init__(self, database_url: str, within: Sequence[str] = ()) -> None:
        with socket.create_server((HOST, 0)) as trial:
            port = trial.getsockname()[1]
        self.address = f"http://{HOST}:{port}"
        self.database_url = database_url
        settings = settings_for(database_url)
        ours = {
            "DATABASE_URL": database_url,
            "S11AUDIT_SECRET_KEY": settings.secret_key,
            "S11AUDIT_PORT": str(port),
            "S11AUDIT_BASE_URL": self.address,
            "S11AUDIT_QUESTIONNAIRES": str(QUESTIONNAIRES),
        }
        others = {name: text for name, text in os.environ.items() if "S11AUDIT" not in name}
        self._process = subprocess.Popen(
            [*within, sys.executable, "-c", SERVE],
            env={**others, **ours},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that one signal reaches all of its processes
        )
        self._wait_until_it_answers()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _wait_until_it_answers(self) -> None:
        log = self._process.stderr
        assert log is not None
        told = any("Booting worker" in line for line in iter(log.readline, ""))
        assert told, "The server ended before it began"
        self._draining = Thread(target=log.read)  # a full pipe would stop the server
        self._draining.start()

    def kill(self) -> None:
        """End it as a power cut would."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=PATIENCE_SECONDS)
        self._draining.join()
        if self._process.stderr is not None:
            self._process.stderr.close()


@contextmanager
def served(database_url: str, within: Sequence[str] = ()) -> Iterator[Server]:
    server = Server(database_url, within)
    try:
        yield server
    finally:
        server.kill()


def signing_app(database_url: str) -> Flask:
    """The application that signs the cookies of `person`."""
    return create_app(settings_for(database_url))


class Person:
    """Somebody signed in, at a browser without JavaScript."""

    def __init__(self, app: Flask, token: str) -> None:
        serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self._browser = requests.Session()
        self._browser.trust_env = False
        cookie = serializer.dumps({"token": token, "_permanent": True})
        self._browser.cookies.set(app.config["SESSION_COOKIE_NAME"], cookie, domain=HOST)

    def page(self, server: Server, path: str) -> BeautifulSoup:
        answer = self._browser.get(server.address + path, timeout=PATIENCE_SECONDS)
        assert answer.status_code == 200, (path, answer.status_code)
        return BeautifulSoup(answer.text, "html.parser")

    def form(self, server: Server, path: str, action_ends: str = "") -> dict[str, Any]:
        """The fields of the form on a page that is sent to an address with this ending."""
        forms = self.page(server, path).select("main form")
        wanted = (one for one in forms if str(one.get("action", "")).endswith(action_ends))
        return fields_of(next(wanted))

    def send(self, server: Server, path: str, fields: Mapping[str, Any]) -> requests.Response:
        address = server.address + path
        return self._browser.post(
            address, data=fields, allow_redirects=False, timeout=PATIENCE_SECONDS
        )


def let_in(database: Database, viewer: Viewer) -> str:
    """The token of a new session of somebody; see `Person`."""
    token, moment = secrets.token_urlsafe(32), datetime.now(UTC)
    with database.writing.begin() as session:
        session.add(
            UserSession(
                user_id=viewer.user_id,
                token_sha256=token_digest(token),
                started_at=moment,
                last_seen_at=moment,
                two_factors_at=moment,
                proved_at=moment,
            )
        )
    return token


def copied(database_url: str, to: Path) -> str:
    """Address of a copy of a SQLite file that nobody has open."""
    shutil.copyfile(database_url.removeprefix("sqlite:///"), to)
    return f"sqlite:///{to}"
