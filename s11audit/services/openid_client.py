"""Asking an OpenID provider who somebody is: authorisation code, PKCE, state and nonce.

What comes back is believed only where the provider's signature, issuer, audience, times and nonce
all fit. authlib (extra `openid`) is imported when it is first used: that takes a third of a second.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hmac import compare_digest
from importlib.util import find_spec
from typing import Any

from s11audit.config import OpenIdProvider

GOOGLE = "https://accounts.google.com"
SCOPES = "openid email profile"
# Signatures with a key that only the provider has. Those with a shared secret, or none, are not
# among them, whatever a token or the provider's own description says.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
# What a provider's description of itself must hold.
NEEDED = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
SECONDS_TO_ANSWER = 10
# How far the provider's clock and ours may be apart, in seconds.
LEEWAY = 60
# How long somebody may take at the provider.
ASKED_FOR = timedelta(minutes=15)
# How long a provider's description of itself is kept, in seconds.
KEPT_FOR = 3600


class OpenIdError(Exception):
    """The provider's answer cannot be believed, or there is none. The text is for the log."""


@dataclass(frozen=True)
class Asked:
    """What was sent along with somebody to the provider, kept in their cookie until they return."""

    provider: str
    state: str
    nonce: str
    verifier: str
    at: float


@dataclass(frozen=True)
class Claimed:
    """Who the provider says that somebody is. `two_factors`: they showed it more than one."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    two_factors: bool


def is_installed() -> bool:
    """Whether the extra `openid` is there."""
    return all(find_spec(name) is not None for name in ("authlib", "joserfc", "requests"))


def ask(
    provider: OpenIdProvider, redirect_uri: str, *, now: datetime, again: bool = False
) -> tuple[str, Asked]:
    """The provider's address to send somebody to, and what to keep until they come back.

    `again` asks it to have them prove anew who they are. Raises OpenIdError.
    """
    asked = Asked(
        provider=provider.name,
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        at=now.timestamp(),
    )
    prompt = {"prompt": "login"} if again else {}
    with _client(provider, redirect_uri) as client:
        address, _ = client.create_authorization_url(
            _described(provider, now)["authorization_endpoint"],
            state=asked.state,
            nonce=asked.nonce,
            code_verifier=asked.verifier,
            **prompt,
        )
    return str(address), asked


def answer(
    provider: OpenIdProvider,
    redirect_uri: str,
    asked: Asked,
    returned: Mapping[str, str],
    *,
    now: datetime,
) -> Claimed:
    """Who came back: `returned` is the query of the address that the provider sent them to.

    Raises OpenIdError.
    """
    if asked.provider != provider.name or now.timestamp() - asked.at > ASKED_FOR.total_seconds():
        raise OpenIdError("asked another provider, or long ago")
    if not compare_digest(asked.state.encode(), returned.get("state", "").encode()):
        raise OpenIdError("another state")
    if returned.get("iss", provider.issuer) != provider.issuer:
        raise OpenIdError("another issuer answered")
    if "code" not in returned:
        raise OpenIdError(f"refused: {returned.get('error', 'no code')[:100]}")
    description = _described(provider, now)
    token = _token(provider, redirect_uri, asked, returned["code"], description)
    keys = _fetched(description["jwks_uri"])
    return believed(token, keys, provider, asked.nonce, now=now)


def believed(
    token: Mapping[str, Any],
    keys: Any,
    provider: OpenIdProvider,
    nonce: str,
    *,
    now: datetime,
) -> Claimed:
    """What the ID token in this answer claims, once all of it is checked against these keys.

    Raises OpenIdError.
    """
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        signed = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "sub": {"essential": True},
                "aud": {"essential": True, "value": provider.client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            params={
                "nonce": nonce,
                "client_id": provider.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise OpenIdError(f"ID token: {error!r}"[:200]) from error
    return _claimed(claims)


def _claimed(claims: Mapping[str, Any]) -> Claimed:
    subject, email = claims["sub"], claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise OpenIdError("no subject")
    return Claimed(
        issuer=claims["iss"],
        subject=subject,
        email=email if isinstance(email, str) and len(email) <= 320 else "",
        email_verified=_vouches_for_email(claims),
        two_factors="mfa" in (claims.get("amr") or ()),
    )


def _vouches_for_email(claims: Mapping[str, Any]) -> bool:
    """Whether the provider calls the address verified, and may: the word "true" is not enough.

    Google answers only for addresses of the organisations that it serves, which have `hd`; with
    any other address somebody may have opened an account there long ago, and lost it since.
    """
    if claims["iss"] == GOOGLE and not claims.get("hd"):
        return False
    return claims.get("email_verified") is True


def _client(provider: OpenIdProvider, redirect_uri: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=SCOPES,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        default_timeout=SECONDS_TO_ANSWER,
    )


def _token(
    provider: OpenIdProvider,
    redirect_uri: str,
    asked: Asked,
    code: str,
    description: Mapping[str, Any],
) -> Mapping[str, Any]:
    from authlib.integrations.base_client import OAuthError
    from requests import RequestException

    with _client(provider, redirect_uri) as client:
        try:
            token: Mapping[str, Any] = client.fetch_token(
                description["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=asked.verifier,
                redirect_uri=redirect_uri,
            )
        except (OAuthError, RequestException, ValueError) as error:
            raise OpenIdError(f"no token: {error!r}"[:200]) from error
    return token


def _described(provider: OpenIdProvider, now: datetime) -> Mapping[str, Any]:
    """What the provider says of itself, read anew every hour. Raises OpenIdError."""
    description = _discovered(provider.issuer, int(now.timestamp()) // KEPT_FOR)
    if description.get("issuer") != provider.issuer:
        raise OpenIdError("the provider calls itself something else than its issuer setting")
    if missing := NEEDED - description.keys():
        raise OpenIdError(f"the provider does not say its {', '.join(sorted(missing))}")
    return description


@lru_cache(maxsize=16)
def _discovered(issuer: str, _hour: int) -> Mapping[str, Any]:
    return _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")


def _fetched(address: str) -> Mapping[str, Any]:
    from requests import RequestException, get

    try:
        response = get(address, timeout=SECONDS_TO_ANSWER, allow_redirects=False)
        response.raise_for_status()
        found: Mapping[str, Any] = response.json()
    except (RequestException, ValueError) as error:
        raise OpenIdError(f"{address}: {error!r}"[:200]) from error
    if not isinstance(found, dict):
        raise OpenIdError(f"{address} is not an object")
    return found
