"""A round of the cast's partnership: the police and the hospital have returned, the school has not.

The police (all red, amber and green, one action overdue) hide the plan's date; the hospital is
green with one question not applicable. Figures in the tests are worked out from this by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from s11audit.domain.actions import ActionStatus
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus
from s11audit.exports.compliance import write_compliance
from s11audit.models import AuditRound
from tests.cast import Cast
from tests.exports.rounds import EXPORTED_AT, QUESTIONNAIRE, add_action, add_return, make_round

POLICE = {
    "leadership.board-lead": {
        "value": "not-met",
        "comment": "Nobody holds this yet",
        "action_what": "Name a board lead",
        "action_post": "Chief constable",
        "action_due_on": date(2026, 9, 30),
    },
    "leadership.has-plan": "no",
    "leadership.plan-date": {"value": "2025-01-02", "comment": "hidden words"},
    "leadership.staff": "1250",
    "voice.views": {"value": "partly-met", "evidence": "Survey", "link": "https://example.org/a"},
    "voice.heard": "met",
    "custody.adult": "met",
}
HOSPITAL = {
    "leadership.board-lead": "met",
    "leadership.has-plan": "yes",
    "leadership.plan-date": "2026-02-03",
    "leadership.staff": "40",
    "voice.views": "met",
    "voice.heard": {"value": "not-applicable", "reason": "No children on our wards"},
    "voice.note": {"value": "=1+1", "comment": "\tkept"},
}


@pytest.fixture
def audit_round(session: Session, cast: Cast) -> AuditRound:
    made = make_round(session, cast.partnerships["DOWN"])
    submitted, agencies = ReturnStatus.SUBMITTED, cast.agencies
    police = add_return(session, made, agencies["POL"], "police", submitted, POLICE)
    add_return(session, made, agencies["HOSP"], "nhs-trust", submitted, HOSPITAL)
    started = {"leadership.board-lead": {"value": "not-met", "comment": "secret so far"}}
    add_return(session, made, agencies["SCH"], "school", ReturnStatus.IN_PROGRESS, started)
    key = "leadership.board-lead"
    add_action(session, police, 1, key, ActionStatus.OPEN, date(2026, 6, 1), what="=cmd()")
    add_action(session, police, 2, "voice.views", ActionStatus.VERIFIED, date(2026, 6, 1))
    return made


@pytest.fixture
def workbook_for(session: Session, audit_round: AuditRound) -> Callable[[Viewer], Workbook]:
    def write(viewer: Viewer) -> Workbook:
        stream = BytesIO()
        write_compliance(
            session,
            audit_round,
            QUESTIONNAIRE,
            visible_to=viewer,
            exported_at=EXPORTED_AT,
            path_or_stream=stream,
        )
        return load_workbook(stream)

    return write


@pytest.fixture
def workbook(workbook_for: Callable[[Viewer], Workbook], cast: Cast) -> Workbook:
    return workbook_for(cast["Priya"])
