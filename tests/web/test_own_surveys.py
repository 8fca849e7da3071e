"""A survey of a partnership's own: uploaded, published by two, answered, and suppressed alike."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from s11audit.models import Survey
from s11audit.models.database import Database
from s11audit.services.survey_answers import answer_survey
from s11audit.services.surveys import take_survey_step
from tests.cast import Cast
from tests.pages import Page, Pages
from tests.rounds_and_returns import NOON
from tests.surveys import known_token, link_for
from tests.web.test_questionnaires import second_manager, upload

__all__ = ["second_manager"]
TOKEN = "the-link-of-the-police-which-is-long-enough-to-be-one"
OURS, UPLOADED = "corridor-survey/1", "/questionnaires/corridor-survey/1"
SOUND = """
questionnaire: corridor-survey
version: "1"
kind: survey
title: What you saw in the corridor
standards:
  - id: seeing
    title: What you see
    questions:
      - id: noticed
        title: Noticed
        type: yes-no-unsure
        ask: Did you notice anything this week?
      - id: who-to-tell
        title: Whom to tell
        type: choice
        ask: Whom would you tell?
        options:
          - {id: lead, label: Our lead}
          - {id: nobody, label: Nobody}
      - id: words
        title: In your words
        type: long-text
        ask: What else? (you may leave this out)
        required: no
"""
NEW = {
    "title": "Corridor survey", "reference": "CS-1", "types": ["every other"],
    "opens_on-day": "1", "opens_on-month": "10", "opens_on-year": "2026",
    "closes_on-day": "1", "closes_on-month": "11", "closes_on-year": "2199",
}  # fmt: skip


@pytest.fixture
def publish(pages: Pages, cast: Cast, second_manager: Any) -> Any:
    """What Priya uploads and Pat publishes; Priya is signed in afterwards."""

    def published(text: str) -> Pages:
        assert upload(pages.sign_in(cast["Priya"]), text).location == UPLOADED
        assert pages.post(f"{UPLOADED}/steps/propose").location == UPLOADED
        pages.sign_in(second_manager).get(f"{UPLOADED}/compatibility")
        assert pages.post(f"{UPLOADED}/steps/publish").location == UPLOADED
        return pages.sign_in(cast["Priya"])

    return published


def set_up(pages: Pages) -> Page:
    form = pages.get("/surveys/new").form("/surveys/new?partnership=DOWN")
    return pages.post("/surveys/new?partnership=DOWN", form | NEW | {"questionnaire": OURS})


@pytest.fixture
def opened(publish: Any, database: Database, cast: Cast) -> Pages:
    """Set up and opened on the pages, with a link of the police that is known."""
    priya: Pages = publish(SOUND)
    assert set_up(priya).location == "/surveys/CS-1"
    assert priya.post("/surveys/CS-1/steps/open").status == 303
    with database.writing.begin() as session:
        known_token(session, session.scalars(select(Survey)).one(), cast, "POL", TOKEN)
    return priya


def answer_and_close(database: Database, cast: Cast, **people: int) -> None:
    """So many of each agency have noticed something, and would tell nobody."""
    with database.writing.begin() as session:
        survey = session.scalars(select(Survey)).one()
        for agency, times in people.items():
            for _ in range(times):
                given = {"seeing.noticed": "yes", "seeing.who-to-tell": "nobody",
                         "seeing.words": f"Words of {agency}"}  # fmt: skip
                answer_survey(session, link_for(session, survey, cast, agency), given, now=NOON)
        take_survey_step(session, survey, "close", by=cast["Priya"], now=NOON)


def test_a_published_upload_is_offered_to_its_own_partnership_only(
    publish: Any, cast: Cast
) -> None:
    priya: Pages = publish(SOUND)
    chosen = f"input[name=questionnaire][value='{OURS}']"
    assert priya.get("/surveys/new").soup.select(chosen)
    assert not priya.sign_in(cast["Olga"]).get("/surveys/new").soup.select(chosen)


def test_a_draft_is_not_offered(pages: Pages, cast: Cast) -> None:
    upload(pages.sign_in(cast["Priya"]), SOUND)
    assert not pages.get("/surveys/new").soup.select(f"input[value='{OURS}']")


def test_staff_answer_it_at_its_link_without_an_account(
    opened: Pages, database: Database, cast: Cast
) -> None:
    opened.client.delete_cookie("session")
    page = opened.get(f"/s/{TOKEN}")
    assert page.heading == "What you saw in the corridor"
    assert "Did you notice anything this week?" in page.text
    missing = opened.post(f"/s/{TOKEN}", page.form() | {"seeing-noticed__value": "yes"})
    assert missing.status == 422
    filled = {"seeing-noticed__value": "yes", "seeing-who-to-tell__value": "lead"}
    page = opened.post(f"/s/{TOKEN}", page.form() | filled)
    assert (page.status, page.location) == (303, f"/s/{TOKEN}/thanks")


def test_four_answers_show_nothing_and_five_do(
    opened: Pages, database: Database, cast: Cast
) -> None:
    answer_and_close(database, cast, POL=5, HOSP=4)
    page = opened.get("/surveys/CS-1/agencies/POL")
    assert "Did you notice anything this week?" in page.text
    assert "5/5" in page.text
    hospitals = opened.get("/surveys/CS-1/agencies/HOSP").text
    for hidden in ("4/4", "Words of HOSP", "4 people"):
        assert hidden not in hospitals
    assert "Words of HOSP" not in opened.get("/surveys/CS-1/results").text
    raw = opened.get("/surveys/CS-1/results.xlsx").response.get_data()
    book = openpyxl.load_workbook(BytesIO(raw))
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "Words of POL" in cells
    assert "Words of HOSP" not in cells
    for row in book["Answers"].iter_rows(min_row=2, values_only=True):
        assert row[4] not in (1, 2, 3, 4), row


def test_the_lead_of_an_agency_reads_the_own_results_of_it(
    opened: Pages, database: Database, cast: Cast
) -> None:
    answer_and_close(database, cast, POL=5, HOSP=5)
    page = opened.sign_in(cast["Asif"]).get("/surveys/CS-1/agencies/POL")
    assert "Did you notice anything this week?" in page.text
    assert opened.get("/surveys/CS-1/agencies/HOSP").status == 404


@pytest.mark.parametrize(
    ("asked_of_some", "question"),
    [
        ("        when: {question: seeing.noticed, is: yes}\n", "Whom to tell"),
        ("        for: [police]\n", "Whom to tell"),
    ],
)
def test_one_that_asks_only_some_is_refused_by_the_name_of_the_question(
    publish: Any, asked_of_some: str, question: str
) -> None:
    """Who was asked would tell what they answered."""
    before = "        ask: Whom would you tell?\n"
    page = set_up(publish(SOUND.replace(before, before + asked_of_some)))
    assert page.status == 422
    said = f"A survey asks everybody the same, but “{question}” is for some only."
    assert page.errors == {"questionnaire": said}


def test_one_whose_part_is_for_some_is_refused_too(publish: Any) -> None:
    part = "    title: What you see\n"
    page = set_up(publish(SOUND.replace(part, f"{part}    for: [police]\n")))
    assert page.errors == {
        "questionnaire": "A survey asks everybody the same, but “Noticed” is for some only."
    }
