from __future__ import annotations

from fractions import Fraction

import pytest

from s11audit.domain.numbers import counted, plain_number


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Fraction(1_000_000), "1,000,000"),
        (Fraction(5, 2), "2.5"),
        (Fraction(-3), "-3"),
        (Fraction(1, 1_000_000), "0.000001"),
    ],
)
def test_a_number_is_shown_in_digits_however_large_or_small(number: Fraction, shown: str) -> None:
    assert plain_number(number) == shown


def test_one_thing_is_counted_in_the_singular() -> None:
    assert counted(1, "fault") == "1 fault"
    assert counted(0, "fault") == "0 faults"
    assert counted(1, "agency is", "agencies are") == "1 agency is"
    assert counted(1_200, "agency is", "agencies are") == "1,200 agencies are"
