"""What a permission reaches, as conditions of a SELECT: the first wall between partnerships.

A partnership sees an agency's return where both belong to the same round's partnerships. Every
query that loads something of a round, a return or an action takes its condition from here.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, String, and_, cast, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from s11audit.domain.access import RULES
from s11audit.domain.agency_types import SCHOOL_TYPES
from s11audit.domain.cases import OPENED_STATUSES
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Reach, Viewer
from s11audit.models import (
    Action,
    Agency,
    AgencyReturn,
    AnswerSheet,
    Assessment,
    Assessor,
    AuditRound,
    CaseAudit,
    CaseFile,
    Delegation,
    Event,
    ImmediateConcern,
    Membership,
    OutgoingMail,
    PanelMember,
    Survey,
    SurveyLink,
)
from s11audit.models.actions import action_partnerships
from s11audit.models.people import agency_partnerships
from s11audit.models.rounds import round_partnerships

Condition = ColumnElement[bool]
Id = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


def agencies_of(partnerships: Iterable[int]) -> Select[int]:
    """Ids of the agencies of these partnerships."""
    columns = agency_partnerships.c
    return select(columns.agency_id).where(columns.partnership_id.in_(partnerships))


def rounds_of(partnerships: Iterable[int]) -> Select[int]:
    """Ids of the rounds of these partnerships, whoever runs them."""
    columns = round_partnerships.c
    return select(columns.round_id).where(columns.partnership_id.in_(partnerships))


def rounds(viewer: Viewer, permission: Permission) -> Condition:
    """Rounds of which the viewer may do this with anything."""
    return AuditRound.id.in_(rounds_of(viewer.partnerships(permission)))


def returns(viewer: Viewer, permission: Permission, *, in_any_state: bool = False) -> Condition:
    """Returns with which the viewer may do this, in the states that the permission's rule names.

    `in_any_state` is for telling how far a return is, not what it says.
    """
    reach = viewer.reach(permission)
    condition = or_(
        AgencyReturn.agency_id.in_(reach.agencies),
        _delegated(viewer, reach, AgencyReturn.id),
        _through(reach, AgencyReturn.round_id, AgencyReturn.agency_id),
    )
    states = RULES[permission].states
    if not states or in_any_state:
        return condition
    return and_(condition, AgencyReturn.status.in_(states))


def actions(viewer: Viewer, permission: Permission) -> Condition:
    """Actions with which the viewer may do this; a contributor's are of their standards only."""
    reach = viewer.reach(permission)
    of_standard = Action.question_key.startswith(Delegation.standard_id + ".")
    return or_(
        Action.agency_id.in_(reach.agencies),
        _delegated(viewer, reach, Action.return_id, of_standard),
        and_(_through(reach, Action.round_id, Action.agency_id), _told_to(reach)),
        and_(_asked_for_within(reach), Action.agency_id.not_in(reach.but)),
    )


def _asked_for_within(reach: Reach) -> Condition:
    """A partnership within reach asked for the action outside a round."""
    schools = select(Agency.id).where(Agency.agency_type.in_(SCHOOL_TYPES))
    return or_(
        Action.partnership_id.in_(reach.partnerships),
        and_(Action.partnership_id.in_(reach.schools_of), Action.agency_id.in_(schools)),
    )


def surveys(viewer: Viewer, permission: Permission) -> Condition:
    """Surveys of which the viewer may do this with more than single agencies."""
    return Survey.partnership_id.in_(viewer.partnerships(permission))


def survey_links(viewer: Viewer, permission: Permission) -> Condition:
    """Agencies in surveys with which the viewer may do this."""
    reach = viewer.reach(permission)
    return or_(
        SurveyLink.agency_id.in_(reach.agencies),
        SurveyLink.partnership_id.in_(reach.partnerships),
        and_(
            SurveyLink.partnership_id.in_(reach.schools_of),
            SurveyLink.agency_type.in_(SCHOOL_TYPES),
        ),
    )


def case_audits(viewer: Viewer, permission: Permission) -> Condition:
    """Case audits with which the viewer may do this: through a panel, once it is open."""
    reach = viewer.reach(permission)
    sits = select(PanelMember.audit_id).where(PanelMember.user_id == viewer.user_id)
    return or_(
        CaseAudit.partnership_id.in_(reach.partnerships),
        and_(
            CaseAudit.partnership_id.in_(reach.panels),
            CaseAudit.id.in_(sits),
            CaseAudit.status.in_(OPENED_STATUSES),
        ),
    )


def assessments(viewer: Viewer, permission: Permission) -> Condition:
    """Joint assessments with which the viewer may do this.

    An assessor's are those that name them, once they are asked; ratings are read once opened.
    """
    reach = viewer.reach(permission)
    rates = select(Assessor.assessment_id).where(Assessor.user_id == viewer.user_id)
    of_theirs = or_(
        Assessment.partnership_id.in_(reach.partnerships),
        and_(
            Assessment.partnership_id.in_(reach.named),
            Assessment.id.in_(rates),
            Assessment.started_at.is_not(None),
        ),
        and_(Assessment.partnership_id.in_(reach.chaired), Assessment.chair_id == viewer.user_id),
    )
    if permission is Permission.READ_RATINGS:
        return and_(of_theirs, Assessment.opened_at.is_not(None))
    return of_theirs


def case_files(viewer: Viewer, permission: Permission) -> Condition:
    """Agencies' files on cases with which the viewer may do this, as one of the agency."""
    reach = viewer.reach(permission)
    return or_(
        CaseFile.agency_id.in_(reach.agencies),
        and_(CaseFile.agency_id.in_(reach.assigned), CaseFile.auditor_id == viewer.user_id),
    )


def concerns(viewer: Viewer, permission: Permission) -> Condition:
    """Immediate concerns on files of the viewer's agencies, and of their partnerships' audits.

    Whatever has become of the audit: a concern is not over because an audit is.
    """
    reach = viewer.reach(permission)
    files = select(CaseFile.id).join(CaseFile.sheet)
    within = or_(
        CaseFile.agency_id.in_(reach.agencies), AnswerSheet.partnership_id.in_(reach.partnerships)
    )
    return ImmediateConcern.file_id.in_(files.where(within))


def _told_to(reach: Reach) -> Condition:
    """The action is told to a partnership within reach: to any of them, unless it says to whom."""
    columns = action_partnerships.c
    told = select(columns.action_id).where(columns.action_id == Action.id)
    to_ours = told.where(columns.partnership_id.in_(reach.any_partnerships))
    return or_(~told.exists(), to_ours.exists())


def events(viewer: Viewer) -> Condition:
    """Events that the viewer finds: the operator all, a manager those of the own partnerships.

    An event in a round is seen like its return; one of an account by whoever manages its person.
    """
    reach = viewer.reach(Permission.SEE_EVENTS)
    return true() if reach.everywhere else events_in_full(viewer)


def events_in_full(viewer: Viewer) -> Condition:
    """Events of which the viewer finds what they say, too: never more than a manager's."""
    reach = viewer.reach(Permission.SEE_EVENTS)
    ours = agencies_of(reach.partnerships)
    return or_(
        Event.partnership_id.in_(reach.partnerships),
        _through(reach, Event.round_id, Event.agency_id),
        and_(Event.agency_id.is_(None), Event.round_id.in_(rounds_of(reach.partnerships))),
        and_(Event.round_id.is_(None), Event.agency_id.in_(ours)),
        _of_an_account(reach),
    )


def mail_to_agencies(viewer: Viewer) -> Condition:
    """Mail shown on agencies' pages: about a round as its returns are seen, other mail by all."""
    reach = viewer.reach(Permission.SEE_PEOPLE)
    ours = agencies_of(reach.partnerships)
    return or_(
        _through(reach, OutgoingMail.round_id, OutgoingMail.agency_id),
        and_(OutgoingMail.round_id.is_(None), OutgoingMail.agency_id.in_(ours)),
    )


def people_ever(reach: Reach) -> Select[int]:
    """Ids of those who have, or had, a role for a partnership in full reach or an agency of it."""
    return select(Membership.user_id).where(_for_any(reach))


def _for_any(reach: Reach) -> Condition:
    return or_(
        Membership.partnership_id.in_(reach.partnerships),
        Membership.agency_id.in_(agencies_of(reach.partnerships)),
    )


def _of_an_account(reach: Reach) -> Condition:
    """By or about somebody who had a role within reach at the time, and of nothing else."""
    held = select(Membership.id).where(
        _for_any(reach),
        or_(Membership.started_at.is_(None), Membership.started_at <= Event.happened_at),
        or_(Membership.ended_at.is_(None), Membership.ended_at >= Event.happened_at),
        or_(
            Membership.user_id == Event.user_id,
            Event.subject == "user " + cast(Membership.user_id, String),
        ),
    )
    nobodys = and_(*(one.is_(None) for one in (Event.partnership_id, Event.agency_id)))
    return and_(nobodys, Event.round_id.is_(None), held.exists())


def _delegated(viewer: Viewer, reach: Reach, return_id: Id, *conditions: Condition) -> Condition:
    """Something of the return was delegated to the viewer, who still works for its agency."""
    if not reach.delegated:
        return false()
    ours = select(AgencyReturn.id).where(AgencyReturn.agency_id.in_(reach.delegated))
    given = select(Delegation.return_id).where(
        Delegation.return_id == return_id, Delegation.user_id == viewer.user_id, *conditions
    )
    return and_(return_id.in_(ours), given.exists())


def _through(reach: Reach, round_id: Id, agency_id: Id) -> Condition:
    """The round and the agency belong to the same partnership, and the viewer reaches it."""
    schools = select(Agency.id).where(Agency.agency_type.in_(SCHOOL_TYPES))
    whole = [_both_of(one, round_id, agency_id) for one in sorted(reach.partnerships)]
    of_schools = [
        and_(_both_of(one, round_id, agency_id), agency_id.in_(schools))
        for one in sorted(reach.schools_of - reach.partnerships)
    ]
    within = or_(false(), *whole, *of_schools)
    return and_(within, agency_id.not_in(reach.but)) if reach.but else within


def _both_of(partnership_id: int, round_id: Id, agency_id: Id) -> Condition:
    home = (partnership_id,)
    return and_(round_id.in_(rounds_of(home)), agency_id.in_(agencies_of(home)))
