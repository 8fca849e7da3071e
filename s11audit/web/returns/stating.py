"""What an agency states instead of answering: alternative assurance, or a nil return."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.domain.statements import DECLARATIONS
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import STATED_STATUSES, ReturnStatus
from s11audit.models import SideState
from s11audit.queries.side_states import earlier_statement
from s11audit.services import side_states
from s11audit.services.evidence import remember_malware
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import RoundNotOpenError
from s11audit.services.side_states import SentDocument
from s11audit.web.evidence_intake import MalwareError, evidence_store, file_box, taken_in
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import own_link, sends_mail
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.returns.stating_forms import AssuranceForm, NilForm, StatingForm
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response


@blueprint.get("/<reference>/alternative-assurance")
@permitted(Permission.STATE_INSTEAD)
def assurance(reference: str) -> Page:
    desk = _desk(reference)
    if not desk.is_editable:
        return _to_return(desk)
    held = _stated_before(desk, ReturnStatus.ALTERNATIVE_ASSURANCE)
    kept = {name: getattr(held, name) for name in ("post", "document", "explanation") if held}
    kept["keep"] = held is not None and held.file_id is not None
    return _assurance_page(desk, AssuranceForm(data=kept))


@blueprint.post("/<reference>/alternative-assurance")
@permitted(Permission.STATE_INSTEAD)
def assure(reference: str) -> Page:
    desk, form = _desk(reference), AssuranceForm()
    if desk.agency_return.status is ReturnStatus.ALTERNATIVE_ASSURANCE:
        return _to_return(desk)  # pressed twice
    if not form.validate():
        return _assurance_page(desk, form), 422
    try:
        assurance = form.assurance(_document_of(form))
        desk = _desk(reference)
        found, link = desk.agency_return, _link_for_managers(desk)
        side_states.assure_otherwise(db(), found, assurance, by=viewer(), now=now(), link=link)
    except RefusedError as error:
        return _refused(reference, form, error)
    except RoundNotOpenError as error:
        raise StepNotAllowedError(str(error)) from error
    db().commit()
    flash("Your assurance is with your partnership.", "success")
    return _to_return(desk)


@blueprint.get("/<reference>/nil-return")
@permitted(Permission.STATE_INSTEAD)
def nil(reference: str) -> Page:
    desk = _desk(reference)
    if not desk.is_editable:
        return _to_return(desk)
    held = _stated_before(desk, ReturnStatus.NIL_RETURN)
    kept = {"post": held.post, "reason": held.explanation} if held else {}
    return _nil_page(desk, NilForm(data=kept))


@blueprint.post("/<reference>/nil-return")
@permitted(Permission.STATE_INSTEAD)
def state_nil(reference: str) -> Page:
    desk, form = _desk(reference), NilForm()
    if desk.agency_return.status is ReturnStatus.NIL_RETURN:
        return _to_return(desk)  # pressed twice
    if not form.validate():
        return _nil_page(desk, form), 422
    reason, post = form.reason.data or "", form.post.data or ""
    try:
        side_states.state_nil(db(), desk.agency_return, reason, post, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _nil_page(desk, form), 422
    except RoundNotOpenError as error:
        raise StepNotAllowedError(str(error)) from error
    db().commit()
    flash("Your nil return is with your partnership.", "success")
    return _to_return(desk)


@blueprint.post("/<reference>/answer-after-all")
@permitted(Permission.STATE_INSTEAD)
def answer_after_all(reference: str) -> Response:
    desk = _desk(reference)
    if desk.agency_return.status in STATED_STATUSES:
        try:
            side_states.answer_after_all(db(), desk.agency_return, by=viewer(), now=now())
        except RoundNotOpenError as error:
            raise StepNotAllowedError(str(error)) from error
        db().commit()
        flash("You can answer the questions now. What you stated no longer counts.", "success")
    return _to_return(desk)


def _document_of(form: AssuranceForm) -> SentDocument | None:
    """The file that was sent, looked at and kept; nobody waits for us meanwhile."""
    if form.sent_file is None:
        return None
    db().rollback()
    return SentDocument(taken_in(form.sent_file), evidence_store())


def _refused(reference: str, form: AssuranceForm, error: RefusedError) -> tuple[str, int]:
    """The page again, with what is wrong beside its box; malware is remembered, but not kept."""
    db().rollback()
    if isinstance(error, MalwareError):
        found = _desk(reference).agency_return
        remember_malware(db(), found, "", error.found, by=viewer(), now=now())
        db().commit()
    refuse(form, error)
    form.ask_for_file_again()
    return _assurance_page(_desk(reference), form), 422


def _desk(reference: str) -> Desk:
    return desk_of(reference, to=Permission.STATE_INSTEAD)


def _stated_before(desk: Desk, state: ReturnStatus) -> SideState | None:
    """What was stated, and taken back, before: nobody types it again."""
    return earlier_statement(db(), desk.agency_return, state)


def _link_for_managers(desk: Desk) -> str:
    """Where the managers read the statement; empty where no mail leaves here."""
    if not sends_mail():
        return ""
    agency_return = desk.agency_return
    return own_link(
        url_for(
            "moderation.agency_return",
            reference=agency_return.round.reference,
            agency=agency_return.agency.reference,
        )
    )


def _to_return(desk: Desk) -> Response:
    return redirect(url_for("returns.show", reference=desk.agency_return.reference), 303)


def _assurance_page(desk: Desk, form: AssuranceForm) -> str:
    state = ReturnStatus.ALTERNATIVE_ASSURANCE
    held = _stated_before(desk, state)
    return _page(
        "returns/assurance.html",
        desk,
        form,
        state,
        held_file=held.file if held else None,
        **file_box(),
    )


def _nil_page(desk: Desk, form: NilForm) -> str:
    return _page("returns/nil.html", desk, form, ReturnStatus.NIL_RETURN)


def _page(template: str, desk: Desk, form: StatingForm, state: ReturnStatus, **more: Any) -> str:
    errors, declaration = errors_of(form), DECLARATIONS[state]
    return render_template(
        template, desk=desk, form=form, errors=errors, declaration=declaration, **more
    )
