"""Workbooks as somebody might send them: sound ones, changed ones, and ones made to do harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

from openpyxl import load_workbook

from s11audit.questionnaires.authoring.places import Places
from s11audit.questionnaires.authoring.sheet_trees import TreeReader
from s11audit.questionnaires.authoring.workbook_cells import read_cells
from s11audit.questionnaires.authoring.workbook_reading import checked_yaml
from s11audit.questionnaires.authoring.workbook_writing import write_workbook
from s11audit.questionnaires.faults import FaultCollector, QuestionnaireFaultsError
from s11audit.questionnaires.source import Section, read_source

PULSE = """\
questionnaire: pulse
version: "1"
kind: survey
title: Pulse
scales:
  compliance:
    - {id: met, label: Met, rag: green, points: 1}
    - {id: not-met, label: Not met, rag: red, points: 0}
standards:
  - id: training
    title: Training
    questions:
      - {id: done, type: rating, scale: compliance, ask: Are all trained?}
      - id: how
        type: choice
        ask: How?
        options: [{id: online, label: Online}, {id: on-paper, label: On paper}]
      - {id: day, type: date, ask: When?, when: {question: training.done, is: met}}
"""


def tree(text: str) -> Section:
    return read_source(text.encode(), FaultCollector("x.yaml"))


@cache
def workbook(text: str = PULSE) -> bytes:
    return write_workbook(tree(text))


def read_back(raw: bytes, places: Places | None = None) -> Section:
    """The tree of a workbook, read in this process, which is quicker."""
    places = places or Places("x.xlsx", "the workbook")
    read = TreeReader(read_cells(raw)["sheets"], places).read()
    places.faults.raise_if_any()
    return read


def yaml_of(raw: bytes) -> str:
    """As `read_workbook`, in this process."""
    places = Places("x.xlsx", "the workbook")
    try:
        return checked_yaml(read_back(raw, places), places, None)
    except QuestionnaireFaultsError as error:
        raise places.named(error) from error


def changed(change: Callable[[Any], None], raw: bytes | None = None) -> bytes:
    """A workbook in which somebody has changed something with a spreadsheet."""
    book = load_workbook(io.BytesIO(raw or workbook()))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def faults_of(raw: bytes) -> list[str]:
    """What is wrong with a workbook called x.xlsx, in full."""
    try:
        yaml_of(raw)
    except QuestionnaireFaultsError as error:
        return [str(fault).removeprefix("x.xlsx: ") for fault in error.faults]
    return []


def with_sheet(xml: bytes, **others: bytes) -> bytes:
    """A workbook whose sheet “training” is this XML; other files by name."""
    return repacked({"xl/worksheets/sheet5.xml": xml} | others)


def repacked(files: dict[str, bytes], raw: bytes | None = None) -> bytes:
    """A workbook in which these files stand for those that were there."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw or workbook())) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in files:
                new.writestr(name, old.read(name))
        for name, content in files.items():
            new.writestr(name, content)
    return stream.getvalue()
