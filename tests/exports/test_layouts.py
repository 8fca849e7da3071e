from __future__ import annotations

from pathlib import Path

import pytest

from s11audit.exports.layout import LayoutError, attributes_of, read_layout
from s11audit.paths import EXPORTS

# The form is laid out question by question, the briefing as a page: in words of their own.
NO_WORKBOOKS = ("form", "briefing")
LAYOUTS = sorted(path for path in EXPORTS.glob("*.yaml") if path.stem not in NO_WORKBOOKS)
TINY = """
title: "{round_title}"
subject: "{partnership}"
marking: OFFICIAL
facts: RoundFacts
states: {red: {shows: [R], fill: "FF0000", text: "000000"}}
sheets:
  - title: Summary
    tables:
      - rows: StandardRow
        columns:
          - {heading: Standard, attribute: title, width: 20}
"""


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_every_column_of_a_layout_exists_on_its_row_class(path: Path) -> None:
    layout = read_layout(path)
    for sheet in layout.sheets:
        for table in sheet.tables:
            attributes = attributes_of(table.row_class)
            unknown = [c.attribute for c in table.columns if c.attribute not in attributes]
            assert unknown == [], f"{sheet.title}: {table.row_class.__name__}"


def test_every_workbook_has_a_layout() -> None:
    assert [path.stem for path in LAYOUTS] == [
        "assessment",
        "case-audit",
        "case-programme",
        "changes",
        "compliance",
        "return-rate",
        "return",
        "survey-links",
        "survey",
    ]


def test_there_is_no_python_beside_the_layouts() -> None:
    assert list(EXPORTS.rglob("*.py")) == []


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "attribute: title",
            "attribute: tittle",
            "tiny.yaml: sheet “Summary”, column “Standard” of StandardRow, attribute: "
            "“tittle” is not known; did you mean “title”?",
        ),
        ("rows: StandardRow", "rows: StandardRows", "did you mean “StandardRow”?"),
        ("width: 20", "widht: 20", "did you mean “width”?"),
        ("{heading: Standard, ", "{", "column “?” of StandardRow: lacks “heading”"),
        ("{partnership}", "{partner}", "subject, {partner}: “partner” is not known; did you"),
        ('"FF0000"', '"red"', "state “red”, fill: “red” must be six digits or letters"),
        ("title: Summary", "title: Summary\n    autofliter: yes", "did you mean “autofilter”?"),
        ("facts: RoundFacts", "facts: [", "tiny.yaml: "),
    ],
)
def test_a_fault_in_a_layout_is_named_with_its_place_and_what_is_right(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY.replace(right, wrong))
    with pytest.raises(LayoutError) as raised:
        read_layout(path)
    assert message in str(raised.value)


def test_the_tiny_layout_itself_is_right(tmp_path: Path) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    assert read_layout(path).sheets[0].tables[0].columns[0].heading == "Standard"
