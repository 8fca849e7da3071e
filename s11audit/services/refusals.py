"""How a service says that what was asked for cannot be."""

from __future__ import annotations


class RefusedError(Exception):
    """What was asked for cannot be. The text says why; `field` names the value at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
