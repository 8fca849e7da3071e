"""Actions as their agency, and the partnership that follows them up, see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from s11audit.domain.actions import FINISHED_STATUSES, ActionSource, ActionStatus, is_overdue
from s11audit.domain.numbers import pages_of
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import SUBMITTED_STATUSES
from s11audit.models import (
    Action,
    ActionNote,
    Agency,
    AgencyReturn,
    AuditRound,
    CaseAudit,
    Recommendation,
)
from s11audit.queries import reach

ACTIONS_A_PAGE = 50


@dataclass(frozen=True)
class ActionFilter:
    """Which actions to show; an empty value leaves that side open."""

    round_reference: str = ""
    agency_reference: str = ""
    status: ActionStatus | None = None
    overdue_only: bool = False
    source: ActionSource | None = None


@dataclass(frozen=True)
class ActionCounts:
    """How many actions there are in each status, and how many of all of them are late."""

    by_status: dict[ActionStatus, int]
    overdue: int

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


@dataclass(frozen=True)
class ActionPage:
    """One page of actions, of `total` that match, with the late ones marked."""

    actions: tuple[Action, ...]
    total: int
    page: int
    today: date

    @property
    def pages(self) -> int:
        return pages_of(self.total, ACTIONS_A_PAGE)

    def is_overdue(self, action: Action) -> bool:
        return is_overdue(action.status, action.due_on, self.today)


@dataclass(frozen=True)
class ActionInFull:
    """An action with its notes and where it came from.

    An agency that was not asked for its files does not see the `case_audit`, only what it asks for.
    """

    action: Action
    audit_round: AuditRound | None
    source_return: AgencyReturn | None
    recommendation: Recommendation | None
    case_audit: CaseAudit | None

    @property
    def is_source_readable(self) -> bool:
        """Whether scrutiny may read the answer that the action came out of."""
        return self.source_return is not None and self.source_return.status in SUBMITTED_STATUSES


def actions_page(
    session: Session,
    wanted: ActionFilter,
    today: date,
    *,
    visible_to: Viewer,
    latest_first: bool = False,
    page: int = 1,
) -> ActionPage:
    """Actions by due date; `page` counts from 1."""
    matching = and_(_sees(visible_to), *_conditions(wanted, today))
    total = session.scalar(
        select(func.count())
        .select_from(Action)
        .join(Action.agency)
        .outerjoin(AuditRound, AuditRound.id == Action.round_id)
        .where(matching)
    )
    due = Action.due_on.desc() if latest_first else Action.due_on
    found = session.scalars(
        select(Action)
        .join(Action.agency)
        .outerjoin(AuditRound, AuditRound.id == Action.round_id)
        .options(contains_eager(Action.agency))
        .where(matching)
        .order_by(due, Agency.name, Action.id)
        .limit(ACTIONS_A_PAGE)
        .offset((page - 1) * ACTIONS_A_PAGE)
    )
    return ActionPage(tuple(found), total or 0, page, today)


def action_counts(
    session: Session, wanted: ActionFilter, today: date, *, visible_to: Viewer
) -> ActionCounts:
    """Counts over the round and agency of the filter, whatever status it asks for."""
    scope = ActionFilter(wanted.round_reference, wanted.agency_reference)
    late = func.sum(case((_is_late(today), 1), else_=0))
    rows = session.execute(
        select(Action.status, func.count(), late)
        .select_from(Action)
        .join(Action.agency)
        .outerjoin(AuditRound, AuditRound.id == Action.round_id)
        .where(_sees(visible_to), *_conditions(scope, today))
        .group_by(Action.status)
    ).all()
    found = {status: number for status, number, _ in rows}
    return ActionCounts(
        by_status={status: found.get(status, 0) for status in ActionStatus},
        overdue=sum(int(number) for *_, number in rows),
    )


def agencies_with_actions(
    session: Session, round_reference: str, *, visible_to: Viewer
) -> dict[str, str]:
    """Agencies that have any action within sight: reference → name, by name."""
    rows = session.execute(
        select(Agency.reference, Agency.name)
        .join(Action, Action.agency_id == Agency.id)
        .outerjoin(AuditRound, AuditRound.id == Action.round_id)
        .where(
            _sees(visible_to),
            *([AuditRound.reference == round_reference] if round_reference else []),
        )
        .distinct()
        .order_by(Agency.name)
    )
    return {row.reference: row.name for row in rows}


def action_in_full(session: Session, reference: str, *, visible_to: Viewer) -> ActionInFull | None:
    """One action, or None where it is not the viewer's to see."""
    row = session.execute(
        select(Action, AuditRound, AgencyReturn, Recommendation, CaseAudit)
        .join(Action.agency)
        .outerjoin(AuditRound, AuditRound.id == Action.round_id)
        .outerjoin(AgencyReturn, AgencyReturn.id == Action.return_id)
        .outerjoin(Recommendation, Recommendation.id == Action.recommendation_id)
        .outerjoin(CaseAudit, CaseAudit.id == Recommendation.audit_id)
        .options(
            contains_eager(Action.agency),
            selectinload(Action.notes).joinedload(ActionNote.user),
        )
        .where(Action.reference == reference, _sees(visible_to))
    ).one_or_none()
    return ActionInFull(*row) if row else None


def reaches(
    session: Session, action: Action, permission: Permission, *, visible_to: Viewer
) -> bool:
    """Whether the viewer may do this with the action."""
    within = select(Action.id).where(Action.id == action.id, reach.actions(visible_to, permission))
    return session.scalar(within) is not None


def reached_among(
    session: Session, actions: Iterable[Action], permission: Permission, *, visible_to: Viewer
) -> frozenset[int]:
    """Ids of those of these actions with which the viewer may do this."""
    ids = [action.id for action in actions]
    within = select(Action.id).where(Action.id.in_(ids), reach.actions(visible_to, permission))
    return frozenset(session.scalars(within))


def _conditions(wanted: ActionFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.round_reference:
        conditions.append(AuditRound.reference == wanted.round_reference)
    if wanted.agency_reference:
        conditions.append(Agency.reference == wanted.agency_reference)
    if wanted.status is not None:
        conditions.append(Action.status == wanted.status)
    if wanted.source is not None:
        conditions.append(Action.source == wanted.source)
    if wanted.overdue_only:
        conditions.append(_is_late(today))
    return conditions


def _is_late(today: date) -> ColumnElement[bool]:
    """The rule of `s11audit.domain.actions.is_overdue` for the database."""
    return (Action.due_on < today) & Action.status.not_in(FINISHED_STATUSES)


def _sees(viewer: Viewer) -> ColumnElement[bool]:
    return reach.actions(viewer, Permission.SEE_ACTIONS)
