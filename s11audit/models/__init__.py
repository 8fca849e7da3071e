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
from s11audit.models.colleagues import DeskVisit, ReadyStandard, ReturnComment
from s11audit.models.events import Event, EventChain
from s11audit.models.evidence import AnswerFile, EvidenceFile
from s11audit.models.filled_forms import FilledForm
from s11audit.models.joining import Invitation, RequestOutcome, TakeoverRequest
from s11audit.models.mail import OutgoingMail, Reminder
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
from s11audit.models.rounds import AuditRound, LocalQuestions
from s11audit.models.side_states import SideState
from s11audit.models.surveys import Survey, SurveyAnswer, SurveyLink, SurveyReply, SurveyResponse

__all__ = [
    "Action",
    "ActionNote",
    "Agency",
    "AgencyReturn",
    "AnswerFile",
    "AuditRound",
    "Base",
    "Delegation",
    "DeskVisit",
    "Event",
    "EventChain",
    "EvidenceFile",
    "FactorKind",
    "FilledForm",
    "Invitation",
    "LocalQuestions",
    "Membership",
    "OpenIdentity",
    "OutgoingMail",
    "ParkedForm",
    "Partnership",
    "QuestionnaireVersion",
    "ReadyStandard",
    "RecoveryCode",
    "Reminder",
    "RequestOutcome",
    "ReturnComment",
    "Score",
    "SecondFactor",
    "SideState",
    "SignInLink",
    "Signature",
    "Snapshot",
    "StoredAnswer",
    "Survey",
    "SurveyAnswer",
    "SurveyLink",
    "SurveyReply",
    "SurveyResponse",
    "TakeoverRequest",
    "Throttle",
    "Trust",
    "User",
    "UserSession",
]
