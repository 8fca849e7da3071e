"""A panel's pages: who reads them, what stands side by side, two who write at once, sign-off."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.permissions import Role
from s11audit.models import AgreedGrade, CaseAudit, Event, Membership, PanelMember
from s11audit.models.database import Database
from tests.case_audits import Audited, audit_with_files
from tests.cast import Cast
from tests.pages import Page, Pages
from tests.panels import agree_everything, opened_audit, signed_off_audit

CASES = "/case-audits/MA-26-01/cases"
CASE = f"{CASES}/MA-26-01-C1"
VOICE = f"{CASE}/voice"
WAYS_ON = ("grades", "findings", "recommendations", "measures", "case-audit.xlsx")
PANEL_PAGES = (CASES, CASE, VOICE, *(f"/case-audits/MA-26-01/{one}" for one in WAYS_ON))


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return opened_audit(session, cast)


@pytest.fixture
def otto(pages: Pages, audited: Audited) -> Pages:
    """The chair of the panel."""
    return pages.sign_in(audited["Otto"])


def sent(page: Page, **typed: str) -> dict[str, Any]:
    return {
        **page.form("/voice"),
        **{name.replace("__", "-"): text for name, text in typed.items()},
    }


def save(pages: Pages, page: Page, **typed: str) -> Page:
    return pages.post(VOICE, {**sent(page, **typed), "next": "later"})


def test_a_panel_member_reads_every_agency_side_by_side(otto: Pages) -> None:
    page = otto.get(VOICE)
    assert page.heading == "Voice of the child"
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert rows[:2] == [
        "Downshire Hospitals NHS Trust Weak A worker saw the child alone.",
        "Downshire Police Strong A worker saw the child alone.",
    ]
    assert "2 steps apart" in page.text


def test_no_involvement_is_named_and_left_out_of_counts(otto: Pages) -> None:
    page = otto.get(f"{CASES}/MA-26-01-C2")
    assert "Downshire Hospitals NHS Trust: no involvement" in page.text
    assert "Not known to us" in page.text
    assert "No involvement" in otto.get(f"{CASES}/MA-26-01-C2/voice").text
    grades = otto.get("/case-audits/MA-26-01/grades").text
    assert "Agencies’ files with involvement: 3/4" in grades
    assert "1/3 red, 0/3 amber, 2/3 green" in grades


def test_the_most_disagreement_comes_first(otto: Pages) -> None:
    rows = otto.get(CASE).soup.select("tbody tr")
    words = [row.get_text(" ", strip=True) for row in rows]
    assert words[0].startswith("Heard 2 steps apart")
    assert "One step apart" in words[1]


@pytest.mark.parametrize("who", ["Priya", "Asif", "Olga", "Silas", "Nell"])
def test_nobody_beside_the_panel_finds_its_pages(
    pages: Pages, cast: Cast, audited: Audited, who: str
) -> None:
    """Priya manages the partnership, but does not sit on this panel."""
    pages.sign_in(audited.people.get(who) or cast[who])
    for address in PANEL_PAGES:
        assert pages.get(address).status in (403, 404), address


def test_another_qa_member_of_the_partnership_finds_nothing(
    pages: Pages, database: Database, cast: Cast, audited: Audited
) -> None:
    with database.writing.begin() as session:
        session.query(PanelMember).filter_by(user_id=cast["Mo"].user_id).delete()
    pages.sign_in(cast["Mo"])
    assert {pages.get(address).status for address in PANEL_PAGES} == {404}


def test_before_the_panel_is_open_nobody_reads_anything(
    pages: Pages, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        people = audit_with_files(session, cast).people
    for who in (people["Otto"], people["Juno"], cast["Mo"], cast["Priya"]):
        pages.sign_in(who)
        assert {pages.get(address).status for address in PANEL_PAGES} <= {403, 404}


def test_every_look_is_remembered_as_the_audits(
    otto: Pages, database: Database, audited: Audited
) -> None:
    otto.get(VOICE)
    otto.get(CASES)
    with database.reading() as session:
        looks = session.scalars(select(Event).where(Event.kind == "seen").order_by(Event.id)).all()
    assert [look.subject for look in looks] == ["case MA-26-01-C1", "case audit MA-26-01"]
    assert {(look.partnership_id is not None, look.agency_id) for look in looks} == {(True, None)}


def test_a_grade_is_agreed_with_its_reasons(otto: Pages, database: Database) -> None:
    page = otto.get(VOICE)
    answer = save(otto, page, heard__level="uneven", heard__reasons="Heard once", note__text="Said")
    assert answer.location == CASE
    page = otto.get(VOICE)
    assert page.form("/voice")["heard-level"] == "uneven"
    assert page.form("/voice")["note-text"] == "Said"
    assert "Strong" in page.text
    assert "Weak" in page.text


def test_a_grade_without_reasons_comes_back_with_everything_typed(otto: Pages) -> None:
    page = save(otto, otto.get(VOICE), heard__level="uneven", note__text="A long talk")
    assert page.status == 422
    assert page.errors == {"heard-reasons": "Say why the panel agreed this grade"}
    assert page.form("/voice")["heard-level"] == "uneven"
    assert page.form("/voice")["note-text"] == "A long talk"
    again = otto.post(VOICE, {**page.form("/voice"), "heard-reasons": "Now with reasons"})
    assert again.location


@pytest.mark.parametrize("page", ["recommendations", "measures", "re-audit"])
def test_what_an_audit_taught_leads_back_to_the_audit(
    pages: Pages, database: Database, cast: Cast, page: str
) -> None:
    with database.writing.begin() as session:
        signed_off_audit(session, cast)
    shown = pages.sign_in(cast["Priya"]).get(f"/case-audits/MA-26-01/{page}")
    links = [one["href"] for one in shown.soup.select(".govuk-breadcrumbs__link")]
    assert links == ["/case-audits", "/case-audits/MA-26-01"]


def test_the_cases_of_a_panel_lead_back_to_the_panels(otto: Pages) -> None:
    assert otto.get(CASES).soup.select_one(".govuk-breadcrumbs__link[href='/panels']")


def test_two_members_who_write_at_once_see_both_texts(
    otto: Pages, app: Any, database: Database, cast: Cast, audited: Audited
) -> None:
    mo = Pages(app, database).sign_in(cast["Mo"])
    first, second = otto.get(VOICE), mo.get(VOICE)
    save(
        otto, first, heard__level="uneven", heard__reasons="First reasons", note__text="First words"
    )
    page = save(
        mo, second, heard__level="weak", heard__reasons="Second reasons", note__text="Second words"
    )
    assert page.status == 409
    for text in ("First reasons", "Second reasons", "First words", "Second words"):
        assert text in page.text
    undecided = mo.post(VOICE, page.form("/voice"))
    assert undecided.status == 409
    assert "Choose which to keep for “Heard”" in undecided.errors.values()
    fields = undecided.form("/voice") | {"heard-keep": "mine", "note-keep": "theirs"}
    assert mo.post(VOICE, fields).location == CASE
    kept = mo.get(VOICE).form("/voice")
    assert (kept["heard-reasons"], kept["note-text"]) == ("Second reasons", "First words")


def test_a_young_panellist_reads_and_does_not_agree(pages: Pages, audited: Audited) -> None:
    pages.sign_in(audited["Juno"])
    page = pages.get(VOICE)
    assert "Weak" in page.text
    assert not page.soup.select("main form")
    assert pages.post(VOICE, {"heard-level": "weak", "heard-reasons": "x"}).status == 403
    assert pages.post("/case-audits/MA-26-01/sign-off").status == 403


def test_a_panel_is_told_what_still_lacks_a_grade_and_signs_off_when_nothing_does(
    otto: Pages, database: Database, audited: Audited
) -> None:
    page = otto.get(CASES)
    assert "7 questions still lack an agreed grade" in page.text
    refused = otto.post("/case-audits/MA-26-01/sign-off")
    assert refused.status == 409
    assert "Nothing was signed off" in refused.text
    with database.writing.begin() as session:
        agree_everything(session, audited)
    answer = otto.post("/case-audits/MA-26-01/sign-off", otto.get(CASES).form("/sign-off"))
    assert answer.location == CASES
    with database.reading() as session:
        held = session.scalars(select(CaseAudit)).one()
        assert held.status is CaseAuditStatus.AGREED
        assert held.signed_off_at is not None


def test_what_is_typed_after_sign_off_is_given_back(
    otto: Pages, database: Database, audited: Audited
) -> None:
    page = otto.get(VOICE)
    with database.writing.begin() as session:
        agree_everything(session, audited)
    otto.post("/case-audits/MA-26-01/sign-off", otto.get(CASES).form("/sign-off"))
    late = save(otto, page, heard__level="weak", heard__reasons="Too late", note__text="Words")
    assert late.status == 409
    assert late.heading == "Your changes were not saved"
    assert "Too late" in late.text
    assert "Words" in late.text
    with database.reading() as session:
        reasons = session.scalars(select(AgreedGrade.reasons)).all()
    assert "Too late" not in reasons
    assert not otto.get(VOICE).soup.select("main form")


def test_each_agency_sees_agreed_grades_beside_its_own_after_sign_off_and_no_others(
    pages: Pages, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        audited = signed_off_audit(session, cast)
    police = f"/case-files/{audited.files['C1', 'POL']}/agreed"
    for who in (cast["Asif"], audited["Silas"]):
        text = pages.sign_in(who).get(police).text
        assert "Agreed grade Uneven Why uneven" in text
        assert "Your own grade Strong (the agreed grade is worse)" in text
        assert "Weak (the" in text
        assert "Hospitals" not in text
    for who in (cast["Cara"], audited["Nell"], cast["Dana"]):
        assert pages.sign_in(who).get(police).status == 404
    hospital = f"/case-files/{audited.files['C2', 'HOSP']}/agreed"
    assert "had no involvement" in pages.sign_in(cast["Cara"]).get(hospital).text


def test_agencies_see_no_agreed_grades_before_sign_off(
    pages: Pages, cast: Cast, audited: Audited
) -> None:
    address = f"/case-files/{audited.files['C1', 'POL']}/agreed"
    for who in (cast["Asif"], audited["Silas"]):
        assert pages.sign_in(who).get(address).status == 404


def test_somebody_whose_role_no_longer_sits_on_panels_reads_nothing(
    pages: Pages, database: Database, cast: Cast, audited: Audited
) -> None:
    with database.writing.begin() as session:
        held = session.scalars(
            select(Membership).where(Membership.user_id == audited["Otto"].user_id)
        ).one()
        held.role = Role.EDUCATION_REVIEWER
    assert pages.sign_in(audited["Otto"]).get(CASES).status == 403
