"""The audit of tests/case_audits.py, filled in by both agencies and opened to its panel.

On the first case they agree about the plan, are one step apart on the time that help took, and two
on whether the child was heard. On the second the hospital had no involvement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.cases import AuditKind, CaseAuditStatus, FindingKind
from s11audit.models import (
    AgreedGrade,
    AnswerSheet,
    AuditCase,
    AuditMeasure,
    CaseAudit,
    CaseFile,
    Finding,
    PanelMember,
    Recommendation,
    SheetAnswer,
)
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.agreeing import TypedGrade, discuss, sign_off
from s11audit.services.answer_changes import Change
from s11audit.services.sheets import fill_in, finish, open_sheets
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.cast import Cast
from tests.small import QUESTIONNAIRES

ASKED = Catalogue([QUESTIONNAIRES]).get("small-case", "1")
PLAN = {"plan.had-plan": "yes", "plan.good-plan": "uneven"}
GIVEN: dict[tuple[str, str], dict[str, str]] = {
    ("C1", "POL"): {
        "voice.heard": "strong",
        **PLAN,
        "plan.timely": "weak",
        "overall.overall": "uneven",
    },
    ("C1", "HOSP"): {
        "voice.heard": "weak",
        **PLAN,
        "plan.timely": "uneven",
        "overall.overall": "not-applicable",
    },
    ("C2", "POL"): {
        "voice.heard": "strong",
        "plan.had-plan": "no",
        "plan.timely": "strong",
        "overall.overall": "strong",
    },
}
COMMENTS = {"voice.heard": "A worker saw the child alone."}
# What the panel agrees in the end, by case and question.
AGREED = {
    ("C1", "voice.heard"): "uneven",
    ("C1", "plan.good-plan"): "uneven",
    ("C1", "plan.timely"): "uneven",
    ("C1", "overall.overall"): "uneven",
    ("C2", "voice.heard"): "strong",
    ("C2", "plan.timely"): "strong",
    ("C2", "overall.overall"): "uneven",
}


def opened_audit(session: Session, cast: Cast) -> Audited:
    """Fill in what both agencies say, and open it to the panel."""
    audited = audit_with_files(session, cast)
    for place, values in GIVEN.items():
        _fill(session, audited, place, values)
    away = session.get_one(CaseFile, audited.files["C2", "HOSP"])
    away.no_involvement_at, away.no_involvement_reason = MORNING, "Not known to us"
    audit = session.get_one(CaseAudit, audited.audit)
    open_sheets(session, [session.get_one(CaseFile, id_).sheet for id_ in audited.files.values()],
                now=MORNING)  # fmt: skip
    audit.status = CaseAuditStatus.PANEL
    session.flush()
    return audited


def agree_everything(session: Session, audited: Audited, *, leave_out: str = "") -> None:
    """Let Mo write down what the panel agreed, but for one question."""
    for (number, key), level in AGREED.items():
        if key != leave_out:
            case = session.get_one(AuditCase, audited.cases[number])
            agree(session, audited, case, key, level)


def agree(session: Session, audited: Audited, case: AuditCase, key: str, level: str) -> None:
    standard = ASKED.standard(key.partition(".")[0])
    assert standard is not None
    typed = {key: TypedGrade(level, f"Why {level}")}
    found = discuss(session, case, standard, typed, None, by=audited["Otto"], now=MORNING)
    assert found.saved == (key,)


def signed_off_audit(session: Session, cast: Cast) -> Audited:
    """The same, once its panel has agreed everything and signed it off."""
    audited = opened_audit(session, cast)
    agree_everything(session, audited)
    audit = session.get_one(CaseAudit, audited.audit)
    sign_off(session, audit, ASKED, by=audited["Otto"], now=MORNING)
    return audited


def _fill(
    session: Session, audited: Audited, place: tuple[str, str], values: dict[str, str]
) -> None:
    file = session.get_one(CaseFile, audited.files[place])
    respondent = file.agency.respondent([file.case.audit.partnership])
    seen = Answer().digest
    changes = [
        Change(key, Answer(value, comment=COMMENTS.get(key, "")), seen)
        for key, value in values.items()
    ]
    by = audited[{"POL": "Silas", "HOSP": "Nell"}[place[1]]]
    fill_in(session, file.sheet, ASKED, respondent, changes, by=by, now=MORNING)
    finish(session, file.sheet, now=MORNING)


@dataclass(frozen=True)
class Plain:
    """What stands for the variables of a case audit's addresses."""

    audit: str
    case: str
    file: int
    finding: int
    recommendation: int
    measure: int


def plain_audit(
    session: Session,
    partnership_id: int,
    agency_id: int,
    reference: str,
    *,
    status: CaseAuditStatus = CaseAuditStatus.AGREED,
    panel: Iterable[int] = (),
    auditor_id: int | None = None,
    agreed: bool = True,
) -> Plain:
    """An opened audit of one case and one agency, with one of everything that a panel writes."""
    audit = CaseAudit(
        partnership_id=partnership_id, reference=reference, title="Plain", status=status,
        kind=AuditKind.REGULAR, questionnaire_id=ASKED.id, questionnaire_version=ASKED.version,
        questionnaire_sha256=ASKED.sha256, planned_on=date(2026, 5, 1), cases_wanted=1,
        signed_off_at=None if status is CaseAuditStatus.PANEL else MORNING, created_at=MORNING,
    )  # fmt: skip
    sheet = AnswerSheet(partnership_id=partnership_id, agency_id=agency_id, opened_at=MORNING)
    session.add_all([audit, sheet])
    session.flush()
    case = AuditCase(audit_id=audit.id, number=1, reference=f"{reference}-C1")
    session.add(case)
    session.flush()
    file = CaseFile(case_id=case.id, agency_id=agency_id, sheet_id=sheet.id, auditor_id=auditor_id)
    given = SheetAnswer(
        sheet_id=sheet.id, question_key="voice.heard", value="weak", rag="red", updated_at=MORNING
    )
    taught = (
        Finding(audit_id=audit.id, kind=FindingKind.LEARNING, text="Found", written_at=MORNING),
        Recommendation(audit_id=audit.id, text="Do better", written_at=MORNING),
        AuditMeasure(
            audit_id=audit.id, title="Counted", numerator=1, denominator=2, counted_at=MORNING
        ),
    )
    session.add_all([file, given, *taught])
    session.add_all(PanelMember(audit_id=audit.id, user_id=one, added_at=MORNING) for one in panel)
    if agreed:
        session.add(
            AgreedGrade(case_id=case.id, question_key="voice.heard", level="weak", rag="red",
                        reasons="Why", agreed_at=MORNING)
        )  # fmt: skip
    session.flush()
    return Plain(reference, case.reference, file.id, *(one.id for one in taught))
