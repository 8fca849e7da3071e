"""When somebody looked at a standard of a return: what is new to them, and whether they are here.

Looks less than half an hour apart are one visit, so that what was new when it began is still
marked when the page is shown again. A page that is open says so from time to time; that is no look,
because it shows nothing of what others have changed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

VISIT_GAP = timedelta(minutes=30)
# A page says every minute that it is open; one that has missed two is taken for closed.
HERE_FOR = timedelta(minutes=2)
# Writing down each look would make every page a write.
WRITE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Visit:
    """One person's at one standard.

    `looked_before_at` is when their visit before this one ended, if there was one.
    """

    looked_at: datetime
    looked_before_at: datetime | None
    here_at: datetime

    def new_since(self, now: datetime) -> datetime | None:
        """What is later than this is new to them on the page that they are about to see.

        None on a first visit, to which everything is as new.
        """
        return self.looked_before_at if self._goes_on(now) else self.looked_at

    def is_here(self, now: datetime) -> bool:
        return now - self.here_at < HERE_FOR

    def looking_again(self, now: datetime) -> Visit:
        """What to write down of a look at this moment: itself, where that would say little."""
        if now - self.looked_at < WRITE_EVERY:
            return self
        return replace(self, looked_at=now, looked_before_at=self.new_since(now), here_at=now)

    def _goes_on(self, now: datetime) -> bool:
        return now - self.looked_at < VISIT_GAP


def first_visit(now: datetime) -> Visit:
    return Visit(looked_at=now, looked_before_at=None, here_at=now)
