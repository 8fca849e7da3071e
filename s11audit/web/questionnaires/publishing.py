"""What to know before a version is published, and the steps of its life."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.compatibility import Compatibility, compatibility
from s11audit.domain.permissions import Permission
from s11audit.models import QuestionnaireVersion
from s11audit.queries.questionnaires import held_answers
from s11audit.questionnaires import QuestionnaireFaultsError
from s11audit.services import questionnaires
from s11audit.services.refusals import RefusedError
from s11audit.web.questionnaires.pages import Opened, blueprint, sound_version
from s11audit.web.questionnaires.showing import version_page
from s11audit.web.questionnaires.steps import DONE, WANTED, publish_button, waits_for_another
from s11audit.web.security import db, now, permitted, services, viewer
from s11audit.web.step_forms import refuse_step, sent_form

Page = str | tuple[str, int] | Response
HAS_FAULTS = (
    "Other versions, or scales that it uses, have changed since it was uploaded, and it no longer "
    "fits them: "
)


@blueprint.get("/<id>/<version>/compatibility")
@permitted(Permission.SEE_QUESTIONNAIRES)
def compatible(id: str, version: str) -> str:
    opened = sound_version(id, version)
    report = _report(opened)
    first = opened.to_publish_first
    return render_template(
        "questionnaires/compatibility.html",
        opened=opened,
        replaced=opened.replaced,
        obstacles=[one for one in report if not one.is_compatible],
        compatible=[one for one in report if one.is_compatible],
        held=sum(one.held for one in report),
        touched=sum(one.touched for one in report),
        publish_first=first,
        publish=None if first else publish_button(opened),
        waits_for_another=waits_for_another(opened),
    )


def _report(opened: Opened) -> tuple[Compatibility, ...]:
    """What becomes of the answers held to the version that is replaced, if one is."""
    replaced = opened.replaced
    if replaced is None:
        return ()
    held = held_answers(db(), replaced, visible_to=viewer())
    return compatibility(replaced, opened.questionnaire, held)


@blueprint.post("/<id>/<version>/steps/<step>")
@permitted(Permission.EDIT_QUESTIONNAIRES)
def take_step(id: str, version: str, step: str) -> Page:
    opened = sound_version(id, version)
    if opened.uploaded is None:
        abort(404)
    form = sent_form(step)
    if not form.validate():
        return version_page(opened, {step: form}), 422
    try:
        _take(opened.uploaded, step, form.text.data or "")
    except RefusedError as error:
        if error.field == "reason":
            return version_page(opened, {step: refuse_step(form, step, WANTED)}), 422
        return version_page(opened, problem=str(error)), 422
    except QuestionnaireFaultsError as error:
        said = "; ".join(fault.message for fault in error.faults)
        return version_page(opened, problem=HAS_FAULTS + said), 422
    db().commit()
    flash(DONE[step], "success")
    return redirect(url_for("questionnaires.show", **opened.address), 303)


def _take(row: QuestionnaireVersion, step: str, text: str) -> None:
    """Take the step of this name; raises what its service does."""
    catalogue = services().catalogue
    match step:
        case "propose":
            questionnaires.propose(db(), catalogue, row, by=viewer(), now=now())
        case "hand-back":
            questionnaires.hand_back(db(), row, reason=text, by=viewer(), now=now())
        case "publish":
            questionnaires.publish(db(), catalogue, row, by=viewer(), now=now())
        case "withdraw":
            questionnaires.withdraw(db(), row, reason=text, by=viewer(), now=now())
        case _:
            abort(404)
