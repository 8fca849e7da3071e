"""The pages of evidence: adding files, using them again, and who may have them when."""

from __future__ import annotations

import gc
import io
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from s11audit.domain.permissions import Role
from s11audit.models import AnswerFile, Event, EvidenceFile
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from s11audit.services.evidence import add_file
from s11audit.services.evidence_store import FolderStore
from s11audit.web.security import Services
from tests.cast import Cast
from tests.contents import EVIDENCE, PDF, kept
from tests.joined import join
from tests.malware_scanner import MARK, scanner
from tests.pages import Page, Pages
from tests.rounds_and_returns import COMPLETE, NOON, Opened, delegate, return_named, submit

LEAD = "leadership.board-lead"
RETURN = "/returns/R1-POL"
FILES = f"{RETURN}/questions/{LEAD}/files"
SCRUTINY = "/rounds/R1/returns/POL"


@pytest.fixture
def asif(pages: Pages, cast: Cast, opened: Opened) -> Pages:
    return pages.sign_in(cast["Asif"])


def send(pages: Pages, raw: bytes = PDF, name: str = "policy.pdf", to: str = FILES) -> Page:
    pages.get(RETURN)
    return pages.post(to, {"file": (io.BytesIO(raw), name)})


def send_much(pages: Pages, raw: bytes) -> Page:
    """As `send`, but the test client would leave a temporary file open."""
    pages.get(RETURN)
    body = b"".join([begun(pages.csrf_token), raw, b"\r\n--b--\r\n"])
    content_type = "multipart/form-data; boundary=b"
    return Page(pages.client.post(FILES, data=body, content_type=content_type))


def begun(token: str) -> bytes:
    """A form as browsers send it, up to where the content of its file begins."""
    part = '--b\r\nContent-Disposition: form-data; name="'
    form = f'{part}csrf_token"\r\n\r\n{token}\r\n{part}file"; filename="a.pdf"\r\n\r\n'
    return form.encode()


def set_up(app: Flask, **settings: Any) -> None:
    shared: Services = app.extensions["s11audit"]
    changed = replace(shared.settings, **settings)
    app.extensions["s11audit"] = replace(shared, settings=changed)


def files(database: Database) -> list[EvidenceFile]:
    with database.reading() as session:
        return list(session.scalars(select(EvidenceFile).order_by(EvidenceFile.id)))


def supported(database: Database) -> list[tuple[str, int]]:
    with database.reading() as session:
        rows = session.execute(select(AnswerFile.question_key, AnswerFile.file_id))
        return [(row.question_key, row.file_id) for row in rows]


def given(database: Database, opened: Opened, cast: Cast, name: str = "policy.pdf") -> int:
    """The number of a file that supports the police's answer about their lead."""
    with database.writing.begin() as session:
        told = {"store": FolderStore(EVIDENCE), "by": cast["Asif"], "now": NOON}
        police = return_named(session, "R1-POL")
        return add_file(session, police, LEAD, kept(name), [opened.questionnaire], **told).id


def test_saving_and_adding_files_loses_nothing_that_was_typed(
    asif: Pages, database: Database
) -> None:
    address = f"{RETURN}/standards/leadership"
    page = asif.get(address)
    assert page.soup.select_one(f"button[value='files:{LEAD}']") is not None
    fields = page.form("/standards/leadership") | {"board-lead__comment": "Typed", "next": ""}
    saved = asif.post(address, fields | {"next": f"files:{LEAD}"})
    assert (saved.status, saved.location) == (303, FILES)
    with database.reading() as session:
        held = answers_of(session, return_named(session, "R1-POL").id)
    assert held[LEAD].answer.comment == "Typed"


def test_the_enter_key_goes_on_to_the_next_standard_as_ever(asif: Pages) -> None:
    page = asif.get(f"{RETURN}/standards/leadership")
    first = page.soup.select_one("form[data-conditions] button")
    assert first is not None
    assert (first["name"], first["value"], first.has_attr("hidden")) == ("next", "continue", True)


def test_what_cannot_be_saved_is_told_before_files_are_added(asif: Pages) -> None:
    address = f"{RETURN}/standards/leadership"
    fields = asif.get(address).form("/standards/leadership")
    faulty = fields | {"last-report__value-day": "31", "last-report__value-month": "2"}
    page = asif.post(address, faulty | {"next": f"files:{LEAD}"})
    assert page.status == 422
    assert page.errors


def test_a_text_says_once_in_which_characters_it_is(asif: Pages, database: Database) -> None:
    send(asif, "What we do, in Łódź".encode(), "notes.txt")
    (file,) = files(database)
    got = asif.client.get(f"{RETURN}/files/{file.id}")
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_file_is_added_shown_and_downloaded_as_it_was(asif: Pages, database: Database) -> None:
    added = send(asif, name="My documents/Safeguarding (v1.2) Łódź.pdf")
    assert (added.status, added.location) == (303, FILES)
    (file,) = files(database)
    shown = asif.get(FILES)
    assert "Safeguarding (v1.2) Łódź.pdf (1 kB, sent" in shown.text
    for page in (f"{RETURN}/standards/leadership", f"{RETURN}/files"):
        assert "Safeguarding (v1.2) Łódź.pdf" in asif.get(page).text
    got = asif.client.get(f"{RETURN}/files/{file.id}")
    assert got.data == PDF
    assert got.headers["Content-Type"] == "application/pdf"
    name = f"R1-POL-{file.id}-Safeguarding-v1-2-d.pdf"
    assert got.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Length"] == str(len(PDF))
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "downloaded")).one()
    assert (event.subject, event.detail["file"]) == ("return R1-POL", name)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../../etc/cron.d/policy.pdf", "policy.pdf"),
        ("annual\u202efdp.pdf", "annualfdp.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
        ("long " * 60 + ".pdf", "long " * 38 + "long….pdf"),
    ],
)
def test_hostile_names_are_words_on_a_page_and_nothing_else(
    asif: Pages, database: Database, typed: str, shown: str
) -> None:
    send(asif, name=typed)
    (file,) = files(database)
    assert file.name == shown
    page = asif.get(FILES)
    assert page.soup.select_one("main img") is None
    assert " ".join(shown.split()) in page.text
    disposition = asif.client.get(f"{RETURN}/files/{file.id}").headers["Content-Disposition"]
    assert disposition.isascii()
    assert not set(disposition) & set("/\\<>\r\n\0")
    assert disposition.endswith(".pdf")


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        (b"MZ\x90\0", "policy.pdf", "not what its name says"),
        (PDF, "policy.exe", "Choose a file that ends in"),
        (b"", "policy.pdf", "empty"),
    ],
)
def test_what_is_wrong_with_a_file_stands_beside_its_box(
    asif: Pages, database: Database, raw: bytes, name: str, said: str
) -> None:
    page = send(asif, raw, name)
    assert page.status == 422
    assert said in page.errors["file"]
    assert "Error: " in str(page.soup.title)
    assert files(database) == []


def test_no_file_at_all_is_told(asif: Pages) -> None:
    asif.get(FILES)
    page = asif.post(FILES)
    assert (page.status, page.errors) == (422, {"file": "Choose a file"})


def test_the_largest_size_is_a_setting(asif: Pages, app: Flask, database: Database) -> None:
    set_up(app, evidence_mb=1)
    assert "up to 1 MB" in asif.get(FILES).text
    assert "larger than 1 MB" in send_much(asif, PDF + bytes(1_000_000)).errors["file"]
    set_up(app, evidence_mb=12)
    assert send_much(asif, PDF + bytes(10_500_000) + b"%%EOF").status == 303
    assert files(database)[0].size > 10_000_000


def test_more_than_a_request_may_have_gets_a_page_that_says_what_to_do(asif: Pages) -> None:
    page = send_much(asif, bytes(65 * 1024 * 1024))
    assert page.status == 413
    assert page.heading == "The file that you sent is too large"
    assert "choose a smaller file" in page.text


def test_a_scanned_file_says_when_and_malware_is_refused_and_remembered(
    asif: Pages, app: Flask, database: Database
) -> None:
    with scanner() as (address, seen):
        set_up(app, clamd=address)
        assert send(asif).status == 303
        bad = PDF.replace(b"endobj", b"endobj " + MARK)
        page = send(asif, bad, "A child's name.pdf")
    assert seen.contents == [PDF, bad]
    assert page.status == 422
    assert "There is a virus in this file" in page.errors["file"]
    (file,) = files(database)
    assert file.scanned_at is not None
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "evidence-refused")).one()
    assert event.detail == {"question": LEAD, "malware": "Tests.Mark-1"}
    assert not any(MARK in path.read_bytes() for path in EVIDENCE.rglob("*") if path.is_file())


def test_without_an_answer_of_the_scanner_nothing_is_taken(
    asif: Pages, app: Flask, database: Database, tmp_path: Path
) -> None:
    set_up(app, clamd=str(tmp_path / "nobody.socket"))
    page = send(asif)
    assert page.status == 422
    assert "cannot check files for viruses just now" in page.errors["file"]
    assert files(database) == []


def test_a_store_that_takes_nothing_is_told_and_nothing_is_remembered(
    asif: Pages, app: Flask, database: Database, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "no-folder"
    in_the_way.write_text("a file of this name")
    set_up(app, evidence=str(in_the_way))
    page = send(asif)
    assert page.status == 422
    assert "cannot keep files just now" in page.errors["file"]
    assert files(database) == []


def test_a_content_that_is_missing_is_told(
    asif: Pages, app: Flask, database: Database, tmp_path: Path
) -> None:
    set_up(app, evidence=str(tmp_path / "evidence"))
    send(asif)
    (file,) = files(database)
    FolderStore(tmp_path / "evidence").remove(file.sha256)
    page = asif.get(f"{RETURN}/files/{file.id}")
    assert (page.status, page.heading) == (503, "We cannot open this file just now")


def test_files_are_used_again_removed_and_deleted(asif: Pages, database: Database) -> None:
    send(asif, name="policy.pdf")
    send(asif, PDF + b"%%EOF", name="minutes.pdf")
    policy, minutes = files(database)
    asif.get(FILES)
    removed = asif.post(f"{FILES}/{minutes.id}/remove")
    assert removed.location == FILES
    page = asif.get(FILES)
    assert "no longer supports this answer" in page.text
    nothing = asif.post(f"{FILES}/use-again")
    assert nothing.errors == {"files": "Tick the files that support this answer"}
    assert asif.post(f"{FILES}/use-again", {"files": str(minutes.id)}).location == FILES
    assert supported(database) == [(LEAD, policy.id), (LEAD, minutes.id)]
    refused = asif.post(f"{RETURN}/files/{minutes.id}/delete")
    assert refused.status == 303
    assert "supports an answer, so it cannot be deleted" in asif.get(refused.location).text
    asif.post(f"{FILES}/{minutes.id}/remove")
    assert "Files that support nothing" in asif.get(f"{RETURN}/files").text
    asif.post(f"{RETURN}/files/{minutes.id}/delete")
    assert "“minutes.pdf” is deleted" in asif.get(f"{RETURN}/files").text
    assert asif.get(f"{RETURN}/files/{minutes.id}").status == 404
    assert not FolderStore(EVIDENCE).has(minutes.sha256)
    assert FolderStore(EVIDENCE).has(policy.sha256)


def test_many_files_are_searched_by_name(asif: Pages, database: Database) -> None:
    for number in range(10):
        send(asif, PDF + b"%%%d %%%%EOF" % number, f"minutes {number}.pdf")
    asif.get(FILES)
    for file in files(database):
        asif.post(f"{FILES}/{file.id}/remove")
    page = asif.get(FILES)
    assert page.soup.select_one("input[name=called]") is not None
    found = asif.get(FILES, query_string={"called": "Minutes 7"})
    assert [box["value"] for box in found.soup.select("input[name=files]")] == ["8"]
    none = asif.get(FILES, query_string={"called": "<script>"})
    assert "No other file of your agency has “ <script> ” in its name" in none.text


@pytest.mark.parametrize("key", ["leadership.has-volunteers", "leadership.nothing", "x", "x.y.z"])
def test_a_question_that_takes_no_files_has_no_such_page(asif: Pages, key: str) -> None:
    assert asif.get(f"{RETURN}/questions/{key}/files").status == 404
    assert send(asif, to=f"{RETURN}/questions/{key}/files").status == 404


def test_another_agency_finds_neither_page_nor_file(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    number = given(database, opened, cast)
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    for name in ("Cara", "Dana", "Hugo"):
        pages.sign_in(cast[name])
        for address in (f"{RETURN}/files/{number}", f"{RETURN}/files", FILES):
            assert pages.get(address).status == 404
        own = {"Cara": "R1-HOSP"}.get(name, "R1-SCH")
        assert pages.get(f"/returns/{own}/files/{number}").status == 404
        assert pages.get(f"{SCRUTINY}/files/{number}").status == 403


def test_a_contributor_finds_what_was_delegated_and_no_more(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    number = given(database, opened, cast)
    with database.writing.begin() as session:
        delegate(session, cast, "R1-POL", ["training"])
    pages.sign_in(cast["Bea"])
    for address in (FILES, f"{RETURN}/files/{number}"):
        assert pages.get(address).status == 404
    assert send(pages).status == 404
    assert "policy.pdf" not in pages.get(f"{RETURN}/files").text
    with database.writing.begin() as session:
        delegate(session, cast, "R1-POL", ["leadership"])
    assert pages.client.get(f"{RETURN}/files/{number}").data == PDF
    assert send(pages, name="mine.pdf").status == 303


def test_whoever_signs_reads_files_and_changes_none(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    number = given(database, opened, cast)
    page = pages.sign_in(cast["Ines"]).get(FILES)
    assert "Your role lets you read these files" in page.text
    assert page.soup.select("main form") == []
    assert pages.client.get(f"{RETURN}/files/{number}").data == PDF
    assert send(pages).status == 403


def test_scrutiny_finds_files_once_the_return_is_submitted_and_the_young_panel_never(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    number = given(database, opened, cast)
    with database.writing.begin() as session:
        yara = join(session, "Yara", (Role.YOUNG_PANELLIST, "DOWN"))
    address = f"{SCRUTINY}/files/{number}"
    for name in ("Priya", "Mo", "Olga"):
        assert pages.sign_in(cast[name]).get(address).status == 404
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    for name in ("Priya", "Mo"):
        pages.sign_in(cast[name])
        for page in (SCRUTINY, f"{SCRUTINY}/leadership", "/rounds/R1/standards/leadership"):
            links = [str(link["href"]) for link in pages.get(page).soup.select("main a")]
            assert address in links, page
        assert pages.client.get(address).data == PDF
        assert pages.get(f"{RETURN}/files/{number}").status == 403
        assert pages.get(f"/rounds/R1/returns/HOSP/files/{number}").status == 404
    assert pages.sign_in(cast["Olga"]).get(address).status == 404
    assert pages.sign_in(yara).get(address).status == 403


def test_after_submission_nothing_is_added_or_removed(
    asif: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    number = given(database, opened, cast)
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    page = asif.get(FILES)
    assert "cannot be added or removed now" in page.text
    assert page.soup.select("main form") == []
    assert send(asif, name="late.pdf").status == 409
    assert asif.post(f"{FILES}/{number}/remove").status == 409
    assert supported(database) == [(LEAD, number)]


def test_both_workbooks_name_the_files(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    given(database, opened, cast, "Structure.pdf")
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    for name, address in (
        ("Asif", f"{RETURN}/return.xlsx"),
        ("Priya", "/rounds/R1/compliance.xlsx"),
    ):
        assert "Structure chart\nFile: Structure.pdf" in cells(pages.sign_in(cast[name]), address)


def cells(pages: Pages, address: str) -> set[object]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(pages.client.get(address).data))
    return {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}


@pytest.fixture
def server(app: Flask) -> Iterator[int]:
    """The application answering on a port of this machine, with real connections."""
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield serving.port
    serving.shutdown()
    thread.join()
    serving.server_close()


# Werkzeug leaves the half of a file to the collector of garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_upload_that_breaks_off_adds_nothing(
    asif: Pages, app: Flask, database: Database, tmp_path: Path, server: int
) -> None:
    set_up(app, evidence=str(tmp_path / "evidence"))
    asif.get(FILES)
    cookie = asif.client.get_cookie("s11audit")
    assert cookie is not None
    head = (
        f"POST {FILES} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: s11audit={cookie.value}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 90000\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", server), timeout=20) as connection:
        connection.sendall(head + begun(asif.csrf_token) + PDF)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(100_000)
    gc.collect()
    assert answer.startswith(b"HTTP/1.1 400")
    assert files(database) == []
    assert not (tmp_path / "evidence").exists()
