"""A short name for a browser, by which people recognise where they are signed in."""

from __future__ import annotations

# What a browser's own description of itself holds → its name. Most pretend to be others as well,
# so the first row that fits counts.
BROWSERS: tuple[tuple[str, str], ...] = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: tuple[tuple[str, str], ...] = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(described: str) -> str:
    """`Firefox on Windows`, from the User-Agent header; as much as can be told."""
    browser = _first(BROWSERS, described) or "A browser"
    system = _first(SYSTEMS, described)
    return f"{browser} on {system}" if system else browser


def _first(table: tuple[tuple[str, str], ...], described: str) -> str:
    return next((name for sign, name in table if sign in described), "")
