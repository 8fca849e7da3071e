"""Settings, read once from the environment and frozen. docs/configuration.md lists every one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from s11audit.environment import (
    THIS_MACHINE,
    ConfigurationError,
    MailServer,
    OpenIdProvider,
    Reader,
    SmtpSecurity,
)

__all__ = [
    "VARIABLES",
    "ConfigurationError",
    "MailServer",
    "OpenIdProvider",
    "Settings",
    "SmtpSecurity",
    "Variable",
    "read_settings",
]


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
    Variable(
        "S11AUDIT_PROCESSES",
        "2",
        "How many processes `s11audit serve` answers with: one for each processor of the machine.",
    ),
    Variable("S11AUDIT_THREADS", "4", "How many requests each of them answers at once."),
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
    Variable(
        "S11AUDIT_EVIDENCE",
        "",
        "Where the files are kept that support answers: a folder, or `s3://BUCKET/PREFIX` on any "
        "store that speaks S3 (see below). Left out, the folder `evidence` beside the SQLite file "
        "or, with another database, in the folder where s11audit is started.",
    ),
    Variable(
        "S11AUDIT_EVIDENCE_MB",
        "10",
        "The most that one such file may have, in megabytes; 50 at most.",
    ),
    Variable(
        "S11AUDIT_CLAMD",
        "",
        "The ClamAV daemon that looks for malware in these files: `HOST:PORT`, or the path of its "
        "socket. Left out, nothing does.",
    ),
    Variable(
        "S11AUDIT_CASE_MONTHS",
        "12",
        "How many months after its sign-off, or after it was cancelled, what a case audit holds of "
        "single cases is due to be deleted; 120 at most.",
    ),
    Variable(
        "S11AUDIT_DELETION_LEDGER",
        "",
        "The file in which every such deletion is written down, so that no backup brings back what "
        "went. Left out, `deletions.jsonl` beside the SQLite file or, with another database, in "
        "the folder where s11audit is started. Several web machines need the same file.",
    ),
    Variable("S11AUDIT_LOG_LEVEL", "INFO", "How much is logged: DEBUG, INFO, WARNING or ERROR."),
)
# A request may have 64 MB altogether.
MOST_EVIDENCE_MB = 50
MOST_CASE_MONTHS = 120


@dataclass(frozen=True)
class Settings:
    """What the environment says. Times in minutes and hours as their names tell."""

    database_url: str
    secret_key: str
    base_url: str
    questionnaires: Path | None
    host: str
    port: int
    processes: int
    threads: int
    idle_minutes: int
    session_hours: int
    log_level: str
    openid: tuple[OpenIdProvider, ...] = ()
    mail_server: MailServer | None = None
    proxies: int = 0
    more_hosts: tuple[str, ...] = ()
    evidence: str = "evidence"
    evidence_mb: int = 10
    clamd: str = ""
    case_months: int = 12
    deletion_ledger: Path = Path("deletions.jsonl")

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """Names of hosts that requests may be for."""
        host = urlsplit(self.base_url).hostname or ""
        own = sorted(THIS_MACHINE) if host in THIS_MACHINE else [host]
        return (*own, *self.more_hosts)

    @property
    def uses_tls(self) -> bool:
        return self.base_url.startswith("https://")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from these environment variables; raises ConfigurationError."""
    read = Reader(environment, {one.name: one.default for one in VARIABLES})
    folder, ledger = read.text("S11AUDIT_QUESTIONNAIRES"), read.text("S11AUDIT_DELETION_LEDGER")
    home = _home_of(read.text("DATABASE_URL"))
    host, port = read.text("S11AUDIT_HOST"), read.whole_number("S11AUDIT_PORT")
    return Settings(
        database_url=read.text("DATABASE_URL"),
        secret_key=read.secret("S11AUDIT_SECRET_KEY"),
        base_url=read.text("S11AUDIT_BASE_URL").rstrip("/") or f"http://{host}:{port}",
        questionnaires=Path(folder) if folder else None,
        host=host,
        port=port,
        processes=read.whole_number("S11AUDIT_PROCESSES"),
        threads=read.whole_number("S11AUDIT_THREADS"),
        idle_minutes=read.whole_number("S11AUDIT_IDLE_MINUTES"),
        session_hours=read.whole_number("S11AUDIT_SESSION_HOURS"),
        log_level=read.text("S11AUDIT_LOG_LEVEL").upper(),
        openid=read.openid_providers("S11AUDIT_OPENID"),
        mail_server=read.mail_server("S11AUDIT_SMTP"),
        proxies=read.whole_number("S11AUDIT_PROXIES", least=0),
        more_hosts=tuple(read.text("S11AUDIT_TRUSTED_HOSTS").lower().split()),
        evidence=read.store("S11AUDIT_EVIDENCE") or str(home / "evidence"),
        evidence_mb=read.whole_number("S11AUDIT_EVIDENCE_MB", most=MOST_EVIDENCE_MB),
        clamd=read.socket("S11AUDIT_CLAMD"),
        case_months=read.whole_number("S11AUDIT_CASE_MONTHS", most=MOST_CASE_MONTHS),
        deletion_ledger=Path(ledger) if ledger else home / "deletions.jsonl",
    )


def _home_of(database_url: str) -> Path:
    """Where files lie for which no place is named: beside the SQLite file."""
    scheme, _, file = database_url.partition(":///")
    return Path(file.partition("?")[0]).parent if scheme == "sqlite" else Path()
