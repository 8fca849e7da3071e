"""The library of questionnaires: reading, previewing, comparing, uploading and publishing them."""

from __future__ import annotations

from s11audit.web.questionnaires import (  # noqa: F401 - they add their views
    changes,
    downloads,
    drafts,
    library,
    previewing,
    publishing,
    showing,
)
from s11audit.web.questionnaires.pages import blueprint

__all__ = ["blueprint"]
