"""Conditions in words, and back.

    leadership.has-volunteers is yes
    a.b is not not-met and (c.d is 2 or not (e.f is yes))

`and` and `or` are never mixed without brackets, so there is one way to read a condition.
`all (…)` and `any (…)` stand for a group of one. A value that is no plain word is in quotes.
"""

from __future__ import annotations

import re

from s11audit.questionnaires.authoring.cell_words import WordsError, put
from s11audit.questionnaires.source import DEEPEST, Items, Section

_WORD = re.compile(r"""\s*([()]|"(?:[^"\\]|\\.)*"|[“”][^“”]*[“”]|[^\s()"“”]+)""")
_PLAIN = re.compile(r"[^\s()\"“”\\]+")
_KEPT = frozenset({"and", "or", "not", "all", "any", "is"})
_GROUPS = {"and": "all", "or": "any"}
_JOINED_BY = {"all": " and ", "any": " or "}
_EXAMPLE = "write it like “leadership.has-volunteers is yes”"


def in_words(condition: Section) -> str:
    """A sound condition in words."""
    if "question" in condition:
        key = "is" if "is" in condition else "is-not"
        verb = "is" if key == "is" else "is not"
        return f"{_word(condition['question'])} {verb} {_word(condition[key])}"
    key, inner = next(iter(condition.items()))
    if key == "not":
        return f"not ({in_words(inner)})"
    if len(inner) == 1:
        return f"{key} ({in_words(inner[0])})"
    return _JOINED_BY[key].join(_joined(one) for one in inner)


def _joined(condition: Section) -> str:
    """A condition as it stands beside another: in brackets if it is itself several."""
    inner = condition.get("all") or condition.get("any")
    several = isinstance(inner, list) and len(inner) > 1
    return f"({in_words(condition)})" if several else in_words(condition)


def _word(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _KEPT:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def condition_of(words: str, line: int) -> Section:
    """The condition that these words say, all of it on one line; raises WordsError."""
    return _Words(words, line).condition()


class _Words:
    """The words of one condition, taken one after the other."""

    def __init__(self, text: str, line: int) -> None:
        self._line = line
        self._words: list[str] = []
        at, text = 0, text.strip()
        while at < len(text):
            found = _WORD.match(text, at)
            if not found:
                raise WordsError("a quotation mark in this condition is not closed")
            self._words.append(found[1])
            at = found.end()
        self._words.reverse()  # the next one is the last, to be popped

    def condition(self) -> Section:
        whole = self._whole(0)
        if self._words:
            raise WordsError(f"“{self._words[-1]}” is not expected in this condition: {_EXAMPLE}")
        return whole

    def _next(self) -> str:
        """The next word that is kept for joining conditions, or "" for any other."""
        word = self._words[-1].lower() if self._words else ""
        return word if word in _KEPT or word in ("(", ")") else ""

    def _whole(self, depth: int) -> Section:
        if depth > DEEPEST:
            raise WordsError(f"this condition has brackets more than {DEEPEST} levels deep")
        parts = [self._one(depth)]
        joined_by = self._next()
        while self._next() in _GROUPS:
            if self._next() != joined_by:
                raise WordsError("put brackets around what “and” joins, or around what “or” joins")
            self._words.pop()
            parts.append(self._one(depth))
        return self._group(_GROUPS[joined_by], parts) if len(parts) > 1 else parts[0]

    def _one(self, depth: int) -> Section:
        word = self._next()
        if word == "(":
            return self._in_brackets(depth)
        if word in ("all", "any"):
            self._words.pop()
            return self._group(word, [self._in_brackets(depth)])
        if word == "not":
            self._words.pop()
            section = Section(self._line)
            inner = self._in_brackets(depth) if self._next() == "(" else self._is()
            put(section, "not", inner, self._line)
            return section
        return self._is()

    def _in_brackets(self, depth: int) -> Section:
        if self._next() != "(":
            raise WordsError("an opening bracket is missing in this condition")
        self._words.pop()
        inner = self._whole(depth + 1)
        if self._next() != ")":
            raise WordsError("a closing bracket is missing in this condition")
        self._words.pop()
        return inner

    def _is(self) -> Section:
        section = Section(self._line)
        put(section, "question", self._value(), self._line)
        if self._next() != "is":
            raise WordsError(f"the word “is” is missing in this condition: {_EXAMPLE}")
        self._words.pop()
        negated = self._next() == "not"
        if negated:
            self._words.pop()
        put(section, "is-not" if negated else "is", self._value(), self._line)
        return section

    def _value(self) -> str:
        word = self._words.pop() if self._words else ""
        if not word or word.lower() in _KEPT or word in ("(", ")"):
            raise WordsError(f"a word is missing in this condition: {_EXAMPLE}")
        if word[0] == '"' and len(word) > 1:
            return re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL)
        return word[1:-1] if word[0] in "“”" else word

    def _group(self, key: str, parts: list[Section]) -> Section:
        items = Items(self._line)
        for part in parts:
            items.append(part)
            items.lines.append(self._line)
        section = Section(self._line)
        put(section, key, items, self._line)
        return section
