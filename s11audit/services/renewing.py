"""New links for invitations that nobody has taken up: the machine's part, when it reminds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.invitations import LIVES
from s11audit.models import Invitation
from s11audit.queries.people import token_digest
from s11audit.services.events import record_all
from s11audit.services.invitations import happening_of, withdraw_mail_of
from s11audit.services.tokens import new_token


def renew(session: Session, invitation: Invitation, *, now: datetime) -> str:
    """Give an invitation a new link, and as long to live as a new one; the old link is dead.

    Gives the token. Who invited, whom and to what stays as it is.
    """
    withdraw_mail_of(session, invitation)
    token = new_token()
    invitation.token_sha256 = token_digest(token)
    invitation.expires_at = now + LIVES
    record_all(session, [happening_of("invitation-renewed", invitation)], by=None, at=now)
    return token
