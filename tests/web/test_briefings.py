"""The one-page briefing: written, fitted, issued, read by whom it is for, and taken back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select, update

from s11audit.domain.briefings import BRIEFING_BOXES
from s11audit.domain.cases import BriefingAudience, CaseAuditStatus
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Briefing, CaseAudit, Event
from s11audit.models.database import Database
from tests.cast import Cast
from tests.full_cases import OF_A_CASE, THAT_STAYS, Full, full_audit
from tests.joined import join
from tests.pages import Page, Pages

AUDIT = "MA-25-01"
WRITE = f"/case-audits/{AUDIT}/briefing"
READ = f"/briefings/{AUDIT}"


@pytest.fixture
def full(database: Database, cast: Cast) -> Full:
    with database.writing.begin() as session:
        return full_audit(session, cast, AUDIT)


@pytest.fixture
def priya(pages: Pages, cast: Cast, full: Full) -> Pages:
    return pages.sign_in(cast["Priya"])


def save(pages: Pages, then: str = "", **texts: str) -> Page:
    """Type these texts over what the page shows, and press a button."""
    fields = pages.get(WRITE).form("/briefing")
    fields |= {f"{name}-text": text for name, text in texts.items()}
    return pages.post(WRITE, {**fields, "then": then})


def stored(database: Database) -> Briefing:
    with database.reading() as session:
        return session.scalars(select(Briefing)).one()


def issue(pages: Pages, audience: BriefingAudience) -> Page:
    fields = pages.get(WRITE).form("/issue")
    return pages.post(f"{WRITE}/issue", {**fields, "audience": str(audience)})


def kinds(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Event.kind).order_by(Event.id)))


def test_findings_of_the_whole_audit_begin_it_and_those_of_one_case_do_not(
    priya: Pages, database: Database
) -> None:
    assert save(priya, "findings", works="Already here").status == 303
    held = stored(database)
    assert held.works == f"Already here\n- Visits were quick {THAT_STAYS}"
    assert held.improve == f"- Fathers\n- {THAT_STAYS}"
    assert OF_A_CASE not in held.works + held.improve
    save(priya, "findings")
    assert stored(database).works == held.works, "put in once"


def test_numbers_are_of_the_whole_audit_with_what_they_are_of(
    priya: Pages, database: Database, full: Full
) -> None:
    save(priya, "numbers", looked_at="")
    assert stored(database).looked_at.splitlines()[-1] == "- Chronology used: 4 of 6"


@pytest.mark.parametrize(
    "said", ["MA-25-01-C2", "ma 25 01 c2", "MA\u201125\u201101\u2011C2", "case 3", "C2"]
)
def test_a_case_is_not_named(priya: Pages, database: Database, said: str) -> None:
    page = save(priya, improve=f"As {said} shows")
    assert page.status == 422
    assert f"Take out “{said}”" in page.errors["improve-text"]
    assert page.form("/briefing")["improve-text"] == f"As {said} shows"
    assert stored(database).improve == "- Fathers"


def test_the_reference_by_which_an_agency_knows_a_child_is_not_named(priya: Pages) -> None:
    page = save(priya, do=f"Look at l {OF_A_CASE} 1 again")
    assert "Take out" in page.errors["do-text"]


@pytest.mark.parametrize("box", BRIEFING_BOXES, ids=lambda box: box.name)
def test_a_box_holds_its_share_of_the_page_and_no_more(
    priya: Pages, database: Database, box: Any
) -> None:
    line = "https://example.org/1" if box.name == "links" else "- word"
    assert save(priya, **{box.name: "\n".join([line] * box.lines)}).status == 303
    page = save(priya, **{box.name: "\n".join([line] * (box.lines + 1))})
    assert f"Shorten this to {box.lines} lines" in page.errors[f"{box.name}-text"]
    page = save(priya, **{box.name: "w" * (box.characters + 1)})
    assert (page.status, page.errors[f"{box.name}-text"][:12]) == (422, "Shorten this")
    assert box.room in page.text


@pytest.mark.parametrize("line", ["javascript:alert(1)", "http://example.org", "Ask a colleague"])
def test_every_line_of_the_links_has_a_safe_address(priya: Pages, line: str) -> None:
    page = save(priya, links=f"Help https://example.org/help\n{line}")
    assert page.errors["links-text"] == "Line 2 must end in an address that starts with https://"


def test_two_who_write_at_once_see_both_texts_and_nothing_is_lost(
    priya: Pages, database: Database, cast: Cast
) -> None:
    mine = priya.get(WRITE).form("/briefing") | {"do-text": "Mine"}
    save(priya, do="Theirs")
    page = priya.post(WRITE, mine)
    assert page.status == 409
    assert "What is saved now: Theirs" in page.text
    again = page.form("/briefing")
    assert again["do-text"] == "Mine"
    assert priya.post(WRITE, again).status == 303
    assert stored(database).do == "Mine"


def test_an_issued_briefing_is_fixed_until_it_is_taken_back(
    priya: Pages, database: Database
) -> None:
    held_open = priya.get(WRITE).form("/briefing") | {"do-text": "Too late"}
    assert issue(priya, BriefingAudience.RESTRICTED).status == 303
    page = priya.post(WRITE, held_open | {"version": "2"})
    assert (page.status, "Take it back to change it" in page.text) == (409, True)
    fields = priya.get(WRITE).form("/take-back")
    assert priya.post(f"{WRITE}/take-back", fields).status == 303
    assert priya.post(f"{WRITE}/take-back", fields).status == 409
    assert priya.get(READ).status == 404
    assert kinds(database)[-2:] == ["briefing-issued", "briefing-taken-back"]


def test_it_is_issued_when_the_panel_has_agreed_and_every_box_that_matters_is_filled(
    priya: Pages, database: Database
) -> None:
    save(priya, improve="")
    page = issue(priya, BriefingAudience.PUBLISHED)
    assert page.errors == {"improve-text": "Write something here before you issue the briefing"}
    fields = priya.get(WRITE).form("/issue")
    with database.writing.begin() as session:
        session.execute(update(CaseAudit).values(status=CaseAuditStatus.PANEL))
    assert priya.post(f"{WRITE}/issue", fields | {"audience": "published"}).status == 409
    assert "once the panel’s grades are signed off" in priya.get(WRITE).text


@pytest.fixture
def readers(database: Database, cast: Cast) -> dict[str, Viewer]:
    with database.writing.begin() as session:
        return {
            "Tess": join(session, "Tess", (Role.CASE_AUDITOR, "HOSP")),
            "Opal": join(session, "Opal", (Role.OPERATOR, "")),
            **cast.viewers,
        }


FILES = ("", "/briefing.docx", "/briefing.pdf")


def test_a_restricted_one_is_for_the_partnership_and_its_agencies(
    priya: Pages, app: Any, database: Database, readers: dict[str, Viewer]
) -> None:
    issue(priya, BriefingAudience.RESTRICTED)
    may_read = {}
    for name in ("Priya", "Mo", "Asif", "Bea", "Dana", "Hugo", "Tess", "Olga", "Opal"):
        answers = [Pages(app, database).sign_in(readers[name]).get(READ + one) for one in FILES]
        statuses = {one.status for one in answers}
        assert len(statuses) == 1, name
        assert answers[0].response.headers["Cache-Control"] == "no-store"
        may_read[name] = statuses == {200}
    assert [may_read.pop(name) for name in ("Olga", "Opal")] == [False, False]
    assert all(may_read.values()), may_read
    half = Pages(app, database).sign_in(readers["Priya"], two_factors=False)
    assert half.get(READ).status == 404
    stranger = Pages(app, database)
    assert [stranger.get(READ + one).status for one in FILES] == [404, 404, 404]


def test_a_published_one_is_for_everybody_and_may_be_kept_a_while(
    priya: Pages, app: Any, database: Database
) -> None:
    issue(priya, BriefingAudience.PUBLISHED)
    stranger = Pages(app, database)
    for one in FILES:
        headers = stranger.get(READ + one).response.headers
        assert headers["Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in headers
    page = stranger.get(READ)
    assert "What we learned" in page.heading
    assert "noindex" not in str(page.soup)
    assert page.soup.find("form") is None
    assert stranger.get("/briefings/MA-99-99").status == 404
    assert priya.get(READ).response.headers["Cache-Control"] == "no-store"


def test_a_draft_is_read_by_nobody(priya: Pages, app: Any, database: Database) -> None:
    assert priya.get(READ).status == 404
    assert Pages(app, database).get(READ).status == 404
    assert "No briefing has been issued yet" in priya.get("/briefings").text


def test_the_list_has_those_of_ones_own_partnerships(
    priya: Pages, app: Any, database: Database, cast: Cast
) -> None:
    issue(priya, BriefingAudience.PUBLISHED)
    asif = Pages(app, database).sign_in(cast["Asif"])
    assert "What we learned" in asif.get("/briefings").text
    assert "What we learned" not in asif.sign_in(cast["Olga"]).get("/briefings").text


def test_what_readers_take_away_leaves_an_event_if_they_are_known(
    priya: Pages, app: Any, database: Database, cast: Cast
) -> None:
    issue(priya, BriefingAudience.PUBLISHED)
    before = kinds(database).count("downloaded")
    Pages(app, database).get(f"{READ}/briefing.docx")
    assert kinds(database).count("downloaded") == before
    Pages(app, database).sign_in(cast["Asif"]).get(f"{READ}/briefing.docx")
    assert kinds(database).count("downloaded") == before + 1


def test_page_and_document_say_the_same(priya: Pages, database: Database) -> None:
    save(priya, do="Do this first:\n- Ask\n- Listen", contact="learning@example.org",
         links="Help https://example.org/help")  # fmt: skip
    issue(priya, BriefingAudience.RESTRICTED)
    page = priya.get(READ)
    assert [item.get_text() for item in page.soup.select("main ul li")][-3:] == [
        "Ask", "Listen", "Help",
    ]  # fmt: skip
    raw = priya.client.get(f"{READ}/briefing.docx").get_data()
    document = Document(BytesIO(raw))
    said = [one.text for one in document.paragraphs]
    for words in ("What you should do", "Do this first:", "Ask", "Listen"):
        assert words in said
        assert words in page.text
    styles = {one.text: one.style.name for one in document.paragraphs if one.style}
    assert styles["What you should do"] == "Heading 2"
    assert styles["Listen"] == "List Bullet"
    footer = document.sections[0].footer.paragraphs[0].text
    assert "learning@example.org" in footer
    assert "Do not publish" in footer


@pytest.mark.parametrize("name", ["Mo", "Asif", "Olga"])
def test_only_whoever_runs_the_audit_writes_its_briefing(
    pages: Pages, cast: Cast, full: Full, name: str
) -> None:
    assert pages.sign_in(cast[name]).get(WRITE).status in (403, 404)


def test_the_first_one_who_saves_begins_it(priya: Pages, database: Database, full: Full) -> None:
    with database.writing.begin() as session:
        session.delete(session.get_one(Briefing, full.audit))
    first = priya.get(WRITE).form("/briefing")
    assert priya.post(WRITE, first | {"do-text": "First"}).status == 303
    page = priya.post(WRITE, first | {"do-text": "Second"})
    assert (page.status, page.form("/briefing")["do-text"]) == (409, "Second")
    assert stored(database).do == "First"
