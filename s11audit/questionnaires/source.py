"""YAML text → mappings, lists and strings that know the lines they stand on.

The parser's events are followed one by one, not composed into nodes first: the C composer calls
itself for every level and dies of 100,000 opening brackets, while here the first level too deep
ends the reading. Every scalar stays the text that was written (`no` is not False, 2026.10 is not
2026.1). Anchors, aliases, tags and merge keys are refused, so nothing can be expanded or built.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from s11audit.questionnaires.faults import FaultCollector, quote

LARGEST_FILE = 2_000_000
DEEPEST = 64
MOST_NODES = 100_000

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NOTHING = frozenset({"~", "null", "Null", "NULL"})
_UNUSABLE = "\0"  # stands for a key whose value is read and forgotten

# What the parser says → what the writer of the file can do about it.
_HINTS: tuple[tuple[str, str], ...] = (
    ("mapping values are not allowed", "put text that contains a colon and a space in quotes"),
    ("cannot start any token", "put text that begins with a special sign in quotes"),
    ("could not find expected ':'", "write “key: value”, with a space after the colon"),
    ("did not find expected key", "check the indentation and the quotes here and just above"),
    ("expected <block end>", "check the indentation and the quotes here and just above"),
    ("did not find expected '-'", "begin every item of the list with “- ”, equally indented"),
    ("',' or", "check the commas and the closing bracket"),
    ("unexpected end of stream", "close the quotes or brackets that were opened"),
    ("unknown escape character", "use single quotes, or write two backslashes"),
)


class Section(dict[str, Any]):
    """A mapping. `lines` gives the line of each key, `unquoted` the keys with bare values."""

    __slots__ = ("line", "lines", "pending", "unquoted")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.unquoted: set[str] = set()
        self.pending: str | None = None


class Items(list[Any]):
    """A list. `lines` gives the line of each item."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def line_at(holder: object, place: Sequence[str | int]) -> int:
    """The line of what stands at `place` (keys and indexes) or, where it is missing, around it."""
    line: int = getattr(holder, "line", 1)
    for step in place:
        if isinstance(holder, Section) and isinstance(step, str) and step in holder.lines:
            line, holder = holder.lines[step], holder.get(step)
        elif isinstance(holder, Items) and isinstance(step, int) and step < len(holder):
            line, holder = holder.lines[step], holder[step]
        else:
            break
    return line


def control_character(text: str) -> str:
    """The fault of a text that has a control character, line breaks and tabs apart; or ""."""
    wrong = _CONTROL.search(text)
    return f"the control character U+{ord(wrong.group()):04X} is not text" if wrong else ""


def read_bytes(path: Path, faults: FaultCollector) -> bytes:
    """The bytes of a file of acceptable size; raises QuestionnaireFaultsError."""
    raw = b""
    try:
        if path.is_file():
            with path.open("rb") as file:
                raw = file.read(LARGEST_FILE + 1)
        else:
            faults.add(1, "this is not a file" if path.exists() else "there is no such file")
    except (OSError, ValueError) as error:
        faults.add(1, f"the file cannot be read: {getattr(error, 'strerror', None) or error}")
    faults.raise_if_any()
    return raw


def read_source(raw: bytes, faults: FaultCollector) -> Section:
    """The mapping that the text is; faults that do not end the reading are added to `faults`.

    Raises QuestionnaireFaultsError where nothing can be made of it.
    """
    if len(raw) > LARGEST_FILE:
        faults.add(1, f"the file is larger than {LARGEST_FILE:,} bytes; no questionnaire is")
        faults.raise_if_any()
    root = _Reading(faults).of(_decoded(raw, faults))
    if not isinstance(root, Section):
        faults.raise_if_any()
        faults.add(1, "the file is empty" if not root else "the file must be made of “key: value”")
        faults.raise_if_any()
        raise AssertionError
    return root


def _decoded(raw: bytes, faults: FaultCollector) -> str:
    text = ""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.add(line, "this is not UTF-8 text; save the file with the encoding UTF-8")
    if wrong := _NOT_TEXT.search(text):
        line = text.count("\n", 0, wrong.start()) + 1
        faults.add(line, f"the control character U+{ord(wrong.group()):04X} does not belong here")
    faults.raise_if_any()
    return text


class _Reading:
    """One pass over the events of one file."""

    def __init__(self, faults: FaultCollector) -> None:
        self._faults = faults
        self._root: Any = None
        self._open: list[Section | Items] = []
        self._nodes = 0
        self._documents = 0

    def of(self, text: str) -> Any:
        loader = _LOADER(text)
        try:
            reached_the_end = self._follow(loader)
        except yaml.MarkedYAMLError as error:
            self._add_syntax_fault(error, text)
            reached_the_end = False
        except yaml.YAMLError as error:
            self._faults.add(1, f"this is not YAML: {error}")
            reached_the_end = False
        finally:
            loader.dispose()
        if not reached_the_end:  # half a file would only seem to lack what comes later
            self._faults.raise_if_any()
        return self._root

    def _follow(self, loader: Any) -> bool:
        """Take one event after the other; whether the last one was reached."""
        while True:
            event = loader.get_event()
            kind = event.__class__
            if kind is yaml.ScalarEvent:
                self._take_scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open_holder(event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._open.pop()
            elif kind is yaml.AliasEvent:
                self._refuse(event, f"the alias *{event.anchor} is not used here; repeat the text")
                self._place(f"*{event.anchor}", event.start_mark.line + 1)
            elif kind is yaml.DocumentStartEvent:
                self._documents += 1
            elif kind is yaml.StreamEndEvent:
                return True
            if self._nodes > MOST_NODES or len(self._open) > DEEPEST or self._documents > 1:
                self._refuse(event, self._excess())
                return False

    def _excess(self) -> str:
        if self._documents > 1:
            return "a second document begins here; one file holds one"
        if len(self._open) > DEEPEST:
            return f"this is nested more than {DEEPEST} levels deep"
        return f"the file holds more than {MOST_NODES:,} values; none should"

    def _refuse(self, event: Any, message: str) -> None:
        self._faults.add(event.start_mark.line + 1, message)

    def _refuse_marks(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, f"the anchor &{event.anchor} is not used here; remove it")
        if event.tag is not None:
            written = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(event, f"the tag {quote(written)} is not used here; remove it")

    def _take_scalar(self, event: Any) -> None:
        text: str = event.value
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event)
        if event.style == '"' and (wrong := control_character(text)):
            self._refuse(event, wrong)
            text = _CONTROL.sub("", text)
        if not event.style and text in _NOTHING:
            self._refuse(event, f"{quote(text)} means nothing here; use quotes or leave it out")
        self._place(text, event.start_mark.line + 1, unquoted=not event.style)

    def _open_holder(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event)
        line = event.start_mark.line + 1
        mapping = event.__class__ is yaml.MappingStartEvent
        holder = Section(line) if mapping else Items(line)
        self._place(holder, line)
        self._open.append(holder)

    def _place(self, value: Any, line: int, unquoted: bool = False) -> None:
        """Put a value where it belongs: the whole, an item, a key, or the value of a key."""
        self._nodes += 1
        if not self._open:
            self._root = value
            return
        holder = self._open[-1]
        if isinstance(holder, Items):
            holder.append(value)
            holder.lines.append(line)
        elif holder.pending is None:
            holder.pending = self._key(holder, value, line)
        else:
            if holder.pending is not _UNUSABLE:
                holder[holder.pending] = value
                if unquoted:
                    holder.unquoted.add(holder.pending)
            holder.pending = None

    def _key(self, holder: Section, key: Any, line: int) -> str:
        if not isinstance(key, str) or not key:
            self._faults.add(line, "a key must be a word")
        elif key == "<<":
            self._faults.add(line, "the merge key << is not used here; repeat the keys")
        elif key in holder.lines:
            first = holder.lines[key]
            self._faults.add(line, f"duplicate key {quote(key)}: line {first} has it already")
        else:
            holder.lines[key] = line
            return key
        return _UNUSABLE

    def _add_syntax_fault(self, error: yaml.MarkedYAMLError, text: str) -> None:
        mark = error.problem_mark or error.context_mark
        index = mark.line if mark else 0
        lines = text.split("\n")
        written = lines[index] if index < len(lines) else ""
        problem = error.problem or "it cannot be read"
        if "\t" in written[: len(written) - len(written.lstrip())]:
            message = "a tab stands in the indentation; use spaces"
        else:
            hint = next((hint for part, hint in _HINTS if part in problem), "")
            message = f"this is not YAML ({problem})" + (f"; {hint}" if hint else "")
        self._faults.add(index + 1, message)
