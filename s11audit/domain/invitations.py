"""How long an invitation lives, and what can become of it."""

from __future__ import annotations

from datetime import timedelta
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
