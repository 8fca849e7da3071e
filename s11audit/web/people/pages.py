"""The blueprint that the views of people and agencies share."""

from __future__ import annotations

from flask import Blueprint

from s11audit.web.own_links import sends_mail

blueprint = Blueprint("people", __name__)
blueprint.add_app_template_global(sends_mail)
