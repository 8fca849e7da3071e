"""Where a key is a yes-or-no matter, YAML's own words are understood too."""

from __future__ import annotations

from s11audit.questionnaires import load_text

TEXT = """
questionnaire: spelt
version: "1"
kind: self-assessment
title: Spelt
scales:
  simple:
    - {{id: met, label: Met, rag: green}}
    - {{id: not-met, label: Not met, rag: red}}
    - {{id: none, label: Not applicable, applicable: {no}}}
standards:
  - id: one
    title: One
    questions:
      - {{id: first, type: rating, scale: simple, critical: {yes}, required: {no}, ask: Is it so?}}
"""


def test_true_and_false_mean_yes_and_no() -> None:
    ours = load_text(TEXT.format(yes="yes", no="no"))
    yamls = load_text(TEXT.format(yes="true", no="false"))
    assert yamls.standards == ours.standards
    question = yamls.by_key["one.first"]
    assert (question.critical, question.required) == (True, False)
