"""What somebody typed, given back on the page that says why it could not be saved."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import HTTPException

from s11audit.domain.answers import Part

# Boxes that hold texts: an answer's, by the last word of their names in words, and all others.
_ANSWER_PARTS = {
    Part.VALUE: "answer",
    Part.REASON: "why it does not apply",
    Part.COMMENT: "comment",
    Part.EVIDENCE: "evidence",
    Part.LINK: "link to the evidence",
    Part.ACTION_WHAT: "action",
    Part.ACTION_POST: "responsible post",
}
_OTHERS = frozenset({"note", "reason", "text"})
_STEP_TEXT = "-text"


@dataclass(frozen=True)
class TypedText:
    """One text, and the box that it was typed into as a person would call it."""

    box: str
    text: str


def typed_texts() -> list[TypedText]:
    """The texts of the form that was sent, in its order; never a password.

    Another site's form is not repeated, or it could make a page of ours say anything.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return []
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:
        return []
    return [TypedText(box, text) for name, text in sent if text.strip() and (box := _box(name))]


def _box(name: str) -> str:
    """What a box is called, or nothing where it does not hold a text."""
    question, separator, part = name.rpartition("__")
    part, _, cell = part.partition("-")
    if separator and part in _ANSWER_PARTS:
        asked = question.replace("-", " ").replace("_", " ").capitalize()
        return f"{asked}: {_ANSWER_PARTS[Part(part)]}{_place(cell)}"
    if name in _OTHERS:
        return name.capitalize()
    return "Text" if name.endswith(_STEP_TEXT) else ""


def _place(cell: str) -> str:
    """The box of an answer that has several: of a table its row, counted from 1, and column."""
    row, _, column = cell.partition("-")
    if row.isdecimal() and column:
        return f", row {int(row) + 1}, {column.replace('_', ' ')}"
    return f", {cell}" if cell else ""
