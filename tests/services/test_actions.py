"""Actions follow what signed returns promise, and move one step at a time."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.actions import ActionSource, ActionStatus, Promise
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import Action, AgencyReturn, Event
from s11audit.services.actions import (
    ChangedActionError,
    add_note,
    make_actions_of,
    take_action_step,
)
from s11audit.services.refusals import RefusedError
from tests.cast import Cast
from tests.rounds_and_returns import IN_SPRING, NOON, Opened, return_named

ROOM = Promise("Open a separate room", "Head of Custody", IN_SPRING)
LEAD = Promise("Name a lead", "Deputy", IN_SPRING)


@pytest.fixture
def police(session: Session, opened: Opened) -> AgencyReturn:
    return return_named(session, "R1-POL")


def make(session: Session, cast: Cast, police: AgencyReturn, **promises: Promise) -> list[Action]:
    """Bring the actions into line with promises to the questions `custody.<name>`."""
    by_key = {f"custody.{name}": promise for name, promise in promises.items()}
    make_actions_of(session, police, by_key, told_to={}, by=cast["Ines"], now=NOON)
    return list(session.scalars(select(Action).order_by(Action.id)))


def step(session: Session, cast: Cast, action: Action, name: str, text: str, who: str) -> None:
    take_action_step(session, action, name, text, by=cast[who], now=NOON, version=action.version)


def test_each_complete_promise_becomes_an_action(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    half = Promise("Only words")
    actions = make(session, cast, police, children=ROOM, post=LEAD, rest=half)
    assert [(one.reference, one.what, one.status) for one in actions] == [
        ("R1-POL-A1", "Open a separate room", ActionStatus.OPEN),
        ("R1-POL-A2", "Name a lead", ActionStatus.OPEN),
    ]
    assert [one.round_id for one in actions] == [police.round_id] * 2


def test_signing_again_with_the_same_promise_changes_nothing(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    before = make(session, cast, police, children=ROOM)[0].version
    (action,) = make(session, cast, police, children=ROOM)
    assert (action.version, action.notes) == (before, [])


def test_a_changed_promise_changes_its_action_and_keeps_the_old_words(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    make(session, cast, police, children=ROOM)
    later = Promise("Open two rooms", "Head of Custody", date(2027, 9, 30))
    (action,) = make(session, cast, police, children=later)
    assert (action.reference, action.what, action.due_on) == (
        "R1-POL-A1",
        "Open two rooms",
        date(2027, 9, 30),
    )
    assert "Open a separate room" in action.notes[0].text
    assert "31 March 2027" in action.notes[0].text


def test_an_action_that_is_no_longer_promised_stays_and_says_so(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    make(session, cast, police, children=ROOM, post=LEAD)
    dropped, kept = make(session, cast, police, post=LEAD)
    assert (dropped.source, dropped.status) == (ActionSource.NONE, ActionStatus.OPEN)
    assert "no longer promises" in dropped.notes[0].text
    assert (kept.source, kept.notes) == (ActionSource.ANSWER, [])
    make(session, cast, police, post=LEAD)
    session.refresh(dropped)
    assert len(dropped.notes) == 1
    again, _ = make(session, cast, police, children=ROOM, post=LEAD)
    assert (again.id, again.source) == (dropped.id, ActionSource.ANSWER)


def test_a_finished_action_is_not_rewritten_by_a_new_promise(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    (action,) = make(session, cast, police, children=ROOM)
    step(session, cast, action, "claim-complete", "The room is in use.", "Asif")
    first, second = make(
        session, cast, police, children=Promise("Open two rooms", "Head of Custody", IN_SPRING)
    )
    assert (first.what, first.status) == (ROOM.what, ActionStatus.CLAIMED_COMPLETE)
    assert (second.reference, second.what) == ("R1-POL-A2", "Open two rooms")


def test_an_action_goes_all_the_way_and_back(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    (action,) = make(session, cast, police, children=ROOM)
    step(session, cast, action, "start", "", "Bea")
    step(session, cast, action, "claim-complete", "Children wait apart from adults.", "Asif")
    assert action.impact == "Children wait apart from adults."
    step(session, cast, action, "verify", "We visited.", "Mo")
    step(session, cast, action, "reopen", "The room is used as a store.", "Priya")
    assert action.status is ActionStatus.REOPENED
    session.refresh(action)
    assert [(note.status, note.text) for note in action.notes] == [
        (ActionStatus.IN_PROGRESS, ""),
        (ActionStatus.CLAIMED_COMPLETE, "Children wait apart from adults."),
        (ActionStatus.VERIFIED, "We visited."),
        (ActionStatus.REOPENED, "The room is used as a store."),
    ]
    kinds = session.scalars(
        select(Event.kind).where(Event.subject == "action R1-POL-A1").order_by(Event.id)
    ).all()
    assert kinds == [
        "action-made",
        "action-started",
        "action-claimed-complete",
        "action-verified",
        "action-reopened",
    ]


@pytest.mark.parametrize("who", ["Cara", "Olga", "Ines", "Mo", "Priya"])
def test_only_the_agency_reports_progress(
    session: Session, cast: Cast, police: AgencyReturn, who: str
) -> None:
    (action,) = make(session, cast, police, children=ROOM)
    with pytest.raises(PermissionError):
        step(session, cast, action, "start", "", who)


@pytest.mark.parametrize("who", ["Asif", "Bea", "Ines", "Cara", "Olga"])
def test_only_scrutiny_verifies(
    session: Session, cast: Cast, police: AgencyReturn, who: str
) -> None:
    (action,) = make(session, cast, police, children=ROOM)
    step(session, cast, action, "claim-complete", "Done.", "Asif")
    with pytest.raises(PermissionError):
        step(session, cast, action, "verify", "Yes.", who)


def test_a_step_from_an_old_page_is_refused(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    (action,) = make(session, cast, police, children=ROOM)
    seen = action.version
    step(session, cast, action, "start", "", "Asif")
    with pytest.raises(ChangedActionError):
        take_action_step(
            session, action, "claim-complete", "Done", by=cast["Bea"], now=NOON, version=seen
        )
    assert action.status is ActionStatus.IN_PROGRESS


def test_claiming_needs_evidence_and_verifying_needs_a_claim(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    (action,) = make(session, cast, police, children=ROOM)
    with pytest.raises(RefusedError):
        step(session, cast, action, "claim-complete", "  ", "Asif")
    with pytest.raises(StepNotAllowedError):
        step(session, cast, action, "verify", "Fine", "Mo")


@pytest.mark.parametrize(("who", "may"), [("Asif", True), ("Mo", True), ("Ines", False)])
def test_notes_are_written_by_those_who_work_on_the_action(
    session: Session, cast: Cast, police: AgencyReturn, who: str, may: bool
) -> None:
    (action,) = make(session, cast, police, children=ROOM)
    if may:
        add_note(session, action, "Half done", by=cast[who], now=NOON)
        session.refresh(action)
        assert [note.text for note in action.notes] == ["Half done"]
    else:
        with pytest.raises(PermissionError):
            add_note(session, action, "Half done", by=cast[who], now=NOON)
