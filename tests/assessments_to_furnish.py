"""Joint assessments in every state in which somebody may act upon one.

Iris rates in all of them. In the first she alone has not finished; in the second it is Carl; the
third is discussed and all is agreed but the sign-off; the fourth is signed off; the fifth is a
draft in which another assessor can be named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Assessment
from s11audit.services.assessments import take_assessment_step
from tests.assessments import (
    ASKED,
    NOW,
    agree_all,
    begin,
    name_three,
    rate,
    set_up_without_assessors,
)
from tests.cast import Cast
from tests.joined import join

ASSESSMENTS = tuple(f"JA-26-0{number}" for number in range(1, 6))
# The three of each, in turn; those of the draft can be taken out.
ASSESSORS = tuple(range(1, 16))
FAR_OFF = date(2028, 6, 30)


def assessments_in_every_state(session: Session, cast: Cast) -> None:
    people = dict(cast.viewers)
    for name in ("Iris", "Carl", "Gwen", "Vera"):
        people[name] = join(session, name, (Role.ASSESSOR, "DOWN"))
    people["Sol"] = join(session, "Sol", (Role.SCRUTINEER, "DOWN"))
    made = [_draft(session, cast, people) for _ in ASSESSMENTS]
    for one in made[:4]:
        begin(session, one, people)
        rate(session, one, people["Gwen"], "amber")
    rate(session, made[0], people["Carl"], "red")
    rate(session, made[0], people["Iris"], "green", and_finish=False)
    rate(session, made[1], people["Iris"], "green")
    for one in made[2:4]:
        rate(session, one, people["Iris"], "green")
        rate(session, one, people["Carl"], "red")
        agree_all(session, cast, one, people["Sol"], "amber")
    take_assessment_step(session, made[3], "agree", ASKED, by=people["Sol"], now=NOW)


def _draft(session: Session, cast: Cast, people: Mapping[str, Viewer]) -> Assessment:
    made = set_up_without_assessors(session, cast, people, due=FAR_OFF)
    name_three(session, made, people, {"Gwen": "Police", "Iris": "ICB", "Carl": "Council"})
    return made
