"""A panel's pages: its cases, one case, one domain of it, and signing off what was agreed."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.cases import CASE_AUDIT_STATUS_LABELS, VIEW_OF_LABELS
from s11audit.domain.guard.policy import Place
from s11audit.domain.panels import grade_of, is_graded
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Standard
from s11audit.domain.steps import StepNotAllowedError
from s11audit.queries.case_material import opened_chronology, opened_views
from s11audit.queries.case_reading import CaseRead, panels_of
from s11audit.queries.findings import findings_of
from s11audit.services.agreeing import Discussed, discuss, sign_off
from s11audit.web.cases import blueprint
from s11audit.web.cases.panel_forms import DomainForm, clashing_grades, clashing_note
from s11audit.web.cases.reading import PanelDesk, domain_or_404, panel_or_404
from s11audit.web.guard import Guard
from s11audit.web.looks import looks_at
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response


@blueprint.get("/panels")
@permitted(Permission.SEE_PANELS)
def panels() -> str:
    found = panels_of(db(), visible_to=viewer())
    return render_template("cases/panels.html", found=found, labels=CASE_AUDIT_STATUS_LABELS)


@blueprint.get("/case-audits/<audit>/cases")
@permitted(Permission.READ_CASES)
@looks_at("case audit", "audit")
def panel_cases(audit: str) -> str:
    return _cases_page(panel_or_404(audit))


@blueprint.post("/case-audits/<audit>/sign-off")
@permitted(Permission.AGREE_GRADES)
def sign_off_grades(audit: str) -> Page:
    desk = panel_or_404(audit)
    try:
        sign_off(db(), desk.audit, desk.questionnaire, by=viewer(), now=now())
    except StepNotAllowedError as error:
        db().rollback()
        return _cases_page(panel_or_404(audit), problem=str(error)), 409
    db().commit()
    told = "The agreed grades are signed off. Each agency can now see them beside its own."
    flash(told, "success")
    return redirect(url_for("cases.panel_cases", audit=audit), 303)


@blueprint.get("/case-audits/<audit>/cases/<case>")
@permitted(Permission.READ_CASES)
@looks_at("case", "case")
def panel_case(audit: str, case: str) -> str:
    desk = panel_or_404(audit, case)
    (one,) = desk.cases
    return render_template(
        "cases/panel-case.html",
        desk=desk,
        one=one,
        ordered=one.by_disagreement(list(desk.questionnaire.questions())),
        chronology=opened_chronology(db(), one.case.id, visible_to=viewer()),
        VIEW_OF_LABELS=VIEW_OF_LABELS,
        views=opened_views(db(), one.case.id, visible_to=viewer()),
        findings=[found for found in findings_of(db(), desk.audit) if found.case == case],
    )


@blueprint.get("/case-audits/<audit>/cases/<case>/<domain>")
@permitted(Permission.READ_CASES)
@looks_at("case", "case")
def panel_domain(audit: str, case: str, domain: str) -> str:
    desk = panel_or_404(audit, case)
    standard = domain_or_404(desk, domain)
    (one,) = desk.cases
    return _domain_page(desk, one, standard, DomainForm(one, standard))


@blueprint.post("/case-audits/<audit>/cases/<case>/<domain>")
@permitted(Permission.AGREE_GRADES)
def discuss_domain(audit: str, case: str, domain: str) -> Page:
    desk = panel_or_404(audit, case)
    standard = domain_or_404(desk, domain)
    (one,) = desk.cases
    form = DomainForm(one, standard, request.form)
    guard = Guard(Place.CASE_AUDITS, f"case {case}", of=desk.audit)
    if not form.passes(guard):
        guard.refused()
        return _domain_page(desk, one, standard, form), 422
    try:
        found = discuss(
            db(),
            one.case,
            standard,
            form.typed_grades(),
            form.typed_note(),
            by=viewer(),
            now=now(),
        )
    except StepNotAllowedError as error:
        db().rollback()
        return _not_saved(desk, one, standard, form, str(error)), 409
    guard.remember()
    db().commit()
    return _after_saving(desk, one, standard, form, found)


def _after_saving(
    desk: PanelDesk, one: CaseRead, standard: Standard, form: DomainForm, found: Discussed
) -> Page:
    """On to the next domain; back to this page, or to both texts, while anything is wrong."""
    grades, note = clashing_grades(form, one, found), clashing_note(form, one, standard, found)
    desk = panel_or_404(desk.audit.reference, one.case.reference)
    (one,) = desk.cases
    fresh = DomainForm(one, standard).with_faults(form, found)
    if grades or note:
        page = render_template(
            "cases/panel-conflict.html",
            desk=desk,
            one=one,
            standard=standard,
            form=form,
            faulty=fresh.faulty,
            grades=grades,
            note=note,
            undecided=set(form.undecided()),
        )
        return page, 409
    if fresh.errors:
        return _domain_page(desk, one, standard, fresh), 422
    following = desk.next_after(standard) if request.form.get("next") == "continue" else None
    flash(f"“{standard.title}” is saved.", "success")
    audit, case = desk.audit.reference, one.case.reference
    if following:
        there = url_for("cases.panel_domain", audit=audit, case=case, domain=following.id)
        return redirect(there, 303)
    return redirect(url_for("cases.panel_case", audit=audit, case=case), 303)


def _cases_page(desk: PanelDesk, problem: str = "") -> str:
    return render_template("cases/panel-cases.html", desk=desk, problem=problem)


def _domain_page(desk: PanelDesk, one: CaseRead, standard: Standard, form: DomainForm) -> str:
    return render_template(
        "cases/panel-domain.html",
        desk=desk,
        one=one,
        standard=standard,
        graded=one.by_disagreement(standard.questions),
        others=[question for question in standard.questions if not is_graded(question)],
        form=form,
        grade_of=grade_of,
    )


def _not_saved(
    desk: PanelDesk, one: CaseRead, standard: Standard, form: DomainForm, why: str
) -> str:
    return render_template(
        "cases/panel-not-saved.html", desk=desk, one=one, standard=standard, form=form, why=why
    )
