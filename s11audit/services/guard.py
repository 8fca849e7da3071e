"""Remembering that something which may identify somebody was noticed: what kind, and where.

Never the text, nor how long it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from s11audit.domain.guard import Kind
from s11audit.domain.guard.policy import Reason
from s11audit.services.events import Belonging, Happening, record_all


class Outcome(StrEnum):
    """What became of the text; the value is the kind of its event."""

    NOTICED = "identifier-noticed"
    CONFIRMED = "identifier-confirmed"
    BLOCKED = "identifier-blocked"


@dataclass(frozen=True)
class Finding:
    """One kind in one box, such as `board-lead: comment`; `reason` where somebody gave one.

    `box` is empty where its name would tell what was answered.
    """

    outcome: Outcome
    kind: Kind
    box: str
    reason: Reason | None = None


def remember_findings(
    session: Session,
    findings: Sequence[Finding],
    subject: str,
    *,
    of: Belonging | None,
    by: int | None,
    now: datetime,
) -> None:
    """Append an event for each finding. `subject` names the thing that the text belongs to
    (`return S11-2026-POL`), `by` is a user's id, or None for somebody without an account."""
    if not findings:
        return
    happenings = [Happening(one.outcome, subject, _detail(one), of) for one in findings]
    record_all(session, happenings, by=by, at=now)


def _detail(finding: Finding) -> dict[str, str]:
    detail = {"looks_like": finding.kind.value}
    detail |= {"box": finding.box} if finding.box else {}
    return detail | ({"reason": finding.reason.value} if finding.reason else {})
