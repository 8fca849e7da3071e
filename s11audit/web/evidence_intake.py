"""Taking in a file that supports something: looked at, scanned, and put into the store."""

from __future__ import annotations

import logging
from datetime import datetime
from io import BytesIO
from typing import Any

from werkzeug.datastructures import FileStorage

from s11audit.services.evidence import NewFile
from s11audit.services.evidence_store import EvidenceStore, StoreError, store_at
from s11audit.services.malware import ScannerError, malware_in
from s11audit.services.refusals import RefusedError
from s11audit.web.security import now, services
from s11audit.web.uploads import ALLOWED, EVIDENCE, endings, received

logger = logging.getLogger(__name__)

NOT_SCANNED = (
    "We cannot check files for viruses just now, so this one was not added. Try again in a while"
)
NOT_KEPT = "We cannot keep files just now, so this one was not added. Try again in a while"
MALWARE = "There is a virus in this file, so it was not added. Tell those who run your computers"


class MalwareError(RefusedError):
    """The scanner found something in a file; `found` is what it calls it."""

    def __init__(self, field: str, found: str) -> None:
        super().__init__(field, MALWARE)
        self.found = found


def evidence_store() -> EvidenceStore:
    """Where the contents of files lie."""
    return store_at(services().settings.evidence)


def file_box() -> dict[str, Any]:
    """What a box for such a file says: `accept`, the `kinds` by name, and the `most` megabytes."""
    return {
        "accept": endings(*EVIDENCE),
        "kinds": [ALLOWED[kind].endings[0].removeprefix(".").upper() for kind in EVIDENCE],
        "most": services().settings.evidence_mb,
    }


def taken_in(file: FileStorage | None, field: str = "file") -> NewFile:
    """A file that was sent, whose content is now in the store; no row names it yet.

    This may take seconds, so whoever calls holds no lock. Raises RefusedError about `field`, which
    is a MalwareError where that is the reason.
    """
    settings = services().settings
    got = received(file, *EVIDENCE, field=field, largest=settings.evidence_mb * 1_000_000)
    scanned_at = _scanned(got.raw, field) if settings.clamd else None
    try:
        sha256 = evidence_store().write(BytesIO(got.raw))
    except StoreError as error:
        logger.error("Could not keep a file of %d bytes: %s", len(got.raw), error)
        raise RefusedError(field, NOT_KEPT) from error
    return NewFile(got.name, ALLOWED[got.kind].media_type, got.raw, sha256, scanned_at)


def _scanned(raw: bytes, field: str) -> datetime:
    """When nothing was found. A file that nobody could look into is refused, too."""
    try:
        found = malware_in(raw, services().settings.clamd)
    except ScannerError as error:
        logger.error("Could not have a file of %d bytes scanned: %s", len(raw), error)
        raise RefusedError(field, NOT_SCANNED) from error
    if found:
        raise MalwareError(field, found)
    return now()
