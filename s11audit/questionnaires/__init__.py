"""Questionnaire files: read, checked in full, and turned into domain objects."""

from __future__ import annotations

from s11audit.questionnaires.answer_files import AnswerFile, load_answers
from s11audit.questionnaires.catalogue import Catalogue, shipped_catalogue
from s11audit.questionnaires.faults import Fault, QuestionnaireFaultsError
from s11audit.questionnaires.loading import check, load, load_text
from s11audit.questionnaires.versions import (
    OtherFingerprintError,
    UnknownQuestionnaireError,
    UnpublishedQuestionnaireError,
    Version,
)

__all__ = [
    "AnswerFile",
    "Catalogue",
    "Fault",
    "OtherFingerprintError",
    "QuestionnaireFaultsError",
    "UnknownQuestionnaireError",
    "UnpublishedQuestionnaireError",
    "Version",
    "check",
    "load",
    "load_answers",
    "load_text",
    "shipped_catalogue",
]
