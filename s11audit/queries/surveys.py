"""Surveys and their links: what there is, and how many have answered, as far as that is told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.suppression import SMALLEST
from s11audit.domain.surveys import LinkState, SurveyStatus, told_count
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    Agency,
    AuditRound,
    Partnership,
    Survey,
    SurveyLink,
    SurveyReply,
    SurveyResponse,
)
from s11audit.queries import reach
from s11audit.queries.asking import ChangedQuestionnaireError
from s11audit.queries.people import token_digest
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.questionnaires.versions import OtherFingerprintError


@dataclass(frozen=True)
class ToldCount:
    """How many people have answered, as far as that is told.

    While answers come in it is rounded down (`is_rounded`). Below five nobody is told.
    """

    people: int
    is_rounded: bool

    def __str__(self) -> str:
        if self.people < SMALLEST:
            return f"Fewer than {SMALLEST}"
        return f"At least {self.people:,}" if self.is_rounded else f"{self.people:,}"


@dataclass(frozen=True)
class LinkLine:
    """One agency of a survey. `staff` is None where it did not say how many it has."""

    agency_reference: str
    agency: str
    agency_type: str
    staff: int | None
    state: LinkState
    is_ended: bool
    count: ToldCount


@dataclass(frozen=True)
class SurveyLine:
    """One survey in a list."""

    reference: str
    title: str
    partnership: str
    status: SurveyStatus
    opens_on: date
    closes_on: date
    agencies: int


def survey_of(
    session: Session,
    reference: str,
    *,
    visible_to: Viewer,
    to: Permission = Permission.SEE_SURVEYS,
) -> Survey | None:
    """The survey of this reference, if the viewer may do this with more than their own agency."""
    found = (
        select(Survey)
        .options(joinedload(Survey.partnership), joinedload(Survey.audit_round))
        .where(Survey.reference == reference, reach.surveys(visible_to, to))
    )
    return session.scalars(found).one_or_none()


def link_of(
    session: Session,
    reference: str,
    agency_reference: str,
    *,
    visible_to: Viewer,
    to: Permission = Permission.SEE_SURVEYS,
) -> SurveyLink | None:
    """One agency in a survey, if the viewer may do this with it.

    An agency's own people find it once the survey has opened.
    """
    found = _whole_links().where(
        Survey.reference == reference,
        Agency.reference == agency_reference,
        reach.survey_links(visible_to, to),
    )
    link = session.scalars(found).one_or_none()
    is_early = link is not None and link.survey.status is SurveyStatus.DRAFT
    if link is None or (is_early and link.partnership_id not in visible_to.partnerships(to)):
        return None
    return link


def link_by_token(session: Session, token: str) -> SurveyLink | None:
    """The link that has this token now. The token is what lets in, so nobody is asked for."""
    found = _whole_links().where(SurveyLink.token_sha256 == token_digest(token))
    return session.scalars(found).one_or_none()


def survey_lines(session: Session, *, visible_to: Viewer) -> list[SurveyLine]:
    """Every survey of the viewer's partnerships, the latest first."""
    agencies = (
        select(func.count(SurveyLink.id))
        .where(
            SurveyLink.survey_id == Survey.id,
            reach.survey_links(visible_to, Permission.SEE_SURVEYS),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Survey.reference,
            Survey.title,
            Partnership.name,
            Survey.status,
            Survey.opens_on,
            Survey.closes_on,
            agencies,
        )
        .join(Survey.partnership)
        .where(reach.surveys(visible_to, Permission.SEE_SURVEYS))
        .order_by(Survey.closes_on.desc(), Survey.reference)
    )
    return [SurveyLine(*row) for row in rows]


def own_links(session: Session, *, visible_to: Viewer) -> list[SurveyLink]:
    """The surveys that ask the people of the viewer's own agencies, once they are open."""
    own = visible_to.reach(Permission.SEE_SURVEYS).agencies
    found = (
        _whole_links()
        .where(SurveyLink.agency_id.in_(own), Survey.status != SurveyStatus.DRAFT)
        .order_by(Survey.closes_on.desc(), Survey.reference, Agency.name)
    )
    return list(session.scalars(found))


def links_of(session: Session, survey: Survey, *, visible_to: Viewer) -> list[SurveyLink]:
    """The agencies of a survey that are within reach, by name."""
    found = (
        _whole_links()
        .where(
            SurveyLink.survey_id == survey.id,
            reach.survey_links(visible_to, Permission.SEE_SURVEYS),
        )
        .order_by(Agency.name, Agency.id)
    )
    return list(session.scalars(found))


def link_lines(
    session: Session, links: Collection[SurveyLink], today: date
) -> tuple[list[LinkLine], ToldCount]:
    """How many have answered by each of these links, and by all of them together."""
    counts = people_by_link(session, [link.id for link in links])
    lines = [
        LinkLine(
            agency_reference=link.agency.reference,
            agency=link.agency.name,
            agency_type=link.agency_type,
            staff=link.staff,
            state=link.state(today),
            is_ended=link.ended_at is not None,
            count=told_of(link.survey, counts.get(link.id, 0)),
        )
        for link in links
    ]
    # Always rounded: less what is told of each agency, it would tell of those with fewer than five.
    return lines, ToldCount(told_count(sum(counts.values())), is_rounded=True)


def told_of(survey: Survey, people: int) -> ToldCount:
    """What is told of the number of people who answered one link."""
    if survey.status is SurveyStatus.CLOSED:
        return ToldCount(people if people >= SMALLEST else 0, is_rounded=False)
    return ToldCount(told_count(people), is_rounded=True)


def people_by_link(session: Session, links: Collection[int]) -> dict[int, int]:
    """Link id → how many have answered; exact, and so for services and sums only."""
    counts = (
        select(SurveyResponse.link_id, func.count())
        .where(SurveyResponse.link_id.in_(links))
        .group_by(SurveyResponse.link_id)
    )
    return dict(session.execute(counts).all())


def replies_of(
    session: Session, link: SurveyLink, *, published_only: bool = False
) -> list[SurveyReply]:
    """What staff said and what was done, the latest first; whoever calls has checked who looks."""
    found = select(SurveyReply).where(SurveyReply.link_id == link.id)
    if published_only:
        found = found.where(SurveyReply.published_at.is_not(None))
    return list(session.scalars(found.order_by(SurveyReply.done_on.desc(), SurveyReply.id.desc())))


def survey_questionnaire(survey: Survey, catalogue: Catalogue) -> Questionnaire:
    """What a survey asks: once it has opened, exactly the text that it was pinned to.

    Raises what `Catalogue.get` does, and ChangedQuestionnaireError where that text is gone.
    """
    id_, version = survey.questionnaire_id, survey.questionnaire_version
    try:
        return catalogue.get(id_, version, survey.questionnaire_sha256)
    except OtherFingerprintError as error:
        raise ChangedQuestionnaireError(f"Survey {survey.reference}: {error}") from error


def partnerships_to_survey(session: Session, *, visible_to: Viewer) -> list[Partnership]:
    """The partnerships whose surveys the viewer may set up, by name."""
    ids = visible_to.partnerships(Permission.RUN_SURVEYS)
    found = select(Partnership).where(Partnership.id.in_(ids)).order_by(Partnership.name)
    return list(session.scalars(found))


def agencies_to_survey(
    session: Session, partnership_id: int, *, visible_to: Viewer, besides: Survey | None = None
) -> list[Agency]:
    """Agencies of a partnership by type and name, without those in the survey `besides`."""
    within = visible_to.partnerships(Permission.RUN_SURVEYS) & {partnership_id}
    wanted: ColumnElement[bool] = Agency.id.in_(reach.agencies_of(within))
    if besides is not None:
        present = select(SurveyLink.agency_id).where(SurveyLink.survey_id == besides.id)
        wanted &= Agency.id.not_in(present)
    found = select(Agency).where(wanted).order_by(Agency.agency_type, Agency.name, Agency.id)
    return list(session.scalars(found))


def rounds_to_compare(
    session: Session, partnership_id: int, *, visible_to: Viewer
) -> list[AuditRound]:
    """Rounds of a partnership whose ratings can stand beside a survey, the latest first."""
    within = visible_to.partnerships(Permission.RUN_SURVEYS) & {partnership_id}
    found = (
        select(AuditRound)
        .where(AuditRound.id.in_(reach.rounds_of(within)))
        .order_by(AuditRound.due_on.desc(), AuditRound.reference)
    )
    return list(session.scalars(found))


def _whole_links() -> Select[SurveyLink]:
    """Links, each with its agency and its survey."""
    return (
        select(SurveyLink)
        .join(SurveyLink.survey)
        .join(SurveyLink.agency)
        .options(
            contains_eager(SurveyLink.agency),
            contains_eager(SurveyLink.survey).options(
                joinedload(Survey.partnership), joinedload(Survey.audit_round)
            ),
        )
    )
