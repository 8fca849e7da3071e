"""Surveys of practitioners: a link for each agency, and answers that name nobody."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.surveys import LinkState, SurveyStatus, link_state
from s11audit.domain.viewers import Place
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.people import Agency, Partnership
from s11audit.models.rounds import AuditRound


class Survey(Base):
    """A survey of one partnership.

    The questionnaire is pinned by id, version and SHA-256 when it opens. `audit_round` is the round
    whose ratings stand beside its answers, where one was chosen. It takes answers from `opens_on`
    to the end of `closes_on`, unless it is closed before.
    """

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    questionnaire_id: Mapped[str] = mapped_column(String(100))
    questionnaire_version: Mapped[str] = mapped_column(String(40))
    questionnaire_sha256: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[SurveyStatus] = mapped_column(Code(SurveyStatus), default=SurveyStatus.DRAFT)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    audit_round_id: Mapped[int | None] = mapped_column(ForeignKey("audit_rounds.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    partnership: Mapped[Partnership] = relationship()
    audit_round: Mapped[AuditRound | None] = relationship()


class SurveyLink(Base):
    """The link that the people of one agency answer by.

    Its token is found by its digest, and sealed for whoever runs the survey, who may look at it
    again. `agency_type` is what the agency was when it was added: groups of agencies must not
    change once answers are shown. `staff` is how many people it has, where it said so.
    """

    __tablename__ = "survey_links"
    __table_args__ = (UniqueConstraint("survey_id", "agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    agency_type: Mapped[str] = mapped_column(String(40))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[str] = mapped_column(Text)
    staff: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime())
    survey: Mapped[Survey] = relationship()
    agency: Mapped[Agency] = relationship()

    def state(self, today: date) -> LinkState:
        """What whoever follows it meets today."""
        survey = self.survey
        return link_state(
            survey.status, survey.opens_on, survey.closes_on, self.ended_at is not None, today
        )

    @property
    def place(self) -> Place:
        return Place(self.agency_id, self.agency_type, frozenset({self.partnership_id}))


class SurveyResponse(Base):
    """That somebody of an agency answered on a day. Who, from where and when is kept nowhere.

    The id is random, so that it does not tell the order in which people answered.
    """

    __tablename__ = "survey_responses"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("survey_links.id"), index=True)
    answered_on: Mapped[date]


class SurveyAnswer(Base):
    """One answer of one response."""

    __tablename__ = "survey_answers"

    response_id: Mapped[str] = mapped_column(ForeignKey("survey_responses.id"), primary_key=True)
    question_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class SurveyReply(Base):
    """One thing that the staff of an agency said, and what was done: “you said, we did”.

    It is shown to staff from `published_at` on.
    """

    __tablename__ = "survey_replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("survey_links.id"), index=True)
    said: Mapped[str] = mapped_column(Text)
    did: Mapped[str] = mapped_column(Text)
    done_on: Mapped[date]
    written_at: Mapped[datetime] = mapped_column(UtcTime())
    published_at: Mapped[datetime | None] = mapped_column(UtcTime())
    link: Mapped[SurveyLink] = relationship()
