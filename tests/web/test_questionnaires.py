"""The library of questionnaires: from a draft with faults to a version that rounds ask."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from s11audit import paths
from s11audit.domain.permissions import Role
from s11audit.domain.versions import VersionStatus
from s11audit.models import Membership, QuestionnaireVersion, User
from s11audit.models.database import Database
from s11audit.queries.people import as_viewer
from s11audit.questionnaires.parts import LibraryScale
from s11audit.questionnaires.scale_library import ScaleFolders
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.pages import Page, Pages

SMALL = Path(__file__).parent.parent / "questionnaires" / "small" / "1.yaml"
SOUND = (
    SMALL.read_text(encoding="utf-8")
    .replace('version: "1"', 'version: "2"\nreplaces: "1"')
    .replace("Are volunteers checked?", "Is every volunteer checked?")
)
UPLOADED = "/questionnaires/small/2"


def upload(pages: Pages, text: str = SOUND, **fields: Any) -> Page:
    pages.get("/questionnaires/drafts/new")
    return pages.post("/questionnaires/drafts/new", {"text": text, **fields})


class SlowScales(ScaleFolders):
    """A library of scales; whenever one is asked for, somebody else saves something."""

    def __init__(self, database: Database) -> None:
        super().__init__([paths.QUESTIONNAIRES])
        self._database = database

    def get(self, name: str) -> LibraryScale | None:
        with self._database.writing.begin() as session:
            session.execute(update(User).values(name=User.name))
        return super().get(name)


@pytest.fixture
def priyas_draft(pages: Pages, cast: Cast) -> None:
    assert upload(pages.sign_in(cast["Priya"])).location == UPLOADED


@pytest.fixture
def second_manager(database: Database, cast: Cast) -> Any:
    """Pat, who manages the same partnership as Priya."""
    with database.writing.begin() as session:
        user = User(
            name="Pat", email="pat@example.org", password_hash=PASSWORD_HASH, created_at=LONG_AGO
        )
        membership = Membership(user=user, role=Role.MANAGER)
        membership.partnership_id = cast.partnerships["DOWN"]
        session.add(membership)
        session.flush()
        return as_viewer(user, [membership])


def status_of(database: Database) -> VersionStatus:
    with database.reading() as session:
        return session.scalars(select(QuestionnaireVersion)).one().status


def test_the_library_groups_versions_by_what_they_are_for(pages: Pages, cast: Cast) -> None:
    page = pages.sign_in(cast["Mo"]).get("/questionnaires")
    assert page.heading == "Questionnaires"
    assert "Self-assessments that agencies complete" in page.text
    assert "A small self-assessment, version 1 Published" in page.text
    assert "Upload a draft" not in page.text


def test_a_version_with_faults_is_told_to_managers_with_every_fault(
    pages: Pages, cast: Cast
) -> None:
    page = pages.sign_in(cast["Priya"]).get("/questionnaires")
    assert "faulty conditions" in page.text
    shown = pages.get("/questionnaires/faulty/conditions")
    assert shown.status == 200
    assert "cannot be used" in shown.heading
    assert "Line" in shown.text


def test_a_version_shows_who_is_asked_when_and_how(pages: Pages, cast: Cast) -> None:
    page = pages.sign_in(cast["Mo"]).get("/questionnaires/small/1")
    assert page.heading == "A small self-assessment, version 1"
    assert "Asked only of: Police" in page.text
    assert "Asked only if your answer to “Has volunteers” is “Yes”" in page.text
    assert "Number (people), from 0" in page.text
    assert "Critical question" in page.text
    assert "It happens and it shows." in page.text


def test_the_publisher_sees_which_citations_nobody_has_checked(pages: Pages, cast: Cast) -> None:
    text = SOUND.replace(
        "cites: [{law: Children Act 2004 s11(2)(a)}]",
        "cites: [{guidance: Working Together, edition: 2026, at: chapter 4, checked: no}]",
    )
    upload(pages.sign_in(cast["Priya"]), text)
    page = pages.get(UPLOADED)
    assert "1 citation has not been checked against its edition" in page.text
    assert "Working Together (2026), chapter 4" in page.text
    assert page.soup.select_one("#unchecked ~ details a")["href"].endswith("#leadership.board-lead")


def test_every_fault_is_listed_with_its_line_and_nothing_typed_is_lost(
    pages: Pages, cast: Cast, database: Database
) -> None:
    text = SOUND.replace("type: date", "type: dates").replace("kind: self", "kin: self")
    page = upload(pages.sign_in(cast["Priya"]), text)
    assert page.status == 422
    assert page.errors["faults"].startswith("The questionnaire has")
    line = text.split("\n").index("        type: dates") + 1
    assert f"Line {line}:" in page.text
    assert "type: dates" in [code.get_text() for code in page.soup.select("pre code")]
    assert page.form("drafts/new")["text"] == text
    with database.reading() as session:
        assert session.scalars(select(QuestionnaireVersion)).all() == []
    mended = pages.post("/questionnaires/drafts/new", {"text": SOUND})
    assert mended.location == UPLOADED


def test_a_draft_is_edited_from_the_text_that_it_has(
    pages: Pages, cast: Cast, priyas_draft: None
) -> None:
    page = pages.get("/questionnaires/drafts/new?from=small/2")
    assert page.form("drafts/new")["text"] == SOUND
    upload(pages, SOUND.replace("How many people work for you?", "How many are you?"))
    assert "How many are you?" in pages.get(UPLOADED).text
    pages.sign_in(cast["Olga"])
    assert pages.get("/questionnaires/drafts/new?from=small/2").status == 404


def test_nothing_is_published_before_what_it_replaces(
    pages: Pages, priyas_draft: None, second_manager: Any
) -> None:
    upload(pages, SOUND.replace('replaces: "1"', 'replaces: "2"').replace('"2"', '"3"', 1))
    pages.post("/questionnaires/small/3/steps/propose")
    page = pages.sign_in(second_manager).get("/questionnaires/small/3/compatibility")
    assert "Version 2 has to be published first" in page.text
    refused = pages.post("/questionnaires/small/3/steps/publish")
    assert refused.errors == {"what-next": "Publish version 2 first: this one replaces it"}


def test_a_file_with_faults_comes_back_as_text_to_mend(pages: Pages, cast: Cast) -> None:
    raw = SOUND.replace("type: date", "type: dates").encode()
    page = upload(pages.sign_in(cast["Priya"]), "", file=(BytesIO(raw), "2.yaml"))
    assert page.status == 422
    assert "type: dates" in page.form("drafts/new")["text"]


def test_a_workbook_becomes_the_same_draft_and_its_faults_name_sheet_and_cell(
    pages: Pages, cast: Cast, priyas_draft: None
) -> None:
    raw = pages.get(f"{UPLOADED}/definition.xlsx").response.get_data()
    sent = upload(pages, "", file=(BytesIO(raw), "draft.xlsx"))
    assert sent.location == UPLOADED
    assert "Is every volunteer checked?" in pages.get(UPLOADED).text
    book = load_workbook(BytesIO(raw))
    sheet = book["training"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == "number")
    cell.value = "numbr"
    changed = BytesIO()
    book.save(changed)
    page = upload(pages, "", file=(BytesIO(changed.getvalue()), "draft.xlsx"))
    assert page.status == 422
    assert f"training!{cell.coordinate}" in page.text


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"text": ""}, "file", "Choose a file, or paste the text of one"),
        ({"text": "x" * 2_000_001}, "text", "larger than 2 MB"),
        ({"text": "", "file": (b"x" * 2_000_001, "big.yaml")}, "file", "larger than 2 MB"),
        ({"text": SMALL.read_text(encoding="utf-8")}, "file", "comes as a file"),
    ],
)
def test_what_cannot_be_a_draft_is_refused_with_what_to_do(
    pages: Pages, cast: Cast, fields: dict[str, Any], field: str, said: str
) -> None:
    pages.sign_in(cast["Priya"]).get("/questionnaires/drafts/new")
    if "file" in fields:
        fields = fields | {"file": (BytesIO(fields["file"][0]), fields["file"][1])}
    page = pages.post("/questionnaires/drafts/new", fields)
    page.response.request.environ["wsgi.input"].close()
    assert page.status == 422
    assert said in page.errors[field]


def test_a_broken_workbook_is_a_fault_and_no_crash(pages: Pages, cast: Cast) -> None:
    page = upload(
        pages.sign_in(cast["Priya"]), "", file=(BytesIO(b"PK\x03\x04 nothing"), "bad.xlsx")
    )
    assert page.status == 422
    assert "damaged" in page.errors["file"]


def test_a_draft_goes_from_upload_over_a_second_person_to_a_round(
    pages: Pages, cast: Cast, database: Database, priyas_draft: None, second_manager: Any
) -> None:
    page = pages.get(UPLOADED)
    assert "Only your partnership sees it" in page.text
    assert pages.post(f"{UPLOADED}/steps/propose").location == UPLOADED
    waiting = pages.get(f"{UPLOADED}/compatibility")
    assert "Somebody else has to publish this" in waiting.text
    assert not waiting.soup.select("form[action$='steps/publish']")
    refused = pages.post(f"{UPLOADED}/steps/publish")
    assert refused.status == 422
    assert "Somebody else has to publish this" in refused.text

    pages.sign_in(second_manager)
    assert "Check and publish" in pages.get(UPLOADED).text
    check = pages.get(f"{UPLOADED}/compatibility")
    assert check.heading == "Check and publish"
    assert "A small self-assessment, version 2" in check.text
    assert check.soup.select("form[action$='steps/publish']")
    assert pages.post(f"{UPLOADED}/steps/publish").location == UPLOADED
    assert status_of(database) is VersionStatus.PUBLISHED
    offered = pages.get("/rounds/new").soup.select("input[value='small/2']")
    assert len(offered) == 1
    assert pages.sign_in(cast["Olga"]).get(UPLOADED).status == 404


def test_a_draft_is_handed_back_with_a_reason_and_withdrawal_needs_one(
    pages: Pages, database: Database, priyas_draft: None, second_manager: Any
) -> None:
    pages.post(f"{UPLOADED}/steps/propose")
    pages.sign_in(second_manager).get(UPLOADED)
    missing = pages.post(f"{UPLOADED}/steps/hand-back", {"hand-back-text": ""})
    assert missing.errors == {"hand-back-text": "Say what has to change"}
    pages.post(f"{UPLOADED}/steps/hand-back", {"hand-back-text": "Ask about <b>fathers</b> too."})
    assert "Handed back: Ask about <b>fathers</b> too." in pages.get(UPLOADED).text
    assert status_of(database) is VersionStatus.DRAFT


def test_another_partnership_and_its_agencies_see_nothing_of_a_draft(
    pages: Pages, cast: Cast, priyas_draft: None
) -> None:
    pages.sign_in(cast["Olga"])
    assert not pages.get("/questionnaires").soup.select(f"a[href='{UPLOADED}']")
    for ending in ("", "/preview", "/preview/leadership", "/blank", "/compatibility",
                   "/definition.yaml", "/definition.xlsx", "/form.xlsx"):  # fmt: skip
        assert pages.get(UPLOADED + ending).status == 404, ending
    assert pages.get("/questionnaires/small/changes/1/2").status == 404
    assert pages.post(f"{UPLOADED}/steps/propose").status == 404
    taken = upload(pages)
    assert taken.status == 422
    assert "There is already a version 2 of small." in taken.text
    assert pages.sign_in(cast["Asif"]).get(UPLOADED).status == 403
    assert pages.sign_in(cast["Mo"]).get(UPLOADED).status == 200
    assert pages.post(f"{UPLOADED}/steps/propose").status == 403


def test_a_preview_asks_what_such_an_agency_is_asked(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Mo"])
    police = pages.get("/questionnaires/small/1/preview?type=police")
    school = pages.get("/questionnaires/small/1/preview?type=school")
    assert "Custody 2 questions" in police.text
    assert "Custody" not in school.text.partition("Shown:")[2]
    assert "Leadership 3 questions, and 1 that depends on other answers" in school.text
    assert pages.get("/questionnaires/small/1/preview/custody?type=school").status == 404


def test_a_previewed_page_has_every_box_and_nothing_to_send(pages: Pages, cast: Cast) -> None:
    page = pages.sign_in(cast["Mo"]).get("/questionnaires/small/1/preview/leadership?type=police")
    assert "Preview: nothing you type is saved." in page.text
    assert page.soup.select("input[name='board-lead__value']")
    main = page.soup.select_one("main")
    assert main is not None
    assert main.select("form, button") == []
    assert page.soup.select_one("[data-question='leadership.volunteer-checks'][data-when]")
    assert page.soup.select_one("a[href$='preview/training?type=police']")
    training = pages.get("/questionnaires/small/1/preview/training?type=police")
    assert "Are volunteers trained? (only if your answer to" in training.text


def test_the_blank_form_has_a_square_for_each_level_and_prints_for_one_type(
    pages: Pages, cast: Cast
) -> None:
    page = pages.sign_in(cast["Mo"]).get("/questionnaires/small/1/blank?type=school")
    first = page.soup.select_one(".s11-blank")
    assert first is not None
    assert len(first.select(".s11-tick")) == 4
    assert "custody" not in page.text


def test_changes_show_old_and_new_text_and_download(
    pages: Pages, cast: Cast, priyas_draft: None
) -> None:
    page = pages.get("/questionnaires/small/changes/1/2")
    assert "Reworded (1)" in page.text
    sides = [side.get_text(" ", strip=True) for side in page.soup.select(".s11-sides__side")]
    assert "Are volunteers checked?" in sides[0]
    assert "Is every volunteer checked?" in sides[1]
    assert "Other words in: question" in page.text
    raw = pages.get("/questionnaires/small/changes/1/2/changes.xlsx").response.get_data()
    cells = [c.value for s in load_workbook(BytesIO(raw)) for r in s.iter_rows() for c in r]
    assert "Is every volunteer checked?" in cells


def test_downloads_give_back_what_was_uploaded(
    pages: Pages, cast: Cast, priyas_draft: None
) -> None:
    assert pages.get(f"{UPLOADED}/definition.yaml").response.get_data(as_text=True) == SOUND
    form = pages.get(f"{UPLOADED}/form.xlsx?type=police").response.get_data()
    assert len(load_workbook(BytesIO(form)).sheetnames) > 3


def test_hostile_text_is_only_text_on_every_page(pages: Pages, cast: Cast) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }} \u202e gnp"
    text = SOUND
    for title in ("A small self-assessment", "Is every volunteer checked?", "Say who by post."):
        text = text.replace(title, f"'{hostile}'")
    text = text.replace("title: Leadership", f"title: '{hostile}'")
    assert upload(pages.sign_in(cast["Priya"]), text).location == UPLOADED
    addresses = ["/questionnaires", "/questionnaires/small/changes/1/2"] + [
        UPLOADED + ending
        for ending in ("", "/preview", "/preview/leadership", "/blank", "/compatibility")
    ]
    for address in addresses:
        page = pages.get(address)
        assert page.status == 200, address
        assert "<script>alert" not in page.response.get_data(as_text=True), address
        assert "{{ 7*7 }}" in page.text, address
        assert "49" not in page.heading


def test_pasted_text_comes_back_when_the_session_has_ended(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Priya"]).get("/questionnaires/drafts/new")
    with pages.client.session_transaction() as cookie:
        cookie.pop("token")
    page = pages.post("/questionnaires/drafts/new", {"text": SOUND})
    assert page.status == 401
    assert "Is every volunteer checked?" in page.text


def test_others_can_save_while_a_long_draft_is_read(
    app: Flask, pages: Pages, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = app.extensions["s11audit"].catalogue
    monkeypatch.setattr(catalogue, "library", SlowScales(database))
    question = "{id: c, type: rating, scale: rag, ask: D?}"
    text = (
        'questionnaire: slow\nversion: "1"\nkind: self-assessment\ntitle: Slow\nstandards:\n'
        f"- {{id: a, title: A, questions: [{question}]}}\n"
    )
    assert upload(pages.sign_in(cast["Priya"]), text).location == "/questionnaires/slow/1"
