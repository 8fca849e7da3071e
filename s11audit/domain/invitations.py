"""How long an invitation lives, and what can become of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

LIVES = timedelta(days=7)


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    REVOKED = "revoked"


INVITATION_STATE_LABELS: dict[InvitationState, str] = {
    InvitationState.OPEN: "Open",
    InvitationState.ACCEPTED: "Accepted",
    InvitationState.EXPIRED: "Expired",
    InvitationState.REVOKED: "Revoked",
}


def state_of(
    *,
    accepted_at: datetime | None,
    revoked_at: datetime | None,
    expires_at: datetime,
    now: datetime,
) -> InvitationState:
    """What has become of an invitation with these times, all with time zones."""
    if accepted_at is not None:
        return InvitationState.ACCEPTED
    if revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.OPEN if expires_at > now else InvitationState.EXPIRED
