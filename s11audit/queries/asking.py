"""What a round asks: the common questionnaire, and the local questions of its partnerships.

Everybody gets the questionnaire of a round from here, so that nobody is shown what another
partnership asks.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.composing import ClashError, LocalPart
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AgencyReturn, AuditRound, LocalQuestions
from s11audit.models.walls import without_walls
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.questionnaires.versions import OtherFingerprintError, UnpublishedQuestionnaireError


class ChangedQuestionnaireError(RuntimeError):
    """The file of a questionnaire is not the one that a round was opened with."""


def questionnaire_of(
    audit_round: AuditRound,
    catalogue: Catalogue,
    *,
    visible_to: Viewer,
    to: Permission = Permission.SCRUTINISE,
) -> Questionnaire:
    """What a round asks, as far as the partnerships see it where the viewer may do this.

    Once the round has opened, that is exactly the text that it was pinned to. Raises
    ChangedQuestionnaireError where no such text is there any more.
    """
    reached = visible_to.partnerships(to)
    seen_in = frozenset(one.reference for one in audit_round.partnerships if one.id in reached)
    common = _common(audit_round, catalogue)
    return catalogue.composed(common, local_parts(audit_round, catalogue, seen_in), seen_in)


def questionnaire_for(agency_return: AgencyReturn, catalogue: Catalogue) -> Questionnaire:
    """What an agency answers in a round: the common questions, and those of each that asks it.

    Raises what `questionnaire_of` does.
    """
    common = _common(agency_return.round, catalogue)
    return catalogue.composed(common, _parts_for(agency_return, catalogue))


def chain_for(agency_return: AgencyReturn, catalogue: Catalogue) -> list[Questionnaire]:
    """What an agency answers, then what that replaces, and so on as far as it can be read.

    The local questions go back step by step with the common ones, so that last time's answers to
    both are brought forward; where there are no older ones, they stay what they are.
    """
    commons = catalogue.chain(_common(agency_return.round, catalogue))
    parts = _parts_for(agency_return, catalogue)
    chains = [(part, catalogue.chain(part.questionnaire)) for part in parts]
    composed = []
    for place, common in enumerate(commons):
        older = [replace(part, questionnaire=chain[: place + 1][-1]) for part, chain in chains]
        try:
            composed.append(catalogue.composed(common, older))
        except ClashError:
            # What is a local standard now was one of all partnerships then: it goes on by its id.
            composed.append(common)
    return composed


def _parts_for(agency_return: AgencyReturn, catalogue: Catalogue) -> list[LocalPart]:
    askers = [partnership.reference for partnership in agency_return.askers]
    return local_parts(agency_return.round, catalogue, askers)


def questionnaire_to_open(audit_round: AuditRound, catalogue: Catalogue) -> Questionnaire:
    """The common questionnaire that a round has when it takes its next step.

    Raises what `questionnaire_of` does, and StepNotAllowedError where the round is not pinned yet
    and the version is not published.
    """
    if audit_round.questionnaire_sha256:
        return _common(audit_round, catalogue)
    return _to_ask(audit_round, catalogue)


def local_questions_to_open(
    session: Session, audit_round: AuditRound, catalogue: Catalogue
) -> list[LocalPart]:
    """The local questions of all partnerships of a draft, to be fixed or compared; shown to nobody.

    The catalogue must be one that holds everybody's uploads. Raises what `questionnaire_to_open`
    does.
    """
    if audit_round.questionnaire_sha256:
        return []
    with without_walls(session):
        found = session.scalars(
            select(LocalQuestions)
            .where(LocalQuestions.round_id == audit_round.id)
            .options(joinedload(LocalQuestions.partnership))
            .order_by(LocalQuestions.partnership_id)
        ).all()
        return [
            LocalPart(one.partnership.reference, one.partnership.name, _to_ask(one, catalogue))
            for one in found
        ]


def local_parts(
    audit_round: AuditRound, catalogue: Catalogue, partnerships: Collection[str]
) -> list[LocalPart]:
    """What these partnerships (references) of a round ask besides, in the order of their names."""
    asked = {one.partnership_id: one for one in audit_round.local_questions}
    return [
        LocalPart(one.reference, one.name, _pinned(asked[one.id], catalogue, audit_round.reference))
        for one in audit_round.partnerships
        if one.id in asked and one.reference in partnerships
    ]


def _common(audit_round: AuditRound, catalogue: Catalogue) -> Questionnaire:
    return _pinned(audit_round, catalogue, audit_round.reference)


def _pinned(
    asking: AuditRound | LocalQuestions, catalogue: Catalogue, reference: str
) -> Questionnaire:
    id_, version = asking.questionnaire_id, asking.questionnaire_version
    try:
        return catalogue.get(id_, version, asking.questionnaire_sha256)
    except OtherFingerprintError as error:
        raise ChangedQuestionnaireError(
            f"Round {reference} was opened with {id_} {version} of fingerprint "
            f"{error.wanted[:12]}, but the file now has {error.found[:12]}: put the original file "
            "back."
        ) from error


def _to_ask(asking: AuditRound | LocalQuestions, catalogue: Catalogue) -> Questionnaire:
    try:
        return catalogue.to_ask(asking.questionnaire_id, asking.questionnaire_version)
    except UnpublishedQuestionnaireError as error:
        raise StepNotAllowedError(str(error)) from error
