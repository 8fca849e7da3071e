"""What a panel found, and what it recommends: written, changed and deleted until it is reported."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from s11audit.domain.cases import CaseAuditStatus, FindingKind
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, AuditCase, CaseAudit, Finding, Recommendation
from s11audit.queries.case_audits import audit_of
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError

THEME_LIMIT = 100
# While the panel meets, and until what it taught is reported.
WRITABLE_STATUSES = frozenset({CaseAuditStatus.PANEL, CaseAuditStatus.AGREED})

Taught = TypeVar("Taught", Finding, Recommendation)


class ChangedMeanwhileError(Exception):
    """Somebody else has changed or deleted it since its page was shown."""


@dataclass(frozen=True)
class NewFinding:
    """A finding as it is typed. `case` is the case's reference; empty for the whole audit.

    `standard_id` names the part of the questionnaire that it is about, or else `theme` does.
    """

    kind: FindingKind
    text: str
    case: str = ""
    standard_id: str = ""
    theme: str = ""


@dataclass(frozen=True)
class NewRecommendation:
    """A recommendation as it is typed, and the finding that it rests on (its id), if any."""

    text: str
    finding_id: int | None = None


def write_finding(
    session: Session,
    audit: CaseAudit,
    questionnaire: Questionnaire,
    new: NewFinding,
    *,
    by: Viewer,
    now: datetime,
) -> Finding:
    """Write down what the panel found. The same, said twice in a row, is one.

    Raises RefusedError about a field, StepNotAllowedError once the audit is reported,
    PermissionError for whoever does not agree grades on its panel.
    """
    _check_may(session, audit, by)
    values = _values_of_finding(session, audit, questionnaire, new)
    newest = session.scalars(
        select(Finding).where(Finding.audit_id == audit.id).order_by(Finding.id.desc()).limit(1)
    ).first()
    if newest is not None and all(getattr(newest, name) == held for name, held in values.items()):
        return newest
    finding = Finding(audit_id=audit.id, written_at=now, written_by_id=by.user_id, **values)
    session.add(finding)
    session.flush()
    _record(session, "finding-written", audit, by, now, kind=str(new.kind))
    return finding


def change_finding(
    session: Session,
    audit: CaseAudit,
    questionnaire: Questionnaire,
    finding: Finding,
    new: NewFinding,
    *,
    version: int,
    by: Viewer,
    now: datetime,
) -> None:
    """Change a finding; `version` is that of the page. Raises as `write_finding` does, and
    ChangedMeanwhileError where somebody else was quicker.
    """
    _check_may(session, audit, by)
    values = _values_of_finding(session, audit, questionnaire, new)
    _change(session, finding, version, values)
    _record(session, "finding-changed", audit, by, now, kind=str(new.kind))


def delete_finding(
    session: Session, audit: CaseAudit, finding: Finding, *, by: Viewer, now: datetime
) -> None:
    """Delete a finding. Raises RefusedError while a recommendation rests on it."""
    _check_may(session, audit, by)
    resting = select(func.count()).where(Recommendation.finding_id == finding.id)
    if session.scalar(resting):
        raise RefusedError(
            "text", "A recommendation rests on this finding: change or delete that first"
        )
    session.execute(delete(Finding).where(Finding.id == finding.id))
    _record(session, "finding-deleted", audit, by, now)


def recommend(
    session: Session, audit: CaseAudit, new: NewRecommendation, *, by: Viewer, now: datetime
) -> Recommendation:
    """Write down what the panel asks for. The same, said twice in a row, is one.

    Raises what `write_finding` does.
    """
    _check_may(session, audit, by)
    values = _values_of_recommendation(session, audit, new)
    newest = session.scalars(
        select(Recommendation)
        .where(Recommendation.audit_id == audit.id)
        .order_by(Recommendation.id.desc())
        .limit(1)
    ).first()
    if newest is not None and all(getattr(newest, name) == held for name, held in values.items()):
        return newest
    made = Recommendation(audit_id=audit.id, written_at=now, written_by_id=by.user_id, **values)
    session.add(made)
    session.flush()
    _record(session, "recommendation-written", audit, by, now)
    return made


def change_recommendation(
    session: Session,
    recommendation: Recommendation,
    new: NewRecommendation,
    *,
    version: int,
    by: Viewer,
    now: datetime,
) -> None:
    """Change a recommendation. Raises what `change_finding` does."""
    audit = recommendation.audit
    _check_may(session, audit, by)
    _change(session, recommendation, version, _values_of_recommendation(session, audit, new))
    _record(session, "recommendation-changed", audit, by, now)


def delete_recommendation(
    session: Session, recommendation: Recommendation, *, by: Viewer, now: datetime
) -> None:
    """Delete a recommendation. Raises RefusedError once it has asked an agency for an action."""
    audit = recommendation.audit
    _check_may(session, audit, by)
    asked = select(func.count()).where(Action.recommendation_id == recommendation.id)
    if session.scalar(asked):
        raise RefusedError("text", "Agencies have actions from this recommendation, so it stays")
    session.execute(delete(Recommendation).where(Recommendation.id == recommendation.id))
    _record(session, "recommendation-deleted", audit, by, now)


def _check_may(session: Session, audit: CaseAudit, by: Viewer) -> None:
    reference = audit.reference
    if audit_of(session, reference, visible_to=by, to=Permission.AGREE_GRADES) is None:
        raise PermissionError(f"{by.name} may not {Permission.AGREE_GRADES} here")
    status = session.scalar(
        select(CaseAudit.status).where(CaseAudit.id == audit.id).with_for_update()
    )
    if status not in WRITABLE_STATUSES:
        raise StepNotAllowedError("This audit is reported, so what it taught stays as it is.")


def _values_of_finding(
    session: Session, audit: CaseAudit, questionnaire: Questionnaire, new: NewFinding
) -> dict[str, Any]:
    """The columns of a finding. Raises RefusedError."""
    if not new.text.strip():
        raise RefusedError("text", "Write what the panel found")
    if len(new.theme) > THEME_LIMIT:
        raise RefusedError("theme", f"Use at most {THEME_LIMIT} characters for the theme")
    if new.standard_id and questionnaire.standard(new.standard_id) is None:
        raise RefusedError("standard_id", "Choose a part of the questionnaire, or none")
    values = asdict(new)
    reference = values.pop("case")
    values["theme"] = new.theme.strip()
    values["case_id"] = None
    if reference:
        own = select(AuditCase.id).where(AuditCase.audit_id == audit.id)
        values["case_id"] = session.scalar(own.where(AuditCase.reference == reference))
        if values["case_id"] is None:
            raise RefusedError("case", "Choose a case of this audit, or the whole audit")
    return values


def _values_of_recommendation(
    session: Session, audit: CaseAudit, new: NewRecommendation
) -> dict[str, Any]:
    """The columns of a recommendation. Raises RefusedError."""
    if not new.text.strip():
        raise RefusedError("text", "Write what the panel recommends")
    if new.finding_id is not None:
        own = select(Finding.id).where(Finding.audit_id == audit.id)
        if session.scalar(own.where(Finding.id == new.finding_id)) is None:
            raise RefusedError("finding", "Choose a finding of this audit, or none")
    return {"text": new.text, "finding_id": new.finding_id}


def _change(session: Session, thing: Taught, version: int, values: dict[str, Any]) -> None:
    model = type(thing)
    changed = session.execute(
        update(model)
        .where(model.id == thing.id, model.version == version)
        .values(version=model.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhileError("Somebody else has changed this since you opened it.")
    session.refresh(thing)


def _record(
    session: Session, happened: str, audit: CaseAudit, by: Viewer, now: datetime, **detail: Any
) -> None:
    record_by(session, happened, f"case audit {audit.reference}", by, now, detail, of=audit)
