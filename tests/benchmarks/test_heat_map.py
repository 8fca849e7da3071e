"""The heat map of 300 agencies × 12 standards, against a bare view with its rows and template."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import event, insert, select

from s11audit.domain.dates import today_in_london
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Score
from s11audit.models.database import Database
from s11audit.models.people import agency_partnerships
from s11audit.models.returns import WHOLE_RETURN
from s11audit.paths import QUESTIONNAIRES
from s11audit.queries.heat_map import heat_map
from s11audit.questionnaires import Catalogue
from s11audit.web import security
from s11audit.web.sorting import Sorting
from tests.benchmarks.timing import quickest
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import IN_SPRING, NEVER, NOON

pytestmark = pytest.mark.benchmark

PAGE = "/rounds/R300/heat-map"
AGENCIES = 300
STATEMENTS = 8
ALLOWED = 2.0
TYPES = ("school", "charity", "police", "nhs-trust", "district-council")
COUNTS = dict.fromkeys(
    ("visible", "required", "answered", "red", "amber", "green", "not_applicable", "unrated"), 1
)


@pytest.fixture(scope="module")
def shipped() -> Questionnaire:
    """The section 11 questionnaire, which has 12 standards."""
    questionnaire = Catalogue([QUESTIONNAIRES]).get("section-11", "2026")
    assert len(questionnaire.standards) == 12
    return questionnaire


@pytest.fixture
def big_round(database: Database, cast: Cast, shipped: Questionnaire) -> int:
    """Round R300, in which 300 agencies have submitted; gives its id."""
    home = cast.partnerships["DOWN"]
    with database.writing.begin() as session:
        audit_round = AuditRound(
            partnership_id=home,
            reference="R300",
            title="Large round",
            questionnaire_id=shipped.id,
            questionnaire_version=shipped.version,
            questionnaire_sha256=shipped.sha256,
            status=RoundStatus.OPEN,
            opens_on=IN_SPRING,
            due_on=IN_SPRING,
            closes_on=NEVER,
            created_at=NOON,
        )
        session.add(audit_round)
        agencies = [
            Agency(reference=f"A{n}", name=f"Agency number {n}", agency_type=TYPES[n % len(TYPES)])
            for n in range(AGENCIES)
        ]
        session.add_all(agencies)
        session.flush()
        links = [{"agency_id": one.id, "partnership_id": home} for one in agencies]
        session.execute(insert(agency_partnerships), links)
        returns = [_submitted(audit_round, agency) for agency in agencies]
        session.add_all(returns)
        session.flush()
        session.execute(insert(Score), _scores([one.id for one in returns], shipped))
        return audit_round.id


def _submitted(audit_round: AuditRound, agency: Agency) -> AgencyReturn:
    return AgencyReturn(
        round_id=audit_round.id,
        agency_id=agency.id,
        reference=f"R300-{agency.reference}",
        status=ReturnStatus.SUBMITTED,
        due_on=audit_round.due_on,
        submitted_at=NOON,
    )


def _scores(return_ids: list[int], questionnaire: Questionnaire) -> list[dict[str, Any]]:
    chance = random.Random(300)
    standards = [WHOLE_RETURN, *(standard.id for standard in questionnaire.standards)]
    return [
        {
            "return_id": return_id,
            "standard_id": standard_id,
            "side": Side.SELF,
            "rating": chance.choice(list(Rating)),
            "unanswered": chance.randrange(2),
            "points": "1",
            "maximum": 1,
            "strict_maximum": 1,
            "because": "",
            **COUNTS,
        }
        for return_id in return_ids
        for standard_id in standards
    ]


@pytest.fixture
def page(pages: Pages, cast: Cast, big_round: int) -> Callable[[], Any]:
    """Fetches the page as Mo, through everything that a real request goes through."""
    pages.sign_in(cast["Mo"])
    return lambda: pages.client.get(f"{PAGE}?sort=overall")


@pytest.fixture
def bare_page(
    app: Flask, database: Database, cast: Cast, big_round: int, shipped: Questionnaire
) -> Callable[[], Any]:
    """Reads the same rows with SQLAlchemy Core and draws the same template, made up beforehand."""
    with database.reading() as session:
        audit_round = session.get_one(AuditRound, big_round)
        shown = heat_map(session, audit_round, shipped, visible_to=cast["Mo"])
    context = {
        "round": audit_round,
        "map": shown,
        "rows": shown.rows,
        "type_labels": {code: code for code in TYPES},
        "agency_type": "",
        "submitted": AGENCIES,
        "agencies": AGENCIES,
        "sorting": Sorting("overall", False),
        "as_at": NOON,
        "today": today_in_london(NOON),
        "zip": zip,
        "g": {"viewer": None},
        "what_is_shown_of": lambda _round: "",
    }
    returns = (
        select(AgencyReturn.__table__, Agency.__table__)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(AgencyReturn.round_id == big_round)
    )
    scores = (
        select(Score.return_id, Score.standard_id, Score.rating, Score.unanswered)
        .join(AgencyReturn, AgencyReturn.id == Score.return_id)
        .where(AgencyReturn.round_id == big_round)
    )

    @security.public
    def bare() -> str:
        with database.reading() as session, session.connection() as connection:
            connection.execute(returns).all()
            connection.execute(scores).all()
        return render_template("moderation/heat-map.html", **context)

    app.add_url_rule("/bare", "bare", bare)
    client = app.test_client()
    return lambda: client.get("/bare")


def test_the_heat_map_costs_little_more_than_its_rows_and_template(
    benchmark: BenchmarkFixture,
    page: Callable[[], Any],
    bare_page: Callable[[], Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert page().text.count("s11-heat-map__cell--") == bare_page().text.count(
        "s11-heat-map__cell--"
    )
    ours, bare = quickest(page, bare_page, within=ALLOWED)
    benchmark.extra_info["ratio to a bare view"] = round(ours / bare, 2)
    with capsys.disabled():
        print(f"\nheat map: {ours * 1000:.1f} ms, bare {bare * 1000:.1f} ms, {ours / bare:.2f} ×")
    assert ours <= ALLOWED * bare
    benchmark(page)


def test_the_heat_map_needs_few_statements_and_no_answers(
    page: Callable[[], Any], database: Database
) -> None:
    seen: list[str] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: seen.append(str(given[2]))
    )
    text = page().text
    assert text.count('<tr role="row">') == AGENCIES + 2  # with the heading and the counts
    asked = [one for one in seen if not one.startswith("BEGIN")]
    assert len(asked) <= STATEMENTS, asked
    assert not [one for one in asked if re.search(r"\b(FROM|JOIN) answers\b", one)]
