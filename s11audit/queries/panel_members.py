"""Panels of case audits: who may sit on one, and who does."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.access import RULES, Relation
from s11audit.domain.permissions import ROLE_LABELS, Permission, Role
from s11audit.models import CaseAudit, Membership, PanelMember, User


@dataclass(frozen=True)
class Panellist:
    """Somebody of the partnership, and the roles for it that let them sit on a panel."""

    user_id: int
    name: str
    roles: tuple[Role, ...]

    @property
    def words(self) -> str:
        """`Mo (QA subgroup member)`."""
        return f"{self.name} ({', '.join(ROLE_LABELS[role] for role in self.roles)})"


def people_for_panel(session: Session, partnership_id: int) -> list[Panellist]:
    """Everybody who may sit on a panel of this partnership, by name."""
    return _people(session, partnership_id, Permission.READ_CASES)


def people_who_chair(session: Session, partnership_id: int) -> list[Panellist]:
    """Those of them who may chair one: they agree grades."""
    return _people(session, partnership_id, Permission.AGREE_GRADES)


def members_of(session: Session, audit: CaseAudit) -> list[Panellist]:
    """Who sits on the panel of an audit, by name; whoever has left the partnership has no role."""
    able = {one.user_id: one for one in people_for_panel(session, audit.partnership_id)}
    rows = session.execute(
        select(User.id, User.name)
        .join(PanelMember, PanelMember.user_id == User.id)
        .where(PanelMember.audit_id == audit.id)
        .order_by(User.name, User.id)
    )
    return [able.get(id_, Panellist(id_, name, ())) for id_, name in rows]


def who_will_read(session: Session, audit: CaseAudit) -> list[Panellist]:
    """Who reads the cases once they are opened: the panel, where one is chosen, and its chair."""
    chosen = members_of(session, audit)
    if not chosen or audit.chair_id in {one.user_id for one in chosen}:
        return chosen
    able = people_for_panel(session, audit.partnership_id)
    return [*chosen, *(one for one in able if one.user_id == audit.chair_id)]


def _people(session: Session, partnership_id: int, permission: Permission) -> list[Panellist]:
    """Live roles for the partnership that carry this permission, through a panel."""
    carrying = [
        role
        for role, relation in RULES[permission].roles.items()
        if relation in (Relation.PANEL, Relation.PARTNERSHIP)
    ]
    rows = session.execute(
        select(User.id, User.name, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.partnership_id == partnership_id,
            Membership.role.in_(carrying),
            Membership.is_live,
            User.is_active,
        )
        .order_by(User.name, User.id, Membership.role)
    )
    found: dict[int, Panellist] = {}
    for id_, name, role in rows:
        before = found[id_].roles if id_ in found else ()
        found[id_] = Panellist(id_, name, (*before, role))
    return list(found.values())
