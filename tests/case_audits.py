"""A case audit with its people, cases and files, put into the tables as services would leave them.

Silas audits the police's files and Nell the hospital's. Otto chairs the panel, on which Mo and Juno
(a young panellist) sit too. The audit MA-26-01 has two cases; both agencies have a file on each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from s11audit.domain.cases import AuditKind, CaseAuditStatus, Drawn, case_reference
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AnswerSheet,
    AskedAgency,
    AuditCase,
    CaseAudit,
    CaseFile,
    CohortEntry,
    Membership,
    PanelMember,
    User,
)
from s11audit.queries.people import as_viewer
from s11audit.questionnaires.catalogue import Catalogue
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.small import QUESTIONNAIRES

MORNING = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
AUDIT = "MA-26-01"
# First name → role, and the reference of the partnership or agency it is held for.
AUDITING_PEOPLE = {
    "Otto": (Role.QA_CHAIR, "DOWN"),
    "Juno": (Role.YOUNG_PANELLIST, "DOWN"),
    "Silas": (Role.CASE_AUDITOR, "POL"),
    "Nell": (Role.CASE_AUDITOR, "HOSP"),
}
AUDITORS = {"POL": "Silas", "HOSP": "Nell"}


@dataclass(frozen=True)
class Audited:
    """The audit's id, and those of its cases and files by `C1` and `(C1, POL)`."""

    audit: int
    cases: dict[str, int]
    files: dict[tuple[str, str], int]
    people: dict[str, Viewer]

    def __getitem__(self, first_name: str) -> Viewer:
        return self.people[first_name]


def bring_on_auditors(session: Session, cast: Cast) -> dict[str, Viewer]:
    """Add those of AUDITING_PEOPLE to the cast, as viewers by first name."""
    found = {}
    for first_name, (role, place) in AUDITING_PEOPLE.items():
        user = User(
            name=first_name,
            email=f"{first_name.lower()}@example.org",
            password_hash=PASSWORD_HASH,
            created_at=LONG_AGO,
        )
        session.add(user)
        session.flush()
        held = Membership(
            user_id=user.id,
            role=role,
            partnership_id=cast.partnerships.get(place),
            agency_id=cast.agencies.get(place),
            started_at=LONG_AGO,
        )
        session.add(held)
        session.flush()
        found[first_name] = as_viewer(user, [held])
    return found


def audit_with_files(
    session: Session,
    cast: Cast,
    *,
    status: CaseAuditStatus = CaseAuditStatus.AGENCY_FILES,
    cases: int = 2,
) -> Audited:
    """An audit of Downshire's that is with agencies (or further, with its sheets opened)."""
    people = bring_on_auditors(session, cast)
    asked = Catalogue([QUESTIONNAIRES]).get("small-case", "1")
    audit = CaseAudit(
        partnership_id=cast.partnerships["DOWN"],
        reference=AUDIT,
        title="Help for infants",
        theme="Infants under one",
        kind=AuditKind.THEMATIC,
        questionnaire_id=asked.id,
        questionnaire_version=asked.version,
        questionnaire_sha256=asked.sha256,
        status=status,
        planned_on=date(2026, 5, 1),
        cases_wanted=cases,
        period_from=date(2025, 11, 1),
        period_to=date(2026, 4, 30),
        files_due_on=date(2026, 6, 1),
        panel_on=date(2026, 6, 15),
        chair_id=people["Otto"].user_id,
        seed="a seed of the tests",
        drawn_at=MORNING,
        created_at=MORNING,
    )
    session.add(audit)
    session.flush()
    for member in (cast["Mo"], people["Otto"], people["Juno"]):
        session.add(PanelMember(audit_id=audit.id, user_id=member.user_id, added_at=MORNING))
    for agency in AUDITORS:
        session.add(AskedAgency(audit_id=audit.id, agency_id=cast.agencies[agency]))
    held = Audited(audit.id, {}, {}, people)
    for number in range(1, cases + 1):
        _add_case(session, cast, audit, number, held)
    return held


def _add_case(session: Session, cast: Cast, audit: CaseAudit, number: int, held: Audited) -> None:
    entry = CohortEntry(
        audit_id=audit.id, local_reference=f"L{number:03}", drawn=Drawn.CASE, draw_order=number
    )
    session.add(entry)
    session.flush()
    reference = case_reference(audit.reference, number)
    case = AuditCase(audit_id=audit.id, number=number, reference=reference, entry_id=entry.id)
    session.add(case)
    session.flush()
    held.cases[f"C{number}"] = case.id
    is_open = audit.status in (CaseAuditStatus.PANEL, CaseAuditStatus.AGREED)
    for agency, auditor in AUDITORS.items():
        sheet = AnswerSheet(
            partnership_id=audit.partnership_id,
            agency_id=cast.agencies[agency],
            opened_at=MORNING if is_open else None,
        )
        session.add(sheet)
        session.flush()
        file = CaseFile(
            case_id=case.id,
            agency_id=cast.agencies[agency],
            sheet_id=sheet.id,
            auditor_id=held[auditor].user_id,
        )
        session.add(file)
        session.flush()
        held.files[f"C{number}", agency] = file.id
