"""Certificates of what was deleted of single cases: to read, and to keep."""

from __future__ import annotations

from datetime import datetime

from flask import abort, render_template
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.domain.retention import certificate_from, digest_of
from s11audit.exports.briefing import BriefingCopy
from s11audit.exports.briefing_document import write_briefing_document
from s11audit.exports.certificate import (
    NOTHING_OF_IT,
    certificate_lines,
    certificate_page,
    certificate_text,
)
from s11audit.models import CaseAudit
from s11audit.queries.retention import deletion_done
from s11audit.web.cases import blueprint
from s11audit.web.cases.retention import audit_to_keep_or_404
from s11audit.web.downloads import DOCX, JSON, PDF, TEXT, download
from s11audit.web.security import db, permitted


@blueprint.get("/case-audits/<audit>/retention/certificate")
@permitted(Permission.RUN_CASE_AUDITS)
def certificate(audit: str) -> str:
    found, text = _certificate_or_404(audit)
    return render_template(
        "cases/certificate.html",
        audit=found,
        lines=list(certificate_lines(certificate_from(text))),
        sha256=digest_of(text),
        nothing_of_it=NOTHING_OF_IT,
    )


@blueprint.get("/case-audits/<audit>/retention/certificate.json")
@permitted(Permission.RUN_CASE_AUDITS)
def certificate_json(audit: str) -> Response:
    """The very text that the fingerprint is of."""
    found, text = _certificate_or_404(audit)
    return _send(found, text.encode(), JSON, "json")


@blueprint.get("/case-audits/<audit>/retention/certificate.txt")
@permitted(Permission.RUN_CASE_AUDITS)
def certificate_file(audit: str) -> Response:
    found, text = _certificate_or_404(audit)
    content = certificate_text(certificate_from(text), digest_of(text))
    return _send(found, content, TEXT, "txt")


@blueprint.get("/case-audits/<audit>/retention/certificate.docx")
@permitted(Permission.RUN_CASE_AUDITS)
def certificate_document(audit: str) -> Response:
    found, page, deleted_at = _page_or_404(audit)
    return _send(found, write_briefing_document(page, written_at=deleted_at), DOCX, "docx")


@blueprint.get("/case-audits/<audit>/retention/certificate.pdf")
@permitted(Permission.RUN_CASE_AUDITS)
def certificate_pdf(audit: str) -> Response:
    from s11audit.exports.briefing_pdf import write_pdf  # matplotlib is slow to load

    found, page, deleted_at = _page_or_404(audit)
    return _send(found, write_pdf(page, written_at=deleted_at), PDF, "pdf")


def _page_or_404(audit: str) -> tuple[CaseAudit, BriefingCopy, datetime]:
    """The certificate laid out as a page, and when it was deleted: files say this as the moment
    they were written, so that the same one is the same file."""
    found, text = _certificate_or_404(audit)
    held = certificate_from(text)
    return found, certificate_page(held, digest_of(text)), datetime.fromisoformat(held.deleted_at)


def _certificate_or_404(reference: str) -> tuple[CaseAudit, str]:
    found = audit_to_keep_or_404(reference)
    done = deletion_done(db(), found.id)
    if done is None:
        abort(404)
    return found, done.certificate


def _send(audit: CaseAudit, content: bytes, media_type: str, ending: str) -> Response:
    name = f"{audit.reference}-certificate.{ending}"
    return download(content, media_type, name, about=f"case audit {audit.reference}", of=audit)
