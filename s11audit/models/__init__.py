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
from s11audit.models.assessments import AgreedRating, Assessment, Assessor
from s11audit.models.base import Base
from s11audit.models.case_audits import (
    AskedAgency,
    CaseAudit,
    CohortEntry,
    PanelMember,
    SampleSize,
)
from s11audit.models.cases import (
    AgreedGrade,
    AuditCase,
    CaseEvent,
    CaseFile,
    CaseView,
    ImmediateConcern,
    PanelNote,
)
from s11audit.models.colleagues import DeskVisit, ReadyStandard, ReturnComment
from s11audit.models.events import Event, EventChain
from s11audit.models.evidence import AnswerFile, EvidenceFile
from s11audit.models.filled_forms import FilledForm
from s11audit.models.joining import Invitation, RequestOutcome, TakeoverRequest
from s11audit.models.learning import (
    AuditMeasure,
    Briefing,
    CaseDeletion,
    Finding,
    Recommendation,
)
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
from s11audit.models.sheets import AnswerSheet, SheetAnswer
from s11audit.models.side_states import SideState
from s11audit.models.surveys import Survey, SurveyAnswer, SurveyLink, SurveyReply, SurveyResponse

__all__ = [
    "Action",
    "ActionNote",
    "Agency",
    "AgencyReturn",
    "AgreedGrade",
    "AgreedRating",
    "AnswerFile",
    "AnswerSheet",
    "AskedAgency",
    "Assessment",
    "Assessor",
    "AuditCase",
    "AuditMeasure",
    "AuditRound",
    "Base",
    "Briefing",
    "CaseAudit",
    "CaseDeletion",
    "CaseEvent",
    "CaseFile",
    "CaseView",
    "CohortEntry",
    "Delegation",
    "DeskVisit",
    "Event",
    "EventChain",
    "EvidenceFile",
    "FactorKind",
    "FilledForm",
    "Finding",
    "ImmediateConcern",
    "Invitation",
    "LocalQuestions",
    "Membership",
    "OpenIdentity",
    "OutgoingMail",
    "PanelMember",
    "PanelNote",
    "ParkedForm",
    "Partnership",
    "QuestionnaireVersion",
    "ReadyStandard",
    "Recommendation",
    "RecoveryCode",
    "Reminder",
    "RequestOutcome",
    "ReturnComment",
    "SampleSize",
    "Score",
    "SecondFactor",
    "SheetAnswer",
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
