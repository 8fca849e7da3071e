"""A page of 12 questions, of a questionnaire with 40 questions and of one with 400."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask, g
from pytest_benchmark.fixture import BenchmarkFixture

from s11audit.domain.answers import Answer
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.shares import EVERYTHING
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Partnership
from s11audit.queries.people import SignedIn
from s11audit.questionnaires import load_text
from s11audit.web.returns.answering import _page
from s11audit.web.returns.colleagues import AtStandard
from s11audit.web.returns.desk import Desk
from s11audit.web.returns.saving import form_of
from tests.benchmarks.test_loading import large_questionnaire
from tests.benchmarks.timing import quickest
from tests.cast import LONG_AGO, Cast

pytestmark = pytest.mark.benchmark

# Working out what is asked looks at every question; the rest must not.
ALLOWED = 1.25


def twelve_and_others(questions: int) -> Questionnaire:
    """One standard of 12 questions, and others that bring the whole to this many."""
    text = large_questionnaire(standards=1, questions=12)
    others = large_questionnaire(standards=questions // 10, questions=10)
    more = others.partition("standards:\n")[2].replace("s0", "t0")
    form = load_text(text + more.partition("  - id: s1")[1] + more.partition("  - id: s1")[2])
    assert len(form.standards[0].questions) == 12
    return form


def desk_over(questionnaire: Questionnaire) -> Desk:
    """A return of the police with every question answered."""
    partnership = Partnership(id=1, reference="DOWN", name="Downshire")
    agency = Agency(
        id=1, reference="POL", name="Police", agency_type="police", attributes=frozenset()
    )
    audit_round = AuditRound(title="A round", partnership=partnership)
    agency_return = AgencyReturn(
        reference="R1-POL",
        status=ReturnStatus.IN_PROGRESS,
        round=audit_round,
        agency=agency,
        agency_id=1,
    )
    answers = {
        question.key: Answer("met", comment="What we do. " * 20, evidence="A document")
        for question in questionnaire.questions()
    }
    today = date(2026, 11, 3)
    return Desk(
        agency_return=agency_return,
        questionnaire=questionnaire,
        held={},
        all_answers=answers,
        today=today,
        reads=EVERYTHING,
        writes=EVERYTHING,
    )


def signed_in(viewer: Viewer) -> SignedIn:
    """Somebody in the middle of a session, as the page's header asks."""
    return SignedIn(
        session_id=1,
        viewer=viewer,
        started_at=LONG_AGO,
        last_seen_at=LONG_AGO,
        two_factors_at=None,
        proved_at=None,
        has_second_factor=False,
        has_password=True,
    )


def drawing(app: Flask, cast: Cast, questionnaire: Questionnaire) -> Callable[[], Any]:
    """Builds and draws the page of the first standard, from routing to markup."""

    read, asif = desk_over(questionnaire), signed_in(cast["Asif"])

    def draw() -> str:
        with app.test_request_context("/"):
            g.viewer, g.signed_in = asif.viewer, asif
            desk = replace(read)  # which has worked nothing out yet
            alone = AtStandard(None, (), frozenset(), {}, "")
            return _page(desk, questionnaire.standards[0], form_of(desk, "s0"), alone)

    return draw


def test_a_page_costs_the_same_whatever_else_the_questionnaire_asks(
    benchmark: BenchmarkFixture, app: Flask, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    short, long = twelve_and_others(40), twelve_and_others(400)
    assert len(short.by_key) < 50 < 390 < len(long.by_key)
    of_long, of_short = drawing(app, cast, long), drawing(app, cast, short)
    assert len(of_long()) == pytest.approx(len(of_short()), abs=50)
    benchmark(of_long)
    ours, least = quickest(of_long, of_short, within=ALLOWED)
    benchmark.extra_info["ratio of 400 questions to 40"] = round(ours / least, 2)
    with capsys.disabled():
        print(f"\npage of 12 among 400: {ours * 1000:.1f} ms, {ours / least:.2f} × among 40")
    assert ours <= ALLOWED * least
