"""Findings of an audit: good practice and learning, of the whole or of one case."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired

from s11audit.domain.cases import FINDING_KIND_LABELS, FindingKind
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.queries.case_reading import sits_on
from s11audit.queries.findings import FindingRead, finding_of, findings_of
from s11audit.services.findings import (
    THEME_LIMIT,
    WRITABLE_STATUSES,
    ChangedMeanwhileError,
    NewFinding,
    change_finding,
    delete_finding,
    write_finding,
)
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.cases.guarding import guard_of_audit
from s11audit.web.cases.reading import PanelDesk, panel_or_404
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.looks import looks_at
from s11audit.web.page_versions import page_version
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response


class FindingForm(FlaskForm):
    kind = RadioField(
        "What did the panel find?",
        [DataRequired("Say whether this is good practice or learning")],
        choices=[SelectChoice(kind, label) for kind, label in FINDING_KIND_LABELS.items()],
        validate_choice=False,
    )
    text = TextField(
        label="The finding",
        validators=[DataRequired("Write what the panel found")],
        description="What was seen, and why it mattered to children. Never a name, a date of birth "
        "or an address.",
    )
    case = SelectField("What is it about?", validate_choice=False)
    standard_id = SelectField("Which part of the audit?", validate_choice=False)
    theme = TextField(
        limit=THEME_LIMIT, label="Theme (optional)", description="A few words of your own."
    )
    version = HiddenField()

    def offer(self, desk: PanelDesk) -> FindingForm:
        """Offer the cases of the audit and the parts of its questionnaire."""
        self.case.choices = [
            ("", "The whole audit"),
            *((one.case.reference, f"Case {one.case.reference} only") for one in desk.cases),
        ]
        self.standard_id.choices = [
            ("", "No single part"),
            *((one.id, one.title) for one in desk.questionnaire.standards),
        ]
        return self

    @property
    def finding(self) -> NewFinding:
        kind = self.kind.data
        if kind not in set(FindingKind):
            raise RefusedError("kind", "Say whether this is good practice or learning")
        return NewFinding(
            FindingKind(kind),
            self.text.data or "",
            self.case.data or "",
            self.standard_id.data or "",
            self.theme.data or "",
        )


@blueprint.get("/case-audits/<audit>/findings")
@permitted(Permission.READ_CASES)
@looks_at("case audit", "audit")
def findings(audit: str) -> str:
    desk = panel_or_404(audit)
    return _list_page(desk, FindingForm(formdata=None).offer(desk))


@blueprint.post("/case-audits/<audit>/findings")
@permitted(Permission.AGREE_GRADES)
def add_finding(audit: str) -> Page:
    desk = panel_or_404(audit)
    form, guard = FindingForm().offer(desk), guard_of_audit(desk.audit)
    if not guard.accepts(form):
        return _list_page(desk, form), 422
    try:
        new = form.finding
        write_finding(db(), desk.audit, desk.questionnaire, new, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _list_page(desk, form), 422
    except StepNotAllowedError as error:
        db().rollback()
        return _list_page(panel_or_404(audit), form, problem=str(error)), 409
    guard.remember()
    db().commit()
    flash("The finding is added.", "success")
    return _to_list(audit)


@blueprint.get("/case-audits/<audit>/findings/<int(max=2147483647):finding_id>")
@permitted(Permission.READ_CASES)
@looks_at("case audit", "audit")
def finding(audit: str, finding_id: int) -> str:
    desk = panel_or_404(audit)
    found = _finding_or_404(desk, finding_id)
    return _page(desk, found, FindingForm(formdata=None, data=_stored(found)).offer(desk))


@blueprint.post("/case-audits/<audit>/findings/<int(max=2147483647):finding_id>")
@permitted(Permission.AGREE_GRADES)
def edit_finding(audit: str, finding_id: int) -> Page:
    desk = panel_or_404(audit)
    found = _finding_or_404(desk, finding_id)
    form, guard = FindingForm(data=_stored(found)).offer(desk), guard_of_audit(desk.audit)
    if not guard.accepts(form):
        return _page(desk, found, form), 422
    told: dict[str, Any] = {"version": page_version(), "by": viewer(), "now": now()}
    try:
        change_finding(db(), desk.audit, desk.questionnaire, found.finding, form.finding, **told)
    except RefusedError as error:
        refuse(form, error)
        return _page(desk, found, form), 422
    except (ChangedMeanwhileError, StepNotAllowedError) as error:
        return _problem(audit, finding_id, form, str(error))
    guard.remember()
    db().commit()
    flash("The finding is saved.", "success")
    return _to_list(audit)


@blueprint.post("/case-audits/<audit>/findings/<int(max=2147483647):finding_id>/delete")
@permitted(Permission.AGREE_GRADES)
def remove_finding(audit: str, finding_id: int) -> Page:
    desk = panel_or_404(audit)
    found = _finding_or_404(desk, finding_id)
    try:
        delete_finding(db(), desk.audit, found.finding, by=viewer(), now=now())
    except (RefusedError, StepNotAllowedError) as error:
        return _problem(audit, finding_id, None, str(error))
    db().commit()
    flash("The finding is deleted.", "success")
    return _to_list(audit)


def _stored(found: FindingRead) -> dict[str, Any]:
    """What the boxes of a stored finding hold."""
    held = found.finding
    names = ("kind", "text", "standard_id", "theme", "version")
    return {name: getattr(held, name) for name in names} | {"case": found.case}


def _to_list(audit: str) -> Response:
    return redirect(url_for("cases.findings", audit=audit), 303)


def _finding_or_404(desk: PanelDesk, finding_id: int) -> FindingRead:
    found = finding_of(db(), desk.audit, finding_id)
    if found is None:
        abort(404)
    return found


def _may_write(desk: PanelDesk) -> bool:
    is_writable = desk.audit.status in WRITABLE_STATUSES and not desk.audit.emptied_at
    return is_writable and sits_on(db(), desk.audit, visible_to=viewer())


def _problem(audit: str, finding_id: int, form: FindingForm | None, why: str) -> tuple[str, int]:
    """The finding as it is now, what was typed beside it, and why that was not saved."""
    db().rollback()
    desk = panel_or_404(audit)
    found = _finding_or_404(desk, finding_id)
    fresh = FindingForm(formdata=None, data=_stored(found)).offer(desk)
    typed = (form.text.data or "") if form else ""
    return _page(desk, found, fresh, problem=why, typed=typed), 409


def _list_page(desk: PanelDesk, form: FindingForm, problem: str = "") -> str:
    return render_template(
        "cases/findings.html",
        desk=desk,
        audit=desk.audit,
        found=findings_of(db(), desk.audit),
        form=form,
        errors=errors_of(form),
        may_write=_may_write(desk),
        problem=problem,
        typed=form.text.data if problem else "",
    )


def _page(
    desk: PanelDesk, found: FindingRead, form: FindingForm, problem: str = "", typed: str = ""
) -> str:
    return render_template(
        "cases/finding.html",
        desk=desk,
        audit=desk.audit,
        one=found,
        form=form,
        errors=errors_of(form),
        may_write=_may_write(desk),
        problem=problem,
        typed=typed,
    )
