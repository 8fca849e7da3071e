"""The programme of case audits, and an audit from its plan until agencies are asked."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from s11audit.domain.cases import CaseAuditStatus
from s11audit.models import (
    AnswerSheet,
    AuditCase,
    CaseAudit,
    CaseFile,
    CohortEntry,
    Event,
    OutgoingMail,
    User,
)
from s11audit.models.database import Database
from tests.case_audits import AUDIT, MORNING, Audited, audit_with_files
from tests.cast import Cast
from tests.pages import Page, Pages

PLAN: dict[str, Any] = {
    "title": "Help for infants",
    "reference": "MA-26-07",
    "kind": "thematic",
    "theme": "Non-accidental injury under two",
    "questionnaire": "small-case/1",
    "cases_wanted": "3",
    "files_due_on-day": "1",
    "files_due_on-month": "3",
    "files_due_on-year": "2097",
    "chair_id": "",
}
LIST = "Ref\tAge\nEH-001\t0 to 4\nEH-002\t0 to 4\nEH-003\t5 to 9\nEH-004\t5 to 9\nEH-005\t5 to 9"
ADDRESS = "/case-audits/MA-26-07"


@pytest.fixture
def priya(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Priya"])


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return audit_with_files(session, cast)


def stored(database: Database, reference: str = "MA-26-07") -> CaseAudit:
    with database.reading() as session:
        return session.scalars(select(CaseAudit).where(CaseAudit.reference == reference)).one()


def plan(priya: Pages, **changes: Any) -> Page:
    month = priya.get("/case-audits/new").form("/new?partnership=DOWN")["planned_on"]
    sent = PLAN | {"planned_on": month} | changes
    return priya.post("/case-audits/new?partnership=DOWN", sent)


def keep(priya: Pages, text: str, **more: str) -> Page:
    priya.get(f"{ADDRESS}/sample/list")
    page = priya.post(f"{ADDRESS}/sample/list", {"text": text, "how": "replace", **more})
    assert page.heading == "Check the list before you keep it", page.text
    return priya.post(f"{ADDRESS}/sample/list/confirm", page.form("/confirm"))


def drawn(priya: Pages) -> None:
    """An audit with its cases drawn, spread over age bands."""
    plan(priya)
    priya.post(f"{ADDRESS}/steps/commission")
    keep(priya, LIST)
    page = priya.get(f"{ADDRESS}/sample/draw?by=age-band")
    priya.post(f"{ADDRESS}/sample/draw?by=age-band", page.form("&by=age-band"))


def test_without_an_audit_the_page_says_what_to_do(priya: Pages, cast: Cast) -> None:
    page = priya.get("/case-audits")
    assert "No case audit is planned yet" in page.text
    assert page.soup.select_one("ol a[href='/case-audits/new']")
    page = priya.sign_in(cast["Mo"]).get("/case-audits")
    assert not page.soup.select_one("a[href='/case-audits/new']")


def test_a_name_in_a_plan_is_asked_about_and_an_nhs_number_is_never_kept(
    priya: Pages, database: Database
) -> None:
    page = plan(priya, theme="What Joshua Smith needed")
    assert "a name" in page.errors["theme"]
    assert "an NHS number" in plan(priya, theme="NHS number 943 476 5919").errors["theme"]
    with database.reading() as session:
        assert not session.scalars(select(CaseAudit)).all()
        events = session.scalars(select(Event).where(Event.kind.startswith("identifier"))).all()
    assert {event.detail["box"] for event in events} == {"theme"}
    assert "Joshua" not in str([event.detail for event in events])
    plan(priya)
    page = priya.post(f"{ADDRESS}/steps/cancel", {"cancel-text": "Joshua Smith has moved away"})
    assert "cancel-text" in page.errors


def test_all_that_is_wrong_with_a_plan_is_told_at_once_and_nothing_typed_is_lost(
    priya: Pages,
) -> None:
    dates = {
        "period_from": ("1", "4", "2026"), "period_to": ("1", "3", "2026"),
        "files_due_on": ("31", "2", "2026"),
    }  # fmt: skip
    ends = ("day", "month", "year")
    typed = {
        f"{name}-{end}": part
        for name, parts in dates.items()
        for end, part in zip(ends, parts, strict=True)
    }
    theme = "What Joshua Smith needed. NHS number 943 476 5919"
    page = plan(priya, title="Sarah Jones", theme=theme, cases_wanted="many", **typed)
    assert page.status == 422
    assert set(page.errors) == {"title", "theme", "cases_wanted", "period_to", "files_due_on"}
    assert page.errors["period_to"] == "The last day of the period is before its first"
    assert page.errors["theme"].startswith("Take this out: an NHS number")
    held = page.form("/new?partnership=DOWN")
    assert (held["theme"], held["files_due_on-day"]) == (theme, "31")


def test_a_reference_is_proposed_that_no_audit_of_the_installation_has(
    priya: Pages, cast: Cast, database: Database
) -> None:
    first = priya.get("/case-audits/new").form("/new?partnership=DOWN")["reference"]
    assert plan(priya, reference=first).location == f"/case-audits/{first}"
    second = priya.get("/case-audits/new").form("/new?partnership=DOWN")["reference"]
    assert (first[-3:], second[-3:]) == ("-01", "-02")
    olga = priya.sign_in(cast["Olga"])
    assert "FAR" in olga.get("/case-audits/new").form("/new?partnership=FAR")["reference"]
    taken = olga.post(
        "/case-audits/new?partnership=FAR",
        PLAN | {"reference": first, "planned_on": _month(olga)},
    )
    assert "reference" in taken.errors


def _month(pages: Pages) -> str:
    return str(pages.get("/case-audits/new").form("/new?partnership=FAR")["planned_on"])


def test_nothing_typed_is_lost_where_a_plan_is_refused(priya: Pages) -> None:
    page = plan(priya, cases_wanted="many", reference="ma 26", kind="thematic")
    assert page.status == 422
    assert "cases_wanted" in page.errors
    held = page.form("/new?partnership=DOWN")
    assert (held["cases_wanted"], held["theme"]) == ("many", PLAN["theme"])
    assert "reference" in plan(priya, reference="MA/26").errors


def test_an_audit_goes_from_its_plan_to_agencies(
    priya: Pages, database: Database, cast: Cast, with_mail: None
) -> None:
    assert plan(priya).location == ADDRESS
    assert "Commission the audit" in priya.get(ADDRESS).text
    priya.post(f"{ADDRESS}/steps/commission")
    page = priya.get(ADDRESS)
    assert page.soup.select_one(f"a.govuk-button[href='{ADDRESS}/sample/list']")
    keep(priya, LIST)
    page = priya.get(f"{ADDRESS}/sample/draw?by=age-band")
    assert "0 to 4: 2 in the list" in page.text
    sent = page.form("&by=age-band")
    assert sorted(v for k, v in sent.items() if k.startswith("cases-")) == ["1", "2"]
    assert priya.post(f"{ADDRESS}/sample/draw?by=age-band", sent).location == f"{ADDRESS}/sample"
    page = priya.get(f"{ADDRESS}/sample")
    assert "MA-26-07-C3" in page.text
    assert sent["seed"] in page.text
    priya.get(f"{ADDRESS}/agencies")
    ids = [cast.agencies["POL"], cast.agencies["HOSP"]]
    assert priya.post(f"{ADDRESS}/agencies", {"agencies": ids}).location == ADDRESS
    page = priya.get(ADDRESS)
    assert "6 of 6 files are not finished" in page.text
    assert "No auditor yet" in page.text
    with database.reading() as session:
        mails = session.scalars(select(OutgoingMail)).all()
        assert {mail.recipient for mail in mails} == {"asif@example.org", "cara@example.org"}
        assert all("/case-files" in mail.text for mail in mails)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("943 476 5919", "NHS number"),
        ("9434765919", "NHS number"),
        ("EH-12-03-2014", "date"),
        ("Jo Smith", "like a name"),
        ("a.b@example.org", "e-mail address"),
        ("EH-001\t12/03/2014", "date"),
        ("X" * 21 + "1", "longer than"),
        ("EH-001\nEH-001", "same as line 2"),
        ("07700 900123", "telephone number"),
    ],
)
def test_a_line_that_may_tell_who_a_child_is_is_refused_with_its_number_and_nothing_is_lost(
    priya: Pages, database: Database, line: str, told: str
) -> None:
    plan(priya)
    priya.post(f"{ADDRESS}/steps/commission")
    priya.get(f"{ADDRESS}/sample/list")
    text = f"EH-100\n{line}"
    page = priya.post(f"{ADDRESS}/sample/list", {"text": text, "how": "replace"})
    assert page.status == 422
    assert told in page.text
    assert page.soup.select_one("td[data-label='Line']").text in {"2", "3"}
    assert page.form("/sample/list")["text"] == text
    with database.reading() as session:
        assert not session.scalars(select(CohortEntry)).all()


def test_a_list_comes_from_a_file_and_can_be_added_to(priya: Pages, database: Database) -> None:
    plan(priya)
    priya.post(f"{ADDRESS}/steps/commission")
    priya.get(f"{ADDRESS}/sample/list")
    sent = {
        "file": (BytesIO(b"Reference;Team\r\nA1;North\r\nA2;\r\n"), "list.csv"),
        "how": "replace",
    }
    page = priya.post(f"{ADDRESS}/sample/list", sent, content_type="multipart/form-data")
    assert "Not given: 1" in page.text
    priya.post(f"{ADDRESS}/sample/list/confirm", page.form("/confirm"))
    page = priya.post(f"{ADDRESS}/sample/list", {"text": "A2\nA3", "how": "add"})
    assert "in the list already" in page.text
    page = priya.post(f"{ADDRESS}/sample/list", {"text": "A3", "how": "add"})
    assert "1 reference would be added to 2" in page.text
    priya.post(f"{ADDRESS}/sample/list/confirm", page.form("/confirm"))
    with database.reading() as session:
        found = session.scalars(select(CohortEntry.local_reference)).all()
        assert list(found) == ["A1", "A2", "A3"]


def test_what_was_not_shown_is_not_kept(priya: Pages) -> None:
    plan(priya)
    priya.post(f"{ADDRESS}/steps/commission")
    priya.get(f"{ADDRESS}/sample/list")
    page = priya.post(f"{ADDRESS}/sample/list", {"text": "A1", "how": "replace"})
    sent = page.form("/confirm") | {"text": "A1\nA2"}
    assert priya.post(f"{ADDRESS}/sample/list/confirm", sent).status == 422


def test_another_number_of_cases_than_wanted_is_drawn_only_knowingly(
    priya: Pages, database: Database
) -> None:
    plan(priya)
    priya.post(f"{ADDRESS}/steps/commission")
    keep(priya, LIST)
    sent = priya.get(f"{ADDRESS}/sample/draw").form("/draw?by=all")
    cases = next(name for name in sent if name.startswith("cases-"))
    page = priya.post(f"{ADDRESS}/sample/draw", sent | {cases: "2"})
    assert page.errors == {cases: "This is 2 in all, but 3 cases are wanted"}
    assert page.form("/draw?by=all")[cases] == "2"
    page = priya.post(f"{ADDRESS}/sample/draw", sent | {cases: "-1"})
    assert "whole numbers" in page.errors[cases]
    done = priya.post(f"{ADDRESS}/sample/draw", sent | {cases: "2", "differs": "y"})
    assert done.location == f"{ADDRESS}/sample"


def test_a_case_is_set_aside_and_a_reserve_takes_its_place(priya: Pages) -> None:
    drawn(priya)
    address = f"{ADDRESS}/sample/MA-26-07-C1/set-aside"
    assert "reason" in priya.post(address, {"reason": " "}).errors
    assert priya.post(address, {"reason": "With a court"}).location == f"{ADDRESS}/sample"
    page = priya.get(f"{ADDRESS}/sample")
    assert "Set aside: With a court" in page.text
    assert priya.get(f"{ADDRESS}/sample/MA-26-01-C1/set-aside").status == 404


def test_once_commissioned_only_dates_and_chair_can_change(
    priya: Pages, database: Database, cast: Cast
) -> None:
    plan(priya)
    sent = priya.get(f"{ADDRESS}/plan").form("/plan")
    priya.post(f"{ADDRESS}/plan", sent | {"title": "Infants"})
    assert stored(database).title == "Infants"
    stale = priya.post(f"{ADDRESS}/plan", sent | {"title": "Older"})
    assert "Somebody else changed this audit" in stale.text
    priya.post(f"{ADDRESS}/steps/commission")
    sent = priya.get(f"{ADDRESS}/plan").form("/plan")
    assert "title" not in sent
    sent |= {"title": "Sneaked in", "chair_id": str(cast["Mo"].user_id)}
    priya.post(f"{ADDRESS}/plan", sent)
    assert (stored(database).title, stored(database).chair_id) == ("Infants", cast["Mo"].user_id)


def test_dates_need_a_reason_once_agencies_are_asked(
    priya: Pages, database: Database, audited: Audited
) -> None:
    sent = priya.get(f"/case-audits/{AUDIT}/plan").form("/plan")
    sent |= {"files_due_on-day": "5"}
    assert "reason" in priya.post(f"/case-audits/{AUDIT}/plan", sent).errors
    priya.post(f"/case-audits/{AUDIT}/plan", sent | {"reason": "Half-term"})
    assert stored(database, AUDIT).dates_reason == "Half-term"
    assert "Half-term" in priya.get(f"/case-audits/{AUDIT}").text


def test_a_cancelled_audit_stays_in_the_programme_with_its_reason(
    priya: Pages, database: Database
) -> None:
    plan(priya)
    assert "cancel-text" in priya.post(f"{ADDRESS}/steps/cancel").errors
    priya.post(f"{ADDRESS}/steps/cancel", {"cancel-text": "The police have no capacity"})
    page = priya.get("/case-audits")
    assert "The police have no capacity" in page.text
    assert "Cancelled, not counted 1" in page.text
    priya.post(f"{ADDRESS}/steps/plan-again", {"plan-again-text": "They have now"})
    assert stored(database).status is CaseAuditStatus.PLANNED


def test_what_agencies_have_begun_is_not_put_back_into_the_programme(
    priya: Pages, database: Database, audited: Audited
) -> None:
    address = f"/case-audits/{AUDIT}/steps"
    priya.get(f"/case-audits/{AUDIT}")
    priya.post(f"{address}/cancel", {"cancel-text": "No"})
    again = priya.post(f"{address}/plan-again", {"plan-again-text": "Yes"})
    assert again.status == 409
    assert stored(database, AUDIT).status is CaseAuditStatus.CANCELLED


def test_what_the_steering_group_was_told_can_change_at_any_time(
    priya: Pages, database: Database, audited: Audited
) -> None:
    address = f"/case-audits/{AUDIT}/steering-group"
    priya.get(address)
    assert "told_on" in priya.post(address, {"told": "It is late"}).errors
    day = {"told_on-day": "3", "told_on-month": "3", "told_on-year": "2026"}
    priya.post(address, {"told": "It is late", **day})
    assert "On 3 March 2026: It is late" in priya.get(f"/case-audits/{AUDIT}").text


def test_the_programme_of_a_year_is_a_workbook_and_a_list(priya: Pages) -> None:
    plan(priya, title="=cmd()")
    priya.post(f"{ADDRESS}/steps/cancel", {"cancel-text": "No capacity"})
    response = priya.client.get("/case-audits/programme.xlsx")
    sheet = load_workbook(BytesIO(response.data))["Programme"]
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "No capacity" in cells
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    listed = priya.client.get("/case-audits/programme.csv").get_data(as_text=True)
    assert "MA-26-07" in listed
    assert "\n=cmd" not in listed


def test_the_panel_opens_once_its_people_are_chosen(
    priya: Pages, database: Database, audited: Audited, cast: Cast
) -> None:
    page = priya.get(f"/case-audits/{AUDIT}/open")
    assert "Downshire Police: 0/2 finished, 2 not finished" in page.text
    assert "reason" in priya.post(f"/case-audits/{AUDIT}/open").errors
    with database.writing.begin() as session:
        for sheet in session.scalars(select(AnswerSheet)):
            sheet.finished_at = MORNING
        session.get_one(CaseFile, audited.files["C1", "HOSP"]).no_involvement_at = MORNING
    page = priya.get(f"/case-audits/{AUDIT}")
    assert "Every file is finished" in page.text
    assert "3/3" in page.text
    assert "No involvement, not counted 1" in page.text
    assert "reason" not in priya.get(f"/case-audits/{AUDIT}/open").form("/open")
    priya.post(f"/case-audits/{AUDIT}/open")
    assert stored(database, AUDIT).status is CaseAuditStatus.PANEL
    with database.reading() as session:
        assert all(sheet.opened_at for sheet in session.scalars(select(AnswerSheet)))


def open_early(priya: Pages) -> Page:
    """Press the button that opens the panel, and see the page that follows."""
    typed = {"reason": "The panel meets today"}
    form = priya.get(f"/case-audits/{AUDIT}/open").form("/open")
    assert priya.post(f"/case-audits/{AUDIT}/open", form | typed).status == 303
    page = priya.get(f"/case-audits/{AUDIT}")
    assert priya.post(f"/case-audits/{AUDIT}/open", form | typed).status == 409, "pressed twice"
    return page


@pytest.mark.usefixtures("audited", "with_mail")
def test_whoever_opens_the_panel_reads_that_it_is_told_and_how_many_are(
    priya: Pages, database: Database
) -> None:
    assert "They are told by e-mail" in priya.get(f"/case-audits/{AUDIT}/open").text
    page = open_early(priya)
    told = page.soup.select_one(".govuk-notification-banner")
    assert told is not None
    assert "3 people of the panel are told by e-mail." in told.get_text()
    assert "Its members and its chair are told by e-mail" in page.text
    with database.reading() as session:
        mails = session.scalars(select(OutgoingMail)).all()
    assert {mail.recipient for mail in mails} == {
        "juno@example.org",
        "mo@example.org",
        "otto@example.org",
    }
    assert len(mails) == 3
    assert all(f"/case-audits/{AUDIT}/cases\n" in mail.text for mail in mails)


@pytest.mark.usefixtures("audited")
def test_where_no_mail_leaves_whoever_opens_the_panel_is_asked_to_tell_it(
    priya: Pages, database: Database
) -> None:
    page = open_early(priya)
    assert "No e-mail leaves this service, so tell its members" in page.text
    with database.reading() as session:
        assert session.scalars(select(OutgoingMail)).all() == []


def test_the_panel_is_chosen_from_people_of_the_partnership(
    priya: Pages, database: Database, audited: Audited, cast: Cast
) -> None:
    address = f"/case-audits/{AUDIT}/panel-members"
    page = priya.get(address)
    assert "Juno (Young panellist)" in page.text
    assert "Asif" not in page.text
    priya.post(address, {"members": [str(cast["Asif"].user_id), str(cast["Mo"].user_id), "x"]})
    page = priya.get(f"/case-audits/{AUDIT}")
    assert "Panel Mo; Otto" in page.text


def test_the_page_tells_how_far_files_are_and_never_what_they_say(
    priya: Pages, database: Database, audited: Audited
) -> None:
    with database.writing.begin() as session:
        file = session.get_one(CaseFile, audited.files["C1", "POL"])
        file.no_involvement_reason = "A secret reason"
        file.no_involvement_at = MORNING
    page = priya.get(f"/case-audits/{AUDIT}")
    assert "No involvement" in page.text
    assert "A secret reason" not in page.text
    assert "L001" not in page.text


@pytest.mark.parametrize("who", ["Olga"])
def test_another_partnerships_audit_is_not_found(
    pages: Pages, cast: Cast, audited: Audited, who: str
) -> None:
    olga = pages.sign_in(cast[who])
    assert AUDIT not in olga.get("/case-audits").text
    for end in ("", "/plan", "/sample", "/sample/list", "/sample/draw", "/agencies", "/open",
                "/panel-members", "/steering-group", "/sample/MA-26-01-C1/set-aside"):  # fmt: skip
        assert olga.get(f"/case-audits/{AUDIT}{end}").status == 404
    assert olga.post(f"/case-audits/{AUDIT}/steps/cancel", {"cancel-text": "x"}).status == 404
    assert AUDIT not in olga.client.get("/case-audits/programme.csv").get_data(as_text=True)


def test_members_of_the_qa_subgroup_see_an_audit_and_run_nothing(
    pages: Pages, cast: Cast, audited: Audited
) -> None:
    mo = pages.sign_in(cast["Mo"])
    page = mo.get(f"/case-audits/{AUDIT}")
    assert page.status == 200
    assert not page.soup.select("main form")
    assert mo.get(f"/case-audits/{AUDIT}/sample").status == 403
    for who in ("Asif", "Dana"):
        assert pages.sign_in(cast[who]).get("/case-audits").status == 403


def test_whoever_leads_an_agency_without_one_is_named_after_asking(
    priya: Pages, database: Database, cast: Cast, with_mail: None
) -> None:
    drawn(priya)
    with database.writing.begin() as session:
        session.get_one(User, cast["Cara"].user_id).is_active = False
    priya.get(f"{ADDRESS}/agencies")
    priya.post(f"{ADDRESS}/agencies", {"agencies": [cast.agencies["HOSP"]]})
    assert "Nobody leads Downshire Hospitals NHS Trust yet" in priya.get(ADDRESS).soup.get_text()
    with database.reading() as session:
        assert len(session.scalars(select(AuditCase)).all()) == 3
