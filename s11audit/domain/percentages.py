"""Parts of a whole, as a percentage is shown."""

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
