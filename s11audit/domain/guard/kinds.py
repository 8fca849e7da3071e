"""What can identify somebody in a text, how sure we are, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What was found; the order is that of the reports."""

    NHS_NUMBER = "nhs-number"
    UPN = "upn"
    NATIONAL_INSURANCE = "national-insurance-number"
    BIRTH_DATE = "date-of-birth"
    POSTCODE = "postcode"
    PHONE = "phone-number"
    EMAIL = "email-address"
    NAME = "name"


class Certainty(IntEnum):
    """How sure we are. `POSSIBLE` interrupts nobody; from `LIKELY` on, somebody is told."""

    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3


CERTAINTY_LABELS: dict[Certainty, str] = {
    Certainty.POSSIBLE: "possible",
    Certainty.LIKELY: "likely",
    Certainty.CERTAIN: "certain",
}


@dataclass(frozen=True)
class KindWords:
    """A kind as people call it, one with its article and several, and what to write instead."""

    called: str
    several: str
    instead: str

    @property
    def label(self) -> str:
        """Without the article, to begin a line: `NHS number`."""
        bare = self.called.partition(" ")[2]
        return bare[:1].upper() + bare[1:]


KIND_WORDS: dict[Kind, KindWords] = {
    Kind.NHS_NUMBER: KindWords(
        "an NHS number", "NHS numbers", "Take it out and use the case reference."
    ),
    Kind.UPN: KindWords(
        "a unique pupil number", "unique pupil numbers", "Take it out and use the case reference."
    ),
    Kind.NATIONAL_INSURANCE: KindWords(
        "a National Insurance number",
        "National Insurance numbers",
        "Take it out. No audit needs it.",
    ),
    Kind.BIRTH_DATE: KindWords(
        "a date of birth", "dates of birth", "Give an age or a month instead."
    ),
    Kind.POSTCODE: KindWords(
        "a postcode", "postcodes", "Name the area, such as the town or district."
    ),
    Kind.PHONE: KindWords(
        "a phone number", "phone numbers", "Take it out. Say which service, if that matters."
    ),
    Kind.EMAIL: KindWords(
        "an e-mail address", "e-mail addresses", "Take it out. Say which service, if that matters."
    ),
    Kind.NAME: KindWords(
        "a name",
        "names",
        "Say who they are to the child, or what their job is, such as “mother” or “social worker”.",
    ),
}


@dataclass(frozen=True)
class Hit:
    """Something that may identify somebody: characters `start` to `end` of the text as given."""

    kind: Kind
    start: int
    end: int
    certainty: Certainty

    @property
    def instead(self) -> str:
        """A sentence of what to do instead."""
        return KIND_WORDS[self.kind].instead
