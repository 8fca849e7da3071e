"""Mail: what is written, and that it reaches a mail server once, whatever happens on the way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.models import OutgoingMail
from s11audit.paths import TEMPLATES
from s11audit.services.mail import MAIL_KINDS, is_address, rendered, withdraw_mail, write_mail

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
INVITATION = {
    "name": "Noor Haddad",
    "inviter": "Priya",
    "role": "Agency lead",
    "place": "Downshire Police",
    "link": "https://audit.example.org/join/abc",
    "until": "10 March 2026",
}


def write(session: Session, to: str = "noor@example.org", **changes: str) -> OutgoingMail:
    return write_mail(session, "invitation", to, {**INVITATION, **changes}, now=NOW)


def test_every_kind_of_mail_has_a_text_that_tells_all_of_its_facts() -> None:
    assert {path.stem for path in (TEMPLATES / "mail").iterdir()} == set(MAIL_KINDS)
    for kind, facts in MAIL_KINDS.items():
        subject, text = rendered(kind, {fact: f"~{fact}~" for fact in facts})
        assert subject.strip()
        told = {fact for fact in facts if f"~{fact}~" in subject + text}
        assert told == facts, kind


def test_mail_waits_with_its_subject_and_its_text(session: Session) -> None:
    write(session, " Noor@Example.org ")
    mail = session.scalars(select(OutgoingMail)).one()
    assert (mail.recipient, mail.sent_at, mail.next_try_at) == ("noor@example.org", None, NOW)
    assert mail.subject == "You are invited to section 11 audits: Downshire Police"
    assert "\nhttps://audit.example.org/join/abc\n" in mail.text
    assert mail.text.startswith("Dear Noor Haddad,\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "\0"])
def test_no_fact_begins_a_line_of_its_own(end: str) -> None:
    place = f"Police{end}Bcc: everybody@example.org{end}{end}Pay here"
    subject, text = rendered("invitation", {**INVITATION, "place": place, "name": place})
    assert subject.endswith("Police Bcc: everybody@example.org Pay here")
    assert len(text.splitlines()) == len(rendered("invitation", INVITATION)[1].splitlines())


def test_markup_and_template_signs_in_a_name_stay_what_was_typed() -> None:
    name = "<b>Noor & {{ link }}</b> {% raw %}"
    assert f"Dear {name}," in rendered("invitation", {**INVITATION, "name": name})[1]


def test_a_long_subject_is_cut_visibly(session: Session) -> None:
    mail = write(session, place="Long " * 50)
    assert (len(mail.subject), mail.subject[-1]) == (200, "…")


@pytest.mark.parametrize("facts", [{}, {**INVITATION, "password": "x"}])
def test_facts_that_a_kind_does_not_have_are_refused(facts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="other facts"):
        rendered("invitation", facts)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "noor",
        "noor@example",
        "noor@@example.org",
        "noor@example.org, mo@example.org",
        "noor@example.org\nBcc: mo@example.org",
        "Noor <noor@example.org>",
        "no\x01or@example.org",
        f"{'n' * 250}@example.org",
    ],
)
def test_mail_goes_to_one_address_with_nothing_beside_it(session: Session, address: str) -> None:
    assert not is_address(address)
    with pytest.raises(ValueError, match="this address"):
        write(session, address)


def test_mail_that_is_no_longer_so_is_taken_back_unless_it_is_sent(session: Session) -> None:
    waiting, sent, other = write(session), write(session), write(session, "mo@example.org")
    sent.sent_at = NOW
    session.flush()
    withdraw_mail(session, "invitation", waiting.recipient, written_at=NOW)
    assert set(session.scalars(select(OutgoingMail.id))) == {sent.id, other.id}
