"""Lined YAML → checked parts: each part by its own model, so one fault does not hide the next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from s11audit.questionnaires.faults import FaultCollector, quote, suggest
from s11audit.questionnaires.schema import (
    NUMBER_PATTERN,
    QUESTION_KEY_PATTERN,
    SLUG_PATTERN,
    STAND_INS,
    VERSION_PATTERN,
    WHOLE_NUMBER_PATTERN,
    CitationPart,
    FilePart,
    LevelPart,
    OptionPart,
    QuestionnairePart,
    QuestionPart,
    ScalePart,
    StandardPart,
    ThresholdsPart,
)
from s11audit.questionnaires.source import Items, Section, line_at

PartModel = TypeVar("PartModel", bound=FilePart)

_INNER: dict[str, type[FilePart]] = {
    "rag": ThresholdsPart,
    "cites": CitationPart,
    "options": OptionPart,
}
_FORMS: dict[str, str] = {
    SLUG_PATTERN: "use lower-case letters, digits and single hyphens, such as “board-lead”",
    VERSION_PATTERN: "use letters and digits, such as “2026” or “2026.1”",
    NUMBER_PATTERN: "write a number, such as 60 or 0.5",
    WHOLE_NUMBER_PATTERN: "write a whole number of 0 or more",
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
class StandardParts:
    part: Part[StandardPart]
    questions: tuple[Part[QuestionPart], ...]


@dataclass(frozen=True)
class FileParts:
    """All the parts of one file. `scales` has every scale that could be made out, by name."""

    head: Part[QuestionnairePart]
    scales: Mapping[str, ScaleParts]
    standards: tuple[StandardParts, ...]
    scale_names: frozenset[str] = field(default_factory=frozenset)

    def questions(self) -> Iterator[tuple[str, StandardParts, Part[QuestionPart]]]:
        """Key, standard and question of every question, in the order of the file."""
        for standard in self.standards:
            for question in standard.questions:
                yield f"{standard.part.id}.{question.id}", standard, question


class PartReader:
    """Reads one file's parts and collects what is wrong with the form of each."""

    def __init__(self, faults: FaultCollector) -> None:
        self._faults = faults

    def read(self, root: Section) -> FileParts:
        head = self._part(QuestionnairePart, root)
        scales = {
            name: self._scale(raw, head.line("scales", name))
            for name, raw in head.values.scales.items()
        }
        standards = [self._standard(raw, line) for raw, line in _lined(root.get("standards"))]
        return FileParts(
            head=head,
            scales={name: scale for name, scale in scales.items() if scale},
            standards=tuple(standard for standard in standards if standard),
            scale_names=frozenset(scales),
        )

    def _scale(self, raw: Any, line: int) -> ScaleParts | None:
        if isinstance(raw, Items):  # the short form: nothing but the levels
            short, raw = raw, Section(line)
            raw["levels"], raw.lines["levels"] = short, line
        part = self._part_of(ScalePart, raw, line, "a scale")
        if part is None:
            return None
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
        questions = [
            self._part_of(QuestionPart, question, at, "a question")
            for question, at in _lined(raw.get("questions"))
        ]
        return StandardParts(part, tuple(question for question in questions if question))

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
