"""Logs: one JSON object a line on standard error.

No addresses of people or of their computers, no query strings, no secrets of links.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from s11audit.config import ConfigurationError

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# What a line may carry beside its message, where whoever logs it gives it as `extra`.
FACTS = ("method", "path", "status", "milliseconds")
# What only the person may know to whom a link was sent: whoever reads logs must not follow it.
_SECRET_OF_LINK = re.compile(r"[A-Za-z0-9_-]{40,}")


def without_secrets(path: str) -> str:
    """The path of an address as logs may hold it."""
    return _SECRET_OF_LINK.sub("…", path)


class JsonLines(logging.Formatter):
    """A record as one line of JSON, times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {fact: getattr(record, fact) for fact in FACTS if hasattr(record, fact)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_json_lines(level: str) -> None:
    """Send every log of this process to standard error. Raises ConfigurationError."""
    if level not in LEVELS:
        raise ConfigurationError(
            f"S11AUDIT_LOG_LEVEL is “{level}”; use {', '.join(LEVELS[:-1])} or {LEVELS[-1]}."
        )
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=level, force=True)
