"""The blueprint that the views of questionnaires share, and finding the version of an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.versions import FIXED_STATUSES, VersionStatus, version_name
from s11audit.models import QuestionnaireVersion
from s11audit.queries.questionnaires import uploaded_version
from s11audit.questionnaires import QuestionnaireFaultsError, UnknownQuestionnaireError, Version
from s11audit.web.security import db, services, viewer

blueprint = Blueprint("questionnaires", __name__, url_prefix="/questionnaires")


@dataclass(frozen=True)
class Opened:
    """One version, opened to be read.

    `uploaded` is its row, if it is not a file and belongs to a partnership of the viewer's: how it
    came about is nobody else's business.
    """

    version: Version
    questionnaire: Questionnaire
    uploaded: QuestionnaireVersion | None = None

    @property
    def name(self) -> str:
        return version_name(self.version.title, self.version.version)

    @property
    def address(self) -> dict[str, Any]:
        """What every address of a page of this version has."""
        return {"id": self.version.id, "version": self.version.version}

    @property
    def replaced(self) -> Questionnaire | None:
        """The version that this one replaces, where it can be read."""
        chain = services().catalogue.chain(self.questionnaire)
        return chain[1] if len(chain) > 1 else None

    @property
    def to_publish_first(self) -> str:
        """The replaced version, where it can still change and so keeps this one unpublished."""
        replaced = self.replaced
        if self.version.status is not VersionStatus.PROPOSED or replaced is None:
            return ""
        held = services().catalogue.version(replaced.id, replaced.version)
        return "" if held.status in FIXED_STATUSES else held.version

    @property
    def unchecked(self) -> dict[str, list[Question]]:
        """Citations whose edition nobody has checked → the questions that rest on them."""
        found: dict[str, list[Question]] = {}
        for question in self.questionnaire.questions():
            for cite in question.cites:
                if not cite.checked and question not in found.setdefault(str(cite), []):
                    found[str(cite)].append(question)
        return found


def open_version(id: str, version: str) -> Opened:
    """The version of this address; a draft of another partnership is not found.

    Raises QuestionnaireFaultsError.
    """
    catalogue = services().catalogue
    try:
        found = catalogue.version(id, version)
        questionnaire = catalogue.get(id, version)
    except UnknownQuestionnaireError:
        abort(404)
    row = uploaded_version(db(), id, version, visible_to=viewer()) if found.is_uploaded else None
    is_ours = row is not None and viewer().may_in_partnership(
        Permission.SEE_QUESTIONNAIRES, row.partnership_id
    )
    return Opened(found, questionnaire, row if is_ours else None)


def sound_version(id: str, version: str) -> Opened:
    """The same for pages that cannot say anything of a version with faults."""
    try:
        return open_version(id, version)
    except QuestionnaireFaultsError:
        abort(404)
