"""Signing in by a link sent by e-mail: for whom, how often, how long, and what strangers learn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.models import (
    Agency,
    Event,
    Membership,
    OutgoingMail,
    Partnership,
    SecondFactor,
    SignInLink,
    User,
)
from s11audit.models.account import FactorKind
from s11audit.models.database import Database
from s11audit.queries.people import token_digest
from s11audit.services.sign_in_links import use_link
from s11audit.web.security import Services
from tests.cast import LONG_AGO, Cast
from tests.pages import Page, Pages

ASK = "/sign-in/send-link"
ALL_BUT_RESPONDENTS = ["Priya", "Mo", "Olga"]


@pytest.fixture(autouse=True)
def sends_mail(with_mail: None) -> None:
    """Links are sent from here."""


@pytest.fixture
def allowed(database: Database, cast: Cast) -> None:
    """Downshire allows links; Farshire does not."""
    with database.writing.begin() as session:
        session.get_one(Partnership, cast.partnerships["DOWN"]).allows_email_links = True


def ask(pages: Pages, email: str, **options: object) -> Page:
    return pages.post(ASK, {**pages.get(ASK).form(), "email": email}, **options)


def mails(database: Database) -> list[OutgoingMail]:
    with database.reading() as session:
        return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def link_in(mail: OutgoingMail) -> str:
    found = re.search(r"http\S+", mail.text)
    assert found, mail.text
    return found[0]


def token_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def link_for(pages: Pages, database: Database, email: str) -> str:
    """Ask for a link and take it out of the mail: its path and query."""
    ask(pages, email)
    return link_in(mails(database)[-1]).removeprefix("http://127.0.0.1:8000")


def press(pages: Pages, link: str) -> Page:
    """Open a link and press the button of its page."""
    return pages.post("/sign-in/link", pages.get(link).form())


def who(pages: Pages) -> str:
    return pages.get("/account").text


def test_the_sign_in_page_offers_links_where_some_partnership_allows_them(
    pages: Pages, cast: Cast, session: Session
) -> None:
    assert "Send me a link" not in pages.get("/sign-in").text
    session.get_one(Partnership, cast.partnerships["FAR"]).allows_email_links = True
    session.commit()
    page = pages.get("/sign-in?next=/returns")
    link = page.soup.find("a", string="Send me a link instead")
    assert link is not None
    assert link["href"] == f"{ASK}?next=/returns"


@pytest.mark.usefixtures("allowed")
def test_a_respondent_signs_in_with_a_link_once(
    pages: Pages, cast: Cast, database: Database
) -> None:
    link = link_for(pages, database, " ASIF@example.org ")
    page = pages.get(link)
    assert page.heading == "Sign in with your link"
    assert "asif@example.org" in page.text
    signed_in = press(pages, link)
    assert (signed_in.status, signed_in.location) == (303, "/")
    assert "asif@example.org" in who(pages)
    pages.post("/sign-out")
    again = pages.get(link)
    assert (again.status, again.heading) == (410, "This link no longer works")
    pages.get(ASK)
    assert pages.post("/sign-in/link", {"token": token_of(link)}).status == 410
    assert pages.get("/account").status == 302


@pytest.mark.usefixtures("allowed")
def test_opening_a_link_does_not_use_it_up(pages: Pages, cast: Cast, database: Database) -> None:
    link = link_for(pages, database, "asif@example.org")
    for _ in range(3):
        assert pages.get(link).status == 200
    assert pages.client.head(link).status_code == 200
    assert press(pages, link).status == 303


@pytest.mark.usefixtures("allowed")
def test_two_browsers_at_once_use_a_link_once(pages: Pages, cast: Cast, database: Database) -> None:
    token = token_of(link_for(pages, database, "asif@example.org"))

    def use() -> int | None:
        with database.writing.begin() as writing:
            return use_link(writing, token, now=datetime.now(UTC))

    with ThreadPoolExecutor(4) as browsers:
        results = [browser.result() for browser in [browsers.submit(use) for _ in range(4)]]
    assert sorted(map(str, results)) == sorted([str(cast["Asif"].user_id), *["None"] * 3])


@pytest.mark.usefixtures("allowed")
def test_a_link_lives_for_15_minutes(pages: Pages, cast: Cast, database: Database) -> None:
    moment = datetime.now(UTC)
    with time_machine.travel(moment, tick=False) as clock:
        link = link_for(pages, database, "asif@example.org")
        clock.move_to(moment + timedelta(minutes=14, seconds=59))
        form = pages.get(link).form()
        clock.move_to(moment + timedelta(minutes=15))
        page = pages.post("/sign-in/link", form)
        assert (page.status, page.heading) == (410, "This link no longer works")
        assert pages.get(link).status == 410
        assert page.soup.find("a", href=ASK) is not None


@pytest.mark.usefixtures("allowed")
def test_a_new_link_ends_the_one_before(pages: Pages, cast: Cast, database: Database) -> None:
    first = link_for(pages, database, "asif@example.org")
    second = link_for(pages, database, "asif@example.org")
    assert pages.get(first).status == 410
    assert press(pages, second).status == 303


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("token", ["", "x", "0" * 4000, "x\ny", "../../account", "é"])
def test_a_made_up_link_is_answered_like_a_used_one(pages: Pages, cast: Cast, token: str) -> None:
    pages.get(ASK)
    assert pages.get("/sign-in/link", query_string={"token": token}).status == 410
    assert pages.post("/sign-in/link", {"token": token}).heading == "This link no longer works"


@pytest.mark.usefixtures("allowed")
def test_only_a_digest_of_the_link_is_stored(
    pages: Pages, cast: Cast, database: Database, session: Session
) -> None:
    token = token_of(link_for(pages, database, "asif@example.org"))
    stored = session.scalars(select(SignInLink)).one()
    assert stored.token_sha256 == token_digest(token) != token
    assert [one.kind for one in session.scalars(select(Event))] == ["sign-in-link-sent"]


@pytest.mark.usefixtures("allowed")
def test_using_a_link_needs_a_form_of_ours(pages: Pages, cast: Cast, database: Database) -> None:
    link = link_for(pages, database, "asif@example.org")
    assert pages.client.post("/sign-in/link", data={"token": token_of(link)}).status_code == 400
    assert pages.client.post(ASK, data={"email": "asif@example.org"}).status_code == 400
    assert press(pages, link).status == 303


@pytest.mark.usefixtures("allowed")
def test_an_unknown_address_is_answered_in_the_same_words_and_gets_no_mail(
    pages: Pages, cast: Cast, database: Database
) -> None:
    known, unknown = ask(pages, "asif@example.org"), ask(pages, "nobody@example.org")
    assert (
        (known.status, known.location)
        == (unknown.status, unknown.location)
        == (303, "/sign-in/link-sent")
    )
    assert list(known.response.headers.keys()) == list(unknown.response.headers.keys())
    assert "nobody" not in pages.get(unknown.location).text
    assert [mail.recipient for mail in mails(database)] == ["asif@example.org"]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What the database is told meanwhile: the first words of each statement."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(" ".join(statement.split()[:3]))

    event.listen(engine, "before_cursor_execute", note)
    yield told
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("allowed")
def test_the_database_works_as_hard_for_an_unknown_address(
    pages: Pages, cast: Cast, database: Database
) -> None:
    work = []
    for email in ("asif@example.org", "nobody@example.org", "priya@example.org"):
        form = pages.get(ASK).form()
        with statements(database.engine) as told:
            pages.post(ASK, {**form, "email": email})
        work.append([statement for statement in told if "SAVEPOINT" not in statement])
    assert work[0] == work[1] == work[2]
    assert any(statement.startswith("INSERT INTO outgoing_mail") for statement in work[0])


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("name", ALL_BUT_RESPONDENTS)
def test_whoever_reaches_beyond_an_agency_gets_no_link(
    pages: Pages, cast: Cast, database: Database, name: str
) -> None:
    with database.writing.begin() as writing:
        for partnership in writing.scalars(select(Partnership)):
            partnership.allows_email_links = True
    assert ask(pages, cast[name].email).status == 303
    assert mails(database) == []


def hold_second_factor(session: Session, cast: Cast) -> None:
    session.add(
        SecondFactor(
            user_id=cast["Asif"].user_id, kind=FactorKind.APP, name="Phone", added_at=LONG_AGO
        )
    )


def become(role: Role, place: str) -> object:
    def change(session: Session, cast: Cast) -> None:
        held = Membership(user_id=cast["Asif"].user_id, role=role, started_at=LONG_AGO)
        if role is Role.MANAGER:
            held.partnership_id = cast.partnerships[place]
        else:
            held.agency_id = cast.agencies[place]
        session.add(held)

    return change


def be_disabled(session: Session, cast: Cast) -> None:
    session.get_one(User, cast["Asif"].user_id).is_active = False


def lose_every_role(session: Session, cast: Cast) -> None:
    for membership in session.get_one(User, cast["Asif"].user_id).memberships:
        membership.ended_at = LONG_AGO


def share_agency_with_farshire(session: Session, cast: Cast) -> None:
    farshire = session.get_one(Partnership, cast.partnerships["FAR"])
    police = session.get_one(Agency, cast.agencies["POL"])
    police.partnerships.append(farshire)


def leave_every_partnership(session: Session, cast: Cast) -> None:
    police = session.get_one(Agency, cast.agencies["POL"])
    police.partnerships.clear()


def forbid_links(session: Session, cast: Cast) -> None:
    session.get_one(Partnership, cast.partnerships["DOWN"]).allows_email_links = False


CHANGES = {
    "a second factor": hold_second_factor,
    "manager": become(Role.MANAGER, "DOWN"),
    "case auditor": become(Role.CASE_AUDITOR, "POL"),
    "lead in a partnership without links": become(Role.AGENCY_LEAD, "FARPOL"),
    "disabled": be_disabled,
    "no role": lose_every_role,
    "agency shared with a partnership without links": share_agency_with_farshire,
    "agency of no partnership": leave_every_partnership,
    "partnership without links": forbid_links,
}


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("change", CHANGES)
def test_a_link_sent_before_its_person_may_no_longer_use_links_is_refused(
    pages: Pages, cast: Cast, database: Database, change: str
) -> None:
    link = link_for(pages, database, "asif@example.org")
    form = pages.get(link).form()
    with database.writing.begin() as writing:
        CHANGES[change](writing, cast)  # type: ignore[operator]
    assert pages.get(link).status == 410
    assert pages.post("/sign-in/link", form).status == 410
    assert pages.get("/account").status == 302
    ask(pages, "asif@example.org")
    assert len(mails(database)) == 1, "no mail is written from then on"


@pytest.mark.usefixtures("allowed")
def test_a_hostile_host_header_does_not_reach_the_mail(
    pages: Pages, app: Flask, cast: Cast, database: Database
) -> None:
    shared: Services = app.extensions["s11audit"]
    named = replace(shared.settings, base_url="https://audit.example.org")
    app.extensions["s11audit"] = replace(shared, settings=named)
    form = pages.get(ASK).form()
    hostile = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    pages.client.post(ASK, data={**form, "email": "asif@example.org"}, headers=hostile)
    ask(pages, "asif@example.org", headers={"X-Forwarded-Host": "evil.example"})
    written = mails(database)
    assert written
    for mail in written:
        assert link_in(mail).startswith("https://audit.example.org/sign-in/link?token=")
        assert "evil" not in mail.text + mail.subject


@pytest.mark.usefixtures("allowed")
def test_the_same_browser_goes_on_to_the_page_it_wanted(
    pages: Pages, cast: Cast, database: Database
) -> None:
    form = pages.get(f"{ASK}?next=/actions").form()
    pages.post(f"{ASK}?next=/actions", {**form, "email": "asif@example.org"})
    link = link_in(mails(database)[-1])
    assert "actions" not in link
    assert (
        press(pages, urlsplit(link)._replace(scheme="", netloc="").geturl()).location == "/actions"
    )


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("email", ["", "asif", "asif@", "a@b@example.org", "asif@example.org\0, x"])
def test_what_is_no_address_is_said_to_be_none(pages: Pages, cast: Cast, email: str) -> None:
    page = ask(pages, email)
    assert (page.status, list(page.errors)) == (422, ["email"])


@pytest.mark.usefixtures("allowed")
def test_nobody_is_flooded_with_links(pages: Pages, cast: Cast, database: Database) -> None:
    for address in ("asif@example.org", "nobody@example.org"):
        answers = [ask(pages, address).status for _ in range(6)]
        assert answers == [303] * 5 + [429]
    assert len(mails(database)) == 5


def test_a_manager_allows_and_stops_links_for_the_own_partnership_only(
    pages: Pages, cast: Cast, database: Database
) -> None:
    def allowing() -> list[str]:
        with database.reading() as reading:
            allowed = select(Partnership.reference).where(Partnership.allows_email_links)
            return list(reading.scalars(allowed))

    pages.sign_in(cast["Priya"])
    page = pages.get("/people/email-links")
    assert "Farshire" not in page.text
    assert "not allowed" in page.text
    assert pages.post("/people/email-links", page.form()).status == 303
    page = pages.get("/people/email-links")
    assert "Stop links for Downshire" in page.text
    assert allowing() == ["DOWN"]
    assert pages.post("/people/email-links", page.form()).status == 303
    assert allowing() == []
    other = {"partnership": str(cast.partnerships["FAR"]), "allowed": "yes"}
    assert pages.post("/people/email-links", other).status == 400
    assert allowing() == []
    with database.reading() as reading:
        switched = reading.scalars(select(Event).where(Event.kind == "email-links-switched")).all()
    assert [one.detail["after"] for one in switched] == [True, False]
    assert {one.partnership_id for one in switched} == {cast.partnerships["DOWN"]}


def test_an_agency_lead_allows_nothing(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Asif"]).get("/account")
    fields = {"partnership": str(cast.partnerships["DOWN"]), "allowed": "yes"}
    assert pages.get("/people/email-links").status == 403
    assert pages.post("/people/email-links", fields).status == 403


@pytest.mark.usefixtures("allowed")
def test_where_no_mail_is_sent_no_link_is_offered_and_whoever_asks_is_told(
    pages: Pages, app: Flask, cast: Cast, database: Database
) -> None:
    shared: Services = app.extensions["s11audit"]
    settings = replace(shared.settings, mail_server=None)
    app.extensions["s11audit"] = replace(shared, settings=settings)
    assert "Send me a link" not in pages.get("/sign-in").text
    told = pages.get(ASK), pages.post(ASK, {"email": "asif@example.org"})
    assert {page.heading for page in told} == {"Links cannot be sent here"}
    assert mails(database) == []
    assert "no links can be sent" in pages.sign_in(cast["Priya"]).get("/people/email-links").text
