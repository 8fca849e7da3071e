"""Other versions for a file that lies on no shelf: what lies beside it, then the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from s11audit.domain.questionnaire import Questionnaire
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.questionnaires.faults import Fault, FaultCollector, QuestionnaireFaultsError
from s11audit.questionnaires.lineage_checks import OtherVersions, lineage_faults
from s11audit.questionnaires.loading import load, load_bytes
from s11audit.questionnaires.shelves import FolderShelf
from s11audit.questionnaires.source import read_bytes
from s11audit.questionnaires.versions import changed


class Neighbours:
    """Versions beside a file: `ID-VERSION.yaml` or `VERSION.yaml` in its folder, or in `../ID/`."""

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        self._folder = path.parent
        self._catalogue = catalogue

    def find(self, id_: str, version: str) -> Questionnaire | None:
        for path in self._places(id_, version):
            if path.is_file():
                found = load(path, library=self._catalogue.library)
                if (found.id, found.version) == (id_, version):
                    return found
        return self._catalogue.find(id_, version)

    def editions(self, id_: str) -> list[Questionnaire]:
        found = []
        for path in sorted((self._folder.parent / id_).glob("*.yaml")):
            try:
                found.append(load(path, library=self._catalogue.library))
            except QuestionnaireFaultsError:
                continue
        return [*found, *self._catalogue.editions(id_)]

    def _places(self, id_: str, version: str) -> Iterator[Path]:
        yield self._folder / f"{id_}-{version}.yaml"
        yield self._folder / f"{version}.yaml"
        yield self._folder.parent / id_ / f"{version}.yaml"


class FirstOf:
    """Several places where other versions are looked up, one after the other."""

    def __init__(self, *places: OtherVersions) -> None:
        self._places: Sequence[OtherVersions] = places

    def find(self, id_: str, version: str) -> Questionnaire | None:
        found = (place.find(id_, version) for place in self._places)
        return next((one for one in found if one), None)

    def editions(self, id_: str) -> list[Questionnaire]:
        return [one for place in self._places for one in place.editions(id_)]


def check_file(path: Path, catalogue: Catalogue) -> list[Fault]:
    """Everything that is wrong with a file, wherever it lies; empty where nothing is."""
    try:
        raw = read_bytes(path, FaultCollector(str(path)))
        questionnaire = load_bytes(raw, str(path), library=catalogue.library)
    except QuestionnaireFaultsError as error:
        return list(error.faults)
    faults = lineage_faults(questionnaire, raw, str(path), Neighbours(path, catalogue))
    shelved = FolderShelf(path.parent.parent).find(path.parent.name, path.stem)
    fault = changed(shelved, questionnaire) if shelved else None
    return [*([fault] if fault else []), *faults]
