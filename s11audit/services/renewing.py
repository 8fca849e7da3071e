"""New links for invitations that nobody has taken up: the machine's part, when it reminds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.invitations import LIVES
from s11audit.models import Invitation
from s11audit.queries.invitations import MAIL_KIND
from s11audit.queries.people import token_digest
from s11audit.services.events import record
from s11audit.services.mail import withdraw_mail
from s11audit.services.tokens import new_token


def renew(session: Session, invitation: Invitation, *, now: datetime) -> str:
    """Give an invitation a new link, and as long to live as a new one; the old link is dead.

    Gives the token. Who invited, whom and to what stays as it is.
    """
    withdraw_mail(
        session,
        MAIL_KIND,
        invitation.email,
        written_at=invitation.invited_at,
        agency_id=invitation.agency_id,
    )
    token = new_token()
    invitation.token_sha256 = token_digest(token)
    invitation.expires_at = now + LIVES
    detail = {"role": invitation.role, "place": invitation.place_reference}
    subject = f"invitation {invitation.id}"
    record(session, "invitation-renewed", subject, by=None, at=now, detail=detail, of=invitation)
    return token
