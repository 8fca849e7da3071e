"""Writing mail. It waits in a table until `s11audit.services.mail_sending` sends it.

Each kind of mail is a plain text file, `templates/mail/<kind>.txt`, whose first line is the
subject. What stands in it besides is told as facts: short texts, each on one line whatever
somebody typed, so that no name can begin a header or a paragraph of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import delete
from sqlalchemy.orm import Session

from s11audit.models import OutgoingMail
from s11audit.paths import TEMPLATES
from s11audit.queries.people import stored_email

_OF_AN_ASSESSMENT = frozenset({"name", "assessment", "about", "due", "link"})
_OF_A_RETURN = frozenset({"name", "agency", "round", "link"})
_OF_A_CASE_AUDIT = frozenset({"name", "agency", "audit", "link"})
# Kind of mail → the facts that its text needs. A `link` is absolute and begins with the address
# of the settings: what a browser calls us (its Host header) never gets into mail.
MAIL_KINDS: dict[str, frozenset[str]] = {
    "cannot-assure": frozenset({"link"}),
    "invitation": frozenset({"name", "inviter", "role", "place", "link", "until"}),
    "sign-in-link": frozenset({"link", "until"}),
    "takeover-asked": frozenset(),
    "takeover-declined": frozenset({"agency", "reason"}),
    "round-opened": _OF_A_RETURN | {"due"},
    "return-new-date": _OF_A_RETURN | {"due"},
    "return-due": _OF_A_RETURN | {"due"},
    "return-to-join": _OF_A_RETURN | {"due", "until"},
    "return-overdue": _OF_A_RETURN | {"due", "closes"},
    "return-to-sign": _OF_A_RETURN | {"due"},
    "return-submitted": _OF_A_RETURN | {"when", "receipt"},
    "return-sent-back": _OF_A_RETURN,
    "return-handed-back": _OF_A_RETURN,
    "case-files-asked": frozenset({"name", "agency", "audit", "cases", "due", "link"}),
    "case-files-given": _OF_A_CASE_AUDIT | {"due"},
    "case-files-due": _OF_A_CASE_AUDIT | {"due"},
    "case-file-conflict": _OF_A_CASE_AUDIT,
    "case-panel-opened": frozenset({"name", "audit", "day", "link"}),
    "case-deletion-proposed": frozenset({"name", "audit", "link"}),
    "immediate-concern": frozenset({"link"}),
    "action-asked-for": frozenset({"name", "agency", "action", "due", "link"}),
    "assessment-asked": _OF_AN_ASSESSMENT,
    "assessment-due": _OF_AN_ASSESSMENT,
    "assessment-opened": _OF_AN_ASSESSMENT - {"due"},
}

LONGEST_ADDRESS = 254
LONGEST_SUBJECT = 200
_PART = r"[^@\s,;:<>\"()\[\]\\\x00-\x1f\x7f]+"
_ADDRESS = re.compile(rf"{_PART}@{_PART}\.[^@\s.,;:<>\"()\[\]\\\x00-\x1f\x7f]{{2,}}")
# What ends a line or turns the direction in which one is read.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


def is_address(text: str) -> bool:
    """Whether mail can be sent to this: one address, with nothing beside it."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def write_mail(
    session: Session,
    kind: str,
    to: str,
    facts: Mapping[str, str],
    *,
    now: datetime,
    agency_id: int | None = None,
) -> OutgoingMail:
    """Put mail of this kind to one address into the table of what is to be sent.

    `agency_id` is the agency on whose page it is shown. Raises ValueError where the address is
    none, or facts are missing or too many: both are faults of ours, as forms check addresses.
    """
    mail = unsent_mail(kind, to, facts, now=now, agency_id=agency_id)
    session.add(mail)
    session.flush()
    return mail


def unsent_mail(
    kind: str,
    to: str,
    facts: Mapping[str, str],
    *,
    now: datetime,
    agency_id: int | None = None,
    round_id: int | None = None,
) -> OutgoingMail:
    """Mail as `write_mail` writes it, for whoever adds many at once to the table.

    `round_id` is the round that it is about, if any.
    """
    to = stored_email(to)
    if not is_address(to):
        raise ValueError("Mail cannot be sent to this address")
    subject, text = rendered(kind, facts)
    return OutgoingMail(
        kind=kind,
        recipient=to,
        subject=subject,
        text=text,
        agency_id=agency_id,
        round_id=round_id,
        written_at=now,
        next_try_at=now,
    )


def rendered(kind: str, facts: Mapping[str, str]) -> tuple[str, str]:
    """Subject and text of mail of this kind. Raises ValueError where the facts are not its own."""
    if facts.keys() != MAIL_KINDS[kind]:
        wrong = ", ".join(sorted(facts.keys() ^ MAIL_KINDS[kind]))
        raise ValueError(f"Mail of the kind {kind} has other facts: {wrong}")
    plain = {name: _on_one_line(fact) for name, fact in facts.items()}
    subject, _, text = _templates().get_template(f"{kind}.txt").render(plain).partition("\n")
    return _shortened(subject), text


def withdraw_mail(
    session: Session, kind: str, to: str, *, written_at: datetime, agency_id: int | None = None
) -> None:
    """Take back mail that tells of something that is no longer so, if it is not sent yet."""
    session.execute(
        delete(OutgoingMail).where(
            OutgoingMail.kind == kind,
            OutgoingMail.recipient == to,
            OutgoingMail.written_at == written_at,
            OutgoingMail.agency_id.is_not_distinct_from(agency_id),
            OutgoingMail.sent_at.is_(None),
        )
    )


def _on_one_line(fact: str) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", fact).split())


def _shortened(subject: str) -> str:
    return subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    # Plain text: escaping would put &amp; into names.
    return Environment(
        loader=FileSystemLoader(TEMPLATES / "mail"),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
