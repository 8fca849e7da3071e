"""Choosing what a partnership asks in a draft round besides the common questions."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Kind
from s11audit.domain.versions import version_name
from s11audit.domain.workflow import RoundStatus
from s11audit.models import AuditRound, LocalQuestions, Partnership
from s11audit.queries.asking import local_questions_to_open, questionnaire_to_open
from s11audit.services.local_questions import choose_local_questions, remove_local_questions
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.rounds.pages import blueprint, round_or_404
from s11audit.web.security import db, now, permitted, services, viewer

NONE = ""


class LocalQuestionsForm(FlaskForm):
    questionnaire = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Which local questions do you ask?",
        invalid_choice_message="Choose one of the answers in the list",
    )

    def offer(self, partnership: Partnership, audit_round: AuditRound) -> None:
        """Offer none, and every published version that this partnership may ask besides."""
        self.questionnaire.choices = [
            (NONE, "None: ask the common questions only"),
            *(
                (f"{one.id}/{one.version}", version_name(one.title, one.version))
                for one in reversed(services().catalogue.published())
                if one.kind is Kind.SELF_ASSESSMENT
                and one.partnership_id in (None, partnership.id)
                and one.id != audit_round.questionnaire_id
            ),
        ]


@blueprint.get("/<reference>/local-questions/<asker>")
@permitted(Permission.EDIT_ROUNDS)
def local_questions(reference: str, asker: str) -> str:
    audit_round, asking = _asking_or_404(reference, asker)
    form = LocalQuestionsForm()
    form.offer(asking, audit_round)
    held = chosen_by(asking, audit_round)
    form.questionnaire.data = _named(held) if held else NONE
    return _page(audit_round, asking, form)


@blueprint.post("/<reference>/local-questions/<asker>")
@permitted(Permission.EDIT_ROUNDS)
def choose(reference: str, asker: str) -> str | tuple[str, int] | Response:
    audit_round, asking = _asking_or_404(reference, asker)
    form = LocalQuestionsForm()
    form.offer(asking, audit_round)
    if not form.validate():
        return _page(audit_round, asking, form), 422
    try:
        _choose(audit_round, asking, form.questionnaire.data)
    except RefusedError as error:
        refuse(form, error)
        return _page(audit_round, asking, form), 422
    db().commit()
    flash(f"The local questions of {asking.name} are saved.", "success")
    return redirect(url_for("rounds.show", reference=reference), 303)


def _choose(audit_round: AuditRound, asking: Partnership, named: str) -> None:
    if named == NONE:
        remove_local_questions(db(), audit_round, asking, by=viewer(), now=now())
        return
    catalogue = services().catalogue
    choose_local_questions(
        db(),
        audit_round,
        asking,
        catalogue.to_ask(*named.split("/", 1)),
        common=questionnaire_to_open(audit_round, catalogue),
        others=local_questions_to_open(db(), audit_round, services().whole_catalogue),
        by=viewer(),
        now=now(),
    )


def _asking_or_404(reference: str, asker: str) -> tuple[AuditRound, Partnership]:
    """The round, and the one of its partnerships that the viewer runs under this reference."""
    audit_round = round_or_404(reference)
    for one in audit_round.partnerships:
        is_theirs = viewer().may_in_partnership(Permission.EDIT_ROUNDS, one.id)
        if one.reference == asker and is_theirs:
            return audit_round, one
    abort(404)


def chosen_by(partnership: Partnership, audit_round: AuditRound) -> LocalQuestions | None:
    """What this partnership asks in the round besides the common questions."""
    asked = audit_round.local_questions
    return next((one for one in asked if one.partnership_id == partnership.id), None)


def _named(held: LocalQuestions) -> str:
    return f"{held.questionnaire_id}/{held.questionnaire_version}"


def _page(audit_round: AuditRound, asking: Partnership, form: LocalQuestionsForm) -> str:
    return render_template(
        "rounds/local-questions.html",
        round=audit_round,
        partnership=asking,
        form=form,
        errors=errors_of(form) if request.method == "POST" else [],
        is_draft=audit_round.status is RoundStatus.DRAFT,
        chosen=chosen_by(asking, audit_round),
    )
