"""Charts of a round as matplotlib figures: stacked bars that read without colour.

Loading matplotlib takes seconds, so only `chart_pack` imports this module, and only to draw.
Sizes are in inches. Margins are fixed: bars keep their height however many there are, and the
figure grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from threading import RLock
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from s11audit.domain.numbers import counted
from s11audit.domain.ratings import LABELS
from s11audit.exports.chart_titles import CHART_TITLES
from s11audit.exports.plain_text import plain
from s11audit.exports.rows import AgencyAnswersRow, ReturnRateRow, RoundFacts, StandardRow
from s11audit.paths import EXPORTS

WIDTH = 10.5
LEFT, RIGHT, TOP, BOTTOM = 3.2, 1.55, 1.45, 1.05
LINE = 0.165
BAR_GAP = 0.2
LABEL_CHARACTERS = 38
LABEL_LINES = 3
SOURCE_CHARACTERS = 150
DIGIT = 0.085

# matplotlib's settings belong to the whole process, and a web server draws on several threads.
_DRAWING = RLock()


@dataclass(frozen=True)
class Segment:
    """One part of a bar: told apart by its place, its hatching and its shade of grey."""

    label: str
    colour: str
    hatch: str
    hatch_colour: str
    text: str


@dataclass(frozen=True)
class Bar:
    """One bar: a count for each segment, and what is printed at its end."""

    label: str
    counts: tuple[int, ...]
    note: str


RATED = (
    Segment(LABELS["red"], "#8f1a0c", "///", "#d08a80", "#ffffff"),
    Segment(LABELS["amber"], "#ffc94d", "..", "#8a5a00", "#1f1400"),
    Segment(LABELS["green"], "#cdebd3", "\\\\", "#6fae80", "#06351b"),
    Segment(LABELS["unanswered"], "#a9afb3", "xx", "#6b7276", "#0b0c0c"),
    Segment(LABELS["not-applicable"], "#ffffff", "", "#ffffff", "#0b0c0c"),
)
PROGRESS = (
    Segment("Submitted", "#12434a", "", "#12434a", "#ffffff"),
    Segment("Alternative assurance", "#1f7380", "///", "#a5cdd3", "#ffffff"),
    Segment("Nil return", "#57a0aa", "++", "#0b0c0c", "#0b0c0c"),
    Segment("Awaiting sign-off", "#8fb6bb", "..", "#12434a", "#0b0c0c"),
    Segment("In progress", "#d3e3e5", "\\\\", "#5f9199", "#0b0c0c"),
    Segment("Not started", "#ffffff", "xx", "#c3c8cb", "#0b0c0c"),
)


def figure_rag_by_standard(rows: Sequence[StandardRow], facts: RoundFacts) -> Figure:
    """Answers of submitted returns by standard; the row of totals is left out."""
    bars = [
        Bar(
            row.title,
            (row.red, row.amber, row.green, row.unrated, row.not_applicable),
            _green_note(row.green, row.rated),
        )
        for row in rows
        if not row.is_total and row.returns
    ]
    return _stacked("rag-by-standard", _rated_subtitle(facts), bars, RATED, facts)


def figure_rag_by_agency(rows: Sequence[AgencyAnswersRow], facts: RoundFacts) -> Figure:
    """Answers of each agency with a submitted return."""
    bars = [
        Bar(
            row.agency,
            (row.red, row.amber, row.green, row.unrated, row.not_applicable),
            _green_note(row.green, row.red + row.amber + row.green),
        )
        for row in rows
    ]
    return _stacked("rag-by-agency", _rated_subtitle(facts), bars, RATED, facts)


def figure_return_progress(rows: Sequence[ReturnRateRow], facts: RoundFacts) -> Figure:
    """How far returns have got, by type of agency; exempt agencies are left out."""
    bars = [
        Bar(
            row.agency_type,
            (
                row.submitted,
                row.alternative_assurance,
                row.nil_returns,
                row.awaiting_sign_off,
                row.in_progress,
                row.not_started,
            ),
            f"{row.returned_of_expected} returned",
        )
        for row in rows
        if not row.is_total and row.expected
    ]
    subtitle = f"Number of agencies. Returned: {facts.return_rate}."
    if facts.exempt:
        subtitle += f" Exempt and left out: {facts.exempt}."
    return _stacked("return-progress", subtitle, bars, PROGRESS, facts)


def _green_note(green: int, rated: int) -> str:
    return f"{green}/{rated} green"


def _rated_subtitle(facts: RoundFacts) -> str:
    submitted = facts.returned - facts.alternative_assurance - facts.nil_returns
    returns = counted(submitted, "submitted return")
    return f"{facts.side}. Number of answers in {returns}. Returned: {facts.return_rate}."


def source_line(facts: RoundFacts) -> str:
    return (
        f"Source: {facts.partnership}, {facts.round_title} ({facts.round_reference}); "
        f"{facts.questionnaire_title}, version {facts.questionnaire_version}; "
        f"{facts.side.lower()}s; as at {facts.as_at}."
    )


def _stacked(
    name: str, subtitle: str, bars: list[Bar], segments: tuple[Segment, ...], facts: RoundFacts
) -> Figure:
    labels = ["\n".join(_shortened(bar.label)) for bar in bars]
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    step = LINE * lines + BAR_GAP
    height = TOP + BOTTOM + max(1.0, step * len(bars))
    with drawing():
        figure = Figure(figsize=(WIDTH, height))
        _write_words(figure, CHART_TITLES[name], subtitle, source_line(facts))
        if bars:
            _draw_bars(figure, bars, labels, segments)
        else:
            nothing = "There is nothing to show yet."
            figure.text(LEFT / WIDTH, 0.5, nothing, fontsize=12, va="center")
    return figure


def _shortened(label: str) -> list[str]:
    """The label in at most three lines; an even longer one ends with …."""
    lines = wrap(plain(label), LABEL_CHARACTERS) or [""]
    if len(lines) > LABEL_LINES:
        lines = [*lines[: LABEL_LINES - 1], lines[LABEL_LINES - 1][: LABEL_CHARACTERS - 1] + "…"]
    return lines


def _write_words(figure: Figure, title: str, subtitle: str, source: str) -> None:
    height = figure.get_figheight()
    left = 0.3 / WIDTH
    figure.text(
        left, 1 - 0.32 / height, title, fontsize=15, weight="bold", va="center", gid="title"
    )
    figure.text(left, 1 - 0.65 / height, plain(subtitle), fontsize=10, va="center", gid="subtitle")
    wrapped = "\n".join(wrap(plain(source), SOURCE_CHARACTERS)[:3])
    figure.text(left, 0.12 / height, wrapped, fontsize=7.5, va="bottom", gid="source")


def _draw_bars(
    figure: Figure, bars: list[Bar], labels: list[str], segments: tuple[Segment, ...]
) -> None:
    height = figure.get_figheight()
    axes = figure.add_axes(
        (
            LEFT / WIDTH,
            BOTTOM / height,
            (WIDTH - LEFT - RIGHT) / WIDTH,
            (height - TOP - BOTTOM) / height,
        )
    )
    longest = max(1, max(sum(bar.counts) for bar in bars))
    axes.set_xlim(0, longest)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_yticks(range(len(bars)), labels)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    starts = [0] * len(bars)
    for index, segment in enumerate(segments):
        counts = [bar.counts[index] for bar in bars]
        _draw_segment(axes, segment, counts, starts, longest)
        starts = [start + count for start, count in zip(starts, counts, strict=True)]
    for number, bar in enumerate(bars):
        axes.text(longest * 1.015, number, bar.note, va="center", fontsize=8.5, clip_on=False)
    figure.legend(
        loc="upper left",
        bbox_to_anchor=(0.2 / WIDTH, 1 - 0.85 / height),
        ncols=len(segments),
        borderaxespad=0,
        columnspacing=1.6,
    )


def _draw_segment(
    axes: Any, segment: Segment, counts: list[int], starts: list[int], longest: int
) -> None:
    """One segment of every bar, with its count written on it wherever it fits."""
    axes.barh(
        range(len(counts)),
        counts,
        left=starts,
        height=0.68,
        label=segment.label,
        facecolor=segment.colour,
        edgecolor="#0b0c0c",
        hatch=segment.hatch or None,
        hatchcolor=segment.hatch_colour,
        clip_on=False,
    )
    inches = (WIDTH - LEFT - RIGHT) / longest
    for number, (count, start) in enumerate(zip(counts, starts, strict=True)):
        if count and count * inches >= DIGIT * len(str(count)) + 0.1:
            axes.text(
                start + count / 2,
                number,
                str(count),
                ha="center",
                va="center",
                color=segment.text,
                weight="bold",
                bbox={"facecolor": segment.colour, "edgecolor": "none", "pad": 1.2},
            )


@contextmanager
def drawing() -> Iterator[None]:
    """The settings of exports/charts.mplstyle, for one thread at a time."""
    with _DRAWING, mpl.rc_context(_style()):
        yield


@lru_cache(maxsize=1)
def _style() -> Any:
    return mpl.rc_params_from_file(EXPORTS / "charts.mplstyle", use_default_template=False)


Draw = Callable[..., Figure]
FIGURES: dict[str, Draw] = {
    "rag-by-standard": figure_rag_by_standard,
    "rag-by-agency": figure_rag_by_agency,
    "return-progress": figure_return_progress,
}
