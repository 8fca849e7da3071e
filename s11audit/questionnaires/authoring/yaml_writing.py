"""A tree of sections and lists → YAML in the style of the questionnaires that ship with s11audit.

What is written reads back as the same tree: texts keep every letter, space and line break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from s11audit.questionnaires.authoring.key_forms import forms_of
from s11audit.questionnaires.schema import FILE_PARTS
from s11audit.questionnaires.source import Section

WIDTH = 140
# A version is quoted even where no other word like it would have to be.
_QUOTED = frozenset({"version", "replaces"})
_BARE = frozenset({"is", "is-not", "earliest", "latest"}) | {
    key for part in FILE_PARTS for key, form in forms_of(part).items() if form.number
}
# What stands on one line where it is short enough: in braces or brackets.
_IN_LINE = frozenset({"rag", "when", "for", "with", "in", "was", "dropped"})
_ITEMS_IN_LINE = frozenset({"cites", "options", "rows"})
_SPACED = frozenset({"standards", "questions"})  # lists with an empty line before each item

_NOTHING = frozenset({"~", "null"})
_PRINTABLE = re.compile(
    "[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*"
)
_SPECIAL_START = re.compile(r"[-?:](\s|$)|[,\[\]{}#&*!|>'\"%@`]")
_LIKE_A_NUMBER = re.compile(r"[-+.]?[0-9][0-9_.:,eExX+-]*")
_SPECIAL_IN_LINE = re.compile(r"[,\[\]{}?:#&*!|>\"%@`]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_HARD_LINE = re.compile(r"^(\t|[ \t]+$)", re.MULTILINE)


def write_yaml(root: Section) -> str:
    """The questionnaire as the text of a YAML file; comments are not part of a tree."""
    lines = list(_section(root, 0))
    return "\n".join(_without_leading_blanks(lines)) + "\n"


def _section(section: Section, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, value in section.items():
        name = _key(key)
        if depth == 0 and key in ("introduction", "declaration", "scales", "rag", "standards"):
            yield ""
        if isinstance(value, str):
            yield from _text(f"{indent}{name}:", key, value, depth + 1)
        elif not value or (key in _IN_LINE and _fits(value, len(indent) + len(name) + 2)):
            yield f"{indent}{name}: {_in_line(value)}"
        else:
            yield f"{indent}{name}:"
            yield from _holder(value, depth + 1, key)


def _holder(value: Any, depth: int, key: str = "") -> Iterator[str]:
    return _section(value, depth) if isinstance(value, Section) else _items(value, depth, key)


def _items(items: list[Any], depth: int, key: str) -> Iterator[str]:
    indent = "  " * depth
    for item in items:
        if key in _SPACED:
            yield ""
        if isinstance(item, str):
            yield from _text(f"{indent}-", "", item, depth + 1)
        elif not item or (key in _ITEMS_IN_LINE and len(item) > 1 and _fits(item, len(indent) + 2)):
            yield f"{indent}- {_in_line(item)}"
        else:
            first, *others = _without_leading_blanks(list(_holder(item, depth + 1)))
            yield f"{indent}- {first.lstrip(' ')}"
            yield from others


def _text(before: str, key: str, text: str, depth: int) -> Iterator[str]:
    """The lines of a text, the first of them behind what stands before it."""
    if not _is_block(text):
        yield f"{before} {_scalar(text, key)}"
        return
    indent = "  " * depth
    body = text.removesuffix("\n")
    mark = "|" + ("2" if body[0] in " \n" else "") + ("" if text.endswith("\n") else "-")
    yield f"{before} {mark}"
    for line in body.split("\n"):
        yield f"{indent}{line}" if line else ""


def _is_block(text: str) -> bool:
    """Whether a text can stand as a block of lines, as they are."""
    return (
        "\n" in text
        and bool(text.strip())
        and not text.endswith("\n\n")
        and not _HARD_LINE.search(text)
        and bool(_PRINTABLE.fullmatch(text))
    )


def _scalar(text: str, key: str = "") -> str:
    """A text on one line, in quotes where it needs them."""
    if key in _QUOTED or _needs_quotes(text):
        return _quoted(text)
    if _LIKE_A_NUMBER.fullmatch(text) and key not in _BARE:
        return _quoted(text)
    return text


def _needs_quotes(text: str) -> bool:
    return (
        not text
        or text.lower() in _NOTHING
        or text != text.strip()
        or "\n" in text
        or "\t" in text
        or ": " in text
        or " #" in text
        or text.endswith(":")
        or text.startswith(("---", "..."))
        or bool(_SPECIAL_START.match(text))
        or not _PRINTABLE.fullmatch(text)
    )


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(sign) or _escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if _PRINTABLE.fullmatch(sign):
        return sign
    return f"\\u{ord(sign):04X}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08X}"


def _key(key: str) -> str:
    plain = not _SPECIAL_IN_LINE.search(key) and not _needs_quotes(key)
    return key if plain and len(key) <= WIDTH and key != "<<" else _quoted(key)


def _in_line(value: Any, key: str = "") -> str:
    if isinstance(value, Section):
        pairs = (f"{_key(name)}: {_in_line(inner, name)}" for name, inner in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_in_line(item, key) for item in value) + "]"
    return _quoted(value) if _SPECIAL_IN_LINE.search(value) else _scalar(value, key)


def _fits(value: Any, indent: int) -> bool:
    return indent + len(_in_line(value)) <= WIDTH


def _without_leading_blanks(lines: list[str]) -> list[str]:
    start = next((number for number, line in enumerate(lines) if line), len(lines))
    return lines[start:]
