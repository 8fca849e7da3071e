"""The agency's own copies of its return, in every state and for ever."""

from __future__ import annotations

from io import BytesIO

from flask import render_template
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.exports.own_copy import OwnCopy, own_copy
from s11audit.exports.own_document import write_document
from s11audit.exports.own_return import write_return
from s11audit.web.downloads import DOCX, XLSX, download
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/<reference>/return.xlsx")
@permitted(Permission.KEEP_RETURN)
def workbook(reference: str) -> Response:
    """The return as a spreadsheet."""
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
    return _download(stream, XLSX, desk, ".xlsx")


@blueprint.get("/<reference>/return.docx")
@permitted(Permission.KEEP_RETURN)
def document(reference: str) -> Response:
    """The return as a document for a word processor."""
    desk = desk_of(reference, to=Permission.KEEP_RETURN)
    stream = BytesIO()
    write_document(_copy_of(desk), stream, written_at=now())
    return _download(stream, DOCX, desk, ".docx")


@blueprint.get("/<reference>/copy")
@permitted(Permission.KEEP_RETURN)
def copy(reference: str) -> str:
    """The return on one page, to print or to save as PDF."""
    desk = desk_of(reference, to=Permission.KEEP_RETURN)
    return render_template("returns/copy.html", desk=desk, copy=_copy_of(desk))


def _copy_of(desk: Desk) -> OwnCopy:
    return own_copy(db(), desk.agency_return, desk.questionnaire, visible_to=viewer(), as_at=now())


def _download(stream: BytesIO, media_type: str, desk: Desk, ending: str) -> Response:
    agency_return = desk.agency_return
    name, about = f"{agency_return.reference}{ending}", f"return {agency_return.reference}"
    answers = len(desk.answers)
    return download(stream, media_type, name, about=about, of=agency_return, answers=answers)
