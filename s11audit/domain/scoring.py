"""Scorecards: counts, percentages and ratings computed from answers.

The rules are those under "Ratings and scores" in docs/scoring.md. All arithmetic is exact
(fractions); rounding happens once, when a percentage is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from s11audit.domain.audience import Respondent
from s11audit.domain.numbers import percent, plain_number
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Question, Questionnaire, Standard, Thresholds, ToldTo
from s11audit.domain.ratings import RAG_POINTS, Rag, Rating
from s11audit.domain.routing import route
from s11audit.domain.scales import Level, Scale


@dataclass(frozen=True)
class Scorecard:
    """What the answers to one standard, or to a whole return, add up to.

    `visible` counts questions asked; `required`, `answered` and `unanswered` count those of them
    that must be answered, so completion is answered ÷ required. `unrated` counts required questions
    on a coloured scale that wait for an answer. `points` of `maximum` are over applicable answered
    questions; `strict_maximum` also holds the unanswered ones. Colours and points leave out what
    only some of the partnerships ask that the card is for.
    """

    visible: int = 0
    required: int = 0
    answered: int = 0
    red: int = 0
    amber: int = 0
    green: int = 0
    not_applicable: int = 0
    unanswered: int = 0
    unrated: int = 0
    points: Fraction = Fraction(0)
    maximum: int = 0
    strict_maximum: int = 0
    rating: Rating = Rating.NOT_RATED
    because: str = ""

    @property
    def provisional(self) -> bool:
        return self.unanswered > 0

    @property
    def rated(self) -> int:
        return self.red + self.amber + self.green

    @property
    def completion_pct(self) -> Decimal | None:
        return percent(self.answered, self.required)

    @property
    def green_pct(self) -> Decimal | None:
        return percent(self.green, self.rated)

    @property
    def compliance_pct(self) -> Decimal | None:
        return percent(self.points, self.maximum)

    @property
    def strict_pct(self) -> Decimal | None:
        return percent(self.points, self.strict_maximum)


@dataclass(frozen=True)
class ReturnScore:
    """Scorecards of one return: the whole of it, and each standard that asks anything."""

    overall: Scorecard
    standards: Mapping[str, Scorecard]


def score(
    questionnaire: Questionnaire,
    respondent: Respondent,
    answers: Mapping[str, str],
    unconfirmed: Set[str] = frozenset(),
) -> ReturnScore:
    """Score answers (question key → level id or value) as this agency gave them.

    Answers of last time that are `unconfirmed` (their keys) route what is asked, so that a form
    looks as it did then, but they do not count until somebody says that they are still right.
    The return is rated by the questions that every partnership asks, so that agencies of different
    partnerships are compared by the same ones; completion counts all that is asked.
    """
    asked = route(questionnaire, respondent, answers).asked
    answers = {key: value for key, value in answers.items() if key not in unconfirmed}
    everything = [question for questions in asked.values() for question in questions]
    told, usual = questionnaire.told_to, questionnaire.thresholds
    return ReturnScore(
        overall=scorecard(everything, answers, usual, lambda one: told[one.key] is None),
        standards={
            standard.id: scorecard(
                asked[standard.id],
                answers,
                standard.thresholds or usual,
                partial(_is_for_whole, standard, told),
            )
            for standard in questionnaire.standards
            if standard.id in asked
        },
    )


def _is_for_whole(standard: Standard, told_to: ToldTo, question: Question) -> bool:
    """Whether every partnership that asks the standard asks this question of it."""
    return told_to[question.key] == standard.audience.partnerships


def scorecard(
    questions: Iterable[Question],
    answers: Mapping[str, str],
    thresholds: Thresholds,
    counts: Callable[[Question], bool] = lambda _: True,
) -> Scorecard:
    """Add up the answers to these visible questions; statements ask nothing.

    All of them count for completion, but for the rating only those that `counts` says.
    """
    questions = tuple(question for question in questions if type_of(question).has_answer)
    tally = _Tally(tuple(filter(counts, questions)), answers, asks=bool(questions))
    rating, because = _rate(tally, thresholds)
    required = sum(question.required for question in questions)
    answered = sum(q.required and _is_whole(q, answers.get(q.key, "")) for q in questions)
    return Scorecard(
        visible=len(questions),
        required=required,
        answered=answered,
        red=len(tally.by_rag[Rag.RED]),
        amber=len(tally.by_rag[Rag.AMBER]),
        green=len(tally.by_rag[Rag.GREEN]),
        not_applicable=tally.not_applicable,
        unanswered=required - answered,
        unrated=tally.unrated,
        points=tally.points,
        maximum=tally.maximum,
        strict_maximum=tally.maximum + tally.waiting,
        rating=rating,
        because=because,
    )


def _is_whole(question: Question, value: str) -> bool:
    """Whether there is an answer, and not only half of a percentage or of a table."""
    return bool(value) and not type_of(question).missing(question, value)


class _Tally:
    """Counts of the rating questions among those asked; `asks` says if anything at all is asked."""

    def __init__(
        self, questions: tuple[Question, ...], answers: Mapping[str, str], *, asks: bool
    ) -> None:
        self.by_rag: dict[Rag, list[Question]] = {rag: [] for rag in Rag}
        self.not_applicable = 0
        self.unrated = 0
        self.points = Fraction(0)
        self.maximum = 0
        self.waiting = 0
        self.asks = asks
        self.awaits_colour = False
        scaled = [(question, question.scale) for question in questions if question.scale]
        worth = _worth_of_levels({scale.id: scale for _, scale in scaled}.values())
        for question, scale in scaled:
            self._count(question, scale, worth[scale.id], answers.get(question.key, ""))

    def _count(
        self, question: Question, scale: Scale, worth: Mapping[str, Fraction], value: str
    ) -> None:
        level = scale.level(value)
        if level is None:
            self.awaits_colour |= scale.has_rag
            self.unrated += question.required and scale.has_rag
            self.waiting += question.required and bool(worth)
        elif not level.applicable:
            self.not_applicable += 1
        else:
            self._count_level(question, level, worth)

    def _count_level(self, question: Question, level: Level, worth: Mapping[str, Fraction]) -> None:
        if level.rag:
            self.by_rag[level.rag].append(question)
        if level.id in worth:
            self.points += worth[level.id]
            self.maximum += 1


def _worth_of_levels(scales: Collection[Scale]) -> dict[str, Mapping[str, Fraction]]:
    """Worth of each level of each scale in use.

    A scale on its own counts by its own points. Where several coloured scales meet, only colours
    are pooled; a scale without colours then stays out.
    """
    coloured = [scale for scale in scales if scale.has_rag]
    counted = coloured or list(scales)
    worth: dict[str, Mapping[str, Fraction]] = {scale.id: {} for scale in scales}
    if len(counted) == 1:
        worth[counted[0].id] = counted[0].worth
        return worth
    for scale in coloured:
        worth[scale.id] = {level.id: RAG_POINTS[level.rag] for level in scale.levels if level.rag}
    return worth


def _rate(tally: _Tally, thresholds: Thresholds) -> tuple[Rating, str]:
    """The overall rating, and the rule that decided it as a sentence for the agency."""
    if not any(tally.by_rag.values()):
        return Rating.NOT_RATED, _why_not_rated(tally)
    compliance = tally.points * 100 / tally.maximum if tally.maximum else Fraction(0)
    shown = _shown(tally, thresholds)
    reds = tally.by_rag[Rag.RED]
    critical = [question for question in reds if question.critical]
    if critical:
        return Rating.RED, _because_critical(critical)
    if compliance < thresholds.red_below:
        return (
            Rating.RED,
            f"Red because compliance is {shown}, below {plain_number(thresholds.red_below)}%",
        )
    if compliance < thresholds.green_from:
        return Rating.AMBER, (
            f"Amber because compliance is {shown}: {plain_number(thresholds.red_below)}% or more, "
            f"but below {plain_number(thresholds.green_from)}%"
        )
    if reds:
        return Rating.AMBER, (
            f"Amber because the question '{reds[0].title}' is red, although compliance is {shown}"
        )
    return Rating.GREEN, (
        f"Green because compliance is {shown}, {plain_number(thresholds.green_from)}% or more, "
        "and nothing is red"
    )


def _shown(tally: _Tally, thresholds: Thresholds) -> str:
    """Compliance as a person reads it; 89.96% is not called 90% where 90% decides."""
    rounded = percent(tally.points, tally.maximum) or Decimal(0)
    for threshold in (thresholds.red_below, thresholds.green_from):
        if tally.points * 100 < threshold * tally.maximum and rounded >= threshold:
            return f"just under {plain_number(threshold)}%"
    return f"{rounded}%"


def _because_critical(critical: list[Question]) -> str:
    if len(critical) == 1:
        return f"Red because the critical question '{critical[0].title}' is red"
    titles = " and ".join(f"'{question.title}'" for question in critical[:2])
    if len(critical) == 2:
        return f"Red because the critical questions {titles} are red"
    return f"Red because {len(critical)} critical questions are red, '{critical[0].title}' first"


def _why_not_rated(tally: _Tally) -> str:
    if not tally.asks:
        return "Not rated because nothing here is asked of this agency"
    if tally.awaits_colour:
        return "Not rated because no question has been rated yet"
    if tally.not_applicable:
        return "Not rated because every question is not applicable"
    return "Not rated because no question here has a red, amber or green rating"
