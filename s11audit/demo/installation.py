"""A folder with a seeded database and a secret key: everything that the demonstration needs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, select

from s11audit.config import Settings, read_settings
from s11audit.demo.content import Content, Post
from s11audit.demo.seeding import seed
from s11audit.domain.dates import today_in_london
from s11audit.models import AuditRound
from s11audit.models.database import Database
from s11audit.models.migrating import migrate
from s11audit.questionnaires.catalogue import shipped_catalogue
from s11audit.services.evidence_store import FolderStore
from s11audit.services.evidence_sweeping import drop_content
from s11audit.services.secret_box import SecretBox

DATABASE = "s11audit.sqlite3"
EVIDENCE = "evidence"
SECRET_KEY = "secret-key"  # noqa: S105 - the name of a file
# Pages of the demonstration never leave the machine.
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Installation:
    """Where the demonstration is. `was_there` says whether an earlier one was found and kept."""

    directory: Path
    was_there: bool

    @property
    def database_url(self) -> str:
        return _address(self.directory / DATABASE)

    @property
    def prepared_at(self) -> datetime:
        """When its secret key was made, which is when it was last started afresh."""
        return datetime.fromtimestamp((self.directory / SECRET_KEY).stat().st_mtime, UTC)

    def settings(self, environment: Mapping[str, str], port: int) -> Settings:
        """Settings that serve it on this machine only, whatever the environment says of them."""
        own = {
            "DATABASE_URL": self.database_url,
            "S11AUDIT_SECRET_KEY": (self.directory / SECRET_KEY).read_text().strip(),
            "S11AUDIT_HOST": LOOPBACK,
            "S11AUDIT_PORT": str(port),
            "S11AUDIT_BASE_URL": f"http://{LOOPBACK}:{port}",
            "S11AUDIT_QUESTIONNAIRES": "",
            "S11AUDIT_EVIDENCE": str(self.directory / EVIDENCE),
            "S11AUDIT_CLAMD": "",
        }
        return read_settings({**environment, **own})


def prepare(directory: Path, *, fresh: bool, now: datetime) -> Installation:
    """Make the demonstration in a folder, or keep the one that is there unless `fresh`.

    Only the demonstration's own files are replaced. One that was not finished leaves nothing.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    database = directory / DATABASE
    if database.exists() and (directory / SECRET_KEY).exists() and not fresh:
        _bring_up_to_date(database)
        return Installation(directory, was_there=True)
    unfinished = directory / f"{DATABASE}.unfinished"
    _remove(unfinished)
    secret_key = secrets.token_urlsafe(48)
    store = FolderStore(directory / EVIDENCE)
    _fill(unfinished, now, SecretBox(secret_key), store)
    _remove(database)
    _write_secret(directory / SECRET_KEY, secret_key)
    unfinished.rename(database)
    return Installation(directory, was_there=False)


def describe(installation: Installation) -> dict[str, Any]:
    """What a program that drives the demonstration needs to know, ready for JSON."""
    return {
        "database_url": installation.database_url,
        "rounds": _rounds(installation),
        "accounts": accounts(),
    }


def accounts() -> list[dict[str, Any]]:
    """Everybody who can sign in, with the password that all of them share.

    `totp_secret` is what their authenticator app would be given; None for who needs no code.
    `also` are the further roles of somebody who has several.
    """
    content = Content()
    return [
        {
            "name": person.name,
            **_described(person.posts[0], content),
            "also": [_described(post, content) for post in person.posts[1:]],
            "email": person.email,
            "password": content.password,
            "totp_secret": content.authenticator if person.needs_second_factor else None,
        }
        for person in content.people
    ]


def _described(post: Post, content: Content) -> dict[str, str | None]:
    """The role, and the name of what it is for, if that is a partnership, a trust or an agency."""
    agency = content.agencies.get(post.place)
    return {
        "role": post.role,
        "partnership": content.partnerships.get(post.place, {}).get("name"),
        "trust": content.trusts.get(post.place, {}).get("name"),
        "agency": agency.name if agency else None,
    }


def _rounds(installation: Installation) -> list[dict[str, str]]:
    database = Database(installation.database_url)
    with database.reading() as session:
        rounds = session.scalars(select(AuditRound).order_by(AuditRound.opens_on)).all()
    database.dispose()
    return [
        {
            "reference": one.reference,
            "questionnaire": one.questionnaire_id,
            "version": one.questionnaire_version,
            "status": one.status.value,
        }
        for one in rounds
    ]


def _fill(path: Path, now: datetime, box: SecretBox, store: FolderStore) -> None:
    """Seed a new database, then let go of files that only an earlier one knew."""
    database = Database(_address(path))
    migrate(database.engine)
    with database.writing.begin() as session:
        seed(session, shipped_catalogue(), today_in_london(now), box, store)
        for kept in list(store.everything()):
            drop_content(session, store, kept.sha256)
    database.dispose()


def _bring_up_to_date(path: Path) -> None:
    """An earlier version of s11audit may have made the tables."""
    database = Database(_address(path))
    migrate(database.engine)
    database.dispose()


def _address(path: Path) -> str:
    return URL.create("sqlite", database=str(path)).render_as_string()


def _remove(database: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _write_secret(path: Path, secret_key: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{secret_key}\n")
