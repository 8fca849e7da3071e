"""One page of PDF whose text is tagged: headings, paragraphs, lists and links, in their order.

matplotlib sets the text (also from right to left, with letters that join) and embeds the typeface;
it knows no tags, so the file adds them: each text is marked in the page, and a tree says what each
mark is. Lengths are points, from the lower left corner.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any
from unicodedata import bidirectional

import matplotlib as mpl
from matplotlib.backends.backend_pdf import Name, PdfFile, Reference, RendererPdf
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

from s11audit.exports.charts import drawing

A4 = (595.28, 841.89)
LANGUAGE = "en-GB"
# Comes with matplotlib, and has the letters of Welsh, Polish, Urdu and most other languages.
TYPEFACE = "DejaVu Sans"
INCH = 72
# Between two words, at a size of 1, with what a word's last letter keeps free.
SPACE = 0.36
_MEASURED_AT = 100
_FROM_LEFT = "\u200e"


@dataclass
class _Element:
    """An element of the tree. One that is a text of the page has a mark, others have parts."""

    tag: str
    mark: int | None = None
    parts: list[_Element] = field(default_factory=list)


class _TaggedFile(PdfFile):
    """A PDF file of one page that tells readers aloud what its texts are."""

    def __init__(self, stream: BytesIO, metadata: dict[str, Any]) -> None:
        self.root = _Element("Document")
        self._tree: Reference | None = None
        super().__init__(stream, metadata=metadata)

    def writeObject(self, object: Any, contents: Any) -> None:  # noqa: N802 - overrides
        if isinstance(contents, dict) and contents.get("Type") == Name("Catalog"):
            self._tree = self.reserveObject("structure tree")
            contents = contents | {
                "Lang": LANGUAGE.encode(),
                "MarkInfo": {"Marked": True},
                "StructTreeRoot": self._tree,
                "ViewerPreferences": {"DisplayDocTitle": True},
            }
        elif isinstance(contents, dict) and contents.get("Type") == Name("Page"):
            contents = contents | {"StructParents": 0, "Tabs": Name("S")}
        super().writeObject(object, contents)

    def finalize(self) -> None:
        self.endStream()
        marked: dict[int, Reference] = {}
        top = self._write_element(self.root, self._tree, marked)
        parents = self.reserveObject("parents of marks")
        self.writeObject(parents, {"Nums": [0, [marked[mark] for mark in sorted(marked)]]})
        tree = {"Type": Name("StructTreeRoot"), "K": [top], "ParentTree": parents}
        self.writeObject(self._tree, tree)
        super().finalize()

    def _write_element(self, element: _Element, parent: Any, marked: dict[int, Any]) -> Any:
        own = self.reserveObject("structure element")
        if element.mark is not None:
            marked[element.mark] = own
        kids = [self._write_element(part, own, marked) for part in element.parts]
        self.writeObject(
            own,
            {
                "Type": Name("StructElem"),
                "S": Name(element.tag),
                "P": parent,
                "Pg": self.pageList[0],
                "K": kids if element.mark is None else element.mark,
            },
        )
        return own


def width_of(words: list[str], size: float, *, bold: bool = False) -> float:
    """How wide a line of these words is set, at most."""
    return size * (
        sum(_width_of_word(word, bold) for word in words) + SPACE * max(len(words) - 1, 0)
    )


@lru_cache(maxsize=10_000)
def _width_of_word(word: str, bold: bool) -> float:
    """The width of a word at a size of 1. To set it takes milliseconds, so each is set once."""
    font = get_font(findfont(_font(_MEASURED_AT, bold)))
    font.set_size(_MEASURED_AT, INCH)
    font.set_text(word, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / (64 * _MEASURED_AT)


class Sheet:
    """The page, while it is written."""

    def __init__(self, file: _TaggedFile) -> None:
        width, height = (side / INCH for side in A4)
        file.newPage(width, height)
        self._file = file
        self._renderer = RendererPdf(file, INCH, height, width)
        self._open = [file.root]
        self._marks = 0

    @contextmanager
    def inside(self, tag: str) -> Iterator[None]:
        """What is written in here are parts of an element, such as a list (`L`)."""
        element = _Element(tag)
        self._open[-1].parts.append(element)
        self._open.append(element)
        yield
        self._open.pop()

    def write(
        self,
        tag: str,
        lines: list[tuple[float, float, str]],
        size: float,
        *,
        bold: bool = False,
        colour: str = "000000",
        link: str = "",
    ) -> None:
        """One text in lines of (x, y of the base line, words)."""
        self._open[-1].parts.append(_Element(tag, mark=self._marks))
        self._file.write(f"/{tag} <</MCID {self._marks}>> BDC\n".encode())
        self._marks += 1
        context = self._renderer.new_gc()
        context.set_foreground(f"#{colour}")
        context.set_url(link or None)
        for number, (x, y, words) in enumerate(lines, 1):
            # Lines are read out as they stand, so a word does not end with its line.
            read = _facing(words) + ("" if number == len(lines) else " ")
            self._renderer.draw_text(context, x, y, read, _font(size, bold), 0)
        self._close(context)

    def rule(self, y: float, left: float, right: float, colour: str) -> None:
        """A line across the page, which says nothing to whoever listens."""
        self._file.write(b"/Artifact BMC\n")
        context = self._renderer.new_gc()
        context.set_foreground(f"#{colour}")
        context.set_linewidth(1.5)
        path = mpl.path.Path([(left, y), (right, y)])
        self._renderer.draw_path(context, path, mpl.transforms.IdentityTransform())
        self._close(context)

    def _close(self, context: Any) -> None:
        self._renderer.finalize()
        context.restore()
        self._file.write(b"EMC\n")


@contextmanager
def one_page(stream: BytesIO, *, title: str, author: str, written_at: datetime) -> Iterator[Sheet]:
    """Write a page of A4 into the stream, which is whole when this is left."""
    told = {"Title": title, "Author": author, "Creator": "s11audit", "CreationDate": written_at}
    with drawing(), mpl.rc_context({"pdf.fonttype": 42, "text.parse_math": False}):
        file = _TaggedFile(stream, told)
        yield Sheet(file)
        file.finalize()
        file.close()


def _facing(words: str) -> str:
    """A line that begins with letters read from right to left, but is mostly not, goes our way."""
    ways = [bidirectional(letter) for letter in words]
    backwards = sum(way in ("R", "AL") for way in ways)
    return f"{_FROM_LEFT}{words}" if 0 < backwards <= ways.count("L") else words


def _font(size: float, bold: bool) -> FontProperties:
    return FontProperties(family=TYPEFACE, size=size, weight="bold" if bold else "normal")
