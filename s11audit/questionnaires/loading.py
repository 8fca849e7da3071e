"""A questionnaire file, read, checked in full, and turned into domain objects."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from s11audit.domain.questionnaire import Questionnaire
from s11audit.questionnaires.building import build
from s11audit.questionnaires.checking import add_disagreements
from s11audit.questionnaires.condition_checks import ConditionChecker
from s11audit.questionnaires.faults import Fault, FaultCollector, QuestionnaireFaultsError
from s11audit.questionnaires.parts import FileParts, PartReader, ScaleLibrary
from s11audit.questionnaires.scale_library import shipped_scales
from s11audit.questionnaires.source import Section, read_bytes, read_source

Named = tuple[str, str]
"""Id and version that a file must have, because of where it lies."""


def load(
    path: Path | str, named: Named | None = None, library: ScaleLibrary | None = None
) -> Questionnaire:
    """The questionnaire in this file; raises QuestionnaireFaultsError with every fault.

    Where `named` is given the file must hold that id and that version. Scales that the file does
    not have are taken from the `library`, by default the one that comes with s11audit.
    """
    raw = read_bytes(Path(path), FaultCollector(str(path)))
    return load_bytes(raw, str(path), named, library)


def load_text(
    text: str, path: str = "questionnaire.yaml", library: ScaleLibrary | None = None
) -> Questionnaire:
    """The questionnaire in this text; faults name `path`."""
    return load_bytes(text.encode("utf-8", "surrogatepass"), path, library=library)


def load_bytes(
    raw: bytes, path: str, named: Named | None = None, library: ScaleLibrary | None = None
) -> Questionnaire:
    """The questionnaire in these bytes of the file at `path`."""
    faults = FaultCollector(path)
    return load_source(read_source(raw, faults), raw, faults, named, library)


def load_source(
    root: Section,
    raw: bytes,
    faults: FaultCollector,
    named: Named | None = None,
    library: ScaleLibrary | None = None,
) -> Questionnaire:
    """The questionnaire that is written out in `root`; `raw` are the bytes it stands for."""
    parts = PartReader(faults, library or shipped_scales()).read(root)
    add_disagreements(parts, faults)
    conditions = ConditionChecker(parts, faults).conditions()
    if named:
        _add_name_faults(parts, named, faults)
    faults.raise_if_any()
    return build(parts, conditions, fingerprint(raw, parts.library))


def fingerprint(raw: bytes, scales: Mapping[str, bytes]) -> str:
    """SHA-256 of a file's bytes and then those of the library's scales that it uses, by name."""
    digest = sha256(raw)
    for name in sorted(scales):
        digest.update(scales[name])
    return digest.hexdigest()


def check(path: Path | str, named: Named | None = None) -> list[Fault]:
    """Everything that is wrong with this file; empty where nothing is."""
    try:
        load(path, named)
    except QuestionnaireFaultsError as error:
        return list(error.faults)
    return []


def _add_name_faults(parts: FileParts, named: Named, faults: FaultCollector) -> None:
    """A catalogue finds a file by its place, which must say what the file says."""
    id_, version = named
    head = parts.head
    place = f"the file is {id_}/{version}.yaml"
    if head.values.questionnaire != id_ and "questionnaire" not in head.broken:
        faults.add(
            head.line("questionnaire"),
            f"the id is “{head.values.questionnaire}”, but {place}: rename one of them",
        )
    if head.values.version != version and "version" not in head.broken:
        faults.add(
            head.line("version"),
            f"the version is “{head.values.version}”, but {place}: rename one of them",
        )
