"""Tables. One file a word; import the classes from here."""

from s11audit.models.account import (
    FactorKind,
    OpenIdentity,
    ParkedForm,
    RecoveryCode,
    SecondFactor,
    SignInLink,
    Throttle,
    UserSession,
)
from s11audit.models.actions import Action, ActionNote
from s11audit.models.base import Base
from s11audit.models.events import Event, EventChain
from s11audit.models.joining import Invitation, RequestOutcome, TakeoverRequest
from s11audit.models.mail import OutgoingMail
from s11audit.models.people import Agency, Membership, Partnership, Trust, User
from s11audit.models.questionnaires import QuestionnaireVersion
from s11audit.models.returns import (
    AgencyReturn,
    Delegation,
    Score,
    Signature,
    Snapshot,
    StoredAnswer,
)
from s11audit.models.rounds import AuditRound

__all__ = [
    "Action",
    "ActionNote",
    "Agency",
    "AgencyReturn",
    "AuditRound",
    "Base",
    "Delegation",
    "Event",
    "EventChain",
    "FactorKind",
    "Invitation",
    "Membership",
    "OpenIdentity",
    "OutgoingMail",
    "ParkedForm",
    "Partnership",
    "QuestionnaireVersion",
    "RecoveryCode",
    "RequestOutcome",
    "Score",
    "SecondFactor",
    "SignInLink",
    "Signature",
    "Snapshot",
    "StoredAnswer",
    "TakeoverRequest",
    "Throttle",
    "Trust",
    "User",
    "UserSession",
]
