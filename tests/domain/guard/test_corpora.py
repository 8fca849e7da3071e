"""What the guard finds in labelled texts, and that our own texts raise no alarm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from s11audit.demo.labelled import labelled_texts, unknown_names
from s11audit.domain.guard import Certainty, Kind, find
from s11audit.domain.guard.measuring import (
    ALLOWED_FALSE_ALARMS,
    WANTED_OF_NAMES,
    WANTED_OF_NUMBERS,
    Figures,
    Label,
    LabelledText,
    measure,
)
from s11audit.domain.guard.words import folded, lexicon
from s11audit.paths import PACKAGE, QUESTIONNAIRES

MARKED = re.compile(r"\{\{([a-z-]+):(.*?)\}\}")
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
OTHER_STYLES = Path(__file__).parent / "other-styles.txt"
HELD_OUT = Path(__file__).parent / "held-out.txt"


def marked(line: str) -> LabelledText:
    """A line of other-styles.txt or held-out.txt without its marks, and what they say."""
    line = ESCAPED.sub(lambda match: chr(int(match[1], 16)), line)
    text, labels, last = "", [], 0
    for match in MARKED.finditer(line):
        text += line[last : match.start()]
        labels.append(Label(Kind(match[1]), len(text), len(text) + len(match[2])))
        text, last = text + match[2], match.end()
    return LabelledText(text + line[last:], tuple(labels))


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure(labelled_texts())


def share(part: int, whole: int) -> float:
    assert whole, "nothing was measured"
    return part / whole


def test_the_corpus_is_as_large_and_as_varied_as_it_says(figures: Figures) -> None:
    assert all(figures.of_kind(kind).whole >= 600 for kind in Kind)
    assert figures.of_kind(Kind.NAME).whole >= 1_000
    assert figures.alarms.whole >= 400
    assert len({one.text for one in labelled_texts() if not one.labels}) >= 400


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.NAME])
def test_numbers_and_addresses_of_persons_are_found(figures: Figures, kind: Kind) -> None:
    found = figures.of_kind(kind)
    assert share(found.part, found.whole) >= WANTED_OF_NUMBERS


def test_names_are_found_whether_a_list_has_them_or_not(figures: Figures) -> None:
    found = figures.of_kind(Kind.NAME)
    assert share(found.part, found.whole) >= WANTED_OF_NAMES
    unlisted = figures.found[Kind.NAME, "in no list"]
    assert share(unlisted.part, unlisted.whole) >= WANTED_OF_NAMES


def test_harmless_paragraphs_seldom_raise_an_alarm(figures: Figures) -> None:
    assert share(figures.alarms.part, figures.alarms.whole) <= ALLOWED_FALSE_ALARMS


def test_names_that_are_said_to_be_in_no_list_are_in_none() -> None:
    known = lexicon()
    lists = known.given | known.unclear | known.sure | known.census | known.surnames
    names = unknown_names()
    assert [one for part in ("given", "last") for one in names[part] if folded(one) in lists] == []


def measured(corpus: Path) -> Figures:
    lines = corpus.read_text(encoding="utf-8").splitlines()
    return measure(marked(line) for line in lines if line and not line.startswith("#"))


def test_texts_in_other_styles_do_as_well() -> None:
    found = measured(OTHER_STYLES)
    names = found.of_kind(Kind.NAME)
    assert share(names.part, names.whole) >= WANTED_OF_NAMES
    assert share(found.alarms.part, found.alarms.whole) <= ALLOWED_FALSE_ALARMS
    assert found.of_numbers.share == 1


def test_texts_that_the_rules_were_not_made_by_do_as_well() -> None:
    found = measured(HELD_OUT)
    names, numbers = found.of_kind(Kind.NAME), found.of_numbers
    assert names.whole >= 120
    assert found.alarms.whole >= 120
    assert share(names.part, names.whole) >= WANTED_OF_NAMES
    assert share(numbers.part, numbers.whole) >= WANTED_OF_NUMBERS
    assert share(found.alarms.part, found.alarms.whole) <= ALLOWED_FALSE_ALARMS


def texts_in(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, dict | list):
        for one in held.values() if isinstance(held, dict) else held:
            yield from texts_in(one)


def shipped_texts() -> Iterator[tuple[str, str]]:
    """(File, text) of all questionnaires and of what the made-up agencies write."""
    demo = PACKAGE / "demo" / "data"
    written = [*(demo / "texts").glob("*.yaml"), *(demo / "answers").rglob("*.yaml")]
    for path in (*QUESTIONNAIRES.rglob("*.yaml"), *written):
        for text in texts_in(yaml.safe_load(path.read_text(encoding="utf-8"))):
            yield path.name, text


def test_our_own_texts_raise_no_certain_alarm_and_hardly_a_likely_one() -> None:
    texts = list(shipped_texts())
    hits = [(name, text, hit) for name, text in texts for hit in find(text)]
    certain = [(name, text) for name, text, hit in hits if hit.certainty is Certainty.CERTAIN]
    assert certain == []
    likely = {(name, text) for name, text, hit in hits if hit.certainty is Certainty.LIKELY}
    assert len(likely) <= 0.002 * len(texts), likely
