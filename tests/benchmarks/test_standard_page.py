"""The page of a standard with 12 questions, against a bare view with the same rows and template."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask, render_template
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import select

from s11audit.config import Settings
from s11audit.domain.answers import Answer, needs_action, needs_reason
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.routing_words import condition_words
from s11audit.domain.shares import EVERYTHING
from s11audit.models import Agency, AgencyReturn, AuditRound, StoredAnswer
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from s11audit.web import security
from s11audit.web.answer_forms import StandardForm
from s11audit.web.returns.conditions import condition_json
from s11audit.web.returns.desk import Desk
from tests.benchmarks.timing import quickest
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.pages import Pages
from tests.rounds_and_returns import fill, open_round, return_named

pytestmark = pytest.mark.benchmark

STANDARD = "leadership"
PAGE = f"/returns/R1-POL/standards/{STANDARD}"
ALLOWED = 2.0


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """With a catalogue that holds one questionnaire: one standard of 12 rating questions."""
    question = yaml.safe_load((QUESTIONNAIRES / "small" / "1.yaml").read_text())
    pattern = question["standards"][0]["questions"][0]
    question["questionnaire"] = "twelve"
    question["standards"] = [
        question["standards"][0]
        | {"questions": [deepcopy(pattern) | {"id": f"question-{number}"} for number in range(12)]}
    ]
    (tmp_path / "twelve").mkdir()
    text = yaml.safe_dump(question).replace("true", "yes").replace("false", "no")
    (tmp_path / "twelve" / "1.yaml").write_text(text)
    return replace(settings, questionnaires=tmp_path)


@pytest.fixture
def twelve(app: Flask) -> Questionnaire:
    shared: security.Services = app.extensions["s11audit"]
    return shared.catalogue.get("twelve", "1")


@pytest.fixture
def page(
    app: Flask,
    pages: Pages,
    database: Database,
    cast: Cast,
    twelve: Questionnaire,
) -> Callable[[], Any]:
    """Fetches the page as Asif, through everything that a real request goes through."""
    with database.writing.begin() as session:
        opened = open_round(session, cast, twelve)
        answers = {
            question.key: Answer("met", comment="What we do. " * 20, evidence="A document")
            for question in twelve.questions()
        }
        fill(session, "R1-POL", opened, answers, by=cast["Asif"])
    pages.sign_in(cast["Asif"])
    return lambda: pages.client.get(PAGE)


@pytest.fixture
def bare_page(
    app: Flask, page: Callable[[], Any], database: Database, twelve: Questionnaire
) -> Callable[[], Any]:
    """Fetches the same rows with SQLAlchemy Core and draws the same template with them."""
    with database.reading() as session:
        agency_return = return_named(session, "R1-POL")
        _ = agency_return.agency.partnerships, agency_return.round.partnership
        answers = {key: held.answer for key, held in answers_of(session, agency_return.id).items()}
    desk = Desk(
        agency_return=agency_return,
        questionnaire=twelve,
        held={},
        all_answers=answers,
        today=date(2026, 11, 3),
        reads=EVERYTHING,
        writes=EVERYTHING,
    )
    context = {
        "desk": desk,
        "standard": twelve.standards[0],
        "form": StandardForm(desk.questions_on_page(STANDARD), answers, desk.today),
        "shown": set(),
        "elsewhere": {},
        "needs_reason": needs_reason,
        "needs_action": needs_action,
        "condition_json": condition_json,
        "condition_words": condition_words,
        "csrf_token": lambda: "x" * 90,
        "g": {"viewer": None},
    }
    rows = (
        select(AgencyReturn.__table__, AuditRound.__table__, Agency.__table__)
        .join(AuditRound, AuditRound.id == AgencyReturn.round_id)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(AgencyReturn.reference == "R1-POL")
    )
    held = select(StoredAnswer.__table__).where(StoredAnswer.return_id == agency_return.id)

    @security.public
    def bare() -> str:
        with database.reading() as session, session.connection() as connection:
            connection.execute(rows).all()
            connection.execute(held).all()
        return render_template("returns/standard.html", **context)

    app.add_url_rule("/bare", "bare", bare)
    client = app.test_client()
    return lambda: client.get("/bare")


def test_the_page_of_a_standard_costs_little_more_than_its_rows_and_template(
    benchmark: BenchmarkFixture,
    page: Callable[[], Any],
    bare_page: Callable[[], Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert page().text.count("question-") > 12
    assert bare_page().status_code == 200
    ours, bare = quickest(page, bare_page, within=ALLOWED)
    benchmark.extra_info["ratio to a bare view"] = round(ours / bare, 2)
    with capsys.disabled():
        print(
            f"\nstandard page: {ours * 1000:.1f} ms, bare {bare * 1000:.1f} ms, {ours / bare:.2f} ×"
        )
    assert ours <= ALLOWED * bare
    benchmark(page)
