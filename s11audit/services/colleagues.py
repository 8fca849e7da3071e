"""Working together on a return: what is ready, what colleagues say, and who is looking."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.visits import Visit
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import AgencyReturn, DeskVisit, ReadyStandard, ReturnComment, User
from s11audit.queries.delegations import share_of
from s11audit.services.events import record
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import check_round_is_open

# A comment is a remark between colleagues; what belongs into the return is an answer.
COMMENT_LIMIT = 2_000
# Whoever presses twice, or goes back and sends again, means one comment.
SAME_COMMENT = timedelta(minutes=1)


def mark_ready(
    session: Session, agency_return: AgencyReturn, standard_id: str, *, by: Viewer, now: datetime
) -> bool:
    """Say that a standard is ready to be checked, whatever is still missing in it.

    Says whether that is new; the mark of whoever said it first stays. Whoever calls has checked
    that the return asks this standard. Raises StepNotAllowedError unless answers are being given,
    RoundNotOpenError, PermissionError where the standard is not this person's to answer.
    """
    _check_may_answer(session, agency_return, standard_id, by, now)
    held = session.get(ReadyStandard, (agency_return.id, standard_id))
    if held is not None:
        return False
    session.add(
        ReadyStandard(
            return_id=agency_return.id,
            standard_id=standard_id,
            marked_at=now,
            marked_by_id=by.user_id,
        )
    )
    _record(session, "standard-ready", agency_return, standard_id, by, now)
    return True


def mark_not_ready(
    session: Session, agency_return: AgencyReturn, standard_id: str, *, by: Viewer, now: datetime
) -> bool:
    """Take the mark away again; says whether there was one. Raises what `mark_ready` does."""
    _check_may_answer(session, agency_return, standard_id, by, now)
    if not forget_ready(session, agency_return, {standard_id}):
        return False
    _record(session, "standard-not-ready", agency_return, standard_id, by, now)
    return True


def forget_ready(
    session: Session, agency_return: AgencyReturn, standards: Set[str]
) -> tuple[str, ...]:
    """An answer in these standards changes, so they are no longer ready; says which were.

    Part of saving answers, whose event says so.
    """
    if not standards:
        return ()
    gone = session.scalars(
        delete(ReadyStandard)
        .where(
            ReadyStandard.return_id == agency_return.id, ReadyStandard.standard_id.in_(standards)
        )
        .returning(ReadyStandard.standard_id)
        .execution_options(synchronize_session=False)
    )
    return tuple(sorted(gone))


def write_comment(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    standard_id: str,
    text: str,
    question_key: str = "",
    *,
    by: Viewer,
    now: datetime,
) -> ReturnComment:
    """Say something to colleagues beside a standard, or about one question of it.

    It may be said whatever state the return is in. The same text said again within SAME_COMMENT
    is the comment that is there already. Raises RefusedError (`text`, `question`),
    PermissionError where the standard is not one that this person works on or signs.
    """
    share = share_of(session, agency_return, Permission.COMMENT, visible_to=by)
    if not share.has_standard(standard_id):
        raise PermissionError(f"{by.name} may not {Permission.COMMENT} here")
    _check_text(text)
    asked = questionnaire.by_key.get(question_key)
    if question_key and (asked is None or asked.standard_id != standard_id):
        raise RefusedError("question", "Choose a question of this standard")
    said = {
        "return_id": agency_return.id,
        "standard_id": standard_id,
        "question_key": question_key,
        "user_id": by.user_id,
        "text": text,
    }
    if held := _just_said(session, said, now):
        return held
    written = ReturnComment(**said, written_at=now)
    session.add(written)
    _record(session, "comment-written", agency_return, standard_id, by, now)
    return written


def note_look(
    session: Session, agency_return: AgencyReturn, standard_id: str, visit: Visit, *, by: Viewer
) -> None:
    """Write down a look at a standard, over what is known of earlier ones.

    Whoever calls has checked that `by` may look. No event: it is nobody's business but theirs.
    """
    dialect = session.get_bind().dialect.name
    upsert = (sqlite if dialect == "sqlite" else postgresql).insert(DeskVisit)
    times = ("looked_at", "looked_before_at", "here_at")
    session.execute(
        upsert.values(
            return_id=agency_return.id,
            user_id=by.user_id,
            standard_id=standard_id,
            **{name: getattr(visit, name) for name in times},
        ).on_conflict_do_update(
            index_elements=("return_id", "user_id", "standard_id"),
            set_={name: upsert.excluded[name] for name in times},
        )
    )


def note_presence(
    session: Session, agency_return: AgencyReturn, standard_id: str, *, by: Viewer, now: datetime
) -> bool:
    """Write down that somebody's page of a standard is still open; says whether they had one."""
    still = session.execute(
        update(DeskVisit)
        .where(
            DeskVisit.return_id == agency_return.id,
            DeskVisit.user_id == by.user_id,
            DeskVisit.standard_id == standard_id,
        )
        .values(here_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(still.rowcount)  # type: ignore[attr-defined]


def _check_may_answer(
    session: Session, agency_return: AgencyReturn, standard_id: str, by: Viewer, now: datetime
) -> None:
    share = share_of(session, agency_return, Permission.EDIT_ANSWERS, visible_to=by)
    if not share.has_standard(standard_id):
        raise PermissionError(f"{by.name} may not {Permission.EDIT_ANSWERS} here")
    check_round_is_open(agency_return, now)
    # Saving may have started the return in this transaction, behind the back of the object.
    status = session.scalar(select(AgencyReturn.status).where(AgencyReturn.id == agency_return.id))
    if status is not ReturnStatus.IN_PROGRESS:
        raise StepNotAllowedError(
            "Standards are marked as ready while the return is being answered: "
            "after it is started, and before it is sent for sign-off."
        )


def _check_text(text: str) -> None:
    if not text.strip():
        raise RefusedError("text", "Write the comment")
    if len(text) > COMMENT_LIMIT:
        over = len(text) - COMMENT_LIMIT
        raise RefusedError(
            "text", f"Shorten this to {COMMENT_LIMIT:,} characters; it is {over:,} too long"
        )


def _just_said(session: Session, said: Mapping[str, Any], now: datetime) -> ReturnComment | None:
    """The first comment of these columns that was written within SAME_COMMENT.

    Whoever sends the same one at the same moment waits until this one is written.
    """
    writer = select(User.id).where(User.id == said["user_id"])
    session.execute(writer.with_for_update(key_share=True))
    recent = ReturnComment.written_at >= now - SAME_COMMENT
    found = select(ReturnComment).filter_by(**said).where(recent).order_by(ReturnComment.id)
    return session.scalars(found.limit(1)).first()


def _record(
    session: Session,
    kind: str,
    agency_return: AgencyReturn,
    standard_id: str,
    by: Viewer,
    now: datetime,
) -> None:
    subject, detail = f"return {agency_return.reference}", {"standard": standard_id}
    record(session, kind, subject, by=by.user_id, at=now, detail=detail, of=agency_return)
