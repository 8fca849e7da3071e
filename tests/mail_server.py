"""A real mail server for tests, which keeps what it is given and refuses what a test says."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from s11audit.config import MailServer, SmtpSecurity

PATIENCE_SECONDS = 20
SENDER = "audit@example.org"


class Letterbox:
    """What arrived, in order, and which addresses to refuse with which answer."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[EmailMessage] = queue.Queue()
        self.refused: dict[str, str] = {}
        self.refuses_content = False

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.refuses_content:
            return "554 No thank you"
        content = envelope.content
        assert isinstance(content, bytes)
        self.arrived.put(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def next(self) -> EmailMessage:
        """What arrived next; waits for it."""
        return self.arrived.get(timeout=PATIENCE_SECONDS)


class _AnyPort(Controller):
    """Listens on a port that the system chooses, so that nobody else can have taken it."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(letterbox: Letterbox, **options: Any) -> Iterator[MailServer]:
    """Serve on this machine while the test lasts; gives the settings that reach it."""
    controller = _AnyPort(letterbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield reached("127.0.0.1", controller.port)
    finally:
        controller.stop()


def reached(host: str, port: int) -> MailServer:
    return MailServer(host, port, SmtpSecurity.NONE, user="", password="", sender=SENDER)
