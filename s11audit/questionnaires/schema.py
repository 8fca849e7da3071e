"""The keys of a questionnaire file and the form of their values, one model for each part.

What several keys must agree on is for `checking`; conditions are read by `conditions`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from s11audit.domain.questionnaire import ActionRule, Carry, EvidenceRule, Kind
from s11audit.domain.ratings import Rag
from s11audit.domain.scales import Direction

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
VERSION_PATTERN = r"^[0-9A-Za-z]+([.-][0-9A-Za-z]+)*$"
REFERENCE_PATTERN = r"^[A-Z0-9]([A-Z0-9-]{0,10}[A-Z0-9])?$"
NUMBER_PATTERN = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"
WHOLE_NUMBER_PATTERN = r"^[0-9]{1,6}$"
TESTED_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$"
QUESTION_KEY_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=60)]
PartnershipReference = Annotated[str, StringConstraints(pattern=REFERENCE_PATTERN)]
Version = Annotated[str, StringConstraints(pattern=VERSION_PATTERN, max_length=40)]
Number = Annotated[str, StringConstraints(pattern=NUMBER_PATTERN)]
WholeNumber = Annotated[str, StringConstraints(pattern=WHOLE_NUMBER_PATTERN)]
Tested = Annotated[str, StringConstraints(pattern=TESTED_PATTERN, max_length=121)]
QuestionKey = Annotated[str, StringConstraints(pattern=QUESTION_KEY_PATTERN, max_length=121)]


def _yes_or_no(word: object) -> object:
    """People who know YAML write true and false; both spellings mean the same."""
    return {"true": "yes", "false": "no"}.get(word, word) if isinstance(word, str) else word


YesNo = Annotated[Literal["yes", "no"], BeforeValidator(_yes_or_no)]


def key_of(field: str) -> str:
    """The key in the file of a field here: `max_length` → `max-length`, `for_` → `for`."""
    return field.rstrip("_").replace("_", "-")


class FilePart(BaseModel):
    """What every part has in common: no key that is not named here."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=key_of)

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        return tuple(key_of(name) for name in cls.model_fields)


class ThresholdsPart(FilePart):
    red_below: Number = "60"
    green_from: Number = "90"


class QuestionnairePart(FilePart):
    questionnaire: Slug
    version: Version
    kind: Kind
    title: Text
    summary: Text = ""
    introduction: Text = ""
    declaration: Text = ""
    replaces: Version = ""
    dropped: list[QuestionKey] = []
    scales: dict[str, Any] = {}
    rag: ThresholdsPart = ThresholdsPart()
    standards: list[Any]


class ScalePart(FilePart):
    title: Text = ""
    direction: Direction = Direction.HIGHEST_IS_BEST
    levels: list[Any]


class LibraryScalePart(ScalePart):
    scale: Slug


class LevelPart(FilePart):
    id: Slug
    label: Text
    meaning: Text = ""
    rag: Rag | None = None
    points: Number | None = None
    applicable: YesNo = "yes"
    needs: Literal["reason"] | None = None


class StandardPart(FilePart):
    id: Slug
    title: Text
    summary: Text = ""
    part: Text = ""
    for_: list[Slug] | None = None
    with_: list[Slug] | None = None
    in_: list[PartnershipReference] | None = None
    questions: list[Any]


class CitationPart(FilePart):
    law: Text = ""
    guidance: Text = ""
    edition: Text = ""
    at: Text = ""
    checked: YesNo = "yes"


class RowPart(FilePart):
    id: Slug
    label: Text


class OptionPart(FilePart):
    id: Slug
    label: Text
    alone: YesNo = "no"


class AnsweredPart(FilePart):
    """What a question and a column of a table have in common: how they are answered."""

    id: Slug
    type: Text
    required: YesNo = "yes"
    options: list[OptionPart] = []
    unit: Text = ""
    min: Number | None = None
    max: Number | None = None
    decimals: WholeNumber = ""
    earliest: Text = ""
    latest: Text = ""
    max_length: WholeNumber = ""
    numerator: Text = ""
    denominator: Text = ""


class ColumnPart(AnsweredPart):
    title: Text


class QuestionPart(AnsweredPart):
    title: Text = ""
    heading: Text = ""
    scale: Text = ""
    ask: Text
    help: Text = ""
    good: list[Text] = []
    examples: list[Text] = []
    means: dict[str, Text] = {}
    cites: list[CitationPart] = []
    critical: YesNo = "no"
    evidence: EvidenceRule | None = None
    action: ActionRule | None = None
    for_: list[Slug] | None = None
    with_: list[Slug] | None = None
    in_: list[PartnershipReference] | None = None
    when: Any = None
    was: list[QuestionKey] = []
    carry: Carry = Carry.CONFIRM
    why_afresh: Text = ""
    tests: Tested = ""
    agree: Text = ""
    columns: list[Any] = []
    rows: list[RowPart] = []
    min_rows: WholeNumber = ""
    max_rows: WholeNumber = ""


# What stands in for a key that is missing or wrong, so that the rest can still be checked.
STAND_INS: dict[type[FilePart], dict[str, Any]] = {
    QuestionnairePart: {
        "questionnaire": "x",
        "version": "0",
        "kind": Kind.SELF_ASSESSMENT,
        "title": "x",
        "standards": [],
    },
    ScalePart: {"levels": []},
    LevelPart: {"id": "x", "label": "x"},
    StandardPart: {"id": "x", "title": "x", "questions": []},
    QuestionPart: {"id": "x", "type": "x", "ask": "x"},
    ColumnPart: {"id": "x", "type": "x", "title": "x"},
    LibraryScalePart: {"scale": "x", "levels": []},
}
FILE_PARTS: tuple[type[FilePart], ...] = (
    QuestionnairePart,
    ThresholdsPart,
    ScalePart,
    LevelPart,
    StandardPart,
    QuestionPart,
    ColumnPart,
    RowPart,
    CitationPart,
    OptionPart,
    LibraryScalePart,
)
