"""The pages of joint assessments: setting up, rating apart, agreeing, and what follows."""

from __future__ import annotations

from io import BytesIO

import pytest
import time_machine
from openpyxl import load_workbook
from sqlalchemy import select

from s11audit.models import Action, Event
from s11audit.models.database import Database
from tests.assessments import (
    DUE,
    FIRST,
    KEYS,
    LABELS,
    NOW,
    Assessing,
    agree_all,
    assessment_in,
    bring_on_assessors,
    brought_to_discussion,
    brought_to_rating,
    rate,
)
from tests.cast import Cast
from tests.pages import Pages, fields_of

HOME = f"/assessments/{FIRST}"


@pytest.fixture(autouse=True)
def in_may() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people(database: Database, cast: Cast) -> Assessing:
    with database.writing.begin() as session:
        return Assessing(bring_on_assessors(session, cast))


@pytest.fixture
def rating(database: Database, cast: Cast) -> Assessing:
    with database.writing.begin() as session:
        return brought_to_rating(session, cast)


@pytest.fixture
def discussed(database: Database, cast: Cast) -> Assessing:
    with database.writing.begin() as session:
        return brought_to_discussion(session, cast)


def typed_due() -> dict[str, str]:
    parts = zip(("day", "month", "year"), (DUE.day, DUE.month, DUE.year), strict=True)
    return {f"due_on-{name}": str(part) for name, part in parts}


def rate_on_pages(pages: Pages, level: str) -> None:
    for standard in ("leads", "voice"):
        address = f"{HOME}/ratings/{standard}"
        sent = pages.get(address).form(address)
        sent |= dict.fromkeys(levels_of(pages, address), level)
        assert pages.post(address, {**sent, "next": "later"}).status == 303


def test_the_history_does_not_name_the_box_in_which_an_assessor_wrote_a_number(
    pages: Pages, rating: Assessing, database: Database
) -> None:
    """Why something does not apply has a box of its own, and so has an action for amber or red."""
    address, number = f"{HOME}/ratings/leads", "Ring 07700 900123."
    for name, level, box in (("Ines", "green", "comment"), ("Iris", "not-applicable", "reason")):
        pages.sign_in(rating[name])
        sent = pages.get(address).form(address) | dict.fromkeys(levels_of(pages, address), level)
        boxes = [field for field in sent if field.endswith(f"__{box}")]
        pages.post(address, {**sent, **dict.fromkeys(boxes, number), "next": "later"})
    with database.reading() as session:
        noticed = select(Event).where(Event.kind == "identifier-noticed").order_by(Event.id)
        told = [(one.subject, one.detail) for one in session.scalars(noticed)]
    assert told == [(f"joint assessment {FIRST}", {"looks_like": "phone-number"})] * 2


def levels_of(pages: Pages, address: str) -> set[str]:
    found = pages.get(address).soup.select("input[type=radio]")
    return {str(one["name"]) for one in found}


def test_a_manager_sets_up_names_three_and_asks_them(pages: Pages, people: Assessing) -> None:
    pages.sign_in(people["Priya"])
    sent = pages.get("/assessments/new").form("DOWN")
    sent |= {
        "questionnaire": "small-joint/2",
        "title": "How we lead",
        "chair_id": str(people["Sol"].user_id),
        **typed_due(),
    }
    made = pages.post("/assessments/new?partnership=DOWN", sent)
    assert made.location == f"{HOME}/assessors"
    for name, label in LABELS.items():
        named = {"user_id": str(people[name].user_id), "label": label}
        assert pages.post(f"{HOME}/assessors", named).status == 303
    listed = pages.get(f"{HOME}/assessors")
    assert "Council" in listed.text
    assert pages.post(f"{HOME}/steps/start").status == 303
    shown = pages.get(HOME).text
    assert "Being rated" in shown
    assert shown.count("has not finished") == 3


def test_what_is_missing_in_a_new_one_is_said_beside_the_box(
    pages: Pages, people: Assessing
) -> None:
    pages.sign_in(people["Priya"])
    page = pages.get("/assessments/new")
    sent = {**page.form("DOWN"), "questionnaire": "small-joint/2", "title": "How we lead"}
    again = pages.post("/assessments/new?partnership=DOWN", sent)
    assert again.status == 422
    assert list(again.errors) == ["due_on", "chair_id"]
    assert again.form("DOWN")["title"] == "How we lead"


def test_an_empty_form_is_told_of_its_faults_in_the_order_of_the_page(
    pages: Pages, people: Assessing
) -> None:
    page = pages.sign_in(people["Priya"]).get("/assessments/new")
    again = pages.post("/assessments/new?partnership=DOWN", page.form("DOWN") | {"title": ""})
    assert [name for name in again.errors if name != "questionnaire"] == [
        "title", "due_on", "chair_id",
    ]  # fmt: skip
    assert "questionnaire" not in list(again.errors)[1:]


def test_three_rate_apart_and_the_last_opens_for_all(
    pages: Pages, rating: Assessing, database: Database
) -> None:
    for name in LABELS:
        pages.sign_in(rating[name])
        rate_on_pages(pages, "green")
        page = pages.get(f"{HOME}/finish")
        assert "I told nobody" in page.text
        unticked = pages.post(f"{HOME}/finish")
        assert (unticked.status, set(unticked.errors)) == (422, {"agree"})
        finished = pages.post(f"{HOME}/finish", {"agree": "y"})
        last = name == "Carl"
        assert finished.location == (f"{HOME}/compare" if last else f"{HOME}/ratings")
    assert "4/4 All agree" in swapped(pages.get(f"{HOME}/compare").text)
    pages.sign_in(rating["Ines"])
    assert pages.get(f"{HOME}/compare").status == 200


def swapped(text: str) -> str:
    """Figures as they are read: the page has the words before the number."""
    return text.replace("All agree 4/4", "4/4 All agree")


def test_ratings_are_not_finished_while_something_is_missing(
    pages: Pages, rating: Assessing
) -> None:
    page = pages.sign_in(rating["Ines"]).get(f"{HOME}/finish")
    assert "4 things are still missing" in page.text
    assert pages.post(f"{HOME}/finish", {"agree": "y"}).status == 422


def test_an_assessor_goes_on_after_having_finished(
    pages: Pages, rating: Assessing, database: Database
) -> None:
    with database.writing.begin() as session:
        rate(session, assessment_in(session, rating["Priya"]), rating["Ines"], "green")
    pages.sign_in(rating["Ines"])
    assert "You have said that they are finished" in pages.get(f"{HOME}/ratings/leads").text
    assert pages.get(f"{HOME}/finish").location == f"{HOME}/ratings"
    assert pages.post(f"{HOME}/take-up").status == 303
    rate_on_pages(pages, "red")


@pytest.mark.parametrize("who", ["Priya", "Sol", "Mo"])
def test_whoever_does_not_rate_has_no_sheet(pages: Pages, rating: Assessing, who: str) -> None:
    assert pages.sign_in(rating[who]).get(f"{HOME}/ratings").status in (403, 404)


@pytest.mark.parametrize("path", ["compare", "movement", "workbook.xlsx", f"questions/{KEYS[0]}"])
@pytest.mark.parametrize("who", ["Ines", "Priya", "Sol"])
def test_nothing_is_compared_before_it_is_opened(
    pages: Pages, rating: Assessing, who: str, path: str
) -> None:
    assert pages.sign_in(rating[who]).get(f"{HOME}/{path}").status == 404


def test_the_chair_opens_early_with_a_reason_and_everybody_reads_it(
    pages: Pages, rating: Assessing, database: Database
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        rate(session, made, rating["Ines"], "green")
        rate(session, made, rating["Iris"], "red")
        rate(session, made, rating["Carl"], "red", and_finish=False)
    pages.sign_in(rating["Sol"])
    pages.get(HOME)
    refused = pages.post(f"{HOME}/steps/open")
    assert (refused.status, set(refused.errors)) == (422, {"open-text"})
    asked = pages.post(f"{HOME}/steps/open", {"open-text": "Carl is ill"})
    assert "press the button again to keep it" in asked.errors["open-text"]
    assert pages.post(f"{HOME}/steps/open", asked.form("/steps/open")).status == 303
    page = pages.get(f"{HOME}/compare").text
    assert "Carl is ill" in page
    assert "Without Council" in page
    unread = pages.sign_in(rating["Carl"]).get(f"{HOME}/ratings/leads")
    assert "Yours stay unread" in unread.text


def test_too_few_are_not_opened_and_the_reason_is_kept(pages: Pages, rating: Assessing) -> None:
    pages.sign_in(rating["Sol"])
    pages.get(HOME)
    page = pages.post(f"{HOME}/steps/open", {"open-text": "We wait too long"})
    assert page.status == 409
    assert "nothing to compare" in page.text
    assert "We wait too long" in page.text


def test_the_widest_disagreement_stands_first_and_nothing_is_averaged(
    pages: Pages, discussed: Assessing
) -> None:
    page = pages.sign_in(discussed["Iris"]).get(f"{HOME}/compare")
    rows = [row.th.a.get_text() for row in page.soup.select("tbody tr")]
    assert rows == ["Heard", "Seen", "Choices", "Equal share"]
    first = [cell.get_text(strip=True) for cell in page.soup.select("tbody tr")[0].select("td")]
    assert first == ["Green", "Red", "Amber", "2 steps", "Not agreed yet"]


def test_reasons_stand_side_by_side(pages: Pages, discussed: Assessing) -> None:
    page = pages.sign_in(discussed["Sol"]).get(f"{HOME}/questions/voice.heard")
    for label in LABELS.values():
        assert f"As {label} sees voice.heard" in page.text
    assert "The ratings are 2 steps apart. 3/3 rated it on the scale." in page.text


def test_the_chair_agrees_question_by_question_then_signs_off(
    pages: Pages, discussed: Assessing, database: Database, cast: Cast
) -> None:
    pages.sign_in(discussed["Sol"])
    address = f"{HOME}/questions/voice.heard"
    sent = {
        **pages.get(address).form("voice.heard"),
        "level": "amber",
        "rationale": "We heard them once",
        "what": "Meet them each term",
        "agency_id": str(cast.agencies["POL"]),
        "post": "Director",
        "due_on-day": "1",
        "due_on-month": "12",
        "due_on-year": "2026",
    }
    assert pages.post(address, sent).location == f"{HOME}/questions/voice.seen"
    assert pages.post(f"{HOME}/steps/agree").status == 409
    for key in (KEYS[0], KEYS[1], KEYS[3]):
        address = f"{HOME}/questions/{key}"
        sent = {**pages.get(address).form(key), "level": "green", "rationale": "So"}
        assert pages.post(address, sent).status == 303
    assert pages.post(f"{HOME}/steps/agree").status == 303
    plan = pages.get("/assessments/plan")
    assert "Meet them each term" in plan.text
    with database.reading() as session:
        assert [one.reference for one in session.query(Action)] == [f"{FIRST}-A1"]
    own = pages.sign_in(discussed["Asif"]).get(f"/actions/{FIRST}-A1")
    assert "How we lead together" in own.text
    followed = pages.sign_in(discussed["Priya"]).get(f"/actions/{FIRST}-A1")
    assert followed.soup.find("a", href=f"{HOME}/questions/voice.heard")


def test_what_is_agreed_is_asked_about_once_where_it_may_identify_somebody(
    pages: Pages, discussed: Assessing
) -> None:
    """It goes into a plan that agencies read. What was kept is not asked about again."""
    pages.sign_in(discussed["Sol"])
    address = f"{HOME}/questions/voice.heard"
    typed = {"level": "green", "rationale": "Ring Sarah Jones on 07700 900123"}
    page = pages.post(address, pages.get(address).form("voice.heard") | typed)
    assert page.status == 422
    assert "press the button again to keep it" in page.errors["rationale"]
    assert pages.post(address, page.form("voice.heard")).status == 303
    noted = pages.get(address).form("voice.heard") | {"note": "All agreed"}
    assert pages.post(address, noted).status == 303


def test_of_two_who_write_the_second_sees_both_and_decides(
    pages: Pages, discussed: Assessing
) -> None:
    pages.sign_in(discussed["Sol"])
    address = f"{HOME}/questions/voice.heard"
    sent = {**pages.get(address).form("voice.heard"), "level": "green", "rationale": "First"}
    pages.post(address, sent)
    late = pages.post(address, {**sent, "level": "red", "rationale": "Second"})
    assert late.status == 409
    assert "What is kept now" in late.text
    assert "First" in late.text
    form = fields_of(late.soup.select_one(f"form[action='{address}']"))
    assert form["rationale"] == "Second"
    assert pages.post(address, form).status == 303
    assert "Second" in str(pages.get(address).form("voice.heard")["rationale"])


@pytest.mark.parametrize("who", ["Ines", "Otto"])
def test_others_read_what_is_agreed_and_write_nothing(
    pages: Pages, discussed: Assessing, who: str
) -> None:
    address = f"{HOME}/questions/voice.heard"
    page = pages.sign_in(discussed[who]).get(address)
    assert not page.soup.select("main form")
    sent = {"level": "red", "rationale": "So", "version": "0"}
    assert pages.post(address, sent).status == 403


def test_a_first_assessment_says_that_it_has_no_comparator(
    pages: Pages, discussed: Assessing
) -> None:
    page = pages.sign_in(discussed["Sol"]).get(f"{HOME}/movement")
    assert "there is no comparator" in page.text


def test_the_workbook_holds_what_the_page_shows(
    pages: Pages, discussed: Assessing, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, discussed["Sol"])
        agree_all(session, cast, made, discussed["Sol"], "amber")
    pages.sign_in(discussed["Iris"])
    response = pages.client.get(f"{HOME}/workbook.xlsx")
    book = load_workbook(BytesIO(response.get_data()))
    assert book.sheetnames == ["About", "Side by side", "Reasons"]
    rows = [[cell.value for cell in row] for row in book["Side by side"].iter_rows()]
    heard = next(row for row in rows if row[1] == "voice.heard")
    assert heard[3:8] == ["Green", "Red", "Amber", 2, "Amber"]
    about = {row[0].value: row[1].value for row in book["About"].iter_rows(max_col=2)}
    assert about["All assessors agree"] == "1/4 (25.0%) questions"
    assert about["Compared with"] == "None: there is no comparator"
