"""What one row of each table holds. `exports/*.yaml` names these classes and their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from s11audit.domain.numbers import percent
from s11audit.domain.question_types import Cell


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What an About sheet, a heading or a chart's source line can say about a round."""

    partnership: str
    round_title: str
    round_reference: str
    round_status: str
    questionnaire_title: str
    questionnaire_version: str
    questionnaire_sha256: str
    side: str
    as_at: str
    exported_by: str
    opens_on: str
    due_on: str
    closes_on: str
    return_rate: str
    returned: int
    expected: int
    exempt: int
    alternative_assurance: int
    nil_returns: int
    red_below: str
    green_from: str


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """What the workbook of one return can say about it."""

    partnership: str
    round_title: str
    round_reference: str
    questionnaire_title: str
    questionnaire_version: str
    questionnaire_sha256: str
    side: str
    as_at: str
    exported_by: str
    agency: str
    agency_reference: str
    agency_type: str
    return_reference: str
    status: str
    due_on: str
    submitted: str
    receipt: str
    signed_by: str
    snapshot_sha256: str
    completion: str
    rating: str
    because: str
    red_below: str
    green_from: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an About sheet."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class StandardRow:
    """Answers of a standard over all submitted returns, and how the returns were rated on it.

    `returns` counts the returns that were asked anything of it; `is_total` marks the row of whole
    returns. Percentages are of 100.
    """

    title: str
    returns: int
    red: int
    amber: int
    green: int
    not_applicable: int
    unanswered: int
    unrated: int
    compliance_pct: Decimal | None
    strict_pct: Decimal | None
    rated_red: int
    rated_amber: int
    rated_green: int
    not_rated: int
    is_total: bool = False

    @property
    def rated(self) -> int:
        return self.red + self.amber + self.green

    @property
    def green_of_rated(self) -> str:
        return f"{self.green}/{self.rated}"

    @property
    def green_pct(self) -> Decimal | None:
        return percent(self.green, self.rated)


@dataclass(frozen=True, slots=True)
class ReturnRateRow:
    """How many agencies of a type have returned. `expected` leaves out those that are exempt."""

    agency_type: str
    expected: int
    submitted: int
    alternative_assurance: int
    nil_returns: int
    awaiting_sign_off: int
    in_progress: int
    not_started: int
    overdue: int
    exempt: int
    is_total: bool = False

    @property
    def returned(self) -> int:
        return self.submitted + self.alternative_assurance + self.nil_returns

    @property
    def returned_of_expected(self) -> str:
        return f"{self.returned}/{self.expected}"

    @property
    def returned_pct(self) -> Decimal | None:
        return percent(self.returned, self.expected)


@dataclass(frozen=True, slots=True)
class RatingsRow:
    """One agency's rating of each standard (standard id → what its cell shows) and overall."""

    agency_reference: str
    agency: str
    agency_type: str
    status: str
    standards: Mapping[str, str]
    overall: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question that one agency was asked, and its answer. `rag` is a word, not a letter."""

    agency_reference: str
    agency: str
    agency_type: str
    standard: str
    question_key: str
    question: str
    ask: str
    answer: Cell
    rag: str
    reason: str
    comment: str
    evidence: str
    link: str
    action_what: str
    action_post: str
    action_due_on: date | None


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action. `overdue` is as at the time of export."""

    reference: str
    agency_reference: str
    agency: str
    standard: str
    question_key: str
    question: str
    what: str
    post: str
    due_on: date | None
    status: str
    overdue: str
    impact: str


@dataclass(frozen=True, slots=True)
class ReturnStatusRow:
    """How far one return has got, and whether it came in time (`returned`, in words).

    Instead of ratings and counts, one that answers nothing shows why; `rating` is empty until the
    return is submitted.
    """

    agency_reference: str
    agency: str
    agency_type: str
    return_reference: str
    status: str
    due_on: date
    overdue: str
    submitted_at: datetime | None
    returned: str
    signed_by: str
    receipt: str
    answered_of_required: str
    completion_pct: Decimal | None
    rating: str
    because: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """What one agency states in place of answers. `can_assure` is Yes or No."""

    agency_reference: str
    agency: str
    state: str
    can_assure: str
    explanation: str
    document: str
    post: str
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class ScorecardRow:
    """The scorecard of one standard, or (`is_total`) of the whole return. Percentages of 100."""

    title: str
    rating: str
    because: str
    red: int
    amber: int
    green: int
    not_applicable: int
    unanswered: int
    answered_of_required: str
    completion_pct: Decimal | None
    green_of_rated: str
    green_pct: Decimal | None
    compliance_pct: Decimal | None
    strict_pct: Decimal | None
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class AgencyAnswersRow:
    """How one agency rated the questions that it was asked."""

    agency: str
    red: int
    amber: int
    green: int
    unrated: int
    not_applicable: int


@dataclass(frozen=True, slots=True)
class ContinuedRow:
    """A further part of a text that was too long for its cell."""

    sheet: str
    cell: str
    part: int
    text: str
