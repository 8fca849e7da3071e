"""The next version begins as a copy that says nothing of the version before the last."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.questionnaire import NO_LINEAGE, Questionnaire
from s11audit.questionnaires import load_text, shipped_catalogue
from s11audit.questionnaires.copying import next_version
from s11audit.questionnaires.loading import load_bytes


def without_lineage(questionnaire: Questionnaire) -> Questionnaire:
    standards = tuple(
        replace(
            standard,
            questions=tuple(replace(one, lineage=NO_LINEAGE) for one in standard.questions),
        )
        for standard in questionnaire.standards
    )
    return replace(questionnaire, standards=standards, dropped=(), sha256="")


@pytest.mark.parametrize(
    ("id_", "version"), [(one.id, one.version) for one in shipped_catalogue().versions()]
)
def test_a_copy_asks_the_same_and_keeps_every_comment(id_: str, version: str) -> None:
    catalogue = shipped_catalogue()
    raw = catalogue.source(id_, version)
    copied = next_version(raw, version, "next")
    expected = replace(
        without_lineage(catalogue.get(id_, version)), version="next", replaces=version
    )
    assert replace(load_bytes(copied, "copy.yaml"), sha256="") == expected
    comments = [line for line in raw.splitlines() if line.lstrip().startswith(b"#")]
    assert [line for line in copied.splitlines() if line.lstrip().startswith(b"#")] == comments


HEAD = """\
# Über alles 😀
questionnaire: pulse
version: '2'  # the second
kind: survey
title: Pulse
"""


def test_lines_that_say_nothing_of_the_old_version_stay_as_they_are() -> None:
    text = (
        HEAD
        + """replaces: "1"
dropped:
  - a.gone   # nobody asked
  - a.lost
# standards
standards:
  - id: a
    title: A 😀
    questions:
      # first
      - was: [a.old]
        carry: answer-afresh
        id: x
        why-afresh: >-
          The law
          changed.

        # what is asked
        type: yes-no
        ask: Is it so?
      - {was: [a.b], id: y, carry: answer-afresh, type: yes-no, ask: "Is it, too?",
         why-afresh: Because}
      - {id: z, type: yes-no, ask: Third?, was: [a.c,
          a.d], carry: confirm}
"""
    )
    assert next_version(text.encode(), "2", "3").decode() == (
        HEAD.replace("'2'", '"3"')
        + """replaces: "2"
# standards
standards:
  - id: a
    title: A 😀
    questions:
      # first
      - id: x

        # what is asked
        type: yes-no
        ask: Is it so?
      - {id: y, type: yes-no, ask: "Is it, too?"}
      - {id: z, type: yes-no, ask: Third?}
"""
    )


LINEAGE = ("was: [a.p]", "carry: answer-afresh", "why-afresh: It changed")


@given(
    keys=st.permutations(["id: x", "type: yes-no", "ask: Is it so", *LINEAGE]),
    flow=st.booleans(),
    replaces=st.booleans(),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_lineage_goes_wherever_it_stands(
    keys: list[str], flow: bool, replaces: bool, ending: str
) -> None:
    kept = [key for key in keys if replaces or key not in LINEAGE]
    question = f"{{{', '.join(kept)}}}" if flow else "\n        ".join(kept)
    before = 'replaces: "1"\n' if replaces else ""
    text = (
        f"{HEAD}{before}standards:\n  - id: a\n    title: A\n    questions:\n      - {question}\n"
        "      - {id: y, type: yes-no, ask: Last}\n"
    ).replace("\n", ending)
    copied = next_version(text.encode(), "2", "3").decode()
    expected = replace(without_lineage(load_text(text)), version="3", replaces="2")
    assert replace(load_text(copied), sha256="") == expected


def test_a_file_in_braces_is_copied_too() -> None:
    text = (
        '{questionnaire: pulse, version: "2", kind: survey, title: Pulse, standards: '
        "[{id: a, title: A, questions: [{id: x, type: yes-no, ask: So}]}]}"
    )
    copied = load_text(next_version(text.encode(), "2", "3").decode())
    assert (copied.version, copied.replaces) == ("3", "2")
