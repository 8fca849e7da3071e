"""What is found in files: names, texts, lists, workbooks and documents, and what cannot be read."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from openpyxl import Workbook

from s11audit.domain.guard import Certainty, Kind
from s11audit.services.guarded_files import MOST_CHARACTERS, FileFindings, find_in_file

NHS = "943 476 5919"


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Case", "DOB", "Note"])
    sheet.append(["MA-26-03-C2", "12/03/2014", "no concerns"])
    notes = book.create_sheet("Notes")
    notes["B3"] = f"NHS {NHS}"
    notes["B4"] = 9434765919
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def document() -> bytes:
    written = Document()
    written.add_paragraph("A harmless first paragraph.")
    written.add_paragraph("Ring 07700 900123.")
    written.add_table(1, 1).cell(0, 0).text = "Mum Sarah"
    written.sections[0].header.paragraphs[0].text = NHS
    raw = io.BytesIO()
    written.save(raw)
    return raw.getvalue()


def places(findings: FileFindings) -> set[tuple[Kind, str]]:
    return {(one.hit.kind, one.where) for one in findings.in_text}


def test_every_sheet_and_cell_of_a_workbook_is_looked_at() -> None:
    assert places(find_in_file("plan.xlsx", workbook())) == {
        (Kind.BIRTH_DATE, "sheet Sheet, cell B2"),
        (Kind.NHS_NUMBER, "sheet Notes, cell B3"),
        (Kind.NHS_NUMBER, "sheet Notes, cell B4"),
    }


def test_a_heading_says_what_the_cells_below_are() -> None:
    findings = find_in_file("plan.csv", b"ref;DOB;reviewed\nC2;12/03/2014;12/03/2026\n")
    sure = {one.hit.certainty: one.where for one in findings.in_text}
    assert sure == {Certainty.CERTAIN: "cell B2", Certainty.POSSIBLE: "cell C2"}


def test_paragraphs_tables_and_headers_of_a_document_are_looked_at() -> None:
    assert places(find_in_file("plan.docx", document())) == {
        (Kind.PHONE, "paragraph 2"),
        (Kind.NAME, "paragraph 3"),
        (Kind.NHS_NUMBER, "header1, paragraph 1"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_whatever_encoding_it_has(encoding: str) -> None:
    findings = find_in_file("note.txt", f"Zoë’s number is {NHS}".encode(encoding))
    assert [one.hit.kind for one in findings.in_text] == [Kind.NAME, Kind.NHS_NUMBER]


def test_of_a_pdf_or_a_picture_only_the_name_is_looked_at() -> None:
    findings = find_in_file(f"{NHS} bruise.pdf", b"%PDF-1.7 943 476 5919")
    assert [one.hit.kind for one in findings.in_name] == [Kind.NHS_NUMBER]
    assert findings.in_text == ()
    assert not findings.is_read


def test_a_damaged_file_and_an_archive_made_to_do_harm_are_said_to_be_unread() -> None:
    assert not find_in_file("plan.xlsx", b"PK\x03\x04 and then nothing").is_read
    assert not find_in_file("plan.docx", b"no archive at all").is_read
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 21_000_000)
    assert not find_in_file("plan.docx", raw.getvalue()).is_read


def test_a_document_with_entities_of_its_own_is_not_read() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "943 476 5919">]><x>&a;</x>')
    assert not find_in_file("plan.docx", raw.getvalue()).is_read


def test_of_a_very_long_text_the_beginning_is_looked_at_and_that_is_said() -> None:
    text = f"{NHS} " + "no concerns. " * (MOST_CHARACTERS // 13) + "07700 900123"
    findings = find_in_file("log.txt", text.encode())
    assert [one.hit.kind for one in findings.in_text] == [Kind.NHS_NUMBER]
    assert findings.is_read
    assert not findings.is_whole
