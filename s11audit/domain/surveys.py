"""Surveys of practitioners: their life, which answers are good, and when they contradict a rating.

Which of their numbers may be shown is said in `s11audit.domain.suppression`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from s11audit.domain.audience import EVERYBODY
from s11audit.domain.numbers import percent
from s11audit.domain.permissions import Permission
from s11audit.domain.question_types import QUESTION_TYPES
from s11audit.domain.question_types.coded import Coded
from s11audit.domain.questionnaire import Kind, Question, Questionnaire
from s11audit.domain.ratings import Rating
from s11audit.domain.steps import Step
from s11audit.domain.suppression import Tally


class SurveyStatus(StrEnum):
    """How far a survey has got. One that is closed stays so: see `docs/adr/0013-suppression.md`."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


SURVEY_STATUS_LABELS: dict[SurveyStatus, str] = {
    SurveyStatus.DRAFT: "Draft",
    SurveyStatus.OPEN: "Open",
    SurveyStatus.CLOSED: "Closed",
}

SURVEY_STEPS: tuple[Step[SurveyStatus], ...] = (
    Step(
        name="open",
        sources=frozenset({SurveyStatus.DRAFT}),
        target=SurveyStatus.OPEN,
        permission=Permission.RUN_SURVEYS,
        button="Open the survey",
        event="survey-opened",
    ),
    Step(
        name="close",
        sources=frozenset({SurveyStatus.OPEN}),
        target=SurveyStatus.CLOSED,
        permission=Permission.RUN_SURVEYS,
        button="Close the survey",
        event="survey-closed",
    ),
)


class LinkState(StrEnum):
    """What whoever follows a link meets."""

    NOT_YET = "not-yet"
    TAKING = "taking"
    CLOSED = "closed"
    ENDED = "ended"


def link_state(
    status: SurveyStatus, opens_on: date, closes_on: date, ended: bool, today: date
) -> LinkState:
    """What a link leads to today. A link that was ended takes no answers, but shows what came."""
    if status is SurveyStatus.DRAFT:
        return LinkState.NOT_YET
    if status is SurveyStatus.CLOSED or closes_on < today:
        return LinkState.CLOSED
    if ended:
        return LinkState.ENDED
    return LinkState.NOT_YET if today < opens_on else LinkState.TAKING


# One link takes no more answers than this, whatever an agency says of its size.
MOST_ANSWERS = 20_000
# Volunteers, and people who join or leave, make up for more than a wrong number of staff.
ANSWERS_A_HEAD = 2
FEWEST_MOST = 50


def most_answers(staff: int | None) -> int:
    """How often one link can be answered, so that no script fills it for ever."""
    if staff is None:
        return MOST_ANSWERS
    return min(MOST_ANSWERS, max(FEWEST_MOST, staff * ANSWERS_A_HEAD))


# While a survey is open, numbers of answers are told in steps of this size, rounded down.
STEP_OF_COUNTS = 5


def told_count(people: int) -> int:
    """So many at least have answered: rounded down, so that nobody is seen to answer."""
    return people - people % STEP_OF_COUNTS


@dataclass(frozen=True)
class Reading:
    """Which answers to a question are good, and which leave it out.

    Everything else is not good. An agency whose share of good answers is below `weak_below` (%)
    is weak here.
    """

    good: frozenset[str]
    not_applicable: frozenset[str] = field(default_factory=frozenset)
    weak_below: Decimal = Decimal(60)

    def side(self, code: str) -> int:
        """The place of a code in the sides of a tally."""
        if code in self.good:
            return GOOD
        return NOT_APPLICABLE if code in self.not_applicable else NOT_GOOD


GOOD, NOT_GOOD, NOT_APPLICABLE, UNANSWERED = range(4)
# The type of question with which the sides depend on what else was chosen.
SEVERAL = "multiple-choice"
SIDE_LABELS = ("Good answers", "Other answers", "Does not apply", "Not answered")


def _reading(good: str, not_applicable: str = "", weak_below: int = 60) -> Reading:
    return Reading(frozenset(good.split()), frozenset(not_applicable.split()), Decimal(weak_below))


# By scale or type, for every survey. Not knowing is not good: it is what the survey looks for.
READINGS_OF_KINDS: dict[str, Reading] = {
    "confidence": _reading("6 5 4"),
    "agreement": _reading("strongly-agree agree"),
    "yes-no": _reading("yes"),
    "yes-no-unsure": _reading("yes"),
}
# By questionnaire and key, where the answers are the question's own.
READINGS_OF_QUESTIONS: dict[tuple[str, str], Reading] = {
    ("practitioner-survey", "acting.heard-back"): _reading("told", "none-passed-on", 50),
    ("practitioner-survey", "at-work.time-to-talk"): _reading("planned when-asked", "not-needed"),
    ("practitioner-survey", "at-work.child-changed-things"): _reading("changed", "no-contact", 50),
    ("practitioner-survey", "learning.know-the-partnership"): _reading("joint-leaders", "", 50),
    ("practitioner-survey", "learning.heard-themes"): _reading(
        "injured-babies parents-mental-health sharing-information domestic-abuse hidden-children "
        "hard-to-help",
        weak_below=50,
    ),
}


def reading_of(questionnaire_id: str, question: Question) -> Reading | None:
    """Which answers to this question are good; None where nobody has said."""
    own = READINGS_OF_QUESTIONS.get((questionnaire_id, question.key))
    scale = question.scale.id if question.scale else ""
    return own or READINGS_OF_KINDS.get(scale) or READINGS_OF_KINDS.get(question.type)


def is_counted(question: Question) -> bool:
    """Whether answers to this question are counted; the others are words."""
    return isinstance(QUESTION_TYPES[question.type], Coded)


def labels_of(question: Question) -> dict[str, str]:
    """Code → label of every answer to a question that is counted, in order."""
    kind = QUESTION_TYPES[question.type]
    return kind.labels(question) if isinstance(kind, Coded) else {}


def side_of(question: Question, reading: Reading | None, code: str) -> int:
    """The side that one code is on by itself; good where nobody has said."""
    return _side(question, reading or _everything_good(question), [code])


def _everything_good(question: Question) -> Reading:
    return Reading(frozenset(labels_of(question)))


def tally_of(
    questionnaire_id: str, question: Question, values: Mapping[str, int], people: int
) -> Tally:
    """The tally of stored values (value → how many people) of `people` who were asked.

    Of a question with several choices, whoever chose more than an option that stands alone is on
    the good side.
    """
    reading = reading_of(questionnaire_id, question) or _everything_good(question)
    sides, levels = [0, 0, 0, 0], dict.fromkeys(labels_of(question), 0)
    for value, count in values.items():
        chosen = [code for code in value.split() if code in levels]
        for code in chosen:
            levels[code] += count
        sides[_side(question, reading, chosen)] += count
    sides[UNANSWERED] += people - sum(sides)
    told = (*levels.values(), sides[UNANSWERED])
    return Tally(tuple(sides), told, _others(question, levels, sides))


def _side(question: Question, reading: Reading, chosen: Sequence[str]) -> int:
    if not chosen:
        return UNANSWERED
    if question.type == SEVERAL:
        return NOT_GOOD if _alone(question).issuperset(chosen) else GOOD
    return reading.side(chosen[0])


def _others(question: Question, levels: Mapping[str, int], sides: Sequence[int]) -> tuple[int, ...]:
    """Of several choices: how many chose something, but not this."""
    if question.type != SEVERAL:
        return ()
    alone = _alone(question)
    return tuple(sides[GOOD] - count for code, count in levels.items() if code not in alone)


def _alone(question: Question) -> frozenset[str]:
    return frozenset(option.id for option in question.options if option.alone)


def good_share(tally: Tally) -> Decimal | None:
    """Good ÷ good and other answers, in %; None where nobody answered whom it applies to."""
    return percent(tally.sides[GOOD], tally.sides[GOOD] + tally.sides[NOT_GOOD])


def is_weak(reading: Reading, tally: Tally) -> bool:
    """Whether too few of the answers are good; decided before rounding."""
    good, whole = tally.sides[GOOD], tally.sides[GOOD] + tally.sides[NOT_GOOD]
    return whole > 0 and good * 100 < reading.weak_below * whole


def contradicts(rating: Rating | None, reading: Reading, tally: Tally) -> bool:
    """Whether staff say otherwise than a green standard."""
    return rating is Rating.GREEN and is_weak(reading, tally)


def why_not_a_survey(questionnaire: Questionnaire) -> str:
    """Why a questionnaire cannot be asked as a survey; empty where it can.

    Everybody is asked the same, or who was asked what would tell what they answered.
    """
    if questionnaire.kind is not Kind.SURVEY:
        return "This questionnaire is not a survey."
    for standard in questionnaire.standards:
        for question in standard.questions:
            if question.when or {standard.audience, question.audience} != {EVERYBODY}:
                return f"A survey asks everybody the same, but “{question.title}” is for some only."
            if not (is_counted(question) or question.type.endswith("-text")):
                return f"A survey can count choices and keep words, but not “{question.title}”."
    return ""
