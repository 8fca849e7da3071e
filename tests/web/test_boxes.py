"""Answers that are made of several boxes: saved, shown again, given back, and chosen between."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from s11audit.domain.answers import Answer
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from s11audit.questionnaires.catalogue import Catalogue
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.pages import Page, Pages
from tests.rounds_and_returns import Opened, fill, open_round, return_named

PEOPLE = "/returns/R1-POL/standards/people"
PROOF = "/returns/R1-POL/standards/proof"


@pytest.fixture
def boxes(database: Database, cast: Cast) -> Opened:
    """Round R1 of tests/questionnaires/boxes/1.yaml, open."""
    with database.writing.begin() as writing:
        return open_round(writing, cast, Catalogue([QUESTIONNAIRES]).get("boxes", "1"))


@pytest.fixture
def asif(pages: Pages, cast: Cast, boxes: Opened) -> Pages:
    return pages.sign_in(cast["Asif"])


def save(pages: Pages, address: str, changes: dict[str, Any], next_: str = "later") -> Page:
    fields = MultiDict(pages.get(address).form())
    for name, sent in changes.items():
        fields.setlist(name, sent if isinstance(sent, list) else [sent])
    return pages.post(address, fields.to_dict(flat=False) | {"next": next_})


def values(database: Database) -> dict[str, str]:
    with database.reading() as session:
        held = answers_of(session, return_named(session, "R1-POL").id)
        return {key: one.answer.value for key, one in held.items() if one.answer.value}


FILLED = {
    "serves__value": ["", "babies", "children"],
    "trained__value-numerator": "12",
    "trained__value-denominator": "40",
    "groups__value-1-trained_numerator": "3",
    "groups__value-1-trained_denominator": "",
    "groups__value-1-last": "3 2026",
    "sites__value-2-name": "Hall <b>",
    "sites__value-2-kind": "hired",
    "sites__value-2-rooms": "2",
}
STORED = {
    "people.serves": "babies children",
    "people.trained": "12/40",
    "people.groups": '[{"row":"volunteers","trained":"3/","last":"2026-03"}]',
    "people.sites": '[{"name":"Hall <b>","kind":"hired","rooms":"2"}]',
}


def test_boxes_make_one_answer_each_and_stand_there_again(asif: Pages, database: Database) -> None:
    assert save(asif, PEOPLE, FILLED).status == 303
    assert values(database) == STORED
    again = asif.get(PEOPLE)
    form = again.form()
    assert form["groups__value-1-trained_numerator"] == "3"
    assert form["groups__value-1-last"] == "3 2026"
    assert (form["sites__value-0-name"], form["sites__value-0-kind"]) == ("Hall <b>", "hired")
    assert len(again.soup.select("input[name=serves__value][checked]")) == 2
    assert save(asif, PEOPLE, {"serves__value": ["", "babies", "children"]}).status == 303
    assert values(database) == STORED


def test_what_was_proved_is_saved_too(asif: Pages, database: Database) -> None:
    changes = {
        "spent__value": "£1,250.5",
        "month__value-month": "3",
        "month__value-year": "2026",
        "papers__value-1-text": "Rota",
        "papers__value-1-link": "https://example.org/rota",
        "declared__value": ["", "agreed"],
        "agrees__value": "agree",
    }
    assert save(asif, PROOF, changes).status == 303
    assert values(database) == {
        "proof.spent": "1250.50",
        "proof.month": "2026-03",
        "proof.papers": '[{"text":"Rota","link":"https://example.org/rota"}]',
        "proof.declared": "agreed",
        "proof.agrees": "agree",
    }
    save(asif, PROOF, {"declared__value": ""})
    assert "proof.declared" not in values(database)


def test_an_answer_none_of_whose_boxes_was_sent_stays(asif: Pages, database: Database) -> None:
    save(asif, PEOPLE, FILLED)
    fields = asif.get(PEOPLE).form()
    seen = {name: text for name, text in fields.items() if name.endswith("__seen")}
    asif.post(PEOPLE, seen | {"trained__value-numerator": "13", "next": "later"})
    assert values(database) == STORED | {"people.trained": "13/"}


def test_rows_beside_the_filled_ones_appear_until_there_are_enough(asif: Pages) -> None:
    def rows() -> int:
        names = asif.get(PEOPLE).form()
        return len([name for name in names if name.startswith("sites__") and "-name" in name])

    assert rows() == 3
    save(asif, PEOPLE, FILLED)
    assert rows() == 4
    site = {"name": "Hall", "kind": "own", "rooms": "1"}
    some = {f"sites__value-{row}-{cell}": text for row in (1, 2, 3) for cell, text in site.items()}
    save(asif, PEOPLE, FILLED | {"sites__value-0-name": "Barn"} | some)
    assert rows() == 6


def test_half_an_answer_is_saved_and_said_to_be_missing(asif: Pages, database: Database) -> None:
    page = save(asif, PEOPLE, FILLED | {"trained__value-denominator": ""}, "continue")
    assert page.status == 422
    assert values(database)["people.trained"] == "12/"
    assert page.errors == {
        "sure__value": "Sure: select an answer",
        "trained__value": "Staff trained: enter “Staff in post” too",
        "groups__value": "Training by group: “Staff”, Trained: enter both numbers",
        "groups__value-1-trained_numerator": "Training by group: “Volunteers”, Trained: "
        "enter “In the group” too",
    }
    assert "“Staff”, Trained: enter both numbers (and 1 more)" in (
        asif.get("/returns/R1-POL/check").text
    )


def test_what_cannot_be_a_value_stays_on_the_page_at_its_cell(
    asif: Pages, database: Database
) -> None:
    changes = FILLED | {
        "trained__value-numerator": "41",
        "sites__value-2-rooms": "two",
        "sites__value-2-checked": "31 2 2026",
        "groups__value-1-trained_numerator": "half\x00",
    }
    page = save(asif, PEOPLE, changes)
    assert page.status == 422
    assert values(database) == {"people.serves": "babies children"}
    assert page.errors == {
        "trained__value": "Staff trained: “Staff trained” cannot be more than “Staff in post”",
        "groups__value": "Training by group: we took out a hidden character that cannot be "
        "stored. Check that the text reads well, then save again",
        "sites__value-2-rooms": "Sites: row 3, Rooms: enter a number, such as 12",
        "sites__value-2-checked": "Sites: row 3, Checked: enter a real date, such as 27 3 2026",
    }
    form = page.form()
    assert (form["sites__value-2-rooms"], form["sites__value-2-name"]) == ("two", "Hall <b>")
    described = page.soup.find(id="sites__value-2-rooms")
    assert described is not None
    error = page.soup.find(id=described["aria-describedby"])
    assert error is not None
    assert "Enter a number" in error.text


def test_two_people_who_filled_the_same_table_are_shown_both(
    asif: Pages, cast: Cast, boxes: Opened, database: Database
) -> None:
    fields = MultiDict(asif.get(PEOPLE).form()) | MultiDict()
    with database.writing.begin() as session:
        theirs = {
            "people.groups": Answer('[{"row":"staff","trained":"1/2"}]'),
            "people.serves": Answer("nobody"),
        }
        fill(session, "R1-POL", boxes, theirs, by=cast["Bea"])
    sent = {**fields.to_dict(), **FILLED, "sites__value-2-rooms": "two", "next": "later"}
    page = asif.post(PEOPLE, sent)
    assert page.status == 409
    assert "Volunteers: Trained Up to date: 3; Last course March 2026" in page.text
    assert "Staff: Trained 1/2 (50.0%)" in page.text
    hidden = MultiDict(
        (str(one["name"]), str(one["value"])) for one in page.soup.select("input[type=hidden]")
    )
    choice = {"groups__keep": "mine", "serves__keep": "mine", "next": "later"}
    after = asif.post(PEOPLE, hidden.to_dict(flat=False) | choice)
    rooms = "sites__value-2-rooms"
    assert after.errors == {rooms: "Sites: row 3, Rooms: enter a number, such as 12"}
    kept = values(database)
    assert kept["people.groups"] == STORED["people.groups"]
    assert kept["people.serves"] == "babies children"


def test_what_was_typed_comes_back_with_row_and_column_after_a_session_ended(
    asif: Pages,
) -> None:
    asif.get(PEOPLE)
    with asif.client.session_transaction() as cookie:
        cookie["token"] = "a session that has ended"
    page = asif.post(PEOPLE, FILLED)
    assert page.status == 401
    assert "Trained: answer, numerator 12" in page.text
    assert "Sites: answer, row 3, name Hall <b>" in page.text


def test_statements_and_headings_are_read_not_answered(asif: Pages, cast: Cast) -> None:
    form = asif.get(PEOPLE)
    assert "Come back afterwards." in form.text
    assert [tag.text for tag in form.soup.select("h2[data-heading]")] == [
        "Whom you work with",
        "Training",
    ]
    assert form.text.count("Whom you work with") == 1
    assert "Under one year old" in form.text
    for address in (PEOPLE, "/returns/R1-POL/check"):
        read = asif.sign_in(cast["Ines"]).get(address)
        assert "Come back afterwards." in read.text
        assert "Not answered Come back" not in read.text
    tasks = asif.get("/returns/R1-POL")
    parts = [tag.text for tag in tasks.soup.select("main h3")]
    assert parts[:2] == ["Part 1: Who works with children", "Part 2: What shows it"]


def test_a_filled_return_reads_as_tables_and_links(asif: Pages, cast: Cast) -> None:
    save(asif, PEOPLE, FILLED | {"groups__value-0-trained_denominator": "4"})
    save(asif, PROOF, {"papers__value-0-text": "x", "papers__value-0-link": "https://a.example/"})
    page = asif.sign_in(cast["Ines"]).get("/returns/R1-POL/check")
    assert "Under 1" not in page.text
    assert "12/40 (30.0%)" in page.text
    assert [cell.text for cell in page.soup.select("td[data-label=Site]")] == ["Hall <b>"]
    assert page.soup.select("main a[href='https://a.example/'][rel='noopener noreferrer']")
