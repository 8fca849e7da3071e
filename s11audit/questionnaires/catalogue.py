"""The questionnaires of an installation: which versions there are, each parsed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from s11audit import paths
from s11audit.domain.composing import LocalPart
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.versions import VersionStatus
from s11audit.questionnaires.composed import ComposedVersions
from s11audit.questionnaires.faults import Fault, QuestionnaireFaultsError
from s11audit.questionnaires.lineage_checks import LONGEST_CHAIN, OtherVersions, lineage_faults
from s11audit.questionnaires.loading import Named, load_bytes
from s11audit.questionnaires.parsed import ParsedVersions
from s11audit.questionnaires.scale_library import ScaleFolders
from s11audit.questionnaires.shelves import FolderShelf, Shelf, Shelved
from s11audit.questionnaires.versions import (
    OtherFingerprintError,
    UnknownQuestionnaireError,
    UnpublishedQuestionnaireError,
    Version,
    changed,
    version_of,
)

_OWN_FOLDER = "move it into a folder that has the questionnaire's id, and name it VERSION.yaml"


class Catalogue:
    """Questionnaires in folders, each at `<folder>/<id>/<version>.yaml`, and those uploaded.

    The first folder that has a version wins, and folders win over what was uploaded. A text is
    parsed when it is first asked for and again only when its bytes have changed.
    """

    def __init__(self, folders: Iterable[Path], uploaded: Shelf | None = None) -> None:
        self.folders = tuple(folders)
        self.library = ScaleFolders([*self.folders, paths.QUESTIONNAIRES])
        self._shelves: list[Shelf] = [FolderShelf(folder) for folder in self.folders]
        self._shelves += [uploaded] if uploaded else []
        self._parsed = ParsedVersions(self.library)
        self._composed = ComposedVersions()

    def get(self, id_: str, version: str, sha256: str = "") -> Questionnaire:
        """This version; with a fingerprint, the one that has it, on whatever shelf.

        Raises UnknownQuestionnaireError, OtherFingerprintError or QuestionnaireFaultsError.
        """
        first: Questionnaire | QuestionnaireFaultsError | None = None
        for shelf, shelved in self._candidates(id_, version):
            try:
                found = self._load(shelf, shelved)
            except QuestionnaireFaultsError as error:
                if not sha256:
                    raise
                first = first or error
                continue
            if sha256 in ("", found.sha256):
                return found
            first = first or found
        if isinstance(first, QuestionnaireFaultsError):
            raise first
        if first:
            raise OtherFingerprintError(id_, version, sha256, first.sha256)
        raise UnknownQuestionnaireError(id_, version)

    def find(self, id_: str, version: str) -> Questionnaire | None:
        """This version, or None where it is nowhere. Raises QuestionnaireFaultsError."""
        try:
            return self.get(id_, version)
        except UnknownQuestionnaireError:
            return None

    def to_ask(self, id_: str, version: str) -> Questionnaire:
        """This version for a new round, which only a published one may be.

        Raises what `get` does, and UnpublishedQuestionnaireError.
        """
        shelf, shelved = self._first(id_, version)
        if shelved.status is not VersionStatus.PUBLISHED:
            known = "withdrawn" if shelved.status is VersionStatus.WITHDRAWN else "not published"
            raise UnpublishedQuestionnaireError(
                f"{id_} {version} is {known}: a round can ask published versions only."
            )
        questionnaire = self._load(shelf, shelved)
        if fault := changed(shelved, questionnaire):
            raise QuestionnaireFaultsError([fault])
        return questionnaire

    def composed(
        self,
        common: Questionnaire,
        parts: Sequence[LocalPart],
        seen_in: frozenset[str] | None = None,
    ) -> Questionnaire:
        """The common version with local questions behind it, made once for all requests.

        `seen_in` leaves what people of these partnerships (references) see. Raises ClashError.
        """
        return self._composed.get(common, parts, seen_in)

    def version(self, id_: str, version: str) -> Version:
        """What is known of one version. Raises what `get` does."""
        shelf, shelved = self._first(id_, version)
        return version_of(shelved, self._load(shelf, shelved))

    def is_file(self, id_: str, version: str) -> bool:
        """Whether this version comes as a file, not as an upload."""
        return any(shelved.path for _, shelved in self._candidates(id_, version))

    def versions(self) -> list[Version]:
        """Every version that can be used, by id and version. Those with faults are left out."""
        found = []
        for shelf, shelved in self._all():
            try:
                questionnaire = self._load(shelf, shelved)
            except QuestionnaireFaultsError:
                continue
            if not changed(shelved, questionnaire):
                found.append(version_of(shelved, questionnaire))
        return sorted(found, key=lambda version: (version.id, version.version))

    def faulty(self) -> list[Named]:
        """Id and version of those that cannot be used, for `faults_of` to say why."""
        sound = {(one.id, one.version) for one in self.versions()}
        return [shelved.named for _, shelved in self._all() if shelved.named not in sound]

    def published(self) -> list[Version]:
        """The versions that a round can be made from."""
        return [one for one in self.versions() if one.status is VersionStatus.PUBLISHED]

    def editions(self, id_: str) -> list[Questionnaire]:
        """Every version of one questionnaire that can be read."""
        found = []
        for shelf, shelved in self._all():
            if shelved.id == id_:
                try:
                    found.append(self._load(shelf, shelved))
                except QuestionnaireFaultsError:
                    continue
        return found

    def chain(self, questionnaire: Questionnaire) -> list[Questionnaire]:
        """The questionnaire, then what it replaces, and so on as far as it can be read."""
        chain = [questionnaire]
        seen = {questionnaire.version}
        while chain[-1].replaces and chain[-1].replaces not in seen and len(chain) < LONGEST_CHAIN:
            seen.add(chain[-1].replaces)
            try:
                older = self.find(questionnaire.id, chain[-1].replaces)
            except QuestionnaireFaultsError:
                break
            if older is None:
                break
            chain.append(older)
        return chain

    def faults(self, others: OtherVersions | None = None) -> list[Fault]:
        """Everything that is wrong with the catalogue, in the order of its shelves.

        Versions that are spoken of are looked up in `others`, by default in the catalogue itself.
        """
        faults = self.library.faults()
        for shelf, shelved in self._all():
            faults += self._faults_of(shelf, shelved, others or self)
        for shelf in self._shelves:
            faults += shelf.faults()
        return faults

    def faults_of(self, id_: str, version: str) -> list[Fault]:
        """Everything that is wrong with one version. Raises UnknownQuestionnaireError."""
        return self._faults_of(*self._first(id_, version), self)

    def checked(self, raw: bytes, place: str, named: Named | None = None) -> Questionnaire:
        """The questionnaire in a text that is on no shelf yet, if nothing at all is wrong with it.

        Raises QuestionnaireFaultsError; faults name `place`.
        """
        questionnaire = load_bytes(raw, place, named, self.library)
        if faults := lineage_faults(questionnaire, raw, place, self):
            raise QuestionnaireFaultsError(faults)
        return questionnaire

    def source(self, id_: str, version: str) -> bytes:
        """The text of a version. Raises UnknownQuestionnaireError, QuestionnaireFaultsError."""
        shelf, shelved = self._first(id_, version)
        return shelf.text(shelved)[1]()

    def loose_files(self) -> list[Fault]:
        """Files that lie beside the folders of questionnaires, where no round can find them."""
        return [
            Fault(str(path), 1, f"nobody will find this: {_OWN_FOLDER}")
            for folder in self.folders
            for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
        ]

    def names(self) -> set[Named]:
        """Id and version of everything there is, with faults or without."""
        return {shelved.named for _, shelved in self._all()}

    def places(self) -> list[str]:
        """Where each version is; one that an earlier shelf replaces is left out."""
        return [shelved.place for _, shelved in self._all()]

    def _candidates(self, id_: str, version: str) -> Iterator[tuple[Shelf, Shelved]]:
        for shelf in self._shelves:
            shelved = shelf.find(id_, version)
            if shelved:
                yield shelf, shelved

    def _first(self, id_: str, version: str) -> tuple[Shelf, Shelved]:
        first = next(self._candidates(id_, version), None)
        if first is None:
            raise UnknownQuestionnaireError(id_, version)
        return first

    def _all(self) -> Iterator[tuple[Shelf, Shelved]]:
        seen: set[Named] = set()
        for shelf in self._shelves:
            for shelved in shelf.all():
                if shelved.named not in seen:
                    seen.add(shelved.named)
                    yield shelf, shelved

    def _load(self, shelf: Shelf, shelved: Shelved) -> Questionnaire:
        return self._parsed.get(shelved.place, shelved.named, *shelf.text(shelved))

    def _faults_of(self, shelf: Shelf, shelved: Shelved, others: OtherVersions) -> list[Fault]:
        try:
            questionnaire = self._load(shelf, shelved)
            raw = shelf.text(shelved)[1]()
        except QuestionnaireFaultsError as error:
            return list(error.faults)
        fault = changed(shelved, questionnaire)
        found = lineage_faults(questionnaire, raw, shelved.place, others)
        return [*([fault] if fault else []), *found]


def shipped_catalogue(extra_folder: Path | None = None, uploaded: Shelf | None = None) -> Catalogue:
    """The partnership's own folder, where it has one, what comes with s11audit, and uploads."""
    return Catalogue([*([extra_folder] if extra_folder else []), paths.QUESTIONNAIRES], uploaded)
