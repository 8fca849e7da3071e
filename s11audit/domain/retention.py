"""How long what is held of single cases is kept, and what deleting it leaves behind."""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from s11audit.domain.cases import HELD_STATUSES, CaseAuditStatus
from s11audit.domain.dates import long_date, today_in_london

# What has come to an end, and is kept for some months from then on.
ENDED_STATUSES: frozenset[CaseAuditStatus] = HELD_STATUSES | {CaseAuditStatus.CANCELLED}


class Held(StrEnum):
    """What an audit holds of single cases, by kind: all of it goes."""

    ANSWERS = "answers"
    EVENTS = "events"
    VIEWS = "views"
    CONFLICTS = "conflicts"
    NO_INVOLVEMENT = "no-involvement"
    SET_ASIDE = "set-aside"
    NOTES = "notes"
    REASONS = "reasons"
    FINDINGS = "findings"
    OUTCOMES = "outcomes"
    REFERENCES = "references"
    STRATA = "strata"


HELD_LABELS: dict[Held, str] = {
    Held.ANSWERS: "Answers on agencies’ files",
    Held.EVENTS: "Key events of chronologies",
    Held.VIEWS: "Views of children, families and practitioners",
    Held.CONFLICTS: "What auditors declared of knowing a case",
    Held.NO_INVOLVEMENT: "Reasons for no involvement",
    Held.SET_ASIDE: "Reasons why a case was set aside",
    Held.NOTES: "Notes of the panel",
    Held.REASONS: "Reasons of agreed grades",
    Held.FINDINGS: "Findings about one case",
    Held.OUTCOMES: "Outcomes of immediate concerns",
    Held.REFERENCES: "Local references and groups of the list that cases were drawn from",
    Held.STRATA: "Sizes of the groups that cases were drawn from",
}


class Stage(StrEnum):
    """Where an audit stands on the way to its deletion."""

    DUE = "due"
    LATER = "later"
    ON_HOLD = "on-hold"


@dataclass(frozen=True)
class Ending:
    """What decides when an audit is due: its status, the moment it ended, and a hold on it.

    `ended_at` is when its grades were signed off or, of one that was cancelled, when that was.
    """

    status: CaseAuditStatus
    ended_at: datetime | None
    is_held: bool = False
    is_emptied: bool = False


def due_on(ended_at: datetime, months: int) -> date:
    """The day of London on which so many months are over.

    Where that month is too short it is its last day: nothing is kept longer than was said.
    """
    ended = today_in_london(ended_at)
    year, month = divmod(ended.month - 1 + months, 12)
    year, month = ended.year + year, month + 1
    return date(year, month, min(ended.day, monthrange(year, month)[1]))


def stage_of(ending: Ending, months: int, today: date) -> Stage | None:
    """Whether its case-level content is due `today`; None of one that goes on or is emptied."""
    if ending.is_emptied or ending.status not in ENDED_STATUSES or ending.ended_at is None:
        return None
    if ending.is_held:
        return Stage.ON_HOLD
    return Stage.DUE if due_on(ending.ended_at, months) <= today else Stage.LATER


def not_written_because(emptied_at: datetime) -> str:
    """Why nothing is written any more about the cases of an audit, in a sentence or two."""
    return (
        f"{deleted_on(emptied_at)}, so nothing can be written about them any more. Recommendations "
        "and actions go on."
    )


def deleted_on(emptied_at: datetime) -> str:
    """What pages and workbooks say in place of what they had: the beginning of a sentence."""
    day = long_date(today_in_london(emptied_at))
    return f"What was held of single cases of this audit was deleted on {day}"


@dataclass(frozen=True)
class Signer:
    """Who proposed or approved a deletion: their account, name and role, and when."""

    user: int
    name: str
    role: str
    at: str


@dataclass(frozen=True)
class Certificate:
    """What a deletion leaves: what kinds, how many, of which audit, by whose order, and when.

    Nothing of what it said. `rows_sha256` is over the list of what was deleted or emptied.
    """

    partnership: str
    audit: str
    title: str
    ended_on: str
    due_on: str
    months: int
    counts: Mapping[str, int]
    rows_sha256: str
    deleted_at: str
    proposed_by: Signer | None = None
    approved_by: Signer | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def digest_of_rows(rows: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over lines of a table and a row's key each, in order."""
    lines = "".join(f"{table} {key}\n" for table, key in sorted(rows))
    return hashlib.sha256(lines.encode()).hexdigest()


def canonical(content: Any) -> str:
    """JSON of which there is one for each content, so that its digest can be compared."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def certificate_from(text: str) -> Certificate:
    """A certificate out of its canonical JSON."""
    content = json.loads(text)
    for name in ("proposed_by", "approved_by"):
        content[name] = Signer(**content[name]) if content[name] else None
    return Certificate(**content)
