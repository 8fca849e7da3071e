"""Files sent as evidence: taken where they are what their names say, and refused otherwise."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook
from werkzeug.datastructures import FileStorage

from s11audit.services.refusals import RefusedError
from s11audit.web.uploads import EVIDENCE, Received, received
from tests.contents import PDF, a_zip

TYPES = b'<Types><Override PartName="/x" ContentType="application/xml"/></Types>'
DOCX = {"[Content_Types].xml": TYPES, "word/document.xml": b"<w:document/>"}
PPTX = {"[Content_Types].xml": TYPES, "ppt/presentation.xml": b"<p:presentation/>"}
XLSX = {"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<workbook/>"}
ODT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"}
ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<office/>"}
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17) + b"\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(40) + b"\xff\xd9"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PAGE = b"<!doctype html><script>alert(1)</script>"


def taken(raw: bytes, name: str) -> Received:
    return received(FileStorage(io.BytesIO(raw), filename=name), *EVIDENCE)


def refused(raw: bytes, name: str) -> str:
    with pytest.raises(RefusedError) as caught:
        taken(raw, name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (PDF, "policy.pdf"),
        (PDF, "POLICY v1.2.PDF"),
        (a_zip(DOCX), "policy.docx"),
        (a_zip(XLSX), "register.xlsx"),
        (a_zip(PPTX), "training.pptx"),
        (a_zip(ODT, zipfile.ZIP_STORED), "policy.odt"),
        (a_zip(ODS), "register.ods"),
        ("Minutes: 3 < 4, Zoë <zoe@example.org>".encode(), "minutes.txt"),
        ("Zoë;Ł\n".encode("utf-16"), "register.csv"),
        (PNG, "chart.png"),
        (JPEG, "chart.jpeg"),
    ],
)
def test_what_is_what_its_name_says_is_taken(raw: bytes, name: str) -> None:
    got = taken(raw, name)
    assert (got.raw, got.name) == (raw, name)


def test_workbooks_as_a_library_writes_them_are_taken() -> None:
    stream = io.BytesIO()
    Workbook().save(stream)
    assert taken(stream.getvalue(), "register.xlsx").raw == stream.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.html",
        "a.svg",
        "a.docm",
        "a.xlsm",
        "a.pptm",
        "a.doc",
        "a.zip",
        "a.js",
        "pdf",
        "a",
    ],
)
def test_other_kinds_are_refused_and_the_right_ones_named(name: str) -> None:
    assert refused(PDF, name).startswith("Choose a file that ends in .pdf, .docx")


@pytest.mark.parametrize("name", ["policy.exe.pdf", "policy.docm.docx", "a.js .pdf"])
def test_a_name_with_a_hidden_ending_is_refused(name: str) -> None:
    assert "two endings" in refused(PDF, name)


@pytest.mark.parametrize(
    "name",
    ["a.pdf", "a.docx", "a.xlsx", "a.pptx", "a.odt", "a.ods", "a.txt", "a.csv", "a.png", "a.jpg"],
)
@pytest.mark.parametrize(
    "raw",
    [PAGE, OLD_OFFICE, b"MZ\x90\0" + bytes(90), a_zip({"a.exe": b"MZ"}), b"GIF89a" + bytes(9)],
)
def test_what_is_something_else_is_refused_under_every_name(raw: bytes, name: str) -> None:
    assert refused(raw, name)


@pytest.mark.parametrize("raw", [PDF, PNG, JPEG, a_zip(DOCX), a_zip(ODT), b"text", b"a,b\n"])
def test_one_kind_under_the_name_of_another_is_refused(raw: bytes) -> None:
    names = ("a.pdf", "a.docx", "a.xlsx", "a.pptx", "a.odt", "a.ods", "a.png", "a.jpg")
    said = [_said(raw, name) for name in names]
    assert sum(one == "" for one in said) <= 1  # its own
    assert all("not what its name says" in one for one in said if one)


def _said(raw: bytes, name: str) -> str:
    try:
        taken(raw, name)
    except RefusedError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (DOCX | {"word/vbaProject.bin": b"x"}, "a.docx"),
        (XLSX | {"xl/vbaProject.bin": b"x"}, "a.xlsx"),
        (XLSX | {"xl/macrosheets/sheet1.xml": b"x"}, "a.xlsx"),
        (PPTX | {"ppt/activeX/activeX1.bin": b"x"}, "a.pptx"),
        (
            DOCX | {"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main"},
            "a.docx",
        ),
        (ODT | {"Basic/Standard/Module1.xml": b"x"}, "a.odt"),
        (ODS | {"Scripts/python/run.py": b"x"}, "a.ods"),
    ],
)
def test_documents_with_macros_are_refused(parts: dict[str, bytes], name: str) -> None:
    assert "has macros" in refused(a_zip(parts), name)


def test_documents_that_unpack_to_far_too_much_are_refused_unopened() -> None:
    bomb = a_zip(DOCX | {"word/media/image1.bmp": bytes(210_000_000)})
    assert len(bomb) < 1_000_000
    assert "far too large" in refused(bomb, "a.docx")
    small = a_zip(DOCX | {"word/media/image1.bmp": bytes(3_000_000)})
    assert "far too large" in refused(small, "a.docx")


def test_documents_of_old_versions_or_with_a_password_are_told_apart_from_damaged_ones() -> None:
    assert "old version of Office, or has a password" in refused(OLD_OFFICE, "a.docx")
    for raw, name in ((a_zip(DOCX)[:-40], "a.docx"), (PDF[:-10], "a.pdf"), (PNG[:30], "a.png")):
        assert "damaged, or only part of it arrived" in refused(raw, name)


def test_empty_files_are_refused() -> None:
    assert "empty" in refused(b"", "a.pdf")
    assert "empty" in refused(b" \r\n", "a.txt")
