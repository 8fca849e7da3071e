"""LibreOffice opens the workbook and reads the same figures as we wrote."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.audience import Respondent
from s11audit.domain.filled_forms import FilledContent
from s11audit.exports.chart_pack import rows_of_round
from s11audit.exports.compliance import write_compliance
from s11audit.exports.forms.reading import open_form
from s11audit.exports.forms.writing import write_form
from s11audit.exports.own_copy import own_copy
from s11audit.exports.own_document import write_document
from s11audit.models import AuditRound
from tests.cast import Cast
from tests.exports.every_type import EVERY_TYPE, VALUES
from tests.exports.rounds import EXPORTED_AT, QUESTIONNAIRE
from tests.exports.sheets import records
from tests.exports.test_form_reading import TODAY, changed, copy_every_box, written
from tests.exports.test_forms import ANSWERS
from tests.rounds_and_returns import return_named

# Tokens of LibreOffice's CSV filter: comma, quote, UTF-8, from line 1, cells as shown, sheet 2.
SECOND_SHEET_AS_SHOWN = (
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
)

pytestmark = pytest.mark.office


def convert(path: Path, to: str, folder: Path) -> None:
    """Convert with a profile of this run's own, so that runs do not meet."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is missing: `make test` installs it"
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{folder / 'profile'}",
            "--headless",
            "--convert-to",
            to,
            "--outdir",
            folder,
            path,
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )


@pytest.fixture
def saved(session: Session, audit_round: AuditRound, cast: Cast, tmp_path: Path) -> Path:
    path = tmp_path / "compliance.xlsx"
    write_compliance(
        session,
        audit_round,
        QUESTIONNAIRE,
        visible_to=cast["Priya"],
        exported_at=EXPORTED_AT,
        path_or_stream=path,
    )
    return path


def values(workbook: Workbook) -> dict[str, list[tuple[Any, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in workbook}


def test_libreoffice_reads_every_cell_as_it_was_written(saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "converted"
    convert(saved, "xlsx", folder)
    ours, theirs = load_workbook(saved), load_workbook(folder / "compliance.xlsx")
    for title, rows in values(ours).items():
        assert values(theirs)[title] == rows, title


def test_totals_in_libreoffice_are_those_of_the_screen(
    saved: Path, tmp_path: Path, session: Session, audit_round: AuditRound, cast: Cast
) -> None:
    folder = tmp_path / "converted"
    convert(
        saved,
        SECOND_SHEET_AS_SHOWN,
        folder,
    )
    (sheet,) = folder.glob("*Summary.csv")
    with sheet.open(encoding="utf-8") as lines:
        by_label = {row[0]: row for row in csv.reader(lines) if row}
    rows = rows_of_round(
        session, audit_round, QUESTIONNAIRE, visible_to=cast["Mo"], exported_at=EXPORTED_AT
    )
    total = rows.standards[-1]
    shown = by_label["All standards (whole return)"]
    assert shown[1:8] == ["2", "1", "1", "4", "1", "0", "4/6"]
    percentages = [float(text.rstrip("%")) for text in shown[8:11]]
    assert percentages == [float(total.green_pct or 0), float(total.compliance_pct or 0), 75.0]
    assert by_label["All types"][1:5] == ["3", "2", "2/3", "66.7%"]
    assert records(load_workbook(saved), "Summary", "Standard")[-1]["Red answers"] == total.red


def test_libreoffice_keeps_the_answers_and_the_lists_of_a_form(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    answers = {key: Answer(value) for key, value in VALUES.items()}
    write_form(EVERY_TYPE, Respondent("police"), path, answers=answers, written_at=EXPORTED_AT)
    folder = tmp_path / "converted"
    convert(path, "xlsx", folder)
    ours, theirs = load_workbook(path), load_workbook(folder / "form.xlsx")
    for title, rows in values(ours).items():
        assert values(theirs)[title] == rows, title
    sheet = ours.sheetnames[1]
    lists = [rule.formula1 for rule in theirs[sheet].data_validations.dataValidation]
    for rule in ours[sheet].data_validations.dataValidation:
        assert rule.type != "list" or rule.formula1.replace("'", "") in lists
    assert theirs[sheet].protection.sheet


def test_a_form_that_libreoffice_has_saved_is_read_back(tmp_path: Path) -> None:
    """As it was: nothing new. Filled in: what was filled in, dates and texts alike."""
    for name, raw in (
        ("untouched", written()),
        ("filled", changed(written({}), copy_every_box)),
    ):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(raw)
        convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "converted")
    untouched, filled = (
        open_form((tmp_path / "converted" / f"{name}.xlsx").read_bytes())
        for name in ("untouched", "filled")
    )
    assert untouched.read(EVERY_TYPE, "R1-POL", TODAY) == FilledContent()
    content = filled.read(EVERY_TYPE, "R1-POL", TODAY)
    assert content.wrong == ()
    assert {one.key: one.answer for one in content.answers} == ANSWERS


def test_libreoffice_opens_the_document_of_a_return(
    session: Session, audit_round: AuditRound, cast: Cast, tmp_path: Path
) -> None:
    copy = own_copy(
        session,
        return_named(session, f"S11-2026-{cast.agencies['POL']}"),
        QUESTIONNAIRE,
        visible_to=cast["Asif"],
        as_at=EXPORTED_AT,
    )
    path = tmp_path / "return.docx"
    write_document(copy, path, written_at=EXPORTED_AT)
    convert(path, "txt:Text", tmp_path / "converted")
    said = (tmp_path / "converted" / "return.txt").read_text(encoding="utf-8-sig")
    assert copy.title in said
    assert "Signatures" in said
