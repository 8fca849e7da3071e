"""Whether a file that supports an answer is what its name says, by its content.

Archives are never unpacked: what they declare is compared with what is allowed, and of two parts
the beginning is read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING

from s11audit.questionnaires.authoring.csv_lists import spreadsheet_text

if TYPE_CHECKING:
    from s11audit.web.uploads import Rule

Fault = Callable[[bytes, "Rule"], str]

MOST_PARTS = 10_000
# Bytes read of a part that says what the others are.
_READ = 1_000_000
_END_OF_PDF = 2_048
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_CONTENT_TYPES = "[Content_Types].xml"
_ACTIVE = re.compile(r"vbaProject|vbaData|(^|/)activeX/|^(Basic|Scripts)/|macrosheets/", re.I)
_ACTIVE_TYPES = re.compile(rb"macroEnabled|vbaProject|activeX", re.IGNORECASE)
_NO_TEXT = (_ZIP, _OLD_OFFICE, b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ", b"\x7fELF")
_MARKUP = re.compile(r"\s*<")
_PAGE = re.compile(r"<(!doctype|html|head|body|script|iframe|svg|object|embed)\b", re.I)
_SNIFFED = 1_500  # characters: as far as browsers look to guess what a file is

_OLD_OR_LOCKED = (
    "This is from an old version of Office, or has a password. Save it again as {}, without one"
)
_MACROS = "This has macros or other active parts. Save it as {}, without them"
_DAMAGED = "This file is damaged, or only part of it arrived. Save it again and send it once more"
_TOO_MUCH = "This file is far too large when it is unpacked. Check that it is the right file"
_OTHERWISE = "What is in this file is not what its name says. Save it again as {}"


def fault_of_pdf(raw: bytes, _rule: Rule) -> str:
    if not raw.startswith(b"%PDF-"):
        return _OTHERWISE.format("a PDF (.pdf)")
    return "" if b"%%EOF" in raw[-_END_OF_PDF:] else _DAMAGED


def fault_of_png(raw: bytes, _rule: Rule) -> str:
    if not raw.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        return _OTHERWISE.format("a PNG picture (.png)")
    return "" if b"IEND" in raw[-_END_OF_PDF:] else _DAMAGED


def fault_of_jpeg(raw: bytes, _rule: Rule) -> str:
    if not raw.startswith(b"\xff\xd8\xff"):
        return _OTHERWISE.format("a JPEG picture (.jpg)")
    return "" if b"\xff\xd9" in raw[-_END_OF_PDF:] else _DAMAGED


def fault_of_text(raw: bytes, _rule: Rule) -> str:
    text = spreadsheet_text(raw)
    if raw.startswith(_NO_TEXT) or "\0" in text:
        return _OTHERWISE.format("plain text (.txt)")
    found = _MARKUP.match(text) or _PAGE.search(text[:_SNIFFED])
    return "This is a web page, or part of one. Choose another file" if found else ""


def office(main_part: str, called: str) -> Fault:
    """The check of one kind of Microsoft Office: `main_part` is where its content begins."""

    def fault(raw: bytes, rule: Rule) -> str:
        return _fault_of_archive(raw, rule, called, lambda archive: _is_office(archive, main_part))

    return fault


def open_document(media_type: str, called: str) -> Fault:
    """The check of one kind of OpenDocument, which says in its first part what it is."""

    def fault(raw: bytes, rule: Rule) -> str:
        return _fault_of_archive(raw, rule, called, lambda archive: _is_odf(archive, media_type))

    return fault


def _fault_of_archive(
    raw: bytes, rule: Rule, called: str, fits: Callable[[zipfile.ZipFile], bool]
) -> str:
    if raw.startswith(_OLD_OFFICE):
        return _OLD_OR_LOCKED.format(called)
    if not raw.startswith(_ZIP):
        return _OTHERWISE.format(called)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if _unpacks_to_too_much(archive, rule, len(raw)):
                return _TOO_MUCH
            if _is_active(archive):
                return _MACROS.format(called)
            return "" if fits(archive) else _OTHERWISE.format(called)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError):
        return _DAMAGED


def _unpacks_to_too_much(archive: zipfile.ZipFile, rule: Rule, size: int) -> bool:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    return len(parts) > MOST_PARTS or unpacked > min(rule.unpacked, rule.ratio * size)


def _is_active(archive: zipfile.ZipFile) -> bool:
    """Whether anything in it runs when it is opened."""
    if any(_ACTIVE.search(name) for name in archive.namelist()):
        return True
    return bool(_ACTIVE_TYPES.search(_beginning(archive, _CONTENT_TYPES)))


def _is_office(archive: zipfile.ZipFile, main_part: str) -> bool:
    names = archive.namelist()
    return _CONTENT_TYPES in names and any(re.fullmatch(main_part, name) for name in names)


def _is_odf(archive: zipfile.ZipFile, media_type: str) -> bool:
    return _beginning(archive, "mimetype").strip() == media_type.encode()


def _beginning(archive: zipfile.ZipFile, part: str) -> bytes:
    if part not in archive.namelist():
        return b""
    with archive.open(part) as opened:
        return opened.read(_READ)
