"""`versions.lock`: which files of a folder are published, and the fingerprint that each keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from s11audit.questionnaires.faults import Fault, FaultCollector, quote, suggest
from s11audit.questionnaires.loading import Named
from s11audit.questionnaires.schema import SLUG_PATTERN, VERSION_PATTERN
from s11audit.questionnaires.source import Section, read_bytes, read_source

LOCK = "versions.lock"
_KEYS = ("sha256", "published", "withdrawn")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z")
_HEADING = """\
# Versions that are published, each with the SHA-256 that its file must keep for ever.
# `s11audit questionnaires publish` and `withdraw` write this file; a file that is not in it is a
# draft.
"""


@dataclass(frozen=True)
class Locked:
    """One published version. `line` is where the lock says so."""

    sha256: str
    published: date
    withdrawn: date | None = None
    line: int = 1


@dataclass(frozen=True)
class Lock:
    """The published versions of one folder, by id and version."""

    path: Path
    versions: Mapping[Named, Locked]

    def missing_files(self, there: Iterable[Named]) -> list[Fault]:
        """What is published here and no longer has its file."""
        present = set(there)
        return [
            Fault(
                str(self.path),
                locked.line,
                f"{id_}/{version} is published, but its file {id_}/{version}.yaml is not here: "
                "put it back",
            )
            for (id_, version), locked in self.versions.items()
            if (id_, version) not in present
        ]


def read_lock(folder: Path) -> Lock:
    """The lock of a folder; empty where it has none. Raises QuestionnaireFaultsError."""
    path = folder / LOCK
    if not path.exists():
        return Lock(path, {})
    return parse_lock(read_bytes(path, FaultCollector(str(path))), path)


def parse_lock(raw: bytes, path: Path) -> Lock:
    """The lock in these bytes of the file at `path`; raises QuestionnaireFaultsError."""
    if all(not line.strip() or line.lstrip().startswith(b"#") for line in raw.splitlines()):
        return Lock(path, {})
    faults = FaultCollector(str(path))
    root = read_source(raw, faults)
    versions = {}
    for written, value in root.items():
        named, line = _named(written), root.lines[written]
        if named is None:
            faults.add(line, f"{quote(written)} should be a version, such as “section-11/2026”")
        elif not isinstance(value, Section):
            faults.add(line, f"{quote(written)} should have “sha256” and “published”")
        else:
            locked = _locked(value, line, faults)
            if locked:
                versions[named] = locked
    faults.raise_if_any()
    return Lock(path, versions)


def _named(written: str) -> Named | None:
    id_, _, version = written.partition("/")
    well_formed = re.fullmatch(SLUG_PATTERN, id_) and re.fullmatch(VERSION_PATTERN, version)
    return (id_, version) if well_formed else None


def _locked(section: Section, line: int, faults: FaultCollector) -> Locked | None:
    for key in section:
        if key not in _KEYS:
            at = section.lines[key]
            faults.add(at, f"unknown key {quote(key)}: {suggest(key, _KEYS)}")
    sha256 = section.get("sha256")
    if not isinstance(sha256, str) or not _FINGERPRINT.match(sha256):
        at = section.lines.get("sha256", line)
        faults.add(at, "“sha256” should be a fingerprint of 64 digits and letters a to f")
        sha256 = None
    published = _day(section, "published", line, faults)
    withdrawn = _day(section, "withdrawn", line, faults) if "withdrawn" in section else None
    return Locked(sha256, published, withdrawn, line) if sha256 and published else None


def _day(section: Section, key: str, line: int, faults: FaultCollector) -> date | None:
    written = section.get(key)
    try:
        return date.fromisoformat(written if isinstance(written, str) else "")
    except ValueError:
        faults.add(section.lines.get(key, line), f"“{key}” should be a date, such as 2026-11-22")
        return None


def add_to_lock(folder: Path, named: Named, sha256: str, on: date) -> None:
    """Write down that a version is published. Raises QuestionnaireFaultsError, OSError."""
    lock = read_lock(folder)
    _write(lock.path, {**lock.versions, named: Locked(sha256, on)})


def withdraw_in_lock(folder: Path, named: Named, on: date) -> None:
    """Write down that a published version is withdrawn.

    Raises QuestionnaireFaultsError, OSError, and KeyError for one that was never published.
    """
    lock = read_lock(folder)
    _write(lock.path, {**lock.versions, named: replace(lock.versions[named], withdrawn=on)})


def _write(path: Path, versions: Mapping[Named, Locked]) -> None:
    """Replace the file in one go, so that nobody ever reads half of it."""
    lines = [_line(named, versions[named]) for named in sorted(versions)]
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{LOCK}-", delete=False
    ) as unfinished:
        unfinished.write(_HEADING + "".join(lines))
    written = Path(unfinished.name)
    written.chmod(path.stat().st_mode if path.exists() else 0o644)
    written.replace(path)


def _line(named: Named, locked: Locked) -> str:
    words = [f"sha256: {locked.sha256}", f"published: {locked.published.isoformat()}"]
    if locked.withdrawn:
        words.append(f"withdrawn: {locked.withdrawn.isoformat()}")
    return f"{named[0]}/{named[1]}: {{{', '.join(words)}}}\n"
