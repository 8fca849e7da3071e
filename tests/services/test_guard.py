"""The history of findings: kinds and boxes, and nothing of what was typed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.guard import Kind
from s11audit.domain.guard.policy import Reason
from s11audit.models import Agency, Event
from s11audit.services.guard import Finding, Outcome, remember_findings
from tests.cast import Cast
from tests.rounds_and_returns import NOON


def test_each_finding_is_an_event_of_its_own_that_says_kind_box_and_reason(
    session: Session, cast: Cast
) -> None:
    police = session.get_one(Agency, cast.agencies["POL"])
    findings = [
        Finding(Outcome.BLOCKED, Kind.NHS_NUMBER, "comment"),
        Finding(Outcome.CONFIRMED, Kind.NAME, "comment", Reason.ROLE),
    ]
    asif = cast["Asif"].user_id
    remember_findings(session, findings, "agency POL", of=police, by=asif, now=NOON)
    events = list(session.scalars(select(Event).where(Event.kind.like("identifier-%"))))
    assert [(one.kind, one.detail) for one in events] == [
        ("identifier-blocked", {"looks_like": "nhs-number", "box": "comment"}),
        (
            "identifier-confirmed",
            {"looks_like": "name", "box": "comment", "reason": "published-role"},
        ),
    ]
    assert {one.agency_id for one in events} == {police.id}


def test_nothing_found_is_nothing_remembered(session: Session) -> None:
    before = len(list(session.scalars(select(Event))))
    remember_findings(session, [], "agency POL", of=None, by=None, now=NOON)
    assert len(list(session.scalars(select(Event)))) == before
