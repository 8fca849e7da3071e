"""The made-up partnership itself: its agencies, and people who can sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.demo.content import Content, Person
from s11audit.domain.permissions import PARTNERSHIP_ROLES, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Membership, Partnership, User
from s11audit.queries.people import as_viewer
from s11audit.services.events import record
from s11audit.services.passwords import hash_password


@dataclass(frozen=True)
class Company:
    """Who there is: agencies by reference, people by agency reference ("" for the partnership)."""

    partnership_id: int
    agencies: Mapping[str, Agency]
    people: Mapping[tuple[str, Role], Viewer]

    @property
    def manager(self) -> Viewer:
        return self.people["", Role.MANAGER]

    @property
    def qa_member(self) -> Viewer:
        return self.people["", Role.QA_MEMBER]

    def lead(self, agency: str) -> Viewer:
        return self.people[agency, Role.AGENCY_LEAD]

    def contributor(self, agency: str) -> Viewer:
        """Who helps the lead, or the lead where nobody does."""
        return self.people.get((agency, Role.CONTRIBUTOR), self.lead(agency))

    def signatory(self, agency: str) -> Viewer:
        return self.people[agency, Role.SIGNATORY]


def found_partnership(session: Session, content: Content, now: datetime) -> Company:
    """Add the partnership, its agencies and its people, all with one password hashed once."""
    partnership = Partnership(**content.partnership["partnership"])
    session.add(partnership)
    agencies = {
        one.reference: Agency(
            reference=one.reference,
            name=one.name,
            agency_type=one.agency_type,
            attributes=one.attributes,
            partnerships=[partnership],
        )
        for one in content.agencies.values()
    }
    session.add_all(agencies.values())
    session.flush()
    for agency in agencies.values():
        detail = {"agency_type": agency.agency_type, "partnership": partnership.reference}
        subject = f"agency {agency.reference}"
        record(session, "agency-added", subject, by=None, at=now, detail=detail)
    password_hash = hash_password(content.password)
    people: dict[tuple[str, Role], Viewer] = {}
    for person in content.people:
        viewer = _welcome(session, person, password_hash, partnership, agencies, now)
        people.setdefault((person.agency or "", Role(person.role)), viewer)
    return Company(partnership.id, agencies, people)


def _welcome(
    session: Session,
    person: Person,
    password_hash: str,
    partnership: Partnership,
    agencies: Mapping[str, Agency],
    now: datetime,
) -> Viewer:
    role = Role(person.role)
    user = User(name=person.name, email=person.email, password_hash=password_hash, created_at=now)
    membership = Membership(user=user, role=role, started_at=now)
    if role in PARTNERSHIP_ROLES or person.agency is None:
        membership.partnership_id = partnership.id
    else:
        membership.agency_id = agencies[person.agency].id
    session.add(membership)
    session.flush()
    place = person.agency or partnership.reference
    detail = {"role": role, "place": place}
    record(session, "person-added", f"user {user.id}", by=None, at=now, detail=detail)
    return as_viewer(user, [membership])
