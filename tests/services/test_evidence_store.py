"""The folder of contents: whole or not at all, under their digests and no other names."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from s11audit.services.evidence_store import (
    PIECE,
    FolderStore,
    MissingContentError,
    StoreError,
    store_at,
)

RAW = b"minutes of the board\n" * 200_000  # several pieces
SHA256 = hashlib.sha256(RAW).hexdigest()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_content_comes_back_as_it_was_under_its_digest(tmp_path: Path) -> None:
    assert len(RAW) > 2 * PIECE
    store = store_at(str(tmp_path / "not" / "there yet"))
    assert store.write(io.BytesIO(RAW)) == SHA256
    assert store.write(io.BytesIO(RAW)) == SHA256
    with store.open(SHA256) as content:
        assert content.read() == RAW
    assert store.has(SHA256)
    assert [one.sha256 for one in store.everything()] == [SHA256]
    assert [path.name for path in files_in(tmp_path)] == [SHA256]


def test_nobody_else_on_the_machine_can_read_it(tmp_path: Path) -> None:
    FolderStore(tmp_path / "evidence").write(io.BytesIO(RAW))
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "evidence").rglob("*")}
    assert modes == {0}


def test_a_content_that_was_removed_is_missing_and_can_be_removed_again(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.write(io.BytesIO(RAW))
    store.remove(SHA256)
    store.remove(SHA256)
    assert not store.has(SHA256)
    with pytest.raises(MissingContentError):
        store.open(SHA256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "incoming", SHA256.upper(), "a" * 63])
def test_only_a_digest_names_a_content(tmp_path: Path, name: str) -> None:
    store = FolderStore(tmp_path)
    for ask in (store.open, store.has, store.remove):
        with pytest.raises(ValueError, match="not a SHA-256"):
            ask(name)


class BrokenOff(io.RawIOBase):
    """A stream that ends with a fault after its first piece, as a connection does."""

    def __init__(self) -> None:
        self.pieces = [b"half of it"]

    def read(self, _size: int = -1) -> bytes:
        if self.pieces:
            return self.pieces.pop()
        raise ConnectionResetError(104, "Connection reset by peer")


def test_what_breaks_off_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Connection reset"):
        FolderStore(tmp_path).write(BrokenOff())
    assert files_in(tmp_path) == []


def test_a_folder_that_cannot_be_one_is_told(tmp_path: Path) -> None:
    in_the_way = tmp_path / "evidence"
    in_the_way.write_text("a file of this name")
    with pytest.raises(StoreError, match="cannot be written"):
        FolderStore(in_the_way).write(io.BytesIO(RAW))


FULL = """
import io, resource, sys
from pathlib import Path
from s11audit.services.evidence_store import FolderStore, StoreError
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
store = FolderStore(Path(sys.argv[1]))
print(store.write(io.BytesIO(b"small")))
try:
    store.write(io.BytesIO(bytes(2_000_000)))
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_where_there_is_no_room_the_fault_is_told_and_nothing_is_half_written(
    tmp_path: Path,
) -> None:
    """The system itself refuses to write on: a process may write files of 100 kB at most."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True
    )
    kept, fault = done.stdout.splitlines()
    assert fault == f"{tmp_path} cannot be written: File too large"
    assert [path.name for path in files_in(tmp_path)] == [kept]


KILLED = """
import io, os, sys
from pathlib import Path
from s11audit.services.evidence_store import FolderStore

class Slow(io.RawIOBase):
    given = False
    def read(self, size=-1):
        if self.given:
            os.kill(os.getpid(), 9)
        self.given = True
        return b"half of it"

FolderStore(Path(sys.argv[1])).write(Slow())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such signal")
def test_what_a_killed_process_left_behind_is_no_content_and_is_forgotten_later(
    tmp_path: Path,
) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == -9
    store, now = FolderStore(tmp_path), datetime.now(UTC)
    (left,) = files_in(tmp_path)
    assert list(store.everything()) == []
    assert store.forget_unfinished(now - timedelta(days=1)) == 0
    assert left.exists()
    assert store.forget_unfinished(now + timedelta(seconds=10)) == 1
    assert files_in(tmp_path) == []
