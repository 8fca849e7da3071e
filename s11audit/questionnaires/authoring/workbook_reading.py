"""A workbook that somebody filled in → the tree that its YAML file would be, or located faults.

Cells are read by `workbook_cells` in a process of its own. What they make is checked by the very
checks of YAML files; faults name sheet and cell.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from s11audit.questionnaires.authoring.places import Places
from s11audit.questionnaires.authoring.sheet_trees import TreeReader
from s11audit.questionnaires.authoring.workbook_cells import EVERY_SHEET
from s11audit.questionnaires.authoring.workbook_xml import (
    LARGEST_WORKBOOK,
    TOO_MUCH,
    RefusedError,
)
from s11audit.questionnaires.authoring.yaml_writing import write_yaml
from s11audit.questionnaires.faults import FaultCollector, QuestionnaireFaultsError
from s11audit.questionnaires.loading import load_source
from s11audit.questionnaires.parts import ScaleLibrary
from s11audit.questionnaires.source import LARGEST_FILE, Section, read_source

LONGEST_WAIT = 30  # seconds, for a busy machine; its processor time is limited, too
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_READER = "s11audit.questionnaires.authoring.workbook_cells"


def read_workbook(raw: bytes, name: str, library: ScaleLibrary | None = None) -> str:
    """The text of the YAML file that this workbook stands for, without a fault.

    Raises QuestionnaireFaultsError: its faults name the file as `name`, and sheet and cell.
    """
    places = Places(name, "the workbook")
    try:
        return checked_yaml(tree_of(raw, places), places, library)
    except QuestionnaireFaultsError as error:
        raise places.named(error) from error


def tree_of(raw: bytes, places: Places) -> Section:
    """The tree that a workbook stands for; its lines are numbers of `places`."""
    tree = TreeReader(_sheets(raw, places), places).read()
    places.faults.raise_if_any()
    return tree


def checked_yaml(tree: Section, places: Places, library: ScaleLibrary | None) -> str:
    """The YAML file of a tree that passes every check; raises QuestionnaireFaultsError."""
    text = write_yaml(tree)
    raw = text.encode()
    if len(raw) > LARGEST_FILE:
        places.add(1, f"this is more than {LARGEST_FILE:,} bytes of text; no questionnaire is")
        places.faults.raise_if_any()
    load_source(tree, raw, places.faults, library=library)
    if not _reads_back(raw, tree):
        places.add(1, "this cannot be written as a YAML file: ids or conditions are far too long")
        places.faults.raise_if_any()
    return text


def _reads_back(raw: bytes, tree: Section) -> bool:
    try:
        return read_source(raw, FaultCollector("")) == tree
    except QuestionnaireFaultsError:
        return False


def sheets_in(raw: bytes, every_sheet: bool = False) -> Any:
    """The sheets that the program which reads cells finds: see `read_cells`.

    Raises RefusedError for what is no workbook, or one that was made to do harm.
    """
    refused = _unreadable(raw)
    answer = {} if refused else _answer(raw, every_sheet)
    if refused := refused or answer.get("refused", ""):
        raise RefusedError(refused)
    return answer["sheets"]


def _sheets(raw: bytes, places: Places) -> Any:
    """What `sheets_in` finds; raises QuestionnaireFaultsError."""
    try:
        return sheets_in(raw)
    except RefusedError as error:
        places.add(1, str(error))
        places.faults.raise_if_any()
        raise


def _unreadable(raw: bytes) -> str:
    """Why this cannot be a workbook, as its first bytes show; "" where it may be one."""
    if len(raw) > LARGEST_WORKBOOK:
        return f"the file is larger than {LARGEST_WORKBOOK:,} bytes; no questionnaire is"
    if raw.startswith(_OLD_EXCEL):
        return (
            "this is an Excel file of the old kind, or one with a password: "
            "save it as “Excel Workbook (.xlsx)”, without a password"
        )
    return "" if raw.startswith(_ZIP) else "this is not an Excel workbook (.xlsx)"


def _answer(raw: bytes, every_sheet: bool) -> Any:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        done = subprocess.run(  # noqa: S603 - nothing of the workbook is in the command
            [sys.executable, "-P", "-m", _READER, *([EVERY_SHEET] if every_sheet else [])],
            input=raw,
            env=environment,
            capture_output=True,
            timeout=LONGEST_WAIT,
            check=True,
        )
        return json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"refused": TOO_MUCH}
