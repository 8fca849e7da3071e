"""SQL that is compiled once for all databases of a run of tests.

Every test has a database of its own, and so an engine and a dialect of its own, by which SQLAlchemy
keeps what it has compiled: half of the time of a test went into compiling the same statements.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.util import LRUCache

MOST_STATEMENTS = 5_000


class CompiledOnce(LRUCache[Any, Any]):
    """What was compiled, by the kind of database instead of by the engine's own dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_shared(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_shared(key), compiled)


def _shared(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (dialect.name, *rest)


def compile_once() -> None:
    """From now on, for all sessions of all databases."""
    compiled = CompiledOnce(MOST_STATEMENTS)

    @event.listens_for(Engine, "set_engine_execution_options")
    def share(_engine: Engine, options: dict[str, Any]) -> None:
        options["compiled_cache"] = compiled
