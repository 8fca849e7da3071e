"""Rounds in plain words, for young panellists: what agencies say of themselves, and promise."""

from __future__ import annotations

from flask import abort, render_template

from s11audit.domain import plain_words
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models import AuditRound
from s11audit.queries.asking import questionnaire_of
from s11audit.queries.plain_words import (
    plain_agencies,
    plain_return,
    plain_rounds,
    plain_standards,
)
from s11audit.queries.rounds import round_of
from s11audit.web.rounds.pages import blueprint
from s11audit.web.security import db, permitted, services, viewer


@blueprint.get("/plain")
@permitted(Permission.READ_PLAINLY)
def plain_listing() -> str:
    rounds = plain_rounds(db(), visible_to=viewer())
    return render_template("rounds/plain-list.html", rounds=rounds, words=plain_words)


@blueprint.get("/<reference>/plain")
@permitted(Permission.READ_PLAINLY)
def plain(reference: str) -> str:
    audit_round = round_of(db(), reference, visible_to=viewer(), to=Permission.READ_PLAINLY)
    counts = plain_rounds(db(), visible_to=viewer(), reference=reference)
    if audit_round is None or not counts:
        abort(404)
    return render_template(
        "rounds/plain-round.html",
        round=audit_round,
        counts=counts[0],
        standards=_read_plainly(audit_round).standards,
        agencies=plain_agencies(db(), reference, visible_to=viewer()),
        words=plain_words,
    )


@blueprint.get("/<reference>/plain/<agency>")
@permitted(Permission.READ_PLAINLY)
def plain_agency(reference: str, agency: str) -> str:
    found = plain_return(db(), reference, agency, visible_to=viewer())
    if found is None:
        abort(404)
    return render_template(
        "rounds/plain-agency.html",
        round=found.round,
        agency=found.agency,
        checked=plain_words.CHECKED_SENTENCES[found.status],
        standards=plain_standards(db(), found, _read_plainly(found.round), visible_to=viewer()),
        words=plain_words,
    )


def _read_plainly(audit_round: AuditRound) -> Questionnaire:
    """What of the round's questions the viewer's partnerships ask."""
    catalogue = services().catalogue
    return questionnaire_of(audit_round, catalogue, visible_to=viewer(), to=Permission.READ_PLAINLY)
