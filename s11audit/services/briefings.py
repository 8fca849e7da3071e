"""Writing, issuing and taking back the learning briefing of a case audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.briefings import (
    BRIEFING_BOXES,
    LINKS,
    LONGEST_CONTACT,
    LONGEST_TITLE,
    NEEDED_BOXES,
    cases_named,
    lines_on_paper,
    lines_without_link,
)
from s11audit.domain.cases import HELD_STATUSES, BriefingAudience
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import Briefing, CaseAudit
from s11audit.queries.briefings import briefing_of, local_references
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError

IS_ISSUED = "This briefing is issued. Take it back to change it."


class ChangedBriefingError(Exception):
    """Somebody else has saved the briefing since its page was shown."""


@dataclass(frozen=True)
class BriefingText:
    """What a briefing says: its title, its six boxes by name, and whom to ask."""

    title: str
    boxes: Mapping[str, str]
    contact: str = ""

    @property
    def named(self) -> dict[str, str]:
        """Every text, by the name of its column."""
        return {"title": self.title, **self.boxes, "contact": self.contact}


def text_of(briefing: Briefing) -> BriefingText:
    """What a briefing says now."""
    boxes = {box.name: getattr(briefing, box.name) for box in BRIEFING_BOXES}
    return BriefingText(briefing.title, boxes, briefing.contact)


def faults_in(session: Session, audit: CaseAudit, text: BriefingText) -> dict[str, str]:
    """Name of a text → what is wrong with it: too long for its share of the page, names a case."""
    locals_ = local_references(session, audit.id)
    faults = {}
    for name, said in text.named.items():
        if named := cases_named(said, locals_):
            faults[name] = f"Take out “{named[0]}”: a briefing says nothing of single cases"
        elif fault := _does_not_fit(name, said):
            faults[name] = fault
    if not text.title.strip():
        faults["title"] = "Enter a title"
    return faults


def write_briefing(
    session: Session,
    audit: CaseAudit,
    text: BriefingText,
    *,
    by: Viewer,
    now: datetime,
    version: int,
) -> None:
    """Save what a briefing says. `version` is that of the page; 0 where none was begun.

    Raises PermissionError for a stranger, RefusedError (the name of a text), ChangedBriefingError
    where somebody else has saved it meanwhile, and StepNotAllowedError once it is issued.
    """
    _check_may(audit, by)
    for name, fault in faults_in(session, audit, text).items():
        raise RefusedError(name, fault)
    if version == 0:
        _begin(session, audit, text, now)
    else:
        _change(session, audit, version, Briefing.issued_at.is_(None), now, **text.named)
    _record(session, "briefing-written", audit, by, now)


def issue(
    session: Session,
    audit: CaseAudit,
    audience: BriefingAudience,
    *,
    by: Viewer,
    now: datetime,
    version: int,
) -> None:
    """Give a briefing to its readers. It is fixed from then on, until it is taken back.

    Raises PermissionError for a stranger, RefusedError (the name of a text that is empty, or that
    names a case), ChangedBriefingError, and StepNotAllowedError before the panel has agreed.
    """
    _check_may(audit, by)
    if audit.status not in HELD_STATUSES:
        raise StepNotAllowedError("A briefing is issued once the panel’s grades are signed off.")
    briefing = briefing_of(session, audit)
    if briefing is None or briefing.version != version:
        raise ChangedBriefingError
    text = text_of(briefing)
    for name in NEEDED_BOXES:
        if not text.boxes[name].strip():
            raise RefusedError(name, "Write something here before you issue the briefing")
    for name, fault in faults_in(session, audit, text).items():
        raise RefusedError(name, fault)
    _change(
        session, audit, version, Briefing.issued_at.is_(None), now, issued_at=now, audience=audience
    )
    _record(session, "briefing-issued", audit, by, now, audience=str(audience))


def take_back(
    session: Session, audit: CaseAudit, *, by: Viewer, now: datetime, version: int
) -> None:
    """Take a briefing from its readers, to change it.

    Raises PermissionError for a stranger, ChangedBriefingError, StepNotAllowedError where it is
    not issued.
    """
    _check_may(audit, by)
    _change(session, audit, version, Briefing.issued_at.is_not(None), now, issued_at=None)
    _record(session, "briefing-taken-back", audit, by, now)


def _does_not_fit(name: str, text: str) -> str:
    """What is too much for one page, or is no link; empty where nothing is."""
    longest = {"title": LONGEST_TITLE, "contact": LONGEST_CONTACT}
    if name in longest:
        over = len(text) - longest[name]
        return f"Shorten this by {counted(over, 'character')}" if over > 0 else ""
    box = next(one for one in BRIEFING_BOXES if one.name == name)
    over = max(len(text) - box.characters, 0)
    if over:
        return f"Shorten this by {counted(over, 'character')} so that the briefing fits one page"
    if (lines := lines_on_paper(text)) > box.lines:
        return (
            f"Shorten this to {counted(box.lines, 'line')} so that the briefing fits one page; "
            f"it takes {lines}"
        )
    faulty = lines_without_link(text) if name == LINKS else []
    return f"Line {faulty[0]} must end in an address that starts with https://" if faulty else ""


def _check_may(audit: CaseAudit, by: Viewer) -> None:
    if not by.may_in_partnership(Permission.RUN_CASE_AUDITS, audit.partnership_id):
        raise PermissionError(f"{by.name} may not {Permission.RUN_CASE_AUDITS} here")


def _begin(session: Session, audit: CaseAudit, text: BriefingText, now: datetime) -> None:
    try:
        with session.begin_nested():
            session.execute(
                insert(Briefing).values(
                    audit_id=audit.id,
                    partnership_id=audit.partnership_id,
                    reference=audit.reference,
                    updated_at=now,
                    **text.named,
                )
            )
    except IntegrityError as error:  # somebody else has begun it
        raise ChangedBriefingError from error


def _change(
    session: Session,
    audit: CaseAudit,
    version: int,
    condition: ColumnElement[bool],
    now: datetime,
    **values: Any,
) -> None:
    """Change the briefing as it was shown, if it still is as it was shown."""
    of_page = (Briefing.audit_id == audit.id, Briefing.version == version)
    changed = session.execute(
        update(Briefing)
        .where(*of_page, condition)
        .values(version=version + 1, updated_at=now, **values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        held = briefing_of(session, audit)
        if held is None or held.version != version:
            raise ChangedBriefingError
        is_issued = held.issued_at is not None
        raise StepNotAllowedError(IS_ISSUED if is_issued else "This briefing is not issued.")
    session.expire_all()


def _record(
    session: Session, kind: str, audit: CaseAudit, by: Viewer, now: datetime, **detail: Any
) -> None:
    record_by(session, kind, f"case audit {audit.reference}", by, now, detail, of=audit)
