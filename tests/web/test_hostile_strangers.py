"""Whoever asks learns nothing of who is known here: same words, same headers, same work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import argon2._password_hasher as argon2_hasher
import pytest
from sqlalchemy import event, update
from werkzeug.test import TestResponse

from s11audit.models import Invitation, RecoveryCode, SignInLink, User
from s11audit.queries.people import token_digest
from tests.furnished import INVITATION, LINK, Furnished, Stage

LONG_GONE = datetime(2020, 1, 1, tzinfo=UTC)
OF_THE_BROWSER = re.compile(rb'(nonce|value|v|content)="?[^" >]*"?|zq[a-z.@]*')


def said(answer: TestResponse) -> tuple[int, list[str], str | None, bytes]:
    """All that an answer tells, but for what is new in each, and what was typed."""
    names = [name for name in answer.headers.keys() if name != "Content-Length"]  # noqa: SIM118
    return answer.status_code, names, answer.location, OF_THE_BROWSER.sub(b"", answer.data)


@contextmanager
def statements(stage: Stage) -> Iterator[list[str]]:
    """What the database is told meanwhile: the first words of each statement."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(" ".join(statement.split()[:3]))

    event.listen(stage.database.engine, "before_cursor_execute", note)
    yield told
    event.remove(stage.database.engine, "before_cursor_execute", note)


def told(stage: Stage, place: str, fields: dict[str, str] | None) -> tuple[Any, list[str]]:
    """What somebody nobody knows is told there, and what the database is asked for it."""
    client = stage.app.test_client()
    if fields is not None:
        page = client.get("/sign-in").get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        fields = {**fields, "csrf_token": token[1]}
    with statements(stage) as asked:
        answer = client.get(place) if fields is None else client.post(place, data=fields)
    return said(answer), asked


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parameters of every hash that a password is held against."""
    seen: list[str] = []
    whole = argon2_hasher.verify_secret

    def counted(hashed: bytes, *rest: Any) -> bool:
        seen.append(hashed.decode().rsplit("$", 2)[0])
        return whole(hashed, *rest)

    monkeypatch.setattr(argon2_hasher, "verify_secret", counted)
    return seen


# Somebody there is, somebody there is not, somebody who may not, and somebody without a password.
EMAILS = ("zqknown@example.org", "zqnobody@example.org", "zqleft@example.org", "zqlink@example.org")


def know(stage: Stage) -> None:
    """Give people of the world those addresses, and hashes as strong as those of today."""
    from s11audit.services.passwords import hash_password

    changes = {
        "Bea": {"email": EMAILS[0], "password_hash": hash_password("zq")},
        "Cara": {"email": EMAILS[2], "password_hash": hash_password("zq"), "is_active": False},
        "Mo": {"email": EMAILS[3], "password_hash": ""},
    }
    with stage.database.writing.begin() as session:
        for name, values in changes.items():
            session.execute(update(User).where(User.name == name).values(values))


def test_signing_in_takes_the_same_words_statements_and_work_for_everybody(
    furnished: Furnished, verified: list[str]
) -> None:
    with furnished.stage() as stage:
        know(stage)
        answers, work = [], []
        for email in EMAILS:
            verified.clear()
            answers.append(told(stage, "/sign-in", {"email": email, "password": "zq wrong"}))
            work.append(list(verified))
    assert len(work[0]) == 1
    assert all(one == work[0] for one in work), "one hash of today's strength, whoever it is"
    assert all(one == answers[0] for one in answers)


def test_asking_for_a_link_tells_and_costs_the_same(furnished: Furnished) -> None:
    with furnished.stage() as stage:
        know(stage)
        answers = [told(stage, "/sign-in/send-link", {"email": email}) for email in EMAILS]
    said_to, asked = zip(*answers, strict=True)
    assert said_to[0][2] == "/sign-in/link-sent"
    assert all(one == said_to[0] for one in said_to)
    plain = [[one for one in told if "SAVEPOINT" not in one] for told in asked]
    assert all(one == plain[0] for one in plain)


def test_taking_over_tells_the_same_whatever_is_known(furnished: Furnished) -> None:
    """A school there is and one there is not, and the address of somebody known."""
    with furnished.stage() as stage:
        know(stage)
        answers = [
            told(stage, "/taking-over", {"place": place, "name": "zq", "email": email})[0]
            for place in ("SCH", "NOWHERE")
            for email in EMAILS[:2]
        ]
    assert all(one == answers[0] for one in answers)


STATES = ("unknown", "revoked", "accepted", "expired")


def test_an_invitation_that_does_not_work_tells_and_costs_the_same(furnished: Furnished) -> None:
    with furnished.stage() as stage:
        found = Invitation.token_sha256 == token_digest(INVITATION)
        answers = []
        for change in (
            {"token_sha256": token_digest("another")},
            {"token_sha256": token_digest(INVITATION), "revoked_at": LONG_GONE},
            {"revoked_at": None, "accepted_at": LONG_GONE},
            {"accepted_at": None, "expires_at": LONG_GONE},
        ):
            with stage.database.writing.begin() as session:
                session.execute(update(Invitation).where(found).values(change))
            found = Invitation.email == "new@example.org"
            page = told(stage, f"/join/{INVITATION}", None)
            form = {"name": "zq", "password": "seven otters count umbrellas"}
            answers.append((page, told(stage, f"/join/{INVITATION}", form)))
    for state, answer in zip(STATES, answers, strict=True):
        assert answer == answers[0], state


def test_a_link_that_does_not_work_tells_the_same(furnished: Furnished) -> None:
    with furnished.stage() as stage:
        answers = []
        changes = ({"used_at": LONG_GONE}, {"used_at": None, "expires_at": LONG_GONE},
                   {"token_sha256": "another"})  # fmt: skip
        for change in changes:
            with stage.database.writing.begin() as session:
                session.execute(update(SignInLink).values(change))
            page = told(stage, f"/sign-in/link?token={LINK}", None)[0]
            answers.append((page, told(stage, "/sign-in/link", {"token": LINK})[0]))
    assert all(one == answers[0] for one in answers)


def test_a_recovery_code_that_was_used_is_answered_like_one_made_up(furnished: Furnished) -> None:
    with furnished.stage("Asif") as stage:
        answers = []
        for used_at in (None, LONG_GONE):
            with stage.database.writing.begin() as session:
                session.execute(update(RecoveryCode).values(used_at=used_at))
            stage.pages.get("/account")
            fields = {"csrf_token": stage.pages.csrf_token, "code": "zqab-cdef-ghij"}
            with statements(stage) as asked:
                answer = stage.pages.client.post("/sign-in/recovery-code", data=fields)
            answers.append((said(answer), list(asked)))
    assert answers[0][0][0] == 422
    assert answers[0] == answers[1]
