"""Pages for what is wrong on our side."""

from __future__ import annotations

from sqlalchemy import update

from s11audit.models import AuditRound
from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import Opened


def test_a_questionnaire_changed_after_its_round_opened_is_never_asked(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    for changed in ({"questionnaire_sha256": "0" * 64}, {"questionnaire_version": "gone"}):
        with database.writing.begin() as session:
            session.execute(update(AuditRound).values(**changed))
        for name, address in (("Asif", "/returns/R1-POL"), ("Priya", "/rounds/R1/heat-map")):
            page = pages.sign_in(cast[name]).get(address)
            assert page.status == 500
            assert page.heading == "The questions of this round cannot be shown"
