"""Files that are broken, enormous or meant to do harm: located faults, soon, and never a trace."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.audience import Respondent
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.routing import route
from s11audit.questionnaires import Fault, QuestionnaireFaultsError, check, load_text
from s11audit.questionnaires.faults import MOST_FAULTS
from s11audit.questionnaires.source import LARGEST_FILE

HEAD = 'questionnaire: x\nversion: "1"\nkind: survey\ntitle: X\n'
SOUND = (Path(__file__).parent / "sound" / "every-type.yaml").read_text(encoding="utf-8")


@pytest.fixture
def faults_of(tmp_path: Path) -> Callable[[bytes], list[tuple[int, str]]]:
    def of(raw: bytes) -> list[tuple[int, str]]:
        path = tmp_path / "x.yaml"
        path.write_bytes(raw)
        return [(fault.line, fault.message) for fault in check(path)]

    return of


def deep(opening: str) -> bytes:
    return (HEAD + "standards:\n  " + opening * 400_000).encode()


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        pytest.param(b"", 1, "the file is empty", id="empty"),
        pytest.param(b"# only a comment\n", 1, "the file is empty", id="comment"),
        pytest.param(b"just words", 1, "must be made of", id="words"),
        pytest.param(b"- a\n- b\n", 1, "must be made of", id="list"),
        pytest.param(b"title: caf\xe9\n", 1, "not UTF-8", id="latin-1"),
        pytest.param("title: X\n".encode("utf-16"), 1, "not UTF-8", id="utf-16"),
        pytest.param(b"title: X\nkind: \x00\n", 2, "U+0000", id="nul"),
        pytest.param(b"title: X\n\tkind: survey\n", 2, "a tab stands", id="tab"),
        pytest.param(b"a: 1\n---\nb: 2\n", 2, "second document", id="documents"),
        pytest.param(b"title: What: this\n", 1, "colon and a space in quotes", id="colon"),
        pytest.param(b"title: @home\n", 1, "special sign in quotes", id="special sign"),
        pytest.param(b'title: "open\nkind: survey\n', 3, "close the quotes", id="open quote"),
        pytest.param(b"title: [a, b\nkind: survey\n", 2, "not YAML", id="open bracket"),
        pytest.param(b"a:\n  - b\n c: d\n", 3, "indentation", id="indentation"),
        pytest.param(deep("["), 6, "nested more than 64 levels", id="brackets"),
        pytest.param(deep("{a: "), 6, "nested more than 64 levels", id="braces"),
        pytest.param(deep("- "), 6, "nested more than 64 levels", id="dashes"),
        pytest.param(b"a: [" + b"x," * 500_000 + b"]", 1, "more than 100,000", id="values"),
        pytest.param(b"#" * (LARGEST_FILE + 1), 1, "larger than 2,000,000", id="large"),
    ],
)
def test_what_cannot_be_read_is_one_located_fault(
    faults_of: Callable[[bytes], list[tuple[int, str]]], raw: bytes, line: int, words: str
) -> None:
    faults = faults_of(raw)
    assert len(faults) == 1
    assert faults[0][0] == line
    assert words in faults[0][1]


def test_50_megabytes_are_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert [fault.message for fault in check(path)] == [
        "the file is larger than 2,000,000 bytes; no questionnaire is"
    ]


def test_an_alias_is_refused_before_it_multiplies(
    faults_of: Callable[[bytes], list[tuple[int, str]]],
) -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for name, before in zip("bcdefghi", "abcdefgh", strict=True):
        text += f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    faults = faults_of(text.encode())
    assert (1, "the anchor &a is not used here; remove it") in faults
    assert (2, "the alias *a is not used here; repeat the text") in faults


def test_a_tag_builds_nothing(
    faults_of: Callable[[bytes], list[tuple[int, str]]], tmp_path: Path
) -> None:
    made = tmp_path / "made"
    faults = faults_of(f"{HEAD}summary: !!python/object/apply:os.mkdir ['{made}']\n".encode())
    assert not made.exists()
    assert any(line == 5 and "!!python/object/apply:os.mkdir" in text for line, text in faults)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    windows = "\ufeff" + SOUND.replace("\n", "\r\n")
    assert load_text(windows).standards == load_text(SOUND).standards


def test_lines_are_counted_alike_with_windows_line_ends() -> None:
    with pytest.raises(QuestionnaireFaultsError) as caught:
        load_text(f"{HEAD}colour: red\nstandards: []\n".replace("\n", "\r\n"), "x.yaml")
    assert [fault.line for fault in caught.value.faults] == [5, 6]


def test_a_very_long_list_of_faults_ends(
    faults_of: Callable[[bytes], list[tuple[int, str]]],
) -> None:
    faults = faults_of((HEAD + "".join(f"titl{n}: x\n" for n in range(20_000))).encode())
    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1][1] == "there are more faults than can be listed"


def test_a_chain_of_conditions_may_be_as_long_as_the_file() -> None:
    lines = ["standards:", "  - id: a", "    title: A", "    questions:"]
    lines += ["      - {id: q0, type: yes-no, ask: Is it?}"]
    for number in range(1, 2_000):
        condition = f"when: {{question: a.q{number - 1}, is: yes}}"
        lines.append(f"      - {{id: q{number}, type: yes-no, ask: Is it?, {condition}}}")
    form = load_text(HEAD + "\n".join(lines))
    answers = {question.key: "yes" for question in form.questions()}
    assert route(form, Respondent("police"), answers).asks("a.q1999")
    assert not route(form, Respondent("police"), answers | {"a.q7": "no"}).asks("a.q1999")


def test_paths_that_are_no_files_are_faults(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path, message in [
        (tmp_path / "missing.yaml", "there is no such file"),
        (tmp_path, "this is not a file"),
        (pipe, "this is not a file"),
    ]:
        assert check(path) == [Fault(str(path), 1, message)]


def loaded_or_located(text: str) -> None:
    faults: tuple[Fault, ...] = ()
    try:
        loaded = load_text(text, "x.yaml")
    except QuestionnaireFaultsError as error:
        loaded, faults = None, error.faults
    assert isinstance(loaded, Questionnaire) != bool(faults)
    for fault in faults:
        assert fault.path == "x.yaml"
        assert 1 <= fault.line <= len(text.splitlines()) + 1
        assert fault.message
        assert len(fault.message.splitlines()) == 1


@given(st.text(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#%@, \n\t?", max_size=200))
def test_any_text_is_a_questionnaire_or_located_faults(text: str) -> None:
    loaded_or_located(text)


@given(st.data())
def test_any_change_to_a_sound_file_gives_a_questionnaire_or_located_faults(
    data: st.DataObject,
) -> None:
    start = data.draw(st.integers(0, len(SOUND)))
    end = min(len(SOUND), start + data.draw(st.integers(0, 30)))
    inserted = data.draw(
        st.text(max_size=10)
        | st.sampled_from(["[", "{a: b}", "- ", "\n  ", "~", "-1", '"', ": ", "{question: a.x}"])
    )
    loaded_or_located(SOUND[:start] + inserted + SOUND[end:])


def test_a_list_of_thousands_of_agency_types_is_refused_unread(
    faults_of: Callable[[bytes], list[tuple[int, str]]],
) -> None:
    types = ", ".join(f"polise{number}" for number in range(40_000))
    question = f"{{id: b, type: yes-no, ask: C?, for: [{types}], with: [{types}]}}"
    raw = HEAD + "standards:\n- id: a\n  title: A\n  questions:\n  - " + question
    assert faults_of(raw.encode()) == [
        (9, "“for” can name 100 at most"),
        (9, "“with” can name 100 at most"),
    ]
