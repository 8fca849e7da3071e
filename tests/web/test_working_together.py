"""The pages on which colleagues work on one return: ready, comments, what is new, who is here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event, select

from s11audit.domain.access import SESSION_LIMITS
from s11audit.domain.permissions import Role
from s11audit.models import Agency, DeskVisit, ReadyStandard, ReturnComment, Snapshot, Trust
from s11audit.models.database import Database
from tests.canaries import crawl
from tests.cast import Cast
from tests.joined import join
from tests.pages import Page, Pages
from tests.rounds_and_returns import COMPLETE, Opened, delegate, fill, submit

RETURN = "/returns/R1-POL"
LEADERSHIP = f"{RETURN}/standards/leadership"
TRAINING = f"{RETURN}/standards/training"
COMMENTS = f"{LEADERSHIP}/comments"
PRESENCE = f"{LEADERSHIP}/presence"
LEAD = "leadership.board-lead"
MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECRET = "zqbetweenourselves"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def asif(clock: Any, pages: Pages, cast: Cast, opened: Opened) -> Pages:
    return pages.sign_in(cast["Asif"])


@pytest.fixture
def bea(asif: Pages, app: Flask, database: Database, cast: Cast) -> Pages:
    """Bea at a browser of her own, while Asif is at his."""
    return Pages(app, database).sign_in(cast["Bea"])


def save(pages: Pages, changes: dict[str, Any], pressed: str, address: str = LEADERSHIP) -> Page:
    return pages.post(address, pages.get(address).form() | changes | {"next": pressed})


def write(pages: Pages, text: str, question: str = "", address: str = COMMENTS) -> Page:
    fields = pages.get(address).form()
    return pages.post(address, fields | {"text": text, "question": question})


def ready(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(ReadyStandard.standard_id)))


def task(pages: Pages, title: str = "Leadership") -> str:
    """What the task list says of a standard."""
    for item in pages.get(RETURN).soup.select(".govuk-task-list__item"):
        if title in item.get_text():
            return " ".join(item.get_text(" ").split())
    raise AssertionError(f"{title} is not in the list")


# Ready


def test_marking_as_ready_saves_what_was_typed_and_warns_of_what_is_missing(
    bea: Pages, asif: Pages, database: Database
) -> None:
    page = save(bea, {"board-lead__value": "met"}, "ready")
    assert page.location == RETURN
    told = bea.get(RETURN).text
    assert "“Leadership” is saved and marked as ready to check. 3 things are still missing" in told
    assert "Ready to check" in task(asif)
    assert "Marked as ready by Bea, 3 November 2026 at 9:00am" in task(asif)
    assert "1/3 (33.3%) standards marked as ready" in asif.get(RETURN).text
    assert "1/3 (33.3%) standards marked as ready" in asif.get(f"{RETURN}/check").text
    read = asif.get(LEADERSHIP)
    assert "Marked as ready by Bea" in read.text
    assert "Changing an answer takes the mark away" in read.text
    assert read.form()["board-lead__value"] == "met"


def test_a_later_change_takes_the_mark_away_and_an_unchanged_save_does_not(
    asif: Pages, database: Database
) -> None:
    save(asif, {"board-lead__value": "met"}, "ready")
    save(asif, {}, "later")
    assert ready(database) == {"leadership"}
    save(asif, {"board-lead__value": "partly-met"}, "later")
    assert ready(database) == set()
    assert "Ready to check" not in task(asif)


def test_what_cannot_be_saved_is_not_marked_and_stays_on_the_page(
    asif: Pages, database: Database
) -> None:
    page = save(asif, {"staff__value": "a dozen"}, "ready", TRAINING)
    assert page.status == 422
    assert page.form()["staff__value"] == "a dozen"
    assert ready(database) == set()


def test_a_mark_by_mistake_is_taken_back(asif: Pages, database: Database) -> None:
    save(asif, {}, "ready")
    assert ready(database) == {"leadership"}
    assert "Save, not ready to check" in asif.get(LEADERSHIP).text
    assert save(asif, {}, "not-ready").location == RETURN
    assert ready(database) == set()


# Comments


def test_a_comment_is_read_by_colleagues_with_who_and_when(bea: Pages, asif: Pages) -> None:
    text = "Who leads?\n<b>{{ 7*7 }}</b>"
    assert write(asif, text, LEAD).location == COMMENTS
    assert "Your comment is added." in asif.get(COMMENTS).text
    assert "1 comment, 1 new" in task(bea)
    for address in (LEADERSHIP, COMMENTS):
        page = bea.get(address)
        assert "Asif , 3 November 2026 at 9:00am, about “Board lead”" in page.text
        assert "<b>{{ 7*7 }}</b>" in page.text
    assert "1 comment about this question" in bea.get(LEADERSHIP).text
    assert "new" not in task(asif)


@pytest.mark.parametrize(
    ("sent", "at", "message"),
    [
        ({"text": "  "}, "text", "Write the comment"),
        ({"text": "x" * 2_001}, "text", "Shorten this to 2,000 characters; it is 1 too long"),
        ({"text": "a\x00b"}, "text", "hidden character"),
        ({"text": "Who?", "question": "training.staff"}, "question", "a question of this standard"),
    ],
)
def test_a_comment_at_fault_is_given_back(
    asif: Pages, database: Database, sent: dict[str, str], at: str, message: str
) -> None:
    page = asif.post(COMMENTS, asif.get(COMMENTS).form() | sent)
    assert page.status == 422
    assert message in page.errors[at]
    assert page.form()["text"] == sent["text"].strip().replace("\x00", "")
    with database.reading() as session:
        assert not session.scalars(select(ReturnComment)).all()


def test_the_signatory_asks_while_the_return_waits_to_be_signed(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    asif.post(f"{RETURN}/send-for-sign-off", asif.get(f"{RETURN}/check").form("off"))
    asif.sign_in(cast["Ines"])
    assert "Write a comment" in asif.get(LEADERSHIP).text
    write(asif, "Who is the deputy?")
    asif.sign_in(cast["Asif"])
    assert "Who is the deputy?" in asif.get(LEADERSHIP).text


def test_a_contributor_reads_comments_on_their_own_standards_only(
    bea: Pages, asif: Pages, database: Database, cast: Cast
) -> None:
    write(asif, SECRET)
    with database.writing.begin() as session:
        delegate(session, cast, "R1-POL", ["training"])
    for address in (RETURN, TRAINING, f"{TRAINING}/comments", "/returns"):
        assert SECRET not in bea.get(address).text
        assert "1 comment" not in bea.get(address).text
    assert bea.get(COMMENTS).status == 404
    assert bea.post(COMMENTS, {"text": "Hello", "question": ""}).status == 404
    assert bea.post(PRESENCE).status == 404


@pytest.mark.parametrize("name", ["Cara", "Hugo", "Priya", "Mo", "Olga"])
def test_nobody_outside_the_agency_gets_to_the_comments(asif: Pages, cast: Cast, name: str) -> None:
    write(asif, SECRET)
    asif.sign_in(cast[name]).get("/account")
    assert asif.get(COMMENTS).status in {403, 404}
    assert asif.post(COMMENTS, {"text": "Hello", "question": ""}).status in {403, 404}
    assert asif.post(PRESENCE).status in {403, 404}


def test_a_trust_reads_its_schools_answers_and_not_what_the_school_says_to_itself(
    asif: Pages, database: Database, cast: Cast
) -> None:
    school = "/returns/R1-SCH/standards/leadership"
    write(asif.sign_in(cast["Dana"]), SECRET, address=f"{school}/comments")
    with database.writing.begin() as session:
        elm = session.get_one(Agency, cast.agencies["SCH"])
        session.add(Trust(reference="TRUST", name="A trust", agencies=[elm]))
        session.flush()
        tess = join(session, "Tess", (Role.TRUST_VIEWER, "TRUST"))
    asif.sign_in(tess).get("/account")  # which says that the comment is added
    for address in (school, "/returns/R1-SCH", "/returns/R1-SCH/check"):
        page = asif.get(address)
        assert page.status == 200
        assert SECRET not in page.text
        assert "comment" not in page.text.lower()
    assert asif.get(f"{school}/comments").status == 403
    with database.reading() as session:
        looked = session.scalars(select(DeskVisit.user_id)).all()
    assert tess.user_id not in looked


def test_comments_are_in_no_page_or_file_of_scrutiny_and_in_no_snapshot(
    asif: Pages, app: Flask, database: Database, cast: Cast, opened: Opened
) -> None:
    write(asif, SECRET, LEAD)
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
        assert SECRET not in session.scalars(select(Snapshot.content)).one()
    for file in ("return.xlsx", "form.xlsx"):
        book = load_workbook(BytesIO(asif.get(f"{RETURN}/{file}").response.get_data()))
        cells = {str(cell.value) for sheet in book for row in sheet for cell in row}
        assert not [one for one in cells if SECRET in one]
    asif.sign_in(cast["Priya"])
    seen = {
        "reference": "R1",
        "agency": "POL",
        "standard": "leadership",
        "standard_id": "leadership",
    }
    for address, response in crawl(asif, app, [seen, seen | {"reference": "R1-POL"}]):
        assert SECRET.encode() not in response.get_data(), address


# What is new


def test_answers_that_others_changed_are_marked_until_the_visit_is_over(
    bea: Pages, asif: Pages, clock: Any, cast: Cast
) -> None:
    asif.get(LEADERSHIP)
    clock.shift(50 * MINUTE)
    save(bea, {"board-lead__value": "met"}, "later")
    write(bea, "Is this right?")
    clock.shift(50 * MINUTE)
    asif.sign_in(cast["Asif"])
    assert "Colleagues have changed 1 answer since you last looked" in task(asif)
    assert "1 comment, 1 new" in task(asif)
    for _ in range(2):  # shown again, it is marked again
        page = asif.get(LEADERSHIP)
        assert "Changed by Bea, 3 November 2026 at 9:50am, since you last looked." in page.text
        assert "Since you last looked, colleagues have changed 1 answer: Board lead" in page.text
        assert "1 comment from colleagues , 1 new" in page.text
        clock.shift(2 * MINUTE)
    assert "since you last looked" not in task(asif)
    assert "1 new" not in task(asif)
    clock.shift(40 * MINUTE)
    assert "since you last looked" not in asif.get(LEADERSHIP).text


def test_on_a_first_look_nothing_is_marked_as_changed(bea: Pages, asif: Pages) -> None:
    save(bea, {"board-lead__value": "met"}, "later")
    assert "since you last looked" not in task(asif)
    assert "since you last looked" not in asif.get(LEADERSHIP).text


def test_what_one_changes_oneself_is_not_news(asif: Pages, clock: Any) -> None:
    save(asif, {"board-lead__value": "met"}, "later")
    clock.shift(45 * MINUTE)
    assert "since you last looked" not in task(asif)
    assert "since you last looked" not in asif.get(LEADERSHIP).text


def test_an_open_page_that_says_it_is_open_hides_nothing_that_changed_meanwhile(
    bea: Pages, asif: Pages, clock: Any
) -> None:
    asif.get(LEADERSHIP)
    clock.shift(10 * MINUTE)
    save(bea, {"board-lead__value": "met"}, "later")
    clock.shift(30 * MINUTE)
    assert asif.post(PRESENCE).status == 200
    assert "Colleagues have changed 1 answer" in task(asif)
    assert "Changed by Bea" in asif.get(LEADERSHIP).text


def test_a_look_is_written_once_a_minute_at_most(
    asif: Pages, clock: Any, database: Database
) -> None:
    written: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def count_it(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO desk_visits"):
            written.append(statement)

    for _ in range(4):
        asif.get(LEADERSHIP)
        clock.shift(timedelta(seconds=29))
    assert len(written) == 2


def test_the_return_says_what_is_new_in_as_many_statements_however_much_it_is(
    bea: Pages, asif: Pages, database: Database, clock: Any, cast: Cast, opened: Opened
) -> None:
    statements: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def count_it(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def count(address: str) -> int:
        asif.get(address)
        statements.clear()
        asif.get(address)
        return len(statements)

    save(bea, {"board-lead__value": "met"}, "later")
    before = [count(address) for address in (RETURN, LEADERSHIP)]
    clock.shift(40 * MINUTE)
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Bea"], now=datetime.now(UTC))
    for number in range(5):
        write(bea, f"Comment {number}", LEAD)
    assert [count(address) for address in (RETURN, LEADERSHIP)] == before


# Who is here


def test_who_else_has_the_page_open_is_said_for_two_minutes(
    bea: Pages, asif: Pages, clock: Any
) -> None:
    assert "page open" not in bea.get(LEADERSHIP).text
    assert "Bea has this page open." in asif.get(LEADERSHIP).text
    clock.shift(MINUTE)
    assert bea.post(PRESENCE).response.json == {"told": "Asif has this page open."}
    clock.shift(MINUTE)
    assert asif.post(PRESENCE).response.json == {"told": "Bea has this page open."}
    clock.shift(2 * MINUTE)
    assert asif.post(PRESENCE).response.json == {"told": ""}
    assert "page open" not in asif.get(TRAINING).text


def test_an_open_page_keeps_nobody_signed_in(asif: Pages, clock: Any, database: Database) -> None:
    asif.get(LEADERSHIP)
    idle = SESSION_LIMITS[Role.AGENCY_LEAD].idle
    for _ in range(int(idle / MINUTE) - 1):
        clock.shift(MINUTE)
        assert asif.post(PRESENCE).status == 200
    clock.shift(MINUTE)
    turned_away = asif.post(PRESENCE)
    assert turned_away.status == 302
    assert turned_away.location.startswith("/sign-in")
    assert asif.get(RETURN).status == 302


def test_saying_that_a_page_is_open_needs_the_token_of_the_session(asif: Pages) -> None:
    asif.get(LEADERSHIP)
    assert asif.post(PRESENCE, {"csrf_token": ""}).status == 400
