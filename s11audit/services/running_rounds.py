"""Who may run a round: every service that changes one asks here."""

from __future__ import annotations

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer


def check_may_run(by: Viewer, partnership_id: int) -> None:
    """Raises PermissionError for whoever does not run rounds of this partnership."""
    if not by.may_in_partnership(Permission.EDIT_ROUNDS, partnership_id):
        raise PermissionError(f"{by.name} may not {Permission.EDIT_ROUNDS} here")
