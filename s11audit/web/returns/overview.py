"""The pages that show a return: the list, the task list, checking it, its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from flask import abort, render_template
from werkzeug.wrappers import Response

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.workflow import is_overdue
from s11audit.exports.forms.writing import write_form
from s11audit.exports.own_return import write_return
from s11audit.queries.delegations import delegations_of, leads_to_ask, signatories_of
from s11audit.queries.own_returns import OwnReturn, own_returns
from s11audit.queries.side_states import statement_of
from s11audit.queries.signatures import signatures_of
from s11audit.web.downloads import XLSX, download
from s11audit.web.returns import blueprint
from s11audit.web.returns.colleagues import at_every_standard
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.returns.looking_back import last_time, to_bring
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("")
@permitted(Permission.SEE_RETURN)
def listing() -> str:
    found = own_returns(db(), visible_to=viewer())
    return render_template(
        "returns/listing.html",
        groups=_grouped(found),
        leads=[] if found else leads_to_ask(db(), visible_to=viewer()),
        is_overdue=is_overdue,
        today=today_in_london(now()),
    )


def _grouped(found: Sequence[OwnReturn]) -> dict[str, list[OwnReturn]]:
    """Returns under the name of their school for whoever reads a whole trust's, else together."""
    if Role.TRUST_VIEWER not in viewer().roles:
        return {"": list(found)} if found else {}
    groups: dict[str, list[OwnReturn]] = {}
    for one in sorted(found, key=lambda one: one.agency_return.agency.name.casefold()):
        groups.setdefault(one.agency_return.agency.name, []).append(one)
    return groups


@blueprint.get("/<reference>")
@permitted(Permission.SEE_RETURN)
def show(reference: str) -> str:
    desk = desk_of(reference)
    agency_return = desk.agency_return
    return render_template(
        "returns/show.html",
        desk=desk,
        to_bring=to_bring(desk),
        looking_back=last_time(desk) if desk.is_editable else None,
        score=desk.score(),
        colleagues=at_every_standard(desk),
        signatures=signatures_of(db(), agency_return.id),
        statement=statement_of(db(), agency_return) if desk.reads.everything else None,
        delegated=delegations_of(db(), agency_return) if desk.may(Permission.DELEGATE) else None,
        is_overdue=is_overdue(agency_return.status, agency_return.due_on, desk.today),
    )


@blueprint.get("/<reference>/check")
@permitted(Permission.KEEP_RETURN)
def check(reference: str) -> str:
    desk = desk_of(reference, to=Permission.KEEP_RETURN)
    sends = desk.may_edit and desk.may(Permission.SEND_FOR_SIGN_OFF)
    return render_template(
        "returns/check.html",
        desk=desk,
        score=desk.score(),
        signatories=signatories_of(db(), desk.agency_return) if sends else (),
        colleagues=at_every_standard(desk),
    )


@blueprint.get("/<reference>/receipt")
@permitted(Permission.KEEP_RETURN)
def receipt(reference: str) -> str:
    desk = desk_of(reference, to=Permission.KEEP_RETURN)
    signatures = signatures_of(db(), desk.agency_return.id)
    if not signatures or not desk.agency_return.receipt:
        abort(404)
    return render_template(
        "returns/receipt.html",
        desk=desk,
        signatures=signatures,
        score=desk.score(),
    )


@blueprint.get("/<reference>/return.xlsx")
@permitted(Permission.KEEP_RETURN)
def workbook(reference: str) -> Response:
    """The agency's own copy, in every state of the return and for ever."""
    desk = desk_of(reference, to=Permission.KEEP_RETURN)
    stream = BytesIO()
    write_return(
        db(),
        desk.agency_return,
        desk.questionnaire,
        visible_to=viewer(),
        exported_at=now(),
        path_or_stream=stream,
    )
    return _download(stream, desk, ".xlsx")


@blueprint.get("/<reference>/form.xlsx")
@permitted(Permission.KEEP_RETURN)
def form_workbook(reference: str) -> Response:
    """The agency's questions as an Excel form with its answers in it, to pass round colleagues."""
    desk = desk_of(reference, to=Permission.KEEP_RETURN)
    agency = desk.agency_return.agency
    stream = BytesIO()
    write_form(
        desk.questionnaire,
        desk.agency_return.respondent,
        stream,
        answers={key: one for key, one in desk.answers.items() if key not in desk.to_confirm},
        agency=agency.name,
        written_at=now(),
    )
    return _download(stream, desk, "-form.xlsx")


def _download(stream: BytesIO, desk: Desk, ending: str) -> Response:
    agency_return = desk.agency_return
    name, about = f"{agency_return.reference}{ending}", f"return {agency_return.reference}"
    return download(stream, XLSX, name, about=about, of=agency_return, answers=len(desk.answers))
