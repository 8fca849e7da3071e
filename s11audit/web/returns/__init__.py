"""Returns: an agency's people answer, check, sign and keep them."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("returns", __name__, url_prefix="/returns")

from s11audit.web.returns import (  # noqa: E402, F401
    answering,
    autosaving,
    changes,
    colleagues,
    comments,
    delegating,
    evidence,
    keeping,
    offline,
    overview,
    signing,
    starting,
    stating,
)
