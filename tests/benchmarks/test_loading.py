"""Loading 150 questions, beside plain parsing of the same text in the same run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from s11audit.questionnaires import Catalogue, load_text
from tests.benchmarks.timing import quickest

pytestmark = pytest.mark.benchmark

MOST_TIMES_PLAIN = 1.5


def large_questionnaire(standards: int = 15, questions: int = 10) -> str:
    """The text of a questionnaire with as much in each question as real ones have."""
    text = """questionnaire: large
version: "1"
kind: self-assessment
title: A large questionnaire
scales:
  compliance:
    - {id: met, label: Fully met, rag: green, points: 1}
    - {id: partly-met, label: Partly met, rag: amber, points: 0.5}
    - {id: not-met, label: Not met, rag: red, points: 0}
    - {id: not-applicable, label: Not applicable, applicable: no, needs: reason}
standards:
"""
    for standard in range(standards):
        text += f"  - id: s{standard}\n    title: Standard {standard}\n    questions:\n"
        for question in range(questions):
            text += f"""
      - id: q{question}
        title: Question {question}
        type: rating
        scale: compliance
        ask: Does everybody who works for your agency know what to do, question {question}?
        help: Think of somebody who is new, and of somebody who works alone in the evening.
        good:
          - Each of them can say whom to ask, and when it cannot wait until tomorrow.
          - Somebody checks that they can, and does something about it where they cannot.
        examples: [A record of the check, Notes of the change that followed]
        cites:
          - law: Children Act 2004 s11(2)(a)
          - {{guidance: Working Together, edition: "2026", at: chapter 4, checked: no}}
        critical: {"yes" if question == 0 else "no"}
        evidence: when-green
        for: [police, nhs-trust, icb, probation]
"""
            if question:
                text += f"        when: {{question: s{standard}.q0, is-not: not-applicable}}\n"
    return text


def test_loading_and_checking_costs_little_more_than_parsing(
    benchmark: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    text = large_questionnaire()
    assert len(list(benchmark(load_text, text).questions())) == 150
    ours, plain, bare = quickest(
        lambda: load_text(text),
        lambda: yaml.load(text, yaml.CSafeLoader),
        lambda: yaml.load(text, yaml.CBaseLoader),
        within=MOST_TIMES_PLAIN,
    )
    with capsys.disabled():
        print(
            f"\nload and check 150 questions: {ours * 1000:.0f} ms, "
            f"{ours / plain:.2f} × plain parsing (C loader), {ours / bare:.2f} × without types"
        )
    assert ours <= MOST_TIMES_PLAIN * plain


def test_a_catalogue_hands_out_what_it_has_without_parsing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "large" / "1.yaml"
    path.parent.mkdir()
    text = large_questionnaire()
    path.write_text(text, encoding="utf-8")
    catalogue = Catalogue([tmp_path])
    first = catalogue.get("large", "1")
    again, parsing = quickest(
        lambda: catalogue.get("large", "1"), lambda: yaml.load(text, yaml.CBaseLoader)
    )
    with capsys.disabled():
        print(f"\nget again: {again * 1000:.2f} ms, {again / parsing:.3f} × plain parsing")
    assert catalogue.get("large", "1") is first
    assert again < parsing / 10
