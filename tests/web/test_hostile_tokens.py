"""Nothing is done for a form that is not of our own pages, of this very session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.furnished import Furnished, Sent, post, rows_of
from tests.web.test_access import address

pytestmark = pytest.mark.slow

FORM_TOO_OLD = "We could not check that form"
WHO = ("", "Priya", "Asif", "Opal")


def posts(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            yield method, address(rule)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("whose", ["none", "another session's", "made up"])
def test_no_route_takes_a_form_without_the_token_of_its_session(
    furnished: Furnished, who: str, whose: str
) -> None:
    with furnished.stage(who) as stage:
        mine, token = stage.pages.client, ""
        if whose == "another session's":
            stage.pages.client = stage.app.test_client()
            stage.pages.get("/sign-in")
            token = stage.pages.csrf_token
        elif whose == "made up":
            token = "ImFiYyI.aWxs.bm90LXNpZ25lZA"
        before = rows_of(stage.database)
        for method, place in posts(stage.app):
            for sent in ({"data": {"csrf_token": token}}, {"headers": {"X-CSRFToken": token}}):
                answer = mine.open(place, method=method, **sent)
                assert answer.status_code == 400, (method, place)
                assert FORM_TOO_OLD in answer.text, (method, place)
        assert rows_of(stage.database) == before


def test_a_form_that_would_be_accepted_is_not_with_the_token_of_somebody_else(
    furnished: Furnished, forms: list[Sent]
) -> None:
    for who in {sent.who for sent in forms}:
        with furnished.stage(who) as stage:
            mine = stage.pages.client
            stage.pages.client = stage.app.test_client()
            stage.pages.sign_in(furnished.people["Mo"]).get("/account")
            token, stage.pages.client = stage.pages.csrf_token, mine
            before = rows_of(stage.database)
            for sent in forms:
                if sent.who == who:
                    assert post(stage, sent, token).status_code == 400, sent.action
            assert rows_of(stage.database) == before
