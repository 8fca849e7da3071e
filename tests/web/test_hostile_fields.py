"""What is sent besides what a form asks for changes nothing, whatever it is called."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Boolean, Date, Integer, Table

from s11audit.models import Base
from s11audit.models.base import Code, UtcTime
from tests.furnished import (
    ACCEPTED,
    FOUND_BY_NOBODY,
    NEEDS_MORE,
    Furnished,
    Sent,
    post,
    rows_of,
)

pytestmark = pytest.mark.slow

# Random each time, or when it was: the same form sent twice differs in these.
EVER_NEW = re.compile(r"sha256$|_sealed$|_at$|^password_hash$|^secret$|^receipt$|^content$|^head$")
LINK = re.compile(r"https?://\S+")
ID_AT_RANDOM = re.compile(r"[0-9a-f]{32}")  # of what was answered without a name
RECEIPT = re.compile(r"\bR1-[0-9A-Z]{6}\b")  # in mail
# Whoever gets this wins most.
WANTED = {"role": "operator", "status": "closed", "outcome": "confirmed", "side": "agreed"}


def smuggled() -> dict[str, str]:
    """A value for every column of every table: what an attacker would want there."""
    return {
        name: value for table in Base.metadata.sorted_tables for name, value in _of_table(table)
    }


def _of_table(table: Table) -> list[tuple[str, str]]:
    return [(column.name, _value(column.name, column.type)) for column in table.columns]


def _value(name: str, kind: Any) -> str:
    if name in WANTED:
        return WANTED[name]
    if isinstance(kind, Code):
        return str(next(reversed(list(kind.codes))))
    if isinstance(kind, Boolean):
        return "y"
    if isinstance(kind, Integer):
        return "3"
    if isinstance(kind, UtcTime):
        return "2001-02-03T04:05:06+00:00"
    return "2001-02-03" if isinstance(kind, Date) else "smuggled"


def extras_for(sent: Sent) -> dict[str, str]:
    """Every column but for those of which the form has a box."""
    own = {name for name, _ in sent.fields} | {"csrf_token", "kept-under"}
    return {name: value for name, value in smuggled().items() if name not in own}


def steady(held: Any) -> Any:
    """Rows in no order, and what their columns hold, without what is new each time."""
    if isinstance(held, dict):
        return {name: steady(one) for name, one in held.items() if not EVER_NEW.search(name)}
    if isinstance(held, list):
        return sorted((steady(one) for one in held), key=repr)
    if not isinstance(held, str):
        return held
    if ID_AT_RANDOM.fullmatch(held):
        return "(an id)"
    return RECEIPT.sub("(a receipt)", LINK.sub("(a link)", held))


Outcome = tuple[int, dict[str, list[dict[str, Any]]]]


def outcome(world: Furnished, sent: Sent, extra: dict[str, str]) -> Outcome:
    """What becomes of a form sent at a certain moment, with more in its body and its address."""
    mark = "&" if "?" in sent.action else "?"
    action = sent.action + mark + urlencode(extra) if extra else sent.action
    with time_machine.travel(world.moment, tick=False), world.stage(sent.who) as stage:
        response = post(stage, replace(sent, action=action), extra=extra)
        return response.status_code, steady(rows_of(stage.database))


@pytest.fixture(scope="module")
def plain(furnished: Furnished, forms: list[Sent]) -> list[Outcome]:
    """What becomes of each form, sent as it is meant."""
    return [outcome(furnished, sent, {}) for sent in forms]


def test_every_form_of_the_application_is_found_and_accepted(
    one_app: Flask, forms: list[Sent], plain: list[Outcome]
) -> None:
    """Or the tests of forms prove nothing about it: say in tests/furnished.py what is missing."""
    takes_forms = {
        rule.endpoint for rule in one_app.url_map.iter_rules() if "POST" in (rule.methods or ())
    }
    assert takes_forms - {sent.endpoint for sent in forms} <= FOUND_BY_NOBODY
    refused = [
        f"{sent.endpoint} {sent.action}: {status}"
        for sent, (status, _) in zip(forms, plain, strict=True)
        if status not in ACCEPTED and sent.endpoint not in NEEDS_MORE
    ]
    assert refused == []


def test_no_column_of_any_table_is_set_by_sending_its_name(
    furnished: Furnished, forms: list[Sent], plain: list[Outcome]
) -> None:
    assert {"role", "is_active", "partnership_id", "password_hash"} <= smuggled().keys()
    changed = [
        f"{sent.endpoint} {sent.action}"
        for sent, meant in zip(forms, plain, strict=True)
        if outcome(furnished, sent, extras_for(sent)) != meant
    ]
    assert changed == []
