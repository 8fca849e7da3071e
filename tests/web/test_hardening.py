"""What every answer tells the browser, whom we answer at all, and that nobody is led elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from s11audit.config import Settings
from s11audit.models.database import Database
from s11audit.web import create_app
from s11audit.web.hardening import HEADERS, KEPT_FOR_EVER
from s11audit.web.security import network_address
from tests.cast import Cast
from tests.pages import Pages
from tests.web.test_access import address

AT_HOME = "https://audit.example.org"
ANSWERS = {
    "public": ("/sign-in", 200),
    "private": ("/account", 200),
    "redirect": ("/", 302),
    "not found": ("/nowhere", 404),
    "not allowed": ("/people", 403),
    "wrong method": ("/sign-out", 405),
    "download": ("/questionnaires/small/1/definition.yaml", 200),
    "static": ("/static/s11audit.js", 200),
    "no such file": ("/static/nowhere.js", 404),
    "nonsense": ("/sign-in?next=%00", 400),
}


@pytest.fixture
def with_tls(settings: Settings, database: Database) -> Flask:
    made = create_app(replace(settings, base_url=AT_HOME), database)
    made.testing = True
    return made


def visitor(name: str, pages: Pages, cast: Cast) -> FlaskClient:
    """A browser that is signed in as somebody of whom the answer is true."""
    if name not in {"public", "static"}:
        pages.sign_in(cast["Mo"])
    return pages.client


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_carries_every_header(pages: Pages, cast: Cast, name: str) -> None:
    place, status = ANSWERS[name]
    answer = visitor(name, pages, cast).get(place)
    answer.close()
    assert answer.status_code == status
    for header, value in HEADERS.items():
        assert answer.headers.getlist(header) == [value], header
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "Strict-Transport-Security" not in answer.headers
    assert "upgrade-insecure-requests" not in policy


@pytest.mark.parametrize("name", sorted(ANSWERS.keys() - {"static"}))
def test_nothing_but_a_file_of_ours_is_kept_by_a_browser(
    pages: Pages, cast: Cast, name: str
) -> None:
    answer = visitor(name, pages, cast).get(ANSWERS[name][0])
    answer.close()
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
    assert "Cookie" in answer.vary


def test_a_file_whose_address_changes_with_it_is_kept_and_others_are_asked_for_again(
    pages: Pages,
) -> None:
    kept = pages.client.get("/static/s11audit.js?v=0123456789ab")
    kept.close()
    assert kept.headers.getlist("Cache-Control") == [KEPT_FOR_EVER]
    assert "Set-Cookie" not in kept.headers
    again = pages.client.get("/static/s11audit.js")
    again.close()
    assert again.headers.getlist("Cache-Control") == ["no-cache"]


def test_a_nonce_is_new_each_time_and_every_inline_script_has_it(pages: Pages, cast: Cast) -> None:
    seen = set()
    pages.sign_in(cast["Asif"])
    for _ in range(3):
        page = pages.get("/account")
        policy = page.response.headers["Content-Security-Policy"]
        nonce = re.findall(r"'nonce-([^']+)'", policy)[0]
        inline = [script for script in page.soup.find_all("script") if not script.get("src")]
        assert inline
        assert {script["nonce"] for script in inline} == {nonce}
        seen.add(nonce)
    assert len(seen) == 3


def test_no_page_has_a_script_in_an_attribute_or_a_style_of_its_own() -> None:
    templates = Path("templates").resolve()
    for path in templates.rglob("*.html"):
        words = path.read_text(encoding="utf-8")
        assert not re.search(r"<[a-z][^>]*\s(on[a-z]+|style)\s*=", words), path.name
        assert "javascript:" not in words, path.name


def test_with_tls_the_cookie_is_this_hosts_alone_and_browsers_insist(with_tls: Flask) -> None:
    answer = with_tls.test_client().get("/sign-in", base_url=AT_HOME)
    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-s11audit=")
    told = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= told
    assert not any(part.startswith("domain") for part in told)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert answer.headers["Content-Security-Policy"].endswith("; upgrade-insecure-requests")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:443",
        "audit.example.org.evil.example",
        "evil.example/audit.example.org",
        "audit.example.org@evil.example",
        "xaudit.example.org",
        "127.0.0.1",
        "localhost",
        "",
        "a b",
        "[::1",
        "audit.example.org:99999",
    ],
)
@pytest.mark.parametrize("place", ["/", "/sign-in", "/account", "/nowhere"])
def test_a_request_for_another_host_is_refused_in_our_own_words(
    with_tls: Flask, host: str, place: str
) -> None:
    asking = with_tls.test_client()
    answer = asking.get(place, base_url=AT_HOME, headers={"Host": host})
    assert answer.status_code == 400
    assert "This address is not one of ours" in answer.text
    assert "evil" not in answer.text
    assert "Location" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_more_names_may_be_trusted(settings: Settings, database: Database) -> None:
    more = replace(settings, base_url=AT_HOME, more_hosts=("health.internal",))
    asking = create_app(more, database).test_client()
    for trusted in ("audit.example.org", "audit.example.org:443", "health.internal:8000"):
        assert asking.get("/sign-in", headers={"Host": trusted}).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "claimed", "believed"),
    [
        (0, "192.0.2.7", "127.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        (2, "203.0.113.9, 198.51.100.1, 192.0.2.7", "198.51.100.1"),
        (1, "<script>", ""),
    ],
)
def test_a_network_address_is_believed_from_our_own_proxies_only(
    settings: Settings, database: Database, proxies: int, claimed: str, believed: str
) -> None:
    behind = create_app(replace(settings, proxies=proxies), database)
    seen = []
    behind.after_request(lambda response: seen.append(network_address()) or response)
    behind.test_client().get("/sign-in", headers={"X-Forwarded-For": claimed})
    assert seen == [believed]


@pytest.mark.slow
@pytest.mark.parametrize("who", ["nobody", "Priya", "Asif"])
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_no_page_leads_to_another_site(
    pages: Pages, app: Flask, cast: Cast, who: str, elsewhere: str
) -> None:
    if who != "nobody":
        pages.sign_in(cast[who])
    for rule in app.url_map.iter_rules():
        ending = rule.endpoint in {"account.sign_out", "account.sign_out_everywhere"}
        if rule.endpoint == "static" or ending:
            continue
        for method in (rule.methods or set()) & {"GET", "POST"}:
            sent = {"csrf_token": pages.csrf_token, "next": elsewhere} if method == "POST" else None
            asked = {"next": elsewhere}
            answer = pages.client.open(address(rule), method=method, query_string=asked, data=sent)
            location = urlsplit(answer.headers.get("Location", ""))
            assert (location.scheme, location.netloc) == ("", ""), (rule, method)
            assert "\\" not in location.path, (rule, method)


def test_the_network_address_is_asked_for_in_one_place_only() -> None:
    reading = [
        path.name
        for path in (Path("s11audit") / "web").rglob("*.py")
        if "remote_addr" in path.read_text(encoding="utf-8")
    ]
    assert reading == ["security.py"]
