"""The blueprint that the operator's views share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("installation", __name__, url_prefix="/installation")
