"""Two people who append to the same answer at once; no word of either may be lost.

As a script: `python -m tests.faults.appending --seconds 60`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

from s11audit.models.database import Database
from tests.cast import Cast
from tests.databases import PEOPLED, SqliteFiles
from tests.faults.served import Person, Server, copied, let_in, served, signing_app
from tests.rounds_and_returns import COMPLETE, fill, open_round
from tests.small import small_questionnaire

PAGE = "/returns/R1-POL/standards/leadership"
COMMENT = "board-lead__comment"


@dataclass
class Editor:
    """Reads the answer, appends a token of their own, saves; where that conflicts, does it again.

    `acknowledged` are the tokens that the server said were saved, `conflicts` how often it said
    that somebody else had been quicker.
    """

    name: str
    person: Person
    acknowledged: list[str] = field(default_factory=list)
    conflicts: int = 0
    refusals: list[int] = field(default_factory=list)

    def append(self, server: Server, goes_on: Callable[[int], bool]) -> None:
        number = 0
        while goes_on(number) and not self.refusals:
            number += 1
            self._append_one(server, f"{self.name}{number}")

    def _append_one(self, server: Server, token: str) -> None:
        while not self.refusals:
            fields = self.person.form(server, PAGE, PAGE)
            typed = {**fields, COMMENT: f"{fields[COMMENT]} {token}", "next": "later"}
            status = self.person.send(server, PAGE, typed).status_code
            if status == 303:
                self.acknowledged.append(token)
                return
            if status == 409:
                self.conflicts += 1
            else:
                self.refusals.append(status)


def two_editors(folder: Path, databases: SqliteFiles, cast: Cast) -> tuple[str, list[Editor]]:
    """Address of a database with a return that Asif and Bea answer together, and both of them."""
    with databases.fresh(PEOPLED) as url:
        own = copied(url, folder / "appended.sqlite3")
    database = Database(own)
    with database.writing.begin() as session:
        audit_round = open_round(session, cast, small_questionnaire())
        fill(session, "R1-POL", audit_round, COMPLETE, by=cast["Asif"])
    tokens = [let_in(database, cast[who]) for who in ("Asif", "Bea")]
    database.dispose()
    app = signing_app(own)
    return own, [Editor(name, Person(app, token)) for name, token in zip("ab", tokens, strict=True)]


def append_at_once(
    server: Server, editors: list[Editor], goes_on: Callable[[int], bool]
) -> set[str]:
    """Let both append for as long as `goes_on` says (of each: how often); gives the words then."""
    threads = [Thread(target=one.append, args=(server, goes_on)) for one in editors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fields: dict[str, Any] = editors[0].person.form(server, PAGE, PAGE)
    return set(str(fields[COMMENT]).split())


def main() -> None:
    """Append for a while, and say what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as name:
        databases = SqliteFiles(Path(name))
        url, editors = two_editors(Path(name), databases, databases.cast)
        with served(url) as server:
            end = monotonic() + seconds
            words = append_at_once(server, editors, lambda _: monotonic() < end)
    tokens = [token for one in editors for token in one.acknowledged]
    lost = [token for token in tokens if token not in words]
    conflicts = sum(one.conflicts for one in editors)
    refusals = [status for one in editors for status in one.refusals]
    print(f"{len(tokens)} tokens saved, {conflicts} conflicts told, lost: {lost}, {refusals=}")
    raise SystemExit(bool(lost or refusals))


if __name__ == "__main__":
    main()
