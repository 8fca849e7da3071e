"""What somebody typed, given back on the page that says why it could not be saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request
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
_OTHERS = frozenset({"note", "reason", "text", "what", "said", "outcome"})
_STEP_TEXT = "-text"
# Controls of the identifier guard beside a box.
_BESIDE = "-guard-"

# The field by which a form that was kept says so when it is sent.
KEPT_UNDER = "kept-under"
# What is never kept: it is secret, or is of one page only.
_SECRETS = frozenset({"csrf_token", "password", "current", "new", "again", "code", KEPT_UNDER})
_PASSWORD = "password"  # noqa: S105 - how names of such boxes end
# What a page says of itself, and nobody typed.
_OF_THE_PAGE = frozenset({"next", "version", "snapshot", "seen"})


@dataclass(frozen=True)
class TypedText:
    """One text, and the box that it was typed into as a person would call it."""

    box: str
    text: str


def typed_texts() -> list[TypedText]:
    """The texts of the form that was sent, in its order; never a password.

    Another site's form is not repeated, or it could make a page of ours say anything.
    """
    return texts_of(_sent()) if is_from_our_pages() else []


def kept_fields() -> list[tuple[str, str]]:
    """All fields of the form that was sent, but for secrets; none where nothing is filled in."""
    fields = [(name, text) for name, text in _sent() if not _is_secret(name)]
    return fields if any(text.strip() for name, text in fields if _is_typed(name)) else []


def texts_of(fields: Iterable[tuple[str, str]], all_boxes: bool = False) -> list[TypedText]:
    """What to show of fields: boxes that hold texts, or whatever a person fills in."""
    named = _any_box if all_boxes else _box
    return [TypedText(box, text) for name, text in fields if text.strip() and (box := named(name))]


def is_from_our_pages() -> bool:
    """Whether the browser says, as far as it says anything, that a page of ours sent this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    known = {request.host, urlsplit(current_app.extensions["s11audit"].settings.base_url).netloc}
    return origin is None or urlsplit(origin).netloc in known


def _sent() -> list[tuple[str, str]]:
    try:
        return list(request.form.items(multi=True))
    except HTTPException:
        return []


def _is_secret(name: str) -> bool:
    return name in _SECRETS or name.endswith(_PASSWORD)


def _is_typed(name: str) -> bool:
    return name.rpartition("__")[2] not in _OF_THE_PAGE


def _box(name: str) -> str:
    """What a box is called, or nothing where it does not hold a text."""
    if _BESIDE in name:
        return ""
    question, separator, part = name.rpartition("__")
    part, _, cell = part.partition("-")
    if separator and part in _ANSWER_PARTS:
        asked = _in_words(question)
        return f"{asked}: {_ANSWER_PARTS[Part(part)]}{_place(cell)}"
    if name in _OTHERS:
        return name.capitalize()
    return "Text" if name.endswith(_STEP_TEXT) else ""


def _any_box(name: str) -> str:
    """What a box is called that somebody fills in, whatever it holds."""
    is_of_an_answer = "__" in name or _BESIDE in name
    return _box(name) or ("" if is_of_an_answer or not _is_typed(name) else _in_words(name))


def _in_words(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()


def _place(cell: str) -> str:
    """The box of an answer that has several: of a table its row, counted from 1, and column."""
    row, _, column = cell.partition("-")
    if row.isdecimal() and column:
        return f", row {int(row) + 1}, {column.replace('_', ' ')}"
    return f", {cell}" if cell else ""
