"""SQL and templates that are compiled once in a run of tests.

Every test has a database and an application of its own, and with them an engine and a template
environment that know nothing yet: half of a test's time went into compiling the same again.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event
from sqlalchemy.util import LRUCache

MOST_STATEMENTS = 5_000


class CompiledStatements(LRUCache[Any, Any]):
    """Statements by the kind of database, instead of by the dialect that each engine has."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_shared(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_shared(key), compiled)


def _shared(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (dialect.name, *rest)


class CompiledTemplates(BytecodeCache):
    """Templates by what stands in them."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        held = self._held.get(bucket.key + bucket.checksum)
        if held is not None:
            bucket.bytecode_from_string(held)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._held[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


def compile_once() -> None:
    """From now on, for all databases and applications."""
    statements = CompiledStatements(MOST_STATEMENTS)

    @event.listens_for(Engine, "set_engine_execution_options")
    def share(_engine: Engine, options: dict[str, Any]) -> None:
        options["compiled_cache"] = statements

    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
