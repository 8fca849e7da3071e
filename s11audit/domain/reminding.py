"""When whoever has not returned is told: as the round opens, and on days before and after its date.

Each occasion is used once for each date. An occasion is kept as a short text: `opened`, `new-date`
for a return whose date has changed, a number of days from the date, or `now-` and the day on which
a manager asked for it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from s11audit.domain.dates import long_date
from s11audit.domain.numbers import counted
from s11audit.domain.workflow import RETURNED_STATUSES, ReturnStatus

# Four weeks, one week and one day before; one day and one week after.
USUAL_PLAN: tuple[int, ...] = (-28, -7, -1, 1, 7)
OPENED = "opened"
NEW_DATE = "new-date"
_ASKED = "now-"

MOST_DAYS = 365
MOST_REMINDERS = 12

# An occasion, and the date that the return was due then.
Told = tuple[str, date]


class PlanError(ValueError):
    """What was typed is no plan. Says what to type instead."""


@dataclass(frozen=True)
class Due:
    """What to do now about one return: tell its people of an occasion (if any), and pass others."""

    occasion: str | None
    passed: tuple[str, ...] = ()


def is_awaited(status: ReturnStatus) -> bool:
    """Whether the agency still owes a return."""
    return status not in RETURNED_STATUSES and status is not ReturnStatus.EXEMPT


def due_now(
    plan: Collection[int], status: ReturnStatus, due_on: date, told: Collection[Told], today: date
) -> Due:
    """Which occasion to tell a return's people of, given those that are settled already.

    Of several that are reached only the latest is used. The first word on a date is the date
    itself: that the round is open, or that the date is another. It goes before the reminders whose
    day has passed by then, unless the return is late: then people are told that. Days that come
    while nothing is owed pass unused.
    """
    settled = {occasion for occasion, on in told if on == due_on}
    waiting = [one for one in reached_days(plan, due_on, today) if one not in settled]
    first = _first_word(due_on, told)
    pending = [first, *waiting] if first else waiting
    if not is_awaited(status):
        # An agency that is excused may be asked after all, and has then to hear of the round.
        return Due(None, tuple(pending if status in RETURNED_STATUSES else waiting))
    if not pending:
        return Due(None)
    is_late = bool(waiting) and int(waiting[-1]) > 0
    occasion = first if first and not is_late else waiting[-1]
    return Due(occasion, tuple(one for one in pending if one != occasion))


def coming(
    plan: Collection[int],
    status: ReturnStatus,
    due_on: date,
    told: Collection[Told],
    today: date,
    closes_on: date,
) -> tuple[str, date] | None:
    """The next occasion of a return and its day, if it stays as it is; None where there is none."""
    if not is_awaited(status) or today > closes_on:
        return None
    due = due_now(plan, status, due_on, told, today)
    if due.occasion is not None:
        return due.occasion, today
    days = [(str(one), due_on + timedelta(one)) for one in sorted(plan)]
    return next(((one, day) for one, day in days if today < day <= closes_on), None)


def reached_days(plan: Collection[int], due_on: date, today: date) -> list[str]:
    """The occasions of a plan whose day has come."""
    return [str(days) for days in sorted(plan) if due_on + timedelta(days) <= today]


def asked_for(today: date) -> str:
    """The occasion of a manager who asks for reminders on this day."""
    return f"{_ASKED}{today.isoformat()}"


def occasion_in_words(occasion: str) -> str:
    """`7 days before the due date`: when people were told, or will be."""
    if occasion == OPENED:
        return "When the round opens"
    if occasion == NEW_DATE:
        return "When the due date changes"
    if occasion.startswith(_ASKED):
        return f"Asked for on {long_date(date.fromisoformat(occasion.removeprefix(_ASKED)))}"
    days = int(occasion)
    if days == 0:
        return "On the due date"
    return f"{counted(abs(days), 'day')} {'before' if days < 0 else 'after'} the due date"


def days_in_words(plan: Collection[int], *, before: bool) -> str:
    """Days before (with the day itself), or after, as they are typed: `28, 7, 1`."""
    days = [abs(one) for one in plan if (one <= 0) is before]
    return ", ".join(str(one) for one in sorted(days, reverse=before))


def days_from_words(text: str, *, before: bool) -> tuple[int, ...]:
    """Numbers of days as somebody types them, with commas or spaces between. Raises PlanError."""
    words = text.replace(",", " ").replace(";", " ").split()
    least = 0 if before else 1
    days = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 6]
    if len(days) != len(words) or any(not least <= one <= MOST_DAYS for one in days):
        example = "28, 7, 1" if before else "1, 7"
        raise PlanError(f"Enter whole numbers from {least} to {MOST_DAYS}, such as {example}")
    return tuple(sorted({-one if before else one for one in days}))


def _first_word(due_on: date, told: Collection[Told]) -> str | None:
    if not any(occasion == OPENED for occasion, _ in told):
        return OPENED
    is_told = any(on == due_on and occasion in (OPENED, NEW_DATE) for occasion, on in told)
    return None if is_told else NEW_DATE
