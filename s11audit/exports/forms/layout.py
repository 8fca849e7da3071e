"""Reading `exports/form.yaml`: the words, widths and colours of the form of a questionnaire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

import yaml

from s11audit.exports.layout import COLOUR, LayoutError
from s11audit.exports.rows import Line
from s11audit.paths import EXPORTS


@dataclass(frozen=True)
class Headings:
    """What stands above the columns of a standard's sheet."""

    number: str
    question: str
    answer: str


@dataclass(frozen=True)
class Words:
    """What the form says around the words of the questionnaire itself."""

    only_if: str
    only_for: str
    or_: str
    and_: str
    not_: str
    is_: str
    is_not: str
    everybody: str
    critical: str
    optional: str
    good: str
    examples: str
    cites: str
    means: str
    one_of: str
    only_one: str
    unit: str
    choose_several: str
    choose_alone: str
    percentage: str
    reason: str
    comment: str
    evidence: str
    evidence_required: str
    evidence_when: str
    link: str
    action_what: str
    action_post: str
    action_due: str
    brought: str
    confirm: str
    sending: str
    sending_return: str
    between_levels: str
    cut: str


@dataclass(frozen=True)
class Messages:
    """What a cell says of the values that it takes."""

    choice: str
    whole: str
    decimal: str
    money: str
    between: str
    or_more: str
    or_less: str
    unit: str
    date: str
    month: str
    from_day: str
    to_day: str
    today: str
    text: str
    whole_of_part: str


@dataclass(frozen=True)
class FormLayout:
    """The form as a whole. Widths are in characters, colours RRGGBB."""

    title: str
    subject: str
    marking_filled: str
    read_me: str
    lists: str
    stamp: str
    number_width: float
    question_width: float
    answer_columns: int
    answer_width: float
    label_width: float
    text_width: float
    box_colour: str
    heading_colour: str
    band_colour: str
    most_rows: int
    agency: str
    post: str
    filled_by: str
    headings: Headings
    words: Words
    messages: Messages
    lines: tuple[Line, ...]

    @property
    def answers_width(self) -> float:
        return self.answer_columns * self.answer_width


def form_layout() -> FormLayout:
    """The layout that is shipped or edited beside the package; raises LayoutError."""
    return read_form_layout(EXPORTS / "form.yaml")


def read_form_layout(path: Path) -> FormLayout:
    """The layout in this file; raises LayoutError where a key is missing or not known."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise LayoutError(f"{path.name}: {error}") from error
    return _build(FormLayout, content, path.name)


def _build(cls: type[Any], content: Any, place: str) -> Any:
    """An object of this class from the keys of a mapping, all known and none missing."""
    if not isinstance(content, Mapping):
        raise LayoutError(f"{place}: must be keys and values")
    given = {str(key).replace("-", "_"): value for key, value in content.items()}
    values = {}
    hints = get_type_hints(cls)
    for each in fields(cls):
        key = each.name.rstrip("_")  # `or` and `not` cannot be names in Python
        if key not in given:
            raise LayoutError(f"{place}: lacks “{key.replace('_', '-')}”")
        values[each.name] = _value(given.pop(key), hints[each.name], f"{place}, {key}")
    for key in given:
        raise LayoutError(f"{place}: “{key.replace('_', '-')}” is not known")
    return cls(**values)


def _value(value: Any, wanted: Any, place: str) -> Any:
    if wanted in (Headings, Words, Messages):
        return _build(wanted, value, place)
    if wanted == tuple[Line, ...]:
        return tuple(Line(str(one.get("label", "")), str(one.get("text", ""))) for one in value)
    if wanted is str and place.endswith("_colour") and not COLOUR.fullmatch(str(value)):
        raise LayoutError(f"{place}: “{value}” must be six digits or letters, such as “8F1A0C”")
    if not isinstance(value, (int, float) if wanted is float else wanted):
        raise LayoutError(f"{place}: “{value}” must be {_KINDS[wanted]}")
    return value


_KINDS = {str: "text", int: "a whole number", float: "a number"}
