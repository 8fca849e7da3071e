"""Numbers as people here read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def percent(part: Fraction | int, whole: Fraction | int) -> Decimal | None:
    """`part` ÷ `whole` as a percentage, rounded half up to one decimal; None where whole is 0."""
    if whole == 0:
        return None
    tenths = Fraction(part) * 1000 / Fraction(whole)
    rounded = (Decimal(tenths.numerator) / Decimal(tenths.denominator)).quantize(
        Decimal(1), rounding=ROUND_HALF_UP
    )
    return rounded / 10


def plain_number(number: Fraction) -> str:
    """`1,250,000` or `0.5`: never an exponent, and no zeros that say nothing."""
    return f"{Decimal(number.numerator) / Decimal(number.denominator):,f}"


def counted(number: int, one: str, several: str = "") -> str:
    """`1 fault`, `3 faults`; `several` is for words that do more than take an s."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def pages_of(total: int, each: int) -> int:
    """How many pages it takes to show `total` things, `each` on a page: at least one."""
    return max(1, -(-total // each))
