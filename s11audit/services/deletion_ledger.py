"""The ledger of deletions: a file outside the database, so that no backup brings back what went.

One line of JSON a deletion, only ever added to, and forced to the disk before the deletion is
committed. What it knows and the database has not done is done by `retention_replay.py`.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


class LedgerError(Exception):
    """The ledger cannot be read or written. The text says where, and why."""


@dataclass(frozen=True)
class LedgerLine:
    """One deletion: of which audit (`audit` its reference), when (ISO), and by what certificate.

    `certificate` is its canonical JSON, of which `certificate_sha256` is the digest.
    """

    audit: str
    audit_id: int
    deleted_at: str
    certificate_sha256: str
    certificate: str


class Ledger:
    """The file at `path`, made when the first deletion is written into it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, line: LedgerLine) -> None:
        """Add a line, and see that it is on the disk. Raises LedgerError."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                text = json.dumps(asdict(line), ensure_ascii=False)
                _cut_off_what_was_torn(file)
                os.write(file, f"{text}\n".encode())
                os.fsync(file)
            finally:
                os.close(file)
            _force_to_disk(self.path.parent)
        except OSError as error:
            raise LedgerError(f"{self.path} cannot be written: {error.strerror}") from error

    def lines(self) -> list[LedgerLine]:
        """Every deletion, in order; none where there is no file. Raises LedgerError.

        A last line without its end was torn off while it was written: its deletion did not happen.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise LedgerError(f"{self.path} cannot be read: {error}") from error
        whole = text[: text.rfind("\n") + 1]
        return [self._line(n, one) for n, one in enumerate(whole.splitlines(), 1) if one.strip()]

    def _line(self, number: int, text: str) -> LedgerLine:
        try:
            return LedgerLine(**json.loads(text))
        except (ValueError, TypeError) as error:
            raise LedgerError(f"{self.path}, line {number}, is no deletion: {error}") from error


def _cut_off_what_was_torn(file: int) -> None:
    """Take away a last line without its end, which would spoil the next."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        whole = os.pread(file, size, 0).rfind(b"\n") + 1
        os.ftruncate(file, whole)


def _force_to_disk(folder: Path) -> None:
    """The name of a new file, too, must survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
