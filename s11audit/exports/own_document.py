"""The agency's own copy of its return as a document (DOCX) for a word processor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from os import PathLike
from typing import IO, Any

from s11audit.exports.own_copy import AnswerCopy, Fact, Grid, OwnCopy, SignatureCopy, StandardCopy
from s11audit.exports.plain_text import plain

LANGUAGE = "en-GB"
FONT = "Arial"
INK = "0B0C0C"
SIZES = {"Normal": 11, "Title": 20, "Heading 1": 16, "Heading 2": 12}
SHADE = "E7EFF0"
MARKING = "OFFICIAL"


def write_document(
    copy: OwnCopy, path_or_stream: str | PathLike[str] | IO[bytes], *, written_at: datetime
) -> None:
    """Write the copy as a document, with headings, tables with header rows, and its language."""
    from docx import Document  # slow to load

    document = Document()
    _set_up(document, copy, written_at)
    document.add_heading(plain(copy.title), 0)
    _facts_table(document, copy.summary)
    if copy.statement:
        document.add_heading(plain(copy.statement.title), 1)
        for fact in copy.statement.facts:
            _labelled(document, fact)
    for standard in copy.standards:
        _standard(document, standard)
    _signatures(document, copy.signatures)
    document.save(str(path_or_stream) if isinstance(path_or_stream, PathLike) else path_or_stream)


def _set_up(document: Any, copy: OwnCopy, written_at: datetime) -> None:
    """A4, one typeface, a title and a language that screen readers are told."""
    from docx.shared import Mm

    properties = document.core_properties
    properties.title, properties.subject = plain(copy.title), copy.facts.return_reference
    properties.author, properties.language, properties.comments = "s11audit", LANGUAGE, ""
    properties.created = properties.modified = written_at.astimezone(UTC).replace(tzinfo=None)
    for name, size in SIZES.items():
        style_of(document.styles[name], size)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    section.header.paragraphs[0].text = MARKING
    section.footer.paragraphs[0].text = plain(f"{copy.title}, as at {copy.facts.as_at}")


def style_of(style: Any, size: float, colour: str = INK) -> None:
    """Give a style our typeface, a size in points, a colour, and the language of the text."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = FONT, Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.rPr.rFonts
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    # The size of letters that join, such as those of Urdu, is told apart.
    for old in style.element.rPr.findall(qn("w:szCs")):
        style.element.rPr.remove(old)
    joined = OxmlElement("w:szCs")
    joined.set(qn("w:val"), style.element.rPr.find(qn("w:sz")).get(qn("w:val")))
    style.element.rPr.find(qn("w:sz")).addnext(joined)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    style.element.rPr.append(language)


def _standard(document: Any, standard: StandardCopy) -> None:
    document.add_heading(plain(standard.title), 1)
    if standard.rating:
        _labelled(document, Fact("Self-rating", f"{standard.rating}. {standard.because}."))
    for answer in standard.answers:
        _answer(document, answer)


def _answer(document: Any, answer: AnswerCopy) -> None:
    document.add_heading(plain(answer.ask), 2)
    if answer.note:
        document.add_paragraph().add_run(answer.note).italic = True
    if answer.grid:
        _grid(document, answer.grid)
    for fact in answer.facts:
        _labelled(document, fact)


def _signatures(document: Any, signatures: Sequence[SignatureCopy]) -> None:
    document.add_heading("Signatures", 1)
    if not signatures:
        document.add_paragraph("Nobody has signed this return yet.")
    for one in signatures:
        document.add_heading(plain(f"{one.name}, {one.post}"), 2)
        document.add_paragraph(plain(one.declaration))
        _labelled(document, Fact("Signed", one.signed))
        _labelled(document, Fact("Fingerprint of what was signed (SHA-256)", one.sha256))
        if one.void:
            _labelled(document, Fact("Void", one.void))


def _labelled(document: Any, fact: Fact) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(f"{fact.label}: ").bold = True
    paragraph.add_run(plain(fact.text))


def _facts_table(document: Any, facts: Iterable[Fact]) -> None:
    rows = tuple((fact.label, fact.text) for fact in facts)
    _grid(document, Grid(("About this return", "Details"), rows))


def _grid(document: Any, grid: Grid) -> None:
    """A table whose first row is repeated on every page and read out as its headings."""
    table = document.add_table(rows=1, cols=len(grid.headings), style="Table Grid")
    _fill(table.rows[0], grid.headings, bold=True)
    _mark_as_heading(table.rows[0])
    for cells in grid.rows:
        row = table.add_row()
        _fill(row, cells, bold=False)
        for run in row.cells[0].paragraphs[0].runs:
            run.bold = True
    document.add_paragraph()


def _fill(row: Any, texts: Sequence[str], *, bold: bool) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        cell.paragraphs[0].add_run(plain(text)).bold = bold


def _mark_as_heading(row: Any) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    heading = OxmlElement("w:tblHeader")
    heading.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(heading)
    for cell in row.cells:
        shade = OxmlElement("w:shd")
        for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", SHADE)):
            shade.set(qn(name), value)
        cell._tc.get_or_add_tcPr().append(shade)
