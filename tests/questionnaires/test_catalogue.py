from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from s11audit.domain.questionnaire import Kind
from s11audit.domain.versions import VersionStatus
from s11audit.questionnaires import (
    Catalogue,
    QuestionnaireFaultsError,
    UnknownQuestionnaireError,
    shipped_catalogue,
)
from s11audit.questionnaires.parsed import ParsedVersions
from s11audit.questionnaires.scale_library import NoScales

TEXT = """questionnaire: {id}
version: "{version}"
kind: survey
title: {title}
standards:
  - id: a
    title: A
    questions:
      - {{id: x, type: yes-no, ask: Is it so?}}
"""


def put(folder: Path, id_: str, version: str, title: str = "Pulse", place: str = "") -> Path:
    path = folder / (place or f"{id_}/{version}.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEXT.format(id=id_, version=version, title=title), encoding="utf-8")
    return path


def fingerprint_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_versions_are_listed_in_order_with_what_a_manager_chooses_by(tmp_path: Path) -> None:
    newer = put(tmp_path, "pulse", "2026", "Pulse 2026")
    older = put(tmp_path, "pulse", "2024", "Pulse 2024")
    seen = Catalogue([tmp_path]).versions()
    expected = ("pulse", Kind.SURVEY, VersionStatus.DRAFT)
    assert {(one.id, one.kind, one.status) for one in seen} == {expected}
    assert [(one.version, one.title, one.path, one.sha256) for one in seen] == [
        ("2024", "Pulse 2024", older, fingerprint_of(older)),
        ("2026", "Pulse 2026", newer, fingerprint_of(newer)),
    ]


def test_a_partnerships_own_folder_is_searched_first(tmp_path: Path) -> None:
    put(tmp_path / "own", "pulse", "1", "Our own")
    put(tmp_path / "shipped", "pulse", "1", "As shipped")
    put(tmp_path / "shipped", "other", "1", "Only shipped")
    catalogue = Catalogue([tmp_path / "own", tmp_path / "shipped"])
    assert catalogue.get("pulse", "1").title == "Our own"
    assert catalogue.get("other", "1").title == "Only shipped"
    assert [version.title for version in catalogue.versions()] == ["Only shipped", "Our own"]


def test_the_configured_folder_stands_before_what_is_shipped(tmp_path: Path) -> None:
    put(tmp_path, "section-11", "2026", "Our own words")
    assert shipped_catalogue(tmp_path).get("section-11", "2026").title == "Our own words"
    assert shipped_catalogue(None).get("section-11", "2026").title != "Our own words"


@pytest.mark.parametrize(
    ("id_", "version"),
    [
        ("pulse", "2"),
        ("none", "1"),
        ("..", "1"),
        ("pulse", "../pulse/1"),
        ("", ""),
        ("pulse", "1\n"),
    ],
)
def test_what_is_not_there_is_unknown_and_no_path_escapes(
    tmp_path: Path, id_: str, version: str
) -> None:
    put(tmp_path, "pulse", "1")
    put(tmp_path.parent, "x", "1", place="1.yaml")
    with pytest.raises(UnknownQuestionnaireError):
        Catalogue([tmp_path]).get(id_, version)


def test_the_same_bytes_give_the_same_object_and_changed_bytes_a_new_one(tmp_path: Path) -> None:
    put(tmp_path, "pulse", "1", "Before")
    catalogue = Catalogue([tmp_path])
    first = catalogue.get("pulse", "1")
    put(tmp_path, "pulse", "1", "Before")
    assert catalogue.get("pulse", "1") is first
    put(tmp_path, "pulse", "1", "After!")
    changed = catalogue.get("pulse", "1")
    assert changed.title == "After!"
    assert changed.sha256 != first.sha256


def test_a_changed_scale_of_the_library_is_a_changed_questionnaire(tmp_path: Path) -> None:
    path = put(tmp_path, "pulse", "1")
    rated = path.read_text(encoding="utf-8").replace("yes-no", "rating, scale: pair")
    path.write_text(rated, encoding="utf-8")
    scale = tmp_path / "scales" / "pair.yaml"
    scale.parent.mkdir()
    text = "scale: pair\nlevels:\n  - {id: a, label: A}\n  - {id: b, label: B}\n"
    catalogue = Catalogue([tmp_path])
    with pytest.raises(QuestionnaireFaultsError, match="pair"):
        catalogue.get("pulse", "1")
    scale.write_text(text, encoding="utf-8")
    first = catalogue.get("pulse", "1")
    assert catalogue.get("pulse", "1") is first
    scale.write_text(text.replace("label: B", "label: C"), encoding="utf-8")
    second = catalogue.get("pulse", "1")
    assert second.sha256 != first.sha256
    assert [level.label for level in second.scales["pair"].levels] == ["A", "C"]


def test_only_what_was_parsed_last_is_kept(tmp_path: Path) -> None:
    reads: list[str] = []
    parsed = ParsedVersions(NoScales(), most=2)

    def get(version: str) -> None:
        raw = TEXT.format(id="pulse", version=version, title="Pulse").encode()
        parsed.get("x.yaml", ("pulse", version), version, lambda: reads.append(version) or raw)

    for version in ("1", "2", "1", "3", "1", "2"):
        get(version)
    assert reads == ["1", "2", "3", "2"]


def test_a_file_must_say_what_its_place_says(tmp_path: Path) -> None:
    path = put(tmp_path, "pulse", "1", place="poll/2.yaml")
    catalogue = Catalogue([tmp_path])
    assert [str(fault) for fault in catalogue.faults()] == [
        f"{path}:1: the id is “pulse”, but the file is poll/2.yaml: rename one of them",
        f"{path}:2: the version is “1”, but the file is poll/2.yaml: rename one of them",
    ]
    assert catalogue.versions() == []
    with pytest.raises(QuestionnaireFaultsError):
        catalogue.get("poll", "2")


def test_a_faulty_file_hides_no_other(tmp_path: Path) -> None:
    put(tmp_path, "pulse", "1")
    put(tmp_path, "pulse", "2").write_text("kind: [", encoding="utf-8")
    catalogue = Catalogue([tmp_path])
    assert [version.version for version in catalogue.versions()] == ["1"]
    assert len(catalogue.faults()) == 1


def test_a_file_that_would_never_be_found_is_reported(tmp_path: Path) -> None:
    path = put(tmp_path, "pulse", "1", place="pulse/1.yml")
    assert [str(fault) for fault in Catalogue([tmp_path]).faults()] == [
        f"{path}:1: nobody will find this: its name must end .yaml"
    ]


def test_a_file_beside_the_folders_is_reported_and_where_it_belongs(tmp_path: Path) -> None:
    path = put(tmp_path, "pulse", "1", place="pulse.yaml")
    catalogue = Catalogue([tmp_path])
    assert [str(fault) for fault in catalogue.loose_files()] == [
        f"{path}:1: nobody will find this: move it into a folder that has the questionnaire's id, "
        "and name it VERSION.yaml"
    ]
    with pytest.raises(UnknownQuestionnaireError, match=r"holds pulse/1\.yaml"):
        catalogue.get("pulse", "1")


def test_a_folder_that_does_not_exist_holds_nothing_and_is_reported(tmp_path: Path) -> None:
    catalogue = Catalogue([tmp_path / "none"])
    assert catalogue.versions() == []
    assert [str(fault) for fault in catalogue.faults()] == [
        f"{tmp_path / 'none'}:1: there is no such folder"
    ]
