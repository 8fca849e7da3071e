"""Nothing of what an agency's file says on any page or in any file of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.cases import CaseAuditStatus, ViewOf
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AnswerSheet,
    CaseAudit,
    CaseEvent,
    CaseFile,
    CaseView,
    SheetAnswer,
)
from s11audit.models.database import Database
from s11audit.services.sheets import open_sheets
from tests.canaries import CANARY, sightings
from tests.case_audits import AUDIT, MORNING, Audited, audit_with_files
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import Opened
from tests.web.test_canaries import OWN

pytestmark = pytest.mark.slow
_numbers = count(1_000)
OF_POLICE = ("Asif", "Silas", "Bea", "Ines")


@pytest.fixture
def audited(database: Database, cast: Cast, opened: Opened) -> Audited:
    with database.writing.begin() as session:
        audited = audit_with_files(session, cast)
        for file in session.scalars(select(CaseFile)):
            file.conflict_at = MORNING
    return audited


def hide_secrets(session: Session, audited: Audited, agencies: Iterable[str]) -> None:
    """In the first case a secret in everything that these agencies' files can hold."""
    for agency in agencies:
        file = session.get_one(CaseFile, audited.files["C1", agency])
        answers = {"voice.heard": "weak", "plan.timely": "weak", "overall.learning": _secret()}
        for key, value in answers.items():
            session.add(SheetAnswer(sheet_id=file.sheet_id, question_key=key, value=value,
                                    rag="", reason=_secret(), comment=_secret(),
                                    updated_at=MORNING))  # fmt: skip
        session.add(CaseEvent(file_id=file.id, month=date(2026, 1, 1), what=_secret()))
        session.add(CaseView(file_id=file.id, view_of=ViewOf.CHILD, heard_how=_secret(),
                             said=_secret()))  # fmt: skip
        other = session.get_one(CaseFile, audited.files["C2", agency])
        other.conflict, other.no_involvement_reason = _secret(), _secret()
        other.no_involvement_at = file.sheet.updated_at = MORNING


def _secret() -> str:
    return f"{CANARY}{next(_numbers)}"


def examples(audited: Audited) -> list[dict[str, Any]]:
    """Every file, case, key event and view, by the variables of addresses."""
    references = ("R1", "R1-POL", "R1-HOSP", "POL", "HOSP")
    cases = [OWN | {"audit": AUDIT, "case": f"{AUDIT}-{case}", "reference": reference}
             for case in audited.cases for reference in references]  # fmt: skip
    files = [
        OWN | {"file_id": file, "entry_id": entry, "concern_id": entry, "standard_id": standard}
        for file in audited.files.values()
        for entry in (1, 2)
        for standard in ("voice", "overall")
    ]
    return [*cases, *files]


def everybody(audited: Audited, cast: Cast) -> dict[str, Viewer]:
    return cast.viewers | audited.people


@pytest.mark.parametrize("who", ["Priya", "Otto", "Juno", "Nell", "Cara", "Bea", "Olga"])
def test_nobody_reads_what_a_file_says_before_its_panel_opens(
    pages: Pages, app: Flask, database: Database, cast: Cast, audited: Audited, who: str
) -> None:
    hidden = (
        ["POL"] if who in ("Nell", "Cara") else ["HOSP"] if who in OF_POLICE else ["POL", "HOSP"]
    )
    with database.writing.begin() as session:
        hide_secrets(session, audited, hidden)
    pages.sign_in(everybody(audited, cast)[who])
    assert sightings(pages, app, examples(audited)) == []


@pytest.mark.parametrize("who", ["Silas", "Cara", "Olga"])
def test_agencies_never_read_one_anothers_files_even_once_the_panel_is_open(
    pages: Pages, app: Flask, database: Database, cast: Cast, audited: Audited, who: str
) -> None:
    with database.writing.begin() as session:
        hide_secrets(session, audited, ["HOSP"] if who in OF_POLICE else ["POL"])
        open_sheets(session, session.scalars(select(AnswerSheet)).all(), now=MORNING)
        session.get_one(CaseAudit, audited.audit).status = CaseAuditStatus.PANEL
    pages.sign_in(everybody(audited, cast)[who])
    assert sightings(pages, app, examples(audited)) == []


def test_a_crawl_does_find_what_an_auditor_may_see(
    pages: Pages, app: Flask, database: Database, cast: Cast, audited: Audited
) -> None:
    """Silas sees his own file's secrets, or the searches above prove nothing."""
    with database.writing.begin() as session:
        hide_secrets(session, audited, ["POL"])
    found = sightings(pages.sign_in(audited["Silas"]), app, examples(audited))
    file = f"/case-files/{audited.files['C1', 'POL']}"
    for page in ("/check", "/chronology", "/views", "/standards/voice", "/standards/overall"):
        assert any(address.startswith(file + page) for address in found), page
