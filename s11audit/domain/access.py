"""Who may do what: one table, which the code executes and the documentation is printed from.

Deny unless a row says so. A row gives a permission (an object and what is done with it), for each
role how far it reaches (`Relation`), and the states in which the thing must be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from s11audit.domain.permissions import AGENCY_ROLES, PARTNERSHIP_ROLES, Permission, Role
from s11audit.domain.workflow import RETURN_STEPS, SUBMITTED_STATUSES, ReturnStatus


class Thing(StrEnum):
    """What a permission is about."""

    ACCOUNT = "account"
    INSTALLATION = "installation"
    PEOPLE = "people and agencies"
    EVENTS = "history"
    ROUND = "round"
    QUESTIONNAIRE = "questionnaire"
    RETURN = "return"
    ACTION = "action"
    SURVEY = "survey"
    CASE = "case"
    ASSESSMENT = "joint assessment"


class Relation(StrEnum):
    """How far a role carries a permission."""

    SELF = "their own account"
    INSTALLATION = "the whole installation"
    PARTNERSHIP = "every agency of the partnership"
    OTHERS = "every agency of the partnership but those they work for"
    SCHOOLS = "schools of the partnership"
    AGENCY = "the agency that the role is for"
    DELEGATED = "standards that the agency lead has delegated to them"
    TRUST = "every school of the trust"
    ASSIGNED = "cases assigned to them"
    PANEL = "cases of the panels that they sit on"
    NAMED = "joint assessments that name them as an assessor"
    CHAIRED = "joint assessments that they chair"


# Held through a partnership, or for single agencies.
THROUGH_PARTNERSHIP = frozenset(
    {
        Relation.PARTNERSHIP,
        Relation.OTHERS,
        Relation.SCHOOLS,
        Relation.PANEL,
        Relation.NAMED,
        Relation.CHAIRED,
    }
)
FOR_AGENCY = frozenset({Relation.AGENCY, Relation.DELEGATED, Relation.TRUST, Relation.ASSIGNED})


@dataclass(frozen=True)
class Rule:
    """One row: whoever has one of `roles` may, as far as its relation reaches.

    `states` are those that the thing must be in (none: any). `fresh` asks the person to prove
    again who they are, where that was a while ago. `traced` writes every look into the history.
    """

    thing: Thing
    roles: Mapping[Role, Relation]
    states: frozenset[ReturnStatus] = field(default=frozenset())
    fresh: bool = False
    traced: bool = False


def _through(relation: Relation, *roles: Role) -> dict[Role, Relation]:
    return dict.fromkeys(roles, relation)


def _states_of(permission: Permission) -> frozenset[ReturnStatus]:
    """The states from which the lifecycle has a step that needs this permission."""
    return frozenset().union(
        *(step.sources for step in RETURN_STEPS if step.permission is permission)
    )


_EVERYBODY = _through(Relation.SELF, *Role)
_MANAGER = _through(Relation.PARTNERSHIP, Role.MANAGER)
_SCRUTINY = _through(
    Relation.PARTNERSHIP, Role.MANAGER, Role.QA_CHAIR, Role.QA_MEMBER, Role.SCRUTINEER
) | _through(Relation.SCHOOLS, Role.EDUCATION_REVIEWER)
# Nobody judges the agency that they work for.
_PANEL = _through(Relation.OTHERS, Role.MANAGER, Role.QA_CHAIR, Role.QA_MEMBER)
_LEAD = _through(Relation.AGENCY, Role.AGENCY_LEAD)
_AUDITOR = _through(Relation.ASSIGNED, Role.CASE_AUDITOR)
_LEAD_AND_CONTRIBUTOR = _LEAD | _through(Relation.DELEGATED, Role.CONTRIBUTOR)
_OWN = (
    _LEAD | _through(Relation.AGENCY, Role.SIGNATORY) | _through(Relation.TRUST, Role.TRUST_VIEWER)
)
_OF_ASSESSMENTS = _through(
    Relation.PARTNERSHIP, Role.MANAGER, Role.QA_CHAIR, Role.SCRUTINEER
) | _through(Relation.NAMED, Role.ASSESSOR)

RULES: dict[Permission, Rule] = {
    Permission.USE_ACCOUNT: Rule(Thing.ACCOUNT, _EVERYBODY),
    Permission.SECURE_ACCOUNT: Rule(Thing.ACCOUNT, _EVERYBODY, fresh=True),
    Permission.RUN_INSTALLATION: Rule(
        Thing.INSTALLATION, _through(Relation.INSTALLATION, Role.OPERATOR), fresh=True
    ),
    Permission.SEE_PEOPLE: Rule(Thing.PEOPLE, _MANAGER),
    Permission.EDIT_AGENCIES: Rule(Thing.PEOPLE, _MANAGER),
    Permission.GRANT_ROLES: Rule(
        Thing.PEOPLE,
        _through(Relation.INSTALLATION, Role.OPERATOR) | _MANAGER | _LEAD,
        fresh=True,
    ),
    Permission.RUN_PARTNERSHIP: Rule(Thing.PEOPLE, _MANAGER, fresh=True),
    Permission.SEE_EVENTS: Rule(
        Thing.EVENTS, _through(Relation.INSTALLATION, Role.OPERATOR) | _MANAGER
    ),
    Permission.SEE_ROUNDS: Rule(Thing.ROUND, _SCRUTINY),
    Permission.EDIT_ROUNDS: Rule(Thing.ROUND, _MANAGER),
    Permission.SEE_QUESTIONNAIRES: Rule(
        Thing.QUESTIONNAIRE, dict.fromkeys(_SCRUTINY, Relation.PARTNERSHIP)
    ),
    Permission.EDIT_QUESTIONNAIRES: Rule(Thing.QUESTIONNAIRE, _MANAGER),
    Permission.PUBLISH_QUESTIONNAIRES: Rule(Thing.QUESTIONNAIRE, _MANAGER),
    Permission.SEE_RETURN: Rule(
        Thing.RETURN, _OWN | _through(Relation.DELEGATED, Role.CONTRIBUTOR)
    ),
    Permission.EDIT_ANSWERS: Rule(
        Thing.RETURN,
        _LEAD_AND_CONTRIBUTOR,
        states=frozenset({ReturnStatus.NOT_STARTED, ReturnStatus.IN_PROGRESS}),
    ),
    Permission.DELEGATE: Rule(
        Thing.RETURN,
        _LEAD,
        states=frozenset({ReturnStatus.NOT_STARTED, ReturnStatus.IN_PROGRESS}),
    ),
    Permission.COMMENT: Rule(
        Thing.RETURN, _LEAD_AND_CONTRIBUTOR | _through(Relation.AGENCY, Role.SIGNATORY)
    ),
    Permission.STATE_INSTEAD: Rule(
        Thing.RETURN, _LEAD, states=_states_of(Permission.STATE_INSTEAD)
    ),
    Permission.SEND_FOR_SIGN_OFF: Rule(
        Thing.RETURN, _LEAD, states=_states_of(Permission.SEND_FOR_SIGN_OFF)
    ),
    Permission.SIGN_RETURN: Rule(
        Thing.RETURN,
        _through(Relation.AGENCY, Role.SIGNATORY),
        states=_states_of(Permission.SIGN_RETURN),
    ),
    Permission.KEEP_RETURN: Rule(Thing.RETURN, _OWN),
    Permission.SCRUTINISE: Rule(Thing.RETURN, _SCRUTINY, states=SUBMITTED_STATUSES),
    Permission.READ_PLAINLY: Rule(
        Thing.RETURN,
        _SCRUTINY | _through(Relation.PARTNERSHIP, Role.YOUNG_PANELLIST),
        states=SUBMITTED_STATUSES,
    ),
    Permission.SEND_BACK: Rule(
        Thing.RETURN,
        _through(Relation.OTHERS, Role.MANAGER, Role.QA_CHAIR),
        states=_states_of(Permission.SEND_BACK),
    ),
    Permission.EXEMPT: Rule(
        Thing.RETURN,
        _through(Relation.OTHERS, Role.MANAGER),
        states=_states_of(Permission.EXEMPT),
    ),
    Permission.MODERATE: Rule(Thing.RETURN, _PANEL, states=_states_of(Permission.MODERATE)),
    Permission.EXPORT: Rule(Thing.ROUND, _SCRUTINY),
    Permission.SEE_ACTIONS: Rule(
        Thing.ACTION, _SCRUTINY | _OWN | _through(Relation.DELEGATED, Role.CONTRIBUTOR)
    ),
    Permission.PROGRESS_ACTION: Rule(Thing.ACTION, _LEAD_AND_CONTRIBUTOR),
    Permission.VERIFY_ACTION: Rule(Thing.ACTION, _PANEL),
    Permission.SEE_SURVEYS: Rule(Thing.SURVEY, _SCRUTINY | _LEAD),
    Permission.RUN_SURVEYS: Rule(Thing.SURVEY, _MANAGER),
    Permission.REPLY_TO_SURVEYS: Rule(Thing.SURVEY, _MANAGER | _LEAD),
    Permission.SEE_CASE_AUDITS: Rule(
        Thing.CASE,
        _through(
            Relation.PARTNERSHIP, Role.MANAGER, Role.QA_CHAIR, Role.QA_MEMBER, Role.SCRUTINEER
        ),
    ),
    Permission.RUN_CASE_AUDITS: Rule(
        Thing.CASE, _through(Relation.PARTNERSHIP, Role.MANAGER, Role.QA_CHAIR)
    ),
    Permission.APPOINT_AUDITORS: Rule(Thing.CASE, _LEAD),
    Permission.SEE_CASE_FILES: Rule(Thing.CASE, _LEAD | _AUDITOR),
    Permission.AUDIT_CASE: Rule(Thing.CASE, _AUDITOR, traced=True),
    Permission.STATE_NO_INVOLVEMENT: Rule(Thing.CASE, _LEAD | _AUDITOR),
    Permission.READ_CASES: Rule(
        Thing.CASE,
        _through(
            Relation.PANEL,
            Role.MANAGER,
            Role.QA_CHAIR,
            Role.QA_MEMBER,
            Role.SCRUTINEER,
            Role.YOUNG_PANELLIST,
        ),
        traced=True,
    ),
    Permission.AGREE_GRADES: Rule(
        Thing.CASE, _through(Relation.PANEL, Role.MANAGER, Role.QA_CHAIR, Role.QA_MEMBER)
    ),
    Permission.SEE_PANELS: Rule(
        Thing.CASE,
        _through(
            Relation.PANEL,
            Role.MANAGER,
            Role.QA_CHAIR,
            Role.QA_MEMBER,
            Role.SCRUTINEER,
            Role.YOUNG_PANELLIST,
        ),
    ),
    Permission.READ_AGREED_GRADES: Rule(
        Thing.CASE, _LEAD | _through(Relation.ASSIGNED, Role.CASE_AUDITOR), traced=True
    ),
    Permission.ANSWER_CONCERNS: Rule(Thing.CASE, _MANAGER | _LEAD),
    Permission.READ_BRIEFINGS: Rule(
        Thing.CASE,
        _through(Relation.PARTNERSHIP, *PARTNERSHIP_ROLES)
        | _through(Relation.AGENCY, *AGENCY_ROLES)
        | _through(Relation.TRUST, Role.TRUST_VIEWER),
    ),
    Permission.DELETE_CASE_DATA: Rule(
        Thing.CASE, _through(Relation.PARTNERSHIP, Role.MANAGER, Role.QA_CHAIR), fresh=True
    ),
    Permission.SEE_ASSESSMENTS: Rule(Thing.ASSESSMENT, _OF_ASSESSMENTS),
    Permission.RUN_ASSESSMENTS: Rule(Thing.ASSESSMENT, _MANAGER),
    Permission.RATE: Rule(Thing.ASSESSMENT, _through(Relation.NAMED, Role.ASSESSOR)),
    Permission.READ_RATINGS: Rule(Thing.ASSESSMENT, _OF_ASSESSMENTS),
    # The chair, and the manager who writes down what they say.
    Permission.AGREE_RATINGS: Rule(
        Thing.ASSESSMENT, _MANAGER | _through(Relation.CHAIRED, Role.QA_CHAIR, Role.SCRUTINEER)
    ),
}

# Which roles whoever holds a role may hand out, as far as it reaches: never above their own.
GRANTABLE: dict[Role, frozenset[Role]] = {
    Role.OPERATOR: frozenset({Role.OPERATOR, Role.MANAGER, Role.TRUST_VIEWER}),
    Role.MANAGER: frozenset(Role) - {Role.OPERATOR, Role.TRUST_VIEWER},
    Role.AGENCY_LEAD: frozenset({Role.CONTRIBUTOR, Role.SIGNATORY, Role.CASE_AUDITOR}),
}

# Whoever has one of these signs in with two factors.
SECOND_FACTOR_ROLES: frozenset[Role] = frozenset(
    {Role.OPERATOR, Role.MANAGER, Role.QA_CHAIR, Role.QA_MEMBER, Role.CASE_AUDITOR}
)
# Whoever has only these may sign in by a link sent by e-mail, where their partnership allows it.
EMAIL_LINK_ROLES: frozenset[Role] = AGENCY_ROLES - SECOND_FACTOR_ROLES

# How long a proof of who one is lasts for what needs a fresh one.
FRESH_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class SessionLimits:
    """How long a browser stays signed in: since it was last used, and altogether."""

    idle: timedelta
    absolute: timedelta


_RESPONDENT_LIMITS = SessionLimits(timedelta(minutes=60), timedelta(hours=12))
_SCRUTINY_LIMITS = SessionLimits(timedelta(minutes=30), timedelta(hours=10))
# Whoever reaches more is signed out sooner; of several roles the strictest counts.
SESSION_LIMITS: dict[Role, SessionLimits] = {
    role: _SCRUTINY_LIMITS if role in SECOND_FACTOR_ROLES else _RESPONDENT_LIMITS for role in Role
}
