"""Working together on a return: what is ready, and what colleagues say."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import Event, ReadyStandard, ReturnComment
from s11audit.queries.colleagues import together_on
from s11audit.services.colleagues import (
    COMMENT_LIMIT,
    mark_not_ready,
    mark_ready,
    note_presence,
    write_comment,
)
from s11audit.services.refusals import RefusedError
from tests.cast import Cast
from tests.rounds_and_returns import COMPLETE, NOON, Opened, delegate, fill, return_named, submit

LEAD = "leadership.board-lead"


def ready(session: Session) -> set[str]:
    return set(session.scalars(select(ReadyStandard.standard_id)))


def history(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


@pytest.fixture
def filled(session: Session, cast: Cast, opened: Opened) -> Session:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    return session


def mark(session: Session, cast: Cast, standard: str = "leadership", name: str = "Bea") -> bool:
    police = return_named(session, "R1-POL")
    return mark_ready(session, police, standard, by=cast[name], now=NOON)


def test_the_first_mark_counts_and_is_remembered(filled: Session, cast: Cast) -> None:
    assert mark(filled, cast)
    assert not mark(filled, cast, name="Asif")
    held = filled.scalars(select(ReadyStandard)).one()
    assert held.marked_by_id == cast["Bea"].user_id
    assert history(filled).count("standard-ready") == 1


def test_a_changed_answer_takes_the_mark_of_its_standard_away_and_no_other(
    filled: Session, cast: Cast, opened: Opened
) -> None:
    for standard in ("leadership", "training"):
        mark(filled, cast, standard)
    fill(filled, "R1-POL", opened, {LEAD: Answer("partly-met")}, by=cast["Asif"])
    assert ready(filled) == {"training"}
    saved = filled.scalars(select(Event).order_by(Event.id.desc())).first()
    assert saved is not None
    assert saved.kind == "answers-saved"
    assert saved.detail["no_longer_ready"] == ["leadership"]


def test_saving_without_changing_anything_leaves_the_mark(
    filled: Session, cast: Cast, opened: Opened
) -> None:
    mark(filled, cast)
    fill(filled, "R1-POL", opened, {LEAD: COMPLETE[LEAD]}, by=cast["Asif"])
    assert ready(filled) == {"leadership"}


def test_the_mark_is_taken_back(filled: Session, cast: Cast) -> None:
    mark(filled, cast)
    police = return_named(filled, "R1-POL")
    taken = [
        mark_not_ready(filled, police, "leadership", by=cast["Asif"], now=NOON) for _ in range(2)
    ]
    assert taken == [True, False]
    assert ready(filled) == set()
    assert history(filled)[-1] == "standard-not-ready"


@pytest.mark.parametrize("name", ["Ines", "Cara", "Priya", "Mo"])
def test_only_whoever_answers_a_standard_says_that_it_is_ready(
    filled: Session, cast: Cast, name: str
) -> None:
    with pytest.raises(PermissionError):
        mark(filled, cast, name=name)


def test_a_contributor_marks_only_what_is_delegated_to_them(filled: Session, cast: Cast) -> None:
    delegate(filled, cast, "R1-POL", ["training"])
    assert mark(filled, cast, "training")
    with pytest.raises(PermissionError):
        mark(filled, cast, "leadership")


def test_nothing_is_marked_before_the_start_or_after_the_signature(
    session: Session, cast: Cast, opened: Opened
) -> None:
    with pytest.raises(StepNotAllowedError, match="while the return is being answered"):
        mark(session, cast)
    submit(session, opened, cast, COMPLETE)
    with pytest.raises(StepNotAllowedError):
        mark(session, cast)


def say(
    session: Session,
    cast: Cast,
    opened: Opened,
    name: str,
    text: str,
    key: str = "",
    now: datetime = NOON,
) -> ReturnComment:
    police = return_named(session, "R1-POL")
    return write_comment(
        session, police, opened.questionnaire, "leadership", text, key, by=cast[name], now=now
    )


def test_colleagues_read_comments_oldest_first(
    session: Session, cast: Cast, opened: Opened
) -> None:
    for name, text, key in (("Asif", "Who leads?", LEAD), ("Bea", "The deputy.", "")):
        say(session, cast, opened, name, text, key)
    police = return_named(session, "R1-POL")
    together = together_on(session, police, "leadership", visible_to=cast["Ines"])
    assert [(one.by, one.text, one.question_key) for one in together.comments] == [
        ("Asif", "Who leads?", LEAD),
        ("Bea", "The deputy.", ""),
    ]
    assert "comment-written" in history(session)
    assert all("Who leads?" not in str(event.detail) for event in session.scalars(select(Event)))


def test_the_same_comment_sent_twice_is_written_once(
    session: Session, cast: Cast, opened: Opened
) -> None:
    first = say(session, cast, opened, "Asif", "Who leads?", LEAD)
    soon = NOON + timedelta(seconds=59)
    assert say(session, cast, opened, "Asif", "Who leads?", LEAD, soon) is first
    assert history(session).count("comment-written") == 1


def test_only_the_same_words_of_the_same_person_about_the_same_thing_are_one_comment(
    session: Session, cast: Cast, opened: Opened
) -> None:
    say(session, cast, opened, "Asif", "Agreed", LEAD)
    say(session, cast, opened, "Bea", "Agreed", LEAD)
    say(session, cast, opened, "Asif", "Agreed")
    say(session, cast, opened, "Asif", "Agreed.", LEAD)
    say(session, cast, opened, "Asif", "Agreed", LEAD, NOON + timedelta(minutes=2))
    assert len(session.scalars(select(ReturnComment)).all()) == 5


def test_a_signatory_still_asks_once_the_return_is_signed(
    session: Session, cast: Cast, opened: Opened
) -> None:
    submit(session, opened, cast, COMPLETE)
    say(session, cast, opened, "Ines", "Who is the deputy?")
    assert session.scalars(select(ReturnComment.text)).one() == "Who is the deputy?"


def test_a_contributor_reads_comments_on_their_standards_only(
    session: Session, cast: Cast, opened: Opened
) -> None:
    say(session, cast, opened, "Asif", "Who leads?")
    delegate(session, cast, "R1-POL", ["training"])
    police = return_named(session, "R1-POL")
    assert not together_on(session, police, visible_to=cast["Bea"]).comments
    assert not together_on(session, police, "leadership", visible_to=cast["Bea"]).comments
    with pytest.raises(PermissionError):
        say(session, cast, opened, "Bea", "The deputy.")


@pytest.mark.parametrize("name", ["Cara", "Dana", "Priya", "Mo", "Olga"])
def test_nobody_outside_the_agency_reads_or_writes_comments(
    session: Session, cast: Cast, opened: Opened, name: str
) -> None:
    say(session, cast, opened, "Asif", "Who leads?")
    police = return_named(session, "R1-POL")
    assert not together_on(session, police, visible_to=cast[name]).comments
    with pytest.raises(PermissionError):
        say(session, cast, opened, name, "Let me see")


@pytest.mark.parametrize(
    ("text", "key", "field"),
    [
        (" \n", "", "text"),
        ("x" * (COMMENT_LIMIT + 1), "", "text"),
        ("Who?", "training.staff", "question"),
        ("Who?", "leadership.nothing", "question"),
    ],
)
def test_a_comment_that_cannot_be_is_refused(
    session: Session, cast: Cast, opened: Opened, text: str, key: str, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        say(session, cast, opened, "Asif", text, key)
    assert refused.value.field == field
    assert not session.scalars(select(ReturnComment)).all()


def test_whoever_has_no_page_open_is_not_made_present(
    session: Session, cast: Cast, opened: Opened
) -> None:
    police, later = return_named(session, "R1-POL"), NOON + timedelta(minutes=1)
    assert not note_presence(session, police, "leadership", by=cast["Bea"], now=later)
