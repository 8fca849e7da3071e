"""Who is looking, and how far each of their permissions goes."""

from __future__ import annotations

from dataclasses import dataclass

from s11audit.domain.access import (
    FOR_AGENCY,
    GRANTABLE,
    RULES,
    SECOND_FACTOR_ROLES,
    THROUGH_PARTNERSHIP,
    Relation,
)
from s11audit.domain.agency_types import SCHOOL_TYPES
from s11audit.domain.permissions import AGENCY_ROLES, Permission, Role


@dataclass(frozen=True)
class Grant:
    """One role of one person, for one partnership or one agency, or (neither) for everything.

    A role for a trust is a grant for each of its schools.
    """

    role: Role
    partnership_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a return or an action belongs: its agency, and the partnerships that it serves."""

    agency_id: int
    agency_type: str
    partnerships: frozenset[int]


@dataclass(frozen=True)
class Reach:
    """How far somebody's permission goes: ids, which queries turn into conditions.

    `agencies` in full; of `delegated` only the standards delegated to this person, of `assigned`
    only the cases assigned to them. All agencies of `partnerships`, and the schools of
    `schools_of`, but for those in `but`; of `panels` only the cases of panels that they sit on, of
    `named` and `chaired` only the joint assessments that name them, or that they chair.
    """

    agencies: frozenset[int] = frozenset()
    delegated: frozenset[int] = frozenset()
    assigned: frozenset[int] = frozenset()
    partnerships: frozenset[int] = frozenset()
    schools_of: frozenset[int] = frozenset()
    panels: frozenset[int] = frozenset()
    named: frozenset[int] = frozenset()
    chaired: frozenset[int] = frozenset()
    but: frozenset[int] = frozenset()
    everywhere: bool = False

    @property
    def any_partnerships(self) -> frozenset[int]:
        """Partnerships of which anything is within reach."""
        return self.partnerships | self.schools_of | self._of_some

    @property
    def _of_some(self) -> frozenset[int]:
        """Partnerships of which it reaches only what names the person."""
        return self.panels | self.named | self.chaired

    @property
    def any_agencies(self) -> frozenset[int]:
        """Agencies held a role for of whose things any is within reach."""
        return self.agencies | self.delegated | self.assigned

    def covers(self, place: Place) -> bool:
        """Whether anything at this place is within reach."""
        if place.agency_id in self.any_agencies:
            return True
        return place.agency_id not in self.but and self._through_partnership(place)

    def bars(self, place: Place) -> bool:
        """Whether this is out of reach only because the person works for the agency."""
        return place.agency_id in self.but and self._through_partnership(place)

    def _through_partnership(self, place: Place) -> bool:
        if (self.partnerships | self._of_some) & place.partnerships:
            return True
        return place.agency_type in SCHOOL_TYPES and bool(self.schools_of & place.partnerships)


@dataclass(frozen=True)
class Viewer:
    """Who is looking. Every query that loads something takes one as `visible_to`."""

    user_id: int
    name: str
    email: str = ""
    grants: tuple[Grant, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def may(self, permission: Permission) -> bool:
        """Whether any role of this person, anywhere, allows it. What it reaches is for queries."""
        return not self.roles.isdisjoint(RULES[permission].roles)

    def may_at(self, permission: Permission, place: Place) -> bool:
        """Whether it is allowed with what belongs to this place; its state is for the lifecycle."""
        return self.reach(permission).covers(place)

    def may_in_agency(self, permission: Permission, agency_id: int) -> bool:
        return agency_id in self.agencies(permission)

    def may_in_partnership(self, permission: Permission, partnership_id: int) -> bool:
        return partnership_id in self.partnerships(permission)

    def agencies(self, permission: Permission) -> frozenset[int]:
        """Ids of the agencies for which a role held for them allows it, wholly or in part."""
        return self.reach(permission).any_agencies

    def partnerships(self, permission: Permission) -> frozenset[int]:
        """Ids of the partnerships for which a role allows it, wholly or in part."""
        return self.reach(permission).any_partnerships

    def reach(self, permission: Permission) -> Reach:
        """How far this permission goes for this person; nothing where no role has it."""
        through: dict[Relation, set[int]] = {relation: set() for relation in Relation}
        everywhere = False
        for grant in self.grants:
            relation = RULES[permission].roles.get(grant.role)
            if relation in THROUGH_PARTNERSHIP and grant.partnership_id is not None:
                through[relation].add(grant.partnership_id)
            elif relation in FOR_AGENCY and grant.agency_id is not None:
                through[relation].add(grant.agency_id)
            everywhere |= relation is Relation.INSTALLATION
        whole = frozenset(through[Relation.AGENCY] | through[Relation.TRUST])
        others = frozenset(through[Relation.OTHERS])
        return Reach(
            agencies=whole,
            delegated=frozenset(through[Relation.DELEGATED]) - whole,
            assigned=frozenset(through[Relation.ASSIGNED]),
            partnerships=frozenset(through[Relation.PARTNERSHIP]) | others,
            schools_of=frozenset(through[Relation.SCHOOLS]),
            panels=frozenset(through[Relation.PANEL]),
            named=frozenset(through[Relation.NAMED]),
            chaired=frozenset(through[Relation.CHAIRED]),
            but=self.own_agencies if others else frozenset(),
            everywhere=everywhere,
        )

    @property
    def own_agencies(self) -> frozenset[int]:
        """Agencies that this person works for."""
        return frozenset(
            grant.agency_id
            for grant in self.grants
            if grant.agency_id is not None and grant.role in AGENCY_ROLES
        )

    @property
    def needs_second_factor(self) -> bool:
        return not self.roles.isdisjoint(SECOND_FACTOR_ROLES)

    @property
    def grantable(self) -> frozenset[Role]:
        """Roles that this person may hand out, somewhere."""
        return frozenset().union(*(GRANTABLE.get(role, frozenset()) for role in self.roles))
