"""What an audit measures, and how that has moved since the audit that it repeats."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired

from s11audit.domain.measures import (
    COUNTED_OF_LABELS,
    DIRECTION_LABELS,
    SMALL_SAMPLE,
    CountedOf,
    Tally,
    choices_of,
    is_countable,
)
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import CaseAudit
from s11audit.queries.case_reading import asked_in
from s11audit.queries.measures import measures_of, measures_to_repeat
from s11audit.services.measures import TITLE_LIMIT, NewMeasure, count_measure, delete_measure
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.cases.reading import taught_or_404
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import db, now, permitted, services, viewer

Page = str | tuple[str, int] | Response


class MeasureForm(FlaskForm):
    title = TextField(
        limit=TITLE_LIMIT,
        label="What is measured?",
        description="Such as: plans that say how exploitation is disrupted.",
        validators=[DataRequired("Say what is measured")],
    )
    counted_of = RadioField(
        "What is counted?",
        [DataRequired("Say what is counted")],
        choices=[
            SelectChoice(CountedOf.CASE_FILES, "Agencies’ files on cases, by what they answered"),
            SelectChoice(CountedOf.CASES, "Cases, by the grade that the panel agreed"),
            SelectChoice(CountedOf.BY_HAND, "Something that you have counted yourself"),
        ],
        validate_choice=False,
    )
    answer = SelectField(
        "Which answer is counted?",
        validate_choice=False,
        description="Not needed for what you have counted yourself.",
    )
    part = TextField(limit=10, label="How many? (counted yourself)")
    whole = TextField(limit=10, label="Of how many? (counted yourself)")

    def offer(self, questionnaire: Questionnaire) -> MeasureForm:
        """Offer every answer of the questionnaire that can be counted."""
        self.answer.choices = [
            ("", "Choose an answer"),
            *(
                (f"{question.key} {code}", f"{question.title}: {label}")
                for question in questionnaire.questions()
                if is_countable(question)
                for code, label in choices_of(question).items()
            ),
        ]
        return self

    @property
    def measure(self) -> NewMeasure:
        """What was typed. Raises RefusedError where it is no measure at all."""
        if self.counted_of.data not in set(CountedOf):
            raise RefusedError("counted_of", "Say what is counted")
        counted_of, title = CountedOf(self.counted_of.data), self.title.data or ""
        if counted_of is CountedOf.BY_HAND:
            return NewMeasure(title, counted_of, by_hand=self._counted)
        key, _, level = (self.answer.data or "").partition(" ")
        return NewMeasure(title, counted_of, key, level)

    @property
    def _counted(self) -> Tally:
        numbers = [_whole_number(name, self[name].data or "") for name in ("part", "whole")]
        return Tally(*numbers)


@blueprint.get("/case-audits/<audit>/measures")
@permitted(Permission.SEE_CASE_AUDITS)
def measures(audit: str) -> str:
    found = taught_or_404(audit)
    return _page(found, MeasureForm(formdata=None).offer(_asked(found)))


@blueprint.post("/case-audits/<audit>/measures")
@permitted(Permission.RUN_CASE_AUDITS)
def add_measure(audit: str) -> Page:
    found = taught_or_404(audit)
    asked = _asked(found)
    form = MeasureForm().offer(asked)
    if not form.validate():
        return _page(found, form), 422
    try:
        measure = count_measure(db(), found, asked, form.measure, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _page(found, form), 422
    except StepNotAllowedError as error:
        db().rollback()
        return _page(taught_or_404(audit), form, problem=str(error)), 409
    counted = Tally(measure.numerator, measure.denominator)
    db().commit()
    flash(f"Counted: {counted.words}.", "success")
    return redirect(url_for("cases.measures", audit=audit), 303)


@blueprint.post("/case-audits/<audit>/measures/<int(max=2147483647):measure_id>/delete")
@permitted(Permission.RUN_CASE_AUDITS)
def remove_measure(audit: str, measure_id: int) -> Page:
    found = taught_or_404(audit)
    delete_measure(db(), found, measure_id, by=viewer(), now=now())
    db().commit()
    flash("The measure is deleted.", "success")
    return redirect(url_for("cases.measures", audit=audit), 303)


def _asked(audit: CaseAudit) -> Questionnaire:
    return asked_in(audit, services().catalogue)


def _may_count(audit: CaseAudit) -> bool:
    runs = viewer().may_in_partnership(Permission.RUN_CASE_AUDITS, audit.partnership_id)
    return runs and audit.emptied_at is None


def _page(audit: CaseAudit, form: MeasureForm, problem: str = "") -> str:
    return render_template(
        "cases/measures.html",
        audit=audit,
        questionnaire=_asked(audit),
        found=measures_of(db(), audit),
        to_repeat=measures_to_repeat(db(), audit),
        labels=COUNTED_OF_LABELS,
        directions=DIRECTION_LABELS,
        choices_of=choices_of,
        small=SMALL_SAMPLE,
        form=form,
        errors=errors_of(form),
        may_count=_may_count(audit),
        problem=problem,
    )


def _whole_number(name: str, text: str) -> int:
    text = text.strip().replace(",", "")
    if not (text.isascii() and text.isdecimal()):
        raise RefusedError(name, "Enter a whole number, such as 14")
    return int(text)
