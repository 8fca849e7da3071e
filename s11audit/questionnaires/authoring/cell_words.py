r"""Lists and small parts as lines in one cell, and back.

A list has a line for each of its texts. A part, such as an option or a citation, is a line too:

    on-paper = On paper
    none = None of these | alone: yes
    guidance: Working Together | edition: 2026 | at: chapter 4 | checked: no

Where a sign would be misread a backslash stands before it: `\|`, `\=`, `\\`, and `\n` for a line
break within a text. Spaces around a line mean nothing; those of a text itself are written `\x20;`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from s11audit.questionnaires.authoring.key_forms import Form, KeyForm, forms_of
from s11audit.questionnaires.schema import FilePart
from s11audit.questionnaires.source import Items, Section

NONE = "[]"  # a list that is there and has nothing in it
NO_PAIRS = "{}"
LONGEST_ID = 60
_ESCAPED = re.compile(r"\\(?:([\\n|=])|x([0-9a-f]{1,6});)")
_LETTERS_BETWEEN = re.compile(r"[^a-z0-9]+")


class WordsError(Exception):
    """What is written in a cell cannot be understood; the text says how it should be."""


def id_from(words: str, longest: int = LONGEST_ID) -> str:
    """An id made of words: “On paper” → `on-paper`; "" where nothing is left of them."""
    plain = unicodedata.normalize("NFKD", words.lower().replace("’", "")).encode("ascii", "ignore")
    id_ = _LETTERS_BETWEEN.sub("-", plain.decode()).strip("-")
    if len(id_) > longest:
        id_ = id_[: longest + 1].rpartition("-")[0] or id_[:longest]
    return id_


def cell_of(value: Section | Items, form: KeyForm) -> str:
    """The text of the cell that holds a list, parts or pairs."""
    if isinstance(value, Section):
        pairs = (f"{_escape(name, '=')} = {_escape(text)}" for name, text in value.items())
        return "\n".join(pairs) or NO_PAIRS
    if form.part:
        model = form.part
        return "\n".join(_part_line(part, model) for part in value) or NONE
    if not form.free:
        return "\n".join(value) or NONE
    lines = [_escape(text) for text in value]
    return "\\x5b;]" if lines == [NONE] else "\n".join(lines) or NONE


def value_of(cell: str, form: KeyForm, line: int) -> Section | Items:
    """The list, parts or pairs that a cell holds; raises WordsError."""
    if form.form is Form.PAIRS:
        return _pairs(cell, line)
    items = Items(line)
    if cell.strip() != NONE:
        for words in _lines(cell) if form.free or form.part else _codes(cell):
            items.append(_part(words, form.part, line) if form.part else words)
            items.lines.append(line)
    if form.free:
        items[:] = [_unescape(words) for words in items]
    return items


def put(section: Section, key: str, value: str | Section | Items, line: int) -> None:
    """Give a section a value, and the line on which it stands."""
    section[key] = value
    section.lines[key] = line


def _pairs(cell: str, line: int) -> Section:
    section = Section(line)
    for words in _lines(cell) if cell.strip() != NO_PAIRS else ():
        name, *text = _split(words, "=", 1)
        if not text:
            raise WordsError("write a line “level = what it means” for each level")
        if (key := _unescape(name.strip())) in section:
            raise WordsError(f"“{key}” is here twice")
        put(section, key, _unescape(text[0].strip()), line)
    return section


def _part_line(part: Section, model: type[FilePart]) -> str:
    rest, start = dict(part), []
    if "label" in forms_of(model):
        start = [f"{_escape(rest.pop('id'), '|=')} = {_escape(rest.pop('label'), '|')}"]
    keys = [key for key in forms_of(model) if key in rest]
    return " | ".join([*start, *(f"{key}: {_escape(rest[key], '|')}" for key in keys)])


def _part(words: str, model: type[FilePart], line: int) -> Section:
    section = Section(line)
    segments = _split(words, "|")
    if "label" in forms_of(model):
        id_, *label = _split(segments.pop(0), "=", 1)
        text = _unescape((label[0] if label else id_).strip())
        put(section, "id", _unescape(id_.strip()) if label else id_from(text), line)
        put(section, "label", text, line)
    for segment in segments:
        key, colon, text = segment.partition(":")
        key = key.strip().lower()
        if not colon:
            example = "label = Label | key: text" if section else "law: Children Act 2004 s11(2)(a)"
            raise WordsError(f"“{segment.strip()}” is not clear: write it like “{example}”")
        if key in section:
            raise WordsError(f"“{key}” is twice on one line")
        put(section, key, _unescape(text.strip()), line)
    return section


def _lines(cell: str) -> Iterator[str]:
    return (line.strip() for line in cell.split("\n") if line.strip())


def _codes(cell: str) -> list[str]:
    """Codes have no spaces in them, so commas may stand between them too."""
    return re.split(r"[,;\s]+", cell.strip(", ;\n\t"))


def _split(words: str, mark: str, most: int = -1) -> list[str]:
    """The pieces between the marks that no backslash stands before."""
    pieces: list[str] = []
    start = at = 0
    while at < len(words) and most != len(pieces):
        if words[at] == "\\":
            at += 1
        elif words[at] == mark:
            pieces.append(words[start:at])
            start = at + 1
        at += 1
    return [*pieces, words[start:]]


def _escape(text: str, marks: str = "") -> str:
    for sign in ("\\", *marks):
        text = text.replace(sign, f"\\{sign}")
    text = text.replace("\n", "\\n")
    if text[:1].isspace():
        text = f"\\x{ord(text[0]):x};{text[1:]}"
    if text[-1:].isspace():
        text = f"{text[:-1]}\\x{ord(text[-1]):x};"
    return text


def _unescape(text: str) -> str:
    return _ESCAPED.sub(_meant, text)


def _meant(found: re.Match[str]) -> str:
    sign, number = found.groups()
    if sign:
        return "\n" if sign == "n" else sign
    code = int(number, 16)
    return chr(code) if code < 0x110000 else found[0]
