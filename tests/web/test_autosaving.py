"""What the script that saves while somebody types is told: JSON, whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from s11audit.domain.answers import Answer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import AgencyReturn, AuditRound, Event, ParkedForm
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, Opened, delegate, fill, return_named, submit

LEADERSHIP = "/returns/R1-POL/standards/leadership"
TRAINING = "/returns/R1-POL/standards/training"
EMPTY = Answer().digest
BOARD_LEAD = "leadership.board-lead"
TYPED = {"board-lead__seen": EMPTY, "board-lead__value": "met", "board-lead__comment": "Typed"}
AFTERNOON = datetime(2026, 11, 4, 14, 3, tzinfo=UTC)


@pytest.fixture
def asif(pages: Pages, cast: Cast, opened: Opened) -> Pages:
    pages.sign_in(cast["Asif"]).get(LEADERSHIP)
    return pages


def sent(pages: Pages, fields: dict[str, Any], standard: str = LEADERSHIP) -> TestResponse:
    """What the server answers to the script of a page that was shown before."""
    headers = {"Accept": "application/json", "X-CSRFToken": pages.csrf_token}
    answer = pages.client.post(f"{standard}/autosave", data=fields, headers=headers)
    assert answer.mimetype == "application/json"
    return answer


def stored(database: Database) -> dict[str, Answer]:
    with database.reading() as session:
        held = answers_of(session, return_named(session, "R1-POL").id)
        return {key: one.answer for key, one in held.items()}


def test_an_unfinished_answer_is_saved_and_its_new_digest_and_the_progress_are_told(
    asif: Pages, database: Database
) -> None:
    unfinished = {"board-lead__seen": EMPTY, "board-lead__value": "not-met"}
    told = sent(asif, unfinished).get_json()
    held = stored(database)
    assert held == {BOARD_LEAD: Answer("not-met")}
    assert told["seen"] == {BOARD_LEAD: held[BOARD_LEAD].digest}
    assert (told["answered"], told["required"]) == (1, 3)
    assert (told["conflicts"], told["faults"]) == ([], {})


def test_the_time_is_that_of_clocks_in_london(asif: Pages, cast: Cast) -> None:
    with time_machine.travel(datetime(2027, 6, 1, 13, 3, tzinfo=UTC), tick=False):
        asif.sign_in(cast["Asif"]).get(LEADERSHIP)
        assert sent(asif, TYPED).get_json()["saved_at"] == "14:03"


def test_what_was_not_sent_stays_as_it_is(asif: Pages, database: Database) -> None:
    sent(asif, TYPED)
    sent(asif, {"has-volunteers__seen": EMPTY, "has-volunteers__value": "no"})
    assert stored(database)[BOARD_LEAD].comment == "Typed"


def test_going_on_with_the_new_digest_is_no_conflict_with_oneself(
    asif: Pages, database: Database
) -> None:
    seen = sent(asif, TYPED).get_json()["seen"][BOARD_LEAD]
    more = TYPED | {"board-lead__seen": seen, "board-lead__comment": "Typed more"}
    assert sent(asif, more).get_json()["conflicts"] == []
    pressed = asif.post(LEADERSHIP, more | {"board-lead__seen": seen, "next": "later"})
    assert pressed.status == 303
    assert stored(database)[BOARD_LEAD].comment == "Typed more"


def test_what_is_sent_again_after_the_reply_was_lost_changes_nothing(
    asif: Pages, database: Database
) -> None:
    def events() -> int:
        with database.reading() as session:
            return session.scalar(select(func.count(Event.id))) or 0

    first = sent(asif, TYPED).get_json()
    before = events()
    assert sent(asif, TYPED).get_json()["seen"] == first["seen"]
    assert events() == before


def test_a_wrong_value_is_named_with_its_box_and_the_others_are_saved(
    asif: Pages, database: Database
) -> None:
    wrong = {
        "last-report__seen": EMPTY,
        "last-report__value-day": "31",
        "last-report__value-month": "2",
        "last-report__value-year": "2026",
    }
    told = sent(asif, TYPED | wrong).get_json()
    (box, message), *others = told["faults"]["leadership.last-report"]["boxes"]
    assert box == "last-report__value"
    assert "real date" in message
    assert others == []
    assert told["faults"]["leadership.last-report"]["title"]
    assert set(told["seen"]) == {BOARD_LEAD}
    assert set(stored(database)) == {BOARD_LEAD}


def test_what_a_colleague_wrote_meanwhile_is_kept_and_the_conflict_is_told(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    theirs = {BOARD_LEAD: Answer("met", comment="What Bea wrote")}
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, theirs, by=cast["Bea"])
    other = {"has-volunteers__seen": EMPTY, "has-volunteers__value": "no"}
    told = sent(asif, TYPED | other).get_json()
    assert told["conflicts"] == [BOARD_LEAD]
    assert set(told["seen"]) == {"leadership.has-volunteers"}
    assert stored(database)[BOARD_LEAD].comment == "What Bea wrote"
    page = asif.post(LEADERSHIP, TYPED | {"next": "later"})
    assert page.status == 409
    assert "What Bea wrote" in page.text
    assert "Typed" in page.text


def test_a_return_that_is_signed_takes_nothing_and_says_why(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    refused = sent(asif, TYPED)
    assert refused.status_code == 409
    assert "sent for sign-off or submitted" in refused.get_json()["sentences"][0]
    assert stored(database) == COMPLETE


@pytest.mark.parametrize(
    "change",
    [{"status": RoundStatus.CLOSED}, {"closes_on": datetime(2026, 1, 1, tzinfo=UTC).date()}],
    ids=["closed", "over"],
)
def test_a_round_that_takes_no_answers_says_so(
    asif: Pages, database: Database, change: dict[str, Any]
) -> None:
    with database.writing.begin() as session:
        session.execute(update(AuditRound).values(**change))
    refused = sent(asif, TYPED)
    assert refused.status_code == 409
    assert "cannot be changed" in refused.get_json()["sentences"][0]
    assert stored(database) == {}


@pytest.mark.parametrize(
    ("name", "status"), [("Cara", 404), ("Dana", 404), ("Ines", 403), ("Priya", 403)]
)
def test_nobody_else_saves_into_a_return(
    asif: Pages, database: Database, cast: Cast, name: str, status: int
) -> None:
    asif.sign_in(cast[name]).get("/account")
    assert sent(asif, TYPED).status_code == status
    assert stored(database) == {}


def test_a_contributor_saves_the_standards_that_were_delegated_and_no_others(
    asif: Pages, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        delegate(session, cast, "R1-POL", ["training"])
    asif.sign_in(cast["Bea"]).get(TRAINING)
    assert sent(asif, TYPED).status_code == 404
    # A question of another standard is not on this page, whatever its name.
    sent(asif, TYPED | {"staff__seen": EMPTY, "staff__value": "12"}, TRAINING)
    assert stored(database) == {"training.staff": Answer("12")}


def test_without_the_token_of_the_page_nothing_is_saved(asif: Pages, database: Database) -> None:
    asif.csrf_token = "made up"
    refused = sent(asif, TYPED)
    assert refused.status_code == 400
    assert refused.get_json()["problem"] == "We could not check that form"
    assert stored(database) == {}


def test_whoever_is_signed_out_is_told_and_not_sent_to_a_page(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    with time_machine.travel(AFTERNOON, tick=False) as clock:
        pages.sign_in(cast["Asif"]).get(LEADERSHIP)
        clock.shift(timedelta(hours=2))
        refused = sent(pages, TYPED)
        assert refused.status_code == 401
        assert refused.get_json()["problem"] == "You had been signed out"
        with database.reading() as session:
            assert session.scalar(select(func.count(ParkedForm.id))) == 0
        pressed = pages.post(LEADERSHIP, TYPED | {"next": "later"})
    assert "/account/parked/" in pressed.location
    assert stored(database) == {}


def test_the_first_save_starts_the_return(asif: Pages, database: Database) -> None:
    sent(asif, TYPED)
    with database.reading() as session:
        statuses = session.execute(select(AgencyReturn.reference, AgencyReturn.status)).all()
    assert dict(map(tuple, statuses))["R1-POL"] == "in-progress"


def test_pressing_save_twice_saves_once_and_answers_the_same(
    asif: Pages, database: Database
) -> None:
    first, second = (asif.post(LEADERSHIP, TYPED | {"next": "later"}) for _ in range(2))
    assert (first.status, first.location) == (second.status, second.location)
    with database.reading() as session:
        kinds = session.scalars(select(Event.kind).where(Event.subject == "return R1-POL")).all()
    assert kinds == ["return-started"]


def test_an_old_page_sent_again_overwrites_nothing_that_came_after_it(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    asif.post(LEADERSHIP, TYPED | {"next": "later"})
    with database.writing.begin() as session:
        later = {BOARD_LEAD: Answer("met", comment="What Bea wrote after that")}
        fill(session, "R1-POL", opened, later, by=cast["Bea"])
    assert asif.post(LEADERSHIP, TYPED | {"next": "later"}).status == 409
    assert stored(database)[BOARD_LEAD].comment == "What Bea wrote after that"


def test_each_person_gets_a_key_of_their_own_for_what_their_browser_keeps(
    asif: Pages, cast: Cast
) -> None:
    def key() -> str:
        form = asif.get(LEADERSHIP).soup.select_one("form[data-autosave]")
        assert form is not None
        return str(form["data-draft-key"])

    his = key()
    assert his == key()
    asif.sign_in(cast["Bea"])
    assert key() != his


@pytest.mark.parametrize("place", ["/sign-out", "/account/sessions/end-all"])
def test_signing_out_has_the_browser_forget_what_pages_kept(asif: Pages, place: str) -> None:
    page = asif.post(place)
    assert page.response.headers["Clear-Site-Data"] == '"storage"'
