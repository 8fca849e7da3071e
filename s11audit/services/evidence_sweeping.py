"""Taking contents that no file names out of the store: at once, or what was left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.models import EventChain
from s11audit.queries.evidence import named_contents, names_a_content
from s11audit.services.events import record
from s11audit.services.evidence_store import EvidenceStore

# A content that no row names may belong to somebody whose request is not over yet.
SWEPT_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Swept:
    """What a sweep found: contents and beginnings that nobody needs, and digests that are missing.

    Where nothing was to be changed, the first two are what would have been deleted.
    """

    contents: tuple[str, ...]
    unfinished: int
    missing: tuple[str, ...]


def drop_content(session: Session, store: EvidenceStore, sha256: str) -> bool:
    """Take a content out of the store if no file names it any more; says whether.

    In the machine's own transaction. Whoever is about to name it holds the lock of the history.
    """
    session.scalars(select(EventChain).with_for_update()).one()
    if names_a_content(session, sha256):
        return False
    store.remove(sha256)
    return True


def sweep(session: Session, store: EvidenceStore, *, now: datetime, dry_run: bool) -> Swept:
    """Delete contents that no file names and that have lain there for a day."""
    held = {one.sha256: one.kept_at for one in store.everything()}  # before anybody has to wait
    named = named_contents(session)
    before = now - SWEPT_AFTER
    nobodys = sorted(sha256 for sha256, at in held.items() if sha256 not in named and at < before)
    missing = tuple(one for one in sorted(named - held.keys()) if not store.has(one))
    if dry_run:
        return Swept(tuple(nobodys), 0, missing)
    gone = tuple(sha256 for sha256 in nobodys if drop_content(session, store, sha256))
    if gone:
        detail = {"contents": len(gone)}
        record(session, "evidence-swept", "evidence", by=None, at=now, detail=detail)
    return Swept(gone, store.forget_unfinished(before), missing)
