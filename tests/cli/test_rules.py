"""The documentation of the rules is what the code executes."""

from __future__ import annotations

from s11audit.cli.rules import LETTERS, rules_in_markdown
from s11audit.domain.access import RULES, Relation
from s11audit.domain.permissions import ROLE_LABELS, Permission, Role
from s11audit.paths import PACKAGE


def test_the_documentation_prints_the_tables_as_they_are() -> None:
    written = (PACKAGE.parent / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == "\n".join(rules_in_markdown()) + "\n"


def test_every_permission_and_role_stands_in_the_table() -> None:
    assert set(RULES) == set(Permission)
    assert set(ROLE_LABELS) == set(Role)


def test_every_relation_has_a_letter_of_its_own() -> None:
    assert set(LETTERS) == set(Relation)
    assert len(set(LETTERS.values())) == len(Relation)
