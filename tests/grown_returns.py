"""Rounds of a questionnaire that grows (tests/questionnaires/grown), one of each version."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import AgencyReturn, AuditRound
from s11audit.queries.returns import latest_snapshot
from s11audit.services.answer_changes import Change
from s11audit.services.answers import Saved, save_answers, start_return
from s11audit.services.returns import send_for_sign_off, sign_and_submit
from tests.cast import Cast
from tests.rounds_and_returns import NEVER, delegate, return_named

# When the round of each version was answered.
MOMENTS = {
    "1": datetime(2022, 3, 3, 12, tzinfo=UTC),
    "2": datetime(2024, 3, 3, 12, tzinfo=UTC),
    "3": datetime(2026, 3, 3, 12, tzinfo=UTC),
}
TODAY = MOMENTS["3"].date()

# What the police answered in version 1; a test changes what it is about.
FIRST = {
    "leadership.lead": Answer("met", comment="The deputy leads.", evidence="Chart"),
    "leadership.policy": Answer("met", comment="All know it."),
    "leadership.checks": Answer("met", comment="All are checked."),
    "leadership.references": Answer("met", comment="Two are taken."),
    "leadership.training": Answer("met", comment="Every year."),
    "leadership.staff": Answer("80"),
    "leadership.has-volunteers": Answer("no"),
    "leadership.whistle": Answer("They telephone."),
    "leadership.statement": Answer("yes"),
    "leadership.fax": Answer("01632 960000"),
}


def open_version(
    session: Session, cast: Cast, questionnaire: Questionnaire, agency: str = "POL"
) -> AgencyReturn:
    """A return of this version in an open round of its own; its reference is `G<version>-POL`."""
    moment = MOMENTS[questionnaire.version]
    reference = f"G{questionnaire.version}"
    if agency != "POL":
        reference += f"-of-{agency}"
    audit_round = AuditRound(
        partnership_id=cast.partnerships["DOWN"],
        reference=reference,
        title=f"Audit of {moment.year}",
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        questionnaire_sha256=questionnaire.sha256,
        status=RoundStatus.OPEN,
        opens_on=moment.date(),
        due_on=date(moment.year, 12, 1),
        closes_on=NEVER,
        created_at=moment,
    )
    session.add(audit_round)
    session.flush()
    made = AgencyReturn(
        round_id=audit_round.id,
        agency_id=cast.agencies[agency],
        reference=f"G{questionnaire.version}-{agency}",
        due_on=audit_round.due_on,
    )
    session.add(made)
    session.flush()
    if agency == "POL":
        delegate(session, cast, made.reference, [one.id for one in questionnaire.standards])
    return return_named(session, made.reference)


def submit_version(
    session: Session,
    cast: Cast,
    questionnaire: Questionnaire,
    answers: dict[str, Answer],
    *,
    agency: str = "POL",
    by: tuple[str, str] = ("Asif", "Ines"),
) -> AgencyReturn:
    """A submitted return of this version with these answers; nothing is brought forward into it."""
    made = open_version(session, cast, questionnaire, agency)
    lead, signatory = (cast[name] for name in by)
    moment = MOMENTS[questionnaire.version]
    changes = [Change(key, answer, Answer().digest) for key, answer in answers.items()]
    save_answers(session, made, questionnaire, changes, by=lead, now=moment)
    session.refresh(made)
    sign(session, made, questionnaire, lead, signatory)
    return made


def sign(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    lead: Viewer,
    signatory: Viewer,
) -> None:
    """Freeze, sign and submit a return that lacks nothing."""
    moment = MOMENTS[questionnaire.version]
    send_for_sign_off(session, agency_return, questionnaire, by=lead, now=moment)
    snapshot = latest_snapshot(session, agency_return.id)
    assert snapshot is not None
    sign_and_submit(
        session,
        agency_return,
        questionnaire,
        snapshot_sha256=snapshot.sha256,
        post="Chief Officer",
        by=signatory,
        now=moment,
    )


def begin(
    session: Session, agency_return: AgencyReturn, chain: list[Questionnaire], by: Viewer
) -> Saved:
    """Start a return as its button does."""
    moment = MOMENTS[chain[0].version]
    saved = start_return(session, agency_return, chain, by=by, now=moment)
    session.refresh(agency_return)
    return saved
