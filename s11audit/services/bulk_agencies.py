"""Which agency each line of a list means: one that is there, or one to be added."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Partnership
from s11audit.models.people import agency_partnerships
from s11audit.services.agencies import add_agencies, references_in_use
from s11audit.services.bulk_rows import RowChecks, Told
from s11audit.services.invitation_files import Row

LONGEST_REFERENCE = 12
IN_USE = (
    "An agency of another partnership has this reference. Use another one, or ask the operator "
    "to share that agency with you"
)


@dataclass(frozen=True)
class NamedAgency:
    """An agency of a file; `line` is the first that names one to be added, 0 for one found."""

    line: int
    reference: str
    name: str
    agency_type: str
    attributes: frozenset[str]


class AgenciesOfFile:
    """Reads the rows of a file and finds their agencies, adding what is wrong to `checks`.

    `ids` has the references of the partnership's agencies by their ids. `of_people` says whether
    the rows also name people.
    """

    def __init__(self, session: Session, home: Partnership, *, of_people: bool) -> None:
        columns = agency_partnerships.c
        ours = select(columns.agency_id).where(columns.partnership_id == home.id)
        there = session.scalars(select(Agency).where(Agency.id.in_(ours))).all()
        self.ids = {one.id: one.reference for one in there}
        self.checks = RowChecks({one.agency_type for one in there}, of_people=of_people)
        self.added: list[NamedAgency] = []
        self._found: dict[str, NamedAgency] = {}
        self._by_reference = {
            one.reference: NamedAgency(0, one.reference, one.name, one.agency_type, one.attributes)
            for one in there
        }
        self._names = Counter(one.name.casefold() for one in there)
        self._by_name = {one.name.casefold(): one for one in self._by_reference.values()}
        self._in_use = references_in_use(session)

    @property
    def found(self) -> list[NamedAgency]:
        return list(self._found.values())

    def read(self, rows: Iterable[Row]) -> list[tuple[Told, NamedAgency]]:
        """The rows in which nothing is wrong, each with its agency."""
        told = [(self.checks.read(row), row) for row in rows]
        # No reference is made up that a later line has.
        self._references = References(self._in_use | {one.reference for one, _ in told})
        return list(self._sound_rows(one for one, _ in told))

    def _sound_rows(self, told: Iterable[Told]) -> Iterator[tuple[Told, NamedAgency]]:
        at_fault = {fault.line for fault in self.checks.faults}
        for one in told:
            before = len(self.checks.faults)
            agency = self._agency(one) if one.reference or one.agency else None
            is_sound = one.line not in at_fault and len(self.checks.faults) == before
            if agency is not None and is_sound:
                yield one, agency

    def _agency(self, told: Told) -> NamedAgency | None:
        name = told.agency.casefold()
        if not told.reference and self._names[name] > 1:
            message = f"Several agencies are called {told.agency}: add the reference"
            self.checks.add(told.line, "reference", message)
            return None
        known = self._by_reference.get(told.reference) if told.reference else None
        known = known or (None if told.reference else self._by_name.get(name))
        if known is None:
            return self._new(told)
        self._compare(told, known)
        if known.line == 0:
            self._found[known.reference] = known
        return known

    def _compare(self, told: Told, known: NamedAgency) -> None:
        """What a line says of an agency must not contradict what is known of it."""
        if told.agency and told.agency.casefold() != known.name.casefold():
            message = f"{known.reference} is {known.name}: correct the name or the reference"
            self.checks.add(told.line, "agency", message)
        if told.agency_type not in ("", known.agency_type):
            label = agency_type_label(known.agency_type)
            message = f"{known.name} has the type {label}: write {known.agency_type} or nothing"
            self.checks.add(told.line, "agency_type", message)
        if known.line and told.attributes - known.attributes:
            message = f"Line {known.line} adds {known.name}: write all attributes there"
            self.checks.add(told.line, "attributes", message)

    def _new(self, told: Told) -> NamedAgency | None:
        before = len(self.checks.faults)
        name = told.agency.casefold()
        if not told.agency:
            message = f"There is no agency {told.reference}: enter the name of one to be added"
            self.checks.add(told.line, "agency", message)
        if not told.agency_type and not self.checks.has_fault(told.line, "agency_type"):
            message = f"{told.agency or told.reference} is not there yet: enter its type"
            self.checks.add(told.line, "agency_type", message)
        if told.reference in self._in_use:
            self.checks.add(told.line, "reference", IN_USE)
        if name and name in self._by_name:
            there = self._by_name[name].reference
            message = f"{told.agency} has the reference {there}: use that one, or another name"
            self.checks.add(told.line, "reference", message)
        if len(self.checks.faults) > before or not told.agency_type:
            return None
        reference = told.reference or self._references.made_up(told.agency)
        new = NamedAgency(told.line, reference, told.agency, told.agency_type, told.attributes)
        self._by_reference[reference] = self._by_name[name] = new
        self._names[name] += 1
        self.added.append(new)
        return new


def add_new(
    session: Session, added: Iterable[NamedAgency], home: Partnership, *, by: Viewer, now: datetime
) -> None:
    """Add the new agencies of a file to their partnership."""
    new = [
        Agency(
            reference=one.reference,
            name=one.name,
            agency_type=one.agency_type,
            attributes=one.attributes,
            partnerships=[home],
        )
        for one in added
    ]
    add_agencies(session, new, by=by, now=now)


class References:
    """Makes up references that are not among those taken, nor made up before."""

    def __init__(self, taken: Set[str]) -> None:
        self._taken = set(taken)
        self._latest: Counter[str] = Counter()

    def made_up(self, name: str) -> str:
        """One of the first letters of a name, with a number where that is taken."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
        stem = re.sub(r"[^A-Z0-9]+", "-", re.sub(r"['’]", "", plain)).strip("-") or "AGENCY"
        reference = stem = stem[:LONGEST_REFERENCE].strip("-")
        while reference in self._taken or self._latest[stem] == 0:
            self._latest[stem] += 1
            tail = f"-{self._latest[stem]}" if self._latest[stem] > 1 else ""
            reference = stem[: LONGEST_REFERENCE - len(tail)].strip("-") + tail
        self._taken.add(reference)
        return reference
