"""`s11audit guard`: what in a file may identify somebody, and how well that is found."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from s11audit.demo.labelled import labelled_texts
from s11audit.domain.guard import Certainty, Hit, Kind
from s11audit.domain.guard.kinds import CERTAINTY_LABELS, KIND_WORDS
from s11audit.domain.guard.measuring import Figures, Label, LabelledText, Share, measure
from s11audit.services.guarded_files import FileFindings, FileHit, find_in_file

STANDARD_INPUT = "-"
LARGEST = 10_000_000  # bytes


@click.group()
def guard() -> None:
    """Look for what may identify a child."""


@guard.command("check")
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def check(file: str, as_json: bool) -> None:
    """List what in FILE may identify somebody: kind, place and certainty, never the text.

    FILE is a text, a CSV list, a workbook (.xlsx) or a document (.docx), or “-” for a text from
    standard input. Of other files only the name is looked at, and that is said. The place is a
    line and column, counted within the cell or paragraph where there is one.

    \b
    Exits with
      0  nothing is certain: what is “likely”, as most names are, or “possible”
         is listed all the same, so read the list
      1  something is certain, such as an NHS number
      2  the file cannot be read
    """
    findings = _findings(file)
    found = [*_rows("name", findings.in_name), *_rows("text", findings.in_text)]
    if as_json:
        document = {
            "file": file,
            "text_read": findings.is_read,
            "whole_text_read": findings.is_read and findings.is_whole,
            "found": found,
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_told(findings, found)))
    if any(row["certainty"] == CERTAINTY_LABELS[Certainty.CERTAIN] for row in found):
        raise SystemExit(1)


@guard.command("measure")
@click.argument("corpora", metavar="[CORPUS.jsonl]...", nargs=-1, type=click.Path(exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def measure_guard(corpora: tuple[str, ...], as_json: bool) -> None:
    """Measure how much the guard finds, and how often it raises an alarm at nothing.

    Without an argument it goes by the made-up corpus that is shipped. A corpus of your own has one
    JSON object a line: “text”, and “identifiers”, a list of objects with “kind”, “start” and “end”
    (places in the text, from 0) that is empty for a harmless text. Something counts as found, and
    as an alarm, from “likely” on.
    """
    texts = _texts_of(corpora) if corpora else labelled_texts()
    try:
        figures = measure(texts)
    except (KeyError, TypeError, ValueError) as error:
        raise click.ClickException(f"This is no corpus: {error}") from error
    click.echo(_figures_as_json(figures) if as_json else "\n".join(_figures(figures)))


def _findings(file: str) -> FileFindings:
    try:
        if file == STANDARD_INPUT:
            return find_in_file("", sys.stdin.buffer.read(LARGEST + 1))
        path = Path(file)
        with path.open("rb") as opened:
            return find_in_file(path.name, opened.read(LARGEST + 1))
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from error


def _rows(part: str, hits: Iterable[FileHit]) -> list[dict[str, Any]]:
    """One finding each, in the words of the JSON."""
    return [
        {
            "kind": one.hit.kind.value,
            "certainty": CERTAINTY_LABELS[one.hit.certainty],
            "in": part,
            **({"where": one.where} if one.where else {}),
            **{name: said for name, said in asdict(one.spot).items() if said},
            **_place(one.text, one.hit),
            "instead": one.hit.instead,
        }
        for one in hits
    ]


def _place(text: str, hit: Hit) -> dict[str, int]:
    """Line and column from 1, and places in the text from 0."""
    line = text.count("\n", 0, hit.start) + 1
    column = hit.start - (text.rfind("\n", 0, hit.start) + 1) + 1
    return {"line": line, "column": column, "start": hit.start, "end": hit.end}


def _told(findings: FileFindings, found: list[dict[str, Any]]) -> Iterator[str]:
    if not findings.is_read:
        yield "Only the name was looked at: this kind of file cannot be read."
    elif not findings.is_whole:
        yield "Only the beginning was looked at: there is more text than can be read."
    for row in found:
        label = KIND_WORDS[Kind(row["kind"])].label
        yield f"{_where(row)}: {label} ({row['certainty']}). {row['instead']}"
    if not found:
        yield "Nothing was found that may identify somebody. Read the text once more all the same."


def _where(row: dict[str, Any]) -> str:
    if row["in"] == "name":
        return "Name of the file"
    place = f"line {row['line']}, column {row['column']}"
    said = f"{row['where']}, {place}" if "where" in row else place
    return said[:1].upper() + said[1:]


def _texts_of(corpora: Iterable[str]) -> Iterator[LabelledText]:
    for corpus in corpora:
        with Path(corpus).open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield _labelled(json.loads(line))


def _labelled(row: dict[str, Any]) -> LabelledText:
    labels = tuple(
        Label(Kind(one["kind"]), int(one["start"]), int(one["end"]), str(one.get("group", "")))
        for one in row.get("identifiers", ())
    )
    return LabelledText(str(row["text"]), labels)


def _figures(figures: Figures) -> Iterator[str]:
    """`NHS number: 600/600 (100.0%)`, names by their groups, and alarms at harmless texts."""
    yield "Found, of what was marked:"
    for kind in Kind:
        if (whole := figures.of_kind(kind)).whole:
            yield f"  {KIND_WORDS[kind].label}: {_share(whole)}"
            groups = {group: one for (of, group), one in figures.found.items() if of is kind}
            if kind is Kind.NAME and len(groups) > 1:
                yield from (f"    {group}: {_share(one)}" for group, one in sorted(groups.items()))
    yield f"  All kinds but names: {_share(figures.of_numbers)}"
    yield f"Alarms at harmless texts: {_share(figures.alarms)}"
    for kind, number in sorted(figures.alarms_by_kind.items()):
        yield f"  {KIND_WORDS[kind].label}: {number}"


def _share(share: Share) -> str:
    return "none" if share.share is None else f"{share.part}/{share.whole} ({share.share:.1%})"


def _figures_as_json(figures: Figures) -> str:
    document = {
        "found": {
            kind.value: _share_as_json(figures.of_kind(kind))
            for kind in Kind
            if figures.of_kind(kind).whole
        },
        "names": {
            group: _share_as_json(share)
            for (kind, group), share in sorted(figures.found.items())
            if kind is Kind.NAME and group
        },
        "numbers": _share_as_json(figures.of_numbers),
        "harmless_texts_with_an_alarm": _share_as_json(figures.alarms),
        "alarms": {kind.value: number for kind, number in sorted(figures.alarms_by_kind.items())},
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _share_as_json(share: Share) -> dict[str, Any]:
    return {"n": share.part, "of": share.whole, "share": share.share}
