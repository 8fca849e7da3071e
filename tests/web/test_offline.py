"""Filling in a return offline: download the form, upload it, look, apply."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from s11audit.domain.answers import Answer
from s11audit.models import FilledForm
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from tests.cast import Cast
from tests.exports.test_form_reading import box, changed, put
from tests.pages import Page, Pages
from tests.rounds_and_returns import (
    COMPLETE,
    Opened,
    delegate,
    fill,
    return_named,
    submit,
)

OFFLINE = "/returns/R1-POL/offline"
FORM = "/returns/R1-POL/form.xlsx"
ONLINE = {"custody.post": Answer("Superintendent"), "training.staff": Answer("120")}


@pytest.fixture
def asif(pages: Pages, database: Database, cast: Cast, opened: Opened) -> Pages:
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, ONLINE, by=cast["Asif"])
    pages.sign_in(cast["Asif"]).get(OFFLINE)
    return pages


def downloaded(pages: Pages, *changes: Callable[[Workbook], None], address: str = FORM) -> bytes:
    """The form as somebody downloads it, after these changes."""
    raw = pages.client.get(address).data
    for change in changes:
        raw = changed(raw, change)
    return raw


def upload(pages: Pages, raw: bytes, address: str = OFFLINE, name: str = "mine.xlsx") -> Page:
    return pages.post(address, {"file": (BytesIO(raw), name)})


def looked(pages: Pages, raw: bytes) -> Page:
    """The page that shows what the form would change."""
    sent = upload(pages, raw)
    assert sent.status == 303, sent.text
    return pages.get(sent.location)


def stored(database: Database, reference: str = "R1-POL") -> dict[str, Answer]:
    with database.reading() as session:
        held = answers_of(session, return_named(session, reference).id)
    return {key: one.answer for key, one in held.items()}


def save_online(database: Database, cast: Cast, opened: Opened, **answers: str) -> None:
    """Somebody saves answers on the website meanwhile (`training__staff="7"`)."""
    typed = {key.replace("__", ".").replace("_", "-"): Answer(v) for key, v in answers.items()}
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, typed, by=cast["Asif"])


def test_the_page_explains_three_steps_and_nothing_is_changed_by_looking(
    asif: Pages, database: Database
) -> None:
    page = asif.get(OFFLINE)
    assert [heading.get_text() for heading in page.soup.find_all("h2")] == [
        "1. Download the form",
        "2. Fill it in",
        "3. Upload it",
    ]
    page = looked(asif, downloaded(asif, put("custody.post value", "Inspector")))
    assert page.heading == "What your form changes"
    assert "Post: answer Superintendent Inspector" in page.text
    assert stored(database) == ONLINE


def test_an_unchanged_form_has_nothing_to_apply(asif: Pages) -> None:
    page = looked(asif, downloaded(asif))
    assert "The form says what the return says already" in page.text
    assert not page.soup.find("form", attrs={"action": page.response.request.path})


def test_half_online_and_half_in_the_workbook(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    raw = downloaded(asif, put("training.format value", "In a room"))
    save_online(database, cast, opened, leadership__has_volunteers="no")
    page = looked(asif, raw)
    asif.post(page.response.request.path, page.form())
    assert stored(database) == {
        **ONLINE,
        "training.format": Answer("room"),
        "leadership.has-volunteers": Answer("no"),
    }


def test_faults_are_named_and_the_good_answers_are_applied(asif: Pages, database: Database) -> None:
    raw = downloaded(
        asif, put("training.staff value", "lots"), put("custody.post value", "Inspector")
    )
    page = looked(asif, raw)
    assert "2 Training!D" in page.text
    assert "Enter a number, such as 12" in page.text
    asif.post(page.response.request.path, page.form())
    assert stored(database) == {**ONLINE, "custody.post": Answer("Inspector")}


def test_an_emptied_cell_is_shown_as_cleared(asif: Pages, database: Database) -> None:
    page = looked(asif, downloaded(asif, put("custody.post value", None)))
    assert "Cleared" in page.text
    asif.post(page.response.request.path, page.form())
    assert stored(database)["custody.post"] == Answer()


def test_a_conflict_keeps_what_is_online_unless_somebody_chooses(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    raw = downloaded(asif, put("custody.post value", "Inspector"))
    save_online(database, cast, opened, custody__post="Sergeant")
    page = looked(asif, raw)
    assert "Changed online meanwhile" in page.text
    asif.post(page.response.request.path, page.form())
    assert stored(database)["custody.post"] == Answer("Sergeant")
    page = looked(asif, raw)
    asif.post(page.response.request.path, {**page.form(), "take__custody.post": "form"})
    assert stored(database)["custody.post"] == Answer("Inspector")


def test_what_is_typed_online_after_the_look_is_a_conflict_and_not_overwritten(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    raw = downloaded(asif, put("custody.post value", "Inspector"), put("training.staff value", 99))
    page = looked(asif, raw)
    save_online(database, cast, opened, custody__post="Sergeant")
    answer = asif.post(page.response.request.path, page.form())
    assert answer.status == 409
    assert answer.errors == {
        "conflicts": "Everything else is saved, but 1 answer was changed online since you looked. "
        "Choose again."
    }
    assert stored(database) == {
        "custody.post": Answer("Sergeant"),
        "training.staff": Answer("99"),
    }
    chosen = {**answer.form(), "take__custody.post": "form"}
    save_online(database, cast, opened, custody__post="Constable")
    assert asif.post(page.response.request.path, chosen).status == 409
    again = asif.get(page.response.request.path)
    assert asif.post(page.response.request.path, again.form()).status == 303
    assert stored(database)["custody.post"] == Answer("Constable")


def test_applying_twice_changes_nothing_and_says_so(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    page = looked(asif, downloaded(asif, put("custody.post value", "Inspector")))
    here = page.response.request.path
    asif.post(here, page.form())
    save_online(database, cast, opened, custody__post="Sergeant")
    again = asif.post(here, page.form())
    assert (again.status, again.location) == (303, "/returns/R1-POL")
    assert "This form was applied before. Nothing has changed." in asif.get(again.location).text
    assert stored(database)["custody.post"] == Answer("Sergeant")
    assert "was applied on" in asif.get(here).text
    with database.reading() as session:
        (kept,) = session.scalars(select(FilledForm))
        assert kept.content == ""


def test_somebody_elses_filled_form_is_not_found(
    asif: Pages, cast: Cast, database: Database
) -> None:
    page = looked(asif, downloaded(asif, put("custody.post value", "Inspector")))
    here = page.response.request.path
    for name in ("Bea", "Cara", "Priya"):
        asif.sign_in(cast[name]).get("/account")
        assert asif.get(here).status in (403, 404)
        assert asif.post(here, page.form()).status in (403, 404)
    assert stored(database) == ONLINE


def test_a_contributor_applies_only_their_standards(
    asif: Pages, cast: Cast, database: Database
) -> None:
    raw = downloaded(asif, put("custody.post value", "Inspector"), put("training.staff value", 99))
    with database.writing.begin() as session:
        delegate(session, cast, "R1-POL", ["custody"])
    asif.sign_in(cast["Bea"]).get(OFFLINE)
    page = looked(asif, raw)
    assert "Not yours: 1 answer" in page.text
    assert "99" not in page.text
    asif.post(page.response.request.path, page.form())
    assert stored(database) == {**ONLINE, "custody.post": Answer("Inspector")}
    own = load_workbook(BytesIO(downloaded(asif)))
    assert [name for name in own.sheetnames if name[0].isdecimal()] == ["1 Custody"]


def test_what_is_no_form_of_this_return_is_refused_with_the_reason(
    asif: Pages, cast: Cast, database: Database
) -> None:
    raw = downloaded(asif)
    asif.sign_in(cast["Cara"]).get("/returns/R1-HOSP/offline")
    page = upload(asif, raw, "/returns/R1-HOSP/offline")
    assert page.status == 422
    assert "another return (R1-POL)" in page.errors["file"]
    for wrong, said in (
        (b"PK\x03\x04nonsense", "damaged"),
        (b"a,b", "not an Excel workbook"),
        (b"", "Choose"),
    ):
        assert said in upload(asif, wrong, "/returns/R1-HOSP/offline").errors["file"]
    plain = BytesIO()
    Workbook().save(plain)
    page = upload(asif, plain.getvalue(), "/returns/R1-HOSP/offline")
    assert "no stamp" in page.errors["file"]
    with database.reading() as session:
        assert list(session.scalars(select(FilledForm))) == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # what had come waits in a file of its own
def test_an_upload_that_breaks_off_leaves_nothing(asif: Pages, database: Database) -> None:
    raw = downloaded(asif, put("custody.post value", "Inspector"))
    mark = b"--mark\r\n"
    head = mark + b'Content-Disposition: form-data; name="csrf_token"\r\n\r\n'
    head += asif.csrf_token.encode() + b"\r\n" + mark
    head += b'Content-Disposition: form-data; name="file"; filename="mine.xlsx"\r\n\r\n'
    whole = len(head) + len(raw) + len(b"\r\n--mark--\r\n")
    response = asif.client.post(
        OFFLINE,
        input_stream=BytesIO(head + raw[: len(raw) // 2]),
        content_length=whole,
        content_type="multipart/form-data; boundary=mark",
    )
    assert 400 <= response.status_code < 500
    with database.reading() as session:
        assert list(session.scalars(select(FilledForm))) == []
    assert stored(database) == ONLINE


def test_a_return_that_is_signed_takes_no_form_and_can_still_be_taken_away(
    pages: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, ONLINE, by=cast["Asif"])
    pages.sign_in(cast["Asif"]).get(OFFLINE)
    raw = downloaded(pages, put("custody.post value", "Inspector"))
    page = looked(pages, raw)
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    assert pages.post(page.response.request.path, page.form()).status == 409
    assert upload(pages, raw).status == 422
    assert "nothing can be uploaded" in pages.get(OFFLINE).text
    assert load_workbook(BytesIO(downloaded(pages)))["3 Custody"]
    assert stored(database)["custody.post"] == Answer("Head of Custody")


def test_a_form_of_a_return_that_was_not_started_starts_it_when_it_is_applied(
    pages: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    pages.sign_in(cast["Asif"]).get(OFFLINE)
    page = looked(pages, downloaded(pages, put("custody.post value", "=Inspector", 0, "@")))
    assert "formula" in page.text

    def as_text(book: Workbook) -> None:
        cell = box(book, "custody.post value")
        cell.value, cell.data_type = "=Inspector", "s"

    page = looked(pages, downloaded(pages, as_text))
    pages.post(page.response.request.path, page.form())
    assert stored(database) == {"custody.post": Answer("=Inspector")}
