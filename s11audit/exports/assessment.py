"""The workbook of a joint assessment, once its ratings are opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from os import PathLike
from typing import IO, Any

from sqlalchemy.orm import Session

from s11audit.domain.actions import ACTION_STATUS_LABELS
from s11audit.domain.answers import Answer
from s11audit.domain.assessments import ASSESSMENT_STATUS_LABELS, MOVEMENT_LABELS, Movement
from s11audit.domain.dates import long_time
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.ratings import LABELS
from s11audit.domain.viewers import Viewer
from s11audit.exports.assessment_rows import (
    AssessmentFacts,
    ComparedRow,
    MovedRow,
    PlanRow,
    RatedRow,
)
from s11audit.exports.layout import layout_named
from s11audit.exports.summary import of_whole
from s11audit.models import Action, Assessment, Assessor
from s11audit.queries.compared_ratings import Comparison, Moved, comparison, moved_since, plan

LAYOUT = "assessment"


def write_assessment(
    session: Session,
    assessment: Assessment,
    chain: Sequence[Questionnaire],
    *,
    visible_to: Viewer,
    exported_at: datetime,
    path_or_stream: str | PathLike[str] | IO[bytes],
) -> int:
    """Write `exports/assessment.yaml`, and say how many questions it holds.

    `chain` has what is asked, then what that replaces. Whoever calls has found the assessment for
    READ_RATINGS; what is not opened is not read here either.
    """
    from s11audit.exports.workbook import write_workbook  # openpyxl is slow to load

    asked = chain[0]
    compared = comparison(session, assessment, asked)
    questions = [one.question for one in compared.questions]
    moved = moved_since(session, assessment, list(chain), questions)
    rows: dict[type, Iterable[Any]] = {
        ComparedRow: _compared_rows(compared, asked),
        RatedRow: _rated_rows(compared, asked),
        PlanRow: _plan_rows(plan(session, visible_to=visible_to, assessment=assessment), asked),
        MovedRow: _moved_rows(moved, asked) if assessment.repeats else (),
    }
    write_workbook(
        layout_named(LAYOUT),
        _facts(assessment, compared, moved, asked, visible_to.name, exported_at),
        rows,
        path_or_stream,
        written_at=exported_at,
        repeats={"assessors": [(str(one.id), one.label) for one in compared.assessors]},
    )
    return len(questions)


def _facts(
    assessment: Assessment,
    compared: Comparison,
    moved: Sequence[Moved],
    asked: Questionnaire,
    exported_by: str,
    exported_at: datetime,
) -> AssessmentFacts:
    tally, total = compared.tally, len(compared.questions)
    because = assessment.opened_because
    when = long_time(assessment.opened_at) if assessment.opened_at else ""
    with_comparator = sum(one.movement is not Movement.NONE for one in moved)
    return AssessmentFacts(
        partnership=assessment.partnership.name,
        assessment_title=assessment.title,
        assessment_reference=assessment.reference,
        about=assessment.about,
        status=ASSESSMENT_STATUS_LABELS[assessment.status],
        chair=assessment.chair.name if assessment.chair else "",
        opened=f"{when}, before all were in: {because}" if because else f"{when}, when all were in",
        questionnaire_title=asked.title,
        questionnaire_version=asked.version,
        questionnaire_sha256=asked.sha256,
        assessors=_named(compared.assessors),
        absent=_named(compared.absent) or "Nobody",
        agreed=of_whole(sum(one.agreed is not None for one in compared.questions), total),
        all_agree=of_whole(tally.agree, total),
        one_step=of_whole(tally.one_step, total),
        further=of_whole(tally.further, total),
        too_few=of_whole(tally.too_few, total),
        earlier=_earlier(assessment),
        compared=of_whole(with_comparator, total),
        as_at=long_time(exported_at),
        exported_by=exported_by,
    )


def _named(assessors: Iterable[Assessor]) -> str:
    return "; ".join(f"{one.label} ({one.user.name})" for one in assessors)


def _earlier(assessment: Assessment) -> str:
    one = assessment.repeats
    return f"{one.title} ({one.reference})" if one else "None: there is no comparator"


def _compared_rows(compared: Comparison, asked: Questionnaire) -> Iterator[ComparedRow]:
    for one in compared.questions:
        agreed = one.agreed
        yield ComparedRow(
            area=_area(one.question, asked),
            key=one.question.key,
            question=one.question.ask,
            ratings={
                str(rated.assessor.id): _label(one.question, rated.answer.value)
                for rated in one.ratings
            },
            steps=one.variance.steps,
            agreed=_label(one.question, agreed.level) if agreed else "Not agreed yet",
            rationale=agreed.rationale if agreed else "",
            note=agreed.note if agreed else "",
        )


def _rated_rows(compared: Comparison, asked: Questionnaire) -> Iterator[RatedRow]:
    for one in compared.questions:
        for rated in one.ratings:
            yield RatedRow(
                area=_area(one.question, asked),
                question=one.question.ask,
                assessor=rated.assessor.label,
                rating=_label(one.question, rated.answer.value),
                reason=rated.answer.reason,
                comment=rated.answer.comment,
                evidence=_evidence(rated.answer),
                proposed=rated.answer.promise.what,
            )


def _evidence(answer: Answer) -> str:
    return "\n".join(text for text in (answer.evidence, answer.link) if text)


def _plan_rows(actions: Iterable[Action], asked: Questionnaire) -> Iterator[PlanRow]:
    for action in actions:
        question = asked.by_key.get(action.question_key)
        yield PlanRow(
            action.reference,
            question.ask if question else "",
            action.what,
            action.agency.name,
            action.post,
            action.due_on,
            ACTION_STATUS_LABELS[action.status],
        )


def _moved_rows(moved: Iterable[Moved], asked: Questionnaire) -> Iterator[MovedRow]:
    for one in moved:
        yield MovedRow(
            _area(one.question, asked),
            one.question.ask,
            one.before or "–",
            one.after or "–",
            MOVEMENT_LABELS[one.movement],
        )


def _area(question: Question, asked: Questionnaire) -> str:
    standard = asked.standard(question.standard_id)
    return standard.title if standard else ""


def _label(question: Question, level_id: str) -> str:
    level = question.scale.level(level_id) if question.scale else None
    return level.label if level else LABELS["unanswered"]
