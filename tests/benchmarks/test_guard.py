"""The guard on a page of 30 answers of 1,000 characters, against looking up each word in a set."""

from __future__ import annotations

import re
from time import process_time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from s11audit.demo.labelled import labelled_texts
from s11audit.domain.guard import find
from s11audit.domain.guard.words import lexicon
from tests.benchmarks.timing import quickest

pytestmark = pytest.mark.benchmark

ANSWERS, LENGTH = 30, 1_000
# Eight rules look at each character, and the words around each capital are weighed.
ALLOWED = 35.0


def answers() -> list[str]:
    """Answers of realistic words, with a capital here and there."""
    words = " ".join(one.text for one in labelled_texts() if not one.labels)
    return [words[start : start + LENGTH] for start in range(0, ANSWERS * LENGTH, LENGTH)]


def test_a_page_of_answers_is_guarded_while_somebody_types(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    page, word = answers(), re.compile(r"[^\W\d_]+|[0-9]+")
    assert sum(len(answer) for answer in page) == ANSWERS * LENGTH

    def guarded() -> None:
        for answer in page:
            find(answer)

    def floor() -> None:
        for answer in page:
            for found in word.finditer(answer):
                found[0].lower() in known  # noqa: B015 - the look-up is what is timed

    known = lexicon().ordinary
    guarded()  # which reads the word lists
    ours, bare = quickest(guarded, floor, within=ALLOWED, clock=process_time)
    benchmark.extra_info["ratio to looking up its words"] = round(ours / bare, 1)
    with capsys.disabled():
        print(f"\nguard: {ours * 1000:.1f} ms, words {bare * 1000:.1f} ms, {ours / bare:.1f} ×")
    assert ours <= ALLOWED * bare
    benchmark(guarded)
