"""A questionnaire as an agency would see it: on the screen, and on paper."""

from __future__ import annotations

from functools import partial

from flask import abort, render_template

from s11audit.domain.answers import needs_action, needs_reason
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Standard
from s11audit.domain.routing_words import condition_words
from s11audit.web.answer_forms import StandardForm
from s11audit.web.questionnaires.choosing import ChoiceForm, Preview
from s11audit.web.questionnaires.pages import blueprint, sound_version
from s11audit.web.questionnaires.wording import answer_words, in_parts
from s11audit.web.returns.conditions import condition_json
from s11audit.web.security import now, permitted


@blueprint.get("/<id>/<version>/preview")
@permitted(Permission.SEE_QUESTIONNAIRES)
def preview(id: str, version: str) -> str:
    opened = sound_version(id, version)
    form = ChoiceForm(opened.questionnaire)
    shown = Preview(opened.questionnaire, form.chosen)
    return render_template(
        "questionnaires/preview.html",
        opened=opened,
        form=form,
        preview=shown,
        parts=in_parts(shown.standards),
    )


@blueprint.get("/<id>/<version>/preview/<standard_id>")
@permitted(Permission.SEE_QUESTIONNAIRES)
def preview_standard(id: str, version: str, standard_id: str) -> str:
    opened = sound_version(id, version)
    choice = ChoiceForm(opened.questionnaire)
    shown = Preview(opened.questionnaire, choice.chosen)
    standard = _standard_or_404(shown, standard_id)
    return render_template(
        "questionnaires/preview-standard.html",
        opened=opened,
        choice=choice,
        desk=shown,
        standard=standard,
        form=StandardForm(shown.on_page(standard_id), {}, today_in_london(now())),
        needs_reason=needs_reason,
        needs_action=needs_action,
        # a preview is of nobody's return, so that there is no answer to keep from anybody
        condition_json=partial(condition_json, settled=lambda _comparison: None),
        condition_words=condition_words,
    )


def _standard_or_404(shown: Preview, standard_id: str) -> Standard:
    for standard in shown.standards:
        if standard.id == standard_id:
            return standard
    abort(404)


@blueprint.get("/<id>/<version>/blank")
@permitted(Permission.SEE_QUESTIONNAIRES)
def blank(id: str, version: str) -> str:
    opened = sound_version(id, version)
    form = ChoiceForm(opened.questionnaire)
    return render_template(
        "questionnaires/blank.html",
        opened=opened,
        form=form,
        preview=Preview(opened.questionnaire, form.chosen),
        answer_words=answer_words,
        condition_words=condition_words,
    )
