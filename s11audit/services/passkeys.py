"""Passkeys: adding one, and showing it (Web Authentication, level 2).

A challenge belongs to one session and works once: see `close_for_session`. The site is that of the
configured address, never of a header that whoever asks can choose.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import FactorKind, SecondFactor
from s11audit.queries.second_factors import own_factors
from s11audit.services.refusals import RefusedError
from s11audit.services.second_factors import (
    ISSUER,
    add_factor,
    close_for_session,
    open_for_session,
)
from s11audit.services.secret_box import BrokenSealError, SecretBox

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

logger = logging.getLogger(__name__)

T = TypeVar("T")

ANSWER_WITHIN_SECONDS = 5 * 60
# An answer is about 1,000 characters long; with a certificate of the maker, some thousands.
LONGEST_ANSWER = 20_000
NOT_ACCEPTED = "We could not accept that passkey. Try again"
_ADDING = "challenge for a new passkey"
_SHOWING = "challenge for a passkey"


@dataclass(frozen=True)
class Site:
    """Whom a passkey is for: a domain name, and the origin of its pages."""

    name: str
    origin: str


@dataclass(frozen=True)
class Visit:
    """One browser's session at this site, and what closes its challenges."""

    session_id: int
    site: Site
    box: SecretBox


@dataclass(frozen=True)
class Question:
    """What the browser is asked: `options` as JSON, and the challenge sealed, for the form."""

    options: str
    sealed: str


def site_of(base_url: str) -> Site | None:
    """The site at this address; None where browsers have no passkeys for it.

    They want a name, not numbers, and TLS unless it is this same machine.
    """
    parts = urlsplit(base_url.lower())
    host = parts.hostname or ""
    is_local = host == "localhost" or host.endswith(".localhost")
    if _is_number(host) or not (parts.scheme == "https" or is_local):
        return None
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return Site(host, f"{parts.scheme}://{host}{port}")


def ask_for_new(session: Session, visit: Visit, *, by: Viewer) -> Question:
    """What to ask a browser that is to make a passkey; not where one is already."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=visit.site.name,
        rp_name=ISSUER,
        user_id=f"{ISSUER} user {by.user_id}".encode(),
        user_name=by.email,
        user_display_name=by.name,
        exclude_credentials=_known(session, by),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    challenge = bytes_to_base64url(options.challenge)
    sealed = close_for_session(session, visit.session_id, challenge, _ADDING, box=visit.box)
    return Question(options_to_json(options), sealed)


def ask_for_known(session: Session, visit: Visit, *, by: Viewer) -> Question | None:
    """What to ask a browser that is to show a passkey; None where this person has none."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import bytes_to_base64url

    known = _known(session, by)
    if not known:
        return None
    options = generate_authentication_options(rp_id=visit.site.name, allow_credentials=known)
    challenge = bytes_to_base64url(options.challenge)
    sealed = close_for_session(session, visit.session_id, challenge, _SHOWING, box=visit.box)
    return Question(options_to_json(options), sealed)


def add_passkey(
    session: Session,
    visit: Visit,
    answer: str,
    sealed: str,
    name: str,
    *,
    by: Viewer,
    now: datetime,
) -> tuple[str, ...]:
    """Add the passkey that a browser made; gives new recovery codes, if there were none left.

    Raises RefusedError.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url

    challenge = _challenge(session, visit, sealed, _ADDING)
    made = _checked(
        answer,
        lambda: verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=visit.site.name,
            expected_origin=visit.site.origin,
        ),
    )
    credential_id = bytes_to_base64url(made.credential_id)
    taken = select(SecondFactor.id).where(SecondFactor.credential_id == credential_id)
    if session.scalar(taken) is not None:
        raise RefusedError("passkey", "That passkey has been added already")
    factor = SecondFactor(
        kind=FactorKind.PASSKEY,
        name=name,
        credential_id=credential_id,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
    )
    return add_factor(session, factor, by=by, now=now)


def check_passkey(
    session: Session,
    visit: Visit,
    answer: str,
    sealed: str,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Accept the passkey of this person that a browser showed; raises RefusedError otherwise."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json

    challenge = _challenge(session, visit, sealed, _SHOWING)
    credential_id = _checked(answer, lambda: parse_authentication_credential_json(answer).id)
    factor = session.scalars(
        select(SecondFactor).where(
            SecondFactor.user_id == by.user_id, SecondFactor.credential_id == credential_id
        )
    ).one_or_none()
    if factor is None:
        raise RefusedError("passkey", NOT_ACCEPTED)
    shown = _checked(
        answer,
        lambda: verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=visit.site.name,
            expected_origin=visit.site.origin,
            credential_public_key=base64url_to_bytes(factor.public_key),
            credential_current_sign_count=factor.sign_count,
        ),
    )
    used = session.execute(
        update(SecondFactor)
        .where(SecondFactor.id == factor.id, SecondFactor.sign_count == factor.sign_count)
        .values(sign_count=shown.new_sign_count, last_used_at=now)
    )
    if cast(CursorResult[Any], used).rowcount != 1:
        raise RefusedError("passkey", NOT_ACCEPTED)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _known(session: Session, by: Viewer) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(factor.credential_id))
        for factor in own_factors(session, visible_to=by)
        if factor.credential_id
    ]


def _challenge(session: Session, visit: Visit, sealed: str, purpose: str) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    try:
        text = open_for_session(
            session,
            visit.session_id,
            sealed,
            purpose,
            box=visit.box,
            within_seconds=ANSWER_WITHIN_SECONDS,
        )
    except BrokenSealError as error:
        raise RefusedError("passkey", NOT_ACCEPTED) from error
    return base64url_to_bytes(text)


def _checked(answer: str, check: Callable[[], T]) -> T:
    """What the check gives; RefusedError for whatever an answer that nobody made trips over."""
    if len(answer) > LONGEST_ANSWER:
        raise RefusedError("passkey", NOT_ACCEPTED)
    try:
        return check()
    except Exception as error:
        logger.info("A passkey was refused: %s", error)
        raise RefusedError("passkey", NOT_ACCEPTED) from error
