"""Who answers, and who is asked: an agency's type, its attributes and its partnerships."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Respondent:
    """An agency as routing sees it: codes, and references of partnerships."""

    agency_type: str
    attributes: frozenset[str] = frozenset()
    partnerships: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Audience:
    """Who is asked. None means everybody; where several are given, all of them must hold.

    An agency has one type. Of attributes and of partnerships it is enough to have one of those
    that are named.
    """

    agency_types: frozenset[str] | None = None
    attributes: frozenset[str] | None = None
    partnerships: frozenset[str] | None = None

    def includes(self, respondent: Respondent) -> bool:
        return (
            (self.agency_types is None or respondent.agency_type in self.agency_types)
            and (self.attributes is None or bool(self.attributes & respondent.attributes))
            and (self.partnerships is None or bool(self.partnerships & respondent.partnerships))
        )


EVERYBODY = Audience()
