"""The blueprint that the history's pages share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("events", __name__, url_prefix="/events")
