"""The people of the tests, and the agencies and partnership that they belong to.

Priya manages the partnership and Mo sits on its QA subgroup. Asif leads the police's return, Bea
helps with it, and Ines, the chief officer, signs it. Dana is a school's safeguarding lead and Hugo
its head teacher. Cara leads another agency and must see nothing of the police's. Olga manages
another partnership and must see nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Membership, Partnership, User
from s11audit.queries.people import as_viewer

PASSWORD = "correct horse battery staple"
# The cheapest hash that still verifies: hashing is tested elsewhere, at its real strength.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

PARTNERSHIPS = {"DOWN": "Downshire Safeguarding Children Partnership", "FAR": "Farshire SCP"}
# Reference → name, agency type, partnership.
AGENCIES = {
    "POL": ("Downshire Police", "police", "DOWN"),
    "HOSP": ("Downshire Hospitals NHS Trust", "nhs-trust", "DOWN"),
    "SCH": ("Elm Row School", "school", "DOWN"),
    "FARPOL": ("Farshire Police", "police", "FAR"),
}
# First name → role, and the reference of the partnership or agency it is held for.
PEOPLE = {
    "Priya": (Role.MANAGER, "DOWN"),
    "Mo": (Role.QA_MEMBER, "DOWN"),
    "Asif": (Role.AGENCY_LEAD, "POL"),
    "Bea": (Role.CONTRIBUTOR, "POL"),
    "Ines": (Role.SIGNATORY, "POL"),
    "Cara": (Role.AGENCY_LEAD, "HOSP"),
    "Dana": (Role.AGENCY_LEAD, "SCH"),
    "Hugo": (Role.SIGNATORY, "SCH"),
    "Olga": (Role.MANAGER, "FAR"),
}


@dataclass(frozen=True)
class Cast:
    """Everybody, by first name; ids of agencies and partnerships, by reference."""

    viewers: dict[str, Viewer]
    agencies: dict[str, int]
    partnerships: dict[str, int]

    def __getitem__(self, first_name: str) -> Viewer:
        return self.viewers[first_name]


def bring_on(session: Session) -> Cast:
    """Add the whole cast to an empty database."""
    partnerships = {
        ref: Partnership(reference=ref, name=name) for ref, name in PARTNERSHIPS.items()
    }
    agencies = {
        ref: Agency(
            reference=ref, name=name, agency_type=agency_type, partnerships=[partnerships[home]]
        )
        for ref, (name, agency_type, home) in AGENCIES.items()
    }
    session.add_all([*partnerships.values(), *agencies.values()])
    session.flush()
    viewers = {}
    for first_name, (role, place) in PEOPLE.items():
        user = User(
            name=first_name,
            email=f"{first_name.lower()}@example.org",
            password_hash=PASSWORD_HASH,
            created_at=LONG_AGO,
        )
        membership = Membership(user=user, role=role, started_at=LONG_AGO)
        if place in partnerships:
            membership.partnership_id = partnerships[place].id
        else:
            membership.agency_id = agencies[place].id
        session.add(membership)
        session.flush()
        viewers[first_name] = as_viewer(user, [membership])
    return Cast(
        viewers,
        {ref: agency.id for ref, agency in agencies.items()},
        {ref: partnership.id for ref, partnership in partnerships.items()},
    )
