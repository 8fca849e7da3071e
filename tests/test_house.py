"""The rules of the house that no other tool holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from s11audit.domain.question_types import QUESTION_TYPES
from s11audit.paths import PACKAGE, TEMPLATES
from s11audit.web.fields import VALUE_FIELDS
from s11audit.web.security import SAFE_METHODS, declared_permission, is_public

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
LONGEST_VIEW = 25
LONGEST_TEMPLATE = 120
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "lib", "libs"}
# Written by Alembic, table by table; cutting them up would make them harder to read.
GENERATED = PACKAGE / "migrations" / "versions"

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if GENERATED not in path.parents)
PAGES = sorted(TEMPLATES.rglob("*.html"))


def relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules_and_functions_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    is_view = (PACKAGE / "web") in path.parents
    longest = LONGEST_VIEW if is_view else LONGEST_FUNCTION
    too_long = [
        function.name
        for function in functions(path)
        if length(function) > (longest if function.decorator_list else LONGEST_FUNCTION)
    ]
    assert too_long == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_TEMPLATE


def test_no_module_and_no_class_has_a_name_that_says_nothing() -> None:
    assert [relative(path) for path in MODULES if path.stem in FORBIDDEN_NAMES] == []
    classes = [
        f"{relative(path)}: {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Helper", "Manager"))
    ]
    assert classes == []


def test_every_public_function_says_what_it_takes_and_gives() -> None:
    untyped = [
        f"{relative(path)}: {function.name}"
        for path in MODULES
        for function in functions(path)
        if not function.name.startswith("_") and function.returns is None
    ]
    assert untyped == []


def test_every_route_declares_what_it_needs_or_that_it_is_public(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not is_public(app, rule.endpoint) and declared_permission(app, rule.endpoint) is None
    ]
    assert silent == []


def test_a_route_that_changes_something_has_a_view_of_its_own(app: Flask) -> None:
    """Requests that only read get a session that cannot write, so one view cannot do both."""
    mixed = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & SAFE_METHODS - {"OPTIONS"}
        and (rule.methods or set()) - SAFE_METHODS
    ]
    assert mixed == []


def test_every_question_type_has_its_field_and_both_partials() -> None:
    types = set(QUESTION_TYPES)
    assert set(VALUE_FIELDS) == types
    for folder, besides in (("questions", {"guidance"}), ("answers", set())):
        partials = {path.stem for path in (TEMPLATES / folder).glob("*.html")}
        assert partials - besides == types
