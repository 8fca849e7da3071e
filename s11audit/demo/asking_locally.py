"""What a made-up partnership asks in its round besides the common questions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.demo.partnership import Company
from s11audit.domain.versions import VersionStatus
from s11audit.models import AuditRound
from s11audit.queries.asking import questionnaire_to_open
from s11audit.queries.people import operator
from s11audit.queries.questionnaires import UploadedVersions, look_again
from s11audit.questionnaires.catalogue import Catalogue, shipped_catalogue
from s11audit.services.events import record
from s11audit.services.local_questions import choose_local_questions
from s11audit.services.questionnaires import propose, upload_draft


def with_uploads(session: Session) -> Catalogue:
    """Every version there is, those that were uploaded among them."""
    return shipped_catalogue(None, UploadedVersions(lambda: session, lambda: operator(session)))


def ask_locally(
    session: Session, raw: bytes, audit_round: AuditRound, company: Company, now: datetime
) -> None:
    """Upload and publish this file, and ask it of the partnership's own agencies."""
    catalogue = with_uploads(session)
    manager = company.manager
    version = upload_draft(session, catalogue, raw, company.partnership_id, by=manager, now=now)
    propose(session, catalogue, version, by=manager, now=now)
    # Nobody publishes alone, and this partnership has one manager: the second is not made up.
    version.status, version.published_at = VersionStatus.PUBLISHED, now
    session.flush()
    subject = f"questionnaire {version.questionnaire_id}/{version.version}"
    detail = {"sha256": version.sha256}
    record(session, "questionnaire-published", subject, by=None, at=now, detail=detail, of=version)
    look_again(session)
    choose_local_questions(
        session,
        audit_round,
        company.partnership,
        catalogue.to_ask(version.questionnaire_id, version.version),
        common=questionnaire_to_open(audit_round, catalogue),
        others=[],
        by=manager,
        now=now,
    )
