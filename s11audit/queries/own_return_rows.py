"""The tables about returns that hold rows of a person, and what that person is told of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Executable, or_, select

from s11audit.models import (
    Action,
    ActionNote,
    AgencyReturn,
    AnswerFile,
    Delegation,
    DeskVisit,
    EvidenceFile,
    FilledForm,
    ReadyStandard,
    ReturnComment,
    SideState,
    Signature,
    Snapshot,
    StoredAnswer,
    User,
)


@dataclass(frozen=True)
class Table:
    """How a part is read: its file, its heading, what it is, and a SELECT for a person."""

    name: str
    title: str
    means: str
    of: Callable[[User], Executable]


def _signatures(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            Signature.post,
            Signature.declaration,
            Signature.signed_at,
            Signature.voided_at,
        )
        .join(AgencyReturn, AgencyReturn.id == Signature.return_id)
        .where(Signature.user_id == user.id)
        .order_by(Signature.id)
    )


def _frozen(user: User) -> Executable:
    return (
        select(AgencyReturn.reference.label("return"), Snapshot.frozen_at)
        .join(AgencyReturn, AgencyReturn.id == Snapshot.return_id)
        .where(Snapshot.frozen_by_id == user.id)
        .order_by(Snapshot.id)
    )


def _notes(user: User) -> Executable:
    return (
        select(Action.reference.label("action"), ActionNote.written_at, ActionNote.text)
        .join(Action, Action.id == ActionNote.action_id)
        .where(ActionNote.user_id == user.id)
        .order_by(ActionNote.id)
    )


def _answers(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            StoredAnswer.question_key.label("question"),
            StoredAnswer.updated_at.label("last_changed_at"),
        )
        .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
        .where(StoredAnswer.updated_by_id == user.id)
        .order_by(AgencyReturn.reference, StoredAnswer.question_key)
    )


def _delegations(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            Delegation.standard_id.label("standard"),
            Delegation.given_at,
            (Delegation.user_id == user.id).label("to_you"),
        )
        .join(AgencyReturn, AgencyReturn.id == Delegation.return_id)
        .where(or_(Delegation.user_id == user.id, Delegation.given_by_id == user.id))
        .order_by(AgencyReturn.reference, Delegation.standard_id)
    )


def _comments(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            ReturnComment.standard_id.label("standard"),
            ReturnComment.question_key.label("question"),
            ReturnComment.written_at,
            ReturnComment.text,
        )
        .join(AgencyReturn, AgencyReturn.id == ReturnComment.return_id)
        .where(ReturnComment.user_id == user.id)
        .order_by(ReturnComment.id)
    )


def _ready(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            ReadyStandard.standard_id.label("standard"),
            ReadyStandard.marked_at,
        )
        .join(AgencyReturn, AgencyReturn.id == ReadyStandard.return_id)
        .where(ReadyStandard.marked_by_id == user.id)
        .order_by(AgencyReturn.reference, ReadyStandard.standard_id)
    )


def _visits(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            DeskVisit.standard_id.label("standard"),
            DeskVisit.looked_at,
            DeskVisit.looked_before_at,
            DeskVisit.here_at.label("last_open_at"),
        )
        .join(AgencyReturn, AgencyReturn.id == DeskVisit.return_id)
        .where(DeskVisit.user_id == user.id)
        .order_by(AgencyReturn.reference, DeskVisit.standard_id)
    )


def _files(user: User) -> Executable:
    return (
        select(
            EvidenceFile.name, EvidenceFile.size, EvidenceFile.uploaded_at, EvidenceFile.removed_at
        )
        .where(EvidenceFile.uploaded_by_id == user.id)
        .order_by(EvidenceFile.id)
    )


def _files_added(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            AnswerFile.question_key.label("question"),
            EvidenceFile.name,
            AnswerFile.added_at,
        )
        .join(AgencyReturn, AgencyReturn.id == AnswerFile.return_id)
        .join(EvidenceFile, EvidenceFile.id == AnswerFile.file_id)
        .where(AnswerFile.added_by_id == user.id)
        .order_by(AgencyReturn.reference, AnswerFile.question_key, EvidenceFile.id)
    )


def _forms(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            FilledForm.name,
            FilledForm.uploaded_at,
            FilledForm.applied_at,
        )
        .join(AgencyReturn, AgencyReturn.id == FilledForm.return_id)
        .where(FilledForm.user_id == user.id)
        .order_by(FilledForm.id)
    )


def _stated(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            SideState.state,
            SideState.post,
            SideState.declaration,
            SideState.can_assure,
            SideState.explanation,
            SideState.document,
            EvidenceFile.name.label("file"),
            SideState.stated_at,
        )
        .join(AgencyReturn, AgencyReturn.id == SideState.return_id)
        .outerjoin(EvidenceFile, EvidenceFile.id == SideState.file_id)
        .where(SideState.user_id == user.id)
        .order_by(AgencyReturn.reference)
    )


TABLES_OF_RETURNS: tuple[Table, ...] = (
    Table("signatures", "Your signatures", "Returns that you signed, and as what", _signatures),
    Table("sent_for_sign_off", "Returns that you sent for sign-off", "Each time", _frozen),
    Table("notes", "Notes that you wrote", "What you wrote about actions", _notes),
    Table(
        "answers",
        "Answers that you were the last to change",
        "Where they are. What they say is your agency’s, and in its return",
        _answers,
    ),
    Table(
        "delegations",
        "Standards given to colleagues",
        "What you were given to answer, or gave to others",
        _delegations,
    ),
    Table(
        "comments",
        "Comments that you wrote",
        "What you wrote to colleagues beside a return",
        _comments,
    ),
    Table("ready", "Standards that you marked as ready", "Each that still is", _ready),
    Table(
        "visits",
        "Standards that you looked at",
        "When you last did, and the time before, so that you are told what changed since",
        _visits,
    ),
    Table("files", "Files that you sent as evidence", "Their names, not their content", _files),
    Table(
        "files_added",
        "Files that you added to answers",
        "Which file, and to which answer",
        _files_added,
    ),
    Table("filled_forms", "Excel forms that you sent back", "Filled-in workbooks", _forms),
    Table(
        "statements",
        "Statements that you made instead of answers",
        "Other assurance, and nil returns",
        _stated,
    ),
)
