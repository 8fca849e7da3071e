"""Calendar days on the command line."""

from __future__ import annotations

from datetime import date
from typing import Any

import click


class Day(click.ParamType):
    """A calendar day, such as 2026-09-30."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not a date such as 2026-09-30", param, ctx)
