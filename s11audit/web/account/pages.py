"""The blueprint that the account's pages share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("account", __name__)
