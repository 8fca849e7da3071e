"""Which questions are on a form, what they are numbered, and what its first sheet says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from s11audit.domain.agency_types import agency_attribute_label, agency_type_label
from s11audit.domain.answers import Answer
from s11audit.domain.audience import Respondent
from s11audit.domain.dates import long_time
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.routing import route
from s11audit.domain.shares import EVERYTHING, Share
from s11audit.exports.forms.layout import Words


@dataclass(frozen=True)
class FormFacts:
    """What the first sheet can say."""

    title: str
    version: str
    sha256: str
    introduction: str
    audience: str
    questions: int
    standards: int
    as_at: str
    sending: str


@dataclass(frozen=True)
class Offered:
    """The questions that are on the form, by standard, and the answers that they are filled with.

    Questions that hang on others are there, for nobody knows yet how those are answered; but what
    is hidden by the answers that there are stays empty. `numbers` leaves out what only tells.
    """

    standards: tuple[tuple[Standard, tuple[Question, ...]], ...]
    numbers: Mapping[str, str]
    answers: Mapping[str, Answer]


def offered_to(
    questionnaire: Questionnaire,
    respondent: Respondent | None,
    answers: Mapping[str, Answer] | None,
    share: Share = EVERYTHING,
) -> Offered:
    """What the form for this respondent has; without one, every question there is.

    Its answers and standards are those of `share`; what is hidden hangs on all `answers`.
    """
    by_standard = {one.id: one.questions for one in questionnaire.standards}
    held = dict(answers or {})
    if respondent is not None:
        routed = route(questionnaire, respondent, {key: one.value for key, one in held.items()})
        by_standard = dict(routed.offered)
        asked = {question.key for questions in routed.asked.values() for question in questions}
        theirs = {key for key in asked if share.has_question(key)}
        held = {key: answer for key, answer in held.items() if key in theirs}
    standards = tuple(
        (standard, by_standard[standard.id])
        for standard in questionnaire.standards
        if standard.id in by_standard and share.has_standard(standard.id)
    )
    return Offered(standards, _numbers(standards), held)


def _numbers(standards: tuple[tuple[Standard, tuple[Question, ...]], ...]) -> dict[str, str]:
    numbers: dict[str, str] = {}
    for place, (_, questions) in enumerate(standards, 1):
        answered = [question for question in questions if type_of(question).has_answer]
        numbers |= {question.key: f"{place}.{n}" for n, question in enumerate(answered, 1)}
    return numbers


def form_facts(
    questionnaire: Questionnaire,
    respondent: Respondent | None,
    offered: Offered,
    written_at: datetime,
    words: Words,
    *,
    comes_back: bool,
) -> FormFacts:
    """What the first sheet says of this form, which can be read back or only be copied from."""
    return FormFacts(
        title=questionnaire.title,
        version=questionnaire.version,
        sha256=questionnaire.sha256,
        introduction=questionnaire.introduction.strip(),
        audience=_audience(respondent) if respondent else words.everybody,
        questions=len(offered.numbers),
        standards=len(offered.standards),
        as_at=long_time(written_at),
        sending=words.sending_return if comes_back else words.sending,
    )


def _audience(respondent: Respondent) -> str:
    labels = [agency_attribute_label(each) for each in sorted(respondent.attributes)]
    return "; ".join([agency_type_label(respondent.agency_type), *labels])
