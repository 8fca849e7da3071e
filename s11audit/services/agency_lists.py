"""Adding the agencies of a list: first what would be done, with every fault; then just that."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.services.agencies import home_of_new
from s11audit.services.bulk_agencies import AgenciesOfFile, NamedAgency, add_new
from s11audit.services.bulk_joining import not_yet_in, round_to_join, take_in
from s11audit.services.invitation_files import Fault, InvitationFile
from s11audit.services.refusals import RefusedError


@dataclass(frozen=True)
class Repeated:
    """A line that names an agency which an earlier line, `first`, names already."""

    line: int
    first: int
    reference: str
    name: str


@dataclass(frozen=True)
class AgencyPlan:
    """What would be done for a file, in the order of its lines; nothing while there are faults.

    `found` are there already and stay as they are; `repeated` lines add nothing. `joining` get a
    return in `round`, if there is one. `unread` are headings of columns that mean nothing here.
    """

    partnership: str
    round: str
    added: tuple[NamedAgency, ...]
    found: tuple[NamedAgency, ...]
    repeated: tuple[Repeated, ...]
    joining: tuple[NamedAgency, ...]
    faults: tuple[Fault, ...]
    unread: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over all of it, to tell whether it is still what somebody was shown."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=sorted)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def changes_anything(self) -> bool:
        return bool(self.added or self.joining)


def plan_agencies(
    session: Session, file: InvitationFile, partnership: str, round_: str, *, by: Viewer
) -> AgencyPlan:
    """What adding the agencies of this file to a partnership, and to a round if named, would do.

    Raises RefusedError (`partnership`, `round`) where there is no such thing within reach.
    """
    home = home_of_new(session, partnership, by)
    audit_round = round_to_join(session, round_, home, by=by)
    agencies = AgenciesOfFile(session, home, of_people=False)
    rows = [(told.line, agency) for told, agency in agencies.read(file.rows)]
    first: dict[str, int] = {}
    for line, agency in rows:
        first.setdefault(agency.reference, line)
    named = (*agencies.added, *agencies.found)
    return AgencyPlan(
        partnership=home.reference,
        round=round_,
        added=tuple(agencies.added),
        found=tuple(agencies.found),
        repeated=tuple(
            Repeated(line, first[agency.reference], agency.reference, agency.name)
            for line, agency in rows
            if line != first[agency.reference]
        ),
        joining=tuple(not_yet_in(session, audit_round, named)),
        faults=tuple(sorted([*file.faults, *agencies.checks.faults], key=lambda fault: fault.line)),
        unread=file.unread,
    )


def add_planned(session: Session, plan: AgencyPlan, *, by: Viewer, now: datetime) -> None:
    """Do what a plan says: add its agencies, and take them into its round, or raise RefusedError.

    Raises StepNotAllowedError where the round has closed meanwhile.
    """
    if plan.faults:
        raise RefusedError("file", "Mend the lines that are at fault first")
    home = home_of_new(session, plan.partnership, by)
    audit_round = round_to_join(session, plan.round, home, by=by)
    add_new(session, plan.added, home, by=by, now=now)
    take_in(session, audit_round, plan.joining, by=by, now=now)
