"""A tree that is written as YAML reads back as the same tree, and looks like the shipped files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s11audit import paths
from s11audit.questionnaires import load_text
from s11audit.questionnaires.authoring.cell_words import WordsError, id_from
from s11audit.questionnaires.authoring.condition_syntax import condition_of, in_words
from s11audit.questionnaires.authoring.key_forms import Form, forms_of
from s11audit.questionnaires.authoring.yaml_writing import write_yaml
from s11audit.questionnaires.faults import FaultCollector
from s11audit.questionnaires.schema import (
    FILE_PARTS,
    ColumnPart,
    LevelPart,
    QuestionPart,
    StandardPart,
)
from s11audit.questionnaires.source import Section, read_source
from tests.questionnaires.trees import CONDITIONS, ROOTS

SHIPPED = sorted(
    path for path in paths.QUESTIONNAIRES.glob("*/*.yaml") if path.parent.name != "scales"
)
SOUND = sorted((Path(__file__).parent / "sound").glob("*.yaml"))


def tree(text: str) -> Section:
    return read_source(text.encode(), FaultCollector("x.yaml"))


@pytest.mark.parametrize(
    "path", [*SHIPPED, *SOUND], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_file_that_is_written_again_says_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    written = write_yaml(tree(text))
    assert tree(written) == tree(text)
    assert replace(load_text(written), sha256="") == replace(load_text(text), sha256="")


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(ROOTS)
def test_any_tree_reads_back_as_it_was(root: Section) -> None:
    assert tree(write_yaml(root)) == root


def test_it_is_written_as_people_write_it() -> None:
    text = """\
questionnaire: pulse
version: "2026"
kind: survey
title: "Staff: a pulse"

introduction: |
  One paragraph.

  Another one.

standards:

  - id: a
    title: Staff
    for: [police, fire]
    questions:

      - id: asked
        type: choice
        ask: Were you asked?
        help: |-
          Say what
          you think
        good:
          - "1"
          - Yes, they were
        cites:
          - law: Children Act 2004 s11
          - {guidance: Working Together, edition: "2026", checked: no}
        required: no
        when: {question: a.b, is: yes}
        options:
          - {id: often, label: Often}
          - {id: never, label: "Never, ever"}
"""
    assert write_yaml(tree(text)) == text


@given(CONDITIONS)
def test_a_condition_in_words_is_read_as_it_was(condition: Section) -> None:
    assert condition_of(in_words(condition), 1) == condition


def test_a_condition_reads_like_a_sentence() -> None:
    words = "a.b is yes and (c.d is not not-met or not (e.f is 2))"
    condition = condition_of(words, 1)
    assert in_words(condition) == words
    assert condition["all"][1]["any"][1] == {"not": {"question": "e.f", "is": "2"}}
    assert condition_of("NOT a.b IS yes", 1) == {"not": {"question": "a.b", "is": "yes"}}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("a.b is yes and c.d is no or e.f is no", "put brackets around"),
        ("a.b yes", "the word “is” is missing"),
        ("a.b is", "a word is missing"),
        ("(a.b is yes", "a closing bracket is missing"),
        ("a.b is yes)", "“)” is not expected"),
        ('a.b is "yes', "quotation mark"),
        ("all a.b is yes", "an opening bracket is missing"),
        ("(" * 1000 + "a.b is yes", "levels deep"),
        ("not " * 1000, "a word is missing"),
    ],
)
def test_a_condition_that_is_not_clear_is_explained(words: str, message: str) -> None:
    with pytest.raises(WordsError, match=re.escape(message)):
        condition_of(words, 1)


@given(st.text(max_size=60) | st.text('abis.()" notandor', max_size=60))
def test_any_words_are_a_condition_or_explained(words: str) -> None:
    try:
        condition = condition_of(words, 1)
    except WordsError:
        return
    assert condition_of(in_words(condition), 1) == condition


def test_every_key_of_the_schema_has_a_form_that_can_be_written() -> None:
    conditions = {
        key
        for part in FILE_PARTS
        for key, form in forms_of(part).items()
        if form.form is Form.CONDITION
    }
    assert conditions == {"when"}
    on_a_line = {
        form.part for part in FILE_PARTS for form in forms_of(part).values() if form.part
    } - {QuestionPart, ColumnPart, LevelPart, StandardPart}
    assert on_a_line
    for part in on_a_line:
        assert {form.form for form in forms_of(part).values()} == {Form.TEXT}, part


def test_ids_are_made_of_words() -> None:
    assert id_from("On paper, or online?") == "on-paper-or-online"
    assert id_from("Child’s café") == "childs-cafe"
    assert id_from("…") == ""
    assert len(id_from("word " * 100)) <= 60
