"""Sheets save themselves while somebody types: files on cases, and ratings of joint assessments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from s11audit.domain.answers import Answer
from s11audit.models import CaseFile, Event, SheetAnswer
from s11audit.models.database import Database
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.answer_changes import Change
from s11audit.services.sheets import fill_in
from s11audit.web.guard import CHECKED, REASON, TOLD
from tests.assessments import FIRST, brought_to_rating
from tests.case_audits import Audited, audit_with_files
from tests.cast import Cast
from tests.pages import Pages
from tests.small import QUESTIONNAIRES

ASKED = Catalogue([QUESTIONNAIRES]).get("small-case", "1")
EMPTY = Answer().digest
HEARD = {"heard__seen": EMPTY, "heard__value": "weak"}
NAMED = {**HEARD, "heard__comment": "Mum Sarah was not asked."}
LEADS = f"/assessments/{FIRST}/ratings/leads"
# Of a joint assessment that was set up in May 2026.
IN_MAY = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return audit_with_files(session, cast)


@pytest.fixture
def voice(pages: Pages, audited: Audited) -> str:
    """The address of a part of Silas's file, who is signed in and has declared no conflict."""
    file = f"/case-files/{audited.files['C1', 'POL']}"
    conflict = pages.sign_in(audited["Silas"]).get(f"{file}/conflict")
    pages.post(f"{file}/conflict", conflict.form("/conflict") | {"knows": "none"})
    return f"{file}/standards/voice"


def sent(pages: Pages, address: str, fields: dict[str, Any]) -> TestResponse:
    """What the server answers to the script of a page that was shown before."""
    headers = {"Accept": "application/json", "X-CSRFToken": pages.csrf_token}
    answer = pages.client.post(f"{address}/autosave", data=fields, headers=headers)
    assert answer.mimetype == "application/json"
    return answer


def stored(database: Database) -> dict[str, tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(SheetAnswer))
        return {row.question_key: (row.value, row.comment) for row in rows}


def kinds(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Event.kind)))


def test_the_page_of_a_file_says_where_its_script_saves_and_what_it_keeps(
    pages: Pages, voice: str
) -> None:
    form = pages.get(voice).soup.select_one("form[data-autosave]")
    assert form is not None
    assert form["data-autosave"] == f"{voice}/autosave"
    assert "/sheet-" in str(form["data-draft"])
    assert form["data-draft-key"]
    assert form.select_one("[data-autosave-status]")
    assert form.select_one("[data-draft-found]")


def test_an_answer_of_a_file_is_saved_and_its_digest_is_told(
    pages: Pages, voice: str, database: Database
) -> None:
    pages.get(voice)
    told = sent(pages, voice, HEARD).get_json()
    assert stored(database) == {"voice.heard": ("weak", "")}
    assert told["seen"] == {"voice.heard": Answer("weak").digest}
    assert (told["conflicts"], told["faults"], told["answered"]) == ([], {}, 1)
    more = HEARD | {"heard__seen": told["seen"]["voice.heard"], "heard__comment": "Too late."}
    assert sent(pages, voice, more).get_json()["conflicts"] == []
    assert stored(database) == {"voice.heard": ("weak", "Too late.")}


def test_the_history_tells_once_a_day_that_a_file_was_worked_on(
    pages: Pages, voice: str, database: Database
) -> None:
    pages.get(voice)
    seen = EMPTY
    for value in ("weak", "strong", "weak"):
        told = sent(pages, voice, {"heard__seen": seen, "heard__value": value}).get_json()
        seen = told["seen"]["voice.heard"]
    assert kinds(database).count("case-file-answered") == 1


def test_what_the_guard_asks_about_waits_for_the_button(
    pages: Pages, voice: str, database: Database
) -> None:
    pages.get(voice)
    others = {"how-often__seen": EMPTY, "how-often__value": "3"}
    told = sent(pages, voice, NAMED | others).get_json()
    (_, message), *_ = told["faults"]["voice.heard"]["boxes"]
    assert "Change it, or press Save to say why" in message
    assert set(stored(database)) == {"voice.how-often"}
    assert not [kind for kind in kinds(database) if kind.startswith("identifier")]
    page = pages.post(voice, NAMED | {"next": "later"})
    assert page.status == 422
    box = "heard__comment"
    answered = page.form("/standards/voice") | {
        f"{box}{CHECKED}": "y",
        f"{box}{REASON}": "pseudonym",
    }
    assert answered[f"{box}{TOLD}"]
    assert pages.post(voice, answered).status == 303
    assert stored(database)["voice.heard"] == ("weak", NAMED["heard__comment"])


def test_an_nhs_number_is_kept_by_no_way_of_saving(
    pages: Pages, voice: str, database: Database
) -> None:
    pages.get(voice)
    told = sent(pages, voice, {**HEARD, "heard__comment": "NHS number 943 476 5919"}).get_json()
    assert "Take this out: an NHS number" in str(told["faults"])
    assert stored(database) == {}


def test_what_was_written_meanwhile_is_a_conflict_and_stays(
    pages: Pages, voice: str, database: Database, audited: Audited, cast: Cast
) -> None:
    pages.get(voice)
    with database.writing.begin() as session:
        file = session.get_one(CaseFile, audited.files["C1", "POL"])
        change = Change("voice.heard", Answer("strong", comment="From the other tab"), EMPTY)
        respondent = file.agency.respondent([file.case.audit.partnership])
        fill_in(
            session, file.sheet, ASKED, respondent, [change],
            by=audited["Silas"], now=datetime(2026, 11, 3, 12, tzinfo=UTC),
        )  # fmt: skip
    assert sent(pages, voice, HEARD).get_json()["conflicts"] == ["voice.heard"]
    assert stored(database) == {"voice.heard": ("strong", "From the other tab")}
    assert "From the other tab" in pages.post(voice, HEARD | {"next": "later"}).text


def test_a_file_that_is_finished_takes_nothing_and_says_why(
    pages: Pages, voice: str, database: Database, audited: Audited
) -> None:
    pages.get(voice)
    with database.writing.begin() as session:
        file = session.get_one(CaseFile, audited.files["C1", "POL"])
        file.sheet.finished_at = datetime(2026, 11, 3, tzinfo=UTC)
    refused = sent(pages, voice, HEARD)
    assert refused.status_code == 409
    assert "finished" in refused.get_json()["sentences"][0]
    assert stored(database) == {}


def test_nobody_else_saves_into_a_file(
    pages: Pages, voice: str, database: Database, audited: Audited, cast: Cast
) -> None:
    for who, status in ((audited["Nell"], 404), (cast["Asif"], 403), (cast["Priya"], 403)):
        pages.sign_in(who).get("/account")
        assert sent(pages, voice, HEARD).status_code == status, who.name
    assert stored(database) == {}


def test_ratings_save_themselves_and_the_history_does_not_tell_how_long_somebody_typed(
    pages: Pages, database: Database, cast: Cast
) -> None:
    with time_machine.travel(IN_MAY, tick=False):
        with database.writing.begin() as session:
            rating = brought_to_rating(session, cast)
        pages.sign_in(rating["Ines"]).get(LEADS)
        seen = EMPTY
        for level in ("red", "amber", "green"):
            fields = {"equal-share__seen": seen, "equal-share__value": level}
            seen = sent(pages, LEADS, fields).get_json()["seen"]["leads.equal-share"]
    assert stored(database)["leads.equal-share"] == ("green", "")
    assert kinds(database).count("ratings-saved") == 1
