"""The blueprint that the views of rounds share, and finding the round of an address."""

from __future__ import annotations

from flask import Blueprint, abort

from s11audit.domain.permissions import Permission
from s11audit.models import AuditRound
from s11audit.queries.rounds import round_of
from s11audit.web.security import db, viewer

blueprint = Blueprint("rounds", __name__, url_prefix="/rounds")


def round_or_404(reference: str) -> AuditRound:
    """The round of this reference; another partnership's is not found."""
    audit_round = round_of(db(), reference, visible_to=viewer())
    if audit_round is None:
        abort(404)
    return audit_round


def round_to_run(reference: str) -> AuditRound:
    """The round of this reference; refused to whoever sees it but does not run it."""
    audit_round = round_or_404(reference)
    check_runs(audit_round)
    return audit_round


def check_runs(audit_round: AuditRound) -> None:
    """Refuse whoever does not run this round."""
    if not viewer().may_in_partnership(Permission.EDIT_ROUNDS, audit_round.partnership_id):
        abort(403)
