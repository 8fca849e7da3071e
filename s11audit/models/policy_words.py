"""Words that policies are put together from: whom a transaction is for, as it told the server."""

# ruff: noqa: S608 - statements are put together from constants of this module only

from __future__ import annotations


def _ids(setting: str) -> str:
    return f"ANY (string_to_array(current_setting('s11audit.{setting}', true), ',')::int[])"


def _is_on(setting: str) -> str:
    return f"current_setting('s11audit.{setting}', true) = 'on'"


ME = "(NULLIF(current_setting('s11audit.user', true), ''))::int"
MINE = f"= {_ids('agencies')}"
OURS = f"= {_ids('partnerships')}"
OPERATOR = _is_on("operator")
EVERYTHING_IS_SEEN = _is_on("everything")
HOMES_OF_MINE = f"(SELECT partnership_id FROM agency_partnerships WHERE agency_id {MINE})"
