"""Local questions of a round: who may choose them and when, and one return for all who ask."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Rating
from s11audit.domain.routing import route
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import RoundStatus
from s11audit.models import Action, Agency, Event, LocalQuestions, Partnership
from s11audit.models.database import Database
from s11audit.models.rounds import round_partnerships
from s11audit.models.walls import Wall
from s11audit.queries.actions import ActionFilter, action_counts, action_in_full, actions_page
from s11audit.queries.asking import (
    ChangedQuestionnaireError,
    questionnaire_for,
    questionnaire_of,
)
from s11audit.queries.returns import latest_snapshot, scores_of
from s11audit.queries.rounds import return_rate, return_rows, round_of
from s11audit.services.local_questions import remove_local_questions
from s11audit.services.refusals import RefusedError
from s11audit.services.rounds import take_round_step
from tests.cast import Cast
from tests.joined import join
from tests.local_rounds import (
    FARSHIRES,
    OF_DOWN,
    OF_FAR,
    POLICE,
    ROUND,
    SECRET,
    Shared,
    answer,
    choose,
    draft,
    open_it,
    open_with_local_questions,
    submit_police,
    upload,
    whole_catalogue,
)
from tests.rounds_and_returns import COMPLETE, NOON, return_named

TODAY = NOON.date()


@pytest.fixture
def shared(session: Session, cast: Cast, small: Questionnaire) -> Shared:
    return draft(session, cast, small)


def chosen(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(LocalQuestions).order_by(LocalQuestions.partnership_id))
    return [(one.questionnaire_id, one.questionnaire_sha256) for one in rows]


def test_each_manager_chooses_for_the_own_partnership_only(
    session: Session, cast: Cast, shared: Shared
) -> None:
    asked = shared.catalogue.get("local", "1")
    choose(session, shared, cast, "FAR", asked, cast["Olga"])
    for whose, who in (("FAR", "Priya"), ("DOWN", "Olga"), ("DOWN", "Mo"), ("DOWN", "Asif")):
        with pytest.raises(PermissionError):
            choose(session, shared, cast, whose, asked, cast[who])
    assert chosen(session) == [("local", "")]
    event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.kind, event.subject) == ("local-questions-chosen", f"round {ROUND}")
    # The host of the round is not told what its neighbour asks.
    assert (event.partnership_id, event.round_id) == (cast.partnerships["FAR"], None)


def test_choosing_again_replaces_and_taking_out_leaves_the_common_ones(
    session: Session, cast: Cast, shared: Shared
) -> None:
    choose(session, shared, cast, "FAR", shared.catalogue.get("local", "1"), cast["Olga"])
    choose(session, shared, cast, "FAR", upload(session, cast), cast["Olga"])
    assert chosen(session) == [("far-local", "")]
    far = session.get_one(Partnership, cast.partnerships["FAR"])
    for _ in range(2):
        remove_local_questions(session, shared.audit_round, far, by=cast["Olga"], now=NOON)
    assert chosen(session) == []
    kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("local-questions")))
    assert list(kinds) == ["local-questions-chosen"] * 2 + ["local-questions-removed"]


def test_standards_of_the_same_id_are_refused_whoever_has_them(
    session: Session, cast: Cast, shared: Shared
) -> None:
    as_common = FARSHIRES.replace(f"id: {SECRET}-coast".encode(), b"id: leadership")
    with pytest.raises(RefusedError, match=r"and the common questions both.*“leadership”"):
        choose(session, shared, cast, "FAR", upload(session, cast, as_common), cast["Olga"])
    choose(session, shared, cast, "DOWN", shared.catalogue.get("local", "1"), cast["Priya"])
    with pytest.raises(RefusedError, match=r"the local questions of Downshire.*“canals”, “locks”"):
        choose(session, shared, cast, "FAR", shared.catalogue.get("local", "1"), cast["Olga"])


def test_opening_pins_them_and_then_nothing_changes(
    session: Session, cast: Cast, shared: Shared
) -> None:
    local, theirs = shared.catalogue.get("local", "1"), upload(session, cast)
    choose(session, shared, cast, "DOWN", local, cast["Priya"])
    choose(session, shared, cast, "FAR", theirs, cast["Olga"])
    open_it(session, shared, cast["Priya"])
    assert chosen(session) == [("local", local.sha256), ("far-local", theirs.sha256)]
    with pytest.raises(StepNotAllowedError, match="opened"):
        choose(session, shared, cast, "FAR", local, cast["Olga"])
    far = session.get_one(Partnership, cast.partnerships["FAR"])
    with pytest.raises(StepNotAllowedError):
        remove_local_questions(session, shared.audit_round, far, by=cast["Olga"], now=NOON)


def test_a_round_does_not_open_with_other_local_questions_than_it_was_shown(
    session: Session, cast: Cast, shared: Shared, small: Questionnaire
) -> None:
    choose(session, shared, cast, "FAR", upload(session, cast), cast["Olga"])
    with pytest.raises(StepNotAllowedError, match="just changed"):
        take_round_step(
            session, shared.audit_round, "open", by=cast["Priya"], now=NOON, questionnaire=small
        )


def test_a_changed_text_is_noticed(session: Session, cast: Cast, small: Questionnaire) -> None:
    shared = open_with_local_questions(session, cast, small)
    session.query(LocalQuestions).filter_by(questionnaire_id="local").update(
        {"questionnaire_sha256": "0" * 64}
    )
    session.expire_all()
    with pytest.raises(ChangedQuestionnaireError, match="local 1"):
        questionnaire_for(return_named(session, POLICE), shared.catalogue)


@pytest.mark.parametrize(
    ("reference", "standards"),
    [
        ("SHARED-POL", ["leadership", "training", "custody", "canals", f"{SECRET}-coast"]),
        ("SHARED-HOSP", ["leadership", "training", "canals", "locks"]),
        ("SHARED-FARPOL", ["leadership", "training", "custody", f"{SECRET}-coast"]),
    ],
)
def test_each_agency_answers_for_all_that_ask_it_in_one_return(
    session: Session, cast: Cast, small: Questionnaire, reference: str, standards: list[str]
) -> None:
    shared = open_with_local_questions(session, cast, small)
    found = return_named(session, reference)
    asked = questionnaire_for(found, shared.catalogue)
    assert list(route(asked, found.respondent, {}).asked) == standards


def test_each_partnership_sees_the_common_questions_and_its_own(
    session: Session, cast: Cast, small: Questionnaire
) -> None:
    shared = open_with_local_questions(session, cast, small)
    common = {standard.id for standard in small.standards}

    def seen(who: str) -> set[str]:
        shown = questionnaire_of(
            shared.audit_round, shared.catalogue, visible_to=cast[who], to=Permission.SCRUTINISE
        )
        return {standard.id for standard in shown.standards} - common

    assert seen("Priya") == seen("Mo") == {"canals", "locks"}
    assert seen("Olga") == {f"{SECRET}-coast"}
    assert seen("Asif") == set()


def test_the_return_counts_in_each_and_is_rated_by_the_common_questions(
    session: Session, cast: Cast, small: Questionnaire
) -> None:
    shared = open_with_local_questions(session, cast, small)
    found = submit_police(session, cast, shared)
    scores = scores_of(session, found.id)
    assert scores is not None
    assert scores.overall.rating is Rating.RED  # half of two common ratings, below 60%
    assert "canal" not in scores.overall.because.lower()
    assert (scores.overall.red, scores.overall.green) == (1, 1)
    assert scores.overall.answered == scores.overall.required == 13
    assert scores.standards["canals"].rating is Rating.RED
    for who, expected in (("Priya", 2), ("Olga", 2)):
        rows = return_rows(session, shared.audit_round, visible_to=cast[who])
        rate = return_rate([(row.status, row.due_on, 1) for row in rows], TODAY)
        assert (rate.returned, rate.expected) == (1, expected)


def test_the_snapshot_holds_the_fingerprint_of_every_part(
    session: Session, cast: Cast, small: Questionnaire
) -> None:
    shared = open_with_local_questions(session, cast, small)
    found = submit_police(session, cast, shared)
    snapshot = latest_snapshot(session, found.id)
    assert snapshot is not None
    content = json.loads(snapshot.content)
    asked = questionnaire_for(found, shared.catalogue)
    assert content["questionnaire"] == ["small", "1", asked.sha256]
    assert content["local"] == {
        "DOWN": ["local", "1", shared.catalogue.get("local", "1").sha256],
        "FAR": ["far-local", "1", shared.catalogue.get("far-local", "1").sha256],
    }
    assert set(content["answers"]) == {*COMPLETE, *OF_DOWN, *OF_FAR}


def test_an_action_out_of_a_local_question_is_told_to_its_own_partnership(
    session: Session, cast: Cast, small: Questionnaire
) -> None:
    submit_police(session, cast, open_with_local_questions(session, cast, small))
    of_far = session.scalars(select(Action).where(Action.question_key.contains(SECRET))).one()

    def seen(who: str) -> set[str]:
        viewer = cast[who]
        page = actions_page(session, ActionFilter(), TODAY, visible_to=viewer)
        counts = action_counts(session, ActionFilter(), TODAY, visible_to=viewer)
        assert counts.total == len(page.actions)
        return {one.question_key.partition(".")[0] for one in page.actions}

    assert seen("Priya") == seen("Mo") == {"custody", "canals"}
    assert seen("Olga") == {"custody", f"{SECRET}-coast"}
    assert seen("Asif") == {"custody", "canals", f"{SECRET}-coast"}
    assert action_in_full(session, of_far.reference, visible_to=cast["Priya"]) is None
    assert action_in_full(session, of_far.reference, visible_to=cast["Olga"]) is not None
    assert not cast["Mo"].may_at(Permission.VERIFY_ACTION, of_far.place)


def test_three_partnerships_have_one_return_of_a_police_force(
    session: Session, cast: Cast, small: Questionnaire
) -> None:
    third = Partnership(reference="HIGH", name="Highshire SCP")
    session.add(third)
    session.flush()
    police = session.get_one(Agency, cast.agencies["POL"])
    police.partnerships.append(third)
    wide = replace(cast, partnerships={**cast.partnerships, "HIGH": third.id})
    shared = draft(session, cast, small)
    session.execute(
        round_partnerships.insert().values(round_id=shared.audit_round.id, partnership_id=third.id)
    )
    session.refresh(shared.audit_round, ["partnerships"])
    hal = join(session, "Hal", (Role.MANAGER, "HIGH"))
    highs = FARSHIRES.replace(b"far-local", b"high-local").replace(SECRET.encode(), b"peak")
    choose(session, shared, wide, "DOWN", shared.catalogue.get("local", "1"), cast["Priya"])
    choose(session, shared, wide, "FAR", upload(session, cast), cast["Olga"])
    asked = upload(session, wide, highs, of="HIGH")
    choose(session, replace(shared, catalogue=whole_catalogue(session)), wide, "HIGH", asked, hal)
    open_it(session, shared, cast["Priya"])
    session.expire_all()
    of_high = {
        key.replace(SECRET, "peak"): replace(one, value=one.value.replace(SECRET, "peak"))
        for key, one in OF_FAR.items()
    }
    everything = {**COMPLETE, **OF_DOWN, **OF_FAR, **of_high}
    found = answer(session, POLICE, everything, shared, cast["Asif"])
    scores = scores_of(session, found.id)
    assert scores is not None
    assert scores.overall.answered == scores.overall.required == 17
    for viewer, own in ((cast["Priya"], "canals"), (cast["Olga"], f"{SECRET}-coast"),
                        (hal, "peak-coast")):  # fmt: skip
        shown = questionnaire_of(shared.audit_round, shared.catalogue, visible_to=viewer)
        locals_ = {one.id for one in shown.standards if one.audience.partnerships}
        assert own in locals_
        assert not locals_ & ({"canals", f"{SECRET}-coast", "peak-coast"} - {own})
        rows = return_rows(session, shared.audit_round, visible_to=viewer)
        assert POLICE.removeprefix("SHARED-") in {row.agency_reference for row in rows}


def test_an_agency_that_leaves_a_partnership_goes_on_answering_for_the_others(
    session: Session, cast: Cast, small: Questionnaire
) -> None:
    shared = open_with_local_questions(session, cast, small)
    answer(session, POLICE, {**COMPLETE, **OF_DOWN, **OF_FAR}, shared, cast["Asif"])
    police = session.get_one(Agency, cast.agencies["POL"])
    police.partnerships = [one for one in police.partnerships if one.reference == "DOWN"]
    session.flush()
    session.expire_all()
    found = answer(session, POLICE, {"training.staff": Answer("121")}, shared, cast["Asif"])
    scores = scores_of(session, found.id)
    assert scores is not None
    assert f"{SECRET}-coast" not in scores.standards
    assert scores.overall.required == 9


def test_behind_the_walls_the_host_opens_what_it_cannot_see(
    database: Database, cast: Cast, small: Questionnaire
) -> None:
    """On PostgreSQL each person's session shows only their own rows; on SQLite it shows all."""
    with database.writing.begin() as session:
        shared = draft(session, cast, small)
        choose(session, shared, cast, "FAR", upload(session, cast), cast["Olga"])
    priya = cast["Priya"]
    with database.within(Wall.around(priya)).writing.begin() as session:
        found = round_of(session, ROUND, visible_to=priya)
        assert found is not None
        open_it(session, Shared(found, whole_catalogue(session)), priya)
        assert found.status is RoundStatus.OPEN
    with database.reading() as session:
        assert all(sha256 for _, sha256 in chosen(session))
