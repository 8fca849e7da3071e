"""A round of the small questionnaire (tests/questionnaires/small), and ways to fill its returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Delegation
from s11audit.queries.returns import answers_of, latest_snapshot
from s11audit.services.answer_changes import Change
from s11audit.services.answers import Saved, save_answers
from s11audit.services.returns import send_for_sign_off, sign_and_submit
from tests.cast import Cast

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
IN_SPRING = date(2027, 3, 31)
# Pages go by the real clock: the round of the tests must not close because time goes by.
NEVER = date(2199, 1, 15)

# Everything that the police are asked, fit to be signed: one red with its action.
COMPLETE = {
    "leadership.board-lead": Answer("met", comment="The deputy leads.", evidence="Structure chart"),
    "leadership.has-volunteers": Answer("no"),
    "leadership.last-report": Answer("2026-10-01"),
    "training.staff": Answer("120"),
    "training.format": Answer("room"),
    "custody.children": Answer(
        "not-met", promise=Promise("Open a separate room", "Head of Custody", IN_SPRING)
    ),
    "custody.post": Answer("Head of Custody"),
}


@dataclass(frozen=True)
class Opened:
    """An open round and its questionnaire; references are `R1-POL`, `R1-HOSP` and `R1-SCH`."""

    round_id: int
    questionnaire: Questionnaire


def open_round(session: Session, cast: Cast, questionnaire: Questionnaire) -> Opened:
    """Round R1 of the Downshire partnership, open to its three agencies.

    Bea, who helps the police, may answer all of their standards.
    """
    audit_round = AuditRound(
        partnership_id=cast.partnerships["DOWN"],
        reference="R1",
        title="Section 11 audit 2026",
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        questionnaire_sha256=questionnaire.sha256,
        status=RoundStatus.OPEN,
        opens_on=date(2026, 10, 1),
        due_on=date(2026, 12, 18),
        closes_on=NEVER,
        created_at=NOON,
    )
    session.add(audit_round)
    session.flush()
    for reference in ("POL", "HOSP", "SCH"):
        session.add(
            AgencyReturn(
                round_id=audit_round.id,
                agency_id=cast.agencies[reference],
                reference=f"R1-{reference}",
                due_on=audit_round.due_on,
            )
        )
    session.flush()
    delegate(session, cast, "R1-POL", [standard.id for standard in questionnaire.standards])
    return Opened(audit_round.id, questionnaire)


def delegate(
    session: Session, cast: Cast, reference: str, standards: Sequence[str], name: str = "Bea"
) -> None:
    """Let somebody answer these standards of a return, and no others."""
    found = return_named(session, reference)
    held = select(Delegation).where(
        Delegation.return_id == found.id, Delegation.user_id == cast[name].user_id
    )
    for row in session.scalars(held):
        session.delete(row)
    session.flush()
    session.add_all(
        Delegation(
            return_id=found.id, user_id=cast[name].user_id, standard_id=standard, given_at=NOON
        )
        for standard in standards
    )
    session.flush()


def return_named(session: Session, reference: str) -> AgencyReturn:
    """A return with all that its pages read of its round and agency."""
    found = (
        select(AgencyReturn)
        .options(
            joinedload(AgencyReturn.agency).joinedload(Agency.partnerships),
            joinedload(AgencyReturn.round).joinedload(AuditRound.partnerships),
        )
        .where(AgencyReturn.reference == reference)
    )
    return session.scalars(found).unique().one()


def fill(
    session: Session,
    reference: str,
    opened: Opened,
    answers: dict[str, Answer],
    *,
    by: Viewer,
    now: datetime = NOON,
) -> Saved:
    """Save these answers as somebody who has just looked at the return."""
    agency_return = return_named(session, reference)
    held = answers_of(session, agency_return.id)
    changes = [
        Change(key, answer, held[key].answer.digest if key in held else Answer().digest)
        for key, answer in answers.items()
    ]
    saved = save_answers(session, agency_return, opened.questionnaire, changes, by=by, now=now)
    session.refresh(agency_return)
    return saved


def submit(
    session: Session, opened: Opened, cast: Cast, answers: dict[str, Answer]
) -> AgencyReturn:
    """Take the police's return all the way: filled, frozen, signed by the chief officer."""
    fill(session, "R1-POL", opened, answers, by=cast["Asif"])
    agency_return = return_named(session, "R1-POL")
    send_for_sign_off(session, agency_return, opened.questionnaire, by=cast["Asif"], now=NOON)
    snapshot = latest_snapshot(session, agency_return.id)
    assert snapshot is not None
    sign_and_submit(
        session,
        agency_return,
        opened.questionnaire,
        snapshot_sha256=snapshot.sha256,
        post="Chief Officer",
        by=cast["Ines"],
        now=NOON,
    )
    return agency_return
