"""The list of joint assessments, one of them, and its next steps."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.assessments import (
    ASSESSMENT_STATUS_LABELS,
    ASSESSMENT_STEPS,
    OPEN_EARLY,
    AssessmentStatus,
)
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import Step, StepNotAllowedError, steps_from
from s11audit.models import Assessment
from s11audit.queries import assessments as queries
from s11audit.services.assessments import CHANGEABLE_STATUSES, take_assessment_step
from s11audit.services.refusals import RefusedError
from s11audit.web.assessments.pages import asked_in, assessment_or_404, blueprint, guard_of, may
from s11audit.web.own_links import assessment_links, sends_mail
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.step_forms import (
    StepForm,
    Wanted,
    errors_in,
    refuse_step,
    sent_form,
    step_buttons,
)

Page = str | tuple[str, int] | Response
WANTED = {
    OPEN_EARLY: Wanted(
        "Why are the ratings opened before all are in?",
        "Everybody who compares the ratings can read this. What is not finished stays unread.",
    ),
    "cancel": Wanted(
        "Why is it cancelled?", "Everybody who knows of this assessment can read this."
    ),
}


@blueprint.get("")
@permitted(Permission.SEE_ASSESSMENTS)
def listing() -> str:
    found = queries.assessments(db(), visible_to=viewer())
    return render_template(
        "assessments/listing.html",
        assessments=found,
        own={one.id for one in found if queries.own_place(one, visible_to=viewer())},
        may_run=viewer().may(Permission.RUN_ASSESSMENTS),
        several=len({one.partnership_id for one in found}) > 1,
    )


@blueprint.get("/<assessment>")
@permitted(Permission.SEE_ASSESSMENTS)
def show(assessment: str) -> str:
    return _show_page(assessment_or_404(assessment))


@blueprint.post("/<assessment>/steps/<step>")
@permitted(Permission.SEE_ASSESSMENTS)
def take_step(assessment: str, step: str) -> Page:
    found, form = assessment_or_404(assessment), sent_form(step)
    guard = guard_of(found)
    if not guard.accepts(form):
        return _show_page(found, {step: form}), 422
    take = partial(take_assessment_step, db(), found, step, asked_in(found))
    reason = form.text.data or ""
    try:
        take(by=viewer(), now=now(), reason=reason, address=assessment_links())
    except RefusedError:
        return _show_page(found, {step: refuse_step(form, step, WANTED)}), 422
    except StepNotAllowedError as error:
        db().rollback()
        return _show_page(assessment_or_404(assessment), problem=str(error), typed=reason), 409
    guard.remember()
    db().commit()
    flash(f"The assessment is now: {ASSESSMENT_STATUS_LABELS[found.status].lower()}.", "success")
    return redirect(url_for("assessments.show", assessment=assessment), 303)


def _show_page(
    found: Assessment,
    sent: dict[str, StepForm] | None = None,
    *,
    problem: str = "",
    typed: str = "",
) -> str:
    buttons = step_buttons(_steps(found), WANTED, sent)
    rates = queries.rates_in(found, viewer())
    runs = may(found, Permission.RUN_ASSESSMENTS)
    sees_progress = not rates and (runs or may(found, Permission.AGREE_RATINGS))
    return render_template(
        "assessments/show.html",
        assessment=found,
        buttons=buttons,
        errors=errors_in(buttons),
        own=queries.own_place(found, visible_to=viewer()) is not None,
        standings=queries.standings(found) if sees_progress else [],
        reads=may(found, Permission.READ_RATINGS),
        writes=may(found, Permission.AGREE_RATINGS),
        runs=runs,
        may_change=runs and found.status in CHANGEABLE_STATUSES,
        may_remind=runs and sends_mail() and _may_remind(found),
        problem=problem,
        typed=typed,
    )


def _steps(found: Assessment) -> list[Step[AssessmentStatus]]:
    """What the viewer may do next; what finishing does by itself has no button here."""
    return [
        step
        for step in steps_from(ASSESSMENT_STEPS, found.status)
        if step.permission is not Permission.RATE and may(found, step.permission)
    ]


def _may_remind(found: Assessment) -> bool:
    last = found.reminded_at
    told_today = last is not None and today_in_london(last) == today_in_london(now())
    return found.status is AssessmentStatus.RATING and not told_today
