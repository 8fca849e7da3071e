"""Sending mail from the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from s11audit.cli import main
from s11audit.config import MailServer
from s11audit.models.database import Database
from s11audit.services.mail import write_mail
from tests.mail_server import Letterbox, mail_server
from tests.services.test_mail import INVITATION


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def server(letterbox: Letterbox) -> Iterator[MailServer]:
    with mail_server(letterbox) as settings:
        yield settings


def put(database: Database, address: str) -> None:
    with database.writing.begin() as session:
        write_mail(session, "invitation", address, INVITATION, now=datetime.now(UTC))


def send_mail(database_url: str, server: MailServer | None, *words: str) -> Result:
    told = {"DATABASE_URL": database_url, "S11AUDIT_SMTP_HOST": None}
    if server is not None:
        told |= {
            "S11AUDIT_SMTP_HOST": server.host,
            "S11AUDIT_SMTP_PORT": str(server.port),
            "S11AUDIT_SMTP_SECURITY": server.security,
            "S11AUDIT_SMTP_FROM": server.sender,
        }
    return CliRunner().invoke(main, ["send-mail", *words], env=told)


def test_the_command_says_how_much_was_sent_and_why_some_was_not(
    database: Database, database_url: str, server: MailServer, letterbox: Letterbox
) -> None:
    letterbox.refused["gone@example.org"] = "550 Moved away"
    put(database, "noor@example.org")
    put(database, "gone@example.org")
    done = send_mail(database_url, server)
    assert (done.exit_code, done.stdout) == (1, "1 sent, 1 failed, 1 waiting\n")
    assert done.stderr == "The mail server refused the address (550 Moved away).\n"
    again = send_mail(database_url, server, "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout) == {"sent": 0, "failed": 0, "waiting": 1, "reasons": []}


def test_without_a_mail_server_the_command_says_so(database_url: str) -> None:
    done = send_mail(database_url, None)
    assert (done.exit_code, "S11AUDIT_SMTP_HOST is not set" in done.stderr) == (1, True)
