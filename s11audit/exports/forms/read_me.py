"""The first sheet of a form: what it is, how to fill it in, and who did."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from s11audit.exports.cells import lines_needed, row_height, write_text
from s11audit.exports.forms.facts import FormFacts
from s11audit.exports.forms.layout import FormLayout
from s11audit.exports.forms.looks import Look, Looks

KEYS, LABELS, TEXTS = 1, 2, 3  # columns


def draw_read_me(
    sheet: Any,
    layout: FormLayout,
    looks: Looks,
    facts: FormFacts,
    questionnaire_id: str,
    agency: str,
    *,
    filled: bool,
) -> None:
    """Write the lines of the layout, then the boxes for the agency and the post."""
    sheet.column_dimensions["B"].width = layout.label_width
    sheet.column_dimensions["C"].width = layout.text_width
    rows = _Rows(sheet, layout, looks)
    names = asdict(facts)
    for number, line in enumerate(layout.lines):
        label = line.label.format_map(names)
        if line.text:
            for paragraph in line.text.format_map(names).split("\n\n"):
                rows.text(label, paragraph.strip())
                label = ""
        else:
            rows.heading(label, Look.HEADING if number else Look.TITLE)
    if filled:
        rows.text(layout.filled_by, facts.as_at)
    rows.box(layout.agency, agency, "agency")
    rows.box(layout.post, "", "post")
    for key, value in (
        ("questionnaire", questionnaire_id),
        ("version", facts.version),
        ("sha256", facts.sha256),
    ):
        rows.hidden(f"{key} {value}")


class _Rows:
    def __init__(self, sheet: Any, layout: FormLayout, looks: Looks) -> None:
        self._sheet = sheet
        self._layout = layout
        self._looks = looks
        self._row = 0

    def heading(self, text: str, look: Look) -> None:
        self._row += 1
        if self._row > 1:
            self._sheet.row_dimensions[self._row].height = 24
        self._sheet.merge_cells(
            start_row=self._row, end_row=self._row, start_column=LABELS, end_column=TEXTS
        )
        self._put(LABELS, text, look)
        if look is Look.TITLE:
            width = 0.7 * (self._layout.label_width + self._layout.text_width)
            self._sheet.row_dimensions[self._row].height = 20.0 * lines_needed([(text, width)])

    def text(self, label: str, text: str) -> None:
        self._row += 1
        self._put(LABELS, label, Look.NUMBER if label else Look.PLAIN)
        self._put(TEXTS, text, Look.RULED if label else Look.PLAIN)
        self._set_height(label, text)

    def box(self, label: str, text: str, key: str) -> None:
        self._row += 1
        self._put(KEYS, key, Look.PLAIN)
        self._put(LABELS, label, Look.NUMBER)
        self._put(TEXTS, text, Look.BOX, "@")
        self._set_height(label, text)

    def hidden(self, text: str) -> None:
        """A line for programs, beside those for people."""
        self._row += 1
        self._put(KEYS, text, Look.PLAIN)
        self._sheet.row_dimensions[self._row].hidden = True

    def _put(self, column: int, text: str, look: Look, number_format: str = "General") -> None:
        cell = self._sheet.cell(self._row, column)
        self._looks.give(cell, look, number_format)
        if text:
            write_text(cell, text)

    def _set_height(self, label: str, text: str) -> None:
        layout = self._layout
        lines = lines_needed([(label, layout.label_width * 0.9), (text, layout.text_width)])
        self._sheet.row_dimensions[self._row].height = row_height(lines)
