"""Odd addresses, hosts and methods: never another site, never a file, never an error of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.routing.converters import IntegerConverter
from werkzeug.test import TestResponse

from s11audit.models import OutgoingMail
from s11audit.web.downloads import safe_name
from tests.cast import PASSWORD
from tests.furnished import Furnished, Sent, Stage, post, rows_of
from tests.pages import Pages
from tests.web.test_access import address, rules
from tests.web.test_account import OTHER_SITES

pytestmark = pytest.mark.slow

WHO = ("", "Priya", "Asif", "Opal")
EVIL = "evil.example"


# Other hosts


HOSTS: list[dict[str, str]] = [
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Port": "8443"},
    {"Forwarded": f"host={EVIL};proto=https"},
    {"X-Original-Host": EVIL, "X-Host": EVIL, "X-Forwarded-Server": EVIL, "X-HTTP-Host": EVIL},
    {"X-Forwarded-Prefix": f"//{EVIL}", "X-Script-Name": f"//{EVIL}"},
    {"X-Original-URL": f"https://{EVIL}/", "X-Rewrite-URL": f"https://{EVIL}/"},
    {"Origin": f"https://{EVIL}", "Referer": f"https://{EVIL}/"},
]


@pytest.mark.parametrize("headers", HOSTS, ids=lambda headers: "-".join(headers))
def test_what_a_form_is_sent_with_gets_into_no_mail_link_or_redirect(
    furnished: Furnished, forms: list[Sent], headers: dict[str, str]
) -> None:
    mails = 0
    for sent in (one for one in forms if one.endpoint in WRITES_LINKS):
        with furnished.stage(sent.who) as stage:
            response = post(stage, sent, headers=headers)
            assert EVIL not in response.text, sent.action
            assert EVIL not in str(response.headers), sent.action
            texts = mails_in(stage)
            assert not [text for text in texts if EVIL in text], sent.action
            mails += len(texts)
    assert mails >= 4


@pytest.mark.parametrize("host", [EVIL, f"localhost.{EVIL}", f"localhost:80@{EVIL}", f"a.{EVIL}"])
def test_a_form_for_another_host_does_nothing(
    furnished: Furnished, forms: list[Sent], host: str
) -> None:
    for who in WHO:
        with furnished.stage(who) as stage:
            before = rows_of(stage.database)
            for sent in (one for one in forms if one.who == who):
                response = post(stage, sent, "a-token", headers={"Host": host})
                assert response.status_code == 400, sent.action
                assert host not in response.text + str(response.headers), sent.action
            assert rows_of(stage.database) == before


# Whoever writes mail, or shows a link to hand over. A test below finds any other.
WRITES_LINKS = frozenset(
    {"people.send_invitation", "people.invite_again", "people.confirm_many", "account.send_link",
     "people.ask_to_take_over", "people.confirm_takeover", "people.decline_takeover"}
)  # fmt: skip


def mails_in(stage: Stage) -> list[str]:
    with stage.database.reading() as session:
        return [f"{mail.subject}\n{mail.text}" for mail in session.scalars(select(OutgoingMail))]


# Other sites


@pytest.mark.parametrize("who", WHO)
def test_no_answer_ever_leads_to_another_site(furnished: Furnished, who: str) -> None:
    """Every page with every address of the corpus, under every name that frameworks use."""
    with furnished.stage(who) as stage:
        for rule in stage.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or is_slow(rule):
                continue
            first = stage.pages.client.get(address(rule), query_string={"next": "/x"})
            said = first.text if first.mimetype.startswith("text/") else ""
            if "/x" not in said + first.headers.get("Location", ""):
                continue  # it does not say what it was asked
            for wanted in OTHER_SITES:
                asked = {"next": wanted}
                answer = stage.pages.client.get(address(rule), query_string=asked)
                assert stays_here(answer), (rule.rule, wanted, answer.location)


def test_every_way_of_showing_who_one_is_stays_here(furnished: Furnished) -> None:
    with furnished.stage() as stage:
        for wanted in (one for one in OTHER_SITES if "\0" not in one):  # which nobody is shown
            asked = urlencode({"next": wanted})
            stage.forget_tries()
            pages = Pages(stage.app, stage.database)
            for place, fields in (
                (f"/sign-in?{asked}", {"email": "bea@example.org", "password": PASSWORD}),
                (f"/sign-in/again?{asked}", {"password": PASSWORD}),
            ):
                (box,) = pages.get(place).soup.select("main [name=password]")
                form = box.find_parent("form")
                assert form is not None
                answer = pages.post(str(form.get("action") or place), fields)
                assert (answer.status, stays_here(answer.response)) == (303, True), (place, wanted)
            assert stays_here(pages.client.get(f"/sign-in?{asked}")), wanted


def stays_here(answer: TestResponse) -> bool:
    """Whether a browser that follows it stays on this site, however it reads the address."""
    location = answer.headers.get("Location")
    if location is None:
        return True
    read = re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/")
    parts = urlsplit(read)
    return read.startswith("/") and not read.startswith("//") and not (parts.scheme or parts.netloc)


@pytest.mark.parametrize("path", [f"//{EVIL}", f"//{EVIL}/..", f"/\\{EVIL}", f"///{EVIL}/%2e%2e",
                                  f"/%09/{EVIL}", f"/%5c{EVIL}", f"//{EVIL}/installation",
                                  "//sign-in", "/sign-in/", f"/installation//{EVIL}"])  # fmt: skip
def test_a_path_that_begins_like_another_site_is_not_followed(
    furnished: Furnished, path: str
) -> None:
    """A framework that mends slashes may answer with an address that browsers read otherwise."""
    with furnished.stage() as stage:
        for base in (path, f"{path}/"):
            answer = stage.pages.client.open(
                path="/", environ_overrides={"PATH_INFO": base, "REQUEST_URI": base}
            )
            location = answer.headers.get("Location", "")
            host = urlsplit(location.replace("\\", "/")).netloc
            assert host in ("", "localhost"), (base, location)


# Other files


ODD = [
    "..", "../..", "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fetc",
    "%252e%252e%252fetc", "..\\..\\windows\\win.ini", "..%5c..%5cwin.ini", "....//....//etc",
    "/etc/passwd", "file:///etc/passwd", "%00", "R1%00.xlsx", "R1\x00", "R1%0d%0aSet-Cookie:x=1",
    "a" * 5_000, "%f0%9f%92%a9", "\u202egnp.xslx", "%ff%fe", "%c0%ae%c0%ae", "CON", "aux.xlsx",
    ".git", ".env", "-", "~root", "R1;.xlsx", "R1?.xlsx", "' OR 1=1--", "{{7*7}}", "${7*7}",
    "R1/../R1", "\uff52\uff11", "%E2%80%AE", "*", "R1%20", "%2f", "con.yaml",
]  # fmt: skip


def with_one_odd(rule: Rule) -> Iterator[str]:
    """The address of a route in which one variable after another is odd, and the rest is right."""
    for name in rule.arguments:
        mark = "ZQODD"
        pattern = re.sub(rf"<(?:[^:<>]+:)?{name}>", mark, rule.rule)
        whole = address(Rule(pattern, endpoint=rule.endpoint))
        for odd in ODD:
            yield whole.replace(mark, odd)


@pytest.mark.parametrize("who", ["Priya", "Asif", "Opal", ""])
def test_no_odd_name_in_an_address_finds_a_file_or_breaks_anything(
    furnished: Furnished, who: str
) -> None:
    """Every variable of every route that shows something: not found, or none of our pages."""
    with furnished.stage(who) as stage:
        for rule in shown(stage.app, who):
            for place in with_one_odd(rule):
                answer = stage.pages.client.get(quote(place, safe="/%"))
                assert answer.status_code in (302, 303, 308, 400, 403, 404, 410), place[:200]
                assert "Content-Disposition" not in answer.headers, place
                assert b"root:" not in answer.data, place
                assert "Set-Cookie: x" not in str(answer.headers), place


def shown(app: Flask, who: str) -> list[Rule]:
    """Routes with a variable that show something; a stranger's are those that are public."""
    own = {id(rule) for rule in rules(app, "GET")}
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.arguments and (who or id(rule) not in own)
    ]


@pytest.mark.parametrize("odd", ODD)
def test_a_file_that_leaves_has_a_name_of_ours(odd: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", safe_name(odd))
    assert ".." not in safe_name(odd)


HUGE = ["0", "-1", "2147483648", "9223372036854775808", "1" * 400, "1e3", "0x10", "1.0",
        "+1", " 1", "1_0"]  # fmt: skip


def test_no_number_in_an_address_is_too_large(furnished: Furnished) -> None:
    for who in ("Priya", "Asif", "Opal"):
        with furnished.stage(who) as stage:
            token = token_of(stage)
            before = rows_of(stage.database)
            for rule, name in numbers(stage.app):
                pattern = re.sub(rf"<[^<>]*:{name}>", "ZQODD", rule.rule)
                whole = address(Rule(pattern, endpoint=rule.endpoint))
                for number in HUGE:
                    for method in {"GET", "POST"} & set(rule.methods or ()):
                        place = whole.replace("ZQODD", quote(number))
                        sent = {"csrf_token": token} if method == "POST" else None
                        answer = stage.pages.client.open(place, method=method, data=sent)
                        assert answer.status_code in (302, 403, 404, 405), (method, place[:80])
            assert changed(before, rows_of(stage.database)) == set()


def numbers(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, name)
        for rule in app.url_map.iter_rules()
        for name, converter in rule._converters.items()
        if isinstance(converter, IntegerConverter)
    ]


def token_of(stage: Stage) -> str:
    stage.pages.get("/account")
    return stage.pages.csrf_token


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Tables that changed; that something was looked at is remembered."""
    quiet = {"user_sessions", "events", "event_chain", "throttles"}
    return {name for name in before if before[name] != after[name]} - quiet


# Other methods


@pytest.mark.parametrize("who", WHO)
def test_no_route_takes_a_method_that_it_does_not_name(furnished: Furnished, who: str) -> None:
    with furnished.stage(who) as stage:
        token = token_of(stage) if who else ""
        before = rows_of(stage.database)
        places = {address(rule) for rule in stage.app.url_map.iter_rules()}
        for place in sorted(places):
            for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "ZQ"):
                headers = {"X-CSRFToken": token, "X-HTTP-Method-Override": "POST"}
                answer = stage.pages.client.open(place, method=method, headers=headers)
                assert answer.status_code in (400, 404, 405), (method, place)
        assert changed(before, rows_of(stage.database)) == set()


def test_asking_for_the_head_of_a_page_changes_nothing(furnished: Furnished) -> None:
    for who in WHO:
        with furnished.stage(who) as stage:
            before = rows_of(stage.database)
            for rule in stage.app.url_map.iter_rules():
                if "GET" in (rule.methods or ()) and not is_slow(rule):
                    for method in ("HEAD", "OPTIONS"):
                        answer = stage.pages.client.open(address(rule), method=method)
                        assert answer.status_code < 500, (method, rule.rule)
                        assert method != "HEAD" or answer.data == b"", rule.rule
            assert changed(before, rows_of(stage.database)) == set()


def is_slow(rule: Rule) -> bool:
    """Whether it makes a chart, or a file; those are crawled elsewhere."""
    return rule.rule.endswith((".xlsx", ".zip", "<picture>"))
