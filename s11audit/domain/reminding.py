"""When whoever has not returned is reminded: days before and after the date it is due."""

from __future__ import annotations

# Four weeks, one week and one day before; one day and one week after.
USUAL_PLAN: tuple[int, ...] = (-28, -7, -1, 1, 7)
