"""Inviting many people at once: first what would be done, with every fault; then just that.

A plan looks everything up and changes nothing. Its digest tells whether what is carried out is what
was shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.granting import Scope, may_grant
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Invitation, Membership, Partnership, User
from s11audit.queries.invitations import is_open
from s11audit.services.agencies import home_of_new
from s11audit.services.bulk_agencies import AgenciesOfFile, NamedAgency, add_new
from s11audit.services.bulk_joining import not_yet_in, round_to_join, take_in
from s11audit.services.bulk_rows import RowChecks
from s11audit.services.events import record_by
from s11audit.services.invitation_files import Fault, InvitationFile
from s11audit.services.invitations import Recipient, invite_all
from s11audit.services.refusals import RefusedError


@dataclass(frozen=True)
class Invitee:
    """Somebody of one line of the file, and the agency for which they would have the role."""

    line: int
    name: str
    email: str
    role: Role
    reference: str
    agency: str

    @property
    def key(self) -> tuple[str, Role, str]:
        return self.email, self.role, self.reference


@dataclass
class Plan:
    """What would be done for a file, in the order of its lines; nothing while there are faults.

    `added` and `found` are agencies, of which those `joining` get a return in `round`, if there is
    one. `present` hold the role already, `waiting` are invited to it
    already: both are left alone. `unread` are headings of columns that mean nothing here.
    """

    partnership: str
    added: list[NamedAgency]
    found: list[NamedAgency]
    invited: list[Invitee]
    present: list[Invitee]
    waiting: list[Invitee]
    faults: list[Fault]
    unread: tuple[str, ...] = ()
    round: str = ""
    joining: Sequence[NamedAgency] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over all of it, to tell whether it is still what somebody was shown."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=sorted)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def changes_anything(self) -> bool:
        return bool(self.added or self.invited or self.joining)


def plan_invitations(
    session: Session,
    file: InvitationFile,
    partnership: str,
    round_: str = "",
    *,
    by: Viewer,
    now: datetime,
) -> Plan:
    """What inviting everybody of this file to a partnership within reach would do.

    Their agencies join the round of the reference `round_`, if there is one. Raises RefusedError
    (`partnership`, `round`) where there is no such thing.
    """
    home = home_of_new(session, partnership, by)
    audit_round = round_to_join(session, round_, home, by=by)
    agencies = AgenciesOfFile(session, home, of_people=True)
    rows = agencies.read(file.rows)
    invitees = _once_each(
        [
            Invitee(told.line, told.name, told.email, told.role, agency.reference, agency.name)
            for told, agency in rows
        ],
        agencies.checks,
    )
    ids = agencies.ids
    held = _held(session, ids)
    waiting = _waiting(session, ids, now) - held
    return Plan(
        home.reference,
        added=agencies.added,
        found=agencies.found,
        invited=[one for one in invitees if one.key not in held | waiting],
        present=[one for one in invitees if one.key in held],
        waiting=[one for one in invitees if one.key in waiting],
        faults=sorted([*file.faults, *agencies.checks.faults], key=lambda fault: fault.line),
        unread=file.unread,
        round=round_,
        joining=not_yet_in(session, audit_round, [*agencies.added, *agencies.found]),
    )


def carry_out(
    session: Session,
    plan: Plan,
    *,
    by: Viewer,
    now: datetime,
    address: Callable[[str], str],
) -> list[tuple[Invitation, str]]:
    """Add the agencies of a plan and invite its people: all of them, or RefusedError is raised.

    `address` makes the link of an invitation from its token. Gives each invitation with its token.
    """
    if plan.faults:
        raise RefusedError("file", "Mend the lines that are at fault first")
    home = home_of_new(session, plan.partnership, by)
    audit_round = round_to_join(session, plan.round, home, by=by)
    add_new(session, plan.added, home, by=by, now=now)
    take_in(session, audit_round, plan.joining, by=by, now=now)
    recipients = _posts(session, plan, home, by)
    sent = invite_all(session, recipients, by=by, now=now, address=address)
    detail = {"agencies": len(plan.added), "invitations": len(plan.invited)}
    subject = f"partnership {home.reference}"
    record_by(session, "many-invited", subject, by, now, detail, of=home)
    return sent


def _posts(session: Session, plan: Plan, home: Partnership, by: Viewer) -> list[Recipient]:
    """Everybody of the plan with their post. Raises RefusedError where `by` may not give it."""
    wanted = {one.reference for one in plan.invited}
    found = session.scalars(select(Agency).where(Agency.reference.in_(wanted)))
    agencies = {agency.reference: agency for agency in found}
    posts = []
    for one in plan.invited:
        agency = agencies[one.reference]
        scope = Scope(agency_id=agency.id, partnerships=frozenset({home.id}))
        if not may_grant(by, one.role, scope):
            raise RefusedError("file", f"Line {one.line}: you cannot give that role there")
        post = Membership(role=one.role, agency_id=agency.id)
        posts.append(Recipient(one.name, one.email, post))
    return posts


def _once_each(invitees: Sequence[Invitee], checks: RowChecks) -> list[Invitee]:
    """Everybody once: whoever stands there twice, or under two names, is a fault."""
    lines: dict[tuple[str, Role, str], int] = {}
    names: dict[str, tuple[str, int]] = {}
    once = []
    for one in invitees:
        name, first = names.setdefault(one.email, (one.name, one.line))
        if one.key in lines:
            message = f"Line {lines[one.key]} invites the same person already: remove one of them"
            checks.add(one.line, "email", message)
        elif name != one.name:
            message = f"Line {first} has this address for {name}: give both lines the same name"
            checks.add(one.line, "name", message)
        else:
            lines[one.key] = one.line
            once.append(one)
    return once


def _held(session: Session, ids: Mapping[int, str]) -> set[tuple[str, Role, str]]:
    """E-mail address, role and agency's reference of everybody who holds a role there."""
    rows = session.execute(
        select(User.email, Membership.role, Membership.agency_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.agency_id.in_(ids), Membership.is_live)
    )
    return {(email, role, ids[agency_id or 0]) for email, role, agency_id in rows}


def _waiting(session: Session, ids: Mapping[int, str], now: datetime) -> set[tuple[str, Role, str]]:
    """The same of everybody whose invitation still works."""
    rows = session.execute(
        select(Invitation.email, Invitation.role, Invitation.agency_id).where(
            Invitation.agency_id.in_(ids), is_open(now)
        )
    )
    return {(email, role, ids[agency_id or 0]) for email, role, agency_id in rows}
