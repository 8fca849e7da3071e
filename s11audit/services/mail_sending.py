"""Sending the mail that waits: each message once, and none lost while the mail server is away.

A message is claimed for a while before it is sent, in a transaction of its own, so that of several
senders one has it. A sender that dies with it in hand lets the claim run out; then another tries.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.config import MailServer, SmtpSecurity
from s11audit.models import OutgoingMail
from s11audit.models.database import Database
from s11audit.queries.reminders import is_moot
from s11audit.services.mail_html import html_of

# Longer than the slowest server may take over one message.
CLAIM = timedelta(minutes=10)
SERVER_PATIENCE_SECONDS = 20
# How long to wait after the first failure, the second, and so on; then always as long as the last.
WAITS: tuple[timedelta, ...] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
# No link in any mail lives longer than this.
GIVE_UP_AFTER = timedelta(days=7)
LONGEST_REASON = 300
NO_LONGER_SO = "What it asks for was done, or is no longer asked, before it could be sent"


@dataclass(frozen=True)
class Outcome:
    """What one look at the waiting mail came to; `reasons` say why some could not be sent."""

    sent: int
    waiting: int
    reasons: tuple[str, ...]

    @property
    def failed(self) -> int:
        return len(self.reasons)


def send_waiting(
    database: Database, server: MailServer, *, clock: Callable[[], datetime]
) -> Outcome:
    """Send all mail that is due now. Stops where the server is lost, as the rest would fare alike.

    `clock` gives the time now, with a time zone.
    """
    sent, reasons = 0, []
    line = _Line(server)
    while not line.is_lost and (mail := _claimed(database, clock())) is not None:
        reason = line.deliver(mail)
        with database.writing.begin() as session:
            _note(session, mail, reason, clock())
        if reason:
            reasons.append(reason)
        else:
            sent += 1
    line.close()
    with database.reading() as session:
        return Outcome(sent, waiting_mail(session), tuple(reasons))


def waiting_mail(session: Session) -> int:
    """How many messages are still to be sent."""
    waiting = OutgoingMail.next_try_at.is_not(None)
    return session.scalar(select(func.count()).select_from(OutgoingMail).where(waiting)) or 0


def _claimed(database: Database, now: datetime) -> OutgoingMail | None:
    """The message that has been due longest, which no other sender gets while the claim lasts."""
    due = (
        select(OutgoingMail)
        .where(OutgoingMail.next_try_at <= now)
        .order_by(OutgoingMail.next_try_at, OutgoingMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with database.writing.begin() as session:
        mail = session.scalars(due).one_or_none()
        while mail is not None and is_moot(session, mail, now):
            _drop(mail)
            session.flush()
            mail = session.scalars(due).one_or_none()
        if mail is not None:
            mail.next_try_at = now + CLAIM
            mail.tries += 1
    return mail


def _drop(mail: OutgoingMail) -> None:
    """Never send it: what it asks for has come meanwhile."""
    mail.next_try_at, mail.text, mail.failure = None, "", NO_LONGER_SO


def _note(session: Session, claimed: OutgoingMail, reason: str, now: datetime) -> None:
    """Remember that a message was sent, or why not and when to try again."""
    mail = session.get(OutgoingMail, claimed.id)
    if mail is None:  # taken back meanwhile
        return
    mail.failure = reason
    if not reason:
        mail.sent_at, mail.next_try_at, mail.text = now, None, ""
    elif now - mail.written_at >= GIVE_UP_AFTER:
        mail.next_try_at, mail.text = None, ""
    else:
        mail.next_try_at = now + WAITS[min(mail.tries, len(WAITS)) - 1]


class _Line:
    """A connection to the mail server, opened for the first message and kept for the others."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: SMTP | None = None
        self.is_lost = False

    def deliver(self, mail: OutgoingMail) -> str:
        """Why the server did not take it, as a sentence; empty where it did."""
        try:
            if self._smtp is None:
                self._smtp = _connected(self._server)
        except (OSError, SMTPException, ValueError) as error:
            self.is_lost = True
            return _why_not_connected(error)
        try:
            self._smtp.send_message(
                as_message(mail, self._server.sender), self._server.sender, [mail.recipient]
            )
        except (SMTPRecipientsRefused, SMTPDataError, SMTPNotSupportedError, ValueError) as error:
            self.is_lost = self._smtp.sock is None
            return _why_refused(error)
        except OSError as error:
            self.is_lost = True
            return _why_refused(error)
        return ""

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.quit()
            self._smtp.close()


def as_message(mail: OutgoingMail, sender: str) -> EmailMessage:
    """The message as it travels. Sent again, it has the same id, so that a server can tell."""
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    moment = int(mail.written_at.timestamp())
    message["Message-ID"] = f"<s11audit-{mail.id}-{moment}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(html_of(mail.subject, mail.text), subtype="html")
    return message


def _connected(server: MailServer) -> SMTP:
    trusted = ssl.create_default_context()
    smtp: SMTP
    if server.security is SmtpSecurity.TLS:
        smtp = SMTP_SSL(server.host, server.port, timeout=SERVER_PATIENCE_SECONDS, context=trusted)
    else:
        smtp = SMTP(server.host, server.port, timeout=SERVER_PATIENCE_SECONDS)
    try:
        if server.security is SmtpSecurity.STARTTLS:
            smtp.starttls(context=trusted)
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _why_not_connected(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "The mail server’s certificate is not one that this machine trusts"
    if isinstance(error, ssl.SSLError):
        return "The mail server does not speak TLS there"
    if isinstance(error, SMTPAuthenticationError):
        return f"The mail server does not take our name and password{_answer(error)}"
    if isinstance(error, SMTPNotSupportedError):
        return "The mail server does not offer what the settings ask for (STARTTLS or signing in)"
    if isinstance(error, SMTPResponseException):
        return f"The mail server does not serve us{_answer(error)}"
    return "The mail server cannot be reached"


def _why_refused(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return f"The mail server refused the address{_answer(SMTPResponseException(code, text))}"
    if isinstance(error, SMTPSenderRefused):
        return f"The mail server refused the address that our mail comes from{_answer(error)}"
    if isinstance(error, SMTPResponseException):
        return f"The mail server refused the message{_answer(error)}"
    if isinstance(error, SMTPNotSupportedError | ValueError):
        return "The mail server cannot send to an address with such letters"
    return "The mail server ended the connection"


def _answer(error: SMTPResponseException) -> str:
    """What the server said, in brackets, on one line and not too long."""
    said = error.smtp_error
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    words = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return f" ({error.smtp_code} {words})"[:LONGEST_REASON]
