"""How the cells of a form look. A look is settled once and shared by every cell that has it."""

from __future__ import annotations

from copy import copy
from enum import StrEnum
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

from s11audit.exports.cells import FONT, TEXT_SIZE
from s11audit.exports.forms.layout import FormLayout

INK = "0B0C0C"
GREY = Side(style="thin", color="B1B4B6")
DARK = Side(style="thin", color="0B0C0C")


class Look(StrEnum):
    """What a cell is for, which decides how it looks."""

    TITLE = "title"
    HEADING = "heading"
    BAND = "band"
    COLUMN = "column"
    NUMBER = "number"
    QUESTION = "question"
    GUIDE = "guide"
    LABEL = "label"
    GRID_HEADING = "grid heading"
    BOX = "box"
    PLAIN = "plain"
    RULED = "ruled"


_SIZES = {Look.TITLE: 14, Look.HEADING: 12, Look.BAND: 11, Look.GUIDE: 9, Look.GRID_HEADING: 9}
_BOLD = frozenset(
    {
        Look.TITLE,
        Look.HEADING,
        Look.BAND,
        Look.COLUMN,
        Look.NUMBER,
        Look.QUESTION,
        Look.GRID_HEADING,
    }
)


class Looks:
    """Gives cells of one workbook their looks."""

    def __init__(self, layout: FormLayout) -> None:
        self._layout = layout
        self._settled: dict[tuple[Look, str], Any] = {}

    def give(self, cell: Any, look: Look, number_format: str = "General") -> None:
        """Make the cell look so. Only boxes can be written in once the sheet is protected."""
        key = (look, number_format)
        if key not in self._settled:
            self._settle(cell, look, number_format)
            self._settled[key] = copy(cell._style)
        cell._style = copy(self._settled[key])

    def _settle(self, cell: Any, look: Look, number_format: str) -> None:
        colour = "FFFFFF" if look is Look.COLUMN else INK
        cell.font = Font(
            name=FONT, size=_SIZES.get(look, TEXT_SIZE), bold=look in _BOLD, color=colour
        )
        horizontal = {Look.LABEL: "right", Look.BOX: "left"}.get(look)
        cell.alignment = Alignment(
            vertical="top", wrap_text=True, horizontal=horizontal, indent=look is Look.LABEL
        )
        cell.number_format = number_format
        cell.protection = Protection(locked=look is not Look.BOX)
        if look is Look.BOX:
            cell.fill = PatternFill("solid", fgColor=self._layout.box_colour)
            cell.border = Border(top=DARK, bottom=DARK, left=DARK, right=DARK)
        elif look is Look.COLUMN:
            cell.fill = PatternFill("solid", fgColor=self._layout.heading_colour)
        elif look in (Look.BAND, Look.GRID_HEADING):
            cell.fill = PatternFill("solid", fgColor=self._layout.band_colour)
        elif look in (Look.QUESTION, Look.NUMBER, Look.RULED):
            cell.border = Border(top=GREY)
