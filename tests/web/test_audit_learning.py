"""Findings, recommendations, their actions, measures and the re-audit, on their pages."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from s11audit.domain.cases import CaseAuditStatus
from s11audit.models import Action, CaseAudit, Finding, OutgoingMail, Recommendation
from s11audit.models.database import Database
from tests.case_audits import Audited
from tests.cast import Cast
from tests.pages import Pages
from tests.panels import opened_audit, signed_off_audit
from tests.web.test_case_files import mailing

__all__ = ["mailing"]

AUDIT = "/case-audits/MA-26-01"
FINDINGS, RECOMMENDATIONS = f"{AUDIT}/findings", f"{AUDIT}/recommendations"
MEASURES, RE_AUDIT = f"{AUDIT}/measures", f"{AUDIT}/re-audit"
LEARNING = {"kind": "learning", "text": "Fathers were not asked", "standard_id": "voice"}
OF_A_CASE = {"kind": "good-practice", "text": "A drawing", "case": "MA-26-01-C1", "theme": "Play"}
ACTION = {"agency": "POL", "what": "Change the form", "post": "Head of forms",
          "due_on-day": "30", "due_on-month": "9", "due_on-year": "2026"}  # fmt: skip
BY_HAND = {"title": "Plans", "counted_of": "by-hand", "part": "3", "whole": "25"}


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    """Signed off: held, and not reported yet."""
    with database.writing.begin() as session:
        return signed_off_audit(session, cast)


@pytest.fixture
def otto(pages: Pages, audited: Audited) -> Pages:
    return pages.sign_in(audited["Otto"])


def add(pages: Pages, place: str, fields: dict[str, Any]) -> None:
    answer = pages.post(place, {**pages.get(place).form(place), **fields})
    assert answer.location == place, answer.errors


def recommend(pages: Pages) -> str:
    """The address of a new recommendation."""
    add(pages, RECOMMENDATIONS, {"text": "Ask after fathers"})
    return f"{RECOMMENDATIONS}/1"


def set_status(database: Database, status: CaseAuditStatus) -> None:
    with database.writing.begin() as session:
        session.scalars(select(CaseAudit)).one().status = status


def test_a_finding_of_one_case_is_marked_and_stays_with_the_panel(
    otto: Pages, cast: Cast, audited: Audited
) -> None:
    add(otto, FINDINGS, LEARNING)
    add(otto, FINDINGS, OF_A_CASE)
    page = otto.get(FINDINGS)
    assert "Learning: Voice of the child" in page.text
    assert "About one case MA-26-01-C1. Only the panel reads it." in page.text
    assert "A drawing" in otto.get(f"{AUDIT}/cases/MA-26-01-C1").text
    manager = otto.sign_in(cast["Priya"])
    text = manager.get(RECOMMENDATIONS).text
    assert "Fathers were not asked" in text
    assert "A drawing" not in text
    assert manager.get(FINDINGS).status == 404


def test_a_finding_without_its_kind_comes_back_as_typed(otto: Pages) -> None:
    otto.get(FINDINGS)
    page = otto.post(FINDINGS, {**LEARNING, "kind": ""})
    assert page.status == 422
    assert page.errors == {"kind": "Say whether this is good practice or learning"}
    assert page.form(FINDINGS)["text"] == "Fathers were not asked"


def test_two_who_change_a_finding_at_once_lose_nothing(otto: Pages, database: Database) -> None:
    add(otto, FINDINGS, LEARNING)
    place = f"{FINDINGS}/1"
    first = otto.get(place).form(place)
    assert otto.post(place, {**first, "text": "Changed first"}).location == FINDINGS
    late = otto.post(place, {**first, "text": "Changed second"})
    assert late.status == 409
    assert "Changed second" in late.text
    assert late.form(place)["text"] == "Changed first"
    assert otto.post(f"{place}/delete", otto.get(place).form("/delete")).location == FINDINGS
    with database.reading() as session:
        assert session.scalars(select(Finding)).all() == []


def test_a_manager_asks_an_agency_for_an_action_which_it_finds_among_its_own(
    otto: Pages, cast: Cast, database: Database
) -> None:
    place = recommend(otto)
    otto.sign_in(cast["Priya"])
    page = otto.get(place)
    answer = otto.post(f"{place}/actions", {**page.form("/actions"), **ACTION})
    assert answer.location == place
    assert "Action MA-26-01-A1 : Downshire Police" in otto.get(place).text
    assert "Change the form" in otto.get("/actions?source=recommendation").text
    assert "No action matches" in otto.get("/actions?source=answer").text
    lead = otto.sign_in(cast["Asif"])
    assert "Change the form" in lead.get("/actions").text
    page = lead.get("/actions/MA-26-01-A1")
    assert "A recommendation of the case audit “Help for infants” (MA-26-01)" in page.text
    assert "Ask after fathers" in page.text
    assert not [one for one in page.soup.select("main a") if AUDIT in str(one["href"])]
    fields = page.form("/claim-complete") | {"claim-complete-text": "Fathers come now"}
    assert lead.post("/actions/MA-26-01-A1/steps/claim-complete", fields).status == 303
    member = lead.sign_in(cast["Mo"])
    page = member.get("/actions/MA-26-01-A1")
    assert [one for one in page.soup.select("main a") if place in str(one["href"])]
    fields = page.form("/verify") | {"verify-text": "We saw it"}
    assert member.post("/actions/MA-26-01-A1/steps/verify", fields).status == 303
    assert "Actions verified: 1/1" in member.get(RECOMMENDATIONS).text
    with database.reading() as session:
        assert session.scalars(select(Action)).one().impact == "Fathers come now"


def test_an_action_that_lacks_something_comes_back_as_typed(otto: Pages) -> None:
    place = recommend(otto)
    page = otto.post(f"{place}/actions", {**ACTION, "agency": "", "due_on-month": "13"})
    assert page.status == 422
    assert "due_on" in page.errors
    assert page.form("/actions")["what"] == "Change the form"


def test_a_recommendation_with_an_action_is_not_deleted(otto: Pages, database: Database) -> None:
    place = recommend(otto)
    otto.post(f"{place}/actions", ACTION)
    assert otto.post(f"{place}/delete").status == 409
    with database.reading() as session:
        assert session.scalars(select(Recommendation)).one()


def test_once_reported_what_was_found_stays_and_what_was_typed_is_given_back(
    otto: Pages, database: Database
) -> None:
    add(otto, FINDINGS, LEARNING)
    set_status(database, CaseAuditStatus.REPORTED)
    late = otto.post(FINDINGS, {**LEARNING, "text": "Too late"})
    assert late.status == 409
    assert "Too late" in late.text
    assert not otto.get(FINDINGS).soup.select("main form")
    assert not otto.get(f"{FINDINGS}/1").soup.select("main form")


def test_a_measure_is_counted_and_told_with_its_sample(otto: Pages) -> None:
    fields = {"title": "Heard", "counted_of": "case-files", "answer": "voice.heard strong"}
    add(otto, MEASURES, fields)
    text = otto.get(MEASURES).text
    assert "67% (2/3)" in text
    assert "No comparator" in text
    assert "Small sample: one more or one fewer of 3 moves it by 33.3 points." in text
    page = otto.post(MEASURES, {"title": "x", "counted_of": "by-hand", "part": "four"})
    assert page.errors == {"part": "Enter a whole number, such as 14"}
    otto.post(f"{MEASURES}/1/delete")
    assert "Nothing is measured yet" in otto.get(MEASURES).text


def test_a_panel_chair_who_does_not_run_audits_is_told_who_counts_measures(
    otto: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        audit = session.scalars(select(CaseAudit).where(CaseAudit.reference == "MA-26-01")).one()
        audit.chair_id = cast["Mo"].user_id
        audit.status = CaseAuditStatus.AGREED
    page = otto.sign_in(cast["Mo"]).get(MEASURES)
    assert not page.soup.select("main form")
    assert "managers and the chair of its QA subgroup count measures" in page.text


def test_a_re_audit_is_planned_once_the_audit_is_reported(
    otto: Pages, cast: Cast, database: Database
) -> None:
    otto.sign_in(cast["Priya"])
    add(otto, MEASURES, BY_HAND)
    assert "once this audit is marked as reported" in otto.get(RE_AUDIT).text
    set_status(database, CaseAuditStatus.REPORTED)
    wanted = {"planned_on-month": "4", "planned_on-year": "2028"}
    assert otto.post(RE_AUDIT, {}).errors == {"planned_on": "Enter the month of the re-audit"}
    add(otto, RE_AUDIT, wanted)
    assert "planned for April 2028" in otto.get(RE_AUDIT).text
    assert otto.post(RE_AUDIT, wanted).status == 409
    with database.writing.begin() as session:
        following = session.scalars(
            select(CaseAudit).where(CaseAudit.reference == "MA-28-01")
        ).one()
        following.status = CaseAuditStatus.REPORTED
    again = "/case-audits/MA-28-01/measures"
    assert "measured these, too" in otto.get(again).text
    add(otto, again, {**BY_HAND, "part": "14", "whole": "24"})
    text = otto.get(again).text
    assert "12% (3/25) → 58% (14/24)" in text
    assert "↑ up" in text


@pytest.mark.parametrize("who", ["Asif", "Olga", "Silas"])
def test_agencies_and_other_partnerships_see_nothing_of_what_an_audit_taught(
    pages: Pages, cast: Cast, audited: Audited, who: str
) -> None:
    pages.sign_in(audited.people.get(who) or cast[who])
    for place in (FINDINGS, RECOMMENDATIONS, MEASURES, RE_AUDIT):
        assert pages.get(place).status in (403, 404), place


def test_while_the_panel_is_open_only_it_sees_what_it_recommends(
    pages: Pages, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        audited = opened_audit(session, cast)
    assert pages.sign_in(cast["Priya"]).get(RECOMMENDATIONS).status == 404
    assert pages.post(MEASURES, BY_HAND).status == 404
    assert pages.sign_in(audited["Otto"]).get(RECOMMENDATIONS).status == 200


@pytest.mark.usefixtures("mailing")
def test_an_action_is_told_to_the_agencys_lead_with_a_link_to_it(
    otto: Pages, database: Database, cast: Cast
) -> None:
    place = recommend(otto)
    answer = otto.post(f"{place}/actions", {**otto.get(place).form("/actions"), **ACTION})
    assert "Its leads are being told by e-mail" in otto.get(answer.location).text
    with database.reading() as session:
        mail = session.scalars(select(OutgoingMail)).one()
        link = next(line for line in mail.text.splitlines() if line.startswith("http"))
    page = otto.sign_in(cast["Asif"]).get("/" + link.split("/", 3)[3])
    assert (page.status, "MA-26-01-A1" in page.text) == (200, True)
