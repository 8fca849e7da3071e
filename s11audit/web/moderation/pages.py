"""The blueprint that the views of scrutiny share, and finding what an address names."""

from __future__ import annotations

from flask import Blueprint, abort

from s11audit.domain.questionnaire import Questionnaire, Standard
from s11audit.models import AgencyReturn, AuditRound
from s11audit.queries.asking import questionnaire_of
from s11audit.queries.moderation import return_to_scrutinise
from s11audit.queries.rounds import round_of
from s11audit.web.security import db, services, viewer

blueprint = Blueprint("moderation", __name__, url_prefix="/rounds/<reference>")


def round_or_404(reference: str) -> tuple[AuditRound, Questionnaire]:
    """The round of this reference and what of its questions the viewer's partnerships ask.

    Another partnership's is not found.
    """
    audit_round = round_of(db(), reference, visible_to=viewer())
    if audit_round is None:
        abort(404)
    return audit_round, _seen_of(audit_round)


def return_or_404(reference: str, agency: str) -> tuple[AgencyReturn, Questionnaire]:
    """One agency's return in a round, in any status, and what of its questions the viewer sees."""
    found = return_to_scrutinise(db(), reference, agency, visible_to=viewer())
    if found is None:
        abort(404)
    return found, _seen_of(found.round)


def _seen_of(audit_round: AuditRound) -> Questionnaire:
    return questionnaire_of(audit_round, services().catalogue, visible_to=viewer())


def standard_or_404(questionnaire: Questionnaire, standard_id: str) -> Standard:
    standard = questionnaire.standard(standard_id)
    if standard is None:
        abort(404)
    return standard
