"""What is done about what was found, by where somebody writes it. Pages go by this table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum

from s11audit.domain.guard.kinds import Certainty, Hit, Kind


class Place(StrEnum):
    """Where a text is written."""

    CASE_AUDITS = "case-audits"
    ASSESSMENTS = "joint-assessments"
    SURVEYS = "surveys"
    RETURNS = "returns"
    COMMENTS = "comments"
    ACTIONS = "actions"
    FILES = "files"


PLACE_LABELS: dict[Place, str] = {
    Place.CASE_AUDITS: "Case audits",
    Place.ASSESSMENTS: "Joint assessments",
    Place.SURVEYS: "Surveys",
    Place.RETURNS: "Answers of returns",
    Place.COMMENTS: "Comments to colleagues, reasons for steps, titles of assessments",
    Place.ACTIONS: "Agreed ratings, and notes on actions",
    Place.FILES: "Files that support answers",
}


class Response(IntEnum):
    """From leaving somebody in peace to not storing their text."""

    NOTHING = 0
    WARN = 1
    ASK = 2
    CONFIRM = 3
    BLOCK = 4


RESPONSE_LABELS: dict[Response, str] = {
    Response.NOTHING: "nothing",
    Response.WARN: "stored, and said beside the box",
    Response.ASK: "asked once whether it is meant",
    Response.CONFIRM: "stored once it is confirmed with a reason",
    Response.BLOCK: "not stored",
}


class Reason(StrEnum):
    """Why something that looks like an identifier identifies nobody."""

    PLACE = "public-place"
    ROLE = "published-role"
    FIGURE = "figure"
    EVENT = "event-date"
    WORD = "ordinary-word"
    PSEUDONYM = "pseudonym"


REASON_LABELS: dict[Reason, str] = {
    Reason.PLACE: "It is a public place or an organisation",
    Reason.ROLE: "It is somebody whose public role is published",
    Reason.FIGURE: "It is a figure or a reference, not the number of a person",
    Reason.EVENT: "It is the date of an event, not of a birth",
    Reason.WORD: "It is an ordinary word, not a name",
    Reason.PSEUDONYM: "It is made up, in place of the real one",
}

_FULL = {
    **dict.fromkeys(Kind, Response.CONFIRM),
    Kind.NHS_NUMBER: Response.BLOCK,
    Kind.EMAIL: Response.BLOCK,
}
# Two minutes without an account, and no way back to what was sent: one question, and no reasons.
_SHORT = {
    **dict.fromkeys(Kind, Response.ASK),
    Kind.NHS_NUMBER: Response.BLOCK,
    Kind.EMAIL: Response.BLOCK,
}
_WARN = dict.fromkeys(Kind, Response.WARN)
# What cannot be changed once it is written is worth one question before.
_ASK = dict.fromkeys(Kind, Response.ASK)

POLICY: Mapping[Place, Mapping[Kind, Response]] = {
    Place.CASE_AUDITS: _FULL,
    Place.ASSESSMENTS: _WARN,
    Place.SURVEYS: _SHORT,
    Place.RETURNS: _WARN,
    Place.COMMENTS: _ASK,
    Place.ACTIONS: _ASK,
    Place.FILES: _WARN,
}


def response_to(hit: Hit, place: Place) -> Response:
    """What to do about it there. What is merely possible interrupts nobody, and only what is
    certain is blocked: where we may be wrong, a person decides."""
    if hit.certainty is Certainty.POSSIBLE:
        return Response.NOTHING
    response = POLICY[place][hit.kind]
    if response is Response.BLOCK and hit.certainty is not Certainty.CERTAIN:
        return Response.CONFIRM if place is Place.CASE_AUDITS else Response.ASK
    return response
