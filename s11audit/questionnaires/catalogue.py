"""The questionnaires of an installation: which versions there are, each parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from s11audit import paths
from s11audit.domain.questionnaire import Kind, Questionnaire
from s11audit.questionnaires.faults import Fault, FaultCollector, QuestionnaireFaultsError
from s11audit.questionnaires.loading import Named, load_bytes
from s11audit.questionnaires.scale_library import SCALES, ScaleFolders
from s11audit.questionnaires.schema import SLUG_PATTERN, VERSION_PATTERN
from s11audit.questionnaires.source import read_bytes

_OWN_FOLDER = "move it into a folder that has the questionnaire's id, and name it VERSION.yaml"


class UnknownQuestionnaireError(LookupError):
    """No folder of the catalogue holds this questionnaire in this version."""

    def __init__(self, id_: str, version: str) -> None:
        self.id = id_
        self.version = version
        super().__init__(
            f"There is no questionnaire “{id_}” in version “{version}”: "
            f"no folder of questionnaires holds {id_}/{version}.yaml."
        )


@dataclass(frozen=True, order=True)
class Version:
    """One version that can be used, and the file that holds it."""

    id: str
    version: str
    title: str
    kind: Kind
    path: Path


@dataclass(frozen=True)
class _Parsed:
    sha256: str
    outcome: Questionnaire | QuestionnaireFaultsError


class Catalogue:
    """Questionnaires in folders, each at `<folder>/<id>/<version>.yaml`; the first folder wins.

    A file is parsed when it is first asked for and again only when its bytes have changed.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(folders)
        self.library = ScaleFolders([*self.folders, paths.QUESTIONNAIRES])
        self._parsed: dict[Path, _Parsed] = {}

    def get(self, id_: str, version: str) -> Questionnaire:
        """This version. Raises UnknownQuestionnaireError, or QuestionnaireFaultsError."""
        if re.match(SLUG_PATTERN, id_) and re.match(VERSION_PATTERN, version):
            for folder in self.folders:
                path = folder / id_ / f"{version}.yaml"
                if path.is_file():
                    return self._load(path, (id_, version))
        raise UnknownQuestionnaireError(id_, version)

    def versions(self) -> list[Version]:
        """Every version that can be used, by id and version. Files with faults are left out."""
        found: list[Version] = []
        for path, named in self._files():
            try:
                questionnaire = self._load(path, named)
            except QuestionnaireFaultsError:
                continue
            found.append(Version(*named, questionnaire.title, questionnaire.kind, path))
        return sorted(found)

    def faults(self) -> list[Fault]:
        """Everything that is wrong with the files of the catalogue, in the order of the files."""
        faults = self.library.faults()
        for path, named in self._files():
            try:
                self._load(path, named)
            except QuestionnaireFaultsError as error:
                faults.extend(error.faults)
        for folder in self.folders:
            if not folder.is_dir():
                faults.append(Fault(str(folder), 1, "there is no such folder"))
            for path in sorted(folder.glob("*/*.yml")):
                faults.append(Fault(str(path), 1, "nobody will find this: its name must end .yaml"))
        return faults

    def loose_files(self) -> list[Fault]:
        """Files that lie beside the folders of questionnaires, where no round can find them."""
        return [
            Fault(str(path), 1, f"nobody will find this: {_OWN_FOLDER}")
            for folder in self.folders
            for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
        ]

    def paths(self) -> list[Path]:
        """The files of the catalogue; one that an earlier folder replaces is left out."""
        return [path for path, _ in self._files()]

    def _files(self) -> Iterator[tuple[Path, Named]]:
        seen: set[Named] = set()
        for folder in self.folders:
            for path in sorted(folder.glob("*/*.yaml")):
                named = (path.parent.name, path.stem)
                if named not in seen and path.parent.name != SCALES:
                    seen.add(named)
                    yield path, named

    def _load(self, path: Path, named: Named) -> Questionnaire:
        raw = read_bytes(path, FaultCollector(str(path)))
        fingerprint = sha256(raw).hexdigest()
        parsed = self._parsed.get(path)
        if parsed is None or parsed.sha256 != fingerprint:
            parsed = _Parsed(fingerprint, self._outcome(raw, path, named))
            self._parsed[path] = parsed
        if isinstance(parsed.outcome, QuestionnaireFaultsError):
            raise QuestionnaireFaultsError(parsed.outcome.faults)
        return parsed.outcome

    def _outcome(
        self, raw: bytes, path: Path, named: Named
    ) -> Questionnaire | QuestionnaireFaultsError:
        try:
            return load_bytes(raw, str(path), named, self.library)
        except QuestionnaireFaultsError as error:
            return error


def shipped_catalogue(extra_folder: Path | None = None) -> Catalogue:
    """The partnership's own folder, where it has one, and then what comes with s11audit."""
    return Catalogue([*([extra_folder] if extra_folder else []), paths.QUESTIONNAIRES])
