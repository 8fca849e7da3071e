"""Writing the one-page learning briefing of an audit, and giving it to its readers."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.briefings import LONGEST_TITLE, added_to, numbers_in_words
from s11audit.domain.cases import HELD_STATUSES, BriefingAudience
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.exports.briefing import briefing_copy
from s11audit.exports.briefing_document import write_briefing_document
from s11audit.models import Briefing, CaseAudit
from s11audit.queries.briefings import (
    audit_to_brief,
    briefing_of,
    numbers_of,
    points_of_findings,
)
from s11audit.services.briefings import (
    ChangedBriefingError,
    faults_in,
    issue,
    take_back,
    text_of,
    write_briefing,
)
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.cases.briefing_forms import AUDIENCES, BriefingForm, IssueForm
from s11audit.web.cases.guarding import guard_of_audit
from s11audit.web.downloads import DOCX, PDF, download
from s11audit.web.form_errors import errors_of
from s11audit.web.guard import Guard
from s11audit.web.page_versions import page_version
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response
CHANGED = "Somebody else has saved this briefing since you opened it."


@blueprint.get("/case-audits/<audit>/briefing")
@permitted(Permission.RUN_CASE_AUDITS)
def briefing(audit: str) -> str:
    found = _audit_or_404(audit)
    return _page(found, _form_of(found, briefing_of(db(), found)))


@blueprint.post("/case-audits/<audit>/briefing")
@permitted(Permission.RUN_CASE_AUDITS)
def save_briefing(audit: str) -> Page:
    """Save what was typed; a button may put findings or numbers in first."""
    found = _audit_or_404(audit)
    form = _sent_form(found)
    guard = guard_of_audit(found)
    if not _is_sound(found, form, guard):
        guard.refused()
        return _page(found, form), 422
    version = page_version()
    try:
        write_briefing(db(), found, form.text, by=viewer(), now=now(), version=version)
    except (ChangedBriefingError, StepNotAllowedError) as error:
        db().rollback()
        return _page(_audit_or_404(audit), form, problem=str(error) or CHANGED), 409
    guard.remember()
    db().commit()
    flash("The briefing is saved.", "success")
    return redirect(url_for("cases.briefing", audit=audit), 303)


@blueprint.post("/case-audits/<audit>/briefing/issue")
@permitted(Permission.RUN_CASE_AUDITS)
def issue_briefing(audit: str) -> Page:
    found, chosen = _audit_or_404(audit), IssueForm()
    form = _form_of(found, briefing_of(db(), found))
    if not chosen.validate():
        return _page(found, form, chosen=chosen), 422
    audience = BriefingAudience(chosen.audience.data)
    try:
        issue(db(), found, audience, by=viewer(), now=now(), version=page_version())
    except RefusedError as error:
        form[error.field].errors = [str(error)]
        return _page(found, form, chosen=chosen), 422
    except (ChangedBriefingError, StepNotAllowedError) as error:
        return _stopped(audit, error)
    db().commit()
    flash("The briefing is issued.", "success")
    return redirect(url_for("cases.briefing", audit=audit), 303)


@blueprint.post("/case-audits/<audit>/briefing/take-back")
@permitted(Permission.RUN_CASE_AUDITS)
def take_back_briefing(audit: str) -> Page:
    found = _audit_or_404(audit)
    try:
        take_back(db(), found, by=viewer(), now=now(), version=page_version())
    except (ChangedBriefingError, StepNotAllowedError) as error:
        return _stopped(audit, error)
    db().commit()
    flash(
        "The briefing is taken back. Nobody else can read it until you issue it again.", "success"
    )
    return redirect(url_for("cases.briefing", audit=audit), 303)


@blueprint.get("/case-audits/<audit>/briefing.docx")
@permitted(Permission.RUN_CASE_AUDITS)
def briefing_document(audit: str) -> Response:
    """The briefing as it stands, also a draft."""
    found, held = _begun_or_404(audit)
    content = write_briefing_document(briefing_copy(held), written_at=held.updated_at)
    return download(content, DOCX, f"{audit}-briefing.docx", about=_about(found), of=found)


@blueprint.get("/case-audits/<audit>/briefing.pdf")
@permitted(Permission.RUN_CASE_AUDITS)
def briefing_pdf(audit: str) -> Response:
    """The same on one page of paper."""
    from s11audit.exports.briefing_pdf import write_pdf  # matplotlib is slow to load

    found, held = _begun_or_404(audit)
    content = write_pdf(briefing_copy(held), written_at=held.updated_at)
    return download(content, PDF, f"{audit}-briefing.pdf", about=_about(found), of=found)


def _about(audit: CaseAudit) -> str:
    return f"case audit {audit.reference}"


def _audit_or_404(reference: str) -> CaseAudit:
    found = audit_to_brief(db(), reference, visible_to=viewer())
    if found is None:
        abort(404)
    return found


def _begun_or_404(reference: str) -> tuple[CaseAudit, Briefing]:
    found = _audit_or_404(reference)
    held = briefing_of(db(), found)
    if held is None:
        abort(404)
    return found, held


def _form_of(audit: CaseAudit, held: Briefing | None) -> BriefingForm:
    """The form with what is stored; of a briefing that is not begun, with the audit's title."""
    if held is None:
        return BriefingForm(formdata=None, data={"title": audit.title[:LONGEST_TITLE]})
    return BriefingForm(formdata=None, data=text_of(held).named)


def _sent_form(audit: CaseAudit) -> BriefingForm:
    """What was sent, with what is stored behind it."""
    held = briefing_of(db(), audit)
    return BriefingForm(data=text_of(held).named if held else None)


def _is_sound(audit: CaseAudit, form: BriefingForm, guard: Guard) -> bool:
    """Whether all of it may be stored, with what the pressed button puts in.

    Whom to ask is a post of the partnership, so the guard leaves that box alone.
    """
    is_valid = form.validate()
    _put_in(audit, form, request.form.get("then", ""))
    faults = faults_in(db(), audit, form.text)
    form.show_faults(faults)
    is_safe = guard.passes(box for box in form if box is not form.contact)
    return is_valid and is_safe and not faults


def _put_in(audit: CaseAudit, form: BriefingForm, what: str) -> None:
    """Put the panel's findings, or the audit's numbers, after what stands in their boxes."""
    if what == "findings":
        for name, points in points_of_findings(db(), audit.id).items():
            form[name].data = added_to(form[name].data or "", points)
    if what == "numbers":
        points = list(numbers_in_words(numbers_of(db(), audit.id)))
        form.looked_at.data = added_to(form.looked_at.data or "", points)


def _stopped(reference: str, error: Exception) -> Page:
    """Nothing was changed: the page as it is now, and why."""
    db().rollback()
    found = _audit_or_404(reference)
    form = _form_of(found, briefing_of(db(), found))
    return _page(found, form, problem=str(error) or CHANGED), 409


def _page(audit: CaseAudit, form: BriefingForm, **more: Any) -> str:
    held = briefing_of(db(), audit)
    typed, stored = form.text.named, text_of(held).named if held else {}
    is_conflict = bool(more.get("problem"))
    return render_template(
        "cases/briefing.html",
        audit=audit,
        form=form,
        briefing=held,
        copy=briefing_copy(held) if held and held.issued_at else None,
        chosen=more.pop("chosen", None) or IssueForm(formdata=None),
        theirs={n: t for n, t in stored.items() if is_conflict and t != typed[n]},
        may_issue=audit.status in HELD_STATUSES,
        audiences=AUDIENCES,
        errors=errors_of(form),
        **{"problem": "", **more},
    )
