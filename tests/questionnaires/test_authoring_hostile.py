"""Workbooks that are broken, enormous or meant to do harm: a sentence, soon, and no trace."""

from __future__ import annotations

import io
import time
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s11audit.questionnaires.authoring.workbook_cells import LARGEST_INSIDE
from s11audit.questionnaires.authoring.workbook_reading import read_workbook
from s11audit.questionnaires.authoring.workbook_xml import LARGEST_WORKBOOK, RefusedError
from s11audit.questionnaires.faults import QuestionnaireFaultsError
from tests.questionnaires.workbooks import PULSE, faults_of, repacked, workbook

pytestmark = pytest.mark.slow

SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
# The parts of a workbook in the order in which they were written: the sheet “training” is the 5th.
TRAINING = "xl/worksheets/sheet5.xml"


def refused(raw: bytes) -> list[str]:
    """What the process that reads workbooks answers, within a time that people wait."""
    began = time.monotonic()
    try:
        read_workbook(raw, "x.xlsx")
    except QuestionnaireFaultsError as error:
        found = [str(fault) for fault in error.faults]
    else:
        found = []
    assert time.monotonic() - began < 45
    return found


def sheet(rows: bytes) -> bytes:
    return b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (SPACE, rows)


def row(cells: bytes) -> bytes:
    return sheet(b"<row r='1'>%b</row>" % cells)


def a_zip(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        pytest.param(b"", "this is not an Excel workbook (.xlsx)", id="empty"),
        pytest.param(b"a,b\n1,2\n", "this is not an Excel workbook (.xlsx)", id="csv"),
        pytest.param(b"\xd0\xcf\x11\xe0" * 9, "with a password", id="old, or with a password"),
        pytest.param(b"PK\x03\x04" + b"x" * 99, "damaged", id="no zip"),
        pytest.param(a_zip(a=b"x"), "this is not an Excel workbook", id="another zip"),
        pytest.param(a_zip(mimetype=b"x"), "save it as .xlsx", id="another office"),
        pytest.param(b"PK" * LARGEST_WORKBOOK, "larger than 10,000,000 bytes", id="large"),
        pytest.param(workbook()[:-200], "damaged", id="cut short"),
    ],
)
def test_what_is_no_workbook_is_refused_in_a_sentence(raw: bytes, message: str) -> None:
    found = refused(raw)
    assert len(found) == 1
    assert found[0].startswith("x.xlsx: the workbook: ")
    assert message in found[0]


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = sheet(b"<row/>" * (LARGEST_INSIDE // 6))
    found = refused(repacked({TRAINING: bomb}))
    assert found == ["x.xlsx: the workbook: this workbook is far too large when it is unpacked"]


def test_a_zip_that_lies_about_its_size_is_not_unpacked() -> None:
    raw = bytearray(repacked({TRAINING: sheet(b"<row/>" * (LARGEST_INSIDE // 6))}))
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(TRAINING.encode()))
    raw[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert len(refused(bytes(raw))) == 1


def test_endless_rows_and_far_cells_cost_nothing() -> None:
    many = b"<row r='1048576'><c r='XFD1048576' t='inlineStr'><is><t>x</t></is></c></row>"
    found = refused(repacked({TRAINING: sheet(b"<row/>" * 100_000 + many)}))
    assert "x.xlsx: training!XFD1048576: nothing can stand so far out; clear this cell" in found


def test_a_long_text_that_many_cells_share_is_not_multiplied() -> None:
    texts = b"<sst %b><si><t>%b</t></si></sst>" % (SPACE, b"x" * 1_000_000)
    cells = sheet(b"<row>" + b"<c t='s'><v>0</v></c>" * 50_000 + b"</row>")
    relations = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        related = archive.read(relations).replace(
            b"</Relationships>",
            b'<Relationship Id="t" Type="x/sharedStrings" Target="sharedStrings.xml"/>'
            b"</Relationships>",
        )
    found = refused(repacked({"xl/sharedStrings.xml": texts, TRAINING: cells, relations: related}))
    assert len(found) == 1
    assert "far more text than a questionnaire" in found[0]


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>',
        b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><worksheet/>',
        b"<worksheet>",
        b"\xff\xfe\x00",
        b"",
    ],
)
def test_xml_that_is_no_sheet_is_refused(xml: bytes) -> None:
    assert faults_or_refusal(repacked({TRAINING: xml}))


def faults_or_refusal(raw: bytes) -> list[str]:
    found = refused(raw)
    assert all(one.startswith("x.xlsx: ") for one in found)
    return found


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (b"<c r='A1' t='s'><v>99999</v></c>", "damaged"),
        (b"<c r='A1' t='s'><v>-1</v></c>", "damaged"),
        (b"<c r='A1' t='n'><v>1e999</v></c>", "unknown column"),
        (b"<c r='A1' t='n'><v>x</v></c>", "unknown column"),
        (b"<c r='A1'><f>1+1</f><v>2</v></c>", "unknown column"),
        (b"<c r='A0' t='b'><v>1</v></c>", "nothing can stand so far out"),
        (b"<c r='?' t='inlineStr'><is><t>id</t></is></c>", "has no question"),
    ],
)
def test_cells_that_no_spreadsheet_writes_are_faults(cells: bytes, message: str) -> None:
    found = faults_or_refusal(repacked({TRAINING: row(cells)}))
    assert any(message in one for one in found)


def test_macros_and_links_are_not_looked_at() -> None:
    raw = repacked({"xl/vbaProject.bin": b"\x00" * 100, "xl/externalLinks/externalLink1.xml": b"<"})
    assert refused(raw) == []


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "{{ 7*7 }}", "\u202egnp.exe", "=cmd|' /C calc'!A0", "@SUM(1)"],
)
def test_hostile_text_stays_text(text: str) -> None:
    raw = workbook(PULSE.replace("title: Training", f"title: {text!r}"))
    assert refused(raw) == []


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_change_to_a_sheet_gives_a_questionnaire_or_located_faults(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        name = data.draw(st.sampled_from([TRAINING, "xl/styles.xml", "xl/workbook.xml"]))
        xml = archive.read(name)
    start = data.draw(st.integers(0, len(xml)))
    end = min(len(xml), start + data.draw(st.integers(0, 40)))
    inserted = data.draw(st.sampled_from([b"", b"x", b"<", b"<f>1</f>", b"&lt;", b"9"]))
    with suppress(RefusedError):
        faults_of(repacked({name: xml[:start] + inserted + xml[end:]}))
