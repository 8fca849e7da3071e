"""The environment: what is read, what is refused, and that the table of it is complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from s11audit.config import VARIABLES, ConfigurationError, read_settings
from s11audit.paths import PACKAGE

TABLE = PACKAGE.parent / "docs" / "configuration.md"
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (none|`[^`]*`) \| (.+) \|$", re.MULTILINE)
PYTHON = sorted(PACKAGE.rglob("*.py"))


def test_the_documentation_lists_every_variable_as_the_code_has_it() -> None:
    documented = ROW.findall(TABLE.read_text(encoding="utf-8"))
    assert documented == [
        (variable.name, f"`{variable.default}`" if variable.default else "none", variable.meaning)
        for variable in VARIABLES
    ]


def environment_reads(path: Path) -> list[int]:
    """Lines that read one variable; handing the whole of `os.environ` to settings is fine."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.lineno for node in ast.walk(tree) if reads_one_variable(node)]


def reads_one_variable(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and node.module == "os":
        return bool({"environ", "environb", "getenv"} & {name.name for name in node.names})
    if isinstance(node, ast.Attribute | ast.Subscript) and is_environment(node.value):
        return True  # os.environ.get(…) or os.environ[…]
    return is_attribute_of_os(node, {"getenv", "environb"})


def is_environment(node: ast.AST) -> bool:
    return is_attribute_of_os(node, {"environ"})


def is_attribute_of_os(node: ast.AST, names: set[str]) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in names
    )


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("import os; os.environ.get('HOME')", True),
        ("import os; os.environ['HOME']", True),
        ("import os; os.getenv('HOME')", True),
        ("from os import environ", True),
        ("import os; read_settings(os.environ)", False),
        ("import os; {**os.environ}", False),
    ],
)
def test_the_search_for_reads_finds_them(tmp_path: Path, source: str, reads: bool) -> None:
    module = tmp_path / "module.py"
    module.write_text(source, encoding="utf-8")
    assert bool(environment_reads(module)) is reads


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_else_reads_the_environment(path: Path) -> None:
    assert environment_reads(path) == []


def test_the_settings_read_every_variable_of_the_table_and_no_other() -> None:
    class Watched(dict[str, str]):
        asked: set[str] = set()  # noqa: RUF012 - one test, one instance

        def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
            self.asked.add(name)
            return super().get(name, default)

    environment = Watched()
    read_settings(environment)
    assert environment.asked == {variable.name for variable in VARIABLES}


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read_settings({"S11AUDIT_PORT": " "}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("S11AUDIT_SECRET_KEY", "too short"),
        ("S11AUDIT_PORT", "http"),
        ("S11AUDIT_THREADS", "0"),
        ("S11AUDIT_PROCESSES", "0"),
        ("S11AUDIT_IDLE_MINUTES", "-5"),
        ("S11AUDIT_SESSION_HOURS", "1.5"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named_and_a_secret_is_not_repeated(
    name: str, value: str
) -> None:
    with pytest.raises(ConfigurationError, match=name) as error:
        read_settings({name: value})
    assert (value in str(error.value)) is (name != "S11AUDIT_SECRET_KEY")


def test_cookies_need_tls_exactly_where_the_address_has_it() -> None:
    assert read_settings({"S11AUDIT_BASE_URL": "https://audit.example.org/"}).uses_tls
    assert not read_settings({}).uses_tls


def test_the_address_is_that_of_host_and_port_unless_another_is_set() -> None:
    assert read_settings({"S11AUDIT_PORT": "9000"}).base_url == "http://127.0.0.1:9000"
    named = read_settings({"S11AUDIT_BASE_URL": "https://audit.example.org"})
    assert named.base_url == "https://audit.example.org"


MAIL = {"S11AUDIT_SMTP_HOST": "mail.example.org", "S11AUDIT_SMTP_FROM": "audit@example.org"}


def test_mail_is_sent_over_tls_unless_the_server_is_said_to_have_none() -> None:
    assert read_settings({}).mail_server is None
    server = read_settings(MAIL).mail_server
    assert server is not None
    assert (server.port, server.security) == (587, "starttls")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"S11AUDIT_SMTP_FROM": ""}, "S11AUDIT_SMTP_FROM"),
        ({"S11AUDIT_SMTP_FROM": "Audit <audit@example.org>"}, "S11AUDIT_SMTP_FROM"),
        ({"S11AUDIT_SMTP_SECURITY": "ssl"}, "S11AUDIT_SMTP_SECURITY"),
        ({"S11AUDIT_SMTP_PORT": "smtp"}, "S11AUDIT_SMTP_PORT"),
        ({"S11AUDIT_SMTP_SECURITY": "none", "S11AUDIT_SMTP_USER": "u"}, "S11AUDIT_SMTP_PASSWORD"),
    ],
)
def test_a_mail_server_that_cannot_be_used_safely_is_refused(
    changes: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        read_settings({**MAIL, **changes})


@pytest.mark.parametrize(
    ("told", "evidence"),
    [
        (
            {"DATABASE_URL": "sqlite:////var/lib/s11audit/s11audit.sqlite3"},
            "/var/lib/s11audit/evidence",
        ),
        ({}, "evidence"),
        ({"DATABASE_URL": "postgresql+psycopg://s11audit@host/s11audit"}, "evidence"),
        ({"S11AUDIT_EVIDENCE": "/srv/evidence"}, "/srv/evidence"),
        ({"S11AUDIT_EVIDENCE": "s3://our-evidence/audit"}, "s3://our-evidence/audit"),
    ],
)
def test_files_are_kept_beside_the_database_unless_a_place_is_named(
    told: dict[str, str], evidence: str
) -> None:
    assert read_settings(told).evidence == evidence


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("S11AUDIT_EVIDENCE", "https://example.org/evidence"),
        ("S11AUDIT_EVIDENCE", "s3://"),
        ("S11AUDIT_EVIDENCE_MB", "51"),
        ("S11AUDIT_EVIDENCE_MB", "0"),
        ("S11AUDIT_CLAMD", "somewhere"),
        ("S11AUDIT_CLAMD", "host:port"),
    ],
)
def test_places_of_evidence_and_scanners_that_cannot_be_are_told(name: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read_settings({name: text})


@pytest.mark.parametrize("text", ["127.0.0.1:3310", "[::1]:3310", "/run/clamav/clamd.ctl"])
def test_a_scanner_is_reached_by_port_or_socket(text: str) -> None:
    assert read_settings({"S11AUDIT_CLAMD": text}).clamd == text
