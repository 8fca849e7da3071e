"""What may be sent as a file: kinds by name and by content, and how large each may be.

`ALLOWED` is the whole list. A file is read into memory, looked at and used at once: nothing is
ever stored, or served, under the name that it came with.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from werkzeug.datastructures import FileStorage

from s11audit.questionnaires.authoring.csv_lists import spreadsheet_text
from s11audit.questionnaires.authoring.workbook_cells import LARGEST_INSIDE, MOST_FILES_INSIDE
from s11audit.services.refusals import RefusedError


class UploadKind(StrEnum):
    YAML = "a YAML file"
    CSV = "a CSV file"
    WORKBOOK = "an Excel workbook"


@dataclass(frozen=True)
class Rule:
    """One row of the list. Sizes are in bytes.

    `fault` looks at the content and says what is wrong with it, or nothing. `unpacked` is the most
    that all parts may declare together, and `ratio` how many times as much as the file itself.
    """

    endings: tuple[str, ...]
    largest: int
    fault: Callable[[bytes, Rule], str]
    unpacked: int = 0
    ratio: int = 0


@dataclass(frozen=True)
class Received:
    """A file whose content is what its name says."""

    kind: UploadKind
    raw: bytes

    @property
    def text(self) -> str:
        """Its text, in whichever encoding a spreadsheet chose; not of a workbook."""
        return spreadsheet_text(self.raw)


# How files begin that are no text, whatever they are called.
_NO_TEXT = (
    b"PK\x03\x04",  # workbooks and other archives
    b"\xd0\xcf\x11\xe0",  # the Office of long ago
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"\x7fELF",
    b"MZ",
    b"{\\rtf",
)
_MARKUP = re.compile(r"\s*<")
_PAGE = re.compile(r"<(!doctype|html|head|body|script|iframe|svg|object|embed)\b", re.IGNORECASE)
_SNIFFED = 1_500  # characters: as far as browsers look to guess what a file is
_BOOK = re.compile(r"xl/workbook\d*\.xml")
_CONTENT_TYPES = "[Content_Types].xml"
_MACROS = "vbaProject.bin"


def received(file: FileStorage | None, *kinds: UploadKind, field: str = "file") -> Received:
    """A file of one of these kinds, read and looked at.

    Raises RefusedError about `field`: for no file, a wrong name or content, and one too large.
    """
    name = (file.filename or "") if file else ""
    if file is None or not name:
        raise RefusedError(field, "Choose a file")
    kind = _kind_by_name(name, kinds)
    if kind is None:
        raise RefusedError(field, f"Choose {_listed(kinds)}")
    rule = ALLOWED[kind]
    raw = file.stream.read(rule.largest + 1)
    if len(raw) > rule.largest:
        most = f"{rule.largest // 1_000_000} MB"
        raise RefusedError(field, f"This is larger than {most}. Check that it is the right file")
    if not raw.strip():
        raise RefusedError(field, "This file is empty. Choose another")
    if fault := rule.fault(raw, rule):
        raise RefusedError(field, fault)
    return Received(kind, raw)


def endings(*kinds: UploadKind) -> str:
    """For the `accept` of a file box: `.yaml,.yml`."""
    return ",".join(ending for kind in kinds for ending in ALLOWED[kind].endings)


def _kind_by_name(name: str, kinds: tuple[UploadKind, ...]) -> UploadKind | None:
    ending = PurePath(name).suffix.lower()
    return next((kind for kind in kinds if ending in ALLOWED[kind].endings), None)


def _listed(kinds: tuple[UploadKind, ...]) -> str:
    return " or ".join(f"{kind} ({' or '.join(ALLOWED[kind].endings)})" for kind in kinds)


def _fault_of_yaml(raw: bytes, _rule: Rule) -> str:
    if raw.startswith(_NO_TEXT) or b"\0" in raw:
        return "This is not a text file, so it cannot be YAML. Choose another"
    return _fault_of_page(_MARKUP.match(spreadsheet_text(raw[:_SNIFFED])))


def _fault_of_csv(raw: bytes, _rule: Rule) -> str:
    text = spreadsheet_text(raw)
    if raw.startswith(_NO_TEXT) or "\0" in text:
        return "This is not a text file. In your spreadsheet, save it as CSV and choose that"
    return _fault_of_page(_MARKUP.match(text) or _PAGE.search(text[:_SNIFFED]))


def _fault_of_page(found: re.Match[str] | None) -> str:
    return "This is a web page, or part of one. Choose another file" if found else ""


def _fault_of_workbook(raw: bytes, rule: Rule) -> str:
    if not raw.startswith(b"PK\x03\x04"):
        return "This is not an Excel workbook (.xlsx). In Excel, save it as “Excel Workbook”"
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "This workbook is damaged. Save it again in Excel"
    names = [part.filename for part in parts]
    if _CONTENT_TYPES not in names or not any(_BOOK.fullmatch(name) for name in names):
        return "This is not an Excel workbook (.xlsx). In Excel, save it as “Excel Workbook”"
    if any(name.endswith(_MACROS) for name in names):
        return "This workbook has macros. Save it as “Excel Workbook (.xlsx)”, without them"
    unpacked = sum(part.file_size for part in parts)
    too_large = unpacked > min(rule.unpacked, rule.ratio * len(raw))
    if too_large or len(parts) > MOST_FILES_INSIDE:
        return "This workbook is far too large when it is unpacked. Check that it is the right file"
    return ""


ALLOWED: dict[UploadKind, Rule] = {
    UploadKind.YAML: Rule((".yaml", ".yml"), 2_000_000, _fault_of_yaml),
    UploadKind.CSV: Rule((".csv",), 2_000_000, _fault_of_csv),
    UploadKind.WORKBOOK: Rule(
        (".xlsx",), 2_000_000, _fault_of_workbook, unpacked=LARGEST_INSIDE, ratio=200
    ),
}
