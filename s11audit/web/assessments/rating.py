"""The sheet of one assessor: rating apart, finishing, and going on until the ratings are opened.

Nothing on these pages depends on another assessor's sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.assessments import AssessmentStatus
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.shares import EVERYTHING
from s11audit.models import Assessment, Assessor
from s11audit.queries.assessments import own_place
from s11audit.queries.sheets import answers_on
from s11audit.services.rating import (
    GapsError,
    check_may_rate,
    finish_ratings,
    note_saved,
    take_up_ratings,
)
from s11audit.services.sheets import FilledIn
from s11audit.web.answer_desk import standard_or_404
from s11audit.web.assessments.forms import FinishForm
from s11audit.web.assessments.pages import asked_in, assessment_or_404, blueprint
from s11audit.web.form_errors import errors_of
from s11audit.web.own_links import assessment_links
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.sheet_desk import Page, SheetDesk, autosave_standard, save_standard, standard_page


@dataclass(frozen=True, kw_only=True)
class RatingDesk(SheetDesk):
    """One assessor's sheet, opened by that assessor."""

    assessment: Assessment

    @property
    def closed_because(self) -> str:
        """Why its answers cannot be changed just now."""
        if self.assessment.status is AssessmentStatus.CANCELLED:
            return "The assessment was cancelled."
        if self.assessment.is_opened and self.sheet.opened_at is None:
            return "The others’ ratings were opened before you had finished. Yours stay unread."
        return super().closed_because

    @property
    def owner(self) -> Assessment:
        return self.assessment

    @property
    def subject(self) -> str:
        return f"joint assessment {self.assessment.reference}"


@blueprint.get("/<assessment>/ratings")
@permitted(Permission.RATE)
def ratings(assessment: str) -> str:
    return render_template("assessments/ratings.html", desk=_desk(assessment))


@blueprint.get("/<assessment>/ratings/<standard>")
@permitted(Permission.RATE)
def rate(assessment: str, standard: str) -> str:
    desk = _desk(assessment)
    return standard_page(desk, standard_or_404(desk, standard))


@blueprint.post("/<assessment>/ratings/<standard>")
@permitted(Permission.RATE)
def save(assessment: str, standard: str) -> Page:
    desk = _desk(assessment)
    return save_standard(desk, standard_or_404(desk, standard), partial(_note, desk))


@blueprint.post("/<assessment>/ratings/<standard>/autosave")
@permitted(Permission.RATE)
def autosave(assessment: str, standard: str) -> Response:
    desk = _desk(assessment)
    return autosave_standard(desk, standard_or_404(desk, standard), partial(_note, desk))


@blueprint.get("/<assessment>/finish")
@permitted(Permission.RATE)
def check(assessment: str) -> Page:
    desk = _desk(assessment)
    if not desk.is_editable:
        return redirect(desk.home, 303)
    return _finish_page(desk, FinishForm())


@blueprint.post("/<assessment>/finish")
@permitted(Permission.RATE)
def finish(assessment: str) -> Page:
    desk, form = _desk(assessment), FinishForm()
    check_may_rate(desk.assessment)
    if not form.validate():
        return _finish_page(desk, form), 422
    finish_now = partial(finish_ratings, db(), desk.assessment, desk.all_gaps)
    try:
        has_opened = finish_now(by=viewer(), now=now(), address=assessment_links())
    except GapsError:
        return _finish_page(desk, form), 422
    db().commit()
    if has_opened:
        flash("All ratings are in, so they are open to all of you now.", "success")
        return redirect(url_for("assessments.compare", assessment=assessment), 303)
    flash("You have finished. You can go on until the ratings are opened.", "success")
    return redirect(desk.home, 303)


@blueprint.post("/<assessment>/take-up")
@permitted(Permission.RATE)
def take_up(assessment: str) -> Response:
    desk = _desk(assessment)
    take_up_ratings(db(), desk.assessment, by=viewer(), now=now())
    db().commit()
    flash("You can change your ratings again. Finish them when you are done.")
    return redirect(desk.home, 303)


def _desk(reference: str) -> RatingDesk:
    """The viewer's own sheet; nobody else's is ever found here."""
    found = assessment_or_404(reference, Permission.RATE)
    own = own_place(found, visible_to=viewer())
    if own is None or own.sheet is None:
        abort(404)
    return _laid_out(found, own)


def _laid_out(found: Assessment, own: Assessor) -> RatingDesk:
    if own.sheet is None:
        abort(404)
    held = answers_on(db(), own.sheet.id)
    return RatingDesk(
        questionnaire=asked_in(found),
        held=held,
        all_answers={key: one.answer for key, one in held.items()},
        today=today_in_london(now()),
        reads=EVERYTHING,
        writes=EVERYTHING,
        sheet=own.sheet,
        answered_as=found.respondent,
        called=found.reference,
        filled_by=own.label,
        home=url_for("assessments.ratings", assessment=found.reference),
        pages=partial(_address, found.reference),
        assessment=found,
    )


def _address(reference: str, standard_id: str) -> str:
    return url_for("assessments.rate", assessment=reference, standard=standard_id)


def _note(desk: RatingDesk, _filled: FilledIn) -> None:
    note_saved(db(), desk.assessment, by=viewer(), now=now())


def _finish_page(desk: RatingDesk, form: FinishForm) -> str:
    return render_template("assessments/finish.html", desk=desk, form=form, errors=errors_of(form))
