"""Joint assessments: rated apart, opened for all at once, agreed, and followed up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.actions import ActionSource, Promise
from s11audit.domain.answers import gaps
from s11audit.domain.assessments import AssessmentStatus, Movement
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, Assessment, Event, OutgoingMail
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries.actions import action_in_full
from s11audit.queries.assessments import assessment_of, assessments, own_place, standings
from s11audit.queries.compared_ratings import comparison, moved_since, plan
from s11audit.services.agreed_ratings import Agreement, ChangedRatingError, agree_rating
from s11audit.services.assessments import AssessmentDetails, change_details, take_assessment_step
from s11audit.services.assessors import name_assessor, remind_assessors, remove_assessor
from s11audit.services.rating import GapsError, finish_ratings, take_up_ratings
from s11audit.services.refusals import RefusedError
from tests.assessments import (
    ASKED,
    ASKED_BEFORE,
    DUE,
    FIRST,
    KEYS,
    NOW,
    Assessing,
    agree_all,
    assessment_in,
    begin,
    bring_on_assessors,
    brought_to_discussion,
    brought_to_rating,
    rate,
    set_up,
)
from tests.cast import Cast


@pytest.fixture
def rating(database: Database, cast: Cast) -> Assessing:
    with database.writing.begin() as session:
        return brought_to_rating(session, cast)


@pytest.fixture
def discussed(database: Database, cast: Cast) -> Assessing:
    with database.writing.begin() as session:
        return brought_to_discussion(session, cast)


def step(session: Session, made: Assessment, name: str, by: Viewer, reason: str = "") -> None:
    take_assessment_step(session, made, name, ASKED, by=by, now=NOW, reason=reason)


def link(reference: str) -> str:
    return f"https://example.org/assessments/{reference}"


def test_references_count_through_the_year_whichever_partnership_asks(
    database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        people = bring_on_assessors(session, cast)
        made = [set_up(session, cast, people).reference for _ in range(2)]
        assert made == ["JA-26-01", "JA-26-02"]


def test_fewer_than_two_assessors_are_not_asked(database: Database, cast: Cast) -> None:
    with database.writing.begin() as session:
        people = bring_on_assessors(session, cast)
        made = set_up(session, cast, people)
        for one in made.assessors[1:]:
            remove_assessor(session, made, one, by=people["Priya"], now=NOW)
        with pytest.raises(StepNotAllowedError, match="at least 2"):
            begin(session, made, people)


@pytest.mark.parametrize(("who", "field"), [("Sol", "user_id"), ("Mo", "user_id")])
def test_the_chair_and_those_without_the_role_are_not_named(
    database: Database, cast: Cast, who: str, field: str
) -> None:
    with database.writing.begin() as session:
        people = bring_on_assessors(session, cast)
        made = set_up(session, cast, people)
        by = people["Priya"]
        with pytest.raises(RefusedError) as refused:
            name_assessor(session, made, people[who].user_id, "Them", by=by, now=NOW)
        assert refused.value.field == field


def test_an_assessor_does_not_become_the_chair(database: Database, rating: Assessing) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        details = AssessmentDetails("Another title", DUE, rating["Iris"].user_id)
        with pytest.raises(RefusedError, match="does not rate"):
            change_details(session, made, details, by=rating["Priya"], now=NOW)


def test_the_last_who_finishes_opens_everything_at_the_same_moment(
    database: Database, rating: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        assert not rate(session, made, rating["Ines"], "green")
        assert not rate(session, made, rating["Iris"], "red")
        assert made.status is AssessmentStatus.RATING
        assert rate(session, made, rating["Carl"], "amber")
        assert made.status is AssessmentStatus.DISCUSSION
        assert made.opened_because == ""
        assert {one.sheet.opened_at for one in made.assessors if one.sheet} == {NOW}
        opened = session.scalars(select(Event).where(Event.kind == "assessment-opened")).one()
        assert opened.user_id is None


def test_of_two_who_finish_at_the_same_moment_one_opens(
    database: Database, rating: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        rate(session, made, rating["Ines"], "green")
        for name in ("Iris", "Carl"):
            rate(session, made, rating[name], "green", and_finish=False)
    both_are_there = Barrier(2)

    def finish(name: str) -> bool:
        both_are_there.wait()
        by = rating[name]
        with database.within(Wall.around(by)).writing.begin() as session:
            return finish_ratings(session, assessment_in(session, by), [], by=by, now=NOW)

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(finish, ("Iris", "Carl"))) == [False, True]


def test_what_lacks_something_is_not_finished(database: Database, rating: Assessing) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Ines"])
        lacking = gaps(list(ASKED.questions()), {})
        with pytest.raises(GapsError):
            finish_ratings(session, made, lacking, by=rating["Ines"], now=NOW)


def test_an_assessor_goes_on_until_the_ratings_are_opened_and_no_longer(
    database: Database, rating: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        rate(session, made, rating["Ines"], "green")
        take_up_ratings(session, made, by=rating["Ines"], now=NOW)
        rate(session, made, rating["Iris"], "green")
        assert not rate(session, made, rating["Carl"], "green")
        assert finish_ratings(session, made, [], by=rating["Ines"], now=NOW)
        with pytest.raises(StepNotAllowedError):
            take_up_ratings(session, made, by=rating["Ines"], now=NOW)


def test_whoever_does_not_rate_cannot_finish_for_anybody(
    database: Database, rating: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        with pytest.raises(PermissionError):
            finish_ratings(session, made, [], by=rating["Priya"], now=NOW)


def test_the_chair_opens_early_with_a_reason_and_what_is_unfinished_stays_unread(
    database: Database, rating: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Sol"])
        rate(session, made, rating["Ines"], "green")
        rate(session, made, rating["Carl"], "red", and_finish=False)
        with pytest.raises(StepNotAllowedError, match="nothing to compare"):
            step(session, made, "open", rating["Sol"], "He left")
        rate(session, made, rating["Iris"], "amber")
        with pytest.raises(RefusedError):
            step(session, made, "open", rating["Sol"])
        step(session, made, "open", rating["Sol"], "He left")
        compared = comparison(session, made, ASKED)
        assert [one.label for one in compared.assessors] == ["Police", "ICB"]
        assert [one.label for one in compared.absent] == ["Council"]
        assert {len(one.ratings) for one in compared.questions} == {2}
        assert made.opened_because == "He left"


@pytest.mark.parametrize("who", ["Ines", "Otto", "Mo"])
def test_nobody_else_opens_early(database: Database, rating: Assessing, who: str) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        rate(session, made, rating["Ines"], "green")
        rate(session, made, rating["Iris"], "green")
        with pytest.raises(PermissionError):
            step(session, made, "open", rating[who], "I want to know")


def test_a_manager_who_rates_does_not_open_early_either(
    database: Database, rating: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        grants = (*rating["Ines"].grants, *rating["Priya"].grants)
        with pytest.raises(PermissionError):
            step(session, made, "open", replace(rating["Ines"], grants=grants), "I want to know")


def test_ratings_that_are_not_opened_are_compared_by_nobody(
    database: Database, rating: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        rate(session, made, rating["Ines"], "red")
        assert not comparison(session, made, ASKED).assessors
        for who in ("Priya", "Sol", "Iris", "Ines"):
            reads = Permission.READ_RATINGS
            assert assessment_of(session, FIRST, visible_to=rating[who], to=reads) is None


def test_a_draft_is_not_seen_by_those_whom_it_names(database: Database, cast: Cast) -> None:
    with database.writing.begin() as session:
        people = bring_on_assessors(session, cast)
        made = set_up(session, cast, people)
        assert assessments(session, visible_to=people["Ines"]) == []
        begin(session, made, people)
        assert assessments(session, visible_to=people["Ines"]) == [made]
        assert assessments(session, visible_to=people["Olga"]) == []


def test_mail_tells_of_asking_and_opening_and_of_no_rating(database: Database, cast: Cast) -> None:
    with database.writing.begin() as session:
        people = bring_on_assessors(session, cast)
        made = set_up(session, cast, people)
        tell = {"by": people["Priya"], "now": NOW, "address": link}
        take_assessment_step(session, made, "start", ASKED, **tell)
        rate(session, made, people["Ines"], "red")
        assert remind_assessors(session, made, link, by=people["Priya"], now=NOW) == 2
        with pytest.raises(StepNotAllowedError, match="today"):
            remind_assessors(session, made, link, by=people["Priya"], now=NOW)
        rate(session, made, people["Iris"], "red")
        finish_ratings_of = rate(session, made, people["Carl"], "red", and_finish=False)
        assert not finish_ratings_of
        finish_ratings(session, made, [], by=people["Carl"], now=NOW, address=link)
        sent = [(one.kind, one.recipient) for one in session.scalars(select(OutgoingMail))]
        three = {"ines@example.org", "iris@example.org", "carl@example.org"}
        assert {to for kind, to in sent if kind == "assessment-asked"} == three
        assert {to for kind, to in sent if kind == "assessment-due"} == three - {"ines@example.org"}
        assert {to for kind, to in sent if kind == "assessment-opened"} == {
            *three,
            "sol@example.org",
        }


def test_the_history_never_says_what_was_rated(database: Database, rating: Assessing) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        rate(session, made, rating["Ines"], "red")
        told = [
            (event.kind, event.detail)
            for event in session.scalars(select(Event).order_by(Event.id))
            if event.kind.startswith("ratings-")
        ]
        assert told == [("ratings-saved", {}), ("ratings-finished", {"assessor": "Police"})]


def test_who_has_finished_is_told_without_when_they_began(
    database: Database, rating: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        rate(session, made, rating["Ines"], "red")
        rate(session, made, rating["Iris"], "red", and_finish=False)
        assert [one.has_finished for one in standings(made)] == [True, False, False]


def test_disagreement_is_counted_in_steps_and_the_widest_comes_first(
    database: Database, discussed: Assessing
) -> None:
    with database.writing.begin() as session:
        compared = comparison(session, assessment_in(session, discussed["Ines"]), ASKED)
        assert [one.question.key for one in compared.most_apart_first] == [
            "voice.heard",
            "voice.seen",
            "leads.choices",
            "leads.equal-share",
        ]
        tally = compared.tally
        assert (tally.agree, tally.one_step, tally.further, tally.too_few) == (1, 1, 2, 0)


def test_every_amber_and_red_becomes_an_action_once_it_is_signed_off(
    database: Database, cast: Cast, discussed: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, discussed["Sol"])
        with pytest.raises(StepNotAllowedError, match="4 questions of 4"):
            step(session, made, "agree", discussed["Sol"])
        agree_all(session, cast, made, discussed["Sol"], "amber")
        green = Agreement("green", "It works now", promise=Promise("Not needed"))
        first = ASKED.by_key[KEYS[0]]
        agree_rating(session, made, first, green, version=1, by=discussed["Priya"], now=NOW)
        step(session, made, "agree", discussed["Sol"])
        made_actions = plan(session, visible_to=discussed["Ines"])
        assert [one.reference for one in made_actions] == [
            "JA-26-01-A1",
            "JA-26-01-A2",
            "JA-26-01-A3",
        ]
        assert {one.source for one in made_actions} == {ActionSource.ASSESSMENT}
        for who in ("Asif", "Priya", "Mo"):  # its agency, and those who follow actions up
            assert action_in_full(session, "JA-26-01-A1", visible_to=discussed[who]) is not None
        for who in ("Cara", "Olga"):
            assert action_in_full(session, "JA-26-01-A1", visible_to=discussed[who]) is None


def test_an_amber_without_its_action_stops_the_sign_off(
    database: Database, cast: Cast, discussed: Assessing
) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, discussed["Sol"])
        agree_all(session, cast, made, discussed["Sol"], "green")
        bare = Agreement("amber", "Not yet")
        one = ASKED.by_key[KEYS[0]]
        agree_rating(session, made, one, bare, version=1, by=discussed["Sol"], now=NOW)
        with pytest.raises(StepNotAllowedError, match="1 question of 4"):
            step(session, made, "agree", discussed["Sol"])
        assert session.scalars(select(Action)).all() == []


def test_of_two_who_write_down_the_same_the_second_is_shown_the_first(
    database: Database, discussed: Assessing
) -> None:
    with database.writing.begin() as session:
        made, one = assessment_in(session, discussed["Sol"]), ASKED.by_key[KEYS[0]]
        for version in (0, 1):
            kept = Agreement("green", f"Reason {version}")
            agree_rating(session, made, one, kept, version=version, by=discussed["Sol"], now=NOW)
        late = Agreement("red", "Too late")
        for stale in (0, 1):
            with pytest.raises(ChangedRatingError) as changed:
                agree_rating(
                    session, made, one, late, version=stale, by=discussed["Priya"], now=NOW
                )
            assert changed.value.stored.rationale == "Reason 1"


@pytest.mark.parametrize("who", ["Ines", "Otto", "Olga"])
def test_only_the_chair_and_the_manager_write_down_what_is_agreed(
    database: Database, discussed: Assessing, who: str
) -> None:
    with database.writing.begin() as session:
        made, one = assessment_in(session, discussed["Priya"]), ASKED.by_key[KEYS[0]]
        with pytest.raises(PermissionError):
            agree_rating(
                session, made, one, Agreement("red", "So"), version=0, by=discussed[who], now=NOW
            )


def test_a_repeated_assessment_is_compared_along_the_lineage_of_its_questions(
    database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        people = bring_on_assessors(session, cast)
        first = set_up(session, cast, people, asked=ASKED_BEFORE)
        begin(session, first, people, ASKED_BEFORE)
        for who in ("Ines", "Iris", "Carl"):
            rate(session, first, people[who], "amber", asked=ASKED_BEFORE)
        agree_all(session, cast, first, people["Sol"], "amber", asked=ASKED_BEFORE)
        by = people["Sol"]
        take_assessment_step(session, first, "agree", ASKED_BEFORE, by=by, now=NOW)
        later = NOW + timedelta(days=1)
        second = set_up(session, cast, people, repeats_id=first.id, now=later)
        begin(session, second, people)
        for who in ("Ines", "Iris", "Carl"):
            rate(session, second, people[who], "green")
        for key, level in zip(KEYS, ("green", "red", "amber", "green"), strict=True):
            agreement = Agreement(level, "So")
            agree_rating(session, second, ASKED.by_key[key], agreement, version=0, by=by, now=NOW)
        questions = [ASKED.by_key[key] for key in KEYS]
        moved = moved_since(session, second, [ASKED, ASKED_BEFORE], questions)
        assert [one.movement for one in moved] == [
            Movement.UP,
            Movement.DOWN,
            Movement.SAME,
            Movement.NONE,
        ]


def test_a_peer_review_is_about_an_agency_of_the_partnership(
    database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        people = bring_on_assessors(session, cast)
        made = set_up(session, cast, people, about_agency_id=cast.agencies["HOSP"])
        assert made.about == "Downshire Hospitals NHS Trust"
        assert made.respondent.agency_type == "nhs-trust"
        with pytest.raises(RefusedError):
            set_up(session, cast, people, about_agency_id=cast.agencies["FARPOL"])


def test_a_cancelled_assessment_opens_to_nobody(database: Database, rating: Assessing) -> None:
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        rate(session, made, rating["Ines"], "red")
        step(session, made, "cancel", rating["Priya"], "We start again")
        own = own_place(made, visible_to=rating["Ines"])
        assert own is not None
        assert own.sheet is not None
        assert own.sheet.opened_at is None
        with pytest.raises(StepNotAllowedError):
            take_up_ratings(session, made, by=rating["Ines"], now=NOW)


def test_the_last_assessor_opens_from_behind_their_own_wall(
    database: Database, rating: Assessing
) -> None:
    """On PostgreSQL their transaction touches the sheets of the others; it must find them."""
    with database.writing.begin() as session:
        made = assessment_in(session, rating["Priya"])
        rate(session, made, rating["Ines"], "green")
        rate(session, made, rating["Iris"], "green")
    carl = rating["Carl"]
    with database.within(Wall.around(carl)).writing.begin() as session:
        assert rate(session, assessment_in(session, carl), carl, "green")
