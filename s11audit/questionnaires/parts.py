"""Lined YAML → checked parts: each part by its own model, so one fault does not hide the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from pydantic import ValidationError

from s11audit.questionnaires.faults import FaultCollector, quote, suggest
from s11audit.questionnaires.schema import (
    NUMBER_PATTERN,
    QUESTION_KEY_PATTERN,
    REFERENCE_PATTERN,
    SLUG_PATTERN,
    STAND_INS,
    TESTED_PATTERN,
    VERSION_PATTERN,
    WHOLE_NUMBER_PATTERN,
    CitationPart,
    ColumnPart,
    FilePart,
    LevelPart,
    LibraryScalePart,
    OptionPart,
    QuestionnairePart,
    QuestionPart,
    RowPart,
    ScalePart,
    StandardPart,
    ThresholdsPart,
)
from s11audit.questionnaires.source import Items, Section, line_at

# The scale of the library on which a question is rated that names none.
DEFAULT_SCALES: dict[str, str] = {"agreement": "agreement"}

PartModel = TypeVar("PartModel", bound=FilePart)

_INNER: dict[str, type[FilePart]] = {
    "rag": ThresholdsPart,
    "cites": CitationPart,
    "options": OptionPart,
    "rows": RowPart,
}
_FORMS: dict[str, str] = {
    SLUG_PATTERN: "use lower-case letters, digits and single hyphens, such as “board-lead”",
    VERSION_PATTERN: "use letters and digits, such as “2026” or “2026.1”",
    NUMBER_PATTERN: "write a number, such as 60 or 0.5",
    WHOLE_NUMBER_PATTERN: "write a whole number of 0 or more",
    REFERENCE_PATTERN: "write a partnership’s reference in capital letters, such as “WEND”",
    TESTED_PATTERN: "name a standard as questionnaire/standard, such as “section-11/leadership”",
    QUESTION_KEY_PATTERN: "name a question as standard.question, such as “leadership.board-lead”",
}
_SHOULD_BE: dict[str, str] = {
    "string_type": "should be text, not a list or a set of keys",
    "list_type": "should be a list: items that begin with “- ”, or […]",
    "dict_type": "should be a set of “key: value”",
    "model_type": "should be a set of “key: value”",
    "string_too_short": "is empty; fill it in or leave the key out",
}


@dataclass(frozen=True)
class Part(Generic[PartModel]):
    """One part of the file: its values, the section it was read from, and keys that were wrong."""

    values: PartModel
    section: Section
    broken: frozenset[str] = frozenset()

    def has(self, key: str) -> bool:
        return key in self.section

    def line(self, *place: str | int) -> int:
        return line_at(self.section, place)

    @property
    def id(self) -> str:
        """The id as written, even where it is not well formed."""
        written = self.section.get("id")
        return written if isinstance(written, str) else ""


@dataclass(frozen=True)
class ScaleParts:
    part: Part[ScalePart]
    levels: tuple[Part[LevelPart], ...]

    @property
    def is_whole(self) -> bool:
        """Whether no level was lost or changed on the way: only then do levels tell anything."""
        return not self.part.broken and not any(level.broken for level in self.levels)


@dataclass(frozen=True)
class LibraryScale:
    """A scale of the library, and the bytes of its file."""

    parts: ScaleParts
    raw: bytes


class ScaleLibrary(Protocol):
    """Scales that any questionnaire may use by name."""

    def names(self) -> frozenset[str]: ...

    def get(self, name: str) -> LibraryScale | None: ...


@dataclass(frozen=True)
class QuestionParts:
    """A question, and the columns that it has if it is a table."""

    part: Part[QuestionPart]
    columns: tuple[Part[ColumnPart], ...] = ()


@dataclass(frozen=True)
class StandardParts:
    part: Part[StandardPart]
    questions: tuple[QuestionParts, ...]


@dataclass(frozen=True)
class FileParts:
    """All the parts of one file.

    `scales` has every scale that could be made out, by name, those taken from the library too;
    `library` holds the bytes of these by name, for the fingerprint.
    """

    head: Part[QuestionnairePart]
    scales: Mapping[str, ScaleParts]
    standards: tuple[StandardParts, ...]
    scale_names: frozenset[str] = field(default_factory=frozenset)
    library: Mapping[str, bytes] = field(default_factory=dict)

    def questions(self) -> Iterator[tuple[str, StandardParts, QuestionParts]]:
        """Key, standard and question of every question, in the order of the file."""
        for standard in self.standards:
            for question in standard.questions:
                yield f"{standard.part.id}.{question.part.id}", standard, question


class PartReader:
    """Reads one file's parts and collects what is wrong with the form of each."""

    def __init__(self, faults: FaultCollector, library: ScaleLibrary) -> None:
        self._faults = faults
        self._library = library

    def read(self, root: Section) -> FileParts:
        head = self._part(QuestionnairePart, root)
        own = {
            name: self.scale(raw, head.line("scales", name))
            for name, raw in head.values.scales.items()
        }
        standards = [self._standard(raw, line) for raw, line in _lined(root.get("standards"))]
        found = tuple(standard for standard in standards if standard)
        borrowed = self._borrowed(found, frozenset(own))
        scales = {name: scale for name, scale in own.items() if scale}
        return FileParts(
            head=head,
            scales=scales | {name: scale.parts for name, scale in borrowed.items()},
            standards=found,
            scale_names=frozenset(own) | self._library.names(),
            library={name: scale.raw for name, scale in borrowed.items()},
        )

    def _borrowed(
        self, standards: Iterable[StandardParts], own: frozenset[str]
    ) -> dict[str, LibraryScale]:
        """The scales of the library that questions name and the file itself does not have."""
        named = {
            scale_of(question.part.values)
            for standard in standards
            for question in standard.questions
        }
        found = {name: self._library.get(name) for name in sorted(named - own - {""})}
        return {name: scale for name, scale in found.items() if scale}

    def scale(self, raw: Any, line: int) -> ScaleParts | None:
        """A scale, or None where it has not even the form of one."""
        if isinstance(raw, Items):  # the short form: nothing but the levels
            short, raw = raw, Section(line)
            raw["levels"], raw.lines["levels"] = short, line
        part = self._part_of(ScalePart, raw, line, "a scale")
        return self._with_levels(part, raw) if part else None

    def library_scale(self, root: Section) -> ScaleParts:
        """The scale that is a file of the library."""
        return self._with_levels(self._part(LibraryScalePart, root), root)

    def _with_levels(self, part: Part[Any], raw: Section) -> ScaleParts:
        read = [
            self._part_of(LevelPart, level, at, "a level")
            for level, at in _lined(raw.get("levels"))
        ]
        levels = tuple(level for level in read if level)
        if len(levels) < len(read):
            part = Part(part.values, part.section, part.broken | {"levels"})
        return ScaleParts(part, levels)

    def _standard(self, raw: Any, line: int) -> StandardParts | None:
        part = self._part_of(StandardPart, raw, line, "a standard")
        if part is None:
            return None
        questions = [self._question(question, at) for question, at in _lined(raw.get("questions"))]
        return StandardParts(part, tuple(question for question in questions if question))

    def _question(self, raw: Any, line: int) -> QuestionParts | None:
        part = self._part_of(QuestionPart, raw, line, "a question")
        if part is None:
            return None
        columns = [
            self._part_of(ColumnPart, column, at, "a column")
            for column, at in _lined(raw.get("columns"))
        ]
        return QuestionParts(part, tuple(column for column in columns if column))

    def _part_of(
        self, model: type[PartModel], raw: Any, line: int, name: str
    ) -> Part[PartModel] | None:
        if isinstance(raw, Section):
            return self._part(model, raw)
        self._faults.add(line, f"{name} should be a set of “key: value”")
        return None

    def _part(self, model: type[PartModel], section: Section) -> Part[PartModel]:
        try:
            return Part(model.model_validate(section), section)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_context=True)
        for one in errors:
            place = tuple(one["loc"])
            self._faults.add(line_at(section, place), _message(model, place, dict(one)))
        broken = frozenset(str(one["loc"][0]) for one in errors)
        kept = {key: value for key, value in section.items() if key not in broken}
        return Part(model.model_validate(STAND_INS[model] | kept), section, broken)


def scale_of(question: QuestionPart) -> str:
    """The scale that a question is rated on, named or by default; "" where it has none."""
    return question.scale or DEFAULT_SCALES.get(question.type, "")


def _lined(raw: Any) -> Iterator[tuple[Any, int]]:
    return zip(raw, raw.lines, strict=True) if isinstance(raw, Items) else iter(())


def _message(model: type[FilePart], place: tuple[str | int, ...], error: dict[str, Any]) -> str:
    """What is wrong at `place`, and what would be right, in the words of the file."""
    kind: str = error["type"]
    words = [step for step in place if isinstance(step, str)]
    key = words[-1] if words else ""
    if kind == "extra_forbidden":
        keys = (_INNER[words[-2]] if len(words) > 1 else model).keys()
        return f"unknown key {quote(key)}: {suggest(key, keys)}"
    if kind == "missing":
        return f"the key {quote(key)} is missing here"
    if kind in _SHOULD_BE:
        return f"{quote(key)} {_SHOULD_BE[kind]}"
    written = error["input"] if isinstance(error["input"], str) else ""
    if kind in ("enum", "literal_error"):
        if not isinstance(error["input"], str):
            return f"{quote(key)} {_SHOULD_BE['string_type']}"
        accepted = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return f"{quote(key)} cannot be {quote(written)}: {suggest(written, accepted)}"
    if kind == "string_too_long":
        return f"{quote(key)} is longer than {error['ctx']['max_length']} characters"
    return f"{quote(key)} cannot be {quote(written)}: {_FORMS[error['ctx']['pattern']]}"
