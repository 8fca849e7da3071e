"""Pages of reminders: who was told, the plan, reminding now; and every message on its agency's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from s11audit.domain.workflow import RoundStatus
from s11audit.models import (
    Agency,
    AgencyReturn,
    AuditRound,
    Event,
    OutgoingMail,
    Partnership,
    User,
)
from s11audit.models.database import Database
from s11audit.models.rounds import round_partnerships
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, NOON, Opened, fill

HERE = "/rounds/R1/reminders"


def mails(database: Database) -> list[OutgoingMail]:
    with database.reading() as session:
        return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def soon(database: Database, days: int) -> None:
    """Let the round be due in so many days from the real today."""
    due_on = datetime.now(UTC).date() + timedelta(days)
    with database.writing.begin() as session:
        session.execute(update(AuditRound).values(due_on=due_on))
        session.execute(update(AgencyReturn).values(due_on=due_on))


@pytest.fixture
def priya(pages: Pages, cast: Cast, opened: Opened, with_mail: None) -> Pages:
    return pages.sign_in(cast["Priya"])


def test_the_page_says_who_is_told_next_and_whom_nobody_reaches(
    priya: Pages, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        session.get_one(User, cast["Dana"].user_id).is_active = False
    page = priya.get(HERE)
    assert page.heading == "Reminders"
    assert "3/3 agencies have not returned" in page.text
    assert "Elm Row School : no agency lead" in page.text
    assert page.soup.select_one("a[href='/agencies/SCH']")
    assert "When the round opens 2" in page.text
    assert "Nobody yet." in page.text
    assert "You can also remind 2/3 of them now." in page.text


def test_reminding_now_writes_to_everybody_who_can_be_and_only_once_a_day(
    priya: Pages, database: Database
) -> None:
    soon(database, 90)
    priya.get(HERE)
    done = priya.post(HERE)
    assert (done.status, done.location) == (303, HERE)
    page = priya.get(HERE)
    assert "3 agencies are being reminded by 3 messages." in page.text
    assert "Everybody who can be written to was told today" in page.text
    assert "When the round opens 3 3" in page.text
    priya.post(HERE)
    again = priya.get(HERE).text
    assert "0 agencies are being reminded; 3 were told today already." in again
    assert len(mails(database)) == 3


def test_links_begin_with_the_address_of_the_settings_whatever_host_is_claimed(
    priya: Pages, database: Database
) -> None:
    priya.get(HERE)
    priya.post(HERE, headers={"X-Forwarded-Host": "evil.example"})
    for one in mails(database):
        assert "\nhttp://127.0.0.1:8000/returns/R1-" in one.text
        assert "evil" not in one.text


def test_opening_a_round_tells_its_agencies(
    priya: Pages, database: Database, opened: Opened
) -> None:
    with database.writing.begin() as session:
        session.get_one(AuditRound, opened.round_id).status = RoundStatus.DRAFT
    page = priya.get(HERE)
    assert "Nobody is told of this round before you open it." in page.text
    assert not page.soup.select(f"form[action='{HERE}']")
    priya.get("/rounds/R1")
    priya.post("/rounds/R1/steps/open")
    assert (
        "The round is now open. 3 people are being told by e-mail." in priya.get("/rounds/R1").text
    )
    assert {one.kind for one in mails(database)} == {"round-opened"}


def test_without_a_mail_server_the_page_says_so_and_nothing_is_written(
    pages: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    pages.sign_in(cast["Priya"])
    page = pages.get(HERE)
    assert "No mail server is set up here, so nobody is reminded." in page.text
    assert not page.soup.select(f"form[action='{HERE}']")
    assert pages.post(HERE).status == 303
    with database.writing.begin() as session:
        session.get_one(AuditRound, opened.round_id).status = RoundStatus.DRAFT
    assert pages.post("/rounds/R1/steps/open").status == 303
    assert mails(database) == []


def test_the_plan_is_changed_and_shown(priya: Pages, database: Database, opened: Opened) -> None:
    page = priya.get(f"{HERE}/plan")
    sent = page.form("/plan")
    assert (sent["before"], sent["after"]) == ("28, 7, 1", "1, 7")
    done = priya.post(f"{HERE}/plan", {"before": "21 3 0", "after": ""})
    assert (done.status, done.location) == (303, HERE)
    text = priya.get(HERE).text
    assert "21 days before the due date 3 days before the due date on the due date" in text
    with database.reading() as session:
        assert session.get_one(AuditRound, opened.round_id).reminder_days == (-21, -3, 0)


@pytest.mark.parametrize(
    ("before", "after", "errors"),
    [
        ("soon", "1", {"before": "Enter whole numbers from 0 to 365, such as 28, 7, 1"}),
        ("7", "0", {"after": "Enter whole numbers from 1 to 365, such as 1, 7"}),
        ("1 2 3 4 5 6 7", "1 2 3 4 5 6", {"before": "Enter 12 days or fewer, before and after"}),
    ],
)
def test_what_is_no_plan_is_refused_beside_its_box(
    priya: Pages, before: str, after: str, errors: dict[str, str]
) -> None:
    priya.get(f"{HERE}/plan")
    page = priya.post(f"{HERE}/plan", {"before": before, "after": after})
    assert (page.status, page.errors) == (422, errors)
    sent = page.form("/plan")
    assert (sent["before"], sent["after"]) == (before, after)


@pytest.fixture
def shared(database: Database, cast: Cast, opened: Opened) -> None:
    """The hospitals work with Farshire, too, which asks together with Downshire; the police do not.

    The hospitals are also in a round that Downshire runs alone.
    """
    with database.writing.begin() as session:
        far = session.get_one(Partnership, cast.partnerships["FAR"])
        hospitals = session.get_one(Agency, cast.agencies["HOSP"])
        hospitals.partnerships.append(far)
        first = session.get_one(AuditRound, opened.round_id)
        alone = AuditRound(
            partnership_id=first.partnership_id,
            reference="ALONE",
            title="Downshire alone",
            questionnaire_id=first.questionnaire_id,
            questionnaire_version=first.questionnaire_version,
            questionnaire_sha256=first.questionnaire_sha256,
            status=RoundStatus.OPEN,
            opens_on=first.opens_on,
            due_on=first.due_on,
            closes_on=first.closes_on,
            created_at=NOON,
        )
        session.add(alone)
        session.flush()
        session.execute(
            round_partnerships.insert().values(round_id=first.id, partnership_id=far.id)
        )
        for number, about in enumerate((first.id, alone.id, None)):
            session.add(
                OutgoingMail(
                    kind="return-due",
                    recipient=f"cara{number}@example.org",
                    subject=f"About {about}",
                    text="A secret link",
                    agency_id=hospitals.id,
                    round_id=about,
                    written_at=NOON,
                )
            )


def test_an_agencys_page_lists_its_messages_but_none_about_rounds_of_others(
    pages: Pages, cast: Cast, shared: None
) -> None:
    near = pages.sign_in(cast["Priya"]).get("/agencies/HOSP").text
    far = pages.sign_in(cast["Olga"]).get("/agencies/HOSP").text
    for number, seen_far in enumerate((True, False, True)):
        assert f"cara{number}@example.org" in near
        assert (f"cara{number}@example.org" in far) is seen_far
    assert "secret" not in near


def test_each_partnership_reminds_its_own_agencies_of_a_shared_round(
    pages: Pages, database: Database, cast: Cast, shared: None, with_mail: None
) -> None:
    far = pages.sign_in(cast["Olga"])
    page = far.get(HERE)
    assert "1/1 agency has not returned" in page.text
    assert "Downshire Police" not in page.text
    assert "runs this round and can change the plan" in page.text
    assert far.get(f"{HERE}/plan").status == 403
    far.post(HERE)
    assert [one.recipient for one in mails(database)][3:] == ["cara@example.org"]


def test_messages_say_whether_they_were_sent_and_why_not(
    priya: Pages, database: Database, cast: Cast
) -> None:
    states = [
        {"sent_at": NOON},
        {"next_try_at": NOON},
        {"next_try_at": NOON, "failure": "The mail server cannot be reached"},
        {"failure": "The mail server refused the address"},
    ]
    with database.writing.begin() as session:
        for number, state in enumerate(states):
            session.add(
                OutgoingMail(
                    kind="invitation",
                    recipient=f"n{number}@example.org",
                    subject="Welcome",
                    text="",
                    agency_id=cast.agencies["SCH"],
                    written_at=NOON,
                    **state,
                )
            )
    text = priya.get("/agencies/SCH").text
    assert "n0@example.org Welcome 3 November 2026 at 12:00pm" in text
    assert "n1@example.org Welcome Waits to be sent" in text
    assert "n2@example.org Welcome Not sent yet: The mail server cannot be reached" in text
    assert "n3@example.org Welcome Not sent: The mail server refused the address" in text


def test_a_returns_page_shows_a_manager_what_was_written_about_it_and_a_member_nothing(
    pages: Pages, database: Database, cast: Cast, shared: None
) -> None:
    page = pages.sign_in(cast["Priya"]).get("/rounds/R1/returns/HOSP").text
    assert "cara0@example.org" in page
    assert "cara1@example.org" not in page
    assert "example.org" not in pages.sign_in(cast["Mo"]).get("/rounds/R1/returns/HOSP").text


def test_people_are_told_by_mail_what_becomes_of_a_return_and_why_stands_on_its_page(
    pages: Pages, database: Database, cast: Cast, opened: Opened, with_mail: None
) -> None:
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    here, reason = "/returns/R1-POL", "Say more on custody."

    def send_and(step: str, **fields: str) -> None:
        pages.sign_in(cast["Asif"])
        pages.post(f"{here}/send-for-sign-off", pages.get(f"{here}/check").form("off"))
        pages.sign_in(cast["Ines"])
        form = pages.get(f"{here}/sign").form(step)
        assert pages.post(f"{here}/{step}", form | fields).status == 303

    send_and("hand-back", reason=reason)
    send_and("sign", post="Chief Officer", agree="y")
    pages.sign_in(cast["Priya"])
    back = "/rounds/R1/returns/POL"
    form = pages.get(back).form("send-back")
    assert pages.post(f"{back}/steps/send-back", form | {"send-back-text": reason}).status == 303
    told = [(one.kind, one.recipient.partition("@")[0]) for one in mails(database)]
    assert told == [
        ("return-to-sign", "ines"),
        ("return-handed-back", "asif"),
        ("return-to-sign", "ines"),
        ("return-submitted", "asif"),
        ("return-submitted", "ines"),
        ("return-sent-back", "asif"),
        ("return-sent-back", "ines"),
    ]
    for one in mails(database):
        assert "\nhttp://127.0.0.1:8000/returns/R1-POL\n" in one.text
        assert reason not in one.text
    receipts = [one.subject for one in mails(database) if one.kind == "return-submitted"]
    with database.reading() as session:
        submitted = session.scalars(select(Event).filter_by(kind="return-submitted")).one()
    assert all(submitted.detail["receipt"] in subject for subject in receipts)
