"""Signing in with an organisation's account, against a real OpenID provider on this machine."""

from __future__ import annotations

import hmac
import importlib.util
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import requests
import time_machine
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.config import ConfigurationError, OpenIdProvider, read_settings
from s11audit.models import Event, OpenIdentity, User, UserSession
from s11audit.models.database import Database
from s11audit.services import openid_client
from s11audit.services.openid_client import Claimed, OpenIdError, believed
from s11audit.web.security import Services
from tests.cast import PASSWORD_HASH, Cast
from tests.openid_provider import ANOTHER, Visitor, back_at, running_provider
from tests.pages import Page, Pages

START = "/sign-in/with/local"
ACCOUNTS = "/account/openid"
UNKNOWN = "We do not know this account yet"
FAILED = "We could not sign you in"


@pytest.fixture(scope="session")
def provider() -> Iterator[OpenIdProvider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with requests.Session() as browser:
        yield Visitor(browser)


def trust(app: Flask, *providers: OpenIdProvider) -> None:
    shared: Services = app.extensions["s11audit"]
    settings = replace(shared.settings, openid=providers)
    app.extensions["s11audit"] = replace(shared, settings=settings)


@pytest.fixture(autouse=True)
def trusting(app: Flask, provider: OpenIdProvider) -> None:
    """Our application trusts the provider."""
    trust(app, provider)


def there_and_back(pages: Pages, visitor: Visitor, name: str, start: str = START) -> str:
    """Go to the provider and sign in there; gives the address that it leads back to."""
    page = pages.get(start)
    assert page.status == 303, page.text
    return visitor.signs_in(page.location, name).removeprefix("http://127.0.0.1:8000")


def signs_in(pages: Pages, visitor: Visitor, name: str, start: str = START) -> Page:
    return pages.get(there_and_back(pages, visitor, name, start))


def links(pages: Pages, visitor: Visitor, name: str) -> Page:
    """Link the account of this name at the provider to whoever is signed in."""
    page = signs_in(pages, visitor, name, f"{ACCOUNTS}/local/link")
    return pages.post(page.location, pages.get(page.location).form())


def identities(database: Database) -> dict[str, int]:
    """Whom each account at the provider signs in."""
    with database.reading() as session:
        return {one.subject: one.user_id for one in session.scalars(select(OpenIdentity))}


def is_out(pages: Pages) -> bool:
    return pages.get("/account").location.startswith("/sign-in")


def test_the_sign_in_page_has_a_button_and_keeps_what_was_wanted(pages: Pages, cast: Cast) -> None:
    page = pages.get("/sign-in?next=/returns")
    button = page.soup.find("a", href=f"{START}?next=/returns")
    assert button is not None
    assert button.get_text(strip=True) == "Sign in with your Downshire account"


def test_without_settings_or_without_the_extra_there_is_no_button(
    pages: Pages, cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec

    def without_authlib(name: str, package: str | None = None) -> object:
        return None if name == "authlib" else find_spec(name, package)

    with monkeypatch.context() as patched:
        patched.setattr(openid_client, "find_spec", without_authlib)
        assert "Downshire account" not in pages.get("/sign-in").text
        assert pages.get(START).status == 404
    trust(app)
    assert "Downshire account" not in pages.get("/sign-in").text
    assert pages.get(START).status == 404


def test_a_verified_address_of_a_trusted_domain_is_recognised_and_linked(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    page = signs_in(pages, visitor, "asif@example.org", f"{START}?next=/actions")
    assert (page.status, page.location) == (303, "/actions")
    assert "asif@example.org" in pages.get("/account").text
    assert identities(database) == {"asif@example.org": cast["Asif"].user_id}
    with database.reading() as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
    assert [one.kind for one in events] == ["identity-linked", "signed-in"]
    assert events[1].detail["how"] == "openid"


def test_what_is_asked_of_the_provider_is_bound_to_this_browser(pages: Pages, cast: Cast) -> None:
    first, second = (parse_qs(urlsplit(pages.get(START).location).query) for _ in range(2))
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == [back_at("local")]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 32
        assert first[name] != second[name]


def test_a_hostile_host_header_does_not_change_where_the_provider_leads_back_to(
    pages: Pages, cast: Cast
) -> None:
    page = pages.get(START, headers={"X-Forwarded-Host": "evil.example"})
    assert parse_qs(urlsplit(page.location).query)["redirect_uri"] == [back_at("local")]
    assert pages.get(f"{START}?next=//evil.example").status == 303


def test_coming_back_never_leads_to_another_site(
    pages: Pages, visitor: Visitor, cast: Cast
) -> None:
    page = signs_in(pages, visitor, "asif@example.org", f"{START}?next=//evil.example")
    assert page.location == "/"


@pytest.mark.parametrize(
    "name", ["asif-unverified", "asif-as-text", "asif-silent", "asif-nameless", "elsewhere"]
)
def test_an_address_that_the_provider_does_not_answer_for_recognises_nobody(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database, name: str
) -> None:
    page = signs_in(pages, visitor, name)
    assert (page.status, page.heading) == (403, UNKNOWN)
    assert identities(database) == {}
    assert is_out(pages)


def test_an_address_that_went_to_somebody_else_does_not_take_the_account_along(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    signs_in(pages, visitor, "asif@example.org")
    forget(pages)
    with requests.Session() as browser:
        page = signs_in(pages, Visitor(browser), "asif-mfa")
    assert page.heading == UNKNOWN
    assert list(identities(database)) == ["asif@example.org"]


def test_without_domains_a_provider_recognises_nobody_by_address(
    pages: Pages, visitor: Visitor, cast: Cast, app: Flask, provider: OpenIdProvider
) -> None:
    trust(app, replace(provider, domains=frozenset()))
    assert signs_in(pages, visitor, "asif@example.org").heading == UNKNOWN


def test_a_stranger_and_somebody_disabled_are_told_the_same(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    signs_in(pages, visitor, "asif@example.org")
    pages.get("/account")
    pages.get(pages.post("/sign-out").location)
    with database.writing.begin() as session:
        session.get_one(User, cast["Asif"].user_id).is_active = False
        session.get_one(User, cast["Bea"].user_id).is_active = False
    linked = signs_in(pages, visitor, "asif@example.org")
    with requests.Session() as one, requests.Session() as other:
        by_address = signs_in(pages, Visitor(one), "bea@example.org")
        stranger = signs_in(pages, Visitor(other), "stranger")
    assert linked.text == by_address.text == stranger.text
    assert linked.heading == UNKNOWN
    assert is_out(pages)


def tamper(pages: Pages, name: str, value: str) -> None:
    with pages.client.session_transaction() as cookie:
        cookie["openid"]["asked"][name] = value
        cookie.modified = True


def forget(pages: Pages) -> None:
    with pages.client.session_transaction() as cookie:
        cookie.clear()


def with_query(address: str, **changed: str) -> str:
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query)) | changed
    return parts._replace(query=urlencode({k: v for k, v in query.items() if v})).geturl()


AMISS: dict[str, Callable[[Pages, str], str | None]] = {
    "another state": lambda pages, back: with_query(back, state="x" * 32),
    "no state": lambda pages, back: with_query(back, state=""),
    "a state that is not ASCII": lambda pages, back: with_query(back, state="é"),
    "no code": lambda pages, back: with_query(back, code=""),
    "another code": lambda pages, back: with_query(back, code="made-up"),
    "another issuer": lambda pages, back: with_query(back, iss="https://evil.example"),
    "another nonce": lambda pages, back: tamper(pages, "nonce", "x" * 32),
    "another verifier": lambda pages, back: tamper(pages, "verifier", "x" * 64),
    "another provider's answer": lambda pages, back: tamper(pages, "provider", "other"),
    "another browser": lambda pages, back: forget(pages),
    "a refusal": lambda pages, back: with_query(back, code="", error="access_denied"),
}


@pytest.mark.parametrize("amiss", AMISS)
def test_an_answer_that_was_not_asked_for_in_this_way_signs_nobody_in(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database, amiss: str
) -> None:
    back = there_and_back(pages, visitor, "asif@example.org")
    page = pages.get(AMISS[amiss](pages, back) or back)
    assert (page.status, page.heading) == (400, FAILED)
    assert is_out(pages)
    assert pages.get(back).heading == FAILED, "what was asked is forgotten after one answer"
    assert identities(database) == {}


def test_an_answer_works_once_even_with_a_copy_of_the_cookie(
    pages: Pages, visitor: Visitor, cast: Cast, app: Flask
) -> None:
    back = there_and_back(pages, visitor, "asif@example.org")
    copied = pages.client.get_cookie("s11audit")
    assert pages.get(back).status == 303
    thief = app.test_client()
    thief.set_cookie("s11audit", copied.value)
    assert thief.get(back).status_code == 400
    assert thief.get("/account").status_code == 302


def test_an_answer_that_comes_late_signs_nobody_in(
    pages: Pages, visitor: Visitor, cast: Cast
) -> None:
    back = there_and_back(pages, visitor, "asif@example.org")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=False):
        assert pages.get(back).heading == FAILED


def test_a_provider_that_is_away_is_said_to_be(pages: Pages, cast: Cast, app: Flask) -> None:
    nobody = OpenIdProvider("local", "http://127.0.0.1:9", "x", "x", "Away", frozenset())
    trust(app, nobody)
    page = pages.get(START)
    assert (page.status, page.heading) == (400, FAILED)


def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    pages: Pages, cast: Cast, app: Flask, provider: OpenIdProvider
) -> None:
    trust(app, replace(provider, issuer=provider.issuer + "/"))
    assert pages.get(START).heading == FAILED


# The ID token itself: first a real one of another application, then some that are made here.


def answer_for(provider: OpenIdProvider, visitor: Visitor, name: str) -> tuple[dict[str, Any], str]:
    """The token endpoint's answer for an application, and the nonce it was asked with."""
    address, asked = openid_client.ask(provider, back_at("local"), now=datetime.now(UTC))
    back = parse_qs(urlsplit(visitor.signs_in(address, name)).query)
    fields = {
        "grant_type": "authorization_code",
        "code": back["code"][0],
        "code_verifier": asked.verifier,
        "redirect_uri": back_at("local"),
    }
    credentials = (provider.client_id, provider.client_secret)
    sent = requests.post(f"{provider.issuer}/token", data=fields, auth=credentials, timeout=10)
    assert sent.status_code == 200, sent.text
    return sent.json(), asked.nonce


def keys_of(provider: OpenIdProvider) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{provider.issuer}/jwks", timeout=10).json()
    return found


def test_a_token_for_another_application_is_refused(
    provider: OpenIdProvider, visitor: Visitor
) -> None:
    other = replace(provider, client_id=ANOTHER[0], client_secret=ANOTHER[1])
    token, nonce = answer_for(other, visitor, "asif@example.org")
    keys, now = keys_of(provider), datetime.now(UTC)
    assert believed(token, keys, other, nonce, now=now).subject == "asif@example.org"
    with pytest.raises(OpenIdError, match="aud"):
        believed(token, keys, provider, nonce, now=now)


def test_a_token_is_refused_after_its_time_and_before(
    provider: OpenIdProvider, visitor: Visitor
) -> None:
    token, nonce = answer_for(provider, visitor, "asif@example.org")
    keys, now = keys_of(provider), datetime.now(UTC)
    assert believed(token, keys, provider, nonce, now=now)
    for moment in (now + timedelta(hours=2), now - timedelta(hours=2)):
        with pytest.raises(OpenIdError):
            believed(token, keys, provider, nonce, now=moment)


KEY = RSAKey.generate_key(2048, {"kid": "one"})
STRANGERS_KEY = RSAKey.generate_key(2048, {"kid": "one"})
MOMENT = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
NONCE = "n" * 32
CLAIMS: dict[str, Any] = {
    "iss": "https://id.example",
    "aud": "s11audit",
    "sub": "asif",
    "nonce": NONCE,
    "iat": int(MOMENT.timestamp()),
    "exp": int(MOMENT.timestamp()) + 300,
    "email": "asif@example.org",
    "email_verified": True,
}
MADE_UP = OpenIdProvider("x", "https://id.example", "s11audit", "secret", "X", frozenset())


def check(id_token: str) -> Claimed:
    keys = KeySet([KEY]).as_dict(private=False)
    return believed({"id_token": id_token}, keys, MADE_UP, NONCE, now=MOMENT)


def signed(claims: dict[str, Any], key: RSAKey = KEY, **header: str) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"} | header, claims, key)


def test_a_token_in_which_all_fits_is_believed() -> None:
    assert check(signed(CLAIMS)) == Claimed(
        "https://id.example", "asif", "asif@example.org", email_verified=True, two_factors=False
    )


def test_google_answers_for_addresses_of_its_organisations_only() -> None:
    google = replace(MADE_UP, issuer="https://accounts.google.com")
    keys = KeySet([KEY]).as_dict(private=False)

    def verified(**more: str) -> bool:
        token = {"id_token": signed(CLAIMS | {"iss": google.issuer} | more)}
        return believed(token, keys, google, NONCE, now=MOMENT).email_verified

    assert verified(hd="example.org")
    assert not verified()


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"iss": "https://id.example/"},
        {"aud": "another"},
        {"aud": ["s11audit", "another"]},  # without saying for which of them
        {"aud": ["s11audit", "another"], "azp": "another"},
        {"nonce": "m" * 32},
        {"nonce": [NONCE]},
        {"nonce": None},
        {"exp": int(MOMENT.timestamp()) - 61},
        {"exp": "never"},
        {"iat": int(MOMENT.timestamp()) + 61},
        {"nbf": int(MOMENT.timestamp()) + 61},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": "x" * 256},
    ],
    ids=repr,
)
def test_a_token_in_which_anything_is_amiss_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(OpenIdError):
        check(signed({k: v for k, v in (CLAIMS | changed).items() if v is not None}))


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "nonce", "iat", "exp"])
def test_a_token_that_lacks_a_claim_is_refused(missing: str) -> None:
    with pytest.raises(OpenIdError):
        check(signed({k: v for k, v in CLAIMS.items() if k != missing}))


def with_shared_secret(payload: str, secret: bytes) -> str:
    """A token signed with what was never meant as a secret, or not for this."""
    header = urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=").decode()
    digest = hmac.digest(secret, f"{header}.{payload}".encode(), "sha256")
    return f"{header}.{payload}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def test_a_token_that_the_provider_has_not_signed_is_refused() -> None:
    header, payload, signature = signed(CLAIMS).split(".")
    unsigned = f"eyJhbGciOiJub25lIn0.{payload}."
    edited = ".".join([header, signed(CLAIMS | {"sub": "priya"}).split(".")[1], signature])
    by_public_key = with_shared_secret(payload, KEY.as_pem(private=False))
    by_secret = with_shared_secret(payload, MADE_UP.client_secret.encode())
    by_a_stranger = signed(CLAIMS, STRANGERS_KEY)
    for token in (by_a_stranger, by_public_key, by_secret, unsigned, edited, "", "a.b.c"):
        with pytest.raises(OpenIdError):
            check(token)


# Two factors.


def two_factors_at(session: Session) -> datetime | None:
    return (
        session.scalars(select(UserSession).order_by(UserSession.id.desc())).first().two_factors_at
    )  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "both"), [("priya-mfa", True), ("priya-pwd", False)])
def test_our_second_factor_is_asked_for_unless_the_provider_asked_for_its_own(
    pages: Pages, visitor: Visitor, cast: Cast, session: Session, name: str, both: bool
) -> None:
    signs_in(pages, visitor, name)
    assert (two_factors_at(session) is not None) is both
    assert (pages.get("/rounds").status == 200) is both


# Linking and unlinking.


def test_a_person_links_an_account_by_confirming_and_signs_in_with_it(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    pages.sign_in(cast["Asif"])
    page = signs_in(pages, visitor, "asif-nameless", f"{ACCOUNTS}/local/link")
    assert page.location == f"{ACCOUNTS}/local/confirm"
    assert identities(database) == {}, "nothing is linked until it is confirmed"
    confirm = pages.get(page.location)
    assert "asif@example.org" in confirm.text
    assert pages.post(page.location, confirm.form()).location == ACCOUNTS
    assert identities(database) == {"asif-nameless": cast["Asif"].user_id}
    assert pages.get(page.location).status == 404, "it is confirmed once"
    pages.post("/sign-out")
    assert signs_in(pages, visitor, "asif-nameless").status == 303
    assert "asif@example.org" in pages.get("/account").text


def test_an_account_of_one_person_cannot_be_linked_to_another(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    pages.sign_in(cast["Asif"])
    links(pages, visitor, "stranger")
    pages.sign_in(cast["Cara"])
    page = links(pages, visitor, "stranger")
    assert page.errors == {"accounts": "That account already belongs to somebody else here"}
    assert identities(database) == {"stranger": cast["Asif"].user_id}


def test_what_one_session_brought_back_is_void_in_another(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    pages.sign_in(cast["Asif"])
    brought = signs_in(pages, visitor, "stranger", f"{ACCOUNTS}/local/link")
    pages.sign_in(cast["Cara"])  # in the same browser, with the same cookie
    pages.get("/account")
    assert pages.get(brought.location).status == 404
    assert pages.post(brought.location).status == 404
    assert identities(database) == {}


def test_linking_needs_a_form_of_ours(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    pages.sign_in(cast["Asif"])
    brought = signs_in(pages, visitor, "stranger", f"{ACCOUNTS}/local/link")
    assert pages.client.post(brought.location).status_code == 400
    assert identities(database) == {}


def unlink(pages: Pages) -> Page:
    page = pages.get(ACCOUNTS)
    return pages.post(str(page.soup.select_one("main form")["action"]), page.form("/remove"))  # type: ignore[index]


def test_an_account_is_unlinked_and_signs_nobody_in_any_more(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    pages.sign_in(cast["Asif"])
    links(pages, visitor, "asif-nameless")
    assert unlink(pages).location == ACCOUNTS
    assert identities(database) == {}
    pages.post("/sign-out")
    assert signs_in(pages, visitor, "asif-nameless").heading == UNKNOWN


def test_the_only_way_to_sign_in_stays(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    pages.sign_in(cast["Asif"])
    links(pages, visitor, "asif-nameless")
    with database.writing.begin() as session:
        session.get_one(User, cast["Asif"].user_id).password_hash = ""
    page = unlink(pages)
    assert page.status == 422
    assert "only way to sign in" in page.errors["accounts"]
    assert len(identities(database)) == 1
    with database.writing.begin() as session:
        session.get_one(User, cast["Asif"].user_id).password_hash = PASSWORD_HASH
    assert unlink(pages).status == 303


def test_nobody_removes_the_account_of_another(
    pages: Pages, visitor: Visitor, cast: Cast, database: Database
) -> None:
    pages.sign_in(cast["Asif"])
    links(pages, visitor, "asif-nameless")
    pages.sign_in(cast["Cara"]).get("/account")
    assert "asif" not in pages.get(ACCOUNTS).text
    with database.reading() as session:
        identity_id = session.scalars(select(OpenIdentity.id)).one()
    assert pages.post(f"{ACCOUNTS}/{identity_id}/remove").status == 404
    assert len(identities(database)) == 1


# Settings.

ENTRA = "https://login.microsoftonline.com/{}/v2.0"
SETTINGS = {
    "S11AUDIT_OPENID": "Entra",
    "S11AUDIT_OPENID_ENTRA_ISSUER": ENTRA.format("1b2c3d4e-0000-1111-2222-333344445555"),
    "S11AUDIT_OPENID_ENTRA_CLIENT_ID": "id",
    "S11AUDIT_OPENID_ENTRA_CLIENT_SECRET": "secret",
    "S11AUDIT_OPENID_ENTRA_LABEL": "Sign in with your Downshire Council account",
    "S11AUDIT_OPENID_ENTRA_DOMAINS": "Downshire.example, @schools.downshire.example",
}


def test_a_provider_is_read_from_the_environment() -> None:
    (entra,) = read_settings(SETTINGS).openid
    assert entra.name == "entra"
    assert entra.domains == {"downshire.example", "schools.downshire.example"}


@pytest.mark.parametrize(
    "issuer",
    [
        ENTRA.format("common"),
        ENTRA.format("organizations"),
        ENTRA.format("consumers"),
        ENTRA.format("9188040d-6c67-4c5b-b112-36a304b66dad"),
        ENTRA.format("{tenantid}"),
        ENTRA.format("downshire.onmicrosoft.com"),
        "https://LOGIN.microsoftonline.com/Common/v2.0",
        "https://sts.windows.net/common/",
        "http://id.example",
        "id.example",
        "",
    ],
)
def test_an_issuer_that_is_not_one_organisations_stops_the_start(issuer: str) -> None:
    with pytest.raises(ConfigurationError, match="S11AUDIT_OPENID_ENTRA_ISSUER"):
        read_settings(SETTINGS | {"S11AUDIT_OPENID_ENTRA_ISSUER": issuer})


@pytest.mark.parametrize("name", ["CLIENT_ID", "CLIENT_SECRET", "LABEL"])
def test_a_setting_of_a_provider_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"S11AUDIT_OPENID_ENTRA_{name}"):
        read_settings(SETTINGS | {f"S11AUDIT_OPENID_ENTRA_{name}": ""})


@pytest.mark.parametrize("names", ["entra/../x", "entra entra", "1x"])
def test_a_name_that_cannot_be_one_is_refused(names: str) -> None:
    with pytest.raises(ConfigurationError, match="S11AUDIT_OPENID"):
        read_settings(SETTINGS | {"S11AUDIT_OPENID": names})
