"""What is shown of a survey: nothing of four people, beside ratings, to whom it is for."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from s11audit.domain.permissions import Role
from s11audit.domain.ratings import Rating, Side
from s11audit.models import AgencyReturn, Event
from s11audit.models.database import Database
from tests.cast import Cast
from tests.joined import join
from tests.pages import Pages
from tests.surveys import answer, close, make_survey, rate, rated_round

SUPERVISION = "at-work.time-to-talk"
WEAK = {SUPERVISION: "not-had"}
RESULTS = "/surveys/PS1/results"


@pytest.fixture
def closed(database: Database, cast: Cast) -> None:
    """Police: 20 people, of whom 14 had no supervision, and green. Hospitals: 4. School: 5."""
    with database.writing.begin() as session:
        compared = rated_round(session, cast, {"POL": Rating.GREEN, "SCH": Rating.AMBER})
        survey = make_survey(session, cast, audit_round=compared)
        answer(session, survey, cast, "POL", 6, {"learning.one-thing": "zebra crossings"})
        answer(session, survey, cast, "POL", 13, WEAK)
        answer(session, survey, cast, "POL", 1, {**WEAK, "learning.one-thing": "A quiet room"})
        answer(session, survey, cast, "HOSP", 4, {"learning.one-thing": "of the hospitals"})
        answer(session, survey, cast, "SCH", 5)
        close(session, survey, cast)


def test_four_answers_show_nothing_and_five_do(pages: Pages, cast: Cast, closed: None) -> None:
    pages.sign_in(cast["Cara"])
    page = pages.get("/surveys/PS1/agencies/HOSP")
    assert "Fewer than 5 people answered, so nothing is shown" in page.text
    assert "of the hospitals" not in page.text
    assert "100.0%" not in page.text
    pages.sign_in(cast["Dana"])
    page = pages.get("/surveys/PS1/agencies/SCH")
    assert "5/5 (100.0%)" in page.text


def test_totals_leave_the_four_out_so_that_they_cannot_be_told(
    pages: Pages, cast: Cast, closed: None
) -> None:
    page = pages.sign_in(cast["Mo"]).get(RESULTS)
    assert "People who answered: 25." in page.text
    assert "29" not in page.text
    assert pages.get(f"{RESULTS}?type=nhs-trust").text.count("Fewer than 5 people answered") > 0


def test_a_green_standard_with_a_weak_answer_is_flagged_in_words(
    pages: Pages, cast: Cast, closed: None
) -> None:
    page = pages.sign_in(cast["Mo"]).get(RESULTS)
    assert "“Supervision and advice” is green (self-rating), but 6/20 (30.0%)" in page.text
    page = pages.get("/surveys/PS1/agencies/POL")
    assert "Staff say otherwise: the agency is green for “Supervision and advice”" in page.text
    assert "Self-rating Green" in page.text
    assert len(page.soup.select(".govuk-warning-text")) == 1


def test_the_agreed_rating_counts_once_there_is_one_and_each_side_is_named(
    pages: Pages, cast: Cast, closed: None, database: Database
) -> None:
    with database.writing.begin() as session:
        police = session.scalars(
            select(AgencyReturn).where(AgencyReturn.reference == "S11-POL")
        ).one()
        rate(session, police, Side.AGREED, Rating.AMBER)
    page = pages.sign_in(cast["Mo"]).get("/surveys/PS1/agencies/POL")
    assert "Self-rating Green ; agreed rating Amber" in page.text
    assert page.soup.select(".govuk-warning-text") == []


def test_words_are_shown_in_the_order_of_the_alphabet(
    pages: Pages, cast: Cast, closed: None
) -> None:
    page = pages.sign_in(cast["Asif"]).get("/surveys/PS1/agencies/POL")
    texts = [item.get_text() for item in page.soup.select("li.s11-typed")]
    assert texts == ["A quiet room", *["zebra crossings"] * 6]


def test_a_level_of_fewer_than_five_is_put_together_with_others(
    pages: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        survey = make_survey(session, cast)
        answer(session, survey, cast, "POL", 9)
        answer(session, survey, cast, "POL", 3, {"acting.know-what-to-do": "5"})
        answer(session, survey, cast, "POL", 7, {"acting.know-what-to-do": "1"})
        answer(session, survey, cast, "POL", 2, {"acting.know-the-lead": "no"})
        close(session, survey, cast)
    page = pages.sign_in(cast["Asif"]).get("/surveys/PS1/agencies/POL")
    first, second = page.soup.select("section.s11-result")[:2]
    assert "14/21 (66.7%)" in first.get_text(), "12 + 2 that chose 6 or 5"
    assert "completely confident" not in first.get_text()
    assert "Answers are put together" in first.get_text()
    assert "Hidden: one of the answers was given by fewer than 5 people" in second.get_text()
    assert "19/21" not in second.get_text()


def test_five_mixed_answers_show_how_many_and_say_why_so_few_questions_are_shown(
    pages: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        survey = make_survey(session, cast)
        answer(session, survey, cast, "POL", 3)
        answer(session, survey, cast, "POL", 2, {"acting.know-the-lead": "no"})
        close(session, survey, cast)
    text = pages.sign_in(cast["Asif"]).get("/surveys/PS1/agencies/POL").text
    assert "People who answered: 5. 13 of 14 questions are shown." in text
    assert "With 5 to 9 people, a question is shown only where all answers are of one kind" in text


@pytest.fixture
def five_mixed(database: Database, cast: Cast) -> None:
    """Only the police were asked: five people, of whom two did not know the lead."""
    with database.writing.begin() as session:
        survey = make_survey(session, cast, agencies=("POL",))
        answer(session, survey, cast, "POL", 3)
        answer(session, survey, cast, "POL", 2, {"acting.know-the-lead": "no"})
        close(session, survey, cast)


@pytest.mark.parametrize(
    "address", ["/surveys/PS1/agencies/POL", RESULTS, f"{RESULTS}?type=police"]
)
def test_five_answers_of_one_agency_are_shown_with_a_reason_beside_what_is_hidden(
    pages: Pages, cast: Cast, five_mixed: None, address: str
) -> None:
    page = pages.sign_in(cast["Mo"]).get(address)
    assert "People who answered: 5. 13 of 14 questions are shown." in page.text
    results = page.soup.select("section.s11-result")
    hidden = [one for one in results if not one.select("table")]
    assert (len(results), len(hidden)) == (14, 1)
    assert "Hidden: one of the answers was given by fewer than 5 people" in hidden[0].get_text()
    assert all(table.select("tbody tr") for table in page.soup.select("table"))


def test_the_workbook_says_that_five_answered_and_what_is_hidden(
    pages: Pages, cast: Cast, five_mixed: None
) -> None:
    pages.sign_in(cast["Mo"])
    for address in (f"{RESULTS}.xlsx", "/surveys/PS1/agencies/POL/results.xlsx"):
        book = openpyxl.load_workbook(BytesIO(pages.get(address).response.get_data()))
        about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
        assert about["People who answered"] == "5"
        groups = [row for row in book["Who answered"].iter_rows(values_only=True) if row[2] == 5]
        assert {row[4:6] for row in groups} == {(14, 13)}
        assert all("13 of 14 questions are shown" in row[6] for row in groups)
        notes = [row[15] for row in book["Questions"].iter_rows(values_only=True) if row[4] is None]
        assert "Hidden: one of the answers was given by fewer than 5 people" in notes


@pytest.mark.parametrize(
    "address", ["/surveys/PS1/agencies/POL", RESULTS, f"{RESULTS}?type=police"]
)
def test_four_answers_of_one_agency_say_that_fewer_than_five_answered(
    pages: Pages, cast: Cast, database: Database, address: str
) -> None:
    with database.writing.begin() as session:
        survey = make_survey(session, cast, agencies=("POL",))
        answer(session, survey, cast, "POL", 4)
        close(session, survey, cast)
    page = pages.sign_in(cast["Mo"]).get(address)
    assert "Fewer than 5 people answered, so nothing is shown" in page.text
    assert page.soup.select("section.s11-result") == []
    assert "4" not in {cell.get_text(strip=True) for cell in page.soup.select("td")}


def test_a_total_says_how_many_small_agencies_it_leaves_out(
    pages: Pages, cast: Cast, closed: None
) -> None:
    left_out = (
        "Not counted here: 1 agency at which fewer than 5 people answered; together these are "
        "fewer than 5 people."
    )
    assert left_out in pages.sign_in(cast["Mo"]).get(RESULTS).text
    assert "Not counted here" not in pages.get(f"{RESULTS}?type=police").text
    book = openpyxl.load_workbook(BytesIO(pages.get(f"{RESULTS}.xlsx").response.get_data()))
    notes = {row[1]: row[6] for row in book["Who answered"].iter_rows(values_only=True)}
    assert notes["All agencies"] == left_out
    assert notes["Downshire Hospitals NHS Trust"] == (
        "Fewer than 5 people answered, so nothing is shown."
    )


def test_closing_a_survey_has_a_page_that_says_what_it_means(
    pages: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        survey = make_survey(session, cast)
        answer(session, survey, cast, "POL", 13)
        answer(session, survey, cast, "HOSP", 4)
    page = pages.sign_in(cast["Priya"]).get("/surveys/PS1")
    assert page.soup.select("main form") == []
    assert page.soup.select_one('a[href="/surveys/PS1/close"]')
    page = pages.get("/surveys/PS1/close")
    assert "People who have answered so far: At least 15 ." in page.text
    assert "Downshire Hospitals NHS Trust Elm Row School" in page.text
    assert "cannot be opened again" in page.text
    assert "Results are shown from then on" in page.text
    assert pages.post("/surveys/PS1/steps/close", page.form("steps/close")).status == 303
    page = pages.get("/surveys/PS1/close")
    assert "The survey has closed. Read the results" in page.text
    assert page.soup.select("main form") == []


def test_who_does_not_run_surveys_cannot_close_one(
    pages: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        make_survey(session, cast)
    assert pages.sign_in(cast["Mo"]).get("/surveys/PS1/close").status == 403


def test_a_survey_that_is_closed_early_says_on_which_day(
    pages: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        survey = make_survey(session, cast)
        answer(session, survey, cast, "POL", 5)
        close(session, survey, cast)
    page = pages.sign_in(cast["Priya"]).get("/surveys/PS1")
    assert "Staff could answer until 3 November 2026" in page.text


def test_nothing_is_shown_before_the_survey_has_closed(
    pages: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        survey = make_survey(session, cast)
        answer(session, survey, cast, "POL", 12, {"learning.one-thing": "too early"})
    pages.sign_in(cast["Priya"])
    assert "once the survey has closed" in pages.get(RESULTS).text
    assert pages.get(f"{RESULTS}.xlsx").status == 409
    assert pages.get("/surveys/PS1/agencies/POL/results.xlsx").status == 409
    page = pages.get("/surveys/PS1/agencies/POL")
    assert "At least 10" in page.text
    assert "too early" not in page.text
    assert "At least 10" in pages.get("/surveys/PS1").text


def test_a_lead_sees_the_own_agency_and_no_other(pages: Pages, cast: Cast, closed: None) -> None:
    pages.sign_in(cast["Asif"])
    assert "Survey PS1" in pages.get("/surveys").text
    assert pages.get("/surveys/PS1/agencies/POL").status == 200
    assert pages.get("/surveys/PS1/agencies/POL/results.xlsx").status == 200
    for address in ("/surveys/PS1", RESULTS, f"{RESULTS}.xlsx", "/surveys/PS1/agencies/SCH",
                    "/surveys/PS1/agencies/SCH/results.xlsx",
                    "/surveys/PS1/agencies/SCH/replies"):  # fmt: skip
        assert pages.get(address).status == 404, address


@pytest.mark.parametrize("name", ["Bea", "Ines", "Hugo"])
def test_who_only_helps_or_signs_sees_no_survey(
    pages: Pages, cast: Cast, closed: None, name: str
) -> None:
    assert pages.sign_in(cast[name]).get("/surveys").status == 403


def test_another_partnership_finds_nothing(pages: Pages, cast: Cast, closed: None) -> None:
    pages.sign_in(cast["Olga"])
    assert "Survey PS1" not in pages.get("/surveys").text
    for address in ("/surveys/PS1", RESULTS, f"{RESULTS}.xlsx", "/surveys/PS1/agencies/POL",
                    "/surveys/PS1/links", "/surveys/PS1/links.csv",
                    "/surveys/PS1/links.xlsx"):  # fmt: skip
        assert pages.get(address).status == 404, address


def test_who_reviews_schools_sees_schools_and_no_total(
    pages: Pages, cast: Cast, closed: None, database: Database
) -> None:
    with database.writing.begin() as session:
        reviewer = join(session, "Rae", (Role.EDUCATION_REVIEWER, "DOWN"))
    page = pages.sign_in(reviewer).get(RESULTS)
    assert "Elm Row School" in page.text
    for unseen in ("Downshire Police", "All agencies", "Staff say otherwise: the agency"):
        assert unseen not in page.text
    assert "Police" not in pages.get("/surveys/PS1").text
    assert pages.get("/surveys/PS1/agencies/POL").status == 404
    book = openpyxl.load_workbook(BytesIO(pages.get(f"{RESULTS}.xlsx").response.get_data()))
    groups = {row[1] for row in book["Questions"].iter_rows(values_only=True)}
    assert "Elm Row School" in groups
    assert not {"All agencies", "Downshire Police", "Police"} & groups


def test_who_reviews_schools_has_a_workbook_even_where_there_is_no_school(
    pages: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        reviewer = join(session, "Rae", (Role.EDUCATION_REVIEWER, "DOWN"))
        survey = make_survey(session, cast, agencies=("POL",))
        answer(session, survey, cast, "POL", 5)
        close(session, survey, cast)
    assert pages.sign_in(reviewer).get(f"{RESULTS}.xlsx").status == 200
    assert "Police" not in pages.get(RESULTS).text


def test_the_workbook_says_what_the_page_says(
    pages: Pages, cast: Cast, closed: None, database: Database
) -> None:
    page = pages.sign_in(cast["Mo"]).get(f"{RESULTS}.xlsx")
    book = openpyxl.load_workbook(BytesIO(page.response.get_data()))
    assert book.sheetnames == [
        "About",
        "Who answered",
        "Questions",
        "Answers",
        "In their words",
    ]
    rows = list(book["Questions"].iter_rows(values_only=True))
    flagged = [row for row in rows if "Yes" in row]
    assert [(row[1], row[6], row[7], row[11]) for row in flagged] == [
        (group, 6, 20, "Green") for group in ("Police", "Downshire Police")
    ]
    hospitals = [row for row in rows if row[1] == "Downshire Hospitals NHS Trust"]
    assert [row[4:9] for row in hospitals] == [(None,) * 5]
    for row in book["Answers"].iter_rows(min_row=2, values_only=True):
        assert row[4] not in (1, 2, 3, 4), row
    words = [row[2] for row in book["In their words"].iter_rows(values_only=True)]
    assert "A quiet room" in words
    assert "of the hospitals" not in words
    with database.reading() as session:
        kept = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (kept.kind, kept.subject) == ("downloaded", "survey PS1")


def test_a_manager_sets_up_opens_and_hands_out_a_survey(
    pages: Pages, cast: Cast, database: Database
) -> None:
    pages.sign_in(cast["Priya"])
    page = pages.get("/surveys/new")
    fields = page.form("/surveys/new?partnership=DOWN") | {
        "title": "Practitioner survey", "reference": "ps-2026", "types": ["every other"],
        "opens_on-day": "1", "opens_on-month": "11", "opens_on-year": "2026",
        "closes_on-day": "1", "closes_on-month": "11", "closes_on-year": "2199",
    }  # fmt: skip
    page = pages.post("/surveys/new?partnership=DOWN", fields)
    assert page.location == "/surveys/PS-2026"
    assert "Nobody" not in pages.get("/surveys/PS-2026").text
    assert pages.post("/surveys/PS-2026/steps/open").status == 303
    page = pages.get("/surveys/PS-2026/links")
    links = [cell.get_text() for cell in page.soup.select("td.s11-address")]
    assert len(links) == 2
    assert all("/s/" in link for link in links)
    file = pages.get("/surveys/PS-2026/links.csv").response.get_data(as_text=True)
    assert all(link in file for link in links)
    book = openpyxl.load_workbook(
        BytesIO(pages.get("/surveys/PS-2026/links.xlsx").response.get_data())
    )
    rows = [row for row in book["Links"].iter_rows(values_only=True) if row[3]]
    assert rows[0] == ("Agency reference", "Agency", "Type of agency", "Link")
    assert [row[3] for row in rows[1:]] == links
    assert ("POL", "Downshire Police", "Police", links[1]) in rows
    with database.reading() as session:
        taken = session.scalars(select(Event).where(Event.kind == "downloaded")).all()
    assert [one.detail["file"] for one in taken] == ["PS-2026-links.csv", "PS-2026-links.xlsx"]
    assert {one.subject for one in taken} == {"survey PS-2026"}
    pages.sign_in(cast["Asif"])
    assert links[1] in pages.get("/surveys/PS-2026/agencies/POL").text


def test_what_is_wrong_with_a_new_survey_is_said_and_kept(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Priya"]).get("/surveys/new")
    page = pages.post("/surveys/new", {"title": "My survey", "opens_on-day": "31",
                                       "opens_on-month": "2", "opens_on-year": "2026"})  # fmt: skip
    assert page.status == 422
    assert page.errors == {
        "questionnaire": "Choose a questionnaire",
        "reference": "Enter a reference",
        "opens_on": "Enter a real date from which staff can answer, such as 27 3 2026",
        "closes_on": "Enter the last day on which staff can answer",
    }
    assert page.soup.select_one("#title")["value"] == "My survey"


def test_a_link_is_made_anew_and_ended(pages: Pages, cast: Cast, database: Database) -> None:
    with database.writing.begin() as session:
        make_survey(session, cast)
    address = "/surveys/PS1/links/POL"
    pages.sign_in(cast["Priya"]).get(address)
    assert pages.post(f"{address}/staff", {"staff": "many"}).errors == {
        "staff": "Enter a whole number, such as 250"
    }
    assert pages.post(f"{address}/staff", {"staff": "1,250"}).status == 303
    assert "1250" in pages.get("/surveys/PS1").text
    before = pages.get(address).soup.select_one(".s11-address")
    pages.post(f"{address}/renew")
    after = pages.get(address).soup.select_one(".s11-address")
    assert after is not None
    assert before is None or after.get_text() != before.get_text()
    old = after.get_text().partition("/s/")[2]
    pages.post(f"{address}/end")
    assert pages.get(f"/s/{old}").heading == "This link takes no more answers"


def test_what_may_identify_somebody_is_asked_about_before_staff_can_read_it(
    pages: Pages, cast: Cast, closed: None
) -> None:
    address = "/surveys/PS1/agencies/POL/replies"
    form = pages.sign_in(cast["Asif"]).get(address).form("replies")
    typed = {"said": "No time", "did": "Sarah Jones rings on 07700 900123", "publish": "y"}
    page = pages.post(address, form | typed)
    assert page.status == 422
    assert "press the button again to keep it" in page.errors["did"]
    assert "Nothing has been written yet" in page.text
    assert pages.post(address, page.form("replies")).status == 303
    assert "Published" in pages.get(address).text


def test_a_lead_says_what_was_done_and_publishes_it(pages: Pages, cast: Cast, closed: None) -> None:
    address = "/surveys/PS1/agencies/POL/replies"
    page = pages.sign_in(cast["Asif"]).get(address)
    fields = page.form("replies") | {"said": "No time", "did": "Now there is"}
    assert pages.post(address, fields).status == 303
    page = pages.get(address)
    assert "Not published" in page.text
    assert pages.post(f"{address}/1/publish").status == 303
    assert "Withdraw it" in pages.get(address).text
    page = pages.sign_in(cast["Mo"]).get(address)
    assert "Now there is" in page.text
    assert page.soup.select("main form") == []
    assert pages.post(f"{address}/1/withdraw").status == 403
