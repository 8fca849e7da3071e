"""Files that support answers: adding, using one again, taking away, and deleting for good.

A content is in the store before any row names it, and is taken out of it after the last row that
named it: what is left behind by an accident is a content too many, never a file without one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import EDITABLE_STATUSES, ReturnStatus
from s11audit.models import AgencyReturn, AnswerFile, EvidenceFile
from s11audit.queries.delegations import share_of
from s11audit.queries.evidence import is_used, own_file
from s11audit.services.answers import start_return
from s11audit.services.events import record
from s11audit.services.evidence_store import EvidenceStore
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import check_round_is_open

MOST_FILES = 20
# Of what a scanner calls malware.
MOST_SAID = 100


@dataclass(frozen=True)
class NewFile:
    """A file that was sent, looked at, and put into the store under its digest."""

    name: str
    media_type: str
    raw: bytes
    sha256: str
    scanned_at: datetime | None = None


def add_file(
    session: Session,
    agency_return: AgencyReturn,
    question_key: str,
    new: NewFile,
    chain: Sequence[Questionnaire],
    *,
    store: EvidenceStore,
    by: Viewer,
    now: datetime,
) -> EvidenceFile:
    """Let a file that was sent support an answer; a return that is not started is started with it.

    `chain` is that of `start_return`. The same content under the same name is one file of the
    agency, however often it is sent. Raises RefusedError (`file`), StepNotAllowedError,
    RoundNotOpenError, PermissionError.
    """
    _lock(session, agency_return, question_key, chain, by, now)
    file = keep_file(session, agency_return.agency_id, new, by=by, now=now)
    _attach(session, agency_return, question_key, [file.id], by, now)
    put_back(store, new)
    return file


def keep_file(
    session: Session, agency_id: int, new: NewFile, *, by: Viewer, now: datetime
) -> EvidenceFile:
    """The agency's file of this content and name, remembered now if it was not before.

    Whoever calls has checked that the agency is theirs to write for, records an event, and then
    calls `put_back`.
    """
    same = select(EvidenceFile).where(
        EvidenceFile.agency_id == agency_id,
        EvidenceFile.sha256 == new.sha256,
        EvidenceFile.name == new.name,
        EvidenceFile.removed_at.is_(None),
    )
    known = session.scalars(same.order_by(EvidenceFile.id).with_for_update()).first()
    if known is not None:
        return known
    file = EvidenceFile(
        agency_id=agency_id,
        sha256=new.sha256,
        name=new.name,
        media_type=new.media_type,
        size=len(new.raw),
        uploaded_at=now,
        uploaded_by_id=by.user_id,
        scanned_at=new.scanned_at,
    )
    session.add(file)
    session.flush()
    return file


def put_back(store: EvidenceStore, new: NewFile) -> None:
    """Keep a content that somebody, deleting their file of the same, took out meanwhile.

    Called once an event is recorded: whoever deletes contents waits for the same lock.
    """
    if not store.has(new.sha256):
        store.write(BytesIO(new.raw))


def use_again(
    session: Session,
    agency_return: AgencyReturn,
    question_key: str,
    file_ids: Collection[int],
    chain: Sequence[Questionnaire],
    *,
    by: Viewer,
    now: datetime,
) -> int:
    """Let files that the agency has support this answer, too; says how many it is new to.

    Raises RefusedError (`files`) for one that is not theirs to use, and like `add_file`.
    """
    _lock(session, agency_return, question_key, chain, by, now)
    if not all(own_file(session, agency_return, one, visible_to=by) for one in set(file_ids)):
        raise RefusedError("files", "Choose files of your agency only. One may have been deleted")
    return _attach(session, agency_return, question_key, sorted(set(file_ids)), by, now)


def take_away(
    session: Session,
    agency_return: AgencyReturn,
    question_key: str,
    file_id: int,
    *,
    by: Viewer,
    now: datetime,
) -> bool:
    """Let a file no longer support this answer; says whether it did. The agency keeps the file."""
    _lock(session, agency_return, question_key, (), by, now)
    taken = session.execute(
        delete(AnswerFile)
        .where(
            AnswerFile.return_id == agency_return.id,
            AnswerFile.question_key == question_key,
            AnswerFile.file_id == file_id,
        )
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount:  # type: ignore[attr-defined]
        _record(session, "evidence-removed", agency_return, question_key, [file_id], by, now)
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def delete_file(
    session: Session, agency_return: AgencyReturn, file_id: int, *, by: Viewer, now: datetime
) -> EvidenceFile | None:
    """Delete a file of the return's agency that supports nothing; None where there is no such.

    Its content is for `drop_content` of evidence_sweeping.py, once this is committed. Contributors
    delete what they sent themselves. Raises RefusedError (`file`) otherwise, and while anything
    has it.
    """
    if not by.may_at(Permission.EDIT_ANSWERS, agency_return.place):
        raise PermissionError(f"{by.name} may not {Permission.EDIT_ANSWERS} here")
    file = own_file(session, agency_return, file_id, visible_to=by)
    if file is None:
        return None
    if not may_delete(file, agency_return, by):
        raise RefusedError("file", "Your agency lead, or whoever sent this file, can delete it")
    _lock_files(session, [file_id])
    if session.scalar(select(is_used()).where(EvidenceFile.id == file_id)):
        raise RefusedError("file", "This file supports an answer, so it cannot be deleted")
    file.removed_at = now
    _record(session, "evidence-deleted", agency_return, "", [file_id], by, now)
    return file


def may_delete(file: EvidenceFile, agency_return: AgencyReturn, by: Viewer) -> bool:
    """Whether a file of the return's agency is this person's to delete once it supports nothing."""
    within = by.reach(Permission.EDIT_ANSWERS)
    if agency_return.agency_id in within.agencies:
        return True
    return agency_return.agency_id in within.delegated and file.uploaded_by_id == by.user_id


def remember_malware(
    session: Session,
    agency_return: AgencyReturn,
    question_key: str,
    found: str,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """That somebody sent a file in which the scanner `found` something; nothing of it is kept."""
    detail = {"question": question_key, "malware": found[:MOST_SAID]}
    subject = f"return {agency_return.reference}"
    kind = "evidence-refused"
    record(session, kind, subject, by=by.user_id, at=now, detail=detail, of=agency_return)


def _lock(
    session: Session,
    agency_return: AgencyReturn,
    question_key: str,
    chain: Sequence[Questionnaire],
    by: Viewer,
    now: datetime,
) -> None:
    """See that this person may change this answer now, and count the return's version up.

    Whoever sends the return for sign-off meanwhile waits for it, or this for them.
    """
    share = share_of(session, agency_return, Permission.EDIT_ANSWERS, visible_to=by)
    if not share.has_question(question_key):
        raise PermissionError(f"{by.name} may not {Permission.EDIT_ANSWERS} here")
    check_round_is_open(agency_return, now)
    if agency_return.status is ReturnStatus.NOT_STARTED and chain:
        start_return(session, agency_return, chain, by=by, now=now)
        session.refresh(agency_return, ["status"])
        return
    locked = session.execute(
        update(AgencyReturn)
        .where(AgencyReturn.id == agency_return.id, AgencyReturn.status.in_(EDITABLE_STATUSES))
        .values(version=AgencyReturn.version + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    if locked.rowcount != 1:  # type: ignore[attr-defined]
        raise StepNotAllowedError(
            "This return has been sent for sign-off or submitted, so its files cannot be changed."
        )


def _attach(
    session: Session,
    agency_return: AgencyReturn,
    question_key: str,
    file_ids: Sequence[int],
    by: Viewer,
    now: datetime,
) -> int:
    """Give an answer those of the files that it has not."""
    _lock_files(session, file_ids)
    here = AnswerFile.return_id == agency_return.id, AnswerFile.question_key == question_key
    held = set(session.scalars(select(AnswerFile.file_id).where(*here)))
    wanted = [one for one in file_ids if one not in held]
    if len(held) + len(wanted) > MOST_FILES:
        raise RefusedError("file", f"One answer can have {MOST_FILES} files. Remove one first")
    if wanted:
        row = {"return_id": agency_return.id, "question_key": question_key}
        added = {"added_at": now, "added_by_id": by.user_id}
        session.execute(insert(AnswerFile), [row | added | {"file_id": one} for one in wanted])
        _record(session, "evidence-added", agency_return, question_key, wanted, by, now)
    return len(wanted)


def _lock_files(session: Session, file_ids: Sequence[int]) -> None:
    """Whoever deletes one of these meanwhile waits. Raises RefusedError for one that is deleted."""
    live = select(EvidenceFile.id).where(
        EvidenceFile.id.in_(file_ids), EvidenceFile.removed_at.is_(None)
    )
    if len(session.scalars(live.order_by(EvidenceFile.id).with_for_update()).all()) < len(file_ids):
        raise RefusedError("file", "This file has just been deleted")


def _record(
    session: Session,
    kind: str,
    agency_return: AgencyReturn,
    question_key: str,
    file_ids: Sequence[int],
    by: Viewer,
    now: datetime,
) -> None:
    detail = {"question": question_key, "files": list(file_ids)}
    subject = f"return {agency_return.reference}"
    record(session, kind, subject, by=by.user_id, at=now, detail=detail, of=agency_return)
