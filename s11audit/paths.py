"""Where the folders of words, layouts and built pages are, in a checkout and in an installed wheel.

A wheel carries the three data folders under ``s11audit/_data``; in a checkout they lie beside the
package, where a partnership edits them.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_INSTALLED_DATA = PACKAGE / "_data"
DATA = _INSTALLED_DATA if _INSTALLED_DATA.is_dir() else PACKAGE.parent

QUESTIONNAIRES = DATA / "questionnaires"
"""Shipped questionnaires, one file a version: ``<id>/<version>.yaml``."""

TEMPLATES = DATA / "templates"
"""Jinja templates of the pages."""

EXPORTS = DATA / "exports"
"""Layouts of workbooks, charts and briefings."""

STATIC = PACKAGE / "web" / "static"
"""Files served to browsers as they are."""

STATIC_BUILT = STATIC / "dist"
"""The part of :data:`STATIC` that ``make static`` builds."""
