"""One agency's return as scrutiny reads it: its scorecard, one standard of it, its next steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.dates import today_in_london
from s11audit.domain.guard.policy import Place
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.routing import route
from s11audit.domain.steps import steps_from
from s11audit.domain.workflow import (
    EDITABLE_STATUSES,
    RETURN_STATUS_LABELS,
    RETURNED_STATUSES,
    SUBMITTED_STATUSES,
    ReturnStatus,
    is_overdue,
    takes_answers,
)
from s11audit.models import AgencyReturn
from s11audit.queries.agencies import mail_of
from s11audit.queries.evidence import files_of_return
from s11audit.queries.moderation import actions_of_return, agencies_answering
from s11audit.queries.returns import answers_of, scores_of, values_of
from s11audit.queries.side_states import statement_of
from s11audit.queries.signatures import signatures_of
from s11audit.services.moderation import SCRUTINY_STEPS, take_return_step
from s11audit.services.refusals import RefusedError
from s11audit.web.guard import Guard
from s11audit.web.moderation.evidence import evidence_of
from s11audit.web.moderation.pages import blueprint, return_or_404, standard_or_404
from s11audit.web.own_links import return_links
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.step_forms import (
    StepButton,
    StepForm,
    Wanted,
    errors_in,
    refuse_step,
    sent_form,
    step_buttons,
)

Thing = TypeVar("Thing")
WANTED = {
    "send-back": Wanted(
        "What should the agency change?",
        "The agency reads this. Every signature becomes void, and it has to be signed again.",
        "Say what the agency should change",
    ),
    "exempt": Wanted(
        "Why is the agency excused?",
        "The agency and the QA subgroup read this. It leaves the return rate. Signatures that "
        "it has already become void.",
        "Say why the agency is excused",
    ),
    "end-exemption": Wanted(
        "Why is a return needed after all?",
        "The agency reads this, and counts in the return rate again.",
        "Say why a return is needed after all",
    ),
}


@blueprint.get("/returns/<agency>")
@permitted(Permission.SCRUTINISE)
def agency_return(reference: str, agency: str) -> str:
    return _return_page(*return_or_404(reference, agency))


@blueprint.post("/returns/<agency>/steps/<step>")
@permitted(Permission.SCRUTINISE)
def take_step(reference: str, agency: str, step: str) -> str | tuple[str, int] | Response:
    found, questionnaire = return_or_404(reference, agency)
    form = sent_form(step)
    guard = Guard(Place.COMMENTS, f"return {found.reference}", of=found)
    if not guard.accepts(form):
        return _return_page(found, questionnaire, {step: form}), 422
    reason, links = form.text.data or "", return_links()
    try:
        take_return_step(db(), found, step, by=viewer(), now=now(), reason=reason, address=links)
    except RefusedError:
        form = refuse_step(form, step, WANTED)
        return _return_page(found, questionnaire, {step: form}), 422
    guard.remember()
    db().commit()
    flash(f"The return is now {RETURN_STATUS_LABELS[found.status].lower()}.", "success")
    return redirect(url_for(".agency_return", reference=reference, agency=agency), 303)


@blueprint.get("/returns/<agency>/<standard>")
@permitted(Permission.SCRUTINISE)
def cell(reference: str, agency: str, standard: str) -> str:
    found, questionnaire = return_or_404(reference, agency)
    shown = standard_or_404(questionnaire, standard)
    if found.status not in SUBMITTED_STATUSES:
        abort(404)
    answers = answers_of(db(), found.id)
    asked = route(questionnaire, found.respondent, values_of(answers)).asked
    scores = scores_of(db(), found.id)
    neighbours = agencies_answering(db(), found.round, shown.id, visible_to=viewer())
    places = [one.agency_reference for one in neighbours]
    standards = [one for one in questionnaire.standards if one.id in asked]
    return render_template(
        "moderation/cell.html",
        agency_return=found,
        round=found.round,
        standard=shown,
        questions=asked.get(shown.id, ()),
        answers={key: held.answer for key, held in answers.items()},
        scorecard=scores.standards.get(shown.id) if scores else None,
        files=files_of_return(db(), found.id),
        actions=actions_of_return(db(), found, visible_to=viewer()),
        other_agencies=_beside(neighbours, places.index(agency) if agency in places else None),
        other_standards=_beside(standards, standards.index(shown) if shown in standards else None),
    )


def _beside(things: Sequence[Thing], place: int | None) -> tuple[Thing | None, Thing | None]:
    """What stands before and after a place."""
    if place is None:
        return None, None
    before = things[place - 1] if place > 0 else None
    return before, (things[place + 1] if place + 1 < len(things) else None)


def _return_page(
    found: AgencyReturn, questionnaire: Questionnaire, sent: dict[str, StepForm] | None = None
) -> str:
    readable = found.status in SUBMITTED_STATUSES
    may_run = viewer().may_in_partnership(Permission.EDIT_ROUNDS, found.round.partnership_id)
    waiting = found.status not in RETURNED_STATUSES | {ReturnStatus.EXEMPT}
    today = today_in_london(now())
    buttons = _buttons(found, sent)
    return render_template(
        "moderation/agency-return.html",
        agency_return=found,
        round=found.round,
        questionnaire=questionnaire,
        is_readable=readable,
        is_overdue=is_overdue(found.status, found.due_on, today),
        scores=scores_of(db(), found.id),
        signatures=signatures_of(db(), found.id) if readable else (),
        statement=statement_of(db(), found),
        evidence=evidence_of(found, questionnaire) if readable else [],
        actions=actions_of_return(db(), found, visible_to=viewer()),
        buttons=buttons,
        errors=errors_in(buttons),
        barred_from=_barred_from(found),
        may_extend=may_run and waiting,
        sees_messages=viewer().may(Permission.SEE_PEOPLE),
        messages=mail_of(db(), found.agency_id, visible_to=viewer(), round_id=found.round_id),
    )


def _barred_from(found: AgencyReturn) -> list[str]:
    """The steps, as their buttons call them, that are for others because the viewer works there."""
    return [
        step.button
        for step in steps_from(SCRUTINY_STEPS, found.status)
        if viewer().reach(step.permission).bars(found.place)
    ]


def _buttons(found: AgencyReturn, sent: dict[str, StepForm] | None) -> list[StepButton]:
    """What the viewer may do with the return now."""
    today = today_in_london(now())
    in_time = takes_answers(found.round.status, found.round.closes_on, today)
    allowed = [
        step
        for step in steps_from(SCRUTINY_STEPS, found.status)
        if viewer().may_at(step.permission, found.place)
        # In a round that takes no answers, the agency could do nothing with it.
        if step.target not in EDITABLE_STATUSES or in_time
    ]
    return step_buttons(allowed, WANTED, sent)
