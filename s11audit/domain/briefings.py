"""The one-page learning briefing: its boxes, how much each may hold, and what none may say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from s11audit.domain.numbers import counted

# About as many characters as a line of the printed page holds.
CHARACTERS_A_LINE = 90
LONGEST_TITLE = 100
LONGEST_CONTACT = 150
LINKS = "links"


@dataclass(frozen=True)
class BriefingBox:
    """One of the six boxes, whose heading `exports/briefing.yaml` has.

    `lines` is its share of the page, of CHARACTERS_A_LINE each: all shares together fill one A4
    page. `hint` says what belongs there.
    """

    name: str
    hint: str
    lines: int

    @property
    def characters(self) -> int:
        """The most that it may hold."""
        return self.lines * CHARACTERS_A_LINE

    @property
    def room(self) -> str:
        """`Up to 540 characters on 6 lines`."""
        return f"Up to {self.characters} characters on {counted(self.lines, 'line')}"


BRIEFING_BOXES: tuple[BriefingBox, ...] = (
    BriefingBox("looked_at", "The theme, how many cases, and when.", 5),
    BriefingBox("works", "Good practice that others can copy.", 7),
    BriefingBox("improve", "What got in the way of good help.", 7),
    BriefingBox("do", "What every reader can do from tomorrow.", 7),
    BriefingBox("discuss", "Questions for a team meeting.", 5),
    BriefingBox(
        LINKS,
        "One a line: what it is, then its address, such as “Early help https://example.org/help”.",
        5,
    ),
)
# A briefing without these says too little to be issued.
NEEDED_BOXES: tuple[str, ...] = ("looked_at", "works", "improve", "do")


@dataclass(frozen=True)
class Block:
    """A paragraph, or one point of a list."""

    text: str
    is_point: bool = False


@dataclass(frozen=True)
class Link:
    """A line of the links. `text` is what it is called, or else the address itself."""

    text: str
    address: str


_POINT = re.compile(r"[-*•–]\s+")
_ADDRESS = re.compile(
    r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:/[^\s<>\"]*)?"
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DASH = "[-\u2010-\u2015\u2212_ ]?"
_CASES = (
    # MA-26-03-C2, however its parts are joined.
    re.compile(
        rf"\b[A-Z]{{1,12}}{_DASH}\d{{2,4}}{_DASH}\d{{1,3}}{_DASH}C\d{{1,3}}\b", re.IGNORECASE
    ),
    # Case 2, case C2, child 3; “4 of 6 cases” counts and names none.
    re.compile(r"\b(?:case|child)\s+(?:no\.?\s*|number\s+)?C?\d{1,3}\b", re.IGNORECASE),
    re.compile(r"\bC\d{1,2}\b"),
)


def blocks_of(text: str) -> tuple[Block, ...]:
    """The lines of a box: those that begin with a dash, a star or a dot are points of a list."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(
        Block(_POINT.sub("", line, count=1), bool(_POINT.match(line))) for line in lines if line
    )


def links_of(text: str) -> tuple[Link, ...]:
    """The links of a box whose every line holds one."""
    return tuple(link for line in text.splitlines() if (link := _link(line)))


def lines_without_link(text: str) -> list[int]:
    """Numbers, from 1, of lines that hold no address which begins with https://, and no room."""
    return [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and _link(line) is None
    ]


def _link(line: str) -> Link | None:
    """The name and the address of a line that ends in one."""
    words = line.strip().split()
    address = words[-1].strip("<>()") if words else ""
    if not _ADDRESS.fullmatch(address):
        return None
    name = _POINT.sub("", " ".join(words[:-1]), count=1).rstrip(" :–-")
    return Link(name or address, address)


def lines_on_paper(text: str) -> int:
    """About how many lines of the page a text fills."""
    return sum(-(-len(line.strip()) // CHARACTERS_A_LINE) for line in text.splitlines())


def cases_named(text: str, local_references: Collection[str] = ()) -> list[str]:
    """What of a text names a single case, in its order: `MA-26-03-C2`, `case 2`.

    So does each of `local_references`, by which agencies know a child.
    """
    text = _UNSEEN.sub("", text)
    found = [match for pattern in _CASES for match in pattern.finditer(text)]
    found += [
        match
        for local in local_references
        for match in re.finditer(rf"(?<!\w){re.escape(local)}(?!\w)", text, re.IGNORECASE)
    ]
    in_order = sorted(found, key=lambda match: (match.start(), -match.end()))
    return list(dict.fromkeys(match.group() for match in in_order))


@dataclass(frozen=True)
class AuditNumbers:
    """What is counted over a whole audit: cases, agencies, files, and files of no involvement.

    `unfinished` of the files were not finished when the panel opened. `measures` are a title, how
    many, and of how many cases or files each.
    """

    cases: int
    agencies: int
    files: int
    not_involved: int
    measures: Sequence[tuple[str, int, int]] = ()
    unfinished: int = 0


def numbers_in_words(numbers: AuditNumbers) -> Iterator[str]:
    """Points for a briefing. Counts stand with what they are of, and never as a percentage:
    a share of six cases would look like more than it is."""
    agencies = counted(numbers.agencies, "agency", "agencies")
    files = counted(numbers.files, "file")
    without, late = numbers.not_involved, numbers.unfinished
    files_late = f", {late} of them not finished" if late else ""
    rest = f"; {counted(without, 'time', 'times')} an agency had no involvement" if without else ""
    yield f"- {counted(numbers.cases, 'case')}, with {files} from {agencies}{files_late}{rest}"
    for title, count, of in numbers.measures:
        yield f"- {title}: {count} of {of}"


def added_to(text: str, points: Sequence[str]) -> str:
    """A text with these points after it, but for those that it has already."""
    held = {line.strip() for line in text.splitlines()}
    return "\n".join([*([text] if text.strip() else []), *(p for p in points if p not in held)])
