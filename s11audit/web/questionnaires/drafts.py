"""Uploading a draft: every fault at once, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.models import QuestionnaireVersion
from s11audit.questionnaires import QuestionnaireFaultsError
from s11audit.services.questionnaires import upload_draft
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.questionnaires.faults import ListedFault, listed
from s11audit.web.questionnaires.forms import DraftForm, is_text
from s11audit.web.questionnaires.pages import blueprint, sound_version
from s11audit.web.security import db, now, permitted, services, viewer


@blueprint.get("/drafts/new")
@permitted(Permission.EDIT_QUESTIONNAIRES)
def new_draft() -> str:
    """An empty form, or one that begins with the text of the version that the address names."""
    form = DraftForm()
    form.offer_partnerships()
    id_, _, version = request.args.get("from", "").partition("/")
    return _page(form, raw=_text_of(id_, version) if id_ else b"")


def _text_of(id_: str, version: str) -> bytes:
    opened = sound_version(id_, version)
    return services().catalogue.source(opened.version.id, opened.version.version)


@blueprint.post("/drafts/new")
@permitted(Permission.EDIT_QUESTIONNAIRES)
def add_draft() -> Response | tuple[str, int]:
    form = DraftForm()
    form.offer_partnerships()
    raw = b""
    try:
        raw = form.read()
        partnership_id = form.chosen_partnership.id
        db().rollback()  # a file can take long to read: nobody waits for the database meanwhile
        raw = form.as_yaml(raw, services().catalogue.library)
        draft = _upload(raw, partnership_id)
    except QuestionnaireFaultsError as error:
        return _page(form, listed(error.faults, raw), raw), 422
    except RefusedError as error:
        refuse(form, error)
        return _page(form, raw=raw), 422
    db().commit()
    flash("The draft is saved. Nothing is wrong with it. Now preview it.", "success")
    address: dict[str, Any] = {"id": draft.questionnaire_id, "version": draft.version}
    return redirect(url_for("questionnaires.show", **address), 303)


def _upload(raw: bytes, partnership_id: int) -> QuestionnaireVersion:
    return upload_draft(db(), services().catalogue, raw, partnership_id, by=viewer(), now=now())


def _page(form: DraftForm, faults: Sequence[ListedFault] = (), raw: bytes = b"") -> str:
    """The page with all that was sent: the text of a file stands in the box, to be mended there."""
    if is_text(raw):
        form.text.data = raw.decode("utf-8", "replace")
    errors = errors_of(form)
    if faults:
        many = counted(len(faults), "fault")
        errors = [("faults", f"The questionnaire has {many}, listed below"), *errors]
    return render_template("questionnaires/new-draft.html", form=form, faults=faults, errors=errors)
