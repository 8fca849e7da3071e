"""Name → title of every chart of the pack, in order."""

from __future__ import annotations

CHART_TITLES: dict[str, str] = {
    "rag-by-standard": "Red, amber and green answers by standard",
    "rag-by-agency": "Red, amber and green answers by agency",
    "return-progress": "Returns by type of agency",
}
