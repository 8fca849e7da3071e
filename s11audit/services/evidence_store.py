"""Where the content of files lies: outside the database, under the SHA-256 of what it is.

Nothing is ever kept under a name that somebody gave. What the database says of a content (whose it
is, what it is called) is the business of `s11audit.services.evidence`.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Protocol

PIECE = 1024 * 1024
_DIGEST = re.compile("[0-9a-f]{64}")


class StoreError(Exception):
    """The store cannot keep or give a content just now. The text is for the log."""


class MissingContentError(StoreError):
    """The store has no content of this digest, though it should."""


@dataclass(frozen=True)
class KeptContent:
    """A content in the store, and when it was put there."""

    sha256: str
    kept_at: datetime


class EvidenceStore(Protocol):
    """Contents by digest. Every function may raise StoreError."""

    def write(self, content: IO[bytes]) -> str:
        """Keep everything from here to the end of the stream, whole or not at all.

        Gives its SHA-256. A content that is there already is put there anew.
        """

    def open(self, sha256: str) -> IO[bytes]:
        """The content, to be read piece by piece; raises MissingContentError."""

    def has(self, sha256: str) -> bool: ...

    def remove(self, sha256: str) -> None:
        """Take it away; one that is not there is no fault."""

    def everything(self) -> Iterator[KeptContent]:
        """All that is kept, whoever knows of it."""

    def forget_unfinished(self, before: datetime) -> int:
        """Take away what was begun before then and never finished; says how many."""


@cache
def store_at(address: str) -> EvidenceStore:
    """The store at an address as `S11AUDIT_EVIDENCE` has it; the same for the same address."""
    if address.startswith("s3://"):
        from s11audit.services.evidence_bucket import BucketStore  # boto3 is slow to load

        return BucketStore(address)
    return FolderStore(Path(address))


class FolderStore:
    """A folder of this machine, made when it is first needed; contents lie in `ab/abcdef…`.

    A content is written under a name of its own, forced to the disk, and then given its last name,
    so that a machine that stops in between leaves a whole file or none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, content: IO[bytes]) -> str:
        try:
            incoming = self._folder / "incoming"
            incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=incoming, delete=False) as file:
                written = Path(file.name)
                try:
                    sha256 = copy_and_digest(content, file)
                    file.flush()
                    os.fsync(file.fileno())
                    self._give_last_name(written, self._place(sha256))
                except BaseException:
                    with suppress(OSError):
                        written.unlink()
                    raise
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be written: {error.strerror}") from error
        return sha256

    def _give_last_name(self, written: Path, place: Path) -> None:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        written.replace(place)
        for folder in (place.parent, self._folder):
            _force_to_disk(folder)

    def open(self, sha256: str) -> IO[bytes]:
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError as error:
            raise MissingContentError(f"{self._folder} has no {sha256}") from error
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be read: {error.strerror}") from error

    def has(self, sha256: str) -> bool:
        return self._place(sha256).is_file()

    def remove(self, sha256: str) -> None:
        try:
            self._place(sha256).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be written: {error.strerror}") from error

    def everything(self) -> Iterator[KeptContent]:
        for path in sorted(self._folder.glob("??/*")):
            if is_digest(path.name):
                yield KeptContent(path.name, _written_at(path))

    def forget_unfinished(self, before: datetime) -> int:
        left = [path for path in self._folder.glob("incoming/*") if _written_at(path) < before]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _place(self, sha256: str) -> Path:
        return self._folder / checked_digest(sha256)[:2] / sha256


def copy_and_digest(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy a stream piece by piece; gives the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    while piece := source.read(PIECE):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


def is_digest(name: str) -> bool:
    return _DIGEST.fullmatch(name) is not None


def checked_digest(sha256: str) -> str:
    """The digest, which goes into paths; raises ValueError for anything else."""
    if not is_digest(sha256):
        raise ValueError("not a SHA-256")
    return sha256


def _written_at(path: Path) -> datetime:
    """When; of one that has gone meanwhile, just now."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.now(UTC)


def _force_to_disk(folder: Path) -> None:
    """So that the new name outlives a loss of power; some systems cannot, and need not."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
