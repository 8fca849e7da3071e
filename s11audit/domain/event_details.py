"""What an event remembers besides its kind, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from s11audit.domain.dates import long_date
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import ROLE_LABELS, Role

# Fingerprints prove something to a machine and say nothing to a person.
_FOR_MACHINES = frozenset({"sha256", "snapshot", "questionnaire_sha256"})
# What is counted, where detail has a number or a list of them.
_COUNTED = {
    "answers": ("answer", "answers"),
    "brought_forward": ("answer brought forward", "answers brought forward"),
    "confirmed": ("answer confirmed", "answers confirmed"),
    "entries": ("entry", "entries"),
    "events": ("event", "events"),
    "cases": ("case", "cases"),
    "contents": ("content", "contents"),
    "files": ("file", "files"),
    "grades": ("agreed grade", "agreed grades"),
    "given": ("standard given", "standards given"),
    "mails": ("message", "messages"),
    "no_longer_ready": ("standard no longer ready", "standards no longer ready"),
    "questions": ("question", "questions"),
    "returns": ("return", "returns"),
    "texts": ("text", "texts"),
    "taken_back": ("standard taken back", "standards taken back"),
    "voided": ("signature made void", "signatures made void"),
}


def detail_in_words(detail: Mapping[str, Any]) -> str:
    """`18 December 2026 → 8 January 2027`, or `R1-compliance.xlsx, 12 returns`; may be empty."""
    said = []
    if "before" in detail or "after" in detail:
        before, after = detail.get("before"), detail.get("after")
        said.append(f"{_value(before)} → {_value(after)}")
    rest = {key: held for key, held in detail.items() if key not in ("before", "after")}
    said += [words for key, held in rest.items() if (words := _fact(key, held))]
    return ", ".join(said)


def _fact(key: str, held: Any) -> str:
    if key in _FOR_MACHINES or held is False or held in (None, "", []):
        return ""
    if key in _COUNTED and isinstance(held, int | list):
        count = held if isinstance(held, int) else len(held)
        return counted(count, *_COUNTED[key])
    if key == "file":
        return str(held)
    if key == "role":
        return ROLE_LABELS[Role(held)] if held in set(Role) else str(held)
    name = key.replace("_", " ")
    return name if held is True else f"{name} {_value(held)}"


def _value(held: Any) -> str:
    """Dates as people read them; several as a list; nothing, yes and no by their names."""
    if isinstance(held, bool):
        return "yes" if held else "no"
    if held in (None, "", []):
        return "none"
    if isinstance(held, list):
        return ", ".join(_value(one) for one in held)
    if isinstance(held, str):
        try:
            return long_date(date.fromisoformat(held))
        except ValueError:
            return held if held != held.lower() else held.replace("-", " ")
    return str(held)
