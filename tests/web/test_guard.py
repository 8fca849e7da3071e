"""The guard beside the boxes of forms: telling, asking, confirming, blocking, and remembering."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, g, render_template_string
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from s11audit.domain.answers import Answer
from s11audit.domain.guard import Kind
from s11audit.domain.guard.policy import Place, Reason
from s11audit.models import Event
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from s11audit.services.guard import Finding, Outcome
from s11audit.services.refusals import RefusedError
from s11audit.web.answer_forms import StandardForm
from s11audit.web.guard import CHECKED, REASON, TOLD, Guard
from tests.cast import Cast
from tests.domain.every_type import of_type
from tests.pages import Page, Pages
from tests.rounds_and_returns import COMPLETE, Opened, return_named, submit

COMMENTS = "/returns/R1-POL/standards/leadership/comments"
LEADERSHIP = "/returns/R1-POL/standards/leadership"
FILES = "/returns/R1-POL/questions/leadership.board-lead/files"
NHS = "943 476 5919"
NAMED = "Mum Sarah was not asked."
TODAY = date(2026, 11, 3)


class NoteForm(Form):
    note = TextAreaField("Note")
    secret = PasswordField("Password")
    page = HiddenField()


@pytest.fixture
def in_request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.fixture
def asif(pages: Pages, cast: Cast, opened: Opened) -> Pages:
    return pages.sign_in(cast["Asif"])


def looked_at(
    text: str, place: Place = Place.CASE_AUDITS, stored: str = "", **sent: str
) -> tuple[bool, Any, Guard]:
    """Whether a note passes, its box, and the guard that looked."""
    fields = MultiDict({"note": text, **{f"note{end}": value for end, value in sent.items()}})
    form, guard = NoteForm(fields, note=stored), Guard(place, sent=fields)
    passes = form.validate() and guard.passes(form)
    return passes, form.note, guard


def confirmed(text: str, told: str, reason: str = "pseudonym", checked: str = "y") -> Any:
    sent = {TOLD: told, CHECKED: checked, REASON: reason}
    return looked_at(text, **sent)


def told_of(box: Any) -> str:
    return " ".join(box.noticed.told)


@pytest.mark.usefixtures("in_request")
def test_a_harmless_text_passes_unmarked() -> None:
    passes, box, guard = looked_at("The panel agreed Amber in May.")
    assert passes
    assert not hasattr(box, "noticed")
    assert guard.findings == []


@pytest.mark.usefixtures("in_request")
def test_what_may_identify_somebody_is_stored_only_with_a_tick_and_a_reason() -> None:
    passes, box, guard = looked_at(NAMED)
    assert not passes
    assert box.errors == [
        "This seems to hold a name (“Sarah”). Change it, or tick below that you have checked it"
    ]
    assert guard.findings == [Finding(Outcome.NOTICED, Kind.NAME, "note")]
    told = told_of(box)
    assert not confirmed(NAMED, told, reason="")[0]
    assert not confirmed(NAMED, told, reason="because")[0]
    assert not confirmed(NAMED, told, checked="")[0]
    passes, box, guard = confirmed(NAMED, told)
    assert passes
    assert box.data == NAMED
    assert guard.findings == [Finding(Outcome.CONFIRMED, Kind.NAME, "note", Reason.PSEUDONYM)]


@pytest.mark.usefixtures("in_request")
def test_a_confirmation_counts_for_what_was_told_and_nothing_new() -> None:
    told = told_of(looked_at(NAMED)[1])
    assert not confirmed(f"{NAMED} Jayden was.", told)[0]
    assert confirmed("Mum Sarah, as said before.", told)[0]


@pytest.mark.usefixtures("in_request")
@pytest.mark.parametrize("text", [f"NHS {NHS}", "Write to s.jones@example.org"])
def test_what_is_blocked_cannot_be_confirmed(text: str) -> None:
    passes, box, guard = looked_at(text)
    assert not passes
    assert box.errors[0].startswith("Take this out: an")
    assert not box.noticed.asks
    assert not confirmed(text, told_of(box))[0]
    assert [one.outcome for one in guard.findings] == [Outcome.BLOCKED]


@pytest.mark.usefixtures("in_request")
def test_what_stood_there_before_is_not_asked_about_again() -> None:
    assert looked_at(f"{NAMED} And more.", stored=NAMED)[0]
    assert not looked_at(f"{NAMED} Jayden was.", stored=NAMED)[0]
    assert not looked_at(f"NHS {NHS} again", stored=f"NHS {NHS}")[0]


class ShortForm(Form):
    note = StringField("Note", [Length(max=30, message="Shorten this")])
    other = StringField("Other", [DataRequired("Say something")])


@pytest.mark.usefixtures("in_request")
def test_what_is_wrong_and_what_identifies_somebody_are_told_at_once() -> None:
    form, guard = ShortForm(MultiDict({"note": f"{NAMED} {NAMED}"})), Guard(Place.CASE_AUDITS)
    assert not guard.checks(form)
    assert str(form.note.errors[0]).startswith("Shorten this. This seems to hold")
    assert form.other.errors == ["Say something"]


@pytest.mark.usefixtures("in_request")
def test_what_was_noticed_is_not_remembered_of_a_form_that_is_not_stored() -> None:
    form, guard = ShortForm(MultiDict({"note": NAMED})), Guard(Place.RETURNS)
    assert not guard.checks(form)
    assert guard.findings == []
    form = ShortForm(MultiDict({"note": NAMED, "other": "x"}))
    assert guard.checks(form)
    assert [one.outcome for one in guard.findings] == [Outcome.NOTICED]


@pytest.mark.usefixtures("in_request")
def test_a_page_that_saves_itself_waits_for_the_button_and_remembers_nothing() -> None:
    form = NoteForm(MultiDict({"note": NAMED}))
    guard = Guard(Place.CASE_AUDITS, by_itself=True)
    assert not guard.passes(form)
    assert form.note.errors == [
        "This seems to hold a name (“Sarah”). Change it, or press Save to say why"
    ]
    assert guard.findings == []


@pytest.mark.usefixtures("in_request")
def test_passwords_and_what_nobody_typed_are_not_looked_at() -> None:
    form = NoteForm(MultiDict({"secret": NAMED, "page": NAMED}))
    assert Guard(Place.CASE_AUDITS).passes(form)


@pytest.mark.usefixtures("in_request")
def test_what_was_found_is_shown_with_its_controls_beside_the_box() -> None:
    box = looked_at(NAMED)[1]
    html = render_template_string(
        '{% from "components/textarea.html" import textarea %}{{ textarea(box) }}', box=box
    )
    soup = BeautifulSoup(html, "html.parser")
    names = [str(one.get("name")) for one in soup.select("input, textarea, select")]
    assert names == ["note", "note-guard-told", "note-guard-checked", "note-guard-reason"]
    assert NAMED in soup.find("textarea").get_text()
    assert "Name: say who they are to the child" in soup.get_text()
    labels = {label["for"] for label in soup.select("label")}
    assert {"note-guard-checked", "note-guard-reason"} <= labels


@pytest.mark.usefixtures("in_request")
def test_a_form_of_answers_saves_the_others_and_keeps_what_was_typed() -> None:
    asked = [replace(of_type("long-text"), key=f"a.{id_}") for id_ in ("first", "second")]
    typed = MultiDict({"first__value": NAMED, "second__value": "All is well."})
    guard = Guard(Place.CASE_AUDITS, sent=typed)
    form = StandardForm(asked, {}, TODAY, typed, guard=guard)
    assert [change.key for change in form.changes()] == [asked[1].key]
    assert [one.question.id for one in form.faulty] == ["first"]
    assert [control for control, _ in form.errors] == ["first__value"]
    assert form.faulty[0].form["value"].data == NAMED
    again = MultiDict(
        typed
        | {
            f"first__value{TOLD}": told_of(form.faulty[0].form["value"]),
            f"first__value{CHECKED}": "y",
            f"first__value{REASON}": "pseudonym",
        }
    )
    form = StandardForm(asked, {}, TODAY, again, guard=Guard(Place.CASE_AUDITS, sent=again))
    assert len(form.changes()) == 2


@pytest.mark.usefixtures("in_request")
def test_the_cells_of_a_table_are_looked_at() -> None:
    asked = of_type("table")
    typed = MultiDict({"x__value-0-post": "Sarah Jones"})
    form = StandardForm([asked], {}, TODAY, typed, guard=Guard(Place.CASE_AUDITS, sent=typed))
    assert form.changes() == []
    held = StandardForm([asked], {asked.key: Answer()}, TODAY)
    held.looked_at(Guard(Place.RETURNS))
    assert held.noticed == []


@pytest.mark.usefixtures("in_request")
def test_a_file_is_looked_at_by_name_and_text_and_can_be_confirmed() -> None:
    with pytest.raises(RefusedError, match="“Sarah”"):
        Guard(Place.CASE_AUDITS).check_file("plan for Sarah.txt", b"No concerns.")
    sent = {
        f"file{TOLD}": " ".join(g.guarded_file.told),
        f"file{CHECKED}": "y",
        f"file{REASON}": "pseudonym",
    }
    guard = Guard(Place.CASE_AUDITS, sent=sent)
    guard.check_file("plan for Sarah.txt", b"No concerns.")
    assert [one.outcome for one in guard.findings] == [Outcome.CONFIRMED]
    with pytest.raises(RefusedError, match="Take this out"):
        guard.check_file("plan.txt", f"NHS {NHS}".encode())


def remembered(database: Database) -> list[tuple[str, dict[str, Any]]]:
    with database.reading() as session:
        found = select(Event).where(Event.kind.like("identifier-%")).order_by(Event.id)
        return [(one.kind, one.detail) for one in session.scalars(found)]


def write(pages: Pages, text: str, **besides: str) -> Page:
    return pages.post(COMMENTS, pages.get(COMMENTS).form() | {"text": text} | besides)


def test_a_comment_is_asked_about_once_and_kept_when_the_button_is_pressed_again(
    asif: Pages, database: Database
) -> None:
    page = write(asif, NAMED)
    assert page.status == 422
    assert page.errors == {
        "text": "This seems to hold a name (“Sarah”). "
        "Change it, or press the button again to keep it"
    }
    assert page.form()["text"] == NAMED
    assert asif.post(COMMENTS, page.form()).status == 303
    assert NAMED in asif.get(COMMENTS).text
    seen = ("identifier-noticed", {"looks_like": "name", "box": "text"})
    assert remembered(database) == [seen, seen]


def test_an_answer_with_a_name_is_saved_and_its_writer_told_here_and_there(
    asif: Pages, database: Database
) -> None:
    fields = asif.get(LEADERSHIP).form() | {"board-lead__comment": NAMED, "next": "later"}
    assert asif.post(LEADERSHIP, fields).status == 303
    with database.reading() as session:
        held = answers_of(session, return_named(session, "R1-POL").id)
    assert held["leadership.board-lead"].answer.comment == NAMED
    page = asif.get("/returns/R1-POL")
    assert "seems to hold a name (“Sarah”)" in page.text
    page = asif.get(LEADERSHIP)
    assert "Check this. It seems to hold a name (“Sarah”)." in page.text
    assert page.errors == {}
    assert asif.post(LEADERSHIP, page.form() | {"next": "later"}).status == 303
    box = {"looks_like": "name", "box": "board-lead: comment"}
    assert remembered(database) == [("identifier-noticed", box)]


def test_a_note_on_an_action_is_asked_about_once(
    pages: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    asif = pages.sign_in(cast["Asif"])
    address = "/actions/R1-POL-A1"
    fields = asif.get(address).form("/notes") | {"note": f"See {NHS}"}
    page = asif.post(f"{address}/notes", fields)
    assert page.status == 422
    assert "an NHS number (“943… 919”)" in page.errors["note"]
    assert asif.post(f"{address}/notes", page.form("/notes")).status == 303


def test_a_file_that_supports_an_answer_is_added_and_its_sender_told(
    asif: Pages, database: Database
) -> None:
    asif.get("/returns/R1-POL")
    sent = {"file": (io.BytesIO(f"NHS {NHS}".encode()), "plan for Sarah.txt")}
    assert asif.post(FILES, sent).status == 303
    assert "a name (“Sarah”), and an NHS number (“943… 919”)" in asif.get(FILES).text
    kinds = [detail["looks_like"] for _, detail in remembered(database)]
    assert kinds == ["name", "nhs-number"]


def test_no_event_repeats_what_was_found(asif: Pages, database: Database) -> None:
    write(asif, f"{NAMED} {NHS} 07700 900123")
    details = str(remembered(database))
    assert details.count("looks_like") == 3
    assert not any(typed in details for typed in ("Sarah", "943", "900"))
