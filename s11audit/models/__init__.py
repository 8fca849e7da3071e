"""Tables. One file a word; import the classes from here."""

from s11audit.models.actions import Action, ActionNote
from s11audit.models.base import Base
from s11audit.models.events import Event, EventChain
from s11audit.models.people import Agency, Membership, Partnership, User, UserSession
from s11audit.models.questionnaires import QuestionnaireVersion
from s11audit.models.returns import AgencyReturn, Score, Signature, Snapshot, StoredAnswer
from s11audit.models.rounds import AuditRound

__all__ = [
    "Action",
    "ActionNote",
    "Agency",
    "AgencyReturn",
    "AuditRound",
    "Base",
    "Event",
    "EventChain",
    "Membership",
    "Partnership",
    "QuestionnaireVersion",
    "Score",
    "Signature",
    "Snapshot",
    "StoredAnswer",
    "User",
    "UserSession",
]
