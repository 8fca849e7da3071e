"""A learning briefing as a document (DOCX) of one page for a word processor."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from s11audit.domain.briefings import Block, Link
from s11audit.exports.briefing import BriefingCopy, BriefingLayout, briefing_layout
from s11audit.exports.briefing_pdf import LEADING, size_that_fits
from s11audit.exports.own_document import FONT, LANGUAGE, style_of
from s11audit.exports.plain_text import plain

HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def write_briefing_document(copy: BriefingCopy, *, written_at: datetime) -> bytes:
    """The briefing with real headings, lists and links, in the size that fits one page."""
    from docx import Document  # slow to load

    layout, document = briefing_layout(), Document()
    size = size_that_fits(copy, written_at=written_at)
    _set_up(document, copy, layout, size, written_at)
    document.add_heading(plain(copy.title), 1)
    document.add_paragraph(plain(copy.subtitle))
    for section in copy.sections:
        document.add_heading(plain(section.heading), 2)
        for block in section.blocks:
            _block(document, block)
        for link in section.links:
            _link(document, link, layout)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(
    document: Any, copy: BriefingCopy, layout: BriefingLayout, size: float, written_at: datetime
) -> None:
    from docx.shared import Mm, Pt

    properties = document.core_properties
    properties.title, properties.subject = plain(copy.title), copy.reference
    properties.author, properties.language, properties.comments = plain(copy.author), LANGUAGE, ""
    properties.created = properties.modified = written_at.astimezone(UTC).replace(tzinfo=None)
    sizes = {"Normal": 1.0, "Heading 1": layout.title, "Heading 2": layout.heading}
    above = {"Normal": 0.15, "Heading 1": 0.0, "Heading 2": 0.6, "List Bullet": 0.15}
    for name in (*sizes, "List Bullet"):
        style = document.styles[name]
        times = sizes.get(name, 1.0)
        style_of(style, size * times, layout.ink if times == 1.0 else layout.accent)
        shape = style.paragraph_format
        shape.space_before, shape.space_after = Pt(size * above[name]), Pt(0)
        shape.line_spacing = Pt(size * times * (LEADING - 0.06))
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = Mm(layout.margin)
    page.bottom_margin, page.footer_distance = Mm(layout.margin), Mm(layout.margin - 5)
    _footer(page.footer, copy, min(9.0, size))


def _footer(footer: Any, copy: BriefingCopy, size: float) -> None:
    from docx.shared import Pt

    paragraph = footer.paragraphs[0]
    for number, line in enumerate(copy.footer):
        run = paragraph.add_run(plain(line))
        run.font.size, run.font.name = Pt(size), FONT
        if number + 1 < len(copy.footer):
            run.add_break()


def _block(document: Any, block: Block) -> None:
    style = "List Bullet" if block.is_point else "Normal"
    document.add_paragraph(plain(block.text), style=style)


def _link(document: Any, link: Link, layout: BriefingLayout) -> None:
    """The name, and the address as a link: on paper nobody can press it."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import RGBColor

    paragraph = document.add_paragraph(style="List Bullet")
    if link.text != link.address:
        paragraph.add_run(f"{plain(link.text)}: ")
    held = OxmlElement("w:hyperlink")
    held.set(qn("r:id"), document.part.relate_to(link.address, HYPERLINK, is_external=True))
    run = paragraph.add_run(plain(link.address))
    run.font.underline, run.font.color.rgb = True, RGBColor.from_string(layout.accent)
    held.append(run._r)
    paragraph._p.append(held)
