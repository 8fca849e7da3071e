"""The cells of an Excel workbook that anybody may have made, as JSON: run as a program of its own.

It reads a workbook from standard input and writes what its cells say to standard output. Memory,
time and every size are limited, so that a workbook made to do harm ends this program and nothing
else. Formulas are never worked out, links never followed, macros never looked at.
"""

from __future__ import annotations

import io
import json
import posixpath
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from s11audit.questionnaires.authoring.workbook_xml import (
    LARGEST_WORKBOOK,
    TOO_MUCH,
    UNREAD,
    BookHandler,
    Budget,
    RefusedError,
    RelationsHandler,
    SheetHandler,
    StylesHandler,
    TextsHandler,
)

LARGEST_INSIDE = 20_000_000  # bytes of all that is read, unpacked
MOST_SHEETS = 250
MOST_FILES_INSIDE = 2_000
MEMORY = 1_000_000_000
SECONDS = 4  # of the processor; a workbook of 400 questions takes one

EVERY_SHEET = "--every-sheet"
_CHUNK = 65_536
# What the readers of ZIP and XML raise at files that nobody's spreadsheet wrote.
_DAMAGE = (
    DefusedXmlException,
    SAXException,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def read_cells(raw: bytes, every_sheet: bool = False) -> dict[str, Any]:
    """Sheets with their cells, merged ranges, and cells too far out; raises RefusedError.

    Sheets that are there for people (`UNREAD`) are left out unless `every_sheet` is wanted.

    A cell is [row, column, kind, text], both counted from 1; the kind is "text", "number", "date",
    "truth", "error" or "formula".
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _Workbook(archive).read(() if every_sheet else UNREAD)
    except _DAMAGE as error:
        raise RefusedError("this workbook is damaged; save it again in Excel") from error


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = LARGEST_INSIDE
        files = archive.infolist()
        if len(files) > MOST_FILES_INSIDE:
            raise RefusedError(f"this workbook holds more than {MOST_FILES_INSIDE:,} files")
        self._files = {file.filename: file for file in files}
        self._budget = Budget()

    def read(self, unread: tuple[str, ...]) -> dict[str, Any]:
        if "mimetype" in self._files:
            raise RefusedError("this is not an Excel workbook; save it as .xlsx")
        book = BookHandler()
        start = self._related("", ("officeDocument",)).values()
        path = next(iter(start), "xl/workbook.xml")
        if path not in self._files:
            raise RefusedError("this is not an Excel workbook (.xlsx)")
        self._parse(path, book)
        parts = self._related(path, ("worksheet", "sharedStrings", "styles"))
        if len(book.sheets) > MOST_SHEETS:
            raise RefusedError(f"this workbook has more than {MOST_SHEETS} sheets")
        texts, styles = TextsHandler(self._budget), StylesHandler()
        for part in (path for path in parts.values() if "sharedStrings" in path):
            self._parse(part, texts)
        for part in (path for path in parts.values() if "styles" in path):
            self._parse(part, styles)
        sheets = []
        for name, relation in book.sheets:
            if parts.get(relation) in self._files and not name.lower().startswith(unread):
                sheet = SheetHandler(texts.texts, styles, book.first_day, self._budget)
                self._parse(parts[relation], sheet)
                sheets.append({"name": name} | sheet.found())
        return {"sheets": sheets}

    def _related(self, path: str, kinds: tuple[str, ...]) -> dict[str, str]:
        """Id → path of the parts of these kinds that a part says it belongs with."""
        folder, name = posixpath.split(path)
        handler = RelationsHandler(folder, kinds)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations in self._files:
            self._parse(relations, handler)
        return handler.targets

    def _parse(self, path: str, handler: ContentHandler) -> None:
        parser = create_parser(forbid_dtd=True)
        parser.setFeature(feature_namespaces, True)
        parser.setContentHandler(handler)
        for chunk in self._chunks(path):
            parser.feed(chunk)
        parser.close()

    def _chunks(self, path: str) -> Iterator[bytes]:
        file = self._files.get(path)
        if file is None:
            raise RefusedError("this workbook is damaged; save it again in Excel")
        if file.flag_bits & 1:
            raise RefusedError("this workbook is protected by a password; save it without one")
        too_large = RefusedError("this workbook is far too large when it is unpacked")
        if file.file_size > self._left:
            raise too_large
        if file.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RefusedError("this workbook is packed in an unusual way; save it again in Excel")
        with self._archive.open(file) as stream:
            while chunk := stream.read(_CHUNK):
                self._left -= len(chunk)
                if self._left < 0:  # what it declares may be less than what it holds
                    raise too_large
                yield chunk


def main() -> None:
    """Read one workbook under limits, and say what was found, or why nothing was."""
    _limit_yourself()
    try:
        raw = sys.stdin.buffer.read(LARGEST_WORKBOOK + 1)
        answer = read_cells(raw, EVERY_SHEET in sys.argv)
    except RefusedError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": TOO_MUCH}
    json.dump(answer, sys.stdout)


def _limit_yourself() -> None:
    try:
        import resource
    except ImportError:  # not on Windows: there the sizes alone are limited
        return
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    main()
