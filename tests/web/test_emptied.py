"""An audit whose cases are deleted: what its pages still count, and that nobody writes to it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from s11audit.domain.cases import CaseAuditStatus, FindingKind
from s11audit.domain.measures import CountedOf, Tally
from s11audit.domain.permissions import Role
from s11audit.models import (
    AgreedGrade,
    AuditMeasure,
    CaseAudit,
    CaseEvent,
    CaseFile,
    CaseView,
    Event,
    Finding,
    ImmediateConcern,
    PanelNote,
    SheetAnswer,
)
from s11audit.models.database import Database
from s11audit.services.emptying import empty
from s11audit.services.findings import NewFinding, NewRecommendation, recommend, write_finding
from s11audit.services.measures import NewMeasure, count_measure
from s11audit.services.re_audits import plan_re_audit
from s11audit.web.cases.emptied import GOES_ON
from tests.case_audits import MORNING, Audited
from tests.cast import Cast
from tests.full_cases import AFTER_A_YEAR
from tests.joined import join
from tests.pages import Page, Pages
from tests.panels import ASKED, signed_off_audit

AUDIT = "/case-audits/MA-26-01"
CASE = f"{AUDIT}/cases/MA-26-01-C1"
SAID = "What was held of single cases of this audit was deleted on 14 October 2026"
READ = (AUDIT, *(f"{AUDIT}/{one}" for one in ("cases", "grades", "findings", "measures")), CASE,
        f"{CASE}/voice", f"{AUDIT}/sample")  # fmt: skip
# What no page may say of what was there once.
UNTRUE = ("Not answered", "Fewer than two grades", "0/0", "without a grade", "Not agreed yet",
          "Nothing is written down", "has written down", "Nothing has been", "gone-")  # fmt: skip


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    """Signed off and then emptied. Otto may do everything that anybody may with it."""
    with database.writing.begin() as session:
        audited = signed_off_audit(session, cast)
        audit = session.get_one(CaseAudit, audited.audit)
        learned = [NewFinding(FindingKind.LEARNING, "Of all"),
                   NewFinding(FindingKind.LEARNING, "Of one", case="MA-26-01-C1")]  # fmt: skip
        for new in learned:
            write_finding(session, audit, ASKED, new, by=audited["Otto"], now=MORNING)
        recommend(session, audit, NewRecommendation("Ask"), by=audited["Otto"], now=MORNING)
        for name, of in (("Plans", CountedOf.BY_HAND), ("Heard", CountedOf.CASE_FILES)):
            by_hand = Tally(3, 25) if of is CountedOf.BY_HAND else None
            asked = ("", "") if by_hand else ("voice.heard", "strong")
            count_measure(session, audit, ASKED, NewMeasure(name, of, *asked, by_hand=by_hand),
                          by=cast["Priya"], now=MORNING)  # fmt: skip
        join(session, "Otto", (Role.MANAGER, "DOWN"), (Role.AGENCY_LEAD, "POL"),
             (Role.CASE_AUDITOR, "POL"))  # fmt: skip
        file = session.get_one(CaseFile, audited.files["C1", "POL"])
        file.auditor_id, file.conflict_at = audited["Otto"].user_id, MORNING
        audit.steering_told = "What came of it"
        session.add(
            ImmediateConcern(file_id=file.id, raised_by_id=file.auditor_id, raised_at=MORNING)
        )
        session.flush()
        return audited


@pytest.fixture
def otto(pages: Pages, audited: Audited) -> Pages:
    return pages.sign_in(audited["Otto"])


def delete_cases(database: Database, audited: Audited) -> None:
    with database.writing.begin() as session:
        empty(session, audited.audit)
        emptied = update(CaseAudit).where(CaseAudit.id == audited.audit)
        session.execute(emptied.values(emptied_at=AFTER_A_YEAR))


def agreed_column(page: Page) -> list[str]:
    return [cell.get_text(" ", strip=True) for cell in page.soup.select("[data-label^=Agreed]")]


def counts_of(pages: Pages) -> list[tuple[Any, ...]]:
    book = load_workbook(BytesIO(pages.client.get(f"{AUDIT}/case-audit.xlsx").get_data()))
    return [row for row in book["Counts"].iter_rows(values_only=True) if row[2]]


def test_agreed_grades_are_counted_as_before_and_agencies_own_are_called_deleted(
    otto: Pages, database: Database, audited: Audited
) -> None:
    before = agreed_column(otto.get(f"{AUDIT}/grades"))
    delete_cases(database, audited)
    page = otto.get(f"{AUDIT}/grades")
    assert agreed_column(page) == before
    assert any("0/2 red, 1/2 amber, 1/2 green" in one for one in before)
    own = page.soup.select("[data-label^='Agencies’ own grades']")
    assert {cell.get_text(strip=True) for cell in own} == {"Deleted"}
    assert SAID in page.text


@pytest.mark.parametrize("address", READ)
def test_no_page_of_an_emptied_audit_shows_what_is_not_so(
    otto: Pages, database: Database, audited: Audited, address: str
) -> None:
    delete_cases(database, audited)
    page = otto.get(address)
    assert (page.status, SAID in page.text) == (200, True)
    for words in UNTRUE:
        assert words not in page.text


def test_the_page_of_a_case_keeps_its_agreed_grades(
    otto: Pages, database: Database, audited: Audited
) -> None:
    delete_cases(database, audited)
    assert agreed_column(otto.get(CASE))[0] == "Uneven"
    assert "Voice of the child" in otto.get(CASE).text
    assert "Uneven" in otto.get(f"{CASE}/voice").text


def test_the_workbook_counts_agreed_grades_as_before_and_says_what_is_deleted(
    otto: Pages, database: Database, audited: Audited
) -> None:
    before = [row for row in counts_of(otto) if row[2] == "Agreed grades"]
    delete_cases(database, audited)
    after = counts_of(otto)
    assert [row for row in after if row[2] == "Agreed grades"] == before
    assert not [row for row in after if row[2] == "Agencies’ own grades"]
    book = load_workbook(BytesIO(otto.client.get(f"{AUDIT}/case-audit.xlsx").get_data()))
    told = {row[0]: row[1] for row in book["Summary"].iter_rows(max_col=2, values_only=True)}
    assert str(told["What agencies answered"]).startswith(SAID)
    assert told["Questions with an agreed grade"] == "7"
    grades = [str(cell) for row in book["Grades"].iter_rows(values_only=True) for cell in row]
    assert {"Deleted", "Uneven"} <= set(grades)
    assert not {"Not answered", "Not asked", "Fewer than two grades"} & set(grades)


def test_an_agency_still_sees_the_agreed_grade_and_that_its_own_is_deleted(
    otto: Pages, database: Database, audited: Audited
) -> None:
    delete_cases(database, audited)
    page = otto.get(f"/case-files/{audited.files['C1', 'POL']}/agreed")
    assert SAID in page.text
    assert "Your own grade Deleted" in page.text
    assert "Uneven" in page.text
    assert "Your own grade None" not in page.text


@pytest.mark.parametrize("part", ["check", "standards/voice", "chronology", "views", "concern"])
def test_an_auditor_is_told_what_became_of_the_file(
    otto: Pages, database: Database, audited: Audited, part: str
) -> None:
    delete_cases(database, audited)
    file = f"/case-files/{audited.files['C1', 'POL']}"
    page = otto.get(f"{file}/{part}")
    page = otto.get(page.location) if page.location else page
    assert SAID in page.text
    for words in (*UNTRUE, "0 key events", "0/"):
        assert words not in page.text
    assert not page.soup.select("main form")


def test_measures_are_compared_at_the_re_audit_as_before(
    otto: Pages, database: Database, audited: Audited, cast: Cast
) -> None:
    with database.writing.begin() as session:
        audit = session.get_one(CaseAudit, audited.audit)
        audit.status = CaseAuditStatus.REPORTED
        session.flush()
        day = audit.planned_on.replace(year=2027)
        following = plan_re_audit(session, audit, day, by=cast["Priya"], now=MORNING)
        following.status = CaseAuditStatus.AGREED
        again = NewMeasure("Plans", CountedOf.BY_HAND, by_hand=Tally(14, 24))
        count_measure(session, following, ASKED, again, by=cast["Priya"], now=MORNING)
        reference = following.reference
    delete_cases(database, audited)
    assert "12% (3/25) → 58% (14/24)" in otto.get(f"/case-audits/{reference}/measures").text
    assert "3/25" in otto.get(f"{AUDIT}/measures").text


def forms_of_cases(app: Flask) -> list[tuple[str, str]]:
    """Endpoint and address of every form of case audits, as far as the tests' audit has it."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return sorted((one.endpoint, one.rule) for one in rules if one.endpoint.startswith("cases."))


def written(database: Database) -> dict[str, int]:
    kinds = (AgreedGrade, AuditMeasure, CaseEvent, CaseView, Event, Finding, ImmediateConcern,
             PanelNote, SheetAnswer)  # fmt: skip
    with database.reading() as session:
        return {
            one.__name__: session.scalar(select(func.count()).select_from(one)) or 0
            for one in kinds
        } | {"version": session.scalar(select(CaseAudit.version)) or 0}


@pytest.mark.parametrize("status", [CaseAuditStatus.AGREED, CaseAuditStatus.PANEL])
def test_every_form_about_its_cases_is_refused_whatever_the_page_that_it_came_from(
    app: Flask, otto: Pages, database: Database, audited: Audited, status: CaseAuditStatus
) -> None:
    """Whatever its status let through: only whether it is emptied counts."""
    delete_cases(database, audited)
    with database.writing.begin() as session:
        session.execute(update(CaseAudit).values(status=status))
    named = {"audit": "MA-26-01", "case": "MA-26-01-C1", "domain": "voice", "entry_id": 1,
             "file_id": audited.files["C1", "POL"], "finding_id": 1, "measure_id": 1,
             "standard_id": "voice"}  # fmt: skip
    otto.get("/account")
    before, forms = written(database), forms_of_cases(app)
    assert GOES_ON.keys() <= {endpoint for endpoint, _ in forms}
    refused = [endpoint for endpoint, _ in forms if endpoint not in GOES_ON]
    with app.test_request_context():
        addresses = {one: app.url_for(one, **_those(app, one, named)) for one in refused}
    assert len(addresses) > 20
    for endpoint, address in addresses.items():
        page = otto.post(address, {"text": "Typed long ago", "reason": "Why"})
        assert (endpoint, page.status, SAID in page.text) == (endpoint, 409, True)
    assert written(database) == before


def _those(app: Flask, endpoint: str, named: dict[str, Any]) -> dict[str, Any]:
    """Those of the values that the address of an endpoint has a place for."""
    rules = [one for one in app.url_map.iter_rules(endpoint) if "POST" in (one.methods or ())]
    return {name: named[name] for name in rules[0].arguments}


def test_what_was_typed_is_given_back_with_the_refusal(
    otto: Pages, database: Database, audited: Audited
) -> None:
    page = otto.get("/account")
    delete_cases(database, audited)
    address = f"/case-files/{audited.files['C1', 'POL']}/chronology"
    page = otto.post(address, {"month": "2026-03", "what": "A visit that I typed"})
    assert "A visit that I typed" in page.text


def test_a_concern_is_not_raised_and_whoever_tries_is_told_whom_to_tell(
    otto: Pages, database: Database, audited: Audited
) -> None:
    delete_cases(database, audited)
    otto.get("/account")
    page = otto.post(f"/case-files/{audited.files['C1', 'POL']}/concern", {"after": "1"})
    assert page.status == 409
    assert "No concern has been raised. Tell your agency’s safeguarding lead now." in page.text


def test_an_open_concern_is_closed_and_its_words_are_not_kept(
    otto: Pages, database: Database, audited: Audited
) -> None:
    delete_cases(database, audited)
    page = otto.get("/immediate-concerns/1")
    assert "what you write about it is not kept" in page.text
    form = {**page.form("/close"), "outcome": "Somebody saw the child"}
    for _ in range(2):  # pressed twice
        assert otto.post("/immediate-concerns/1/close", form).status == 303
    page = otto.get("/immediate-concerns/1")
    assert "Deleted when its time was over" in page.text
    assert "Somebody saw the child" not in page.text


def test_recommendations_and_their_actions_go_on(
    otto: Pages, database: Database, audited: Audited
) -> None:
    delete_cases(database, audited)
    place = f"{AUDIT}/recommendations"
    form = {**otto.get(place).form(place), "text": "Ask again"}
    assert otto.post(place, form).status == 303
    asked = {"agency": "POL", "what": "Change it", "post": "Head", "due_on-day": "30",
             "due_on-month": "9", "due_on-year": "2027"}  # fmt: skip
    form = {**otto.get(f"{place}/1").form("/actions"), **asked}
    assert otto.post(f"{place}/1/actions", form).status == 303


def test_a_cancelled_audit_is_not_planned_again_once_it_is_emptied(
    otto: Pages, database: Database, audited: Audited
) -> None:
    delete_cases(database, audited)
    with database.writing.begin() as session:
        session.execute(update(CaseAudit).values(status=CaseAuditStatus.CANCELLED))
    page = otto.get(AUDIT)
    assert "Put it back into the programme" not in page.text
    page = otto.post(f"{AUDIT}/steps/plan-again", {"plan-again-text": "Let us", "text": "Let us"})
    assert (page.status, SAID in page.text) == (409, True)


@pytest.mark.parametrize("who", ["Cara", "Olga", "Asif"])
def test_a_stranger_is_not_told_that_there_was_an_audit(
    pages: Pages, database: Database, cast: Cast, audited: Audited, who: str
) -> None:
    delete_cases(database, audited)
    pages.sign_in(cast[who]).get("/account")
    for address in (f"{AUDIT}/findings", f"{AUDIT}/sample/draw", f"{AUDIT}/open"):
        page = pages.post(address, {"text": "x"})
        assert (page.status in (403, 404), SAID in page.text) == (True, False)
