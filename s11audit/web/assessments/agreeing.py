"""One question: every rating of it with its reasons, and writing down what is agreed."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.assessments import AssessmentStatus
from s11audit.domain.guard.policy import Place
from s11audit.domain.permissions import Permission
from s11audit.models import AgreedRating, Assessment
from s11audit.queries.assessments import agencies_to_assess
from s11audit.queries.compared_ratings import Compared, Comparison
from s11audit.services.agreed_ratings import ChangedRatingError, agree_rating
from s11audit.services.refusals import RefusedError
from s11audit.web.assessments.comparing import opened, question_or_404
from s11audit.web.assessments.forms import AgreedForm, stored_texts
from s11audit.web.assessments.pages import blueprint, may
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.guard import Guard
from s11audit.web.page_versions import page_version
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response


@blueprint.get("/<assessment>/questions/<key>")
@permitted(Permission.READ_RATINGS)
def question(assessment: str, key: str) -> str:
    found, compared = opened(assessment)
    one = question_or_404(compared, key)
    form = _form_for(found, one)
    return _question_page(found, compared, one, form)


@blueprint.post("/<assessment>/questions/<key>")
@permitted(Permission.AGREE_RATINGS)
def agree(assessment: str, key: str) -> Page:
    found, compared = opened(assessment)
    one = question_or_404(compared, key)
    form = _form_for(found, one)
    guard = Guard(Place.ACTIONS, f"joint assessment {found.reference}", of=found)
    if not guard.accepts(form):
        return _question_page(found, compared, one, form), 422
    write = partial(agree_rating, db(), found, one.question, form.agreement)
    try:
        write(version=page_version(), by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _question_page(found, compared, one, form), 422
    except ChangedRatingError as error:
        return _question_page(found, compared, one, form, error.stored), 409
    guard.remember()
    db().commit()
    flash(f"What was agreed about “{one.question.title}” is kept.", "success")
    return redirect(_after(found, compared, key), 303)


def _after(found: Assessment, compared: Comparison, key: str) -> str:
    """The next question that is not settled, in the order of the page; else the page of all."""
    waiting = [
        one.question.key
        for one in compared.most_apart_first
        if not one.is_settled and one.question.key != key
    ]
    if waiting:
        return url_for("assessments.question", assessment=found.reference, key=waiting[0])
    return url_for("assessments.compare", assessment=found.reference)


def _form_for(found: Assessment, one: Compared) -> AgreedForm:
    form = AgreedForm(data=stored_texts(one.agreed) if one.agreed else None)
    form.offer(one.question, agencies_to_assess(db(), found.partnership_id))
    return form


def _question_page(
    found: Assessment,
    compared: Comparison,
    one: Compared,
    form: AgreedForm,
    stored: AgreedRating | None = None,
) -> str:
    """`stored` is what somebody else has kept meanwhile, beside what was typed."""
    is_discussed = found.status is AssessmentStatus.DISCUSSION
    kept = stored or one.agreed
    return render_template(
        "assessments/question.html",
        assessment=found,
        compared=compared,
        one=one,
        question=one.question,
        form=form,
        errors=errors_of(form),
        stored=stored,
        kept=kept,
        version=kept.version if kept else 0,
        writes=is_discussed and may(found, Permission.AGREE_RATINGS),
    )
