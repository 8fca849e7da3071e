"""Comparing two versions of 150 questions, beside parsing one of them in the same run."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from s11audit.domain.lineage import ChangeKind, compare
from s11audit.questionnaires import load_text
from tests.benchmarks.test_loading import large_questionnaire
from tests.benchmarks.timing import quickest

pytestmark = pytest.mark.benchmark

# Parsing takes some 70 ms where comparing may take 20; it took 0.12 of it when this was written.
MOST_OF_PARSING = 0.25


def test_comparing_two_versions_costs_a_small_part_of_parsing_one(
    benchmark: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    text = large_questionnaire()
    old = load_text(text)
    new = load_text(text.replace("it cannot wait", "it can not wait"))
    assert {change.kind for change in benchmark(compare, old, new)} == {ChangeKind.REWORDED}
    ours, parsing = quickest(
        lambda: compare(old, new),
        lambda: yaml.load(text, yaml.CSafeLoader),
        within=MOST_OF_PARSING,
    )
    with capsys.disabled():
        print(
            f"\ncompare two versions of 150 questions: {ours * 1000:.1f} ms, "
            f"{ours / parsing:.2f} × parsing one"
        )
    assert ours <= MOST_OF_PARSING * parsing
