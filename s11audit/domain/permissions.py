"""Who may do what: one table, which the code executes and the documentation is printed from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is to a partnership or to an agency."""

    MANAGER = "manager"
    QA_MEMBER = "qa-member"
    AGENCY_LEAD = "agency-lead"
    CONTRIBUTOR = "contributor"
    SIGNATORY = "signatory"


ROLE_LABELS: dict[Role, str] = {
    Role.MANAGER: "Partnership manager",
    Role.QA_MEMBER: "QA subgroup member",
    Role.AGENCY_LEAD: "Agency lead",
    Role.CONTRIBUTOR: "Contributor",
    Role.SIGNATORY: "Signatory",
}

# Held for a whole partnership; the others are held for one agency.
PARTNERSHIP_ROLES: frozenset[Role] = frozenset({Role.MANAGER, Role.QA_MEMBER})
AGENCY_ROLES: frozenset[Role] = frozenset(Role) - PARTNERSHIP_ROLES


class Permission(StrEnum):
    """One thing that a person may be allowed to do."""

    USE_ACCOUNT = "sign in and change the password"
    SEE_PEOPLE = "see people and agencies"
    EDIT_PEOPLE = "add and change people and agencies"
    SEE_ROUNDS = "see rounds"
    EDIT_ROUNDS = "set up and run rounds"
    SEE_QUESTIONNAIRES = "see questionnaires"
    EDIT_QUESTIONNAIRES = "upload drafts of questionnaires"
    PUBLISH_QUESTIONNAIRES = "publish and withdraw questionnaires"
    SEE_RETURN = "read the agency's own return"
    EDIT_ANSWERS = "answer the agency's return"
    SEND_FOR_SIGN_OFF = "send the agency's return for sign-off"
    SIGN_RETURN = "sign or hand back the agency's return"
    SCRUTINISE = "read returns once they are submitted"
    SEND_BACK = "send a submitted return back"
    MODERATE = "move a return through moderation"
    EXPORT = "download workbooks and charts of a round"
    SEE_ACTIONS = "see actions"
    PROGRESS_ACTION = "report progress on the agency's actions"
    VERIFY_ACTION = "verify or reopen actions"


_EVERYBODY = frozenset(Role)
_SCRUTINY = frozenset({Role.MANAGER, Role.QA_MEMBER})
_MANAGER = frozenset({Role.MANAGER})

# Deny unless the role stands here. A partnership role reaches that partnership, an agency role
# reaches that agency, and nothing else: see `Viewer`.
PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.USE_ACCOUNT: _EVERYBODY,
    Permission.SEE_PEOPLE: _MANAGER,
    Permission.EDIT_PEOPLE: _MANAGER,
    Permission.SEE_ROUNDS: _SCRUTINY,
    Permission.EDIT_ROUNDS: _MANAGER,
    Permission.SEE_QUESTIONNAIRES: _SCRUTINY,
    Permission.EDIT_QUESTIONNAIRES: _MANAGER,
    Permission.PUBLISH_QUESTIONNAIRES: _MANAGER,
    Permission.SEE_RETURN: AGENCY_ROLES,
    Permission.EDIT_ANSWERS: frozenset({Role.AGENCY_LEAD, Role.CONTRIBUTOR}),
    Permission.SEND_FOR_SIGN_OFF: frozenset({Role.AGENCY_LEAD}),
    Permission.SIGN_RETURN: frozenset({Role.SIGNATORY}),
    Permission.SCRUTINISE: _SCRUTINY,
    Permission.SEND_BACK: _MANAGER,
    Permission.MODERATE: _MANAGER,
    Permission.EXPORT: _SCRUTINY,
    Permission.SEE_ACTIONS: _EVERYBODY,
    Permission.PROGRESS_ACTION: frozenset({Role.AGENCY_LEAD, Role.CONTRIBUTOR}),
    Permission.VERIFY_ACTION: _SCRUTINY,
}


@dataclass(frozen=True)
class Grant:
    """One role of one person, for one partnership or for one agency (the other id is None)."""

    role: Role
    partnership_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True)
class Viewer:
    """Who is looking. Every query that loads something takes one as `visible_to`."""

    user_id: int
    name: str
    email: str = ""
    grants: tuple[Grant, ...] = ()

    def may(self, permission: Permission) -> bool:
        """Whether any role of this person, anywhere, allows it. What it reaches is for queries."""
        return any(grant.role in PERMISSIONS[permission] for grant in self.grants)

    def may_in_agency(self, permission: Permission, agency_id: int) -> bool:
        return agency_id in self.agencies(permission)

    def may_in_partnership(self, permission: Permission, partnership_id: int) -> bool:
        return partnership_id in self.partnerships(permission)

    def agencies(self, permission: Permission) -> frozenset[int]:
        """Ids of the agencies for which an agency role of this person allows it."""
        return frozenset(
            grant.agency_id
            for grant in self.grants
            if grant.agency_id is not None and grant.role in PERMISSIONS[permission] & AGENCY_ROLES
        )

    def partnerships(self, permission: Permission) -> frozenset[int]:
        """Ids of the partnerships for which a partnership role of this person allows it."""
        return frozenset(
            grant.partnership_id
            for grant in self.grants
            if grant.partnership_id is not None
            and grant.role in PERMISSIONS[permission] & PARTNERSHIP_ROLES
        )
