"""What an audit taught: findings, recommendations, and the actions that came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.cases import FINDING_KIND_LABELS
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models import Action, Agency, AuditCase, CaseAudit, Finding, Recommendation
from s11audit.queries.reach import agencies_of


@dataclass(frozen=True)
class FindingRead:
    """A finding, with the reference of the case that it is about; empty for the whole audit."""

    finding: Finding
    case: str = ""

    @property
    def kind(self) -> str:
        return FINDING_KIND_LABELS[self.finding.kind]

    @property
    def about(self) -> str:
        return f"Case {self.case}" if self.case else "The whole audit"

    def theme(self, questionnaire: Questionnaire) -> str:
        """Its own theme, or the title of the part of the questionnaire that it is about."""
        standard = questionnaire.standard(self.finding.standard_id)
        themes = (standard.title if standard else "", self.finding.theme)
        return ": ".join(theme for theme in themes if theme)


@dataclass(frozen=True)
class RecommendationRead:
    """A recommendation with its actions, in the order in which they were asked for."""

    recommendation: Recommendation
    actions: tuple[Action, ...]


def findings_of(session: Session, audit: CaseAudit) -> list[FindingRead]:
    """Every finding of an audit, good practice first; whoever calls reads its cases."""
    rows = session.execute(
        select(Finding, AuditCase.reference)
        .outerjoin(AuditCase, AuditCase.id == Finding.case_id)
        .where(Finding.audit_id == audit.id)
        .order_by(Finding.kind, Finding.id)
    )
    return [FindingRead(finding, case or "") for finding, case in rows]


def findings_of_whole(session: Session, audit: CaseAudit) -> list[FindingRead]:
    """Those that are about no single case."""
    return [one for one in findings_of(session, audit) if one.finding.case_id is None]


def finding_of(session: Session, audit: CaseAudit, finding_id: int) -> FindingRead | None:
    return next((one for one in findings_of(session, audit) if one.finding.id == finding_id), None)


def recommendations_of(session: Session, audit: CaseAudit) -> list[RecommendationRead]:
    """The recommendations of an audit, the first first."""
    found = session.scalars(
        select(Recommendation)
        .options(joinedload(Recommendation.finding))
        .where(Recommendation.audit_id == audit.id)
        .order_by(Recommendation.id)
    ).all()
    actions = _actions(session, [one.id for one in found])
    return [RecommendationRead(one, tuple(actions.get(one.id, ()))) for one in found]


def recommendation_of(
    session: Session, audit: CaseAudit, recommendation_id: int
) -> RecommendationRead | None:
    everything = recommendations_of(session, audit)
    return next((one for one in everything if one.recommendation.id == recommendation_id), None)


def agencies_to_ask(session: Session, audit: CaseAudit) -> dict[str, str]:
    """Reference → name of every agency of the partnership, by name."""
    rows = session.execute(
        select(Agency.reference, Agency.name)
        .where(Agency.id.in_(agencies_of((audit.partnership_id,))))
        .order_by(Agency.name)
    )
    return {row.reference: row.name for row in rows}


def _actions(
    session: Session, recommendation_ids: Sequence[int]
) -> Mapping[int | None, list[Action]]:
    found = session.scalars(
        select(Action)
        .options(joinedload(Action.agency))
        .where(Action.recommendation_id.in_(recommendation_ids))
        .order_by(Action.id)
    )
    by_id: dict[int | None, list[Action]] = {}
    for action in found:
        by_id.setdefault(action.recommendation_id, []).append(action)
    return by_id
