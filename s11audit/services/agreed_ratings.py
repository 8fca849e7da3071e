"""Writing down what is agreed, and making actions of every amber and red once it is signed off."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.actions import ActionSource, ActionStatus, Promise
from s11audit.domain.assessments import AssessmentStatus, becomes_action
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, AgreedRating, Assessment
from s11audit.queries.assessments import agencies_to_assess, rates_in, reaches
from s11audit.queries.compared_ratings import Compared, comparison
from s11audit.queries.people import account_id
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError


@dataclass(frozen=True)
class Agreement:
    """What is agreed of one question. `level` is an id of its scale.

    The action is for a rating that is not green; it is dropped from one that is.
    """

    level: str
    rationale: str
    note: str = ""
    promise: Promise = field(default_factory=Promise)
    agency_id: int | None = None


class ChangedRatingError(Exception):
    """Somebody else wrote down something else meanwhile: `stored`, which stays."""

    def __init__(self, stored: AgreedRating) -> None:
        super().__init__("Somebody else has written down what was agreed here")
        self.stored = stored


def agree_rating(
    session: Session,
    assessment: Assessment,
    question: Question,
    agreement: Agreement,
    *,
    version: int,
    by: Viewer,
    now: datetime,
) -> None:
    """Keep what is agreed of a question. `version` is that of the page; 0 where nothing was kept.

    Raises ChangedRatingError where that is an old one, RefusedError (`level`, `rationale`,
    `agency_id`), StepNotAllowedError outside the discussion, and PermissionError for whoever does
    not write down what is agreed here; an assessor does not, or one voice would hold the pen.
    """
    _check_may_agree(session, assessment, by)
    if assessment.status is not AssessmentStatus.DISCUSSION:
        raise StepNotAllowedError("What is agreed is written down while it is discussed.")
    values = _values(session, assessment, question, agreement)
    values |= {"agreed_at": now, "agreed_by_id": account_id(by)}
    if not _store(session, assessment, question.key, values, version):
        raise ChangedRatingError(_stored(session, assessment, question.key))
    subject = f"joint assessment {assessment.reference}"
    detail = {"question": question.key, "rating": str(values["rag"] or agreement.level)}
    record_by(session, "rating-agreed", subject, by, now, detail, of=assessment)


def make_actions_of_assessment(
    session: Session,
    assessment: Assessment,
    questionnaire: Questionnaire,
    *,
    by: Viewer,
    now: datetime,
) -> list[Action]:
    """An action of the Partnership Development Action Plan for every amber and red.

    Raises StepNotAllowedError where a question has no agreed rating, or one lacks its action.
    """
    compared = comparison(session, assessment, questionnaire)
    if lacking := compared.unsettled:
        raise StepNotAllowedError(
            f"{counted(len(lacking), 'question', 'questions')} of {len(compared.questions)} still "
            "need an agreed rating with its reasons, or the action that goes with amber or red."
        )
    to_make = [one for one in compared.questions if one.agreed and becomes_action(one.agreed.rag)]
    made = [
        _make(session, assessment, number, one, by, now)
        for number, one in enumerate(to_make, start=1)
    ]
    session.flush()
    return made


def _make(
    session: Session, assessment: Assessment, number: int, one: Compared, by: Viewer, now: datetime
) -> Action:
    agreed = one.agreed
    if agreed is None or agreed.action_agency_id is None or agreed.action_due_on is None:
        raise ValueError(f"{one.question.key} is not settled")
    action = Action(
        reference=f"{assessment.reference}-A{number}",
        agency_id=agreed.action_agency_id,
        partnership_id=assessment.partnership_id,
        assessment_id=assessment.id,
        source=ActionSource.ASSESSMENT,
        question_key=one.question.key,
        what=agreed.action_what,
        post=agreed.action_post,
        due_on=agreed.action_due_on,
        status=ActionStatus.OPEN,
        created_at=now,
    )
    session.add(action)
    session.flush()
    detail = {"question": one.question.key, "due": action.due_on.isoformat()}
    record_by(session, "action-agreed", f"action {action.reference}", by, now, detail, of=action)
    return action


def _values(
    session: Session, assessment: Assessment, question: Question, agreement: Agreement
) -> dict[str, object]:
    level = question.scale.level(agreement.level) if question.scale else None
    if level is None:
        raise RefusedError("level", "Choose what is agreed")
    if not agreement.rationale.strip():
        raise RefusedError("rationale", "Say why this is what was agreed")
    rag = str(level.rag or "")
    is_followed_up = becomes_action(rag)
    agency_id = agreement.agency_id if is_followed_up else None
    ours = {one.id for one in agencies_to_assess(session, assessment.partnership_id)}
    if agency_id is not None and agency_id not in ours:
        raise RefusedError("agency_id", "Choose an agency of this partnership")
    promise = agreement.promise if is_followed_up else Promise()
    return {
        "level": level.id,
        "rag": rag,
        "rationale": agreement.rationale,
        "note": agreement.note,
        "action_what": promise.what,
        "action_agency_id": agency_id,
        "action_post": promise.post,
        "action_due_on": promise.due_on,
    }


def _store(
    session: Session, assessment: Assessment, key: str, values: dict[str, object], version: int
) -> bool:
    """Write it down, unless it is no longer as the page showed it."""
    if version == 0:
        new = AgreedRating(assessment_id=assessment.id, question_key=key, **values)
        try:
            with session.begin_nested():
                session.add(new)
        except IntegrityError:
            return False
        return True
    changed = session.execute(
        update(AgreedRating)
        .where(
            AgreedRating.assessment_id == assessment.id,
            AgreedRating.question_key == key,
            AgreedRating.version == version,
        )
        .values(version=AgreedRating.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _stored(session: Session, assessment: Assessment, key: str) -> AgreedRating:
    return session.scalars(
        select(AgreedRating).where(
            AgreedRating.assessment_id == assessment.id, AgreedRating.question_key == key
        )
    ).one()


def _check_may_agree(session: Session, assessment: Assessment, by: Viewer) -> None:
    may = reaches(session, assessment, Permission.AGREE_RATINGS, visible_to=by)
    if not may or rates_in(assessment, by):
        raise PermissionError(f"{by.name} does not write down what is agreed here")
