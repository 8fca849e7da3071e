"""Files that people send: only what the list allows, looked at before it is used."""

from __future__ import annotations

import io
import zipfile

import pytest
from werkzeug.datastructures import FileStorage

from s11audit.questionnaires.authoring.workbook_cells import LARGEST_INSIDE, MOST_FILES_INSIDE
from s11audit.services.refusals import RefusedError
from s11audit.web.uploads import ALLOWED, UploadKind, endings, received
from tests.cast import Cast
from tests.pages import Pages
from tests.questionnaires.workbooks import workbook

CSV, YAML, WORKBOOK = UploadKind.CSV, UploadKind.YAML, UploadKind.WORKBOOK
PARTS = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def a_zip(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def refused(raw: bytes, name: str, *kinds: UploadKind) -> str:
    with pytest.raises(RefusedError) as caught:
        received(FileStorage(io.BytesIO(raw), filename=name), *kinds, field="sheet")
    assert caught.value.field == "sheet"
    return str(caught.value)


@pytest.mark.parametrize(
    ("raw", "name", "kind"),
    [
        (b"name,email\nAsif,asif@example.org\n", "people.csv", CSV),
        ("Zoë;Ł\n".encode("utf-16"), "PEOPLE.CSV", CSV),
        ("Zoë\n".encode("cp1252"), "people.csv", CSV),
        (b'questionnaire: pulse\nask: "Is 1 < 2, or <b>not</b>?"\n', "pulse.yml", YAML),
        (workbook(), "draft.xlsx", WORKBOOK),
    ],
)
def test_a_file_that_is_what_its_name_says_is_taken(
    raw: bytes, name: str, kind: UploadKind
) -> None:
    taken = received(FileStorage(io.BytesIO(raw), filename=name), CSV, YAML, WORKBOOK)
    assert (taken.kind, taken.raw) == (kind, raw)


def test_the_text_of_a_csv_file_is_read_in_the_encoding_that_its_spreadsheet_chose() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        file = FileStorage(io.BytesIO("Zoë,1\n".encode(encoding)), filename="a.csv")
        assert received(file, CSV).text == "Zoë,1\n"


@pytest.mark.parametrize(
    "name", ["run.exe", "page.html", "people.csv.html", "csv", "", ".csv", "book.xlsm", "a.svg"]
)
def test_a_name_that_is_not_on_the_list_is_refused(name: str) -> None:
    said = refused(b"name,email\n", name, CSV)
    assert said == ("Choose a CSV file (.csv)" if name else "Choose a file")


def test_a_kind_that_this_box_does_not_take_is_refused() -> None:
    said = refused(b"a,b\n", "people.csv", YAML, WORKBOOK)
    assert said == "Choose a YAML file (.yaml or .yml) or an Excel workbook (.xlsx)"


@pytest.mark.parametrize(
    "raw",
    [
        a_zip(PARTS),
        OLD_EXCEL,
        b"%PDF-1.7 a,b",
        b"\x89PNG\r\n\x1a\n",
        b"\x1f\x8b\x08\0",
        b"MZ\x90\0",
        b"name,email\nA\0sif,x\n",
    ],
)
@pytest.mark.parametrize(("name", "kind"), [("people.csv", CSV), ("draft.yaml", YAML)])
def test_what_is_no_text_is_refused_under_the_name_of_a_text(
    raw: bytes, name: str, kind: UploadKind
) -> None:
    assert "not a text file" in refused(raw, name, kind)


@pytest.mark.parametrize(
    "raw",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\xef\xbb\xbf \r\n<html>,b\n",
        b"name,email\n<script src=x>,y\n",
        b'name,email\n"<sVg onload=alert(1)>",y\n',
        b"<?xml version='1.0'?><svg/>",
        "<html>,b\n".encode("utf-16"),
    ],
)
def test_a_web_page_that_calls_itself_csv_is_refused(raw: bytes) -> None:
    assert "web page" in refused(raw, "people.csv", CSV)


def test_a_web_page_that_calls_itself_yaml_is_refused() -> None:
    assert "web page" in refused(b"\n<html><body>", "draft.yaml", YAML)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"name,email\n", "not an Excel workbook"),
        (OLD_EXCEL, "not an Excel workbook"),
        (b"<html>" + a_zip(PARTS), "not an Excel workbook"),
        (a_zip({"inner.xlsx": a_zip(PARTS)}), "not an Excel workbook"),
        (a_zip({"word/document.xml": b"<x/>", "[Content_Types].xml": b""}), "not an Excel"),
        (a_zip(PARTS)[:-30], "damaged"),
        (b"PK\x03\x04" + b"x" * 300, "damaged"),
        (a_zip(PARTS | {"xl/vbaProject.bin": b"x"}), "macros"),
        (a_zip(PARTS | {"xl/a.xml": b" " * (LARGEST_INSIDE + 1)}), "too large when"),
        (a_zip(PARTS | {"xl/a.xml": b" " * 3_000_000}), "too large when"),
        (a_zip(PARTS | {f"{n}": b"" for n in range(MOST_FILES_INSIDE)}), "too large when"),
    ],
    ids=[
        "text",
        "old Excel",
        "page before the archive",
        "archive inside an archive",
        "other office file",
        "cut short",
        "no archive",
        "macros",
        "bomb",
        "small bomb",
        "many parts",
    ],
)
def test_a_workbook_made_to_do_harm_is_refused_before_anything_is_unpacked(
    raw: bytes, said: str
) -> None:
    assert said in refused(raw, "draft.xlsx", WORKBOOK)


@pytest.mark.parametrize("kind", UploadKind)
def test_a_file_larger_than_its_kind_may_be_is_read_no_further(kind: UploadKind) -> None:
    rule = ALLOWED[kind]
    stream = io.BytesIO(b"x" * (rule.largest + 1_000_000))
    most = f"larger than {rule.largest // 1_000_000} MB"
    with pytest.raises(RefusedError, match=most):
        received(FileStorage(stream, filename=f"a{rule.endings[0]}"), kind)
    assert stream.tell() == rule.largest + 1


def test_an_empty_file_is_refused() -> None:
    assert "empty" in refused(b" \n", "people.csv", CSV)


def test_what_is_wrong_stands_beside_the_box_of_a_draft(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Priya"]).get("/questionnaires/drafts/new")
    sent = {"text": "", "file": (io.BytesIO(a_zip(PARTS)), "../../etc/draft.yaml")}
    page = pages.post("/questionnaires/drafts/new", sent)
    assert page.status == 422
    assert "not a text file" in page.errors["file"]
    page = pages.post("/questionnaires/drafts/new", {"file": (io.BytesIO(b"x"), "draft.csv")})
    assert page.errors["file"].startswith("Choose a YAML file")


def test_the_box_offers_the_endings_that_are_taken(pages: Pages, cast: Cast) -> None:
    page = pages.sign_in(cast["Priya"]).get("/questionnaires/drafts/new")
    box = page.soup.select_one("input[type=file]")
    assert box is not None
    assert box["accept"] == endings(YAML, WORKBOOK)
