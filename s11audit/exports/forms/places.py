"""Where things stand on the sheet of a standard."""

from __future__ import annotations

KEYS, NUMBERS, QUESTIONS, ANSWERS = 1, 2, 3, 4  # columns


def spans(columns: int, count: int) -> list[tuple[int, int]]:
    """First and last column of each of `count` cells that share so many answer columns."""
    width, more = divmod(columns, count)
    found, start = [], ANSWERS
    for number in range(count):
        end = start + width + (number < more) - 1
        found.append((start, end))
        start = end + 1
    return found
