"""Actions: lists for the agency and the partnership, and one action's page with its next steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form
from wtforms.validators import DataRequired

from s11audit.domain.actions import (
    ACTION_SOURCE_LABELS,
    ACTION_STATUS_LABELS,
    ACTION_STEPS,
    ActionSource,
    ActionStatus,
    is_overdue,
)
from s11audit.domain.dates import today_in_london
from s11audit.domain.guard.policy import Place
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError, steps_from
from s11audit.models import Action, Assessment
from s11audit.queries import actions as queries
from s11audit.queries.actions import ActionFilter, ActionInFull
from s11audit.queries.asking import questionnaire_for, questionnaire_of
from s11audit.queries.assessments import questionnaire_of as assessed_questionnaire
from s11audit.queries.assessments import reaches as reaches_assessment
from s11audit.queries.case_reading import audit_taught
from s11audit.queries.rounds import round_of
from s11audit.services.actions import ChangedActionError, add_note, take_action_step
from s11audit.services.refusals import RefusedError
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of
from s11audit.web.guard import Guard
from s11audit.web.page_versions import page_version
from s11audit.web.paging import asked_page, page_address
from s11audit.web.security import db, now, permitted, services, viewer
from s11audit.web.sorting import sorting
from s11audit.web.step_forms import (
    StepForm,
    Wanted,
    errors_in,
    refuse_step,
    sent_form,
    step_buttons,
)

blueprint = Blueprint("actions", __name__)

Page = str | tuple[str, int] | Response
WANTED = {
    "claim-complete": Wanted(
        "What changed for children?",
        "Impact evidence: what is different for children now, and how you know. Name nobody.",
        "Say what changed for children",
    ),
    "verify": Wanted(
        "How did you check the impact?",
        "What you saw or read, and what it shows has changed for children.",
        "Say how you checked the impact",
    ),
    "reopen": Wanted(
        "Why is it reopened?",
        "What is still missing, so that the agency can act.",
        "Say why it is reopened",
    ),
}


class NoteForm(Form):
    note = TextField(label="Add a note", validators=[DataRequired("Write the note")])


@blueprint.get("/actions")
@permitted(Permission.SEE_ACTIONS)
def listing() -> str:
    return _list_page(_filter(), None)


@blueprint.get("/rounds/<reference>/actions")
@permitted(Permission.SCRUTINISE)
def of_round(reference: str) -> str:
    audit_round = round_of(db(), reference, visible_to=viewer())
    if audit_round is None:
        abort(404)
    return _list_page(replace(_filter(), round_reference=reference), audit_round)


@blueprint.get("/actions/<reference>")
@permitted(Permission.SEE_ACTIONS)
def show(reference: str) -> str:
    return _action_page(_action_or_404(reference))


@blueprint.post("/actions/<reference>/notes")
@permitted(Permission.SEE_ACTIONS)
def write_note(reference: str) -> Page:
    found = _action_or_404(reference)
    form, guard = NoteForm(request.form), _guard_of(found.action)
    if not guard.accepts(form):
        return _action_page(found, note=form), 422
    add_note(db(), found.action, form.note.data or "", by=viewer(), now=now())
    guard.remember()
    db().commit()
    flash("Your note is added.", "success")
    return _to_action(reference)


@blueprint.post("/actions/<reference>/steps/<step>")
@permitted(Permission.SEE_ACTIONS)
def take_step(reference: str, step: str) -> Page:
    found = _action_or_404(reference)
    form, guard = sent_form(step), _guard_of(found.action)
    version = page_version()
    text = form.text.data or ""
    if not guard.accepts(form):
        return _action_page(found, {step: form}), 422
    try:
        take_action_step(db(), found.action, step, text, by=viewer(), now=now(), version=version)
    except RefusedError:
        return _action_page(found, {step: refuse_step(form, step, WANTED)}), 422
    except (ChangedActionError, StepNotAllowedError) as error:
        db().rollback()
        return _action_page(_action_or_404(reference), problem=str(error), typed=text), 409
    guard.remember()
    db().commit()
    flash(f"The action is now {ACTION_STATUS_LABELS[found.action.status].lower()}.", "success")
    return _to_action(reference)


def _to_action(reference: str) -> Response:
    return redirect(url_for("actions.show", reference=reference), 303)


def _guard_of(action: Action) -> Guard:
    return Guard(Place.ACTIONS, f"action {action.reference}", of=action)


def _action_or_404(reference: str) -> ActionInFull:
    found = queries.action_in_full(db(), reference, visible_to=viewer())
    if found is None:
        abort(404)
    return found


def _filter() -> ActionFilter:
    """What the address of the page asks for."""
    status, source = request.args.get("status", ""), request.args.get("source", "")
    return ActionFilter(
        agency_reference=request.args.get("agency", ""),
        status=ActionStatus(status) if status in set(ActionStatus) else None,
        overdue_only=request.args.get("overdue") == "yes",
        source=ActionSource(source) if source in set(ActionSource) else None,
    )


def _list_page(wanted: ActionFilter, audit_round: Any) -> str:
    today = today_in_london(now())
    order = sorting(("due",), "due")
    found = queries.actions_page(
        db(),
        wanted,
        today,
        visible_to=viewer(),
        latest_first=order.descending,
        page=asked_page(),
    )
    return render_template(
        "actions/listing.html",
        found=found,
        wanted=wanted,
        round=audit_round,
        counts=queries.action_counts(db(), wanted, today, visible_to=viewer()),
        agencies=queries.agencies_with_actions(db(), wanted.round_reference, visible_to=viewer()),
        sorting=order,
        address=page_address,
        sources={} if audit_round else ACTION_SOURCE_LABELS,
    )


def _action_page(
    found: ActionInFull,
    sent: dict[str, StepForm] | None = None,
    *,
    note: NoteForm | None = None,
    problem: str = "",
    typed: str = "",
) -> str:
    action = found.action
    steps = [
        step for step in steps_from(ACTION_STEPS, action.status) if _may(step.permission, found)
    ]
    buttons = step_buttons(steps, WANTED, sent)
    return render_template(
        "actions/show.html",
        action=action,
        found=found,
        source=_source(found),
        recommended=_recommended_at(found),
        is_overdue=is_overdue(action.status, action.due_on, today_in_london(now())),
        buttons=buttons,
        is_barred=viewer().reach(Permission.VERIFY_ACTION).bars(action.place),
        note=note or NoteForm(),
        may_write=_may(Permission.PROGRESS_ACTION, found) or _may(Permission.VERIFY_ACTION, found),
        errors=errors_in(buttons) + (errors_of(note) if note else []),
        problem=problem,
        typed=typed,
    )


def _may(permission: Permission, found: ActionInFull) -> bool:
    return queries.reaches(db(), found.action, permission, visible_to=viewer())


def _recommended_at(found: ActionInFull) -> str:
    """Where the viewer can read of the recommendation that it came out of; empty if nowhere."""
    audit, recommendation = found.case_audit, found.recommendation
    if audit is None or recommendation is None or not viewer().may(Permission.SEE_CASE_AUDITS):
        return ""
    reference = audit.reference
    if audit_taught(db(), reference, visible_to=viewer()) is None:
        return ""
    return url_for("cases.recommendation", audit=reference, recommendation_id=recommendation.id)


def _source(found: ActionInFull) -> dict[str, str]:
    """The question that the action came out of, and where the viewer can read the answer."""
    if found.action.assessment is not None:
        return _out_of(found.action.assessment, found.action.question_key)
    if found.audit_round is None or not found.action.question_key:
        return {}
    catalogue = services().catalogue
    is_own = viewer().may_in_agency(Permission.SEE_RETURN, found.action.agency_id)
    questionnaire = (
        questionnaire_for(found.source_return, catalogue)
        if is_own and found.source_return
        else questionnaire_of(found.audit_round, catalogue, visible_to=viewer())
    )
    question = questionnaire.by_key.get(found.action.question_key)
    if question is None:
        return {}
    href = ""
    if is_own:
        reference = found.source_return.reference if found.source_return else ""
        href = url_for("returns.standard", reference=reference, standard_id=question.standard_id)
    elif viewer().may_at(Permission.SCRUTINISE, found.action.place) and found.is_source_readable:
        href = url_for(
            "moderation.cell",
            reference=found.audit_round.reference,
            agency=found.action.agency.reference,
            standard=question.standard_id,
        )
    return {"ask": question.ask, "href": f"{href}#{question.id}" if href else ""}


def _out_of(assessment: Assessment, key: str) -> dict[str, str]:
    """The question of a joint assessment; only its title for whoever may not read the ratings."""
    reads = Permission.READ_RATINGS
    if not reaches_assessment(db(), assessment, reads, visible_to=viewer()):
        return {"ask": assessment.title, "href": ""}
    question = assessed_questionnaire(assessment, services().catalogue).by_key[key]
    href = url_for("assessments.question", assessment=assessment.reference, key=key)
    return {"ask": question.ask, "href": href}
