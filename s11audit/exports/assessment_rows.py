"""What one row of a joint assessment holds. `exports/assessment.yaml` names these classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AssessmentFacts:
    """What the workbook of a joint assessment can say about it."""

    partnership: str
    assessment_title: str
    assessment_reference: str
    about: str
    status: str
    chair: str
    opened: str
    questionnaire_title: str
    questionnaire_version: str
    questionnaire_sha256: str
    assessors: str
    absent: str
    agreed: str
    all_agree: str
    one_step: str
    further: str
    too_few: str
    earlier: str
    compared: str
    as_at: str
    exported_by: str


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One question: every rating by assessor, how many steps they are apart, what is agreed.

    `steps` is empty where fewer than two can be compared.
    """

    area: str
    key: str
    question: str
    ratings: Mapping[str, str]
    steps: int | None
    agreed: str
    rationale: str
    note: str


@dataclass(frozen=True, slots=True)
class RatedRow:
    """What one assessor said of one question."""

    area: str
    question: str
    assessor: str
    rating: str
    reason: str
    comment: str
    evidence: str
    proposed: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One action of the Partnership Development Action Plan."""

    reference: str
    question: str
    what: str
    agency: str
    post: str
    due_on: date
    status: str


@dataclass(frozen=True, slots=True)
class MovedRow:
    """One question now and in the assessment that this one repeats."""

    area: str
    question: str
    before: str
    after: str
    movement: str
