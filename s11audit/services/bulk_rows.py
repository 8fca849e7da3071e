"""What one line of a list says, checked by itself: what is wrong, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace

from s11audit.domain.agency_types import AGENCY_ATTRIBUTE_LABELS, AGENCY_TYPE_LABELS
from s11audit.domain.permissions import AGENCY_ROLES, ROLE_LABELS, Role
from s11audit.questionnaires.audience_checks import misspelt
from s11audit.services.agencies import is_code
from s11audit.services.invitation_files import COLUMNS, Fault, Row
from s11audit.services.people import sound_email, sound_name, sound_reference
from s11audit.services.refusals import RefusedError

_FORMULA_STARTS = ("=", "+", "-", "@")
_ROLES = {role.value: ROLE_LABELS[role] for role in Role if role in AGENCY_ROLES}


@dataclass(frozen=True)
class Told:
    """A line in codes. What it leaves out, or says wrongly, is empty; no role is the lead's.

    A line of a list of agencies names nobody.
    """

    line: int
    reference: str
    agency: str
    agency_type: str
    attributes: frozenset[str]
    name: str = ""
    email: str = ""
    role: Role = Role.AGENCY_LEAD


class RowChecks:
    """Reads rows one after another and collects what is wrong with them in `faults`.

    `own_types` are types of agency that the partnership has made up itself. `of_people` says
    whether each row also names somebody.
    """

    def __init__(self, own_types: Set[str], *, of_people: bool) -> None:
        self._of_people = of_people
        self._types = {code: code for code in own_types} | AGENCY_TYPE_LABELS
        self.faults: list[Fault] = []
        self._places: set[tuple[int, str]] = set()

    def add(self, line: int, column: str, message: str) -> None:
        """One more fault of a column, by its name in COLUMNS."""
        self._places.add((line, column))
        self.faults.append(Fault(line, COLUMNS[column].heading, message))

    def has_fault(self, line: int, column: str) -> bool:
        """Whether something is wrong with this column of this line already."""
        return (line, column) in self._places

    def read(self, row: Row) -> Told:
        """What a row says, as far as it is right."""
        if not row.agency and not row.reference:
            self.add(row.line, "agency", "Enter the name of the agency, or its reference")
        told = Told(
            row.line,
            reference=self._sound(row, "reference", sound_reference) if row.reference else "",
            agency=self._sound(row, "agency", _plain_name) if row.agency else "",
            agency_type=self._one_of(row, "agency_type", self._types),
            attributes=self._attributes(row),
        )
        return self._with_person(told, row) if self._of_people else told

    def _with_person(self, told: Told, row: Row) -> Told:
        return replace(
            told,
            name=self._sound(row, "name", _plain_name),
            email=self._sound(row, "email", sound_email),
            role=Role(self._one_of(row, "role", _ROLES) or Role.AGENCY_LEAD),
        )

    def _sound(self, row: Row, column: str, check: Callable[[str], str]) -> str:
        try:
            return check(getattr(row, column))
        except RefusedError as error:
            self.add(row.line, column, str(error))
            return ""

    def _one_of(self, row: Row, column: str, known: Mapping[str, str]) -> str:
        """The code that was typed, or whose label was."""
        typed: str = getattr(row, column)
        if not typed:
            return ""
        code = _code_of(typed, known)
        if code in known:
            return code
        meant = misspelt(code, known)
        right = f"did you mean {meant}?" if meant else f"use one of {', '.join(known)}"
        self.add(row.line, column, f"“{typed}” is none that we know: {right}")
        return ""

    def _attributes(self, row: Row) -> frozenset[str]:
        parts = re.split(r"\s*;\s*" if ";" in row.attributes else r"\s+", row.attributes)
        codes = {_code_of(part, AGENCY_ATTRIBUTE_LABELS) for part in parts if part}
        for code in sorted(codes):
            if meant := misspelt(code, AGENCY_ATTRIBUTE_LABELS):
                self.add(row.line, "attributes", f"“{code}” is none: did you mean {meant}?")
            elif not is_code(code):
                message = f"“{code}” should be one word of lower-case letters, such as nursery"
                self.add(row.line, "attributes", message)
        return frozenset(code for code in codes if is_code(code))


def _code_of(typed: str, known: Mapping[str, str]) -> str:
    """The code of what was typed: as it is, by its label, or with hyphens for spaces."""
    plain = typed.casefold().replace("'", "’")
    for code, label in known.items():
        if plain == label.casefold():
            return code
    return re.sub(r"[\s_]+", "-", typed.strip().lower())


def _plain_name(text: str) -> str:
    name = sound_name(text)
    if name.startswith(_FORMULA_STARTS):
        raise RefusedError(
            "name", f"Remove the “{name[0]}” at its start, which spreadsheets take for a formula"
        )
    return name
