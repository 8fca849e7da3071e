"""The made-up partnerships themselves: their agencies, a trust, and people who can sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from s11audit.demo.content import Content, Person, Post
from s11audit.domain.permissions import (
    AGENCY_ROLES,
    PARTNERSHIP_ROLES,
    TRUST_ROLES,
    Role,
)
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Membership, Partnership, Trust, User
from s11audit.queries.people import as_viewer
from s11audit.services.events import Detail, record
from s11audit.services.passwords import hash_password
from s11audit.services.second_factors import NewApp, add_app
from s11audit.services.secret_box import SecretBox


@dataclass(frozen=True)
class Company:
    """Who there is for one partnership: agencies by reference, people by place and role.

    A place is the reference of a partnership, a trust or an agency.
    """

    partnership: Partnership
    agencies: Mapping[str, Agency]
    people: Mapping[tuple[str, Role], Sequence[Viewer]]

    @property
    def partnership_id(self) -> int:
        return self.partnership.id

    @property
    def manager(self) -> Viewer:
        return self.people[self.partnership.reference, Role.MANAGER][0]

    @property
    def qa_member(self) -> Viewer:
        return self.people[self.partnership.reference, Role.QA_MEMBER][0]

    def lead(self, agency: str) -> Viewer:
        return self.people[agency, Role.AGENCY_LEAD][0]

    def contributor(self, agency: str) -> Viewer | None:
        """Who helps the lead, where anybody does."""
        return next(iter(self.people.get((agency, Role.CONTRIBUTOR), ())), None)

    def signatories(self, agency: str) -> Sequence[Viewer]:
        """Those who sign, in the order in which they do."""
        return self.people[agency, Role.SIGNATORY]


def found_partnerships(
    session: Session, content: Content, box: SecretBox, now: datetime
) -> dict[str, Company]:
    """Add everybody and everything that is there before any round. Reference → company."""
    founding = _Founding(session, content, box, now)
    founding.add_places()
    people = founding.add_people()
    return {
        reference: Company(partnership, founding.agencies, people)
        for reference, partnership in founding.partnerships.items()
    }


@dataclass
class _Founding:
    """Adds places, then people: one password for all, hashed once."""

    session: Session
    content: Content
    box: SecretBox
    now: datetime
    partnerships: dict[str, Partnership] = field(default_factory=dict)
    trusts: dict[str, Trust] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)

    def add_places(self) -> None:
        content = self.content
        self.partnerships = {ref: Partnership(**row) for ref, row in content.partnerships.items()}
        self.trusts = {ref: Trust(**row) for ref, row in content.trusts.items()}
        self.agencies = {
            one.reference: Agency(
                reference=one.reference,
                name=one.name,
                agency_type=one.agency_type,
                attributes=one.attributes,
                partnerships=[self.partnerships[home] for home in one.partnerships],
                trust=self.trusts.get(one.trust),
            )
            for one in content.agencies.values()
        }
        self.session.add_all([*self.partnerships.values(), *self.agencies.values()])
        self.session.flush()
        for agency in self.agencies.values():
            homes = [partnership.reference for partnership in agency.partnerships]
            detail = {"agency_type": agency.agency_type, "partnerships": homes}
            self._record("agency-added", f"agency {agency.reference}", detail, agency)

    def add_people(self) -> dict[tuple[str, Role], list[Viewer]]:
        """Place and role → who has it."""
        password_hash = hash_password(self.content.password)
        people: dict[tuple[str, Role], list[Viewer]] = {}
        for person in self.content.people:
            viewer = self._welcome(person, password_hash)
            for post in person.posts:
                people.setdefault((post.place, post.role), []).append(viewer)
        return people

    def _welcome(self, person: Person, password_hash: str) -> Viewer:
        user = User(
            name=person.name,
            email=person.email,
            password_hash=password_hash,
            created_at=self.now,
        )
        memberships = [self._membership(user, post) for post in person.posts]
        self.session.add_all(memberships)
        self.session.flush()
        for post, membership in zip(person.posts, memberships, strict=True):
            detail = {"role": post.role, "place": post.place}
            self._record("person-added", f"user {user.id}", detail, membership)
        viewer = as_viewer(user, memberships)
        if viewer.needs_second_factor:
            self._add_app(viewer)
        return viewer

    def _membership(self, user: User, post: Post) -> Membership:
        membership = Membership(user=user, role=post.role, started_at=self.now)
        if post.role in PARTNERSHIP_ROLES:
            membership.partnership = self.partnerships[post.place]
        elif post.role in TRUST_ROLES:
            membership.trust = self.trusts[post.place]
        elif post.role in AGENCY_ROLES:
            membership.agency = self.agencies[post.place]
        return membership

    def _add_app(self, viewer: Viewer) -> None:
        """An authenticator app with the secret that everybody may know: for demonstration only."""
        secret = self.content.authenticator
        app = NewApp(secret=secret, address="", sealed="")
        code = pyotp.TOTP(secret).at(self.now)
        add_app(self.session, app, code, "", by=viewer, box=self.box, now=self.now)

    def _record(self, kind: str, subject: str, detail: Detail, of: Agency | Membership) -> None:
        record(self.session, kind, subject, by=None, at=self.now, detail=detail, of=of)
