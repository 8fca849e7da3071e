"""The pages of sign-off: who can sign, in turn, what they read first, and what they get."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.answer_changes import Change
from s11audit.services.answers import save_answers
from s11audit.services.returns import send_for_sign_off
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.grown_returns import FIRST, begin, open_version, submit_version
from tests.joined import join
from tests.pages import Page, Pages
from tests.rounds_and_returns import COMPLETE, IN_SPRING, NOON, Opened, fill, return_named

RETURN = "/returns/R1-POL"
SIGN = f"{RETURN}/sign"
EMPTY = Answer().digest
RED = Answer("not-met", promise=Promise("Tell everybody", "Chief Officer", IN_SPRING))


@pytest.fixture
def two(database: Database, cast: Cast, opened: Opened) -> None:
    """The police have answered everything; two have to sign."""
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
        return_named(session, "R1-POL").round.signatures_needed = 2


@pytest.fixture
def governor(database: Database, two: None) -> Viewer:
    with database.writing.begin() as session:
        return join(session, "Gus", (Role.SIGNATORY, "POL"))


@pytest.fixture
def frozen(database: Database, cast: Cast, opened: Opened, governor: Viewer) -> Viewer:
    with database.writing.begin() as session:
        found = return_named(session, "R1-POL")
        send_for_sign_off(session, found, opened.questionnaire, by=cast["Asif"], now=NOON)
    return governor


def sign(pages: Pages, who: Viewer, post: str) -> Page:
    page = pages.sign_in(who).get(SIGN)
    return pages.post(SIGN, page.form("/sign") | {"post": post, "agree": "y"})


def test_the_lead_sees_before_sending_whether_there_are_two_who_can_sign(
    pages: Pages, cast: Cast, two: None, database: Database
) -> None:
    page = pages.sign_in(cast["Asif"]).get(f"{RETURN}/check")
    assert "Only 1 of the 2 people who have to sign" in page.text
    assert page.soup.select("main a[href='/people/colleagues/invite'], main a[href*='invit']")
    with database.writing.begin() as session:
        join(session, "Gus", (Role.SIGNATORY, "POL"))
    page = pages.get(f"{RETURN}/check")
    assert "Who can sign: Gus, Ines." in page.text
    assert "Only 1" not in page.text


def test_two_sign_in_turn_and_both_get_the_same_receipt(
    pages: Pages, cast: Cast, frozen: Viewer
) -> None:
    assert sign(pages, cast["Ines"], "Chief Officer").location == RETURN
    page = pages.get(RETURN)
    assert "Signed by Ines as Chief Officer" in page.text
    assert "(1/2)" in page.text
    assert not page.soup.select(f"a[href='{SIGN}']")
    assert pages.get(SIGN).location == RETURN
    assert pages.post(SIGN, {"post": "Chief Officer", "agree": "y"}).location == RETURN
    last = pages.sign_in(frozen).get(SIGN)
    assert "Signed by Ines as Chief Officer" in last.text
    sent = last.form("/sign") | {"post": "Chair", "agree": "y"}
    receipts = set()
    for _ in range(2):  # pressed twice
        assert pages.post(SIGN, sent).location == f"{RETURN}/receipt"
        receipts.add(pages.get(f"{RETURN}/receipt").soup.select_one(".govuk-panel strong").text)
    assert len(receipts) == 1
    receipt = pages.get(f"{RETURN}/receipt").text
    assert "Signed by Gus as Chair" in receipt
    assert sent["snapshot"] in receipt
    assert sign_page_is_over(pages, cast["Ines"])
    scrutiny = pages.sign_in(cast["Mo"]).get("/rounds/R1/returns/POL").text
    assert "(1/2)" in scrutiny
    assert "(2/2)" in scrutiny


def sign_page_is_over(pages: Pages, who: Viewer) -> bool:
    return pages.sign_in(who).post(SIGN, {"post": "x", "agree": "y"}).location.endswith("/receipt")


def test_the_warning_that_signatures_become_void_stands_above_what_voids_them(
    pages: Pages, cast: Cast, frozen: Viewer
) -> None:
    warning = "1 signature becomes void"
    assert warning not in pages.sign_in(cast["Asif"]).get(RETURN).text
    sign(pages, cast["Ines"], "Chief Officer")
    assert warning in pages.sign_in(frozen).get(SIGN).text
    page = pages.sign_in(cast["Asif"]).get(RETURN)
    assert warning in page.text
    pages.post(f"{RETURN}/take-back", page.form("take-back"))
    assert "Signed by" not in pages.get(RETURN).text


def test_a_late_return_is_marked_wherever_it_is_shown(
    pages: Pages, cast: Cast, frozen: Viewer, database: Database
) -> None:
    with database.writing.begin() as session:
        return_named(session, "R1-POL").due_on = datetime.now(UTC).date() - timedelta(days=3)
    for who, post in ((cast["Ines"], "Chief Officer"), (frozen, "Chair")):
        sign(pages, who, post)
    late = ("late by 3 days", "Late by 3 days")
    for who, address in (
        (cast["Ines"], f"{RETURN}/receipt"),
        (cast["Asif"], RETURN),
        (cast["Asif"], "/returns"),
        (cast["Priya"], "/rounds/R1"),
        (cast["Priya"], "/rounds/R1/returns/POL"),
    ):
        text = pages.sign_in(who).get(address).text
        assert any(words in text for words in late), address


def test_the_signatory_reads_what_moved_since_last_time(
    pages: Pages, cast: Cast, database: Database
) -> None:
    catalogue = Catalogue([QUESTIONNAIRES])
    chain = catalogue.chain(catalogue.get("grown", "3"))[1:]
    with database.writing.begin() as session:
        first = FIRST | {"leadership.lead": Answer("partly-met", comment="Not yet")}
        submit_version(session, cast, chain[1], first)
        now = open_version(session, cast, chain[0])
        saved = begin(session, now, chain, cast["Asif"])
        answers = dict(saved.answers) | {
            "leadership.lead": Answer("met", evidence="Chart"),
            "leadership.policy-known": RED,
            "leadership.policy-written": Answer("met"),
            "leadership.recruitment": Answer("met"),
            "leadership.training": Answer("2"),
            "leadership.staff": Answer("81"),
        }
        held = answers_of(session, now.id)
        changes = [
            Change(key, one, held[key].answer.digest if key in held else EMPTY, confirms=True)
            for key, one in answers.items()
        ]
        save_answers(session, now, chain[0], changes, by=cast["Asif"], now=NOON)
        session.refresh(now)
        send_for_sign_off(session, now, chain[0], by=cast["Asif"], now=NOON)
    page = pages.sign_in(cast["Ines"]).get("/returns/G2-POL/sign")
    assert "Compared with “Audit of 2022”" in page.text
    assert "1/3 moved up" in page.text
    assert "1/3 moved down" in page.text
    assert "Lead: from “Partly met” to “Fully met”" in page.text
    assert "Of the other answers, 1/3 changed." in page.text
    assert "What is red" in page.text


def test_without_an_earlier_return_the_page_says_so(
    pages: Pages, cast: Cast, frozen: Viewer
) -> None:
    assert "no earlier return of your agency" in pages.sign_in(cast["Ines"]).get(SIGN).text
