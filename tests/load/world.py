"""The installation that is put under load: one round, 200 agencies, somebody signed in for each."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.permissions import Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.routing import route
from s11audit.domain.workflow import RoundStatus
from s11audit.models import (
    Agency,
    AgencyReturn,
    AuditRound,
    EventChain,
    Membership,
    Partnership,
    User,
    UserSession,
)
from s11audit.models.database import Database
from s11audit.models.migrating import migrate
from s11audit.paths import QUESTIONNAIRES
from s11audit.queries.people import as_viewer, token_digest
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.answer_changes import Change
from s11audit.services.answers import save_answers
from tests.cast import PASSWORD_HASH

ROUND = "LOAD"
TYPES = ("police", "nhs-trust", "district-council", "charity")
COMMENT = "What we do, and what difference it makes for children. " * 8


@dataclass(frozen=True)
class Somebody:
    """Who sends requests: the cookie of their browser, and the page of their standard."""

    cookie: str
    page: str


@dataclass(frozen=True)
class World:
    respondents: Sequence[Somebody]
    manager: Somebody


def build_world(url: str, app: Flask, respondents: int) -> World:
    """Fill an empty database; everybody is signed in, as if they had come a minute ago."""
    database = Database(url)
    migrate(database.engine)
    questionnaire = Catalogue([QUESTIONNAIRES]).get("section-11", "2026")
    with database.writing.begin() as session:
        builder = _Builder(session, app, questionnaire)
        people = [builder.respondent(number) for number in range(respondents)]
        world = World(people, builder.manager())
        assert session.query(EventChain).count() == 1
    database.dispose()
    return world


class _Builder:
    def __init__(self, session: Session, app: Flask, questionnaire: Questionnaire) -> None:
        self.session, self.app, self.questionnaire = session, app, questionnaire
        self.now = datetime.now(UTC)
        self.home = Partnership(reference="LOAD", name="A partnership under load")
        session.add(self.home)
        session.flush()
        today = self.now.date()
        self.round = AuditRound(
            partnership_id=self.home.id,
            reference=ROUND,
            title="An audit under load",
            questionnaire_id=questionnaire.id,
            questionnaire_version=questionnaire.version,
            questionnaire_sha256=questionnaire.sha256,
            status=RoundStatus.OPEN,
            opens_on=today,
            due_on=today + timedelta(days=28),
            closes_on=date(2199, 1, 15),
            created_at=self.now,
        )
        session.add(self.round)
        session.flush()

    def respondent(self, number: int) -> Somebody:
        reference = f"A{number}"
        agency = Agency(
            reference=reference,
            name=f"Agency {number}",
            agency_type=TYPES[number % len(TYPES)],
            partnerships=[self.home],
        )
        self.session.add(agency)
        self.session.flush()
        found = AgencyReturn(
            round_id=self.round.id,
            agency_id=agency.id,
            reference=f"{ROUND}-{reference}",
            due_on=self.round.due_on,
        )
        self.session.add(found)
        user, membership = self._joins(Role.AGENCY_LEAD, reference)
        membership.agency_id = agency.id
        self.session.flush()
        self._fill(found, user, membership)
        standards = list(route(self.questionnaire, found.respondent, {}).asked)
        standard = standards[number % len(standards)]
        return Somebody(self._cookie(user), f"/returns/{found.reference}/standards/{standard}")

    def _fill(self, found: AgencyReturn, user: User, membership: Membership) -> None:
        """Answer every rating, so that there is something to export."""
        asked = route(self.questionnaire, found.respondent, {}).asked.values()
        changes = [
            Change(question.key, Answer("partly-met", comment=COMMENT), Answer().digest)
            for questions in asked
            for question in questions
            if question.type == "rating"
        ]
        by = as_viewer(user, [membership])
        save_answers(self.session, found, self.questionnaire, changes, by=by, now=self.now)

    def manager(self) -> Somebody:
        user, membership = self._joins(Role.MANAGER, "manager")
        membership.partnership_id = self.home.id
        self.session.flush()
        return Somebody(self._cookie(user), f"/rounds/{ROUND}/compliance.xlsx")

    def _joins(self, role: Role, name: str) -> tuple[User, Membership]:
        user = User(
            name=f"Somebody of {name}",
            email=f"{name.lower()}@example.org",
            password_hash=PASSWORD_HASH,
            created_at=self.now,
        )
        membership = Membership(user=user, role=role, started_at=self.now)
        self.session.add(membership)
        return user, membership

    def _cookie(self, user: User) -> str:
        """The cookie of somebody who has shown two factors."""
        token = secrets.token_urlsafe(32)
        self.session.flush()
        self.session.add(
            UserSession(
                user_id=user.id,
                token_sha256=token_digest(token),
                started_at=self.now,
                last_seen_at=self.now,
                two_factors_at=self.now,
                proved_at=self.now,
            )
        )
        signed = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return f"{self.app.config['SESSION_COOKIE_NAME']}={signed.dumps({'token': token})}"
