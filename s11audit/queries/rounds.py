"""Rounds as their pages show them."""

from __future__ import annotations

from s11audit.domain.questionnaire import Questionnaire
from s11audit.models import AuditRound
from s11audit.questionnaires.catalogue import Catalogue


class ChangedQuestionnaireError(RuntimeError):
    """The file of a questionnaire is not the one that a round was opened with."""


def questionnaire_of(audit_round: AuditRound, catalogue: Catalogue) -> Questionnaire:
    """The questionnaire version that a round asks; once opened, exactly the file it was pinned to.

    Raises ChangedQuestionnaireError where the file has changed since.
    """
    questionnaire = catalogue.get(audit_round.questionnaire_id, audit_round.questionnaire_version)
    pinned = audit_round.questionnaire_sha256
    if pinned and questionnaire.sha256 != pinned:
        raise ChangedQuestionnaireError(
            f"Round {audit_round.reference} was opened with {questionnaire.id} "
            f"{questionnaire.version} of fingerprint {pinned[:12]}, but the file now has "
            f"{questionnaire.sha256[:12]}: put the original file back."
        )
    return questionnaire
