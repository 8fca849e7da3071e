"""What may be sent as a file: kinds by name and by content, and how large each may be.

`ALLOWED` is the whole list. A file is read into memory and looked at: nothing is ever stored, or
served, under the name that it came with.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from werkzeug.datastructures import FileStorage

from s11audit.domain.file_names import clean_name, ending_of, hides_an_ending
from s11audit.questionnaires.authoring.csv_lists import spreadsheet_text
from s11audit.questionnaires.authoring.workbook_cells import LARGEST_INSIDE, MOST_FILES_INSIDE
from s11audit.services.refusals import RefusedError
from s11audit.web.evidence_contents import (
    Fault,
    fault_of_jpeg,
    fault_of_pdf,
    fault_of_png,
    fault_of_text,
    office,
    open_document,
)


class UploadKind(StrEnum):
    YAML = "a YAML file"
    CSV = "a CSV file"
    WORKBOOK = "an Excel workbook"
    PDF = "a PDF"
    WORD = "a Word document"
    EXCEL = "an Excel workbook as evidence"
    POWERPOINT = "a PowerPoint presentation"
    ODT = "an OpenDocument text"
    ODS = "an OpenDocument spreadsheet"
    TEXT = "plain text"
    TABLE = "a CSV file as evidence"
    PNG = "a PNG picture"
    JPEG = "a JPEG picture"


@dataclass(frozen=True)
class Rule:
    """One row of the list. Sizes are in bytes.

    `fault` looks at the content and says what is wrong with it, or nothing. `unpacked` is the most
    that all parts may declare together, and `ratio` how many times as much as the file itself.
    `media_type` is what it is served as, where it is kept.
    """

    endings: tuple[str, ...]
    largest: int
    fault: Callable[[bytes, Rule], str]
    unpacked: int = 0
    ratio: int = 0
    media_type: str = ""


@dataclass(frozen=True)
class Received:
    """A file whose content is what its name says. `name` is its own, fit to be shown."""

    kind: UploadKind
    raw: bytes
    name: str = ""

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
_MOST_LISTED = 3
_SNIFFED = 1_500  # characters: as far as browsers look to guess what a file is
_BOOK = re.compile(r"xl/workbook\d*\.xml")
_CONTENT_TYPES = "[Content_Types].xml"
_MACROS = "vbaProject.bin"


def received(
    file: FileStorage | None,
    *kinds: UploadKind,
    field: str = "file",
    largest: int | None = None,
) -> Received:
    """A file of one of these kinds, read and looked at; `largest` in place of the list's.

    Raises RefusedError about `field`: for no file, a wrong name or content, and one too large.
    """
    if file is None or not file.filename:
        raise RefusedError(field, "Choose a file")
    name = clean_name(file.filename)
    if hides_an_ending(name):
        raise RefusedError(field, "The name of this file has two endings. Rename it, with one")
    kind = _kind_by_name(name, kinds)
    if kind is None:
        raise RefusedError(field, f"Choose {_listed(kinds)}")
    rule = ALLOWED[kind]
    largest = largest or rule.largest
    raw = file.stream.read(largest + 1)
    if len(raw) > largest:
        most = f"{largest // 1_000_000} MB"
        raise RefusedError(field, f"This is larger than {most}. Check that it is the right file")
    if not raw.strip():
        raise RefusedError(field, "This file is empty. Choose another")
    if fault := rule.fault(raw, rule):
        raise RefusedError(field, fault)
    return Received(kind, raw, name)


def endings(*kinds: UploadKind) -> str:
    """For the `accept` of a file box: `.yaml,.yml`."""
    return ",".join(ending for kind in kinds for ending in ALLOWED[kind].endings)


def _kind_by_name(name: str, kinds: tuple[UploadKind, ...]) -> UploadKind | None:
    ending = ending_of(name)
    return next((kind for kind in kinds if ending in ALLOWED[kind].endings), None)


def _listed(kinds: tuple[UploadKind, ...]) -> str:
    if len(kinds) > _MOST_LISTED:
        *most, last = (ALLOWED[kind].endings[0] for kind in kinds)
        return f"a file that ends in {', '.join(most)} or {last}"
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


def _evidence(endings: tuple[str, ...], fault: Fault, media_type: str) -> Rule:
    return Rule(endings, 10_000_000, fault, 200_000_000, 200, media_type)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
ALLOWED: dict[UploadKind, Rule] = {
    UploadKind.YAML: Rule((".yaml", ".yml"), 2_000_000, _fault_of_yaml),
    UploadKind.CSV: Rule((".csv",), 2_000_000, _fault_of_csv),
    UploadKind.WORKBOOK: Rule(
        (".xlsx",), 2_000_000, _fault_of_workbook, unpacked=LARGEST_INSIDE, ratio=200
    ),
    UploadKind.PDF: _evidence((".pdf",), fault_of_pdf, "application/pdf"),
    UploadKind.WORD: _evidence(
        (".docx",),
        office("word/document.xml", "a Word document (.docx)"),
        f"{_OFFICE}wordprocessingml.document",
    ),
    UploadKind.EXCEL: _evidence(
        (".xlsx",),
        office(r"xl/workbook\d*\.xml", "an Excel workbook (.xlsx)"),
        f"{_OFFICE}spreadsheetml.sheet",
    ),
    UploadKind.POWERPOINT: _evidence(
        (".pptx",),
        office("ppt/presentation.xml", "a PowerPoint presentation (.pptx)"),
        f"{_OFFICE}presentationml.presentation",
    ),
    UploadKind.ODT: _evidence(
        (".odt",), open_document(f"{_OPEN}text", "an OpenDocument text (.odt)"), f"{_OPEN}text"
    ),
    UploadKind.ODS: _evidence(
        (".ods",),
        open_document(f"{_OPEN}spreadsheet", "an OpenDocument spreadsheet (.ods)"),
        f"{_OPEN}spreadsheet",
    ),
    UploadKind.TEXT: _evidence((".txt",), fault_of_text, "text/plain"),
    UploadKind.TABLE: _evidence((".csv",), _fault_of_csv, "text/csv"),
    UploadKind.PNG: _evidence((".png",), fault_of_png, "image/png"),
    UploadKind.JPEG: _evidence((".jpg", ".jpeg"), fault_of_jpeg, "image/jpeg"),
}

# What may support an answer. How large it may be is a setting (`S11AUDIT_EVIDENCE_MB`).
EVIDENCE: tuple[UploadKind, ...] = tuple(kind for kind, rule in ALLOWED.items() if rule.media_type)
