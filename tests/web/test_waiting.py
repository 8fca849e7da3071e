"""What waits for somebody stands on the page where they begin, for them alone and not elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from s11audit.domain.assessments import AssessmentStatus
from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.permissions import AGENCY_ROLES, PARTNERSHIP_ROLES, TRUST_ROLES, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Assessment, AuditCase, CaseAudit, CaseDeletion, CaseFile, Trust
from s11audit.models.database import Database
from s11audit.services.sheets import finish
from s11audit.web.waiting import Waiting
from tests.assessments import FIRST, NOW, assessment_in, brought_to_rating, rate
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.cast import Cast
from tests.full_cases import AFTER_A_YEAR, SIGNED_OFF, audit_called, second_person
from tests.joined import join
from tests.pages import Page, Pages
from tests.web.test_blind_ratings import counted

FILES = "/case-files"
RETENTION = "/case-audits/retention"


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return audit_with_files(session, cast)


def told(page: Page) -> list[tuple[str, str]]:
    """(What is said, where it leads) of everything that waits."""
    return [
        (" ".join(line.get_text().split()), str(link["href"]))
        for line in page.soup.select("section[aria-labelledby=waiting] li")
        if (link := line.select_one("a"))
    ]


def first_page(app: Flask, database: Database, viewer: Viewer) -> Page:
    pages = Pages(app, database).sign_in(viewer)
    where = pages.client.get("/").headers["Location"]
    return pages.get(where)


def change_files(database: Database, audited: Audited, *places: Any, **values: Any) -> None:
    with database.writing.begin() as session:
        for place in places:
            file = session.get_one(CaseFile, audited.files[place])
            for name, value in values.items():
                setattr(file, name, value)


@time_machine.travel(MORNING, tick=False)
def test_a_lead_begins_with_the_files_that_nobody_can_audit(
    app: Flask, database: Database, audited: Audited, cast: Cast
) -> None:
    assert told(first_page(app, database, cast["Asif"])) == []
    change_files(database, audited, ("C1", "POL"), ("C2", "POL"), auditor_id=None)
    said = "2 files of case audit MA-26-01 have no auditor. They are due on 1 June 2026."
    assert told(first_page(app, database, cast["Asif"])) == [(said, FILES)]
    auditor = audited["Silas"].user_id
    change_files(database, audited, ("C2", "POL"), auditor_id=auditor, conflict="I manage them")
    assert [one for one, _ in told(first_page(app, database, cast["Asif"]))] == [
        "1 file of case audit MA-26-01 has no auditor. It is due on 1 June 2026.",
        "1 file of case audit MA-26-01 needs another auditor, because of a conflict of interest. "
        "It is due on 1 June 2026.",
    ]


@time_machine.travel(date(2026, 6, 2), tick=False)
def test_what_is_late_says_so_and_another_agency_is_told_nothing(
    app: Flask, database: Database, audited: Audited, cast: Cast
) -> None:
    change_files(database, audited, ("C1", "POL"), auditor_id=None)
    assert "It was due on 1 June 2026." in told(first_page(app, database, cast["Asif"]))[0][0]
    for other in ("Cara", "Dana", "Bea", "Priya", "Olga"):
        assert told(first_page(app, database, cast[other])) == []


def test_files_that_need_nobody_are_not_counted(
    app: Flask, database: Database, audited: Audited, cast: Cast
) -> None:
    change_files(database, audited, ("C1", "POL"), auditor_id=None, no_involvement_at=MORNING)
    change_files(database, audited, ("C2", "POL"), auditor_id=None)
    with database.writing.begin() as session:
        session.get_one(AuditCase, audited.cases["C2"]).set_aside_at = MORNING
    assert told(first_page(app, database, cast["Asif"])) == []
    with database.writing.begin() as session:
        session.get_one(AuditCase, audited.cases["C2"]).set_aside_at = None
        session.get_one(CaseAudit, audited.audit).status = CaseAuditStatus.CANCELLED
    assert told(first_page(app, database, cast["Asif"])) == []


@time_machine.travel(MORNING, tick=False)
def test_an_auditor_who_begins_elsewhere_is_told_of_their_files_until_they_are_finished(
    app: Flask, database: Database, audited: Audited, cast: Cast
) -> None:
    page = first_page(app, database, audited["Silas"])
    assert (page.heading, told(page)) == ("Case files", []), "they stand there anyway"
    with database.writing.begin() as session:
        lena = join(session, "Lena", (Role.CASE_AUDITOR, "POL"), (Role.CONTRIBUTOR, "POL"))
    change_files(database, audited, ("C1", "POL"), ("C2", "POL"), auditor_id=lena.user_id)
    said = "You have 2 files of case audit MA-26-01 to finish. They are due on 1 June 2026."
    assert told(first_page(app, database, lena)) == [(said, FILES)]
    change_files(database, audited, ("C1", "POL"), conflict="I manage them")
    with database.writing.begin() as session:
        finish(session, session.get_one(CaseFile, audited.files["C2", "POL"]).sheet, now=MORNING)
    assert told(first_page(app, database, lena)) == []


@time_machine.travel(NOW, tick=False)
def test_an_assessor_is_told_of_their_own_ratings_and_of_nobody_elses(
    app: Flask, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        world = brought_to_rating(session, cast)
    said = "You have not finished your ratings for “How we lead together”. They are due on"
    for name in ("Ines", "Iris"):
        ((line, href),) = told(first_page(app, database, world[name]))
        assert (line, href) == (f"{said} 30 June 2026.", f"/assessments/{FIRST}/ratings")
    with database.writing.begin() as session:
        rate(session, assessment_in(session, world["Priya"]), world["Ines"], "red")
    assert told(first_page(app, database, world["Ines"])) == []
    assert len(told(first_page(app, database, world["Iris"]))) == 1
    for name in ("Priya", "Sol", "Otto"):
        assert told(first_page(app, database, world[name])) == []
    with database.writing.begin() as session:
        session.scalars(select(Assessment)).one().status = AssessmentStatus.CANCELLED
    assert told(first_page(app, database, world["Iris"])) == []


@time_machine.travel(AFTER_A_YEAR, tick=False)
def test_whoever_decides_on_deletions_is_told_what_is_due_and_what_waits_for_them(
    app: Flask, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        kit = second_person(session)
        first = audit_called(session, cast, "MA-25-01").id
        audit_called(session, cast, "MA-25-02", status=CaseAuditStatus.CANCELLED)
        audit_called(session, cast, "MA-25-03", hold_reason="An inquiry")
        audit_called(session, cast, "MA-25-04", ended_at=MORNING)
    due = (
        "The cases of 2 audits are due for deletion. The first has been due since 14 October 2026."
    )
    assert told(first_page(app, database, kit)) == [(due, RETENTION)]
    with database.writing.begin() as session:
        session.add(
            CaseDeletion(audit_id=first, due_on=date(2026, 10, 14), proposed_at=AFTER_A_YEAR,
                         proposed_by_id=cast["Priya"].user_id)
        )  # fmt: skip
    due = "The cases of 1 audit are due for deletion. They have been due since 14 October 2026."
    assert told(first_page(app, database, cast["Priya"])) == [(due, RETENTION)]
    waits = (
        "Deleting the cases of MA-25-01 waits for a second person: you can approve it."
        " It was proposed on 14 October 2026."
    )
    page = first_page(app, database, kit)
    assert told(page) == [(waits, "/case-audits/MA-25-01/retention"), (due, RETENTION)]
    for other in ("Mo", "Asif", "Olga"):
        assert told(first_page(app, database, cast[other])) == []


def test_nothing_waits_on_any_page_but_the_one_where_somebody_begins(
    app: Flask, database: Database, audited: Audited, cast: Cast
) -> None:
    change_files(database, audited, ("C1", "POL"), auditor_id=None)
    pages = Pages(app, database).sign_in(cast["Asif"])
    assert told(pages.get("/returns"))
    assert not told(pages.get(FILES))


@pytest.mark.parametrize("role", Role)
def test_every_role_begins_on_a_page_that_tells_what_waits(
    app: Flask, database: Database, cast: Cast, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def waiting() -> list[Waiting]:
        asked.append(role)
        return [Waiting("Something waits", "/account")]

    monkeypatch.setitem(app.jinja_env.globals, "waiting", waiting)
    with database.writing.begin() as session:
        trust = Trust(reference="TRUST", name="A trust")
        session.get_one(Agency, cast.agencies["SCH"]).trust = trust
        session.flush()
        somebody = join(session, "Somebody", (role, place_of(role)))
    assert told(first_page(app, database, somebody)) == [("Something waits.", "/account")]
    assert asked == [role]


def place_of(role: Role) -> str:
    """The reference of something for which this role can be held."""
    if role in PARTNERSHIP_ROLES:
        return "DOWN"
    return "POL" if role in AGENCY_ROLES else "TRUST" if role in TRUST_ROLES else ""


def test_a_permission_costs_one_statement_for_each_thing_and_none_where_there_is_none(
    app: Flask, database: Database, audited: Audited, cast: Cast
) -> None:
    def statements(viewer: Viewer, address: str) -> list[str]:
        pages = Pages(app, database).sign_in(viewer)
        pages.client.get("/account")
        with counted(database.engine) as asked:
            assert pages.client.get(address).status_code == 200
        return [one for one in asked if "case_files" in one or "case_deletions" in one]

    with database.writing.begin() as session:
        session.get_one(CaseAudit, audited.audit).signed_off_at = SIGNED_OFF
    concerns = 1
    assert len(statements(cast["Asif"], "/returns")) == 1 + concerns
    assert len(statements(cast["Priya"], "/rounds")) == 2 + concerns
    assert statements(cast["Bea"], "/returns") == []
    assert statements(cast["Mo"], "/rounds") == []
