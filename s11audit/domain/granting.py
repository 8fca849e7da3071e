"""Who may hand out and end which role, and where: the table GRANTABLE as far as they reach."""

from __future__ import annotations

from dataclasses import dataclass

from s11audit.domain.access import GRANTABLE
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Grant, Viewer


@dataclass(frozen=True)
class Scope:
    """What a role is held for: one partnership, one trust or one agency (none: the installation).

    `partnerships` are the agency's.
    """

    partnership_id: int | None = None
    trust_id: int | None = None
    agency_id: int | None = None
    partnerships: frozenset[int] = frozenset()


def may_grant(viewer: Viewer, role: Role, scope: Scope) -> bool:
    """Whether the viewer may give and end this role there: never one above their own."""
    return any(
        role in GRANTABLE.get(grant.role, frozenset()) and _covers(grant, scope)
        for grant in viewer.grants
    )


def _covers(grant: Grant, scope: Scope) -> bool:
    if grant.role is Role.OPERATOR:
        return True
    if grant.partnership_id is not None:
        return grant.partnership_id in scope.partnerships | {scope.partnership_id}
    return grant.agency_id is not None and grant.agency_id == scope.agency_id
