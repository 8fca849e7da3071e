"""Nobody can tell what another assessor rated before the ratings are opened.

Two worlds differ in nothing but one assessor's ratings: all green in the one, all red in the other.
Everybody else looks at every page and file there is, and must be shown the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import product

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, event, select
from werkzeug.routing import Rule

from s11audit.models import Assessment, Event, OutgoingMail
from s11audit.models.database import Database
from s11audit.web.security import declared_permission
from tests.assessments import (
    FIRST,
    KEYS,
    NOW,
    Assessing,
    assessment_in,
    brought_to_rating,
    rate,
)
from tests.cast import Cast
from tests.databases import PEOPLED, PostgresqlDatabases, SqliteFiles
from tests.pages import Pages

pytestmark = pytest.mark.slow

# These look at every page there is; the others only where something could be told.
LOOK_EVERYWHERE = ("Iris", "Priya")
WHO_LOOK = (*LOOK_EVERYWHERE, "Carl", "Sol", "Otto", "Mo", "Asif", "Olga")
LIKELY = ("/assessments", "/actions", "/events", "/people")
# Ends the session; shows a secret that is made anew at every look.
LEFT_OUT = {"/sign-out", "/account/second-factors/app"}
# What is made anew at every look: a session's token in forms, the nonces of the page, a cookie.
FRESH = (
    re.compile(rb'name="csrf_token" value="[^"]*"'),
    re.compile(rb'nonce="[^"]*"'),
    re.compile(rb"nonce-[A-Za-z0-9_-]+"),
)
FRESH_HEADERS = {"Set-Cookie", "Content-Security-Policy", "Date"}
VARIABLES = {
    "assessment": (FIRST,),
    "standard": ("leads", "voice"),
    "key": KEYS,
    "reference": (FIRST, f"{FIRST}-A1"),
    "agency": ("POL",),
    "user_id": (1, 3, 5),
}
Seen = dict[tuple[str, str], tuple[int, bytes, tuple[tuple[str, str], ...], int]]


def pages_to_look_at(app: Flask) -> Iterator[str]:
    """Every address that a browser may ask for, with what stands for each variable."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
            continue
        if not rule.arguments <= VARIABLES.keys():
            continue  # about a thing that is not in these worlds
        names = sorted(rule.arguments)
        for values in product(*(VARIABLES[name] for name in names)):
            yield _address(rule, dict(zip(names, values, strict=True)))


def _address(rule: Rule, values: dict[str, object]) -> str:
    built = rule.build(values)
    assert built is not None
    return built[1]


def without_what_is_fresh(body: bytes) -> bytes:
    """A file of files by what is in it: it remembers to two seconds when each was written."""
    if zipfile.is_zipfile(BytesIO(body)):
        with zipfile.ZipFile(BytesIO(body)) as packed:
            return repr([(one, packed.read(one)) for one in packed.namelist()]).encode()
    for pattern in FRESH:
        body = pattern.sub(b"", body)
    return body


def everything_seen(app: Flask, database: Database, world: Assessing, who: tuple[str, ...]) -> Seen:
    """(Person, address) → status, body, headers, and how many statements it took."""
    seen: Seen = {}
    addresses = sorted({*pages_to_look_at(app)} - LEFT_OUT)
    for name in who:
        pages = Pages(app, database)
        pages.sign_in(world[name])
        pages.client.get("/account")
        for address in addresses:
            if name not in LOOK_EVERYWHERE and not address.startswith(LIKELY):
                continue
            with counted(database.engine) as statements:
                response = pages.client.get(address)
            headers = tuple(
                sorted((k, v) for k, v in response.headers.items() if k not in FRESH_HEADERS)
            )
            body = without_what_is_fresh(response.get_data())
            seen[name, address] = (response.status_code, body, headers, len(statements))
    return seen


class counted:  # noqa: N801 - it reads as a word
    """Counts the statements that a database is asked to run."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.statements = engine, list[str]()

    def __enter__(self) -> list[str]:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self.statements

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _c: object, _cursor: object, statement: str, *_: object) -> None:
        self.statements.append(statement)


def told_to_others(database: Database) -> list[object]:
    """All mail, and the history without its seals."""
    with database.reading() as session:
        mail = [
            (one.kind, one.recipient, one.text) for one in session.scalars(select(OutgoingMail))
        ]
        history = [
            (one.happened_at, one.kind, one.user_id, one.subject, one.detail)
            for one in session.scalars(select(Event).order_by(Event.id))
        ]
    return [*mail, *history]


def worlds(
    databases: SqliteFiles | PostgresqlDatabases, app: Flask, *, is_opened: bool
) -> Iterator[tuple[Seen, list[object]]]:
    """What is seen where Ines rates all green, and then where she rates all red."""
    from dataclasses import replace

    for level in ("green", "red"):
        with databases.fresh(PEOPLED) as url, time_machine.travel(NOW, tick=False):
            database = Database(url)
            shared = app.extensions["s11audit"]
            settings = replace(shared.settings, database_url=url)
            app.extensions["s11audit"] = replace(shared, settings=settings, database=database)
            with database.writing.begin() as session:
                world = brought_to_rating(session, databases.cast)
                made = assessment_in(session, world["Priya"])
                rate(session, made, world["Ines"], level)
                rate(session, made, world["Iris"], "amber", and_finish=is_opened)
                if is_opened:
                    rate(session, made, world["Carl"], "amber")
            yield everything_seen(app, database, world, WHO_LOOK), told_to_others(database)
            database.dispose()


def differing(one: Seen, other: Seen) -> list[tuple[str, str]]:
    assert one.keys() == other.keys()
    return [place for place in one if one[place] != other[place]]


def test_before_the_ratings_are_opened_nobody_is_shown_anything_that_hangs_on_them(
    databases: SqliteFiles | PostgresqlDatabases, app: Flask, cast: Cast
) -> None:
    (green, told_green), (red, told_red) = worlds(databases, app, is_opened=False)
    found = {address for _, address in green if green["Iris", address][0] == 200}
    assert f"/assessments/{FIRST}/ratings/leads" in found, "Nobody looked at anything"
    assert differing(green, red) == []
    assert told_green == told_red


def test_once_they_are_opened_those_who_may_read_them_see_the_difference(
    databases: SqliteFiles | PostgresqlDatabases, app: Flask, cast: Cast
) -> None:
    (green, told_green), (red, told_red) = worlds(databases, app, is_opened=True)
    differ = {(who, address) for who, address in differing(green, red)}
    compare = f"/assessments/{FIRST}/compare"
    assert {who for who, address in differ if address == compare} == {
        "Iris",
        "Carl",
        "Priya",
        "Sol",
        "Otto",
    }
    assert not {who for who, _ in differ} & {"Mo", "Asif", "Olga"}
    assert told_green == told_red, "Mail and history say nothing of ratings even then"


def test_an_assessor_is_not_told_how_far_the_others_are(
    databases: SqliteFiles | PostgresqlDatabases, app: Flask, database: Database, cast: Cast
) -> None:
    """Not even whether they have begun: the page is the same before and after Ines finishes."""
    with database.writing.begin() as session:
        world = brought_to_rating(session, cast)
    own = [
        address
        for address in sorted(set(pages_to_look_at(app)))
        if address.startswith("/assessments")
    ]
    before = shown(app, database, world, own)
    with database.writing.begin() as session:
        made = session.scalars(select(Assessment)).one()
        rate(session, made, world["Ines"], "red")
    after = shown(app, database, world, own)
    for who in ("Iris", "Carl", "Otto"):
        assert before[who] == after[who]
    for who in ("Priya", "Sol"):
        assert before[who] != after[who], "Whoever runs or chairs it sees who has finished"


def shown(
    app: Flask, database: Database, world: Assessing, addresses: list[str]
) -> dict[str, list[tuple[int, bytes]]]:
    seen = {}
    for who in ("Iris", "Carl", "Otto", "Priya", "Sol"):
        client = Pages(app, database).sign_in(world[who]).client
        answers = [client.get(address) for address in addresses]
        seen[who] = [(one.status_code, without_what_is_fresh(one.get_data())) for one in answers]
    return seen


def test_every_page_of_joint_assessments_is_looked_at(app: Flask) -> None:
    looked_at = set(pages_to_look_at(app))
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/assessments") and "GET" in (rule.methods or set()):
            assert declared_permission(app, rule.endpoint) is not None
            assert any(address.startswith("/assessments") for address in looked_at)
            assert rule.arguments <= VARIABLES.keys(), rule.rule
