"""Dates of birth, and the many dates of an audit that are none."""

from __future__ import annotations

import pytest

from s11audit.domain.guard import Kind
from tests.domain.guard.told import certainties, found, of_kind


@pytest.mark.parametrize(
    "text",
    [
        "DOB 12/03/2014",
        "d.o.b: 12.03.14",
        "Date of birth: 3rd March 2014",
        "born on 3 March 2014 at term",
        "born in hospital on March 3, 2014",
        "DOB\n2014-03-12",
        "(12/03/2014 is her date of birth)",
        "DoB 1\u200b2/03/2014",
        "dob 12032014",
    ],
)
def test_a_date_beside_words_of_birth_is_certain(text: str) -> None:
    assert certainties(text) == ["CERTAIN"]


@pytest.mark.parametrize(
    "text",
    [
        "The review is due on 3 March 2027.",
        "The strategy discussion of 12/03/2026 did not include health.",
        "Signed off on 2026-03-12 by the subgroup.",
        "The pre-birth assessment was completed on 3 March 2026.",
        "The unborn baby's plan was agreed on 3 March 2026.",
        "The age assessment took place on 3 March 2026.",
    ],
)
def test_other_full_dates_are_merely_possible(text: str) -> None:
    assert certainties(text) == ["POSSIBLE"]


@pytest.mark.parametrize(
    "text",
    [
        "In spring 2026, between March and May.",
        "The child was born in March 2019.",
        "Version 2.1.2026 of paragraph 5.2.11",
        "From 3 to 12 March the worker was away.",
        "24/7 cover and 3/25 plans",
    ],
)
def test_months_seasons_and_figures_are_no_dates_of_birth(text: str) -> None:
    assert found(text) == []


def test_a_birthday_without_its_year_is_likely() -> None:
    assert of_kind(Kind.BIRTH_DATE, "Her birthday is 3 March.") == ["3 March"]
