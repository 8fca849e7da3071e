"""Files that support answers: of a return, of an agency, and of everybody who scrutinises."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Row, Select, exists, false, or_, select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Standard
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    Agency,
    AgencyReturn,
    AnswerFile,
    AuditRound,
    Delegation,
    EvidenceFile,
    SideState,
)
from s11audit.queries import reach

# What a list of files to choose from shows at once; others are found by their names.
MOST_LISTED = 50


def files_of_return(session: Session, return_id: int) -> dict[str, list[EvidenceFile]]:
    """Question key → its files, first added first; whoever calls has checked who is looking."""
    rows = session.execute(
        select(AnswerFile.question_key, EvidenceFile)
        .join(EvidenceFile, EvidenceFile.id == AnswerFile.file_id)
        .where(AnswerFile.return_id == return_id)
        .order_by(AnswerFile.added_at, EvidenceFile.id)
    )
    return _by_key(rows)


def files_to_standard(
    session: Session, audit_round: AuditRound, standard: Standard, *, visible_to: Viewer
) -> dict[tuple[str, str], list[EvidenceFile]]:
    """The files of every submitted return: (question key, reference of the agency) → files."""
    rows = session.execute(
        select(AnswerFile.question_key, Agency.reference, EvidenceFile)
        .join(EvidenceFile, EvidenceFile.id == AnswerFile.file_id)
        .join(AgencyReturn, AgencyReturn.id == AnswerFile.return_id)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(
            AgencyReturn.round_id == audit_round.id,
            reach.returns(visible_to, Permission.SCRUTINISE),
            AnswerFile.question_key.in_([question.key for question in standard.questions]),
        )
        .order_by(AnswerFile.added_at, EvidenceFile.id)
    )
    found: dict[tuple[str, str], list[EvidenceFile]] = {}
    for key, agency, file in rows:
        found.setdefault((key, agency), []).append(file)
    return found


def files_to_choose(
    session: Session,
    agency_return: AgencyReturn,
    question_key: str,
    *,
    visible_to: Viewer,
    called: str = "",
) -> list[EvidenceFile]:
    """Files of the agency, newest first, that do not support this answer yet.

    `called` is a part of their names. At most MOST_LISTED, and one more where there are more.
    """
    here = select(AnswerFile.file_id).where(
        AnswerFile.return_id == agency_return.id, AnswerFile.question_key == question_key
    )
    found = _own_files(agency_return.agency_id, visible_to).where(EvidenceFile.id.not_in(here))
    if called:
        found = found.where(EvidenceFile.name.icontains(called, autoescape=True))
    newest_first = found.order_by(EvidenceFile.id.desc()).limit(MOST_LISTED + 1)
    return list(session.scalars(newest_first))


def own_file(
    session: Session, agency_return: AgencyReturn, file_id: int, *, visible_to: Viewer
) -> EvidenceFile | None:
    """A file of the agency whose return this is, if it is the viewer's to see."""
    found = _own_files(agency_return.agency_id, visible_to).where(EvidenceFile.id == file_id)
    return session.scalars(found).one_or_none()


def unused_files(
    session: Session, agency_return: AgencyReturn, *, visible_to: Viewer
) -> list[EvidenceFile]:
    """Files of the agency that support nothing, newest first."""
    found = _own_files(agency_return.agency_id, visible_to).where(~is_used())
    return list(session.scalars(found.order_by(EvidenceFile.id.desc())))


def is_used() -> ColumnElement[bool]:
    """Of a file: an answer of any return, or a statement in place of one, has it."""
    return or_(
        exists().where(AnswerFile.file_id == EvidenceFile.id),
        exists().where(SideState.file_id == EvidenceFile.id),
    )


def names_a_content(session: Session, sha256: str) -> bool:
    """Whether a file that has not been removed has this content, whoever's it is."""
    live = exists().where(EvidenceFile.sha256 == sha256, EvidenceFile.removed_at.is_(None))
    return bool(session.scalar(select(live)))


def named_contents(session: Session) -> set[str]:
    """The digests of every file that has not been removed."""
    live = select(EvidenceFile.sha256).where(EvidenceFile.removed_at.is_(None)).distinct()
    return set(session.scalars(live))


def file_names_of_round(
    session: Session, audit_round: AuditRound, *, visible_to: Viewer
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Reference of the agency → question key → names of files, of the submitted returns."""
    rows = session.execute(
        select(Agency.reference, AnswerFile.question_key, EvidenceFile.name)
        .join(EvidenceFile, EvidenceFile.id == AnswerFile.file_id)
        .join(AgencyReturn, AgencyReturn.id == AnswerFile.return_id)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(
            AgencyReturn.round_id == audit_round.id,
            reach.returns(visible_to, Permission.SCRUTINISE),
        )
        .order_by(AnswerFile.added_at, EvidenceFile.id)
    )
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for agency, key, name in rows:
        of_agency = found.setdefault(agency, {})
        of_agency[key] = (*of_agency.get(key, ()), name)
    return found


def _own_files(agency_id: int, viewer: Viewer) -> Select[EvidenceFile]:
    """Files of an agency that its own people see: all, or those of what was delegated to them."""
    of_agency = select(EvidenceFile).where(
        EvidenceFile.agency_id == agency_id, EvidenceFile.removed_at.is_(None)
    )
    within = viewer.reach(Permission.SEE_RETURN)
    if agency_id in within.agencies:
        return of_agency
    return of_agency.where(_is_delegated(viewer) if agency_id in within.delegated else false())


def _is_delegated(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer sent it, or it supports an answer of a standard delegated to them."""
    of_theirs = (
        exists()
        .where(
            AnswerFile.file_id == EvidenceFile.id,
            Delegation.return_id == AnswerFile.return_id,
            Delegation.user_id == viewer.user_id,
            AnswerFile.question_key.startswith(Delegation.standard_id + "."),
        )
        .correlate(EvidenceFile)
    )
    return or_(EvidenceFile.uploaded_by_id == viewer.user_id, of_theirs)


def _by_key(rows: Iterable[Row[str, EvidenceFile]]) -> dict[str, list[EvidenceFile]]:
    found: dict[str, list[EvidenceFile]] = {}
    for key, file in rows:
        found.setdefault(key, []).append(file)
    return found
