"""The blueprint that the views of people and agencies share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("people", __name__)
