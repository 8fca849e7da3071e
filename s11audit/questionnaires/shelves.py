"""Where versions of questionnaires lie: a folder of files, or whatever else can say what it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from s11audit.domain.versions import VersionStatus
from s11audit.questionnaires.faults import Fault, FaultCollector, QuestionnaireFaultsError
from s11audit.questionnaires.loading import Named
from s11audit.questionnaires.locks import LOCK, Lock, Locked, parse_lock
from s11audit.questionnaires.scale_library import SCALES
from s11audit.questionnaires.schema import SLUG_PATTERN, VERSION_PATTERN
from s11audit.questionnaires.source import read_bytes

Text = tuple[str, Callable[[], bytes]]
"""A digest that is another for another text, and the way to the text itself."""


@dataclass(frozen=True)
class Shelved:
    """One version on a shelf, before anybody has read it.

    `place` is what its faults are said to be in. `sha256` is the fingerprint that it must have; a
    draft that is a file has none yet.
    """

    id: str
    version: str
    status: VersionStatus
    place: str
    sha256: str = ""
    published_on: date | None = None
    withdrawn_on: date | None = None
    path: Path | None = None
    partnership_id: int | None = None

    @property
    def named(self) -> Named:
        return self.id, self.version


class Shelf(Protocol):
    """What a catalogue needs of a place that holds versions."""

    def find(self, id_: str, version: str) -> Shelved | None: ...

    def all(self) -> list[Shelved]: ...

    def text(self, shelved: Shelved) -> Text:
        """Raises QuestionnaireFaultsError where it cannot be read."""
        ...

    def faults(self) -> list[Fault]:
        """What is wrong with the shelf, not with the versions on it."""
        ...


class FolderShelf:
    """A folder with questionnaires at `<id>/<version>.yaml` and a lock of those published."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read_lock: tuple[bytes, Lock] | None = None

    def find(self, id_: str, version: str) -> Shelved | None:
        if not re.match(SLUG_PATTERN, id_) or not re.match(VERSION_PATTERN, version):
            return None  # so that no path leads out of the folder
        path = self.folder / id_ / f"{version}.yaml"
        try:
            if not path.is_file():
                return None
        except OSError:
            return None  # no file can have a name as long as this
        return self._shelved((id_, version), path, self._lock_or_none())

    def all(self) -> list[Shelved]:
        lock = self._lock_or_none()
        return [self._shelved(named, path, lock) for named, path in self._files()]

    def text(self, shelved: Shelved) -> Text:
        raw = read_bytes(self._path(shelved.named), FaultCollector(shelved.place))
        return sha256(raw).hexdigest(), lambda: raw

    def faults(self) -> list[Fault]:
        if not self.folder.is_dir():
            return [Fault(str(self.folder), 1, "there is no such folder")]
        faults = [
            Fault(str(path), 1, "nobody will find this: its name must end .yaml")
            for path in sorted(self.folder.glob("*/*.yml"))
        ]
        try:
            there = [named for named, _ in self._files()]
            return [*faults, *self._lock().missing_files(there)]
        except QuestionnaireFaultsError as error:
            return [*faults, *error.faults]

    def _path(self, named: Named) -> Path:
        return self.folder / named[0] / f"{named[1]}.yaml"

    def _files(self) -> Iterator[tuple[Named, Path]]:
        for path in sorted(self.folder.glob("*/*.yaml")):
            if path.parent.name != SCALES:
                yield (path.parent.name, path.stem), path

    def _lock_or_none(self) -> Lock | None:
        """Nothing counts as published while the lock cannot be read."""
        try:
            return self._lock()
        except QuestionnaireFaultsError:
            return None

    def _lock(self) -> Lock:
        path = self.folder / LOCK
        if not path.exists():
            return Lock(path, {})
        raw = read_bytes(path, FaultCollector(str(path)))
        known = self._read_lock
        if known is None or known[0] != raw:
            known = self._read_lock = (raw, parse_lock(raw, path))
        return known[1]

    def _shelved(self, named: Named, path: Path, lock: Lock | None) -> Shelved:
        locked = lock.versions.get(named) if lock else None
        return Shelved(
            *named,
            status=_status(locked),
            place=str(path),
            sha256=locked.sha256 if locked else "",
            published_on=locked.published if locked else None,
            withdrawn_on=locked.withdrawn if locked else None,
            path=path,
        )


def _status(locked: Locked | None) -> VersionStatus:
    if locked is None:
        return VersionStatus.DRAFT
    return VersionStatus.WITHDRAWN if locked.withdrawn else VersionStatus.PUBLISHED
