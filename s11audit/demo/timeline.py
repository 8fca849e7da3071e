"""What happened when: things are written down in any order and then done in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

Deed = Callable[[datetime], None]

FIRST_HOUR, LAST_HOUR = 8, 16
SATURDAY = 5


@dataclass
class Timeline:
    """Deeds with their moments. Nothing is done at a weekend, and nothing after yesterday."""

    today: date
    rng: Random
    # The number keeps deeds of one moment in the order in which they were written down.
    _deeds: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def day(self, offset: int) -> date:
        """The working day this many days from today (negative: before it)."""
        wanted = self.today + timedelta(days=offset)
        return wanted - timedelta(days=max(0, wanted.weekday() - (SATURDAY - 1)))

    def add(self, day: date, deed: Deed, after: datetime | None = None) -> datetime:
        """Do this on a day, and later than `after`. Gives the moment."""
        day = min(day, self.today - timedelta(days=1))
        hour = self.rng.randint(FIRST_HOUR, LAST_HOUR)
        minute, second = self.rng.randrange(60), self.rng.randrange(60)
        moment = datetime.combine(day, time(hour, minute, second), UTC)
        if after and moment <= after:
            moment = after + timedelta(minutes=self.rng.randint(6, 25))
        heappush(self._deeds, (moment, next(self._numbers), deed))
        return moment

    def play(self) -> None:
        """Do everything in the order of time, and what a deed adds meanwhile."""
        while self._deeds:
            moment, _, deed = heappop(self._deeds)
            deed(moment)
