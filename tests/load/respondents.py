"""200 respondents save while one export runs: is anything lost, and how long do they wait?

Run by hand on a machine that does nothing else; it stops by itself:

    .venv/bin/python -m tests.load.respondents --seconds 180

It puts `s11audit serve` over a SQLite file of its own under load, and then, for comparison, a bare
page of Flask and SQLite under the same. It listens on this machine only. See README.md beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from s11audit.config import read_settings
from s11audit.models import AgencyReturn, StoredAnswer
from s11audit.models.database import Database
from s11audit.web import create_app
from tests.load.bare_page import build_database
from tests.load.driving import Figures, Respondent, drive
from tests.load.world import Somebody, World, build_world

GOAL_MS = 300
START_WITHIN = 60
SECRET = "a secret that is only for load, and long enough"
Report = dict[str, Any]


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="s11audit-load-") as folder:
        ours, lost = _ours(Path(folder), options)
        bare = _bare(Path(folder), options)
    report = {"s11audit": ours | {"lost tokens": lost}, "bare page": bare}
    print(json.dumps(report, indent=2) if options.json else _table(report))
    is_safe = not lost and not ours["5xx"] and not ours["failures"]
    return 0 if is_safe else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=180, help="of load, twice (default 180)")
    parser.add_argument("--respondents", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2, help="of the server (default 2)")
    parser.add_argument("--threads", type=int, default=4, help="of each (default 4)")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _ours(folder: Path, options: argparse.Namespace) -> tuple[Report, list[str]]:
    port = _free_port()
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / 'load.sqlite3'}",
        "S11AUDIT_SECRET_KEY": SECRET,
        "S11AUDIT_PORT": str(port),
        "S11AUDIT_BASE_URL": f"http://127.0.0.1:{port}",
        "S11AUDIT_PROCESSES": str(options.processes),
        "S11AUDIT_THREADS": str(options.threads),
    }
    app = create_app(read_settings(environment))
    world = build_world(environment["DATABASE_URL"], app, options.respondents)
    program = [str(Path(sys.executable).with_name("s11audit")), "serve"]
    with _serving(program, port, folder / "server.log", environment):
        figures, people = _under_load(world, port, options.seconds)
    return _report(figures, people), _lost(environment["DATABASE_URL"], people)


def _bare(folder: Path, options: argparse.Namespace) -> Report:
    port, path = _free_port(), str(folder / "bare.sqlite3")
    build_database(path, options.respondents)
    pages = [Somebody("bare=1", f"/pages/{number}") for number in range(options.respondents)]
    world = World(pages, Somebody("bare=1", "/export"))
    size = [str(options.processes), str(options.threads)]
    module = [sys.executable, "-m", "tests.load.bare_page", path, str(port), *size]
    with _serving(module, port, folder / "bare.log", {}):
        figures, people = _under_load(world, port, options.seconds)
    return _report(figures, people)


def _under_load(world: World, port: int, seconds: float) -> tuple[Figures, list[Respondent]]:
    figures = Figures()
    people = [
        Respondent(number, who, port, figures) for number, who in enumerate(world.respondents)
    ]
    for respondent in people:
        respondent.open()
    drive(people, world.manager, port, figures, seconds)
    return figures, people


def _lost(url: str, people: Sequence[Respondent]) -> list[str]:
    """Every token that was acknowledged and does not stand in the database."""
    database = Database(url)
    with database.reading() as session:
        texts: dict[str, str] = {}
        rows = select(AgencyReturn.reference, StoredAnswer.comment).join(
            StoredAnswer, StoredAnswer.return_id == AgencyReturn.id
        )
        for reference, comment in session.execute(rows):
            texts[reference] = texts.get(reference, "") + comment
    database.dispose()
    return [
        token
        for respondent in people
        for token in respondent.acknowledged
        if token not in texts[respondent.page.split("/")[2]]
    ]


def _report(figures: Figures, people: Sequence[Respondent]) -> Report:
    kinds = {
        "saves that change something": figures.saves,
        "all saves": figures.saves + figures.clean_saves,
        "pages": figures.pages,
        "export": figures.exports,
    }
    return {
        "milliseconds": {name: _percentiles(kind) for name, kind in kinds.items()},
        "acknowledged tokens": sum(len(respondent.acknowledged) for respondent in people),
        "statuses": dict(sorted(figures.statuses.items())),
        "5xx": sum(number for status, number in figures.statuses.items() if status >= 500),
        "failures": figures.failures,
        "conflicts": figures.conflicts,
    }


def _percentiles(seconds: list[float]) -> dict[str, int]:
    """Count, and milliseconds within which so many of a hundred were answered."""
    ordered = sorted(seconds) or [0.0]
    found = {f"p{p}": ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 95, 99)}
    return {"count": len(seconds)} | {name: round(one * 1000) for name, one in found.items()}


def _table(report: Report) -> str:
    lines = [f"{'milliseconds':<38}{'count':>8}{'p50':>8}{'p95':>8}{'p99':>8}"]
    for who, told in report.items():
        for name, figures in told["milliseconds"].items():
            cells = "".join(f"{figures[column]:>8}" for column in ("count", "p50", "p95", "p99"))
            lines.append(f"{who + ': ' + name:<38}{cells}")
    for who, told in report.items():
        rest = {name: value for name, value in told.items() if name != "milliseconds"}
        lines.append(f"{who}: {json.dumps(rest)}")
    p95 = report["s11audit"]["milliseconds"]["all saves"]["p95"]
    lines.append(f"Goal: 95 of 100 saves within {GOAL_MS} ms: {'yes' if p95 <= GOAL_MS else 'no'}")
    return "\n".join(lines)


@contextmanager
def _serving(
    program: Sequence[str], port: int, log: Path, environment: dict[str, str]
) -> Iterator[None]:
    with log.open("wb") as out:
        server = subprocess.Popen(program, env=os.environ | environment, stdout=out, stderr=out)
    try:
        _wait_until_answering(port, server, log)
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_until_answering(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_WITHIN
    while server.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"The server did not answer:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())
