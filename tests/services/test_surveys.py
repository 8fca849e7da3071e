"""Running surveys: who may, what is kept of answers, and what nobody else sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission, Role
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.surveys import LinkState, SurveyStatus
from s11audit.domain.viewers import Grant, Viewer
from s11audit.models import Agency, Event, Partnership, SurveyAnswer, SurveyLink, SurveyResponse
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries.people import token_digest
from s11audit.queries.surveys import (
    link_by_token,
    link_lines,
    link_of,
    links_of,
    own_links,
    replies_of,
    survey_lines,
    survey_of,
)
from s11audit.services.refusals import RefusedError
from s11audit.services.survey_answers import (
    NotTakenError,
    answer_survey,
    publish_reply,
    withdraw_reply,
    write_reply,
)
from s11audit.services.survey_links import PURPOSE, end_link, renew_link, set_staff
from s11audit.services.surveys import (
    add_agencies,
    change_closing_date,
    close_ended_surveys,
    create_survey,
    take_survey_step,
)
from tests.cast import Cast
from tests.databases import KIND
from tests.rounds_and_returns import NEVER, NOON, Opened
from tests.small import small_questionnaire
from tests.surveys import (
    BOX,
    GOOD,
    OPENS,
    answer,
    close,
    link_for,
    make_survey,
    survey_questionnaire,
)

TODAY = NOON.date()


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


def test_opening_a_survey_pins_its_questionnaire(session: Session, cast: Cast) -> None:
    survey = make_survey(session, cast)
    assert survey.status is SurveyStatus.OPEN
    assert survey.questionnaire_sha256 == survey_questionnaire().sha256
    assert kinds(session) == ["survey-created", "survey-agencies-added", "survey-opened"]


def test_each_agency_gets_a_link_of_its_own_that_can_be_shown_again(
    session: Session, cast: Cast
) -> None:
    survey = make_survey(session, cast)
    links = links_of(session, survey, visible_to=cast["Priya"])
    tokens = {BOX.open(link.token_sealed, PURPOSE) for link in links}
    assert len(tokens) == 3
    assert all(len(token) >= 43 for token in tokens), "256 bits"
    for token in tokens:
        assert link_by_token(session, token) is not None
    assert link_by_token(session, "guessed") is None


@pytest.mark.parametrize("name", ["Mo", "Asif", "Olga"])
def test_only_the_manager_of_the_partnership_runs_its_surveys(
    session: Session, cast: Cast, name: str
) -> None:
    survey = make_survey(session, cast, is_open=False)
    link = link_for(session, survey, cast, "POL")
    told = {"by": cast[name], "now": NOON}
    for attempt in (
        lambda: take_survey_step(session, survey, "open", **told),
        lambda: change_closing_date(session, survey, NEVER, **told),
        lambda: add_agencies(session, survey, [], box=BOX, **told),
        lambda: renew_link(session, link, box=BOX, **told),
        lambda: end_link(session, link, **told),
        lambda: set_staff(session, link, 5, **told),
    ):
        with pytest.raises(PermissionError):
            attempt()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reference": "ps 1"}, "reference"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"questionnaire": small_questionnaire()}, "questionnaire"),
        ({"closes_on": date(2026, 9, 1)}, "closes_on"),
        ({"closes_on": date(2026, 11, 2)}, "closes_on"),
        ({"agency_ids": [4]}, "agencies"),
    ],
)
def test_what_a_survey_cannot_be_made_from(
    session: Session, cast: Cast, change: dict[str, object], field: str
) -> None:
    told = {
        "partnership_id": cast.partnerships["DOWN"],
        "reference": "PS1",
        "title": "A survey",
        "questionnaire": survey_questionnaire(),
        "opens_on": OPENS,
        "closes_on": NEVER,
        "agency_ids": [cast.agencies["POL"]],
        **change,
    }
    with pytest.raises(RefusedError) as refused:
        create_survey(session, **told, box=BOX, by=cast["Priya"], now=NOON)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_reference_that_another_partnership_has_taken_is_refused(
    session: Session, cast: Cast
) -> None:
    make_survey(session, cast, "PS1", ("FARPOL",), home="FAR", by="Olga")
    with pytest.raises(RefusedError, match="already a survey PS1"):
        make_survey(session, cast, "PS1")


def test_a_survey_without_agencies_cannot_be_opened(session: Session, cast: Cast) -> None:
    survey = make_survey(session, cast, agencies=(), is_open=False)
    with pytest.raises(StepNotAllowedError, match="at least one agency"):
        take_survey_step(session, survey, "open", by=cast["Priya"], now=NOON)


def test_of_an_answer_nothing_is_kept_but_the_agency_and_the_day(
    session: Session, cast: Cast
) -> None:
    survey = make_survey(session, cast)
    before = kinds(session)
    answer(session, survey, cast, "POL", 1, {"learning.one-thing": "More time"})
    response = session.execute(select(SurveyResponse.__table__)).mappings().one()
    assert set(response) == {"id", "link_id", "answered_on"}
    assert response["answered_on"] == TODAY
    assert len(response["id"]) == 32
    stored = dict(session.execute(select(SurveyAnswer.question_key, SurveyAnswer.value)).all())
    assert stored == {**GOOD, "learning.one-thing": "More time"}
    assert kinds(session) == before, "an event would tell when, to the second"


def test_answers_come_in_only_while_the_survey_takes_them(session: Session, cast: Cast) -> None:
    survey = make_survey(session, cast, is_open=False)
    link = link_for(session, survey, cast, "POL")

    def refused(now: datetime = NOON) -> LinkState:
        with pytest.raises(NotTakenError) as error:
            answer_survey(session, link, GOOD, now=now)
        return error.value.state

    assert refused() is LinkState.NOT_YET
    asked = survey_questionnaire()
    take_survey_step(session, survey, "open", by=cast["Priya"], now=NOON, questionnaire=asked)
    assert refused(datetime(2026, 9, 1, tzinfo=UTC)) is LinkState.NOT_YET
    end_link(session, link, by=cast["Priya"], now=NOON)
    assert refused() is LinkState.ENDED
    renew_link(session, link, box=BOX, by=cast["Priya"], now=NOON)
    answer_survey(session, link, GOOD, now=NOON)
    close(session, survey, cast)
    assert refused() is LinkState.CLOSED
    assert session.scalar(select(func.count()).select_from(SurveyResponse)) == 1


def test_a_link_takes_no_more_than_its_staff_could_send(session: Session, cast: Cast) -> None:
    survey = make_survey(session, cast)
    link = link_for(session, survey, cast, "SCH")
    set_staff(session, link, 3, by=cast["Priya"], now=NOON)
    for _ in range(50):
        answer_survey(session, link, {}, now=NOON)
    with pytest.raises(NotTakenError):
        answer_survey(session, link, {}, now=NOON)


@pytest.mark.parametrize("staff", [0, -1, 1_000_001])
def test_a_number_of_staff_is_a_number_that_can_be(
    session: Session, cast: Cast, staff: int
) -> None:
    link = link_for(session, make_survey(session, cast), cast, "SCH")
    with pytest.raises(RefusedError):
        set_staff(session, link, staff, by=cast["Priya"], now=NOON)


def test_a_new_link_replaces_the_old_one_and_keeps_what_was_answered(
    session: Session, cast: Cast
) -> None:
    survey = make_survey(session, cast)
    answer(session, survey, cast, "POL", 2)
    link = link_for(session, survey, cast, "POL")
    old = BOX.open(link.token_sealed, PURPOSE)
    renew_link(session, link, box=BOX, by=cast["Priya"], now=NOON)
    new = BOX.open(link.token_sealed, PURPOSE)
    assert link_by_token(session, old) is None
    assert link_by_token(session, new) is link
    assert link.token_sha256 == token_digest(new)
    assert session.scalar(select(func.count()).select_from(SurveyResponse)) == 2


def test_nothing_of_a_closed_survey_changes(session: Session, cast: Cast) -> None:
    survey = make_survey(session, cast)
    close(session, survey, cast)
    link = link_for(session, survey, cast, "POL")
    told = {"by": cast["Priya"], "now": NOON}
    for attempt in (
        lambda: take_survey_step(session, survey, "open", **told),
        lambda: take_survey_step(session, survey, "close", **told),
        lambda: change_closing_date(session, survey, NEVER, **told),
        lambda: add_agencies(session, survey, [], box=BOX, **told),
        lambda: renew_link(session, link, box=BOX, **told),
        lambda: set_staff(session, link, 5, **told),
    ):
        with pytest.raises(StepNotAllowedError):
            attempt()


def test_a_survey_whose_last_day_is_over_closes_by_itself_once(
    session: Session, cast: Cast
) -> None:
    survey = make_survey(session, cast)
    change_closing_date(session, survey, TODAY, by=cast["Priya"], now=NOON)
    assert close_ended_surveys(session, NOON) == []
    after_midnight = NOON + timedelta(days=1)
    assert [one.reference for one in close_ended_surveys(session, after_midnight)] == ["PS1"]
    assert survey.status is SurveyStatus.CLOSED
    assert close_ended_surveys(session, after_midnight) == []


def test_a_survey_cannot_close_before_today(session: Session, cast: Cast) -> None:
    survey = make_survey(session, cast)
    with pytest.raises(RefusedError, match="3 November 2026 or a later"):
        change_closing_date(session, survey, date(2026, 11, 2), by=cast["Priya"], now=NOON)


def test_live_counts_go_up_in_steps_of_five_and_never_tell_of_fewer(
    session: Session, cast: Cast
) -> None:
    survey = make_survey(session, cast)
    answer(session, survey, cast, "POL", 9)
    answer(session, survey, cast, "HOSP", 4)
    lines, total = link_lines(session, links_of(session, survey, visible_to=cast["Mo"]), TODAY)
    told = {line.agency_reference: str(line.count) for line in lines}
    assert told == {"POL": "At least 5", "HOSP": "Fewer than 5", "SCH": "Fewer than 5"}
    assert str(total) == "At least 10"
    close(session, survey, cast)
    lines, total = link_lines(session, links_of(session, survey, visible_to=cast["Mo"]), TODAY)
    told = {line.agency_reference: str(line.count) for line in lines}
    assert told == {"POL": "9", "HOSP": "Fewer than 5", "SCH": "Fewer than 5"}
    assert str(total) == "At least 10", "13 less 9 would tell of four"


def test_a_partnership_sees_no_survey_of_another_not_even_of_a_shared_agency(
    session: Session, cast: Cast
) -> None:
    far = session.get_one(Partnership, cast.partnerships["FAR"])
    police = session.get_one(Agency, cast.agencies["POL"])
    police.partnerships.append(far)
    make_survey(session, cast)
    make_survey(session, cast, "F1", ("FARPOL", "POL"), home="FAR", by="Olga")
    assert [one.reference for one in survey_lines(session, visible_to=cast["Priya"])] == ["PS1"]
    assert [one.reference for one in survey_lines(session, visible_to=cast["Olga"])] == ["F1"]
    assert survey_of(session, "F1", visible_to=cast["Priya"]) is None
    assert link_of(session, "F1", "POL", visible_to=cast["Priya"]) is None
    own = {link.survey.reference for link in own_links(session, visible_to=cast["Asif"])}
    assert own == {"PS1", "F1"}


def test_a_lead_finds_the_own_agency_once_the_survey_has_opened_and_no_other(
    session: Session, cast: Cast
) -> None:
    draft = make_survey(session, cast, is_open=False)
    asif = cast["Asif"]
    assert link_of(session, "PS1", "POL", visible_to=asif) is None
    assert own_links(session, visible_to=asif) == []
    asked = survey_questionnaire()
    take_survey_step(session, draft, "open", by=cast["Priya"], now=NOON, questionnaire=asked)
    assert link_of(session, "PS1", "POL", visible_to=asif) is not None
    assert link_of(session, "PS1", "HOSP", visible_to=asif) is None
    assert survey_of(session, "PS1", visible_to=asif) is None
    assert link_of(session, "PS1", "POL", visible_to=cast["Bea"]) is None


def test_who_reviews_schools_finds_schools_only(session: Session, cast: Cast) -> None:
    survey = make_survey(session, cast)
    reviewer = schools_reviewer(cast)
    found = links_of(session, survey, visible_to=reviewer)
    assert [link.agency.reference for link in found] == ["SCH"]
    assert link_of(session, "PS1", "POL", visible_to=reviewer) is None


def schools_reviewer(cast: Cast) -> Viewer:
    grant = Grant(Role.EDUCATION_REVIEWER, partnership_id=cast.partnerships["DOWN"])
    return replace(cast["Mo"], grants=(grant,))


def test_what_was_done_is_written_after_closing_by_the_lead_or_the_manager(
    session: Session, cast: Cast
) -> None:
    survey = make_survey(session, cast)
    link = link_for(session, survey, cast, "POL")
    told = {"publish": False, "now": NOON}
    with pytest.raises(StepNotAllowedError):
        write_reply(session, link, "Said", "Did", TODAY, by=cast["Asif"], **told)
    close(session, survey, cast)
    for stranger in ("Cara", "Mo", "Bea", "Olga"):
        assert not cast[stranger].may_at(Permission.REPLY_TO_SURVEYS, link.place)
        with pytest.raises(PermissionError):
            write_reply(session, link, "Said", "Did", TODAY, by=cast[stranger], **told)
    reply = write_reply(session, link, "Said", "Did", TODAY, by=cast["Asif"], **told)
    assert replies_of(session, link, published_only=True) == []
    publish_reply(session, reply, by=cast["Priya"], now=NOON)
    assert replies_of(session, link, published_only=True) == [reply]
    withdraw_reply(session, reply, by=cast["Asif"], now=NOON)
    assert replies_of(session, link, published_only=True) == []
    assert kinds(session)[-3:] == [
        "survey-reply-written",
        "survey-reply-published",
        "survey-reply-withdrawn",
    ]


@pytest.mark.parametrize(
    ("said", "did", "done_on", "field"),
    [
        (" ", "Did", TODAY, "said"),
        ("Said", "", TODAY, "did"),
        ("Said", "x" * 2_001, TODAY, "did"),
        ("Said", "Did", TODAY + timedelta(days=1), "done_on"),
    ],
)
def test_what_a_reply_lacks_is_said(
    session: Session, cast: Cast, said: str, did: str, done_on: date, field: str
) -> None:
    survey = make_survey(session, cast)
    close(session, survey, cast)
    link = link_for(session, survey, cast, "POL")
    with pytest.raises(RefusedError) as refused:
        write_reply(session, link, said, did, done_on, publish=True, by=cast["Asif"], now=NOON)
    assert refused.value.field == field


@pytest.mark.skipif(KIND != "postgresql", reason="SQLite has no row security")
def test_the_wall_shows_answers_to_their_agency_and_partnership_only(
    database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        survey = make_survey(session, cast)
        answer(session, survey, cast, "POL", 2)
        answer(session, survey, cast, "HOSP", 3)

    def seen(name: str) -> tuple[int, int]:
        with database.within(Wall.around(cast[name])).reading() as session:
            counts = [
                session.scalar(select(func.count()).select_from(table)) or 0
                for table in (SurveyLink, SurveyResponse)
            ]
        return counts[0], counts[1]

    assert seen("Priya") == (3, 5)
    assert seen("Asif") == (1, 2)
    assert seen("Cara") == (1, 3)
    assert seen("Olga") == (0, 0)
