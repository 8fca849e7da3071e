"""What may identify somebody in a file: in its name, and in its text where we can read that.

Text files, lists, workbooks and documents are read, with limits on size and time. Of a PDF or a
picture only the name is looked at: `FileFindings.is_read` says so.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from s11audit.domain.guard import Hit, find, find_in_file_name
from s11audit.questionnaires.authoring.csv_lists import spreadsheet_text
from s11audit.questionnaires.authoring.workbook_reading import sheets_in
from s11audit.questionnaires.authoring.workbook_xml import RefusedError, column_letters

MOST_CHARACTERS = 400_000  # about two seconds
LARGEST_PART = 20_000_000  # bytes of a document's text, unpacked
LARGEST_TEXT = 20_000_000  # bytes
LONGEST_HEADING = 40

TEXT_ENDINGS = frozenset({".txt", ".md", ".text", ".log", ".json", ".yaml", ".yml"})
_DOCUMENT_PARTS = (
    *("word/document", "word/footnotes", "word/endnotes"),
    *("word/comments", "word/header", "word/footer"),
)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DAMAGE = (
    DefusedXmlException,
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class Spot:
    """Which text of a file it is: a cell (of a sheet, in a workbook), the name of a sheet, or a
    paragraph of a document or of its `part` (`header1`). Nothing where the file is one text."""

    sheet: str = ""
    cell: str = ""
    part: str = ""
    paragraph: int = 0

    @property
    def words(self) -> str:
        """`sheet Notes, cell B3`; empty where the file is one text."""
        if self.sheet and not self.cell:
            return f"the name of sheet {self.sheet}"
        said = {
            "sheet ": self.sheet,
            "cell ": self.cell,
            "": self.part,
            "paragraph ": self.paragraph,
        }
        return ", ".join(f"{noun}{one}" for noun, one in said.items() if one)


@dataclass(frozen=True)
class FileHit:
    """One finding: the text that it stands in, and which text of the file that is."""

    text: str
    hit: Hit
    spot: Spot = Spot()

    @property
    def where(self) -> str:
        return self.spot.words


@dataclass(frozen=True)
class FileFindings:
    """What is in a file's name and in its text. `is_read` says whether we could read the text, and
    `is_whole` whether that was all of it."""

    in_name: tuple[FileHit, ...] = ()
    in_text: tuple[FileHit, ...] = ()
    is_read: bool = True
    is_whole: bool = True


@dataclass(frozen=True)
class _Passage:
    """A text of a file. `lead` is what stands above it, such as the heading of its column."""

    text: str
    spot: Spot = Spot()
    lead: str = ""

    def found(self) -> Iterator[FileHit]:
        before = f"{self.lead}: " if self.lead else ""
        for hit in find(before + self.text):
            if hit.start >= len(before):
                own = Hit(hit.kind, hit.start - len(before), hit.end - len(before), hit.certainty)
                yield FileHit(self.text, own, self.spot)


def find_in_file(name: str, raw: bytes) -> FileFindings:
    """Everything that may identify somebody in a file of this name and content."""
    in_name = tuple(FileHit(name, hit) for hit in find_in_file_name(name))
    try:
        passages = list(_passages(name, raw))
    except (RefusedError, *_DAMAGE):
        return FileFindings(in_name, is_read=False)
    if passages and passages[0] is _UNREAD:
        return FileFindings(in_name, is_read=False)
    kept, is_whole = _within_limits(passages)
    in_text = tuple(found for passage in kept for found in passage.found())
    return FileFindings(in_name, in_text, is_whole=is_whole)


_UNREAD = _Passage("")


def _passages(name: str, raw: bytes) -> Iterator[_Passage]:
    ending = PurePath(name).suffix.lower()
    if ending == ".xlsx":
        yield from _of_workbook(raw)
    elif ending == ".docx":
        yield from _of_document(raw)
    elif ending in (".csv", ".tsv"):
        yield from _of_list(spreadsheet_text(raw[:LARGEST_TEXT]))
    elif ending in TEXT_ENDINGS or not ending:
        yield _Passage(spreadsheet_text(raw[:LARGEST_TEXT]))
    else:
        yield _UNREAD


def _within_limits(passages: list[_Passage]) -> tuple[list[_Passage], bool]:
    """As many of them as can be looked at while somebody waits, and whether those are all."""
    kept: list[_Passage] = []
    left = MOST_CHARACTERS
    for passage in passages:
        if left <= 0:
            return kept, False
        if len(passage.text) > left:
            return [*kept, _Passage(passage.text[:left], passage.spot, passage.lead)], False
        kept.append(passage)
        left -= len(passage.text)
    return kept, True


def _of_list(text: str) -> Iterator[_Passage]:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    cells = (
        (number, column, cell)
        for number, row in enumerate(rows, 1)
        for column, cell in enumerate(row, 1)
    )
    yield from _of_cells(cells)


def _of_workbook(raw: bytes) -> Iterator[_Passage]:
    for sheet in sheets_in(raw, every_sheet=True):
        yield _Passage(sheet["name"], Spot(sheet["name"]))
        cells = ((row, column, text) for row, column, _, text in sheet["cells"])
        yield from _of_cells(cells, sheet["name"])


def _of_cells(cells: Iterator[tuple[int, int, str]], sheet: str = "") -> Iterator[_Passage]:
    """Each cell that says anything, led by the first one of its column if that is a heading."""
    headings: dict[int, str] = {}
    for row, column, text in cells:
        if not text.strip():
            continue
        spot = Spot(sheet, f"{column_letters(column)}{row}")
        yield _Passage(text, spot, headings.get(column, ""))
        if column not in headings:
            headings[column] = text if len(text) <= LONGEST_HEADING else ""


def _of_document(raw: bytes) -> Iterator[_Passage]:
    left = LARGEST_PART
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for part in archive.infolist():
            if not part.filename.startswith(_DOCUMENT_PARTS) or part.filename.count("/") > 1:
                continue
            left -= part.file_size
            if left < 0:
                raise RefusedError("this document is far too large when it is unpacked")
            with archive.open(part) as opened:
                content = io.BytesIO(opened.read(part.file_size))
            called = PurePath(part.filename).stem
            yield from _of_paragraphs(content, "" if called == "document" else called)


def _of_paragraphs(content: io.BytesIO, document_part: str) -> Iterator[_Passage]:
    number = 0
    for _, element in iterparse(content, forbid_dtd=True):
        if element.tag != f"{_WORD}p":
            continue
        number += 1
        text = "".join(_shown(one) for one in element.iter())
        if text.strip():
            yield _Passage(text, Spot(part=document_part, paragraph=number))
        element.clear()


def _shown(element: object) -> str:
    tag, text = getattr(element, "tag", ""), getattr(element, "text", "")
    if tag in (f"{_WORD}t", f"{_WORD}delText"):
        return text or ""
    return {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n"}.get(tag, "")
