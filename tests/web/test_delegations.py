"""Contributors see and answer the standards that were delegated to them, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from s11audit.domain.answers import Answer
from s11audit.domain.conditions import AllOf, AnyOf, Is, Not
from s11audit.domain.permissions import Role
from s11audit.models import Delegation, Event, Membership
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from s11audit.web.returns.conditions import condition_json
from tests.cast import LONG_AGO, Cast
from tests.pages import Pages
from tests.rounds_and_returns import (
    COMPLETE,
    Opened,
    delegate,
    fill,
    return_named,
    submit,
)

RETURN = "/returns/R1-POL"
TRAINING = f"{RETURN}/standards/training"
WHO = f"{RETURN}/delegations"
SECRETS = ("The deputy leads.", "Structure chart", "Open a separate room")


@pytest.fixture
def asif(pages: Pages, cast: Cast, opened: Opened) -> Pages:
    return pages.sign_in(cast["Asif"])


@pytest.fixture
def bea(pages: Pages, cast: Cast, opened: Opened, database: Database) -> Pages:
    """Bea, who answers Training only, in a return that the lead has filled."""
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
        delegate(session, cast, "R1-POL", ["training"])
    return pages.sign_in(cast["Bea"])


def stored(database: Database) -> dict[str, Answer]:
    with database.reading() as session:
        held = answers_of(session, return_named(session, "R1-POL").id)
    return {key: one.answer for key, one in held.items()}


def delegated(database: Database) -> set[tuple[str, int]]:
    with database.reading() as session:
        rows = session.execute(select(Delegation.standard_id, Delegation.user_id))
        return {(row.standard_id, row.user_id) for row in rows}


def test_the_lead_says_who_answers_what_and_the_history_remembers(
    asif: Pages, cast: Cast, database: Database
) -> None:
    bea = cast["Bea"].user_id
    page = asif.get(WHO)
    assert page.heading == "Who answers what"
    assert {f"who-{one}" for one in ("leadership", "training", "custody")} <= set(page.form(WHO))
    saved = asif.post(WHO, {"who-training": str(bea)})
    assert saved.location == RETURN
    assert delegated(database) == {("training", bea)}
    told = asif.get(RETURN)
    assert "colleagues answer 1 standard" in told.text
    assert "Bea can answer this" in told.text
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "standards-delegated")).one()
    assert event.subject == "return R1-POL"
    assert event.detail["given"] == []
    assert ["custody", bea] in event.detail["taken_back"]
    assert asif.post(WHO, asif.get(WHO).form(WHO)).location == RETURN
    assert "Nothing has changed." in asif.get(RETURN).text


@pytest.mark.parametrize("name", ["Cara", "Ines", "Asif"])
def test_only_contributors_of_the_agency_can_be_asked(
    asif: Pages, cast: Cast, database: Database, name: str
) -> None:
    before = delegated(database)
    asif.get(WHO)
    page = asif.post(WHO, {"who-training": str(cast[name].user_id)})
    assert page.status == 422
    assert page.errors == {"people": "Choose contributors of your agency only"}
    assert asif.post(WHO, {"who-training": "nobody"}).status == 422
    assert delegated(database) == before


@pytest.mark.parametrize("name", ["Bea", "Ines", "Cara", "Priya", "Mo"])
def test_nobody_but_the_lead_says_who_answers_what(
    asif: Pages, cast: Cast, database: Database, name: str
) -> None:
    before = delegated(database)
    asif.sign_in(cast[name]).get("/account")
    assert asif.get(WHO).status in {403, 404}
    assert asif.post(WHO, {"who-custody": str(cast["Bea"].user_id)}).status in {403, 404}
    assert delegated(database) == before


def test_a_lead_whom_nobody_helps_is_told_how_to_get_help(
    pages: Pages, cast: Cast, opened: Opened
) -> None:
    page = pages.sign_in(cast["Dana"]).get("/returns/R1-SCH/delegations")
    assert "Nobody helps you" in page.text
    assert not page.soup.select("main form")


def test_once_submitted_nobody_new_is_asked(
    asif: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    before = delegated(database)
    page = asif.get(WHO)
    assert "cannot be changed now" in page.text
    assert asif.post(WHO, {"who-custody": str(cast["Bea"].user_id)}).status == 409
    assert delegated(database) == before


def test_a_contributor_sees_their_standards_and_no_others(bea: Pages) -> None:
    listed = bea.get("/returns")
    assert "2/2 (100.0%), of your standards" in listed.text
    page = bea.get(RETURN)
    assert [link.get_text() for link in page.soup.select(".govuk-task-list__link")] == ["Training"]
    assert "2/2 (100.0%) required questions answered" in page.text
    assert "Overall self-rating" not in page.text
    assert bea.get(TRAINING).status == 200
    for standard in ("leadership", "custody"):
        assert bea.get(f"{RETURN}/standards/{standard}").status == 404
    for address in (
        "check",
        "return.xlsx",
        "return.docx",
        "copy",
        "receipt",
        "sign",
        "delegations",
    ):
        assert bea.get(f"{RETURN}/{address}").status == 403, address
        assert f"/{address}" not in str(page.soup.select("main")), address
    for address in ("/returns", RETURN, TRAINING, f"{RETURN}/changes", "/actions"):
        body = bea.client.get(address).get_data(as_text=True)
        assert not [secret for secret in SECRETS if secret in body], address


def test_a_contributor_cannot_answer_for_others_inside_a_post_of_their_own(
    bea: Pages, database: Database
) -> None:
    form = bea.get(TRAINING).form()
    smuggled = {
        "staff__value": "130",
        "board-lead__seen": COMPLETE["leadership.board-lead"].digest,
        "board-lead__value": "not-met",
        "leadership.board-lead__value": "not-met",
        "children__value": "met",
        "children__seen": COMPLETE["custody.children"].digest,
        "next": "continue",
    }
    saved = bea.post(TRAINING, form | smuggled)
    assert saved.location == RETURN
    assert stored(database) == COMPLETE | {
        "training.staff": replace(COMPLETE["training.staff"], value="130")
    }
    assert bea.post(f"{RETURN}/standards/leadership", smuggled).status == 404


def test_what_is_asked_hangs_on_answers_that_a_contributor_does_not_see(
    bea: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    assert "Are volunteers trained?" not in bea.get(TRAINING).text
    with database.writing.begin() as session:
        volunteers = {"leadership.has-volunteers": Answer("yes")}
        fill(session, "R1-POL", opened, volunteers, by=cast["Asif"])
    page = bea.get(TRAINING)
    assert "Are volunteers trained?" in page.text
    form = page.soup.select_one("form[data-conditions]")
    assert form is not None
    assert form["data-conditions"] == "{}"
    assert form.select("[data-when]")
    assert all(one["data-when"] == '{"all": []}' for one in form.select("[data-when]"))


def test_a_condition_tells_what_holds_elsewhere_without_telling_the_answer() -> None:
    elsewhere, here = Is("a.x", "yes"), Is("b.y", "no", negated=True)
    condition = AnyOf((AllOf((elsewhere, here)), Not(elsewhere)))
    told = condition_json(condition, lambda one: False if one is elsewhere else None)
    never = {"any": []}
    here_told = {"question": "b.y", "is-not": "no"}
    assert told == {"any": [{"all": [never, here_told]}, {"not": never}]}
    assert condition_json(here, lambda _one: None) == here_told


def test_after_submission_a_contributor_still_reads_their_standards(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        delegate(session, cast, "R1-POL", ["training"])
        submit(session, opened, cast, COMPLETE)
    bea = pages.sign_in(cast["Bea"])
    assert "Signed by Ines" in bea.get(RETURN).text
    page = bea.get(TRAINING)
    assert "read-only" in page.text
    assert "120" in page.text
    assert bea.get(f"{RETURN}/standards/custody").status == 404


def test_a_contributor_with_nothing_delegated_is_told_whom_to_ask(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        delegate(session, cast, "R1-POL", [])
    page = pages.sign_in(cast["Bea"]).get("/returns")
    assert "No standard has been given to you yet." in page.text
    assert "ask Asif" in page.text
    assert pages.get(RETURN).status == 404


def test_a_lead_elsewhere_stays_a_contributor_here(
    bea: Pages, cast: Cast, database: Database
) -> None:
    """What one role allows for one agency is not carried over to another."""
    with database.writing.begin() as session:
        session.add(
            Membership(
                user_id=cast["Bea"].user_id,
                role=Role.AGENCY_LEAD,
                agency_id=cast.agencies["HOSP"],
                started_at=LONG_AGO,
            )
        )
    for address in ("check", "return.xlsx", "copy", "delegations", "standards/custody"):
        assert bea.get(f"{RETURN}/{address}").status == 404, address
        assert bea.get(f"/returns/R1-HOSP/{address}").status == (
            404 if address.startswith("standards") else 200
        )
    bea.get(RETURN)
    assert bea.post(f"{RETURN}/send-for-sign-off").status == 404


def test_a_former_contributor_sees_nothing_of_what_was_delegated(
    bea: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        held = session.scalars(
            select(Membership).where(Membership.user_id == cast["Bea"].user_id)
        ).one()
        held.ended_at = LONG_AGO
    assert bea.get(TRAINING).status == 403
    bea.sign_in(cast["Asif"])
    assert "checked" not in str(bea.get(WHO).soup.select("main"))
