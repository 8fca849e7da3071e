"""Settings, read once from the environment and frozen. docs/configuration.md lists every one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit


class ConfigurationError(Exception):
    """A setting is missing or cannot be read. The text names it and says what would be right."""


@dataclass(frozen=True)
class Variable:
    """One environment variable: its default ("" means none) and what it means."""

    name: str
    default: str
    meaning: str


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "DATABASE_URL",
        "sqlite:///s11audit.sqlite3",
        "Where the data is: a SQLite file, or `postgresql+psycopg://user:password@host/name`.",
    ),
    Variable(
        "S11AUDIT_SECRET_KEY",
        "",
        "Signs cookies. 32 characters or more, kept secret, the same on every web machine. "
        "`s11audit serve` does not start without it.",
    ),
    Variable(
        "S11AUDIT_BASE_URL",
        "",
        "The address that people type, where it is not simply the host and port below. "
        "With `https://`, cookies are sent over TLS only.",
    ),
    Variable(
        "S11AUDIT_QUESTIONNAIRES",
        "",
        "A folder of your own questionnaires, each at `ID/VERSION.yaml` in it, searched before "
        "those that come with s11audit. Publish them before the first round: "
        "`s11audit questionnaires publish ID VERSION`.",
    ),
    Variable(
        "S11AUDIT_TRUSTED_HOSTS",
        "",
        "More names, with a space between, under which the service may be asked for, besides that "
        "of `S11AUDIT_BASE_URL`. A request for any other is refused.",
    ),
    Variable(
        "S11AUDIT_PROXIES",
        "0",
        "How many proxies of yours a request passes, each of which adds `X-Forwarded-For` and "
        "`X-Forwarded-Proto`.",
    ),
    Variable("S11AUDIT_HOST", "127.0.0.1", "The address that `s11audit serve` listens on."),
    Variable("S11AUDIT_PORT", "8000", "The port that `s11audit serve` listens on."),
    Variable("S11AUDIT_THREADS", "8", "How many requests `s11audit serve` answers at once."),
    Variable(
        "S11AUDIT_IDLE_MINUTES",
        "60",
        "A person who does nothing for this long is signed out; whoever needs two steps to "
        "sign in, after 30 minutes at the latest.",
    ),
    Variable(
        "S11AUDIT_SESSION_HOURS",
        "12",
        "A person is signed out after this long, whatever they do; whoever needs two steps "
        "to sign in, after 10 hours at the latest.",
    ),
    Variable(
        "S11AUDIT_OPENID",
        "",
        "Names of the OpenID providers with whose accounts people may sign in, with a space "
        "between, such as `entra google`: see below.",
    ),
    Variable(
        "S11AUDIT_SMTP_HOST",
        "",
        "The mail server that sends all mail: invitations, reminders, receipts, links to sign in "
        "with, and answers to whoever has taken over. Left out, nothing is sent: pages show the "
        "links of invitations to hand over, nobody is reminded, and nobody signs in by a link.",
    ),
    Variable("S11AUDIT_SMTP_PORT", "587", "The port of the mail server."),
    Variable(
        "S11AUDIT_SMTP_SECURITY",
        "starttls",
        "How the mail server is spoken to: `starttls`, `tls` (usually port 465), or `none` for "
        "one on this machine.",
    ),
    Variable("S11AUDIT_SMTP_USER", "", "The name to sign in to the mail server with, if any."),
    Variable("S11AUDIT_SMTP_PASSWORD", "", "The password that goes with it."),
    Variable(
        "S11AUDIT_SMTP_FROM",
        "",
        "The address that mail comes from, such as `audit@example.org`; needed with a mail server.",
    ),
    Variable("S11AUDIT_LOG_LEVEL", "INFO", "How much is logged: DEBUG, INFO, WARNING or ERROR."),
)

SHORTEST_SECRET = 32


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


@dataclass(frozen=True)
class Settings:
    """What the environment says. Times in minutes and hours as their names tell."""

    database_url: str
    secret_key: str
    base_url: str
    questionnaires: Path | None
    host: str
    port: int
    threads: int
    idle_minutes: int
    session_hours: int
    log_level: str
    openid: tuple[OpenIdProvider, ...] = ()
    mail_server: MailServer | None = None
    proxies: int = 0
    more_hosts: tuple[str, ...] = ()

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """Names of hosts that requests may be for."""
        host = urlsplit(self.base_url).hostname or ""
        own = sorted(_THIS_MACHINE) if host in _THIS_MACHINE else [host]
        return (*own, *self.more_hosts)

    @property
    def uses_tls(self) -> bool:
        return self.base_url.startswith("https://")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from these environment variables; raises ConfigurationError."""
    read = _Reader(environment)
    folder = read.text("S11AUDIT_QUESTIONNAIRES")
    host, port = read.text("S11AUDIT_HOST"), read.whole_number("S11AUDIT_PORT")
    return Settings(
        database_url=read.text("DATABASE_URL"),
        secret_key=read.secret("S11AUDIT_SECRET_KEY"),
        base_url=read.text("S11AUDIT_BASE_URL").rstrip("/") or f"http://{host}:{port}",
        questionnaires=Path(folder) if folder else None,
        host=host,
        port=port,
        threads=read.whole_number("S11AUDIT_THREADS"),
        idle_minutes=read.whole_number("S11AUDIT_IDLE_MINUTES"),
        session_hours=read.whole_number("S11AUDIT_SESSION_HOURS"),
        log_level=read.text("S11AUDIT_LOG_LEVEL").upper(),
        openid=read.openid_providers("S11AUDIT_OPENID"),
        mail_server=read.mail_server("S11AUDIT_SMTP"),
        proxies=read.whole_number("S11AUDIT_PROXIES", least=0),
        more_hosts=tuple(read.text("S11AUDIT_TRUSTED_HOSTS").lower().split()),
    )


_PROVIDER_NAME = re.compile("[a-z][a-z0-9]*")
_SENDER = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")
_DOMAIN = re.compile(r"[^\s,;@]+")
_THIS_MACHINE = {"127.0.0.1", "localhost"}
# With Entra ID one tenant says who somebody is; `common`, `organizations` and `consumers` would let
# in anybody who has an account with Microsoft. The last has a number of its own.
_ENTRA = ("microsoftonline.com", "microsoftonline.us", "sts.windows.net")
_TENANT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"


class _Reader:
    _defaults = {variable.name: variable.default for variable in VARIABLES}  # noqa: RUF012

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str:
        return self._environment.get(name, "").strip() or self._defaults.get(name, "")

    def secret(self, name: str) -> str:
        secret = self.text(name)
        if secret and len(secret) < SHORTEST_SECRET:
            raise ConfigurationError(
                f"{name} is {len(secret)} characters long; use {SHORTEST_SECRET} or more."
            )
        return secret

    def whole_number(self, name: str, least: int = 1) -> int:
        text = self.text(name)
        if not text.isdecimal() or int(text) < least:
            raise ConfigurationError(f"{name} is “{text}”; use a whole number of {least} or more.")
        return int(text)

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
        if server.user and server.security is SmtpSecurity.NONE and host not in _THIS_MACHINE:
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
        if parts.scheme != "https" and parts.hostname not in _THIS_MACHINE:
            raise ConfigurationError(f"{name} is “{issuer}”; use an address with https://.")
        if (parts.hostname or "").endswith(_ENTRA):
            tenant = parts.path.strip("/").split("/")[0].lower()
            if not _TENANT.fullmatch(tenant) or tenant == _PERSONAL_ACCOUNTS:
                raise ConfigurationError(
                    f"{name} is “{issuer}”, which is not one organisation's. Name your tenant: "
                    "https://login.microsoftonline.com/TENANT-ID/v2.0 (the ID, not the name)."
                )
        return issuer
