"""What the workbook of a case audit says about the audit itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from s11audit.domain.cases import CASE_AUDIT_STATUS_LABELS
from s11audit.domain.dates import long_date, long_time
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.retention import deleted_on
from s11audit.exports.case_rows import CaseAuditFacts
from s11audit.exports.summary import of_whole
from s11audit.models import CaseAudit
from s11audit.queries.case_grades import GradeTable
from s11audit.queries.case_reading import CaseRead


def facts_of(
    audit: CaseAudit,
    questionnaire: Questionnaire,
    table: GradeTable,
    cases: Sequence[CaseRead],
    exported_by: str,
    exported_at: datetime,
) -> CaseAuditFacts:
    """What the sheets say of an audit."""
    days = [long_date(day) for day in (audit.period_from, audit.period_to) if day]
    return CaseAuditFacts(
        partnership=audit.partnership.name,
        audit_reference=audit.reference,
        audit_title=audit.title,
        theme=audit.theme or "None",
        status=CASE_AUDIT_STATUS_LABELS[audit.status],
        period=" to ".join(days) or "Not given",
        questionnaire_title=questionnaire.title,
        questionnaire_version=questionnaire.version,
        questionnaire_sha256=questionnaire.sha256,
        cases=table.cases,
        files=of_whole(table.files - table.not_involved, table.files),
        not_involved=table.not_involved,
        agreed=_how_many_agreed(audit, questionnaire, cases),
        signed_off=long_time(audit.signed_off_at) if audit.signed_off_at else "Not signed off yet",
        case_level=_case_level(audit),
        repeats=audit.repeats.reference if audit.repeats else "None: this is the first",
        written_at=long_time(exported_at),
        exported_by=exported_by,
    )


def _how_many_agreed(
    audit: CaseAudit, questionnaire: Questionnaire, cases: Sequence[CaseRead]
) -> str:
    """Of how many, too, as long as it is known what agencies graded."""
    if audit.emptied_at is not None:
        return str(sum(len(one.agreed) for one in cases))
    wanted = sum(len(one.to_agree(questionnaire)) for one in cases)
    lacking = sum(len(one.lacking(questionnaire)) for one in cases)
    return of_whole(wanted - lacking, wanted)


def _case_level(audit: CaseAudit) -> str:
    """Whether there is anything of what agencies answered; where not, what is left, and where."""
    if audit.emptied_at is None:
        return "It is in this workbook."
    return (
        f"{deleted_on(audit.emptied_at)}. Agreed grades stay, without their reasons; the sheet "
        "Counts counts them. What agencies graded themselves cannot be counted any more."
    )
