"""A learning briefing as one page of PDF, in the largest size that fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import groupby

from s11audit.domain.briefings import Block, Link
from s11audit.exports.briefing import BriefingCopy, BriefingLayout, briefing_layout
from s11audit.exports.plain_text import plain
from s11audit.exports.tagged_pdf import A4, INCH, Sheet, one_page, width_of

STEP = 0.25
LEADING = 1.32
INDENT = 1.2
MILLIMETRE = INCH / 25.4
DOT = "•"


@dataclass(frozen=True)
class _Piece:
    """A text of the page: what it is, how it looks, and how far (times its size) it stands off.

    One of a list has a `dot`.
    """

    tag: str
    text: str
    size: float
    above: float
    bold: bool = False
    colour: str = ""
    link: str = ""
    dot: bool = False


def write_pdf(copy: BriefingCopy, *, written_at: datetime) -> bytes:
    """The briefing as PDF: one page, whatever it says."""
    stream = BytesIO()
    told = {"title": plain(copy.title), "author": plain(copy.author), "written_at": written_at}
    with one_page(stream, **told) as sheet:  # type: ignore[arg-type]
        _Setting(sheet, copy, briefing_layout()).write()
    return stream.getvalue()


def size_that_fits(copy: BriefingCopy, *, written_at: datetime) -> float:
    """The size of the text, in points, at which the whole briefing is one page."""
    with one_page(BytesIO(), title="", author="", written_at=written_at) as sheet:
        return _Setting(sheet, copy, briefing_layout()).size


class _Setting:
    """Setting one briefing on a sheet."""

    def __init__(self, sheet: Sheet, copy: BriefingCopy, layout: BriefingLayout) -> None:
        self.sheet, self.copy, self.layout = sheet, copy, layout
        self.left = layout.margin * MILLIMETRE
        self.right = A4[0] - self.left
        self.size = self._size()

    def write(self) -> None:
        y = A4[1] - self.left
        for is_list, pieces in groupby(self._pieces(self.size), key=lambda piece: piece.dot):
            if is_list:
                with self.sheet.inside("L"):
                    for piece in pieces:
                        with self.sheet.inside("LI"):
                            y = self._write(piece, y)
            else:
                for piece in pieces:
                    y = self._write(piece, y)
        self._write_footer()

    def _size(self) -> float:
        """The largest that fits; the smallest of the layout is taken even where it does not."""
        room = A4[1] - 2 * self.left - self._footer_height()
        size = self.layout.largest
        while size > self.layout.smallest and self._height(size) > room:
            size -= STEP
        return size

    def _height(self, size: float) -> float:
        return sum(
            piece.above * piece.size + len(self._lines(piece)) * LEADING * piece.size
            for piece in self._pieces(size)
        )

    def _pieces(self, size: float) -> Iterator[_Piece]:
        look, accent = self.layout, self.layout.accent
        yield _Piece("H1", self.copy.title, size * look.title, 0, bold=True, colour=accent)
        yield _Piece("P", self.copy.subtitle, size, 0.2)
        for section in self.copy.sections:
            heading = size * look.heading
            yield _Piece("H2", section.heading, heading, 0.7, bold=True, colour=accent)
            yield from (self._of_block(block, size) for block in section.blocks)
            yield from (self._of_link(link, size) for link in section.links)

    def _of_block(self, block: Block, size: float) -> _Piece:
        tag = "LBody" if block.is_point else "P"
        return _Piece(tag, block.text, size, 0.15, dot=block.is_point)

    def _of_link(self, link: Link, size: float) -> _Piece:
        """Name and address: on paper nobody can press it."""
        text = link.text if link.text == link.address else f"{link.text}: {link.address}"
        return _Piece("LBody", text, size, 0.15, link=link.address, dot=True)

    def _write(self, piece: _Piece, y: float) -> float:
        """Write a piece below `y`, and give where it ends."""
        y -= piece.above * piece.size
        left = self.left + (INDENT * piece.size if piece.dot else 0)
        lines = []
        for words in self._lines(piece):
            y -= LEADING * piece.size
            lines.append((left, y + 0.3 * piece.size, words))
        colour = piece.colour or self.layout.ink
        if piece.dot:
            self.sheet.write("Lbl", [(self.left, lines[0][1], DOT)], piece.size, colour=colour)
        self.sheet.write(
            piece.tag, lines, piece.size, bold=piece.bold, colour=colour, link=piece.link
        )
        return y

    def _lines(self, piece: _Piece) -> list[str]:
        width = self.right - self.left - (INDENT * piece.size if piece.dot else 0)
        return self._wrapped(plain(piece.text), piece.size, width, piece.bold)

    def _wrapped(self, text: str, size: float, width: float, bold: bool) -> list[str]:
        lines: list[list[str]] = [[]]
        for word in text.split():
            for part in self._parts(word, size, width, bold):
                if lines[-1] and width_of([*lines[-1], part], size, bold=bold) > width:
                    lines.append([])
                lines[-1].append(part)
        return [" ".join(line) for line in lines]

    def _parts(self, word: str, size: float, width: float, bold: bool) -> list[str]:
        """A word in parts that fit, if it is longer than a line."""
        whole = width_of([word], size, bold=bold)
        if whole <= width:
            return [word]
        letters = max(1, int(len(word) * width * 0.95 / whole))
        return [word[at : at + letters] for at in range(0, len(word), letters)]

    @property
    def _small(self) -> float:
        return min(9.0, self.layout.largest)

    def _footer_lines(self) -> list[list[str]]:
        width = self.right - self.left
        return [self._wrapped(plain(text), self._small, width, False) for text in self.copy.footer]

    def _footer_height(self) -> float:
        lines = sum(len(one) for one in self._footer_lines())
        return (lines + 1.2) * LEADING * self._small

    def _write_footer(self) -> None:
        step = LEADING * self._small
        lines = self._footer_lines()
        y = self.left + sum(len(one) for one in lines) * step
        self.sheet.rule(y + 0.5 * step, self.left, self.right, self.layout.accent)
        for one in lines:
            placed = [(self.left, y - (n + 0.8) * step, words) for n, words in enumerate(one)]
            self.sheet.write("P", placed, self._small, colour=self.layout.ink)
            y -= len(one) * step
