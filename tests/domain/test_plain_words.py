"""The sentences for young panellists are as easy as they are meant to be."""

from __future__ import annotations

import re

import pytest

from s11audit.domain import plain_words
from s11audit.domain.ratings import Rating
from s11audit.domain.workflow import SUBMITTED_STATUSES

# Flesch–Kincaid grade 8 is what a 13- to 14-year-old reads.
HARDEST = 8.0
LONGEST_SENTENCE = 20

TEXTS = [
    *plain_words.RATING_SENTENCES.values(),
    *plain_words.CHECKED_SENTENCES.values(),
    plain_words.PROMISE.format(when="31 March"),
    plain_words.NO_PROMISE,
    plain_words.NO_RATING,
    plain_words.ROUND_INTRODUCTION,
    plain_words.HOW_MANY.format(sent="Ten", asked="twelve"),
    plain_words.COLOURS,
    plain_words.AGENCY_INTRODUCTION.format(agency="The school"),
    plain_words.WHAT_IS_LEFT_OUT,
]


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end."""
    word = re.sub(r"(?<=[^aeiouyl])e$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def grade(text: str) -> float:
    """Flesch–Kincaid: 0.39 words a sentence + 11.8 syllables a word less 15.59."""
    sentences = [one for one in re.split(r"[.!?]+", text) if one.strip()]
    words = re.findall(r"[\w’']+", text)
    return (
        0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    )


def test_the_measure_tells_easy_from_hard() -> None:
    assert grade("The cat sat on the mat.") < 2
    assert grade("Organisational accountability necessitates multidisciplinary evaluation.") > 20


@pytest.mark.parametrize("text", TEXTS)
def test_a_14_year_old_reads_it_with_ease(text: str) -> None:
    assert grade(text) <= HARDEST, text
    sentences = [one.split() for one in re.split(r"[.!?]", text)]
    assert max(map(len, sentences)) <= LONGEST_SENTENCE, text


def test_every_rating_and_every_stage_that_can_be_read_has_its_sentence() -> None:
    assert set(plain_words.RATING_SENTENCES) == set(Rating)
    assert set(plain_words.CHECKED_SENTENCES) == SUBMITTED_STATUSES
