"""What one row of a programme of case audits holds. `exports/case-programme.yaml` names these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """What the workbook of a programme can say about it."""

    partnership: str
    year: str
    year_in_words: str
    planned: int
    held: int
    cancelled: int
    written_at: str
    exported_by: str


@dataclass(frozen=True, slots=True)
class CaseAuditRow:
    """One audit of the programme. `reason` is why it was cancelled."""

    partnership: str
    reference: str
    title: str
    kind: str
    status: str
    month: str
    cases_wanted: int
    chair: str
    files_due_on: date | None
    panel_on: date | None
    reason: str
    steering_told: str
    steering_told_on: date | None
