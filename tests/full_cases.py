"""Case audits with something of every kind in them, to see what is deleted and what stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from s11audit.domain.cases import AuditKind, CaseAuditStatus, Drawn, FindingKind, ViewOf
from s11audit.domain.permissions import Role
from s11audit.domain.retention import Certificate, canonical
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AgreedGrade,
    AnswerSheet,
    AuditCase,
    AuditMeasure,
    Briefing,
    CaseAudit,
    CaseEvent,
    CaseFile,
    CaseView,
    CohortEntry,
    Finding,
    ImmediateConcern,
    PanelNote,
    Recommendation,
    SampleSize,
    SheetAnswer,
)
from s11audit.services.events import record
from tests.cast import Cast
from tests.joined import join

SIGNED_OFF = datetime(2025, 10, 14, 9, 30, tzinfo=UTC)
AFTER_A_YEAR = datetime(2026, 10, 14, 9, 30, tzinfo=UTC)
# In every text of a single case, so that none is overlooked.
OF_A_CASE = "zqofacase"
# Texts that stay, for they are of no single case.
THAT_STAYS = "zqthatstays"

# A certificate as it is stored.
CERTIFICATE = canonical(
    asdict(
        Certificate("Downshire", "MA-25-01", "Infants", "2025-10-14", "2026-10-14", 12,
                    {"answers": 2}, "0" * 64, "2026-10-14T09:30:00+00:00")
    )
)  # fmt: skip


def audit_called(
    session: Session,
    cast: Cast,
    reference: str,
    *,
    status: CaseAuditStatus = CaseAuditStatus.REPORTED,
    ended_at: datetime | None = SIGNED_OFF,
    home: str = "DOWN",
    hold_reason: str = "",
) -> CaseAudit:
    """An audit with nothing in it, that was signed off or (as its status says) cancelled then."""
    is_cancelled = status is CaseAuditStatus.CANCELLED
    audit = CaseAudit(
        partnership_id=cast.partnerships[home],
        reference=reference,
        title=f"Help for infants {THAT_STAYS}",
        kind=AuditKind.THEMATIC,
        questionnaire_id="small-case",
        questionnaire_version="1",
        status=status,
        planned_on=date(2025, 9, 1),
        cases_wanted=1,
        signed_off_at=None if is_cancelled else ended_at,
        hold_reason=hold_reason,
        created_at=SIGNED_OFF,
    )
    session.add(audit)
    session.flush()
    if is_cancelled and ended_at:
        subject = f"case audit {reference}"
        record(session, "case-audit-cancelled", subject, by=None, at=ended_at, of=audit)
    return audit


@dataclass(frozen=True)
class Full:
    """The audit's id, and how many rows of each kind it holds of its cases."""

    audit: int
    case: int
    counts: Mapping[str, int]


def full_audit(session: Session, cast: Cast, reference: str, **options: object) -> Full:
    """An audit that holds something of every kind, of one case and of the whole."""
    audit = audit_called(session, cast, reference, **options)  # type: ignore[arg-type]
    entry = CohortEntry(
        audit_id=audit.id, local_reference=f"L {OF_A_CASE} {audit.id}", age_band=OF_A_CASE,
        team=OF_A_CASE, plan_type=OF_A_CASE, drawn=Drawn.CASE, draw_order=1,
    )  # fmt: skip
    other = CohortEntry(audit_id=audit.id, local_reference=f"M {OF_A_CASE} {audit.id}")
    session.add_all([entry, other, SampleSize(audit_id=audit.id, stratum=OF_A_CASE, cases=1)])
    session.flush()
    case = AuditCase(
        audit_id=audit.id, number=1, reference=f"{reference}-C1", entry_id=entry.id,
        set_aside_reason=OF_A_CASE, set_aside_at=SIGNED_OFF,
    )  # fmt: skip
    session.add(case)
    session.flush()
    for agency in ("POL", "HOSP"):
        _file(session, cast, audit, case, agency)
    session.add_all(
        [
            PanelNote(case_id=case.id, standard_id="voice", text=OF_A_CASE, updated_at=SIGNED_OFF),
            AgreedGrade(
                case_id=case.id, question_key="voice.heard", level="weak", rag="red",
                reasons=OF_A_CASE, agreed_at=SIGNED_OFF, agreed_by_id=cast["Mo"].user_id,
            ),
        ]
    )  # fmt: skip
    _what_it_taught(session, audit, case)
    return Full(audit.id, case.id, _COUNTS)


_COUNTS = {
    "answers": 2, "events": 2, "views": 2, "conflicts": 2, "no-involvement": 2, "set-aside": 1,
    "notes": 1, "reasons": 1, "findings": 1, "outcomes": 2, "references": 2, "strata": 1,
}  # fmt: skip


def _file(session: Session, cast: Cast, audit: CaseAudit, case: AuditCase, agency: str) -> None:
    """The sheet of an audit that was cancelled was never opened."""
    opened = None if audit.status is CaseAuditStatus.CANCELLED else SIGNED_OFF
    agency_id = cast.agencies[agency]
    sheet = AnswerSheet(partnership_id=audit.partnership_id, agency_id=agency_id, opened_at=opened)
    session.add(sheet)
    session.flush()
    file = CaseFile(
        case_id=case.id, agency_id=agency_id, sheet_id=sheet.id, conflict=OF_A_CASE,
        conflict_at=SIGNED_OFF, no_involvement_reason=OF_A_CASE, no_involvement_at=SIGNED_OFF,
    )  # fmt: skip
    session.add(file)
    session.flush()
    session.add_all(
        [
            SheetAnswer(
                sheet_id=sheet.id, question_key="voice.heard", value="weak", comment=OF_A_CASE,
                rag="red", updated_at=SIGNED_OFF,
            ),
            CaseEvent(file_id=file.id, month=date(2025, 8, 1), what=OF_A_CASE),
            CaseView(file_id=file.id, view_of=ViewOf.CHILD, heard_how=OF_A_CASE, said=OF_A_CASE),
            ImmediateConcern(
                file_id=file.id, raised_by_id=cast["Asif"].user_id, raised_at=SIGNED_OFF,
                outcome=OF_A_CASE, closed_at=SIGNED_OFF,
            ),
        ]
    )  # fmt: skip


def _what_it_taught(session: Session, audit: CaseAudit, case: AuditCase) -> None:
    of_all = Finding(audit_id=audit.id, kind=FindingKind.LEARNING, text=THAT_STAYS,
                     written_at=SIGNED_OFF)  # fmt: skip
    of_one = Finding(audit_id=audit.id, case_id=case.id, kind=FindingKind.LEARNING,
                     text=OF_A_CASE, written_at=SIGNED_OFF)  # fmt: skip
    good = Finding(audit_id=audit.id, kind=FindingKind.GOOD_PRACTICE,
                   text=f"Visits were quick {THAT_STAYS}", written_at=SIGNED_OFF)  # fmt: skip
    session.add_all([of_all, of_one, good])
    session.flush()
    for finding in (of_all, of_one):
        session.add(Recommendation(audit_id=audit.id, finding_id=finding.id, text=THAT_STAYS,
                                   written_at=SIGNED_OFF))  # fmt: skip
    session.add_all(
        [
            AuditMeasure(audit_id=audit.id, title="Chronology used", numerator=4, denominator=6,
                         counted_at=SIGNED_OFF),
            Briefing(audit_id=audit.id, partnership_id=audit.partnership_id,
                     reference=audit.reference, title=f"What we learned {THAT_STAYS}",
                     looked_at="Help for infants", works="- Visits", improve="- Fathers",
                     do="- Ask", updated_at=SIGNED_OFF),
        ]
    )  # fmt: skip
    session.flush()


def second_person(session: Session) -> Viewer:
    """Kit, who chairs the QA subgroup of Downshire."""
    return join(session, "Kit", (Role.QA_CHAIR, "DOWN"))


def sign_off_at(session: Session, audit_id: int, moment: datetime) -> None:
    session.execute(update(CaseAudit).where(CaseAudit.id == audit_id).values(signed_off_at=moment))
