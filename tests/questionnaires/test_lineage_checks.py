"""What one version says of another is checked, with file and line."""

from __future__ import annotations

from pathlib import Path

from s11audit.questionnaires import Catalogue
from s11audit.questionnaires.neighbours import check_file

OLD = """questionnaire: pulse
version: "1"
kind: survey
title: Pulse
standards:
  - id: a
    title: A
    questions:
      - {id: x, type: yes-no, ask: Is it so?}
      - {id: y, type: yes-no, ask: Why?}
"""
NEW = """questionnaire: pulse
version: "2"
replaces: "1"
dropped: [DROPPED]
kind: survey
title: Pulse
standards:
  - id: a
    title: A
    questions:
      - id: x
        type: yes-no
        ask: Is it so?
        was: [WAS]
      - {id: z, type: yes-no, ask: And this?}
"""


def put(folder: Path, version: str, text: str) -> Path:
    path = folder / "pulse" / f"{version}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, was: str = "a.x", dropped: str = "a.y") -> list[str]:
    """What is wrong with version 2 when version 1 is OLD, without the file's name."""
    put(folder, "1", OLD)
    path = put(folder, "2", NEW.replace("WAS", was).replace("DROPPED", dropped))
    return [str(one).removeprefix(f"{path}:") for one in Catalogue([folder]).faults()]


def test_every_key_that_is_followed_or_dropped_is_accounted_for(tmp_path: Path) -> None:
    assert faults(tmp_path) == []
    assert faults(tmp_path, was="a.x, a.y", dropped="") == []


def test_a_key_that_is_lost_is_named_at_the_version_that_is_replaced(tmp_path: Path) -> None:
    assert faults(tmp_path, dropped="") == [
        "3: “a.y” of 1 is lost: name it under “was” of the question that follows it, or under "
        "“dropped”"
    ]
    assert faults(tmp_path, was="a.y", dropped="") == [
        "3: “a.x” of 1 is lost: name it under “was” of the question that follows it, or under "
        "“dropped”"
    ]


def test_keys_that_the_replaced_version_does_not_have_are_named_where_they_stand(
    tmp_path: Path,
) -> None:
    assert faults(tmp_path, was="a.x, b.x", dropped="a.y, q.q") == [
        "4: version “1” has no question “q.q”",
        "14: version “1” has no question “b.x”: did you mean “a.x”?",
    ]


def test_what_is_dropped_cannot_be_followed_too(tmp_path: Path) -> None:
    assert faults(tmp_path, was="a.x, a.y") == [
        "4: “a.y” is dropped, but “a.x” follows it: take one of them out"
    ]


def test_a_replaced_version_that_is_nowhere_or_faulty_is_named(tmp_path: Path) -> None:
    path = put(tmp_path, "2", NEW.replace("WAS", "a.x").replace("DROPPED", ""))
    assert [str(one) for one in Catalogue([tmp_path]).faults()] == [
        f"{path}:3: the version “1” of “pulse” is nowhere: put its file beside this one, or mend "
        "the version"
    ]
    put(tmp_path, "1", "kind: [")
    assert "has faults of its own" in str(Catalogue([tmp_path]).faults()[-1])


def test_versions_that_replace_each_other_are_named(tmp_path: Path) -> None:
    put(tmp_path, "1", OLD.replace('"1"\n', '"1"\nreplaces: "3"\n'))
    put(tmp_path, "2", OLD.replace('"1"\n', '"2"\nreplaces: "1"\n'))
    put(tmp_path, "3", OLD.replace('"1"\n', '"3"\nreplaces: "2"\n'))
    put(tmp_path, "4", OLD.replace('"1"\n', '"4"\nreplaces: "3"\n'))
    catalogue = Catalogue([tmp_path])
    assert [fault.message for fault in catalogue.faults()] == [
        f"{words}: a version cannot replace itself"
        for words in (
            "1 replaces 3, which replaces 2, which replaces 1",
            "2 replaces 1, which replaces 3, which replaces 2",
            "3 replaces 2, which replaces 1, which replaces 3",
        )
    ]
    chain = catalogue.chain(catalogue.get("pulse", "4"))
    assert [one.version for one in chain] == ["4", "3", "2", "1"]


def test_a_chain_goes_as_far_as_there_are_versions(tmp_path: Path) -> None:
    put(tmp_path, "2", OLD.replace('"1"\n', '"2"\nreplaces: "1"\n'))
    put(tmp_path, "3", OLD.replace('"1"\n', '"3"\nreplaces: "2"\n'))
    catalogue = Catalogue([tmp_path])
    assert [one.version for one in catalogue.chain(catalogue.get("pulse", "3"))] == ["3", "2"]


def test_a_standard_that_is_tested_must_be_in_some_version(tmp_path: Path) -> None:
    put(tmp_path, "1", OLD)
    for tested, says in (
        ("pulse/a", []),
        ("pulse/b", ["10: no version of “pulse” has a standard “b”: use one of: a"]),
        ("pulze/a", ["10: there is no questionnaire “pulze”"]),
    ):
        text = OLD.replace('"1"', '"2"').replace("Why?}", f"Why?, tests: {tested}}}")
        path = put(tmp_path, "2", text)
        found = [str(one).removeprefix(f"{path}:") for one in Catalogue([tmp_path]).faults()]
        assert found == says


def test_the_replaced_version_is_looked_for_beside_a_loose_file(tmp_path: Path) -> None:
    nothing_else = Catalogue([])
    loose = tmp_path / "drafts" / "next.yaml"
    loose.parent.mkdir()
    loose.write_text(NEW.replace("WAS", "a.x").replace("DROPPED", ""), encoding="utf-8")
    (nowhere,) = check_file(loose, nothing_else)
    assert "is nowhere" in nowhere.message
    for beside in ("drafts/pulse-1.yaml", "drafts/1.yaml", "pulse/1.yaml"):
        other = tmp_path / beside
        other.parent.mkdir(exist_ok=True)
        other.write_text(OLD, encoding="utf-8")
        (lost,) = check_file(loose, nothing_else)
        assert "“a.y” of 1 is lost" in lost.message
        other.unlink()
    put(tmp_path / "installed", "1", OLD)
    (lost,) = check_file(loose, Catalogue([tmp_path / "installed"]))
    assert "“a.y” of 1 is lost" in lost.message
