"""Mail: what is written, and that it reaches a mail server once, whatever happens on the way."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.config import MailServer, SmtpSecurity
from s11audit.models import OutgoingMail
from s11audit.models.database import Database
from s11audit.paths import TEMPLATES
from s11audit.services.mail import MAIL_KINDS, is_address, rendered, withdraw_mail, write_mail
from s11audit.services.mail_html import html_of
from s11audit.services.mail_sending import GIVE_UP_AFTER, WAITS, Outcome, send_waiting
from tests.mail_server import Letterbox, mail_server, reached

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


def test_the_html_of_mail_holds_what_was_typed_as_text_and_loads_nothing() -> None:
    name, reason = "<img src=//evil.example/x>", 'See "https://evil.example" & <b>pay</b>'
    text = f"Dear {name},\n\n{reason}\nsoon\n\nhttps://audit.example.org/returns/1?a=1&b=2\n"
    soup = BeautifulSoup(html_of(f"{name} & you", text), "html.parser")
    assert [one.get_text() for one in soup.find_all("p")] == [
        f"Dear {name},",
        f"{reason} soon",
        "https://audit.example.org/returns/1?a=1&b=2",
    ]
    assert soup.title is not None
    assert soup.title.get_text() == f"{name} & you"
    assert soup.html is not None
    assert soup.html["lang"] == "en-GB"
    (link,) = soup.find_all("a")
    assert link["href"] == link.get_text() == "https://audit.example.org/returns/1?a=1&b=2"
    assert not soup.find_all(["img", "link", "script", "style", "b"])


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


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def server(letterbox: Letterbox) -> Iterator[MailServer]:
    with mail_server(letterbox) as settings:
        yield settings


@pytest.fixture
def nowhere() -> Iterator[MailServer]:
    """A mail server that is away: its port is taken by somebody who does not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield reached("127.0.0.1", taken.getsockname()[1])


def put(database: Database, *addresses: str) -> None:
    with database.writing.begin() as session:
        for address in addresses or ("noor@example.org",):
            write(session, address)


def stored(database: Database) -> list[OutgoingMail]:
    with database.reading() as session:
        return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def send(database: Database, server: MailServer, at: datetime = NOW) -> Outcome:
    return send_waiting(database, server, clock=lambda: at)


def test_what_waits_reaches_the_server_as_it_was_written(
    database: Database, server: MailServer, letterbox: Letterbox
) -> None:
    with database.writing.begin() as session:
        text = write(session, name="Zoë Ng").text
    assert send(database, server) == Outcome(sent=1, waiting=0, reasons=())
    message = letterbox.next()
    assert (message["To"], message["From"]) == ("noor@example.org", "audit@example.org")
    assert message["Subject"] == "You are invited to section 11 audits: Downshire Police"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().split() == text.split()
    assert "<p>Dear Zoë Ng,</p>" in html.get_content()


def test_once_sent_the_text_with_its_link_is_gone(database: Database, server: MailServer) -> None:
    put(database)
    send(database, server)
    (mail,) = stored(database)
    assert (mail.text, mail.sent_at, mail.next_try_at) == ("", NOW, None)
    assert send(database, server, NOW + timedelta(days=1)).sent == 0


def test_several_senders_at_once_send_each_message_once(
    database: Database, server: MailServer, letterbox: Letterbox
) -> None:
    addresses = [f"person-{number}@example.org" for number in range(12)]
    put(database, *addresses)
    with ThreadPoolExecutor(3) as senders:
        outcomes = list(senders.map(lambda _: send(database, server), range(3)))
    assert sum(outcome.sent for outcome in outcomes) == len(addresses)
    arrived = [letterbox.arrived.get_nowait()["To"] for _ in range(letterbox.arrived.qsize())]
    assert sorted(arrived) == sorted(addresses)


def test_a_server_that_is_away_loses_nothing(
    database: Database, nowhere: MailServer, server: MailServer
) -> None:
    put(database, "noor@example.org", "mo@example.org")
    away = send(database, nowhere)
    assert (away.sent, away.waiting) == (0, 2)
    assert away.reasons == ("The mail server cannot be reached",)
    failed, untried = stored(database)
    assert (failed.failure, failed.next_try_at) == (away.reasons[0], NOW + WAITS[0])
    assert (untried.tries, untried.next_try_at) == (0, NOW)
    assert send(database, server, NOW + WAITS[0]).sent == 2
    assert [mail.failure for mail in stored(database)] == ["", ""]


def test_each_failure_makes_the_next_wait_longer_until_the_link_is_dead_anyway(
    database: Database, nowhere: MailServer
) -> None:
    put(database)
    moment, waits = NOW, []
    while (due := stored(database)[0].next_try_at) is not None:
        moment = due
        send(database, nowhere, moment)
        waits.append(moment - NOW)
    assert waits[1:4] == [WAITS[0], WAITS[0] + WAITS[1], WAITS[0] + WAITS[1] + WAITS[2]]
    assert waits[-1] >= GIVE_UP_AFTER
    (mail,) = stored(database)
    assert (mail.text, mail.sent_at, mail.failure) == (
        "",
        None,
        "The mail server cannot be reached",
    )


def test_one_address_that_is_refused_does_not_hold_up_the_others(
    database: Database, server: MailServer, letterbox: Letterbox
) -> None:
    letterbox.refused["gone@example.org"] = "550 No such\tperson"
    put(database, "gone@example.org", "noor@example.org")
    outcome = send(database, server)
    assert outcome.reasons == ("The mail server refused the address (550 No such person)",)
    assert letterbox.next()["To"] == "noor@example.org"


def test_a_message_that_is_refused_says_what_the_server_said(
    database: Database, server: MailServer, letterbox: Letterbox
) -> None:
    letterbox.refuses_content = True
    put(database)
    assert send(database, server).reasons == (
        "The mail server refused the message (554 No thank you)",
    )


def test_a_server_without_tls_gets_nothing_where_tls_is_asked_for(
    database: Database, server: MailServer, letterbox: Letterbox
) -> None:
    put(database, "noor@example.org", "mo@example.org")
    for security, reason in (
        (SmtpSecurity.STARTTLS, "does not offer what the settings ask for"),
        (SmtpSecurity.TLS, "does not speak TLS there"),
    ):
        assert reason in send(database, replace(server, security=security)).reasons[0]
    assert letterbox.arrived.empty()


def test_a_certificate_that_nobody_vouches_for_gets_neither_password_nor_mail(
    database: Database, letterbox: Letterbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = own_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    put(database)
    with mail_server(letterbox, tls_context=tls, require_starttls=True) as settings:
        settings = replace(settings, host="localhost", security=SmtpSecurity.STARTTLS)
        distrusted = send(database, settings)
        assert "certificate is not one that this machine trusts" in distrusted.reasons[0]
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert send(database, settings, NOW + WAITS[0]).sent == 1


def own_certificate(folder: Path) -> Path:
    """A key and a certificate for this machine in one file, vouched for by itself only."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path
