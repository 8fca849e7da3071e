"""Uploading versions of questionnaires, and the steps of their life: two people publish one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import Step, step_named
from s11audit.domain.versions import FIXED_STATUSES, VERSION_STEPS, VersionStatus
from s11audit.domain.viewers import Viewer
from s11audit.models import QuestionnaireVersion
from s11audit.queries.people import OPERATOR_ID
from s11audit.queries.questionnaires import look_again
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.events import Detail, record
from s11audit.services.refusals import RefusedError
from s11audit.services.steps import check_reason, move

DRAFT_FILE = "draft.yaml"
"""What faults of an uploaded text are said to be in."""


def upload_draft(
    session: Session,
    catalogue: Catalogue,
    raw: bytes,
    partnership_id: int,
    *,
    by: Viewer,
    now: datetime,
) -> QuestionnaireVersion:
    """Keep these bytes of a YAML file as the partnership's draft, in place of an earlier one.

    Raises QuestionnaireFaultsError with everything that is wrong with it, RefusedError
    (`version`) where the version is taken, PermissionError.
    """
    _check_may(by, Permission.EDIT_QUESTIONNAIRES, partnership_id)
    questionnaire = catalogue.checked(raw, DRAFT_FILE)
    _check_not_a_file(catalogue, questionnaire.id, questionnaire.version)
    draft = _replaceable_draft(session, questionnaire, partnership_id)
    if draft is None:
        draft = QuestionnaireVersion(
            partnership_id=partnership_id,
            questionnaire_id=questionnaire.id,
            version=questionnaire.version,
        )
    draft.title = questionnaire.title
    draft.kind = questionnaire.kind
    draft.source = raw.decode("utf-8")
    draft.sha256 = questionnaire.sha256
    draft.status = VersionStatus.DRAFT
    draft.status_reason = ""
    draft.uploaded_by_id = by.user_id
    draft.uploaded_at = now
    draft.proposed_by_id = draft.proposed_at = None
    _keep(session, draft)
    look_again(session)
    _record(session, "questionnaire-uploaded", draft, by, now)
    return draft


def _keep(session: Session, draft: QuestionnaireVersion) -> None:
    """Write the draft down, unless there is such a version already.

    It may be out of the writer's sight: whose it is, is not said.
    """
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        raise RefusedError("version", _taken(draft.questionnaire_id, draft.version)) from None


def _taken(id_: str, version: str) -> str:
    return f"There is already a version {version} of {id_}. Give yours another version"


def propose(
    session: Session,
    catalogue: Catalogue,
    draft: QuestionnaireVersion,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Ask a second person to publish a draft.

    Raises StepNotAllowedError, QuestionnaireFaultsError, RefusedError, PermissionError.
    """
    step = _step("propose", draft, by)
    _check_again(catalogue, draft)
    _take(session, draft, step, by, now, proposed_by_id=by.user_id, proposed_at=now)


def hand_back(
    session: Session, draft: QuestionnaireVersion, *, reason: str, by: Viewer, now: datetime
) -> None:
    """Let whoever proposed a draft change it first, and say why.

    Raises StepNotAllowedError, RefusedError (`reason`), PermissionError.
    """
    step = _step("hand-back", draft, by)
    check_reason(step, reason)
    _take(session, draft, step, by, now, status_reason=reason)


def publish(
    session: Session,
    catalogue: Catalogue,
    draft: QuestionnaireVersion,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Publish what somebody else uploaded and proposed; from now on its text never changes.

    Raises StepNotAllowedError, QuestionnaireFaultsError, PermissionError, and RefusedError
    (`publish`) where nobody else has looked at it, the text is not the one that was proposed, or
    the version that it replaces is a draft itself.
    """
    step = _step("publish", draft, by)
    if by.user_id in (draft.uploaded_by_id, draft.proposed_by_id):
        raise RefusedError(
            "publish",
            "Somebody else has to publish this: you uploaded it or asked for it to be published",
        )
    questionnaire = _check_again(catalogue, draft)
    _check_replaced_is_published(catalogue, questionnaire)
    same_text = QuestionnaireVersion.sha256 == questionnaire.sha256
    _take(session, draft, step, by, now, same_text, published_by_id=by.user_id, published_at=now)


def withdraw(
    session: Session, version: QuestionnaireVersion, *, reason: str, by: Viewer, now: datetime
) -> None:
    """Let no new round ask a published version; rounds that ask it go on.

    Raises StepNotAllowedError, RefusedError (`reason`), PermissionError.
    """
    step = _step("withdraw", version, by)
    check_reason(step, reason)
    _take(session, version, step, by, now, status_reason=reason, withdrawn_at=now)


def _check_may(by: Viewer, permission: Permission, partnership_id: int) -> None:
    if by.user_id == OPERATOR_ID or not by.may_in_partnership(permission, partnership_id):
        raise PermissionError(f"{by.name} may not {permission} here")


def _check_not_a_file(catalogue: Catalogue, id_: str, version: str) -> None:
    if catalogue.is_file(id_, version):
        raise RefusedError(
            "version",
            f"Version {version} of {id_} comes as a file of this installation. Give yours another "
            "version",
        )


def _replaceable_draft(
    session: Session, questionnaire: Questionnaire, partnership_id: int
) -> QuestionnaireVersion | None:
    """The partnership's draft of this version, if there is one; RefusedError if it is taken."""
    id_, version = questionnaire.id, questionnaire.version
    held = session.scalars(
        select(QuestionnaireVersion)
        .where(
            QuestionnaireVersion.questionnaire_id == id_, QuestionnaireVersion.version == version
        )
        .with_for_update()
    ).one_or_none()
    if held is None:
        return None
    if held.partnership_id != partnership_id:
        raise RefusedError("version", _taken(id_, version))
    if held.status in FIXED_STATUSES:
        raise RefusedError(
            "version",
            f"Version {version} of {id_} is {held.status}, so it never changes. "
            "Give yours another version",
        )
    if held.status is VersionStatus.PROPOSED:
        raise RefusedError(
            "version",
            f"Version {version} of {id_} waits for a second person. Ask them to hand it back first",
        )
    return held


def _check_again(catalogue: Catalogue, draft: QuestionnaireVersion) -> Questionnaire:
    """The draft read anew; other versions, or scales that it uses, may have changed meanwhile."""
    _check_not_a_file(catalogue, draft.questionnaire_id, draft.version)
    named = (draft.questionnaire_id, draft.version)
    questionnaire = catalogue.checked(draft.source.encode("utf-8"), DRAFT_FILE, named)
    if questionnaire.sha256 != draft.sha256:
        raise RefusedError(
            "publish",
            "The text, or a scale of the library that it uses, is no longer the one that was "
            "uploaded. Upload it again",
        )
    return questionnaire


def _check_replaced_is_published(catalogue: Catalogue, questionnaire: Questionnaire) -> None:
    """Lineage must not hang on a version that can still change."""
    if not questionnaire.replaces:
        return
    replaced = catalogue.version(questionnaire.id, questionnaire.replaces)
    if replaced.status not in FIXED_STATUSES:
        raise RefusedError(
            "publish",
            f"Publish version {replaced.version} first: this one replaces it",
        )


def _step(name: str, version: QuestionnaireVersion, by: Viewer) -> Step[VersionStatus]:
    step = step_named(VERSION_STEPS, name, version.status)
    _check_may(by, step.permission, version.partnership_id)
    return step


def _take(
    session: Session,
    version: QuestionnaireVersion,
    step: Step[VersionStatus],
    by: Viewer,
    now: datetime,
    *conditions: Any,
    **values: Any,
) -> None:
    statuses = move(session, version, step, *conditions, **values)
    look_again(session)
    detail = {**statuses, "reason_given": "status_reason" in values}
    _record(session, step.event, version, by, now, detail)


def _record(
    session: Session,
    kind: str,
    version: QuestionnaireVersion,
    by: Viewer,
    now: datetime,
    detail: Detail | None = None,
) -> None:
    subject = f"questionnaire {version.questionnaire_id}/{version.version}"
    held = {"sha256": version.sha256, **(detail or {})}
    record(session, kind, subject, by=by.user_id, at=now, detail=held, of=version)
