"""Published files never change: a lock holds their fingerprints."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.versions import VersionStatus
from s11audit.paths import QUESTIONNAIRES as SHIPPED
from s11audit.questionnaires import (
    Catalogue,
    Fault,
    OtherFingerprintError,
    QuestionnaireFaultsError,
    UnpublishedQuestionnaireError,
)
from s11audit.questionnaires.locks import (
    LOCK,
    Lock,
    add_to_lock,
    parse_lock,
    read_lock,
    withdraw_in_lock,
)
from tests.conftest import QUESTIONNAIRES
from tests.questionnaires.test_catalogue import put

TODAY = date(2026, 11, 22)
SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9A-Za-z]{1,8}([.-][0-9A-Za-z]{1,4})?", fullmatch=True)


def publish(folder: Path, id_: str, version: str) -> str:
    found = Catalogue([folder]).get(id_, version).sha256
    add_to_lock(folder, (id_, version), found, TODAY)
    return found


@pytest.mark.parametrize("folder", [SHIPPED, QUESTIONNAIRES], ids=["shipped", "of the tests"])
def test_every_published_file_is_as_it_was_published(folder: Path) -> None:
    """If this fails: put the file back as it was, or make a new version of it."""
    catalogue = Catalogue([folder])
    lock = read_lock(folder)
    assert lock.missing_files(catalogue.names()) == []
    changed = [
        str(fault) for id_, version in lock.versions for fault in catalogue.faults_of(id_, version)
    ]
    assert changed == []


def test_a_file_is_a_draft_until_it_is_in_the_lock(tmp_path: Path) -> None:
    put(tmp_path, "pulse", "1")
    catalogue = Catalogue([tmp_path])
    assert catalogue.version("pulse", "1").status is VersionStatus.DRAFT
    assert catalogue.published() == []
    with pytest.raises(UnpublishedQuestionnaireError, match="pulse 1 is not published"):
        catalogue.to_ask("pulse", "1")
    publish(tmp_path, "pulse", "1")
    (published,) = catalogue.published()
    assert (published.status, published.published_on) == (VersionStatus.PUBLISHED, TODAY)
    assert catalogue.to_ask("pulse", "1").sha256 == published.sha256
    withdraw_in_lock(tmp_path, ("pulse", "1"), TODAY)
    assert catalogue.published() == []
    assert catalogue.version("pulse", "1").withdrawn_on == TODAY
    with pytest.raises(UnpublishedQuestionnaireError, match="withdrawn"):
        catalogue.to_ask("pulse", "1")


def test_a_changed_published_file_is_a_fault_and_no_round_can_ask_it(tmp_path: Path) -> None:
    path = put(tmp_path, "pulse", "1")
    original = publish(tmp_path, "pulse", "1")
    put(tmp_path, "pulse", "1", "Other words")
    catalogue = Catalogue([tmp_path])
    found = sha256(path.read_bytes()).hexdigest()
    (fault,) = catalogue.faults()
    assert str(fault) == (
        f"{path}:1: pulse 1 was published with the fingerprint {original[:12]}, but it now has "
        f"{found[:12]}, because its text or a scale of the library that it uses has changed: put "
        "the original back, or make your changes in a new version "
        "(`s11audit questionnaires new-version pulse 1 NEW`)"
    )
    assert catalogue.versions() == []
    with pytest.raises(QuestionnaireFaultsError):
        catalogue.to_ask("pulse", "1")
    with pytest.raises(OtherFingerprintError):
        catalogue.get("pulse", "1", original)


def test_a_version_is_found_by_its_fingerprint_on_whatever_shelf(tmp_path: Path) -> None:
    put(tmp_path / "own", "pulse", "1", "Our own")
    put(tmp_path / "shipped", "pulse", "1", "As shipped")
    catalogue = Catalogue([tmp_path / "own", tmp_path / "shipped"])
    shipped = Catalogue([tmp_path / "shipped"]).get("pulse", "1").sha256
    assert catalogue.get("pulse", "1").title == "Our own"
    assert catalogue.get("pulse", "1", shipped).title == "As shipped"
    (tmp_path / "own" / "pulse" / "1.yaml").write_text("kind: [")
    assert catalogue.get("pulse", "1", shipped).title == "As shipped"


def test_a_published_file_that_is_gone_is_a_fault_of_the_lock(tmp_path: Path) -> None:
    path = put(tmp_path, "pulse", "1")
    publish(tmp_path, "pulse", "1")
    path.unlink()
    (fault,) = Catalogue([tmp_path]).faults()
    assert str(fault) == (
        f"{tmp_path / LOCK}:4: pulse/1 is published, but its file pulse/1.yaml is not here: "
        "put it back"
    )


@pytest.mark.parametrize(
    ("written", "line", "says"),
    [
        ("a/1: {sha256: [}", 1, "this is not YAML"),
        ("a: {}", 1, "“a” should be a version, such as “section-11/2026”"),
        ("../../etc/passwd: {}", 1, "should be a version"),
        ("\na/1: yes", 2, "“a/1” should have “sha256” and “published”"),
        ("a/1: {sha256: 12, published: 2026-11-22}", 1, "should be a fingerprint"),
        (f"a/1:\n  sha256: {'0' * 64}\n  published: today", 3, "“published” should be a date"),
        (f"a/1: {{sha256: {'0' * 64}}}", 1, "“published” should be a date, such as 2026-11-22"),
        (f"a/1: {{sha256: {'0' * 64}, publish: 2026-11-22}}", 1, "did you mean “published”?"),
        ("- a/1", 1, "the file must be made of"),
    ],
)
def test_a_faulty_lock_is_a_located_fault_and_nothing_is_published(
    tmp_path: Path, written: str, line: int, says: str
) -> None:
    put(tmp_path, "a", "1")
    (tmp_path / LOCK).write_text(written, encoding="utf-8")
    catalogue = Catalogue([tmp_path])
    found = [fault for fault in catalogue.faults() if says in fault.message]
    assert [(fault.path, fault.line) for fault in found] == [(str(tmp_path / LOCK), line)]
    assert catalogue.published() == []
    assert catalogue.get("a", "1").title == "Pulse"
    with pytest.raises(QuestionnaireFaultsError):
        add_to_lock(tmp_path, ("a", "1"), "0" * 64, TODAY)
    assert (tmp_path / LOCK).read_text(encoding="utf-8") == written


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_lock_or_located_faults(raw: bytes) -> None:
    faults: tuple[Fault, ...] = ()
    lock = Lock(Path(LOCK), {})
    try:
        lock = parse_lock(raw, Path(LOCK))
    except QuestionnaireFaultsError as error:
        faults = error.faults
    assert all(fault.line >= 1 and fault.message for fault in faults)
    assert all(len(locked.sha256) == 64 for locked in lock.versions.values())


@given(
    st.dictionaries(
        st.tuples(SLUGS, VERSIONS),
        st.tuples(st.binary(min_size=32, max_size=32).map(bytes.hex), st.dates(), st.booleans()),
        max_size=5,
    )
)
def test_what_is_written_into_a_lock_is_read_from_it_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    versions: dict[tuple[str, str], tuple[str, date, bool]],
) -> None:
    folder = tmp_path_factory.mktemp("lock")
    for named, (fingerprint, day, is_withdrawn) in versions.items():
        add_to_lock(folder, named, fingerprint, day)
        if is_withdrawn:
            withdraw_in_lock(folder, named, day)
    held = read_lock(folder).versions
    assert list(held) == sorted(versions)
    assert {
        named: (one.sha256, one.published, one.withdrawn is not None) for named, one in held.items()
    } == versions
