"""How long works take beside each other, on a machine that may be busy with other things."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any


def quickest(
    *works: Callable[[], Any],
    rounds: int = 15,
    within: float | None = None,
    clock: Callable[[], float] = perf_counter,
) -> list[float]:
    """Seconds of the best run of each, run in turn so that a busy machine slows all alike.

    Where the first takes more than `within` times the second after these rounds, as many again
    are run before that is believed: a disturbance passes, slowness stays.
    """
    best = [float("inf")] * len(works)
    for turn in range(2 * rounds):
        if turn >= rounds and (within is None or best[0] <= within * best[1]):
            break
        for number, work in enumerate(works):
            start = clock()
            work()
            best[number] = min(best[number], clock() - start)
    return best
