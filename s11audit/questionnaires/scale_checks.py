"""What the levels of one scale must agree on."""

from __future__ import annotations

from fractions import Fraction

from s11audit.domain.ratings import Rag
from s11audit.domain.scales import Direction
from s11audit.questionnaires.faults import FaultCollector, quote, repeated
from s11audit.questionnaires.parts import Part, ScaleParts
from s11audit.questionnaires.schema import LevelPart

_WORSE_AND_BETTER = ((Rag.RED, Rag.GREEN), (Rag.RED, Rag.AMBER), (Rag.AMBER, Rag.GREEN))


def add_scale_faults(name: str, scale: ScaleParts, faults: FaultCollector) -> None:
    """Add what is wrong among the levels of the scale of this name."""
    _add_name_faults(name, scale, faults)
    for level in scale.levels:
        _add_level_faults(level, faults)
    if not scale.is_whole:
        return
    levels = applicable_levels(scale)
    if len(levels) < 2:
        faults.add(scale.part.line("levels"), f"scale {quote(name)} needs two levels or more")
        return
    _add_points_faults(scale, levels, faults)
    _add_gaps(levels, "rag", "give every applicable level a colour, or none", faults)
    if all(level.values.points and level.values.rag for level in levels):
        _add_order_fault(name, scale, levels, faults)


def applicable_levels(scale: ScaleParts) -> list[Part[LevelPart]]:
    """The levels that rate something, in the order of the file."""
    return [level for level in scale.levels if level.values.applicable == "yes"]


def _add_name_faults(name: str, scale: ScaleParts, faults: FaultCollector) -> None:
    ids = [(level.id, level.line("id")) for level in scale.levels if level.id]
    for line, level_id, first in repeated(ids):
        faults.add(
            line,
            f"scale {quote(name)}: level {quote(level_id)} is here twice: "
            f"line {first} has it already",
        )
    labels = [
        (level.values.label, level.line("label"))
        for level in scale.levels
        if "label" not in level.broken
    ]
    for line, label, first in repeated(labels):
        faults.add(line, f"two levels are called {quote(label)}: line {first} has it already")


def _add_level_faults(level: Part[LevelPart], faults: FaultCollector) -> None:
    values = level.values
    if values.applicable == "no":
        for key in ("rag", "points"):
            if level.has(key):
                faults.add(level.line(key), f"a level that is not applicable has no {key}")
    elif values.points is not None and Fraction(values.points) < 0:
        faults.add(level.line("points"), "points cannot be below 0")


def _add_points_faults(
    scale: ScaleParts, levels: list[Part[LevelPart]], faults: FaultCollector
) -> None:
    points = [level.values.points for level in levels]
    if None not in points and all(Fraction(one or 0) <= 0 for one in points):
        faults.add(scale.part.line("levels"), "one level must be worth more than 0 points")
    _add_gaps(levels, "points", "give all of them points, or none", faults)


def _add_gaps(levels: list[Part[LevelPart]], key: str, advice: str, faults: FaultCollector) -> None:
    """What some of the levels have, all must have."""
    without = [level for level in levels if getattr(level.values, key) is None]
    if len(without) == len(levels):
        return
    for level in without:
        faults.add(
            level.line("id"), f"level {quote(level.id)} has no {key}, but others have: {advice}"
        )


def _add_order_fault(
    name: str, scale: ScaleParts, levels: list[Part[LevelPart]], faults: FaultCollector
) -> None:
    """A worse colour worth more than a better one: the points run the other way round."""
    lowest = scale.part.values.direction is Direction.LOWEST_IS_BEST
    sign = -1 if lowest else 1
    by_colour: dict[Rag | None, list[Part[LevelPart]]] = {}
    for level in sorted(levels, key=lambda level: sign * Fraction(level.values.points or 0)):
        by_colour.setdefault(level.values.rag, []).append(level)
    for colour, better_colour in _WORSE_AND_BETTER:
        if colour not in by_colour or better_colour not in by_colour:
            continue
        worse, better = by_colour[colour][-1], by_colour[better_colour][0]
        more = Fraction(worse.values.points or 0) - Fraction(better.values.points or 0)
        if sign * more > 0:
            line = scale.part.line("direction") if lowest else worse.line("points")
            mend = "remove direction: lowest-is-best" if lowest else "add direction: lowest-is-best"
            faults.add(
                line,
                f"scale {quote(name)}: {colour} level {quote(worse.id)} is worth more than "
                f"{better_colour} level {quote(better.id)}; {mend}, or change the points",
            )
            return
