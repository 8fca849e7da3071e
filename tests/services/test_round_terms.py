"""The guidance and the signatures of a round, which can change until it opens."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import RoundStatus
from s11audit.models import AuditRound, Event
from s11audit.services.refusals import RefusedError
from s11audit.services.round_terms import RoundTerms, change_terms, terms_of
from tests.cast import Cast
from tests.rounds_and_returns import NOON, Opened

WANTED = RoundTerms("Ask Tuesdays.", 2)


@pytest.fixture
def drafted(session: Session, opened: Opened) -> AuditRound:
    found = session.get_one(AuditRound, opened.round_id)
    found.status = RoundStatus.DRAFT
    session.flush()
    return found


def changes(session: Session) -> list[Event]:
    return list(session.scalars(select(Event).filter_by(kind="round-terms-changed")))


def test_a_draft_gets_other_guidance_and_signatures_and_history_says_so_without_the_words(
    session: Session, cast: Cast, drafted: AuditRound
) -> None:
    asked = RoundTerms(f"  {WANTED.guidance}\n", 2)
    assert change_terms(session, drafted, asked, by=cast["Priya"], now=NOON)
    assert terms_of(drafted) == WANTED
    assert not change_terms(session, drafted, WANTED, by=cast["Priya"], now=NOON)
    (event,) = changes(session)
    assert event.detail == {"signatures_needed": 2, "guidance_changed": True}


def test_nothing_changes_once_the_round_is_open(
    session: Session, cast: Cast, drafted: AuditRound
) -> None:
    drafted.status = RoundStatus.OPEN
    session.flush()
    with pytest.raises(StepNotAllowedError):
        change_terms(session, drafted, WANTED, by=cast["Priya"], now=NOON)
    assert terms_of(drafted) != WANTED
    assert changes(session) == []


def test_three_signatures_are_refused(session: Session, cast: Cast, drafted: AuditRound) -> None:
    with pytest.raises(RefusedError) as refused:
        change_terms(session, drafted, RoundTerms("", 3), by=cast["Priya"], now=NOON)
    assert refused.value.field == "signatures_needed"


@pytest.mark.parametrize("name", ["Mo", "Asif", "Olga"])
def test_only_whoever_runs_the_round_changes_them(
    session: Session, cast: Cast, drafted: AuditRound, name: str
) -> None:
    with pytest.raises(PermissionError):
        change_terms(session, drafted, WANTED, by=cast[name], now=NOON)
