"""Stating instead of answering, being excused, and the ways back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.actions import ActionSource, ActionStatus, Promise
from s11audit.domain.permissions import Role
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Action, AgencyReturn, Event, OutgoingMail, SideState
from s11audit.queries.actions import ActionFilter, actions_page
from s11audit.queries.side_states import earlier_statement, statement_of, unassured
from s11audit.services.evidence import NewFile, delete_file
from s11audit.services.evidence_store import FolderStore
from s11audit.services.moderation import take_return_step
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import RoundNotOpenError, send_for_sign_off
from s11audit.services.side_states import (
    Assurance,
    SentDocument,
    answer_after_all,
    assure_otherwise,
    state_nil,
)
from tests.cast import Cast
from tests.contents import PDF, PDF_TYPE
from tests.joined import join
from tests.rounds_and_returns import COMPLETE, NOON, Opened, fill, return_named

LINK = "https://audit.example/rounds/R1/returns/POL"
SURE = Assurance("Chief Officer", "The inspectorate's report of May 2026")
PROMISE = Promise("Ask the inspectorate to come again", "Head of Custody", date(2027, 2, 1))
UNSURE = replace(
    SURE, can_assure=False, explanation="Custody was left out of the report.", promise=PROMISE
)


@pytest.fixture
def police(session: Session, opened: Opened) -> AgencyReturn:
    return return_named(session, "R1-POL")


def test_alternative_assurance_counts_as_returned_at_that_moment(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    assure_otherwise(session, police, SURE, by=cast["Asif"], now=NOON, link=LINK)
    assert police.status is ReturnStatus.ALTERNATIVE_ASSURANCE
    assert police.submitted_at == NOON
    stated = statement_of(session, police)
    assert stated is not None
    assert (stated.document, stated.post, stated.can_assure) == (SURE.document, SURE.post, True)
    assert "in place of answers" in stated.declaration
    assert session.scalars(select(Action)).all() == []
    assert session.scalars(select(OutgoingMail)).all() == []


def test_who_cannot_assure_opens_an_action_and_the_managers_are_told_with_a_link_only(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    join(session, "Max", (Role.MANAGER, "DOWN"))
    assure_otherwise(session, police, UNSURE, by=cast["Asif"], now=NOON, link=LINK)
    action = session.scalars(select(Action)).one()
    assert (action.source, action.status) == (ActionSource.STATEMENT, ActionStatus.OPEN)
    assert (action.what, action.post, action.due_on) == (
        PROMISE.what,
        PROMISE.post,
        PROMISE.due_on,
    )
    shown = actions_page(session, ActionFilter(), date(2026, 12, 1), visible_to=cast["Priya"])
    assert [one.reference for one in shown.actions] == ["R1-POL-A1"]
    mails = session.scalars(select(OutgoingMail).order_by(OutgoingMail.recipient)).all()
    assert [mail.recipient for mail in mails] == ["max@example.org", "priya@example.org"]
    for mail in mails:
        assert LINK in mail.text
        assert "Custody" not in mail.text
        assert (mail.agency_id, mail.round_id) == (police.agency_id, police.round_id)
    assert "return-assurance-withheld" in session.scalars(select(Event.kind)).all()
    told = unassured(session, police.round, visible_to=cast["Mo"])
    assert [one.agency_reference for one in told] == ["POL"]
    assert unassured(session, police.round, visible_to=cast["Olga"]) == []


def test_the_same_promise_stated_again_makes_no_second_action(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    for _ in range(2):
        assure_otherwise(session, police, UNSURE, by=cast["Asif"], now=NOON)
        answer_after_all(session, police, by=cast["Asif"], now=NOON)
    other = replace(UNSURE, promise=replace(PROMISE, post="Chief Officer"))
    assure_otherwise(session, police, other, by=cast["Asif"], now=NOON)
    references = session.scalars(select(Action.reference).order_by(Action.id)).all()
    assert references == ["R1-POL-A1", "R1-POL-A2"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(SURE, post=" "), "post"),
        (replace(SURE, document=""), "document"),
        (replace(UNSURE, explanation=" "), "explanation"),
        (replace(UNSURE, promise=Promise("Something")), "action_what"),
    ],
)
def test_an_assurance_that_lacks_something_is_refused(
    session: Session, cast: Cast, police: AgencyReturn, wrong: Assurance, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        assure_otherwise(session, police, wrong, by=cast["Asif"], now=NOON)
    assert refused.value.field == field
    assert police.status is ReturnStatus.NOT_STARTED


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "evidence")


def sent(store: FolderStore, name: str = "audit.pdf") -> SentDocument:
    return SentDocument(NewFile(name, PDF_TYPE, PDF, store.write(BytesIO(PDF))), store)


def test_the_document_itself_is_enough_and_is_in_use_while_it_is_named(
    session: Session, cast: Cast, police: AgencyReturn, store: FolderStore
) -> None:
    asif, file_only = cast["Asif"], Assurance("Chief Officer", file=sent(store))
    stated = assure_otherwise(session, police, file_only, by=asif, now=NOON)
    assert stated.file is not None
    assert (stated.document, stated.file.name) == ("", "audit.pdf")
    assert store.has(stated.file.sha256)
    event = session.scalars(select(Event).filter_by(kind="assurance-file-added")).one()
    assert event.detail == {"files": [stated.file_id]}
    answer_after_all(session, police, by=asif, now=NOON)
    with pytest.raises(RefusedError, match="cannot be deleted"):
        delete_file(session, police, stated.file.id, by=asif, now=NOON)


def test_the_document_of_an_earlier_statement_is_kept_replaced_or_left_out(
    session: Session, cast: Cast, police: AgencyReturn, store: FolderStore
) -> None:
    def state(assurance: Assurance) -> str:
        stated = assure_otherwise(session, police, assurance, by=cast["Asif"], now=NOON)
        answer_after_all(session, police, by=cast["Asif"], now=NOON)
        return stated.file.name if stated.file else ""

    with pytest.raises(RefusedError):
        state(Assurance("Chief Officer", keeps_file=True))
    assert state(replace(SURE, file=sent(store, "first.pdf"))) == "first.pdf"
    assert state(Assurance("Chief Officer", keeps_file=True)) == "first.pdf"
    second = replace(SURE, file=sent(store, "second.pdf"), keeps_file=True)
    assert state(second) == "second.pdf"
    assert state(SURE) == ""


def test_a_nil_return_has_no_document(
    session: Session, cast: Cast, police: AgencyReturn, store: FolderStore
) -> None:
    with_file = replace(SURE, file=sent(store))
    assure_otherwise(session, police, with_file, by=cast["Asif"], now=NOON)
    answer_after_all(session, police, by=cast["Asif"], now=NOON)
    stated = state_nil(session, police, "Nobody on roll", "Head", by=cast["Asif"], now=NOON)
    assert (stated.file_id, stated.file) == (None, None)


def test_a_nil_return_says_why(session: Session, cast: Cast, police: AgencyReturn) -> None:
    with pytest.raises(RefusedError):
        state_nil(session, police, " ", "Head", by=cast["Asif"], now=NOON)
    state_nil(session, police, "Nobody on roll", "Head", by=cast["Asif"], now=NOON)
    assert police.status is ReturnStatus.NIL_RETURN
    stated = statement_of(session, police)
    assert stated is not None
    assert (stated.explanation, stated.can_assure) == ("Nobody on roll", True)


def test_answering_after_all_goes_back_to_where_it_was_and_keeps_what_was_stated(
    session: Session, cast: Cast, opened: Opened, police: AgencyReturn
) -> None:
    state_nil(session, police, "Nobody on roll", "Head", by=cast["Asif"], now=NOON)
    answer_after_all(session, police, by=cast["Asif"], now=NOON)
    assert (police.status, police.submitted_at) == (ReturnStatus.NOT_STARTED, None)
    assert statement_of(session, police) is None
    kept = earlier_statement(session, police, ReturnStatus.NIL_RETURN)
    assert kept is not None
    assert kept.explanation == "Nobody on roll"
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    assure_otherwise(session, police, SURE, by=cast["Asif"], now=NOON)
    assert session.scalars(select(SideState.state)).all() == [ReturnStatus.ALTERNATIVE_ASSURANCE]
    answer_after_all(session, police, by=cast["Asif"], now=NOON)
    assert police.status is ReturnStatus.IN_PROGRESS
    send_for_sign_off(session, police, opened.questionnaire, by=cast["Asif"], now=NOON)


def test_nothing_is_stated_after_the_last_day_of_the_round(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    state_nil(session, police, "Nobody on roll", "Head", by=cast["Asif"], now=NOON)
    police.round.closes_on = NOON.date()
    late = NOON + timedelta(days=1)
    with pytest.raises(RoundNotOpenError):
        answer_after_all(session, police, by=cast["Asif"], now=late)
    school = return_named(session, "R1-SCH")
    with pytest.raises(RoundNotOpenError):
        state_nil(session, school, "Nobody on roll", "Head", by=cast["Dana"], now=late)
    with pytest.raises(RoundNotOpenError):
        assure_otherwise(session, school, SURE, by=cast["Dana"], now=late)


@pytest.mark.parametrize("name", ["Bea", "Ines", "Cara", "Priya", "Mo"])
def test_only_the_agencys_own_lead_states_anything(
    session: Session, cast: Cast, police: AgencyReturn, name: str
) -> None:
    with pytest.raises(PermissionError):
        state_nil(session, police, "Nobody on roll", "Head", by=cast[name], now=NOON)
    with pytest.raises(PermissionError):
        assure_otherwise(session, police, SURE, by=cast[name], now=NOON)


def test_the_manager_sends_a_statement_back_with_a_reason(
    session: Session, cast: Cast, police: AgencyReturn
) -> None:
    assure_otherwise(session, police, SURE, by=cast["Asif"], now=NOON)
    with pytest.raises(RefusedError):
        take_return_step(session, police, "send-back", by=cast["Priya"], now=NOON)
    take_return_step(
        session, police, "send-back", by=cast["Priya"], now=NOON, reason="Too old a report"
    )
    assert (police.status, police.submitted_at) == (ReturnStatus.NOT_STARTED, None)
    assert police.status_reason == "Too old a report"


def test_the_manager_excuses_an_agency_and_asks_after_all(
    session: Session, cast: Cast, opened: Opened, police: AgencyReturn
) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    with pytest.raises(RefusedError):
        take_return_step(session, police, "exempt", by=cast["Priya"], now=NOON)
    take_return_step(session, police, "exempt", by=cast["Priya"], now=NOON, reason="It merges")
    assert police.status is ReturnStatus.EXEMPT
    with pytest.raises(PermissionError):
        take_return_step(session, police, "end-exemption", by=cast["Mo"], now=NOON, reason="x")
    take_return_step(
        session, police, "end-exemption", by=cast["Priya"], now=NOON, reason="It does not merge"
    )
    assert police.status is ReturnStatus.IN_PROGRESS
    submitted = return_named(session, "R1-HOSP")
    submitted.status = ReturnStatus.SUBMITTED
    with pytest.raises(StepNotAllowedError):
        take_return_step(session, submitted, "exempt", by=cast["Priya"], now=NOON, reason="x")
