"""What one row of a survey's results holds. `exports/survey.yaml` names these classes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """What the workbook of a survey can say about it."""

    partnership: str
    survey_title: str
    survey_reference: str
    questionnaire: str
    open_from_to: str
    ratings_of: str
    people: str
    not_shown: str
    written_at: str
    exported_by: str


@dataclass(frozen=True, slots=True)
class SurveyLinksFacts:
    """What the workbook of a survey's links can say about it."""

    partnership: str
    survey_title: str
    survey_reference: str
    open_from_to: str
    written_at: str
    exported_by: str


@dataclass(frozen=True, slots=True)
class HandedLink:
    """An agency, and the link that its staff answer by."""

    agency_reference: str
    agency: str
    agency_type: str
    link: str


@dataclass(frozen=True, slots=True)
class SurveyGroupRow:
    """How many of one group answered, and how much of what they said is shown."""

    grouped_by: str
    group: str
    people: int | None
    staff: int | None
    questions: int
    shown: int
    note: str


@dataclass(frozen=True, slots=True)
class SurveyQuestionRow:
    """One question as one group answered it. Counts are None where they are hidden."""

    grouped_by: str
    group: str
    note: str
    standard: str = ""
    question: str = ""
    people: int | None = None
    left_out: int | None = None
    good: int | None = None
    applies_to: int | None = None
    good_pct: Decimal | None = None
    weak_below: Decimal | None = None
    tested: str = ""
    self_rating: str = ""
    moderated_rating: str = ""
    agreed_rating: str = ""
    mismatch: str = ""


@dataclass(frozen=True, slots=True)
class SurveyAnswerRow:
    """How many of a group gave one answer, or answers of one side."""

    grouped_by: str
    group: str
    question: str
    answer: str
    people: int
    of: int
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class SurveyCommentRow:
    """What somebody of an agency wrote, in the order of the alphabet."""

    agency: str
    question: str
    text: str
