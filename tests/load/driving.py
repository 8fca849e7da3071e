"""Respondents at their browsers: requests at set times, however long the answers take."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.load.world import Somebody

SAVE_EVERY = 20.0
# With 200 respondents: 10 saves and 40 pages a second.
LOOK_EVERY = 5.0
TIMEOUT = 60
WORKERS = 120

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Figures:
    """What was measured: seconds from when a request was due until its answer was there."""

    saves: list[float] = field(default_factory=list)
    clean_saves: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    exports: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    conflicts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, kind: list[float], seconds: float, status: int) -> None:
        with self.lock:
            kind.append(seconds)
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def failed(self, what: str) -> None:
        with self.lock:
            self.failures.append(what)


class Line:
    """A connection that is kept, as a browser keeps it; one request at a time."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.lock = threading.Lock()
        self.connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        sent = {"Cookie": self.cookie, **{key.replace("_", "-"): v for key, v in headers.items()}}
        try:
            self.connection.request(method, path, body or None, sent)
            response = self.connection.getresponse()
            return response.status, response.read(), response.headers
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise


class Respondent:
    """Somebody who types into the first comment of a page, a token each time they save.

    `acknowledged` are the tokens of which the server said that they are saved.
    """

    def __init__(self, number: int, who: Somebody, port: int, figures: Figures) -> None:
        self.number, self.page, self.figures = number, who.page, figures
        self.saving, self.looking = Line(port, who.cookie), Line(port, who.cookie)
        self.tokens: list[str] = []
        self.acknowledged: list[str] = []
        self.turns = number % 2

    def open(self) -> None:
        """Look at the page for the first time, as their browser does before it saves anything."""
        status, content, headers = self.saving.ask("GET", self.page)
        assert status == 200, (self.page, status)
        text = content.decode()
        cookie = headers.get("Set-Cookie")
        if cookie:
            self.saving.cookie = self.looking.cookie = cookie.partition(";")[0]
        self.csrf = _found(CSRF, text)[1]
        prefix = _found(re.compile(r'name="([^"]+__)comment"'), text)[1]
        self.prefix = prefix
        self.seen = _found(re.compile(rf'name="{prefix}seen" value="([^"]*)"'), text)[1]
        self.value = _found(re.compile(rf'name="{prefix}value"\s[^>]*?value="([^"]+)"'), text)[1]

    @property
    def body(self) -> str:
        fields = {"seen": self.seen, "value": self.value, "comment": "\n".join(self.tokens)}
        return urlencode({self.prefix + name: text for name, text in fields.items()})

    def save(self, due: float) -> None:
        """Every second time they have typed nothing since."""
        with self.saving.lock:
            self.turns += 1
            is_dirty = self.turns % 2 == 0 or not self.tokens
            if is_dirty:
                self.tokens.append(f"token-{self.number}-{self.turns}-{random.getrandbits(32):08x}")
            headers = {
                "Accept": "application/json",
                "Content_Type": "application/x-www-form-urlencoded",
                "X_CSRFToken": self.csrf,
            }
            status, content, _ = self.saving.ask(
                "POST", f"{self.page}/autosave", self.body, **headers
            )
            kind = self.figures.saves if is_dirty else self.figures.clean_saves
            self.figures.count(kind, time.monotonic() - due, status)
            if status == 200:
                self._acknowledge(json.loads(content))

    def _acknowledge(self, told: dict[str, dict[str, str]]) -> None:
        if told["conflicts"]:
            self.figures.conflicts += 1
        for seen in told["seen"].values():
            self.seen = seen
            self.acknowledged = list(self.tokens)

    def look(self, due: float) -> None:
        with self.looking.lock:
            status, _, _ = self.looking.ask("GET", self.page)
            self.figures.count(self.figures.pages, time.monotonic() - due, status)


def _found(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.search(text)
    assert found is not None, f"The page has no {pattern.pattern}"
    return found


def drive(
    people: Sequence[Respondent], exporter: Somebody, port: int, figures: Figures, seconds: float
) -> None:
    """Send everything that is due within so many seconds, and wait for the answers."""

    def at(due: float, what: str, respondent: Respondent) -> None:
        try:
            getattr(respondent, what)(due)
        except (OSError, http.client.HTTPException) as error:
            figures.failed(f"{what} of {respondent.number}: {error!r}")

    def export() -> None:
        started = time.monotonic()
        try:
            status, _, _ = Line(port, exporter.cookie).ask("GET", exporter.page)
            figures.count(figures.exports, time.monotonic() - started, status)
        except (OSError, http.client.HTTPException) as error:
            figures.failed(f"export: {error!r}")

    plan = sorted(_plan(people, seconds), key=lambda one: one[0])
    begun = time.monotonic()
    exporting = threading.Timer(seconds / 4, export)
    exporting.start()
    with ThreadPoolExecutor(WORKERS) as workers:
        for offset, what, respondent in plan:
            time.sleep(max(0.0, begun + offset - time.monotonic()))
            workers.submit(at, begun + offset, what, respondent)
    exporting.join(TIMEOUT)


def _plan(people: Sequence[Respondent], seconds: float) -> list[tuple[float, str, Respondent]]:
    plan = []
    for index, respondent in enumerate(people):
        for what, every in (("save", SAVE_EVERY), ("look", LOOK_EVERY)):
            due = every * (index + 0.5) / len(people)
            while due < seconds:
                plan.append((due, what, respondent))
                due += every
    return plan
