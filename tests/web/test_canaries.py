"""Nothing of another partnership, or of another agency, on any page or in any file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from s11audit.domain.permissions import AGENCY_ROLES, INSTALLATION_ROLES, TRUST_ROLES, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Base, Membership, Partnership, Trust, User
from s11audit.models.database import Database
from s11audit.models.people import agency_partnerships
from s11audit.queries.people import as_viewer
from tests.canaries import holds_canary, plant, rename, sightings
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, Opened, submit

pytestmark = pytest.mark.slow

# What belongs to one agency: the rest is its partnership's.
OF_AN_AGENCY = ("users", "answers", "scores", "snapshots", "actions", "action_notes", "signatures",
                "invitations", "takeover_requests", "events", "outgoing_mail")  # fmt: skip
OWN = {"reference": "R1", "agency": "POL", "standard": "leadership", "standard_id": "leadership",
       "name": "rag-by-standard", "picture": "svg", "id": "small", "version": "1", "old": "1",
       "new": "1", "user_id": 2, "token": "x", "asker": "DOWN", "audit": "MA-26-01",
       "case": "MA-26-01-C1"}  # fmt: skip
CASE_IDS = ("finding_id", "recommendation_id", "measure_id", "file_id")


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> Opened:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    return opened


def joins(session: Session, cast: Cast, role: Role, agency: str) -> Viewer:
    """Somebody new with this role, in the Downshire partnership or an agency or trust of it."""
    user = User(name=f"New {role}", email=f"{role}@example.org", password_hash=PASSWORD_HASH,
                created_at=LONG_AGO)  # fmt: skip
    membership = Membership(user=user, role=role, started_at=LONG_AGO)
    if role in TRUST_ROLES:
        membership.trust = Trust(reference="TRUST", name="A trust")
        membership.trust.agencies.append(session.get_one(Agency, cast.agencies["SCH"]))
    elif role in AGENCY_ROLES:
        membership.agency_id = cast.agencies[agency]
    else:
        membership.partnership_id = cast.partnerships["DOWN"]
    session.add(membership)
    session.flush()
    return as_viewer(user, [membership])


def examples(*planted: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What variables of addresses may be: our own things, and each thing that was planted."""
    own = [OWN | {"reference": one} for one in ("R1", "R1-POL", "R1-HOSP", "R1-POL-A1", "POL")]
    theirs = [
        OWN | {"reference": rows[table]["reference"]}
        for rows in planted
        for table in ("audit_rounds", "agency_returns", "actions", "agencies")
        if table in rows
    ]
    versions = [
        OWN | {"id": rows["questionnaire_versions"]["questionnaire_id"],
               "version": rows["questionnaire_versions"]["version"]}
        for rows in planted if "questionnaire_versions" in rows
    ]  # fmt: skip
    audits = [
        OWN | {"audit": rows["case_audits"]["reference"], "case": rows["audit_cases"]["reference"],
               "domain": "voice"} | dict.fromkeys(CASE_IDS, 1)
        for rows in planted if "audit_cases" in rows
    ]  # fmt: skip
    ids = ("user_id", "membership_id", "role_id", "invitation_id", "request_id", "session_id")
    numbers = [OWN | dict.fromkeys(ids, number) for number in (1, 2, 4, 9, 10)]
    return [*own, *theirs, *versions, *audits, *numbers]


@pytest.mark.parametrize("role", [None, *(set(Role) - INSTALLATION_ROLES)], ids=str)
def test_nothing_of_another_partnership_reaches_anybody_of_this_one(
    pages: Pages, app: Flask, database: Database, cast: Cast, submitted: Opened, role: Role | None
) -> None:
    """The police belong to both partnerships, and answer in both: the second's is its own."""
    far, police = cast.partnerships["FAR"], cast.agencies["POL"]
    with database.writing.begin() as session:
        session.execute(insert(agency_partnerships).values(agency_id=police, partnership_id=far))
        rename(session, Partnership.__table__, far)
        rename(session, User.__table__, cast["Olga"].user_id)
        rename(session, Agency.__table__, cast.agencies["FARPOL"])
        olga = cast["Olga"].user_id
        owners = {"partnerships": far, "users": olga, "memberships": None, "trusts": None,
                  "agency_partnerships": None, "throttles": None}  # fmt: skip
        first = plant(session, {**owners, "agencies": cast.agencies["FARPOL"]})
        # Who asks to take over at a shared agency is seen by both of its partnerships.
        second = plant(session, {**owners, "agencies": police, "takeover_requests": None})
        viewer = joins(session, cast, role, "HOSP") if role else None
    if viewer:
        pages.sign_in(viewer)
    assert sightings(pages, app, examples(first, second)) == []


@pytest.mark.parametrize("role", sorted(AGENCY_ROLES | TRUST_ROLES))
def test_nothing_of_another_agency_reaches_anybody_of_this_one(
    pages: Pages, app: Flask, database: Database, cast: Cast, submitted: Opened, role: Role
) -> None:
    hospitals = cast.agencies["HOSP"]
    with database.writing.begin() as session:
        viewer = joins(session, cast, role, "POL")
        rename(session, Agency.__table__, hospitals)
        rename(session, User.__table__, cast["Cara"].user_id)
        tables = [Base.metadata.tables[name] for name in OF_AN_AGENCY]
        owners = {"partnerships": cast.partnerships["DOWN"], "agencies": hospitals,
                  "audit_rounds": submitted.round_id, "agency_returns": 2}  # fmt: skip
        planted = plant(session, owners, tables)
    assert sightings(pages.sign_in(viewer), app, examples(planted)) == []


def test_a_crawl_does_find_what_is_there_to_be_seen(
    pages: Pages, app: Flask, database: Database, cast: Cast, submitted: Opened
) -> None:
    """The other partnership's manager sees its canaries, or the searches above prove nothing."""
    with database.writing.begin() as session:
        rename(session, Agency.__table__, cast.agencies["FARPOL"])
    assert sightings(pages.sign_in(cast["Olga"]), app, examples())
    assert holds_canary(pages.client.get("/agencies").get_data())
