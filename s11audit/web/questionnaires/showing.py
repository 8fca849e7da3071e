"""The page of one version: everything that it asks, of whom, and why."""

from __future__ import annotations

from flask import render_template

from s11audit.domain.audience import EVERYBODY
from s11audit.domain.permissions import Permission
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.routing_words import audience_words, condition_words
from s11audit.domain.scales import Scale
from s11audit.questionnaires import QuestionnaireFaultsError
from s11audit.web.questionnaires.faults import listed
from s11audit.web.questionnaires.pages import Opened, blueprint, open_version
from s11audit.web.questionnaires.steps import next_steps, publish_button, waits_for_another
from s11audit.web.questionnaires.wording import (
    ACTION_WORDS,
    EVIDENCE_WORDS,
    KIND_LABELS,
    answer_words,
    descents,
    in_parts,
)
from s11audit.web.security import permitted, services
from s11audit.web.step_forms import StepForm, errors_in


@blueprint.get("/<id>/<version>")
@permitted(Permission.SEE_QUESTIONNAIRES)
def show(id: str, version: str) -> str:
    try:
        opened = open_version(id, version)
    except QuestionnaireFaultsError as error:
        return faulty_page(id, version, error)
    return version_page(opened)


def faulty_page(id: str, version: str, error: QuestionnaireFaultsError) -> str:
    """What is wrong with a version that cannot be read."""
    try:
        raw = services().catalogue.source(id, version)
    except QuestionnaireFaultsError:  # not even its text
        raw = b""
    faults = listed(error.faults, raw)
    return render_template("questionnaires/faulty.html", id=id, version=version, faults=faults)


def version_page(opened: Opened, sent: dict[str, StepForm] | None = None, problem: str = "") -> str:
    """The page of a version; `sent` holds a step's form that comes back with errors."""
    buttons = next_steps(opened, sent)
    return render_template(
        "questionnaires/show.html",
        opened=opened,
        questionnaire=opened.questionnaire,
        kind=KIND_LABELS[opened.questionnaire.kind],
        counts=counts(opened.questionnaire),
        parts=in_parts(opened.questionnaire.standards),
        scales=scales_of(opened.questionnaire),
        descents=descents(opened.questionnaire, opened.replaced),
        publish=publish_button(opened),
        waits_for_another=waits_for_another(opened),
        buttons=buttons,
        problem=problem,
        errors=[*([("what-next", problem)] if problem else []), *errors_in(buttons)],
        audience_words=audience_words,
        answer_words=answer_words,
        condition_words=condition_words,
        evidence_words=EVIDENCE_WORDS,
        action_words=ACTION_WORDS,
    )


def counts(questionnaire: Questionnaire) -> dict[str, int]:
    """Headline figures of a questionnaire, by what is counted."""
    asked = [one for one in questionnaire.questions() if type_of(one).has_answer]
    return {
        "Standards": len(questionnaire.standards),
        "Questions": len(asked),
        "Ratings": sum(one.scale is not None for one in asked),
        "Critical": sum(one.critical for one in asked),
        "Depend on another answer": sum(one.when is not None for one in asked),
        "For some agencies only": sum(
            question.audience != EVERYBODY or standard.audience != EVERYBODY
            for standard in questionnaire.standards
            for question in standard.questions
        ),
    }


def scales_of(questionnaire: Questionnaire) -> list[Scale]:
    """Every scale that a question is answered on, in the order of their first questions."""
    found: dict[str, Scale] = {}
    for question in questionnaire.questions():
        if question.scale is not None:
            found.setdefault(question.scale.id, question.scale)
    return list(found.values())
