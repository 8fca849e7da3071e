"""A learning briefing as it is shown on its page, in a document and on paper.

`exports/briefing.yaml` has its headings and looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import groupby

import yaml

from s11audit.domain.briefings import BRIEFING_BOXES, LINKS, Block, Link, blocks_of, links_of
from s11audit.domain.cases import BriefingAudience
from s11audit.domain.dates import long_date, today_in_london
from s11audit.exports.layout import LayoutError
from s11audit.models import Briefing
from s11audit.paths import EXPORTS


@dataclass(frozen=True)
class BriefingLayout:
    """What `exports/briefing.yaml` says; its keys are described there."""

    headings: Mapping[str, str]
    subtitle: str
    draft: str
    footer: str
    contact: str
    restricted: str
    ink: str
    accent: str
    margin: float
    largest: float
    smallest: float
    title: float
    heading: float


@dataclass(frozen=True)
class BriefingSection:
    """One box with something in it: paragraphs and points, or links."""

    heading: str
    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def runs(self) -> list[tuple[bool, list[Block]]]:
        """Paragraphs and points by turns: whether these are points, and they."""
        return [(are, list(run)) for are, run in groupby(self.blocks, lambda one: one.is_point)]


@dataclass(frozen=True)
class BriefingCopy:
    """All that a briefing says, in the order of its page. `footer` are lines."""

    reference: str
    title: str
    subtitle: str
    sections: tuple[BriefingSection, ...]
    footer: tuple[str, ...]
    author: str


@lru_cache(maxsize=1)
def briefing_layout() -> BriefingLayout:
    """The layout that is shipped or edited beside the package; raises LayoutError."""
    name = "briefing.yaml"
    content = yaml.safe_load((EXPORTS / name).read_text(encoding="utf-8"))
    known = {one.name for one in fields(BriefingLayout)}
    if not isinstance(content, dict) or content.keys() != known:
        keys = content.keys() if isinstance(content, dict) else set()
        wrong = ", ".join(sorted(known ^ keys))
        raise LayoutError(f"{name}: these keys are missing or not known: {wrong}")
    boxes = {box.name for box in BRIEFING_BOXES}
    if content["headings"].keys() != boxes:
        raise LayoutError(f"{name}: headings must be of {', '.join(sorted(boxes))}")
    return BriefingLayout(**content)


def briefing_copy(briefing: Briefing) -> BriefingCopy:
    """What a briefing says now, with the words of the layout around it."""
    layout = briefing_layout()
    issued = briefing.issued_at
    told = {
        "partnership": briefing.partnership.name,
        "reference": briefing.reference,
        "issued": long_date(today_in_london(issued)) if issued else "",
        "contact": briefing.contact,
    }
    footer = [layout.footer, layout.contact if briefing.contact else ""]
    if briefing.audience is BriefingAudience.RESTRICTED:
        footer.append(layout.restricted)
    return BriefingCopy(
        reference=briefing.reference,
        title=briefing.title,
        subtitle=(layout.subtitle if issued else layout.draft).format(**told),
        sections=tuple(_sections(briefing, layout)),
        footer=tuple(line.format(**told) for line in footer if line),
        author=briefing.partnership.name,
    )


def _sections(briefing: Briefing, layout: BriefingLayout) -> list[BriefingSection]:
    sections = []
    for box in BRIEFING_BOXES:
        text, heading = getattr(briefing, box.name), layout.headings[box.name]
        if text.strip() and box.name == LINKS:
            sections.append(BriefingSection(heading, links=links_of(text)))
        elif text.strip():
            sections.append(BriefingSection(heading, blocks_of(text)))
    return sections
