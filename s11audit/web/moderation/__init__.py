"""Scrutiny: the heat map of a round, one agency's return, one standard, the weakest questions."""

from __future__ import annotations

from s11audit.web.moderation import evidence, heat_map, returns, standards
from s11audit.web.moderation.pages import blueprint

__all__ = ["blueprint", "evidence", "heat_map", "returns", "standards"]
