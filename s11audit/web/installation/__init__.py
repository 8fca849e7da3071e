"""The operator's pages: partnerships, trusts, and agencies that several partnerships share."""

from __future__ import annotations

from s11audit.web.installation import changing, showing  # noqa: F401 - they add their views
from s11audit.web.installation.pages import blueprint

__all__ = ["blueprint"]
