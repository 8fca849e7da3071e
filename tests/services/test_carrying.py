"""Bringing last time's answers forward, confirming them, and what they do not do until then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from s11audit.domain.actions import ActionStatus, Promise
from s11audit.domain.answers import Answer, Part
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Action, AgencyReturn, Event, StoredAnswer
from s11audit.models.database import Database
from s11audit.queries.evidence import files_of_return
from s11audit.queries.returns import HeldAnswer, answers_of, scores_of
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.answer_changes import Change
from s11audit.services.answers import Saved, save_answers, start_return
from s11audit.services.evidence import add_file
from s11audit.services.evidence_store import FolderStore
from s11audit.services.returns import GapsError, send_for_sign_off
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.contents import EVIDENCE, kept
from tests.grown_returns import FIRST, MOMENTS, begin, open_version, sign, submit_version

LEAD = "leadership.lead"
RED = Answer("not-met", promise=Promise("Name a lead", "Chief Officer", date(2026, 9, 1)))


@pytest.fixture(scope="module")
def versions() -> list[Questionnaire]:
    """The chain of versions, newest first: 3, 2, 1."""
    catalogue = Catalogue([QUESTIONNAIRES])
    return catalogue.chain(catalogue.get("grown", "3"))


@pytest.fixture
def chain(versions: list[Questionnaire]) -> list[Questionnaire]:
    """Version 2 and what it replaces."""
    return versions[1:]


def held(session: Session, return_id: int) -> dict[str, HeldAnswer]:
    return answers_of(session, return_id)


def test_starting_brings_forward_what_last_time_says_each_to_be_confirmed(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    earlier = submit_version(session, cast, chain[1], FIRST)
    now = open_version(session, cast, chain[0])
    saved = begin(session, now, chain, cast["Bea"])
    stored = held(session, now.id)
    assert now.status is ReturnStatus.IN_PROGRESS
    assert now.carried_from_id == earlier.id
    assert all(one.to_confirm and one.rag == "" for one in stored.values())
    assert saved.to_confirm == stored.keys()
    assert {key: one.answer for key, one in stored.items()} == {
        LEAD: FIRST[LEAD],
        "leadership.policy-written": FIRST["leadership.policy"],
        "leadership.policy-known": FIRST["leadership.policy"],
        "leadership.recruitment": Answer(
            "met", comment="Checks\nAll are checked.\n\nReferences\nTwo are taken."
        ),
        "leadership.training": Answer(comment="Every year."),
        "leadership.staff": Answer("80"),
        "leadership.has-volunteers": Answer("no"),
        "culture.whistle": Answer("They telephone."),
    }
    (started,) = session.scalars(select(Event).where(Event.subject == "return G2-POL"))
    assert started.kind == "return-started"
    assert started.detail["brought_from"] == "G1-POL"
    assert started.detail["brought_forward"] == 8


def test_a_chain_is_followed_over_a_version_that_the_agency_never_answered(
    session: Session, cast: Cast, versions: list[Questionnaire]
) -> None:
    submit_version(session, cast, versions[2], FIRST)
    now = open_version(session, cast, versions[0])
    begin(session, now, versions, cast["Asif"])
    stored = held(session, now.id)
    assert stored["leadership.chair"].answer == FIRST[LEAD]
    assert stored["culture.whistle"].answer == FIRST["leadership.whistle"]
    assert "leadership.statement" not in stored  # asked afresh in the version between


def test_the_latest_submitted_return_counts_and_the_same_version_does_too(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST)
    again = open_version(session, cast, replace(chain[1], version="2"))
    again.round.questionnaire_version = "1"
    again.round.questionnaire_sha256 = chain[1].sha256
    saved = start_return(session, again, chain[1:], by=cast["Asif"], now=MOMENTS["2"])
    assert saved.answers == FIRST
    assert saved.brought is not None
    assert saved.brought.earlier.reference == "G1-POL"


def test_what_is_not_submitted_is_not_brought_forward(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    unfinished = open_version(session, cast, chain[1])
    changes = [Change(LEAD, FIRST[LEAD], Answer().digest)]
    save_answers(session, unfinished, chain[1], changes, by=cast["Asif"], now=MOMENTS["1"])
    now = open_version(session, cast, chain[0])
    assert begin(session, now, chain, cast["Asif"]).answers == {}
    assert now.carried_from_id is None


def test_nobody_elses_answers_are_brought_forward(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST, agency="SCH", by=("Dana", "Hugo"))
    now = open_version(session, cast, chain[0])
    assert begin(session, now, chain, cast["Asif"]).brought is None
    school = open_version(session, cast, chain[0], "SCH")
    with pytest.raises(PermissionError):
        begin(session, school, chain, cast["Asif"])
    assert session.scalars(select(StoredAnswer.to_confirm).distinct()).all() == [False]


def test_an_answer_that_was_hidden_last_time_stays_behind(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    hidden = FIRST | {"leadership.volunteers": Answer("not-met", comment="Hidden")}
    submit_version(session, cast, chain[1], hidden)
    now = open_version(session, cast, chain[0])
    assert "leadership.volunteers" not in begin(session, now, chain, cast["Asif"]).answers


def test_answers_brought_forward_route_but_neither_score_nor_count_until_confirmed(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    volunteers = {
        "leadership.has-volunteers": Answer("yes"),
        "leadership.volunteers": RED,
    }
    submit_version(session, cast, chain[1], FIRST | volunteers)
    now = open_version(session, cast, chain[0])
    saved = begin(session, now, chain, cast["Asif"])
    assert held(session, now.id)["leadership.volunteers"].is_asked
    before = scores_of(session, now.id)
    assert before is not None
    assert (before.overall.answered, before.overall.red, before.overall.green) == (0, 0, 0)
    assert before.overall.visible == 10
    confirm(session, now, chain[0], saved.answers, ["leadership.volunteers"], cast)
    after = scores_of(session, now.id)
    assert after is not None
    assert (after.overall.answered, after.overall.red) == (1, 1)
    assert held(session, now.id)["leadership.volunteers"].rag == "red"


def confirm(
    session: Session,
    now: AgencyReturn,
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    keys: Iterable[str],
    cast: Cast,
) -> Saved:
    """Tick “This is still right” for these keys, as somebody who sees `answers`."""
    changes = [Change(key, answers[key], answers[key].digest, confirms=True) for key in keys]
    moment = MOMENTS[questionnaire.version]
    return save_answers(session, now, questionnaire, changes, by=cast["Asif"], now=moment)


def test_unconfirmed_answers_block_submission(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST)
    now = open_version(session, cast, chain[0])
    begin(session, now, chain, cast["Asif"])
    with pytest.raises(GapsError) as caught:
        send_for_sign_off(session, now, chain[0], by=cast["Asif"], now=MOMENTS["2"])
    parts = {gap.question.key: gap.part for gap in caught.value.gaps}
    assert parts[LEAD] is Part.CONFIRM
    assert parts["leadership.staff"] is Part.CONFIRM
    assert parts["leadership.training"] is Part.VALUE  # its scale has changed


def test_a_return_is_submitted_once_everything_is_confirmed_or_changed(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST)
    now = open_version(session, cast, chain[0])
    saved = begin(session, now, chain, cast["Asif"])
    right = [key for key in saved.answers if key != "leadership.training"]
    confirmed = confirm(session, now, chain[0], saved.answers, right, cast)
    assert set(confirmed.confirmed) == set(right)
    assert confirmed.to_confirm == {"leadership.training"}
    shown = saved.answers["leadership.training"]
    rated = [Change("leadership.training", replace(shown, value="2"), shown.digest)]
    done = save_answers(session, now, chain[0], rated, by=cast["Bea"], now=MOMENTS["2"])
    assert done.to_confirm == frozenset()
    session.refresh(now)
    sign(session, now, chain[0], cast["Asif"], cast["Ines"])
    assert now.status is ReturnStatus.SUBMITTED


def test_what_is_typed_in_the_first_save_wins_over_last_time(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST)
    now = open_version(session, cast, chain[0])
    typed = Answer("partly-met", comment="Typed today")
    changes = [Change(LEAD, typed, Answer().digest)]
    saved = save_answers(
        session, now, chain[0], changes, by=cast["Asif"], now=MOMENTS["2"], chain=chain
    )
    assert saved.answers[LEAD] == typed
    assert LEAD not in saved.to_confirm
    assert saved.answers["leadership.staff"] == FIRST["leadership.staff"]


def test_confirming_what_somebody_else_has_changed_meanwhile_is_a_conflict(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST)
    now = open_version(session, cast, chain[0])
    shown = begin(session, now, chain, cast["Asif"]).answers
    theirs = [Change(LEAD, Answer("partly-met", comment="Bea's"), shown[LEAD].digest)]
    save_answers(session, now, chain[0], theirs, by=cast["Bea"], now=MOMENTS["2"])
    saved = confirm(session, now, chain[0], shown, [LEAD, "leadership.staff"], cast)
    assert [one.theirs.updated_by for one in saved.conflicts] == ["Bea"]
    assert saved.confirmed == ("leadership.staff",)
    assert held(session, now.id)[LEAD].answer.comment == "Bea's"


def test_two_who_confirm_the_same_answer_do_not_disagree(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST)
    now = open_version(session, cast, chain[0])
    shown = begin(session, now, chain, cast["Asif"]).answers
    for changed in ([LEAD], []):
        saved = confirm(session, now, chain[0], shown, [LEAD], cast)
        assert (list(saved.confirmed), saved.conflicts) == (changed, ())


def test_a_return_is_started_once(session: Session, cast: Cast, chain: list[Questionnaire]) -> None:
    now = open_version(session, cast, chain[0])
    begin(session, now, chain, cast["Asif"])
    with pytest.raises(StepNotAllowedError):
        begin(session, now, chain, cast["Bea"])


def carried_over(
    session: Session, cast: Cast, chain: list[Questionnaire], due_on: date | None
) -> None:
    """Sign a second return whose promise was brought forward, with this date for it."""
    now = open_version(session, cast, chain[0])
    shown = dict(begin(session, now, chain, cast["Asif"]).answers)
    wanted = dict(shown)
    wanted[LEAD] = replace(shown[LEAD], promise=replace(shown[LEAD].promise, due_on=due_on))
    wanted["leadership.training"] = Answer("2")
    changes = [
        Change(key, answer, shown[key].digest, confirms=True) for key, answer in wanted.items()
    ]
    save_answers(session, now, chain[0], changes, by=cast["Asif"], now=MOMENTS["2"])
    session.refresh(now)
    sign(session, now, chain[0], cast["Asif"], cast["Ines"])


def test_a_promise_brought_forward_makes_no_second_action_while_the_first_is_open(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST | {LEAD: RED})
    carried_over(session, cast, chain, RED.promise.due_on)
    (action,) = session.scalars(select(Action))
    assert (action.reference, action.due_on, action.version) == ("G1-POL-A1", RED.promise.due_on, 1)


def test_another_date_for_it_is_set_on_the_action_that_stands_and_noted(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST | {LEAD: RED})
    carried_over(session, cast, chain, date(2027, 1, 1))
    (action,) = session.scalars(select(Action))
    assert action.due_on == date(2027, 1, 1)
    assert "Before: by 1 September 2026" in action.notes[-1].text


def test_a_promise_whose_action_is_finished_makes_a_new_one(
    session: Session, cast: Cast, chain: list[Questionnaire]
) -> None:
    submit_version(session, cast, chain[1], FIRST | {LEAD: RED})
    session.scalars(select(Action)).one().status = ActionStatus.VERIFIED
    session.flush()
    carried_over(session, cast, chain, RED.promise.due_on)
    assert session.scalars(select(Action.reference).order_by(Action.id)).all() == [
        "G1-POL-A1",
        "G2-POL-A1",
    ]


@pytest.mark.parametrize("count", [1, 10])
def test_statements_of_a_start_do_not_grow_with_the_answers(
    database: Database, session: Session, cast: Cast, chain: list[Questionnaire], count: int
) -> None:
    submit_version(session, cast, chain[1], FIRST)
    session.execute(
        StoredAnswer.__table__.delete().where(StoredAnswer.question_key.in_(list(FIRST)[count:]))
    )
    now = open_version(session, cast, chain[0])
    _ = now.round, now.agency.partnerships
    statements: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def count_it(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    saved = start_return(session, now, chain, by=cast["Asif"], now=MOMENTS["2"])
    assert len(saved.to_confirm) >= min(count, 8)
    assert len(statements) <= 10, statements


def test_files_come_forward_with_the_answers_that_they_support(
    session: Session, cast: Cast, versions: list[Questionnaire]
) -> None:
    earlier, asif = open_version(session, cast, versions[2]), cast["Asif"]
    changes = [Change(key, answer, Answer().digest) for key, answer in FIRST.items()]
    save_answers(session, earlier, versions[2], changes, by=asif, now=MOMENTS["1"])
    session.refresh(earlier)
    told = {"store": FolderStore(EVIDENCE), "by": asif, "now": MOMENTS["1"]}
    file = add_file(session, earlier, LEAD, kept(), versions[2:], **told)
    sign(session, earlier, versions[2], asif, cast["Ines"])
    now = open_version(session, cast, versions[0])
    begin(session, now, versions, asif)
    held_now = files_of_return(session, now.id)
    assert {key: [one.id for one in files] for key, files in held_now.items()} == {
        "leadership.chair": [file.id]
    }
    assert files_of_return(session, earlier.id)[LEAD] == [file]
