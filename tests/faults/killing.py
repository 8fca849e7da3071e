"""Killing the server while somebody saves or signs, and proving that nothing came half or twice.

As a script it does so many times: `python -m tests.faults.killing --times 200`.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import requests
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.scoring import score
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Action, Signature
from s11audit.models import Event as HistoryEvent
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of, scores_of, unconfirmed, values_of
from s11audit.services.history import verify_history
from s11audit.services.returns import send_for_sign_off
from tests.cast import Cast
from tests.databases import PEOPLED, SqliteFiles
from tests.faults.served import Person, Server, copied, let_in, served, signing_app
from tests.rounds_and_returns import COMPLETE, NOON, fill, open_round, return_named
from tests.small import small_questionnaire

PAGE = "/returns/R1-POL/standards/leadership"
COMMENT = "board-lead__comment"
SIGNING = "/returns/R1-POL/sign"
# A save and a signature take some milliseconds; the kill comes somewhere in several of them.
LONGEST_LIFE_SECONDS = 0.8
KILLS_A_STAGE = 25


@dataclass(frozen=True)
class Stage:
    """Two databases to copy for each kill: a return being filled in, and one to be signed."""

    questionnaire: Questionnaire
    filling: str
    signing: str
    asif: Person
    ines: Person


def set_stage(folder: Path, databases: SqliteFiles, cast: Cast) -> Stage:
    """Fill both databases; nobody may have them open afterwards."""
    small = small_questionnaire()
    with databases.fresh(PEOPLED) as url:
        filling = copied(url, folder / "filling.sqlite3")
    database = Database(filling)
    with database.writing.begin() as session:
        audit_round = open_round(session, cast, small)
        fill(session, "R1-POL", audit_round, COMPLETE, by=cast["Asif"])
    tokens = [let_in(database, cast[who]) for who in ("Asif", "Ines")]
    database.dispose()
    signing = copied(filling, folder / "signing.sqlite3")
    database = Database(signing)
    with database.writing.begin() as session:
        ready = return_named(session, "R1-POL")
        send_for_sign_off(session, ready, small, by=cast["Asif"], now=NOON)
    database.dispose()
    asif, ines = (Person(signing_app(filling), token) for token in tokens)
    return Stage(small, filling, signing, asif, ines)


class Saving:
    """Saves token after token, as fast as the server answers, until it is gone."""

    def __init__(self, person: Person, server: Server) -> None:
        self.sent = self.acknowledged = 0
        self.refused = False
        self.began = Event()
        self._fields = person.form(server, PAGE, PAGE)
        self._thread = Thread(target=self._save, args=(person, server))
        self._thread.start()

    def _save(self, person: Person, server: Server) -> None:
        with suppress(requests.ConnectionError):
            while True:
                self.sent += 1
                self.began.set()
                fields = {**self._fields, COMMENT: f"token {self.sent}", "next": "later"}
                answer = person.send(server, PAGE, fields)
                self.refused = answer.status_code != 303
                if self.refused:
                    return
                self.acknowledged = self.sent
                self._fields = person.form(server, PAGE, PAGE)

    def finish(self) -> None:
        self._thread.join()


def kill_while_saving(stage: Stage, folder: Path, rng: Random) -> int:
    """One kill; gives how many saves had been acknowledged. Raises AssertionError on any damage."""
    url = copied(stage.filling, folder / "saving.sqlite3")
    before = _counts(url)
    server = Server(url)
    saving = Saving(stage.asif, server)
    _kill_within(server, saving.began, rng)
    saving.finish()
    assert not saving.refused, f"Save {saving.sent} was refused"
    with opened(url) as session:
        _check_whole(session, stage.questionnaire, before)
        found = answers_of(session, return_named(session, "R1-POL").id)
        comment = found["leadership.board-lead"].answer.comment
    could_be = {f"token {n}" for n in range(max(saving.acknowledged, 1), saving.sent + 1)}
    if not saving.acknowledged:
        could_be.add(COMPLETE["leadership.board-lead"].comment)
    assert comment in could_be, (comment, saving.acknowledged, saving.sent)
    _forget(url)
    return saving.acknowledged


def kill_while_signing(stage: Stage, folder: Path, rng: Random) -> bool:
    """One kill; gives whether the signature was in time. Raises AssertionError on any damage."""
    url = copied(stage.signing, folder / "signed.sqlite3")
    before = _counts(url)
    server = Server(url)
    fields = {**stage.ines.form(server, SIGNING, SIGNING), "post": "Chief Officer", "agree": "y"}
    answers: list[int] = []
    began = Event()
    signing = Thread(target=_sign, args=(stage.ines, server, fields, began, answers))
    signing.start()
    _kill_within(server, began, rng)
    signing.join()
    with opened(url) as session:
        _check_whole(session, stage.questionnaire, before)
        was_signed = _check_signed_once_or_not(session)
        assert was_signed or not answers, "A signature that was acknowledged is lost"
    with served(url) as again:  # the button is pressed once more
        assert stage.ines.send(again, SIGNING, fields).status_code == 303
    with opened(url) as session:
        assert _check_signed_once_or_not(session)
    _forget(url)
    return was_signed


def _sign(
    person: Person, server: Server, fields: Mapping[str, Any], began: Event, answers: list[int]
) -> None:
    began.set()
    with suppress(requests.ConnectionError):
        answers.append(person.send(server, SIGNING, fields).status_code)


def _kill_within(server: Server, began: Event, rng: Random) -> None:
    """Kill it at some moment after work began: the moment is what is tried out."""
    began.wait()
    Event().wait(rng.uniform(0, LONGEST_LIFE_SECONDS) ** 2)
    server.kill()


@contextmanager
def opened(url: str) -> Iterator[Session]:
    """The database as it is found after the fall."""
    database = Database(url)
    with database.reading() as session:
        yield session
    database.dispose()


def _counts(url: str) -> tuple[int, int]:
    """The version of the return and the number of events."""
    with opened(url) as session:
        events = session.scalar(select(func.count()).select_from(HistoryEvent)) or 0
        return return_named(session, "R1-POL").version, events


def _check_whole(session: Session, questionnaire: Questionnaire, before: tuple[int, int]) -> None:
    """The file is sound, each change has its event, and the scores are those of the answers."""
    assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert verify_history(session).fault == ""
    found = return_named(session, "R1-POL")
    happened = found.version - before[0]
    events = session.scalars(
        select(HistoryEvent.kind).order_by(HistoryEvent.id).offset(before[1])
    ).all()
    own = [kind for kind in events if kind in ("answers-saved", "return-submitted")]
    assert len(own) == happened, (own, happened)
    held = answers_of(session, found.id)
    anew = score(questionnaire, found.respondent, values_of(held), unconfirmed(held))
    assert scores_of(session, found.id) == anew


def _check_signed_once_or_not(session: Session) -> bool:
    """Whether the return is signed; wholly then, and not at all otherwise."""
    found = return_named(session, "R1-POL")
    signatures, actions = (
        session.scalar(select(func.count()).where(table.return_id == found.id))
        for table in (Signature, Action)
    )
    is_signed = found.status is ReturnStatus.SUBMITTED
    assert is_signed == bool(found.receipt) == bool(found.submitted_at)
    assert (signatures, actions) == ((1, 1) if is_signed else (0, 0))
    assert is_signed or found.status is ReturnStatus.AWAITING_SIGN_OFF
    return is_signed


def _forget(url: str) -> None:
    path = url.removeprefix("sqlite:///")
    for ending in ("", "-wal", "-shm"):
        Path(path + ending).unlink(missing_ok=True)


def kill_often(folder: Path, times: int, rng: Random) -> tuple[int, int]:
    """So many kills of each kind; gives the saves that were acknowledged, the signatures in time.

    Whoever is signed in stays so for an hour, so each few kills have a stage of their own.
    """
    saves = signed = 0
    for done in range(0, times, KILLS_A_STAGE):
        place = folder / str(done)
        place.mkdir()
        databases = SqliteFiles(place)
        stage = set_stage(place, databases, databases.cast)
        for _ in range(min(KILLS_A_STAGE, times - done)):
            saves += kill_while_saving(stage, place, rng)
            signed += kill_while_signing(stage, place, rng)
        shutil.rmtree(place)
    return saves, signed


def main() -> None:
    """Kill as often as asked, and say what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="how many kills of each kind")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        saves, signed = kill_often(Path(name), asked.times, Random(asked.seed))
    print(
        f"{asked.times} kills while saving: {saves} acknowledged saves, none lost. "
        f"{asked.times} kills while signing: {signed} signed in time, all signed once."
    )


if __name__ == "__main__":
    main()
