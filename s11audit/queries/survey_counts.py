"""What is counted of a survey: exact numbers, for `survey_results` only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import SUBMITTED_STATUSES
from s11audit.models import AgencyReturn, Score, Survey, SurveyAnswer, SurveyLink, SurveyResponse
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries import reach


def all_links(session: Session, survey: Survey) -> list[SurveyLink]:
    """Every link of a survey, by the agency's name."""
    found = select(SurveyLink).join(SurveyLink.agency).where(SurveyLink.survey_id == survey.id)
    links = list(session.scalars(found).unique())
    return sorted(links, key=lambda link: (link.agency.name.casefold(), link.id))


def values_given(
    session: Session, links: Mapping[int, int], keys: Iterable[str]
) -> dict[str, dict[int, dict[str, int]]]:
    """Question key → agency id → stored value → how many gave it."""
    rows = session.execute(
        select(
            SurveyAnswer.question_key,
            SurveyResponse.link_id,
            SurveyAnswer.value,
            func.count(),
        )
        .join(SurveyResponse, SurveyResponse.id == SurveyAnswer.response_id)
        .where(SurveyResponse.link_id.in_(links), SurveyAnswer.question_key.in_(list(keys)))
        .group_by(SurveyAnswer.question_key, SurveyResponse.link_id, SurveyAnswer.value)
    )
    found: dict[str, dict[int, dict[str, int]]] = {}
    for key, link_id, value, count in rows:
        found.setdefault(key, {}).setdefault(links[link_id], {})[value] = count
    return found


def ratings_beside(
    session: Session, survey: Survey, agencies: Collection[int], viewer: Viewer
) -> dict[tuple[int, str, Side], Rating]:
    """Agency id, standard id and side → rating, of submitted returns that the viewer may read."""
    if survey.audit_round_id is None:
        return {}
    own = reach.returns(viewer, Permission.SEE_RETURN)
    rows = session.execute(
        select(AgencyReturn.agency_id, Score.standard_id, Score.side, Score.rating)
        .join(AgencyReturn, AgencyReturn.id == Score.return_id)
        .where(
            AgencyReturn.round_id == survey.audit_round_id,
            AgencyReturn.agency_id.in_(agencies),
            Score.standard_id != WHOLE_RETURN,
            or_(
                reach.returns(viewer, Permission.SCRUTINISE),
                and_(own, AgencyReturn.status.in_(SUBMITTED_STATUSES)),
            ),
        )
    )
    return {(agency, standard, side): rating for agency, standard, side, rating in rows}
