"""An agency's own copies: a page to print and a document, in every state and for nobody else."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document

from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, Opened, fill, submit

COPY, DOCUMENT = "/returns/R1-POL/copy", "/returns/R1-POL/return.docx"


def words_of(raw: bytes) -> str:
    made = Document(BytesIO(raw))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(one.text for one in made.paragraphs), *cells]).split())


@pytest.mark.parametrize("state", ["not started", "in progress", "submitted"])
def test_the_page_and_the_document_say_the_same_in_every_state(
    pages: Pages, database: Database, cast: Cast, opened: Opened, state: str
) -> None:
    with database.writing.begin() as session:
        if state == "in progress":
            fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
        elif state == "submitted":
            submit(session, opened, cast, COMPLETE)
    pages.sign_in(cast["Asif"])
    page = pages.get(COPY)
    response = pages.client.get(DOCUMENT)
    assert response.mimetype.endswith("wordprocessingml.document")
    assert page.heading == "Section 11 audit 2026: Downshire Police"
    document = words_of(response.data)
    for answer in page.soup.find_all("article"):
        for told in answer.find_all(["h3", "p"]):
            words = " ".join(told.get_text(" ").split())
            assert words.replace(" :", ":") in document.replace(" :", ":"), words
    assert ("Nobody has signed" in page.text) is (state != "submitted")
    assert ("Ines, Chief Officer" in document) is (state == "submitted")


def test_the_page_of_the_return_offers_every_copy(
    pages: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    page = pages.sign_in(cast["Asif"]).get("/returns/R1-POL")
    links = {str(link["href"]) for link in page.soup.select("main a")}
    assert {COPY, DOCUMENT, "/returns/R1-POL/return.xlsx", "/returns/R1-POL/offline"} <= links
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    links = {str(one["href"]) for one in pages.get("/returns/R1-POL").soup.select("main a")}
    assert {COPY, DOCUMENT, "/returns/R1-POL/form.xlsx"} <= links
    assert "/returns/R1-POL/offline" not in links


def test_a_contributor_and_another_agency_take_no_copy(
    pages: Pages, cast: Cast, opened: Opened
) -> None:
    for name in ("Bea", "Cara", "Mo"):
        pages.sign_in(cast[name])
        for address in (COPY, DOCUMENT):
            assert pages.client.get(address).status_code in (403, 404), (name, address)
