"""What kind of value each key of a questionnaire file takes, as its model in `schema` says.

Whatever writes or reads a questionnaire in another shape goes by this, so that a key that is added
to the schema is there everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from s11audit.questionnaires.schema import (
    ColumnPart,
    FilePart,
    LevelPart,
    Number,
    QuestionPart,
    StandardPart,
    Text,
    WholeNumber,
    key_of,
)

# The order in which people read and write the keys; those that are not named here come last.
_FIRST: tuple[str, ...] = (
    *("questionnaire", "version", "replaces", "kind", "id", "title", "part", "heading"),
    *("type", "scale", "ask", "label", "meaning", "summary", "help", "good", "examples"),
    *("means", "cites", "required", "critical", "evidence", "action", "for", "with", "in", "when"),
    *("was", "carry", "why-afresh", "tests", "options"),
)
_LAST: tuple[str, ...] = ("dropped", "scales", "rag", "standards", "questions", "columns", "rows")
_PARTS_OF_KEYS: dict[str, type[FilePart]] = {
    "columns": ColumnPart,
    "levels": LevelPart,
    "questions": QuestionPart,
    "standards": StandardPart,
}


class Form(Enum):
    """How the value of a key is built."""

    TEXT = auto()
    TEXTS = auto()  # a list of texts
    PARTS = auto()  # a list of parts that fit on a line each
    PAIRS = auto()  # texts by name
    INNER = auto()  # one part
    CONDITION = auto()
    LONG_PARTS = auto()  # parts that need a table of their own


@dataclass(frozen=True)
class KeyForm:
    """One key: its form, and what may stand in it.

    `part` is the model of its part or parts, `choices` the only words allowed ((): any); `free`
    says whether the words are anybody's own, not codes or numbers; `number` is for those.
    """

    key: str
    form: Form
    part: type[FilePart] | None = None
    choices: tuple[str, ...] = ()
    free: bool = False
    number: bool = False


@cache
def forms_of(model: type[FilePart]) -> dict[str, KeyForm]:
    """The form of every key of a part, in plain order."""
    hints = get_type_hints(model, include_extras=True)
    forms = {key_of(name): _form(key_of(name), hints[name]) for name in model.model_fields}
    return {key: forms[key] for key in sorted(forms, key=lambda key: _rank(forms[key]))}


def _rank(form: KeyForm) -> tuple[int, int]:
    if form.key in _FIRST:
        return (0, _FIRST.index(form.key))
    if form.key in _LAST and form.form is not Form.TEXT:
        return (2, _LAST.index(form.key))
    return (1, 0)  # as they stand in the model: sorting keeps that order


def _form(key: str, hint: Any) -> KeyForm:
    hint = _without_none(hint)
    if hint is Any:
        return KeyForm(key, Form.CONDITION)
    if hint == Text:
        return KeyForm(key, Form.TEXT, free=True)
    if get_origin(hint) is list:
        return _list_form(key, get_args(hint)[0])
    if get_origin(hint) is dict:
        long = get_args(hint)[1] is Any
        return KeyForm(key, Form.LONG_PARTS if long else Form.PAIRS, free=True)
    if _is_part(hint):
        return KeyForm(key, Form.INNER, part=hint)
    number = hint in (Number, WholeNumber)
    return KeyForm(key, Form.TEXT, choices=_choices(hint), number=number)


def _list_form(key: str, item: Any) -> KeyForm:
    if item is Any:
        return KeyForm(key, Form.LONG_PARTS, part=_PARTS_OF_KEYS[key])
    if _is_part(item):
        return KeyForm(key, Form.PARTS, part=item)
    return KeyForm(key, Form.TEXTS, free=item == Text)


def _is_part(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    return next(one for one in get_args(hint) if one is not type(None))


def _choices(hint: Any) -> tuple[str, ...]:
    while get_origin(hint) is not Literal and get_args(hint):  # Annotated[Literal[…], …]
        hint = get_args(hint)[0]
    if get_origin(hint) is Literal:
        return tuple(str(word) for word in get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return tuple(str(word) for word in hint)
    return ()
