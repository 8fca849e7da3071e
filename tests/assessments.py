"""A joint assessment of Downshire's with its people, brought as far as a test wants.

Ines, the chief officer of the police, Iris of the ICB and Carl of the council rate; Sol, the
scrutineer, chairs. Priya runs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.permissions import Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.models import Assessment, Membership, User
from s11audit.queries.assessments import assessment_of, own_place
from s11audit.queries.people import as_viewer
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.agreed_ratings import Agreement, agree_rating
from s11audit.services.answer_changes import Change
from s11audit.services.assessments import (
    AssessmentDetails,
    set_up_assessment,
    take_assessment_step,
)
from s11audit.services.assessors import name_assessor
from s11audit.services.rating import finish_ratings, note_saved
from s11audit.services.sheets import fill_in
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.small import QUESTIONNAIRES

NOW = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
DUE = date(2026, 6, 30)
FIRST = "JA-26-01"
ASKED = Catalogue([QUESTIONNAIRES]).get("small-joint", "2")
ASKED_BEFORE = Catalogue([QUESTIONNAIRES]).get("small-joint", "1")
# First name → role, and the partnership or agency that it is held for.
ASSESSING_PEOPLE = {
    "Iris": (Role.ASSESSOR, "DOWN"),
    "Carl": (Role.ASSESSOR, "DOWN"),
    "Sol": (Role.SCRUTINEER, "DOWN"),
    "Otto": (Role.QA_CHAIR, "DOWN"),
}
LABELS = {"Ines": "Police", "Iris": "ICB", "Carl": "Council"}
KEYS = ("leads.equal-share", "leads.choices", "voice.heard", "voice.seen")


@dataclass(frozen=True)
class Assessing:
    """Its people besides the cast, and its reference."""

    people: Mapping[str, Viewer]
    reference: str = FIRST

    def __getitem__(self, first_name: str) -> Viewer:
        return self.people[first_name]


def bring_on_assessors(session: Session, cast: Cast) -> dict[str, Viewer]:
    """Add those of ASSESSING_PEOPLE to the cast, and let Ines rate, as viewers by first name."""
    users = {}
    for first_name in ASSESSING_PEOPLE:
        users[first_name] = User(
            name=first_name,
            email=f"{first_name.lower()}@example.org",
            password_hash=PASSWORD_HASH,
            created_at=LONG_AGO,
        )
    session.add_all(users.values())
    session.flush()
    users["Ines"] = session.get_one(User, cast["Ines"].user_id)
    found = {}
    for first_name, user in users.items():
        role, place = ASSESSING_PEOPLE.get(first_name, (Role.ASSESSOR, "DOWN"))
        session.add(
            Membership(
                user_id=user.id,
                role=role,
                partnership_id=cast.partnerships[place],
                started_at=LONG_AGO,
            )
        )
        session.flush()
        session.refresh(user)
        found[first_name] = as_viewer(user, list(user.memberships))
    return {**cast.viewers, **found}


def set_up(
    session: Session, cast: Cast, people: Mapping[str, Viewer], **details: Any
) -> Assessment:
    """A draft in which the three are named; `details` as for `set_up_without_assessors`."""
    made = set_up_without_assessors(session, cast, people, **details)
    name_three(session, made, people, LABELS)
    return made


def set_up_without_assessors(
    session: Session,
    cast: Cast,
    people: Mapping[str, Viewer],
    *,
    repeats_id: int | None = None,
    about_agency_id: int | None = None,
    asked: Questionnaire = ASKED,
    now: datetime = NOW,
    due: date = DUE,
) -> Assessment:
    """A draft that Sol chairs."""
    chair = people["Sol"].user_id
    details = AssessmentDetails("How we lead together", due, chair, about_agency_id, repeats_id)
    return set_up_assessment(
        session, cast.partnerships["DOWN"], details, asked, by=people["Priya"], now=now
    )


def name_three(
    session: Session, made: Assessment, people: Mapping[str, Viewer], labels: Mapping[str, str]
) -> None:
    """Name these (first name → for whom they speak)."""
    for name, label in labels.items():
        name_assessor(session, made, people[name].user_id, label, by=people["Priya"], now=NOW)


def begin(
    session: Session, made: Assessment, people: Mapping[str, Viewer], asked: Questionnaire = ASKED
) -> None:
    """Ask the three to rate."""
    take_assessment_step(session, made, "start", asked, by=people["Priya"], now=NOW)


def rate(
    session: Session,
    made: Assessment,
    by: Viewer,
    levels: Mapping[str, str] | str,
    *,
    asked: Questionnaire = ASKED,
    and_finish: bool = True,
) -> bool:
    """Rate every question on the own sheet, all alike or by key; True where everything opened."""
    keys = [one.key for one in asked.questions() if one.scale]
    wanted = {key: levels if isinstance(levels, str) else levels[key] for key in keys}
    own = own_place(made, visible_to=by)
    assert own is not None
    assert own.sheet is not None
    changes = [
        Change(key, Answer(value=level, comment=f"As {own.label} sees {key}"), Answer().digest)
        for key, level in wanted.items()
    ]
    fill_in(session, own.sheet, asked, made.respondent, changes, by=by, now=NOW)
    note_saved(session, made, by=by, now=NOW)
    return and_finish and finish_ratings(session, made, [], by=by, now=NOW)


def agree_all(
    session: Session,
    cast: Cast,
    made: Assessment,
    by: Viewer,
    level: str,
    *,
    asked: Questionnaire = ASKED,
) -> None:
    """Write down the same level for every question, with the action that it needs."""
    agreement = Agreement(
        level,
        "We looked at it together",
        promise=Promise("Meet every month", "Director", date(2026, 12, 1)),
        agency_id=cast.agencies["POL"],
    )
    for question in asked.questions():
        if question.scale:
            agree_rating(session, made, question, agreement, version=0, by=by, now=NOW)


def assessment_in(session: Session, viewer: Viewer, reference: str = FIRST) -> Assessment:
    """The assessment of this reference, as somebody finds it."""
    found = assessment_of(session, reference, visible_to=viewer)
    assert found is not None
    return found


def brought_to_rating(session: Session, cast: Cast) -> Assessing:
    """The assessment, being rated; nobody has begun."""
    people = bring_on_assessors(session, cast)
    begin(session, set_up(session, cast, people), people)
    return Assessing(people)


def brought_to_discussion(session: Session, cast: Cast) -> Assessing:
    """The assessment, opened by itself: they differ on every question but one."""
    people = bring_on_assessors(session, cast)
    made = set_up(session, cast, people)
    begin(session, made, people)
    rate(session, made, people["Ines"], "green")
    rate(
        session,
        made,
        people["Iris"],
        dict(zip(KEYS, ("green", "amber", "red", "red"), strict=True)),
    )
    rate(
        session,
        made,
        people["Carl"],
        dict(zip(KEYS, ("green", "green", "amber", "red"), strict=True)),
    )
    return Assessing(people)
