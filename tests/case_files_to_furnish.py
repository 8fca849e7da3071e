"""Files on cases in every state, for a world in which there is one of everything.

Silas audits three of the police's: one that lacks nothing and has an open concern, one that is
finished, and one of a case in which the police were not involved.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.cases import ViewOf
from s11audit.models import CaseFile
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.answer_changes import Change
from s11audit.services.case_files import declare, finish_file, state_no_involvement
from s11audit.services.case_material import KeyEventText, ViewText, add_entry
from s11audit.services.concerns import raise_concern
from s11audit.services.sheets import fill_in
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.cast import Cast
from tests.small import QUESTIONNAIRES

NOTHING_MISSING = {
    "voice.heard": Answer("weak", comment="Nobody asked"),
    "plan.had-plan": Answer("no"),
    "plan.timely": Answer("strong"),
    "overall.overall": Answer("uneven"),
}


def case_files_in_every_state(session: Session, cast: Cast) -> Audited:
    """Add the audit of tests/case_audits.py, with its files in every state."""
    audited = audit_with_files(session, cast, cases=3)
    silas, asked = audited["Silas"], Catalogue([QUESTIONNAIRES]).get("small-case", "1")
    complete, finished, without = (
        session.get_one(CaseFile, audited.files[case, "POL"]) for case in ("C1", "C2", "C3")
    )
    for file in (complete, finished):
        answer(session, file, audited)
    finish_file(session, finished, asked, by=silas, now=MORNING)
    state_no_involvement(session, without, "No record", by=cast["Asif"], now=MORNING)
    raise_concern(session, complete, after=0, by=silas, now=MORNING)
    session.flush()
    return audited


def answer(session: Session, file: CaseFile, audited: Audited) -> None:
    """Everything that a file of the police may hold."""
    told = {"by": audited["Silas"], "now": MORNING}
    declare(session, file, "", **told)
    asked = Catalogue([QUESTIONNAIRES]).get("small-case", "1")
    respondent = file.agency.respondent([file.case.audit.partnership])
    changes = [Change(key, given, Answer().digest) for key, given in NOTHING_MISSING.items()]
    fill_in(session, file.sheet, asked, respondent, changes, **told)
    add_entry(session, file, KeyEventText(date(2026, 1, 1), "Seen at home"), **told)
    add_entry(session, file, ViewText(ViewOf.CHILD, "Played", "She listens"), **told)
