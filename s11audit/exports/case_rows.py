"""What one row of a case audit's workbook holds. `exports/case-audit.yaml` names these classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CaseAuditFacts:
    """What the workbook of a case audit can say about it."""

    partnership: str
    audit_reference: str
    audit_title: str
    theme: str
    status: str
    period: str
    questionnaire_title: str
    questionnaire_version: str
    questionnaire_sha256: str
    cases: int
    files: str
    not_involved: int
    agreed: str
    signed_off: str
    case_level: str
    repeats: str
    written_at: str
    exported_by: str


@dataclass(frozen=True, slots=True)
class CaseFileRow:
    """One agency's part in one case. `involved` and `finished` are Yes or No."""

    case: str
    agency: str
    involved: str
    reason: str
    finished: str


@dataclass(frozen=True, slots=True)
class GradeRow:
    """One question of one case. `given` holds each agency's grade, by reference of the agency."""

    case: str
    standard: str
    question: str
    given: dict[str, str]
    variance: str
    agreed: str
    agreed_rag: str
    reasons: str


@dataclass(frozen=True, slots=True)
class RagCountRow:
    """The grades of one question (or, in bold, of a standard or the audit) by one side."""

    standard: str
    question: str
    side: str
    red: int
    amber: int
    green: int
    rated: int
    uncoloured: int
    not_applicable: int
    waiting: int
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """What became of agencies' grades of one question when the panel agreed one."""

    standard: str
    question: str
    compared: int
    kept: int
    raised: int
    lowered: int
    changed: int
    differing: int
    cases: int
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding. `about` is a case, or the whole audit."""

    kind: str
    about: str
    theme: str
    finding: str


@dataclass(frozen=True, slots=True)
class RecommendedRow:
    """A recommendation with one of its actions; those fields are empty where it has none."""

    recommendation: str
    finding: str
    action: str = ""
    agency: str = ""
    what: str = ""
    post: str = ""
    due_on: date | None = None
    status: str = ""
    overdue: str = ""
    impact: str = ""


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure, now and at the audit that this one repeats."""

    measure: str
    counted: str
    answer: str
    part: int
    whole: int
    share: Decimal | None
    before: str
    now: str
    direction: str
    caution: str
    counted_at: datetime
