"""The pages on which an agency answers, checks and signs its return."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from tests.cast import Cast
from tests.pages import Page, Pages
from tests.rounds_and_returns import COMPLETE, IN_SPRING, Opened, fill, return_named, submit

LEADERSHIP = "/returns/R1-POL/standards/leadership"
TRAINING = "/returns/R1-POL/standards/training"
TOO_LONG = "difference__value"


@pytest.fixture
def asif(pages: Pages, cast: Cast, opened: Opened) -> Pages:
    return pages.sign_in(cast["Asif"])


def stored(database: Database, reference: str = "R1-POL") -> dict[str, Answer]:
    with database.reading() as session:
        held = answers_of(session, return_named(session, reference).id)
        return {key: one.answer for key, one in held.items()}


def save(pages: Pages, address: str, changes: dict[str, Any], next_: str = "later") -> Page:
    """Open a standard's page, change some boxes and press a button."""
    fields = pages.get(address).form()
    return pages.post(address, fields | changes | {"next": next_})


def complete(database: Database, cast: Cast, opened: Opened) -> None:
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])


def test_the_list_shows_own_returns_and_no_others(asif: Pages) -> None:
    page = asif.get("/returns")
    assert "Downshire Police" in page.text
    assert "Hospitals" not in page.text


def test_the_task_list_names_every_standard_asked_of_this_agency(asif: Pages, cast: Cast) -> None:
    assert "Custody" in asif.get("/returns/R1-POL").text
    asif.sign_in(cast["Cara"])
    assert "Custody" not in asif.get("/returns/R1-HOSP").text


def test_what_is_typed_is_saved_and_shown_again(asif: Pages, database: Database) -> None:
    typed = "First line\n\n  <b>Second</b> {{ 7*7 }} ‮line"
    page = save(
        asif,
        LEADERSHIP,
        {"board-lead__value": "met", "board-lead__comment": typed.replace("\n", "\r\n")},
    )
    assert page.status == 303
    assert stored(database)["leadership.board-lead"].comment == typed
    assert asif.get(LEADERSHIP).form()["board-lead__comment"] == typed
    assert "1/3" in asif.get("/returns/R1-POL").text


def test_save_and_continue_says_what_is_missing_next_to_its_box_and_keeps_the_rest(
    asif: Pages, database: Database
) -> None:
    page = save(
        asif,
        LEADERSHIP,
        {"board-lead__value": "not-met", "board-lead__comment": "Nobody yet"},
        "continue",
    )
    assert page.status == 422
    assert set(page.errors) == {
        "board-lead__action_what",
        "board-lead__action_post",
        "board-lead__action_due",
        "has-volunteers__value",
        "last-report__value",
    }
    assert page.soup.select_one("#board-lead__comment").get_text().strip() == "Nobody yet"
    assert stored(database)["leadership.board-lead"].comment == "Nobody yet"


def test_a_full_page_goes_on_to_the_next_standard_and_the_last_to_checking(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    complete(database, cast, opened)
    assert save(asif, LEADERSHIP, {}, "continue").location == TRAINING
    custody = "/returns/R1-POL/standards/custody"
    assert save(asif, custody, {}, "continue").location == "/returns/R1-POL/check"


@pytest.mark.parametrize(
    ("address", "box", "typed", "message"),
    [
        (LEADERSHIP, "board-lead__value", "purple", "Select one of"),
        (LEADERSHIP, "board-lead__comment", "x" * 10_001, "Shorten this to 10,000 characters"),
        (LEADERSHIP, "board-lead__comment", "a\x00b", "hidden character"),
        (LEADERSHIP, "board-lead__link", "javascript:alert(1)", "web address"),
        (LEADERSHIP, "board-lead__comment", "a\ufffeb", "hidden character"),
        (LEADERSHIP, "last-report__value-day", "31", "real date"),
        (LEADERSHIP, "last-report__value-day", "9" * 20, "real date"),
        (LEADERSHIP, "last-report__value-year", "9" * 20, "real date"),
        (TRAINING, "staff__value", "a dozen", "Enter a number"),
        (TRAINING, "staff__value", "-1", "0 or more"),
    ],
)
def test_bad_input_is_explained_beside_its_box_and_nothing_typed_is_lost(
    asif: Pages, database: Database, address: str, box: str, typed: str, message: str
) -> None:
    others = {"board-lead__evidence": "Kept"} if address == LEADERSHIP else {}
    page = save(asif, address, others | {box: typed})
    assert page.status == 422
    assert any(message.lower() in one.lower() for one in page.errors.values()), page.errors
    fields = page.form()
    if box.endswith("__value") and typed == "purple":
        assert box not in fields
    else:
        assert fields[box] == typed.replace("\x00", "").replace("\ufffe", "")
    for name, text in others.items():
        assert fields[name] == text


def test_a_fault_in_one_question_does_not_keep_the_others_from_being_saved(
    asif: Pages, database: Database
) -> None:
    page = save(
        asif, TRAINING, {"staff__value": "a dozen", "difference__value": "Fewer missed signs"}
    )
    assert page.status == 422
    assert stored(database)["training.difference"].value == "Fewer missed signs"
    assert "training.staff" not in stored(database)


def test_ten_thousand_characters_are_accepted(asif: Pages, database: Database) -> None:
    text = "ä\n" * 5_000
    assert save(asif, LEADERSHIP, {"board-lead__comment": text}).status == 303
    assert stored(database)["leadership.board-lead"].comment == text.strip()


def test_more_than_a_thousand_fields_are_read(asif: Pages, database: Database) -> None:
    extra = {f"stray-{number}": "x" for number in range(1_001)}
    assert save(asif, LEADERSHIP, extra | {"board-lead__comment": "Kept"}).status == 303
    assert stored(database)["leadership.board-lead"].comment == "Kept"


def test_a_stale_page_saved_twice_shows_both_texts_until_somebody_chooses(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    stale = asif.get(LEADERSHIP).form()
    with database.writing.begin() as session:
        theirs = {"leadership.board-lead": Answer("met", comment="What Bea wrote")}
        fill(session, "R1-POL", opened, theirs, by=cast["Bea"])
    mine = stale | {"board-lead__value": "not-met", "board-lead__comment": "What Asif wrote"}
    conflict = asif.post(LEADERSHIP, mine | {"has-volunteers__value": "no", "next": "later"})
    assert conflict.status == 409
    assert "What Bea wrote" in conflict.text
    assert "What Asif wrote" in conflict.text
    assert "What is saved now, by Bea on" in conflict.text
    assert stored(database)["leadership.has-volunteers"].value == "no"
    keep_mine = conflict.form() | {"board-lead__keep": "mine", "next": "later"}
    assert asif.post(LEADERSHIP, keep_mine).status == 303
    assert stored(database)["leadership.board-lead"].comment == "What Asif wrote"


def test_a_conflict_with_oneself_in_another_tab_says_you(asif: Pages) -> None:
    stale = asif.get(LEADERSHIP).form()
    asif.post(LEADERSHIP, stale | {"board-lead__comment": "In one tab", "next": "later"})
    conflict = asif.post(LEADERSHIP, stale | {"board-lead__comment": "In another"})
    assert "What is saved now, by you on" in conflict.text


def test_both_texts_stay_until_one_is_chosen(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    mine = {
        "board-lead__value": "not-met",
        "board-lead__comment": "What Asif wrote",
        "board-lead__action_what": "What Asif promised",
    }
    stale = asif.get(LEADERSHIP).form() | mine
    with database.writing.begin() as session:
        promise = Promise("What Bea promised", "Head of Custody", IN_SPRING)
        theirs = Answer("not-met", comment="What Bea wrote", promise=promise)
        fill(session, "R1-POL", opened, {"leadership.board-lead": theirs}, by=cast["Bea"])
    page = asif.post(LEADERSHIP, stale)
    for _ in range(2):
        assert page.status == 409
        for text in ("What Asif wrote", "What Bea wrote", "Asif promised", "Bea promised"):
            assert text in page.text
        assert not page.soup.select("input[type=radio][checked]")
        page = asif.post(LEADERSHIP, page.form() | {"has-volunteers__value": "no"})
        assert set(page.errors) == {"board-lead__keep"}
    assert stored(database)["leadership.board-lead"] == theirs
    assert stored(database)["leadership.has-volunteers"].value == "no"
    asif.post(LEADERSHIP, page.form() | {"board-lead__keep": "mine", "next": "later"})
    kept = stored(database)["leadership.board-lead"]
    assert (kept.comment, kept.promise.what) == ("What Asif wrote", "What Asif promised")


def test_choosing_what_is_saved_leaves_it(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    stale = asif.get(LEADERSHIP).form()
    with database.writing.begin() as session:
        theirs = {"leadership.board-lead": Answer("met", comment="What Bea wrote")}
        fill(session, "R1-POL", opened, theirs, by=cast["Bea"])
    conflict = asif.post(LEADERSHIP, stale | {"board-lead__value": "not-met"})
    keep_theirs = conflict.form() | {"board-lead__keep": "theirs", "next": "later"}
    assert asif.post(LEADERSHIP, keep_theirs).status == 303
    assert stored(database)["leadership.board-lead"].comment == "What Bea wrote"


def test_a_text_too_long_to_be_saved_outlives_the_choice_between_two_others(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    stale = asif.get(TRAINING).form()
    with database.writing.begin() as session:
        theirs = {"training.staff": Answer("3")}
        fill(session, "R1-POL", opened, theirs, by=cast["Bea"])
    sent = stale | {"staff__value": "4", TOO_LONG: "x" * 10_001}
    conflict = asif.post(TRAINING, sent)
    assert conflict.status == 409
    assert "is shown next" in conflict.text
    page = asif.post(TRAINING, conflict.form() | {"staff__keep": "mine", "next": "later"})
    assert page.status == 422
    assert page.form()[TOO_LONG] == "x" * 10_001
    assert stored(database)["training.staff"].value == "4"


def test_saving_the_same_page_again_after_an_error_is_no_conflict_with_oneself(
    asif: Pages, database: Database
) -> None:
    first = save(asif, LEADERSHIP, {"board-lead__value": "not-met"}, "continue")
    assert first.status == 422
    again = first.form() | {"board-lead__value": "met", "next": "later"}
    assert asif.post(LEADERSHIP, again).status == 303
    assert stored(database)["leadership.board-lead"].value == "met"


def test_a_conditional_question_is_on_the_page_with_its_condition_in_words(asif: Pages) -> None:
    page = asif.get(LEADERSHIP)
    question = page.soup.select_one("[data-question='leadership.volunteer-checks']")
    assert question is not None
    assert "only if your answer to “Has volunteers” is “Yes”" in question.get_text()


def test_a_condition_on_another_page_brings_its_question_up_once_it_holds(asif: Pages) -> None:
    assert "Are volunteers trained?" not in asif.get(TRAINING).text
    save(asif, LEADERSHIP, {"has-volunteers__value": "yes"})
    assert "Are volunteers trained?" in asif.get(TRAINING).text


def test_checking_lists_what_is_missing_and_offers_sign_off_only_without_gaps(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    page = asif.get("/returns/R1-POL/check")
    assert "still missing" in page.text
    assert not page.soup.select("form[action$='send-for-sign-off']")
    complete(database, cast, opened)
    page = asif.get("/returns/R1-POL/check")
    assert "still missing" not in page.text
    assert page.soup.select("form[action$='send-for-sign-off']")


def test_the_journey_from_answers_to_receipt(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    complete(database, cast, opened)
    page = asif.get("/returns/R1-POL/check")
    assert (
        asif.post("/returns/R1-POL/send-for-sign-off", page.form("send-for-sign-off")).status == 303
    )
    assert "cannot be changed" in asif.get("/returns/R1-POL").text
    asif.sign_in(cast["Ines"])
    page = asif.get("/returns/R1-POL/sign")
    assert "Children" in page.text
    assert "Open a separate room" in page.text
    for nothing in ({}, {"post": "   ", "agree": ""}):
        unsigned = asif.post("/returns/R1-POL/sign", page.form("/sign") | nothing)
        assert unsigned.status == 422
        assert set(unsigned.errors) == {"post", "agree"}
    signed = page.form("/sign") | {"post": "Chief Officer", "agree": "y"}
    assert asif.post("/returns/R1-POL/sign", signed).location == "/returns/R1-POL/receipt"
    receipt = asif.get("/returns/R1-POL/receipt")
    assert receipt.heading == "Return submitted"
    assert "Signed by Ines as Chief Officer" in receipt.text
    again = asif.post("/returns/R1-POL/sign", signed)
    assert again.location == "/returns/R1-POL/receipt"


def test_a_signatory_hands_back_and_the_lead_reads_why(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    complete(database, cast, opened)
    asif.post("/returns/R1-POL/send-for-sign-off", asif.get("/returns/R1-POL/check").form("off"))
    asif.sign_in(cast["Ines"])
    form = asif.get("/returns/R1-POL/sign").form("hand-back")
    for nothing in ("", "   "):
        page = asif.post("/returns/R1-POL/hand-back", form | {"reason": nothing})
        assert page.errors == {"reason": "Say what should be changed before you sign"}
    assert page.form("sign")["snapshot"] == asif.get("/returns/R1-POL/sign").form()["snapshot"]
    asif.post("/returns/R1-POL/hand-back", form | {"reason": "Say more on <custody>."})
    asif.sign_in(cast["Asif"])
    assert "Say more on <custody>." in asif.get("/returns/R1-POL").text


def test_answers_sent_after_submission_are_given_back_not_saved(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    late = asif.get(LEADERSHIP).form() | {"board-lead__comment": "Typed too late"}
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    page = asif.post(LEADERSHIP, late)
    assert page.status == 409
    assert page.heading == "Your changes were not saved"
    assert "Typed too late" in page.text
    assert stored(database)["leadership.board-lead"].comment == "The deputy leads."


def test_a_submitted_return_is_read_only(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    page = asif.get(LEADERSHIP)
    assert "read-only" in page.text
    assert not page.soup.select("main form")


@pytest.mark.parametrize("name", ["Cara", "Hugo", "Olga", "Priya", "Mo"])
@pytest.mark.parametrize("place", ["", "/check", "/standards/leadership", "/receipt", "/sign"])
def test_somebody_elses_return_is_not_found(
    pages: Pages, cast: Cast, opened: Opened, name: str, place: str
) -> None:
    page = pages.sign_in(cast[name]).get(f"/returns/R1-POL{place}")
    assert page.status in {403, 404}
    assert "Downshire Police" not in page.text


def test_a_lead_of_another_agency_cannot_save_into_this_one(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    pages.sign_in(cast["Cara"]).get("/returns/R1-HOSP/standards/leadership")
    page = pages.post(LEADERSHIP, {"board-lead__value": "not-met"})
    assert page.status == 404
    assert stored(database) == {}


def test_the_agency_downloads_its_own_return_in_every_state(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    for take_further in (lambda *_: None, submit):
        with database.writing.begin() as session:
            take_further(session, opened, cast, COMPLETE)
        page = asif.get("/returns/R1-POL/return.xlsx")
        assert page.status == 200
        assert page.response.headers["Content-Disposition"].endswith("R1-POL.xlsx")
        book = load_workbook(BytesIO(page.response.get_data()))
        words = {str(cell.value) for sheet in book for row in sheet for cell in row}
        assert ("The deputy leads." in words) == (take_further is submit)


def test_a_post_without_its_token_changes_nothing(asif: Pages, database: Database) -> None:
    asif.get(LEADERSHIP)
    page = asif.post(LEADERSHIP, {"board-lead__value": "met", "csrf_token": ""})
    assert page.status == 400
    assert page.heading == "We could not check that form"
    assert stored(database) == {}


def test_a_standard_is_shown_in_8_statements_and_saved_in_12(
    asif: Pages, database: Database
) -> None:
    fields = asif.get(LEADERSHIP).form()
    statements: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def count_it(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        # PostgreSQL is told besides for whom a transaction is.
        if not statement.startswith(("BEGIN", "SELECT set_config")):
            statements.append(statement)

    asif.get(LEADERSHIP)
    assert len(statements) <= 8, statements
    statements.clear()
    asif.post(LEADERSHIP, fields | {"board-lead__value": "met", "has-volunteers__value": "yes"})
    assert len(statements) <= 12, statements


def test_the_agency_downloads_its_questions_and_answers_as_a_form(
    pages: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    pages.sign_in(cast["Asif"])
    response = pages.client.get("/returns/R1-POL/form.xlsx")
    book = load_workbook(BytesIO(response.data))
    typed = {
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    }
    assert {"Fully met", "The deputy leads.", "Open a separate room"} <= typed
    pages.sign_in(cast["Cara"])
    assert pages.client.get("/returns/R1-POL/form.xlsx").status_code == 404
