"""What a catalogue tells of one version, and how it says that it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from s11audit.domain.questionnaire import Kind, Questionnaire
from s11audit.domain.versions import VersionStatus
from s11audit.questionnaires.faults import Fault
from s11audit.questionnaires.shelves import Shelved


class UnknownQuestionnaireError(LookupError):
    """Nothing in the catalogue is this questionnaire in this version."""

    def __init__(self, id_: str, version: str) -> None:
        self.id = id_
        self.version = version
        super().__init__(
            f"There is no questionnaire “{id_}” in version “{version}”: "
            f"no folder of questionnaires holds {id_}/{version}.yaml."
        )


class OtherFingerprintError(LookupError):
    """The version is there, but its text is not the one of the fingerprint that was asked for."""

    def __init__(self, id_: str, version: str, wanted: str, found: str) -> None:
        self.wanted = wanted
        self.found = found
        super().__init__(
            f"{id_} {version} should have the fingerprint {wanted[:12]}, but has {found[:12]}: "
            "put the original file back."
        )


class UnpublishedQuestionnaireError(LookupError):
    """The version is not published, or no longer, so no round can be made from it."""


@dataclass(frozen=True)
class Version:
    """One version that can be used.

    `path` is the file that holds it; one that was uploaded has none, but the partnership that it
    belongs to. `sha256` is the fingerprint of what is there.
    """

    id: str
    version: str
    title: str
    kind: Kind
    status: VersionStatus
    sha256: str
    published_on: date | None = None
    withdrawn_on: date | None = None
    replaces: str = ""
    path: Path | None = None
    partnership_id: int | None = None

    @property
    def is_uploaded(self) -> bool:
        return self.path is None


def version_of(shelved: Shelved, questionnaire: Questionnaire) -> Version:
    """What is known of a version once it has been read."""
    return Version(
        *shelved.named,
        title=questionnaire.title,
        kind=questionnaire.kind,
        status=shelved.status,
        sha256=questionnaire.sha256,
        published_on=shelved.published_on,
        withdrawn_on=shelved.withdrawn_on,
        replaces=questionnaire.replaces,
        path=shelved.path,
        partnership_id=shelved.partnership_id,
    )


def changed(shelved: Shelved, questionnaire: Questionnaire) -> Fault | None:
    """The fault of a version whose text is not the one that was written down."""
    if shelved.sha256 in ("", questionnaire.sha256):
        return None
    return Fault(
        shelved.place,
        1,
        f"{shelved.id} {shelved.version} was {shelved.status} with the fingerprint "
        f"{shelved.sha256[:12]}, but it now has {questionnaire.sha256[:12]}, because its text or a "
        "scale of the library that it uses has changed: put the original back, or make your "
        "changes in a new version (`s11audit questionnaires new-version "
        f"{shelved.id} {shelved.version} NEW`)",
    )
