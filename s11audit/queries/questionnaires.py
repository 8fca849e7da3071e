"""Versions of questionnaires that were uploaded, and the answers held to any version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.versions import FIXED_STATUSES
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import (
    AgencyReturn,
    Assessment,
    AuditRound,
    LocalQuestions,
    QuestionnaireVersion,
    StoredAnswer,
)
from s11audit.models.people import agency_partnerships
from s11audit.models.rounds import round_partnerships
from s11audit.queries import reach
from s11audit.queries.returns import is_given
from s11audit.questionnaires.faults import Fault
from s11audit.questionnaires.shelves import Shelved, Text

# Types whose held values are worth telling apart although they cannot be listed.
_COUNTED_BY_VALUE = frozenset({"number", "money"})
_KEPT = "uploaded versions"


@dataclass(frozen=True)
class _Row:
    id: int
    shelved: Shelved
    sha256: str


class UploadedVersions:
    """The shelf of versions that were uploaded, as one viewer may see it.

    What is there is asked for once a session and viewer, without the texts. `session` and `viewer`
    are asked for at every look, so that one catalogue can serve every request. Nobody sees nothing.
    """

    def __init__(self, session: Callable[[], Session], viewer: Callable[[], Viewer | None]) -> None:
        self._session = session
        self._viewer = viewer

    def find(self, id_: str, version: str) -> Shelved | None:
        named = (id_, version)
        return next((shelved for shelved in self.all() if shelved.named == named), None)

    def all(self) -> list[Shelved]:
        return [row.shelved for row in self._rows()]

    def text(self, shelved: Shelved) -> Text:
        row = next(row for row in self._rows() if row.shelved.named == shelved.named)
        source = select(QuestionnaireVersion.source).where(QuestionnaireVersion.id == row.id)
        return row.sha256, lambda: self._session().scalars(source).one().encode("utf-8")

    def faults(self) -> list[Fault]:
        return []

    def _rows(self) -> list[_Row]:
        viewer = self._viewer()
        if viewer is None:
            return []
        session = self._session()
        kept: dict[Viewer, list[_Row]] = session.info.setdefault(_KEPT, {})
        if viewer not in kept:
            kept[viewer] = _rows(session, viewer)
        return kept[viewer]


def look_again(session: Session) -> None:
    """Forget what was uploaded, because that has just changed."""
    session.info.pop(_KEPT, None)


def _rows(session: Session, viewer: Viewer) -> list[_Row]:
    table = QuestionnaireVersion
    found = session.execute(
        select(
            table.id,
            table.questionnaire_id,
            table.version,
            table.status,
            table.sha256,
            table.published_at,
            table.withdrawn_at,
            table.partnership_id,
        )
        .where(_sees(viewer))
        .order_by(table.questionnaire_id, table.version)
    )
    return [_Row(row.id, _shelved(row), row.sha256) for row in found]


def _shelved(row: Any) -> Shelved:
    return Shelved(
        row.questionnaire_id,
        row.version,
        row.status,
        place=f"uploaded {row.questionnaire_id}/{row.version}.yaml",
        sha256=row.sha256 if row.status in FIXED_STATUSES else "",
        published_on=_day(row.published_at),
        withdrawn_on=_day(row.withdrawn_at),
        partnership_id=row.partnership_id,
    )


def _day(moment: datetime | None) -> date | None:
    return today_in_london(moment) if moment else None


def uploaded_versions(session: Session, *, visible_to: Viewer) -> list[QuestionnaireVersion]:
    """Every uploaded version that the viewer may see, with who uploaded and published it."""
    return list(
        session.scalars(
            _with_people()
            .where(_sees(visible_to))
            .order_by(QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.version)
        )
    )


def uploaded_version(
    session: Session, id_: str, version: str, *, visible_to: Viewer
) -> QuestionnaireVersion | None:
    """One uploaded version, or None where there is none that the viewer may see."""
    return session.scalars(
        _with_people().where(
            QuestionnaireVersion.questionnaire_id == id_,
            QuestionnaireVersion.version == version,
            _sees(visible_to),
        )
    ).one_or_none()


def held_answers(
    session: Session, questionnaire: Questionnaire, *, visible_to: Viewer
) -> dict[str, dict[str, int]]:
    """How many answers are held to each question of a version: key → stored value → number.

    Answers from lists and numbers are told apart by value; all others are counted under "". Only
    rounds that the viewer may see are looked at, and only answers to questions that are asked, not
    those of last time that wait to be confirmed.
    """
    by_value = [
        question.key
        for question in questionnaire.questions()
        if type_of(question).codes(question) is not None or question.type in _COUNTED_BY_VALUE
    ]
    value = case((StoredAnswer.question_key.in_(by_value), StoredAnswer.value), else_="")
    counts = session.execute(
        select(StoredAnswer.question_key, value, func.count())
        .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
        .join(AuditRound, AuditRound.id == AgencyReturn.round_id)
        .where(
            _asks(questionnaire),
            reach.returns(visible_to, Permission.SEE_ROUNDS),
            is_given(),
            StoredAnswer.value != "",
        )
        .group_by(StoredAnswer.question_key, value)
    )
    held: dict[str, dict[str, int]] = {}
    for key, stored, number in counts:
        held.setdefault(key, {})[stored] = number
    return held


def _asks(questionnaire: Questionnaire) -> ColumnElement[bool]:
    """The round asks this version of everybody, or as somebody's local questions."""
    local = LocalQuestions
    return or_(
        and_(
            AuditRound.questionnaire_id == questionnaire.id,
            AuditRound.questionnaire_version == questionnaire.version,
        ),
        AuditRound.id.in_(
            select(local.round_id).where(
                local.questionnaire_id == questionnaire.id,
                local.questionnaire_version == questionnaire.version,
            )
        ),
    )


def _with_people() -> Select[QuestionnaireVersion]:
    table = QuestionnaireVersion
    return select(table).options(
        joinedload(table.partnership),
        joinedload(table.uploaded_by),
        joinedload(table.proposed_by),
        joinedload(table.published_by),
    )


def _sees(viewer: Viewer) -> ColumnElement[bool]:
    """Every version of the viewer's own partnerships, and published ones that they are asked."""
    table = QuestionnaireVersion
    ours = table.partnership_id.in_(viewer.partnerships(Permission.SEE_QUESTIONNAIRES))
    asked = or_(_is_asked(viewer), _is_asked_locally(viewer), _is_assessed(viewer))
    return or_(ours, and_(table.status.in_(FIXED_STATUSES), asked))


def _is_assessed(viewer: Viewer) -> ColumnElement[bool]:
    """A joint assessment of theirs asks this version."""
    table = QuestionnaireVersion
    return (
        select(Assessment.id)
        .where(
            Assessment.questionnaire_id == table.questionnaire_id,
            Assessment.questionnaire_version == table.version,
            Assessment.partnership_id == table.partnership_id,
            reach.assessments(viewer, Permission.SEE_ASSESSMENTS),
        )
        .exists()
    )


def _is_asked(viewer: Viewer) -> ColumnElement[bool]:
    """A round of theirs asks this version, or another of its uploader's to the same questionnaire.

    Those others are what it replaces: what changed, and last time's answers, hang on them.
    """
    table, hosts = QuestionnaireVersion, round_partnerships.c
    partnerships, agencies = _places(viewer)
    answering = select(AgencyReturn.round_id).where(AgencyReturn.agency_id.in_(agencies))
    uploaders = select(hosts.partnership_id).where(hosts.round_id == AuditRound.id)
    return (
        select(AuditRound.id)
        .where(
            AuditRound.questionnaire_id == table.questionnaire_id,
            or_(
                AuditRound.questionnaire_version == table.version,
                table.partnership_id.in_(uploaders),
            ),
            or_(
                AuditRound.id.in_(reach.rounds_of(partnerships)),
                and_(AuditRound.id.in_(answering), AuditRound.status != RoundStatus.DRAFT),
            ),
        )
        .exists()
    )


def _is_asked_locally(viewer: Viewer) -> ColumnElement[bool]:
    """One of the viewer's partnerships, or of their agencies', asks this besides the common ones.

    Also the versions that it replaces, for the same reasons.
    """
    table, local = QuestionnaireVersion, LocalQuestions
    partnerships, agencies = _places(viewer)
    homes = select(agency_partnerships.c.partnership_id).where(
        agency_partnerships.c.agency_id.in_(agencies)
    )
    answering = select(AgencyReturn.round_id).where(AgencyReturn.agency_id.in_(agencies))
    return (
        select(local.round_id)
        .join(AuditRound, AuditRound.id == local.round_id)
        .where(
            local.questionnaire_id == table.questionnaire_id,
            local.partnership_id == table.partnership_id,
            or_(
                local.partnership_id.in_(partnerships),
                and_(
                    local.partnership_id.in_(homes),
                    local.round_id.in_(answering),
                    AuditRound.status != RoundStatus.DRAFT,
                ),
            ),
        )
        .exists()
    )


def _places(viewer: Viewer) -> tuple[list[int], list[int]]:
    """Ids of the partnerships and of the agencies that the viewer has roles for."""
    return (
        [one.partnership_id for one in viewer.grants if one.partnership_id is not None],
        [one.agency_id for one in viewer.grants if one.agency_id is not None],
    )
