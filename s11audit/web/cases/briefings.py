"""Reading learning briefings: published ones without signing in, others by those who may."""

from __future__ import annotations

from flask import abort, g, render_template
from werkzeug.wrappers import Response

from s11audit.domain.cases import BriefingAudience
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.exports.briefing import BriefingCopy, briefing_copy
from s11audit.exports.briefing_document import write_briefing_document
from s11audit.models import Briefing
from s11audit.queries.briefings import issued_briefing, issued_briefings
from s11audit.web.cases import blueprint
from s11audit.web.downloads import DOCX, PDF, download, hand_out
from s11audit.web.hardening import may_be_kept
from s11audit.web.security import db, permitted, public, viewer


@blueprint.get("/briefings")
@permitted(Permission.READ_BRIEFINGS)
def briefings() -> str:
    found = issued_briefings(db(), visible_to=viewer())
    return render_template(
        "cases/briefings.html", briefings=found, published=BriefingAudience.PUBLISHED
    )


@blueprint.get("/briefings/<audit>")
@public
def read_briefing(audit: str) -> str:
    held = _issued_or_404(audit)
    return render_template("cases/briefing-read.html", briefing=held, copy=briefing_copy(held))


@blueprint.get("/briefings/<audit>/briefing.docx")
@public
def briefing_to_edit(audit: str) -> Response:
    """The briefing for a word processor, to put a team's own name on it, say."""
    held = _issued_or_404(audit)
    content = write_briefing_document(briefing_copy(held), written_at=held.updated_at)
    return _send(held, content, DOCX, "docx")


@blueprint.get("/briefings/<audit>/briefing.pdf")
@public
def briefing_to_print(audit: str) -> Response:
    """The briefing as one page of paper."""
    held = _issued_or_404(audit)
    return _send(held, _pdf_of(held, briefing_copy(held)), PDF, "pdf")


def _pdf_of(held: Briefing, copy: BriefingCopy) -> bytes:
    from s11audit.exports.briefing_pdf import write_pdf  # matplotlib is slow to load

    return write_pdf(copy, written_at=held.updated_at)


def _issued_or_404(reference: str) -> Briefing:
    """An issued briefing, for whoever is looking; strangers find the published ones only."""
    held = issued_briefing(db(), reference, visible_to=_reader())
    if held is None:
        abort(404)
    if held.audience is BriefingAudience.PUBLISHED and g.viewer is None:
        may_be_kept()
    return held


def _reader() -> Viewer | None:
    """Who is looking, if they are signed in wholly."""
    is_known = g.viewer is not None and not g.signed_in.is_half
    return g.viewer if is_known else None


def _send(held: Briefing, content: bytes, media_type: str, ending: str) -> Response:
    name = f"{held.reference}-briefing.{ending}"
    if _reader() is None:
        return hand_out(content, media_type, name)
    about = f"case audit {held.reference}"
    return download(content, media_type, name, about=about, of=held.partnership)
