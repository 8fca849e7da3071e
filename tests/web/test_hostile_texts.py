"""Bytes that are no text, and boxes that are sent twice: refused or saved clean, never an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from s11audit.domain.question_types import CONTROL_CHARACTERS
from tests.furnished import Furnished, Sent, Stage, post, rows_of

pytestmark = pytest.mark.slow

# As browsers that are made to lie send them: already encoded.
BAD: dict[str, bytes] = {
    "NUL": b"a%00b",
    "no UTF-8": b"a%ff%fe%c3%28b",
    "half a surrogate": b"a%ed%a0%80b",
    "too long a form of a slash": b"a%c0%afb",
    "controls": b"a%01%08%1b%7f%c2%85b",
    "no characters": b"a%ef%bf%be%ef%bf%bfb",
    "very long": b"a" * 300_000,
    "a bell and line ends": b"a%07%0d%0ab%0d",
    "nothing but blanks": b"%20%09%0a",
    "far beyond the first plane": b"%f0%9f%91%a9%f3%a0%80%81",
}


def bodies(sent: Sent, token: str, bad: bytes) -> bytes:
    """The body of a form with the same bad bytes in each of its texts."""
    pairs = [urlencode({"csrf_token": token}).encode()]
    for name, text in sent.fields:
        key = urlencode({name: ""}).encode()
        value = bad if name in sent.texts else urlencode({"": text}).encode()[1:]
        pairs.append(key + value)
    return b"&".join(pairs)


def test_bytes_that_are_no_text_are_refused_or_saved_clean(
    furnished: Furnished, forms: list[Sent]
) -> None:
    """All for one form go to one copy of the world: what the first changes, the rest finds."""
    for sent in (one for one in forms if one.texts):
        with furnished.stage(sent.who) as stage:
            for kind, bad in BAD.items():
                stage.forget_tries()
                answer = stage.pages.client.post(
                    sent.action,
                    data=bodies(sent, token_of(stage, sent), bad),
                    content_type="application/x-www-form-urlencoded",
                )
                assert answer.status_code < 500, (sent.action, kind, answer.status_code)
            assert unclean(stage) == [], sent.action


def unclean(stage: Stage) -> list[str]:
    """Columns that hold what no file, mail or page can."""
    return [
        f"{table}.{name}: {value!r}"[:200]
        for table, rows in rows_of(stage.database).items()
        for row in rows
        for name, value in row.items()
        if CONTROL_CHARACTERS.search(value if isinstance(value, str) else words_of(value))
    ]


def words_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else ""


def token_of(stage: Stage, sent: Sent) -> str:
    stage.pages.get("/account" if sent.who else "/sign-in")
    return stage.pages.csrf_token


Twisted = Iterator[tuple[str, dict[str, list[str]]]]


def twisted_ways(fields: dict[str, list[str]]) -> Twisted:
    """A form with boxes sent twice, under other names, filled with what is none, or left out."""
    if not fields:
        return
    yield "as lists", {f"{name}[]": held for name, held in fields.items()}
    yield "as keys", {f"{name}[$ne]": held for name, held in fields.items()}
    for value in ("", "-1", "1e999", "9" * 20, "NaN", "\u0661", "None", "a" * 5_000):
        yield f"all {value[:20]}", {name: [value] for name in fields}
    for name in list(fields)[:8]:
        yield f"without {name}", {one: held for one, held in fields.items() if one != name}
    yield "none", {}
    yield "each twice, then nothing", {name: [*held, ""] for name, held in fields.items()}
    yield "each twice", {name: [*held, *held] for name, held in fields.items()}
    yield "each 50 times", {name: held * 50 for name, held in fields.items()}


def test_a_form_that_is_twisted_is_never_an_error_of_ours(
    furnished: Furnished, forms: list[Sent]
) -> None:
    for sent in forms:
        fields: dict[str, list[str]] = {}
        for name, text in sent.fields:
            fields.setdefault(name, []).append(text)
        with furnished.stage(sent.who) as stage:
            token = token_of(stage, sent)
            for what, twisted in twisted_ways(fields):
                told = tuple((name, text) for name, held in twisted.items() for text in held)
                response = post(stage, replace(sent, fields=told), token)
                assert response.status_code < 500, (sent.action, what, response.status_code)
            assert unclean(stage) == [], sent.action


@pytest.mark.parametrize(
    "kind",
    ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=zq",
     "application/xml", "", "application/x-www-form-urlencoded; charset=utf-7"],
)  # fmt: skip
def test_a_body_of_another_kind_is_refused(
    furnished: Furnished, forms: list[Sent], kind: str
) -> None:
    body = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    for who in {sent.who for sent in forms}:
        with furnished.stage(who) as stage:
            before = rows_of(stage.database)
            for sent in (one for one in forms if one.who == who):
                answer = stage.pages.client.post(sent.action, data=body, content_type=kind)
                assert answer.status_code == 400, (sent.action, answer.status_code)
            assert rows_of(stage.database) == before


def test_odd_searches_are_never_an_error_of_ours(furnished: Furnished) -> None:
    """Every page that is searched or sorted by its address, with every name that is read there."""
    for who in ("Priya", "Asif", "Opal"):
        with furnished.stage(who) as stage:
            for place in ("/people", "/actions", "/events", "/events/history.csv", "/returns",
                          "/rounds/R1/heat-map", "/rounds/R1/weakest-questions", "/agencies",
                          "/people/invitations", "/rounds", "/rounds/new", "/questionnaires",
                          "/questionnaires/drafts/new", "/people/invite"):  # fmt: skip
                for bad in IN_ADDRESSES:
                    asked = b"&".join(name + b"=" + bad[:2_000] for name in READ)
                    answer = stage.pages.client.get(place, query_string=asked.decode())
                    assert answer.status_code in (200, 302, 400, 403, 404, 422), (place, bad[:30])


IN_ADDRESSES = (*(BAD[kind] for kind in ("NUL", "no UTF-8", "half a surrogate", "controls")),
                b"-1", b"9" * 40, b"%27%20OR%201=1--", b"%25_%5c")  # fmt: skip
READ = (b"page", b"sort", b"order", b"search", b"role", b"agency", b"state", b"status", b"overdue",
        b"before", b"what", b"about", b"since-day", b"since-month", b"since-year", b"until-day",
        b"until-month", b"until-year", b"from", b"until", b"kind", b"who", b"subject", b"type",
        b"partnership", b"with",
        b"left", b"next", b"round", b"day", b"from-day", b"from-month", b"from-year")  # fmt: skip
