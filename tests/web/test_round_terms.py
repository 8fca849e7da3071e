"""The page that changes what agencies read, before a round opens."""

from __future__ import annotations

import pytest

from s11audit.domain.workflow import RoundStatus
from s11audit.models import AuditRound
from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import Opened

ADDRESS = "/rounds/R1/guidance"


@pytest.fixture
def drafted(database: Database, opened: Opened) -> None:
    with database.writing.begin() as session:
        session.get_one(AuditRound, opened.round_id).status = RoundStatus.DRAFT


def test_a_manager_changes_the_guidance_and_who_signs(
    pages: Pages, cast: Cast, drafted: None
) -> None:
    page = pages.sign_in(cast["Priya"]).get("/rounds/R1")
    assert page.soup.select_one(f"a[href='{ADDRESS}']") is not None
    assert pages.get(ADDRESS).form(ADDRESS)["signatures_needed"] == "1"
    sent = {"guidance": "Ask Tuesdays.", "signatures_needed": "2"}
    assert pages.post(ADDRESS, sent).location == "/rounds/R1"
    assert "Ask Tuesdays." in pages.get("/rounds/R1").text
    form = pages.get(ADDRESS).form(ADDRESS)
    assert (form["guidance"].strip(), form["signatures_needed"]) == ("Ask Tuesdays.", "2")


def test_what_is_wrong_stands_beside_what_was_typed(
    pages: Pages, cast: Cast, drafted: None
) -> None:
    pages.sign_in(cast["Priya"]).get(ADDRESS)
    page = pages.post(ADDRESS, {"guidance": "Ask Tuesdays.", "signatures_needed": "3"})
    assert (page.status, set(page.errors)) == (422, {"signatures_needed"})
    assert "Ask Tuesdays." in page.text


def test_an_open_round_keeps_them(pages: Pages, cast: Cast, opened: Opened) -> None:
    page = pages.sign_in(cast["Priya"]).get(ADDRESS)
    assert "Both stay as they are" in page.text
    assert not page.soup.select("main form")
    assert pages.post(ADDRESS, {"guidance": "", "signatures_needed": "2"}).status == 409
    assert f'href="{ADDRESS}"' not in str(pages.get("/rounds/R1").soup)


def test_only_whoever_runs_the_round_changes_them(pages: Pages, cast: Cast, drafted: None) -> None:
    for who, status in (("Mo", 403), ("Asif", 403), ("Olga", 404)):
        pages.sign_in(cast[who])
        assert pages.get(ADDRESS).status == status
