"""Drawing cases from a list of references, so that anybody can draw the same ones again.

Each reference is given a place in its stratum by the SHA-256 of the seed and the reference. That
is the same on every machine, whatever order the list is in; ADR 14 says why it is fair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

# What a stratum is called of which an entry says nothing, and between the values of several.
NOT_GIVEN = "Not given"
BETWEEN = " / "
EVERYTHING = "All cases"
# More than this, and a table of sizes is no help to anybody.
MOST_STRATA = 40


class Stratum(StrEnum):
    """A column of the list over which cases can be spread."""

    AGE_BAND = "age-band"
    TEAM = "team"
    PLAN_TYPE = "plan-type"


STRATUM_LABELS: dict[Stratum, str] = {
    Stratum.AGE_BAND: "Age band",
    Stratum.TEAM: "Team",
    Stratum.PLAN_TYPE: "Type of plan",
}


@dataclass(frozen=True)
class Entry:
    """One line of the list that cases are drawn from."""

    reference: str
    age_band: str = ""
    team: str = ""
    plan_type: str = ""

    def value(self, column: Stratum) -> str:
        """What it says in this column; nothing where that is left out."""
        values = {
            Stratum.AGE_BAND: self.age_band,
            Stratum.TEAM: self.team,
            Stratum.PLAN_TYPE: self.plan_type,
        }
        return values[column]


@dataclass(frozen=True)
class Size:
    """How many cases, and how many reserves, are wanted of one stratum."""

    cases: int
    reserves: int = 0


@dataclass(frozen=True)
class Draw:
    """What was drawn. `cases` are in the order in which they are numbered, over all strata.

    `reserves` are by stratum, each in the order in which they take a case's place.
    """

    cases: tuple[Entry, ...]
    reserves: Mapping[str, tuple[Entry, ...]]


def stratum_of(entry: Entry, columns: Collection[str]) -> str:
    """The stratum of an entry where cases are spread over these columns (codes of Stratum)."""
    chosen = [column for column in Stratum if column in columns]
    if not chosen:
        return EVERYTHING
    return BETWEEN.join(entry.value(column) or NOT_GIVEN for column in chosen)


def strata_of(entries: Iterable[Entry], columns: Collection[str]) -> dict[str, list[Entry]]:
    """Stratum → its entries, the strata in the order of their names."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(stratum_of(entry, columns), []).append(entry)
    return dict(sorted(found.items()))


def place_in_draw(seed: str, reference: str) -> str:
    """What entries are put in order by: hexadecimal SHA-256 of seed, line end and reference.

    Capital and small letters of a reference are the same.
    """
    return hashlib.sha256(f"{seed}\n{reference.upper()}".encode()).hexdigest()


def draw_cases(
    entries: Iterable[Entry], columns: Collection[str], sizes: Mapping[str, Size], seed: str
) -> Draw:
    """The first of each stratum in the order of the draw, and behind them its reserves.

    A stratum without a size gives nothing. The same list, seed and sizes give the same cases.
    """
    in_order = sorted(entries, key=lambda entry: place_in_draw(seed, entry.reference))
    cases: list[Entry] = []
    reserves: dict[str, tuple[Entry, ...]] = {}
    for stratum, found in strata_of(in_order, columns).items():
        size = sizes.get(stratum, Size(0))
        cases += found[: size.cases]
        reserves[stratum] = tuple(found[size.cases : size.cases + size.reserves])
    cases.sort(key=lambda entry: place_in_draw(seed, entry.reference))
    return Draw(tuple(cases), reserves)


def proportional_sizes(counts: Mapping[str, int], wanted: int) -> dict[str, Size]:
    """`wanted` cases shared out over strata by how many entries each has, with reserves.

    No stratum gets more than it has. Of what is left by rounding down, the largest remainders get
    one more each, and where those are alike the larger stratum. Each has one reserve where it can.
    """
    total = sum(counts.values())
    if not total:
        return {}
    wanted = min(wanted, total)
    cases = {name: wanted * count // total for name, count in counts.items()}
    remainders = {name: wanted * count % total for name, count in counts.items()}
    by_remainder = sorted(counts, key=lambda name: (-remainders[name], -counts[name], name))
    for name in by_remainder[: wanted - sum(cases.values())]:
        cases[name] += 1
    return {name: Size(n, min(1 if n else 0, counts[name] - n)) for name, n in cases.items()}


def list_digest(entries: Iterable[Entry]) -> str:
    """SHA-256 over the whole list, whatever order it is in: to tell whether two lists are one."""
    lines: Sequence[str] = sorted(
        "\t".join((entry.reference.upper(), entry.age_band, entry.team, entry.plan_type))
        for entry in entries
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
