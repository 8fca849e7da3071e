"""The stamp of a form that can come back: whose it is, and what it was written with.

It stands on a hidden sheet, a fact a row. Of each question it holds the digest of the answer that
was stored, and of what the form showed of it, so that what was changed in the form can be told
from what was changed on the website meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from s11audit.domain.answers import Answer
from s11audit.domain.filled_forms import boxes_only
from s11audit.domain.question_types import RowsType, type_of
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.shares import EVERYTHING, Share
from s11audit.exports.plain_text import plain

MARK = "s11audit form of a return"
EDITION = "1"


@dataclass(frozen=True)
class FormOfReturn:
    """The return that a form is of. `digests` are of the answers stored for it, by key.

    The form has the standards of `share`; `to_confirm` are keys of last time's answers.
    """

    reference: str
    digests: Mapping[str, str]
    to_confirm: Set[str] = frozenset()
    share: Share = EVERYTHING


@dataclass(frozen=True)
class Stamp:
    """What the hidden sheet says. `columns` has how many answer columns a standard's sheet has,
    `answers` the digests of what was stored and of what was shown, by question key.
    """

    reference: str
    questionnaire: str
    version: str
    sha256: str
    written_at: str
    columns: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def is_of(self, questionnaire: Questionnaire) -> bool:
        return self.sha256 == questionnaire.sha256

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The rows of the sheet, from the first."""
        yield MARK, EDITION
        yield "return", self.reference
        yield "questionnaire", self.questionnaire
        yield "version", self.version
        yield "sha256", self.sha256
        yield "written-at", self.written_at
        for standard, columns in self.columns.items():
            yield "columns", standard, str(columns)
        for key, (stored, shown) in self.answers.items():
            yield "answer", key, stored, shown


def stamp_in(sheets: Sequence[Mapping[str, Any]]) -> Stamp | None:
    """The stamp on any of these sheets, as `sheets_in` gives them; None where there is none."""
    for sheet in sheets:
        rows: dict[int, dict[int, str]] = {}
        for row, column, _, text in sheet["cells"]:
            rows.setdefault(row, {})[column] = text
        if rows.get(1, {}).get(1) == MARK and rows[1].get(2) == EDITION:
            return _stamp([[cells.get(n, "") for n in range(1, 5)] for cells in rows.values()])
    return None


def _stamp(rows: Sequence[Sequence[str]]) -> Stamp:
    facts = {name: text for name, text, *_ in rows}
    return Stamp(
        reference=facts.get("return", ""),
        questionnaire=facts.get("questionnaire", ""),
        version=facts.get("version", ""),
        sha256=facts.get("sha256", ""),
        written_at=facts.get("written-at", ""),
        columns={
            standard: int(number)
            for name, standard, number, _ in rows
            if name == "columns" and number.isdecimal() and 0 < int(number[:4]) < 250
        },
        answers={key: (stored, shown) for name, key, stored, shown in rows if name == "answer"},
    )


def digest_shown(question: Question, answer: Answer) -> str:
    """The digest of an answer as it comes out of the boxes of an untouched form."""
    return as_read(question, answer).digest


def as_read(question: Question, answer: Answer) -> Answer:
    """The answer as its boxes give it back: texts without spaces around them, and nothing that a
    cell cannot hold."""
    held = boxes_only(question, answer)
    promise = held.promise
    return Answer(
        value=_value_as_read(question, held.value),
        reason=tidy(held.reason),
        comment=tidy(held.comment),
        evidence=tidy(held.evidence),
        link=tidy(held.link),
        promise=type(promise)(tidy(promise.what), tidy(promise.post), promise.due_on),
    )


def _value_as_read(question: Question, value: str) -> str:
    kind = type_of(question)
    if not isinstance(kind, RowsType):
        return tidy(value)
    rows = [
        {name: text for name, cell in row.items() if (text := tidy(cell))}
        for row in kind.held(question, value)
    ]
    kept = [row for row in rows if row.keys() - {"row"}]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else ""


def tidy(text: str) -> str:
    """A text as a spreadsheet gives it back, without spaces around it."""
    return plain(text.replace("_x000D_", "\r")).strip()
