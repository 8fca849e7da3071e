"""A small questionnaire and a round of it, put into the database row by row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from s11audit.domain.actions import ActionSource, ActionStatus
from s11audit.domain.answers import level_of
from s11audit.domain.audience import Audience, Respondent
from s11audit.domain.conditions import Is
from s11audit.domain.questionnaire import (
    ActionRule,
    EvidenceRule,
    Kind,
    Question,
    Questionnaire,
    Standard,
)
from s11audit.domain.ratings import Rag, Side
from s11audit.domain.routing import route
from s11audit.domain.scales import Level, Scale
from s11audit.domain.scoring import Scorecard, score
from s11audit.domain.workflow import SUBMITTED_STATUSES, ReturnStatus, RoundStatus
from s11audit.models import Action, AgencyReturn, AuditRound, Score, StoredAnswer
from s11audit.models.returns import WHOLE_RETURN

EXPORTED_AT = datetime(2026, 6, 15, 13, 5, tzinfo=UTC)  # 2.05pm in London
SUBMITTED_AT = datetime(2026, 5, 20, 8, 30, tzinfo=UTC)  # 9.30am in London

COMPLIANCE = Scale(
    "compliance",
    (
        Level("met", "Fully met", rag=Rag.GREEN),
        Level("partly-met", "Partly met", rag=Rag.AMBER),
        Level("not-met", "Not met", rag=Rag.RED),
        Level("not-applicable", "Not applicable", applicable=False, needs_reason=True),
    ),
)


def rating(key: str, title: str, **more: Any) -> Question:
    return Question(
        key,
        title,
        "rating",
        f"How well is “{title}” met?",
        scale=COMPLIANCE,
        evidence=EvidenceRule.OPTIONAL,
        action=ActionRule.WHEN_RED_OR_AMBER,
        **more,
    )


QUESTIONNAIRE = Questionnaire(
    id="tiny",
    version="2026",
    kind=Kind.SELF_ASSESSMENT,
    title="Tiny self-assessment",
    scales={"compliance": COMPLIANCE},
    sha256="5" * 64,
    standards=(
        Standard(
            "leadership",
            "Leadership",
            (
                rating("leadership.board-lead", "Board lead", critical=True),
                Question("leadership.has-plan", "Has a plan", "yes-no", "Is there a plan?"),
                Question(
                    "leadership.plan-date",
                    "Plan's date",
                    "date",
                    "When was the plan agreed?",
                    when=Is("leadership.has-plan", "yes"),
                ),
                Question("leadership.staff", "Staff", "number", "How many staff?", unit="people"),
            ),
        ),
        Standard(
            "voice",
            "Voice of the child",
            (
                rating("voice.views", "Views"),
                rating("voice.heard", "Heard"),
                Question("voice.note", "Note", "long-text", "Anything else?", required=False),
            ),
        ),
        Standard(
            "custody",
            "Children in custody",
            (rating("custody.adult", "Appropriate adult"),),
            audience=Audience(frozenset({"police"})),
        ),
    ),
)


def make_round(session: Session, partnership_id: int, reference: str = "S11-2026") -> AuditRound:
    audit_round = AuditRound(
        partnership_id=partnership_id,
        reference=reference,
        title="Section 11 audit 2026",
        questionnaire_id="tiny",
        questionnaire_version="2026",
        questionnaire_sha256=QUESTIONNAIRE.sha256,
        status=RoundStatus.OPEN,
        opens_on=date(2026, 4, 1),
        due_on=date(2026, 5, 31),
        closes_on=date(2026, 6, 30),
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    session.add(audit_round)
    session.flush()
    return audit_round


def add_return(
    session: Session,
    audit_round: AuditRound,
    agency_id: int,
    agency_type: str,
    status: ReturnStatus,
    answers: Mapping[str, str | dict[str, Any]] | None = None,
    questionnaire: Questionnaire = QUESTIONNAIRE,
) -> AgencyReturn:
    """A return with its answers (key → value, or columns of the row) and its scorecards."""
    submitted = status in SUBMITTED_STATUSES
    agency_return = AgencyReturn(
        round_id=audit_round.id,
        agency_id=agency_id,
        reference=f"{audit_round.reference}-{agency_id}",
        status=status,
        due_on=audit_round.due_on,
        submitted_at=SUBMITTED_AT if submitted else None,
        receipt=f"{audit_round.reference}-{agency_id}-7F3K" if submitted else None,
    )
    session.add(agency_return)
    session.flush()
    columns = {
        key: given if isinstance(given, dict) else {"value": given}
        for key, given in (answers or {}).items()
    }
    values = {key: row.get("value", "") for key, row in columns.items()}
    asked = route(questionnaire, Respondent(agency_type), values)
    for key, row in columns.items():
        level = level_of(questionnaire.by_key[key], values[key])
        session.add(
            StoredAnswer(
                return_id=agency_return.id,
                question_key=key,
                is_asked=asked.asks(key),
                rag=level.rag if level and level.rag else "",
                updated_at=SUBMITTED_AT,
                **row,
            )
        )
    if status is not ReturnStatus.NOT_STARTED:
        scored = score(questionnaire, Respondent(agency_type), values)
        for standard_id, card in {WHOLE_RETURN: scored.overall, **scored.standards}.items():
            session.add(_stored(agency_return, standard_id, card))
    session.flush()
    return agency_return


def _stored(agency_return: AgencyReturn, standard_id: str, card: Scorecard) -> Score:
    return Score(
        return_id=agency_return.id,
        standard_id=standard_id,
        side=Side.SELF,
        visible=card.visible,
        required=card.required,
        answered=card.answered,
        red=card.red,
        amber=card.amber,
        green=card.green,
        not_applicable=card.not_applicable,
        unanswered=card.unanswered,
        unrated=card.unrated,
        points=str(card.points),
        maximum=card.maximum,
        strict_maximum=card.strict_maximum,
        rating=card.rating,
        because=card.because,
    )


def add_action(
    session: Session,
    agency_return: AgencyReturn,
    number: int,
    key: str,
    status: ActionStatus,
    due_on: date,
    **more: Any,
) -> Action:
    facts = {"what": "Write it down", "post": "Head of safeguarding", **more}
    action = Action(
        reference=f"{agency_return.reference}-A{number}",
        agency_id=agency_return.agency_id,
        round_id=agency_return.round_id,
        return_id=agency_return.id,
        source=ActionSource.ANSWER,
        question_key=key,
        due_on=due_on,
        status=status,
        created_at=SUBMITTED_AT,
        **facts,
    )
    session.add(action)
    session.flush()
    return action
