"""What a partnership asks in a round besides the common questions: chosen by its own manager."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from s11audit.domain.composing import ClashError, LocalPart, check_clashes, compose
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import AuditRound, LocalQuestions, Partnership
from s11audit.models.walls import without_walls
from s11audit.services.events import Detail, record_by
from s11audit.services.refusals import RefusedError


def choose_local_questions(
    session: Session,
    audit_round: AuditRound,
    partnership: Partnership,
    questionnaire: Questionnaire,
    *,
    common: Questionnaire,
    others: Sequence[LocalPart],
    by: Viewer,
    now: datetime,
) -> None:
    """Ask this published version of the partnership's own agencies, besides what all are asked.

    `common` is what the round asks of all, `others` are the local questions of its partnerships so
    far. One that the partnership had chosen before is replaced. Raises RefusedError
    (`questionnaire`) where ids clash, StepNotAllowedError once the round has opened,
    PermissionError for whoever does not run this partnership.
    """
    held = _held_in_draft(session, audit_round, partnership, by)
    part = LocalPart(partnership.reference, partnership.name, questionnaire)
    besides = [one for one in others if one.reference != partnership.reference]
    try:
        check_clashes(part, common, besides)
    except ClashError as error:
        raise RefusedError("questionnaire", str(error)) from error
    held = held or LocalQuestions(round_id=audit_round.id, partnership_id=partnership.id)
    held.questionnaire_id = questionnaire.id
    held.questionnaire_version = questionnaire.version
    session.add(held)
    session.flush()
    session.expire(audit_round, ["local_questions"])
    detail = {"questionnaire": questionnaire.id, "version": questionnaire.version}
    _record(session, "local-questions-chosen", audit_round, partnership, by, now, detail)


def remove_local_questions(
    session: Session,
    audit_round: AuditRound,
    partnership: Partnership,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Ask the common questions only. Raises what `choose_local_questions` does."""
    held = _held_in_draft(session, audit_round, partnership, by)
    if held is None:
        return
    detail = {"questionnaire": held.questionnaire_id, "version": held.questionnaire_version}
    session.delete(held)
    session.flush()
    session.expire(audit_round, ["local_questions"])
    _record(session, "local-questions-removed", audit_round, partnership, by, now, detail)


def pin_local_questions(
    session: Session, audit_round: AuditRound, common: Questionnaire, parts: Sequence[LocalPart]
) -> None:
    """Write down the fingerprints of all local questions of a round that has just opened.

    Raises StepNotAllowedError where they are not these any more, or clash.
    """
    try:
        compose(common, parts)
    except ClashError as error:
        raise StepNotAllowedError(f"{error}.") from error
    given = {part.reference: part.questionnaire for part in parts}
    with without_walls(session):
        for held in _all_held(session, audit_round):
            asked = given.get(held.partnership.reference)
            named = (held.questionnaire_id, held.questionnaire_version)
            if asked is None or named != (asked.id, asked.version):
                raise StepNotAllowedError("Somebody has just changed the local questions.")
            session.execute(
                update(LocalQuestions)
                .where(
                    LocalQuestions.round_id == audit_round.id,
                    LocalQuestions.partnership_id == held.partnership_id,
                )
                .values(questionnaire_sha256=asked.sha256)
                .execution_options(synchronize_session=False)
            )
    session.expire(audit_round, ["local_questions"])


def _all_held(session: Session, audit_round: AuditRound) -> list[LocalQuestions]:
    found = select(LocalQuestions).where(LocalQuestions.round_id == audit_round.id)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def _held_in_draft(
    session: Session, audit_round: AuditRound, partnership: Partnership, by: Viewer
) -> LocalQuestions | None:
    """What the partnership has chosen so far; the round is locked, so that it cannot open now."""
    is_of_round = partnership.id in {one.id for one in audit_round.partnerships}
    if not (is_of_round and by.may_in_partnership(Permission.EDIT_ROUNDS, partnership.id)):
        raise PermissionError(f"{by.name} may not {Permission.EDIT_ROUNDS} here")
    locked = select(AuditRound.status).where(AuditRound.id == audit_round.id).with_for_update()
    if session.scalars(locked).one() is not RoundStatus.DRAFT:
        raise StepNotAllowedError("The round has opened, so its questions are fixed.")
    return session.get(LocalQuestions, (audit_round.id, partnership.id))


def _record(
    session: Session,
    kind: str,
    audit_round: AuditRound,
    partnership: Partnership,
    by: Viewer,
    now: datetime,
    detail: Detail,
) -> None:
    """Its own history, because the other partnerships of the round are not told what it asks."""
    subject = f"round {audit_round.reference}"
    record_by(session, kind, subject, by, now, detail, of=partnership)
