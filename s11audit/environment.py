"""Reading the environment: what each kind of setting may be, and what to say where it is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

SHORTEST_SECRET = 32


class ConfigurationError(Exception):
    """A setting is missing or cannot be read. The text names it and says what would be right."""


@dataclass(frozen=True)
class OpenIdProvider:
    """An organisation's OpenID provider. `label` is the text of its button on the sign-in page.

    `domains` are those of e-mail addresses that it answers for: an address there that it calls
    verified is taken for the person who has it here.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str
    label: str
    domains: frozenset[str]


class SmtpSecurity(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True)
class MailServer:
    """The server that sends our mail, and the address that it comes from."""

    host: str
    port: int
    security: SmtpSecurity
    user: str
    password: str
    sender: str


_PROVIDER_NAME = re.compile("[a-z][a-z0-9]*")
_SENDER = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,62}(/[A-Za-z0-9._/-]*)?")
_HOST_AND_PORT = re.compile(r"[^\s:/]+:[0-9]{1,5}|\[[0-9A-Fa-f:]+\]:[0-9]{1,5}")
_DOMAIN = re.compile(r"[^\s,;@]+")
THIS_MACHINE = {"127.0.0.1", "localhost"}
# With Entra ID one tenant says who somebody is; `common`, `organizations` and `consumers` would let
# in anybody who has an account with Microsoft. The last has a number of its own.
_ENTRA = ("microsoftonline.com", "microsoftonline.us", "sts.windows.net")
_TENANT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"


class Reader:
    """Reads the variables of one environment; an empty one counts as not set."""

    def __init__(self, environment: Mapping[str, str], defaults: Mapping[str, str]) -> None:
        self._environment = environment
        self._defaults = defaults

    def text(self, name: str) -> str:
        return self._environment.get(name, "").strip() or self._defaults.get(name, "")

    def secret(self, name: str) -> str:
        secret = self.text(name)
        if secret and len(secret) < SHORTEST_SECRET:
            raise ConfigurationError(
                f"{name} is {len(secret)} characters long; use {SHORTEST_SECRET} or more."
            )
        return secret

    def whole_number(self, name: str, least: int = 1, most: int | None = None) -> int:
        text = self.text(name)
        if not text.isdecimal() or int(text) < least:
            raise ConfigurationError(f"{name} is “{text}”; use a whole number of {least} or more.")
        if most is not None and int(text) > most:
            raise ConfigurationError(f"{name} is “{text}”; use {most} or less.")
        return int(text)

    def store(self, name: str) -> str:
        text = self.text(name)
        if "://" in text and not _BUCKET.fullmatch(text):
            raise ConfigurationError(f"{name} is “{text}”; use a folder or s3://BUCKET/PREFIX.")
        return text

    def socket(self, name: str) -> str:
        text = self.text(name)
        if text and not text.startswith("/") and not _HOST_AND_PORT.fullmatch(text):
            raise ConfigurationError(f"{name} is “{text}”; use HOST:PORT or the path of a socket.")
        return text

    def mail_server(self, prefix: str) -> MailServer | None:
        host, sender = self.text(f"{prefix}_HOST"), self.text(f"{prefix}_FROM")
        server = MailServer(
            host=host,
            port=self.whole_number(f"{prefix}_PORT"),
            security=self._security(f"{prefix}_SECURITY"),
            user=self.text(f"{prefix}_USER"),
            password=self.text(f"{prefix}_PASSWORD"),
            sender=sender,
        )
        if not host:
            return None
        if not _SENDER.fullmatch(sender):
            raise ConfigurationError(
                f"{prefix}_FROM is “{sender}”; use an address such as audit@example.org."
            )
        if server.user and server.security is SmtpSecurity.NONE and host not in THIS_MACHINE:
            raise ConfigurationError(
                f"{prefix}_SECURITY is “none”, so {prefix}_PASSWORD would cross the network for "
                "all to read; use starttls or tls."
            )
        return server

    def _security(self, name: str) -> SmtpSecurity:
        text = self.text(name).lower()
        if text not in set(SmtpSecurity):
            raise ConfigurationError(f"{name} is “{text}”; use starttls, tls or none.")
        return SmtpSecurity(text)

    def openid_providers(self, name: str) -> tuple[OpenIdProvider, ...]:
        names = self.text(name).lower().split()
        if faulty := [one for one in names if not _PROVIDER_NAME.fullmatch(one)]:
            raise ConfigurationError(f"{name} has “{faulty[0]}”; use letters and digits only.")
        if len(set(names)) < len(names):
            raise ConfigurationError(f"{name} names a provider twice.")
        return tuple(self._openid_provider(one, f"{name}_{one.upper()}") for one in names)

    def _openid_provider(self, name: str, prefix: str) -> OpenIdProvider:
        return OpenIdProvider(
            name=name,
            issuer=self._issuer(f"{prefix}_ISSUER"),
            client_id=self._needed(f"{prefix}_CLIENT_ID"),
            client_secret=self._needed(f"{prefix}_CLIENT_SECRET"),
            label=self._needed(f"{prefix}_LABEL"),
            domains=frozenset(_DOMAIN.findall(self.text(f"{prefix}_DOMAINS").lower())),
        )

    def _needed(self, name: str) -> str:
        if text := self.text(name):
            return text
        raise ConfigurationError(f"{name} is missing: every provider in S11AUDIT_OPENID needs one.")

    def _issuer(self, name: str) -> str:
        issuer = self._needed(name)
        parts = urlsplit(issuer)
        if parts.scheme != "https" and parts.hostname not in THIS_MACHINE:
            raise ConfigurationError(f"{name} is “{issuer}”; use an address with https://.")
        if (parts.hostname or "").endswith(_ENTRA):
            tenant = parts.path.strip("/").split("/")[0].lower()
            if not _TENANT.fullmatch(tenant) or tenant == _PERSONAL_ACCOUNTS:
                raise ConfigurationError(
                    f"{name} is “{issuer}”, which is not one organisation's. Name your tenant: "
                    "https://login.microsoftonline.com/TENANT-ID/v2.0 (the ID, not the name)."
                )
        return issuer
