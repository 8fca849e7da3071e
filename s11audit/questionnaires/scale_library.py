"""The scale library: `scales/<id>.yaml` beside the questionnaires, for any of them to use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from s11audit import paths
from s11audit.questionnaires.faults import Fault, FaultCollector, QuestionnaireFaultsError
from s11audit.questionnaires.parts import LibraryScale, PartReader
from s11audit.questionnaires.scale_checks import add_scale_faults
from s11audit.questionnaires.schema import SLUG_PATTERN
from s11audit.questionnaires.source import read_bytes, read_source

SCALES = "scales"


class NoScales:
    """A library without a scale in it, such as the one that a scale of the library sees."""

    def names(self) -> frozenset[str]:
        return frozenset()

    def get(self, name: str) -> LibraryScale | None:
        return None


class ScaleFolders:
    """The folders `scales` of these folders of questionnaires; the first that has a scale wins.

    A file is parsed when it is first asked for and again only when its bytes have changed.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folder / SCALES for folder in folders)
        self._parsed: dict[Path, LibraryScale] = {}

    def names(self) -> frozenset[str]:
        return frozenset(path.stem for path in self._paths())

    def get(self, name: str) -> LibraryScale | None:
        """This scale; None where there is none. Raises QuestionnaireFaultsError."""
        if not re.match(SLUG_PATTERN, name):
            return None
        places = (folder / f"{name}.yaml" for folder in self._folders)
        path = next((path for path in places if path.is_file()), None)
        return self._load(path) if path else None

    def faults(self) -> list[Fault]:
        """Everything that is wrong with the files of the library."""
        faults: list[Fault] = []
        for path in self._paths():
            try:
                self._load(path)
            except QuestionnaireFaultsError as error:
                faults.extend(error.faults)
        return faults

    def _paths(self) -> Iterator[Path]:
        for folder in self._folders:
            yield from sorted(folder.glob("*.yaml"))

    def _load(self, path: Path) -> LibraryScale:
        raw = read_bytes(path, FaultCollector(str(path)))
        known = self._parsed.get(path)
        if known is None or known.raw != raw:
            known = self._parsed[path] = load_scale(raw, path)
        return known


def load_scale(raw: bytes, path: Path) -> LibraryScale:
    """The scale in these bytes of the file at `path`; raises QuestionnaireFaultsError."""
    faults = FaultCollector(str(path))
    root = read_source(raw, faults)
    scale = PartReader(faults, NoScales()).library_scale(root)
    add_scale_faults(path.stem, scale, faults)
    if root.get("scale") != path.stem:
        line = root.lines.get("scale", root.line)
        faults.add(line, f"the file is {path.name}, so write “scale: {path.stem}”")
    faults.raise_if_any()
    return LibraryScale(scale, raw)


def shipped_scales(extra_folder: Path | None = None) -> ScaleFolders:
    """The partnership's own scales, where it has some, and then what comes with s11audit."""
    return ScaleFolders([*([extra_folder] if extra_folder else []), paths.QUESTIONNAIRES])
