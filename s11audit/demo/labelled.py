"""Made-up texts in which whatever identifies somebody is marked, to measure the guard with.

The same texts every time: they are drawn with a fixed seed from `data/labelled/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from s11audit.demo.labelled_numbers import VALUES
from s11audit.domain.guard import Kind
from s11audit.domain.guard.measuring import Label, LabelledText

SEED = 20261129
OF_EACH_KIND = 600
NAMES = 1_200
HARMLESS = 600

_SLOT = re.compile(r"\{(\w+)\}")


def labelled_texts(seed: int = SEED) -> Iterator[LabelledText]:
    """Numbers and addresses in every spelling, names in sentences, and harmless paragraphs."""
    random = Random(seed)  # noqa: S311 - made-up texts
    yield from _numbers(random)
    yield from _names(random)
    yield from _harmless(random)


def unknown_names() -> dict[str, list[str]]:
    """The given names and surnames of the corpus that must be in no list of the guard."""
    names: dict[str, list[str]] = _data("names")["unknown"]
    return names


def _data(name: str) -> Any:
    path = files("s11audit.demo") / "data" / "labelled" / f"{name}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _numbers(random: Random) -> Iterator[LabelledText]:
    for code, sentences in _data("structured-sentences").items():
        kind = Kind(code)
        for _ in range(OF_EACH_KIND):
            value, group = VALUES[kind](random)
            yield _filled(random.choice(sentences), "value", value, Label(kind, 0, 0, group))


def _names(random: Random) -> Iterator[LabelledText]:
    sentences, names = _data("name-sentences"), _data("names")
    weights = {"first": 8, "full": 4, "last": 2, "initial": 1, "initials": 1, "small": 2}
    for number in range(NAMES):
        group = ("known", "unknown")[number % 2]
        form = random.choices(list(weights), list(weights.values()))[0]
        first, last = random.choice(names[group]["given"]), random.choice(names[group]["last"])
        label = Label(Kind.NAME, 0, 0, _group(group, form))
        yield _with_name(random.choice(sentences[form]), first, last, label)


def _group(group: str, form: str) -> str:
    forms = {"small": "in small letters", "initials": "initials"}
    return forms.get(form) or ("in a list" if group == "known" else "in no list")


def _with_name(sentence: str, first: str, last: str, label: Label) -> LabelledText:
    """The sentence with its names, of which the first and what goes with it is the label."""
    if label.group == "in small letters":
        first, last = first.lower(), last.lower()
    slots = {
        "first": first,
        "last": last,
        "full": f"{first} {last}",
        "initial": first[0],
        "initials": first[0] + last[0],
        "dotted": f"{first[0]}.{last[0]}.",
    }
    slot = _SLOT.search(sentence)
    assert slot is not None  # noqa: S101 (every sentence of the file has one)
    start = slot.start()
    text = sentence.format(**slots)
    end = start + len(text) - len(sentence.replace(slot[0], "", 1).format(**slots))
    return LabelledText(text, (Label(label.kind, start, end, label.group),))


def _harmless(random: Random) -> Iterator[LabelledText]:
    data = _data("harmless")
    for _ in range(HARMLESS):
        drawn = random.sample(data["sentences"], random.randint(2, 4))
        yield LabelledText(" ".join(_drawn(one, data["words"], random) for one in drawn))


def _drawn(sentence: str, words: dict[str, list[str]], random: Random) -> str:
    return _SLOT.sub(lambda slot: random.choice(words[slot[1]]), sentence)


def _filled(sentence: str, slot: str, value: str, label: Label) -> LabelledText:
    before, _, after = sentence.partition(f"{{{slot}}}")
    start = len(before)
    return LabelledText(
        before + value + after, (Label(label.kind, start, start + len(value), label.group),)
    )
