"""The agency's own copy: the same content on the page and in the document, in every state."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.questionnaire import Questionnaire
from s11audit.exports.own_copy import TO_CONFIRM, VOIDED, OwnCopy, own_copy
from s11audit.exports.own_document import write_document
from s11audit.exports.own_return import NotTheirReturnError, write_return
from s11audit.models import StoredAnswer
from s11audit.services.evidence import add_file
from s11audit.services.evidence_store import FolderStore
from s11audit.services.moderation import take_return_step
from tests.cast import Cast
from tests.contents import EVIDENCE, kept
from tests.exports.every_type import EVERY_TYPE, VALUES
from tests.rounds_and_returns import COMPLETE, NOON, Opened, fill, open_round, return_named, submit


@pytest.fixture
def opened(session: Session, cast: Cast, small: Questionnaire) -> Opened:
    return open_round(session, cast, small)


def copied(session: Session, cast: Cast, opened: Opened, name: str = "Asif") -> OwnCopy:
    session.flush()
    session.expire_all()
    return own_copy(
        session,
        return_named(session, "R1-POL"),
        opened.questionnaire,
        visible_to=cast[name],
        as_at=NOON,
    )


def document(copy: OwnCopy) -> Any:
    stream = BytesIO()
    write_document(copy, stream, written_at=NOON)
    return Document(stream)


def text_of(made: Any) -> str:
    """Everything that a document says: paragraphs, then tables."""
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in made.paragraphs), *cells])


def test_a_return_that_nobody_has_started_can_be_kept(
    session: Session, cast: Cast, opened: Opened
) -> None:
    copy = copied(session, cast, opened)
    assert [standard.title for standard in copy.standards] == ["Leadership", "Training", "Custody"]
    assert copy.standards[2].answers[1].facts[0].text == "Not answered"
    assert "Nobody has signed this return yet." in text_of(document(copy))


def test_a_signed_return_has_its_signature_and_receipt_and_keeps_a_void_one(
    session: Session, cast: Cast, opened: Opened
) -> None:
    signed = submit(session, opened, cast, COMPLETE)
    copy = copied(session, cast, opened)
    said = text_of(document(copy))
    for expected in (
        "Ines, Chief Officer",
        "I have read this return",
        "3 November 2026",
        str(signed.receipt),
        "Open a separate room",
        "31 March 2027",
        "The deputy leads.",
    ):
        assert expected in said, expected
    police, priya = return_named(session, "R1-POL"), cast["Priya"]
    take_return_step(session, police, "send-back", by=priya, now=NOON, reason="Say more")
    (signature,) = copied(session, cast, opened).signatures
    assert signature.void == VOIDED


def test_last_times_answer_is_marked(session: Session, cast: Cast, opened: Opened) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    for row in session.query(StoredAnswer).filter_by(question_key="custody.post"):
        row.to_confirm = True
    notes = {one.ask: one.note for one in copied(session, cast, opened).standards[2].answers}
    assert notes["Which post leads on custody?"] == TO_CONFIRM


def test_the_files_that_support_an_answer_are_named_and_no_others(
    session: Session, cast: Cast, opened: Opened
) -> None:
    told = {"store": FolderStore(EVIDENCE), "by": cast["Asif"], "now": NOON}
    police, chain = return_named(session, "R1-POL"), [opened.questionnaire]
    for key, name in (
        ("leadership.board-lead", "policy.pdf"),
        ("leadership.board-lead", "minutes.pdf"),
        ("custody.post", "rota.pdf"),
    ):
        add_file(session, police, key, kept(name), chain, **told)
    copy = copied(session, cast, opened)
    named = {
        one.anchor: fact.text
        for standard in copy.standards
        for one in standard.answers
        for fact in one.facts
        if fact.label in {"File", "Files"}
    }
    assert named == {"leadership-board-lead": "policy.pdf\nminutes.pdf", "custody-post": "rota.pdf"}
    said = text_of(document(copy))
    assert "Files: policy.pdf\nminutes.pdf" in said
    assert "File: rota.pdf" in said
    workbook = BytesIO()
    write_return(
        session, police, opened.questionnaire, visible_to=cast["Asif"], exported_at=NOON,
        path_or_stream=workbook,
    )  # fmt: skip
    answers = load_workbook(workbook)["Answers"].iter_rows(values_only=True)
    evidence = [row[8] for row in answers if row[2] == "leadership.board-lead"]
    assert evidence == ["File: policy.pdf\nFile: minutes.pdf"]


def test_it_is_nobody_elses(session: Session, cast: Cast, opened: Opened) -> None:
    for name in ("Cara", "Priya", "Bea"):
        with pytest.raises(NotTheirReturnError):
            copied(session, cast, opened, name)


def test_the_document_says_its_title_and_language_and_has_headings_and_header_rows(
    session: Session, cast: Cast, opened: Opened
) -> None:
    copy = copied(session, cast, opened)
    made = document(copy)
    assert made.core_properties.title == copy.title
    assert made.core_properties.language == "en-GB"
    styles = {one.style.name for one in made.paragraphs}
    assert {"Title", "Heading 1", "Heading 2"} <= styles
    language = made.styles["Normal"].element.rPr.find(qn("w:lang"))
    assert language.get(qn("w:val")) == "en-GB"
    for table in made.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_every_type_of_answer_is_in_the_document(
    session: Session, cast: Cast, opened: Opened
) -> None:
    round_of_every_type = Opened(opened.round_id, EVERY_TYPE)
    answers = {key: Answer(value) for key, value in VALUES.items()}
    fill(session, "R1-POL", round_of_every_type, answers, by=cast["Asif"])
    made = document(copied(session, cast, round_of_every_type))
    said = text_of(made)
    for expected in ("Line one", "12/40 (30.0%)", "£1,234.50", "Post; Web", "Not sure", "=1+1"):
        assert expected in said, expected
    tables = [[cell.text for cell in table.rows[1].cells] for table in made.tables[1:]]
    assert ["Teachers", "12/40 (30.0%)", "£10.50", "–"] in tables
    assert ["Row 1", "Minutes", "https://example.org/m", "–"] in tables


def test_characters_that_no_document_can_hold_are_shown_as_such(
    session: Session, cast: Cast, opened: Opened
) -> None:
    answers = {"training.difference": Answer("Before\x0bafter")}
    fill(session, "R1-POL", opened, answers, by=cast["Asif"])
    assert "Before�after" in text_of(document(copied(session, cast, opened)))
