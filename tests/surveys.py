"""A survey of the Downshire partnership, and ways to answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.surveys import SurveyStatus
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import AgencyReturn, AuditRound, Score, Survey, SurveyLink
from s11audit.queries.people import token_digest
from s11audit.questionnaires.catalogue import shipped_catalogue
from s11audit.services.secret_box import SecretBox
from s11audit.services.survey_answers import answer_survey
from s11audit.services.survey_links import PURPOSE
from s11audit.services.surveys import create_survey, take_survey_step
from tests.cast import Cast
from tests.rounds_and_returns import NEVER, NOON

BOX = SecretBox("a secret that is only for tests, and long")
OPENS = date(2026, 10, 1)
# One answer to everything that has to be answered, all of it good.
GOOD = {
    "acting.know-what-to-do": "6",
    "acting.know-the-lead": "yes",
    "acting.find-procedures": "yes",
    "acting.would-share": "agree",
    "acting.can-challenge": "5",
    "acting.heard-back": "told",
    "at-work.safe-to-speak-up": "agree",
    "at-work.worry-about-the-boss": "yes",
    "at-work.time-to-talk": "planned",
    "at-work.child-changed-things": "changed",
    "at-work.talk-about-identity": "6",
    "at-work.leaders-know": "agree",
    "learning.know-the-partnership": "joint-leaders",
    "learning.heard-themes": "injured-babies hidden-children",
}


def survey_questionnaire() -> Questionnaire:
    """The one that comes with the software."""
    return shipped_catalogue().get("practitioner-survey", "2026")


def make_survey(
    session: Session,
    cast: Cast,
    reference: str = "PS1",
    agencies: Sequence[str] = ("POL", "HOSP", "SCH"),
    *,
    is_open: bool = True,
    audit_round: AuditRound | None = None,
    by: str = "Priya",
    home: str = "DOWN",
    box: SecretBox = BOX,
) -> Survey:
    """A survey that never closes by itself; open, unless told otherwise."""
    asked = survey_questionnaire()
    survey = create_survey(
        session,
        cast.partnerships[home],
        reference,
        f"Survey {reference}",
        asked,
        OPENS,
        NEVER,
        [cast.agencies[agency] for agency in agencies],
        audit_round=audit_round,
        box=box,
        by=cast[by],
        now=NOON,
    )
    if is_open:
        take_survey_step(session, survey, "open", by=cast[by], now=NOON, questionnaire=asked)
    return survey


def link_for(session: Session, survey: Survey, cast: Cast, agency: str) -> SurveyLink:
    found = select(SurveyLink).where(
        SurveyLink.survey_id == survey.id, SurveyLink.agency_id == cast.agencies[agency]
    )
    return session.scalars(found).one()


def answer(
    session: Session,
    survey: Survey,
    cast: Cast,
    agency: str,
    times: int,
    values: Mapping[str, str] | None = None,
) -> None:
    """Answer so often: what is good, but for these values."""
    link = link_for(session, survey, cast, agency)
    for _ in range(times):
        answer_survey(session, link, {**GOOD, **(values or {})}, now=NOON)


def close(session: Session, survey: Survey, cast: Cast, by: str = "Priya") -> None:
    take_survey_step(session, survey, "close", by=cast[by], now=NOON)
    assert survey.status is SurveyStatus.CLOSED


def known_token(
    session: Session, survey: Survey, cast: Cast, agency: str, token: str, box: SecretBox = BOX
) -> None:
    """Give a link a token that a test knows."""
    link = link_for(session, survey, cast, agency)
    link.token_sha256, link.token_sealed = token_digest(token), box.close(token, PURPOSE)
    session.flush()


def rated_round(session: Session, cast: Cast, ratings: Mapping[str, Rating]) -> AuditRound:
    """A round of section-11/2026 in which these agencies rate their supervision so."""
    asked = shipped_catalogue().get("section-11", "2026")
    audit_round = AuditRound(
        partnership_id=cast.partnerships["DOWN"],
        reference="S11",
        title="Section 11 audit",
        questionnaire_id=asked.id,
        questionnaire_version=asked.version,
        questionnaire_sha256=asked.sha256,
        status=RoundStatus.OPEN,
        opens_on=OPENS,
        due_on=NEVER,
        closes_on=NEVER,
        created_at=NOON,
    )
    session.add(audit_round)
    session.flush()
    for agency, rating in ratings.items():
        agency_return = AgencyReturn(
            round_id=audit_round.id,
            agency_id=cast.agencies[agency],
            reference=f"S11-{agency}",
            status=ReturnStatus.SUBMITTED,
            due_on=NEVER,
        )
        session.add(agency_return)
        session.flush()
        rate(session, agency_return, Side.SELF, rating)
    session.refresh(audit_round)
    return audit_round


def rate(session: Session, agency_return: AgencyReturn, side: Side, rating: Rating) -> None:
    """Rate its supervision."""
    counts = ("visible", "required", "answered", "red", "amber", "green", "not_applicable",
              "unanswered", "unrated", "maximum", "strict_maximum")  # fmt: skip
    session.add(
        Score(
            return_id=agency_return.id, standard_id="supervision", side=side, points="0",
            rating=rating, because="", **dict.fromkeys(counts, 0),
        )
    )  # fmt: skip
    session.flush()
